//! What of a document was looked at while it was mapped: for `channels try`,
//! which tells the keys that nothing took.
//!
//! Pointers and templates note here what they found, but only where somebody asked:
//! the way of live messages has none of this.

use std::cell::RefCell;
use std::collections::{BTreeMap, HashSet};

use serde_json::Value;

use super::fields::cut;
use super::scope::scalar;
use crate::text::Untrusted;

/// Most keys that are told as taken by nothing.
const MOST: usize = 200;

/// The values of one document that were looked at, by where they lie in memory.
#[derive(Debug, Default)]
pub(in crate::channels) struct Seen {
    single: RefCell<HashSet<usize>>,
    whole: RefCell<HashSet<usize>>,
}

impl Seen {
    /// This value was looked at.
    pub(in crate::channels) fn look(&self, value: &Value) {
        self.single.borrow_mut().insert(place(value));
    }

    /// This value was taken with everything in it.
    pub(in crate::channels) fn whole(&self, value: &Value) {
        self.whole.borrow_mut().insert(place(value));
    }

    fn has(&self, value: &Value) -> bool {
        self.single.borrow().contains(&place(value))
    }

    fn has_whole(&self, value: &Value) -> bool {
        self.whole.borrow().contains(&place(value))
    }
}

fn place(value: &Value) -> usize {
    std::ptr::from_ref(value).addr()
}

/// The keys of a document, `*` for each element of a list: whether one of its values was
/// taken, and the first of them.
#[derive(Debug, Default)]
pub(in crate::channels) struct Keys(BTreeMap<String, (bool, Untrusted)>);

impl Keys {
    /// Adds what is below `tree`, which is at `at`.
    pub(in crate::channels) fn add(&mut self, seen: &Seen, at: &str, tree: &Value, taken: bool) {
        let taken = taken || seen.has_whole(tree);
        match tree {
            Value::Object(map) => {
                for (key, value) in map {
                    let key = key.replace('~', "~0").replace('/', "~1");
                    self.add(seen, &format!("{at}/{key}"), value, taken);
                }
            }
            Value::Array(list) => {
                for value in list {
                    self.add(seen, &format!("{at}/*"), value, taken);
                }
            }
            _ => {
                // Null and empty text are nothing that could be taken.
                let Some(text) = scalar(tree) else { return };
                let taken = taken || seen.has(tree);
                let first = || (false, cut(&text));
                self.0.entry(at.to_owned()).or_insert_with(first).0 |= taken;
            }
        }
    }

    /// Those of which nothing was taken, with the first value of each.
    pub(in crate::channels) fn untaken(self) -> Vec<(String, Untrusted)> {
        let left = self.0.into_iter().filter(|(_, (taken, _))| !taken);
        left.map(|(at, (_, value))| (at, value))
            .take(MOST)
            .collect()
    }
}
