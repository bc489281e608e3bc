//! No document makes a channel file panic, and every part of it is accounted
//! for.

use std::sync::{Arc, LazyLock};

use axum::http::{HeaderMap, HeaderValue, Method};
use proptest::prelude::*;
use serde_json::{Value, json};
use watchfloor::channels::catalogue::{Catalogue, Listed};
use watchfloor::channels::registry::{Channel, Channels};
use watchfloor::channels::settings::{ChannelConfig, Secret};
use watchfloor::channels::transport::webhook::{Received, Request, Webhook};
use watchfloor::channels::trial::try_sample;
use watchfloor::model::ids::ChannelName;

/// Keys that channel files look at, so that the trees are not all strangers.
const KEYS: [&str; 24] = [
    "id",
    "text",
    "title",
    "kind",
    "author",
    "labels",
    "alerts",
    "items",
    "event",
    "payload",
    "account",
    "content",
    "status",
    "startsAt",
    "endsAt",
    "fingerprint",
    "annotations",
    "data",
    "source",
    "specversion",
    "conversation",
    "messages",
    "retract",
    "severity",
];

/// Read once: there are many files.
static CATALOGUE: LazyLock<Catalogue> =
    LazyLock::new(|| Catalogue::built_in().expect("the built-in files are right"));

/// Headers that prove something somewhere.
const SIGNED: [&str; 12] = [
    "authorization",
    "x-hub-signature",
    "x-hub-signature-256",
    "x-slack-signature",
    "x-slack-request-timestamp",
    "x-twilio-signature",
    "x-signature-ed25519",
    "x-signature-timestamp",
    "x-line-signature",
    "x-pagerduty-signature",
    "x-gitlab-token",
    "x-telegram-bot-api-secret-token",
];

/// A channel of every webhook's file, with secrets that nobody guesses.
static DOORS: LazyLock<Vec<Arc<Channel>>> = LazyLock::new(|| {
    let webhooks = CATALOGUE
        .list()
        .into_iter()
        .filter(|f| f.transport == "webhook");
    let config = |file: Listed| {
        let name = ChannelName::new(&file.id).expect("an id is a name");
        let mut config = ChannelConfig::new(name, &file.id);
        for name in file.vars {
            config
                .vars
                .insert(name, "https://vendor.example".to_owned());
        }
        for (nth, name) in file.secrets.into_iter().enumerate() {
            let secret = format!("{nth:064x}");
            config.secrets.insert(name, Secret::new(secret));
        }
        config
    };
    let channels = Channels::load(webhooks.map(config).collect(), &CATALOGUE);
    channels.expect("they load").iter().cloned().collect()
});

fn tree() -> impl Strategy<Value = Value> {
    let key = prop::sample::select(KEYS.to_vec()).prop_map(str::to_owned);
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".{0,20}".prop_map(Value::from),
        prop::sample::select(vec![
            "update",
            "delete",
            "conversation_opened",
            "message_created",
            "open",
            "mention",
            "alert",
            "2026-11-23T18:50:00Z",
            "0001-01-01T00:00:00Z",
            "{\"id\":\"1\",\"content\":\"<p>\"}",
            "<a href=",
        ])
        .prop_map(Value::from),
    ];
    leaf.prop_recursive(5, 60, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::btree_map(key.clone(), inner, 0..8).prop_map(|m| json!(m)),
        ]
    })
}

proptest! {
    #[test]
    fn no_tree_makes_a_channel_file_panic(tree in tree()) {
        let sample = tree.to_string();
        for id in CATALOGUE.ids() {
            if let Ok(tried) = try_sample(&CATALOGUE, id, sample.as_bytes()) {
                let entries = match &tree {
                    Value::Array(list) if ["generic", "cloudevents", "riemann"].contains(&id) => list.len(),
                    _ => tried.parts.len(),
                };
                prop_assert_eq!(tried.parts.len(), entries, "each entry is accounted for by {}", id);
            }
        }
    }

    #[test]
    fn no_bytes_make_a_channel_file_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        for id in CATALOGUE.ids() {
            drop(try_sample(&CATALOGUE, id, &bytes));
        }
    }

    /// Whatever is sent, and whatever it calls itself: without the secret it
    /// does not get in, and no door breaks.
    #[test]
    fn nothing_unproven_comes_in(
        tree in tree(),
        bytes in prop::collection::vec(any::<u8>(), 0..80),
        raw in any::<bool>(),
        header in "[ -~]{0,60}|v1=[0-9a-f]{0,9},|Bearer [A-Za-z0-9_.-]{0,40}|sha256=[0-9a-fA-F]{64}",
        kind in prop::sample::select(vec!["application/json", "application/x-www-form-urlencoded", "text/plain", ""]),
    ) {
        let body = if raw { bytes } else { tree.to_string().into_bytes() };
        for channel in DOORS.iter() {
            let mut headers = HeaderMap::new();
            headers.insert("content-type", HeaderValue::from_static(kind));
            for name in SIGNED {
                headers.insert(name, HeaderValue::from_str(&header).expect("it is ASCII"));
            }
            let request = Request {
                method: &Method::POST,
                path: &header,
                query: "token=guessed",
                headers: &headers,
                body: body.clone().into(),
                peer: "203.0.113.9".parse().expect("an address"),
                names: &[],
                now: crate::support::now(),
            };
            let hook = Webhook::of(channel).expect("it is a webhook");
            let refused = matches!(hook.receive(&request), Received::Answer(a) if a.status >= 400);
            prop_assert!(refused, "{} let it in", channel.name());
        }
    }
}
