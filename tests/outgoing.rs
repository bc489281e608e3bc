//! Whatever officers, channels and a hub that is killed do in whatever order:
//! nothing leaves twice by our own doing, nothing leaves that was taken back,
//! and the words are never lost.

#![allow(clippy::unwrap_used, reason = "a test may")]

mod floor;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use floor::{Floor, channel, officer};
use proptest::prelude::*;
use watchfloor::model::command::{Outcome, RefusalCode, Target, Verb};
use watchfloor::model::decide;
use watchfloor::model::decide::outgoing::Step;
use watchfloor::model::event::{Actor, Body, Cause, Event};
use watchfloor::model::ids::{CommandId, ItemKey};
use watchfloor::model::inbound::{Inbound, Receipt};
use watchfloor::model::item::{Content, Item, Kind, OnRetract, Speaker, Turn};
use watchfloor::model::length::Count;
use watchfloor::model::mark::Delivered;
use watchfloor::model::officer::{Officer, Role};
use watchfloor::model::outgoing::{Act, Manner, Named, Piece, Reach, Rules, Stage};
use watchfloor::model::triage::{Resolution, State};
use watchfloor::text::Untrusted;

const HOLD: Duration = Duration::from_secs(10);

/// A floor whose channel takes replies and silences, with one item of a kind.
fn floor_with(kind: Kind, rules: &Rules) -> (Floor, ItemKey) {
    let mut floor = Floor::new();
    let acts = [
        Act::Reply,
        Act::Silence,
        Act::EndSilence,
        Act::TakeOver,
        Act::HandBack,
    ];
    floor.reach = Reach {
        hold: HOLD,
        channels: BTreeMap::from([(
            channel(),
            acts.map(|act| (act, vec![Manner::of(rules.clone())]))
                .into(),
        )]),
    };
    let content = Content::new(kind, channel(), "1".into(), "No water on Mill Road".into());
    let content = Arc::new(content);
    let key = content.key();
    floor.deliver(&Inbound::item(content, "{}".into()));
    (floor, key)
}

fn reply(words: &str) -> Verb {
    Verb::Send {
        act: Act::Reply,
        text: words.into(),
        until: None,
    }
}

fn act(act: Act) -> Verb {
    Verb::Send {
        act,
        text: Untrusted::default(),
        until: None,
    }
}

trait Hands {
    fn item(&self, key: ItemKey) -> &Item;
    fn give(&mut self, who: &Officer, verb: Verb, key: ItemKey) -> Outcome;
    fn step(&mut self, key: ItemKey, step: Step) -> Vec<Event>;
}

impl Hands for Floor {
    fn item(&self, key: ItemKey) -> &Item {
        self.hub.item(&key).unwrap()
    }

    fn give(&mut self, who: &Officer, verb: Verb, key: ItemKey) -> Outcome {
        let target = Target { key, version: None };
        self.command(who, verb, vec![target], "").0
    }

    /// The hub takes a step with the last message of the item.
    fn step(&mut self, key: ItemKey, step: Step) -> Vec<Event> {
        let Some(id) = self.item(key).outgoing.last().map(|one| one.id) else {
            return Vec::new();
        };
        let facts = decide::outward(&self.hub, (&key, id), &step, self.now);
        self.append(&Actor::Hub, Cause::Clock, facts)
    }
}

fn says(outcome: &Outcome) -> &str {
    outcome.first_refusal().map_or("", |refusal| &refusal.says)
}

fn sent() -> Step {
    sent_as("77")
}

fn sent_as(name: &str) -> Step {
    Step::Sent {
        external_id: name.into(),
        url: "https://social.example/77".into(),
    }
}

#[test]
fn a_reply_waits_leaves_and_stops_the_first_clock() {
    let (mut floor, key) = floor_with(Kind::Mention, &Rules::default());
    let ana = officer("ana", Role::Officer);
    assert_eq!(floor.give(&ana, reply("We are on it."), key).accepted(), 1);
    let item = floor.item(key);
    assert!(matches!(&item.triage.state, State::Taken { by, .. } if *by == ana.id));
    assert!(floor.hub.leaving_due(floor.now).is_empty());
    assert!(
        floor.step(key, Step::Leave).is_empty(),
        "the hold is not over"
    );
    floor.pass(HOLD);
    assert_eq!(floor.hub.leaving_due(floor.now).len(), 1);
    assert_eq!(floor.step(key, Step::Leave).len(), 1);
    assert!(floor.step(key, Step::Leave).is_empty(), "it leaves once");
    floor.step(key, sent());
    let item = floor.item(key);
    assert!(
        matches!(&item.outgoing[0].stage, Stage::Sent { url, .. } if url.as_evidence().ends_with("77"))
    );
    assert!(item.clocks.first_response.unwrap().met.is_some());
    assert_eq!(floor.hub, floor.console);
}

