//! Keys and what they do: sequences of keys on an invented floor, and the
//! effects, rows and words that follow.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::too_many_lines,
    clippy::duration_suboptimal_units,
    unreachable_pub,
    reason = "a test fails by panicking, and its made-up evening is a table"
)]

#[path = "keys/copies.rs"]
mod copies;
#[path = "keys/hands.rs"]
mod hands;
#[path = "keys/line.rs"]
mod line;
#[path = "keys/night.rs"]
mod night;
#[path = "keys/views.rs"]
mod views;
mod watch;

use std::sync::Arc;

use watch::{Hands, evening, item, minutes_ago, now, officer, with};
use watchfloor::console::action::Action;
use watchfloor::console::effect::Effect;
use watchfloor::console::keymap::{Chord, Context, Group, Key, Keymap, Meaning, table};
use watchfloor::console::msg::{LinkNews, Msg};
use watchfloor::console::state::document::help;
use watchfloor::console::state::overlay::What;
use watchfloor::console::state::round;
use watchfloor::model::command::{ItemOutcome, Outcome, Refusal, RefusalCode, Verb, VerbName};
use watchfloor::model::event::{Actor, Body, Cause, Event};
use watchfloor::model::ids::{CommandId, ItemId, Seq};
use watchfloor::model::item::Item;
use watchfloor::model::outgoing::Typing;
use watchfloor::model::triage::{Resolution, State, Wake};

fn many(count: u64) -> Vec<Item> {
    (1..=count)
        .map(|id| item(id, "Burst main in Hill Street", 100 - id.min(99)))
        .collect()
}

fn taken(hands: &Hands, id: u64, by: &str) -> Event {
    let item = hands.app.floor.board.by_id(ItemId(id)).unwrap();
    Event {
        seq: Seq(3000 + id),
        at: now(),
        actor: Actor::Officer(officer(by)),
        cause: Cause::Operator,
        key: Some(item.key),
        id: Some(item.id),
        desk: Some(item.desk.clone()),
        body: Body::ItemTaken,
    }
}

fn outcome(hands: &Hands, held: &[u64]) -> Outcome {
    let command = hands.command();
    let items = command.targets.iter().map(|target| {
        let id = hands.app.floor.board.item(&target.key).unwrap().id;
        let refused = held.contains(&id.0).then(|| Refusal {
            holder: Some(officer("officer2")),
            ..Refusal::new(RefusalCode::Held, "officer2 took it 0.4 s before you.")
        });
        ItemOutcome {
            key: target.key,
            id: Some(id),
            refused,
        }
    });
    Outcome {
        command: command.id,
        verb: command.verb.name(),
        seq: None,
        items: items.collect(),
        refused: None,
    }
}

#[test]
fn every_action_is_in_the_help_and_every_key_reaches_its_action() {
    let keymap = Keymap::default();
    let page = help::of(&keymap, Context::Floor, 76);
    let text: String = page
        .lines
        .iter()
        .map(|line| line.iter().map(|s| s.text.as_str()).collect::<String>() + "\n")
        .collect();
    for entry in table::ENTRIES {
        let keys = keymap.shown(entry.context, entry.action);
        let shown = if keys.is_empty() {
            format!(":{}", entry.name)
        } else {
            keys
        };
        let line = text
            .lines()
            .find(|l| l.trim().starts_with(&shown) && l.contains(entry.help));
        assert!(
            line.is_some() || entry.help.len() > 56,
            "{} is not in the help",
            entry.name
        );
        assert!(text.contains(Group::title(entry.group)));
    }
    for binding in keymap.bindings() {
        let meaning = keymap.meaning(binding.context, &binding.keys);
        assert_eq!(meaning, Meaning::Is(binding.action));
    }
}

#[test]
fn the_first_move_freezes_and_a_takes_the_item() {
    let mut hands = Hands::with(80, 24, many(5));
    hands.keys("k k a");
    assert_eq!(hands.selected(), Some(4));
    let command = hands.command().clone();
    assert_eq!(
        (command.verb.name(), hands.targets(&command)),
        (VerbName::Take, vec![4])
    );
    assert_eq!(command.targets[0].version, Some(0));
}

