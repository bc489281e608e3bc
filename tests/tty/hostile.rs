//! Hostile words by a real channel, looked at in every pane of the real
//! console: nothing leaves it but what is allowed, and columns stay where they
//! are.

use std::time::Duration;

use crate::sequences::assert_allowed;
use crate::stage::Stage;
use crate::terminal::{Look, Terminal};

/// The inputs of the corpus, and of the Big List of Naughty Strings.
fn words() -> Vec<String> {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/tests/corpus/hostile-text.jsonl"
    );
    let corpus = std::fs::read_to_string(path).unwrap();
    let ours = corpus.lines().filter_map(|line| {
        let case: serde_json::Value = serde_json::from_str(line).unwrap();
        Some(case["input"].as_str()?.to_owned())
    });
    let naughty = naughty_strings::BLNS.iter().map(|text| (*text).to_owned());
    ours.chain(naughty)
        .filter(|text| !text.trim().is_empty())
        .collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn hostile_words_write_nothing_that_is_not_allowed() {
    let stage = Stage::town().await;
    let words = words();
    assert!(words.len() > 500, "the corpora have lost cases");
    for (n, part) in words.chunks(50).enumerate() {
        let entries: Vec<_> = part
            .iter()
            .enumerate()
            .map(|(m, text)| {
                serde_json::json!({ "id": format!("{n}-{m}"), "text": text, "title": text,
                    "author": { "name": text, "handle": text } })
            })
            .collect();
        let answer = stage.post(serde_json::json!(entries).to_string()).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
    }
    let items = stage.items().len();
    assert!(items > 500, "{items}");
    for (cols, rows) in [(80, 24), (160, 45)] {
        let look = Look {
            cols,
            rows,
            ..Look::COLOUR
        };
        let port = stage.running.address.port();
        let mut console = Terminal::open(port, stage.token("ana"), look).unwrap();
        console.record();
        console
            .until("the floor", |screen| screen.contents().contains("live"))
            .unwrap();
        console.quiet(Duration::from_millis(300));
        console.press("gg").unwrap();
        let pages = items / usize::from(rows / 2) + 2;
        for _ in 0..pages {
            console.press("\u{4}").unwrap();
            console.quiet(Duration::from_millis(25));
        }
        // Every twentieth whole.
        console.press("gg\r").unwrap();
        for _ in 0..items / 20 {
            console.press(&"J".repeat(20)).unwrap();
            console.quiet(Duration::from_millis(25));
        }
        console.press("q").unwrap();
        console.press("\u{1b}").unwrap();
        console.quiet(Duration::from_millis(300));
        assert_allowed(&console.recorded());
    }
    stage.stop().await;
}
