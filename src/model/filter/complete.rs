//! What may be typed next, for the filter line and the command line.
//!
//! Owns the completion of keys and of their fixed words. Names of the floor
//! (channels, officers, tags) are the caller's: it learns from [`wanted`] which
//! key they are for.

use std::ops::Range;

use super::key::Key;

/// One thing that may be typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Completion {
    /// What it replaces, in characters of the filter counted from 0.
    pub replaces: Range<usize>,
    /// The words to put there.
    pub text: &'static str,
    /// What it stands for, to show beside it; empty when the word says it.
    pub says: &'static str,
}

/// What may stand at `cursor`, counted in characters from 0.
pub(super) fn complete(source: &str, cursor: usize) -> Vec<Completion> {
    let Some(word) = Word::at(source, cursor) else {
        return Vec::new();
    };
    let replaces = word.start..word.end;
    let offered = |text, says| Completion {
        replaces: replaces.clone(),
        text,
        says,
    };
    let Some(name) = &word.key else {
        return Key::ALL
            .into_iter()
            .filter(|key| begins(key.name(), &word.typed))
            .map(|key| offered(key.typed(), key.takes()))
            .collect();
    };
    Key::find(name)
        .map(Key::words)
        .unwrap_or_default()
        .into_iter()
        .filter(|value| begins(value, &word.typed))
        .map(|value| offered(value, ""))
        .collect()
}

/// The key whose value stands at `cursor`, and where that value is.
pub(super) fn wanted(source: &str, cursor: usize) -> Option<(&'static str, Range<usize>)> {
    let word = Word::at(source, cursor)?;
    let key = Key::find(word.key.as_deref()?)?;
    Some((key.name(), word.start..word.end))
}

fn begins(word: &str, typed: &str) -> bool {
    word.get(..typed.len())
        .is_some_and(|start| start.eq_ignore_ascii_case(typed))
}

/// The word that the cursor stands in or behind.
struct Word {
    start: usize,
    end: usize,
    /// The letters before the operator, when there is one.
    key: Option<String>,
    typed: String,
}

impl Word {
    /// None inside quotes, where words are not ours to complete.
    fn at(source: &str, cursor: usize) -> Option<Self> {
        let before: Vec<char> = source.chars().take(cursor).collect();
        let end = before.len();
        let word_start = word_start(&before)?;
        let word = before.get(word_start..)?;
        let operator = word
            .iter()
            .position(|c| matches!(c, ':' | '=' | '<' | '>'))
            .filter(|at| *at > 0);
        let Some(operator) = operator else {
            return Some(Self {
                start: word_start,
                end,
                key: None,
                typed: word.iter().collect(),
            });
        };
        let value = word
            .iter()
            .rposition(|c| matches!(c, ':' | '=' | '<' | '>' | ','))
            .unwrap_or(operator)
            + 1;
        Some(Self {
            start: word_start + value,
            end,
            key: Some(word.iter().take(operator).collect()),
            typed: word.iter().skip(value).collect(),
        })
    }
}

/// Where the last word of `before` begins, behind its "-"; none inside quotes.
fn word_start(before: &[char]) -> Option<usize> {
    let mut quoted = false;
    let mut start = 0;
    let mut escaped = false;
    for (at, c) in before.iter().enumerate() {
        match c {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            c if !quoted && (c.is_whitespace() || matches!(c, '(' | ')')) => start = at + 1,
            '-' if !quoted && at == start => start = at + 1,
            _ => {}
        }
    }
    (!quoted).then_some(start)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(source: &str) -> Vec<&'static str> {
        let offered = complete(source, source.chars().count());
        offered.into_iter().map(|c| c.text).collect()
    }

    #[test]
    fn keys_are_offered_by_their_beginning() {
        assert_eq!(texts("se"), ["sev>=", "sent:"]);
        assert_eq!(texts("água -KI"), ["kind:"]);
        assert_eq!(texts("(re"), ["region:", "reach>="]);
        assert_eq!(texts("zz"), Vec::<&str>::new());
        assert_eq!(texts("").len(), Key::ALL.len());
    }

    #[test]
    fn fixed_words_are_offered_behind_their_key() {
        assert_eq!(texts("kind:"), ["mention", "alert", "escalation"]);
        assert_eq!(texts("sev>=h"), ["high"]);
        assert_eq!(texts("is:mine,un"), ["unassigned"]);
        assert_eq!(texts("-is:es"), ["escalated"]);
        assert_eq!(texts("chan:"), Vec::<&str>::new());
        assert_eq!(texts("nokey:"), Vec::<&str>::new());
    }

    #[test]
    fn a_completion_replaces_what_is_typed_of_the_word() {
        let offered = complete("água is:mine,un or x", 15);
        assert_eq!(offered.first().map(|c| c.replaces.clone()), Some(13..15));
        let offered = complete("a -ki", 5);
        assert_eq!(offered.first().map(|c| c.replaces.clone()), Some(3..5));
    }

    #[test]
    fn nothing_is_offered_inside_quotes() {
        assert_eq!(texts("\"ki"), Vec::<&str>::new());
        assert_eq!(texts("\"a\\\" ki"), Vec::<&str>::new());
        assert_eq!(texts("\"a\" ki"), ["kind:"]);
    }

    #[test]
    fn callers_learn_which_of_their_names_are_wanted() {
        assert_eq!(wanted("-by:offi", 8), Some(("by", 4..8)));
        assert_eq!(wanted("chan:a,", 7), Some(("chan", 7..7)));
        assert_eq!(wanted("water", 5), None);
        assert_eq!(wanted("nokey:", 6), None);
    }
}