#[test]
fn undo_within_the_hold_takes_it_back_and_afterwards_says_why_not() {
    let (mut floor, key) = floor_with(Kind::Mention, &Rules::default());
    let ana = officer("ana", Role::Officer);
    floor.give(&ana, Verb::Take, key);
    floor.give(&ana, reply("We are on it."), key);
    let undone = floor.command(&ana, Verb::Undo, Vec::new(), "").0;
    assert_eq!((undone.accepted(), says(&undone)), (1, ""));
    let item = floor.item(key);
    assert!(matches!(item.outgoing[0].stage, Stage::Withdrawn { .. }));
    assert!(
        matches!(item.triage.state, State::Taken { .. }),
        "it stays mine"
    );
    floor.pass(HOLD);
    assert!(
        floor.step(key, Step::Leave).is_empty(),
        "what was taken back stays"
    );
    floor.give(&ana, reply("We are on it."), key);
    floor.pass(HOLD);
    floor.step(key, Step::Leave);
    floor.step(key, sent());
    floor.now = floor.now.plus(Duration::from_secs(3));
    let late = floor.command(&ana, Verb::Undo, Vec::new(), "").0;
    assert_eq!(
        says(&late),
        "The reply left 3.0 s ago; it can't be taken back."
    );
    floor.now = floor.now.plus(Duration::from_mins(5));
    let older = floor.command(&ana, Verb::Undo, Vec::new(), "").0;
    assert_eq!(
        older.accepted(),
        1,
        "what was done before can be undone again"
    );
    assert_eq!(floor.item(key).triage.state, State::New);
}

#[test]
fn two_answers_do_not_go_out() {
    let (mut floor, key) = floor_with(Kind::Mention, &Rules::default());
    let (ana, ben) = (officer("ana", Role::Officer), officer("ben", Role::Officer));
    let seen = floor.item(key).triage.version;
    floor.give(&ana, reply("We are on it."), key);
    let second = floor.give(&ben, reply("Nobody knows."), key);
    assert_eq!(second.first_refusal().unwrap().code, RefusalCode::Held);
    let chief = officer("chief", Role::Supervisor);
    let third = floor.give(&chief, reply("Nobody knows."), key);
    assert_eq!(
        says(&third),
        "A reply of ana is on its way out here: wait, or take it back first."
    );
    floor.pass(HOLD);
    floor.step(key, Step::Leave);
    floor.step(key, sent());
    floor.give(&ana, Verb::Release, key);
    let target = Target {
        key,
        version: Some(seen),
    };
    let late = floor
        .command(&ben, reply("Nobody knows."), vec![target], "")
        .0;
    assert_eq!(late.first_refusal().unwrap().code, RefusalCode::Stale);
}

#[test]
fn the_channels_rules_are_known_before_anything_is_held() {
    let rules = Rules {
        max_text: Some(10),
        count: Count::Chars,
        window: Some(Duration::from_hours(24)),
        single_use: true,
        ..Rules::default()
    };
    let (mut floor, key) = floor_with(Kind::Mention, &rules);
    let ana = officer("ana", Role::Officer);
    let long = floor.give(&ana, reply("hundred letters"), key);
    assert_eq!(
        says(&long),
        "The text has 15 letters, the channel takes 10: shorten it by 5."
    );
    assert_eq!(
        says(&floor.give(&ana, reply(" \n"), key)),
        "A reply needs words: write some."
    );
    let silence = act(Act::Silence);
    assert_eq!(
        says(&floor.give(&ana, silence, key)),
        "A silence needs an end: say until when."
    );
    assert_eq!(
        says(&floor.give(&ana, act(Act::TakeOver), key)),
        "A mention takes no take-over."
    );
    assert_eq!(
        says(&floor.give(&ana, act(Act::Resolve), key)),
        "Channel square knows no resolution at the source."
    );
    floor.give(&ana, reply("yes"), key);
    floor.pass(HOLD);
    floor.step(key, Step::Leave);
    floor.step(key, sent());
    assert_eq!(
        says(&floor.give(&ana, reply("no"), key)),
        "This channel takes one answer to each message, and it has been given."
    );
    let (mut floor, key) = floor_with(
        Kind::Mention,
        &Rules {
            window: Some(Duration::from_hours(24)),
            ..Rules::default()
        },
    );
    floor.pass(Duration::from_hours(26));
    assert_eq!(
        says(&floor.give(&ana, reply("yes"), key)),
        "The time in which the channel takes a reply ended 2 h ago."
    );
}

