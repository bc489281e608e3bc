//! What a hub calls over TLS: a channel's WebSocket and feed, and the mail
//! server of the second way out, each with a certificate of a private authority
//! that the machine trusts, and with one that it does not. Secrets come from
//! systemd's credentials folder.

use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use base64::Engine;
use futures_util::{SinkExt, StreamExt};
use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair, KeyUsagePurpose,
    SanType,
};
use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use tokio_rustls::TlsAcceptor;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::handshake::server::{Request, Response};

use crate::rig::Rig;

type Issuer = CertifiedIssuer<'static, KeyPair>;

/// Each with a name of its own: one that has the trusted one's would be a forger
/// of signatures, which is another fault.
fn authority() -> Issuer {
    let mut params = CertificateParams::default();
    let name = uuid::Uuid::new_v4().to_string();
    params.distinguished_name.push(DnType::CommonName, name);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
    CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap()
}

/// A server's side of TLS, for a name.
fn acceptor(by: &Issuer, name: &str) -> TlsAcceptor {
    let mut params = CertificateParams::default();
    params.subject_alt_names = vec![SanType::DnsName(name.try_into().unwrap())];
    let key = KeyPair::generate().unwrap();
    let cert = params.signed_by(&key, by).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(
            vec![CertificateDer::from_pem_slice(cert.pem().as_bytes()).unwrap()],
            PrivateKeyDer::from_pem_slice(key.serialize_pem().as_bytes()).unwrap(),
        )
        .unwrap();
    TlsAcceptor::from(Arc::new(config))
}

async fn listen() -> (TcpListener, u16) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    (listener, port)
}

/// A Mastodon that has one post and asks for the token of the credentials.
async fn mastodon(tls: TlsAcceptor) -> u16 {
    let (listener, port) = listen().await;
    tokio::spawn(async move {
        while let Ok((tcp, _)) = listener.accept().await {
            // Who does not trust us hangs up; the next may.
            let Ok(stream) = tls.accept(tcp).await else {
                continue;
            };
            #[allow(clippy::result_large_err, reason = "the library's own signature")]
            let check = |request: &Request, response: Response| {
                assert_eq!(request.headers()["authorization"], "Bearer t0ken");
                Ok(response)
            };
            let mut socket = tokio_tungstenite::accept_hdr_async(stream, check)
                .await
                .unwrap();
            let status = serde_json::json!({
                "id": "1", "content": "<p>No water</p>", "account": {"id": "7", "acct": "dana"},
                "created_at": "2026-11-23T18:50:00.000Z",
            });
            let frame = serde_json::json!({ "event": "update", "payload": status.to_string() });
            let sent = socket.send(Message::text(frame.to_string())).await;
            sent.unwrap();
            tokio::spawn(async move { while socket.next().await.is_some() {} });
        }
    });
    port
}

/// A web server with a feed of one entry.
async fn feed(tls: TlsAcceptor) -> u16 {
    const BODY: &str = "<rss version=\"2.0\"><channel><title>City</title><item><guid>n-1</guid><title>Burst main</title><description>Mill Road is closed.</description></item></channel></rss>";
    let (listener, port) = listen().await;
    tokio::spawn(async move {
        while let Ok((tcp, _)) = listener.accept().await {
            let Ok(mut stream) = tls.accept(tcp).await else {
                continue;
            };
            let mut head = [0; 4096];
            if stream.read(&mut head).await.unwrap_or(0) == 0 {
                continue;
            }
            let answer = format!(
                "HTTP/1.1 200 OK\r\ncontent-type: application/rss+xml\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{BODY}",
                BODY.len()
            );
            stream.write_all(answer.as_bytes()).await.unwrap();
            stream.shutdown().await.ok();
        }
    });
    port
}

/// What the mail server was told.
#[derive(Default)]
struct Post {
    logins: Vec<String>,
    mails: Vec<String>,
}

