//! `channels new`: a channel file from a sample document.
//!
//! Guesses by the names of keys and the look of values; the file that comes out
//! loads, and its test holds what was guessed, so that its author corrects
//! instead of beginning. Pure.

use serde_json::Value;

/// A scalar of the sample: its pointer, the last key in lower case, the value.
type Leaf = (String, String, Value);

/// What is looked for, by our names: the keys that vendors use, likely first.
const FIELDS: [(&str, &str); 9] = [
    ("author.id", "author_id user_id sender_id from_id uid"),
    (
        "author.name",
        "display_name author_name user_name sender_name full_name username login handle \
         author name from sender",
    ),
    ("title", "title subject headline summary alertname"),
    (
        "text",
        "text message body content description comment details caption note body_text \
         text_html body_html content_html",
    ),
    ("lang", "lang language locale"),
    ("url", "url link html_url permalink web_url href"),
    (
        "thread",
        "thread_id conversation_id ticket_id topic_id thread channel_id chat_id",
    ),
    ("severity", "severity priority level urgency"),
    (
        "source_time",
        "created_at timestamp sent_at occurred_at published_at time date at created \
         published startsat ts",
    ),
];
const IDS: &str = "id uuid guid uid message_id event_id fingerprint key reference number";

/// Deepest that is looked.
const DEEPEST: usize = 6;

/// A channel file for documents like `sample`, called `id`.
///
/// # Errors
/// A sentence: the sample is no JSON, or has nothing that could be read.
pub fn scaffold(id: &str, sample: &str) -> Result<String, String> {
    let tree: Value =
        serde_json::from_str(sample).map_err(|e| format!("The sample is not JSON: {e}."))?;
    let (fan, part) = entry(&tree);
    let mut leaves = Vec::new();
    walk(part, "", "", &mut leaves);
    // What lies higher is more likely meant.
    leaves.sort_by_key(|(at, ..)| at.matches('/').count());
    let mut lines = Vec::new();
    let mut expect = Vec::new();
    if let Some(fan) = &fan {
        lines.push(format!("foreach = [{}]", quoted(fan)));
    }
    let mut id_at = None;
    if let Some((at, value, sure)) = id_of(&leaves) {
        let guess = if sure {
            ""
        } else {
            "            # a guess: has each document one of its own?"
        };
        lines.push(format!("id = {}{guess}", quoted(&at)));
        expect.push(format!("id = {}", quoted(&words(&value))));
        id_at = Some(at);
    } else {
        lines.push("id = { hash_of = \"\" }            # no key looks like an id".to_owned());
    }
    let mut says = false;
    // Nobody else is called what the document is called.
    leaves.retain(|leaf| Some(&leaf.0) != id_at.as_ref());
    for (field, keys) in FIELDS {
        let Some((at, _, value)) = find(&leaves, keys) else {
            continue;
        };
        let Some(line) = field_line(field, at, value) else {
            continue;
        };
        if field == "text" || field == "title" {
            says = true;
            expect.push(format!("{field} = {}", quoted(&words(value))));
        }
        lines.push(line);
    }
    if !says {
        let longest = leaves.iter().filter(|l| l.2.is_string());
        let longest = longest.max_by_key(|l| words(&l.2).len());
        let (at, _, value) =
            longest.ok_or_else(|| "The sample has no text that could be shown.".to_owned())?;
        lines.push(format!(
            "text = {}            # the longest text",
            quoted(at)
        ));
        expect.push(format!("text = {}", quoted(&words(value))));
    }
    Ok(written(id, &lines, &expect, sample))
}

/// Where the id is, what it is, and whether that is no guess. The id that stands
/// beside the words is theirs; one elsewhere may be that of a workspace that all
/// documents share.
fn id_of(leaves: &[Leaf]) -> Option<(String, Value, bool)> {
    let own = find(leaves, text_keys()).map(|leaf| home(&leaf.0));
    let beside = leaves
        .iter()
        .filter(|leaf| own.is_none_or(|own| home(&leaf.0) == own));
    let beside: Vec<Leaf> = beside.cloned().collect();
    let by_ending = |leaves: &[Leaf]| leaves.iter().find(|l| l.1.ends_with("_id")).cloned();
    let sure = find(&beside, IDS).cloned().or_else(|| by_ending(&beside));
    let found = sure
        .clone()
        .or_else(|| find(leaves, IDS).cloned())
        .or_else(|| by_ending(leaves));
    found.map(|(at, _, value)| (at, value, sure.is_some()))
}

