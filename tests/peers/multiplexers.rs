//! Copying, focus, sizes, detaching and attaching through real multiplexers: tmux,
//! tmux in tmux, and screen, each in a terminal that keeps what reaches it.
//!
//! How the console is drawn in them is in `tests/tty`.

use std::cell::Cell;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::notices_floor::{BINARY, Floor};
use crate::outer::Outer;
use crate::wanted;
use crate::within::{self, Tmux, shell};

/// Logical order, whatever the screen shows: the Hebrew comes first.
const WORDS: &str = "\u{5e9}\u{5dc}\u{5d5}\u{5dd} Mill Road is under water";

/// Copies the item under the cursor; the terminal gets it whole, once at least
/// and never anything else.
fn copies(floor: &Floor, outer: &mut Outer) {
    outer.sees("live");
    floor.critical(1, WORDS);
    outer.sees("Mill Road");
    outer.press("wy");
    outer.sees("Copied");
    let got = outer.until("the copy", |got, _| {
        got.commands
            .iter()
            .any(|command| command.starts_with("52;"))
    });
    let copies = got.commands.iter().filter_map(|c| c.strip_prefix("52;"));
    for copy in copies {
        let text = String::from_utf8(STANDARD.decode(copy).unwrap()).unwrap();
        assert!(text.contains(WORDS), "{text}");
        assert!(text.starts_with('#'), "{text}");
    }
}

#[test]
fn a_copy_gets_through_tmux() {
    if !wanted("a copy through tmux") {
        return;
    }
    let floor = Floor::start("");
    let tmux = Tmux::new(&floor, "tmux");
    let mut outer = Outer::start(shell(&floor, &tmux.line(&format!("{BINARY} console"))));
    copies(&floor, &mut outer);
}

#[test]
fn a_copy_gets_through_tmux_in_tmux() {
    if !wanted("a copy through tmux in tmux") {
        return;
    }
    let floor = Floor::start("");
    let (far, near) = (Tmux::new(&floor, "far"), Tmux::new(&floor, "near"));
    let inner = near.line(&format!("{BINARY} console")).replace('"', "'");
    let mut outer = Outer::start(shell(&floor, &far.line(&inner)));
    copies(&floor, &mut outer);
}

#[test]
fn a_copy_gets_through_screen() {
    if !wanted("a copy through screen") {
        return;
    }
    let floor = Floor::start("");
    let (command, _ends) = within::screen(&floor);
    let mut outer = Outer::start(command);
    copies(&floor, &mut outer);
}

/// tmux hands on that the officer looks away and back: a notice comes only while
/// nobody looks.
#[test]
fn focus_is_told_through_tmux() {
    if !wanted("focus through tmux") {
        return;
    }
    let floor = Floor::start("");
    let tmux = Tmux::new(&floor, "tmux").with("set -g focus-events on");
    let line = tmux.line(&format!("{BINARY} console"));
    let mut outer = Outer::start(within::noticing(shell(&floor, &line)));
    outer.sees("live");
    outer.press("\u{1b}[I");
    outer.press(":notices\r");
    outer.sees("How you are called");
    floor.critical(1, "A pipe burst");
    let got = outer.until("the bell", |got, _| got.bells > 0);
    assert!(got.notices().is_empty(), "nobody looked away: {got:?}");
    outer.press("\u{1b}[O");
    // The next that comes after that is told; when tmux hands it on is its own.
    let more = Cell::new(1);
    outer.until("a notice", |got, _| {
        more.set(more.get() + 1);
        floor.critical(more.get(), "Another one");
        std::thread::sleep(Duration::from_secs(1));
        !got.notices().is_empty()
    });
}

/// Nested, detached, resized meanwhile and attached again: the floor is drawn
/// whole at the new size, and nothing of the questions at the start shows.
#[test]
fn tmux_in_tmux_is_detached_resized_and_attached() {
    if !wanted("tmux in tmux, detached") {
        return;
    }
    let floor = Floor::start("");
    let bare = |name| Tmux::new(&floor, name).with("set -g status off");
    let (far, near) = (bare("far"), bare("near"));
    let inner = near.line(&format!("{BINARY} console")).replace('"', "'");
    let line = format!("{}; printf 'ready$ '; exec sh -i", far.line(&inner));
    let mut outer = Outer::start(shell(&floor, &line));
    outer.sees("live");
    floor.critical(1, "A pipe burst in Mill Road");
    outer.sees("A pipe burst");
    let text = outer.text();
    for question in ["2026$p", "i=wf", ">0q"] {
        assert!(!text.contains(question), "{text}");
    }
    far.tell("detach-client -s 0");
    outer.sees("ready$");
    outer.resize(120, 40);
    outer.press(&format!("{}\r", far.attach()));
    let bottom = |text: &str| {
        let row = text.lines().nth(39).unwrap_or_default();
        !row.trim().is_empty() && text.contains("On watch") && text.contains("A pipe burst")
    };
    outer.until("the floor at its new size", |_, text| bottom(text));
    outer.press("?");
    outer.sees("Keys");
}
