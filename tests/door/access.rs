//! Access from end to end: tokens that end, officers who are revoked in the
//! middle of a session, certificates over TLS and their revocation.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::{SinkExt, StreamExt};
use rcgen::{
    BasicConstraints, CertificateParams, CertificateRevocationListParams, CertifiedIssuer, IsCa,
    KeyIdMethod, KeyPair, KeyUsagePurpose, RevokedCertParams, SanType, SerialNumber,
};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use watchfloor::config::words::Tls;
use watchfloor::hub::auth::{Accounts, private};
use watchfloor::hub::listen::tls::Files;
use watchfloor::model::ids::OfficerId;
use watchfloor::model::officer::Role;
use watchfloor::model::time::{Clock, SystemClock};
use watchfloor::wire::frames::ServerFrame;

use crate::stage::watcher::{Session, Watcher, dial};
use crate::stage::{PATIENCE, Stage, account, channel};

/// Within this a session has to end once its officer is revoked.
const PROMISE: Duration = Duration::from_secs(30);

#[tokio::test]
async fn revoking_an_officer_ends_the_live_session_and_no_other() {
    let stage = Stage::town().await;
    let address = stage.running.address;
    let open = async |name: &str| {
        let opened = Session::open(&Watcher::default(), address, stage.token(name)).await;
        opened.expect("a session")
    };
    let (mut ana, mut ben) = (open("ana").await, open("ben").await);
    Accounts::change(stage.folder.path(), |accounts| {
        accounts.revoke(&OfficerId::new("ana").unwrap(), SystemClock.now())
    })
    .unwrap();
    let revoked = Instant::now();
    let bye = ana.until(|frame| match frame {
        ServerFrame::Bye {
            reason,
            retry_after,
        } => Some((reason.clone(), *retry_after)),
        _ => None,
    });
    let (reason, retry_after) = tokio::time::timeout(PROMISE, bye)
        .await
        .expect("the session ends in time")
        .expect("with a goodbye");
    assert!(reason.contains("revoked"), "{reason}");
    assert_eq!(retry_after, None, "it must not come back by itself");
    assert!(revoked.elapsed() < PROMISE);
    let (status, body) = dial(address, Some(stage.token("ana")), None)
        .await
        .expect_err("it may not come back");
    assert_eq!(status, 401, "{body}");
    let lives = ben.until(|frame| matches!(frame, ServerFrame::Ping { .. }).then_some(()));
    assert!(lives.await.is_some(), "another officer's session ended");
    stage.stop().await;
}

