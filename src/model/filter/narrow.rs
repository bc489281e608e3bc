//! Whether one tree can only hold where another one held.
//!
//! Owns the rule by which a filter that grows at its end, letter by letter, is
//! asked of what was left only. Says no wherever it is not certain.

use super::ast::{Expr, Term};

impl Expr {
    /// Whether everything that this tree holds of, `wider` holds of too, at
    /// whatever moment both are asked. `false` says nothing.
    pub(super) fn narrows(&self, wider: &Self) -> bool {
        match wider {
            Self::All(parts) => parts.iter().all(|part| self.implies(part)),
            part => self.implies(part),
        }
    }

    fn implies(&self, part: &Self) -> bool {
        match self {
            Self::All(own) => own.iter().any(|own| own.implies(part)),
            own => own == part && own.is_lasting() || own.says_more_than(part),
        }
    }

    /// A word that holds a shorter one.
    fn says_more_than(&self, part: &Self) -> bool {
        match (self, part) {
            (Self::Term(Term::Text(long)), Self::Term(Term::Text(short))) => short.is_in(&long.key),
            _ => false,
        }
    }

    /// Whether the passing of time alone leaves its answer as it is.
    fn is_lasting(&self) -> bool {
        match self {
            Self::Term(term) => !matches!(term, Term::Age(..) | Term::Since(_) | Term::Is(_)),
            Self::Not(inner) => inner.is_lasting(),
            Self::All(parts) | Self::Any(parts) => parts.iter().all(Self::is_lasting),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::model::filter::Filter;

    fn narrows(new: &str, old: &str) -> bool {
        let read = |source| Filter::parse(source).expect("a filter");
        read(new).narrows(&read(old))
    }

    #[test]
    fn a_filter_that_grows_narrows() {
        for (new, old) in [
            ("b", ""),
            ("brown", "brow"),
            ("brown w", "brown"),
            ("brown water mill", "brown water m"),
            ("sev>=high water", "sev>=high"),
            ("tram -harbour", "tram"),
            ("kind:alert (a or b) c", "(a or b) kind:alert"),
            ("\"no water\"", "water"),
        ] {
            assert!(narrows(new, old), "{new} and {old}");
        }
    }

    #[test]
    fn what_may_hold_of_more_does_not() {
        for (new, old) in [
            ("brow", "brown"),
            ("", "b"),
            ("tram -ha", "tram -h"),
            ("a or b", "a"),
            ("sev>=medium", "sev>=high"),
            ("age<2h water", "age<2h"),
            ("is:overdue water", "is:overdue"),
            ("-(a b) c", "-(a c)"),
        ] {
            assert!(!narrows(new, old), "{new} and {old}");
        }
    }
}
