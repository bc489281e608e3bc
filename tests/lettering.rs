//! Text of all scripts on the real screen, under every policy: columns stay,
//! nothing unsafe is drawn, rows and pages in the three bidi modes, hostile
//! texts through all of it, and what the terminal is told about direction.
//!
//! Nobody who reads Arabic, Hebrew or Persian has checked the screens yet; the
//! orders in them follow UAX #9 as the tests of the text room do.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::duration_suboptimal_units,
    unreachable_pub,
    reason = "a test fails by panicking"
)]

mod watch;

use std::io::{Read, Write};
use std::path::Path;
use std::time::{Duration, Instant};

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use unicode_bidi::{BidiInfo, Level, ParagraphBidiInfo};
use watch::{Hands, item, session, with};
use watchfloor::console::msg::LinkNews;
use watchfloor::console::state::SavedView;
use watchfloor::console::state::likeness;
use watchfloor::console::view::view;
use watchfloor::model::filter::Filter;
use watchfloor::model::item::Item;
use watchfloor::text::{
    Ambiguous, Bidi, Emoji, KnownNames, Policy, SafeText, Untrusted, cell_width, export,
    is_forbidden, is_safe_symbol,
};
use watchfloor::theme::{Depth, Theme};

const VISUAL: Policy = Policy {
    bidi: Bidi::Visual,
    shaping: true,
    emoji: Emoji::Base,
    ambiguous: Ambiguous::One,
};
const TERMINAL: Policy = Policy {
    bidi: Bidi::Terminal,
    emoji: Emoji::Full,
    ..VISUAL
};
const OFF: Policy = Policy {
    bidi: Bidi::Off,
    emoji: Emoji::Text,
    ..VISUAL
};
const WIDE: Policy = Policy {
    ambiguous: Ambiguous::Two,
    ..VISUAL
};

/// A night of many scripts; authors and words that push each other around.
fn night() -> Vec<Item> {
    let said = |id, name: &str, handle: &str, words: &str, minutes| {
        with(item(id, words, minutes), |_, content| {
            content.author.name = name.into();
            content.author.handle = handle.into();
            content.url = format!("https://social.example/@{id}").as_str().into();
        })
    };
    vec![
        said(
            1,
            "سمير ح.",
            "سمير",
            "الماء بني اللون في شارع Main منذ 02:15 💧 هل هو آمن؟ انظر https://c\u{456}ty.example/map",
            40,
        ),
        said(
            2,
            "דנה לוי",
            "",
            "אין מים ברחוב הרצל 12 (קומה 3), טלפון +351 21 123 45 67",
            31,
        ),
        said(
            3,
            "Anna K.",
            "anna.k",
            "Sirens 👩‍👩‍👧 on Main St ⚠️ since 02:10",
            22,
        ),
        said(
            4,
            "中村",
            "nakamura",
            "水道の水が茶色いです。大丈夫ですか？",
            12,
        ),
        said(
            5,
            "رضا",
            "reza",
            "قیمت آب ۱۲۳ تومان شد؛ می‌خواهم بدانم چرا",
            9,
        ),
        said(
            6,
            "City Hall",
            "c\u{456}tyhall",
            "Official: click here now",
            3,
        ),
    ]
}

fn known() -> KnownNames {
    let mut known = KnownNames::default();
    known.know_account("@cityhall");
    known.know_host("city.example");
    known
}

fn on(cols: u16, rows: u16, items: Vec<Item>, policy: Policy) -> Hands {
    let mut hands = Hands::with(cols, rows, items);
    hands.app.settings.text = policy;
    hands.app.settings.known = known();
    hands.app.session.known = likeness::known(&hands.app.settings, &session());
    hands
}

fn draw(hands: &Hands) -> Buffer {
    let area = Rect::new(0, 0, hands.app.session.cols, hands.app.session.rows);
    let mut buffer = Buffer::empty(area);
    let theme = Theme::built_in("dark", Depth::True).unwrap();
    view(&hands.app, &theme, area, &mut buffer);
    buffer
}