/// A console that reads nothing any more must not outlive its credential.
#[tokio::test]
async fn a_revoked_console_that_does_not_read_is_let_go_too() {
    let stage = Stage::town().await;
    let address = stage.running.address;
    let opened = Session::open(&Watcher::default(), address, stage.token("ana")).await;
    let stuck = opened.expect("a session");
    for round in 0..80 {
        let batch: Vec<_> = (0..20)
            .map(|n| crate::stage::entry(&format!("{round}-{n}"), &"x".repeat(20_000)))
            .collect();
        let answer = stage.post(serde_json::to_vec(&batch).unwrap()).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
    }
    Accounts::change(stage.folder.path(), |accounts| {
        accounts.revoke(&OfficerId::new("ana").unwrap(), SystemClock.now())
    })
    .unwrap();
    let gone = async {
        while stage.running.hub.fanout.sessions() > 0 {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    let ended = tokio::time::timeout(PROMISE, gone).await;
    assert!(ended.is_ok(), "the session is there still");
    drop(stuck);
    stage.stop().await;
}

#[tokio::test]
async fn a_token_that_has_ended_is_refused_with_its_date() {
    let stage = Stage::town().await;
    let then = SystemClock.now().minus(Duration::from_hours(2));
    let token = Accounts::change(stage.folder.path(), |accounts| {
        accounts.add(account("dora", Role::Officer, &[]), then)
    })
    .unwrap();
    let answer = async || stage.http.get("/v1/items", Some(token.reveal())).await;
    // The hub looks at the officers' file every two seconds.
    let refused = async {
        loop {
            let says = answer().await.sentence();
            if says.contains("ended") || says.contains("expired") {
                return says;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    };
    let says = tokio::time::timeout(PATIENCE, refused)
        .await
        .expect("known by then");
    assert!(says.contains("20"), "no date: {says}");
    assert_eq!(answer().await.status, 401);
    stage.stop().await;
}

pub(crate) type Issuer = CertifiedIssuer<'static, KeyPair>;

pub(crate) fn authority() -> Issuer {
    let mut params = CertificateParams::default();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap()
}

pub(crate) fn signed(by: &Issuer, serial: u64, name: &str) -> (String, String) {
    let mut params = CertificateParams::default();
    params.serial_number = Some(SerialNumber::from(serial));
    params.subject_alt_names = vec![SanType::DnsName(name.try_into().unwrap())];
    let key = KeyPair::generate().unwrap();
    let cert = params.signed_by(&key, by).unwrap();
    (cert.pem(), key.serialize_pem())
}

pub(crate) fn crl(by: &Issuer, serials: &[u64]) -> String {
    let at = |year| rcgen::date_time_ymd(year, 1, 1);
    let entry = |serial: &u64| RevokedCertParams {
        serial_number: SerialNumber::from(*serial),
        revocation_time: at(2024),
        reason_code: None,
        invalidity_date: None,
    };
    let params = CertificateRevocationListParams {
        this_update: at(2024),
        next_update: at(2096),
        crl_number: SerialNumber::from(1_u64),
        issuing_distribution_point: None,
        revoked_certs: serials.iter().map(entry).collect(),
        key_identifier_method: KeyIdMethod::Sha256,
    };
    params.signed_by(by).unwrap().pem().unwrap()
}

pub(crate) fn connector(ca: &Issuer, own: Option<&(String, String)>) -> TlsConnector {
    let mut roots = RootCertStore::empty();
    roots.add(ca.der().clone()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots);
    let config = match own {
        None => builder.with_no_client_auth(),
        Some((cert, key)) => builder
            .with_client_auth_cert(
                vec![CertificateDer::from_pem_slice(cert.as_bytes()).unwrap()],
                PrivateKeyDer::from_pem_slice(key.as_bytes()).unwrap(),
            )
            .unwrap(),
    };
    TlsConnector::from(Arc::new(config))
}

/// `GET` over TLS; the whole answer.
async fn get(tls: TlsConnector, address: SocketAddr, path: &str) -> std::io::Result<String> {
    let head = format!("GET {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n");
    ask(tls, address, &head).await
}

/// `POST` of JSON over TLS; the whole answer.
pub(crate) async fn post(
    tls: TlsConnector,
    address: SocketAddr,
    (path, body): (&str, &str),
) -> std::io::Result<String> {
    let length = body.len();
    let head = format!(
        "POST {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\r\n{body}"
    );
    ask(tls, address, &head).await
}

async fn ask(tls: TlsConnector, address: SocketAddr, request: &str) -> std::io::Result<String> {
    let tcp = TcpStream::connect(address).await?;
    let mut stream = tls
        .connect(ServerName::try_from("localhost").unwrap(), tcp)
        .await?;
    stream.write_all(request.as_bytes()).await?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await?;
    Ok(String::from_utf8_lossy(&answer).into_owned())
}

type Encrypted = WebSocketStream<tokio_rustls::client::TlsStream<TcpStream>>;

async fn join(tls: TlsConnector, address: SocketAddr) -> Encrypted {
    join_with_token(tls, address, "").await
}

/// A session over TLS, by certificate where there is no token.
async fn join_with_token(tls: TlsConnector, address: SocketAddr, token: &str) -> Encrypted {
    let tcp = TcpStream::connect(address).await.unwrap();
    let name = ServerName::try_from("localhost").unwrap();
    let stream = tls.connect(name, tcp).await.unwrap();
    let mut request = "wss://localhost/v1/stream".into_client_request().unwrap();
    let headers = request.headers_mut();
    headers.insert("sec-websocket-protocol", "watchfloor.v1".parse().unwrap());
    if !token.is_empty() {
        headers.insert("authorization", format!("Bearer {token}").parse().unwrap());
    }
    let (mut socket, _) = tokio_tungstenite::client_async(request, stream)
        .await
        .unwrap();
    let resume = Message::text(r#"{"type":"resume"}"#);
    socket.send(resume).await.unwrap();
    while !next(&mut socket).await.contains("\"type\":\"health\"") {}
    socket
}

async fn next(socket: &mut Encrypted) -> String {
    loop {
        match socket.next().await {
            Some(Ok(Message::Text(text))) => return text.to_string(),
            Some(Ok(_)) => {}
            other => panic!("the session is gone: {other:?}"),
        }
    }
}

/// What the hub says when it ends the session.
async fn goodbye(socket: &mut Encrypted) -> String {
    loop {
        let frame: serde_json::Value = serde_json::from_str(&next(socket).await).unwrap();
        if frame["type"] == "bye" {
            return frame["reason"].as_str().unwrap().to_owned();
        }
    }
}

pub(crate) struct Keys {
    folder: tempfile::TempDir,
    pub(crate) ca: Issuer,
}

impl Keys {
    pub(crate) fn new() -> Self {
        let keys = Self {
            folder: tempfile::tempdir().unwrap(),
            ca: authority(),
        };
        let (cert, key) = signed(&keys.ca, 1, "localhost");
        keys.write("hub.pem", &cert);
        keys.write("hub.key", &key);
        keys.write("ca.pem", &keys.ca.pem());
        keys.write("crl.pem", &crl(&keys.ca, &[66]));
        keys
    }

    fn path(&self, name: &str) -> PathBuf {
        let folder: &Path = self.folder.path();
        folder.join(name)
    }

    pub(crate) fn write(&self, name: &str, text: &str) {
        private::replace(&self.path(name), text.as_bytes()).unwrap();
    }

    pub(crate) fn files(&self) -> Files {
        Files {
            cert: self.path("hub.pem"),
            key: self.path("hub.key"),
            client_ca: Some(self.path("ca.pem")),
            crl: Some(self.path("crl.pem")),
        }
    }
}

#[tokio::test]
async fn an_officers_certificate_opens_until_the_list_names_it() {
    let keys = Keys::new();
    let stage = Stage::planned(vec![channel("town", "generic")], |plan| {
        plan.listen.tls = Tls::Files;
        plan.listen.files = Some(keys.files());
        let now = SystemClock.now();
        Accounts::change(&plan.data_dir, |accounts| {
            accounts.add(
                account("fay", Role::Officer, &["dns:fay.floor.example"]),
                now,
            )?;
            Ok(())
        })
        .unwrap();
    })
    .await;
    let address = stage.running.address;
    let fay = signed(&keys.ca, 7, "fay.floor.example");
    let stranger = signed(&keys.ca, 8, "stranger.example");
    let thief = signed(&keys.ca, 66, "fay.floor.example");
    let forger = signed(&authority(), 7, "fay.floor.example");
    let ask = async |own: Option<&(String, String)>| {
        get(connector(&keys.ca, own), address, "/v1/items").await
    };
    let answer = ask(Some(&fay)).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    for own in [None, Some(&stranger)] {
        let answer = ask(own).await.unwrap();
        assert!(answer.starts_with("HTTP/1.1 401 "), "{answer}");
    }
    for own in [&thief, &forger] {
        let answer = ask(Some(own)).await;
        let refused = answer.as_ref().map_or(true, |text| !text.contains(" 200 "));
        assert!(refused, "{answer:?}");
    }
    let (mut live, mut other) = (
        join(connector(&keys.ca, Some(&fay)), address).await,
        join_with_token(connector(&keys.ca, None), address, stage.token("ana")).await,
    );
    keys.write("crl.pem", &crl(&keys.ca, &[66, 7]));
    // The session that is open ends too, with a goodbye, and no other.
    let reason = tokio::time::timeout(PROMISE, goodbye(&mut live)).await;
    let reason = reason.expect("it ends in time");
    assert!(reason.contains("revoked"), "{reason}");
    let lives = async { while !next(&mut other).await.contains("\"type\":\"ping\"") {} };
    tokio::time::timeout(PATIENCE, lives)
        .await
        .expect("another session ended");
    let revoked = async {
        while ask(Some(&fay))
            .await
            .is_ok_and(|answer| answer.contains(" 200 "))
        {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    };
    let ended = tokio::time::timeout(PROMISE, revoked).await;
    assert!(ended.is_ok(), "a revoked certificate opens still");
    stage.stop().await;
}
