//! What a tired officer has to see: hints that are whole, numbers that stay, what
//! lies beyond the edge, who asks, and a conversation in the order of time.

use super::*;
use watch::{escalation, evening, item, officer, with};
use watchfloor::model::item::{Item, Speaker, Turn};
use watchfloor::model::seldom::Seldom;
use watchfloor::model::severity::Severity;
use watchfloor::model::triage::State;

fn screen(hands: &Hands) -> String {
    text(&draw(hands))
}

fn word(buffer: &Buffer, (x, y): (u16, u16), cells: u16) -> String {
    (x..x + cells).map(|x| buffer[(x, y)].symbol()).collect()
}

fn mine(mut item: Item) -> Item {
    item.triage.state = State::Taken {
        by: officer("anna"),
        at: minutes_ago(1),
    };
    item
}

#[test]
fn no_hint_in_a_frame_is_cut() {
    for scene in scenes::all() {
        for (cols, rows) in SIZES {
            let screen = screen(&scene.at(cols, rows));
            let mut lower = screen.lines().filter(|line| line.contains('└'));
            let cut = lower.find(|line| {
                let (_, edge) = line.split_once('└').unwrap();
                let (hints, _) = edge.split_once('┘').unwrap_or((edge, ""));
                let hints = hints.trim_matches('─');
                let whole = hints.starts_with(' ') && hints.ends_with(' ');
                !(hints.is_empty() || whole)
            });
            assert_eq!(cut, None, "{} {cols}x{rows}", scene.name);
        }
    }
}

#[test]
fn a_snooze_tells_what_is_typed_before_it_is_done() {
    let mut hands = Hands::evening(80, 24);
    hands.keys("k k s");
    let before = screen(&hands);
    assert!(
        before.contains("type 10m, 06:30 or monday 9:00"),
        "{before}"
    );
    assert!(before.contains("Enter snooze · Esc close"), "{before}");
    hands.text("06:30");
    let typed = screen(&hands);
    assert!(typed.contains("› 06:30"), "{typed}");
    assert!(typed.contains("▌ until 06:30  in 2h"), "{typed}");
}

/// Rows of a long floor: a critical that nobody has first, then many.
fn long(count: u64) -> Vec<Item> {
    let mut items: Vec<Item> = (1..=count).map(|id| item(id, "Brown water", 90)).collect();
    items[0].severity = Severity::Critical;
    items[1].severity = Severity::High;
    items[1].triage.state = State::Taken {
        by: officer("officer2"),
        at: minutes_ago(1),
    };
    items
}

#[test]
fn a_scrolled_list_tells_what_lies_above_and_below() {
    for (cols, rows) in SIZES {
        let mut hands = Hands::with(cols, rows, long(100));
        let shown = hands.app.stream_height();
        let followed = screen(&hands);
        let above = 100 - shown;
        let says = format!("↑ {above} above, 1 critical untaken, w goes there");
        assert!(followed.contains(&says), "{followed}");
        assert!(!followed.contains("below"), "{followed}");
        assert!(followed.contains("#100"), "{followed}");
        hands.keys("gg");
        let top = screen(&hands);
        let says = format!("↓ {above} below, worst ● medium");
        assert!(top.contains(&says) && !top.contains("above"), "{top}");
        hands.keys("Ctrl-D Ctrl-D Ctrl-D");
        let middle = screen(&hands);
        assert!(
            middle.contains("above") && middle.contains("below"),
            "{middle}"
        );
    }
    let few = screen(&Hands::with(80, 24, long(19)));
    assert!(few.contains("#1 ") && few.contains("#19 "), "{few}");
    assert!(!few.contains("above") && !few.contains("below"), "{few}");
}

#[test]
fn mine_where_somebody_waits_for_an_answer_says_so_in_its_column() {
    for (cols, rows) in SIZES {
        let items = vec![mine(item(1, "Lost cat", 9)), mine(escalation())];
        let hands = Hands::with(cols, rows, items);
        let buffer = draw(&hands);
        // The line above the rows may tell of it too, in columns of its own.
        let cells = |y| (0..cols - 8).map(move |x| (x, y));
        let all = (0..rows).rev().flat_map(cells);
        let (x, y) = all
            .into_iter()
            .find(|at| word(&buffer, *at, 8) == "asks you")
            .unwrap();
        let theme = dark();
        assert_eq!(buffer[(x, y)].fg, theme.style(Role::Warn).fg.unwrap());
        let column: Vec<String> = (0..buffer.area.height)
            .map(|y| word(&buffer, (x, y), 3))
            .collect();
        assert!(column.iter().any(|word| word == "you"), "{column:?}");
    }
}