#[test]
fn a_verb_while_following_freezes_first_and_acts_on_the_second_press() {
    let mut hands = Hands::with(80, 24, many(5));
    hands.keys("a");
    assert!(hands.sent().is_empty());
    assert_eq!(hands.says(), "Frozen on #5: a again to take it.");
    hands.keys("a");
    assert_eq!(hands.targets(&hands.command().clone()), [5]);
}

#[test]
fn new_items_wait_while_frozen_and_f_lets_them_in() {
    let mut hands = Hands::with(80, 24, many(5));
    hands.keys("k k");
    let selected = hands.selected();
    hands.news(LinkNews::Items(
        (6..43).map(|id| item(id, "new", 0)).collect(),
    ));
    assert_eq!((hands.selected(), hands.app.stream.waiting), (selected, 37));
    assert_eq!(hands.app.stream.rows.len(), 5);
    hands.keys("f");
    assert_eq!(
        (hands.app.stream.rows.len(), hands.app.stream.waiting),
        (42, 0)
    );
}

#[test]
fn a_pending_take_is_shown_until_the_log_says_so() {
    let mut hands = Hands::with(80, 24, many(3));
    hands.keys("k a");
    let key = hands.key_of(3);
    assert!(hands.app.work.on(&key).is_some());
    let mut outcome = outcome(&hands, &[]);
    outcome.seq = Some(Seq(3003));
    hands.news(LinkNews::Outcome(outcome));
    assert!(
        hands.app.work.on(&key).is_some(),
        "the event is not here yet"
    );
    let event = taken(&hands, 3, "anna");
    hands.news(LinkNews::Events {
        events: vec![event],
        to: Seq(3003),
    });
    assert!(hands.app.work.on(&key).is_none());
    let item = hands.app.floor.board.item(&key).unwrap();
    assert!(matches!(&item.triage.state, State::Taken { by, .. } if by.as_str() == "anna"));
}

#[test]
fn what_undo_brings_back_is_a_row_again_with_the_cursor_on_it() {
    let mut hands = Hands::with(80, 24, many(9));
    let heard = |hands: &mut Hands, seq: u64, body: Body| {
        let mut event = taken(hands, 5, "anna");
        (event.seq, event.body) = (Seq(seq), body);
        hands.news(LinkNews::Events {
            events: vec![event],
            to: Seq(seq),
        });
    };
    hands.keys("k k k k k");
    assert_eq!(hands.selected(), Some(5));
    let key = hands.key_of(5);
    let before = hands.app.floor.board.item(&key).unwrap().clone();
    hands.keys("d 1");
    let resolved = outcome(&hands, &[]);
    hands.news(LinkNews::Outcome(resolved));
    let reason = Resolution::Done;
    heard(&mut hands, 3001, Body::ItemResolved { reason });
    assert!(!hands.app.stream.rows.contains(&key), "it is done with");
    hands.keys("k");
    let elsewhere = hands.selected();
    // It was done by no key of this console.
    hands.keys("u y");
    let mut undone = outcome(&hands, &[]);
    undone.items = vec![ItemOutcome {
        key,
        id: Some(ItemId(5)),
        refused: None,
    }];
    hands.news(LinkNews::Outcome(undone));
    assert_eq!(hands.selected(), elsewhere, "its fact is not here yet");
    heard(
        &mut hands,
        3002,
        Body::TriageRestored {
            triage: Box::new((*before.triage).clone()),
            members: Vec::new(),
            clocks: *before.clocks,
            judged: None,
            command: CommandId(uuid::Uuid::nil()),
            by: VerbName::Undo,
        },
    );
    assert!(hands.app.stream.rows.contains(&key));
    assert_eq!(hands.selected(), Some(5));
}

