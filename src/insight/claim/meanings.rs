//! Claims by what they mean, where an operator added an encoder.
//!
//! Owns [`Meanings`]: each claim's meaning, made when it is first compared and kept,
//! and what a post is without what is not its own: links, and the line that tells
//! whom it quotes. Called by `claims`.

use std::sync::{Arc, OnceLock};

use super::feed::Claim;
use super::index::{Found, Index};
use crate::insight::encoder::{Encoder, Meaning};

/// Claims that are compared by meaning, the best by words.
pub const COMPARED: usize = 30;
/// A line that tells whom a post quotes is at most so long, in bytes.
const SIGNATURE: usize = 160;

/// Meanings of claims, by their place in the index.
#[derive(Clone, Debug)]
pub struct Meanings {
    encoder: Arc<Encoder>,
    kept: Vec<OnceLock<Option<Meaning>>>,
}

impl Meanings {
    /// For so many claims.
    #[must_use]
    pub fn new(encoder: Arc<Encoder>, claims: usize) -> Self {
        Self {
            encoder,
            kept: vec![OnceLock::new(); claims],
        }
    }

    /// Forgets what the claim at `place` means: it says something else now.
    pub fn put(&mut self, place: usize) {
        if place >= self.kept.len() {
            self.kept.resize(place + 1, OnceLock::new());
        } else if let Some(kept) = self.kept.get_mut(place) {
            *kept = OnceLock::new();
        }
    }

    /// Says of each claim how near it is to `text`.
    pub fn compare(&self, text: &str, found: &mut [Found], (index, claims): (&Index, &[Claim])) {
        if found.is_empty() {
            return;
        }
        let Some(meant) = self.encoder.meaning(&own_words(text)) else {
            return;
        };
        for one in found {
            // Claims that say the same are equally near.
            let place = index.first_saying(one.place) as usize;
            let (Some(kept), Some(claim)) = (self.kept.get(place), claims.get(place)) else {
                continue;
            };
            let words = || format!("{} {}", claim.title, claim.claim);
            let kept = kept.get_or_init(|| self.encoder.meaning(&words()));
            one.near = Some(kept.as_ref().map_or(0.0, |kept| kept.near(&meant)));
        }
    }
}

/// A post without links, marks of tags and names, and the line "— Name (@name) date"
/// that a quoted post ends with.
fn own_words(text: &str) -> String {
    let signed = text
        .rfind("\u{2014} ")
        .and_then(|at| text.split_at_checked(at));
    let text = match signed {
        Some((own, line)) if line.len() <= SIGNATURE && line.contains("(@") => own,
        _ => text,
    };
    let mut own = String::with_capacity(text.len());
    for chunk in text.split_whitespace() {
        let links = ["http://", "https://", "pic.twitter.com/"];
        let link = links.iter().filter_map(|link| chunk.find(link)).min();
        let words = chunk.get(..link.unwrap_or(chunk.len())).unwrap_or_default();
        if !own.is_empty() && !words.is_empty() {
            own.push(' ');
        }
        own.extend(words.chars().filter(|c| !matches!(c, '#' | '@')));
    }
    own
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_marks_and_whom_a_post_quotes_are_not_its_own() {
        let post = "The #Northern reservoir is poisoned! https://a.example/x pic.twitter.com/ab \u{2014} A. Name (@aname) January 2, 2020";
        assert_eq!(own_words(post), "The Northern reservoir is poisoned!");
        let plain = "Poisoned \u{2014} says my neighbour";
        assert_eq!(own_words(plain), plain);
        assert_eq!(own_words(""), "");
    }
}
