//! Pages of lines: the detail, help, history, watch, channels, queue of
//! commands and the empty floor, made of state for a given width.
//!
//! - [`item`], [`answers`], [`talk`]: an open item; [`history`]: why it is
//!   here, what became of it, with [`why`] it was raised and the [`reasons`] of
//!   what was read.
//! - [`attachments`]: what hangs on it. [`reveal`]: an item as it came; [`links`]: where its addresses lead.
//! - [`help`]: the keys; [`pages`]: watch, channels, commands; [`notices`]: how
//!   the officer is called; [`status`]: how the console stands; [`topic`]: which
//!   page is which; [`copied`]: for the
//!   clipboard.
//! - [`claims`]: the lines of the list of claims.
//! - [`empty`]: what to do on a floor without rows; [`summary`]: the floor at a
//!   glance.
//!
//! Lines carry an [`Ink`], not a colour; views translate. Made here and not in
//! the view so that `update` knows how far a page can be scrolled.

pub mod answers;
mod attachments;
pub mod claims;
pub mod copied;
pub mod empty;
pub mod help;
pub mod history;
pub mod item;
pub mod links;
pub mod notices;
pub mod pages;
pub mod read;
mod reasons;
pub mod reveal;
pub mod status;
pub mod summary;
pub mod talk;
pub mod topic;
pub mod why;

use crate::model::item::Speaker;
use crate::model::severity::Severity;
use crate::text::{Bidi, Policy, SafeText, Untrusted};

/// What a piece of text stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ink {
    /// Words to read.
    Text,
    /// What matters less.
    Muted,
    /// A heading.
    Title,
    /// A line between two parts.
    Rule,
    /// A key to press.
    Key,
    /// Works.
    Good,
    /// Wants a look.
    Warn,
    /// Does not work, is late.
    Bad,
    /// Held by me.
    Mine,
    /// Held by another.
    Theirs,
    /// Asked for and not yet in the log.
    Pending,
    /// Taken back.
    Struck,
    /// A severity.
    Severity(Severity),
    /// Who speaks.
    Speaker(Speaker),
}

/// A piece of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Span {
    /// What it stands for.
    pub ink: Ink,
    /// The words.
    pub text: SafeText,
}

/// A line.
pub type Line = Vec<Span>;

/// Lines for a width.
#[derive(Clone, Debug, Default)]
pub struct Document {
    /// They.
    pub lines: Vec<Line>,
    width: usize,
    policy: Policy,
}

/// A piece of our own words.
#[must_use]
pub fn own(ink: Ink, words: impl Into<String>) -> Span {
    Span {
        ink,
        text: SafeText::own(words.into()),
    }
}

impl Document {
    /// An empty page of a width in cells.
    #[must_use]
    pub fn new(width: usize) -> Self {
        Self {
            lines: Vec::new(),
            width: width.max(8),
            policy: Policy::default(),
        }
    }

    /// The same page for a terminal with a text policy.
    #[must_use]
    pub fn under(self, policy: Policy) -> Self {
        Self { policy, ..self }
    }

    /// Cells of a line.
    #[must_use]
    pub fn width(&self) -> usize {
        self.width
    }

    /// A line of pieces; what is too wide is cut when drawn.
    pub fn row(&mut self, line: Line) {
        if self.policy.bidi != Bidi::Terminal {
            self.lines.push(line);
            return;
        }
        // The terminal orders whole rows: nothing may stand behind such words.
        let mut rest = Line::new();
        for span in line {
            let ends = span.text.has_rtl();
            rest.push(span);
            if ends {
                self.lines.push(std::mem::take(&mut rest));
            }
        }
        if !rest.is_empty() {
            self.lines.push(rest);
        }
    }

    /// An empty line, unless one is there already.
    pub fn blank(&mut self) {
        if self.lines.last().is_some_and(|line| !line.is_empty()) {
            self.lines.push(Line::new());
        }
    }

    /// A heading after an empty line.
    pub fn heading(&mut self, words: impl Into<String>) {
        self.blank();
        self.lines.push(vec![own(Ink::Title, words)]);
    }

    /// A line across the page.
    pub fn rule(&mut self) {
        self.lines
            .push(vec![own(Ink::Rule, "─".repeat(self.width))]);
    }

    /// Pieces beside a name in a column of its own; what does not fit goes on
    /// below. An empty name goes on with the answer above.
    pub fn answer(&mut self, name: &'static str, parts: Vec<Span>) {
        const COLUMN: usize = 6;
        const BETWEEN: &str = " · ";
        let room = self.width.saturating_sub(COLUMN);
        let mut line = vec![own(Ink::Muted, format!("{name:<COLUMN$}"))];
        let mut taken = 0;
        for part in parts {
            for (n, text) in part.text.wrap(room).into_iter().enumerate() {
                let gap = if taken > 0 && n == 0 { BETWEEN } else { "" };
                let width = text.width();
                if taken > 0 && (n > 0 || taken + gap.chars().count() + width > room) {
                    self.lines.push(std::mem::take(&mut line));
                    line.push(own(Ink::Text, " ".repeat(COLUMN)));
                    taken = 0;
                } else if !gap.is_empty() {
                    line.push(own(Ink::Muted, gap));
                    taken += gap.chars().count();
                }
                taken += width;
                line.push(Span {
                    ink: part.ink,
                    text,
                });
            }
        }
        self.lines.push(line);
    }

    /// Our own words, folded.
    pub fn say(&mut self, ink: Ink, words: impl Into<String>) {
        self.fold(0, ink, &SafeText::own(words.into()));
    }

    /// A stranger's words, folded; an empty text leaves no line.
    pub fn words(&mut self, indent: usize, ink: Ink, words: &Untrusted) {
        if !words.is_empty() {
            self.fold(indent, ink, &SafeText::block(words));
        }
    }

    /// Cleaned text, folded and indented.
    pub fn fold(&mut self, indent: usize, ink: Ink, text: &SafeText) {
        let text = text.under(&self.policy);
        for part in text.wrap(self.width.saturating_sub(indent)) {
            let mut line = Line::new();
            let gap = self.before(indent, &part);
            if gap > 0 {
                line.push(own(Ink::Text, " ".repeat(gap)));
            }
            line.push(Span { ink, text: part });
            self.lines.push(line);
        }
    }

    /// Cells before a folded line: what reads from the right ends at the right.
    fn before(&self, indent: usize, line: &SafeText) -> usize {
        if self.policy.bidi == Bidi::Visual && line.reads_from_right() {
            self.width.saturating_sub(line.width())
        } else {
            indent
        }
    }

    /// A name in a column of its own, and words folded beside it.
    pub fn entry(&mut self, column: usize, name: Span, ink: Ink, words: &SafeText) {
        let mut name = Some(name);
        let words = words.under(&self.policy);
        for part in words.wrap(self.width.saturating_sub(column)) {
            let mut line = Line::new();
            let head = name.take().unwrap_or_else(|| own(Ink::Text, ""));
            let gap = column.saturating_sub(head.text.width()).max(1);
            line.push(head);
            line.push(own(Ink::Text, " ".repeat(gap)));
            line.push(Span { ink, text: part });
            self.lines.push(line);
        }
    }

    /// The last line at which a window of `height` lines can begin.
    #[must_use]
    pub fn last_top(&self, height: usize) -> usize {
        self.lines.len().saturating_sub(height)
    }
}