#[test]
fn fifteen_are_taken_with_one_note_and_two_are_told_as_held() {
    let mut items = many(15);
    for n in [2, 5] {
        items[n].triage.state = State::Taken {
            by: officer("officer2"),
            at: minutes_ago(9),
        };
    }
    let mut hands = Hands::with(80, 24, items);
    hands.keys("G k gg Space Space Space v G k v");
    hands.keys("Esc");
    assert_eq!(hands.app.marks.len(), 15);
    hands.keys("a");
    assert!(hands.sent().is_empty(), "many are asked about first");
    let Some(What::Confirm(confirm)) = hands.app.overlays.last().map(|o| &o.what) else {
        panic!("no question");
    };
    let watchfloor::console::state::overlay::Ask::Do(plan) = &confirm.ask else {
        panic!("no plan");
    };
    assert_eq!(
        plan.preview(),
        "15 items, 2 already held by officer2 (skipped)"
    );
    hands.keys("c").text("Burst main, crew en route");
    hands.keys("Ctrl-X y y");
    let command = hands.command().clone();
    assert_eq!(command.targets.len(), 15);
    assert_eq!(command.note.as_evidence(), "Burst main, crew en route");
    let outcome = outcome(&hands, &[3, 6]);
    hands.news(LinkNews::Outcome(outcome));
    assert_eq!(hands.says(), "13 taken, 2 held by officer2 (#3, #6)");
    assert!(hands.app.marks.is_empty());
}

#[test]
fn the_key_that_opened_a_question_and_keys_on_their_way_do_not_answer_it() {
    let mut hands = Hands::with(80, 24, many(4));
    hands.keys("k Space Space *");
    hands.keys("a");
    hands.press(Chord::char('y'), 100);
    assert!(hands.sent().is_empty(), "too soon");
    hands.keys("a Enter");
    assert!(hands.sent().is_empty() && !hands.app.overlays.is_empty());
    hands.keys("y");
    assert_eq!(hands.command().targets.len(), 4);
}

#[test]
fn more_than_twenty_five_want_their_count() {
    let mut hands = Hands::with(80, 24, many(30));
    hands.keys("* d");
    hands.keys("1");
    hands.keys("y");
    assert!(hands.sent().is_empty());
    hands.text("31").keys("y");
    assert!(hands.sent().is_empty());
    hands.text("x30");
    hands.keys("y");
    let command = hands.command();
    assert_eq!(
        command.verb,
        Verb::Resolve {
            reason: Resolution::Done
        }
    );
    assert_eq!(command.targets.len(), 30);
}

#[test]
fn snooze_takes_a_choice_or_words_and_enter() {
    let mut items = many(3);
    for item in &mut items[1..] {
        Arc::make_mut(&mut item.content).thread = "t".into();
    }
    let mut hands = Hands::with(80, 24, items);
    hands.keys("k s n Enter");
    let snoozed = |hands: &Hands| match hands.command().verb {
        Verb::Snooze { wake } => wake,
        ref other => panic!("{other:?}"),
    };
    assert!(matches!(snoozed(&hands), Wake::NextReply { .. }));
    hands.keys("k s 4 Enter");
    let is_about = |wake, seconds| {
        let Wake::At(at) = wake else {
            panic!("{wake:?}")
        };
        at.since(now()).as_secs().abs_diff(seconds) < 60
    };
    assert!(is_about(snoozed(&hands), 4 * 3600));
    hands.keys("k s").text("30m").keys("Enter");
    assert!(is_about(snoozed(&hands), 1800));
    hands.keys("s").text("soon").keys("Enter");
    assert!(hands.sent().is_empty());
    hands.keys("Esc k s n Enter");
    assert!(hands.sent().is_empty(), "no reply can come to it");
}

#[test]
fn what_i_resolve_leaves_and_what_others_take_stays_under_the_cursor() {
    let mut hands = Hands::with(80, 24, many(4));
    hands.keys("Tab Tab k k");
    assert_eq!(
        hands.app.views.now().queue,
        watchfloor::model::queue::Queue::Unassigned
    );
    let before = hands.selected();
    let event = taken(&hands, before.unwrap(), "officer2");
    let to = event.seq;
    hands.news(LinkNews::Events {
        events: vec![event],
        to,
    });
    assert_eq!(
        hands.selected(),
        before,
        "the row stays until the cursor leaves it"
    );
    hands.keys("k");
    assert_eq!(hands.app.stream.rows.len(), 3);
}

