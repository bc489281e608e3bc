//! `channels new`: a channel file from a sample document. [`sample`] is how it is
//! written, [`lists`] where in it the posts are.
//!
//! Guesses by the names of keys and the look of values; the file that comes out
//! loads, and its test holds what was guessed, so that its author corrects
//! instead of beginning. Pure.

mod lists;
mod sample;
#[cfg(test)]
mod tests;

use lists::entry;
use sample::{Written, decoded};
use serde_json::Value;

/// A new channel file, and what its author should know about how it was guessed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scaffold {
    /// The file.
    pub file: String,
    /// Sentences: which list was taken for the posts, how the sample is written.
    pub says: Vec<String>,
}

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

/// A channel file for documents like `sample`, called `id`: JSON, JSON line by line, XML
/// or a form.
///
/// # Errors
/// A sentence: the sample is none of these, or has nothing that could be read.
pub fn scaffold(id: &str, sample: &str) -> Result<Scaffold, String> {
    let (tree, written, sample) = decoded(sample)?;
    let (fan, part, mut says) = entry(&tree);
    says.extend(written.says().map(str::to_owned));
    let (lines, expect) = guessed(fan.as_deref(), part)?;
    Ok(Scaffold {
        file: file(id, (&lines, &expect), (sample, written)),
        says,
    })
}

/// The lines of the map, and what a test expects of them.
fn guessed(fan: Option<&str>, part: &Value) -> Result<(Vec<String>, Vec<String>), String> {
    let mut leaves = Vec::new();
    walk(part, "", "", &mut leaves);
    // What lies higher is more likely meant.
    leaves.sort_by_key(|(at, ..)| at.matches('/').count());
    let mut lines = Vec::new();
    let mut expect = Vec::new();
    if let Some(fan) = fan {
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
    Ok((lines, expect))
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

fn file(
    id: &str,
    (lines, expect): (&[String], &[String]),
    (sample, written): (&str, Written),
) -> String {
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
{accept}auth = {{ kind = "bearer", secret = "bearer" }}

[[map]]
kind = "mention"
{fields}

[[test]]
name = "the sample"
input = {input}
{expect}
"#,
        name = quoted(id),
        accept = written.accept(),
        fields = lines.join("\n"),
    )
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
