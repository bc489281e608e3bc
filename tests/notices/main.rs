//! Calls for the officer as they reach a terminal, a program and another
//! desktop: the real binary, with strangers who write what they like.

#![cfg(unix)]
#![allow(clippy::panic, reason = "a test that can't go on has failed")]

mod agent;
mod floor;
mod outer;
mod tried;

use std::collections::BTreeSet;

use base64::Engine as _;

use floor::Floor;
use outer::{Got, Outer};

const HOSTILE: &str = include_str!("../corpus/hostile-text.jsonl");

/// Words of strangers that try to get out.
fn hostile() -> Vec<String> {
    let inputs = HOSTILE.lines().filter(|line| !line.trim().is_empty());
    let read = |line: &str| -> serde_json::Value { serde_json::from_str(line).expect("JSON") };
    let mut words: Vec<String> = inputs
        .filter_map(|line| read(line)["input"].as_str().map(ToOwned::to_owned))
        .collect();
    words.push("\u{1b}]777;notify;pwned;click here\u{7}".to_owned());
    words.push("\u{9d}99;i=x;pwned\u{9c}".to_owned());
    words.push("$(touch pwned) `pwned` <b>pwned</b>".to_owned());
    words
}

fn console(floor: &Floor, method: &str) -> Outer {
    let mut command = floor.in_terminal(&["console"]);
    command.env("WATCHFLOOR_NOTIFY_METHOD", method);
    command.env("SSH_CONNECTION", "192.0.2.1 1 192.0.2.2 22");
    let outer = Outer::start(command);
    outer.sees("live");
    outer
}

/// The text of a notice, and that everything around it is as it has to be.
fn text_of(command: &str) -> String {
    if let Some(rest) = command.strip_prefix("99;") {
        let (meta, payload) = rest.split_once(';').expect("metadata and payload");
        assert!(
            meta.starts_with("i=watchfloor:f=d2F0Y2hmbG9vcg==:u=") && meta.ends_with(":e=1"),
            "{command}"
        );
        let bytes = base64::engine::general_purpose::STANDARD.decode(payload);
        return String::from_utf8(bytes.expect("base64")).expect("text");
    }
    let text = command
        .strip_prefix("777;notify;watchfloor;")
        .or_else(|| command.strip_prefix("9;"));
    text.unwrap_or_else(|| panic!("{command:?} is no notice of ours"))
        .to_owned()
}

/// "watchfloor: 12 critical" and nothing else.
fn is_count_of_criticals(text: &str) -> bool {
    let count = text
        .strip_prefix("watchfloor: ")
        .and_then(|rest| rest.strip_suffix(" critical"));
    count.is_some_and(|count| count.parse::<usize>().is_ok())
}

fn holds_only_ours(got: &Got) {
    for notice in got.notices() {
        let text = text_of(&notice);
        assert!(
            text.len() <= 80 && is_count_of_criticals(&text),
            "{notice:?}"
        );
    }
    for title in &got.titles {
        let count = title
            .strip_prefix('(')
            .and_then(|rest| rest.strip_suffix("!) watchfloor"));
        let is_ours = title == "watchfloor" || count.is_some_and(|n| n.parse::<u32>().is_ok());
        assert!(is_ours, "{title:?}");
    }
}

#[test]
fn each_way_reaches_the_terminal_and_no_strangers_word_with_it() {
    let floor = Floor::start("");
    let ways = [
        ("osc99", "99;"),
        ("osc777", "777;"),
        ("osc9", "9;"),
        ("bell", ""),
        ("title", ""),
        ("off", ""),
    ];
    let consoles: Vec<_> = ways
        .map(|(method, start)| (method, start, console(&floor, method)))
        .into_iter()
        .collect();
    let words = hostile();
    for (id, words) in words.iter().enumerate() {
        floor.critical(id + 1, &format!("Mill Road {words}"));
    }
    let all = format!("All {}", words.len());
    let title = format!("({}!) watchfloor", words.len());
    let waits = |got: &Got, text: &str| text.contains(&all) && got.titles.contains(&title);
    for (method, start, outer) in consoles {
        let got = match method {
            "off" => outer.until("all items", |_, text| text.contains(&all)),
            "title" => outer.until("the counting title", waits),
            "bell" => outer.until("the bell", |got, text| got.bells > 0 && waits(got, text)),
            _ => outer.until("a notice and the bell", |got, text| {
                !got.notices().is_empty() && got.bells > 0 && waits(got, text)
            }),
        };
        holds_only_ours(&got);
        assert!(
            got.notices()
                .iter()
                .all(|notice| !start.is_empty() && notice.starts_with(start)),
            "{method}: {:?}",
            got.notices()
        );
        match method {
            "off" => assert_eq!((got.bells, got.titles.len()), (0, 0)),
            "title" => assert_eq!(got.bells, 0),
            _ => {}
        }
    }
}

#[test]
fn a_notice_is_taken_back_when_everything_is_taken() {
    let floor = Floor::start("");
    let outer = console(&floor, "osc99");
    floor.critical(1, "A pipe burst in Mill Road");
    let got = outer.until("a notice", |got, _| !got.notices().is_empty());
    assert_eq!(text_of(&got.notices()[0]), "watchfloor: 1 critical");
    assert!(got.notices()[0].contains(":u=2:o=unfocused:"), "{got:?}");
    floor.out(&["do", "acknowledge", "1"]);
    outer.until("the end of the notice", |got, _| {
        got.notices()
            .last()
            .is_some_and(|last| last == "99;i=watchfloor:p=close;")
    });
    assert_eq!(
        outer.got().titles.last().map(String::as_str),
        Some("watchfloor")
    );
}

#[test]
fn the_rule_is_named_where_officer_and_administrator_allow_it() {
    let rule = "[[rule]]\nname = \"main-burst\"\nwhen = '\"pipe burst\"'\nseverity = \"critical\"\n\
                says = \"A street floods within the hour.\"\n";
    for (ceiling, says) in [
        ("rule", "watchfloor: 1 critical (main-burst)"),
        ("counts", "watchfloor: 1 critical"),
    ] {
        let floor = Floor::start(&format!("{rule}[hub]\nnotices_tell = \"{ceiling}\"\n"));
        let mut command = floor.in_terminal(&["console"]);
        command.env("WATCHFLOOR_NOTIFY_METHOD", "osc9");
        command.env("WATCHFLOOR_NOTIFY_PRIVACY", "rule");
        let outer = Outer::start(command);
        outer.sees("live");
        floor.post(&serde_json::json!({"id": 1, "text": "A pipe burst in Mill Road"}));
        let got = outer.until("a notice", |got, _| !got.notices().is_empty());
        assert_eq!(got.notices()[0], format!("9;{says}"));
    }
}

#[test]
fn the_page_of_notices_says_what_was_held_back() {
    let floor = Floor::start("");
    let mut outer = console(&floor, "osc777");
    // The terminal gets the focus.
    outer.press("\u{1b}[I");
    floor.critical(1, "A pipe burst in Mill Road");
    outer.until("the bell", |got, _| got.bells > 0);
    outer.press(":notices\r");
    outer.sees("How you are called");
    outer.sees("notices of the terminal (OSC 777)");
    outer.sees("because you were looking at the console");
    assert_eq!(
        outer.got().notices(),
        BTreeSet::<String>::new().into_iter().collect::<Vec<_>>()
    );
}