/// A mail server: TLS from the first byte, or after STARTTLS and not before it.
async fn mail(tls: TlsAcceptor, implicit: bool) -> (u16, Arc<Mutex<Post>>) {
    let (listener, port) = listen().await;
    let post = Arc::<Mutex<Post>>::default();
    let kept = Arc::clone(&post);
    tokio::spawn(async move {
        while let Ok((mut tcp, _)) = listener.accept().await {
            if !implicit {
                tcp.write_all(b"220 mail\r\n").await.unwrap();
                let mut lines = BufReader::new(&mut tcp);
                let mut line = String::new();
                while lines.read_line(&mut line).await.unwrap_or(0) > 0 {
                    let starts = line.starts_with("STARTTLS");
                    let answer: &[u8] = match () {
                        () if starts => b"220 go\r\n",
                        () if line.starts_with("EHLO") => b"250-mail\r\n250 STARTTLS\r\n",
                        () => b"530 STARTTLS first\r\n",
                    };
                    lines.get_mut().write_all(answer).await.unwrap();
                    line.clear();
                    if starts {
                        break;
                    }
                }
            }
            let Ok(stream) = tls.accept(tcp).await else {
                continue;
            };
            converse(stream, implicit, &kept).await;
        }
    });
    (port, post)
}

async fn converse(stream: impl AsyncRead + AsyncWrite + Unpin, greets: bool, post: &Mutex<Post>) {
    let mut stream = BufReader::new(stream);
    if greets {
        stream.get_mut().write_all(b"220 mail\r\n").await.unwrap();
    }
    let mut line = String::new();
    while stream.read_line(&mut line).await.unwrap_or(0) > 0 {
        let answer = match line.split_whitespace().next().unwrap_or_default() {
            "EHLO" => "250-mail\r\n250 AUTH PLAIN\r\n",
            "AUTH" => {
                post.lock().unwrap().logins.push(line.trim().to_owned());
                "235 welcome\r\n"
            }
            "DATA" => {
                stream.get_mut().write_all(b"354 go on\r\n").await.unwrap();
                let mut mail = String::new();
                while !mail.ends_with("\r\n.\r\n") {
                    stream.read_line(&mut mail).await.unwrap();
                }
                post.lock().unwrap().mails.push(mail);
                "250 kept\r\n"
            }
            _ => "250 fine\r\n",
        };
        if stream.get_mut().write_all(answer.as_bytes()).await.is_err() {
            return;
        }
        line.clear();
    }
}

/// A rig whose machine trusts `ca` and whose unit has credentials.
fn rig(ca: &Issuer, config: &str) -> Rig {
    let mut rig = Rig::new();
    let trusted = rig.write("trusted.pem", &ca.pem());
    std::fs::create_dir(rig.path("credentials")).unwrap();
    rig.write("credentials/square-token", "t0ken\n");
    rig.write("credentials/mail-password", "p4ss\n");
    let credentials = rig.path("credentials");
    rig.also("SSL_CERT_FILE", &trusted);
    rig.also("CREDENTIALS_DIRECTORY", &credentials);
    std::fs::create_dir_all(Path::new(&rig.path("config")).join("watchfloor")).unwrap();
    rig.write("config/watchfloor/config.toml", config);
    rig
}

/// A channel's line of `watchfloor channels --json`.
fn health(rig: &Rig, channel: &str) -> serde_json::Value {
    let listed = rig.out(&["channels", "--json"]);
    let lines = listed
        .lines()
        .map(|line| serde_json::from_str(line).unwrap());
    let mut found = lines.filter(|line: &serde_json::Value| line["channel"] == channel);
    found
        .next()
        .unwrap_or_else(|| panic!("no {channel} in {listed}"))
}

#[test]
fn channels_hear_over_tls_from_those_that_the_machine_trusts() {
    let runtime = Runtime::new().unwrap();
    let (ca, other) = (authority(), authority());
    let (good, forged, named) = (
        acceptor(&ca, "localhost"),
        acceptor(&other, "localhost"),
        acceptor(&ca, "elsewhere.example"),
    );
    let ports = runtime.block_on(async {
        [
            mastodon(good.clone()).await,
            feed(good).await,
            mastodon(forged.clone()).await,
            feed(forged).await,
            feed(named).await,
        ]
    });
    let [square, news, square2, news2, news3] = ports;
    let social = |name: &str, port: u16| {
        format!(
            "[channels.{name}]\nfile = \"mastodon\"\nallow_private = true\n[channels.{name}.vars]\ninstance = \"localhost:{port}\"\n[channels.{name}.secrets]\naccess_token = {{ credential = \"square-token\" }}\n"
        )
    };
    let press = |name: &str, port: u16| {
        format!(
            "[channels.{name}]\nfile = \"feed\"\nallow_private = true\nurls = [\"https://localhost:{port}/news.xml\"]\n"
        )
    };
    let config = [
        social("square", square),
        press("news", news),
        social("forged-square", square2),
        press("forged-news", news2),
        press("other-news", news3),
    ]
    .concat();
    let mut rig = rig(&ca, &config);
    rig.start_hub();
    for (channel, words) in [("square", "No water"), ("news", "Burst main")] {
        rig.until(&["items", &format!("chan:{channel}")], words);
        // Its health is told every few seconds.
        rig.run_until(&["channels"], |_| health(&rig, channel)["state"] == "up");
    }
    for (channel, says) in [
        (
            "forged-square",
            "authority that this machine does not trust",
        ),
        ("forged-news", "authority that this machine does not trust"),
        ("other-news", "certificate is for another name"),
    ] {
        // It is told when it was looked at, which is every few seconds.
        rig.run_until(&["channels"], |_| {
            let error = health(&rig, channel)["error"].as_str().map(str::to_owned);
            error.is_some_and(|error| error.contains(says))
        });
        let health = health(&rig, channel);
        assert_eq!(health["state"], "down", "{health}");
        let error = health["error"].as_str().unwrap();
        assert!(error.contains(says) && error.ends_with('.'), "{error}");
        assert!(!error.contains("t0ken"));
        let filter = format!("chan:{channel}");
        assert!(!rig.out(&["items", &filter]).contains("burst"));
    }
    rig.stop_hub();
}

