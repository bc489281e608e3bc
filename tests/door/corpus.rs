//! Hostile texts through the real generic channel, to what a console makes of
//! them: nothing of the deny set in any cleaned text, and the evidence comes
//! back byte by byte.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use watchfloor::model::item::{Content, Item};
use watchfloor::model::medium::Medium;
use watchfloor::text::{SafeText, Untrusted, is_forbidden, is_safe_symbol};

use crate::stage::Stage;
use crate::stage::watcher::{Session, Watcher};

/// Every string of the corpora that JSON can carry.
fn hostile() -> Vec<String> {
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus");
    let mut folders: Vec<PathBuf> = vec![own];
    match std::env::var_os("WATCHFLOOR_HOSTILE") {
        Some(folder) => folders.push(folder.into()),
        None => eprintln!("WATCHFLOOR_HOSTILE is not set: only our own corpus is tried."),
    }
    let naughty = naughty_strings::BLNS.iter();
    let mut texts: Vec<String> = naughty.map(ToString::to_string).collect();
    for folder in folders {
        for file in fs::read_dir(folder).unwrap() {
            let path = file.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            if name.starts_with("hostile-") && path.extension().is_some_and(|end| end == "jsonl") {
                texts.extend(fs::read_to_string(&path).unwrap().lines().filter_map(text));
            }
        }
    }
    // What is empty is not an item.
    texts.retain(|text| !text.is_empty());
    texts
}

/// The text of a corpus line; bytes that are none are read as browsers would.
fn text(line: &str) -> Option<String> {
    let case: Value = serde_json::from_str(line).ok()?;
    let times = case["times"].as_u64().unwrap_or(1);
    let times = usize::try_from(times).unwrap();
    if let Some(input) = case["input"].as_str() {
        return Some(input.repeat(times));
    }
    let digits: Vec<u32> = case["hex"]
        .as_str()?
        .chars()
        .map(|c| c.to_digit(16).unwrap())
        .collect();
    let bytes: Vec<u8> = digits
        .chunks(2)
        .map(|pair| u8::try_from(pair[0] * 16 + pair[1]).unwrap())
        .collect();
    Some(String::from_utf8_lossy(&bytes).repeat(times))
}

fn document(number: usize, text: &str) -> Value {
    json!({
        "id": format!("h-{number}"), "text": text, "title": text, "lang": text, "url": text,
        "thread": text, "region": text, "media": [text, { "at": text, "kind": text, "name": text, "size": 7 }],
        "author": { "id": text, "name": text, "handle": text },
        "labels": { "district": text }, "kind": "escalation",
        "conversation": [{ "id": "1", "speaker": "citizen", "name": text, "text": text }],
        "handoff": { "reason": text, "confidence": 0.5 },
    })
}

/// Everything of an item that a stranger wrote.
fn words(content: &Content) -> Vec<&Untrusted> {
    let author = &content.author;
    let mut words = vec![
        &content.external_id,
        &content.title,
        &content.text,
        &content.lang,
        &content.url,
        &content.thread,
        &content.region,
        &author.id,
        &author.name,
        &author.handle,
    ];
    words.extend(content.media.iter().flat_map(Medium::texts));
    words.extend(content.labels.values());
    for turn in &content.conversation {
        words.extend([&turn.name, &turn.text]);
    }
    words.extend(content.handoff.as_ref().map(|handoff| &handoff.reason));
    words
}

fn assert_harmless(item: &Item) {
    for source in words(&item.content) {
        let (line, block) = (SafeText::line(source), SafeText::block(source));
        for safe in [&line, &block, &SafeText::line_within(source, 40)] {
            let bad = safe
                .as_str()
                .chars()
                .find(|c| is_forbidden(*c) && *c != '\n');
            assert_eq!(bad, None, "{}: {:?}", item.id, safe.as_str());
            for cluster in safe.clusters().filter(|cluster| cluster.symbol != "\n") {
                assert!(is_safe_symbol(cluster.symbol), "{}: {cluster:?}", item.id);
            }
        }
        assert!(!line.as_str().contains('\n'), "{}", item.id);
    }
}

#[tokio::test]
async fn hostile_texts_reach_a_console_harmless_and_their_evidence_untouched() {
    let stage = Stage::town().await;
    let texts = hostile();
    assert!(texts.len() > 500, "only {} texts", texts.len());
    let mut sent = Vec::new();
    for (number, text) in texts.iter().enumerate() {
        let body = document(number, text).to_string().into_bytes();
        if body.len() > 1024 * 1024 {
            continue;
        }
        let answer = stage.post(body.clone()).await;
        assert_eq!(answer.status, 200, "{number}: {}", answer.text());
        sent.push((format!("h-{number}"), body));
    }
    let mut watcher = Watcher::default();
    let address = stage.running.address;
    let opened = Session::open(&watcher, address, stage.token("ana")).await;
    let mut session = opened.expect("a session");
    while watcher.board.len() < sent.len() {
        watcher.take(&session.frame().await.expect("the session lives"));
    }
    for item in watcher.board.items() {
        assert_harmless(item);
    }
    for item in watcher.board.items() {
        let id = item.content.external_id.as_evidence();
        let (_, body) = sent.iter().find(|(sent, _)| sent == id).expect("was sent");
        let raw = stage.get(&format!("/v1/items/{}/raw", item.key)).await;
        assert_eq!((raw.status, &raw.body), (200, body), "{id}");
        assert_eq!(raw.kind, "application/octet-stream");
    }
    stage.stop().await;
}
