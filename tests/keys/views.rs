//! Saved views, the palette, the box of what can follow, and the search in the
//! history.

use super::watch::{Hands, item, now};
use std::time::Duration;
use watchfloor::console::effect::Effect;
use watchfloor::console::msg::{Hit, LinkNews, Msg};
use watchfloor::console::state::found::Phase;
use watchfloor::console::state::kept::{Keepsake, Kept};
use watchfloor::console::state::overlay::What;
use watchfloor::console::state::overlay::palette::Palette;
use watchfloor::model::command::VerbName;
use watchfloor::model::ids::ItemId;

fn entered(hands: &mut Hands, line: &str) {
    hands.keys(":").text(line).keys("Enter");
}

#[test]
fn what_is_shown_is_saved_under_a_number_and_kept() {
    let mut hands = Hands::evening(80, 24);
    hands.keys("Tab Tab");
    entered(&mut hands, "filter lang:ar");
    entered(&mut hands, "view save 4 Arabic");
    let Some(Keepsake::Views(views)) = hands.effects.iter().find_map(|effect| match effect {
        Effect::Keep(kept @ Keepsake::Views(_)) => Some(kept.clone()),
        _ => None,
    }) else {
        panic!("nothing is kept: {:?}", hands.effects);
    };
    assert_eq!(
        (
            views[0].number,
            views[0].filter.as_str(),
            views[0].queue.as_str()
        ),
        (4, "lang:ar", "Unassigned")
    );
    hands.keys("0 4");
    assert_eq!(hands.selected(), None);
    assert_eq!(hands.app.stream.rows.len(), 1);
    let kept = Kept {
        views,
        ..Kept::default()
    };
    let mut later = Hands::remembering(80, 24, kept);
    later.keys("4");
    assert_eq!(later.app.views.now().saved, Some(4));
    entered(&mut later, "view arab");
    assert_eq!(later.app.views.now().saved, Some(4), "by its name too");
}

#[test]
fn a_saved_view_on_top_of_another_keeps_both_filters() {
    let mut hands = Hands::evening(80, 24);
    hands.keys("1");
    entered(&mut hands, "filter kind:alert or kind:mention");
    let rows = hands.app.stream.rows.clone();
    entered(&mut hands, "view save 9");
    hands.keys("0 9");
    assert_eq!(hands.app.stream.rows, rows);
    let view = hands.app.settings.view(9).unwrap();
    assert_eq!(
        view.filter.source(),
        "(water or agua) (kind:alert or kind:mention)"
    );
}

#[test]
fn views_are_deleted_unless_the_configuration_made_them() {
    let mut hands = Hands::evening(80, 24);
    entered(&mut hands, "view save 3 All");
    entered(&mut hands, "view delete 3");
    assert!(hands.app.settings.view(3).is_none());
    entered(&mut hands, "view delete 1");
    assert!(hands.says().contains("configuration"));
    entered(&mut hands, "view save 12 X");
    assert!(hands.says().contains("1 to 9"));
    hands.keys("g v");
    assert!(matches!(
        hands.app.overlays.last().map(|o| &o.what),
        Some(What::Picker(_))
    ));
    hands.keys("1");
    assert_eq!(
        hands.app.views.now().saved,
        Some(1),
        "its number chooses it"
    );
}

fn palette(hands: &Hands) -> &Palette {
    match hands.app.overlays.last().map(|o| &o.what) {
        Some(What::Palette(palette)) => palette,
        other => panic!("no palette but {other:?}"),
    }
}

#[test]
fn the_palette_does_what_is_chosen_and_remembers_it() {
    let mut hands = Hands::evening(80, 24);
    hands.keys("k Ctrl-K").text("ackn").keys("Enter");
    assert_eq!(hands.command().verb.name(), VerbName::Acknowledge);
    assert!(hands.app.overlays.is_empty());
    hands.keys("Ctrl-K");
    assert_eq!(palette(&hands).chosen().unwrap().name, "acknowledge");
    assert!(palette(&hands).matching[0].recent);
    hands.keys("↓ Backspace Esc");
    assert!(hands.app.overlays.is_empty() && hands.sent().is_empty());
    hands.keys("Ctrl-K").text("qqqq").keys("Enter");
    assert!(
        !hands.app.overlays.is_empty(),
        "nothing to do is no reason to close"
    );
}

#[test]
fn a_begun_sequence_shows_what_can_follow_after_a_while() {
    let mut hands = Hands::evening(80, 24);
    hands.keys("k g");
    let began = hands.at;
    let due = began.plus(Duration::from_millis(400));
    assert_eq!(hands.app.changes_at(), Some(due));
    hands.msg(Msg::Clock(began.plus(Duration::from_millis(399))));
    assert!(!hands.app.waiting.unwrap().shown);
    hands.msg(Msg::Clock(due));
    assert!(hands.app.waiting.unwrap().shown);
    assert_eq!(hands.app.changes_at(), None, "nothing is drawn on a tick");
    hands.keys("g");
    assert!(hands.app.waiting.is_none() && hands.app.begun.is_empty());
    assert_eq!(hands.app.stream.cursor, Some(0));
}

