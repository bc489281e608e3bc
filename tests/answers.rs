//! Answering people from the keyboard: what the editor tells before one types,
//! what leaves, what comes back, and that no words are ever lost.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::duration_suboptimal_units,
    unreachable_pub,
    reason = "a test fails by panicking, and its made-up evening is a table"
)]

mod watch;

use std::collections::BTreeMap;
use std::fmt::Write;
use std::time::Duration;

use watch::{Hands, evening, item, now, officer, with};
use watchfloor::console::effect::Effect;
use watchfloor::console::keymap::Chord;
use watchfloor::console::msg::LinkNews;
use watchfloor::console::state::kept::{Keepsake, Kept};
use watchfloor::console::state::overlay::What;
use watchfloor::model::command::{ItemOutcome, Outcome, Refusal, RefusalCode, Verb, VerbName};
use watchfloor::model::event::{Actor, Body, Cause, Event};
use watchfloor::model::ids::{ChannelName, CommandId, ItemId, Seq};
use watchfloor::model::item::Item;
use watchfloor::model::length::Count;
use watchfloor::model::mark::{Delivered, Mark};
use watchfloor::model::outgoing::{
    Act, Canned, Manner, Named, Outgoing, Piece, Reach, Rules, Stage, Typing, Visibility,
};

fn rules() -> Rules {
    Rules {
        max_text: Some(60),
        count: Count::Chars,
        visibility: Visibility::Public,
        window: Some(Duration::from_hours(24)),
        ..Rules::default()
    }
}

fn outward() -> LinkNews {
    let acts = |acts: &[Act]| -> BTreeMap<Act, Vec<Manner>> {
        let manner = |act: &Act| (*act, vec![Manner::of(rules())]);
        acts.iter().map(manner).collect()
    };
    let bluesky = vec![
        Manner {
            only: BTreeMap::from([("kind".to_owned(), "dm".to_owned())]),
            ..Manner::of(Rules {
                max_text: Some(10),
                ..Rules::default()
            })
        },
        Manner {
            prefix: vec![
                Piece::Words("@".to_owned()),
                Piece::Field(Named::AuthorHandle),
                Piece::Words(" ".to_owned()),
            ],
            ..Manner::of(rules())
        },
    ];
    let channel = |name| ChannelName::new(name).unwrap();
    let canned = |name: &str, lang: Option<&str>, text: &str| Canned {
        name: name.to_owned(),
        lang: lang.map(str::to_owned),
        text: text.to_owned(),
    };
    LinkNews::Outward {
        reach: Reach {
            hold: Duration::from_secs(10),
            channels: BTreeMap::from([
                (channel("mastodon"), acts(&[Act::Reply])),
                (
                    channel("chatbot"),
                    acts(&[Act::Reply, Act::TakeOver, Act::HandBack]),
                ),
                (channel("alerts"), acts(&[Act::Silence])),
                (channel("bluesky"), BTreeMap::from([(Act::Reply, bluesky)])),
            ]),
        },
        canned: vec![
            canned(
                "water-advice",
                Some("en"),
                "{author}, boil it for a minute.",
            ),
            canned("water-advice", Some("ar"), "يرجى غلي الماء لمدة دقيقة."),
            canned("thanks", None, "Thank you. Your case is {id}."),
        ],
    }
}

/// An evening with channels that take answers, the cursor on the first item
/// whose number is given.
fn at(id: u64, (cols, rows): (u16, u16)) -> Hands {
    let mut hands = Hands::evening(cols, rows);
    hands.news(outward());
    hands.keys(":").text(&id.to_string()).keys("Enter");
    hands
}

fn change(hands: &mut Hands, id: u64, actor: Actor, body: Body) {
    let cause = Cause::Command(hands.pressed());
    caused(hands, id, (actor, cause), body);
}

