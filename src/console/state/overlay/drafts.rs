//! Drafts: what was typed for items and not sent, notes and answers apart.

use std::collections::BTreeMap;

use crate::console::state::kept::KeptDraft;
use crate::model::ids::ItemKey;

/// Drafts that were kept when an editor was closed, or by an earlier run.
#[derive(Clone, Debug, Default)]
pub struct Drafts {
    notes: BTreeMap<Vec<ItemKey>, String>,
    replies: BTreeMap<ItemKey, String>,
}

/// Drafts that are kept; the oldest key goes first. An officer has a handful.
const DRAFTS: usize = 100;

impl Drafts {
    /// The drafts of an earlier run.
    #[must_use]
    pub fn of(kept: Vec<KeptDraft>) -> Self {
        let mut drafts = Self::default();
        for draft in kept {
            match draft.items.as_slice() {
                [] => {}
                [key] if draft.reply => drafts.keep_reply(*key, draft.text),
                _ => drafts.keep(draft.items, draft.text),
            }
        }
        drafts
    }

    /// Keeps what was typed for these items.
    pub fn keep(&mut self, items: Vec<ItemKey>, text: String) {
        if text.trim().is_empty() {
            self.notes.remove(&items);
            return;
        }
        self.notes.insert(items, text);
        while self.notes.len() > DRAFTS {
            self.notes.pop_first();
        }
    }

    /// Takes the draft for these items out.
    pub fn take(&mut self, items: &[ItemKey]) -> Option<String> {
        self.notes.remove(items)
    }

    /// Keeps an answer that was not sent.
    pub fn keep_reply(&mut self, item: ItemKey, text: String) {
        if text.trim().is_empty() {
            self.replies.remove(&item);
            return;
        }
        self.replies.insert(item, text);
        while self.replies.len() > DRAFTS {
            self.replies.pop_first();
        }
    }

    /// Takes the answer to an item out.
    pub fn take_reply(&mut self, item: &ItemKey) -> Option<String> {
        self.replies.remove(item)
    }

    /// Whether there is a draft for this item, alone or with others.
    #[must_use]
    pub fn has(&self, item: ItemKey) -> bool {
        self.replies.contains_key(&item) || self.notes.keys().any(|items| items.contains(&item))
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.notes.len() + self.replies.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.notes.is_empty() && self.replies.is_empty()
    }

    /// All of them, to be written.
    pub fn kept(&self) -> impl Iterator<Item = KeptDraft> {
        let notes = self.notes.iter().map(|(items, text)| KeptDraft {
            items: items.clone(),
            text: text.clone(),
            reply: false,
        });
        let replies = self.replies.iter().map(|(item, text)| KeptDraft {
            items: vec![*item],
            text: text.clone(),
            reply: true,
        });
        notes.chain(replies)
    }
}
