//! A text as the terms that claims are found by.
//!
//! Owns [`terms`]: words without links and endings, hashtags taken apart,
//! numbers and names marked, because they tell claims apart. Called by `index`
//! for claims and posts alike.

use crate::text::fold::search_key;

/// Words of a text that are read.
const READ: usize = 400;

/// What a number or a name weighs.
const TELLING: f32 = 1.3;

/// A term: a hash, and what a text says of it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Term {
    /// Hash of the word's stem.
    pub word: u64,
    /// What it weighs: more for a number or what is written like a name.
    pub weight: f32,
}

/// The terms of a text in their order, and the pieces of four letters of its
/// words and its pairs of words, as hashes.
#[must_use]
pub fn terms(text: &str) -> (Vec<Term>, Vec<u64>) {
    let folded = Folded::of(text);
    (folded.terms(), folded.pieces())
}

/// The words of a text, folded once: most posts of a stream need no more than
/// their terms.
#[derive(Debug)]
pub struct Folded(Vec<(String, bool)>);

impl Folded {
    /// The words of `text`.
    #[must_use]
    pub fn of(text: &str) -> Self {
        let words = words(text).into_iter().take(READ).enumerate();
        let folded = words.map(|(n, raw)| {
            let name = n > 0 && raw.chars().next().is_some_and(char::is_uppercase);
            (search_key(&raw), name)
        });
        Self(folded.filter(|(word, _)| !word.is_empty()).collect())
    }

    /// Each word's stem, with what it weighs.
    #[must_use]
    pub fn terms(&self) -> Vec<Term> {
        let term = |(word, name): &(String, bool)| {
            let number = word.chars().any(|c| c.is_ascii_digit());
            Term {
                word: hash(stem(word).chars()),
                weight: if *name || number { TELLING } else { 1.0 },
            }
        };
        self.0.iter().map(term).collect()
    }

    /// Pieces of four letters and pairs of words.
    #[must_use]
    pub fn pieces(&self) -> Vec<u64> {
        let mut pieces = Vec::new();
        let mut before: Option<&str> = None;
        let mut padded: Vec<char> = Vec::new();
        for (word, _) in &self.0 {
            let stem = stem(word);
            if let Some(before) = before.replace(stem) {
                let pair = before.chars().chain(std::iter::once(' '));
                pieces.push(hash(pair.chain(stem.chars())));
            }
            padded.clear();
            padded.push('<');
            padded.extend(word.chars());
            padded.push('>');
            pieces.extend(padded.windows(4).map(|piece| hash(piece.iter().copied())));
        }
        pieces
    }
}

/// The words as they are written: links left out, hashtags taken apart where
/// capitals show how.
fn words(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    for chunk in text.split_whitespace() {
        let chunk = ["http://", "https://", "pic.twitter.com"]
            .iter()
            .filter_map(|link| chunk.find(link))
            .min()
            .and_then(|at| chunk.get(..at))
            .unwrap_or(chunk);
        let tagged = chunk.contains('#') || chunk.contains('@');
        for word in chunk.split(|c: char| !c.is_alphanumeric()) {
            if tagged {
                words.extend(apart(word));
            } else if !word.is_empty() {
                words.push(word.to_owned());
            }
        }
    }
    words
}

/// A hashtag as its words, where capitals and digits show how.
fn apart(tag: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut before = ' ';
    for c in tag.chars() {
        let begins = (c.is_uppercase() && before.is_lowercase())
            || (c.is_ascii_digit() != before.is_ascii_digit());
        match words.last_mut() {
            Some(word) if !begins => word.push(c),
            _ => words.push(c.to_string()),
        }
        before = c;
    }
    words
}

/// A word without the endings that change most often in English, Spanish,
/// Portuguese and French, and without the Arabic article. Crude on purpose: it
/// only has to do the same to claim and post.
fn stem(word: &str) -> &str {
    let word = ["وال", "بال", "كال", "فال", "لل", "ال"]
        .iter()
        .find_map(|article| {
            word.strip_prefix(article)
                .filter(|rest| rest.chars().count() >= 3)
        })
        .unwrap_or(word);
    for ending in ENDINGS {
        if let Some(rest) = word.strip_suffix(ending)
            && rest.chars().count() >= 3
        {
            return rest;
        }
    }
    word
}

/// Longest first.
const ENDINGS: &[&str] = &[
    "mente", "ation", "acoes", "ments", "ingly", "ment", "acao", "ings", "ies", "ing", "ers",
    "ado", "ada", "ed", "es", "er", "ly", "os", "as", "s", "e", "y",
];

fn hash(letters: impl Iterator<Item = char>) -> u64 {
    letters.fold(0xcbf2_9ce4_8422_2325, |hash: u64, letter| {
        (hash ^ u64::from(u32::from(letter))).wrapping_mul(0x0100_0000_01b3)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn same(one: &str, other: &str) -> bool {
        let words = |text| {
            terms(text)
                .0
                .into_iter()
                .map(|t| t.word)
                .collect::<Vec<_>>()
        };
        words(one) == words(other)
    }

    #[test]
    fn endings_hashtags_and_links_do_not_matter() {
        assert!(same("the reservoirs poisoned", "The reservoir poison"));
        assert!(same(
            "#WaterPoisoned2024 https://x.example",
            "water poisoned 2024"
        ));
        assert!(same("الماء مسموم", "ماء مسموم"));
        assert!(same("ações sanitárias", "acoes sanitarias"));
    }

    #[test]
    fn numbers_and_names_are_marked() {
        let told: Vec<bool> = terms("They say Lisbon lost 40 pipes")
            .0
            .iter()
            .map(|t| t.weight > 1.0)
            .collect();
        assert_eq!(told, [false, false, true, false, true, false]);
    }
}
