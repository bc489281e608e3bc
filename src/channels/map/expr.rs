//! Expressions: how a field gets its text out of a message.
//!
//! A field is a list of steps; the first that yields something wins. A step is
//! a source (pointer, template, hash, sibling join, …) and what is done to what
//! it gave (converter, word table, exclusions). Compiled at load,
//! evaluated without cloning the tree.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde_json::Value;
use sha2::{Digest, Sha256};

use super::convert::Convert;
use super::pointer::Pointer;
use super::scope::{Scope, scalar};
use super::template::Template;
use crate::model::time::Timestamp;

/// A field's expression: steps in order of preference.
#[derive(Debug, Default)]
pub(in crate::channels) struct Field(pub(in crate::channels) Vec<Step>);

/// One way to get at a field.
#[derive(Debug)]
pub(in crate::channels) struct Step {
    /// Where the value comes from.
    pub(in crate::channels) source: Source,
    /// What is done to it.
    pub(in crate::channels) convert: Convert,
    /// The vendor's words and ours.
    pub(in crate::channels) words: Option<BTreeMap<String, String>>,
    /// A value that means "none".
    pub(in crate::channels) null_if: Option<Box<str>>,
    /// Where to look for a value that, being the same, means "none".
    pub(in crate::channels) unless_eq: Option<Pointer>,
}

/// Where a value comes from.
#[derive(Debug)]
pub(in crate::channels) enum Source {
    /// A pointer.
    At(Pointer),
    /// A pointer into JSON that is written as text at another pointer.
    InJson(Pointer, Pointer),
    /// A built string.
    Template(Template),
    /// The hash of what is there: 16 hexadecimal digits, keys in order.
    HashOf(Pointer),
    /// An element of a sibling list, chosen by equal values.
    Pick(Pick),
    /// Several fields in one text; nothing when one of them is missing.
    Join(Vec<Field>, Box<str>),
    /// A fixed word.
    Value(Box<str>),
    /// The key of the object that is being fanned out.
    Key,
}

/// A join with a sibling list.
#[derive(Debug)]
pub(in crate::channels) struct Pick {
    /// The list.
    pub(in crate::channels) list: Pointer,
    /// Pairs of a pointer in the element and what is wanted there; one pair with
    /// equal values is enough.
    pub(in crate::channels) on: Vec<(Pointer, Sought)>,
    /// Where the key is, when `list` is an object whose keys are data.
    pub(in crate::channels) key: Option<Pointer>,
    /// Whether the last that fits is meant and not the first.
    pub(in crate::channels) last: bool,
    /// What to take of the element.
    pub(in crate::channels) at: Pointer,
}

/// What an element of a sibling list has to have.
#[derive(Debug)]
pub(in crate::channels) enum Sought {
    /// The value that is there in the scope.
    At(Pointer),
    /// This word.
    Word(Box<str>),
}

impl Field {
    /// Whether the file says nothing about the field.
    pub(in crate::channels) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Every step in the file's words.
    pub(in crate::channels) fn written(&self) -> String {
        let steps: Vec<_> = self.0.iter().map(|s| s.source.written()).collect();
        steps.join(", ")
    }

    /// The text, and the step that gave it.
    pub(in crate::channels) fn traced<'v>(
        &'v self,
        scope: &Scope<'v>,
    ) -> Option<(Cow<'v, str>, &'v Step)> {
        self.0
            .iter()
            .find_map(|step| step.text(scope).map(|text| (text, step)))
    }

    /// The text.
    pub(in crate::channels) fn text<'v>(&'v self, scope: &Scope<'v>) -> Option<Cow<'v, str>> {
        self.0.iter().find_map(|step| step.text(scope))
    }

    /// The moment.
    pub(in crate::channels) fn time(&self, scope: &Scope<'_>) -> Option<Timestamp> {
        self.0.iter().find_map(|step| step.time(scope))
    }
}

impl Step {
    /// A step that takes what `source` gives as it is.
    pub(in crate::channels) fn plain(source: Source) -> Self {
        Self {
            source,
            convert: Convert::Text,
            words: None,
            null_if: None,
            unless_eq: None,
        }
    }

    fn text<'v>(&'v self, scope: &Scope<'v>) -> Option<Cow<'v, str>> {
        self.kept(scope)
            .and_then(|raw| self.convert.text(raw))
            .and_then(|text| self.worded(text))
    }

    fn time(&self, scope: &Scope<'_>) -> Option<Timestamp> {
        let moment = self.kept(scope).and_then(|raw| self.convert.time(&raw));
        let none = self.null_if.as_deref().and_then(Timestamp::parse);
        moment.filter(|m| Some(*m) != none)
    }

