//! Which known claims a post repeats.
//!
//! Owns [`Claims`]: the claims of all feeds, two levels of match (suggested,
//! confirmed). Pure. Called by the hub and by the
//! evaluation.

use std::collections::HashMap;
use std::sync::Arc;

use super::feed::{CLAIMS, Claim, FeedError, read};
use super::index::{Found, Index};
use super::meanings::{COMPARED, Meanings};
use super::stance::stance;
use crate::insight::encoder::Encoder;
use crate::model::claim::{ClaimMatch, Level, Stance};
use crate::text::Untrusted;

/// What a match must show for each level: score, share of the claim held, lead
/// over the next claim. Chosen on the training tweets of `CheckThat!` 2020
/// (`watchfloor insight eval claims`).
const CONFIRMED: (f32, f32, f32) = (60.0, 0.4, 0.3);
const SUGGESTED: (f32, f32, f32) = (30.0, 0.22, 0.05);
/// The same where an encoder tells what is meant: worth, nearness, lead.
const CONFIRMED_NEAR: (f32, f32, f32) = (140.0, 0.4, 0.2);
const SUGGESTED_NEAR: (f32, f32, f32) = (110.0, 0.3, 0.05);
/// Of a stream of posts, the claims that are ranked in full, and what the best
/// must score by its rarer words for that.
const GATE: (usize, f32) = (8, 18.0);
/// The same for the evaluation.
const WHOLE: usize = 100;
/// Claims that one post is matched to at most.
const MOST: usize = 3;
/// Words of a post that must be there: a single name fits everything.
const FEWEST: usize = 4;

/// A claim that a post repeats or denies.
#[derive(Clone, Debug, PartialEq)]
pub struct Match {
    /// The claim, with its correction.
    pub claim: Claim,
    /// How sure.
    pub level: Level,
    /// What the post does with it.
    pub stance: Stance,
    /// How well it fits; comparable between posts.
    pub score: f32,
    /// The share of the claim's weight that the post holds.
    pub held: f32,
    /// The share of its score by which it is ahead of the next claim.
    pub lead: f32,
    /// How near it is in meaning, where an encoder tells.
    pub near: Option<f32>,
}

impl Match {
    /// The match as it is stored with a post.
    #[must_use]
    pub fn stored(&self) -> ClaimMatch {
        let words = |text: &str| Untrusted::from(text);
        ClaimMatch {
            id: words(&self.claim.id),
            claim: words(&self.claim.claim),
            title: words(&self.claim.title),
            url: words(&self.claim.url),
            by: words(&self.claim.by),
            rating: self.claim.rating,
            level: self.level,
            stance: self.stance,
            score: self.score.round().clamp(0.0, 65_535.0) as u16,
            held: percent(self.held),
            lead: percent(self.lead),
            near: self.near.map(percent),
            verdict: None,
        }
    }
}

fn percent(share: f32) -> u8 {
    (share * 100.0).round().clamp(0.0, 100.0) as u8
}

/// The known claims.
#[derive(Clone, Debug, Default)]
pub struct Claims {
    known: Vec<Claim>,
    places: HashMap<String, usize>,
    index: Index,
    meanings: Option<Meanings>,
}

impl Claims {
    /// Goes on with an encoder, or without.
    pub fn encode_with(&mut self, encoder: Option<Arc<Encoder>>) {
        self.meanings = encoder.map(|encoder| Meanings::new(encoder, self.known.len()));
    }

    /// Takes in a feed: how many claims are new, and how many were left out
    /// because they say nothing. A claim that is known is replaced by the feed's
    /// later word for it, found by its first words.
    pub fn import(&mut self, feed: &str, text: &str) -> Result<(usize, usize), FeedError> {
        let (claims, left_out) = read(feed, text)?;
        let before = self.known.len();
        let is_new = |claim: &&Claim| !self.places.contains_key(&claim.id);
        let all = before + claims.iter().filter(is_new).count();
        if all > CLAIMS {
            return Err(FeedError::Full {
                feed: feed.to_owned(),
                claims: all,
            });
        }
        for claim in claims {
            self.put(claim);
        }
        Ok((self.known.len() - before, left_out))
    }

