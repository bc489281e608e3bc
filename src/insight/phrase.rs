//! Finds many terms in a post at once, word by word.
//!
//! Owns [`Phrases`]: terms of one or more words, each with a number; an open end
//! ("evacuat*") takes any ending; Arabic words are also found with their clitics
//! (and, the, by, for) before them. One look-up a word, whatever the number of terms.
//! Knows nothing of what the terms mean. Called by `rule` and `topic`.

use std::collections::HashMap;

use super::token::{Kind, Token, Tokens};

/// Longest open end that is looked up, in letters.
const LONGEST_STEM: usize = 16;
/// What may stand before an Arabic word without being part of it, longest first.
const CLITICS: [&str; 14] = [
    "وبال", "وال", "بال", "فال", "كال", "ولل", "لل", "ال", "و", "ف", "ب", "ل", "ك", "س",
];

/// Terms to be found.
#[derive(Clone, Debug, Default)]
pub struct Phrases {
    /// By the first word.
    whole: HashMap<u64, Vec<Entry>, Folded>,
    /// By the stem of an only word with an open end.
    open: HashMap<u64, Vec<u32>, Folded>,
    shortest: usize,
}

#[derive(Clone, Debug)]
struct Entry {
    /// The words after the first.
    rest: Vec<(Box<[char]>, bool)>,
    term: u32,
}

/// Where a term was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Found {
    /// The term's number.
    pub term: u32,
    /// Its first token.
    pub first: usize,
    /// Its last token.
    pub last: usize,
}

/// Keys are hashes already.
#[derive(Clone, Copy, Debug, Default)]
struct Folded;

impl std::hash::BuildHasher for Folded {
    type Hasher = Key;
    fn build_hasher(&self) -> Key {
        Key(0)
    }
}

struct Key(u64);

impl std::hash::Hasher for Key {
    fn finish(&self) -> u64 {
        self.0
    }
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = mixed(self.0, u64::from(*byte));
        }
    }
    fn write_u64(&mut self, key: u64) {
        self.0 = key;
    }
}

fn mixed(hash: u64, next: u64) -> u64 {
    let hash = (hash ^ next).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    hash ^ (hash >> 29)
}

fn of(letters: &[char]) -> u64 {
    letters
        .iter()
        .fold(11, |hash, c| mixed(hash, u64::from(u32::from(*c))))
}

impl Phrases {
    /// Adds the term `text` under `number`. False when there is no word in it.
    pub fn add(&mut self, text: &str, number: u32) -> bool {
        let open = text.trim_end().ends_with('*');
        let mut tokens = Tokens::default();
        tokens.fill(text);
        let mut words: Vec<Box<[char]>> = tokens
            .list
            .iter()
            .filter(|token| is_word(token))
            .map(|token| tokens.of(token).into())
            .collect();
        if words.is_empty() {
            return false;
        }
        let first = words.remove(0);
        if open && words.is_empty() {
            let stem = first.len().min(LONGEST_STEM);
            self.shortest = if self.open.is_empty() {
                stem
            } else {
                self.shortest.min(stem)
            };
            let key = of(first.get(..stem).unwrap_or_default());
            self.open.entry(key).or_default().push(number);
            return true;
        }
        let last = words.len();
        let rest = words.into_iter().enumerate();
        let rest = rest
            .map(|(at, word)| (word, open && at + 1 == last))
            .collect();
        let entry = Entry { rest, term: number };
        self.whole.entry(of(&first)).or_default().push(entry);
        true
    }

    /// Gives every term in `tokens` to `take`.
    pub fn find(&self, tokens: &Tokens, take: &mut impl FnMut(Found)) {
        for (at, token) in tokens.list.iter().enumerate() {
            if !is_word(token) {
                continue;
            }
            let letters = tokens.of(token);
            self.at(tokens, at, letters, take);
            for bare in bare(letters) {
                self.at(tokens, at, bare, take);
            }
        }
    }

    fn at(&self, tokens: &Tokens, at: usize, letters: &[char], take: &mut impl FnMut(Found)) {
        let mut hash = 11;
        for (length, c) in letters.iter().enumerate() {
            hash = mixed(hash, u64::from(u32::from(*c)));
            if length + 1 >= self.shortest && length < LONGEST_STEM {
                for term in self.open.get(&hash).into_iter().flatten() {
                    take(Found {
                        term: *term,
                        first: at,
                        last: at,
                    });
                }
            }
        }
        for entry in self.whole.get(&hash).into_iter().flatten() {
            if let Some(last) = entry.follows(tokens, at) {
                take(Found {
                    term: entry.term,
                    first: at,
                    last,
                });
            }
        }
    }
}

impl Entry {
    /// The last token of the term, when its other words follow token `at`.
    fn follows(&self, tokens: &Tokens, at: usize) -> Option<usize> {
        let mut last = at;
        for (word, open) in &self.rest {
            // A hyphen or an apostrophe may part the words of a term.
            let next = tokens.list.iter().enumerate().skip(last + 1).take(2);
            let (found, token) = next.into_iter().find(|(_, token)| is_word(token))?;
            let letters = tokens.of(token);
            let fits = letters == word.as_ref() || *open && letters.starts_with(word);
            if !fits {
                return None;
            }
            last = found;
        }
        Some(last)
    }
}

fn is_word(token: &Token) -> bool {
    matches!(token.kind, Kind::Word | Kind::Tag | Kind::Number)
}

/// What is left of a word without what is written onto its front: Arabic clitics,
/// and what French and Italian elide ("l'eau").
fn bare(letters: &[char]) -> impl Iterator<Item = &[char]> {
    let arabic = letters
        .first()
        .is_some_and(|c| ('\u{620}'..='\u{6ff}').contains(c));
    let clitics = if arabic { CLITICS.as_slice() } else { &[] };
    let without = clitics.iter().filter_map(move |clitic| {
        let length = clitic.chars().count();
        let rest = letters.get(length..)?;
        (rest.len() >= 3 && clitic.chars().eq(letters.iter().take(length).copied())).then_some(rest)
    });
    let elided = letters.iter().take(3).position(|c| *c == '\'');
    let rest = elided.and_then(|at| letters.get(at + 1..));
    without.chain(rest.filter(|rest| rest.len() >= 2))
}