fn hit(hands: &Hands, id: u64) -> Hit {
    let item = super::item(id, "Brown water in Hill Street", 900);
    let on_board = hands.app.floor.board.by_id(ItemId(id));
    Hit {
        key: on_board.map_or(item.key, |item| item.key),
        id: item.id,
        severity: item.severity,
        state: "resolved".to_owned(),
        received_at: item.received_at,
        content: (*item.content).clone(),
    }
}

#[test]
fn the_history_is_searched_and_walked_through() {
    let mut hands = Hands::evening(80, 24);
    hands.keys("n");
    assert!(hands.says().contains("\\ searches"));
    hands.keys("\\").text("brown water").keys("Enter");
    assert_eq!(
        hands.effects,
        [Effect::Search {
            asked: 1,
            words: "brown water".to_owned()
        }]
    );
    assert!(matches!(
        hands.app.overlays.last().map(|o| &o.what),
        Some(What::Found)
    ));
    let hits = vec![hit(&hands, 1040), hit(&hands, 12), hit(&hands, 11)];
    hands.news(LinkNews::Found {
        asked: 7,
        outcome: Err("An answer to another question.".to_owned()),
    });
    assert_eq!(hands.app.found.phase, Phase::Asking);
    hands.news(LinkNews::Found {
        asked: 1,
        outcome: Ok(hits),
    });
    hands.keys("Enter");
    assert_eq!(hands.selected(), Some(1040), "on the board: the row");
    hands.keys("n");
    assert_eq!(hands.effects, [Effect::Fetch(ItemId(12))]);
    hands.news(LinkNews::Fetched {
        id: ItemId(12),
        outcome: Ok(Box::new(super::item(12, "Brown water", 900))),
    });
    hands.keys("n");
    assert_eq!(
        hands.effects,
        [Effect::Fetch(ItemId(11))],
        "from the page too"
    );
    hands.keys("n");
    assert!(hands.says().contains("last"));
    hands.keys("N N");
    assert_eq!(hands.selected(), Some(1040));
}

#[test]
fn a_search_that_fails_or_has_no_link_says_so() {
    let mut hands = Hands::evening(80, 24);
    hands.keys("\\").text("x").keys("Enter");
    hands.news(LinkNews::Found {
        asked: 1,
        outcome: Err("This hub keeps no archive; list items with /v1/items.".to_owned()),
    });
    assert!(matches!(&hands.app.found.phase, Phase::Failed(says) if says.contains("archive")));
    hands.keys("Esc");
    hands.news(LinkNews::Down {
        since: now(),
        why: "The hub closed the link.".to_owned(),
    });
    hands.keys("\\").text("x").keys("Enter");
    assert!(hands.says().contains("no link"));
}

/// A line of the screen.
fn line(hands: &Hands, nth: usize) -> String {
    let screen = hands.drawn();
    screen.lines().nth(nth).unwrap_or_default().to_owned()
}

#[test]
fn the_view_in_force_tells_its_filter_and_the_typed_one_beside_it() {
    let mut hands = Hands::evening(80, 24);
    let whole = line(&hands, 2);
    assert!(whole.contains("w untaken"), "no filter, no line: {whole}");
    hands.keys("1");
    let told = line(&hands, 2);
    assert!(told.contains("View 1 water or agua"), "{told}");
    assert!(told.contains("3 rows") && told.contains("0 all"), "{told}");
    hands.keys("/").text("boil").keys("Enter");
    let told = line(&hands, 2);
    assert!(told.contains("View 1 water or agua  and boil"), "{told}");
    hands.keys("0 /").text("water").keys("Enter");
    let told = line(&hands, 2);
    assert!(told.contains("Filter water"), "{told}");
    hands.keys("Tab");
    let told = line(&hands, 2);
    assert!(told.contains("Filter in Mine water"), "{told}");
    hands.keys("0");
    assert!(
        line(&hands, 2).starts_with(" w untaken"),
        "{}",
        hands.drawn()
    );
}

#[test]
fn tabs_stand_where_they_stand_whatever_they_count() {
    for cols in [60, 80, 110, 160] {
        let mut hands = Hands::evening(cols, 24);
        let place = |hands: &Hands| {
            let tabs = line(hands, 1);
            let at = |word: &str| tabs.find(word).unwrap_or_else(|| panic!("{tabs}"));
            ["Mine", "Unas", "All", "1:Wat"].map(at)
        };
        let before = place(&hands);
        hands.news(LinkNews::Items(
            (2000..3200).map(|id| item(id, "water", 1)).collect(),
        ));
        assert_eq!(place(&hands), before, "{}", line(&hands, 1));
    }
}
