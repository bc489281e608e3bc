//! Life on a floor while links break: items, edits, retractions, and two
//! officers' commands, through the real doors.

use std::time::Duration;

use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use rand::{Rng, SeedableRng};
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use crate::stage::caller::Caller;
use crate::stage::{BEARER, Stage};

/// Between two rounds: about 100 deliveries and 60 commands a second.
const PACE: Duration = Duration::from_millis(30);

/// Runs until it is stopped; how many items came.
pub(crate) async fn run(stage: &Stage, stop: CancellationToken) -> usize {
    let mut random = StdRng::seed_from_u64(7);
    let mut count = 0_usize;
    while !stop.is_cancelled() {
        let batch: Vec<Value> = (0..3)
            .map(|_| {
                let old = random.random_range(0..=count);
                match random.random_range(0..10) {
                    0 if count > 0 => json!({ "id": old, "retract": true }),
                    1 | 2 if count > 0 => {
                        json!({ "id": old, "text": format!("edited {}", random.random::<u16>()) })
                    }
                    _ => {
                        count += 1;
                        json!({ "id": count, "text": words(count), "kind": "alert" })
                    }
                }
            })
            .collect();
        let body = serde_json::to_vec(&batch).unwrap();
        let answer = stage.http.deliver("town", BEARER, body).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        for officer in ["ana", "ben"] {
            command(stage, &stage.http, officer, &mut random).await;
        }
        tokio::time::sleep(PACE).await;
    }
    count
}

/// A suppression of "zebra" hides some, not all: each hidden item is an event.
fn words(count: usize) -> String {
    match count % 25 {
        0 => format!("post {count}, a zebra"),
        _ => format!("post {count}"),
    }
}

async fn command(stage: &Stage, http: &Caller, officer: &str, random: &mut StdRng) {
    let keys: Vec<_> = stage.board(|board| {
        let newest = board.by_number().rev().take(60);
        newest.map(|item| item.key.to_string()).collect()
    });
    let Some(key) = keys.choose(random) else {
        return;
    };
    let soon = watchfloor::model::time::Clock::now(&watchfloor::model::time::SystemClock)
        .plus(Duration::from_secs(2));
    let (verb, more) = match random.random_range(0..12) {
        0 => ("take", json!({})),
        1 => ("acknowledge", json!({})),
        2 => ("release", json!({})),
        3 => ("tag", json!({ "add": ["wet"] })),
        4 => ("snooze", json!({ "wake": { "at": soon } })),
        5 => ("resolve", json!({ "reason": "done" })),
        6 => ("reopen", json!({})),
        7 => ("undo", json!({})),
        8 => ("redo", json!({})),
        9 => ("prioritise", json!({ "priority": 2 })),
        10 => (
            "suppress",
            json!({ "filter": "zebra", "until": soon, "reason": "known" }),
        ),
        _ => ("note", json!({ "note": "seen" })),
    };
    let targets = match verb {
        "undo" | "redo" | "suppress" => json!([]),
        _ => json!([{ "key": key }]),
    };
    let mut command = json!({ "id": uuid::Uuid::now_v7(), "verb": verb, "targets": targets });
    let fields = command.as_object_mut().unwrap();
    fields.extend(more.as_object().unwrap().clone());
    let answer = http.command(stage.token(officer), &command).await;
    assert_eq!(answer.status, 200, "{verb}: {}", answer.text());
}