fn caused(hands: &mut Hands, id: u64, (actor, cause): (Actor, Cause), body: Body) {
    let item = hands.app.floor.board.by_id(ItemId(id)).unwrap();
    let seq = Seq(hands.app.floor.board.head().0.max(3000) + 1);
    let event = Event {
        seq,
        at: hands.at,
        actor,
        cause,
        key: Some(item.key),
        id: Some(item.id),
        desk: Some(item.desk.clone()),
        body,
    };
    hands.news(LinkNews::Events {
        events: vec![event],
        to: seq,
    });
}

/// The hub holds what the last keys sent.
fn held(hands: &mut Hands, id: u64) -> CommandId {
    let command = hands.command().clone();
    let Verb::Send { act, text, until } = command.verb else {
        panic!("{command:?}");
    };
    let outgoing = Outgoing {
        id: command.id,
        act,
        text,
        until,
        by: officer("anna"),
        at: hands.at,
        stage: Stage::Held {
            until: hands.at.plus(Duration::from_secs(10)),
        },
        mark: None,
    };
    let me = Actor::Officer(officer("anna"));
    let outgoing = Box::new(outgoing);
    change(hands, id, me, Body::OutgoingHeld { outgoing });
    command.id
}

fn editor(hands: &Hands) -> Option<String> {
    match hands.app.overlays.last().map(|top| &top.what) {
        Some(What::Editor(editor)) => Some(editor.text.text()),
        _ => None,
    }
}

#[test]
fn r_writes_ctrl_x_y_sends_and_u_keeps_the_words_for_r() {
    let mut hands = at(1036, (80, 24));
    hands.keys("r");
    let on = hands.key_of(1036);
    let typing = Some(Typing { on, answer: true });
    assert!(hands.effects.contains(&Effect::Typing(typing)));
    hands.text("Crew en route.");
    let screen = hands.drawn();
    assert!(
        screen.contains("Answer to #1036 · mastodon · public · until"),
        "{screen}"
    );
    assert!(screen.contains("14 of 60 letters"), "{screen}");
    hands.keys("Ctrl-X y");
    let command = hands.command().clone();
    assert_eq!(
        (command.verb, command.targets[0].version),
        (
            Verb::Send {
                act: Act::Reply,
                text: "Crew en route.".into(),
                until: None
            },
            Some(0)
        )
    );
    let outgoing = held(&mut hands, 1036);
    let screen = hands.drawn();
    assert!(screen.contains("u takes it back"), "{screen}");
    hands.keys("u");
    assert_eq!(hands.command().verb, Verb::Undo);
    let me = Actor::Officer(officer("anna"));
    change(&mut hands, 1036, me, Body::OutgoingWithdrawn { outgoing });
    assert_eq!(editor(&hands), None, "the next key is the floor's");
    let undone = Outcome {
        command: hands.pressed(),
        verb: VerbName::Undo,
        seq: None,
        items: vec![ItemOutcome {
            key: on,
            id: Some(ItemId(1036)),
            refused: None,
        }],
        refused: None,
    };
    hands.news(LinkNews::Outcome(undone));
    assert_eq!(
        hands.says(),
        "Taken back; nothing left. r opens your words again."
    );
    hands.keys("r");
    assert_eq!(editor(&hands).as_deref(), Some("Crew en route."));
}

#[test]
fn what_is_taken_back_opens_no_editor_under_other_keys() {
    let mut hands = at(1036, (80, 24));
    hands.keys("r").text("Crew en route.").keys("Ctrl-X y");
    let outgoing = held(&mut hands, 1036);
    hands.keys("u");
    let cause = Cause::Command(hands.pressed());
    hands.keys("J");
    let me = Actor::Officer(officer("anna"));
    caused(
        &mut hands,
        1036,
        (me, cause),
        Body::OutgoingWithdrawn { outgoing },
    );
    assert_eq!(editor(&hands), None);
    assert!(
        hands.says().contains("r there opens its words"),
        "{}",
        hands.says()
    );
    hands.keys("Esc");
    assert!(hands.drawn().contains('¶'), "{}", hands.drawn());
    hands.keys("k r");
    assert_eq!(editor(&hands).as_deref(), Some("Crew en route."));
}

