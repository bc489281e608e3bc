//! The board as a value: what a store keeps so that start-up does not grow
//! with the log.
//!
//! Owns the shape; when it is written and where is the hub's. The indexes are
//! not in it, they are rebuilt.

use serde::{Deserialize, Serialize};

use super::foretold::{Foretelling, Foretold};
use super::{Board, Journal};
use crate::model::event::Suppression;
use crate::model::ids::Seq;
use crate::model::item::Item;

/// The board as a value.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Checkpoint {
    /// The last event in it.
    pub head: Seq,
    /// The items, by number.
    pub items: Vec<Item>,
    /// The suppressions in force.
    pub suppressions: Vec<Suppression>,
    /// What officers did, for undo and redo.
    #[serde(default)]
    pub journal: Journal,
    /// What was told of posts that have not come.
    #[serde(default)]
    pub foretold: Vec<Foretold>,
}

impl Board {
    /// The board as a value to store.
    #[must_use]
    pub fn to_checkpoint(&self) -> Checkpoint {
        Checkpoint {
            head: self.head,
            items: self.by_number().cloned().collect(),
            suppressions: self.suppressions.values().cloned().collect(),
            journal: self.journal.clone(),
            foretold: self.foretelling.to_checkpoint(),
        }
    }

    /// A board from a value that was stored.
    #[must_use]
    pub fn from_checkpoint(checkpoint: Checkpoint) -> Self {
        let mut board = Self {
            head: checkpoint.head,
            journal: checkpoint.journal,
            foretelling: Foretelling::from_checkpoint(checkpoint.foretold),
            ..Self::default()
        };
        for item in checkpoint.items {
            board.insert(item);
        }
        for suppression in checkpoint.suppressions {
            board.insert_suppression(suppression);
        }
        board
    }
}
