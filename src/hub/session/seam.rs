//! Where a session is in the log, and the frames of a replay.
//!
//! Pure. Owns the rule of the seam between replay and live (nothing twice,
//! nothing left out) and the size of replayed frames. Knows no socket and no
//! log; the session asks.

use bytes::Bytes;

use crate::model::ids::Seq;
use crate::wire::codec::encode_events;

/// How much a replayed frame holds, bytes, unless one event alone has more:
/// little, so that a link which breaks again and again still gets on by a frame
/// each time.
pub(super) const REPLAY_BYTES: usize = 16 * 1024;

/// The last event of the log that a session was sent or passed over.
#[derive(Debug, Default)]
pub(super) struct Seam(Seq);

/// An event as it is replayed.
pub(super) struct Replayed {
    /// Its place.
    pub(super) seq: Seq,
    /// Its JSON; none when it is not in the session's scope.
    pub(super) json: Option<Bytes>,
    /// Whether none of it is an officer's own words.
    pub(super) strangers: bool,
}

/// A frame of a replay.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Part {
    /// The whole frame.
    pub(super) json: Bytes,
    /// The end of its range.
    pub(super) to: Seq,
    /// Whether none of it is an officer's own words.
    pub(super) strangers: bool,
}

impl Seam {
    /// The last event that was sent.
    pub(super) fn at(&self) -> Seq {
        self.0
    }

    /// Goes on after `seq`: what the console has, or what a snapshot shows.
    pub(super) fn restart(&mut self, seq: Seq) {
        self.0 = seq;
    }

    /// Whether a live frame is still to be sent; one that ends where the replay
    /// has been already is not. A batch is fanned out at once, so a replay never
    /// ends inside a frame. Frames that are not about the log always are.
    pub(super) fn takes(&mut self, to: Option<Seq>) -> bool {
        let Some(to) = to else { return true };
        let new = to > self.0;
        self.0 = self.0.max(to);
        new
    }

    /// The empty frame that moves the console on to `head`, when the queue is
    /// drained: whatever is left of the range was not in this session's scope.
    pub(super) fn idles(&mut self, head: Seq) -> Option<Bytes> {
        let from = self.0.next();
        (self.takes(Some(head))).then(|| encode_events(from, head, &[]))
    }

    /// Takes the front of `events` as the next frame of a replay; none when they
    /// are all taken. Events out of scope are passed over in its range.
    pub(super) fn replays(&mut self, events: &mut &[Replayed]) -> Option<Part> {
        let from = self.0.next();
        let (mut bytes, mut taken, mut strangers) = (0, 0, true);
        let mut inside = Vec::new();
        for event in *events {
            if let Some(json) = &event.json {
                if !inside.is_empty() && bytes + json.len() > REPLAY_BYTES {
                    break;
                }
                bytes += json.len();
                strangers &= event.strangers;
                inside.push(json.clone());
            }
            taken += 1;
        }
        let to = events.get(..taken)?.last()?.seq;
        *events = events.get(taken..)?;
        self.0 = to;
        let json = encode_events(from, to, &inside);
        Some(Part {
            json,
            to,
            strangers,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::frames::{Events, ServerFrame};
    use crate::wire::limits::MESSAGE_BYTES;

    fn event(seq: u64, size: Option<usize>) -> Replayed {
        let json = size.map(|size| {
            let text = "x".repeat(size);
            let json = format!(
                r#"{{"seq":{seq},"at":"2026-11-23T18:50:00.000Z","actor":"hub","cause":"clock","body":{{"type":"item_woke","why":"{text}"}}}}"#
            );
            Bytes::from(json)
        });
        Replayed {
            seq: Seq(seq),
            json,
            strangers: seq != 3,
        }
    }

    fn read(part: &Part) -> Events {
        match serde_json::from_slice(&part.json).expect("a frame") {
            ServerFrame::Events(events) => events,
            other => panic!("{other:?}"),
        }
    }

    proptest::proptest! {
        // Each case is megabytes large.
        #![proptest_config(proptest::test_runner::Config::with_cases(24))]
        /// Every event once, in order, in ranges without a gap; no frame is
        /// larger than it has to be, however large the events are.
        #[test]
        fn a_replay_is_whole_and_its_frames_are_small(
            sizes in proptest::collection::vec(
                proptest::option::of(proptest::prop_oneof![
                    9 => 0_usize..2000, 1 => 60_000_usize..400_000,
                ]),
                1..60,
            ),
            start in 0_u64..1000,
        ) {
            let all: Vec<Replayed> =
                (start + 1..).zip(&sizes).map(|(seq, size)| event(seq, *size)).collect();
            let mut seam = Seam(Seq(start));
            let (mut rest, mut seen) = (&all[..], Vec::new());
            while let Some(part) = seam.replays(&mut rest) {
                let events = read(&part);
                proptest::prop_assert_eq!((events.to, seam.at()), (part.to, part.to));
                let before = seen.last().map_or(start, |(to, _): &(u64, Vec<u64>)| *to);
                proptest::prop_assert_eq!(events.from.0, before + 1);
                let one = events.events.len() <= 1;
                proptest::prop_assert!(one || part.json.len() <= REPLAY_BYTES + 200);
                proptest::prop_assert!(part.json.len() <= MESSAGE_BYTES);
                let seqs: Vec<u64> = events.events.iter().map(|event| event.seq.0).collect();
                proptest::prop_assert!(!(part.strangers && seqs.contains(&3)));
                seen.push((events.to.0, seqs));
            }
            let told: Vec<u64> = seen.into_iter().flat_map(|(_, seqs)| seqs).collect();
            let wanted: Vec<u64> =
                all.iter().filter(|event| event.json.is_some()).map(|event| event.seq.0).collect();
            proptest::prop_assert_eq!(told, wanted);
            proptest::prop_assert_eq!(seam.at(), Seq(start + sizes.len() as u64));
        }
    }

    #[test]
    fn live_frames_that_were_replayed_are_left_out() {
        let mut seam = Seam(Seq(10));
        assert!(!seam.takes(Some(Seq(9))) && !seam.takes(Some(Seq(10))));
        assert!(seam.takes(None) && seam.takes(Some(Seq(12))));
        assert_eq!(seam.at(), Seq(12));
    }

    #[test]
    fn silence_moves_the_range_on_once() {
        let mut seam = Seam(Seq(10));
        let frame = seam.idles(Seq(12)).expect("something was passed over");
        let part = Part {
            json: frame,
            to: Seq(12),
            strangers: true,
        };
        let events = read(&part);
        assert_eq!((events.from, events.to), (Seq(11), Seq(12)));
        assert!(events.events.is_empty());
        assert!(seam.idles(Seq(12)).is_none() && seam.idles(Seq(4)).is_none());
        assert_eq!(seam.at(), Seq(12));
    }
}
