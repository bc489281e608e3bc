//! The command line: completion, history, numbers, verbs with words, errors.

use super::watch::Hands;
use watchfloor::console::effect::Effect;
use watchfloor::console::msg::{LinkNews, Msg};
use watchfloor::console::state::kept::{Keepsake, Kept};
use watchfloor::console::state::overlay::{Prompt, Topic, What};
use watchfloor::model::command::Verb;
use watchfloor::model::ids::ItemId;
use watchfloor::model::triage::{Resolution, Wake};

fn prompt(hands: &Hands) -> &Prompt {
    match hands.app.overlays.last().map(|o| &o.what) {
        Some(What::Prompt(prompt)) => prompt,
        other => panic!("no line but {other:?}"),
    }
}

fn offered(hands: &Hands) -> Vec<&str> {
    let choices = prompt(hands).choices.iter();
    choices.map(|choice| choice.text.as_str()).collect()
}

fn line(hands: &Hands) -> String {
    prompt(hands).text.text()
}

/// Types a `:` line and enters it.
fn entered(hands: &mut Hands, line: &str) {
    hands.keys(":").text(line).keys("Enter");
}

#[test]
fn names_are_offered_with_their_help_and_keys() {
    let mut hands = Hands::evening(80, 24);
    hands.keys("k :").text("res");
    assert_eq!(
        offered(&hands),
        ["resolve", "resolve-all", "resend", "resync"]
    );
    let resolve = &prompt(&hands).choices[0];
    assert_eq!(
        (resolve.says.as_str(), resolve.keys.as_str()),
        ("resolve, with a reason", "d")
    );
    hands.text("o").keys("Tab");
    assert_eq!(line(&hands), "resolve", "as far as they agree");
    hands.keys("Tab");
    assert_eq!(line(&hands), "resolve-all ", "the only one that is left");
    hands.keys("Ctrl-U").text("needs");
    assert_eq!(
        offered(&hands),
        ["next-needs-me", "previous-needs-me"],
        "a part finds them where no name begins so"
    );
}

#[test]
fn tab_goes_through_the_choices_and_back() {
    let mut hands = Hands::evening(80, 24);
    hands.keys("k :").text("assign ");
    let all = offered(&hands).len();
    assert_eq!(
        offered(&hands),
        ["anna", "officer2", "maria", "press", "water"]
    );
    hands.keys("Tab");
    assert_eq!(line(&hands), "assign anna");
    hands.keys("Tab Tab");
    assert_eq!(line(&hands), "assign maria");
    assert_eq!(
        offered(&hands).len(),
        all,
        "the list stays while one chooses"
    );
    hands.keys("S-Tab");
    assert_eq!(line(&hands), "assign officer2");
    hands.keys("Enter");
    assert!(
        matches!(&hands.command().verb, Verb::Assign { to, .. } if to.to_string() == "officer2")
    );
}

#[test]
fn filters_are_completed_in_both_lines() {
    let mut hands = Hands::evening(80, 24);
    hands.keys("/").text("chan:mas").keys("Tab");
    assert_eq!(line(&hands), "chan:mastodon ");
    assert_eq!(hands.app.stream.rows.len(), 4, "and it is live");
    hands.keys("Esc :").text("filter is:una").keys("Tab");
    assert_eq!(line(&hands), "filter is:unassigned ");
    hands.keys("Ctrl-U").text("filter ki").keys("Tab");
    assert_eq!(line(&hands), "filter kind:");
    assert_eq!(offered(&hands), ["mention", "alert", "escalation"]);
}

#[test]
fn the_arrows_bring_back_what_begins_as_what_is_typed() {
    let mut hands = Hands::evening(80, 24);
    hands.keys("k");
    for line in ["snooze 30m", "history", "snooze 4h"] {
        entered(&mut hands, line);
        hands.keys("Esc");
    }
    hands.keys(":").text("sn").keys("↑");
    assert_eq!(line(&hands), "snooze 4h");
    hands.keys("↑");
    assert_eq!(line(&hands), "snooze 30m");
    hands.keys("↑ ↓ ↓");
    assert_eq!(line(&hands), "sn", "back to what was typed");
}

