//! A filter as a tree, and the tree written out again.
//!
//! Owns the terms, the constructors that keep a tree normal (no list in a list
//! of the same sort, no double negation) and the canonical form: for a normal
//! tree, reading what `Display` writes gives the same tree.

use std::fmt::{self, Display, Formatter};

use memchr::memmem::Finder;

use super::key::{Is, Key};
use super::value::{Since, Span};
use crate::model::ids::{ChannelName, DeskName, ItemId, ItemKey, OfficerId, Tag};
use crate::model::item::Kind;
use crate::model::severity::Severity;
use crate::text::fold::search_key;

/// A node. `All` of nothing is "everything" and stands only at the root.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Expr {
    Term(Term),
    Not(Box<Expr>),
    All(Vec<Expr>),
    Any(Vec<Expr>),
}

/// One question about an item. A list asks whether any of it is so.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Term {
    /// A word or phrase, somewhere in the words.
    Text(Needle),
    Kind(Vec<Kind>),
    Channel(Vec<ChannelName>),
    Severity(Vec<Severity>),
    SeverityBy(Compare, Severity),
    Is(Vec<Is>),
    By(Vec<OfficerId>),
    /// Officers and teams: both are slugs of the same shape.
    To(Vec<OfficerId>),
    Tag(Vec<Tag>),
    Lang(Vec<Needle>),
    Region(Vec<Needle>),
    Author(Vec<Needle>),
    Desk(Vec<DeskName>),
    Id(Vec<Id>),
    Age(Compare, Span),
    Since(Since),
    Sentiment(Vec<&'static str>),
    Topic(Vec<Needle>),
    /// A part of a claim, its review's address, or "any".
    Claim(Vec<Needle>),
    Urgency(Compare, u8),
    /// Followers of the author or views, whichever are more.
    Reach(Compare, u64),
}

/// Words to look for: as typed, and as compared.
#[derive(Clone, Debug)]
pub(super) struct Needle {
    pub(super) text: String,
    pub(super) key: String,
    /// Made once: a filter asks a hundred thousand items at each key.
    finder: Box<Finder<'static>>,
}

impl PartialEq for Needle {
    fn eq(&self, other: &Self) -> bool {
        (&self.text, &self.key) == (&other.text, &other.key)
    }
}

impl Needle {
    /// None when nothing is left of `text` that could be looked for.
    pub(super) fn new(text: &str) -> Option<Self> {
        let key = search_key(text);
        (!key.is_empty()).then(|| Self {
            text: text.to_owned(),
            finder: Box::new(Finder::new(&key).into_owned()),
            key,
        })
    }

    /// Whether it is somewhere in these folded words.
    pub(super) fn is_in(&self, words: &str) -> bool {
        self.finder.find(words.as_bytes()).is_some()
    }
}

/// An item by the number officers say, or by its key.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Id {
    Number(ItemId),
    Key(ItemKey),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Compare {
    Less,
    AtMost,
    More,
    AtLeast,
}

impl Compare {
    pub(super) fn holds<T: Ord>(self, left: &T, right: &T) -> bool {
        match self {
            Self::Less => left < right,
            Self::AtMost => left <= right,
            Self::More => left > right,
            Self::AtLeast => left >= right,
        }
    }
}

impl Expr {
    /// All of `parts`; the part itself when it is one.
    pub(super) fn all(parts: Vec<Self>) -> Self {
        let mut flat = Vec::with_capacity(parts.len());
        for part in parts {
            match part {
                Self::All(inner) => flat.extend(inner),
                other => flat.push(other),
            }
        }
        Self::single(flat).unwrap_or_else(Self::All)
    }

    /// Any of `parts`; the part itself when it is one.
    pub(super) fn any(parts: Vec<Self>) -> Self {
        let mut flat = Vec::with_capacity(parts.len());
        for part in parts {
            match part {
                Self::Any(inner) => flat.extend(inner),
                other => flat.push(other),
            }
        }
        Self::single(flat).unwrap_or_else(Self::Any)
    }

    /// The opposite of `part`.
    pub(super) fn not(part: Self) -> Self {
        match part {
            Self::Not(inner) => *inner,
            other => Self::Not(Box::new(other)),
        }
    }

    fn single(mut parts: Vec<Self>) -> Result<Self, Vec<Self>> {
        match parts.pop() {
            Some(only) if parts.is_empty() => Ok(only),
            Some(last) => {
                parts.push(last);
                Err(parts)
            }
            None => Err(parts),
        }
    }

