//! Right-to-left text on a terminal that says late what it is: the order on the
//! screen follows without a restart, and what is copied never changes.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::stage::{Stage, entry};
use crate::terminal::{Look, Terminal};

const LOGICAL: &str = "\u{5e9}\u{5dc}\u{5d5}\u{5dd}";
const VISUAL: &str = "\u{5dd}\u{5d5}\u{5dc}\u{5e9}";

/// The texts that were put on the clipboard.
fn copied(bytes: &[u8]) -> Vec<String> {
    let text = String::from_utf8_lossy(bytes).into_owned();
    let copies = text.split("\u{1b}]52;c;").skip(1);
    copies
        .filter_map(|rest| {
            let base64 = rest.split('\u{7}').next()?;
            String::from_utf8(STANDARD.decode(base64).ok()?).ok()
        })
        .collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_order_follows_a_late_answer_and_copies_stay_logical() {
    let stage = Stage::town().await;
    let body = serde_json::json!([entry("1", &format!("{LOGICAL} Mill Road"))]);
    assert_eq!(stage.post(body.to_string()).await.status, 200);
    let port = stage.running.address.port();
    let mut console = Terminal::open(port, stage.token("ana"), Look::COLOUR).unwrap();
    console.record();
    console
        .until("logical order, for nobody knows this terminal", |screen| {
            screen.contents().contains(LOGICAL)
        })
        .unwrap();
    console.press("ggy").unwrap();
    console
        .until("the copy", |screen| screen.contents().contains("Copied"))
        .unwrap();
    // It never orders text: the console has to.
    console
        .press("\u{1b}P>|foot(1.16.2)\u{1b}\\\u{1b}[?62;4c")
        .unwrap();
    console
        .until("visual order", |screen| {
            let text = screen.contents();
            text.contains(VISUAL) && !text.contains(LOGICAL)
        })
        .unwrap();
    console.press("y").unwrap();
    while copied(&console.recorded()).len() < 2 {
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    let bytes = console.recorded();
    for copy in copied(&bytes) {
        assert!(copy.contains(LOGICAL) && !copy.contains(VISUAL), "{copy}");
    }
    let says = |what: &str| String::from_utf8_lossy(&bytes).matches(what).count();
    assert_eq!((says("\u{1b}[8l"), says("\u{1b}[8h")), (1, 0));
    console.press("q").unwrap();
    console
        .until("the terminal as it was", |screen| {
            !screen.alternate_screen()
        })
        .unwrap();
    // What is given back comes behind the screen.
    while !String::from_utf8_lossy(&console.recorded()).contains("\u{1b}[8h") {
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    stage.stop().await;
}
