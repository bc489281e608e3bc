//! Known claims, found by what a post says.
//!
//! Owns [`Index`]: BM25F (Robertson, Zaragoza and Taylor, 2004) over claim and
//! title by words, then the best by words, and what else is put forward, ranked
//! anew with pieces of four letters and pairs of words. No network, no model.
//! Knows nothing of feeds or ratings. Called by `claims`.

use std::collections::HashMap;

use super::term::{Folded, Term, terms};
use crate::insight::function_word::is_function_word;

/// BM25's saturation of repeated words, and how much length counts.
const WORDS: (f32, f32) = (2.0, 0.6);
/// The same of pieces.
const PIECES: (f32, f32) = (1.2, 0.5);
/// What a word of the title and a piece of letters weigh.
const TITLE: f32 = 1.2;
const PIECE: f32 = 0.4;
/// What a meaning that is the same weighs, where an encoder tells: chosen on the
/// training tweets of `CheckThat!` 2020, as all of these.
const NEAR: f32 = 166.0;
/// Words in more than this share of the claims (and in more than 50) find
/// nothing by themselves.
const COMMON: f32 = 0.05;
/// With fewer claims these don't show which words are common.
const FEW: usize = 400;
/// Claims that are ranked anew.
const RANKED: usize = 100;

/// A claim that a post may be about.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Found {
    /// Its place in the index.
    pub place: u32,
    /// How well it fits: comparable between posts.
    pub score: f32,
    /// The share of the claim's weight that the post holds, 0 to 1.
    pub held: f32,
    /// How near it is in meaning, where an encoder tells: 1 the same.
    pub near: Option<f32>,
    /// How far it is ahead of the next claim that says something else, as a share
    /// of its worth.
    pub lead: f32,
}

impl Found {
    /// What it is ranked by: how well its words fit, and its meaning.
    #[must_use]
    pub fn worth(&self) -> f32 {
        self.score + NEAR * self.near.unwrap_or_default()
    }
}

/// Claims by their words.
#[derive(Clone, Debug, Default)]
pub struct Index {
    claims: Vec<Entry>,
    /// Claims that hold a word.
    words: HashMap<u64, Vec<(u32, f32)>>,
    pieces: HashMap<u64, u32>,
    /// The first claim that says something, by a hash of its words.
    sayings: HashMap<u64, u32>,
    length: f32,
    /// Pieces of all claims together.
    cut: usize,
}

#[derive(Clone, Debug, Default)]
struct Entry {
    /// The first claim that says the same: two feeds may hold one claim.
    first: u32,
    /// Frequency by word, of claim and title together, sorted by word.
    words: Vec<(u64, f32)>,
    /// Pieces, sorted; what is there twice counts for more.
    pieces: Vec<u64>,
    length: f32,
}

impl Index {
    /// Puts in a claim: its place.
    pub fn put(&mut self, claim: &str, title: &str) -> u32 {
        let place = u32::try_from(self.claims.len()).unwrap_or(u32::MAX);
        let (own, mut pieces) = terms(claim);
        let (titled, more) = terms(title);
        pieces.extend(more);
        pieces.sort_unstable();
        let mut frequency: HashMap<u64, f32> = HashMap::new();
        for (words, weight) in [(&own, 1.0), (&titled, TITLE)] {
            for term in words {
                *frequency.entry(term.word).or_default() += weight;
            }
        }
        let mut words: Vec<(u64, f32)> = frequency.into_iter().collect();
        words.sort_unstable_by_key(|(word, _)| *word);
        for (word, times) in &words {
            self.words.entry(*word).or_default().push((place, *times));
        }
        for piece in pieces.chunk_by(|a, b| a == b).filter_map(<[u64]>::first) {
            *self.pieces.entry(*piece).or_default() += 1;
        }
        let length = words.iter().map(|(_, times)| times).sum();
        self.length += length;
        self.cut += pieces.len();
        let first = *self.sayings.entry(saying(&own)).or_insert(place);
        self.claims.push(Entry {
            first,
            words,
            pieces,
            length,
        });
        place
    }

    /// How many claims there are.
    #[must_use]
    pub fn size(&self) -> usize {
        self.claims.len()
    }

