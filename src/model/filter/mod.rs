//! The filter language: one for the stream, saved views, bulk verbs, routing
//! rules, suppressions, the command line and the API.
//!
//! Owns the grammar, its errors with columns, and evaluation. Pure: the moment
//! and the officer who asks come in with [`Asker`].
//!
//! `lexer` cuts the source, `parser` makes the tree of `ast` with the words of
//! `key` and `value`, `eval` asks it of an item whose words `haystack` folds.

mod ast;
mod complete;
mod error;
mod eval;
#[cfg(test)]
mod fixture;
mod haystack;
mod key;
mod lexer;
#[cfg(test)]
mod mistakes;
mod narrow;
mod parser;
#[cfg(test)]
mod properties;
#[cfg(test)]
mod read_tests;
#[cfg(test)]
mod tests;
mod traits;
mod value;

use std::sync::Arc;

use super::board::Board;
use super::item::Item;
use ast::{Expr, Term};
use eval::{Subject, Words};

pub use complete::Completion;
pub use error::FilterError;
pub use eval::{Asker, Brief};

/// A filter that was understood. Remembers how it was written; cheap to clone.
#[derive(Clone)]
pub struct Filter {
    source: Arc<str>,
    tree: Arc<Expr>,
}

impl Filter {
    /// Reads a filter. An empty one matches everything.
    ///
    /// # Errors
    /// [`FilterError`] with the column and what was expected.
    pub fn parse(source: &str) -> Result<Self, FilterError> {
        Ok(Self {
            source: source.into(),
            tree: Arc::new(parser::parse(source)?.cheap_first()),
        })
    }

    /// The filter that matches every item.
    #[must_use]
    pub fn everything() -> Self {
        Self {
            source: "".into(),
            tree: Arc::new(Expr::All(Vec::new())),
        }
    }

    /// As it was written.
    #[must_use]
    pub fn source(&self) -> &str {
        &self.source
    }

    /// Whether it matches every item because it asks nothing.
    #[must_use]
    pub fn is_everything(&self) -> bool {
        *self.tree == Expr::All(Vec::new())
    }

    /// Whether it asks for items that no queue shows (closed, snoozed,
    /// suppressed, merged) or for items by number: whoever narrows a queue
    /// with it then looks at the whole board instead.
    #[must_use]
    pub fn looks_beyond_queues(&self) -> bool {
        self.tree.affirms(&|term| match term {
            Term::Is(list) => list.iter().any(|is| is.is_hidden()),
            Term::Id(_) => true,
            _ => false,
        })
    }

    /// Whether `item` matches.
    #[must_use]
    pub fn matches(&self, item: &Item, asker: &Asker<'_>) -> bool {
        self.matches_into(item, asker, &mut String::new())
    }

    /// [`Filter::matches`] with words that the caller folded before, by
    /// [`Filter::haystack`] of the same item: the quick way for a filter that
    /// is asked of every item at each key.
    #[must_use]
    pub fn matches_with(&self, item: &Item, asker: &Asker<'_>, haystack: &str) -> bool {
        let words = Words::Kept(haystack);
        self.tree.holds(&mut Subject { item, asker, words })
    }

    /// [`Filter::matches_with`] where words and brief alone say: none when the
    /// item has to be looked at.
    #[must_use]
    pub fn matches_words(&self, haystack: &str, brief: Brief) -> Option<bool> {
        self.tree.holds_of_words(haystack, brief)
    }

    /// Whether everything that matches, matches `wider` too: whoever has what
    /// matched that one need not ask anything else. `false` says nothing.
    #[must_use]
    pub fn narrows(&self, wider: &Self) -> bool {
        self.tree.narrows(&wider.tree)
    }

    /// The words of an item as [`Filter::matches_with`] wants them: folded,
    /// for comparing only, never for a screen. Holds until the item's content
    /// or its retraction changes.
    #[must_use]
    pub fn haystack(item: &Item) -> String {
        let mut words = String::new();
        haystack::write(item, &mut words);
        words
    }

    /// The items of a board that match, in no order.
    pub fn select<'b>(
        &'b self,
        board: &'b Board,
        asker: Asker<'b>,
    ) -> impl Iterator<Item = &'b Item> {
        let mut buffer = String::new();
        board
            .items()
            .filter(move |item| self.matches_into(item, &asker, &mut buffer))
    }

    /// What may be typed at `cursor`, counted in characters from 0: keys and
    /// their fixed words. None for a value that only the floor knows.
    #[must_use]
    pub fn complete(source: &str, cursor: usize) -> Vec<Completion> {
        complete::complete(source, cursor)
    }

    /// The key whose value stands at `cursor` ("chan", "by", …) and what a
    /// completion would replace, for callers that know the floor's names.
    #[must_use]
    pub fn key_at(source: &str, cursor: usize) -> Option<(&'static str, std::ops::Range<usize>)> {
        complete::wanted(source, cursor)
    }

    fn matches_into(&self, item: &Item, asker: &Asker<'_>, buffer: &mut String) -> bool {
        let ready = false;
        let words = Words::Made { buffer, ready };
        self.tree.holds(&mut Subject { item, asker, words })
    }
}