#[test]
fn what_is_mine_and_nobodys_stays_in_sight_when_room_is_short() {
    let mut items = long(1200);
    for item in items.iter_mut().skip(400).take(120) {
        *item = mine(item.clone());
    }
    for (cols, rows) in [(60, 20), (80, 24)] {
        let mut hands = Hands::with(cols, rows, items.clone());
        hands
            .keys("k /")
            .text("brown sev>=low kind:mention")
            .keys("Enter");
        hands.news(LinkNews::Items(
            (2000..2120).map(|id| item(id, "new", 0)).collect(),
        ));
        let screen = screen(&hands);
        let tabs = screen.lines().nth(1).unwrap();
        assert!(tabs.contains(" Mine 120 "), "{tabs}");
        assert!(
            tabs.contains("Unas. 1199 ") || tabs.contains("Unassigned 1199 "),
            "{tabs}"
        );
        assert!(tabs.contains("[All 1320]"), "{tabs}");
        let filter = screen.lines().nth(2).unwrap();
        let says = " Filter brown sev>=low kind:mention ";
        assert!(filter.contains(says), "{filter}");
        assert!(filter.contains("1 200 rows"), "{filter}");
        let header = screen.lines().next().unwrap();
        assert!(
            header.contains("1 untaken") && header.contains("03:41"),
            "{header}"
        );
        assert!(cols < 80 || header.contains("120 mine"), "{header}");
    }
}

#[test]
fn a_demo_at_eighty_columns_has_all_its_numbers() {
    let mut hands = Hands::evening(80, 24);
    if let Some(info) = &mut hands.app.session.info {
        info.demo = true;
    }
    let screen = screen(&hands);
    let header = screen.lines().next().unwrap();
    for words in [
        "DEMO",
        "anna",
        "live",
        "0 mine",
        "1 untaken",
        "1 esc",
        "03:41",
    ] {
        assert!(header.contains(words), "{words}: {header}");
    }
}

fn talk(turns: u64) -> Item {
    with(escalation(), |_, content| {
        let turn = |nth: u64| Turn {
            external_id: format!("t{nth}").into(),
            speaker: if nth.is_multiple_of(2) {
                Speaker::Bot
            } else {
                Speaker::Citizen
            },
            name: "".into(),
            media: Seldom::default(),
            text: format!("turn-{nth:02}").into(),
            at: Some(minutes_ago(turns - nth + 1)),
        };
        content.text = format!("turn-{turns:02}").into();
        content.conversation = (1..=turns).map(turn).collect();
    })
}

#[test]
fn a_conversation_reads_down_to_the_newest_and_up_to_the_first() {
    for (cols, rows) in [(80, 24), (80, 40), (120, 40), (200, 50), (60, 20)] {
        let mut hands = Hands::with(cols, rows, vec![talk(60)]);
        hands.keys("k Enter");
        let opened = screen(&hands);
        assert!(opened.contains("turn-60"), "the newest is seen: {opened}");
        assert!(opened.contains("earlier turns: k"), "{opened}");
        let told = |screen: &str| -> Vec<String> {
            let (_, talk) = screen.split_once(" Conversation").unwrap();
            let turns = talk.split("turn-").skip(1);
            turns.map(|turn| turn.chars().take(2).collect()).collect()
        };
        assert!(
            told(&opened).windows(2).all(|two| two[0] <= two[1]),
            "{opened}"
        );
        hands.keys("k");
        let whole = screen(&hands);
        assert!(whole.contains("turn-01") || rows < 24, "{whole}");
        assert!(
            told(&whole).windows(2).all(|two| two[0] <= two[1]),
            "{whole}"
        );
        hands.keys("Esc Enter");
        assert_eq!(screen(&hands), opened, "opened anew as before");
    }
    let mut hands = Hands::with(80, 24, vec![talk(3)]);
    hands.keys("k Enter");
    assert!(!screen(&hands).contains("earlier"));
}

#[test]
fn no_sign_stands_between_a_title_and_nothing() {
    for cols in 60..200 {
        let hands = Hands::with(cols, 24, evening());
        for line in screen(&hands).lines() {
            let row = line.split('│').next().unwrap_or_default().trim_end();
            assert!(!row.ends_with('·'), "{cols}: {line}");
        }
    }
}
