//! Conditions: which map fits, what is skipped, what is worth a warning.
//!
//! A closed list: `eq`, `eq_at`, `eq_var`, `in`, `exists`, `absent_or_in`, `gt`, joined by `all`,
//! `any` and `not`. Values are compared as text, so `5` and `"5"` are equal; an empty
//! text is equal to `""`.

use serde_json::Value;

use super::pointer::Pointer;
use super::scope::{Scope, scalar};

/// Longest value that is told, in characters.
const TOLD: usize = 60;

/// A compiled condition.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::channels) enum When {
    /// The value is this.
    Eq(Pointer, Box<str>),
    /// The value is the one that is there.
    EqAt(Pointer, Pointer),
    /// The value is what the operator filled in; never, where that is nothing.
    EqVar(Pointer, Box<str>),
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
                matches!(both, (Some(one), Some(two)) if one == two && !one.is_empty())
            }
            Self::EqVar(at, name) => {
                let wanted = scope.var(name).filter(|value| !value.is_empty());
                wanted.is_some_and(|wanted| text(at, scope).is_some_and(|t| *t == *wanted))
            }
            Self::In(at, words) => text(at, scope).is_some_and(|t| among(words, &t)),
            Self::Exists(at, wanted) => at.find(scope).is_some_and(|v| !v.is_null()) == *wanted,
            Self::AbsentOrIn(at, words) => match at.find(scope) {
                None | Some(Value::Null) => true,
                Some(Value::String(text)) => among(words, text),
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

impl When {
    /// What of it does not hold in `scope`, for those who ask why a rule does not fit;
    /// none when it holds.
    pub(in crate::channels) fn unmet(&self, scope: &Scope<'_>) -> Option<String> {
        if self.holds(scope) {
            return None;
        }
        let is = |at: &Pointer| format!("{} is {}", at.written(), shown(at, scope));
        Some(match self {
            Self::Eq(at, word) => format!("{}; \"{word}\" was expected", is(at)),
            Self::EqAt(at, other) => format!("{}, and {}", is(at), is(other)),
            Self::EqVar(at, name) => format!("{}; vars.{name} was expected", is(at)),
            Self::In(at, words) => format!("{}; {} was expected", is(at), one_of(words)),
            Self::Exists(at, true) => format!("there is nothing at {}", at.written()),
            Self::Exists(at, false) => format!("{}; nothing was expected", is(at)),
            Self::AbsentOrIn(at, words) => {
                format!("{}; nothing or {} was expected", is(at), one_of(words))
            }
            Self::Gt(at, bound) => format!("{}; more than {bound} was expected", is(at)),
            Self::All(all) => all.iter().find_map(|w| w.unmet(scope))?,
            Self::Any(any) => {
                let unmet: Vec<String> = any.iter().filter_map(|w| w.unmet(scope)).collect();
                unmet.join(", and ")
            }
            Self::Not(inner) => format!("it is so that {}", inner.told()),
        })
    }

    /// What it asks for.
    fn told(&self) -> String {
        let joined = |all: &[When], with: &str| {
            let told: Vec<String> = all.iter().map(When::told).collect();
            told.join(with)
        };
        match self {
            Self::Eq(at, word) => format!("{} is \"{word}\"", at.written()),
            Self::EqAt(at, other) => format!("{} is {}", at.written(), other.written()),
            Self::EqVar(at, name) => format!("{} is vars.{name}", at.written()),
            Self::In(at, words) => format!("{} is {}", at.written(), one_of(words)),
            Self::Exists(at, true) => format!("there is something at {}", at.written()),
            Self::Exists(at, false) => format!("there is nothing at {}", at.written()),
            Self::AbsentOrIn(at, words) => {
                format!("{} is nothing or {}", at.written(), one_of(words))
            }
            Self::Gt(at, bound) => format!("{} is more than {bound}", at.written()),
            Self::All(all) => joined(all, " and "),
            Self::Any(any) => joined(any, " or "),
            Self::Not(inner) => format!("not {}", inner.told()),
        }
    }
}

/// What is at `at`, in a few words.
fn shown(at: &Pointer, scope: &Scope<'_>) -> String {
    match at.find(scope) {
        None => "missing".to_owned(),
        Some(Value::Null) => "null".to_owned(),
        Some(Value::Array(_)) => "a list".to_owned(),
        Some(Value::Object(_)) => "an object".to_owned(),
        Some(value) => {
            let text = scalar(value).unwrap_or_default();
            let short: String = text.chars().take(TOLD).collect();
            let more = if short.len() < text.len() { "…" } else { "" };
            format!("\"{short}{more}\"")
        }
    }
}

fn one_of(words: &[Box<str>]) -> String {
    let quoted: Vec<String> = words.iter().map(|word| format!("\"{word}\"")).collect();
    quoted.join(" or ")
}

fn text<'v>(at: &Pointer, scope: &Scope<'v>) -> Option<std::borrow::Cow<'v, str>> {
    match at.find(scope)? {
        Value::String(text) => Some(text.as_str().into()),
        value => scalar(value),
    }
}

fn among(words: &[Box<str>], text: &str) -> bool {
    words.iter().any(|w| **w == *text)
}
