//! Bodies of what goes out: JSON, form, text or a mail, as templates.
//!
//! A JSON body is a tree whose texts are phrases: each is filled in by itself
//! and encoded as one JSON string, so no text can break out of it. A key that
//! ends in "?" is left out when its value comes out empty. Three tables stand
//! for what is no text: `{ "$number" = phrase }`, `{ "$value" = "item.labels" }`
//! and `{ "$matchers" = "item.labels" }` (Alertmanager's list of labels).

use minijinja::value::Value as Word;
use serde_json::{Map, Value, json};

use super::letter::Mail;
use super::note::Note;
use super::phrase::Phrase;

/// A body.
#[derive(Debug)]
pub(in crate::channels) enum Body {
    /// None.
    Empty,
    /// JSON.
    Json(Shape),
    /// `application/x-www-form-urlencoded`, in the file's order; true may be
    /// left out.
    Form(Vec<(String, Phrase, bool)>),
    /// Text as it is; the file says in a header what it is.
    Text(Phrase),
    /// A mail, to a mail server.
    Mail(Box<Mail>),
    /// A signed note, to a Nostr relay.
    Note(Box<Note>),
}

/// A JSON value in the making.
#[derive(Debug)]
pub(in crate::channels) enum Shape {
    /// As it is.
    Fixed(Value),
    /// A text.
    Text(Phrase),
    /// A number, its digits by a phrase.
    Number(Phrase),
    /// A value of what is seen, whole.
    Value(Box<[Box<str>]>),
    /// Label matchers, one for each entry of an object.
    Matchers(Box<[Box<str>]>),
    /// A list.
    List(Vec<Shape>),
    /// An object.
    Object(Vec<Part>),
}

/// One entry of an object.
#[derive(Debug)]
pub(in crate::channels) struct Part {
    /// The key.
    pub(in crate::channels) key: String,
    /// Whether it is left out when its value is empty.
    pub(in crate::channels) optional: bool,
    /// The value.
    pub(in crate::channels) shape: Shape,
}

impl Shape {
    /// The value, with `seen` filled in.
    ///
    /// # Errors
    /// A sentence: what is missing.
    pub(in crate::channels) fn fill(&self, seen: &Word) -> Result<Value, String> {
        Ok(match self {
            Self::Fixed(value) => value.clone(),
            Self::Text(phrase) => Value::String(phrase.text(seen)?),
            Self::Number(phrase) => number(&phrase.text(seen)?)?,
            Self::Value(path) => look_up(path, seen),
            Self::Matchers(path) => matchers(&look_up(path, seen)),
            Self::List(shapes) => Value::Array(
                shapes
                    .iter()
                    .map(|s| s.fill(seen))
                    .collect::<Result<_, _>>()?,
            ),
            Self::Object(parts) => {
                let mut object = Map::new();
                for part in parts {
                    let value = part.shape.fill(seen)?;
                    if part.optional && is_hollow(&value) {
                        continue;
                    }
                    if let Some(phrase) = part.shape.blank(&value).filter(|_| !part.optional) {
                        return Err(phrase.lacking(seen));
                    }
                    object.insert(part.key.clone(), value);
                }
                Value::Object(object)
            }
        })
    }

    /// The phrase of a text that came out empty.
    fn blank(&self, value: &Value) -> Option<&Phrase> {
        match self {
            Self::Text(phrase) if !phrase.is_fixed() && value.as_str() == Some("") => Some(phrase),
            _ => None,
        }
    }
}

fn number(digits: &str) -> Result<Value, String> {
    if digits.is_empty() {
        return Ok(Value::Null);
    }
    // By its digits: nothing is rounded.
    let number: Result<serde_json::Number, _> = serde_json::from_str(digits.trim());
    number
        .map(Value::Number)
        .map_err(|_| "This can't be sent: a number was expected where there is none.".to_owned())
}

fn look_up(path: &[Box<str>], seen: &Word) -> Value {
    let found = path
        .iter()
        .try_fold(seen.clone(), |at, name| at.get_attr(name).ok());
    found
        .and_then(|word| serde_json::to_value(word).ok())
        .unwrap_or_default()
}

fn matchers(labels: &Value) -> Value {
    let Value::Object(labels) = labels else {
        return Value::Array(Vec::new());
    };
    let one = |(name, value): (&String, &Value)| json!({ "name": name, "value": value, "isRegex": false, "isEqual": true });
    labels.iter().map(one).collect()
}

fn is_hollow(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(list) => list.iter().all(is_hollow),
        Value::Object(map) => map.values().all(is_hollow),
        Value::Bool(_) | Value::Number(_) => false,
    }
}

/// The form, encoded.
///
/// # Errors
/// A sentence: what is missing.
pub(super) fn form(fields: &[(String, Phrase, bool)], seen: &Word) -> Result<String, String> {
    let mut form = url::form_urlencoded::Serializer::new(String::new());
    for (name, phrase, optional) in fields {
        let text = phrase.text(seen)?;
        match (text.is_empty(), optional) {
            (true, true) => {}
            (true, false) if !phrase.is_fixed() => return Err(phrase.lacking(seen)),
            _ => drop(form.append_pair(name, &text)),
        }
    }
    Ok(form.finish())
}
