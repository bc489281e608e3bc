//! What is wrong with a filter, for the officer who typed it.
//!
//! Owns [`FilterError`], how it is drawn under the filter, and the guess at
//! what was meant. Echoes nothing that was typed except a key's ASCII letters,
//! so its sentences may be shown as they are.

use crate::text::SafeText;

/// What is wrong with a filter: where, and what was expected there.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("column {column}: {says}")]
pub struct FilterError {
    /// Where, counted in characters from 1.
    pub column: usize,
    /// What was expected.
    pub says: String,
}

impl FilterError {
    pub(super) fn new(column: usize, says: impl Into<String>) -> Self {
        Self {
            column,
            says: says.into(),
        }
    }

    /// `source` on one line and a caret under the column on the next, cleaned
    /// for a terminal.
    #[must_use]
    pub fn caret(&self, source: &str) -> String {
        let line: String = source
            .chars()
            .map(|c| if c.is_whitespace() { ' ' } else { c })
            .collect();
        let at = line
            .char_indices()
            .nth(self.column.saturating_sub(1))
            .map_or(line.len(), |(at, _)| at);
        let (before, rest) = line.split_at(at);
        let before = SafeText::own(before.to_owned());
        let rest = SafeText::own(rest.to_owned());
        let indent = " ".repeat(before.width());
        format!("{}{}\n{indent}^", before.as_str(), rest.as_str())
    }
}

/// The word of `known` that `typed` was most likely meant to be, if any is
/// near: one begins with the other, or at most two letters differ.
pub(super) fn nearest<'k>(typed: &str, known: &[&'k str]) -> Option<&'k str> {
    /// Longer words are no slips of our short ones, and comparing costs length.
    const LONGEST: usize = 24;
    if typed.is_empty() || typed.len() > LONGEST {
        return None;
    }
    let typed = typed.to_ascii_lowercase();
    known
        .iter()
        .map(|word| (distance(&typed, word), *word))
        .filter(|(far, word)| *far <= limit(&typed, word))
        .min_by_key(|(far, _)| *far)
        .map(|(_, word)| word)
}

/// How many slips are believable: any number behind a common beginning.
fn limit(typed: &str, word: &str) -> usize {
    if word.starts_with(typed) || typed.starts_with(word) {
        return usize::MAX;
    }
    typed.len().min(word.len()).saturating_sub(1).min(2)
}

/// How many letters to put in, take out or replace (Levenshtein).
fn distance(from: &str, to: &str) -> usize {
    let to: Vec<char> = to.chars().collect();
    let mut row: Vec<usize> = (0..=to.len()).collect();
    for (i, a) in from.chars().enumerate() {
        let mut diagonal = i;
        let mut left = i + 1;
        if let Some(first) = row.first_mut() {
            *first = left;
        }
        for (b, cell) in to.iter().zip(row.iter_mut().skip(1)) {
            let replaced = diagonal + usize::from(a != *b);
            diagonal = *cell;
            *cell = replaced.min(left + 1).min(diagonal + 1);
            left = *cell;
        }
    }
    row.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_caret_stands_under_the_column() {
        let error = FilterError::new(6, "x");
        assert_eq!(error.caret("kind:alrt"), "kind:alrt\n     ^");
    }

    #[test]
    fn wide_letters_take_two_places() {
        let error = FilterError::new(4, "x");
        assert_eq!(error.caret("洪水 )"), "洪水 )\n     ^");
    }

    #[test]
    fn nothing_that_steers_a_terminal_is_drawn() {
        let drawn = FilterError::new(3, "x").caret("a\u{1b}[2J\u{202e}\u{9b}\n\tb\u{301}");
        let (line, caret) = drawn.split_once('\n').expect("two lines");
        assert!(!line.contains(crate::text::is_forbidden), "{line:?}");
        assert!(line.starts_with('a') && line.contains("[2J"), "{line:?}");
        assert_eq!(caret.trim_start(), "^");
    }

    #[test]
    fn a_slip_is_recognised() {
        let known = ["kind", "chan", "sev", "region"];
        assert_eq!(nearest("knd", &known), Some("kind"));
        assert_eq!(nearest("channel", &known), Some("chan"));
        assert_eq!(nearest("Severity", &known), Some("sev"));
        assert_eq!(nearest("reigon", &known), Some("region"));
        assert_eq!(nearest("zzzz", &known), None);
        assert_eq!(nearest("", &known), None);
        assert_eq!(nearest(&"k".repeat(4000), &known), None);
    }

    #[test]
    fn distance_counts_letters() {
        assert_eq!(distance("", "abc"), 3);
        assert_eq!(distance("kitten", "sitting"), 3);
        assert_eq!(distance("same", "same"), 0);
    }
}
