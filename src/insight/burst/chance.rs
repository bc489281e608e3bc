//! How likely a count is by chance alone, and how often chance would do it.
//!
//! Owns the tail of over-dispersed counts and the step from a probability to
//! "once in so many weeks". Knows no keys, windows' contents or time. Called by
//! `meter` and `silence`.

/// Natural logarithm of an upper bound on the probability of `seen` or more
/// posts where `expected` come on average and their variance is
/// `expected + spread * expected^2` (negative binomial; Poisson at `spread` 0).
/// Zero when `seen` is not above `expected`.
///
/// Chernoff's bound: `-[n ln(n/m) - (n+r) ln((n+r)/(m+r))]` with `r = 1/spread`.
/// It is never smaller than the probability itself, so it never cries wolf
/// where the exact tail would not.
#[must_use]
pub fn ln_tail(seen: f64, expected: f64, spread: f64) -> f64 {
    if seen <= expected || seen <= 0.0 {
        return 0.0;
    }
    let expected = expected.max(1e-6);
    let ratio = (seen / expected).ln();
    let poisson = seen * ratio - (seen - expected);
    if spread < 1e-4 {
        return -poisson;
    }
    let size = 1.0 / spread;
    let binomial = seen * ratio - (seen + size) * ((seen + size) / (expected + size)).ln();
    -binomial.clamp(0.0, poisson)
}

/// Natural logarithm of the probability of no post at all where `expected`
/// come: `(1 + spread * m)^(-1/spread)`, `exp(-m)` at `spread` 0.
#[must_use]
pub fn ln_none(expected: f64, spread: f64) -> f64 {
    let expected = expected.max(0.0);
    if spread < 1e-4 {
        return -expected;
    }
    -(spread * expected).ln_1p() / spread
}

/// Minutes of a week.
pub const WEEK: f64 = 7.0 * 24.0 * 60.0;

/// A window that slides is asked again at each post, and looks at more than its
/// non-overlapping copies do. Counted on homogeneous noise of 0.05 to 5 posts a
/// minute (`watchfloor insight eval storms` counts it again): with this factor
/// the announced number of false alarms was never below the counted one, also where
/// a topic and its urgent posts are counted both.
const SLIDING: f64 = 3.0;

/// How surprising a window is, as `-log10` of how often in a week chance alone
/// would bring one like it: 0 is once a week, 1 once in ten weeks.
#[must_use]
pub fn surprise(ln_tail: f64, minutes: f64) -> f64 {
    let looks = SLIDING * WEEK / minutes.max(1.0);
    -(ln_tail / std::f64::consts::LN_10) - looks.log10()
}

/// The weeks between two like it by chance.
#[must_use]
pub fn weeks_between(surprise: f64) -> f64 {
    10f64.powf(surprise.clamp(-6.0, 12.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The exact upper tail, term by term.
    fn exact(seen: u32, expected: f64, spread: f64) -> f64 {
        let size = 1.0 / spread;
        let p = size / (size + expected);
        let mut term = p.powf(size);
        let mut below = 0.0;
        for k in 0..seen {
            below += term;
            term *= (f64::from(k) + size) / f64::from(k + 1) * (1.0 - p);
        }
        1.0 - below
    }

    #[test]
    fn the_bound_is_above_the_exact_tail_and_not_far() {
        for (seen, expected, spread) in [(9, 3.0, 0.1), (30, 10.0, 0.3), (5, 0.5, 1.0)] {
            let truth = exact(seen, expected, spread).ln();
            let bound = ln_tail(f64::from(seen), expected, spread);
            assert!(bound >= truth, "{seen} {bound} {truth}");
            assert!(bound - truth < 3.0, "{seen} {bound} {truth}");
        }
    }

    #[test]
    fn more_spread_is_less_surprise_and_less_than_expected_is_none() {
        assert!(ln_tail(20.0, 5.0, 0.5) > ln_tail(20.0, 5.0, 0.0));
        assert!((ln_tail(3.0, 5.0, 0.1)).abs() < f64::EPSILON);
        assert!(ln_none(5.0, 0.0) < ln_none(5.0, 0.5));
        assert!((ln_none(5.0, 0.0) + 5.0).abs() < 1e-9);
    }
}
