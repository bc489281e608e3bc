//! Bad requests at the officers' routes: a sentence, a status, a counter.

use serde_json::json;

use crate::stage::{Stage, entry};

struct Bad {
    name: &'static str,
    method: &'static str,
    path: &'static str,
    body: Vec<u8>,
    status: u16,
    says: &'static str,
}

fn bad(
    name: &'static str,
    (method, path): (&'static str, &'static str),
    body: impl Into<Vec<u8>>,
    (status, says): (u16, &'static str),
) -> Bad {
    Bad {
        name,
        method,
        path,
        body: body.into(),
        status,
        says,
    }
}

#[allow(clippy::too_many_lines, reason = "a table")]
fn table() -> Vec<Bad> {
    let command = ("POST", "/v1/commands");
    let target = json!([{ "key": "0".repeat(32) }]);
    let long = json!({
        "id": uuid::Uuid::now_v7(), "verb": "note", "targets": target, "note": "n".repeat(70_000),
    });
    let stranger = json!({
        "id": uuid::Uuid::now_v7(), "verb": "assign", "targets": target,
        "to": { "officer": "nobody-here" },
    });
    vec![
        bad(
            "a filter",
            ("GET", "/v1/items?filter=kind:"),
            "",
            (400, "filter"),
        ),
        bad(
            "a parameter",
            ("GET", "/v1/items?colour=red"),
            "",
            (400, "parameter"),
        ),
        bad(
            "a number",
            ("GET", "/v1/events?since=soon"),
            "",
            (400, "parameter"),
        ),
        bad(
            "an item's name",
            ("GET", "/v1/items/first"),
            "",
            (400, "number or its key"),
        ),
        bad(
            "no such item",
            ("GET", "/v1/items/99"),
            "",
            (404, "no item 99"),
        ),
        bad(
            "no such raw",
            ("GET", "/v1/items/99/raw"),
            "",
            (404, "no item 99"),
        ),
        bad(
            "no such route",
            ("GET", "/v1/secrets"),
            "",
            (404, "nothing here"),
        ),
        bad("a method", ("DELETE", "/v1/items"), "", (405, "GET")),
        bad("not JSON", command, "{\"id\":", (400, "not a command")),
        bad("garbage", command, vec![0xff, 0, 1], (400, "not a command")),
        bad(
            "an unknown verb",
            command,
            r#"{"id":"x","verb":"fire"}"#,
            (400, "not a command"),
        ),
        bad("a long note", command, long.to_string(), (400, "64 KiB")),
        bad(
            "nobody",
            command,
            stranger.to_string(),
            (400, "nobody-here"),
        ),
        bad(
            "too large",
            command,
            vec![b' '; 2 * 1024 * 1024],
            (413, "1048576"),
        ),
        bad("no upgrade", ("GET", "/v1/stream"), "", (400, "WebSocket")),
    ]
}

#[tokio::test]
async fn each_bad_request_gets_its_sentence_and_is_counted() {
    let stage = Stage::town().await;
    stage.post(entry("a", "a bin is full").to_string()).await;
    let before = stage.items();
    let refusals = |counters: std::collections::BTreeMap<String, f64>| -> f64 {
        let mine = counters
            .into_iter()
            .filter(|(name, _)| name.starts_with("watchfloor_refusals_total"));
        mine.map(|(_, value)| value).sum()
    };
    for bad in table() {
        let counted = refusals(stage.counters().await);
        let request = stage.http.request(bad.method, bad.path);
        let request = request.bearer_auth(stage.token("ana")).body(bad.body);
        let answer = stage.http.send(request).await;
        assert_eq!(answer.status, bad.status, "{}: {}", bad.name, answer.text());
        let says = answer.sentence();
        assert!(says.contains(bad.says), "{}: {says}", bad.name);
        let now = refusals(stage.counters().await);
        assert!(now > counted, "{} is not counted", bad.name);
        assert_eq!(stage.items(), before, "{}", bad.name);
    }
    stage.stop().await;
}

#[tokio::test]
async fn every_route_but_healthz_wants_a_credential() {
    let stage = Stage::town().await;
    for path in [
        "/v1/items",
        "/v1/items/1",
        "/v1/items/1/history",
        "/v1/items/1/raw",
        "/v1/search?q=a",
        "/v1/events",
        "/v1/channels",
        "/v1/openapi.json",
        "/v1/schemas.json",
        "/v1/stream",
        "/metrics",
    ] {
        let answer = stage.http.get(path, None).await;
        assert_eq!(answer.status, 401, "{path}: {}", answer.text());
        answer.sentence();
    }
    let health = stage.http.get("/healthz", None).await;
    assert_eq!(
        (health.status, health.json()),
        (200, json!({"status": "ok"}))
    );
    stage.stop().await;
}

#[tokio::test]
async fn who_guesses_tokens_is_slowed_down_and_the_others_are_not() {
    let stage = Stage::town().await;
    let mut statuses = std::collections::BTreeSet::new();
    for n in 0..60 {
        let answer = stage.http.get("/v1/items", Some(&format!("wf_{n}"))).await;
        statuses.insert(answer.status);
    }
    assert_eq!(statuses.into_iter().collect::<Vec<_>>(), [401, 429]);
    assert_eq!(stage.get("/v1/items").await.status, 200);
    stage.stop().await;
}