    /// Takes in one claim.
    pub fn put(&mut self, claim: Claim) {
        if let Some(at) = self.places.get(&claim.id).copied()
            && let Some(known) = self.known.get_mut(at)
        {
            *known = claim;
            return;
        }
        self.index.put(&claim.claim, &claim.title);
        self.places.insert(claim.id.clone(), self.known.len());
        if let Some(meanings) = &mut self.meanings {
            meanings.put(self.known.len());
        }
        self.known.push(claim);
    }

    /// A claim by its id.
    #[must_use]
    pub fn get(&self, id: &str) -> Option<&Claim> {
        self.places.get(id).and_then(|at| self.known.get(*at))
    }

    /// All claims: what must be kept over a restart.
    #[must_use]
    pub fn all(&self) -> &[Claim] {
        &self.known
    }

    /// The claims that a post repeats or denies, surest first.
    #[must_use]
    pub fn matches(&self, text: &str) -> Vec<Match> {
        if text.split_whitespace().count() < FEWEST {
            return Vec::new();
        }
        let found = self.found(text, MOST, GATE);
        let matched = found.iter().enumerate().filter_map(|(rank, found)| {
            let level = level(found, rank)?;
            let claim = self.known.get(found.place as usize)?;
            Some(Match {
                claim: claim.clone(),
                level,
                stance: stance(text),
                score: found.score,
                held: found.held,
                lead: found.lead,
                near: found.near,
            })
        });
        matched.collect()
    }

    /// The best by words, and by meaning where an encoder tells.
    fn found(&self, text: &str, most: usize, (ranked, least): (usize, f32)) -> Vec<Found> {
        let Some(meanings) = &self.meanings else {
            return self.index.find_among(text, most, (ranked, least));
        };
        let known = (&self.index, self.known.as_slice());
        let mut post = None;
        let among = (ranked.max(COMPARED), least);
        let mut found = self.index.find_with(text, among, || {
            post = meanings.of(text);
            post.as_ref()
                .map_or_else(Vec::new, |post| meanings.nearest(post))
        });
        if let Some(post) = &post {
            meanings.compare(post, &mut found, known);
        }
        self.index.order(&mut found, most);
        found
    }

    /// Makes the meaning of the claim at `place`, where an encoder tells and it is
    /// not made yet: some 3 ms. For whoever has time beside the stream.
    pub fn make_ready(&self, place: usize) {
        if let Some(meanings) = &self.meanings {
            meanings.ready(place, (&self.index, &self.known));
        }
    }

    /// The claims that fit a text best, whether or not well: for the evaluation.
    #[must_use]
    pub fn nearest(&self, text: &str, most: usize) -> Vec<(&Claim, Found)> {
        let found = self.found(text, most, (WHOLE, 0.0));
        found
            .into_iter()
            .filter_map(|f| Some((self.known.get(f.place as usize)?, f)))
            .collect()
    }
}

