//! The README's pictures: made from the real binary in a pseudo-terminal, and
//! proved not to be of another console than this one.
//!
//! `cargo test --test pictures -- --ignored` plays the demo and draws them anew,
//! as `tests/pictures/*.svg`. The other tests compare them with what the view
//! draws now.

#![cfg(unix)]
#![allow(
    clippy::panic,
    clippy::unwrap_used,
    clippy::too_many_lines,
    clippy::duration_suboptimal_units,
    unreachable_pub,
    reason = "a test fails by panicking, with what it saw"
)]

mod play;
mod svg;
#[path = "../watch/mod.rs"]
mod watch;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use play::Demo;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use watch::Hands;
use watchfloor::console::view::view;
use watchfloor::theme::{Depth, Role, Theme};

const THEMES: [&str; 2] = ["dark", "light"];

/// A picture, and the made-up floor that looks alike.
struct Picture {
    name: &'static str,
    cols: u16,
    rows: u16,
    like: fn(&mut Hands),
    /// Words of the console's own that stand in the same column in both.
    frame: &'static [&'static str],
}

const PICTURES: [Picture; 2] = [
    Picture {
        name: "floor",
        cols: 160,
        rows: 45,
        like: |hands| {
            hands.keys("w");
        },
        frame: &[
            "Mine ",
            "item ",
            "age ",
            "due ",
            "from ",
            "words ",
            "holder ",
            "Who ",
            "Why ",
            "Next ",
            "Needs you ",
        ],
    },
    Picture {
        name: "item",
        cols: 80,
        rows: 24,
        like: |hands| {
            hands.keys(":").text("1043").keys("Enter");
        },
        frame: &[
            "Mine ",
            "w untaken ",
            "Who ",
            "Why ",
            "Next ",
            "Conversation",
        ],
    },
];

fn file(picture: &Picture, theme: &str) -> PathBuf {
    let name = format!("tests/pictures/{}-{theme}.svg", picture.name);
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

#[test]
#[ignore = "plays the demo four times and draws the README's pictures anew"]
fn draw_the_pictures() {
    for theme in THEMES {
        for picture in &PICTURES {
            let mut demo = Demo::start(picture.cols, picture.rows, theme);
            match picture.name {
                "floor" => demo.floor(),
                _ => demo.item(),
            }
            let drawn = demo.picture();
            std::fs::write(file(picture, theme), drawn).unwrap();
        }
    }
}

/// What the view draws now, as lines.
fn drawn(picture: &Picture) -> Vec<String> {
    let mut hands = Hands::evening(picture.cols, picture.rows);
    (picture.like)(&mut hands);
    let theme = Theme::built_in("dark", Depth::True).unwrap();
    let area = Rect::new(0, 0, picture.cols, picture.rows);
    let mut buffer = Buffer::empty(area);
    view(&hands.app, &theme, area, &mut buffer);
    (0..picture.rows)
        .map(|y| {
            (0..picture.cols)
                .map(|x| buffer[(x, y)].symbol().chars().next().unwrap_or(' '))
                .collect()
        })
        .collect()
}

/// The column at which words stand first.
fn column(lines: &[String], words: &str) -> Option<usize> {
    let letters: Vec<char> = words.chars().collect();
    lines.iter().find_map(|line| {
        let line: Vec<char> = line.chars().collect();
        line.windows(letters.len()).position(|part| part == letters)
    })
}

#[test]
fn the_pictures_are_of_this_console() {
    for picture in &PICTURES {
        let now = drawn(picture);
        for theme in THEMES {
            let text = std::fs::read_to_string(file(picture, theme)).unwrap();
            let then = svg::lines(&text);
            assert_eq!(then.len(), usize::from(picture.rows), "{}", picture.name);
            for words in picture.frame {
                let (was, is) = (column(&then, words), column(&now, words));
                assert!(is.is_some(), "{words:?} is not on the screen");
                assert_eq!(
                    was, is,
                    "{words:?} stands elsewhere in {}-{theme}.svg: draw it anew",
                    picture.name
                );
            }
        }
    }
}

#[test]
fn the_pictures_have_the_colours_of_the_themes() {
    for theme in THEMES {
        let styles = Theme::built_in(theme, Depth::True).unwrap();
        let known: BTreeSet<String> = Role::ALL
            .iter()
            .flat_map(|(role, _)| [styles.style(*role).fg, styles.style(*role).bg])
            .flatten()
            .map(|color| svg::hex(color).unwrap())
            .collect();
        for picture in &PICTURES {
            let text = std::fs::read_to_string(file(picture, theme)).unwrap();
            let used = svg::colours(&text);
            assert!(
                used.len() > 5,
                "{}-{theme}.svg has no colours",
                picture.name
            );
            for colour in used {
                assert!(
                    known.contains(&colour),
                    "{colour} in {}-{theme}.svg is not in the theme: draw it anew",
                    picture.name
                );
            }
        }
    }
}

#[test]
fn the_readme_shows_them() {
    let readme = Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md");
    let readme = std::fs::read_to_string(readme).unwrap();
    for picture in &PICTURES {
        for theme in THEMES {
            let name = format!("tests/pictures/{}-{theme}.svg", picture.name);
            assert!(readme.contains(&name), "{name}");
        }
    }
}
