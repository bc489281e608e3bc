//! Where a board keeps its items, by key and by number, in little room.
//!
//! Owns the table of items, the pages of numbers and the names that items share.
//! A console may have a million items: what is kept here for each is counted in
//! bytes. Knows nothing of deadlines. Called by the board's own files.

use std::borrow::Borrow;
use std::collections::{BTreeMap, HashSet};
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use thin_vec::ThinVec;

use crate::model::event::{Body, Event};
use crate::model::ids::{ChannelName, DeskName, ItemId, ItemKey};
use crate::model::item::{Author, Content, Item};
use crate::model::reading::{Language, Reading, Reason, Topic};
use crate::model::shared::{Pool, Shared};
use crate::text::Untrusted;

/// An item found by its own key. Boxed: a table that grows moves what is in it,
/// and items are large.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Kept(pub(super) Box<Item>);

impl Eq for Kept {}

impl Hash for Kept {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.key.hash(state);
    }
}

impl Borrow<ItemKey> for Kept {
    fn borrow(&self) -> &ItemKey {
        &self.0.key
    }
}

/// The items by key.
pub(super) type Items = HashSet<Kept, foldhash::fast::RandomState>;

/// Numbers of one page.
const PAGE: u64 = 64;

/// The keys by number. Numbers are dense, so that a page of them costs little
/// more than the keys.
#[derive(Clone, Debug, Default)]
pub(super) struct Numbers {
    /// Each page by number; no page is empty.
    pages: BTreeMap<u64, Vec<(u8, ItemKey)>>,
}

/// Page of a number, and its place there.
fn place(ItemId(number): ItemId) -> (u64, u8) {
    let within = u8::try_from(number % PAGE).unwrap_or(0);
    (number / PAGE, within)
}

impl Numbers {
    /// Gives a number to a key.
    pub(super) fn insert(&mut self, id: ItemId, key: ItemKey) {
        let (page, within) = place(id);
        let page = self.pages.entry(page).or_default();
        match page.binary_search_by_key(&within, |(within, _)| *within) {
            Ok(at) => page[at].1 = key,
            Err(at) => page.insert(at, (within, key)),
        }
    }

    /// Takes a number back.
    pub(super) fn remove(&mut self, id: ItemId) {
        let (number, within) = place(id);
        let Some(page) = self.pages.get_mut(&number) else {
            return;
        };
        page.retain(|(other, _)| *other != within);
        if page.is_empty() {
            self.pages.remove(&number);
        }
    }

    /// The key of a number.
    pub(super) fn get(&self, id: ItemId) -> Option<&ItemKey> {
        let (page, within) = place(id);
        let page = self.pages.get(&page)?;
        let at = page.binary_search_by_key(&within, |(within, _)| *within);
        page.get(at.ok()?).map(|(_, key)| key)
    }

    /// All keys, by number.
    pub(super) fn keys(&self) -> impl DoubleEndedIterator<Item = &ItemKey> {
        self.pages.values().flatten().map(|(_, key)| key)
    }
}

/// What items have in common, each kept once.
#[derive(Clone, Debug, Default)]
pub(super) struct Names {
    desks: HashSet<DeskName>,
    channels: HashSet<ChannelName>,
    authors: Pool<Author>,
    models: Pool<String>,
    languages: Pool<Language>,
    topics: Pool<Topic>,
    rules: Pool<Reason>,
    words: Pool<Untrusted>,
}

impl Names {
    /// Lets an item use the names of those before it.
    pub(super) fn share(&mut self, item: &mut Item) {
        one_of(&mut self.desks, &mut item.desk);
        self.share_content(&mut item.content);
        if let Some(reading) = &mut item.reading {
            self.share_reading(reading);
        }
    }

    /// Lets an event that is about to be folded use them.
    pub(super) fn share_event(&mut self, event: &mut Event) {
        if let Some(desk) = &mut event.desk {
            one_of(&mut self.desks, desk);
        }
        match &mut event.body {
            Body::ItemArrived(arrival) => {
                self.share_content(&mut arrival.content);
                if let Some(reading) = &mut arrival.reading {
                    self.share_reading(reading);
                }
            }
            Body::ItemEdited { content } => self.share_content(content),
            Body::ItemRead { reading } => self.share_reading(reading),
            _ => {}
        }
    }

    fn share_content(&mut self, content: &mut Arc<Content>) {
        if let Some(content) = Arc::get_mut(content) {
            one_of(&mut self.channels, &mut content.channel);
            self.authors.share(&mut content.author);
        }
    }

    fn share_reading(&mut self, reading: &mut Arc<Reading>) {
        let Some(reading) = Arc::get_mut(reading) else {
            return;
        };
        self.models.share(&mut reading.model);
        if let Some(language) = &mut reading.language {
            self.languages.share(language);
        }
        share_all(&mut self.topics, &mut reading.topics);
        share_all(&mut self.rules, &mut reading.urgency.reasons);
        if let Some(felt) = &mut reading.sentiment {
            share_all(&mut self.words, &mut felt.words);
        }
    }
}

fn share_all<T: Clone + Eq + Hash + 'static>(pool: &mut Pool<T>, parts: &mut ThinVec<Shared<T>>) {
    parts.shrink_to_fit();
    parts.iter_mut().for_each(|part| pool.share(part));
}

fn one_of<T: Clone + Eq + Hash>(names: &mut HashSet<T>, name: &mut T) {
    match names.get(name) {
        Some(known) => name.clone_from(known),
        None => {
            names.insert(name.clone());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn numbers_are_kept_like_in_a_map(steps in prop::collection::vec((0_u64..200, any::<bool>(), any::<u8>()), 0..200)) {
            let (mut numbers, mut model) = (Numbers::default(), BTreeMap::new());
            for (number, adds, byte) in steps {
                let (id, key) = (ItemId(number), ItemKey::from_bytes([byte; 16]));
                if adds {
                    numbers.insert(id, key);
                    model.insert(id, key);
                } else {
                    numbers.remove(id);
                    model.remove(&id);
                }
                prop_assert_eq!(numbers.get(id), model.get(&id));
            }
            prop_assert!(numbers.keys().eq(model.values()));
            prop_assert!(numbers.keys().rev().eq(model.values().rev()));
        }
    }
}
