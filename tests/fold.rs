//! Whatever officers, channels and clocks do in whatever order: the board keeps
//! its promises, a console's board equals the hub's, and undo puts back.

#![allow(clippy::unwrap_used, reason = "a test may")]

mod floor;
mod recording;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use floor::{Floor, channel, officer};
use proptest::prelude::*;
use watchfloor::model::board::{Board, Checkpoint, Expiry, Shape};
use watchfloor::model::claim::{ClaimMatch, Level, Rating, Stance};
use watchfloor::model::command::{Target, Verb};
use watchfloor::model::event::{Body, Event};
use watchfloor::model::feedback::Feedback;
use watchfloor::model::ids::{ItemKey, RuleName};
use watchfloor::model::inbound::{Inbound, Receipt};
use watchfloor::model::item::{Content, Kind, OnRetract, Speaker, Turn};
use watchfloor::model::officer::{Officer, Role};
use watchfloor::model::reading::{Feeling, Reading, Sentiment};
use watchfloor::model::time::Timestamp;
use watchfloor::model::triage::{Assignee, Resolution, Wake};
use watchfloor::replay::Recorder;
use watchfloor::text::Untrusted;

/// How many different things the channel speaks of.
const THINGS: u8 = 7;

#[derive(Clone, Debug)]
enum Act {
    Command {
        who: u8,
        verb: u8,
        targets: Vec<u8>,
        note: bool,
        seen: bool,
    },
    Say {
        thing: u8,
        words: u8,
        ended: bool,
        turns: u8,
    },
    /// Which thing, which turn.
    Continue(u8, u8),
    /// Which thing, to keep, hide or erase.
    Retract(u8, u8),
    /// So many minutes.
    Pass(u16),
    /// Whose link is lost.
    Lapse(u8),
}

fn acts() -> impl Strategy<Value = Vec<Act>> {
    let command = (
        0..3u8,
        0..23u8,
        prop::collection::vec(0..THINGS, 1..5),
        any::<bool>(),
        any::<bool>(),
    )
        .prop_map(|(who, verb, targets, note, seen)| Act::Command {
            who,
            verb,
            targets,
            note,
            seen,
        });
    let say = (0..THINGS, 0..3u8, prop::bool::weighted(0.2), 0..4u8).prop_map(
        |(thing, words, ended, turns)| Act::Say {
            thing,
            words,
            ended,
            turns,
        },
    );
    let act = prop_oneof![
        10 => command,
        5 => say,
        1 => (0..THINGS, 0..6u8).prop_map(|(thing, turn)| Act::Continue(thing, turn)),
        1 => (0..THINGS, 0..3u8).prop_map(|(thing, on)| Act::Retract(thing, on)),
        2 => (0..90u16).prop_map(Act::Pass),
        1 => (0..3u8).prop_map(Act::Lapse),
    ];
    prop::collection::vec(act, 1..60)
}

fn who(number: u8) -> Officer {
    match number {
        0 => officer("officer1", Role::Officer),
        1 => officer("officer2", Role::Officer),
        _ => officer("manager", Role::Supervisor),
    }
}

fn thing(number: u8) -> Untrusted {
    Untrusted::from(format!("post-{number}"))
}

fn key(number: u8) -> ItemKey {
    ItemKey::of(&channel(), thing(number).as_evidence())
}

fn turn(number: u8) -> Turn {
    Turn {
        external_id: Untrusted::from(format!("turn-{number}")),
        speaker: if number % 3 == 2 {
            Speaker::Officer
        } else {
            Speaker::Citizen
        },
        name: Untrusted::default(),
        text: Untrusted::from(format!("is the water safe, {number}")),
        at: None,
        media: Vec::new().into(),
    }
}

fn content(number: u8, words: u8, ended: bool, turns: u8) -> Content {
    let kind = [Kind::Mention, Kind::Alert, Kind::Escalation][usize::from(number) % 3];
    let text = Untrusted::from(format!("brown water, version {words}"));
    let mut content = Content::new(kind, channel(), thing(number), text);
    content.thread = Untrusted::from(format!("thread-{}", number % 2));
    content.conversation = (0..turns).map(turn).collect();
    content.ended_at = ended.then(|| Timestamp::parse("2026-11-23T19:00:00Z").unwrap());
    content
}