#[test]
fn assign_escalate_priority_tag_and_note_send_what_was_chosen() {
    let mut hands = Hands::evening(80, 24);
    hands.keys("k @").text("press").keys("Enter");
    assert!(
        matches!(&hands.command().verb, Verb::Assign { to, .. } if to.to_string() == "team press")
    );
    hands.keys("e Enter");
    assert!(hands.sent().is_empty(), "a reason is needed");
    hands.text("possible firestorm").keys("Enter");
    assert!(
        matches!(&hands.command().verb, Verb::Escalate { reason } if reason.as_evidence() == "possible firestorm")
    );
    hands.keys("p2");
    assert_eq!(hands.command().verb, Verb::Prioritise { priority: Some(2) });
    hands.keys("t").text("rumour").keys("Enter");
    assert!(matches!(&hands.command().verb, Verb::Tag { add, .. } if add[0].as_str() == "rumour"));
    hands
        .keys("c")
        .text("call back")
        .keys("Enter")
        .text("at 3")
        .keys("Ctrl-X y");
    assert_eq!(hands.command().verb, Verb::Note);
    assert_eq!(hands.command().note.as_evidence(), "call back\nat 3");
    hands.keys("u");
    assert_eq!(hands.command().verb, Verb::Undo);
}

#[test]
fn a_draft_is_kept_and_found_again() {
    let mut hands = Hands::with(80, 24, many(3));
    hands
        .keys("k c")
        .text("half a")
        .keys("Esc c")
        .text(" note")
        .keys("Ctrl-X y");
    assert_eq!(hands.command().note.as_evidence(), "half a note");
}

#[test]
fn the_filter_is_live_and_a_bad_one_leaves_the_last_good_one() {
    let mut hands = Hands::evening(80, 24);
    hands.keys("/").text("kind:alert");
    assert_eq!(hands.app.stream.rows.len(), 1);
    hands.text(" (");
    let Some(What::Prompt(prompt)) = hands.app.overlays.last().map(|o| &o.what) else {
        panic!("no prompt");
    };
    assert!(
        prompt
            .error
            .as_ref()
            .is_some_and(|(column, _)| column.is_some())
    );
    assert_eq!(hands.app.stream.rows.len(), 1);
    // It is not put in force by half: it stays to be mended, the cursor on it.
    hands.keys("Enter");
    let Some(What::Prompt(prompt)) = hands.app.overlays.last().map(|o| &o.what) else {
        panic!("the prompt is gone");
    };
    assert_eq!(prompt.text.text(), "kind:alert (");
    assert_eq!(prompt.text.cursor().1, "kind:alert (");
    assert!(prompt.error.is_some());
    assert_eq!(hands.app.stream.rows.len(), 1);
    hands.keys("Backspace Enter");
    assert!(hands.app.overlays.is_empty());
    assert_eq!(hands.app.stream.rows.len(), 1);
    hands.keys("/ Ctrl-U Enter");
    assert_eq!(hands.app.stream.rows.len(), evening().len());
    hands.keys("-");
    assert_eq!(hands.app.stream.rows.len(), 1);
}

/// A part of a word that has a mistake in it is no filter: what was in force
/// before it stays.
#[test]
fn half_a_word_of_a_bad_filter_is_not_in_force() {
    for (typed, in_force) in [
        ("sev>=(", None),
        ("kind:alert sev>=(", Some("kind:alert")),
        ("kind:alert or", Some("kind:alert")),
        ("is:nonsense", None),
    ] {
        let mut hands = Hands::evening(80, 24);
        hands.keys("/").text(typed).keys("Enter");
        let filter = hands.app.views.now().filter.as_ref();
        assert_eq!(
            filter.map(watchfloor::model::filter::Filter::source),
            in_force,
            "{typed}"
        );
        assert!(!hands.app.overlays.is_empty(), "{typed} stays to be mended");
        hands.keys("Esc");
        assert!(hands.app.views.now().filter.is_none(), "{typed}");
    }
}

