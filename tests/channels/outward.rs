//! One attempt at a reply against servers that answer as they please: what was
//! sent, what was surely not, and what nobody can say.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect};
use axum::routing::post;
use tokio::io::AsyncReadExt;
use tokio::net::TcpListener;
use watchfloor::channels::registry::Channel;
use watchfloor::channels::reply::{Act, Outcome, Outgoing, send};
use watchfloor::model::content::{Content, Kind};

use crate::support::{channel, config, now, with_secret};

const FILE: &str = r#"schema = 1
[channel]
id = "town"
name = "Town"
kind = "social"
vars = { url = "" }
secrets = ["bearer", "token"]
[source]
transport = "webhook"
auth = { kind = "bearer", secret = "bearer" }
[[map]]
kind = "mention"
id = "/id"
text = "/text"
[login]
url = "{{ vars.url }}/login"
form = { grant_type = "client_credentials", client_secret = "{{ secret.token }}" }
token = "/access_token"
expires_in = "/expires_in"
[reply]
url = "{{ vars.url }}/{{ item.thread }}"
headers = { Authorization = "Bearer {{ auth.token }}", Idempotency-Key = "{{ action.id }}" }
json = { text = "{{ action.text }}", of = "{{ item.id }}" }
ok_when = { at = "/ok", eq = true }
result_id = "/id"
max_text = 20
[limits]
rate = "3/1m"
[[test]]
name = "one"
input = '{"id":7,"text":"x"}'
expect = { id = "7" }
"#;

fn town(url: &str, private: bool) -> Arc<Channel> {
    let mut config = with_secret(config("town"), "bearer", "b");
    config = with_secret(config, "token", "t0k");
    config.vars.insert("url".to_owned(), url.to_owned());
    config.allow_private = private;
    channel(config, &[FILE])
}

async fn reply(channel: &Arc<Channel>, thread: &str, text: &str) -> Outcome {
    let name = channel.name().clone();
    let mut item = Content::new(Kind::Mention, name, "7".into(), "hi".into());
    item.thread = thread.into();
    let outgoing = Outgoing {
        id: "01890000-0000-7000-8000-000000000001",
        text,
        item: &item,
        officer: "Seven",
        until: None,
        ends: "",
        now: now(),
    };
    send(channel, Act::Reply, &outgoing).await
}

type Seen = Arc<Mutex<Vec<(HeaderMap, String)>>>;

async fn vendor() -> (String, Seen) {
    let seen = Seen::default();
    let kept = Arc::clone(&seen);
    let login = post(|body: String| async move {
        assert_eq!(body, "client_secret=t0k&grant_type=client_credentials");
        r#"{"access_token":"open","expires_in":3600}"#
    });
    let said = post(move |headers: HeaderMap, body: Bytes| {
        let body = String::from_utf8(body.to_vec()).unwrap();
        kept.lock().unwrap().push((headers, body));
        async { r#"{"ok":true,"id":"m9"}"# }
    });
    let later = post(|| async {
        (StatusCode::TOO_MANY_REQUESTS, [("retry-after", "9")], "").into_response()
    });
    let router = Router::new()
        .route("/login", login)
        .route("/said", said)
        .route("/later", later)
        .route("/no", post(|| async { r#"{"ok":false,"error":"closed"}"# }))
        .route("/moved", post(|| async { Redirect::permanent("/said") }))
        .route("/broken", post(|| async { StatusCode::BAD_GATEWAY }));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await });
    (url, seen)
}

#[tokio::test]
async fn what_is_sent_is_what_the_file_says_and_the_budget_holds() {
    let (url, seen) = vendor().await;
    let town = town(&url, true);
    let sent = reply(&town, "said", "On \"it\"").await;
    let wanted = Outcome::Sent {
        id: Some("m9".into()),
        url: None,
    };
    assert_eq!(sent, wanted);
    {
        let seen = seen.lock().unwrap();
        let (headers, body) = &seen[0];
        assert_eq!(headers["authorization"], "Bearer open");
        assert_eq!(
            headers["idempotency-key"],
            "01890000-0000-7000-8000-000000000001"
        );
        let body: serde_json::Value = serde_json::from_str(body).unwrap();
        assert_eq!(body, serde_json::json!({"text": "On \"it\"", "of": "7"}));
    }
    let long = reply(&town, "said", "123456789 123456789 1").await;
    assert!(
        matches!(&long, Outcome::Refused { says } if says.contains("1 too long")),
        "{long:?}"
    );
    for _ in 0..2 {
        reply(&town, "said", "again").await;
    }
    let spent = reply(&town, "said", "and again").await;
    assert!(
        matches!(&spent, Outcome::Later { after, .. } if after.as_secs() > 30),
        "{spent:?}"
    );
    assert_eq!(
        seen.lock().unwrap().len(),
        3,
        "nothing left us that was refused before"
    );
}

#[tokio::test]
async fn each_answer_is_taken_for_what_it_is() {
    for (thread, word, words) in [
        ("no", "refused", "closed"),
        ("later", "later", "429"),
        ("broken", "unknown", "may have been sent"),
        ("moved", "refused", "moved"),
        ("nowhere", "refused", "404"),
    ] {
        let (url, seen) = vendor().await;
        let town = town(&url, true);
        let outcome = reply(&town, thread, "x").await;
        assert_eq!(outcome.word(), word, "{thread}: {outcome:?}");
        assert!(outcome.says().unwrap().contains(words), "{outcome:?}");
        assert!(seen.lock().unwrap().is_empty(), "no redirect is followed");
    }
}

#[tokio::test]
async fn a_wait_that_was_asked_for_is_kept() {
    let (url, seen) = vendor().await;
    let town = town(&url, true);
    reply(&town, "later", "x").await;
    let outcome = reply(&town, "said", "x").await;
    assert!(matches!(outcome, Outcome::Later { after, .. } if after.as_secs() >= 8));
    assert!(seen.lock().unwrap().is_empty());
}

#[tokio::test]
async fn what_never_left_is_tried_later_and_what_may_have_left_is_not() {
    // Nobody listens: surely not sent. The login fails first, and says so.
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let dead = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let outcome = reply(&town(&dead, true), "said", "x").await;
    assert_eq!(outcome.word(), "later", "{outcome:?}");

    // A private address that was not allowed: refused before anything leaves.
    let (url, seen) = vendor().await;
    let outcome = reply(&town(&url, false), "said", "x").await;
    assert!(
        matches!(&outcome, Outcome::Refused { says } if says.contains("private")),
        "{outcome:?}"
    );
    assert!(seen.lock().unwrap().is_empty());

    // Read whole and closed without a word: nobody can say.
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let mute = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        loop {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut buffer = [0; 4096];
            let _read = stream.read(&mut buffer).await;
        }
    });
    let file = FILE.split("[login]").next().unwrap().to_owned()
        + FILE.split("expires_in = \"/expires_in\"").nth(1).unwrap();
    let file = file.replace("Bearer {{ auth.token }}", "Bearer {{ secret.token }}");
    let mut config = with_secret(with_secret(config("town"), "bearer", "b"), "token", "t0k");
    config.vars.insert("url".to_owned(), mute);
    config.allow_private = true;
    let outcome = reply(&channel(config, &[&file]), "said", "x").await;
    assert!(
        matches!(&outcome, Outcome::Unknown { says } if says.contains("may have been sent")),
        "{outcome:?}"
    );
}
