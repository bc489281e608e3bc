//! Our own JSON shape, read straight into an item without a tree between.
//!
//! Owns the shape that the `generic` channel takes: the fields of an item by
//! their contract's names, with `id` and `at` as short forms, `retract: true`
//! and `continue: {turns}`. Called by `reader` for `decode = watchfloor`.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Deserializer, de};

use super::fields::cut;
use super::plan::Made;
use super::rule::MOST;
use super::words::plain;
use crate::model::content::{EXTRAS, LONGEST_EXTRA};
use crate::model::ids::ChannelName;
use crate::model::item::{Author, Content, Engagement, Handoff, Kind, Speaker, Turn};
use crate::model::medium::Medium;
use crate::model::severity::Severity;
use crate::model::time::Timestamp;
use crate::text::Untrusted;

/// Reads one entry.
pub(super) fn read(entry: &str, channel: &ChannelName) -> Made {
    // The derived reader would take a list for an object's values in order.
    if !entry.starts_with('{') {
        return Made::Unmapped("An entry is a JSON object; this is none.".to_owned());
    }
    match serde_json::from_str::<Native>(entry) {
        Ok(native) => native.made(channel),
        Err(e) => Made::Unmapped(format!(
            "This entry can't be read: {}.",
            plain(&e.to_string())
        )),
    }
}

/// A text that may be written as a number too.
#[derive(Default)]
struct Words(Untrusted);

impl<'de> Deserialize<'de> for Words {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reads;
        impl de::Visitor<'_> for Reads {
            type Value = Words;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("text or a number")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Words, E> {
                Ok(Words(cut(text)))
            }

            fn visit_u64<E: de::Error>(self, number: u64) -> Result<Words, E> {
                Ok(Words(number.to_string().into()))
            }

            fn visit_i64<E: de::Error>(self, number: i64) -> Result<Words, E> {
                Ok(Words(number.to_string().into()))
            }

            fn visit_f64<E: de::Error>(self, number: f64) -> Result<Words, E> {
                Ok(Words(number.to_string().into()))
            }

            fn visit_unit<E: de::Error>(self) -> Result<Words, E> {
                Ok(Words::default())
            }
        }
        deserializer.deserialize_any(Reads)
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Native {
    #[serde(alias = "external_id")]
    id: Words,
    #[serde(default)]
    kind: Kind,
    #[serde(default)]
    author: NativeAuthor,
    #[serde(default)]
    title: Words,
    #[serde(default)]
    text: Words,
    #[serde(default)]
    lang: Words,
    #[serde(default)]
    url: Words,
    #[serde(default)]
    thread: Words,
    #[serde(default)]
    in_reply_to: Words,
    #[serde(default)]
    media: Vec<NativeMedium>,
    #[serde(default)]
    engagement: Engagement,
    #[serde(default)]
    severity: Severity,
    #[serde(default)]
    region: Words,
    #[serde(default)]
    labels: BTreeMap<String, Words>,
    #[serde(default)]
    extra: BTreeMap<String, Words>,
    #[serde(default, alias = "at")]
    source_time: Option<Timestamp>,
    #[serde(default)]
    ended_at: Option<Timestamp>,
    #[serde(default)]
    conversation: Vec<NativeTurn>,
    #[serde(default)]
    handoff: Option<NativeHandoff>,
    #[serde(default)]
    retract: bool,
    #[serde(default, rename = "continue")]
    continuation: Option<NativeContinue>,
}

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct NativeAuthor {
    id: Words,
    name: Words,
    handle: Words,
    followers: Option<u64>,
}

impl NativeAuthor {
    fn said_by(self) -> Author {
        Author {
            id: self.id.0,
            name: self.name.0,
            handle: self.handle.0,
            followers: self.followers,
        }
    }
}