#[test]
fn queues_and_saved_views_change_the_rows() {
    let mut hands = Hands::evening(80, 24);
    hands.keys("Tab");
    assert_eq!(hands.app.stream.rows.len(), 0, "nothing is mine");
    hands.keys("1");
    assert!(hands.app.floor.derived.saved[0] > 0);
    assert_eq!(
        hands.app.stream.rows.len(),
        hands.app.floor.derived.saved[0]
    );
    hands.keys("0");
    assert_eq!(hands.app.stream.rows.len(), evening().len());
    hands.keys("7");
    assert!(hands.says().contains("no saved view 7"));
}

#[test]
fn w_goes_to_what_needs_me() {
    let mut hands = Hands::evening(80, 24);
    hands.keys("w");
    let first = hands.selected().unwrap();
    hands.keys("w");
    let second = hands.selected().unwrap();
    assert_eq!([first.min(second), first.max(second)], [1042, 1043]);
}

#[test]
fn w_opens_what_the_line_tells_wherever_one_stands() {
    let mut hands = Hands::evening(80, 24);
    let named = |hands: &Hands| {
        let (key, _) = round::next(&hands.app).unwrap();
        hands.app.floor.board.item(&key).unwrap().id.0
    };
    for keys in ["", "k", "w", "w", "k k", "W", "w k"] {
        hands.keys(keys);
        let told = named(&hands);
        hands.keys("w");
        assert_eq!(hands.selected(), Some(told), "after {keys:?}");
    }
}

#[test]
fn an_untaken_critical_does_not_fall_asleep_unasked() {
    let mut hands = Hands::evening(80, 24);
    hands.keys("w s 1 Enter");
    assert!(hands.sent().is_empty(), "asked first");
    hands.keys("y");
    assert_eq!(hands.sent().len(), 1);
}

#[test]
fn opening_tells_the_hub_and_leaving_too() {
    let mut hands = Hands::evening(80, 24);
    hands.keys("k Enter");
    let key = hands.app.stream.selected();
    assert!(hands.effects.contains(&Effect::Viewing(key)));
    hands.keys("Esc");
    assert!(hands.effects.contains(&Effect::Viewing(None)));
    hands.keys("c");
    let typing = key.map(|on| Typing { on, answer: false });
    assert!(hands.effects.contains(&Effect::Typing(typing)));
    hands.keys("Esc");
}

#[test]
fn pasted_text_is_never_keys() {
    let mut hands = Hands::with(80, 24, many(3));
    hands.keys("k");
    hands.msg(Msg::Paste("a d u q".to_owned()));
    assert!(hands.effects.is_empty());
    hands.keys("c");
    hands.msg(Msg::Paste("one\r\ntwo".to_owned()));
    hands.keys("Ctrl-X y");
    assert_eq!(hands.command().note.as_evidence(), "one\ntwo");
}

#[test]
fn without_a_link_commands_are_queued_and_conflicts_are_shown_after() {
    let mut hands = Hands::with(80, 24, many(3));
    hands.news(LinkNews::Down {
        since: minutes_ago(1),
        why: "The hub closed the link.".to_owned(),
    });
    hands.keys("k a");
    let refusal = outcome(&hands, &[3]);
    assert!(hands.says().starts_with("Queued"));
    assert_eq!(hands.app.work.queued().count(), 1);
    assert!(hands.app.link.may_go_out().is_err());
    assert_eq!(hands.app.stream.rows.len(), 3, "the board stays readable");
    hands.news(LinkNews::Hello(Box::new(watch::session())));
    hands.news(LinkNews::Outcome(refusal));
    hands.news(LinkNews::CaughtUp);
    assert!(hands.says().contains("1 of yours did not go through"));
    assert_eq!(
        hands.app.work.conflicts[0].says,
        "officer2 took it 0.4 s before you."
    );
    assert!(hands.app.link.banner().is_none());
    assert!(hands.app.link.may_go_out().is_ok());
}

