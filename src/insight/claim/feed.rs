//! Claims as others publish them.
//!
//! Owns [`read`]: `ClaimReview` in JSON-LD (schema.org/ClaimReview), alone, in a
//! list, a `@graph` or a `DataFeed` (schema.org/DataFeed); the answer of the
//! Google Fact Check Tools API (`claims:search`); and operators' own claims as
//! JSON or TOML. A feed that is wrong or huge is refused whole, in one sentence;
//! a claim of it that says nothing is left out and counted. Called by `claims`.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};
use thiserror::Error;

use super::stance::rating;
use crate::model::claim::Rating;

/// Bytes of a feed, and claims in it, at most.
pub const BYTES: usize = 64 * 1024 * 1024;
/// Claims of one feed at most.
pub const CLAIMS: usize = 200_000;
/// Bytes of a claim's words that are kept.
const WORDS: usize = 2000;
/// Bytes of a name, a date or a language that are kept.
pub(super) const NAME: usize = 200;
/// A longer address is no link that anybody could follow: it is left out.
const ADDRESS: usize = 2000;

/// A claim that somebody has checked.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Claim {
    /// Its id: the review's address, where the feed gives none of its own.
    pub id: String,
    /// What is claimed.
    pub claim: String,
    /// The headline of the review.
    #[serde(default)]
    pub title: String,
    /// Where the review is: the correction to answer with.
    #[serde(default)]
    pub url: String,
    /// Who reviewed it.
    #[serde(default)]
    pub by: String,
    /// The rating in the reviewer's words.
    #[serde(default)]
    pub rated: String,
    /// What that means.
    #[serde(default)]
    pub rating: Rating,
    /// When it was reviewed, as the feed says.
    #[serde(default)]
    pub date: String,
    /// Language, as the feed says.
    #[serde(default)]
    pub language: String,
}

/// Why a feed was refused.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum FeedError {
    /// Too many bytes.
    #[error(
        "The claims feed {feed} has {bytes} bytes and at most {BYTES} are read; import it in parts."
    )]
    Huge {
        /// Which.
        feed: String,
        /// How many.
        bytes: usize,
    },
    /// Too many claims.
    #[error(
        "The claims feed {feed} has {claims} claims and at most {CLAIMS} are read; import it in parts."
    )]
    Many {
        /// Which.
        feed: String,
        /// How many.
        claims: usize,
    },
    /// Too many claims with those of the feeds before it.
    #[error(
        "The claims feed {feed} brings the claims of all feeds to {claims}, and at most {CLAIMS} are kept; leave out what is old."
    )]
    Full {
        /// Which.
        feed: String,
        /// How many they would be.
        claims: usize,
    },
    /// No JSON or TOML.
    #[error("The claims feed {feed} can't be read: {why}.")]
    Broken {
        /// Which.
        feed: String,
        /// What the reader says.
        why: String,
    },
    /// Nothing in it.
    #[error(
        "The claims feed {feed} holds no claim: expected ClaimReview, a DataFeed of them, the Fact Check API's \"claims\" or a list \"claim\" of one's own."
    )]
    Empty {
        /// Which.
        feed: String,
    },
}

/// The operators' own form.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Own {
    claim: Vec<Claim>,
}

/// Reads a feed called `feed`: its claims, and how many were left out because
/// they say nothing.
pub fn read(feed: &str, text: &str) -> Result<(Vec<Claim>, usize), FeedError> {
    let name = feed.to_owned();
    if text.len() > BYTES {
        return Err(FeedError::Huge {
            feed: name,
            bytes: text.len(),
        });
    }
    let broken = |why: String| FeedError::Broken {
        feed: feed.to_owned(),
        why,
    };
    let json = text
        .trim_start_matches('\u{feff}')
        .trim_start()
        .starts_with(['{', '[']);
    let mut found = Vec::new();
    if json && !text.trim_start().starts_with("[[") {
        let value: Value = serde_json::from_str(text.trim_start_matches('\u{feff}'))
            .map_err(|error| broken(error.to_string()))?;
        if let Ok(own) = Own::deserialize(&value) {
            found = own.claim;
        } else {
            gather(&value, 0, &mut found);
        }
    } else {
        let own: Own = toml::from_str(text).map_err(|error| broken(error.message().to_owned()))?;
        found = own.claim;
    }
    if found.len() > CLAIMS {
        return Err(FeedError::Many {
            feed: name,
            claims: found.len(),
        });
    }
    let all = found.len();
    let claims: Vec<Claim> = found.into_iter().filter_map(whole).collect();
    if claims.is_empty() {
        return Err(FeedError::Empty { feed: name });
    }
    let left_out = all - claims.len();
    Ok((claims, left_out))
}