#[test]
fn a_bot_is_silenced_at_once_and_may_speak_again() {
    let (mut floor, key) = floor_with(Kind::Escalation, &Rules::default());
    let ana = officer("ana", Role::Officer);
    assert_eq!(
        says(&floor.give(&ana, act(Act::HandBack), key)),
        "The bot has not been silenced here."
    );
    floor.give(&ana, act(Act::TakeOver), key);
    assert!(matches!(floor.item(key).triage.state, State::Taken { .. }));
    assert!(
        floor.item(key).bot_silent.is_none(),
        "only when it was told"
    );
    floor.step(key, Step::Leave);
    floor.step(key, sent());
    assert!(floor.item(key).bot_silent.is_some());
    assert_eq!(
        says(&floor.give(&ana, act(Act::TakeOver), key)),
        "The bot is silent here already."
    );
    floor.give(&ana, act(Act::HandBack), key);
    floor.step(key, Step::Leave);
    floor.step(key, sent());
    assert!(floor.item(key).bot_silent.is_none());
}

#[test]
fn a_silence_is_ended_once_and_only_while_it_is_on() {
    let (mut floor, key) = floor_with(Kind::Alert, &Rules::default());
    let ana = officer("ana", Role::Officer);
    let hour = Duration::from_hours(1);
    let silence = |floor: &Floor| Verb::Send {
        act: Act::Silence,
        text: Untrusted::default(),
        until: Some(floor.now.plus(hour)),
    };
    let none = "No silence of the floor's is on here: none was made, or it is over.";
    assert_eq!(says(&floor.give(&ana, act(Act::EndSilence), key)), none);
    let verb = silence(&floor);
    floor.give(&ana, verb, key);
    assert!(
        floor.item(key).silence(floor.now).is_none(),
        "it has not left"
    );
    floor.now = floor.now.plus(HOLD);
    floor.step(key, Step::Leave);
    floor.step(key, sent_as("s1"));
    let ends = floor.item(key).silence(floor.now).unwrap().external_id();
    assert_eq!(ends.unwrap().as_evidence(), "s1");
    let undo = floor.command(&ana, Verb::Undo, Vec::new(), "").0;
    assert!(says(&undo).ends_with(":end-silence ends it."), "{undo:?}");
    // It leaves at once: what was quiet is to be heard.
    floor.give(&ana, act(Act::EndSilence), key);
    floor.step(key, Step::Leave);
    assert!(floor.item(key).silence(floor.now).is_some(), "until it did");
    floor.step(key, sent_as(""));
    assert_eq!(says(&floor.give(&ana, act(Act::EndSilence), key)), none);
    let verb = silence(&floor);
    floor.give(&ana, verb, key);
    floor.now = floor.now.plus(HOLD);
    floor.step(key, Step::Leave);
    floor.step(key, sent_as("s2"));
    floor.now = floor.now.plus(hour);
    assert_eq!(says(&floor.give(&ana, act(Act::EndSilence), key)), none);
}

#[test]
fn what_failed_may_have_left_or_was_cut_is_the_officers_to_decide() {
    for end in [
        Step::Fail("The post was deleted.".into()),
        Step::Doubt("The connection broke.".into()),
    ] {
        let (mut floor, key) = floor_with(Kind::Mention, &Rules::default());
        let ana = officer("ana", Role::Officer);
        floor.give(&ana, reply("We are on it."), key);
        let id = floor.item(key).outgoing[0].id;
        floor.pass(HOLD);
        floor.step(key, Step::Leave);
        floor.step(key, end);
        let one = &floor.item(key).outgoing[0];
        assert!(one.needs_officer());
        assert_eq!(one.text.as_evidence(), "We are on it.");
        floor.pass(Duration::from_hours(1));
        assert!(floor.hub.leaving_due(floor.now).is_empty(), "not by itself");
        assert_eq!(floor.give(&ana, Verb::Resend, key).accepted(), 1);
        let again = floor.item(key).outgoing.last().unwrap();
        assert_eq!(
            (again.id, floor.item(key).outgoing.len()),
            (id, 1),
            "with its key"
        );
    }
    let (mut floor, key) = floor_with(Kind::Mention, &Rules::default());
    let ana = officer("ana", Role::Officer);
    floor.give(&ana, reply("We are on it."), key);
    floor.step(key, Step::Cut);
    floor.pass(HOLD);
    assert!(floor.step(key, Step::Leave).is_empty());
    assert!(says(&floor.give(&ana, reply("Again."), key)).contains("cut by a restart"));
    assert_eq!(floor.give(&ana, Verb::Withdraw, key).accepted(), 1);
}