    /// The claims that fit `text` best, at most `most`, best first.
    #[must_use]
    pub fn find(&self, text: &str, most: usize) -> Vec<Found> {
        self.find_among(text, most, (RANKED, 0.0))
    }

    /// The same for a stream of posts: of the best by words only `ranked` are
    /// ranked anew, and none when the best of them scores less than `least`.
    #[must_use]
    pub fn find_among(&self, text: &str, most: usize, among: (usize, f32)) -> Vec<Found> {
        let mut found = self.find_with(text, among, Vec::new);
        self.order(&mut found, most);
        found
    }

    /// The same in no order yet, the best by words first, and with them the places
    /// that `others` puts forward: it is asked only when a claim fits by words.
    pub fn find_with(
        &self,
        text: &str,
        (ranked, least): (usize, f32),
        others: impl FnOnce() -> Vec<u32>,
    ) -> Vec<Found> {
        let folded = Folded::of(text);
        let mut words: HashMap<u64, f32> = HashMap::new();
        for Term { word, weight } in folded.terms() {
            let kept = words.entry(word).or_insert(weight);
            *kept = kept.max(weight);
        }
        let best = self.by_words(&words, ranked);
        if best.first().is_none_or(|(_, score)| *score < least) {
            return Vec::new();
        }
        let mut places: Vec<u32> = best.into_iter().map(|(place, _)| place).collect();
        for place in others() {
            if !places.contains(&place) {
                places.push(place);
            }
        }
        let mut pieces = folded.pieces();
        pieces.sort_unstable();
        pieces.dedup();
        let ranked = |place| self.rank(place, &words, &pieces);
        places.into_iter().filter_map(ranked).collect()
    }

    /// Puts what was found in the order of its worth, best first, at most `most`,
    /// and says how far each is ahead.
    pub fn order(&self, found: &mut Vec<Found>, most: usize) {
        let worth = |a: &Found, b: &Found| b.worth().total_cmp(&a.worth());
        found.sort_by(|a, b| worth(a, b).then(a.place.cmp(&b.place)));
        let ranks: Vec<(u32, f32)> = found
            .iter()
            .map(|one| (self.first_saying(one.place), one.worth()))
            .collect();
        found.truncate(most);
        for (at, one) in found.iter_mut().enumerate() {
            let own = self.first_saying(one.place);
            let mut others = ranks.iter().skip(at + 1);
            let next = others.find(|(first, _)| *first != own);
            one.lead = 1.0 - next.map_or(0.0, |(_, worth)| *worth) / one.worth().max(1e-6);
        }
    }

    /// The first claim that says the same as the one at `place`.
    #[must_use]
    pub fn first_saying(&self, place: u32) -> u32 {
        self.claims
            .get(place as usize)
            .map_or(place, |claim| claim.first)
    }

