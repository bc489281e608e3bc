//! The door with real sockets: clear, encrypted, with officers' certificates,
//! and with those who do not belong.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::Ordering;

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
use tokio_util::sync::CancellationToken;

use super::tls::Files;
use super::{Listen, ListenError, Settings, Trust, listen};
use crate::config::words::Tls;
use crate::hub::auth::private;

type Issuer = CertifiedIssuer<'static, KeyPair>;

fn authority() -> Issuer {
    let mut params = CertificateParams::default();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap()
}

/// A certificate and its key, PEM.
fn signed(by: &Issuer, serial: u64, name: SanType) -> (String, String) {
    let mut params = CertificateParams::default();
    params.serial_number = Some(SerialNumber::from(serial));
    params.subject_alt_names = vec![name];
    let key = KeyPair::generate().unwrap();
    let cert = params.signed_by(&key, by).unwrap();
    (cert.pem(), key.serialize_pem())
}

fn host(name: &str) -> SanType {
    SanType::DnsName(name.try_into().unwrap())
}

fn revoked(by: &Issuer, serials: &[u64]) -> String {
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

struct Floor {
    folder: tempfile::TempDir,
    ca: Issuer,
}

impl Floor {
    fn new() -> Self {
        let floor = Self {
            folder: tempfile::tempdir().unwrap(),
            ca: authority(),
        };
        let (cert, key) = signed(&floor.ca, 1, host("localhost"));
        floor.write("hub.pem", &cert);
        floor.write("hub.key", &key);
        floor.write("ca.pem", &floor.ca.pem());
        floor.write("crl.pem", &revoked(&floor.ca, &[66]));
        floor
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn write(&self, name: &str, text: &str) {
        private::replace(&self.path(name), text.as_bytes()).unwrap();
    }

    fn settings(&self) -> Settings {
        Settings {
            tls: Tls::Files,
            files: Some(Files {
                cert: self.path("hub.pem"),
                key: self.path("hub.key"),
                client_ca: Some(self.path("ca.pem")),
                crl: Some(self.path("crl.pem")),
            }),
            ..Settings::embedded()
        }
    }

    async fn listen(&self) -> (Listen, Arc<Trust>) {
        let (listen, trust) = listen(self.settings(), CancellationToken::new())
            .await
            .unwrap();
        (listen, trust.unwrap())
    }

    fn client(&self, own: Option<(String, String)>) -> TlsConnector {
        let mut roots = RootCertStore::empty();
        roots.add(self.ca.der().clone()).unwrap();
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
}

/// Connects, sends a byte and reads until something comes or the other end
/// refuses. In TLS 1.3 a client learns of a refusal only when it reads.
async fn say_hello(client: TlsConnector, to: SocketAddr) -> std::io::Result<u8> {
    let tcp = TcpStream::connect(to).await?;
    let name = ServerName::try_from("localhost").unwrap();
    let mut stream = client.connect(name, tcp).await?;
    stream.write_all(b"?").await?;
    stream.read_u8().await
}

/// Takes the next connection, answers its byte and tells who came.
async fn take(listen: &mut Listen) -> super::PeerInfo {
    let (mut stream, peer) = listen.next().await.unwrap();
    assert_eq!(stream.read_u8().await.unwrap(), b'?');
    stream.write_all(b"!").await.unwrap();
    stream.flush().await.unwrap();
    peer
}

async fn next_failure(listen: &Listen, before: u64) {
    let counters = listen.counters();
    while counters.handshakes_failed.load(Ordering::Relaxed) == before {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn an_officers_certificate_is_told_by_its_names() {
    let floor = Floor::new();
    let (mut listen, trust) = floor.listen().await;
    let officer = floor.client(Some(signed(&floor.ca, 7, host("officer1.floor.example"))));
    let (said, peer) = tokio::join!(say_hello(officer, listen.address()), take(&mut listen));
    assert_eq!(said.unwrap(), b'!');
    let cert = peer.client_cert.unwrap();
    let names: Vec<String> = cert.names.iter().map(ToString::to_string).collect();
    assert_eq!(names, ["dns:officer1.floor.example"]);
    assert!(trust.still_good(&cert));

    floor.write("crl.pem", &revoked(&floor.ca, &[7, 66]));
    trust.reload().unwrap();
    assert!(
        !trust.still_good(&cert),
        "a live session's certificate is revoked by a new list"
    );
}

#[tokio::test]
async fn without_a_certificate_one_may_come_in_and_bring_a_token() {
    let floor = Floor::new();
    let (mut listen, _) = floor.listen().await;
    let client = floor.client(None);
    let (said, peer) = tokio::join!(say_hello(client, listen.address()), take(&mut listen));
    assert_eq!(said.unwrap(), b'!');
    assert!(peer.client_cert.is_none());
}

#[tokio::test]
async fn strangers_and_revoked_certificates_are_refused() {
    let floor = Floor::new();
    let (mut listen, _) = floor.listen().await;
    let stranger = signed(&authority(), 7, host("officer1.floor.example"));
    let revoked = signed(&floor.ca, 66, host("officer1.floor.example"));
    for (before, own) in [stranger, revoked].into_iter().enumerate() {
        let client = floor.client(Some(own));
        let to = listen.address();
        tokio::select! {
            said = say_hello(client, to) => assert!(said.is_err()),
            _ = listen.next() => panic!("a stranger came in"),
        }
        next_failure(&listen, before as u64).await;
    }
}

#[tokio::test]
async fn a_request_in_the_clear_is_told_what_is_spoken_here() {
    let floor = Floor::new();
    let (mut listen, _) = floor.listen().await;
    let mut clear = TcpStream::connect(listen.address()).await.unwrap();
    clear
        .write_all(b"GET / HTTP/1.1\r\nHost: hub\r\n\r\n")
        .await
        .unwrap();
    let mut answer = String::new();
    clear.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 400 "), "{answer}");
    assert!(
        answer.ends_with("This hub speaks TLS; use https.\n"),
        "{answer}"
    );

    // Those who speak TLS come in while others never finish their handshake.
    let _silent = TcpStream::connect(listen.address()).await.unwrap();
    let client = floor.client(None);
    let (said, _) = tokio::join!(say_hello(client, listen.address()), take(&mut listen));
    assert_eq!(said.unwrap(), b'!');
}

#[tokio::test]
async fn a_renewed_certificate_counts_without_a_restart_and_a_broken_one_does_not() {
    let floor = Floor::new();
    let (mut listen, trust) = floor.listen().await;
    floor.write("hub.pem", "no certificate");
    assert!(trust.reload().is_err());
    let client = floor.client(None);
    let (said, _) = tokio::join!(say_hello(client, listen.address()), take(&mut listen));
    assert_eq!(said.unwrap(), b'!', "what was there before stays");

    let (cert, key) = signed(&floor.ca, 2, host("elsewhere.example"));
    floor.write("hub.pem", &cert);
    floor.write("hub.key", &key);
    trust.reload().unwrap();
    let client = floor.client(None);
    let refused = say_hello(client, listen.address()).await.unwrap_err();
    assert!(
        refused.to_string().contains("elsewhere.example"),
        "{refused}"
    );
}

#[tokio::test]
async fn only_the_proxy_comes_in_in_the_clear() {
    let net = |text: &str| {
        let file = format!("[hub]\ntrusted_proxies = [\"{text}\"]");
        let config = crate::config::resolve(Some((Path::new("c.toml"), &file)), &[]);
        config.unwrap().hub.trusted_proxies.value
    };
    let behind = |proxy: &str| Settings {
        tls: Tls::Proxy,
        proxies: net(proxy),
        ..Settings::embedded()
    };
    let (elsewhere, _) = listen(behind("192.0.2.1"), CancellationToken::new())
        .await
        .unwrap();
    let mut tcp = TcpStream::connect(elsewhere.address()).await.unwrap();
    tcp.write_all(b"GET / HTTP/1.1\r\n\r\n").await.unwrap();
    let mut answer = String::new();
    tcp.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 403 "), "{answer}");

    let (mut here, _) = listen(behind("127.0.0.0/8"), CancellationToken::new())
        .await
        .unwrap();
    let _tcp = TcpStream::connect(here.address()).await.unwrap();
    assert!(here.next().await.is_some());
}

#[tokio::test]
async fn a_full_house_waits_for_a_place() {
    let settings = Settings {
        connections: 1,
        ..Settings::embedded()
    };
    let (mut listen, _) = listen(settings, CancellationToken::new()).await.unwrap();
    let _first = TcpStream::connect(listen.address()).await.unwrap();
    let second = TcpStream::connect(listen.address()).await.unwrap();
    let (stream, _) = listen.next().await.unwrap();
    drop(stream);
    let (_, peer) = listen.next().await.unwrap();
    assert_eq!(peer.addr, second.local_addr().unwrap());
}

#[tokio::test]
async fn others_are_not_served_in_the_clear() {
    let settings = Settings {
        address: ([0, 0, 0, 0], 0).into(),
        ..Settings::embedded()
    };
    let refused = listen(settings, CancellationToken::new())
        .await
        .unwrap_err();
    assert!(matches!(refused, ListenError::Clear(_)), "{refused}");
}

#[tokio::test]
async fn a_key_that_others_may_read_is_refused() {
    use std::os::unix::fs::PermissionsExt;
    let floor = Floor::new();
    let open = std::fs::Permissions::from_mode(0o644);
    std::fs::set_permissions(floor.path("hub.key"), open).unwrap();
    let refused = listen(floor.settings(), CancellationToken::new())
        .await
        .unwrap_err();
    assert!(refused.to_string().contains("mode 0644"), "{refused}");
}

/// What handlers are told, through the real server and the proxy's middleware.
#[tokio::test]
async fn a_handler_is_told_the_real_client() {
    use axum::extract::ConnectInfo;
    let file = "[hub]\ntrusted_proxies = [\"127.0.0.1\"]";
    let config = crate::config::resolve(Some((Path::new("c.toml"), file)), &[]).unwrap();
    let proxies: Arc<[crate::config::Net]> = config.hub.trusted_proxies.value.into();
    let who =
        |ConnectInfo(peer): ConnectInfo<super::PeerInfo>| async move { peer.addr.ip().to_string() };
    let router = axum::Router::new()
        .route("/", axum::routing::get(who))
        .layer(axum::middleware::from_fn_with_state(
            proxies,
            super::trust_proxy,
        ));
    let shutdown = CancellationToken::new();
    let (listen, _) = listen(Settings::embedded(), shutdown.clone())
        .await
        .unwrap();
    let address = listen.address();
    let service = router.into_make_service_with_connect_info::<super::PeerInfo>();
    let ended = shutdown.clone().cancelled_owned();
    let server = axum::serve(listen, service).with_graceful_shutdown(ended);
    let server = tokio::spawn(server.into_future());

    let mut tcp = TcpStream::connect(address).await.unwrap();
    let request =
        "GET / HTTP/1.1\r\nHost: hub\r\nX-Forwarded-For: 203.0.113.9\r\nConnection: close\r\n\r\n";
    tcp.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    tcp.read_to_string(&mut answer).await.unwrap();
    assert!(answer.ends_with("203.0.113.9"), "{answer}");
    shutdown.cancel();
    server.await.unwrap().unwrap();
}
