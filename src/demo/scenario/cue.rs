//! Cues: what is due when, before it has ids, words and a body; and the queue
//! of them.
//!
//! Filled by the story and by life, emptied by the scenario.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::script::{Alert, News, Post, Talk};

/// Something that is due.
#[derive(Clone, Debug)]
pub(super) enum Cue {
    /// A post, an edit or a withdrawal, said `ago` milliseconds before.
    Post { post: Post, ago: u64, hostile: bool },
    /// More people like a post that was on the stream.
    Liked,
    /// Somebody takes back or rewords a passing post.
    SecondThoughts,
    /// An alert starts, `ago` milliseconds before; everything later of it
    /// follows by itself.
    AlertStarts { alert: Arc<Alert>, ago: u64 },
    /// An alert is told again: its number, and further words if there are any.
    AlertAgain { number: u64, words: Option<String> },
    /// An alert is over.
    AlertEnds { number: u64 },
    /// A conversation is handed over; what is said later follows by itself.
    HandOver { talk: Arc<Talk>, ago: u64 },
    /// A conversation goes on: its number, and which of the later messages.
    Continue {
        number: u64,
        talk: Arc<Talk>,
        later: usize,
    },
    /// An entry of the feed.
    Publish { news: News, ago: u64 },
    /// A document that no map fits.
    Misfit,
    /// The city breathes: everyday life decides what comes next.
    Breathe,
}

/// A cue with the part of the evening it belongs to.
#[derive(Clone, Debug)]
pub(super) struct Due {
    pub(super) scene: Arc<str>,
    pub(super) cue: Cue,
}

/// Cues by time, in the order given among those of one moment.
#[derive(Debug, Default)]
pub(super) struct Agenda {
    due: BTreeMap<(u64, u64), Due>,
    given: u64,
}

impl Agenda {
    /// Puts `cue` at `at` milliseconds after the start.
    pub(super) fn put(&mut self, at: u64, scene: &Arc<str>, cue: Cue) {
        self.given += 1;
        let scene = scene.clone();
        self.due.insert((at, self.given), Due { scene, cue });
    }

    /// The next, with its time.
    pub(super) fn take(&mut self) -> Option<(u64, Due)> {
        self.due.pop_first().map(|((at, _), due)| (at, due))
    }
}