fn verb(number: u8, now: Timestamp, suppression: Option<RuleName>) -> Verb {
    let later = now.plus(Duration::from_mins(30));
    match number {
        0 => Verb::Acknowledge,
        1 => Verb::Release,
        2 => Verb::Assign {
            to: Assignee::Officer("officer2".parse().unwrap()),
            answer_by: Some(later),
        },
        3 => Verb::Escalate {
            reason: Untrusted::from("possible rumour"),
        },
        4 => Verb::Snooze {
            wake: Wake::At(later),
        },
        5 => Verb::Snooze {
            wake: Wake::NextReply { latest: later },
        },
        6 => Verb::Suppress {
            filter: "brown".to_owned(),
            until: later,
            reason: Untrusted::from("brigading"),
        },
        7 => match suppression {
            Some(rule) => Verb::Unsuppress { rule },
            None => Verb::Note,
        },
        8 => Verb::Resolve {
            reason: Resolution::Done,
        },
        9 => Verb::Reopen,
        10 | 11 => Verb::Merge,
        12 => Verb::Split,
        13 => Verb::Prioritise { priority: Some(1) },
        14 => Verb::Tag {
            add: vec!["rumour".parse().unwrap()],
            remove: vec!["main-burst".parse().unwrap()],
        },
        15 => Verb::Note,
        16 => Verb::Undo,
        17 => Verb::Redo,
        18 => Verb::Feedback {
            feedback: Feedback::NotRelevant,
        },
        20 => Verb::ConfirmClaim {
            claim: Untrusted::default(),
        },
        21 => Verb::RejectClaim {
            claim: Untrusted::default(),
        },
        22 => Verb::Feedback {
            feedback: Feedback::Sentiment(Feeling::Positive),
        },
        _ => Verb::Take,
    }
}

/// What the hub reads from a post: a claim that it fits, and how it feels.
fn reading() -> Reading {
    Reading {
        sentiment: Some(Sentiment {
            feeling: Feeling::Negative,
            percents: [70, 20, 10],
            words: Vec::new().into(),
            corrected_by: None,
        }),
        claims: vec![ClaimMatch {
            id: "w1".into(),
            claim: "The water is poisoned".into(),
            title: Untrusted::default(),
            url: Untrusted::default(),
            by: Untrusted::default(),
            rating: Rating::False,
            level: Level::Suggested,
            stance: Stance::Spreads,
            score: 40,
            held: 30,
            lead: 60,
            near: None,
            verdict: None,
        }]
        .into(),
        ..Reading::default()
    }
}

fn shapes(board: &Board) -> BTreeMap<ItemKey, Shape> {
    board
        .items()
        .map(|item| (item.key, Shape::of(item)))
        .collect()
}

/// Same shapes and clocks, whatever the versions.
fn alike(one: &BTreeMap<ItemKey, Shape>, other: &BTreeMap<ItemKey, Shape>) -> bool {
    let pairs = one.iter().zip(other);
    one.len() == other.len()
        && pairs
            .into_iter()
            .all(|((key, a), (other, b))| key == other && a.same(b) && a.clocks == b.clocks)
}

fn rules(board: &Board) -> Vec<RuleName> {
    board.suppressions().map(|s| s.rule.clone()).collect()
}

#[allow(clippy::too_many_lines, reason = "one arm for each act")]
fn play(floor: &mut Floor, act: &Act) {
    match act {
        Act::Command {
            who: number,
            verb: verb_number,
            targets,
            note,
            seen,
        } => {
            let suppression = rules(&floor.hub).first().cloned();
            let verb = verb(*verb_number, floor.now, suppression);
            let targets: Vec<Target> = targets
                .iter()
                .map(|t| Target {
                    key: key(*t),
                    version: floor
                        .hub
                        .item(&key(*t))
                        .filter(|_| *seen)
                        .map(|i| i.triage.version),
                })
                .collect();
            let note = if *note || verb == Verb::Note {
                "crew en route"
            } else {
                ""
            };
            commanded(floor, &who(*number), verb, targets, note);
        }
        Act::Say {
            thing,
            words,
            ended,
            turns,
        } => {
            let content = Arc::new(content(*thing, *words, *ended, *turns));
            let read = (content.kind != Kind::Alert).then(|| Arc::new(reading()));
            let mut inbound = Inbound::item(content, bytes::Bytes::new());
            if let Inbound::Item { reading, .. } = &mut inbound {
                *reading = read;
            }
            let (receipt, _) = floor.deliver(&inbound);
            assert!(receipt != Receipt::Unmapped);
            let (again, events) = floor.deliver(&inbound);
            assert!(
                matches!(again, Receipt::Duplicate | Receipt::Ignored),
                "{again:?}"
            );
            assert!(
                events.is_empty(),
                "a redelivery changes nothing: {events:?}"
            );
        }
        Act::Continue(number, t) => {
            floor.deliver(&Inbound::Continuation {
                channel: channel(),
                external_id: thing(*number),
                turns: vec![turn(*t)],
                raw: bytes::Bytes::new(),
            });
        }
        Act::Retract(number, on) => {
            floor.deliver(&Inbound::Retraction {
                channel: channel(),
                external_id: thing(*number),
                on: [OnRetract::Keep, OnRetract::Hide, OnRetract::Erase][usize::from(*on)],
                at: None,
            });
        }
        Act::Pass(minutes) => {
            floor.pass(Duration::from_mins(u64::from(*minutes)));
            assert_eq!(floor.hub.due(floor.now), Vec::<Expiry>::new());
        }
        Act::Lapse(number) => {
            let holder = who(*number).id;
            floor.lapse(&holder);
            let taken = floor.hub.items().filter(|item| {
                matches!(&item.triage.state,
                    watchfloor::model::triage::State::Taken { by, .. } if *by == holder)
            });
            assert_eq!(taken.count(), 0);
        }
    }
}

