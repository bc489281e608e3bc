//! The lesson in feelings.
//!
//! One table for five languages: words and pieces are shared, each word also counts
//! for its language alone. Classes count equally in each language. How sure the
//! model may be is set on texts that it has not met. Expectation: five-fold.

use super::figures::Figure;
use super::sets::{FEELING, Feeling, Shelf, feelings};
use crate::insight::feature::features;
use crate::insight::fit::{Dice, Rows, Settings, Weights, fit, softmax};
use crate::insight::measure::{Confusion, calibration_error};
use crate::insight::sentiment::{BITS, CLASSES, Sums};
use crate::insight::table::Table;
use crate::insight::token::Tokens;

pub(super) const FOLDS: usize = 5;
const SETTINGS: Settings = Settings {
    bits: BITS,
    classes: CLASSES,
    passes: 6,
    rate: 0.15,
    decay: 1e-5,
    drop: 0.2,
    seed: 1,
};

/// Learns from all there is.
#[must_use]
pub fn learn(shelf: Shelf<'_>) -> Table {
    let texts = feelings(shelf);
    let folds = folds(texts.len());
    let seen = seen(&texts);
    let part = taught(&texts, &seen, |at| folds[at] != 0);
    let sharpness = sharpness(&part, &texts, &seen, |at| folds[at] == 0);
    Table::from_weights(&taught(&texts, &seen, |_| true), BITS, sharpness)
}

/// What was said of a text: truth, probabilities.
pub(super) type Said = (u8, [f32; CLASSES]);

/// What to expect on unseen texts.
#[must_use]
pub fn expect(shelf: Shelf<'_>) -> Vec<Figure> {
    let texts = feelings(shelf);
    let said: Vec<(&Feeling, Said)> = unseen(&texts)
        .into_iter()
        .map(|(one, _, said)| (one, said))
        .collect();
    let mut figures = figures(&said);
    // A year that it has not met: what fashion does to it.
    let seen = seen(&texts);
    let older = taught(&texts, &seen, |at| texts[at].set != "semeval-2016");
    let table = Table::from_weights(&older, BITS, 1.0);
    let later: Vec<Said> = measured(&table, &texts, |at| texts[at].set == "semeval-2016")
        .map(|(_, said)| said)
        .collect();
    figures.push(Figure::of(
        "sentiment, mean recall, SemEval 2016 by older",
        &later,
        |all| confusion(all).mean_recall(),
    ));
    figures
}

/// What is said of each text by a model that has not met it, and of which fold it is.
pub(super) fn unseen(texts: &[Feeling]) -> Vec<(&Feeling, usize, Said)> {
    let folds = folds(texts.len());
    let seen = seen(texts);
    let mut said = Vec::new();
    for fold in 0..FOLDS {
        let next = (fold + 1) % FOLDS;
        // Its sharpness comes from a fold that it has met neither.
        let part = taught(texts, &seen, |at| folds[at] != fold && folds[at] != next);
        let sharpness = sharpness(&part, texts, &seen, |at| folds[at] == next);
        let whole = taught(texts, &seen, |at| folds[at] != fold);
        let table = Table::from_weights(&whole, BITS, sharpness);
        let own = measured(&table, texts, |at| folds[at] == fold);
        said.extend(own.map(|(one, said)| (one, fold, said)));
    }
    said
}

pub(super) fn figures(said: &[(&Feeling, Said)]) -> Vec<Figure> {
    let mut figures = Vec::new();
    let (mut mean, mut low, mut high, mut texts) = (0.0, 0.0, 0.0, 0);
    for (number, (code, _)) in FEELING.iter().enumerate() {
        let own = pick(said, |one| one.language == number && one.set == "umsab");
        let f1 = Figure::of(format!("sentiment, macro-F1, UMSAB, {code}"), &own, |all| {
            confusion(all).mean_f1(&[0, 1, 2])
        });
        (mean, texts) = (mean + f1.value / 5.0, texts + own.len());
        (low, high) = (
            low + (f1.value - f1.low).powi(2),
            high + (f1.high - f1.value).powi(2),
        );
        figures.push(f1);
        figures.push(Figure::of(
            format!("sentiment, share error, UMSAB, {code}"),
            &own,
            share_error,
        ));
    }
    figures.push(Figure {
        name: "sentiment, macro-F1, UMSAB, mean of five".to_owned(),
        value: mean,
        low: mean - low.sqrt() / 5.0,
        high: mean + high.sqrt() / 5.0,
        texts,
    });
    let english = pick(said, |one| one.set.starts_with("semeval"));
    figures.push(Figure::of(
        "sentiment, mean recall, SemEval 2013-2016",
        &english,
        |all| confusion(all).mean_recall(),
    ));
    let arabic = pick(said, |one| one.set == "arsarcasm");
    figures.push(Figure::of(
        "sentiment, F-PN, ArSarcasm-v2",
        &arabic,
        |all| confusion(all).mean_f1(&[0, 2]),
    ));
    let all = pick(said, |one| one.set == "umsab");
    figures.push(Figure::of(
        "sentiment, calibration error, UMSAB",
        &all,
        |all| {
            calibration_error(
                all.iter()
                    .map(|(truth, p)| (p[best(p)], best(p) == usize::from(*truth))),
            )
        },
    ));
    figures
}

