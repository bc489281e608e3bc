//! How urgent a post is, from 0 to 100, and why.
//!
//! Owns how the model's probability and the rules' floors come to one number. The
//! model has seen which posts inform about a crisis; the rules are explicit, so
//! that a threat is never missed because no crisis was like it. Called by `reading`.

use super::feature::Feature;
use super::rule::{Hit, Rules};
use super::table::Table;

/// The table's rows: two to the power of this.
pub const BITS: u32 = 16;
/// Every rule counts for so many features: it says more than a piece of a word.
const WORTH: usize = 12;

/// Gathers a post's features.
#[derive(Clone, Copy, Debug, Default)]
pub struct Sums {
    all: [i32; 2],
    count: usize,
}

impl Sums {
    /// Adds a row of the table. Rows that were not learnt say nothing and do not count.
    pub fn add(&mut self, table: &Table, row: u32) {
        if let Some([calm, urgent]) = table.row(row).first_chunk::<2>()
            && (*calm, *urgent) != (0, 0)
        {
            self.all[0] += i32::from(*calm);
            self.all[1] += i32::from(*urgent);
            self.count += 1;
        }
    }

    /// Adds the rules that were met.
    pub fn add_hits(&mut self, table: &Table, hits: &[Hit]) {
        hit_rows(hits, &mut |row| self.add(table, row));
    }

    /// The probability that the post tells of a crisis.
    #[must_use]
    pub fn probability(&self, table: &Table) -> f32 {
        let mut scores = [0.0; 2];
        table.scores(&self.all, self.count, &mut scores);
        1.0 / (1.0 + (scores[0] - scores[1]).exp())
    }
}

/// The rows of the table that stand for `hits`.
fn hit_rows(hits: &[Hit], take: &mut impl FnMut(u32)) {
    let row = |at: usize| (at & ((1 << BITS) - 1)) as u32;
    for again in 0..WORTH {
        for hit in hits {
            take(row(13 + hit.rule * 977 + again * 31));
        }
        take(row(40_000 + hits.len().min(4) * 61 + again * 7));
    }
}

/// The rows of a post, for learning.
pub fn rows(features: &[Feature], hits: &[Hit], take: &mut impl FnMut(u32)) {
    for feature in features.iter().filter(|feature| feature.matter) {
        take(feature.row(BITS));
    }
    hit_rows(hits, take);
}

/// The number: the model's, or the floor of the rules when that is higher.
#[must_use]
pub fn urgency(probability: f32, rules: &Rules, hits: &[Hit]) -> u8 {
    let model = (probability * 100.0).round() as u8;
    // What the model adds to a floor keeps posts of one rule in their order.
    let floor = rules.floor(hits);
    if model >= floor {
        model
    } else {
        floor + ((100 - floor) / 10).min(model / 10)
    }
}
