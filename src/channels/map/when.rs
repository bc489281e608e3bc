//! Conditions: which map fits, what is skipped, what is worth a warning.
//!
//! A closed list: `eq`, `eq_at`, `in`, `exists`, `absent_or_in`, `gt`, joined by `all`,
//! `any` and `not`. Values are compared as text, so `5` and `"5"` are equal.

use super::pointer::Pointer;
use super::scope::{Scope, scalar};

/// A compiled condition.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::channels) enum When {
    /// The value is this.
    Eq(Pointer, Box<str>),
    /// The value is the one that is there.
    EqAt(Pointer, Pointer),
    /// The value is one of these.
    In(Pointer, Box<[Box<str>]>),
    /// There is a value other than null, or there is not.
    Exists(Pointer, bool),
    /// There is no value, or it is one of these.
    AbsentOrIn(Pointer, Box<[Box<str>]>),
    /// The value is a number greater than this.
    Gt(Pointer, f64),
    /// All hold.
    All(Box<[When]>),
    /// One holds.
    Any(Box<[When]>),
    /// It does not hold.
    Not(Box<When>),
}

impl When {
    /// Whether it holds in `scope`.
    pub(in crate::channels) fn holds(&self, scope: &Scope<'_>) -> bool {
        match self {
            Self::Eq(at, word) => text(at, scope).is_some_and(|t| *t == **word),
            Self::EqAt(at, other) => {
                let both = (text(at, scope), text(other, scope));
                matches!(both, (Some(one), Some(two)) if one == two)
            }
            Self::In(at, words) => text(at, scope).is_some_and(|t| among(words, &t)),
            Self::Exists(at, wanted) => at.find(scope).is_some_and(|v| !v.is_null()) == *wanted,
            Self::AbsentOrIn(at, words) => match at.find(scope) {
                None | Some(serde_json::Value::Null) => true,
                Some(value) => scalar(value).is_some_and(|t| among(words, &t)),
            },
            Self::Gt(at, bound) => text(at, scope)
                .and_then(|t| t.parse::<f64>().ok())
                .is_some_and(|n| n > *bound),
            Self::All(all) => all.iter().all(|w| w.holds(scope)),
            Self::Any(any) => any.iter().any(|w| w.holds(scope)),
            Self::Not(inner) => !inner.holds(scope),
        }
    }
}

fn text<'v>(at: &Pointer, scope: &Scope<'v>) -> Option<std::borrow::Cow<'v, str>> {
    scalar(at.find(scope)?)
}

fn among(words: &[Box<str>], text: &str) -> bool {
    words.iter().any(|w| **w == *text)
}
