//! The promises of the seam, for each log alike.

use watchfloor::model::event::Body;
use watchfloor::model::ids::{CommandId, ItemId, Seq};
use watchfloor::store::{Appended, EventLog, Known, MemoryLog};

use crate::support::{OnDisk, append, arrival, arrives, command, key, record, stored, takes};

async fn numbers_are_dense_and_history_is_whole(log: &impl EventLog) {
    let answers = log
        .append(vec![
            arrives(1, "flood"),
            arrives(2, "smoke"),
            takes(1, 1, 1),
        ])
        .await
        .unwrap();
    assert_eq!(
        answers,
        [
            Appended::Stored(vec![(Seq(1), Some(ItemId(1)))]),
            Appended::Stored(vec![(Seq(2), Some(ItemId(2)))]),
            Appended::Stored(vec![(Seq(3), Some(ItemId(1)))]),
        ]
    );
    let events = log.read(Seq(0), 10).await.unwrap();
    assert_eq!(
        events.iter().map(|e| e.seq.0).collect::<Vec<_>>(),
        [1, 2, 3]
    );
    assert_eq!(events[0].body, arrival(1, "flood"));
    assert_eq!(events[2].body, Body::ItemTaken);
    assert_eq!(events[2].id, Some(ItemId(1)));
    assert_eq!(events[1].desk.as_ref().unwrap().as_str(), "river");
    assert_eq!(log.read(Seq(1), 1).await.unwrap(), [events[1].clone()]);
    assert!(log.read(Seq(3), 10).await.unwrap().is_empty());
    let history = log.history(key(1)).await.unwrap();
    assert_eq!(history, [events[0].clone(), events[2].clone()]);
    assert!(log.history(key(9)).await.unwrap().is_empty());
    assert_eq!(
        log.known(vec![key(9), key(1)]).await.unwrap(),
        [
            None,
            Some(Known {
                id: ItemId(1),
                last: Seq(3)
            })
        ]
    );
    assert_eq!(log.key_of(ItemId(2)).await.unwrap(), Some(key(2)));
    assert_eq!(log.key_of(ItemId(3)).await.unwrap(), None);
    assert_eq!(log.key_of(ItemId(0)).await.unwrap(), None);
    let raws = log.raw(key(2)).await.unwrap();
    assert_eq!(raws.len(), 1);
    assert_eq!(raws[0].0, Seq(2));
    assert!(raws[0].1.starts_with(b"{\"doc\":2"));
}

async fn preconditions_hold(log: &impl EventLog) {
    stored(log, arrives(1, "flood")).await;
    let again = append(log, arrives(1, "flood")).await;
    assert_eq!(
        again,
        Appended::Conflict {
            key: key(1),
            last: Seq(1)
        }
    );
    // Taken on what is not the last event, and on what never came.
    let answers = log
        .append(vec![takes(1, 1, 1), takes(2, 1, 1), takes(3, 7, 4)])
        .await
        .unwrap();
    assert_eq!(
        answers[0],
        Appended::Stored(vec![(Seq(2), Some(ItemId(1)))])
    );
    assert_eq!(
        answers[1],
        Appended::Conflict {
            key: key(1),
            last: Seq(2)
        }
    );
    assert_eq!(
        answers[2],
        Appended::Conflict {
            key: key(7),
            last: Seq(0)
        }
    );
    assert_eq!(log.head().await.unwrap().seq, Seq(2));
    // A command that lost may come again with another decision.
    assert_eq!(stored(log, takes(2, 1, 2)).await, 3);
}

async fn a_unit_goes_in_whole_or_not_at_all(log: &impl EventLog) {
    stored(log, arrives(1, "flood")).await;
    let unit = command(
        1,
        vec![
            record(2, 0, &arrival(2, "new")),
            record(2, 0, &Body::ItemTaken),
            record(1, 9, &Body::ItemTaken),
        ],
    );
    let before = log.head().await.unwrap();
    assert!(matches!(append(log, unit).await, Appended::Conflict { .. }));
    assert_eq!(log.head().await.unwrap(), before);
    assert_eq!(log.known(vec![key(2)]).await.unwrap(), [None]);
    let unit = command(
        1,
        vec![
            record(2, 0, &arrival(2, "new")),
            record(2, 0, &Body::ItemTaken),
            record(1, 1, &Body::ItemTaken),
        ],
    );
    let answer = append(log, unit).await;
    let two = Some(ItemId(2));
    assert_eq!(
        answer,
        Appended::Stored(vec![
            (Seq(2), two),
            (Seq(3), two),
            (Seq(4), Some(ItemId(1)))
        ])
    );
    assert_eq!(log.history(key(2)).await.unwrap().len(), 2);
}

