//! Edited copies among other posts: are they found, and nothing else?
//!
//! Owns the edits: what people do to a text that they pass on. Texts come from
//! the five languages' training tweets; each edited copy must come to its
//! original's cluster.

use std::collections::{HashMap, HashSet};

use super::Shelf;
use super::draw::{Draw, told};
use crate::insight::cluster::{Clusters, Copy, Settings};
use crate::model::ids::ItemKey;
use crate::model::time::Timestamp;

const LANGUAGES: [&str; 5] = ["arabic", "english", "french", "portuguese", "spanish"];
/// Copies that are made, and kinds of edits.
const COPIES: usize = 4500;
const KINDS: [&str; 9] = [
    "retweet prefix",
    "links changed",
    "hashtags added",
    "words swapped",
    "words deleted",
    "truncated",
    "emoji",
    "look-alike letters",
    "several at once",
];

/// What is to be expected, in lines.
#[must_use]
pub fn expect(sets: Shelf<'_>) -> Vec<String> {
    let mut draw = Draw(7);
    let mut seen = HashSet::new();
    let mut texts: Vec<String> = LANGUAGES
        .iter()
        .filter_map(|name| sets(&format!("umsab/{name}/train_text.txt")))
        .flat_map(|text| text.lines().map(str::to_owned).collect::<Vec<_>>())
        .filter(|text| text.split_whitespace().count() >= 5 && seen.insert(text.to_lowercase()))
        .collect();
    for at in (1..texts.len()).rev() {
        texts.swap(at, draw.place(at + 1));
    }
    let mut floor = Floor(Clusters::new(Settings::default()), 0);
    let own: HashMap<usize, u64> = texts
        .iter()
        .enumerate()
        .filter_map(|(at, text)| Some((at, floor.place(text)?.0)))
        .collect();
    let mut found = [(0, 0); KINDS.len()];
    let (mut right, mut placed) = (0, 0);
    for n in 0..COPIES.min(texts.len() * 9) {
        let kind = n % KINDS.len();
        let original = draw.place(texts.len());
        let Some(text) = texts.get(original) else {
            continue;
        };
        let copy = floor.place(&edited(&mut draw, text, kind));
        let hit = copy.is_some_and(|(cluster, like)| {
            like && own
                .get(&original)
                .is_some_and(|own| floor.same(*own, cluster))
        });
        placed += usize::from(copy.is_some_and(|(_, like)| like));
        right += usize::from(hit);
        if let Some((hits, all)) = found.get_mut(kind) {
            *hits += usize::from(hit);
            *all += 1;
        }
    }
    let all = found.iter().map(|(_, all)| all).sum();
    let mut lines = vec![
        told("clusters, recall on edited copies", (right, all)),
        told(
            "clusters, precision of those placed with another",
            (right, placed),
        ),
    ];
    lines.extend(
        KINDS
            .iter()
            .zip(found)
            .map(|(kind, hits)| told(&format!("  {kind}"), hits)),
    );
    lines
}

/// Clusters, and how many posts were placed.
struct Floor(Clusters, u64);

impl Floor {
    /// The cluster of a text, and whether it was placed with another.
    fn place(&mut self, text: &str) -> Option<(u64, bool)> {
        self.1 += 1;
        let mut key = [0; 16];
        for (to, from) in key.iter_mut().zip(self.1.to_le_bytes()) {
            *to = from;
        }
        let copy = Copy {
            key: ItemKey::from_bytes(key),
            text,
            author: "a",
            channel: "c",
            known: None,
        };
        let at = Timestamp::from_millis(i64::try_from(self.1).unwrap_or(0) * 100);
        let placed = self.0.place(at, &copy)?;
        Some((placed.cluster, placed.like.is_some()))
    }

    fn same(&self, one: u64, other: u64) -> bool {
        let first = |cluster| self.0.spread(cluster).and_then(|spread| spread.first);
        one == other || (first(one).is_some() && first(one) == first(other))
    }
}

/// A text as somebody passes it on.
fn edited(draw: &mut Draw, text: &str, kind: usize) -> String {
    let mut words: Vec<String> = text.split_whitespace().map(str::to_owned).collect();
    let n = words.len();
    match kind {
        0 => return format!("RT @user{}: {text}", draw.place(1000)),
        1 => {
            words.retain(|word| !word.starts_with("http"));
            words.push(format!("https://short.example/{}", draw.place(99_999)));
        }
        2 => words.push(format!("#news #share{}", draw.place(100))),
        3 => words.swap(draw.place(n - 1), n - 1),
        4 => {
            for _ in 0..(n / 8).max(1) {
                words.remove(draw.place(words.len()));
            }
        }
        5 => words.truncate((n * 65).div_ceil(100)),
        6 => words.insert(0, "\u{1f621}\u{1f621}".into()),
        7 => return text.chars().map(look_alike).collect(),
        _ => {
            if let Some(word) = words.get_mut(draw.place(n)) {
                *word = "really".into();
            }
            words.insert(0, "RT @somebody:".into());
            words.push("#x https://short.example/1".into());
        }
    }
    words.join(" ")
}

/// The Cyrillic letter that looks like a Latin one.
fn look_alike(c: char) -> char {
    match c {
        'a' => '\u{430}',
        'e' => '\u{435}',
        'o' => '\u{43e}',
        'p' => '\u{440}',
        'c' => '\u{441}',
        other => other,
    }
}