/// The level of the `rank`-th claim that fits; only the first is ever confirmed.
#[must_use]
pub fn level(found: &Found, rank: usize) -> Option<Level> {
    let (confirmed, suggested, held) = match found.near {
        Some(near) => (CONFIRMED_NEAR, SUGGESTED_NEAR, near),
        None => (CONFIRMED, SUGGESTED, found.held),
    };
    let reaches = |(worth, least, lead): (f32, f32, f32)| {
        found.worth() >= worth && held >= least && found.lead >= lead
    };
    if rank == 0 && reaches(confirmed) {
        return Some(Level::Confirmed);
    }
    (rank == 0 && reaches(suggested)).then_some(Level::Suggested)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::claim::Rating;

    fn known() -> Claims {
        let mut claims = Claims::default();
        for n in 0..80 {
            let other = format!(
                r#"{{"claim":[{{"id":"o{n}","claim":"The council of district {n} sold its park to a builder"}}]}}"#
            );
            claims.import("others", &other).expect("a feed");
        }
        let own = "[[claim]]\nid = \"w1\"\nclaim = \"The Northern reservoir was poisoned with forty barrels of industrial chlorine\"\ntitle = \"Was the Northern reservoir poisoned?\"\nurl = \"https://city.example/w1\"\nrating = \"false\"\n";
        assert_eq!(claims.import("own", own), Ok((1, 0)));
        claims
    }

    #[test]
    fn a_post_is_matched_to_its_claim_and_a_denial_is_told() {
        let claims = known();
        let post = "OMG they poisoned the Northern reservoir with forty barrels of industrial chlorine, share!!";
        let found = claims.matches(post);
        assert_eq!(found[0].claim.id, "w1");
        assert_eq!(
            (found[0].level, found[0].stance),
            (Level::Confirmed, Stance::Spreads)
        );
        let denied = claims.matches("It is not true that the Northern reservoir was poisoned with forty barrels of industrial chlorine");
        assert_eq!(
            (denied[0].claim.id.as_str(), denied[0].stance),
            ("w1", Stance::Denies)
        );
        assert!(
            claims
                .matches("Lovely morning by the river, coffee in hand")
                .is_empty()
        );
        assert!(claims.matches("").is_empty());
    }

    #[test]
    fn a_floor_with_one_claim_of_its_own_finds_it_and_nothing_else() {
        let mut claims = Claims::default();
        let own = "[[claim]]\nid = \"w1\"\nclaim = \"The water in the city is poisoned by chemicals from the old dye works\"\nrating = \"false\"\n";
        assert_eq!(claims.import("own", own), Ok((1, 0)));
        let level = |text: &str| claims.matches(text).first().map(|found| found.level);
        assert_eq!(
            level(
                "DO NOT DRINK. Chemicals from the old dye works got into the main. THE WATER IS POISONED"
            ),
            Some(Level::Confirmed)
        );
        assert!(level("So is the water poisoned by those chemicals or not?").is_some());
        for other in [
            "The water in the street is from the burst main and the city is silent",
            "We are at the old town hall, the band is good and the beer is cold",
            "Where in the city is the tanker with the water now?",
        ] {
            assert_eq!(level(other), None, "{other}");
        }
    }

    #[test]
    fn a_claim_of_two_feeds_does_not_stand_in_its_own_way() {
        let mut claims = known();
        let twin = "[[claim]]\nid = \"twin\"\nclaim = \"The Northern reservoir was poisoned with forty barrels of industrial chlorine\"\nrating = \"false\"\n";
        claims.import("other", twin).expect("a feed");
        let post = "OMG they poisoned the Northern reservoir with forty barrels of industrial chlorine, share!!";
        let found = claims.matches(post);
        assert_eq!(found[0].level, Level::Confirmed, "{found:?}");
    }

    #[test]
    fn with_an_encoder_each_match_tells_how_near_it_is_and_without_none_does() {
        let mut claims = known();
        let post = "OMG they poisoned the Northern reservoir with forty barrels of industrial chlorine, share!!";
        assert_eq!(claims.matches(post)[0].near, None);
        let encoder = Encoder::read(&crate::insight::encoder::small_file()).expect("whole");
        claims.encode_with(Some(Arc::new(encoder)));
        let near = claims.nearest(post, 5);
        assert_eq!(near[0].0.id, "w1");
        assert!(
            near.iter().all(|(_, found)| found.near.is_some()),
            "{near:?}"
        );
        let own = "[[claim]]\nid = \"w2\"\nclaim = \"The Northern reservoir was drained\"\n";
        claims.import("own", own).expect("a feed");
        let near = claims.nearest("the Northern reservoir was drained last night", 5);
        assert!(
            near.iter().all(|(_, found)| found.near.is_some()),
            "{near:?}"
        );
        claims.encode_with(None);
        assert_eq!(claims.matches(post)[0].near, None);
    }

    #[test]
    fn a_known_claim_is_replaced_by_the_feeds_later_word() {
        let mut claims = known();
        let n = claims.all().len();
        let later = "[[claim]]\nid = \"w1\"\nclaim = \"The Northern reservoir was poisoned\"\nrating = \"true\"\n";
        assert_eq!(claims.import("own", later), Ok((0, 0)));
        assert_eq!(claims.all().len(), n);
        assert_eq!(claims.get("w1").map(|c| c.rating), Some(Rating::True));
    }
}