/// A claim with words, an id and a rating; none when it claims nothing.
fn whole(mut claim: Claim) -> Option<Claim> {
    for words in [&mut claim.claim, &mut claim.title, &mut claim.rated] {
        let end = words.floor_char_boundary(WORDS);
        words.truncate(end);
    }
    for words in [&mut claim.by, &mut claim.date, &mut claim.language] {
        let end = words.floor_char_boundary(NAME);
        words.truncate(end);
    }
    if claim.url.len() > ADDRESS {
        claim.url.clear();
    }
    // An id is only compared: of a longer one its beginning and its hash.
    if claim.id.len() > ADDRESS {
        let hash = Sha256::digest(claim.id.as_bytes());
        let end = claim.id.floor_char_boundary(NAME);
        claim.id.truncate(end);
        claim
            .id
            .extend(hash.iter().map(|byte| format!("{byte:02x}")));
    }
    if claim.claim.trim().is_empty() {
        claim.claim.clone_from(&claim.title);
    }
    if claim.id.is_empty() {
        claim.id = if claim.url.is_empty() {
            claim.claim.clone()
        } else {
            claim.url.clone()
        };
    }
    if claim.rating == Rating::Unclear {
        claim.rating = rating(&claim.rated);
    }
    (!claim.claim.trim().is_empty()).then_some(claim)
}

/// Finds reviews anywhere in a document, eight levels deep.
fn gather(value: &Value, depth: u8, into: &mut Vec<Claim>) {
    if depth > 8 || into.len() > CLAIMS {
        return;
    }
    match value {
        Value::Array(values) => values.iter().for_each(|v| gather(v, depth + 1, into)),
        Value::Object(fields) if is_a(value, "ClaimReview") => {
            into.push(review(value));
            let _ = fields;
        }
        Value::Object(fields) => {
            let reviews = fields.get("claimReview").and_then(Value::as_array);
            if let (Some(reviews), Some(text)) =
                (reviews, fields.get("text").and_then(Value::as_str))
            {
                into.extend(reviews.iter().map(|review| of_api(text, review)));
                return;
            }
            for key in [
                "@graph",
                "dataFeedElement",
                "item",
                "itemListElement",
                "claims",
            ] {
                if let Some(inner) = fields.get(key) {
                    gather(inner, depth + 1, into);
                }
            }
        }
        _ => {}
    }
}

fn is_a(value: &Value, kind: &str) -> bool {
    match value.get("@type") {
        Some(Value::String(name)) => name == kind,
        Some(Value::Array(names)) => names.iter().any(|name| name == kind),
        _ => false,
    }
}

/// The text at a path of fields; a list stands for its first entry.
fn text(value: &Value, path: &[&str]) -> String {
    let mut at = value;
    for field in path {
        if let Value::Array(list) = at {
            let Some(first) = list.first() else {
                return String::new();
            };
            at = first;
        }
        let Some(inner) = at.get(field) else {
            return String::new();
        };
        at = inner;
    }
    match at {
        Value::String(words) => words.clone(),
        Value::Number(number) => number.to_string(),
        _ => String::new(),
    }
}

fn review(value: &Value) -> Claim {
    let headline = text(value, &["headline"]);
    let rated = text(value, &["reviewRating", "alternateName"]);
    Claim {
        id: text(value, &["@id"]),
        claim: text(value, &["claimReviewed"]),
        title: if headline.is_empty() {
            text(value, &["name"])
        } else {
            headline
        },
        url: text(value, &["url"]),
        by: text(value, &["author", "name"]),
        rating: if rated.is_empty() {
            by_number(value)
        } else {
            Rating::Unclear
        },
        rated,
        date: text(value, &["datePublished"]),
        language: text(value, &["inLanguage"]),
    }
}

/// A rating given as a number between a worst and a best one.
fn by_number(value: &Value) -> Rating {
    let number = |field: &str| text(value, &["reviewRating", field]).parse::<f64>().ok();
    let (Some(given), Some(best)) = (number("ratingValue"), number("bestRating")) else {
        return Rating::Unclear;
    };
    let worst = number("worstRating").unwrap_or(1.0);
    if best <= worst {
        return Rating::Unclear;
    }
    match (given - worst) / (best - worst) {
        ..=0.25 => Rating::False,
        0.75.. => Rating::True,
        _ => Rating::Mixed,
    }
}

fn of_api(claim: &str, review: &Value) -> Claim {
    Claim {
        id: String::new(),
        claim: claim.to_owned(),
        title: text(review, &["title"]),
        url: text(review, &["url"]),
        by: text(review, &["publisher", "name"]),
        rated: text(review, &["textualRating"]),
        rating: Rating::Unclear,
        date: text(review, &["reviewDate"]),
        language: text(review, &["languageCode"]),
    }
}
