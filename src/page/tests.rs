//! Pages leave by a real HTTP server and a mail server that speaks just enough,
//! are tried again, and are reported.

use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::{get, post};
use hmac::{Hmac, KeyInit, Mac};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::policy::Due;
use super::*;
use crate::config::{self, page::Page};
use crate::model::ids::{ChannelName, ItemId, ItemKey, RuleName};
use crate::model::time::Timestamp;

fn at(s: i64) -> Timestamp {
    Timestamp::from_millis(1_800_000_000_000 + s * 1000)
}

fn due(n: u64, why: Why) -> Due {
    let channel = ChannelName::new("test").unwrap();
    let item = Unattended {
        key: ItemKey::of(&channel, &n.to_string()),
        id: ItemId(n),
        since: at(i64::try_from(n).unwrap()),
        rules: vec![RuleName::new("main-burst").unwrap()],
    };
    Due { item, why }
}

fn notice() -> Notice {
    let due = [due(1042, Why::NobodyAnswered), due(1043, Why::NobodyThere)];
    Notice::of(Uuid::from_u128(7), "Harbour\r\nBcc: x", at(2000), &due).unwrap()
}

/// The section with the shortest waits that the configuration allows.
fn section(ways: &str) -> Page {
    let text = format!("[page]\nattempts = 3\nretry = \"1s\"\n{ways}");
    config::resolve(Some((Path::new("config.toml"), &text)), &[])
        .unwrap()
        .page
}

#[test]
fn a_page_says_counts_numbers_and_rules_only() {
    let notice = notice();
    let text = "2 criticals wait: #1042, #1043. Why: no console is connected; nobody acknowledged or took it in time. Rules: main-burst.";
    assert_eq!(notice.text, text);
    assert_eq!(notice.subject(), "HarbourBcc: x: 2 criticals unattended");
    assert_eq!(notice.since, at(1042));
    assert!(Notice::of(Uuid::nil(), "Harbour", at(0), &[]).is_none());
    let many: Vec<Due> = (1..=12).map(|n| due(n, Why::Again)).collect();
    let long = Notice::of(Uuid::nil(), "Harbour", at(0), &many).unwrap();
    assert!(long.text.contains("#10 and 2 more."), "{}", long.text);
}

#[derive(Default)]
struct Seen {
    answers: Mutex<Vec<StatusCode>>,
    requests: Mutex<Vec<(HeaderMap, Bytes)>>,
}

async fn receive(State(seen): State<Arc<Seen>>, headers: HeaderMap, body: Bytes) -> StatusCode {
    seen.requests.lock().unwrap().push((headers, body));
    seen.answers
        .lock()
        .unwrap()
        .pop()
        .unwrap_or(StatusCode::NO_CONTENT)
}

async fn serve(router: Router) -> String {
    let socket = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = socket.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(socket, router).await });
    format!("http://{address}")
}

async fn webhook(answers: &[StatusCode], secret: &str) -> (Arc<Seen>, Outcome) {
    let seen = Arc::new(Seen::default());
    *seen.answers.lock().unwrap() = answers.iter().rev().copied().collect();
    let router = Router::new()
        .route("/in/k3y", post(receive))
        .with_state(Arc::clone(&seen));
    let url = serve(router).await;
    let page = section(&format!("[page.webhook]\nurl = \"{url}/in/k3y\"\n{secret}"));
    let shutdown = CancellationToken::new();
    let (pager, mut reports) = Pager::start(&page, &shutdown).unwrap();
    pager.send(&notice());
    (seen, reports.recv().await.unwrap())
}