/// Lets a critical of ten minutes ago leave by mail; the server's post, and what
/// the hub recorded.
fn page(tls: &str, trusted: bool) -> (Arc<Mutex<Post>>, Rig) {
    let runtime = Runtime::new().unwrap();
    let ca = authority();
    let signer = if trusted { &ca } else { &authority() };
    let server = acceptor(signer, "localhost");
    let (port, post) = runtime.block_on(mail(server, tls == "implicit"));
    let config = format!(
        "[page]\nattempts = 2\nretry = \"1s\"\n[page.smtp]\nhost = \"localhost\"\nport = {port}\ntls = \"{tls}\"\nfrom = \"floor@example.org\"\nto = [\"duty@example.org\"]\nuser = \"floor\"\nsecret = {{ credential = \"mail-password\" }}\n"
    );
    let mut rig = rig(&ca, &config);
    rig.seed_critical("the reservoir is dry", Duration::from_mins(10));
    rig.start_hub();
    rig.recorded("page_sent");
    // The servers live as long as the hub does.
    rig.keep(runtime);
    (post, rig)
}

#[test]
fn a_page_leaves_by_mail_over_tls() {
    for tls in ["implicit", "starttls"] {
        let (post, mut rig) = page(tls, true);
        let sent = rig.recorded("page_sent");
        assert!(sent["body"].get("failed").is_none(), "{tls}: {sent}");
        let post = post.lock().unwrap();
        let login = base64::engine::general_purpose::STANDARD.encode("\0floor\0p4ss");
        assert_eq!(post.logins, [format!("AUTH PLAIN {login}")], "{tls}");
        let mail = post.mails.concat();
        assert!(mail.contains("1 critical waits: #1."), "{tls}: {mail}");
        assert!(!mail.contains("reservoir"), "a stranger's words left");
        rig.stop_hub();
    }
}

#[test]
fn a_mail_server_that_is_not_trusted_gets_no_password() {
    for tls in ["implicit", "starttls"] {
        let (post, mut rig) = page(tls, false);
        let sent = rig.recorded("page_sent");
        let failed = sent["body"]["failed"].as_str().unwrap_or_default();
        assert!(failed.contains("certificate"), "{tls}: {sent}");
        let post = post.lock().unwrap();
        assert!(post.logins.is_empty() && post.mails.is_empty(), "{tls}");
        rig.stop_hub();
    }
}

#[test]
fn a_credential_that_is_not_there_is_named() {
    let channel = "[channels.square]\nfile = \"mastodon\"\n[channels.square.vars]\ninstance = \"social.example\"\n[channels.square.secrets]\naccess_token = { credential = \"misspelt\" }\n";
    let rig = rig(&authority(), channel);
    let checked = rig.run(&["check"]);
    let says = crate::rig::said(&checked);
    assert_eq!(checked.status.code(), Some(2), "{says}");
    assert!(
        says.contains("misspelt") && says.contains("config.toml:"),
        "{says}"
    );
    // Outside of a unit there is no such folder.
    let mut command = rig.command(&["check"]);
    let bare = command
        .env_remove("CREDENTIALS_DIRECTORY")
        .output()
        .unwrap();
    let says = crate::rig::said(&bare);
    assert_eq!(bare.status.code(), Some(2), "{says}");
    assert!(says.contains("LoadCredential"), "{says}");
}