/// A channel with private messages (ten letters, once) and public comments
/// (with the handle before them): the item says which is used.
fn two_manners(private_missing: bool) -> Reach {
    let rules = |most, single_use| Rules {
        max_text: Some(most),
        single_use,
        ..Rules::default()
    };
    let private = Manner {
        only: BTreeMap::from([("kind".to_owned(), "dm".to_owned())]),
        missing: private_missing,
        ..Manner::of(rules(10, true))
    };
    let field = Piece::Field(Named::AuthorHandle);
    let public = Manner {
        prefix: vec![Piece::Words("@".into()), field, Piece::Words(" ".into())],
        ..Manner::of(rules(15, false))
    };
    let acts = BTreeMap::from([(Act::Reply, vec![private, public])]);
    Reach {
        hold: HOLD,
        channels: BTreeMap::from([(channel(), acts)]),
    }
}

#[test]
fn the_rules_are_those_of_the_manner_that_will_be_used() {
    let mut floor = Floor::new();
    floor.reach = two_manners(false);
    let ana = officer("ana", Role::Officer);
    let mut said = |id: &str, extra: Option<&str>, handle: &str| {
        let mut content = Content::new(Kind::Mention, channel(), id.into(), "No water".into());
        content.author.handle = handle.into();
        content
            .extra
            .extend(extra.map(|kind| ("kind".to_owned(), kind.into())));
        let content = Arc::new(content);
        floor.deliver(&Inbound::item(content.clone(), "{}".into()));
        content.key()
    };
    let (dm, comment) = (said("1", Some("dm"), "dana"), said("2", None, "dana"));
    let nobody = said("3", Some("story"), "");
    let too_long = |says: &str| says.contains("shorten it by 1");
    for (key, fits, over) in [
        (dm, "ten letter", "ten letters"),
        (comment, "9 letters", "10 letters"),
        // "@" alone calls nobody and takes no room.
        (nobody, "fifteen letters", "sixteen letters!"),
    ] {
        let refused = floor.give(&ana, reply(over), key);
        assert!(too_long(says(&refused)), "{over}: {}", says(&refused));
        let taken = floor.give(&ana, reply(fits), key);
        assert_eq!((taken.accepted(), says(&taken)), (1, ""), "{fits}");
    }
    floor.reach = two_manners(true);
    floor.give(&ana, Verb::Withdraw, dm);
    assert_eq!(
        says(&floor.give(&ana, reply("ten"), dm)),
        "Channel square takes no replies.",
        "a private answer never goes the public way"
    );
}

#[test]
fn what_was_taken_back_with_its_words_takes_no_answer() {
    let (mut floor, key) = floor_with(Kind::Mention, &Rules::default());
    let ana = officer("ana", Role::Officer);
    for (on, refused) in [(OnRetract::Keep, false), (OnRetract::Hide, true)] {
        floor.deliver(&Inbound::Retraction {
            channel: channel(),
            external_id: "1".into(),
            on,
            at: None,
        });
        let outcome = floor.give(&ana, reply("We are on it."), key);
        assert_eq!(outcome.accepted() == 0, refused, "{}", says(&outcome));
        floor.give(&ana, Verb::Withdraw, key);
    }
}

#[derive(Clone, Debug)]
enum Do {
    Send(u8),
    Undo(u8),
    Withdraw(u8),
    Resend(u8),
    Take(u8),
    Lapse(u8),
    Step(u8),
    Pass(u16),
}