/// The cells of a row that begin something, with their columns.
fn cells(buffer: &Buffer, y: u16, ambiguous: Ambiguous) -> Vec<(u16, String)> {
    let mut x = 0;
    let mut found = Vec::new();
    while x < buffer.area.width {
        let symbol = buffer[(x, y)].symbol().to_owned();
        let width = u16::try_from(cell_width(&symbol, ambiguous).max(1)).unwrap();
        for covered in x + 1..(x + width).min(buffer.area.width) {
            let behind = buffer[(covered, y)].symbol();
            assert!(
                behind.trim().is_empty(),
                "row {y}, column {covered}: {behind:?}"
            );
        }
        found.push((x, symbol));
        x += width;
    }
    assert_eq!(
        x, buffer.area.width,
        "the last symbol of row {y} stands over the edge"
    );
    found
}

fn text(buffer: &Buffer) -> String {
    let rows = (0..buffer.area.height).map(|y| {
        let symbols = cells(buffer, y, Ambiguous::One);
        let line: String = symbols.into_iter().map(|(_, symbol)| symbol).collect();
        line.trim_end().to_owned() + "\n"
    });
    rows.collect()
}

fn assert_safe(name: &str, buffer: &Buffer, ambiguous: Ambiguous) {
    for y in 0..buffer.area.height {
        for (x, symbol) in cells(buffer, y, ambiguous) {
            assert!(is_safe_symbol(&symbol), "{name}: {symbol:?} at {x}, {y}");
            assert!(!symbol.chars().any(is_forbidden), "{name}: {symbol:?}");
        }
    }
}

#[test]
fn rows_and_pages_in_the_three_modes() {
    for (mode, policy) in [("visual", VISUAL), ("terminal", TERMINAL), ("off", OFF)] {
        for (cols, rows) in [(80, 24), (120, 40)] {
            for (page, keys) in [
                ("stream", ""),
                ("arabic", ":1"),
                ("hebrew", ":2"),
                ("raw", ":1 z"),
            ] {
                let mut hands = on(cols, rows, night(), policy);
                if let Some(id) = keys.strip_prefix(':') {
                    let id = id.trim_end_matches(" z");
                    hands.keys(":").text(id).keys("Enter");
                }
                if keys.ends_with('z') {
                    hands.keys("zr");
                }
                let buffer = draw(&hands);
                assert_safe(mode, &buffer, Ambiguous::One);
                insta::with_settings!({ prepend_module_to_snapshot => false, omit_expression => true }, {
                    insta::assert_snapshot!(
                        format!("text-{mode}-{page}-{cols}x{rows}"),
                        text(&buffer)
                    );
                });
            }
        }
    }
}

/// A terminal that orders a row by itself would swap two names of views with the
/// counts between them: a letter that reads from left to right stands behind each.
#[test]
fn names_of_views_are_fenced_from_what_follows() {
    let named = |policy| {
        let mut hands = on(120, 40, night(), policy);
        hands.app.settings.views = [
            (1, "\u{5d1}\u{5d5}\u{5e7}\u{5e8}"),
            (2, "\u{5e2}\u{5e8}\u{5d1}"),
            (3, "Urgent"),
        ]
        .map(|(n, name)| SavedView::new(n, name.to_owned(), Filter::parse("sev>=high").unwrap()))
        .to_vec();
        hands.app.floor.derived.saved = vec![4, 5, 6];
        let buffer = draw(&hands);
        let row = cells(&buffer, 1, Ambiguous::One);
        let row: String = row.into_iter().map(|(_, symbol)| symbol).collect();
        row
    };
    let fenced = named(TERMINAL);
    assert!(
        fenced.contains("1:\u{5d1}\u{5d5}\u{5e7}\u{5e8}\u{1c0} 4"),
        "{fenced}"
    );
    assert!(
        fenced.contains("2:\u{5e2}\u{5e8}\u{5d1}\u{1c0} 5"),
        "{fenced}"
    );
    assert!(fenced.contains("3:Urgent 6"), "{fenced}");
    let ordered = named(VISUAL);
    assert!(
        ordered.contains("1:\u{5e8}\u{5e7}\u{5d5}\u{5d1} 4"),
        "{ordered}"
    );
}

