//! What a search in the history found, and where one stands in it.
//!
//! Asked of the hub's archive; told by the link's news. Kept while the console
//! lives, so that `n` and `N` go on after the list is closed.

use crate::console::msg::Hit;

/// Items that one search asks for at the most.
pub const MOST: usize = 100;

/// The last search.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Found {
    /// The words.
    pub words: String,
    /// Which question it was, so that a late answer to another is known.
    pub asked: u64,
    /// How it stands.
    pub phase: Phase,
    /// What was found, newest first.
    pub hits: Vec<Hit>,
    /// The one that is looked at.
    pub at: usize,
    /// A filter was set since: its matches are meant now.
    pub passed: bool,
}

/// How a search stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Phase {
    /// Nothing was asked yet.
    #[default]
    Idle,
    /// The hub was asked.
    Asking,
    /// It answered.
    Done,
    /// It did not: a sentence.
    Failed(String),
}

impl Found {
    /// Begins a search; returns the number of the question.
    pub fn begin(&mut self, words: &str) -> u64 {
        *self = Self {
            words: words.to_owned(),
            asked: self.asked + 1,
            phase: Phase::Asking,
            hits: Vec::new(),
            at: 0,
            passed: false,
        };
        self.asked
    }

    /// Takes an answer in; one to an earlier question is old news.
    pub fn answered(&mut self, asked: u64, outcome: Result<Vec<Hit>, String>) {
        if asked != self.asked {
            return;
        }
        match outcome {
            Ok(hits) => {
                self.phase = Phase::Done;
                self.hits = hits;
            }
            Err(says) => self.phase = Phase::Failed(says),
        }
        self.at = 0;
    }

    /// Moves by so many; whether there was one.
    pub fn step(&mut self, by: isize) -> bool {
        let to = self.at.checked_add_signed(by);
        match to.filter(|to| *to < self.hits.len()) {
            Some(to) => {
                self.at = to;
                true
            }
            None => false,
        }
    }

    /// The one that is looked at.
    #[must_use]
    pub fn hit(&self) -> Option<&Hit> {
        self.hits.get(self.at)
    }
}
