//! Erasures and legal holds on a hub that runs: by an administrator of all
//! desks only, with a reason, told to everybody, and respected.

use jsonschema::Validator;
use serde_json::{Value, json};

use crate::stage::caller::Answer;
use crate::stage::watcher::{Session, Watcher};
use crate::stage::{Stage, entry};

async fn ask(stage: &Stage, who: &str, (method, path): (&str, &str), body: Value) -> Answer {
    let request = stage.http.request(method, path).bearer_auth(who);
    let request = if body.is_null() {
        request
    } else {
        request.body(body.to_string())
    };
    stage.http.send(request).await
}

/// The private door's token.
fn owner(stage: &Stage) -> String {
    let token = stage.running.token.as_ref();
    token.expect("there is a door").reveal().to_owned()
}

#[tokio::test]
async fn an_administrator_erases_on_a_running_hub_and_holds_are_respected() {
    let stage = Stage::town().await;
    let batch = json!([
        entry("a", "my number is 5550123"),
        entry("b", "a bin is full")
    ]);
    assert_eq!(stage.post(batch.to_string()).await.status, 200);
    let admin = owner(&stage);
    let mut watcher = Watcher::default();
    let address = stage.running.address;
    let opened = Session::open(&watcher, address, stage.token("ben")).await;
    let mut ben = opened.expect("a session");

    let hold = ("PUT", "/v1/holds/court");
    let held = ask(
        &stage,
        &admin,
        hold,
        json!({"scope": {"item": "1"}, "reason": "a case"}),
    )
    .await;
    assert_eq!(held.status, 200, "{}", held.text());
    let erase = ("POST", "/v1/erasures");
    let wish = json!({ "what": { "items": ["#1"] }, "reason": "asked by the author" });
    let refused = ask(&stage, &admin, erase, wish.clone()).await;
    assert_eq!(refused.status, 409, "{}", refused.text());
    assert!(refused.sentence().contains("court"));
    let listed = ask(&stage, &admin, ("GET", "/v1/holds"), Value::Null).await;
    assert_eq!(listed.json()[0]["name"], "court");
    let lift = ("DELETE", "/v1/holds/court?reason=closed");
    let lifted = ask(&stage, &admin, lift, Value::Null).await;
    assert_eq!(lifted.status, 204, "{}", lifted.text());
    let erased = ask(&stage, &admin, erase, wish).await;
    assert_eq!(erased.status, 200, "{}", erased.text());
    assert_eq!(erased.json()["events"], 1);

    // The board of the hub and of a console lose the words; the log names why.
    let words = |text: &str| !text.contains("5550123");
    while watcher.board.len() < 2 || !words(&format!("{:?}", watcher.board)) {
        watcher.take(&ben.frame().await.expect("the session lives"));
    }
    stage
        .until("the erasure", |board| words(&format!("{board:?}")))
        .await;
    assert!(words(&stage.get("/v1/events?since=0").await.text()));
    let log = stage.get("/v1/events?since=0").await.json();
    let told = |kind: &str| {
        let events = log["events"].as_array().unwrap().iter();
        let mut found = events.filter(|event| event["body"]["type"] == kind);
        let event = found.next().unwrap_or_else(|| panic!("no {kind}"));
        assert_eq!(event["actor"], json!({"officer": "owner"}), "{kind}");
        event["body"]["reason"].as_str().unwrap().to_owned()
    };
    assert_eq!(told("hold_began"), "a case");
    assert_eq!(told("hold_ended"), "closed");
    assert_eq!(told("erased"), "asked by the author");
    let found = async {
        while stage
            .get("/v1/search?q=5550123")
            .await
            .text()
            .contains("5550123")
        {
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
    };
    let gone = tokio::time::timeout(crate::stage::PATIENCE, found).await;
    assert!(gone.is_ok(), "the archive has the words still");
    // Officers go on.
    assert_eq!(
        stage
            .post(entry("c", "still here").to_string())
            .await
            .status,
        200
    );
    stage.stop().await;
}

#[tokio::test]
async fn who_may_not_and_what_is_wrong_gets_one_sentence() {
    let stage = Stage::town().await;
    stage.post(entry("a", "a bin is full").to_string()).await;
    let before = stage.items();
    let (admin, ana) = (owner(&stage), stage.token("ana").to_owned());
    let erase = ("POST", "/v1/erasures");
    let all = json!({ "what": { "items": ["1"] }, "reason": "x" });
    let hold = json!({ "scope": "all", "reason": "x" });
    let why = |what: Value, reason: &str| json!({ "what": what, "reason": reason });
    let cases = [
        (
            &ana,
            erase,
            all.clone(),
            403,
            "you came in as ana (officer)",
        ),
        (
            &ana,
            ("PUT", "/v1/holds/x"),
            hold.clone(),
            403,
            "role admin",
        ),
        (&ana, ("GET", "/v1/holds"), Value::Null, 403, "role admin"),
        (
            &ana,
            ("DELETE", "/v1/holds/x?reason=y"),
            Value::Null,
            403,
            "role admin",
        ),
        (
            &admin,
            erase,
            json!({ "what": { "items": ["1"] } }),
            400,
            "openapi",
        ),
        (
            &admin,
            erase,
            why(json!({ "items": ["1"] }), "  "),
            400,
            "reason has to be given",
        ),
        (
            &admin,
            erase,
            why(json!({ "items": ["9"] }), "x"),
            404,
            "no item 9",
        ),
        (
            &admin,
            erase,
            why(json!({ "items": ["first"] }), "x"),
            400,
            "number or its key",
        ),
        (&admin, ("PUT", "/v1/holds/%20"), hold, 400, "name"),
        (
            &admin,
            ("DELETE", "/v1/holds/x"),
            Value::Null,
            400,
            "parameter",
        ),
        (
            &admin,
            ("DELETE", "/v1/holds/x?reason=y"),
            Value::Null,
            404,
            "no hold x",
        ),
        (&admin, ("POST", "/v1/holds"), Value::Null, 405, "GET"),
    ];
    for (who, (method, path), body, status, says) in cases {
        let answer = ask(&stage, who, (method, path), body).await;
        assert_eq!(answer.status, status, "{method} {path}: {}", answer.text());
        let sentence = answer.sentence();
        assert!(sentence.contains(says), "{method} {path}: {sentence}");
    }
    let counted: f64 = stage
        .counters()
        .await
        .iter()
        .filter(|(name, _)| name.starts_with("watchfloor_refusals_total{door=\"api\""))
        .map(|(_, value)| value)
        .sum();
    assert!(counted >= 12.0, "{counted} refusals are counted");
    let nobody = stage.http.get("/v1/holds", None).await;
    assert_eq!(nobody.status, 401, "{}", nobody.text());
    assert_eq!(stage.items(), before);
    stage.stop().await;
}

#[tokio::test]
async fn the_answers_are_as_the_document_says() {
    let stage = Stage::town().await;
    stage.post(entry("a", "a bin is full").to_string()).await;
    let admin = owner(&stage);
    let document = stage.get("/v1/openapi.json").await.json();
    let schema = |path: &str, method: &str| -> Validator {
        let answer = &document["paths"][path][method]["responses"]["200"];
        let schema = &answer["content"]["application/json"]["schema"];
        assert!(schema.is_object(), "{method} {path} is not described");
        let whole = json!({
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "components": document["components"], "allOf": [schema],
        });
        jsonschema::validator_for(&whole).unwrap()
    };
    let author = json!({ "author": { "channel": "town", "author": "7" } });
    for (path, method, at, body) in [
        (
            "/v1/holds/{name}",
            "put",
            "/v1/holds/x",
            json!({ "scope": author, "reason": "x" }),
        ),
        ("/v1/holds", "get", "/v1/holds", Value::Null),
        ("/v1/readings", "post", "/v1/readings", Value::Null),
        (
            "/v1/erasures",
            "post",
            "/v1/erasures",
            json!({ "what": { "older_than": "2020-01-01T00:00:00.000Z" }, "reason": "x" }),
        ),
        (
            "/v1/erasures",
            "post",
            "/v1/erasures",
            json!({ "what": { "items": ["1"] }, "reason": "x" }),
        ),
    ] {
        let answer = ask(&stage, &admin, (&method.to_uppercase(), at), body).await;
        assert_eq!(answer.status, 200, "{method} {path}: {}", answer.text());
        let value = answer.json();
        let wrong: Vec<String> = schema(path, method)
            .iter_errors(&value)
            .map(|error| error.to_string())
            .collect();
        assert!(wrong.is_empty(), "{method} {path}: {wrong:?} {value}");
    }
    assert!(document["paths"]["/v1/holds/{name}"]["delete"]["responses"]["204"].is_object());
    stage.stop().await;
}