#[test]
fn links_are_shown_with_their_host_first() {
    let mut hands = on(80, 24, night(), VISUAL);
    hands.keys(":").text("1").keys("Enter o");
    let page = text(&draw(&hands));
    assert!(page.contains("xn--cty-jhd.example"), "{page}");
    assert!(page.contains("looks like city.example"), "{page}");
    assert!(page.contains("social.example"), "{page}");
    hands.keys("Esc");
    let detail = text(&draw(&hands));
    assert!(detail.contains("link  social.example"), "{detail}");
    assert!(!page.contains('\u{1b}'));
}

#[test]
fn a_likeness_is_told_beside_the_name_and_in_the_detail() {
    for (cols, rows) in [(60, 20), (80, 24), (120, 40), (160, 45)] {
        let hands = on(cols, rows, night(), VISUAL);
        let buffer = draw(&hands);
        let marked: Vec<u16> = (0..rows)
            .filter(|y| {
                cells(&buffer, *y, Ambiguous::One)
                    .iter()
                    .any(|(_, symbol)| symbol == "≈")
            })
            .collect();
        assert_eq!(marked.len(), 1, "{cols}: {}", text(&buffer));
    }
    let mut hands = on(80, 24, night(), VISUAL);
    hands.keys(":").text("6").keys("Enter");
    let detail = text(&draw(&hands));
    assert!(
        detail.contains("≈ The author looks like @cityhall."),
        "{detail}"
    );
}

#[test]
fn columns_never_move() {
    for policy in [VISUAL, TERMINAL, OFF, WIDE] {
        for cols in [64, 80, 110, 130, 200] {
            let mut plain = night();
            for item in &mut plain {
                *item = with(item.clone(), |_, content| {
                    content.author.name = "x".into();
                    content.author.handle = "x".into();
                    content.text = "x".into();
                });
            }
            let bare = draw(&on(cols, 30, plain, policy));
            let full = draw(&on(cols, 30, night(), policy));
            assert_safe("columns", &full, policy.ambiguous);
            for y in 2..28 {
                // Severity, kind, number and age, before any stranger's word.
                for x in 0..19 {
                    assert_eq!(
                        bare[(x, y)].symbol(),
                        full[(x, y)].symbol(),
                        "{policy:?} {cols}: {x}, {y}"
                    );
                }
                let border = |buffer: &Buffer| -> Vec<u16> {
                    let signs = ["│", "|"];
                    (19..cols)
                        .filter(|x| signs.contains(&buffer[(*x, y)].symbol()))
                        .collect()
                };
                if cols >= 110 {
                    assert_eq!(border(&bare), border(&full), "{policy:?} {cols}, row {y}");
                }
            }
        }
    }
}

/// What a terminal that orders whole rows by itself, from the left, would show:
/// for each column where its content ends up.
fn as_an_implicit_terminal(row: &[(u16, String)]) -> Vec<usize> {
    let line: String = row.iter().map(|(_, symbol)| symbol.as_str()).collect();
    let info = ParagraphBidiInfo::new(&line, Some(Level::ltr()));
    let mut at = 0;
    let mut levels = Vec::new();
    for (_, symbol) in row {
        levels.push(info.levels[at]);
        at += symbol.len();
    }
    BidiInfo::reorder_visual(&levels)
}

#[test]
fn a_terminal_that_orders_rows_keeps_every_field_in_its_place() {
    for cols in [80, 96, 120, 160] {
        let hands = on(cols, 30, night(), TERMINAL);
        let buffer = draw(&hands);
        let mut moved = 0;
        for y in 0..29 {
            let row = cells(&buffer, y, Ambiguous::One);
            let order = as_an_implicit_terminal(&row);
            // A run of moved cells stays between its first and last column.
            let mut first = 0;
            while first < order.len() {
                let mut last = first.max(order[first]);
                let mut at = first;
                while at <= last {
                    last = last.max(order[at]);
                    at += 1;
                }
                if last > first {
                    moved += 1;
                    let inside: String =
                        row[first..=last].iter().map(|(_, s)| s.as_str()).collect();
                    assert!(
                        !inside.contains("  "),
                        "{cols}, row {y}: fields {inside:?} are swapped"
                    );
                    assert!(
                        !inside.contains(['│', 'ǀ', '≈']),
                        "{cols}, row {y}: {inside:?}"
                    );
                }
                first = last + 1;
            }
        }
        assert!(moved > 3, "there is right-to-left text to be moved");
    }
}