#[test]
fn quitting_asks_only_while_something_is_mine() {
    let mut hands = Hands::with(80, 24, many(2));
    hands.keys("q");
    assert_eq!(hands.effects, [Effect::Quit]);
    let mut items = many(2);
    items[0].triage.state = State::Taken {
        by: officer("anna"),
        at: minutes_ago(1),
    };
    let mut hands = Hands::with(80, 24, items);
    hands.keys("q q");
    assert!(hands.effects.is_empty());
    hands.keys("y");
    assert_eq!(hands.effects, [Effect::Quit]);
}

#[test]
fn escape_never_quits_and_twice_clears_the_marks() {
    let mut hands = Hands::with(80, 24, many(3));
    hands.keys("k Space Esc");
    assert_eq!(hands.app.marks.len(), 1);
    hands.keys("Esc Esc Esc");
    assert!(hands.app.marks.is_empty() && hands.effects.is_empty());
}

#[test]
fn every_action_has_a_command_and_numbers_go_to_items() {
    let mut hands = Hands::evening(80, 24);
    hands.keys(":").text("1037").keys("Enter");
    assert_eq!(hands.selected(), Some(1037));
    hands.keys(":").text("resolve spam").keys("Enter");
    assert_eq!(
        hands.command().verb,
        Verb::Resolve {
            reason: Resolution::Spam
        }
    );
    hands.keys(":").text("ackn").keys("Tab").keys("Enter");
    assert_eq!(hands.command().verb, Verb::Acknowledge);
    hands.keys(":").text("tkae").keys("Enter");
    assert!(hands.says().contains(":take"));
}

#[test]
fn suppression_asks_for_expiry_and_reason_and_shows_the_count() {
    let mut hands = Hands::evening(80, 24);
    hands
        .keys("w S Enter Ctrl-U")
        .text("6h")
        .keys("Enter Enter");
    assert!(hands.sent().is_empty(), "a reason is needed");
    hands.text("reports on one post").keys("Enter y");
    let Verb::Suppress {
        filter,
        until,
        reason,
    } = &hands.command().verb
    else {
        panic!("no suppression");
    };
    assert!(filter.starts_with("chan:"));
    assert!(until.since(now()).as_secs() >= 6 * 3600);
    assert_eq!(reason.as_evidence(), "reports on one post");
}

#[test]
fn a_held_key_acts_once() {
    let mut hands = Hands::with(80, 24, many(3));
    hands.keys("k");
    let press = watchfloor::console::msg::KeyPress {
        chord: Chord::char('u'),
        at: hands.at,
        id: CommandId(uuid::Uuid::from_u128(77)),
        repeat: true,
    };
    hands.msg(Msg::Key(press));
    assert!(hands.sent().is_empty());
}

#[test]
fn attention_is_told_when_it_changes() {
    let mut hands = Hands::with(80, 24, many(1));
    let critical = with(item(900, "Gas smell", 0), |item, _| {
        item.severity = watchfloor::model::severity::Severity::Critical;
    });
    let key = critical.key;
    hands.news(LinkNews::Items(vec![critical]));
    let told = hands.effects.iter().find_map(|effect| match effect {
        Effect::Attention(attention) => Some(attention.clone()),
        _ => None,
    });
    assert!(told.is_some_and(|attention| attention.criticals.contains(&key)));
}

#[test]
fn a_viewer_is_told_what_the_role_lacks() {
    let mut hands = Hands::with(80, 24, many(1));
    let mut info = watch::session();
    info.role = watchfloor::model::officer::Role::Viewer;
    hands.news(LinkNews::Hello(Box::new(info)));
    hands.keys("k a");
    assert!(hands.sent().is_empty());
    assert_eq!(hands.says(), "The role of viewer can look and not take.");
}

#[test]
fn every_key_of_the_floor_does_something_or_says_why_not() {
    for binding in Keymap::default().bindings() {
        if binding.context != Context::Floor {
            continue;
        }
        let mut hands = Hands::evening(80, 24);
        hands.keys("gg k");
        for chord in &binding.keys {
            hands.press(*chord, 300);
        }
        assert!(hands.app.begun.is_empty(), "{:?} hangs", binding.action);
    }
    assert!(table::by_name("take").is_some_and(|e| e.action == Action::Take));
    assert_eq!(Chord::key(Key::Esc).to_string(), "Esc");
}
