//! An officer at four in the morning: what is typed is what is meant, what was done
//! is told with its time and its person, and nothing urgent goes unasked.

use super::*;
use watch::escalation;
use watchfloor::console::keymap::Remap;
use watchfloor::model::item::Author;
use watchfloor::model::severity::Severity;

fn wakes_at(hands: &Hands) -> String {
    match hands.command().verb {
        Verb::Snooze { wake: Wake::At(at) } => at.to_string(),
        ref other => panic!("{other:?}"),
    }
}

/// 03:41 on the floor, an hour ahead of UTC; keys take a few seconds.
#[test]
fn a_time_is_typed_as_plainly_as_a_choice_is_taken() {
    for (typed, at) in [
        ("10m", "2026-11-23T02:51"),
        ("06:30", "2026-11-23T05:30"),
        ("12:00", "2026-11-23T11:00"),
        ("4h", "2026-11-23T06:41"),
        ("1", "2026-11-23T03:41"),
        ("4", "2026-11-23T06:41"),
        ("m", "2026-11-23T06:00"),
        ("mon 9:00", "2026-11-30T08:00"),
        ("noon", "2026-11-23T11:00"),
    ] {
        let mut hands = Hands::with(80, 24, many(3));
        hands.keys("k s").text(typed);
        assert!(
            hands.sent().is_empty(),
            "{typed}: nothing goes before Enter"
        );
        hands.keys("Enter");
        assert_eq!(wakes_at(&hands).get(..16), Some(at), "{typed}");
    }
    let mut hands = Hands::with(80, 24, many(3));
    hands.keys("k s ↓ Enter");
    assert_eq!(wakes_at(&hands).get(..16), Some("2026-11-23T06:41"));
}

#[test]
fn what_was_done_is_told_with_its_time_its_person_and_its_reason() {
    for (keys, says) in [
        ("k s 06:30 Enter", "#3 snoozed until 06:30."),
        ("k @ maria Enter", "#3 assigned to maria."),
        ("k @ press Enter", "#3 assigned to team press."),
        ("k d 4", "#3 resolved: not-ours."),
        ("k p 2", "#3 prioritised as P2."),
        ("k t rumour Enter", "#3 tagged +rumour."),
    ] {
        let mut hands = Hands::with(80, 24, many(3));
        for key in keys.split(' ') {
            match key {
                "Enter" => hands.keys(key),
                word if word.len() > 1 => hands.text(word),
                key => hands.keys(key),
            };
        }
        let news = outcome(&hands, &[]);
        hands.news(LinkNews::Outcome(news));
        assert_eq!(hands.says(), says, "{keys}");
    }
    let mut hands = Hands::with(80, 24, many(4));
    hands.keys("k k Space Space s").text("10m").keys("Enter y");
    let news = outcome(&hands, &[3]);
    hands.news(LinkNews::Outcome(news));
    assert_eq!(hands.says(), "1 snoozed until 03:51, #3 held by officer2");
}

#[test]
fn an_untaken_critical_is_not_resolved_unasked_and_routine_is() {
    let mut hands = Hands::evening(80, 24);
    hands.keys("w d 1");
    assert!(hands.sent().is_empty(), "asked first");
    hands.keys("d Enter");
    assert!(
        hands.sent().is_empty(),
        "by another key than that of the prompt"
    );
    hands.keys("y");
    assert!(matches!(hands.command().verb, Verb::Resolve { .. }));
    let mut mine = evening();
    mine[6].triage.state = State::Taken {
        by: officer("anna"),
        at: minutes_ago(1),
    };
    let mut hands = Hands::with(80, 24, mine);
    hands.keys(":").text("1042").keys("Enter d 1");
    assert_eq!(hands.sent().len(), 1, "mine: the reason is enough");
    hands.keys("Esc k k d 1");
    assert_eq!(hands.sent().len(), 1, "not critical");
}

