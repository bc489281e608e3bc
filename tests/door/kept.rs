//! What a hub does with what it keeps, by itself: content is erased when it was
//! closed long enough ago, and heads are exported that `verify` takes.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use watchfloor::hub::desk::fold_item;
use watchfloor::model::time::{Clock, ManualClock, SystemClock};
use watchfloor::store::{VerifyError, unhex, verify};

use crate::stage::{PATIENCE, Stage, channel, entry};

const DAY: Duration = Duration::from_hours(24);

#[tokio::test]
async fn content_goes_when_it_was_closed_long_ago_and_the_exported_head_still_proves_it() {
    let heads = tempfile::tempdir().unwrap();
    let file = heads.path().join("heads.jsonl");
    let export = file.clone();
    let clock = Arc::new(ManualClock::at(SystemClock.now()));
    let turned = Arc::clone(&clock);
    let plan = move |plan: &mut watchfloor::hub::serve::Plan| {
        plan.clock = turned;
        plan.watch_jumps = false;
        plan.head_export = Some(export);
    };
    let stage = Stage::planned(vec![channel("town", "generic")], plan).await;
    let said = json!([entry("old", "a bin is full"), entry("open", "no water")]);
    assert_eq!(stage.post(said.to_string()).await.status, 200);
    let key = stage.items()[0].key;
    let done = json!({ "id": uuid::Uuid::now_v7(), "verb": "resolve", "reason": "done",
        "targets": [{ "key": key }] });
    let outcome = stage.http.command(stage.token("ana"), &done).await;
    assert_eq!(outcome.status, 200, "{}", outcome.text());
    clock.set(clock.now().plus(31 * DAY));
    let stage = stage.again(move |plan| {
        plan.clock = clock;
        plan.watch_jumps = false;
        plan.keep_content = Some(30 * DAY);
    });
    let stage = stage.await;
    // It leaves the board by itself, so the log is asked.
    let hub = &stage.running.hub;
    let words = async || {
        // Without its arrival's body there is no item to fold any more.
        let item = fold_item(&*hub.log, key).await.unwrap();
        item.is_some_and(|item| !item.content.text.is_empty())
    };
    let erased = async {
        while words().await {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    let erased = tokio::time::timeout(PATIENCE, erased).await;
    assert!(erased.is_ok(), "the content is still there");
    let open = stage.items().pop().unwrap();
    assert_eq!(open.content.text.as_evidence(), "no water", "it is open");
    let log = stage.folder.path().join("log.db");
    let told = std::fs::read_to_string(&file).unwrap();
    let head: Value = serde_json::from_str(told.lines().last().unwrap()).unwrap();
    let hash = unhex(head["hash"].as_str().unwrap()).unwrap();
    assert!(verify(&log, Some(hash)).is_ok(), "{head}");
    let other = verify(&log, Some([7; 32]));
    assert!(matches!(other, Err(VerifyError::Head { .. })), "{other:?}");
}
