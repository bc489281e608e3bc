//! What leaves us is what the file says, whatever the words are; and what an
//! answer means.

use axum::http::{HeaderMap, HeaderName, HeaderValue};
use proptest::prelude::*;

use super::build::build;
use super::judge::{Answered, judge};
use super::{Act, Outcome, Outgoing};
use crate::channels::catalogue::Catalogue;
use crate::channels::registry::{Channel, Channels};
use crate::channels::settings::{ChannelConfig, Secret};
use crate::model::content::{Content, Kind};
use crate::model::ids::ChannelName;
use crate::model::time::Timestamp;

const FILE: &str = r#"schema = 1
[channel]
id = "town"
name = "Town"
kind = "social"
vars = { host = "town.example" }
secrets = ["bearer"]
[source]
transport = "webhook"
[source.auth]
kind = "bearer"
secret = "bearer"
[[map]]
kind = "mention"
id = "/id"
text = "/text"
extra.chat = "/chat"
[reply]
url = "https://{{ vars.host }}/chats/{{ item.extra.chat }}/messages?by={{ action.officer }}"
headers = { Authorization = "Bearer {{ secret.bearer }}", Key = "{{ action.id }}" }
json = { to = { "$number" = "{{ item.id }}" }, text = "{{ action.text }}", quote = { "of?" = "{{ item.in_reply_to }}", on = true }, "thread?" = "{{ item.extra.thread }}", tags = { "$matchers" = "item.labels" } }
prefix = "@{{ item.author.handle }} "
ok_when = { at = "/ok", eq = true }
result_id = "/id"
max_text = 20
count = "graphemes"
[limits]
retry_after_field = { at = "/wait_ms", as = "milliseconds" }
[[test]]
name = "one"
input = '{"id":7,"text":"x"}'
expect = { id = "7" }
"#;

fn town() -> std::sync::Arc<Channel> {
    let mut catalogue = Catalogue::default();
    catalogue
        .add("town.toml", FILE)
        .unwrap_or_else(|e| panic!("{e}"));
    let mut config = ChannelConfig::new(ChannelName::new("town").expect("a name"), "town");
    config
        .secrets
        .insert("bearer".to_owned(), Secret::new("s3"));
    let channels = Channels::load(vec![config], &catalogue).expect("it loads");
    let name = ChannelName::new("town").expect("a name");
    std::sync::Arc::clone(channels.get(&name).expect("it is there"))
}

fn item(chat: &str) -> Content {
    let channel = ChannelName::new("town").expect("a name");
    let mut item = Content::new(
        Kind::Mention,
        channel,
        "9007199254740993".into(),
        "hi".into(),
    );
    item.author.handle = "dana".into();
    item.extra.insert("chat".to_owned(), chat.into());
    item.labels.insert("site".to_owned(), "mill\"road".into());
    item
}

fn outgoing<'a>(item: &'a Content, text: &'a str) -> Outgoing<'a> {
    Outgoing {
        id: "01890000-0000-7000-8000-000000000001",
        text,
        item,
        officer: "Ana & Ben",
        until: None,
        ends: "",
        now: Timestamp::from_millis(1_795_459_800_000),
    }
}

fn built(chat: &str, text: &str) -> Result<super::Call, String> {
    let channel = town();
    let item = item(chat);
    let way = &channel.file.doing.ways[&Act::Reply][0];
    build(
        &channel,
        way,
        &outgoing(&item, text),
        &std::collections::BTreeMap::new(),
    )
}

#[test]
fn a_request_is_built_as_the_file_says() {
    let call = built("7/../admin?x", "Water is \"back\"\n").expect("it is built");
    assert_eq!(
        call.url.as_str(),
        "https://town.example/chats/7%2F..%2Fadmin%3Fx/messages?by=Ana%20%26%20Ben"
    );
    assert_eq!(call.headers["authorization"], "Bearer s3");
    let body: serde_json::Value = serde_json::from_str(&call.body).expect("it is JSON");
    let wanted = serde_json::json!({
        "to": 9_007_199_254_740_993_u64,
        "text": "@dana Water is \"back\"\n",
        "quote": { "on": true },
        "tags": [{ "name": "site", "value": "mill\"road", "isRegex": false, "isEqual": true }],
    });
    assert_eq!(body, wanted);
}