#[test]
fn what_was_entered_is_kept_and_free_text_and_pastes_are_not() {
    let mut hands = Hands::evening(80, 24);
    hands.keys("k");
    entered(&mut hands, "snooze 30m");
    entered(&mut hands, "note call 555-0117 back");
    hands.keys(":").text("filter ");
    hands.msg(Msg::Paste("maria t.".to_owned()));
    hands.keys("Enter");
    let kept = hands.effects.iter().find_map(|effect| match effect {
        Effect::Keep(Keepsake::Lines(lines)) => Some(lines.clone()),
        _ => None,
    });
    let lines = kept.unwrap();
    assert_eq!(lines.commands, ["snooze 30m"]);
    let kept = Kept {
        lines,
        ..Kept::default()
    };
    let mut later = Hands::remembering(80, 24, kept);
    later.keys(": ↑");
    assert_eq!(line(&later), "snooze 30m");
}

#[test]
fn verbs_take_their_words() {
    let mut hands = Hands::evening(80, 24);
    hands.keys("k");
    entered(&mut hands, "snooze until 07:00");
    let Verb::Snooze { wake: Wake::At(at) } = hands.command().verb else {
        panic!("{:?}", hands.command());
    };
    assert_eq!(
        at.to_string().get(11..16),
        Some("06:00"),
        "07:00 in the floor's zone"
    );
    entered(&mut hands, "snooze next reply");
    assert!(matches!(
        hands.command().verb,
        Verb::Snooze {
            wake: Wake::NextReply { .. }
        }
    ));
    entered(&mut hands, "snooze whenever");
    assert!(hands.sent().is_empty() && hands.says().contains("monday 9:00"));
    entered(&mut hands, "assign watr");
    assert!(hands.sent().is_empty() && hands.says().ends_with("the nearest is water."));
    entered(&mut hands, "assign water");
    assert!(
        matches!(&hands.command().verb, Verb::Assign { to, .. } if to.to_string() == "team water")
    );
    hands.keys("k");
    entered(&mut hands, "resolve duplicate");
    assert_eq!(
        hands.command().verb,
        Verb::Resolve {
            reason: Resolution::Duplicate
        }
    );
    hands.keys("k");
    entered(&mut hands, "tags +water -rumour");
    assert!(
        matches!(&hands.command().verb, Verb::Tag { add, remove } if add.len() == 1 && remove.len() == 1)
    );
    entered(&mut hands, "take it");
    assert_eq!(hands.says(), ":take takes no words behind it.");
}

#[test]
fn a_number_goes_to_an_item_in_the_view_outside_of_it_or_on_the_hub() {
    let mut hands = Hands::evening(80, 24);
    entered(&mut hands, "#1040");
    assert_eq!(hands.selected(), Some(1040));
    hands.keys("Esc");
    entered(&mut hands, "filter kind:alert");
    entered(&mut hands, "1040");
    assert_eq!(hands.selected(), Some(1040));
    assert_eq!(
        hands.says(),
        "#1040 is not in this view; 0 shows all items."
    );
    entered(&mut hands, "77");
    assert!(hands.effects.contains(&Effect::Fetch(ItemId(77))));
    let item = super::item(77, "An old flood", 600);
    hands.news(LinkNews::Fetched {
        id: ItemId(77),
        outcome: Ok(Box::new(item)),
    });
    assert!(matches!(
        hands.app.overlays.last().map(|o| &o.what),
        Some(What::Page(page)) if page.topic == Topic::Archived
    ));
    hands.keys("Esc");
    entered(&mut hands, "78");
    hands.news(LinkNews::Fetched {
        id: ItemId(78),
        outcome: Err("There is no item 78 on your desks.".to_owned()),
    });
    assert_eq!(hands.says(), "There is no item 78 on your desks.");
}

#[test]
fn a_pasted_line_end_enters_nothing() {
    let mut hands = Hands::evening(80, 24);
    hands.keys("k :");
    hands.msg(Msg::Paste("resolve done\nresolve spam\n".to_owned()));
    assert!(hands.sent().is_empty());
    assert_eq!(line(&hands), "resolve done resolve spam ");
}
