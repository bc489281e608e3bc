//! Erasure: the words are gone, from the files too, and the chain holds.

use watchfloor::model::event::{Actor, Body};
use watchfloor::model::ids::{ChannelName, ItemId, OfficerId, RuleName, Seq};
use watchfloor::model::time::Timestamp;
use watchfloor::store::{
    Erase, EraseError, EventLog, Hold, HoldScope, Lift, Selector, SqliteLog, Unit, verify,
};

use crate::support::{AT, OnDisk, arrives, command, key, place, record, stored, takes};

const SECRET: &str = "my number is five five five one two";

pub(crate) fn wish(what: Selector) -> Erase {
    Erase {
        except: std::collections::BTreeSet::new(),
        what,
        reason: "asked by the author".into(),
        by: Actor::Officer(OfficerId::new("nadia").unwrap()),
        at: Timestamp::from_millis(AT + 5),
    }
}

fn hold(name: &str, scope: HoldScope) -> Hold {
    Hold {
        name: RuleName::new(name).unwrap(),
        at: Timestamp::from_millis(AT),
        scope,
        reason: "court order".into(),
    }
}

fn nadia() -> Actor {
    Actor::Officer(OfficerId::new("nadia").unwrap())
}

fn lift(hold: &Hold) -> Lift {
    Lift {
        name: hold.name.clone(),
        reason: "case closed".into(),
        by: nadia(),
        at: Timestamp::from_millis(AT),
    }
}

/// A document that fitted no map: a fact about the floor.
fn unmapped() -> Unit {
    let mut unit = arrives(50, "");
    unit.records[0].key = None;
    unit.records[0].desk = None;
    unit.records[0].raw = Some(SECRET.into());
    unit
}

/// Whether any file beside the log has the words in it.
fn on_disk(log: &SqliteLog, words: &str) -> bool {
    let files = std::fs::read_dir(log.path().parent().unwrap()).unwrap();
    files.map(|file| file.unwrap().path()).any(|file| {
        let bytes = std::fs::read(file).unwrap();
        bytes.windows(words.len()).any(|w| w == words.as_bytes())
    })
}

