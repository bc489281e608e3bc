//! What comes in another order than it was said: a deletion before its post, an
//! older version after a newer one.

use serde_json::{Value, json};

use watchfloor::model::item::Item;

use crate::stage::{PATIENCE, Stage, entry};

fn version(text: &str, at: &str) -> String {
    let mut said = entry("a", text);
    said["at"] = json!(at);
    json!([said]).to_string()
}

#[tokio::test]
async fn a_deletion_that_came_before_its_post_counts_when_the_post_comes() {
    let stage = Stage::town().await;
    let gone: Value = json!([{ "id": "a", "retract": true }]);
    assert_eq!(stage.post(gone.to_string()).await.status, 200);
    assert!(stage.items().is_empty());
    let said = json!([entry("a", "taken back at once"), entry("b", "stays")]);
    assert_eq!(stage.post(said.to_string()).await.status, 200);
    let taken = async {
        while stage.items().iter().all(|item| item.retracted.is_none()) {
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(PATIENCE, taken).await.unwrap();
    let items = stage.items();
    let retracted: Vec<bool> = items.iter().map(|item| item.retracted.is_some()).collect();
    assert_eq!(retracted.iter().filter(|gone| **gone).count(), 1);
    assert_eq!(items.len(), 2);
}

#[tokio::test]
async fn a_restart_forgets_nothing_of_what_came_before_its_post() {
    let stage = Stage::town().await;
    let gone = json!([{ "id": "a", "retract": true }, { "id": "a", "retract": true }]);
    let answer = stage.post(gone.to_string()).await.json();
    let told = answer["items"].as_array().unwrap().iter();
    let receipts: Vec<&Value> = told.map(|item| &item["receipt"]).collect();
    assert_eq!(receipts, ["ignored", "duplicate"], "nor is it kept twice");
    let stage = stage.again(|_| {}).await;
    let said = json!([entry("a", "taken back at once"), entry("b", "stays")]);
    assert_eq!(stage.post(said.to_string()).await.status, 200);
    let items = stage.items();
    let named = |id: &str| {
        let is_it = |item: &&Item| item.content.external_id.as_evidence() == id;
        items.iter().find(is_it).unwrap()
    };
    assert!(named("a").retracted.is_some(), "from its first moment");
    assert!(named("b").retracted.is_none());
    // What was told once is used up.
    let stage = stage.again(|_| {}).await;
    let items = stage.items();
    assert_eq!(items.iter().filter(|i| i.retracted.is_some()).count(), 1);
}

#[tokio::test]
async fn an_older_version_that_comes_late_changes_nothing() {
    let stage = Stage::town().await;
    for (text, at) in [
        ("version 1", "2026-01-01T10:00:00Z"),
        ("version 3", "2026-01-01T10:02:00Z"),
        ("version 2", "2026-01-01T10:01:00Z"),
    ] {
        assert_eq!(stage.post(version(text, at)).await.status, 200);
    }
    let items = stage.items();
    assert_eq!(items.len(), 1);
    assert_eq!(items[0].content.text.as_evidence(), "version 3");
}
