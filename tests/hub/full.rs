//! A disk that is full: nothing is taken, everybody who asks is told so in one
//! sentence, what is there can be read, and when there is room it goes on.

use std::sync::atomic::Ordering;

use serde_json::Value;
use watchfloor::model::board::Board;
use watchfloor::model::command::RefusalCode;

use crate::rig::{Rig, take};
use crate::slow::Floor;

async fn get(floor: &Floor, path: &str) -> (u16, String) {
    drop(rustls::crypto::ring::default_provider().install_default());
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let request = client.get(format!("http://{}{path}", floor.address));
    let answer = request.bearer_auth(&floor.token).send().await.unwrap();
    let status = answer.status().as_u16();
    let body = answer.bytes().await.unwrap();
    (status, String::from_utf8_lossy(&body).into_owned())
}

#[tokio::test]
async fn a_full_disk_is_told_and_the_hub_stays_readable() {
    let floor = Floor::open().await;
    floor.hub.log.leave.add_permits(100);
    floor.post("a bin is full").await.unwrap();
    let key = floor
        .hub
        .desk
        .board(|board| board.items().next().unwrap().key);
    let healthy = get(&floor, "/healthz").await;
    assert_eq!(healthy.0, 200, "{}", healthy.1);

    floor.hub.log.full.store(true, Ordering::SeqCst);
    let refused = floor.post("another").await.unwrap_err();
    assert!(refused.to_string().contains("full"), "{refused}");
    let outcome = floor
        .hub
        .desk
        .ask(Rig::officer("ana"), true, take(&key))
        .await;
    let refusal = outcome.refused.expect("refused whole");
    assert_eq!(refusal.code, RefusalCode::Unavailable);
    assert!(refusal.says.contains("full"), "{}", refusal.says);
    // Nothing of it is shown as done; what was there is there.
    assert_eq!(floor.hub.desk.board(Board::len), 1);
    let (status, items) = get(&floor, "/v1/items").await;
    let items: Value = serde_json::from_str(&items).unwrap();
    assert_eq!(
        (status, items["items"][0]["triage"]["state"]["is"].clone()),
        (200, "new".into())
    );
    let (status, health) = get(&floor, "/healthz").await;
    let health: Value = serde_json::from_str(&health).unwrap();
    assert_eq!((status, &health["status"]), (503, &"degraded".into()));
    assert!(
        health["troubles"][0].as_str().unwrap().contains("full"),
        "{health}"
    );
    let (_, metrics) = get(&floor, "/metrics").await;
    assert!(metrics.contains("append_failures_total 2"), "{metrics}");

    floor.hub.log.full.store(false, Ordering::SeqCst);
    let outcome = floor
        .hub
        .desk
        .ask(Rig::officer("ana"), true, take(&key))
        .await;
    assert_eq!(outcome.accepted(), 1, "{outcome:?}");
    floor.post("another").await.unwrap();
    assert_eq!(get(&floor, "/healthz").await.0, 200);
    floor.stop.cancel();
}