fn doings() -> impl Strategy<Value = Vec<Do>> {
    let one = prop_oneof![
        3 => (0..3u8).prop_map(Do::Send),
        1 => (0..3u8).prop_map(Do::Undo),
        1 => (0..3u8).prop_map(Do::Withdraw),
        1 => (0..3u8).prop_map(Do::Resend),
        1 => (0..3u8).prop_map(Do::Take),
        1 => (0..3u8).prop_map(Do::Lapse),
        6 => (0..7u8).prop_map(Do::Step),
        3 => (0..20u16).prop_map(Do::Pass),
    ];
    prop::collection::vec(one, 1..40)
}

fn step_of(n: u8, floor: &Floor) -> Step {
    match n {
        0 => Step::Cut,
        1..=3 => Step::Leave,
        4 => sent(),
        5 => Step::Delay {
            until: floor.now.plus(Duration::from_secs(5)),
            why: "It is not there.".into(),
        },
        _ => Step::Doubt("The connection broke.".into()),
    }
}

proptest! {
    #[test]
    fn nothing_leaves_twice_or_after_it_was_taken_back(doings in doings()) {
        let (mut floor, key) = floor_with(Kind::Mention, &Rules::default());
        let watch = ["ana", "ben", "chief"].map(|name| {
            let role = if name == "chief" { Role::Supervisor } else { Role::Officer };
            officer(name, role)
        });
        let by = |n: u8| watch[usize::from(n)].clone();
        for doing in doings {
            match doing {
                Do::Send(who) => drop(floor.give(&by(who), reply("We are on it."), key)),
                Do::Undo(who) => drop(floor.command(&by(who), Verb::Undo, Vec::new(), "")),
                Do::Withdraw(who) => drop(floor.give(&by(who), Verb::Withdraw, key)),
                Do::Resend(who) => drop(floor.give(&by(who), Verb::Resend, key)),
                Do::Take(who) => drop(floor.give(&by(who), Verb::Take, key)),
                Do::Lapse(who) => drop(floor.lapse(&by(who).id)),
                Do::Step(n) => {
                    let step = step_of(n, &floor);
                    floor.step(key, step);
                }
                Do::Pass(seconds) => {
                    floor.pass(Duration::from_secs(seconds.into()));
                }
            }
            let open = floor.item(key).outgoing.iter().filter(|one| one.is_open()).count();
            prop_assert!(open <= 1);
            prop_assert_eq!(&floor.hub, &floor.console);
            let listed = floor.hub.leaving().count();
            prop_assert_eq!(listed, open);
        }
        may_leave_only_when_let_go(&floor.events)?;
    }
}

/// Between two departures of a message there is an officer's word or a certain
/// failure; after a withdrawal there is none at all until a new word.
fn may_leave_only_when_let_go(events: &[Event]) -> Result<(), TestCaseError> {
    let mut let_go: BTreeMap<CommandId, bool> = BTreeMap::new();
    for event in events {
        match &event.body {
            Body::OutgoingHeld { outgoing } => drop(let_go.insert(outgoing.id, true)),
            Body::OutgoingDelayed { outgoing, .. } => drop(let_go.insert(*outgoing, true)),
            Body::OutgoingWithdrawn { outgoing } | Body::OutgoingCut { outgoing } => {
                let_go.insert(*outgoing, false);
            }
            Body::OutgoingLeft { outgoing, .. } => {
                let may = let_go.insert(*outgoing, false);
                prop_assert_eq!(may, Some(true), "{} left again", outgoing);
            }
            _ => {}
        }
    }
    Ok(())
}

fn told(external_id: &str, status: Delivered) -> Inbound {
    Inbound::Delivery {
        channel: channel(),
        external_id: external_id.into(),
        status,
        says: "The phone is off.".into(),
        at: None,
    }
}

/// A floor on which one reply was sent; the channel calls it "77".
fn answered() -> (Floor, ItemKey, Officer) {
    let (mut floor, key) = floor_with(Kind::Mention, &Rules::default());
    let ana = officer("ana", Role::Officer);
    floor.give(&ana, reply("We are on it."), key);
    floor.pass(HOLD);
    floor.step(key, Step::Leave);
    floor.step(key, sent());
    (floor, key, ana)
}

