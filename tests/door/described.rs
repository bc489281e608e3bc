//! The OpenAPI document and the frames' schemas, against what is really sent.

use futures_util::SinkExt;
use jsonschema::Validator;
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::Message;

use crate::stage::watcher::{Session, Watcher};
use crate::stage::{Stage, channel, entry};

/// A validator for what the document says of a route's answer.
fn answer_of(document: &Value, path: &str, method: &str, status: &str) -> Validator {
    let answer = &document["paths"][path][method]["responses"][status];
    let schema = &answer["content"]["application/json"]["schema"];
    assert!(
        schema.is_object(),
        "{method} {path} {status} is not described"
    );
    let whole = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "components": document["components"], "allOf": [schema],
    });
    jsonschema::validator_for(&whole).unwrap()
}

fn assert_fits(what: &str, schema: &Validator, value: &Value) {
    let wrong: Vec<String> = schema
        .iter_errors(value)
        .map(|error| format!("{} at {}", error, error.instance_path))
        .collect();
    assert!(wrong.is_empty(), "{what}: {wrong:#?}\n{value:#}");
}

/// A floor on which there is some of everything.
async fn busy() -> Stage {
    let stage = Stage::with(vec![
        channel("town", "generic"),
        channel("alertmanager", "alertmanager"),
    ])
    .await;
    let batch = json!([
        entry("a", "one"),
        { "id": "b", "kind": "escalation", "text": "help", "lang": "en", "severity": "high",
          "author": { "id": "7", "name": "Dana Reyes", "followers": 12 }, "at": "2026-11-23T18:50:00Z",
          "engagement": { "likes": 5 }, "labels": { "district": "west" }, "media": ["https://m.example/1"],
          "conversation": [{ "speaker": "citizen", "text": "hello?", "at": "2026-11-23T18:49:00Z" }],
          "handoff": { "reason": "asks for a person", "confidence": 0.25 } },
        { "nonsense": true },
    ]);
    assert_eq!(stage.post(batch.to_string()).await.status, 200);
    stage.post(entry("a", "one, edited").to_string()).await;
    stage
        .post(json!({"id": "b", "retract": true}).to_string())
        .await;
    let keys: Vec<String> = stage
        .items()
        .iter()
        .map(|item| item.key.to_string())
        .collect();
    let until = "2099-01-01T00:00:00.000Z";
    for (verb, more) in [
        ("note", json!({ "note": "a note" })),
        ("take", json!({})),
        ("tag", json!({ "add": ["burst"] })),
        ("escalate", json!({ "reason": "it floods" })),
        ("snooze", json!({ "wake": { "at": until } })),
        (
            "suppress",
            json!({ "filter": "kind:alert", "until": until, "reason": "known" }),
        ),
        ("undo", json!({})),
        ("resolve", json!({ "reason": "done" })),
    ] {
        let mut command = json!({
            "id": uuid::Uuid::now_v7(), "verb": verb, "targets": [{ "key": keys[0] }],
        });
        if matches!(verb, "undo" | "suppress") {
            command["targets"] = json!([]);
        }
        command
            .as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        let answer = stage.http.command(stage.token("ana"), &command).await;
        assert_eq!(answer.status, 200, "{verb}: {}", answer.text());
    }
    stage
}

