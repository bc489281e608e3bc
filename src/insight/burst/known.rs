//! What the floor has seen of authors, channels and words.
//!
//! Owns [`Authors`] (who was seen before, in two generations), [`Channels`]
//! (names as numbers) and [`Words`] (the words of the last posts). All bounded;
//! when full, the oldest go. Called by `watch` and `evidence`.

use std::collections::{HashMap, HashSet, VecDeque};

use serde::{Deserialize, Serialize};

use crate::insight::function_word::tells_nothing;
use crate::model::ids::{ItemKey, KeyMap};
use crate::model::why::Said;
use crate::text::fold::search_key;

/// Authors of one generation. Two are kept, so that between this many and twice
/// this many are remembered.
const GENERATION: usize = 100_000;

/// Who was seen before.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Authors {
    young: HashSet<u64>,
    old: HashSet<u64>,
}

impl Authors {
    /// Remembers an author; true when it was not known.
    pub fn meet(&mut self, author: u64) -> bool {
        if self.young.contains(&author) {
            return false;
        }
        if self.young.len() >= GENERATION {
            self.old = std::mem::take(&mut self.young);
        }
        self.young.insert(author);
        !self.old.contains(&author)
    }
}

/// Channels by number: 65,535 of them, all beyond share the last number.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Channels {
    names: Vec<String>,
}

impl Channels {
    /// The number of a channel.
    pub fn number(&mut self, name: &str) -> u16 {
        let at = self.names.iter().position(|known| known == name);
        let at = at.unwrap_or_else(|| {
            if self.names.len() < usize::from(u16::MAX) {
                self.names.push(name.to_owned());
            }
            self.names.len() - 1
        });
        u16::try_from(at).unwrap_or(u16::MAX)
    }

    /// All names.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.names.iter().map(String::as_str)
    }

    /// The name of a number.
    #[must_use]
    pub fn name(&self, number: u16) -> &str {
        self.names
            .get(usize::from(number))
            .map_or("", String::as_str)
    }
}

/// Posts whose words are remembered, and bytes of each.
const POSTS: usize = 4096;
const BYTES: usize = 320;

/// How many times more of the posts than of the others must use a word for it to
/// be told.
const LIFT: f64 = 3.0;

/// The words of the last posts.
#[derive(Clone, Debug, Default)]
pub struct Words {
    texts: KeyMap<Box<str>>,
    order: VecDeque<ItemKey>,
}

impl Words {
    /// Remembers a post's words.
    pub fn keep(&mut self, key: ItemKey, text: &str) {
        if self.order.len() >= POSTS
            && let Some(oldest) = self.order.pop_front()
        {
            self.texts.remove(&oldest);
        }
        let end = text.floor_char_boundary(BYTES);
        let head = text.get(..end).unwrap_or_default();
        if self.texts.insert(key, head.into()).is_none() {
            self.order.push_back(key);
        }
    }

    /// Forgets a post's words: it was erased.
    pub fn forget(&mut self, key: &ItemKey) {
        if self.texts.remove(key).is_some() {
            self.order.retain(|kept| kept != key);
        }
    }

    /// The words that mark `posts` off from what else was said, at most six: by
    /// how much more of these posts than of the others use them. Two posts at the
    /// least use each, so that none is the words of one that may be erased.
    #[must_use]
    pub fn telling(&self, posts: impl Iterator<Item = ItemKey>) -> Vec<Said> {
        let own: HashSet<ItemKey> = posts.collect();
        let mut inside: HashMap<String, u32> = HashMap::new();
        let mut outside: HashMap<String, u32> = HashMap::new();
        let step = (self.order.len() / 400).max(1);
        let others = self.order.iter().step_by(step).filter(|k| !own.contains(k));
        for key in others {
            self.count(key, &mut outside);
        }
        for key in &own {
            self.count(key, &mut inside);
        }
        let share = |times: u32, of: usize| {
            (f64::from(times) + 0.5) / (f64::from(u32::try_from(of).unwrap_or(u32::MAX)) + 1.0)
        };
        let lift = |word: &str, times: u32| {
            let others = outside.get(word).copied().unwrap_or(0);
            share(times, own.len()) / share(others, self.order.len().div_ceil(step))
        };
        let mut words: Vec<(f64, String, u32)> = inside
            .into_iter()
            .filter(|(word, times)| *times > 1 && may_tell(word))
            .map(|(word, times)| (lift(&word, times), word, times))
            .filter(|(lift, ..)| *lift >= LIFT)
            .collect();
        words.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
        words.truncate(6);
        words
            .into_iter()
            .map(|(_, word, times)| Said {
                word: word.into(),
                times,
            })
            .collect()
    }

    fn count(&self, key: &ItemKey, into: &mut HashMap<String, u32>) {
        let Some(text) = self.texts.get(key) else {
            return;
        };
        let folded = search_key(text);
        let words: HashSet<&str> = folded
            .split(|c: char| !c.is_alphanumeric())
            .filter(|w| !w.is_empty() && !w.starts_with("http"))
            .collect();
        for word in words {
            *into.entry(word.to_owned()).or_default() += 1;
        }
    }
}

/// Whether a word can tell what posts are about.
fn may_tell(word: &str) -> bool {
    let letters: Vec<char> = word.chars().collect();
    letters.len() > 2 && !tells_nothing(&letters)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(n: u8) -> ItemKey {
        ItemKey::from_bytes([n; 16])
    }

    #[test]
    fn the_words_that_only_these_posts_use_are_told() {
        let mut words = Words::default();
        for n in 0..20 {
            words.keep(key(n), "the bus is late in the centre");
        }
        for n in 100..106 {
            words.keep(key(n), "the water in Mill Street is brown");
        }
        let told: Vec<String> = words
            .telling((100..106).map(key))
            .into_iter()
            .map(|w| w.word.as_evidence().to_owned())
            .collect();
        assert!(told.contains(&"water".to_owned()) && told.contains(&"brown".to_owned()));
        assert!(!told.contains(&"the".to_owned()), "{told:?}");
        words.forget(&key(100));
        assert_eq!(words.telling(std::iter::once(key(100))), Vec::new());
    }

    #[test]
    fn a_function_word_is_never_told() {
        let mut words = Words::default();
        words.keep(key(1), "the water is brown and the tap is dry");
        words.keep(key(2), "what of the water and the tap");
        let mut told: Vec<String> = words
            .telling([1, 2].map(key).into_iter())
            .into_iter()
            .map(|w| w.word.as_evidence().to_owned())
            .collect();
        told.sort();
        assert_eq!(told, ["tap", "water"]);
    }

    #[test]
    fn an_author_is_new_once() {
        let mut authors = Authors::default();
        assert!(authors.meet(1));
        assert!(!authors.meet(1));
        for author in 2..150_000 {
            authors.meet(author);
        }
        assert!(!authors.meet(1), "the older generation is remembered");
    }
}
