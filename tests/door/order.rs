//! What comes in another order than it was said: a deletion before its post, an
//! older version after a newer one.

use serde_json::{Value, json};

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
