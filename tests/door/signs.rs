//! Signs of the moment: what the person is shown while an officer answers, and
//! what only colleagues see.

use std::time::Duration;

use serde_json::json;
use watchfloor::model::ids::ItemKey;
use watchfloor::wire::frames::{ClientFrame, ServerFrame};

use crate::replies::{Floor, Manner};
use crate::stage::PATIENCE;
use crate::stage::watcher::{Session, Watcher};

async fn session(floor: &Floor, who: &str) -> Session {
    let (address, token) = (floor.address(), &floor.tokens[who]);
    let opened = Session::open(&Watcher::default(), address, token).await;
    opened.expect("a session")
}

async fn types(session: &mut Session, key: ItemKey, answering: bool) {
    let typing = ClientFrame::Presence {
        idle_s: 0,
        typing: Some(key),
        answering,
    };
    assert!(session.send(&typing).await);
}

/// The paths that the vendor was asked for, once there are so many.
async fn asked(floor: &Floor, count: usize) -> Vec<String> {
    let waits = async {
        while floor.vendor.asked().len() < count {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    let came = tokio::time::timeout(PATIENCE, waits).await;
    let asked = floor.vendor.asked();
    assert!(came.is_ok(), "{asked:?}");
    let path = |request: &String| request.split(' ').nth(1).unwrap_or("").to_owned();
    asked.iter().map(path).collect()
}

/// Waits until a console shows that `who` writes on `key`.
async fn shown(session: &mut Session, who: &str, key: ItemKey) {
    let typing = |frame: &ServerFrame| match frame {
        ServerFrame::Presence { officers } => {
            let who = officers.iter().find(|one| one.officer.as_str() == who)?;
            who.typing.contains(&key).then_some(())
        }
        _ => None,
    };
    session.until(typing).await.expect("colleagues see it");
}

#[tokio::test]
async fn the_person_sees_an_answer_coming_and_never_a_note() {
    let floor = Floor::open(Manner::Take, false, Duration::from_hours(1)).await;
    let key = floor.said().await;
    let (mut ana, mut ben) = (session(&floor, "ana").await, session(&floor, "ben").await);
    ana.send(&ClientFrame::View { key: Some(key) }).await;
    types(&mut ana, key, false).await;
    shown(&mut ben, "ana", key).await;
    assert!(
        floor.vendor.asked().is_empty(),
        "a look and a note are ours"
    );

    let take = json!({ "verb": "take", "targets": [{ "key": key }] });
    assert_eq!(floor.command(take).await.status, 200);
    types(&mut ana, key, true).await;
    types(&mut ana, key, true).await;
    ana.send(&ClientFrame::View { key: Some(key) }).await;
    let mut told = asked(&floor, 2).await;
    told.sort();
    assert_eq!(told, ["/read", "/typing"]);

    // A colleague who writes on what is ana's promises nothing in her place.
    types(&mut ben, key, true).await;
    shown(&mut ana, "ben", key).await;
    let again = asked(&floor, 2).await;
    assert_eq!(again.len(), 2, "{again:?}");
}

#[tokio::test]
async fn a_vendor_that_is_slow_with_a_sign_holds_no_answer() {
    let floor = Floor::open(Manner::Slow, false, Duration::from_millis(10)).await;
    let key = floor.said().await;
    let mut ana = session(&floor, "ana").await;
    types(&mut ana, key, true).await;
    assert_eq!(asked(&floor, 1).await, ["/typing"]);
    floor.reply(key, "We are on it.").await;
    let both = asked(&floor, 2).await;
    assert!(both.contains(&"/answers".to_owned()), "{both:?}");
}
