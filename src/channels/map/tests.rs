//! The operators, each against a small message, and the pointers' laws.

use std::collections::BTreeMap;

use bytes::Bytes;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::plan::{For, WIDEST};
use super::pointer::Pointer;
use super::scope::{Message, Scope};
use crate::channels::file;
use crate::model::ids::ChannelName;
use crate::model::inbound::Inbound;
use crate::model::item::{Content, OnRetract};

/// What a file with the maps `maps` and `[source]` lines `source` makes of
/// `message`.
fn mapped(source: &str, maps: &str, message: &str) -> Vec<Inbound> {
    let text = format!(
        "schema = 1\n[channel]\nid = \"t\"\nname = \"T\"\nkind = \"any\"\nvars = {{ city = \"Mill\", own = \"x\", unset = \"\" }}\n\
         [source]\ntransport = \"webhook\"\n{source}\n{maps}\n\
         [[test]]\nname = \"t\"\ninput = \"\"\nexpect = {{ id = \"\" }}\n"
    );
    let file = file::parse("t.toml", &text).unwrap_or_else(|e| panic!("{e}"));
    let whose = For {
        channel: ChannelName::new("t").expect("a name"),
        on_retract: OnRetract::Erase,
    };
    let body = Bytes::copy_from_slice(message.as_bytes());
    let read = file.reader.read(&body, &file.vars, &whose);
    read.expect("it is JSON").inbound
}

/// The text of the one item that `field` makes of `message`; none when nothing
/// of it is an item.
fn text(field: &str, message: &Value) -> Option<String> {
    let maps = format!("[[map]]\nkind = \"mention\"\nid = {{ value = \"1\" }}\ntext = {field}");
    match &mapped("", &maps, &message.to_string())[..] {
        [Inbound::Item { content, .. }] => Some(content.text.as_evidence().to_owned()),
        [Inbound::Unmapped { .. }] => None,
        other => panic!("one part was expected; there are {}", other.len()),
    }
}

fn item(inbound: &Inbound) -> &Content {
    match inbound {
        Inbound::Item { content, .. } => content,
        other => panic!("an item was expected; this is {other:?}"),
    }
}

#[test]
#[expect(
    clippy::too_many_lines,
    reason = "a table: one document, one row an operator"
)]
fn each_operator_does_what_its_name_says() {
    let message = json!({
        "a": "", "b": null, "n": 9_007_199_254_740_993_u64, "neg": -7, "yes": true, "s": "Red",
        "html": "<p>x <b>y</b></p>", "json": "{\"in\":[\"deep\"]}", "t": "1355517523.9994",
        "ms": 1_355_517_523_000_i64, "o": {"z": 1, "a": 2}, "~x/y": "odd", "same": "Red",
        "who": "u2", "users": [{"id": "u1", "n": "Ana"}, {"id": "u2", "n": "Ben"}],
    });
    for (field, wanted) in [
        ("[\"/a\", \"/b\", \"/missing/0\", \"/s\"]", Some("Red")),
        ("\"/n\"", Some("9007199254740993")),
        ("\"/neg\"", Some("-7")),
        ("\"/yes\"", Some("true")),
        ("\"/o\"", None),
        ("\"/~0x~1y\"", Some("odd")),
        ("\"//s\"", Some("Red")),
        ("{ at = \"/s\", enum = { red = \"high\" } }", Some("high")),
        (
            "{ at = \"/s\", enum = { blue = \"low\" }, default = \"medium\" }",
            Some("medium"),
        ),
        ("{ at = \"/s\", null_if = \"Red\" }", None),
        ("{ at = \"/s\", unless_eq = \"/same\" }", None),
        ("{ at = \"/s\", unless_eq = \"/who\" }", Some("Red")),
        ("{ at = \"/html\", as = \"html_text\" }", Some("x y")),
        ("{ at = \"/json\", json = \"/in/0\" }", Some("deep")),
        (
            "{ at = \"/s\", as = \"number\", or = \"/neg\" }",
            Some("-7"),
        ),
        (
            "{ at = \"/t\", as = \"unix_decimal\" }",
            Some("2012-12-14T20:38:43.999Z"),
        ),
        (
            "{ at = \"/ms\", as = \"unix_ms\" }",
            Some("2012-12-14T20:38:43.000Z"),
        ),
        (
            "{ pick = \"/users\", where = { \"/id\" = \"/who\" }, at = \"/n\" }",
            Some("Ben"),
        ),
        (
            "{ join = [\"/s\", \"/who\"], with = \"-\" }",
            Some("Red-u2"),
        ),
        ("{ join = [\"/s\", \"/missing\"] }", None),
        (
            "{ template = \"{{ base.s }}/{{ root.who }}/{{ vars.city }}\" }",
            Some("Red/u2/Mill"),
        ),
        ("{ template = \"{{ base.missing }}x\" }", None),
        (
            "{ template = \"{{ base.missing or base.s }}!\" }",
            Some("Red!"),
        ),
        (
            "{ template = \"{% for i in base.users %}{{ i.n }} {% endfor %}\" }",
            Some("Ana Ben "),
        ),
        (
            "{ template = \"{% for i in 'x' * 99999999 %}.{% endfor %}\" }",
            None,
        ),
    ] {
        assert_eq!(text(field, &message).as_deref(), wanted, "{field}");
    }
    let hashed = text("{ hash_of = \"/o\" }", &message);
    assert_eq!(hashed, text("{ hash_of = \"\" }", &json!({"a": 2, "z": 1})));
}

