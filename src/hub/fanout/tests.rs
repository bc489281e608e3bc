//! What each scope gets, and what an overflow leaves.

use std::sync::Arc;

use super::*;
use crate::model::event::{Actor, Body, Cause, Event};
use crate::model::time::Timestamp;
use crate::wire::frames::ServerFrame;

fn desk(name: &str) -> DeskName {
    DeskName::new(name).expect("a desk's name")
}

fn sent(seq: u64, name: &str, left: Option<&str>) -> Sent {
    let json = format!(
        r#"{{"seq":{seq},"at":"2026-11-23T18:50:00.000Z","actor":"hub","cause":"clock","body":{{"type":"item_taken"}}}}"#
    );
    Sent {
        seq: Seq(seq),
        desk: Some(desk(name)),
        left: left.map(desk),
        key: Some(ItemKey::from_bytes([1; 16])),
        told: true,
        strangers: true,
        json: json.into(),
    }
}

fn only(name: &str) -> Desks {
    Desks::Only([desk(name)].into())
}

fn drained(queue: &Queue) -> (Drained, bool) {
    let mut into = Drained::default();
    let wants = queue.drain(&mut into);
    (into, wants.replay)
}

fn ranges(queue: &Queue) -> Vec<(u64, u64, usize)> {
    let (Drained { frames, .. }, _) = drained(queue);
    frames
        .iter()
        .filter_map(
            |frame| match serde_json::from_str(&frame.text).expect("a frame") {
                ServerFrame::Events(events) => {
                    Some((events.from.0, events.to.0, events.events.len()))
                }
                _ => None,
            },
        )
        .collect()
}

#[test]
fn a_scope_gets_its_own_events_and_no_gap() {
    let fanout = Fanout::starting_at(Seq(10));
    let water = Arc::new(Queue::default());
    assert_eq!(fanout.subscribe(&only("water"), &water), Seq(10));
    fanout.publish(&[sent(11, "roads", None), sent(12, "roads", None)], |_| {
        None
    });
    fanout.publish(&[sent(13, "water", None), sent(14, "roads", None)], |_| {
        None
    });
    fanout.publish(&[sent(15, "water", None)], |_| None);
    assert_eq!(ranges(&water), [(11, 14, 1), (15, 15, 1)]);
}

#[test]
fn an_item_that_enters_a_scope_is_sent_before_its_event() {
    let fanout = Fanout::starting_at(Seq(0));
    let water = Arc::new(Queue::default());
    fanout.subscribe(&only("water"), &water);
    let roads = Arc::new(Queue::default());
    fanout.subscribe(&only("roads"), &roads);
    let items = Bytes::from_static(b"{\"type\":\"later\"}");
    fanout.publish(&[sent(1, "water", Some("roads"))], |_| Some(items.clone()));
    let (Drained { frames: got, .. }, _) = drained(&water);
    assert_eq!(got.len(), 2);
    assert_eq!(got[0].text.as_bytes(), items);
    assert_eq!(
        ranges(&roads),
        [(1, 1, 1)],
        "the desk that it left is told too"
    );
}

#[test]
fn an_overflow_drops_the_queue_as_a_whole_and_keeps_the_replies() {
    let queue = Queue::default();
    queue.reply(Bytes::from_static(b"reply"));
    for _ in 0..300 {
        queue.push(Frame::new(Bytes::from_static(b"frame"), None, true).expect("text"));
    }
    let (taken, overflowed) = drained(&queue);
    assert!(overflowed);
    assert!(taken.frames.is_empty());
    assert_eq!(taken.replies.len(), 1);
    assert!(!drained(&queue).1);
}

#[test]
fn large_batches_are_cut_into_frames_that_fit() {
    let fanout = Fanout::starting_at(Seq(0));
    let queue = Arc::new(Queue::default());
    fanout.subscribe(&Desks::All, &queue);
    let batch: Vec<Sent> = (1..=5000).map(|seq| sent(seq, "water", None)).collect();
    fanout.publish(&batch, |_| None);
    let frames = ranges(&queue);
    assert!(frames.len() > 1);
    assert_eq!(frames.iter().map(|(_, _, n)| n).sum::<usize>(), 5000);
    assert!(frames.windows(2).all(|pair| pair[1].0 == pair[0].1 + 1));
}

#[test]
fn a_frame_is_packed_once_for_all_and_only_strangers_words() {
    let json = Bytes::from(vec![b' '; 4096]);
    let frame = Frame::new(json.clone(), None, true).expect("text");
    let first = frame.packed().expect("packed");
    let second = frame.clone().packed().expect("packed");
    assert_eq!(first.as_ptr(), second.as_ptr(), "the bytes are shared");
    let back = crate::wire::codec::decompress(&first).expect("the zstd form");
    assert_eq!(back, json);
    let officers = Frame::new(json, None, false).expect("text");
    assert!(officers.packed().is_none());
    let short = Frame::new(Bytes::from_static(b"{}"), None, true).expect("text");
    assert!(short.packed().is_none());
}

#[test]
fn nothing_is_encoded_for_nobody_and_nobody_misses_what_comes_next() {
    let fanout = Fanout::starting_at(Seq(5));
    assert!(fanout.pass(Seq(9)));
    let queue = Arc::new(Queue::default());
    assert_eq!(fanout.subscribe(&Desks::All, &queue), Seq(9));
    assert!(!fanout.pass(Seq(10)));
    fanout.publish(&[sent(10, "water", None)], |_| None);
    assert_eq!(ranges(&queue), [(10, 10, 1)]);
}

#[test]
fn an_event_around_its_body_reads_as_the_event() {
    let body = Body::ItemWoke {
        why: "a \"reply\" came".to_owned(),
    };
    let event = Event {
        seq: Seq(7),
        at: Timestamp::from_millis(1_790_000_000_000),
        actor: Actor::Hub,
        cause: Cause::Clock,
        key: Some(ItemKey::from_bytes([3; 16])),
        id: None,
        desk: Some(desk("water")),
        body,
    };
    let json = wire_event(&event, &crate::store::encode_body(&event.body));
    assert_eq!(json, serde_json::to_vec(&event).expect("an event"));
    let floor = Event {
        key: None,
        desk: None,
        ..event
    };
    let json = wire_event(&floor, &crate::store::encode_body(&floor.body));
    assert_eq!(json, serde_json::to_vec(&floor).expect("an event"));
}