async fn a_repeated_command_gets_its_first_outcome(log: &impl EventLog) {
    stored(log, arrives(1, "flood")).await;
    let twice = vec![takes(5, 1, 1), takes(5, 1, 2)];
    let answers = log.append(twice).await.unwrap();
    let Appended::Repeated(first) = &answers[1] else {
        panic!("carried out twice");
    };
    assert_eq!(first.seq, Some(Seq(2)));
    assert_eq!(append(log, takes(5, 1, 2)).await, answers[1]);
    let id = CommandId(uuid::Uuid::from_u128(5));
    assert_eq!(log.outcome(id).await.unwrap().as_ref(), Some(first));
    // A refusal has an outcome and no event.
    let refused = command(6, Vec::new());
    assert_eq!(append(log, refused.clone()).await, Appended::Stored(vec![]));
    assert!(matches!(
        append(log, refused).await,
        Appended::Repeated(outcome) if outcome.seq.is_none()
    ));
    assert_eq!(log.head().await.unwrap().seq, Seq(2));
    let unknown = CommandId(uuid::Uuid::from_u128(7));
    assert_eq!(log.outcome(unknown).await.unwrap(), None);
}

async fn the_head_is_told_and_chained(log: &impl EventLog) {
    let mut watch = log.watch_head();
    assert_eq!(*watch.borrow_and_update(), Seq(0));
    let empty = log.head().await.unwrap();
    assert_eq!((empty.seq, empty.hash), (Seq(0), [0; 32]));
    stored(log, arrives(1, "flood")).await;
    assert!(watch.has_changed().unwrap());
    assert_eq!(*watch.borrow_and_update(), Seq(1));
    let one = log.head().await.unwrap();
    assert_ne!(one.hash, empty.hash);
    // What writes nothing moves nothing.
    append(log, arrives(1, "flood")).await;
    assert_eq!(log.head().await.unwrap(), one);
    assert!(!watch.has_changed().unwrap());
    assert!(log.append(Vec::new()).await.unwrap().is_empty());
}

async fn facts_about_the_floor_have_no_item(log: &impl EventLog) {
    let mut unit = arrives(1, "");
    unit.records[0].key = None;
    unit.records[0].desk = None;
    assert_eq!(
        append(log, unit).await,
        Appended::Stored(vec![(Seq(1), None)])
    );
    let event = log.read(Seq(0), 1).await.unwrap().remove(0);
    assert_eq!((event.key, event.id, event.desk), (None, None, None));
    assert_eq!(stored(log, arrives(1, "")).await, 2);
    assert_eq!(log.key_of(ItemId(1)).await.unwrap(), Some(key(1)));
}

async fn of_many_who_take_at_once_one_gets_it(log: &impl EventLog) {
    stored(log, arrives(1, "flood")).await;
    let takes = (0..16).map(|id| append(log, takes(id, 1, 1)));
    let answers = futures_util::future::join_all(takes).await;
    let won = |answer: &&Appended| matches!(answer, Appended::Stored(_));
    assert_eq!(answers.iter().filter(won).count(), 1);
    let lost = Appended::Conflict {
        key: key(1),
        last: Seq(2),
    };
    assert_eq!(answers.iter().filter(|a| **a == lost).count(), 15);
}

macro_rules! suite {
    ($($case:ident)*) => {
        mod memory {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $case() {
                super::$case(&super::MemoryLog::new()).await;
            })*
        }

        mod sqlite {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $case() {
                super::$case(&super::OnDisk::new().log).await;
            })*
        }
    };
}

suite! {
    numbers_are_dense_and_history_is_whole
    preconditions_hold
    a_unit_goes_in_whole_or_not_at_all
    a_repeated_command_gets_its_first_outcome
    the_head_is_told_and_chained
    facts_about_the_floor_have_no_item
    of_many_who_take_at_once_one_gets_it
}

/// Two hubs on one log: neither may believe that it is alone.
#[tokio::test]
async fn a_second_writer_is_seen_by_the_first() {
    let one = MemoryLog::new();
    let two = one.another_writer();
    assert_eq!(one.epoch(), two.epoch());
    let mut watch = one.watch_head();
    assert_eq!(stored(&one, arrives(1, "flood")).await, 1);
    assert_eq!(stored(&two, takes(1, 1, 1)).await, 2);
    assert_eq!(*watch.borrow_and_update(), Seq(2));
    let lost = append(&one, takes(2, 1, 1)).await;
    assert_eq!(
        lost,
        Appended::Conflict {
            key: key(1),
            last: Seq(2)
        }
    );
    // The same command by way of the other hub.
    assert!(matches!(
        append(&one, takes(1, 1, 2)).await,
        Appended::Repeated(_)
    ));
    assert_eq!(
        one.read(Seq(0), 9).await.unwrap(),
        two.read(Seq(0), 9).await.unwrap()
    );
    assert_eq!(one.head().await.unwrap(), two.head().await.unwrap());
}