#[test]
fn fan_outs_nest_and_keep_the_scope_around_them() {
    let maps = r#"
        [[map]]
        foreach = ["/entry/*/changes/*", "/value/messages/*"]
        kind = "mention"
        id = "/id"
        text = "/text"
        author.name = { pick = "^/value/contacts", where = [{ "/wa" = "/from" }], at = "/name" }
        region = "^^/place"
        [[map]]
        foreach = ["/entry/*/changes/*", "/value/statuses/*"]
        kind = "ignore""#;
    let message = json!({"place": "west", "entry": [{"changes": [{"value": {
        "contacts": [{"wa": "7", "name": "Dana"}],
        "messages": [{"id": "a", "text": "one", "from": "7"}, {"id": "b", "text": "two"}, {"text": "no id"}],
        "statuses": [{"id": "x"}],
    }}]}]});
    let inbound = mapped("", maps, &message.to_string());
    assert_eq!(inbound.len(), 3);
    let first = item(&inbound[0]);
    assert_eq!(first.author.name.as_evidence(), "Dana");
    assert_eq!(first.region.as_evidence(), "west");
    assert!(item(&inbound[1]).author.name.is_empty());
    assert!(matches!(&inbound[2], Inbound::Unmapped { why, .. } if why.contains("/id")));
}

#[test]
fn object_keys_are_data() {
    let maps = "[[map]]\nforeach = [\"/rooms/*\", \"/events/*\"]\nkind = \"mention\"\nid = \"/id\"\n\
                text = \"/text\"\nthread = { key = true }";
    let message = r##"{"rooms": {"#a": {"events": [{"id": 1, "text": "x"}]}, "#b": {"events": [{"id": 2, "text": "y"}]}}}"##;
    let inbound = mapped("", maps, message);
    let threads: Vec<_> = inbound
        .iter()
        .map(|i| item(i).thread.as_evidence())
        .collect();
    assert_eq!(threads, ["#a", "#b"]);
}

#[test]
fn a_fan_out_stops_at_its_cap_and_says_so() {
    let maps = "[[map]]\nforeach = \"/l/*\"\nkind = \"mention\"\nid = \"\"\ntext = \"\"";
    let message = json!({"l": vec![1; WIDEST + 5]}).to_string();
    let inbound = mapped("", maps, &message);
    assert_eq!(inbound.len(), WIDEST + 1);
    assert!(matches!(inbound.last(), Some(Inbound::Unmapped { why, .. }) if why.contains("10000")));
}

#[test]
fn long_text_is_cut_at_a_letter_and_labels_are_counted() {
    let labels: BTreeMap<String, u32> = (0..200).map(|n| (format!("l{n:03}"), n)).collect();
    let message = json!({"text": "é".repeat(40_000), "labels": labels});
    let maps =
        "[[map]]\nkind = \"alert\"\nid = { value = \"1\" }\ntext = \"/text\"\nlabels = \"/labels\"";
    let inbound = mapped("", maps, &message.to_string());
    let content = item(&inbound[0]);
    assert_eq!((content.text.len(), content.labels.len()), (65_536, 64));
}

