//! What we send, held against what vendors' own clients send for the same (Zulip,
//! Opsgenie, `PagerDuty`, Viber), or clients of others where the vendor has none that
//! could be used (GitLab, Rocket.Chat, Freshdesk): method, path and body. `clients.py`
//! runs them; what we send is what the channel files' tests build.

use std::io::Write;
use std::process::{Command, Stdio};

use serde_json::{Value, json};

use super::requests::acting;
use super::{tool, wanted};

const CLIENTS: &str = include_str!("clients.py");
/// Each of them, as "FILE ACT".
const NAMES: [&str; 13] = [
    "zulip reply",
    "zulip-webhook reply",
    "gitlab reply",
    "opsgenie acknowledge",
    "opsgenie resolve",
    "opsgenie silence",
    "viber reply",
    "rocketchat reply",
    "freshdesk reply",
    "freshdesk resolve",
    "pagerduty reply",
    "pagerduty acknowledge",
    "pagerduty resolve",
];

/// What the files' tests build for each name, with the end of a silence that a
/// client can read.
fn ours() -> serde_json::Map<String, Value> {
    let one = |name: &str| {
        let requests = acting(name).into_iter().map(|(request, body)| {
            let method = request.get("method").and_then(toml::Value::as_str);
            json!({
                "method": method.unwrap_or("POST"),
                "url": request["url"].as_str().unwrap(),
                "body": body,
            })
        });
        let requests: Vec<Value> = requests.collect();
        assert!(!requests.is_empty(), "no test builds a body for {name}");
        let text = Value::from(requests).to_string();
        let text = text.replace("\"UNTIL\"", "\"2026-11-27T14:00:00Z\"");
        serde_json::from_str::<Value>(&text).unwrap()
    };
    let all = NAMES.iter().map(|name| ((*name).to_owned(), one(name)));
    all.collect()
}

/// What the clients send otherwise, a line each.
fn differs(ours: &serde_json::Map<String, Value>) -> String {
    let mut child = Command::new(tool("python"))
        .args(["-c", CLIENTS])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let given = Value::Object(ours.clone()).to_string();
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(given.as_bytes()).unwrap();
    drop(stdin);
    let done = child.wait_with_output().unwrap();
    assert!(done.status.success(), "the clients can't be run");
    String::from_utf8(done.stdout).unwrap()
}

#[test]
fn what_we_send_is_what_vendors_own_clients_send() {
    if !wanted("vendors' clients") {
        return;
    }
    let mut ours = ours();
    assert_eq!(differs(&ours), "");
    // And what is not would be noticed: another word, another way.
    ours["viber reply"][0]["body"]["min_api_version"] = json!(2);
    ours["gitlab reply"][0]["url"] = json!("https://gitlab.com/api/v4/projects/5/issues/17/note");
    let told = differs(&ours);
    assert_eq!(told.lines().count(), 2, "{told}");
}
