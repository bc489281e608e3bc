//! A machine's clock that jumps, forth and back: it is counted, nobody loses
//! what is held, and the floor goes on.

use std::sync::Arc;
use std::time::Duration;

use serde_json::json;
use watchfloor::model::time::{Clock, ManualClock, SystemClock};
use watchfloor::model::triage::State;
use watchfloor::wire::frames::ClientFrame;

use crate::stage::watcher::{Session, Watcher};
use crate::stage::{PATIENCE, Stage, channel, entry};

#[tokio::test]
async fn a_clock_that_jumps_costs_nobody_what_is_held() {
    let clock = Arc::new(ManualClock::at(SystemClock.now()));
    let turned = Arc::clone(&clock);
    let stage = Stage::planned(vec![channel("town", "generic")], move |plan| {
        plan.clock = turned;
    })
    .await;
    stage.post(entry("a", "a bin is full").to_string()).await;
    let (address, ana) = (stage.running.address, stage.token("ana"));
    let opened = Session::open(&Watcher::default(), address, ana).await;
    let mut session = opened.expect("a session");
    session
        .send(&ClientFrame::Presence {
            idle_s: 0,
            typing: None,
            answering: false,
        })
        .await;
    let key = stage.items()[0].key;
    let take = json!({ "id": uuid::Uuid::now_v7(), "verb": "take", "targets": [{ "key": key }] });
    let outcome = stage.http.command(ana, &take).await;
    assert_eq!(outcome.status, 200, "{}", outcome.text());
    let held = |stage: &Stage| matches!(stage.items()[0].triage.state, State::Taken { .. });
    assert!(held(&stage), "{:?}", stage.items()[0].triage.state);
    let start = clock.now();
    for (jump, at) in [
        start.plus(Duration::from_mins(40)),
        start.minus(Duration::from_mins(40)),
        start,
    ]
    .into_iter()
    .enumerate()
    {
        clock.set(at);
        let noticed = async {
            let wanted = f64::from(u32::try_from(jump).unwrap() + 1);
            while stage.counters().await["watchfloor_clock_jumps_total"] < wanted {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        let noticed = tokio::time::timeout(PATIENCE, noticed).await;
        assert!(noticed.is_ok(), "jump {jump} is not counted");
        // The tick that noticed it has looked at the leases too.
        stage
            .post(entry(&format!("after-{jump}"), "more").to_string())
            .await;
        assert!(
            held(&stage),
            "after jump {jump}: {:?}",
            stage.items()[0].triage.state
        );
    }
    let numbers: Vec<u64> = stage.items().iter().map(|item| item.id.0).collect();
    assert_eq!(numbers, [1, 2, 3, 4], "numbers go on whatever the time is");
    stage.stop().await;
}