#[tokio::test]
async fn a_webhook_is_signed_and_tried_again() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("secret");
    std::fs::write(&file, "s3cret\n").unwrap();
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o600);
    std::fs::set_permissions(&file, mode).unwrap();
    let secret = format!("secret = {{ file = {:?} }}", file.display().to_string());

    let (seen, outcome) = webhook(&[StatusCode::SERVICE_UNAVAILABLE], &secret).await;
    assert_eq!(
        (outcome.by, outcome.tries, outcome.failed),
        ("webhook", 2, None)
    );
    let requests = seen.requests.lock().unwrap();
    let [(first, body), (second, again)] = requests.as_slice() else {
        panic!("{} requests", requests.len())
    };
    assert_eq!(body, again);
    assert_eq!(first["idempotency-key"], second["idempotency-key"]);
    let told: serde_json::Value = serde_json::from_slice(body).unwrap();
    assert_eq!(told["items"], serde_json::json!([1042, 1043]));

    let signature = first[webhook::SIGNATURE].to_str().unwrap();
    let (seconds, hex) = signature
        .strip_prefix("t=")
        .unwrap()
        .split_once(",v1=")
        .unwrap();
    let mut mac = Hmac::<sha2::Sha256>::new_from_slice(b"s3cret").unwrap();
    mac.update(format!("{seconds}.").as_bytes());
    mac.update(body);
    let digits = mac.finalize().into_bytes();
    let expected: Vec<String> = digits.iter().map(|b| format!("{b:02x}")).collect();
    assert_eq!(hex, expected.concat());
}

#[tokio::test]
async fn a_refusal_for_good_is_not_tried_again_and_the_address_is_not_told() {
    let (seen, outcome) = webhook(&[StatusCode::NOT_FOUND], "").await;
    assert_eq!(outcome.tries, 1);
    assert_eq!(outcome.failed.unwrap(), "it answered 404 Not Found");
    let requests = seen.requests.lock().unwrap();
    assert_eq!(requests.len(), 1);
    assert!(
        requests[0].0.get(webhook::SIGNATURE).is_none(),
        "no secret, no signature"
    );
}

#[tokio::test]
async fn tries_end_and_the_last_error_is_reported() {
    let socket = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = socket.local_addr().unwrap();
    drop(socket);
    let page = section(&format!("[page.webhook]\nurl = \"http://{address}/k3y\""));
    let (pager, mut reports) = Pager::start(&page, &CancellationToken::new()).unwrap();
    pager.send(&notice());
    let outcome = reports.recv().await.unwrap();
    assert_eq!(outcome.tries, 3);
    let failed = outcome.failed.unwrap();
    assert!(
        failed.contains("onnect") && !failed.contains("k3y"),
        "{failed}"
    );
}

#[tokio::test]
async fn a_way_that_stands_still_is_reported_and_holds_nobody_up() {
    // Accepts and never answers: the queue behind it fills.
    let socket = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", socket.local_addr().unwrap());
    let page = section(&format!("[page.webhook]\nurl = \"{url}\""));
    let (pager, mut reports) = Pager::start(&page, &CancellationToken::new()).unwrap();
    for _ in 0..66 {
        pager.send(&notice());
    }
    let outcome = reports.recv().await.unwrap();
    assert_eq!((outcome.tries, outcome.failed.is_some()), (0, true));
}

/// Just enough of a mail server: answers 250, and what `refuse` says to the
/// first mail's recipient.
async fn mail_server(mut refuse: Option<&'static str>) -> (u16, Arc<Mutex<Vec<String>>>) {
    let socket = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = socket.local_addr().unwrap().port();
    let mails = Arc::<Mutex<Vec<String>>>::default();
    let kept = Arc::clone(&mails);
    tokio::spawn(async move {
        while let Ok((tcp, _)) = socket.accept().await {
            converse(tcp, &mut refuse, &kept).await;
        }
    });
    (port, mails)
}

async fn converse(
    tcp: TcpStream,
    refuse: &mut Option<&'static str>,
    mails: &Mutex<Vec<String>>,
) -> Option<()> {
    let (read, mut write) = tcp.into_split();
    let mut lines = BufReader::new(read).lines();
    write.write_all(b"220 mail.example\r\n").await.ok()?;
    while let Some(line) = lines.next_line().await.ok()? {
        let verb: String = line.chars().take(4).collect();
        let answer = match verb.to_ascii_uppercase().as_str() {
            "DATA" => {
                write.write_all(b"354 go on\r\n").await.ok()?;
                let mut mail = String::new();
                while let Some(line) = lines.next_line().await.ok()?.filter(|l| l != ".") {
                    mail.push_str(&line);
                    mail.push('\n');
                }
                mails.lock().unwrap().push(mail);
                "250 taken"
            }
            "RCPT" => refuse.take().unwrap_or("250 fine"),
            "QUIT" => "221 bye",
            _ => "250 fine",
        };
        write
            .write_all(format!("{answer}\r\n").as_bytes())
            .await
            .ok()?;
    }
    Some(())
}

