//! What `check terminal` asks its officer, in a real terminal: which of two
//! lines reads right, and that the answer is remembered.

use std::time::Duration;

use crate::terminal::{Look, Terminal};

/// Answers the question with these keys; what the command says then, and what
/// lies in the officer's cache afterwards.
fn answered(keys: &str, says: &str) -> String {
    let mut shell = Terminal::shell(1, "wf_nobody", Look::MONO).unwrap();
    let shows = |words: &'static str| {
        move |screen: &vt100::Screen| screen.contents().replace('\n', "").contains(words)
    };
    shell.until("prompt", shows("ready$")).unwrap();
    shell.press("${CONSOLE%% *} check terminal\r").unwrap();
    shell.until("question", shows("Which one?")).unwrap();
    shell.press(keys).unwrap();
    let says = says.to_owned();
    let told = |screen: &vt100::Screen| screen.contents().replace('\n', "").contains(&says);
    shell.until("answer", told).unwrap();
    shell
        .press("clear; cat ~/.cache/watchfloor/terminals.json; echo; echo the end\r")
        .unwrap();
    let listed = |screen: &vt100::Screen| {
        let text = screen.contents();
        text.contains("\nthe end") && !text.contains("Which one?")
    };
    shell.until("file", listed).unwrap();
    shell.quiet(Duration::from_millis(50));
    shell.look(vt100::Screen::contents)
}

#[test]
fn which_line_reads_right_is_asked_and_remembered() {
    let file = answered("2\r", "Remembered: the console orders right-to-left text");
    assert!(file.contains("\"orders_text\":false"), "{file}");
    let file = answered("1\r", "Remembered: this terminal orders right-to-left text");
    assert!(file.contains("\"orders_text\":true"), "{file}");
    let file = answered("\r", "Nothing is remembered");
    assert!(!file.contains("orders_text"), "{file}");
}
