//! A figure as it is reported: what, how much, and how sure.

use std::fmt;

use serde::Serialize;

use crate::insight::measure::bootstrap;

/// One figure.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Figure {
    /// What was measured, on what.
    pub name: String,
    /// The figure.
    pub value: f64,
    /// Where its 95 % interval begins.
    pub low: f64,
    /// Where it ends.
    pub high: f64,
    /// Of how many texts.
    pub texts: usize,
}

impl Figure {
    /// `measure` of `all`, with its interval.
    #[must_use]
    pub fn of<T: Copy>(name: impl Into<String>, all: &[T], measure: impl Fn(&[T]) -> f64) -> Self {
        let (value, low, high) = bootstrap(all, measure);
        Self {
            name: name.into(),
            value,
            low,
            high,
            texts: all.len(),
        }
    }
}

impl fmt::Display for Figure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            name,
            value,
            low,
            high,
            texts,
        } = self;
        write!(f, "{name:<44} {value:.3}  [{low:.3}, {high:.3}]  n {texts}")
    }
}