#[test]
fn what_is_missing_is_said_and_nothing_leaves() {
    let channel = town();
    let mut bare = item("7");
    bare.extra.clear();
    let way = &channel.file.doing.ways[&Act::Reply][0];
    let tokens = std::collections::BTreeMap::new();
    let says = build(&channel, way, &outgoing(&bare, "x"), &tokens).expect_err("no chat");
    let place = FILE.lines().position(|line| line.starts_with("url = "));
    let line = place.expect("it has one") + 1;
    assert_eq!(
        says,
        format!(
            "Nothing was sent: item.extra.chat is missing here, and the channel needs it \
             (town.toml:{line}, reply.url)."
        )
    );
    let says = built("..", "x").expect_err("it would climb");
    assert!(says.contains("can't be filled in"), "{says}");
    let rules = channel.can(Act::Reply).expect("it can");
    assert_eq!(channel.prefix(Act::Reply, &item("7")), "@dana ");
    assert_eq!(
        (
            rules.over("@dana 12345678901234"),
            rules.over("@dana 123456789012345")
        ),
        (0, 1)
    );
    assert!(channel.can(Act::Silence).is_none());
}

#[test]
#[allow(clippy::too_many_lines, reason = "a table of answers")]
fn answers_mean_what_they_say() {
    let channel = town();
    let doing = &channel.file.doing;
    let way = &doing.ways[&Act::Reply][0];
    let now = Timestamp::from_millis(1_795_459_800_000);
    let judged = |status: u16, headers: &[(&'static str, &str)], body: &str| {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            let value = HeaderValue::from_str(value).expect("a value");
            map.insert(HeaderName::from_static(name), value);
        }
        let answered = Answered {
            status,
            headers: &map,
            body: body.as_bytes(),
        };
        judge(way, &doing.limits, &answered, now)
    };
    let sent = judged(201, &[], r#"{"ok":true,"id":"m1"}"#);
    assert_eq!(
        sent,
        Outcome::Sent {
            id: Some("m1".into()),
            url: None
        }
    );
    for (status, headers, body, word, says) in [
        (
            200,
            &[][..],
            r#"{"ok":false,"error":"closed \u202e"}"#,
            "refused",
            "refused it: closed",
        ),
        (200, &[], "<html>", "unknown", "can't be read"),
        (
            400,
            &[],
            r#"{"error":{"message":"too old"}}"#,
            "refused",
            "(400): too old",
        ),
        (429, &[("retry-after", "7")], "", "later", "429"),
        (429, &[], r#"{"wait_ms": 1500}"#, "later", "429"),
        (
            503,
            &[("retry-after", "Mon, 23 Nov 2026 18:51:00 GMT")],
            "",
            "later",
            "503",
        ),
        (503, &[], "", "unknown", "503"),
        (502, &[], "bad gateway", "unknown", "bad gateway"),
        (408, &[], "", "unknown", "408"),
        (302, &[], "", "unknown", "302"),
        (308, &[], "", "refused", "moved"),
    ] {
        let outcome = judged(status, headers, body);
        assert_eq!(outcome.word(), word, "{status} {body}");
        let told = outcome.says().expect("it says why");
        assert!(told.contains(says) && !told.contains('\u{202e}'), "{told}");
    }
    let wait = |outcome: Outcome| match outcome {
        Outcome::Later { after, .. } => after.as_millis(),
        other => panic!("later was expected, not {other:?}"),
    };
    assert_eq!(wait(judged(429, &[("retry-after", "7")], "")), 7000);
    assert_eq!(wait(judged(429, &[], r#"{"wait_ms": 1500}"#)), 1500);
}

#[test]
fn a_host_that_an_item_names_needs_a_list() {
    let wrong = FILE.replace(
        "https://{{ vars.host }}",
        "{{ item.extra.chat | whole_url }}",
    );
    let error = Catalogue::default()
        .add("town.toml", &wrong)
        .expect_err("it is wrong");
    assert!(error.says.contains("hosts"), "{error}");
    assert_eq!(error.key, "reply.url");
    let right = wrong.replace("max_text = 20", "hosts = [\"a.example\"]");
    Catalogue::default()
        .add("town.toml", &right)
        .expect("it is right");
}

proptest! {
    /// Whatever the words and ids are, the body is the JSON that the file
    /// describes, and the URL is of the same host and depth.
    #[test]
    fn words_never_break_out(chat in "[a-z]\\PC{0,20}|[/?#\\\\{}\"%&.]{0,8}x", text in ".{0,60}|[\"\\\\{}%]{0,9}") {
        let call = built(&chat, &text).expect("it is built");
        prop_assert_eq!(call.url.host_str(), Some("town.example"));
        prop_assert_eq!(call.url.path_segments().map(Iterator::count), Some(3));
        let body: serde_json::Value = serde_json::from_str(&call.body).expect("it is JSON");
        let said = body["text"].as_str().expect("a text");
        prop_assert_eq!(said, format!("@dana {text}"));
        prop_assert_eq!(body.as_object().map(serde_json::Map::len), Some(4));
    }
}
