//! Bad deliveries at a channel's door: each gets one clear sentence and a
//! fitting status, is counted, and leaves everything else as it was.

use std::io::Write;
use std::time::Duration;

use flate2::Compression;
use flate2::write::GzEncoder;
use reqwest::RequestBuilder;
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use watchfloor::text::is_forbidden;

use crate::stage::{BEARER, PATIENCE, Stage, channel, entry};

/// A bad delivery, and what it gets.
struct Bad {
    name: &'static str,
    method: &'static str,
    path: &'static str,
    bearer: Option<&'static str>,
    headers: &'static [(&'static str, &'static str)],
    body: Vec<u8>,
    status: u16,
    says: &'static str,
    counter: &'static str,
}

impl Bad {
    fn new(name: &'static str, body: impl Into<Vec<u8>>, status: u16, says: &'static str) -> Self {
        Self {
            name,
            method: "POST",
            path: "/in/town",
            bearer: Some(BEARER),
            headers: &[("content-type", "application/json")],
            body: body.into(),
            status,
            says,
            counter: r#"watchfloor_refusals_total{door="town",why="delivery"}"#,
        }
    }

    fn request(&self, stage: &Stage) -> RequestBuilder {
        let mut request = stage.http.request(self.method, self.path);
        if let Some(bearer) = self.bearer {
            request = request.bearer_auth(bearer);
        }
        for (name, value) in self.headers {
            request = request.header(*name, *value);
        }
        request.body(self.body.clone())
    }
}

fn gzip_bomb() -> Vec<u8> {
    let mut packer = GzEncoder::new(Vec::new(), Compression::best());
    let zeros = vec![b' '; 1024 * 1024];
    for _ in 0..64 {
        packer.write_all(&zeros).unwrap();
    }
    packer.finish().unwrap()
}

const GZIP: &[(&str, &str)] = &[
    ("content-type", "application/json"),
    ("content-encoding", "gzip"),
];
const UNMAPPED: &str = r#"watchfloor_deliveries_total{channel="town",receipt="unmapped"}"#;

/// What is refused as a whole, before anything is kept.
#[allow(clippy::too_many_lines, reason = "a table")]
fn refused() -> Vec<Bad> {
    vec![
        Bad::new("malformed", "{\"id\": 1, \"text\": ", 400, "not JSON"),
        Bad::new(
            "binary garbage",
            (0..=255).collect::<Vec<u8>>(),
            400,
            "not JSON",
        ),
        Bad::new(
            "not UTF-8",
            b"{\"id\":1,\"text\":\"\xff\xfe\"}".to_vec(),
            400,
            "JSON",
        ),
        Bad::new("empty", "", 400, "empty"),
        Bad {
            headers: GZIP,
            ..Bad::new("a gzip bomb", gzip_bomb(), 413, "at most")
        },
        Bad {
            headers: GZIP,
            ..Bad::new("no gzip", "{}", 400, "not gzip")
        },
        Bad {
            headers: &[
                ("content-encoding", "br"),
                ("content-type", "application/json"),
            ],
            ..Bad::new("another packing", "{}", 415, "gzip")
        },
        Bad {
            headers: &[("content-type", "text/html")],
            ..Bad::new("a page", "<p>", 415, "JSON")
        },
        Bad {
            bearer: None,
            ..Bad::new("no token", "{}", 401, "credential")
        },
        Bad {
            bearer: Some("open says me"),
            ..Bad::new("a wrong token", "{}", 401, "credential")
        },
        Bad {
            method: "GET",
            ..Bad::new("a wrong method", "", 405, "POST")
        },
        Bad {
            method: "DELETE",
            ..Bad::new("another wrong method", "", 405, "POST")
        },
        Bad {
            path: "/in/village",
            counter: r#"watchfloor_refusals_total{door="in",why="unknown channel"}"#,
            ..Bad::new("an unknown channel", "{}", 404, "no such channel")
        },
        Bad {
            path: "/in/..%2Fetc%1b",
            counter: r#"watchfloor_refusals_total{door="in",why="unknown channel"}"#,
            ..Bad::new("a hostile channel", "{}", 404, "no such channel")
        },
        Bad {
            counter: r#"watchfloor_refusals_total{door="town",why="body"}"#,
            ..Bad::new("too large", vec![b' '; 3 * 1024 * 1024], 413, "at most")
        },
        Bad::new(
            "too many entries",
            format!("[{}{{}}]", "{},".repeat(20_000)),
            422,
            "entries",
        ),
    ]
}

