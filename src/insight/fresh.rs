//! New terms: words and hashtags that are said far more now than before.
//!
//! Owns the comparison of two counts ([`fresh`]), the counting ([`Counts`], which
//! forgets what is rare when it is full), and both over a stream ([`Terms`]). Measure: the log-likelihood ratio of Dunning, "Accurate methods
//! for the statistics of surprise and coincidence", 1993.

use std::collections::HashMap;
use std::time::Duration;

use super::function_word::tells_nothing;
use super::token::{Kind, Tokens};
use crate::model::time::Timestamp;

/// So many terms are counted; then those met once are forgotten.
const MOST_TERMS: usize = 50_000;
/// A term of fewer letters says nothing.
const FEWEST_LETTERS: usize = 4;
/// A term of fewer posts is no news.
const FEWEST_POSTS: u32 = 4;

/// In how many posts each term stood.
#[derive(Clone, Debug, Default)]
pub struct Counts {
    terms: HashMap<String, u32>,
    posts: u32,
    /// How often terms were forgotten for want of room.
    pub forgotten: u64,
}

impl Counts {
    /// Counts a post.
    pub fn add(&mut self, tokens: &Tokens) {
        self.posts += 1;
        let mut own: Vec<String> = tokens
            .list
            .iter()
            .filter(|token| matches!(token.kind, Kind::Word | Kind::Tag))
            .map(|token| tokens.of(token))
            .filter(|letters| letters.len() >= FEWEST_LETTERS && !tells_nothing(letters))
            .map(|letters| letters.iter().collect())
            .collect();
        own.sort_unstable();
        own.dedup();
        for term in own {
            *self.terms.entry(term).or_default() += 1;
        }
        self.make_room();
    }

    /// Every term that is met seldom goes, more and more until there is room.
    fn make_room(&mut self) {
        let mut seldom = 1;
        while self.terms.len() > MOST_TERMS {
            let before = self.terms.len();
            self.terms.retain(|_, count| *count > seldom);
            self.forgotten += (before - self.terms.len()) as u64;
            seldom *= 2;
        }
    }

    /// Takes in other counts; of very many, all count half from then on.
    fn absorb(&mut self, other: Self) {
        self.posts += other.posts;
        for (term, count) in other.terms {
            *self.terms.entry(term).or_default() += count;
        }
        self.forgotten += other.forgotten;
        if self.posts > MOST_BEFORE {
            self.posts /= 2;
            self.terms.retain(|_, count| {
                *count /= 2;
                *count > 0
            });
        }
        self.make_room();
    }

    /// How many posts were counted.
    #[must_use]
    pub fn posts(&self) -> u32 {
        self.posts
    }
}

/// A term that is new, with what says so.
#[derive(Clone, Debug, PartialEq)]
pub struct Fresh {
    /// The folded word.
    pub term: String,
    /// Posts that have it now.
    pub now: u32,
    /// Posts that had it before.
    pub before: u32,
    /// How surprising that is; above 10.8 it happens by chance once in a thousand.
    pub surprise: f64,
}

/// The `most` freshest terms, most surprising first.
#[must_use]
pub fn fresh(now: &Counts, before: &Counts, most: usize) -> Vec<Fresh> {
    let (all, past) = (f64::from(now.posts.max(1)), f64::from(before.posts.max(1)));
    let mut found: Vec<Fresh> = now
        .terms
        .iter()
        .filter(|(_, count)| **count >= FEWEST_POSTS)
        .filter_map(|(term, &count)| {
            let earlier = before.terms.get(term).copied().unwrap_or(0);
            let rises = f64::from(count) / all > f64::from(earlier) / past;
            let surprise = surprise((f64::from(count), all), (f64::from(earlier), past));
            (rises && surprise > 10.8).then(|| Fresh {
                term: term.clone(),
                now: count,
                before: earlier,
                surprise,
            })
        })
        .collect();
    found.sort_by(|a, b| {
        b.surprise
            .total_cmp(&a.surprise)
            .then_with(|| a.term.cmp(&b.term))
    });
    found.truncate(most);
    found
}

/// So much is "now": a term has to be fresh in this.
const NOW: Duration = Duration::from_mins(30);
/// How often it is asked which terms are fresh.
const ASK: Duration = Duration::from_secs(20);
/// With fewer posts before, everything would be new.
const FEWEST_BEFORE: u32 = 200;
/// Fresh terms at a time: the rest of a storm's words come with these.
const MOST_FRESH: usize = 12;
/// Earlier posts beyond this count half: what was new a month ago may be again.
const MOST_BEFORE: u32 = 50_000;

/// The terms that are new now, as posts come.
#[derive(Debug, Default)]
pub struct Terms {
    /// The last half hour and the one before it, each at least begun.
    now: Counts,
    last: Counts,
    before: Counts,
    fresh: Vec<String>,
    turned: Timestamp,
    asked: Timestamp,
    tokens: Tokens,
}

impl Terms {
    /// Counts a post that came at `at`; the fresh terms that it has.
    pub fn note(&mut self, at: Timestamp, text: &str) -> Vec<String> {
        if at < self.asked {
            // The clock was set back.
            (self.turned, self.asked) = (at, at);
        }
        if at.since(self.turned) >= NOW {
            self.turned = at;
            let over = std::mem::replace(&mut self.last, std::mem::take(&mut self.now));
            self.before.absorb(over);
        }
        let mut tokens = std::mem::take(&mut self.tokens);
        tokens.fill(text);
        self.now.add(&tokens);
        if at.since(self.asked) >= ASK {
            self.asked = at;
            self.fresh = self.ask();
        }
        let has = |term: &&String| {
            tokens.list.iter().any(|token| {
                matches!(token.kind, Kind::Word | Kind::Tag)
                    && tokens.of(token).iter().copied().eq(term.chars())
            })
        };
        let found = self.fresh.iter().filter(has).cloned().collect();
        self.tokens = tokens;
        found
    }

    fn ask(&self) -> Vec<String> {
        if self.before.posts() < FEWEST_BEFORE {
            return Vec::new();
        }
        let mut now = self.last.clone();
        now.absorb(self.now.clone());
        fresh(&now, &self.before, MOST_FRESH)
            .into_iter()
            .map(|one| one.term)
            .collect()
    }
}

/// Twice the log-likelihood ratio of two shares being one.
fn surprise((a, all): (f64, f64), (b, earlier): (f64, f64)) -> f64 {
    let one = (a + b) / (all + earlier);
    let likely = |k: f64, n: f64, p: f64| {
        let own = |k: f64, p: f64| if k > 0.0 { k * p.max(1e-12).ln() } else { 0.0 };
        own(k, p) + own(n - k, 1.0 - p)
    };
    let apart = likely(a, all, a / all) + likely(b, earlier, b / earlier);
    2.0 * (apart - likely(a, all, one) - likely(b, earlier, one))
}
