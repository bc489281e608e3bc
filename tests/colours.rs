//! The colours that are really on the screen, cell by cell: what is written can
//! be read in every theme that fixes its colours, and what matters differs from
//! what does not.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::too_many_lines,
    clippy::duration_suboptimal_units,
    unreachable_pub,
    reason = "a test fails by panicking, and its made-up evening is a table"
)]

mod sight;
mod watch;

use ratatui::buffer::{Buffer, Cell};
use ratatui::layout::Rect;
use ratatui::style::{Color, Modifier};
use sight::contrast;
use watch::{Hands, scenes};
use watchfloor::console::view::view;
use watchfloor::theme::{BUILT_IN, Depth, Role, Theme};

fn draw(hands: &Hands, theme: &Theme) -> Buffer {
    let area = Rect::new(0, 0, hands.app.session.cols, hands.app.session.rows);
    let mut buffer = Buffer::empty(area);
    view(&hands.app, theme, area, &mut buffer);
    buffer
}

/// Foreground and background as the eye gets them.
fn seen(cell: &Cell) -> (Color, Color) {
    if cell.modifier.contains(Modifier::REVERSED) {
        (cell.bg, cell.fg)
    } else {
        (cell.fg, cell.bg)
    }
}

/// Lines and bars are no text.
fn is_text(cell: &Cell) -> bool {
    let symbol = cell.symbol();
    !symbol.trim().is_empty() && !symbol.chars().all(|c| ('─'..='▟').contains(&c))
}

#[test]
fn every_letter_on_every_screen_can_be_read() {
    let themes = [
        ("dark", 4.5),
        ("light", 4.5),
        ("colour-blind", 4.5),
        ("high-contrast", 7.0),
    ];
    for (name, least) in themes {
        let theme = Theme::built_in(name, Depth::True).unwrap();
        for scene in scenes::all() {
            for (cols, rows) in [(60, 20), (80, 24), (120, 40), (200, 50)] {
                let buffer = draw(&scene.at(cols, rows), &theme);
                let mut letters = 0;
                for (at, cell) in buffer.content().iter().enumerate() {
                    if !is_text(cell) {
                        continue;
                    }
                    letters += 1;
                    let (fg, bg) = seen(cell);
                    let ratio = contrast(fg, bg).unwrap_or_else(|| {
                        panic!("{name}, {}: {cell:?} has no fixed colours", scene.name)
                    });
                    let (x, y) = buffer.pos_of(at);
                    assert!(
                        ratio >= least,
                        "{name}, {} at {cols}x{rows}: {:?} at {x},{y} has {ratio:.2}",
                        scene.name,
                        cell.symbol()
                    );
                }
                assert!(letters > 40, "{name}, {}: an empty screen", scene.name);
            }
        }
    }
}

#[test]
fn a_terminal_without_colours_gets_none_and_one_with_sixteen_gets_those() {
    for (name, _) in BUILT_IN {
        let mono = Theme::built_in(name, Depth::Mono).unwrap();
        let few = Theme::built_in(name, Depth::Ansi16).unwrap();
        for scene in scenes::all() {
            let hands = scene.at(80, 24);
            for cell in draw(&hands, &mono).content() {
                let plain = (cell.fg, cell.bg) == (Color::Reset, Color::Reset);
                assert!(plain, "{name}, {}: {cell:?}", scene.name);
            }
            for cell in draw(&hands, &few).content() {
                let wide = |c| matches!(c, Color::Rgb(..) | Color::Indexed(_));
                assert!(!wide(cell.fg) && !wide(cell.bg), "{name}: {cell:?}");
            }
        }
    }
}

/// The cell at which `words` begin.
fn find<'b>(buffer: &'b Buffer, words: &str) -> &'b Cell {
    let letters: Vec<char> = words.chars().collect();
    for y in 0..buffer.area.height {
        for x in 0..buffer.area.width {
            let here = letters.iter().enumerate().all(|(n, c)| {
                let x = x + u16::try_from(n).unwrap();
                x < buffer.area.width && buffer[(x, y)].symbol().starts_with(*c)
            });
            if here {
                return &buffer[(x, y)];
            }
        }
    }
    panic!("{words:?} is not on the screen");
}

#[test]
fn what_matters_stands_out_in_every_theme() {
    for (name, _) in BUILT_IN {
        let theme = Theme::built_in(name, Depth::True).unwrap();
        let look = |cell: &Cell| (cell.fg, cell.bg, cell.modifier);
        let mut hands = Hands::evening(80, 24);
        let calm = draw(&hands, &theme);
        // A critical, a high and a medium differ; what needs me differs from what waits.
        let signs = ["◆C", "▲H", "●M"].map(|sign| look(find(&calm, sign)));
        assert_ne!(signs[0], signs[1], "{name}");
        assert_ne!(signs[1], signs[2], "{name}");
        let mine = look(find(&calm, "#1043"));
        assert_ne!(mine, look(find(&calm, "#1036")), "{name}: needs me");
        // A late clock differs from one that runs, the selected row from its neighbour.
        let late = look(find(&calm, "late 2m"));
        assert_ne!(late, look(find(&calm, "due 8m")), "{name}: late");
        hands.keys("w");
        let chosen = draw(&hands, &theme);
        let (row, next) = (find(&chosen, "WaterPressureLow"), find(&chosen, "La calle"));
        let selected = find_in_row(&chosen, "▌", "WaterPressureLow");
        assert_ne!(look(selected), look(next), "{name}: selection");
        assert!(row.modifier.contains(Modifier::BOLD), "{name}");
    }
}

/// The words on the line that begins with `sign`.
fn find_in_row<'b>(buffer: &'b Buffer, sign: &str, words: &str) -> &'b Cell {
    let first = words.chars().next().unwrap();
    for y in 0..buffer.area.height {
        if buffer[(0, y)].symbol() == sign {
            let mut row = (0..buffer.area.width).map(|x| &buffer[(x, y)]);
            return row.find(|cell| cell.symbol().starts_with(first)).unwrap();
        }
    }
    panic!("no line begins with {sign:?}");
}

#[test]
fn the_colours_of_severity_are_those_of_the_theme() {
    for name in ["dark", "light", "colour-blind"] {
        let theme = Theme::built_in(name, Depth::True).unwrap();
        let buffer = draw(&Hands::evening(120, 40), &theme);
        for (sign, role) in [
            ("◆C", Role::SeverityCritical),
            ("▲H", Role::SeverityHigh),
            ("●M", Role::SeverityMedium),
            ("○L", Role::SeverityLow),
            ("·I", Role::SeverityInfo),
            ("1 critical", Role::SeverityCritical),
            ("live", Role::LinkLive),
        ] {
            let style = theme.style(role);
            let cell = find(&buffer, sign);
            // Another's low steps back and keeps its colour.
            assert_eq!(Some(cell.fg), style.fg, "{name}: {sign}");
            if let Some(bg) = style.bg {
                assert_eq!(cell.bg, bg, "{name}: {sign}");
            }
        }
    }
}
