//! Guards: what must not answer a question, what must not be lost, what leaves
//! the console only when it is asked for.

use std::time::Duration;

use super::many;
use super::watch::{Hands, officer};
use watchfloor::console::effect::Effect;
use watchfloor::console::keymap::{Chord, Key, Keymap, Preset, Remap};
use watchfloor::console::msg::{LinkNews, Msg};
use watchfloor::console::state::kept::{Keepsake, Kept, KeptDraft};
use watchfloor::console::state::overlay::{Topic, What};
use watchfloor::model::command::{Outcome, Verb, VerbName};
use watchfloor::model::event::{Actor, Body, Cause, Event};
use watchfloor::model::ids::Seq;

fn kept_drafts(hands: &Hands) -> Option<Vec<KeptDraft>> {
    hands.effects.iter().rev().find_map(|effect| match effect {
        Effect::Keep(Keepsake::Drafts(drafts)) => Some(drafts.clone()),
        _ => None,
    })
}

#[test]
fn a_key_that_is_held_down_answers_no_question_on_any_terminal() {
    let mut hands = Hands::with(80, 24, many(4));
    hands.keys("* x");
    for _ in 0..40 {
        hands.press(Chord::char('y'), 33);
    }
    assert!(hands.sent().is_empty(), "held since the question opened");
    hands.keys("y");
    assert_eq!(hands.command().verb, Verb::Release);
}

#[test]
fn enter_space_and_the_opening_key_never_answer_in_any_preset() {
    for preset in Preset::ALL {
        let keymap = Keymap::of(preset, &[]).unwrap();
        let mut hands = Hands::with(80, 24, many(4));
        hands.app.settings.keymap = keymap;
        hands.keys(":").text("mark-all").keys("Enter");
        hands.keys(":").text("take").keys("Enter");
        for key in [
            Key::Enter,
            Key::Char(' '),
            Key::Tab,
            Key::Char('t'),
            Key::Char('a'),
        ] {
            hands.press(Chord::key(key), 400);
            assert!(hands.sent().is_empty(), "{preset:?} {key:?}");
        }
        hands.keys("y");
        assert_eq!(hands.command().targets.len(), 4, "{preset:?}");
    }
}

#[test]
fn more_than_twenty_five_want_their_count_though_the_same_digit_comes_twice() {
    let mut hands = Hands::with(80, 24, many(33));
    hands.keys("* a").text("33").keys("y");
    assert!(
        hands.sent().is_empty(),
        "digits are ignored for a moment as well"
    );
    hands.text("x33").keys("y");
    assert_eq!(hands.command().targets.len(), 33);
}

#[test]
fn a_draft_outlives_the_console_and_is_wiped_when_submitted() {
    let mut hands = Hands::with(80, 24, many(3));
    hands.keys("k c").text("half a");
    let drafts = kept_drafts(&hands).expect("kept while it is typed");
    assert_eq!(drafts[0].text, "half a");
    let kept = Kept {
        drafts,
        ..Kept::default()
    };
    let mut later = Hands::remembering(80, 24, kept);
    later.keys(":").text("3").keys("Enter");
    assert!(later.app.drafts.has(later.key_of(3)));
    later.keys("c").text(" note").keys("Ctrl-X y");
    assert_eq!(later.command().note.as_evidence(), "half a note");
    assert_eq!(kept_drafts(&later), Some(Vec::new()), "wiped");
}

#[test]
fn the_editor_moves_by_words_undoes_and_takes_pastes_whole() {
    let mut hands = Hands::with(80, 24, many(1));
    hands.keys("k c").text("crew en route");
    hands.keys("Ctrl-← Ctrl-W").text("is");
    hands.keys("Space");
    hands.msg(Msg::Paste("y\r\n\u{1b}[2Jq".to_owned()));
    assert!(hands.sent().is_empty(), "a line end submits nothing");
    hands.keys("Ctrl-X u");
    hands.keys("Ctrl-X y");
    assert_eq!(hands.command().note.as_evidence(), "crew is route");
}

