//! The lesson in what is urgent.
//!
//! Learns what posts that inform about a crisis have in common, against posts of
//! something else from the same days. Only what was met in three crises is learnt:
//! names of places and of storms say nothing about the next one. Expectation: every
//! crisis measured by a model that has met none of its posts.

use std::collections::HashMap;

use super::figures::Figure;
use super::sets::{Post, Shelf, crises};
use crate::insight::feature::features;
use crate::insight::fit::{Rows, Settings, Weights, fit};
use crate::insight::measure::{auc, calibration_error};
use crate::insight::rule::{Hit, Rules};
use crate::insight::table::Table;
use crate::insight::token::Tokens;
use crate::insight::urgency::{BITS, Sums, rows, urgency};

const SETTINGS: Settings = Settings {
    bits: BITS,
    classes: 2,
    passes: 4,
    rate: 0.03,
    decay: 1e-5,
    drop: 0.5,
    seed: 1,
};

/// A post's score, its grade, and the file that it is of.
#[derive(Clone, Copy)]
struct Scored {
    probability: f32,
    /// The whole number, with the rules.
    urgency: f32,
    grade: u8,
    file: usize,
}

/// Learns from all crises.
#[must_use]
pub fn learn(shelf: Shelf<'_>) -> Table {
    let (posts, _) = crises(shelf);
    let seen = seen(&posts);
    let scored = by_others(&each_without(&posts, &seen), (&posts, &seen), 1.0);
    Table::from_weights(&taught(&posts, &seen, None), BITS, sharpness(&scored))
}

/// What to expect of a crisis that is new.
#[must_use]
pub fn expect(shelf: Shelf<'_>) -> Vec<Figure> {
    let (posts, names) = crises(shelf);
    let seen = seen(&posts);
    let models = each_without(&posts, &seen);
    let plain = by_others(&models, (&posts, &seen), 1.0);
    let scored = by_others(&models, (&posts, &seen), sharpness(&plain));
    let strict = |scored: &Scored| scored.grade != 1;
    let mut figures = Vec::new();
    let mut mean = Vec::new();
    for (file, name) in names.iter().enumerate() {
        let own: Vec<Scored> = scored
            .iter()
            .filter(|s| s.file == file && strict(s))
            .copied()
            .collect();
        let figure = Figure::of(format!("urgency, AUC, {name}"), &own, by_model);
        mean.push(figure.value);
        figures.push(figure);
    }
    figures.push(Figure::of("urgency, AUC, mean of files", &mean, |all| {
        all.iter().sum::<f64>() / all.len().max(1) as f64
    }));
    let clear: Vec<Scored> = scored.iter().filter(|s| strict(s)).copied().collect();
    figures.push(Figure::of(
        "urgency, AUC, informs or of something else",
        &clear,
        by_model,
    ));
    figures.push(Figure::of(
        "urgency, AUC, the same, with the rules",
        &clear,
        |all| {
            auc(&all
                .iter()
                .map(|s| (s.urgency, s.grade == 2))
                .collect::<Vec<_>>())
        },
    ));
    figures.push(Figure::of(
        "urgency, AUC, about it or of something else",
        &scored,
        |all| {
            auc(&all
                .iter()
                .map(|s| (s.probability, s.grade >= 1))
                .collect::<Vec<_>>())
        },
    ));
    figures.push(Figure::of("urgency, calibration error", &clear, |all| {
        calibration_error(all.iter().map(|s| (s.probability, s.grade == 2)))
    }));
    figures
}

fn by_model(all: &[Scored]) -> f64 {
    auc(&all
        .iter()
        .map(|s| (s.probability, s.grade == 2))
        .collect::<Vec<_>>())
}

/// What is seen of a post: its rows of the table, and the rules it fulfils.
struct Seen {
    rows: Vec<u32>,
    hits: Vec<Hit>,
}

fn seen(posts: &[Post]) -> Vec<Seen> {
    let (rules, mut tokens, mut hits) = (rules(), Tokens::default(), Vec::new());
    posts
        .iter()
        .map(|post| {
            tokens.fill(&post.text);
            rules.find(&tokens, &mut hits);
            let (mut found, mut all) = (Vec::new(), Vec::new());
            features(&tokens, u64::MAX, &mut |feature| all.push(feature));
            rows(&all, &hits, &mut |row| found.push(row));
            let hits = hits.clone();
            Seen { rows: found, hits }
        })
        .collect()
}

/// Of each crisis a model that has met none of its posts.
fn each_without(posts: &[Post], seen: &[Seen]) -> Vec<Weights> {
    let crises = posts.iter().map(|post| post.crisis + 1).max().unwrap_or(0);
    (0..crises)
        .map(|crisis| taught(posts, seen, Some(crisis)))
        .collect()
}