fn written(id: &str, lines: &[String], expect: &[String], sample: &str) -> String {
    // A literal string can't have what ends it, nor controls.
    let unfit = |c: char| c.is_control() && c != '\n' && c != '\t';
    let input = if sample.contains("'''") || sample.contains(unfit) {
        quoted(sample.trim())
    } else {
        format!("'''\n{}\n'''", sample.trim())
    };
    let expect = if expect.is_empty() {
        "expect_count = { unmapped = 0 }".to_owned()
    } else {
        format!("expect = {{ {} }}", expect.join(", "))
    };
    format!(
        r#"# {id}: written from a sample by `watchfloor channels new`. Read it through, then
# run `watchfloor channels test FILE`. kind is mention, alert or escalation.
schema = 1

[channel]
id = {name}
name = {name}
kind = "any"
realtime = true
secrets = ["bearer"]

[source]
transport = "webhook"
auth = {{ kind = "bearer", secret = "bearer" }}

[[map]]
kind = "mention"
{fields}

[[test]]
name = "the sample"
input = {input}
{expect}
"#,
        name = quoted(id),
        fields = lines.join("\n"),
    )
}

/// Where the documents are: the sample itself, or the elements of its longest
/// list of objects.
fn entry(tree: &Value) -> (Option<String>, &Value) {
    let first = |list: &'_ Value| {
        list.as_array()
            .is_some_and(|l| l.first().is_some_and(Value::is_object))
    };
    if first(tree) {
        return (Some("/*".to_owned()), &tree[0]);
    }
    let Some(object) = tree.as_object() else {
        return (None, tree);
    };
    let own = object.iter().any(|(k, v)| {
        IDS.split(' ').any(|id| id == k.to_lowercase()) && !v.is_object() && !v.is_array()
    });
    let lists = object.iter().filter(|(_, v)| !own && first(v));
    match lists.max_by_key(|(_, v)| v.as_array().map_or(0, Vec::len)) {
        Some((key, list)) => (Some(format!("{}/*", step("", key))), &list[0]),
        None => (None, tree),
    }
}

fn step(at: &str, key: &str) -> String {
    format!("{at}/{}", key.replace('~', "~0").replace('/', "~1"))
}

fn walk(value: &Value, at: &str, key: &str, leaves: &mut Vec<Leaf>) {
    if at.matches('/').count() > DEEPEST {
        return;
    }
    match value {
        Value::Object(map) => {
            for (key, value) in map {
                walk(value, &step(at, key), key, leaves);
            }
        }
        Value::Array(list) => {
            if let Some(first) = list.first() {
                walk(first, &format!("{at}/0"), key, leaves);
            }
        }
        Value::Null => {}
        value => leaves.push((at.to_owned(), key.to_lowercase(), value.clone())),
    }
}

/// The keys that words stand under.
fn text_keys() -> &'static str {
    let text = FIELDS.iter().find(|(field, _)| *field == "text");
    text.map_or("", |(_, keys)| keys)
}

/// The object that a pointer's last step leads into.
fn home(at: &str) -> &str {
    at.rsplit_once('/').map_or("", |(home, _)| home)
}

fn find<'l>(leaves: &'l [Leaf], keys: &str) -> Option<&'l Leaf> {
    let with = |key: &&str| {
        leaves
            .iter()
            .find(|leaf| leaf.1 == *key && !words(&leaf.2).is_empty())
    };
    keys.split(' ').find_map(|key| with(&key))
}

fn field_line(field: &str, at: &str, value: &Value) -> Option<String> {
    let at = quoted(at);
    Some(match field {
        "severity" => format!(
            "severity = {{ at = {at}, enum = {{ critical = \"critical\", high = \"high\", urgent = \"high\", error = \"high\", medium = \"medium\", warning = \"medium\", low = \"low\", info = \"info\" }}, default = \"medium\" }}"
        ),
        "source_time" => format!("source_time = {{ at = {at}, as = \"{}\" }}", clock(value)?),
        _ => format!("{field} = {at}"),
    })
}

