//! A real Nostr relay: notes that another program signs are heard, ours are signed,
//! kept by the relay, and found there by that program.

use std::sync::Arc;

use serde_json::Value;
use watchfloor::channels::registry::Channel;
use watchfloor::channels::reply::{Act, Outcome};
use watchfloor::channels::transport::cursors::InMemory;

use super::{act, folder, free_port, run, start, tool, up, version, wanted};
use crate::support::{Recorder, Task, channel, config, content, with_secret};

fn conf(here: &str, port: u16) -> String {
    format!(
        "DEBUG: false
relay_name: relay
storage:
  sqlalchemy.url: sqlite+aiosqlite:///{here}/relay.sqlite3
  validators:
    - nostr_relay.validators.is_not_too_large
    - nostr_relay.validators.is_signed
    - nostr_relay.validators.is_recent
verification: {{ nip05_verification: disabled }}
gunicorn: {{ bind: '127.0.0.1:{port}', workers: 1, loglevel: warning, reload: false }}
message_timeout: 1800
subscription_limit: 32
oldest_event: 31536000
"
    )
}

fn relay(url: &str, key: &str) -> Arc<Channel> {
    let mut config = with_secret(config("nostr"), "key", key);
    config.vars.insert("relay".to_owned(), url.to_owned());
    config.allow_private = true;
    channel(config, &[])
}

/// Another program at the relay: says something with a key, or asks for what it has.
const OTHER: &str = "
import asyncio, json, sys
import aionostr
url, what, key = sys.argv[1:]
async def main():
    if key:
        await aionostr.add_event([url], kind=1, content=what, private_key=key)
    else:
        for event in await aionostr.get_anything(json.loads(what), [url]):
            print(json.dumps(event.to_json_object()))
asyncio.run(main())
";

fn dana(url: &str, words: &str) {
    let key = "11".repeat(32);
    run(&tool("python"), &["-c", OTHER, url, words, &key]);
}

fn kept(url: &str, query: &str) -> Vec<Value> {
    let said = run(&tool("python"), &["-c", OTHER, url, query, ""]);
    let events = said.lines().map(|line| serde_json::from_str(line).unwrap());
    events.collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn notes_are_verified_and_ours_are_signed_and_kept() {
    if !wanted("a Nostr relay") {
        return;
    }
    let asks = "import importlib.metadata as m; print(m.version('nostr-relay'))";
    version(&tool("python"), &["-c", asks]);
    let folder = folder();
    let port = free_port();
    let file = folder.path().join("relay.yaml");
    std::fs::write(&file, conf(folder.path().to_str().unwrap(), port)).unwrap();
    let args = ["-c", file.to_str().unwrap(), "serve"];
    let _peer = start(&tool("nostr-relay"), &args, port).await;
    let url = format!("ws://127.0.0.1:{port}");
    let channel = relay(&url, &"07".repeat(32));
    let task = Task::start(&channel, Recorder::default(), InMemory::default());
    up(&task).await;
    dana(&url, "No water");
    let heard = task.intake.first(1).await;
    let note = content(&heard[0]);
    assert_eq!(note.text.as_evidence(), "No water");

    let id = uuid::Uuid::now_v7().to_string();
    let words = (id.as_str(), "It is back at 18h; até já.");
    let sent = act(&channel, Act::Reply, words, note).await;
    let Outcome::Sent { id: Some(ours), .. } = &sent else {
        panic!("{sent:?}");
    };
    let again = act(&channel, Act::Reply, words, note).await;
    assert_eq!(again, sent, "the same attempt is the same event");
    let about = format!("{{\"#e\": [\"{}\"]}}", note.external_id.as_evidence());
    let answers = kept(&url, &about);
    assert_eq!(answers.len(), 1, "{answers:?}");
    assert_eq!(answers[0]["id"], ours.as_evidence());
    assert_eq!(answers[0]["content"], "It is back at 18h; até já.");

    // Our own words are no news; hers are.
    dana(&url, "Thanks");
    let heard = task.intake.first(2).await;
    assert_eq!(content(&heard[1]).text.as_evidence(), "Thanks");
    let refused = act(&relay(&url, "nsec1x"), Act::Reply, words, note).await;
    assert_eq!(refused.word(), "refused", "{refused:?}");
    task.stop().await;
}