#[test]
fn right_aligned_words_lose_nothing() {
    let words = "لا لا لا";
    for cols in [60, 80, 120] {
        let items = vec![with(item(1, words, 1), |_, content| {
            content.title = "".into();
        })];
        let mut hands = on(cols, 24, items, VISUAL);
        hands.keys("k Enter");
        let buffer = draw(&hands);
        let page = text(&buffer);
        assert!(page.contains("\u{fefb} \u{fefb} \u{fefb}"), "{page}");
        let row = (0..24).rev().find(|y| {
            let row = cells(&buffer, *y, Ambiguous::One);
            row.iter()
                .filter(|(_, symbol)| symbol == "\u{fefb}")
                .count()
                == 3
        });
        let row = cells(&buffer, row.unwrap(), Ambiguous::One);
        let last = row
            .iter()
            .rfind(|(_, symbol)| symbol == "\u{fefb}")
            .unwrap();
        assert_eq!(last.0, cols - 2, "it ends at the right edge of the page");
    }
}

#[test]
fn search_and_export_keep_the_order_of_storage() {
    let mut hands = on(80, 24, night(), VISUAL);
    hands.keys("/").text("شارع").keys("Enter");
    assert_eq!(hands.app.stream.rows.len(), 1);
    let item = &night()[0];
    let text = SafeText::block(&item.content.text);
    let drawn = text.under(&VISUAL).into_owned();
    assert_ne!(drawn.as_str(), text.as_str());
    assert!(export::csv_field(&text).contains("الماء بني اللون"));
    assert_eq!(
        serde_json::to_string(&text).unwrap(),
        format!("{:?}", text.as_str())
    );
}

/// Every line of our corpus, and of a foreign one that is named.
fn corpus() -> Vec<String> {
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus")];
    folders.extend(std::env::var_os("WATCHFLOOR_HOSTILE").map(Into::into));
    let mut texts = Vec::new();
    for entry in folders
        .iter()
        .flat_map(|folder| std::fs::read_dir(folder).unwrap())
    {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|end| end != "jsonl") {
            continue;
        }
        for line in std::fs::read_to_string(&path).unwrap().lines() {
            let case: serde_json::Value = serde_json::from_str(line).unwrap();
            if let Some(input) = case["input"].as_str() {
                let times = case["times"].as_u64().unwrap_or(1).min(200);
                texts.push(input.repeat(usize::try_from(times).unwrap()));
            }
        }
    }
    texts
}

#[test]
fn hostile_texts_keep_to_their_cells_in_every_mode() {
    let texts = corpus();
    assert!(texts.len() > 100);
    for policy in [VISUAL, TERMINAL, OFF, WIDE] {
        for chunk in texts.chunks(12) {
            let items = chunk.iter().zip(1..).map(|(text, id)| {
                with(item(id, text, id), |_, content| {
                    content.author.name = text.as_str().into();
                    content.author.handle = text.as_str().into();
                    content.url = format!("https://{text}").as_str().into();
                })
            });
            let mut hands = on(120, 30, items.collect(), policy);
            for keys in ["k", "k", "k", "zr", "J", "J", "J", "J", "J", "o"] {
                hands.keys(keys);
                assert_safe(&format!("{policy:?}"), &draw(&hands), policy.ambiguous);
            }
        }
    }
}

#[test]
fn a_name_learned_from_the_hub_is_known() {
    let mut hands = Hands::with(
        80,
        24,
        vec![with(item(1, "hi", 1), |_, content| {
            content.author.handle = "\u{43e}fficer2".into();
        })],
    );
    hands.news(LinkNews::Hello(Box::new(session())));
    let row = text(&draw(&hands));
    assert!(row.contains('≈'), "{row}");
    let untrusted = Untrusted::from("officer2");
    assert_eq!(
        hands.app.session.known.of_author(&untrusted, &untrusted),
        None
    );
}