#[test]
fn copying_is_explicit_clean_and_says_so() {
    let mut hands = Hands::evening(80, 24);
    hands.keys(":").text("1041").keys("Enter y");
    let copied = |hands: &Hands| {
        hands.effects.iter().find_map(|effect| match effect {
            Effect::Copy(text) => Some(text.clone()),
            _ => None,
        })
    };
    let text = copied(&hands).unwrap();
    assert!(text.starts_with("#1041 low mention · mastodon"));
    assert!(
        !text
            .chars()
            .any(|c| c != '\n' && watchfloor::text::is_forbidden(c)),
        "{text:?}"
    );
    assert_eq!(
        hands.says(),
        "Copied #1041, as far as the terminal lets it."
    );
    hands.keys(":").text("1040").keys("Enter y");
    let arabic = copied(&hands).unwrap();
    assert!(
        arabic.contains("الماء بني اللون في شارع Main"),
        "logical order: {arabic}"
    );
    hands.keys("Y");
    assert!(copied(&hands).is_none() && hands.says().contains("without a link"));
    hands.keys("Esc * y");
    assert!(
        copied(&hands).unwrap().contains("#1043"),
        "all that are marked"
    );
    hands.keys("? y");
    assert!(
        copied(&hands).unwrap().contains("this help"),
        "the page on top"
    );
}

#[test]
fn a_link_is_shown_whole_with_its_host_and_copied() {
    let mut items = many(1);
    std::sync::Arc::make_mut(&mut items[0].content).url =
        "https://city.example@evil.example/water".into();
    let mut hands = Hands::with(80, 24, items);
    hands.keys("k o");
    assert!(matches!(
        hands.app.overlays.last().map(|o| &o.what),
        Some(What::Page(page)) if matches!(page.topic, Topic::Links(_))
    ));
    hands.keys("y");
    assert_eq!(
        hands.effects,
        [Effect::Copy(
            "https://city.example@evil.example/water".to_owned()
        )]
    );
}

#[test]
fn help_is_narrowed_by_words_and_shows_the_officers_own_keys() {
    let mut hands = Hands::with(80, 24, many(1));
    hands.app.settings.keymap = Keymap::with(&[Remap {
        keys: "F2".to_owned(),
        action: "snooze".to_owned(),
        origin: "config.toml:7".to_owned(),
    }])
    .unwrap();
    hands.keys("? /").text("until a time");
    let Some(What::Page(page)) = hands.app.overlays.last().map(|o| &o.what) else {
        panic!("no page");
    };
    let (_, lines) = watchfloor::console::state::document::topic::of(&hands.app, page, 70);
    let text: Vec<String> = lines
        .lines
        .iter()
        .map(|line| line.iter().map(|span| span.text.as_str()).collect())
        .collect();
    assert_eq!(text.len(), 2, "{text:?}");
    assert!(
        text[1].contains("s F2") && text[1].contains("(your key)"),
        "{text:?}"
    );
    hands.keys("Enter Esc Esc");
    assert!(hands.app.overlays.is_empty());
}

#[test]
fn marks_ranges_and_the_verbs_that_go_wide() {
    let mut hands = Hands::with(80, 24, many(9));
    hands.keys("gg v j j v");
    assert_eq!(hands.app.marks.len(), 3);
    hands.keys("p2");
    assert!(hands.sent().is_empty(), "three are asked about");
    hands.keys("y");
    hands.keys(".");
    assert_eq!(
        hands.command().verb.name(),
        VerbName::Prioritise,
        "the same here, at once"
    );
    hands.keys("D 1 y");
    assert_eq!(
        hands.command().targets.len(),
        9,
        "all that the filter shows"
    );
    hands.keys("Z");
    assert_eq!(hands.command().verb.name(), VerbName::Reopen);
}

#[test]
fn a_time_is_typed_and_ctrl_u_takes_it_back() {
    let mut hands = Hands::with(80, 24, many(4));
    hands.keys("g g s").text("12:00");
    assert!(hands.sent().is_empty(), "1 is the beginning of a time");
    hands
        .keys("Ctrl-U")
        .text("14:x")
        .keys("Enter Ctrl-U")
        .text("12:00");
    assert!(hands.sent().is_empty());
    hands.keys("Enter");
    assert_eq!(hands.command().verb.name(), VerbName::Snooze);
}

#[test]
fn letters_take_the_place_of_the_filter_in_force_and_other_keys_go_on_with_it() {
    let mut hands = Hands::with(80, 24, many(4));
    let source = |hands: &Hands| {
        let filter = hands.app.views.now().filter.clone();
        filter.map(|filter| filter.source().to_owned())
    };
    hands
        .keys("/")
        .text("water")
        .keys("Enter /")
        .text("gas")
        .keys("Enter");
    assert_eq!(source(&hands).as_deref(), Some("gas"));
    hands.keys("/ End").text(" leak").keys("Enter");
    assert_eq!(source(&hands).as_deref(), Some("gas leak"));
    hands.keys("Esc");
    let says = hands.app.notice.clone().unwrap().says;
    assert!(says.ends_with("takes the filter off."), "{says}");
}