/// How a time is written, by its look.
fn clock(value: &Value) -> Option<&'static str> {
    let text = words(value);
    let digits = text.bytes().all(|b| b.is_ascii_digit());
    match (digits, text.len()) {
        (true, 9..=11) => Some("unix_s"),
        (true, 12..=14) => Some("unix_ms"),
        (true, 15..=17) => Some("unix_us"),
        (true, 18..=20) => Some("unix_ns"),
        (true, _) => None,
        _ if text.parse::<f64>().is_ok() => Some("unix_decimal"),
        _ if text.contains(',') => Some("rfc2822"),
        _ => Some("rfc3339"),
    }
}

fn words(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// A TOML basic string: JSON's, but for one letter that TOML escapes too.
fn quoted(text: &str) -> String {
    Value::from(text).to_string().replace('\u{7f}', "\\u007f")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::scaffold;
    use crate::channels::catalogue::Catalogue;
    use crate::channels::trial;

    fn passes(id: &str, sample: &str) -> Result<(), String> {
        let file = scaffold(id, sample)?;
        let mut catalogue = Catalogue::default();
        catalogue
            .add("new.toml", &file)
            .map_err(|e| format!("{e}\n{file}"))?;
        let failures = trial::test(&catalogue, None)
            .into_iter()
            .flat_map(|t| t.failures);
        let failures: Vec<String> = failures.map(|f| f.as_evidence().to_owned()).collect();
        if failures.is_empty() {
            Ok(())
        } else {
            Err(format!("{failures:?}\n{file}"))
        }
    }

    #[test]
    fn a_scaffold_loads_and_passes_its_own_test() {
        let sample = r#"{"reports": [{"ref": "x", "report_id": 71, "citizen": {"name": "Dana \"D\" Reyes"}, "details": "No water\n'''", "sent_at": 1795459800, "priority": "high"}]}"#;
        let file = scaffold("ripple", sample).expect("it is made");
        for line in [
            "foreach = [\"/reports/*\"]",
            "id = \"/report_id\"",
            "author.name = \"/citizen/name\"",
            "text = \"/details\"",
            "as = \"unix_s\"",
        ] {
            assert!(file.contains(line), "{line} is missing:\n{file}");
        }
        passes("ripple", sample).unwrap_or_else(|e| panic!("{e}"));
        passes("bare", r#"[{"id": "a", "message": "x"}]"#).unwrap_or_else(|e| panic!("{e}"));
        assert!(scaffold("none", "[1, 2").is_err());
        assert!(scaffold("none", "{}").is_err());
    }

    #[test]
    fn the_id_is_that_of_the_words_and_not_of_a_workspace_that_all_share() {
        let sample = r#"{"workspace": {"id": "w9"}, "thread": {"uid": "t1"}, "message": {"uid": "m7", "body_html": "<p>No water</p>"}, "by": {"handle": "dana"}}"#;
        let file = scaffold("murmur", sample).expect("it is made");
        for line in [
            "id = \"/message/uid\"",
            "text = \"/message/body_html\"",
            "author.name = \"/by/handle\"",
        ] {
            assert!(file.contains(line), "{line} is missing:\n{file}");
        }
        assert!(!file.contains("author.id = \"/message/uid\""), "{file}");
        passes("murmur", sample).unwrap_or_else(|e| panic!("{e}"));
        let shared = r#"{"workspace": {"id": "w9"}, "said": {"text": "No water"}}"#;
        assert!(
            scaffold("shared", shared)
                .expect("it is made")
                .contains("# a guess")
        );
    }

    proptest! {
        #[test]
        fn whatever_the_words_are_the_file_loads(id in "[^\u{0}]{1,12}", text in "\\PC{1,40}|['\"\\\\\n\u{7f}]{1,9}x") {
            let sample = serde_json::json!({"id": id, "text": text}).to_string();
            prop_assert_eq!(passes("any", &sample), Ok(()));
        }
    }
}