/// Runs the real console until it has drawn, then ends it as `end` says;
/// returns every byte that it wrote.
fn bytes_of_a_run(bidi: &str, end: &str) -> Vec<u8> {
    let home = tempfile::tempdir().unwrap();
    let size = portable_pty::PtySize {
        rows: 24,
        cols: 80,
        pixel_width: 0,
        pixel_height: 0,
    };
    let pair = portable_pty::native_pty_system().openpty(size).unwrap();
    let mut command = portable_pty::CommandBuilder::new(env!("CARGO_BIN_EXE_watchfloor"));
    command.arg("demo");
    command.env_clear();
    for (name, value) in [
        ("HOME", home.path().to_str().unwrap()),
        ("TERM", "xterm-256color"),
        ("LANG", "C.UTF-8"),
        ("WATCHFLOOR_CONSOLE_BIDI", bidi),
    ] {
        command.env(name, value);
    }
    let mut child = pair.slave.spawn_command(command).unwrap();
    drop(pair.slave);
    let mut keys = pair.master.take_writer().unwrap();
    let mut output = pair.master.try_clone_reader().unwrap();
    let (send, bytes) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        let mut read = [0; 8192];
        while let Ok(count @ 1..) = output.read(&mut read) {
            send.send(read[..count].to_vec()).unwrap_or_default();
        }
    });
    let mut all = Vec::new();
    let until = Instant::now() + Duration::from_secs(60);
    let mut asked = false;
    while child.try_wait().unwrap().is_none() {
        assert!(Instant::now() < until, "{}", String::from_utf8_lossy(&all));
        if let Ok(more) = bytes.recv_timeout(Duration::from_millis(50)) {
            all.extend(more);
        }
        let drawn = all.windows(4).any(|four| four == b"DEMO");
        if drawn && !std::mem::replace(&mut asked, drawn) {
            match end {
                "key" => keys.write_all(b"q").unwrap(),
                signal => {
                    let pid = child.process_id().unwrap().to_string();
                    let signalled = std::process::Command::new("kill")
                        .args([signal, &pid])
                        .status();
                    assert!(signalled.unwrap().success());
                }
            }
        }
    }
    while let Ok(more) = bytes.recv_timeout(Duration::from_millis(500)) {
        all.extend(more);
    }
    all
}

/// Visual order goes with explicit direction, and every way out ends it.
#[cfg(unix)]
#[test]
fn the_terminal_is_told_who_orders_text_and_told_again_at_the_end() {
    let place = |bytes: &[u8], what: &[u8]| bytes.windows(what.len()).rposition(|w| w == what);
    for end in ["key", "-TERM", "-INT"] {
        let bytes = bytes_of_a_run("visual", end);
        let explicit = place(&bytes, b"\x1b[8l").expect("explicit at the start");
        let implicit = place(&bytes, b"\x1b[8h").expect("implicit at the end");
        assert!(explicit < implicit, "{end}");
        assert!(place(&bytes, b"\x1b[?1049l").is_some(), "{end}");
    }
    let bytes = bytes_of_a_run("terminal", "key");
    assert_eq!(place(&bytes, b"\x1b[8l"), None);
    assert_eq!(place(&bytes, b"\x1b[8h"), None);
}

#[test]
fn a_box_over_wide_characters_leaves_no_half() {
    let wide = "水道の水が茶色いです。大丈夫ですか水道の水が茶色いです。大丈夫ですか";
    for policy in [VISUAL, WIDE] {
        for cols in 100..108 {
            let items = (1..12).map(|id| {
                with(item(id, &wide.repeat(3), id), |_, content| {
                    let shift = "x".repeat(usize::try_from(id % 2).unwrap());
                    content.text = format!("{shift}±…{wide}{wide}").as_str().into();
                })
            });
            let mut hands = on(cols, 24, items.collect(), policy);
            hands.keys("?");
            assert_safe(
                &format!("{policy:?} {cols}"),
                &draw(&hands),
                policy.ambiguous,
            );
        }
    }
}