    /// The value before conversion, exclusions applied.
    fn kept<'v>(&'v self, scope: &Scope<'v>) -> Option<Cow<'v, str>> {
        let raw = self.source.text(scope)?;
        if self.null_if.as_deref().is_some_and(|none| none == raw) {
            return None;
        }
        let same = |other: &Pointer| other.find(scope).and_then(scalar).is_some_and(|v| v == raw);
        if self.unless_eq.as_ref().is_some_and(same) {
            return None;
        }
        Some(raw)
    }

    /// Our word for the vendor's; the vendor's spelling counts before its
    /// lower case.
    fn worded<'v>(&'v self, text: Cow<'v, str>) -> Option<Cow<'v, str>> {
        let Some(words) = &self.words else {
            return Some(text);
        };
        words
            .get(&*text)
            .or_else(|| words.get(&text.to_ascii_lowercase()))
            .map(|word| Cow::Borrowed(word.as_str()))
    }
}

impl Source {
    fn text<'v>(&'v self, scope: &Scope<'v>) -> Option<Cow<'v, str>> {
        match self {
            Self::At(at) => scalar(at.find(scope)?),
            Self::InJson(at, inner) => {
                let Value::String(text) = at.find(scope)? else {
                    return None;
                };
                let tree: Value = serde_json::from_str(text).ok()?;
                let found = scalar(inner.walk(&tree)?)?;
                Some(Cow::Owned(found.into_owned()))
            }
            Self::Template(template) => template.text(scope).map(Cow::Owned),
            Self::HashOf(at) => {
                let value = at.find(scope).filter(|v| !v.is_null())?;
                scope.whole(value);
                Some(Cow::Owned(hash_of(value)))
            }
            Self::Pick(pick) => pick.text(scope),
            Self::Join(fields, with) => {
                let parts: Option<Vec<_>> = fields.iter().map(|f| f.text(scope)).collect();
                Some(Cow::Owned(parts?.join(with)))
            }
            Self::Value(word) => Some(Cow::Borrowed(word)),
            Self::Key => scope.nearest_key().map(Cow::Borrowed),
        }
    }

    /// The source in the file's words, for those who ask what gave what.
    pub(in crate::channels) fn written(&self) -> String {
        match self {
            Self::At(at) => at.written().to_owned(),
            Self::InJson(at, inner) => format!("{} as JSON, {}", at.written(), inner.written()),
            Self::Template(template) => template.written().to_owned(),
            Self::HashOf(at) => format!("hash of {}", at.written()),
            Self::Pick(pick) => {
                format!("{} of one of {}", pick.at.written(), pick.list.written())
            }
            Self::Join(fields, with) => fields
                .iter()
                .filter_map(|f| f.0.first())
                .map(|s| s.source.written())
                .collect::<Vec<_>>()
                .join(&format!(" {with} ")),
            Self::Value(word) => format!("\"{word}\""),
            Self::Key => "the key".to_owned(),
        }
    }
}

impl Pick {
    fn text<'v>(&self, scope: &Scope<'v>) -> Option<Cow<'v, str>> {
        let list = self.list.find(scope)?;
        if let Some(key) = &self.key {
            let key = scalar(key.find(scope)?)?;
            return noted(scope, self.at.walk(list.get(&*key)?)?);
        }
        let Value::Array(list) = list else {
            return None;
        };
        self.on.iter().find_map(|(theirs, sought)| {
            let wanted = match sought {
                Sought::At(ours) => scalar(ours.find(scope)?)?,
                Sought::Word(word) => Cow::Borrowed(&**word),
            };
            let same = |e: &&Value| theirs.walk(e).and_then(scalar).is_some_and(|v| v == wanted);
            let element = if self.last {
                list.iter().rev().find(same)?
            } else {
                list.iter().find(same)?
            };
            theirs.walk(element).inspect(|v| scope.look(v));
            noted(scope, self.at.walk(element)?)
        })
    }
}

/// The value as text, noted as looked at.
fn noted<'v>(scope: &Scope<'_>, value: &'v Value) -> Option<Cow<'v, str>> {
    scope.look(value);
    scalar(value)
}

/// 16 hexadecimal digits of SHA-256 over the value with its keys in order.
fn hash_of(value: &Value) -> String {
    let digest = Sha256::digest(value.to_string().as_bytes());
    digest.iter().take(8).fold(String::new(), |mut hex, byte| {
        hex.extend(
            [byte >> 4, byte & 15].map(|d| char::from_digit(u32::from(d), 16).unwrap_or('0')),
        );
        hex
    })
}