/// A command; what it took nobody else had; undone at once it is as before,
/// done again it is as after.
fn commanded(floor: &mut Floor, me: &Officer, verb: Verb, targets: Vec<Target>, note: &str) {
    let before = floor.clone();
    let moves = matches!(verb, Verb::Undo | Verb::Redo);
    let (outcome, events) = floor.command(me, verb, targets, note);
    assert!(
        outcome.refused.is_none() || events.is_empty(),
        "{outcome:?}"
    );
    assert!(outcome.accepted() == 0 || !events.is_empty(), "{outcome:?}");
    assert!(
        outcome.accepted() > 0 || about_the_floor(&events),
        "{outcome:?}"
    );
    let answered: BTreeSet<ItemKey> = outcome.items.iter().map(|item| item.key).collect();
    assert_eq!(
        answered.len(),
        outcome.items.len(),
        "each item is answered once"
    );
    for event in events.iter().filter(|event| event.body == Body::ItemTaken) {
        let item = before.hub.item(&event.key.unwrap()).unwrap();
        let other = match item.triage.holder() {
            Some(Assignee::Officer(holder)) => holder != me.id,
            _ => false,
        };
        assert!(!other || me.role >= Role::Supervisor, "{item:?}");
    }
    if events.is_empty() || moves {
        return;
    }
    let mut back = floor.clone();
    let (undone, _) = back.command(me, Verb::Undo, Vec::new(), "");
    assert!(undone.first_refusal().is_none(), "{undone:?}");
    assert!(
        alike(&shapes(&before.hub), &shapes(&back.hub)),
        "undo of {events:?}"
    );
    assert_eq!(rules(&before.hub), rules(&back.hub));
    assert!(
        back.hub
            .items()
            .flat_map(|item| &item.notes)
            .all(|n| n.command != outcome.command || n.struck)
    );
    let (redone, _) = back.command(me, Verb::Redo, Vec::new(), "");
    assert!(redone.first_refusal().is_none(), "{redone:?}");
    assert!(
        alike(&shapes(&floor.hub), &shapes(&back.hub)),
        "redo of {events:?}"
    );
    assert_eq!(rules(&floor.hub), rules(&back.hub));
    keeps_its_promises(&back);
}

/// A suppression may go in with nothing to hide: no item, but a fact.
fn about_the_floor(events: &[Event]) -> bool {
    events.iter().all(|event| event.key.is_none())
}

fn keeps_its_promises(floor: &Floor) {
    let hub = &floor.hub;
    assert!(*hub == floor.console, "the console's board is the hub's");
    for item in hub.items() {
        for member in &item.members {
            let member = hub.item(member).expect("members are here");
            assert_eq!(member.triage.merged_into, Some(item.key));
            assert!(member.members.is_empty(), "groups are one deep");
        }
        if let Some(head) = item.triage.merged_into {
            assert!(hub.item(&head).unwrap().members.contains(&item.key));
        }
        if let Some(rule) = &item.triage.suppressed_by {
            assert!(hub.suppression(rule).is_some(), "what hides is in force");
        }
        assert!(
            item.is_open() || item.triage.returned.is_none() || item.triage.merged_into.is_some()
        );
    }
    let stored = serde_json::to_string(&hub.to_checkpoint()).unwrap();
    let checkpoint: Checkpoint = serde_json::from_str(&stored).unwrap();
    let rebuilt = Board::from_checkpoint(checkpoint);
    assert!(rebuilt == *hub);
    assert_eq!(rebuilt.journal(), hub.journal());
    assert_eq!(rebuilt.next_due(), hub.next_due());
    let far = floor.now.plus(Duration::from_hours(90 * 24));
    assert_eq!(
        rebuilt.due(far),
        hub.due(far),
        "the index is as it would be anew"
    );
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_board_keeps_its_promises(acts in acts(), halfway in 0..60usize) {
        let mut floor = Floor::new();
        let mut versions: BTreeMap<ItemKey, u32> = BTreeMap::new();
        let mut late = Board::default();
        for (number, act) in acts.iter().enumerate() {
            if number == halfway {
                late = Board::from_checkpoint(floor.hub.to_checkpoint());
            }
            play(&mut floor, act);
            keeps_its_promises(&floor);
            for item in floor.hub.items() {
                let last = versions.insert(item.key, item.triage.version).unwrap_or(0);
                prop_assert!(last <= item.triage.version);
            }
        }
        // A console that had a snapshot and is sent the end of the log, more of
        // it than it lacks, ends where the hub is.
        let overlap = late.head().0.saturating_sub(5);
        for event in floor.events.iter().filter(|event| event.seq.0 > overlap) {
            late.apply(event).expect("all of it is known");
        }
        // Items only: a replayed suppression counts what it hid anew.
        let items = |board: &Board| board.by_number().cloned().collect::<Vec<_>>();
        prop_assert_eq!(items(&late), items(&floor.hub));
    }

    /// Recorded from a moment on, played, folded again: the hub's board.
    #[test]
    fn a_recording_played_gives_the_hubs_board(acts in acts(), part in 0..110usize) {
        let mut floor = Floor::new();
        for act in &acts {
            play(&mut floor, act);
        }
        let since = floor.events.get(floor.events.len() * part / 100);
        let since = since.map_or(floor.now.plus(Duration::from_secs(1)), |event| event.at);
        let mut bytes = Vec::new();
        let mut recorder = Recorder::new(&mut bytes, recording::hello(floor.now), false);
        for event in &floor.events {
            let taken = recorder.event(event.clone(), since).expect("memory takes it");
            prop_assert!(taken);
        }
        recorder.finish().expect("memory takes it");
        let board = recording::played(bytes);
        let items = |board: &Board| board.by_number().cloned().collect::<Vec<_>>();
        prop_assert_eq!(items(&board), items(&floor.hub));
    }
}

