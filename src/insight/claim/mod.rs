//! Claims: known falsehoods, and the posts that repeat or deny them.
//!
//! - [`claims`]: the claims of all feeds, matches in two levels, evidence
//!   ([`Claims`]); [`feed`]: the forms that claims are published in.
//! - [`index`]: claims by what a post says; [`term`]: a text as terms;
//!   [`meanings`]: claims by what they mean, with an encoder.
//! - [`stance`]: a post that denies, told from one that spreads.
//!
//! Pure, without network. Imports `model` and `text`.

pub mod claims;
pub mod feed;
#[cfg(test)]
mod feed_tests;
pub mod index;
pub mod meanings;
pub mod stance;
pub mod term;

pub use claims::{Claims, Match};
pub use feed::{Claim, FeedError};
