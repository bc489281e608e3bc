//! No document makes a channel file panic, and every part of it is accounted
//! for.

use std::sync::LazyLock;

use proptest::prelude::*;
use serde_json::{Value, json};
use watchfloor::channels::catalogue::Catalogue;
use watchfloor::channels::trial::try_sample;

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
}
