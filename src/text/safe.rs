//! [`SafeText`]: text that may reach a screen, log line, title, notice or export.
//!
//! Owns the ways to make one; every way goes through the cleaner. The stored
//! words are never altered: this is a view of them. Called by every room that
//! shows text.

use std::borrow::Cow;
use std::fmt;
use std::ops::Range;

use serde::{Serialize, Serializer};
use unicode_segmentation::UnicodeSegmentation;

use super::MAX_BYTES;
use super::bidi::Direction;
use super::cluster::{self, Cluster};
use super::filter::{self, Filtered};
use super::flags::Flags;
use super::layout::{self, Shape};
use super::policy::Ambiguous;
use super::untrusted::Untrusted;

/// Cleaned text. It holds no character of the deny set
/// ([`is_forbidden`](super::is_forbidden)), no cluster that outgrows its cells,
/// and it remembers which of its signs are the cleaner's own, so that a view
/// can give these a style that no author can imitate.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SafeText {
    pub(super) text: Cow<'static, str>,
    /// Byte ranges of our own signs, ascending, apart.
    pub(super) signs: Vec<Range<usize>>,
    pub(super) flags: Flags,
    pub(super) removed: usize,
    pub(super) width: usize,
    /// What `width` was measured with.
    pub(super) ambiguous: Ambiguous,
    /// The program's own words, whose signs columns count on.
    pub(super) ours: bool,
    /// A policy has been applied.
    pub(super) laid: bool,
    /// Which way this line reads, as part of its paragraph; none before the
    /// text was folded.
    pub(super) direction: Option<Direction>,
}

impl SafeText {
    /// Cells that [`line_within`](Self::line_within) cleans beyond those asked
    /// for, so that a row may scroll sideways or grow a little.
    const SPARE_CELLS: usize = 32;
    /// Bytes that one cell of a row may cost before the row is cut: a family
    /// of four in two cells takes 13 a cell, a zalgo letter as many again.
    const BYTES_PER_CELL: usize = 24;

    /// A field on one line: line ends become a space, the ends are trimmed.
    #[must_use]
    pub fn line(source: &Untrusted) -> Self {
        Self::clean(source.as_evidence(), Shape::Line, usize::MAX)
    }

    /// Like [`line`](Self::line), but cleans only what `cells` and a little
    /// more can show: for list rows, whatever the length of the field.
    #[must_use]
    pub fn line_within(source: &Untrusted, cells: usize) -> Self {
        let limit = cells.saturating_add(Self::SPARE_CELLS);
        Self::clean(source.as_evidence(), Shape::Line, limit)
    }

    /// A text of several lines, `\n` between them, at most two blank ones in a row.
    #[must_use]
    pub fn block(source: &Untrusted) -> Self {
        Self::clean(source.as_evidence(), Shape::Block, usize::MAX)
    }

    /// Bytes of unknown encoding, read as UTF-8; what is none becomes U+FFFD.
    #[must_use]
    pub fn from_bytes(source: &[u8], multiline: bool) -> Self {
        // Stands for unreadable bytes until the filter replaces it, so that
        // their sign is ours and an author's own U+FFFD is not.
        const NO_CHARACTER: char = '\u{ffff}';
        // One byte more than is shown tells the cleaner that something is cut.
        let within = source.get(..=MAX_BYTES).unwrap_or(source);
        let mut text = String::with_capacity(within.len());
        for chunk in within.utf8_chunks() {
            text.push_str(chunk.valid());
            if !chunk.invalid().is_empty() {
                text.push(NO_CHARACTER);
            }
        }
        let shape = if multiline { Shape::Block } else { Shape::Line };
        Self::clean(&text, shape, usize::MAX)
    }

    /// The program's own words. Cleaned like all others, but spaces and line
    /// ends stay as they are.
    #[must_use]
    pub fn own(words: impl Into<Cow<'static, str>>) -> Self {
        let words = words.into();
        if is_short_way(&words, usize::MAX) {
            return Self::plain(words);
        }
        Self {
            ours: true,
            ..Self::clean(&words, Shape::Own, usize::MAX)
        }
    }

    /// Cleans `source`; lines may be `limit` cells wide before they are cut.
    pub(super) fn clean(source: &str, shape: Shape, limit: usize) -> Self {
        if is_short_way(source, limit) {
            return Self::plain(match shape {
                Shape::Line => source.trim().to_owned(),
                Shape::Block => source.trim_end().to_owned(),
                Shape::Own => source.to_owned(),
            });
        }
        let most = limit.saturating_mul(Self::BYTES_PER_CELL).min(MAX_BYTES);
        let within = source
            .get(..source.floor_char_boundary(most))
            .unwrap_or(source);
        // Two kept characters a cell: enough for flags and most scripts.
        let mut kept = filter::filter(within, limit.saturating_mul(2));
        if within.len() < source.len() {
            kept.flags.insert(Flags::CUT);
        }
        Self::arrange(&kept, shape, limit)
    }