#[test]
fn a_shortened_name_is_taken_where_it_can_only_mean_one() {
    let mut hands = Hands::with(80, 24, many(4));
    hands.keys(":").text("q").keys("Enter");
    assert!(hands.effects.contains(&Effect::Quit));
    hands.keys(":").text("re").keys("Enter");
    let says = hands.app.notice.clone().unwrap().says;
    assert!(says.contains("no command of that name"), "{says}");
}

/// The hub's fact that I took what the cursor is on, by the last key.
fn took(hands: &mut Hands) {
    let item = hands.app.selected().unwrap();
    let seq = Seq(hands.app.floor.board.head().0.max(3000) + 1);
    let event = Event {
        seq,
        at: hands.at,
        actor: Actor::Officer(officer("anna")),
        cause: Cause::Command(hands.pressed()),
        key: Some(item.key),
        id: Some(item.id),
        desk: Some(item.desk.clone()),
        body: Body::ItemTaken,
    };
    let outcome = Outcome {
        command: hands.pressed(),
        verb: VerbName::Take,
        seq: None,
        items: Vec::new(),
        refused: None,
    };
    hands.news(LinkNews::Events {
        events: vec![event],
        to: seq,
    });
    hands.news(LinkNews::Outcome(outcome));
}

fn later(hands: &mut Hands, seconds: u64) {
    hands.at = hands.at.plus(Duration::from_secs(seconds));
    let now = hands.at;
    hands.msg(Msg::Clock(now));
}

#[test]
fn undo_of_the_last_minute_is_instant_and_of_what_is_older_it_asks_by_name() {
    let mut hands = Hands::with(80, 24, many(4));
    hands.keys("k k a");
    took(&mut hands);
    later(&mut hands, 50);
    hands.keys("u");
    assert_eq!(hands.command().verb, Verb::Undo, "it is fresh");

    let mut hands = Hands::with(80, 24, many(4));
    hands.keys("k k a");
    took(&mut hands);
    later(&mut hands, 12 * 60);
    hands.keys("u");
    assert!(hands.sent().is_empty(), "{:?}", hands.sent());
    let screen = hands.drawn();
    assert!(
        screen.contains("#3 taken, 12 minutes ago (03:41)."),
        "{screen}"
    );
    hands.keys("u Enter");
    assert!(
        hands.sent().is_empty(),
        "neither the same key nor Enter answers"
    );
    hands.keys("y");
    assert_eq!(hands.command().verb, Verb::Undo);
}

#[test]
fn undo_of_what_was_before_the_console_asks_too() {
    let mut hands = Hands::with(80, 24, many(4));
    hands.keys("u");
    assert!(hands.sent().is_empty(), "{:?}", hands.sent());
    let screen = hands.drawn();
    assert!(screen.contains("before this console began"), "{screen}");
    hands.keys("n");
    assert!(hands.app.overlays.is_empty());
    hands.keys("u y");
    assert_eq!(hands.command().verb, Verb::Undo);
}

#[test]
fn undo_that_was_agreed_to_takes_back_that_act_and_none_after_it() {
    let mut hands = Hands::with(80, 24, many(4));
    hands.keys("k k a");
    took(&mut hands);
    later(&mut hands, 12 * 60);
    hands.keys("u");
    // In another console of mine.
    took(&mut hands);
    hands.keys("y");
    assert!(hands.sent().is_empty(), "{:?}", hands.sent());
    assert!(
        hands.says().starts_with("Something else"),
        "{}",
        hands.says()
    );
}

#[test]
fn enter_pressed_before_a_list_was_there_chooses_nothing() {
    let mut hands = Hands::with(80, 24, many(4));
    hands.keys("k k d");
    hands.press(Chord::key(Key::Enter), 180);
    assert!(hands.sent().is_empty(), "{:?}", hands.sent());
    assert!(matches!(hands.app.overlays[0].what, What::Picker(_)));
    hands.keys("Enter");
    assert_eq!(hands.command().verb.name(), VerbName::Resolve);

    let mut hands = Hands::with(80, 24, many(4));
    hands.keys("k k d");
    hands.press(Chord::char('1'), 60);
    assert_eq!(
        hands.command().verb.name(),
        VerbName::Resolve,
        "known by heart"
    );
}