fn by_mail(port: u16) -> Page {
    section(&format!(
        "[page.smtp]\nhost = \"127.0.0.1\"\nport = {port}\ntls = \"off\"\nfrom = \"floor@example.org\"\nto = [\"duty@example.org\", \"Night <night@example.org>\"]"
    ))
}

#[tokio::test]
async fn a_mail_is_tried_again_and_goes_out_once() {
    let (port, mails) = mail_server(Some("451 later")).await;
    let (pager, mut reports) = Pager::start(&by_mail(port), &CancellationToken::new()).unwrap();
    pager.send(&notice());
    let outcome = reports.recv().await.unwrap();
    assert_eq!(
        (outcome.by, outcome.tries, outcome.failed),
        ("smtp", 2, None)
    );
    let mails = mails.lock().unwrap();
    assert_eq!(mails.len(), 1);
    let mail = &mails[0];
    assert!(
        mail.contains("Subject: HarbourBcc: x: 2 criticals unattended\n"),
        "{mail}"
    );
    assert!(!mail.contains("\nBcc:"), "{mail}");
    assert!(
        mail.contains("To: duty@example.org, Night <night@example.org>\n"),
        "{mail}"
    );
    assert!(mail.contains("#1042, #1043"), "{mail}");
}

#[tokio::test]
async fn a_mail_that_is_refused_for_good_is_reported_with_the_servers_words() {
    let (port, mails) = mail_server(Some("550 no such duty officer")).await;
    let (pager, mut reports) = Pager::start(&by_mail(port), &CancellationToken::new()).unwrap();
    pager.send(&notice());
    let outcome = reports.recv().await.unwrap();
    assert_eq!(outcome.tries, 1);
    let failed = outcome.failed.unwrap();
    assert!(failed.contains("no such duty officer"), "{failed}");
    assert!(mails.lock().unwrap().is_empty());
}

#[tokio::test]
async fn an_address_that_is_none_is_told_with_its_line() {
    let page = section(
        "[page.smtp]\nhost = \"h\"\nfrom = \"floor@example.org\"\nto = [\"duty at example\"]",
    );
    let error = Pager::start(&page, &CancellationToken::new())
        .unwrap_err()
        .to_string();
    let expected =
        "The page's smtp can't be set up: page.smtp.to (config.toml:7) is not a mail address.";
    assert_eq!(error, expected);
}

#[tokio::test]
async fn a_heartbeat_tells_how_it_goes() {
    let beats = Arc::new(AtomicU32::new(0));
    let counted = Arc::clone(&beats);
    let answer = move || {
        let first = counted.fetch_add(1, Ordering::SeqCst) == 0;
        std::future::ready(if first {
            StatusCode::OK
        } else {
            StatusCode::BAD_GATEWAY
        })
    };
    let url = serve(Router::new().route("/beat", get(answer))).await;
    let page = section(&format!(
        "[page.heartbeat]\nurl = \"{url}/beat\"\nevery = \"5s\""
    ));
    let shutdown = CancellationToken::new();
    let heartbeat = Heartbeat::new(&page.heartbeat.unwrap()).unwrap();
    let mut health = heartbeat.start(shutdown.clone());
    health.changed().await.unwrap();
    assert_eq!(
        *health.borrow_and_update(),
        Beat {
            arrived: 1,
            failed: 0,
            error: None
        }
    );
    health.changed().await.unwrap();
    let error = Some("it answered 502 Bad Gateway".to_owned());
    assert_eq!(
        *health.borrow_and_update(),
        Beat {
            arrived: 1,
            failed: 1,
            error
        }
    );
    shutdown.cancel();
}
