//! Claims by what they mean, where an operator added an encoder.
//!
//! Owns [`Meanings`]: each claim's meaning, made in the background or when it is
//! first compared, and kept; and what a post is without what is not its own: links,
//! and the line that tells whom it quotes. Called by `claims`.

use std::sync::{Arc, OnceLock};

use super::feed::Claim;
use super::index::{Found, Index};
use crate::insight::encoder::{Encoder, Meaning};

/// Claims that are compared by meaning, the best by words.
pub const COMPARED: usize = 100;
/// Of these, the first are made ready when a post is compared with them; the others
/// count once they are.
const AT_ONCE: usize = 30;
/// Claims that are put forward by meaning alone.
const NEAREST: usize = 50;
/// Among more claims than this, only words put forward: each costs a tenth of a
/// microsecond a post.
const SEARCHED: usize = 50_000;
/// A line that tells whom a post quotes is at most so long, in bytes.
const SIGNATURE: usize = 160;

/// Meanings of claims, by their place in the index.
#[derive(Clone, Debug)]
pub struct Meanings {
    encoder: Arc<Encoder>,
    kept: Vec<OnceLock<Option<Meaning>>>,
}

/// What a post means: by itself, and as the words of who said it, where it ends
/// with the line that tells whom it quotes.
#[derive(Clone, Debug)]
pub struct Post {
    own: Meaning,
    said: Option<Meaning>,
}

impl Post {
    /// How near it is to what a claim means: the mean of both.
    fn near(&self, claim: &Meaning) -> f32 {
        let own = self.own.near(claim);
        let said = self.said.as_ref().map(|said| said.near(claim));
        said.map_or(own, |said| f32::midpoint(own, said))
    }
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

    /// What `text` means; none for one without letters.
    #[must_use]
    pub fn of(&self, text: &str) -> Option<Post> {
        let (own, by) = own_words(text);
        let said = by.map(|by| format!("{by}: {own}"));
        Some(Post {
            own: self.encoder.meaning(&own)?,
            said: said.and_then(|said| self.encoder.meaning(&said)),
        })
    }

    /// Makes the meaning of the claim at `place`, where it is not made yet.
    pub fn ready(&self, place: usize, (index, claims): (&Index, &[Claim])) {
        let first = u32::try_from(place).map_or(place, |at| index.first_saying(at) as usize);
        if let (Some(kept), Some(claim)) = (self.kept.get(first), claims.get(first)) {
            kept.get_or_init(|| self.meaning_of(claim));
        }
    }

    /// The claims that are nearest to `post`, of those that are ready.
    #[must_use]
    pub fn nearest(&self, post: &Post) -> Vec<u32> {
        if self.kept.len() > SEARCHED {
            return Vec::new();
        }
        let near = |(place, kept): (usize, &OnceLock<Option<Meaning>>)| {
            let meaning = kept.get()?.as_ref()?;
            Some((u32::try_from(place).ok()?, post.near(meaning)))
        };
        let mut all: Vec<(u32, f32)> = self.kept.iter().enumerate().filter_map(near).collect();
        let nearer = |a: &(u32, f32), b: &(u32, f32)| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0));
        if all.len() > NEAREST {
            all.select_nth_unstable_by(NEAREST, nearer);
            all.truncate(NEAREST);
        }
        all.sort_unstable_by(nearer);
        all.into_iter().map(|(place, _)| place).collect()
    }

    /// Says of each claim how near it is to `post`, and leaves out those of which
    /// that is not known yet.
    pub fn compare(
        &self,
        post: &Post,
        found: &mut Vec<Found>,
        (index, claims): (&Index, &[Claim]),
    ) {
        let mut nth = 0;
        found.retain_mut(|one| {
            nth += 1;
            if nth <= AT_ONCE {
                self.ready(one.place as usize, (index, claims));
            }
            // Claims that say the same are equally near.
            let kept = self.kept.get(index.first_saying(one.place) as usize);
            let meaning = kept.and_then(OnceLock::get);
            one.near = meaning.map(|is| is.as_ref().map_or(0.0, |claim| post.near(claim)));
            one.near.is_some()
        });
    }

    fn meaning_of(&self, claim: &Claim) -> Option<Meaning> {
        self.encoder
            .meaning(&format!("{} {}", claim.title, claim.claim))
    }
}

/// A post without links, marks of tags and names, and the line "— Name (@name) date"
/// that a quoted post ends with; and that name.
fn own_words(text: &str) -> (String, Option<&str>) {
    let signed = text
        .rfind("\u{2014} ")
        .and_then(|at| text.split_at_checked(at))
        .filter(|(_, line)| line.len() <= SIGNATURE);
    let by = signed.and_then(|(_, line)| line.split_once("(@"));
    let by = by.map(|(name, _)| name.trim_start_matches('\u{2014}').trim());
    let text = match (signed, by) {
        (Some((own, _)), Some(_)) => own,
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
    (own, by.filter(|name| !name.is_empty()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_marks_and_whom_a_post_quotes_are_not_its_own() {
        let post = "The #Northern reservoir is poisoned! https://a.example/x pic.twitter.com/ab \u{2014} A. Name (@aname) January 2, 2020";
        let own = "The Northern reservoir is poisoned!".to_owned();
        assert_eq!(own_words(post), (own, Some("A. Name")));
        let plain = "Poisoned \u{2014} says my neighbour";
        assert_eq!(own_words(plain), (plain.to_owned(), None));
        assert_eq!(own_words(""), (String::new(), None));
    }

    #[test]
    fn claims_are_put_forward_by_meaning_once_they_are_ready() {
        let claim = |words: &str| Claim {
            claim: words.to_owned(),
            ..Claim::default()
        };
        let claims = ["poisoned water", "a park was sold", "poisoned water"].map(claim);
        let mut index = Index::default();
        for one in &claims {
            index.put(&one.claim, &one.title);
        }
        let encoder = Encoder::read(&crate::insight::encoder::small_file()).expect("whole");
        let meanings = Meanings::new(Arc::new(encoder), claims.len());
        let post = meanings.of("poisoned water").expect("letters");
        assert!(meanings.nearest(&post).is_empty());
        // The third says what the first says: one meaning for both.
        meanings.ready(2, (&index, &claims));
        assert_eq!(meanings.nearest(&post), [0]);
        meanings.ready(1, (&index, &claims));
        assert_eq!(meanings.nearest(&post).len(), 2);
        assert!(meanings.of("...").is_none_or(|post| post.said.is_none()));
    }
}