#[test]
fn a_draft_or_somebody_who_waits_is_asked_about() {
    let mut hands = at(1043, (80, 24));
    hands.keys("r").text("Please call").keys("Esc d 1");
    assert!(hands.sent().is_empty(), "{:?}", hands.sent());
    let screen = hands.drawn();
    assert!(
        screen.contains("You wrote to it and did not send it"),
        "{screen}"
    );
    hands.keys("n s 4 Enter");
    assert!(hands.sent().is_empty(), "{:?}", hands.sent());
    let screen = hands.drawn();
    assert!(
        screen.contains("Somebody waits for an answer there, for 5m"),
        "{screen}"
    );
    hands.keys("y");
    assert!(matches!(hands.command().verb, Verb::Snooze { .. }));
    hands.keys("r");
    assert_eq!(
        editor(&hands).as_deref(),
        Some("Please call"),
        "it stays mine"
    );
}

#[test]
fn too_long_blank_stale_and_refused_cost_no_words() {
    let mut hands = at(1036, (80, 24));
    hands.keys("r Ctrl-X y");
    assert!(hands.sent().is_empty());
    assert!(hands.says().contains("needs words"));
    hands.text(&"x".repeat(61)).keys("Ctrl-X y");
    assert!(hands.sent().is_empty());
    assert_eq!(hands.says(), "61 of 60 letters: 1 too many: shorten it.");
    hands.keys("Backspace");
    hands.news(LinkNews::Stale { since: now() });
    hands.keys("Ctrl-X y");
    assert!(hands.sent().is_empty());
    assert!(hands.says().contains("may be old"), "{}", hands.says());
    assert_eq!(editor(&hands).unwrap().len(), 60);
    hands.news(LinkNews::CaughtUp);
    hands.keys("Ctrl-X y");
    let command = hands.command().id;
    hands.news(LinkNews::Outcome(Outcome {
        command,
        verb: VerbName::Send,
        seq: None,
        items: Vec::new(),
        refused: Some(Refusal::new(RefusalCode::Stale, "officer2 answered it.")),
    }));
    assert!(editor(&hands).is_none());
    assert_eq!(hands.says(), "officer2 answered it.");
    hands.keys("r");
    assert_eq!(editor(&hands).unwrap().len(), 60, "the draft is kept");
}

#[test]
fn a_draft_outlives_the_console_as_an_answer() {
    let mut hands = at(1036, (80, 24));
    hands.keys("r").text("Crew en");
    let kept = hands.effects.iter().rev().find_map(|effect| match effect {
        Effect::Keep(Keepsake::Drafts(drafts)) => Some(drafts.clone()),
        _ => None,
    });
    let drafts = kept.expect("each letter is kept");
    let mut hands = Hands::remembering(
        80,
        24,
        Kept {
            drafts,
            ..Kept::default()
        },
    );
    hands.news(outward());
    hands.keys(":").text("1036").keys("Enter c");
    assert_eq!(editor(&hands).as_deref(), Some(""), "a note is no answer");
    hands.keys("Esc r");
    assert_eq!(editor(&hands).as_deref(), Some("Crew en"));
}

#[test]
fn kept_replies_come_in_the_language_asked_and_filled_in() {
    let mut hands = at(1040, (80, 24));
    hands.keys("R");
    let screen = hands.drawn();
    let first = screen
        .lines()
        .find(|line| line.contains("water-advice"))
        .unwrap();
    assert!(first.contains("ar ·"), "{screen}");
    hands.keys("Esc Esc");
    let mut hands = at(1043, (80, 24));
    hands.keys("R ↓ ↓ Enter");
    assert_eq!(
        editor(&hands).as_deref(),
        Some("Thank you. Your case is #1043.")
    );
    hands.keys("Ctrl-X y");
    assert_eq!(hands.command().verb.name(), VerbName::Send);
}