/// What is kept as evidence, but is no item.
fn unmapped() -> Vec<Bad> {
    let kept = |name, body: serde_json::Value| Bad {
        counter: UNMAPPED,
        ..Bad::new(name, body.to_string(), 422, "kept as it came")
    };
    let deep = format!("{}1{}", "[".repeat(100_000), "]".repeat(100_000));
    let inside = format!(r#"{{"id": 1, "text": "x", "labels": {{"a": {deep}}}}}"#);
    vec![
        Bad {
            body: deep.into_bytes(),
            ..kept("nesting", json!(null))
        },
        Bad {
            body: inside.into_bytes(),
            ..kept("nesting inside", json!(null))
        },
        kept("a number", json!(7)),
        kept("wrong types", json!({"id": {"a": 1}, "text": ["x"]})),
        kept("no id", json!({"text": "who am I"})),
        kept("a misspelt key", json!({"id": 1, "txet": "hello"})),
        kept(
            "an unknown severity",
            json!({"id": 1, "text": "x", "severity": "dire"}),
        ),
        kept(
            "a time that is none",
            json!({"id": 1, "text": "x", "at": "noon"}),
        ),
    ]
}

#[tokio::test]
async fn each_bad_delivery_gets_its_sentence_and_touches_nothing_else() {
    let stage = Stage::town().await;
    let first = stage
        .post(entry("first", "a bin is full").to_string())
        .await;
    assert_eq!(first.status, 200);
    let before = stage.items();
    for bad in refused().into_iter().chain(unmapped()) {
        let counted = stage.counters().await;
        let counted = counted.get(bad.counter).copied().unwrap_or_default();
        let answer = stage.http.send(bad.request(&stage)).await;
        assert_eq!(answer.status, bad.status, "{}: {}", bad.name, answer.text());
        let says = answer.sentence();
        assert!(says.contains(bad.says), "{}: {says}", bad.name);
        assert!(!says.chars().any(is_forbidden), "{}: {says:?}", bad.name);
        let now = stage.counters().await;
        let now = now.get(bad.counter).copied().unwrap_or_default();
        assert!(
            now > counted,
            "{}: {} stands at {now}",
            bad.name,
            bad.counter
        );
        assert_eq!(stage.items(), before, "{}", bad.name);
    }
    let after = stage
        .post(entry("second", "the door works").to_string())
        .await;
    assert_eq!(after.status, 200);
    assert_eq!(stage.items().len(), 2);
    stage.stop().await;
}

#[tokio::test]
async fn a_hundred_megabytes_are_refused_on_the_way() {
    let stage = Stage::town().await;
    let size = 100 * 1024 * 1024;
    let mut socket = TcpStream::connect(stage.running.address).await.unwrap();
    let head = format!(
        "POST /in/town HTTP/1.1\r\nhost: hub\r\nauthorization: Bearer {BEARER}\r\ncontent-type: application/json\r\ncontent-length: {size}\r\n\r\n"
    );
    socket.write_all(head.as_bytes()).await.unwrap();
    let (mut from, mut to) = socket.split();
    let chunk = vec![b'['; 64 * 1024];
    let mut written = 0;
    let writes = async {
        // The hub may hang up before it has heard all of it: it should.
        while written < size && to.write_all(&chunk).await.is_ok() {
            written += chunk.len();
        }
    };
    let mut answer = [0; 4096];
    let reads = from.read(&mut answer);
    let both = async { tokio::join!(writes, reads) };
    let ((), read) = tokio::time::timeout(PATIENCE, both).await.unwrap();
    let text = String::from_utf8_lossy(&answer[..read.unwrap()]).into_owned();
    assert!(text.starts_with("HTTP/1.1 413 "), "{text}");
    assert!(text.contains("send it in parts"), "{text}");
    assert!(written < size, "all of it was taken");
    assert!(stage.items().is_empty());
    stage.stop().await;
}

#[tokio::test]
async fn one_lone_surrogate_costs_its_own_entry_only() {
    let stage = Stage::town().await;
    let body = r#"{"items": [{"id": "a", "text": "one"}, {"id": "b", "text": "\ud800"},
        {"id": "c", "text": "three"}, {"id": "d", "text": "\udc00\ud83d"}]}"#;
    let answer = stage.post(body).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    let told = answer.json();
    let receipts: Vec<_> = told["items"].as_array().unwrap().iter().collect();
    let words: Vec<_> = receipts.iter().map(|r| r["receipt"].as_str()).collect();
    let expected = ["arrived", "unmapped", "arrived", "unmapped"].map(Some);
    assert_eq!(words, expected);
    assert!(receipts[1]["error"].as_str().unwrap().ends_with('.'));
    let ids: Vec<_> = stage
        .items()
        .iter()
        .map(|item| item.content.external_id.as_evidence().to_owned())
        .collect();
    assert_eq!(ids, ["a", "c"]);
    assert!(stage.counters().await[UNMAPPED] >= 2.0);
    stage.stop().await;
}

