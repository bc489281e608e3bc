//! What outlives the console: lines that were entered, saved views, drafts.
//!
//! The forms that are written; where to is the drawer's. Whatever is read back
//! is taken as a stranger's: bounded here, cleaned before it is drawn.

use serde::{Deserialize, Serialize};

use super::SavedView;
use super::recall::KeptLines;
use crate::model::filter::Filter;
use crate::model::ids::ItemKey;
use crate::model::queue::Queue;

/// Everything of an earlier run.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Kept {
    /// Lines and actions.
    pub lines: KeptLines,
    /// The officer's own saved views.
    pub views: Vec<KeptView>,
    /// Drafts on this hub.
    pub drafts: Vec<KeptDraft>,
}

/// One part of it, to be written anew.
#[derive(Clone, Debug, PartialEq)]
pub enum Keepsake {
    /// Lines and actions.
    Lines(KeptLines),
    /// Views: the whole list.
    Views(Vec<KeptView>),
    /// Drafts on this hub: the whole list; none wipes them.
    Drafts(Vec<KeptDraft>),
}

/// A saved view as it is written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptView {
    /// 1 to 9.
    pub number: u8,
    /// The officer's name for it.
    pub name: String,
    /// The filter as typed.
    #[serde(default)]
    pub filter: String,
    /// The queue's word.
    #[serde(default)]
    pub queue: String,
}

/// A draft as it is written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptDraft {
    /// The items that it is for.
    pub items: Vec<ItemKey>,
    /// What was typed.
    pub text: String,
    /// An answer that leaves the floor, and no note.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub reply: bool,
}

/// The longest name of a view, characters.
pub const VIEW_NAME: usize = 40;

impl KeptView {
    /// The form of a view.
    #[must_use]
    pub fn of(view: &SavedView) -> Self {
        Self {
            number: view.number,
            name: view.name.clone(),
            filter: view.filter.source().to_owned(),
            queue: view.queue.word().to_owned(),
        }
    }

    /// The view, when its filter is still understood.
    #[must_use]
    pub fn read(self) -> Option<SavedView> {
        let queue = Queue::EVERY
            .into_iter()
            .find(|queue| queue.word() == self.queue);
        Some(SavedView {
            number: Some(self.number).filter(|n| (1..=9).contains(n))?,
            name: self.name.chars().take(VIEW_NAME).collect(),
            filter: Filter::parse(&self.filter).ok()?,
            queue: queue.unwrap_or(Queue::All),
            own: true,
        })
    }
}