#[test]
fn the_published_correction_of_its_claim_is_the_first_kept_reply() {
    let mut hands = Hands::with(100, 30, watch::insight::storm());
    hands.news(outward());
    hands.keys(":").text("1050").keys("Enter R");
    let screen = hands.drawn();
    let row = |words: &str| {
        screen
            .lines()
            .position(|line| line.contains(words))
            .unwrap()
    };
    assert!(row("correction") < row("water-advice"), "{screen}");
    hands.keys("Enter");
    assert_eq!(
        editor(&hands).as_deref(),
        Some("No, the tap water does not burn: what the tests show https://facts.example/shower")
    );
}

#[test]
fn what_did_not_go_out_says_so_and_comes_back_by_r() {
    let mut hands = at(1036, (80, 24));
    hands.keys("r").text("Crew en route.").keys("Ctrl-X y");
    let outgoing = held(&mut hands, 1036);
    change(
        &mut hands,
        1036,
        Actor::Hub,
        Body::OutgoingLeft {
            outgoing,
            attempt: 1,
        },
    );
    let why = "The post was deleted.".into();
    change(
        &mut hands,
        1036,
        Actor::Hub,
        Body::OutgoingFailed { outgoing, why },
    );
    assert!(hands.says().contains("was not sent"), "{}", hands.says());
    hands.keys("Enter");
    let screen = hands.drawn();
    assert!(
        screen.contains("not sent: The post was deleted."),
        "{screen}"
    );
    hands.keys("r");
    assert_eq!(editor(&hands).as_deref(), Some("Crew en route."));
}

#[test]
fn a_bot_is_told_to_be_silent_and_an_alert_to_be_quiet() {
    let mut hands = at(1043, (80, 24));
    hands.keys("b t");
    let Verb::Send { act, .. } = hands.command().verb else {
        panic!()
    };
    assert_eq!(act, Act::TakeOver);
    let mut hands = at(1042, (80, 24));
    hands.keys(":").text("silence 2h valve work").keys("Enter");
    let Verb::Send { act, text, until } = hands.command().verb.clone() else {
        panic!()
    };
    assert_eq!((act, text.as_evidence()), (Act::Silence, "valve work"));
    assert!(until.unwrap() > now().plus(Duration::from_secs(7000)));
    hands.keys("r");
    assert_eq!(
        hands.says(),
        "alerts takes no replies from here. Keys do nothing until you pause; Esc ends that."
    );
}

#[test]
fn conversations_are_listed_by_who_waits_longest() {
    let other = with(item(1044, "Hello?", 30), |item, content| {
        let escalation = watch::escalation();
        content.kind = escalation.content.kind;
        content.channel = escalation.content.channel.clone();
        content.author.name = "Omar".into();
        item.severity = escalation.severity;
    });
    let mut items: Vec<Item> = evening();
    items.push(other);
    let mut hands = Hands::with(80, 24, items);
    hands.news(outward());
    hands.keys("g c");
    let screen = hands.drawn();
    assert!(
        screen.contains("Conversations, the longest waiting first: 2"),
        "{screen}"
    );
    assert!(
        screen.contains("30m waiting · nobody's · Omar: Hello?"),
        "{screen}"
    );
    let (_, list) = screen.split_once("Conversations,").unwrap();
    assert!(list.find("#1044") < list.find("#1043"), "{screen}");
    hands.keys("Enter");
    assert_eq!(hands.selected(), Some(1044));
}

#[test]
fn screens() {
    let mut all = String::new();
    for size in [(60, 20), (80, 24), (120, 40), (200, 50)] {
        let mut hands = at(1043, size);
        hands
            .keys("r")
            .text("Please call 555-0117 now. Drink no tap water.");
        write!(all, "== the editor, {size:?}\n{}", hands.drawn()).unwrap();
        hands.keys("Ctrl-X y");
        let outgoing = held(&mut hands, 1043);
        hands.keys("Enter");
        write!(all, "== held, {size:?}\n{}", hands.drawn()).unwrap();
        change(
            &mut hands,
            1043,
            Actor::Hub,
            Body::OutgoingLeft {
                outgoing,
                attempt: 1,
            },
        );
        let why = "The connection broke before the answer came.".into();
        change(
            &mut hands,
            1043,
            Actor::Hub,
            Body::OutgoingUnsure { outgoing, why },
        );
        write!(all, "== unsure, {size:?}\n{}", hands.drawn()).unwrap();
        hands.keys("g c");
        write!(all, "== conversations, {size:?}\n{}", hands.drawn()).unwrap();
    }
    insta::with_settings!({ prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::assert_snapshot!("answers", all);
    });
}

