//! How the reader's terminal wants text laid out.
//!
//! Owns [`Policy`] and its words, and the one way to apply it,
//! [`SafeText::under`]. A policy is a value that comes in with the layout: the
//! cleaner knows none, so that what is searched, copied and exported is the
//! same on every terminal. Called by pages and by the pen that draws.

use std::borrow::Cow;
use std::ops::Range;

use super::bidi;
use super::cluster::{self, Cluster};
use super::emoji;
use super::safe::SafeText;
use super::shape;

/// Who puts right-to-left text in order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Bidi {
    /// We do: cells hold the visual order.
    Visual,
    /// The terminal does: cells hold the logical order, and fields are fenced.
    Terminal,
    /// Nobody: cells hold the logical order.
    #[default]
    Off,
}

/// How much of an emoji is drawn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Emoji {
    /// All of it.
    #[default]
    Full,
    /// Its base: no joined tails, skin tones or selectors, whose width
    /// terminals and multiplexers disagree on.
    Base,
    /// Its name: `:warning:`.
    Text,
}

/// Cells of the characters that Unicode calls ambiguous (UAX #11).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Ambiguous {
    /// One: what terminals do unless told otherwise.
    #[default]
    One,
    /// Two: East Asian terminals.
    Two,
}

/// How text is laid out on one terminal.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Policy {
    /// Who orders right-to-left text.
    pub bidi: Bidi,
    /// Whether Arabic letters are joined by us; with [`Bidi::Visual`] only.
    pub shaping: bool,
    /// How much of an emoji is drawn.
    pub emoji: Emoji,
    /// Cells of ambiguous characters.
    pub ambiguous: Ambiguous,
}

impl Policy {
    fn shapes(self) -> bool {
        self.bidi == Bidi::Visual && self.shaping
    }
}

impl SafeText {
    /// This text as `policy` lays it out: measured, with its emoji and Arabic
    /// letters as they will be drawn, still in reading order. Doing it twice
    /// changes nothing. For drawing only: what is copied, searched or exported
    /// is the text as it is.
    #[must_use]
    pub fn under(&self, policy: &Policy) -> Cow<'_, Self> {
        let changes = policy.shapes() && self.has_rtl()
            || policy.emoji != Emoji::Full
            || policy.ambiguous != Ambiguous::One;
        if self.laid || !changes || self.text.is_ascii() {
            return Cow::Borrowed(self);
        }
        let mut parts = self.parts();
        // What is shown as it came keeps its characters.
        if self.direction.is_none() {
            reduce_emoji(&mut parts, policy.emoji);
            if policy.shapes() && self.has_rtl() {
                shape::join(&mut parts);
            }
        }
        // Our own signs have one cell each, which columns count on.
        let ambiguous = if self.ours {
            Ambiguous::One
        } else {
            policy.ambiguous
        };
        Cow::Owned(self.assembled(parts, ambiguous))
    }

    /// Whether these are the program's own words.
    #[must_use]
    pub fn is_ours(&self) -> bool {
        self.ours
    }

    fn parts(&self) -> Vec<Part<'_>> {
        self.clusters()
            .map(|cluster| (Cow::Borrowed(cluster.symbol), cluster.placeholder))
            .collect()
    }

    fn assembled(&self, parts: Vec<Part<'_>>, ambiguous: Ambiguous) -> Self {
        let mut text = String::with_capacity(self.text.len());
        let mut signs: Vec<Range<usize>> = Vec::new();
        for (symbol, sign) in parts {
            let start = text.len();
            text.push_str(&symbol);
            match signs.last_mut().filter(|last| last.end == start) {
                Some(last) if sign => last.end = text.len(),
                _ if sign && start < text.len() => signs.push(start..text.len()),
                _ => {}
            }
        }
        let lines = text.split('\n');
        let widest = lines.map(|line| cluster::width_in(line, ambiguous)).max();
        Self {
            width: widest.unwrap_or(0),
            text: Cow::Owned(text),
            signs,
            ambiguous,
            laid: true,
            direction: self.direction.clone(),
            ..*self
        }
    }

    /// Whether a letter of a right-to-left script is in it.
    #[must_use]
    pub fn has_rtl(&self) -> bool {
        bidi::has_rtl(&self.text)
    }

    /// The clusters as they go into cells, from left to right: in visual order
    /// with mirrored brackets under [`Bidi::Visual`], else in reading order.
    /// Of the first line only.
    #[must_use]
    pub fn drawn(&self, policy: &Policy) -> Vec<Drawn<'_>> {
        let line = self.clusters().take_while(|cluster| !cluster.is_newline());
        let line: Vec<Cluster<'_>> = line.collect();
        let ordered = policy.bidi == Bidi::Visual && self.has_rtl();
        if ordered {
            bidi::visual(self, &line)
        } else {
            line.into_iter().map(Drawn::from).collect()
        }
    }
}

/// A cluster with whether it is a sign of ours.
pub(super) type Part<'a> = (Cow<'a, str>, bool);

fn reduce_emoji(parts: &mut [Part<'_>], policy: Emoji) {
    for (symbol, sign) in parts.iter_mut().filter(|(_, sign)| !sign) {
        if let Some((shown, named)) = emoji::reduce(symbol, policy) {
            *symbol = Cow::Owned(shown);
            *sign = named;
        }
    }
}

/// A cluster on its way into cells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Drawn<'a> {
    /// What goes into the first cell.
    pub symbol: Cow<'a, str>,
    /// Cells, 1 to 4.
    pub width: u8,
    /// A sign of the cleaner's own.
    pub placeholder: bool,
}

impl<'a> From<Cluster<'a>> for Drawn<'a> {
    fn from(cluster: Cluster<'a>) -> Self {
        Self {
            symbol: Cow::Borrowed(cluster.symbol),
            width: cluster.width,
            placeholder: cluster.placeholder,
        }
    }
}
