//! The nearest known word to a misspelt one.
//!
//! Knows nothing of configuration; called by `read` for keys.

/// The known word that takes the fewest changes of a letter, when that is at
/// most a third of the longer word.
pub(super) fn nearest<'a>(word: &str, known: &[&'a str]) -> Option<&'a str> {
    known
        .iter()
        .map(|candidate| (distance(word, candidate), *candidate))
        .filter(|(changes, candidate)| changes * 3 <= word.chars().count().max(candidate.len()))
        .min_by_key(|(changes, _)| *changes)
        .map(|(_, candidate)| candidate)
}

/// Letters to insert, remove, replace or swap with their neighbour.
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for (i, from) in a.iter().enumerate() {
        let mut row = Vec::with_capacity(b.len() + 1);
        row.push(i + 1);
        for (j, to) in b.iter().enumerate() {
            let replace = last[j] + usize::from(from != to);
            let mut best = replace.min(last[j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && a[i - 1] == *to && b[j - 1] == *from {
                best = best.min(before[j - 1] + 1);
            }
            row.push(best);
        }
        before = std::mem::replace(&mut last, row);
    }
    last.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_changes_of_a_letter() {
        assert_eq!(distance("listen", "listen"), 0);
        assert_eq!(distance("listne", "listen"), 1);
        assert_eq!(distance("lsten", "listen"), 1);
        assert_eq!(distance("", "zone"), 4);
    }

    #[test]
    fn offers_no_word_that_is_far() {
        let known = ["listen", "data_dir", "zone"];
        assert_eq!(nearest("listne", &known), Some("listen"));
        assert_eq!(nearest("datadir", &known), Some("data_dir"));
        assert_eq!(nearest("colour", &known), None);
    }
}