#[tokio::test]
async fn a_delivery_that_comes_twice_is_here_once() {
    let stage = Stage::town().await;
    let body = json!([entry("a", "one"), entry("b", "two"), entry("a", "one")]).to_string();
    let receipts = |answer: crate::stage::caller::Answer| -> Vec<String> {
        let told = answer.json();
        let items = told["items"].as_array().unwrap();
        items
            .iter()
            .map(|item| item["receipt"].as_str().unwrap().to_owned())
            .collect()
    };
    let first = receipts(stage.post(body.clone()).await);
    assert_eq!(first, ["arrived", "arrived", "duplicate"]);
    let head = stage.board(watchfloor::model::board::Board::head);
    let again = receipts(stage.post(body).await);
    assert_eq!(again, ["duplicate"; 3]);
    assert_eq!(stage.board(watchfloor::model::board::Board::head), head);
    let counters = stage.counters().await;
    let duplicates = r#"watchfloor_deliveries_total{channel="town",receipt="duplicate"}"#;
    assert!(counters[duplicates] >= 4.0);
    stage.stop().await;
}

#[tokio::test]
async fn a_bomb_of_combining_marks_is_taken_and_cleaned_in_time() {
    let stage = Stage::town().await;
    let marks = format!("z{}", "\u{301}\u{489}".repeat(200_000));
    let answer = stage.post(entry("zalgo", &marks).to_string()).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    let items = stage.items();
    let text = &items[0].content.text;
    assert!(text.len() <= 64 * 1024, "{} bytes were kept", text.len());
    let safe = watchfloor::text::SafeText::line(text);
    assert!(
        safe.as_str().chars().count() < 64,
        "{} code points",
        safe.as_str().len()
    );
    stage.stop().await;
}

/// A sender that stops in the middle holds up nobody, and nothing of it stays.
#[tokio::test]
async fn half_a_delivery_is_no_delivery() {
    let stage = Stage::with(vec![
        channel("town", "generic"),
        channel("other", "generic"),
    ])
    .await;
    let mut slow = TcpStream::connect(stage.running.address).await.unwrap();
    let head = format!(
        "POST /in/town HTTP/1.1\r\nhost: hub\r\nauthorization: Bearer {BEARER}\r\ncontent-length: 90\r\n\r\n{{\"id\": 1,"
    );
    slow.write_all(head.as_bytes()).await.unwrap();
    let other = stage
        .http
        .deliver("other", BEARER, entry("a", "b").to_string().into());
    let answer = tokio::time::timeout(Duration::from_secs(30), other).await;
    assert_eq!(answer.expect("nobody waits").status, 200);
    drop(slow);
    assert_eq!(stage.items().len(), 1);
    stage.stop().await;
}