#[test]
fn a_message_that_never_arrived_brings_its_item_back_with_its_words() {
    let (mut floor, key, ana) = answered();
    let resolve = Verb::Resolve {
        reason: Resolution::Done,
    };
    floor.give(&ana, resolve, key);
    floor.deliver(&told("77", Delivered::Sent));
    assert!(!floor.item(key).is_open(), "the vendor has it: no news");
    let (receipt, _) = floor.deliver(&told("77", Delivered::Failed));
    assert_eq!(receipt, Receipt::Updated);
    let item = floor.item(key);
    assert!(item.is_waiting());
    let why = item.triage.returned.as_ref().map(|back| back.why.as_str());
    assert_eq!(why, Some("the reply did not arrive"));
    let one = &item.outgoing[0];
    assert!(one.needs_officer() && one.never_arrived());
    assert_eq!(one.text.as_evidence(), "We are on it.");
    let last = item.trail.last().unwrap();
    assert_eq!(last.did, "could not deliver the reply");
    assert_eq!(last.words.as_evidence(), "The phone is off.");
    assert!(last.by.officer().is_none() && !last.moved());
    assert_eq!(floor.give(&ana, Verb::Resend, key).accepted(), 1);
    assert_eq!(floor.item(key).outgoing[0].mark, None);
    let (late, events) = floor.deliver(&told("77", Delivered::Failed));
    assert_eq!(
        (late, events.len()),
        (Receipt::Ignored, 1),
        "of the first try: in the log, and nothing else"
    );
}

#[test]
fn marks_of_what_we_did_not_send_are_counted_and_not_kept() {
    let (mut floor, key, _) = answered();
    let before = floor.item(key).clone();
    // That one did not arrive is in the log, for whoever looks for it.
    for (status, logged) in [(Delivered::Delivered, 0), (Delivered::Failed, 1)] {
        let (receipt, events) = floor.deliver(&told("78", status));
        assert_eq!((receipt, events.len()), (Receipt::Ignored, logged));
    }
    assert_eq!(*floor.item(key), before);
}

#[test]
fn who_has_read_a_conversation_has_read_what_we_sent_in_it_until_then() {
    let (mut floor, key) = floor_with(Kind::Mention, &Rules::default());
    let mut content = Content::new(Kind::Mention, channel(), "2".into(), "And here?".into());
    content.thread = "dana".into();
    let content = Arc::new(content);
    let hers = content.key();
    floor.deliver(&Inbound::item(content, "{}".into()));
    let ana = officer("ana", Role::Officer);
    for (key, name) in [(key, "77"), (hers, "78")] {
        floor.give(&ana, reply("We are on it."), key);
        floor.pass(HOLD);
        floor.step(key, Step::Leave);
        floor.step(key, sent_as(name));
    }
    let Stage::Sent { at, .. } = floor.item(hers).outgoing[0].stage else {
        panic!("it was sent");
    };
    let read = |upto| Inbound::ReadTo {
        channel: channel(),
        thread: "dana".into(),
        upto,
    };
    let before = at.minus(Duration::from_secs(1));
    assert_eq!(floor.deliver(&read(before)).0, Receipt::Ignored);
    assert_eq!(floor.item(hers).outgoing[0].mark, None);
    assert_eq!(floor.deliver(&read(at)).0, Receipt::Updated);
    let mark = floor.item(hers).outgoing[0].mark.clone();
    assert_eq!(
        mark.map(|mark| (mark.status, mark.at)),
        Some((Delivered::Read, at))
    );
    assert_eq!(
        floor.item(key).outgoing[0].mark,
        None,
        "another conversation"
    );
    assert_eq!(floor.deliver(&read(at)).0, Receipt::Ignored, "known");
}

fn marks() -> impl Strategy<Value = Vec<Delivered>> {
    use Delivered::{Delivered as There, Failed, Read, Sent};
    prop::collection::vec(prop::sample::select(vec![Sent, There, Read, Failed]), 0..8)
}

fn in_two_orders() -> impl Strategy<Value = (Vec<Delivered>, Vec<Delivered>)> {
    marks().prop_flat_map(|marks| (Just(marks.clone()), Just(marks).prop_shuffle()))
}

