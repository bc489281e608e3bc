//! How good a model is: the measures that its field uses, and how sure they are.
//!
//! Owns confusion tables, ranking and calibration measures, and the bootstrap.
//! Pure; called by the evaluation of each model.

use super::fit::Dice;

/// How often what was said to be what.
#[derive(Clone, Debug)]
pub struct Confusion {
    classes: usize,
    /// `[truth][said]`.
    counts: Vec<f64>,
}

impl Confusion {
    /// From pairs of truth and what was said.
    #[must_use]
    pub fn of(classes: usize, pairs: impl Iterator<Item = (u8, u8)>) -> Self {
        let mut counts = vec![0.0; classes * classes];
        for (truth, said) in pairs {
            counts[usize::from(truth) * classes + usize::from(said)] += 1.0;
        }
        Self { classes, counts }
    }

    fn at(&self, truth: usize, said: usize) -> f64 {
        self.counts[truth * self.classes + said]
    }

    /// The share of `class` that was found.
    #[must_use]
    pub fn recall(&self, class: usize) -> f64 {
        let all: f64 = (0..self.classes).map(|said| self.at(class, said)).sum();
        self.at(class, class) / all.max(1.0)
    }

    /// The share of what was said to be `class` that is.
    #[must_use]
    pub fn precision(&self, class: usize) -> f64 {
        let all: f64 = (0..self.classes).map(|truth| self.at(truth, class)).sum();
        self.at(class, class) / all.max(1.0)
    }

    /// The harmonic mean of both.
    #[must_use]
    pub fn f1(&self, class: usize) -> f64 {
        let (r, p) = (self.recall(class), self.precision(class));
        if r + p == 0.0 {
            0.0
        } else {
            2.0 * r * p / (r + p)
        }
    }

    /// The mean of F1 over `classes`.
    #[must_use]
    pub fn mean_f1(&self, classes: &[usize]) -> f64 {
        classes.iter().map(|class| self.f1(*class)).sum::<f64>() / classes.len() as f64
    }

    /// The mean of recall over all classes.
    #[must_use]
    pub fn mean_recall(&self) -> f64 {
        (0..self.classes)
            .map(|class| self.recall(class))
            .sum::<f64>()
            / self.classes as f64
    }

    /// The share that was right.
    #[must_use]
    pub fn accuracy(&self) -> f64 {
        let right: f64 = (0..self.classes).map(|class| self.at(class, class)).sum();
        right / self.counts.iter().sum::<f64>().max(1.0)
    }
}

/// The chance that something that is ranks above something that is not.
#[must_use]
pub fn auc(scored: &[(f32, bool)]) -> f64 {
    let mut sorted: Vec<_> = scored.to_vec();
    sorted.sort_by(|a, b| a.0.total_cmp(&b.0));
    let (mut ranks, mut positives) = (0.0, 0.0);
    let mut at = 0;
    while at < sorted.len() {
        let tied = sorted[at..]
            .iter()
            .take_while(|s| s.0.total_cmp(&sorted[at].0).is_eq())
            .count();
        let rank = at as f64 + f64::midpoint(tied as f64, 1.0);
        let found = sorted[at..at + tied].iter().filter(|s| s.1).count() as f64;
        ranks += rank * found;
        positives += found;
        at += tied;
    }
    let negatives = sorted.len() as f64 - positives;
    if positives == 0.0 || negatives == 0.0 {
        return 0.5;
    }
    (ranks - positives * (positives + 1.0) / 2.0) / (positives * negatives)
}

/// By how much probabilities miss what happens, in ten bins of equal width.
#[must_use]
pub fn calibration_error(said: impl Iterator<Item = (f32, bool)>) -> f64 {
    let mut bins = [(0.0_f64, 0.0_f64, 0.0_f64); 10];
    for (p, is) in said {
        let bin = &mut bins[((p * 10.0) as usize).min(9)];
        bin.0 += 1.0;
        bin.1 += f64::from(p);
        bin.2 += f64::from(u8::from(is));
    }
    let all: f64 = bins.iter().map(|bin| bin.0).sum();
    bins.iter().map(|bin| (bin.1 - bin.2).abs()).sum::<f64>() / all.max(1.0)
}

/// A figure with the ends of its 95 % interval, from 400 samples drawn with
/// replacement (Efron's bootstrap).
#[must_use]
pub fn bootstrap<T: Copy>(all: &[T], measure: impl Fn(&[T]) -> f64) -> (f64, f64, f64) {
    const SAMPLES: usize = 400;
    let mut dice = Dice(7);
    let mut found: Vec<f64> = (0..SAMPLES)
        .map(|_| {
            let sample: Vec<T> = (0..all.len()).map(|_| all[dice.below(all.len())]).collect();
            measure(&sample)
        })
        .collect();
    found.sort_by(f64::total_cmp);
    let end = |share: f64| found[((SAMPLES - 1) as f64 * share) as usize];
    (measure(all), end(0.025), end(0.975))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranking_is_measured_with_ties() {
        let of = |list: &[(f32, bool)]| auc(list);
        assert!((of(&[(0.9, true), (0.1, false)]) - 1.0).abs() < 1e-9);
        assert!((of(&[(0.5, true), (0.5, false)]) - 0.5).abs() < 1e-9);
        let mixed = [(0.9, true), (0.8, false), (0.7, true), (0.1, false)];
        assert!((of(&mixed) - 0.75).abs() < 1e-9);
    }

    #[test]
    fn confusion_gives_the_measures_of_the_field() {
        // Class 0: 3 of 4 found; class 1: 1 of 2 found.
        let pairs = [(0, 0), (0, 0), (0, 0), (0, 1), (1, 1), (1, 0)];
        let confusion = Confusion::of(2, pairs.into_iter());
        assert!((confusion.mean_recall() - 0.625).abs() < 1e-9);
        assert!((confusion.f1(0) - 0.75).abs() < 1e-9);
        assert!((confusion.f1(1) - 0.5).abs() < 1e-9);
        assert!((confusion.accuracy() - 4.0 / 6.0).abs() < 1e-9);
    }

    #[test]
    fn calibration_counts_what_is_missed() {
        let sure = (0..10).map(|at| (0.95, at < 5));
        assert!((calibration_error(sure) - 0.45).abs() < 1e-6);
    }

    #[test]
    fn an_interval_holds_its_figure() {
        let all: Vec<bool> = (0..200).map(|at| at % 4 != 0).collect();
        let share = |all: &[bool]| all.iter().filter(|is| **is).count() as f64 / all.len() as f64;
        let (value, low, high) = bootstrap(&all, share);
        assert!((value - 0.75).abs() < 1e-9 && low < 0.75 && high > 0.75 && high - low < 0.2);
    }
}