#[test]
fn an_entrys_raw_bytes_are_its_own_part_as_it_came() {
    let maps = "[[map]]\nkind = \"retract\"\nid = \"/id\"";
    let batch = r#"{"x": 1, "list": [ {"id" : 1.50}, {"id": 2}]}"#;
    let split = mapped(
        "split = \"/list\"",
        "[[map]]\nkind = \"mention\"\nid = \"/id\"\ntext = \"^/x\"",
        batch,
    );
    let Inbound::Item { raw, content, .. } = &split[0] else {
        panic!("it is an item")
    };
    assert_eq!(
        (&raw[..], content.text.as_evidence()),
        (&br#"{"id" : 1.50}"#[..], "1")
    );
    let taken_back = mapped("split = \"/list\"", maps, batch);
    assert!(matches!(
        taken_back[1],
        Inbound::Retraction {
            on: OnRetract::Erase,
            ..
        }
    ));
}

#[test]
fn conditions_hold_as_they_say() {
    let message = json!({"a": 5, "b": null, "s": "x"});
    for (condition, holds) in [
        ("{ at = \"/a\", eq = 5 }", true),
        ("{ at = \"/a\", eq = \"5\" }", true),
        ("{ at = \"/a\", in = [4, 6] }", false),
        ("{ at = \"/s\", eq_var = \"own\" }", true),
        ("{ at = \"/a\", eq_var = \"own\" }", false),
        ("{ at = \"/s\", eq_var = \"unset\" }", false),
        ("{ at = \"/b\", exists = true }", false),
        ("{ at = \"/b\", exists = false }", true),
        ("{ at = \"/b\", absent_or_in = [] }", true),
        ("{ at = \"/s\", absent_or_in = [\"y\"] }", false),
        ("{ at = \"/a\", gt = 4.5 }", true),
        ("{ at = \"/s\", gt = 0 }", false),
        ("{ not = { at = \"/s\", eq = \"x\" } }", false),
        (
            "{ all = [{ at = \"/a\", gt = 1 }, { at = \"/s\", eq = \"x\" }] }",
            true,
        ),
        (
            "{ any = [{ at = \"/a\", gt = 9 }, { at = \"/s\", eq = \"y\" }] }",
            false,
        ),
    ] {
        let maps =
            format!("[[map]]\nwhen = {condition}\nkind = \"mention\"\nid = \"/a\"\ntext = \"/s\"");
        let inbound = mapped("", &maps, &message.to_string());
        let fits = matches!(inbound[..], [Inbound::Item { .. }]);
        assert_eq!(fits, holds, "{condition}");
    }
}

fn tree() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<i64>().prop_map(Value::from),
        "[a/~0-9]{0,3}".prop_map(Value::from)
    ];
    leaf.prop_recursive(4, 40, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map("[a/~0-9]{0,2}", inner, 0..4).prop_map(|m| json!(m)),
        ]
    })
}

proptest! {
    /// Ours finds what the library's RFC 6901 finds, wherever both start.
    #[test]
    fn pointers_find_what_the_rfc_says(tree in tree(), tokens in prop::collection::vec("[a/~0-9]{0,2}", 0..4)) {
        let escape = |t: &String| format!("/{}", t.replace('~', "~0").replace('/', "~1"));
        let written: String = tokens.iter().map(escape).collect();
        // "//" at the start is ours: the top of the message.
        prop_assume!(!written.starts_with("//") && written != "/");
        let pointer = Pointer::parse(&written).expect("it is escaped");
        let vars = BTreeMap::new();
        let message = Message::new(&tree, &vars);
        prop_assert_eq!(pointer.find(&Scope::top(&message)), tree.pointer(&written));
        let top = Pointer::parse(&format!("/{written}"));
        if let (Ok(top), false) = (top, written.is_empty()) {
            prop_assert_eq!(top.find(&Scope::top(&message)), tree.pointer(&written));
        }
    }

    #[test]
    fn what_is_no_pointer_is_refused_and_nothing_panics(written in ".{0,12}") {
        if let Ok(pointer) = Pointer::parse(&written) {
            prop_assert_eq!(pointer.written(), &written);
        }
    }
}