/// Items 1 to 4; 3 has the secret, long enough for pages of its own, a note of
/// an officer and a take.
async fn some(log: &SqliteLog) {
    stored(log, arrives(1, "flood")).await;
    stored(log, arrives(2, "smoke")).await;
    stored(log, arrives(3, &format!("{SECRET}{}", ".".repeat(30_000)))).await;
    stored(log, takes(1, 3, 3)).await;
    let note = Body::NoteAdded {
        text: SECRET.into(),
    };
    stored(log, command(2, vec![record(3, 4, &note)])).await;
    stored(log, arrives(4, SECRET)).await;
    log.save_checkpoint(Seq(6), SECRET.into()).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn erased_words_are_nowhere_and_the_chain_holds() {
    let disk = OnDisk::new();
    let log = &disk.log;
    some(log).await;
    assert!(on_disk(log, SECRET));
    let kept = log.head().await.unwrap();
    let wish = wish(Selector::Items(vec![key(3), key(4), key(77), key(3)]));
    let erasure = log.erase(wish.clone()).await.unwrap();
    assert_eq!(erasure.items, [(ItemId(3), key(3)), (ItemId(4), key(4))]);
    assert_eq!((erasure.events, erasure.overwritten), (3, true));
    assert!(!on_disk(log, SECRET));
    let proof = verify(log.path(), Some(kept.hash)).unwrap();
    assert_eq!((proof.events, proof.erased), (8, 3));
    let history = log.history(key(3)).await.unwrap();
    assert_eq!(history[0].body, Body::Unknown);
    assert_eq!(history[1].body, Body::ItemTaken);
    assert_eq!(
        history[3].body,
        Body::Erased {
            reason: "asked by the author".into(),
            events: vec![Seq(3), Seq(5)]
        }
    );
    assert_eq!(history[3].desk, history[0].desk);
    assert!(log.raw(key(3)).await.unwrap().is_empty());
    assert_eq!(log.raw(key(1)).await.unwrap().len(), 1);
    // No board of before comes back, neither one kept nor one late.
    assert_eq!(log.load_checkpoint().await.unwrap(), None);
    log.save_checkpoint(Seq(6), SECRET.into()).await.unwrap();
    assert_eq!(log.load_checkpoint().await.unwrap(), None);
    // Once is enough; the item lives on.
    let again = log.erase(wish).await.unwrap();
    assert_eq!((again.items.len(), again.events), (0, 0));
    assert_eq!(stored(log, takes(9, 4, 8)).await, 9);
    log.close();
    assert!(!on_disk(log, SECRET));
    SqliteLog::open(log.path()).unwrap();
}

#[tokio::test]
async fn by_author_and_by_age() {
    let disk = OnDisk::new();
    let log = &disk.log;
    for number in 1..=9 {
        stored(log, arrives(number, SECRET)).await;
    }
    stored(log, unmapped()).await;
    let town = ChannelName::new("town").unwrap();
    let by = |channel: &ChannelName| {
        wish(Selector::Author {
            channel: channel.clone(),
            author: "author-1".into(),
        })
    };
    let elsewhere = ChannelName::new("elsewhere").unwrap();
    assert!(log.erase(by(&elsewhere)).await.unwrap().items.is_empty());
    let erasure = log.erase(by(&town)).await.unwrap();
    let items: Vec<_> = erasure.items.iter().map(|(_, key)| *key).collect();
    assert_eq!(items, [key(1), key(4), key(7)]);
    let then = |ms| wish(Selector::OlderThan(Timestamp::from_millis(ms)));
    assert!(log.erase(then(AT)).await.unwrap().items.is_empty());
    let erasure = log.erase(then(AT + 1)).await.unwrap();
    assert_eq!((erasure.items.len(), erasure.events), (6, 7));
    assert!(!on_disk(log, SECRET));
    assert_eq!(verify(log.path(), None).unwrap().erased, 10);
}

#[tokio::test]
async fn a_hold_stands_in_the_way() {
    let (_dir, path) = place();
    let log = SqliteLog::open(&path).unwrap();
    some(&log).await;
    let town = ChannelName::new("town").unwrap();
    let author = HoldScope::Author {
        channel: town,
        author: "author-0".into(),
    };
    let holds = [
        hold("case-7", HoldScope::Item(key(3))),
        hold("case-8", author),
        hold("case-9", HoldScope::All),
    ];
    for held in &holds {
        log.add_hold(held.clone(), nadia()).await.unwrap();
        assert_eq!(log.holds().await.unwrap(), std::slice::from_ref(held));
        let both = wish(Selector::Items(vec![key(1), key(3)]));
        let refused = log.erase(both).await.unwrap_err();
        assert!(matches!(refused, EraseError::Held { .. }));
        assert!(refused.to_string().contains(held.name.as_str()));
        assert!(log.lift_hold(lift(held)).await.unwrap());
        assert!(!log.lift_hold(lift(held)).await.unwrap());
    }
    // Each is in the log with its reason, and what did not happen is not.
    let told = log.read(Seq(6), 100).await.unwrap();
    let told: Vec<_> = told
        .iter()
        .map(|event| (&event.actor, &event.body))
        .collect();
    let by = nadia();
    let wanted: Vec<Body> = holds
        .iter()
        .flat_map(|hold| {
            let (name, scope) = (hold.name.clone(), hold.scope.clone());
            let began = Body::HoldBegan {
                name: name.clone(),
                scope,
                reason: "court order".into(),
            };
            let reason = "case closed".into();
            [began, Body::HoldEnded { name, reason }]
        })
        .collect();
    let wanted: Vec<_> = wanted.iter().map(|body| (&by, body)).collect();
    assert_eq!(told, wanted);
    assert_eq!(verify(&path, None).unwrap().erased, 0);
    log.add_hold(holds[0].clone(), nadia()).await.unwrap();
    log.close();
    drop(log);
    let log = SqliteLog::open(&path).unwrap();
    assert_eq!(log.holds().await.unwrap().len(), 1);
    // Retention goes round it.
    let old = wish(Selector::OlderThan(Timestamp::from_millis(AT + 100)));
    let erasure = log.erase(old).await.unwrap();
    assert_eq!((erasure.items.len(), erasure.held), (3, 1));
    assert!(matches!(
        log.history(key(3)).await.unwrap()[0].body,
        Body::ItemArrived(_)
    ));
}