/// A channel that tells of an edit the words alone: the rest stays, and what is
/// not here yet has them when it comes.
#[test]
fn other_words_leave_everything_else_as_it_was() {
    let mut floor = Floor::new();
    let said = Arc::new(content(1, 0, false, 0));
    floor.deliver(&Inbound::item(Arc::clone(&said), bytes::Bytes::new()));
    let edit = |number: u8, title: &str, text: &str| Inbound::Edit {
        channel: channel(),
        external_id: thing(number),
        title: title.into(),
        text: text.into(),
        raw: bytes::Bytes::new(),
    };
    assert_eq!(
        floor.deliver(&edit(1, "", "clear water")).0,
        Receipt::Updated
    );
    assert_eq!(
        floor.deliver(&edit(1, "", "clear water")).0,
        Receipt::Duplicate
    );
    assert_eq!(floor.deliver(&edit(1, "Mill Road", "")).0, Receipt::Updated);
    let item = floor.hub.item(&key(1)).unwrap();
    let wanted = Content {
        title: "Mill Road".into(),
        text: "clear water".into(),
        ..(*said).clone()
    };
    assert_eq!(*item.content, wanted);
    assert!(item.edited_at.is_some());
    // Before its post: kept once, in the log too, and the post has it from the
    // first moment.
    let (receipt, events) = floor.deliver(&edit(2, "", "put right"));
    assert_eq!((receipt, events.len()), (Receipt::Ignored, 1));
    let (receipt, events) = floor.deliver(&edit(2, "", "put right"));
    assert_eq!((receipt, events.len()), (Receipt::Duplicate, 0));
    let late = Arc::new(content(2, 0, false, 0));
    let (receipt, events) = floor.deliver(&Inbound::item(Arc::clone(&late), bytes::Bytes::new()));
    assert_eq!((receipt, events.len()), (Receipt::Arrived, 2));
    let item = floor.hub.item(&key(2)).unwrap();
    assert_eq!(item.content.text.as_evidence(), "put right");
    assert_eq!(item.content.title, late.title);
    assert_ne!(
        late.text.as_evidence(),
        "put right",
        "as it was said at first"
    );
}

/// An alarm that its source knows by one name: over, closed by an officer, and on again.
#[test]
fn what_goes_on_at_the_source_is_open_again_whoever_closed_it() {
    let mut floor = Floor::new();
    let says = |floor: &mut Floor, words: u8, ended: bool| {
        let content = Arc::new(content(1, words, ended, 0));
        floor.deliver(&Inbound::item(content, bytes::Bytes::new()))
    };
    says(&mut floor, 0, false);
    let (me, key) = (who(0), key(1));
    let target = Target { key, version: None };
    let resolve = Verb::Resolve {
        reason: Resolution::Done,
    };
    floor.command(&me, resolve, vec![target], "");
    let open = |floor: &Floor| floor.hub.item(&key).unwrap().is_open();
    assert!(!open(&floor));
    says(&mut floor, 1, false);
    assert!(!open(&floor), "the same again, in other words");
    says(&mut floor, 1, true);
    assert!(!open(&floor));
    says(&mut floor, 2, false);
    assert!(open(&floor), "it is on again");
}
