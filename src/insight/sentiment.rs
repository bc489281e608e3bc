//! How a post feels: negative, neutral or positive, how sure that is, and the
//! words that drove it.
//!
//! Owns the classes' order and the choice of words. Called by `reading`.

use super::feature::Feature;
use super::fit::softmax;
use super::table::Table;

/// The table's rows: two to the power of this.
pub const BITS: u32 = 19;
/// Negative, neutral, positive.
pub const CLASSES: usize = 3;
/// So many words are named.
const WORDS: usize = 3;

/// What was read.
#[derive(Clone, Debug, PartialEq)]
pub struct Felt {
    /// 0 negative, 1 neutral, 2 positive.
    pub class: usize,
    /// How likely each is.
    pub probabilities: [f32; CLASSES],
}

impl Felt {
    /// The likeliest of these.
    #[must_use]
    pub fn of(probabilities: [f32; CLASSES]) -> Self {
        let best = (0..CLASSES).max_by(|a, b| probabilities[*a].total_cmp(&probabilities[*b]));
        Self {
            class: best.unwrap_or(1),
            probabilities,
        }
    }
}

/// Gathers a post's features, one after another.
#[derive(Debug, Default)]
pub struct Sums {
    all: [i32; CLASSES],
    count: usize,
    tokens: Vec<[i32; CLASSES]>,
}

impl Sums {
    /// For a post of so many tokens.
    #[must_use]
    pub fn of(tokens: usize) -> Self {
        Self {
            tokens: vec![[0; CLASSES]; tokens.max(1)],
            ..Self::default()
        }
    }

    /// Adds a feature.
    pub fn add(&mut self, table: &Table, feature: &Feature) {
        self.count += 1;
        let Some(weights) = table.row(feature.row(BITS)).first_chunk::<CLASSES>() else {
            return;
        };
        let own = self.tokens.get_mut(feature.token);
        for (sum, weight) in self.all.iter_mut().zip(weights) {
            *sum += i32::from(*weight);
        }
        for (sum, weight) in own.into_iter().flatten().zip(weights) {
            *sum += i32::from(*weight);
        }
    }

    /// What it comes to.
    #[must_use]
    pub fn felt(&self, table: &Table) -> Felt {
        let mut probabilities = [0.0; CLASSES];
        table.scores(&self.all, self.count, &mut probabilities);
        softmax(&mut probabilities);
        Felt::of(probabilities)
    }

    /// The tokens that speak for `class` most against the others, strongest first,
    /// of those that tell anything.
    #[must_use]
    pub fn drivers(&self, class: usize, tells: impl Fn(usize) -> bool) -> Vec<usize> {
        let pull = |sums: &[i32; CLASSES]| 3 * sums[class] - sums.iter().sum::<i32>();
        let mut pulls: Vec<(i32, usize)> = self
            .tokens
            .iter()
            .enumerate()
            .map(|(at, sums)| (pull(sums), at))
            .filter(|(pull, at)| *pull > 0 && tells(*at))
            .collect();
        pulls.sort_by_key(|(pull, at)| (-pull, *at));
        pulls.into_iter().take(WORDS).map(|(_, at)| at).collect()
    }
}