    /// Printable ASCII, in which there is nothing to clean.
    fn plain(text: impl Into<Cow<'static, str>>) -> Self {
        let text = text.into();
        Self {
            width: text.len(),
            text,
            ..Self::default()
        }
    }

    /// Lays out filtered text.
    pub(super) fn arrange(kept: &Filtered, shape: Shape, limit: usize) -> Self {
        let laid = layout::lay_out(kept, shape, limit);
        Self {
            text: Cow::Owned(laid.text),
            signs: laid.signs,
            flags: laid.flags,
            removed: laid.removed,
            width: laid.width,
            ..Self::default()
        }
    }

    /// The text itself.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Cells that the widest line takes.
    #[must_use]
    pub fn width(&self) -> usize {
        self.width
    }

    /// What the cleaner found.
    #[must_use]
    pub fn flags(&self) -> Flags {
        self.flags
    }

    /// How many code points are not shown as they came: left out, or shown as
    /// a sign. White space and what lies beyond a cut are not counted.
    #[must_use]
    pub fn removed(&self) -> usize {
        self.removed
    }

    /// Whether there is nothing to see.
    #[must_use]
    pub fn is_blank(&self) -> bool {
        self.text.chars().all(char::is_whitespace)
    }

    /// The clusters in reading order; line ends come as clusters of no width.
    pub fn clusters(&self) -> impl Iterator<Item = Cluster<'_>> {
        self.placed_clusters().map(|(_, cluster)| cluster)
    }

    /// The clusters with the byte at which each starts.
    pub(super) fn placed_clusters(&self) -> impl Iterator<Item = (usize, Cluster<'_>)> {
        let mut signs = self.signs.iter().peekable();
        self.text.grapheme_indices(true).map(move |(at, symbol)| {
            let sign = layout::is_sign(&mut signs, at..at + symbol.len());
            (at, Cluster::new(symbol, sign, self.ambiguous))
        })
    }

    /// This text, or `words` in the style of our own signs when there is
    /// nothing to see. `words` is the whole phrase, as in `"(blank name)"`; an
    /// empty phrase stands for `"(empty)"`. The flags stay: they may tell why.
    #[must_use]
    pub fn or_empty(&self, words: impl Into<Cow<'static, str>>) -> Self {
        if !self.is_blank() {
            return self.clone();
        }
        let words = Self::own(words);
        let mut sign = if words.is_blank() {
            Self::own("(empty)")
        } else {
            words
        };
        let whole = 0..sign.text.len();
        sign.signs = Vec::from([whole]);
        sign.flags = self.flags;
        sign.removed = self.removed;
        sign
    }

    /// The part of this text in `range`, which must lie between clusters of
    /// one line.
    pub(super) fn part(&self, range: Range<usize>) -> Self {
        let text = self.text.get(range.clone()).unwrap_or_default();
        let first = self.signs.partition_point(|sign| sign.end <= range.start);
        let signs = self
            .signs
            .iter()
            .skip(first)
            .take_while(|sign| sign.start < range.end)
            .map(|sign| {
                let end = sign.end.min(range.end) - range.start;
                sign.start.saturating_sub(range.start)..end
            })
            .collect();
        Self {
            width: cluster::width_in(text, self.ambiguous),
            text: Cow::Owned(text.to_owned()),
            signs,
            direction: self.direction.as_ref().map(|whole| whole.part(&range)),
            ..*self
        }
    }
}

/// Whether `words` are short, printable ASCII: most of what comes, and clean as
/// it stands but for the spaces around it.
fn is_short_way(words: &str, limit: usize) -> bool {
    words.len() <= limit.min(MAX_BYTES / 2)
        && words.bytes().all(|byte| (0x20..0x7f).contains(&byte))
}

/// Fills up to a given width (`{:<20}`, `{:>20}`) by cells, not by characters.
impl fmt::Display for SafeText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let missing = f.width().unwrap_or(0).saturating_sub(self.width);
        let before = match f.align() {
            Some(fmt::Alignment::Right) => missing,
            Some(fmt::Alignment::Center) => missing / 2,
            Some(fmt::Alignment::Left) | None => 0,
        };
        let after = missing - before;
        write!(f, "{:before$}{}{:after$}", "", self.text, "")
    }
}

impl Serialize for SafeText {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text)
    }
}