#[tokio::test]
async fn every_route_answers_as_the_document_says() {
    let stage = busy().await;
    let document = stage.get("/v1/openapi.json").await.json();
    assert_eq!(document["openapi"], "3.1.0");
    let routes = [
        ("/v1/items", "/v1/items?filter=one"),
        ("/v1/items", "/v1/items?limit=1"),
        ("/v1/items/{item}", "/v1/items/1"),
        ("/v1/items/{item}", "/v1/items/2"),
        ("/v1/items/{item}/history", "/v1/items/1/history"),
        ("/v1/search", "/v1/search?q=edited"),
        ("/v1/events", "/v1/events?since=0"),
        ("/v1/channels", "/v1/channels"),
        ("/healthz", "/healthz"),
    ];
    for (route, path) in routes {
        let answer = stage.get(path).await;
        assert_eq!(answer.status, 200, "{path}: {}", answer.text());
        let value = answer.json();
        assert_fits(path, &answer_of(&document, route, "get", "200"), &value);
    }
    let problem = answer_of(&document, "/v1/items/{item}", "get", "default");
    for path in ["/v1/items/99", "/v1/items/x", "/v1/items/99/history"] {
        assert_fits(path, &problem, &stage.get(path).await.json());
    }
    let command = json!({ "id": uuid::Uuid::now_v7(), "verb": "take", "targets": [{ "key": "0".repeat(32) }] });
    let refused = stage
        .http
        .command(stage.token("ana"), &command)
        .await
        .json();
    assert_fits(
        "a refusal",
        &answer_of(&document, "/v1/commands", "post", "200"),
        &refused,
    );
    stage.stop().await;
}

/// The document has every route that there is, the doors of channels too.
#[tokio::test]
async fn the_document_names_every_route() {
    let stage = Stage::town().await;
    let document = stage.get("/v1/openapi.json").await.json();
    for path in [
        "/v1/items",
        "/v1/items/{item}",
        "/v1/items/{item}/history",
        "/v1/items/{item}/raw",
        "/v1/search",
        "/v1/events",
        "/v1/commands",
        "/v1/channels",
        "/v1/stream",
        "/in/{channel}",
        "/healthz",
        "/metrics",
    ] {
        assert!(document["paths"][path].is_object(), "{path} is missing");
    }
    stage.stop().await;
}

#[tokio::test]
async fn every_frame_that_is_sent_fits_its_schema() {
    let stage = busy().await;
    let schemas = stage.get("/v1/schemas.json").await.json();
    let server = jsonschema::validator_for(&schemas["server"]).unwrap();
    let client = jsonschema::validator_for(&schemas["client"]).unwrap();
    let mut kinds = std::collections::BTreeSet::new();
    // From nothing, and from the log's beginning: a snapshot, and all events.
    let epoch = {
        use watchfloor::store::EventLog;
        stage.running.hub.log.epoch()
    };
    for resume in [
        json!({ "type": "resume" }),
        json!({ "type": "resume", "epoch": epoch, "seq": 0, "window": { "closed_items": 10 } }),
    ] {
        assert_fits("resume", &client, &resume);
        let (nobody, address) = (Watcher::default(), stage.running.address);
        let opened = Session::open(&nobody, address, stage.token("ben")).await;
        let mut session = opened.expect("a session");
        for frame in [
            resume,
            json!({ "type": "view", "key": stage.items()[0].key }),
            json!({ "type": "presence", "idle_s": 3 }),
            json!({ "type": "pong" }),
            json!({ "type": "command", "command": {
                "id": uuid::Uuid::now_v7(), "verb": "undo", "targets": [],
            }}),
        ] {
            assert_fits("a console's frame", &client, &frame);
            session
                .socket
                .send(Message::text(frame.to_string()))
                .await
                .unwrap();
        }
        session
            .socket
            .send(Message::text("nonsense"))
            .await
            .unwrap();
        let mut seen = std::collections::BTreeSet::new();
        while !(seen.contains("reply") && seen.contains("error") && seen.contains("health")) {
            let text = session.raw().await.expect("the session lives");
            let frame: Value = serde_json::from_str(&text).unwrap();
            assert_fits("a hub's frame", &server, &frame);
            seen.insert(frame["type"].as_str().unwrap().to_owned());
        }
        kinds.extend(seen);
    }
    for kind in [
        "hello", "items", "presence", "counts", "health", "reply", "error",
    ] {
        assert!(kinds.contains(kind), "no {kind} came: {kinds:?}");
    }
    let history = stage.get("/v1/events?since=0").await.json();
    let events =
        json!({ "type": "events", "from": 1, "to": history["to"], "events": history["events"] });
    assert_fits("the whole log", &server, &events);
    stage.stop().await;
}
