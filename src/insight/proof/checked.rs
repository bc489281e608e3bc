//! Posts matched to claims that were checked.
//!
//! Owns the reading of `CheckThat!` 2020 (task 2, English): verified claims,
//! tweets and their pairs. The set is for research: it measures here and teaches
//! nothing that is shipped but two thresholds.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::Shelf;
use super::draw::{number, told};
use crate::insight::claim::claims::level;
use crate::insight::claim::{Claim, Claims};
use crate::insight::encoder::Encoder;
use crate::model::claim::Level;

/// What is to be expected, in lines, with an encoder or without.
#[must_use]
pub fn expect(sets: Shelf<'_>, encoder: Option<Arc<Encoder>>) -> Vec<String> {
    let Some(mut claims) = known(sets) else {
        return vec!["claims: the folder has no checkthat2020".into()];
    };
    let with = if encoder.is_some() { "with" } else { "without" };
    let many = claims.all().len();
    let mut lines = vec![format!("claims: {many} verified claims, {with} an encoder")];
    claims.encode_with(encoder);
    (0..many).for_each(|place| claims.make_ready(place));
    for part in ["train", "dev"] {
        lines.extend(measured(sets, part, &claims));
    }
    lines
}

/// The verified claims of the folder.
pub fn known(sets: Shelf<'_>) -> Option<Claims> {
    let docs = sets("checkthat2020/verified_claims.docs.tsv")?;
    let mut claims = Claims::default();
    for row in rows(&docs).into_iter().skip(1) {
        if let [id, claim, title, ..] = row.as_slice() {
            claims.put(Claim {
                id: id.clone(),
                claim: claim.clone(),
                title: title.clone(),
                ..Claim::default()
            });
        }
    }
    Some(claims)
}

fn measured(sets: Shelf<'_>, part: &str, claims: &Claims) -> Vec<String> {
    let file = |name: &str| sets(&format!("checkthat2020/{part}/{name}")).unwrap_or_default();
    let mut wanted: HashMap<String, HashSet<String>> = HashMap::new();
    for line in file("tweet-vclaim-pairs.qrels").lines() {
        let words: Vec<&str> = line.split_whitespace().collect();
        if let [tweet, _, claim, ..] = words.as_slice() {
            wanted
                .entry((*tweet).to_owned())
                .or_default()
                .insert((*claim).to_owned());
        }
    }
    let (mut precisions, mut first) = (Vec::new(), 0);
    let (mut confirmed, mut suggested) = ((0, 0), (0, 0));
    for row in rows(&file("tweets.queries.tsv")).into_iter().skip(1) {
        let [tweet, text, ..] = row.as_slice() else {
            continue;
        };
        let Some(own) = wanted.get(tweet) else {
            continue;
        };
        let found = claims.nearest(text, 5);
        let right: Vec<bool> = found
            .iter()
            .map(|(claim, _)| own.contains(&claim.id))
            .collect();
        precisions.push(average_precision(&right, own.len()));
        let hit = right.first().copied().unwrap_or(false);
        first += usize::from(hit);
        let count = match found.first().and_then(|(_, found)| level(found, 0)) {
            Some(Level::Confirmed) => &mut confirmed,
            Some(Level::Suggested) => &mut suggested,
            None => continue,
        };
        count.0 += usize::from(hit);
        count.1 += 1;
    }
    let n = precisions.len();
    let mean = precisions.iter().sum::<f64>() / number(n.max(1));
    let variance =
        precisions.iter().map(|p| (p - mean).powi(2)).sum::<f64>() / number(n.max(2) - 1);
    let half = 1.96 * (variance / number(n.max(1))).sqrt();
    vec![
        format!(
            "{part}, MAP@5: {mean:.3} ({:.3} to {:.3}, of {n})",
            mean - half,
            mean + half
        ),
        told(&format!("{part}, the first is right"), (first, n)),
        told(&format!("{part}, confirmed are right"), confirmed),
        told(&format!("{part}, suggested are right"), suggested),
    ]
}

/// Average precision of the first five.
fn average_precision(right: &[bool], wanted: usize) -> f64 {
    let (mut hits, mut sum) = (0, 0.0);
    for (rank, right) in right.iter().take(5).enumerate() {
        if *right {
            hits += 1;
            sum += number(hits) / number(rank + 1);
        }
    }
    sum / number(wanted.clamp(1, 5))
}

/// Rows of tab-separated values in which a quoted field may hold tabs and lines.
fn rows(text: &str) -> Vec<Vec<String>> {
    let (mut rows, mut row, mut field, mut quoted) = (Vec::new(), Vec::new(), String::new(), false);
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '"' if quoted && letters.next_if_eq(&'"').is_some() => field.push('"'),
            '"' if quoted => quoted = false,
            '"' if field.is_empty() => quoted = true,
            '\t' if !quoted => row.push(std::mem::take(&mut field)),
            '\n' if !quoted => {
                row.push(std::mem::take(&mut field));
                rows.push(std::mem::take(&mut row));
            }
            other => field.push(other),
        }
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quoted_fields_hold_lines_and_marks() {
        let read = rows("a\tb\n1\t\"two \"\"words\"\"\nhere\"\n");
        assert_eq!(read, [["a", "b"], ["1", "two \"words\"\nhere"]]);
    }

    #[test]
    fn precision_counts_rank_and_what_was_wanted() {
        assert!((average_precision(&[true, false], 1) - 1.0).abs() < 1e-9);
        assert!((average_precision(&[false, true], 1) - 0.5).abs() < 1e-9);
        assert!((average_precision(&[true, false], 2) - 0.5).abs() < 1e-9);
    }
}