/// Scores every post by the model that has met no post of its crisis.
fn by_others(models: &[Weights], (posts, seen): (&[Post], &[Seen]), sharpness: f32) -> Vec<Scored> {
    let mut scored = Vec::new();
    for (crisis, weights) in models.iter().enumerate() {
        let table = Table::from_weights(weights, BITS, sharpness);
        let own = posts
            .iter()
            .zip(seen)
            .filter(|(post, _)| post.crisis == crisis);
        scored.extend(own.map(|(post, seen)| score(&table, post, seen)));
    }
    scored
}

/// Models that have each met no post of one crisis: how urgent its posts would be
/// read on its first day.
pub struct Unmet {
    posts: Vec<Post>,
    names: Vec<String>,
    /// By crisis.
    taught: Vec<Weights>,
    scored: Vec<Scored>,
}

impl Unmet {
    /// Of all crises of the folder.
    #[must_use]
    pub fn new(shelf: Shelf<'_>) -> Self {
        let (posts, names) = crises(shelf);
        let seen = seen(&posts);
        let taught = each_without(&posts, &seen);
        let scored = by_others(&taught, (&posts, &seen), 1.0);
        Self {
            posts,
            names,
            taught,
            scored,
        }
    }

    /// What tells the urgency, 0 to 100, of a text by a model that has met no post of
    /// the crisis; none when the folder has no posts of it. Its sharpness is of the
    /// other crises too.
    #[must_use]
    pub fn of(&self, crisis: &str) -> Option<impl Fn(&str) -> u8 + use<>> {
        let file = self.names.iter().position(|name| name.ends_with(crisis))?;
        let of: HashMap<usize, usize> = self.posts.iter().map(|p| (p.file, p.crisis)).collect();
        let own = *of.get(&file)?;
        let others = |scored: &&Scored| of.get(&scored.file) != Some(&own);
        let others: Vec<Scored> = self.scored.iter().filter(others).copied().collect();
        let table = Table::from_weights(self.taught.get(own)?, BITS, sharpness(&others));
        Some(move |text: &str| {
            let (mut tokens, mut hits, mut all) = (Tokens::default(), Vec::new(), Vec::new());
            tokens.fill(text);
            rules().find(&tokens, &mut hits);
            features(&tokens, u64::MAX, &mut |feature| all.push(feature));
            let mut sums = Sums::default();
            rows(&all, &hits, &mut |row| sums.add(&table, row));
            urgency(sums.probability(&table), rules(), &hits)
        })
    }
}

fn score(table: &Table, post: &Post, seen: &Seen) -> Scored {
    let mut sums = Sums::default();
    seen.rows.iter().for_each(|row| sums.add(table, *row));
    let probability = sums.probability(table);
    Scored {
        probability,
        urgency: f32::from(urgency(probability, rules(), &seen.hits)),
        grade: post.grade,
        file: post.file,
    }
}

fn rules() -> &'static Rules {
    static RULES: std::sync::OnceLock<Rules> = std::sync::OnceLock::new();
    RULES.get_or_init(Rules::built_in)
}

/// Teaches all crises but `without`.
fn taught(posts: &[Post], seen: &[Seen], without: Option<usize>) -> Weights {
    let with = || {
        posts
            .iter()
            .zip(seen)
            .filter(|(post, _)| Some(post.crisis) != without)
    };
    let mut met: HashMap<u32, u64> = HashMap::new();
    let mut counts: HashMap<(usize, u8), f32> = HashMap::new();
    for (post, seen) in with() {
        for row in &seen.rows {
            *met.entry(*row).or_default() |= 1 << (post.crisis % 64);
        }
        *counts.entry((post.file, post.grade)).or_default() += 1.0;
    }
    let thrice = |row: &u32| met.get(row).is_some_and(|crises| crises.count_ones() >= 3);
    let mut taught = Rows::default();
    for (post, seen) in with().filter(|(post, _)| post.grade != 1) {
        let rows: Vec<u32> = seen.rows.iter().copied().filter(thrice).collect();
        // Large files do not drown small ones, nor the many the few.
        let fair = 500.0 / counts.get(&(post.file, post.grade)).copied().unwrap_or(1.0);
        taught.push(&rows, u8::from(post.grade == 2), fair.min(5.0));
    }
    fit(&taught, &SETTINGS)
}

/// By what all scores are multiplied, so that probabilities are what happens.
fn sharpness(scored: &[Scored]) -> f32 {
    let loss = |sharpness: f32| -> f32 {
        let clear = scored.iter().filter(|s| s.grade != 1);
        clear
            .map(|s| {
                let score = (s.probability / (1.0 - s.probability).max(1e-6))
                    .max(1e-6)
                    .ln();
                let p = 1.0 / (1.0 + (-score * sharpness).exp());
                -(if s.grade == 2 { p } else { 1.0 - p }).max(1e-6).ln()
            })
            .sum()
    };
    let tries = (1..=40_u8).map(|tenth| f32::from(tenth) / 10.0);
    tries
        .min_by(|a, b| loss(*a).total_cmp(&loss(*b)))
        .unwrap_or(1.0)
}
