//! The fields of an item that are one text, number or moment each, by the names
//! that channel files use for them.
//!
//! Owns the table of names and the cutting of over-long text; the expressions
//! are `expr`.

use super::expr::Field;
use super::scope::Scope;
use crate::model::item::{Content, Handoff};
use crate::text::Untrusted;

/// Longest text of a field in bytes; what is longer is cut at a letter.
pub(in crate::channels) const LONGEST_TEXT: usize = 64 * 1024;

/// A field of an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::channels) enum Slot {
    /// Author's id.
    AuthorId,
    /// Author's display name.
    AuthorName,
    /// Author's handle.
    AuthorHandle,
    /// Author's followers.
    Followers,
    /// Headline.
    Title,
    /// Words.
    Text,
    /// Language.
    Lang,
    /// Where it can be seen.
    Url,
    /// What it belongs to.
    Thread,
    /// What it answers.
    InReplyTo,
    /// Answers counted.
    Replies,
    /// Reposts counted.
    Reposts,
    /// Likes counted.
    Likes,
    /// Views counted.
    Views,
    /// Our severity.
    Severity,
    /// Where it is about.
    Region,
    /// When it was said.
    SourceTime,
    /// When it was over.
    EndedAt,
    /// Why the bot handed over.
    HandoffReason,
    /// How sure the bot was.
    HandoffConfidence,
}

impl Slot {
    /// Every field with its name in a file; a dot is a table of the file.
    pub(in crate::channels) const NAMES: [(&'static str, Self); 20] = [
        ("author.id", Self::AuthorId),
        ("author.name", Self::AuthorName),
        ("author.handle", Self::AuthorHandle),
        ("author.followers", Self::Followers),
        ("title", Self::Title),
        ("text", Self::Text),
        ("lang", Self::Lang),
        ("url", Self::Url),
        ("thread", Self::Thread),
        ("in_reply_to", Self::InReplyTo),
        ("engagement.replies", Self::Replies),
        ("engagement.reposts", Self::Reposts),
        ("engagement.likes", Self::Likes),
        ("engagement.views", Self::Views),
        ("severity", Self::Severity),
        ("region", Self::Region),
        ("source_time", Self::SourceTime),
        ("ended_at", Self::EndedAt),
        ("handoff.reason", Self::HandoffReason),
        ("handoff.confidence", Self::HandoffConfidence),
    ];

    /// The field's name in a file.
    pub(in crate::channels) fn name(self) -> &'static str {
        let found = Self::NAMES.iter().find(|(_, slot)| *slot == self);
        found.map_or("", |(name, _)| *name)
    }

    /// Puts what `field` yields into `content`; what is missing or is not of
    /// the kind leaves it as it was.
    pub(in crate::channels) fn fill(self, content: &mut Content, field: &Field, scope: &Scope<'_>) {
        match self {
            Self::SourceTime => content.source_time = field.time(scope),
            Self::EndedAt => content.ended_at = field.time(scope),
            _ => {
                if let Some(text) = field.text(scope) {
                    self.put(content, &text);
                }
            }
        }
    }

    fn put(self, content: &mut Content, text: &str) {
        let count = || text.parse().ok();
        match self {
            Self::AuthorId => content.author.id = cut(text),
            Self::AuthorName => content.author.name = cut(text),
            Self::AuthorHandle => content.author.handle = cut(text),
            Self::Followers => content.author.followers = count(),
            Self::Title => content.title = cut(text),
            Self::Text => content.text = cut(text),
            Self::Lang => content.lang = cut(text),
            Self::Url => content.url = cut(text),
            Self::Thread => content.thread = cut(text),
            Self::InReplyTo => content.in_reply_to = cut(text),
            Self::Replies => content.engagement.replies = count().unwrap_or(0),
            Self::Reposts => content.engagement.reposts = count().unwrap_or(0),
            Self::Likes => content.engagement.likes = count().unwrap_or(0),
            Self::Views => content.engagement.views = count(),
            Self::Severity => content.severity = text.parse().unwrap_or_default(),
            Self::Region => content.region = cut(text),
            Self::HandoffReason => handoff(content).reason = cut(text),
            Self::HandoffConfidence => {
                let sure = text.parse::<f32>().ok().filter(|c| (0.0..=1.0).contains(c));
                handoff(content).confidence = sure;
            }
            Self::SourceTime | Self::EndedAt => {}
        }
    }
}

fn handoff(content: &mut Content) -> &mut Handoff {
    content.handoff.get_or_insert_with(|| {
        Box::new(Handoff {
            reason: Untrusted::default(),
            confidence: None,
        })
    })
}

/// A stranger's text, cut at [`LONGEST_TEXT`] where it is longer.
pub(in crate::channels) fn cut(text: &str) -> Untrusted {
    if text.len() <= LONGEST_TEXT {
        return Untrusted::from(text);
    }
    let (kept, _) = text.split_at(text.floor_char_boundary(LONGEST_TEXT));
    Untrusted::from(kept)
}