#[test]
fn what_nobody_took_in_three_quarters_of_its_time_needs_me() {
    let mut hands = Hands::evening(80, 24);
    let needs = |hands: &Hands| -> Vec<u64> {
        let all = hands.app.floor.derived.all_needs();
        all.map(|key| hands.app.floor.board.item(&key).unwrap().id.0)
            .collect()
    };
    assert_eq!(
        needs(&hands),
        [1042, 1043],
        "#1040 is due in 8 of 29 minutes"
    );
    assert!(hands.app.floor.derived.attention.due.is_empty());
    let later = now().plus(std::time::Duration::from_secs(60));
    hands.msg(Msg::Clock(later));
    assert_eq!(needs(&hands), [1042, 1040, 1043]);
    let key = hands.key_of(1040);
    assert!(hands.app.floor.derived.attention.due.contains(&key));
    assert!(
        hands
            .effects
            .iter()
            .any(|effect| matches!(effect, Effect::Attention(_)))
    );
    hands.keys("w w");
    assert_eq!(hands.selected(), Some(1040));
}

#[test]
fn n_goes_through_what_the_filter_left() {
    let mut hands = Hands::evening(80, 24);
    hands
        .keys("/")
        .text("lang:ar or kind:alert or Água")
        .keys("Enter gg");
    assert_eq!(hands.app.stream.rows.len(), 3);
    hands.keys("n");
    assert_eq!(hands.says(), "Match 2 of 3.");
    hands.keys("n n");
    assert_eq!(hands.says(), "That was the last match.");
    hands.keys("N");
    assert_eq!(hands.says(), "Match 2 of 3.");
    hands.keys("0 n");
    assert!(hands.says().starts_with("Nothing was searched for yet"));
}

#[test]
fn a_suppression_begins_with_one_author_or_one_item() {
    let bot = || {
        with(escalation(), |_, content| {
            content.author = Author::default().into();
        })
    };
    let mut items = evening();
    items.push(with(item(1050, "more of it", 1), |_, content| {
        content.author.handle = "noor_w".into();
    }));
    items[7] = bot();
    let mut hands = Hands::with(80, 24, items);
    for (id, says) in [
        (1036, "chan:mastodon author:\"lucia_m\""),
        (1042, "chan:alerts \"WaterPressureLow\""),
        // "noor" is part of "noor_w", and so is the name.
        (1038, "#1038"),
        // Nobody said it.
        (1043, "#1043"),
    ] {
        hands.keys(":").text(&id.to_string()).keys("Enter S");
        let Some(What::Form(form)) = hands.app.overlays.last().map(|o| &o.what) else {
            panic!("no form");
        };
        assert_eq!(form.fields[0].text(), says, "{id}");
        assert_eq!(form.matches, Some(1), "{id}");
        hands.keys("Esc Esc");
    }
}

#[test]
fn help_begins_with_the_few_keys_that_matter_as_they_are_now() {
    let change = |keys: &str, action: &str| Remap {
        keys: keys.to_owned(),
        action: action.to_owned(),
        origin: "config.toml:7".to_owned(),
    };
    let changes = [
        change("a", "none"),
        change("F2", "take"),
        change("w", "none"),
    ];
    for (keymap, keys) in [
        (Keymap::default(), "↑ ↓ Enter Esc w a r d u q"),
        (
            Keymap::with(&changes).unwrap(),
            "↑ ↓ Enter Esc :next-needs-me F2 r d u q",
        ),
    ] {
        let page = help::of(&keymap, Context::Floor, 76);
        assert_eq!(page.lines[0][0].text.as_str(), "To begin with");
        let lines = page.lines[1..9].iter();
        let told: Vec<&str> = lines.map(|line| line[0].text.as_str().trim()).collect();
        assert_eq!(told.join(" "), keys);
    }
}

#[test]
fn w_leaves_what_is_worse_above_its_target_in_sight() {
    let mut items = many(60);
    for item in items.iter_mut().take(4) {
        item.severity = Severity::Critical;
    }
    items[4].content = escalation().content;
    items[4].key = escalation().key;
    let mut hands = Hands::with(80, 24, items);
    hands.keys("G w W");
    assert_eq!(hands.selected(), Some(5), "the least pressing");
    let shown = &hands.app.stream.rows[hands.app.stream.top..];
    let critical = hands.key_of(4);
    assert!(shown.contains(&critical), "{}", hands.drawn());
}