    /// The best by words alone.
    fn by_words(&self, words: &HashMap<u64, f32>, ranked: usize) -> Vec<(u32, f32)> {
        let mut scores = vec![0.0_f32; self.claims.len()];
        let mut met: Vec<u32> = Vec::new();
        let common = (count(self.claims.len()) * COMMON).max(50.0);
        let average = self.length / count(self.claims.len()).max(1.0);
        for (word, weight) in words {
            let Some(holders) = self.words.get(word) else {
                continue;
            };
            if count(holders.len()) > common {
                continue;
            }
            let rarity = self.rarity_of(*word, holders.len()) * weight;
            for (place, times) in holders {
                let length = self.claims.get(*place as usize).map_or(1.0, |c| c.length);
                if let Some(score) = scores.get_mut(*place as usize) {
                    if *score == 0.0 {
                        met.push(*place);
                    }
                    *score += rarity * saturated(*times, length / average, WORDS);
                }
            }
        }
        met.sort_unstable();
        met.dedup();
        let entry = |place: u32| Some((place, *scores.get(place as usize)?));
        let mut best: Vec<(u32, f32)> = met.into_iter().filter_map(entry).collect();
        let better = |a: &(u32, f32), b: &(u32, f32)| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0));
        if best.len() > ranked {
            best.select_nth_unstable_by(ranked, better);
            best.truncate(ranked);
        }
        best.sort_unstable_by(better);
        best
    }

    /// A claim ranked by all its words, its pieces, and how much is held.
    fn rank(&self, place: u32, words: &HashMap<u64, f32>, pieces: &[u64]) -> Option<Found> {
        let claim = self.claims.get(place as usize)?;
        let claims = count(self.claims.len()).max(1.0);
        let average = self.length / claims;
        let (mut score, mut held, mut whole) = (0.0, 0.0, 0.0);
        for (word, times) in &claim.words {
            let rarity = self.rarity_of(*word, self.words.get(word).map_or(1, Vec::len));
            whole += rarity;
            if let Some(weight) = words.get(word) {
                held += rarity;
                score += rarity * weight * saturated(*times, claim.length / average, WORDS);
            }
        }
        let cut = count(claim.pieces.len()) * claims / count(self.cut.max(1));
        let (mut alike, mut shared, mut all) = (0.0, 0.0, 0.0);
        for same in claim.pieces.chunk_by(|a, b| a == b) {
            let Some(piece) = same.first() else { continue };
            let rarity = self.rarity(self.pieces.get(piece).copied().unwrap_or(1) as usize);
            all += rarity;
            if pieces.binary_search(piece).is_ok() {
                shared += rarity;
                alike += rarity * saturated(count(same.len()), cut, PIECES);
            }
        }
        let held: f32 = 0.5 * held / f32::max(whole, 1e-6) + 0.5 * shared / f32::max(all, 1e-6);
        let score = score + PIECE * alike;
        Some(Found {
            place,
            score,
            held,
            near: None,
            lead: 0.0,
        })
    }

    /// The rarity of a word. Among few claims, what every post has is common
    /// whoever holds it.
    fn rarity_of(&self, word: u64, holders: usize) -> f32 {
        if self.claims.len() < FEW && is_function_word(word) {
            return self.rarity(FEW / 2);
        }
        self.rarity(holders)
    }

    /// Inverse document frequency; few claims count as part of more, or nothing
    /// would be rare among them.
    fn rarity(&self, holders: usize) -> f32 {
        let (all, holders) = (count(self.claims.len().max(FEW)), count(holders));
        ((all - holders + 0.5) / (holders + 0.5)).ln_1p()
    }
}

/// A hash of a claim's words in their order.
fn saying(words: &[Term]) -> u64 {
    words.iter().fold(0, |hash: u64, term| {
        (hash.rotate_left(5) ^ term.word).wrapping_mul(0x9e37_79b9_7f4a_7c15)
    })
}

fn saturated(times: f32, length: f32, (most, by_length): (f32, f32)) -> f32 {
    times * (most + 1.0) / (times + most * (1.0 - by_length + by_length * length))
}

#[allow(clippy::cast_precision_loss)] // some 200,000 claims
fn count(n: usize) -> f32 {
    n as f32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_claim_that_a_post_repeats_comes_first() {
        let mut index = Index::default();
        for n in 0..60 {
            index.put(
                &format!("The mayor of town {n} sold the park to a company"),
                "Was a park sold?",
            );
        }
        let own = index.put(
            "The Northern reservoir was poisoned with 40 barrels of chlorine.",
            "Was the Northern reservoir poisoned?",
        );
        let found = index.find(
            "omg 40 barrels of chlorine in our reservoir!! #NorthernReservoir https://x.example",
            5,
        );
        assert_eq!(found.first().map(|f| f.place), Some(own));
        assert!(found[0].held > 0.4, "{:?}", found[0]);
        assert!(index.find("nice weather today", 5).is_empty());
    }

    #[test]
    fn a_claim_that_no_word_finds_is_ranked_where_it_is_put_forward() {
        let mut index = Index::default();
        let fits = index.put("The reservoir was poisoned", "");
        let other = index.put("Somebody put chlorine into a lake", "");
        let places = |least, others: Vec<u32>| -> Vec<u32> {
            let found = index.find_with("they poisoned the reservoir", (5, least), || others);
            found.iter().map(|one| one.place).collect()
        };
        assert_eq!(places(0.0, Vec::new()), [fits]);
        assert_eq!(places(0.0, vec![other, fits, 99]), [fits, other]);
        assert!(places(1000.0, vec![other]).is_empty());
    }
}