/// A medium: its address, or what is known of it.
#[derive(Deserialize)]
#[serde(untagged)]
enum NativeMedium {
    Known(NativeKnown),
    Address(Words),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NativeKnown {
    #[serde(default, alias = "url")]
    at: Words,
    #[serde(default)]
    kind: Words,
    #[serde(default)]
    name: Words,
    #[serde(default)]
    size: Option<u64>,
}

impl From<NativeMedium> for Medium {
    fn from(medium: NativeMedium) -> Self {
        match medium {
            NativeMedium::Address(at) => at.0.into(),
            NativeMedium::Known(known) => Self {
                at: known.at.0,
                kind: known.kind.0,
                name: known.name.0,
                size: known.size,
            },
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NativeTurn {
    #[serde(default, alias = "external_id")]
    id: Words,
    speaker: Speaker,
    #[serde(default)]
    name: Words,
    #[serde(default)]
    text: Words,
    #[serde(default)]
    at: Option<Timestamp>,
    #[serde(default)]
    media: Vec<NativeMedium>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NativeHandoff {
    #[serde(default)]
    reason: Words,
    #[serde(default)]
    confidence: Option<f32>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NativeContinue {
    turns: Vec<NativeTurn>,
}

impl Native {
    fn made(self, channel: &ChannelName) -> Made {
        let id = self.id.0;
        if id.is_empty() {
            return Made::Unmapped("Its id is empty.".to_owned());
        }
        if id.len() > 2048 {
            return Made::Unmapped("Its id is longer than 2048 bytes.".to_owned());
        }
        if self.retract {
            return Made::Retraction(id, self.source_time);
        }
        if let Some(more) = self.continuation {
            let turns = turns(more.turns);
            return if turns.is_empty() {
                Made::Unmapped("Its continue has no turn.".to_owned())
            } else {
                Made::Continuation(id, turns)
            };
        }
        let says_nothing = self.text.0.is_empty()
            && self.title.0.is_empty()
            && self.media.is_empty()
            && self.conversation.is_empty();
        if says_nothing {
            return Made::Unmapped(
                "It has neither text nor title nor media nor conversation.".to_owned(),
            );
        }
        Made::Item(Arc::new(Content {
            kind: self.kind,
            channel: channel.clone(),
            external_id: id,
            author: self.author.said_by().into(),
            title: self.title.0,
            text: self.text.0,
            lang: self.lang.0,
            url: self.url.0,
            thread: self.thread.0,
            in_reply_to: self.in_reply_to.0,
            media: self.media.into_iter().take(MOST).map(Into::into).collect(),
            engagement: self.engagement.into(),
            severity: self.severity,
            region: self.region.0,
            labels: labels(self.labels).into(),
            extra: extra(self.extra).into(),
            source_time: self.source_time,
            ended_at: self.ended_at,
            conversation: turns(self.conversation).into(),
            handoff: self.handoff.map(|h| {
                Box::new(Handoff {
                    reason: h.reason.0,
                    confidence: h.confidence.filter(|c| (0.0..=1.0).contains(c)),
                })
            }),
            why: None,
        }))
    }
}

fn labels(labels: BTreeMap<String, Words>) -> BTreeMap<String, Untrusted> {
    let short = |(name, value): (String, Words)| (name.len() <= 256).then_some((name, value.0));
    labels.into_iter().filter_map(short).take(MOST).collect()
}

fn extra(extra: BTreeMap<String, Words>) -> BTreeMap<String, Untrusted> {
    let short = |(name, value): (String, Words)| {
        (name.len() <= 64 && value.0.len() <= LONGEST_EXTRA).then_some((name, value.0))
    };
    extra.into_iter().filter_map(short).take(EXTRAS).collect()
}

fn turns(turns: Vec<NativeTurn>) -> Vec<Turn> {
    let turn = |t: NativeTurn| Turn {
        external_id: t.id.0,
        speaker: t.speaker,
        name: t.name.0,
        text: t.text.0,
        at: t.at,
        media: t.media.into_iter().take(MOST).map(Into::into).collect(),
    };
    let says = |turn: &Turn| !turn.text.is_empty() || !turn.media.is_empty();
    let turns = turns.into_iter().map(turn);
    turns.filter(says).take(MOST).collect()
}