#[test]
fn nobody_is_given_back_to_the_bot_unasked() {
    let mut hands = at(1043, (80, 24));
    hands.keys("b r");
    let screen = hands.drawn();
    assert!(screen.contains("Return to the bot"), "{screen}");
    assert!(screen.contains("asked for a person"), "{screen}");
    hands.keys("Enter");
    assert!(hands.sent().is_empty(), "never by Enter");
    hands.keys("y");
    let Verb::Send { act, .. } = hands.command().verb else {
        panic!()
    };
    assert_eq!(act, Act::HandBack);
    let mut hands = at(1043, (80, 24));
    hands.keys("b r");
    hands.news(LinkNews::Down {
        since: now(),
        why: "The hub closed the link.".to_owned(),
    });
    hands.keys("y");
    assert!(hands.sent().is_empty(), "what is seen may be old by now");
}

#[test]
fn letters_that_are_typed_to_answer_never_act_on_the_floor() {
    let mut hands = at(1043, (80, 24));
    hands.keys("b t");
    held(&mut hands, 1043);
    hands.keys("r").text("Good evening, do not worry.");
    assert_eq!(
        editor(&hands).as_deref(),
        Some("Good evening, do not worry.")
    );
    hands.keys("Ctrl-X y");
    held(&mut hands, 1043);
    hands.keys("r").text("More.").keys("Ctrl-X y");
    assert!(hands.sent().is_empty());
    assert!(
        hands.says().contains("has not left yet"),
        "{}",
        hands.says()
    );
    assert_eq!(editor(&hands).as_deref(), Some("More."));
}

#[test]
fn what_became_of_an_answer_is_told_beside_it_and_a_failure_brings_it_back() {
    let mut hands = at(1036, (90, 40));
    hands.keys("r").text("Crew en route.").keys("Ctrl-X y");
    let outgoing = held(&mut hands, 1036);
    let attempt = 1;
    let body = Body::OutgoingLeft { outgoing, attempt };
    change(&mut hands, 1036, Actor::Hub, body);
    let body = Body::OutgoingSent {
        outgoing,
        external_id: "a9".into(),
        url: "https://square.example/a9".into(),
    };
    change(&mut hands, 1036, Actor::Hub, body);
    assert_eq!(hands.says(), "The reply to #1036 was sent.");
    hands.keys("Enter");
    let mastodon = Actor::Source(ChannelName::new("mastodon").unwrap());
    let at = hands.at;
    let mut mark = Mark {
        status: Delivered::Delivered,
        at,
        says: "".into(),
    };
    for status in [Delivered::Delivered, Delivered::Read] {
        mark.status = status;
        let mark = mark.clone();
        let body = Body::OutgoingMarked { outgoing, mark };
        change(&mut hands, 1036, mastodon.clone(), body);
        let screen = hands.drawn();
        let line = screen.lines().find(|line| line.contains("sent at"));
        let line = line.unwrap_or_else(|| panic!("{screen}"));
        assert!(line.contains(&format!("· {} ", status.word())), "{line}");
    }
    let mut hands = self::at(1036, (90, 40));
    hands.keys("r").text("Crew en route.").keys("Ctrl-X y");
    let outgoing = held(&mut hands, 1036);
    let body = Body::OutgoingLeft { outgoing, attempt };
    change(&mut hands, 1036, Actor::Hub, body);
    let (external_id, url) = ("a9".into(), "".into());
    let body = Body::OutgoingSent {
        outgoing,
        external_id,
        url,
    };
    change(&mut hands, 1036, Actor::Hub, body);
    mark.status = Delivered::Failed;
    mark.says = "The phone is \u{1b}[2Joff.".into();
    let body = Body::OutgoingMarked { outgoing, mark };
    change(&mut hands, 1036, mastodon, body);
    let says = "The reply to #1036 did not arrive: open it to see why.";
    assert_eq!(hands.says(), says);
    hands.keys("Enter");
    let screen = hands.drawn();
    assert!(screen.contains("did not arrive, told"), "{screen}");
    assert!(screen.contains("Back on top since"), "{screen}");
    hands.keys("r");
    assert_eq!(editor(&hands).as_deref(), Some("Crew en route."));
}

