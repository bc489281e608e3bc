//! Who may import whom, how long files and functions may be, and that every
//! file says what it owns.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// A room and the rooms that it may name. Sub-rooms come first: the first row
/// whose path fits a file is its row.
const MAY_IMPORT: &[(&str, &[&str])] = &[
    ("model", &["text"]),
    ("text", &[]),
    ("config", &["text"]),
    ("wire", &["model", "text"]),
    ("insight", &["model", "text"]),
    ("notify", &["model", "text"]),
    ("theme", &[]),
    ("tokens", &["config"]),
    ("store", &["model", "text", "config"]),
    ("channels", &["model", "text", "config"]),
    ("page", &["model", "text", "config"]),
    (
        "hub",
        &[
            "store", "channels", "page", "wire", "model", "text", "config", "insight",
        ],
    ),
    // `text` for the type of strangers' words that commands and items carry.
    ("link", &["wire", "model", "config", "text"]),
    ("demo", &["model", "text", "wire", "link", "config"]),
    // `text` for the type of the words that a recording may mask.
    ("replay", &["model", "wire", "link", "config", "text"]),
    ("console/state", &["model", "text", "console"]),
    ("console/update", &["model", "text", "console"]),
    ("console/keymap", &["model", "text", "console"]),
    ("console/view", &["model", "text", "theme", "console"]),
    (
        "console",
        &["link", "notify", "config", "theme", "model", "text", "wire"],
    ),
];

/// What the pure part of the console may not touch at all.
const PURE: &[&str] = &[
    "console/state",
    "console/update",
    "console/keymap",
    "model",
    "text",
    "insight",
];
const IMPURE: &[&str] = &[
    "ratatui::",
    "tokio::",
    "crossterm::",
    "std::net",
    "SystemTime",
    "Instant::now",
];

/// Lines of a file at the most; of a `mod.rs`; of a function.
const FILE: usize = 400;
const CONTENTS_PAGE: usize = 300;

fn sources(root: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut open = vec![root.to_owned()];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(&folder).expect("a folder of the sources") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

fn src() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

/// A file's path below `src`, and its text without comments.
fn read_all() -> Vec<(String, String)> {
    sources(&src())
        .into_iter()
        .map(|path| {
            let name = path
                .strip_prefix(src())
                .expect("it is below src")
                .display()
                .to_string();
            (name, fs::read_to_string(&path).expect("a source"))
        })
        .collect()
}

/// The rooms that a text names with `crate::`.
fn named_rooms(text: &str) -> BTreeSet<String> {
    let code = text
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"));
    code.flat_map(|line| {
        line.match_indices("crate::").map(|(at, _)| {
            let rest: String = line.chars().skip(at + "crate::".len()).collect();
            rest.chars()
                .take_while(|c| c.is_ascii_alphanumeric() || *c == '_')
                .collect()
        })
    })
    .collect()
}

fn is_test(name: &str) -> bool {
    name.ends_with("tests.rs")
        || name.ends_with("fixture.rs")
        || name.contains("/tests/")
        || name.ends_with("_tests.rs")
}

#[test]
fn rooms_import_only_what_they_may() {
    let rooms: BTreeSet<&str> = MAY_IMPORT
        .iter()
        .filter_map(|(room, _)| room.split('/').next())
        .collect();
    let mut wrong = Vec::new();
    for (name, text) in read_all() {
        let Some((room, allowed)) = MAY_IMPORT.iter().find(|(room, _)| {
            name.starts_with(&format!("{room}/")) || name == format!("{room}.rs")
        }) else {
            continue;
        };
        let own = room.split('/').next().unwrap_or(room);
        for used in named_rooms(&text) {
            let known = rooms.contains(used.as_str());
            if known && used != own && !allowed.contains(&used.as_str()) && !is_test(&name) {
                wrong.push(format!("{name} names crate::{used}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_pure_rooms_touch_no_edge() {
    let mut wrong = Vec::new();
    for (name, text) in read_all() {
        if !PURE
            .iter()
            .any(|room| name.starts_with(&format!("{room}/")))
            || is_test(&name)
        {
            continue;
        }
        let code = text
            .lines()
            .filter(|line| !line.trim_start().starts_with("//"));
        for (line, found) in code.flat_map(|line| {
            IMPURE
                .iter()
                .filter(move |edge| line.contains(*edge))
                .map(move |edge| (line, edge))
        }) {
            // The trait's own two clocks live beside the type they give.
            if name != "model/time.rs" {
                wrong.push(format!("{name} uses {found}: {}", line.trim()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn hub_and_console_never_mention_each_other() {
    for (name, text) in read_all() {
        let used = named_rooms(&text);
        assert!(
            !(name.starts_with("hub/") && used.contains("console")),
            "{name}"
        );
        assert!(
            !(name.starts_with("console/") && used.contains("hub")),
            "{name}"
        );
    }
}

#[test]
fn files_are_short_and_say_what_they_own() {
    let mut wrong = Vec::new();
    for (name, text) in read_all() {
        let lines = text.lines().count();
        let most = if name.ends_with("/mod.rs") {
            CONTENTS_PAGE
        } else {
            FILE
        };
        if lines > most {
            wrong.push(format!("{name} has {lines} lines; {most} at the most"));
        }
        if !text.starts_with("//!") {
            wrong.push(format!("{name} does not open with //!"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn no_catch_all_names() {
    let vague = [
        "util", "utils", "common", "helper", "helpers", "manager", "base",
    ];
    for (name, _) in read_all() {
        let stem = name
            .rsplit('/')
            .next()
            .unwrap_or(&name)
            .trim_end_matches(".rs");
        assert!(
            !vague.contains(&stem),
            "{name} has a name that says nothing"
        );
    }
}

#[test]
fn nobody_unwraps_outside_tests() {
    let mut wrong = Vec::new();
    for (name, text) in read_all() {
        let code = text.split("#[cfg(test)]").next().unwrap_or_default();
        for (number, line) in code.lines().enumerate() {
            let commented = line.trim_start().starts_with("//");
            if !is_test(&name)
                && !commented
                && [".unwrap()", "todo!(", "dbg!("]
                    .iter()
                    .any(|bad| line.contains(bad))
            {
                wrong.push(format!("{name}:{} {}", number + 1, line.trim()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