    /// Whether a term satisfies `wanted`, negated ones left out.
    pub(super) fn affirms(&self, wanted: &dyn Fn(&Term) -> bool) -> bool {
        match self {
            Self::Term(term) => wanted(term),
            Self::Not(_) => false,
            Self::All(parts) | Self::Any(parts) => parts.iter().any(|part| part.affirms(wanted)),
        }
    }
}

impl Display for Expr {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Term(term) => term.fmt(f),
            Self::Not(inner) => match **inner {
                Self::Term(_) => write!(f, "-{inner}"),
                _ => write!(f, "-({inner})"),
            },
            Self::All(parts) => write_list(f, parts, " ", |part, f| match part {
                Self::Any(_) => write!(f, "({part})"),
                _ => part.fmt(f),
            }),
            Self::Any(parts) => write_list(f, parts, " or ", Display::fmt),
        }
    }
}

impl Display for Term {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(needle) => write_text(f, &needle.text),
            Self::Kind(list) => listed(f, Key::Kind, list, |kind, f| f.write_str(kind.word())),
            Self::Channel(list) => listed(f, Key::Chan, list, Display::fmt),
            Self::Severity(list) => listed(f, Key::Sev, list, Display::fmt),
            Self::SeverityBy(compare, severity) => write!(f, "sev{compare}{severity}"),
            Self::Is(list) => listed(f, Key::Is, list, |is, f| f.write_str(is.word())),
            Self::By(list) => listed(f, Key::By, list, Display::fmt),
            Self::To(list) => listed(f, Key::To, list, Display::fmt),
            Self::Tag(list) => listed(f, Key::Tag, list, Display::fmt),
            Self::Lang(list) => listed(f, Key::Lang, list, write_needle),
            Self::Region(list) => listed(f, Key::Region, list, write_needle),
            Self::Author(list) => listed(f, Key::Author, list, write_needle),
            Self::Desk(list) => listed(f, Key::Desk, list, Display::fmt),
            Self::Id(list) => listed(f, Key::Id, list, |id, f| match id {
                Id::Number(number) => write!(f, "{}", number.0),
                Id::Key(key) => key.fmt(f),
            }),
            Self::Age(compare, span) => write!(f, "age{compare}{span}"),
            Self::Since(since) => write!(f, "since:{since}"),
            Self::Sentiment(list) => listed(f, Key::Sent, list, Display::fmt),
            Self::Topic(list) => listed(f, Key::Topic, list, write_needle),
            Self::Claim(list) => listed(f, Key::Claim, list, write_needle),
            Self::Urgency(compare, score) => write!(f, "urgency{compare}{score}"),
            Self::Reach(compare, people) => write!(f, "reach{compare}{people}"),
        }
    }
}

impl Display for Compare {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Less => "<",
            Self::AtMost => "<=",
            Self::More => ">",
            Self::AtLeast => ">=",
        })
    }
}

fn listed<T>(
    f: &mut Formatter<'_>,
    key: Key,
    list: &[T],
    write: impl Fn(&T, &mut Formatter<'_>) -> fmt::Result,
) -> fmt::Result {
    write!(f, "{}:", key.name())?;
    write_list(f, list, ",", write)
}

fn write_list<T>(
    f: &mut Formatter<'_>,
    list: &[T],
    between: &str,
    write: impl Fn(&T, &mut Formatter<'_>) -> fmt::Result,
) -> fmt::Result {
    for (i, part) in list.iter().enumerate() {
        if i > 0 {
            f.write_str(between)?;
        }
        write(part, f)?;
    }
    Ok(())
}

fn write_needle(needle: &Needle, f: &mut Formatter<'_>) -> fmt::Result {
    if needle.text.chars().all(char::is_alphanumeric) {
        f.write_str(&needle.text)
    } else {
        write_quoted(f, &needle.text)
    }
}

/// A word as it is, when it cannot be taken for anything else.
fn write_text(f: &mut Formatter<'_>, text: &str) -> fmt::Result {
    if text.chars().all(char::is_alphanumeric) && !text.eq_ignore_ascii_case("or") {
        f.write_str(text)
    } else {
        write_quoted(f, text)
    }
}

fn write_quoted(f: &mut Formatter<'_>, text: &str) -> fmt::Result {
    let escaped = text.replace('\\', "\\\\").replace('"', "\\\"");
    write!(f, "\"{escaped}\"")
}