#[test]
fn the_editor_counts_as_the_manner_that_will_be_used() {
    let mut hands = at(1037, (100, 30));
    hands.keys("r").text("hello");
    let screen = hands.drawn();
    assert!(screen.contains("#1037 · bluesky · public"), "{screen}");
    assert!(
        screen.contains("16 of 60 letters with @rui.costa"),
        "{screen}"
    );
    hands.text(&"x".repeat(45)).keys("Ctrl-X y");
    assert!(hands.sent().is_empty());
    assert!(hands.says().contains("1 too many"), "{}", hands.says());
    hands.keys("Backspace Ctrl-X y");
    let Verb::Send { text, .. } = hands.command().verb.clone() else {
        panic!()
    };
    assert_eq!(text.len(), 49, "the words alone are sent");
    let dm = with(item(1044, "In private", 3), |_, content| {
        content.channel = ChannelName::new("bluesky").unwrap();
        content.extra.insert("kind".to_owned(), "dm".into());
    });
    let mut hands = Hands::with(100, 30, vec![dm]);
    hands.news(outward());
    hands.keys(":").text("1044").keys("Enter r").text("hello");
    let screen = hands.drawn();
    assert!(screen.contains("#1044 · bluesky · private"), "{screen}");
    assert!(screen.contains("5 of 10 letters"), "{screen}");
}

#[test]
fn letters_typed_after_an_editor_that_did_not_open_do_nothing() {
    let refusal = "Keys do nothing until you pause; Esc ends that.";
    for (id, key) in [(1042, "r"), (1042, "R"), (1039, "r")] {
        let mut hands = at(id, (100, 30));
        let before = hands.app.overlays.len();
        hands.keys(key);
        assert!(hands.says().ends_with(refusal), "{}", hands.says());
        let mut effects = Vec::new();
        for c in "take it d1 and add u, Q c:quit ".chars() {
            hands.press(Chord::char(c), 200);
            effects.append(&mut hands.effects);
        }
        hands.keys("Enter Ctrl-X y Enter");
        effects.append(&mut hands.effects);
        assert!(effects.is_empty(), "{key}: {effects:?}");
        assert_eq!(
            (hands.app.overlays.len(), hands.selected()),
            (before, Some(id))
        );
        assert!(hands.says().ends_with(refusal), "it stays to be read");
        // A pause, and keys are keys again.
        assert!(hands.app.marks.is_empty());
        hands.press(Chord::char(' '), 800);
        assert!(
            !hands.app.marks.is_empty(),
            "{id} {key} {:?} {} {:?}",
            hands.app.deaf,
            hands.says(),
            hands.app.overlays
        );
    }
    // Esc and arrows are no letters.
    let mut hands = at(1042, (100, 30));
    hands.keys("r Esc").press(Chord::char('a'), 50);
    assert_eq!(hands.command().verb.name(), VerbName::Take);
    let mut hands = at(1042, (100, 30));
    hands.keys("Esc r ↓");
    assert_ne!(hands.selected(), Some(1042));
    // What was frozen first is answered by the same key at once.
    let mut hands = Hands::evening(100, 30);
    hands.news(outward());
    hands.keys("r");
    assert!(hands.says().starts_with("Frozen on"), "{}", hands.says());
    hands.press(Chord::char('a'), 100);
    assert!(hands.sent().is_empty());
    hands.keys("Esc r").press(Chord::char('r'), 100);
    assert!(editor(&hands).is_some(), "{}", hands.says());
}