fn pick(said: &[(&Feeling, Said)], is: impl Fn(&Feeling) -> bool) -> Vec<Said> {
    said.iter()
        .filter(|(one, _)| is(one))
        .map(|(_, said)| *said)
        .collect()
}

fn best(p: &[f32; CLASSES]) -> usize {
    (0..CLASSES)
        .max_by(|a, b| p[*a].total_cmp(&p[*b]))
        .unwrap_or(1)
}

fn confusion(all: &[Said]) -> Confusion {
    Confusion::of(
        CLASSES,
        all.iter().map(|(truth, p)| (*truth, best(p) as u8)),
    )
}

/// By how much the mean probability of a class misses its share, at the worst.
fn share_error(all: &[Said]) -> f64 {
    let n = all.len().max(1) as f64;
    (0..CLASSES)
        .map(|class| {
            let said: f64 = all.iter().map(|(_, p)| f64::from(p[class])).sum();
            let is = all
                .iter()
                .filter(|(truth, _)| usize::from(*truth) == class)
                .count();
            (said - is as f64).abs() / n
        })
        .fold(0.0, f64::max)
}

fn folds(texts: usize) -> Vec<usize> {
    let mut dice = Dice(5);
    (0..texts).map(|_| dice.below(FOLDS)).collect()
}

fn seen(texts: &[Feeling]) -> Vec<Vec<u32>> {
    let mut tokens = Tokens::default();
    texts
        .iter()
        .map(|one| {
            tokens.fill(&one.text.text);
            let mut rows = Vec::new();
            features(&tokens, one.language as u64, &mut |feature| {
                rows.push(feature.row(BITS));
            });
            rows
        })
        .collect()
}

fn taught(texts: &[Feeling], seen: &[Vec<u32>], is: impl Fn(usize) -> bool) -> Weights {
    let mut counts = [[0.0_f32; CLASSES]; FEELING.len()];
    for (_, one) in texts.iter().enumerate().filter(|(at, _)| is(*at)) {
        counts[one.language][usize::from(one.text.label)] += 1.0;
    }
    let mut rows = Rows::default();
    for (at, one) in texts.iter().enumerate().filter(|(at, _)| is(*at)) {
        let own = &counts[one.language];
        let fair = own.iter().sum::<f32>() / 3.0 / own[usize::from(one.text.label)];
        // Languages with few texts count for more.
        let few = if one.language > 1 { 2.0 } else { 1.0 };
        rows.push(&seen[at], one.text.label, fair * few);
    }
    fit(&rows, &SETTINGS)
}

/// By what all scores are multiplied, so that probabilities are what happens: the
/// temperature of Guo et al., "On calibration of modern neural networks", 2017.
fn sharpness(
    weights: &Weights,
    texts: &[Feeling],
    seen: &[Vec<u32>],
    is: impl Fn(usize) -> bool,
) -> f32 {
    let loss = |sharpness: f32| {
        let mut scores = [0.0; CLASSES];
        let mut sum = 0.0;
        for (at, one) in texts.iter().enumerate().filter(|(at, _)| is(*at)) {
            if one.set == "umsab" {
                weights.score(&seen[at], &mut scores);
                for score in &mut scores {
                    *score *= sharpness;
                }
                softmax(&mut scores);
                sum -= scores[usize::from(one.text.label)].max(1e-6).ln();
            }
        }
        sum
    };
    let tries = (1..=30_u8).map(|tenth| f32::from(tenth) / 15.0);
    tries
        .min_by(|a, b| loss(*a).total_cmp(&loss(*b)))
        .unwrap_or(1.0)
}

fn measured<'a>(
    table: &Table,
    texts: &'a [Feeling],
    is: impl Fn(usize) -> bool,
) -> impl Iterator<Item = (&'a Feeling, Said)> {
    let mut tokens = Tokens::default();
    texts
        .iter()
        .enumerate()
        .filter(move |(at, _)| is(*at))
        .map(move |(_, one)| {
            tokens.fill(&one.text.text);
            let mut sums = Sums::of(tokens.list.len());
            features(&tokens, one.language as u64, &mut |feature| {
                sums.add(table, &feature);
            });
            (one, (one.text.label, sums.felt(table).probabilities))
        })
}