proptest! {
    /// Late, twice, out of order: the same marks leave the same mark, what was
    /// read was read, and nothing is told twice.
    #[test]
    fn marks_in_any_order_leave_the_same((marks, shuffled) in in_two_orders()) {
        let stands = |marks: &[Delivered]| -> Result<Option<Delivered>, TestCaseError> {
            let (mut floor, key, ana) = answered();
            for mark in marks {
                let before = floor.item(key).outgoing[0].mark.clone();
                let (receipt, events) = floor.deliver(&told("77", *mark));
                prop_assert_eq!(receipt == Receipt::Updated, !events.is_empty());
                let (again, events) = floor.deliver(&told("77", *mark));
                prop_assert_eq!((again, events.len()), (Receipt::Duplicate, 0));
                let now = floor.item(key).outgoing[0].mark.clone();
                prop_assert!(before.map(|m| m.status) <= now.map(|m| m.status));
                prop_assert_eq!(&floor.hub, &floor.console);
            }
            let item = floor.item(key);
            prop_assert_eq!(&item.outgoing[0].by, &ana.id);
            let sent = matches!(item.outgoing[0].stage, Stage::Sent { .. });
            prop_assert!(sent);
            prop_assert_eq!(item.outgoing[0].text.as_evidence(), "We are on it.");
            Ok(item.outgoing[0].mark.as_ref().map(|mark| mark.status))
        };
        let once = stands(&marks)?;
        prop_assert_eq!(once, stands(&shuffled)?);
        let most = marks.iter().max().copied().filter(|most| *most != Delivered::Sent);
        prop_assert_eq!(once, most);
    }
}

fn bot(id: &str, words: &str) -> Turn {
    Turn {
        external_id: id.into(),
        speaker: Speaker::Bot,
        name: Untrusted::default(),
        text: words.into(),
        at: None,
        media: Vec::new().into(),
    }
}

fn goes_on(turns: Vec<Turn>) -> Inbound {
    Inbound::Continuation {
        channel: channel(),
        external_id: "1".into(),
        turns,
        raw: "{}".into(),
    }
}

#[test]
fn a_bot_that_speaks_after_a_take_over_is_told_and_none_of_it_leaves() {
    let (mut floor, key) = floor_with(Kind::Escalation, &Rules::default());
    let ana = officer("ana", Role::Officer);
    floor.deliver(&goes_on(vec![bot("b1", "How can I help?")]));
    assert!(
        floor.item(key).triage.returned.is_none(),
        "it may still speak"
    );
    floor.give(&ana, act(Act::TakeOver), key);
    floor.step(key, Step::Leave);
    floor.step(key, sent());
    assert!(floor.item(key).bot_silent.is_some());
    floor.give(&ana, reply("We are on it."), key);
    // Our own words, said by the bot's channel, are not the bot's.
    floor.deliver(&goes_on(vec![bot("b2", "We are on it.")]));
    assert!(floor.item(key).triage.returned.is_none());
    let before = floor.item(key).outgoing.clone();
    floor.deliver(&goes_on(vec![bot("b3", "Have you tried our web page?")]));
    let item = floor.item(key);
    let why = &item.triage.returned.as_ref().unwrap().why;
    assert_eq!(why, "the bot spoke although it was told to be silent");
    assert_eq!(item.outgoing, before, "nothing of it is on its way out");
    let told = item.content.conversation.iter();
    assert!(
        told.last()
            .is_some_and(|turn| turn.external_id.as_evidence() == "b3")
    );
}

#[test]
fn a_failure_of_what_the_board_does_not_know_is_in_the_log_with_its_name() {
    let (mut floor, key) = floor_with(Kind::Mention, &Rules::default());
    let failed = |id: &str, status| Inbound::Delivery {
        channel: channel(),
        external_id: id.into(),
        status,
        says: "The phone is off.".into(),
        at: None,
    };
    let facts = |floor: &Floor, inbound: &Inbound| {
        let route = |_: &Arc<Content>, _: Option<&Arc<_>>| unreachable!("nothing new");
        decide::inbound(&floor.hub, inbound, route, floor.now)
    };
    let (receipt, told) = facts(&floor, &failed("old\u{1b}[2J-9", Delivered::Failed));
    assert_eq!(receipt, Receipt::Ignored);
    let Body::DocumentUnmapped { why, .. } = &told[0].body else {
        panic!("{told:?}");
    };
    assert!(
        why.contains("old") && why.contains("did not arrive"),
        "{why}"
    );
    assert!(!why.contains('\u{1b}'), "{why}");
    assert!(
        facts(&floor, &failed("old-9", Delivered::Read))
            .1
            .is_empty()
    );
    // While something is leaving it may be about that: then it waits.
    floor.give(&officer("ana", Role::Officer), reply("On it."), key);
    floor.pass(HOLD);
    floor.step(key, Step::Leave);
    assert!(
        facts(&floor, &failed("old-9", Delivered::Failed))
            .1
            .is_empty()
    );
}
