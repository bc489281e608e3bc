//! What channels told of posts that have not come yet: a deletion or an edit
//! may overtake its post.
//!
//! Owns the last of them, for some minutes: what comes later was not overtaken.
//! The log has each as a fact, so that a restart forgets none; `decide` lets a
//! post that comes at last have what was told of it, in one unit with its
//! arrival.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::Board;
use crate::model::body::Change;
use crate::model::ids::{ItemKey, KeyMap, Seq};
use crate::model::time::Timestamp;

/// How many are kept; the oldest go first.
const KEPT: usize = 1024;
/// How many bytes of words they may have: most are deletions, which have none.
const WORDS: usize = 8 * 1024 * 1024;
/// And how long.
const OVERTAKEN: Duration = Duration::from_mins(10);

/// One, as a checkpoint has it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Foretold {
    /// The event that told it.
    seq: Seq,
    /// When.
    at: Timestamp,
    /// What.
    change: Change,
}

/// All that are kept, by their event and by their post.
#[derive(Clone, Debug, Default)]
pub(super) struct Foretelling {
    in_order: BTreeMap<Seq, Foretold>,
    of_post: KeyMap<Seq>,
    words: usize,
}

impl Foretelling {
    /// Keeps one, in place of what was told of its post before: whoever decides
    /// puts the two together.
    pub(super) fn keep(&mut self, (seq, at): (Seq, Timestamp), change: &Change) {
        self.forget(&change.key);
        self.words += words(change);
        while (self.in_order.len() >= KEPT || self.words > WORDS)
            && let Some((_, oldest)) = self.in_order.first_key_value()
        {
            let key = oldest.change.key;
            self.forget(&key);
        }
        self.of_post.insert(change.key, seq);
        let change = change.clone();
        self.in_order.insert(seq, Foretold { seq, at, change });
    }

    /// Its post has come.
    pub(super) fn forget(&mut self, key: &ItemKey) {
        let told = self.of_post.remove(key);
        if let Some(told) = told.and_then(|seq| self.in_order.remove(&seq)) {
            self.words -= words(&told.change);
        }
    }

    pub(super) fn to_checkpoint(&self) -> Vec<Foretold> {
        self.in_order.values().cloned().collect()
    }

    pub(super) fn from_checkpoint(kept: Vec<Foretold>) -> Self {
        let mut all = Self::default();
        for one in kept {
            all.keep((one.seq, one.at), &one.change);
        }
        all
    }
}

fn words(change: &Change) -> usize {
    change.title.as_evidence().len() + change.text.as_evidence().len()
}

impl Board {
    /// What was told of a post that is not here, not long before `now`.
    #[must_use]
    pub fn foretold(&self, key: &ItemKey, now: Timestamp) -> Option<&Change> {
        let seq = self.foretelling.of_post.get(key)?;
        let told = self.foretelling.in_order.get(seq)?;
        (told.at >= now.minus(OVERTAKEN)).then_some(&told.change)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::item::OnRetract;
    use crate::text::Untrusted;

    fn change(nth: u64) -> Change {
        let channel = "town".parse().expect("a channel's name");
        Change {
            key: ItemKey::of(&channel, &nth.to_string()),
            channel,
            on: Some(OnRetract::Hide),
            title: Untrusted::default(),
            text: Untrusted::default(),
        }
    }

    #[test]
    fn a_flood_pushes_out_the_oldest_and_minutes_let_go_the_rest() {
        let (mut board, at) = (Board::default(), Timestamp::from_millis(1_000_000));
        let all = u64::try_from(KEPT).expect("few") + 1;
        for nth in 1..=all {
            board.foretelling.keep((Seq(nth), at), &change(nth));
        }
        let kept = board.foretelling.to_checkpoint();
        board.foretelling = Foretelling::from_checkpoint(kept);
        assert_eq!(board.foretold(&change(1).key, at), None);
        assert_eq!(board.foretold(&change(2).key, at), Some(&change(2)));
        let later = at.plus(OVERTAKEN + Duration::from_secs(1));
        assert_eq!(board.foretold(&change(2).key, later), None);
        board.foretelling.forget(&change(2).key);
        assert_eq!(board.foretold(&change(2).key, at), None);
    }
}
