//! Claims: known falsehoods, and the posts that repeat or deny them.
//!
//! - [`claims`]: the claims of all feeds, matches in two levels, evidence
//!   ([`Claims`]); [`feed`]: the forms that claims are published in.
//! - [`index`]: claims by what a post says; [`term`]: a text as terms;
//!   [`function_word`]: words that tell nothing where there are few claims.
//! - [`stance`]: a post that denies, told from one that spreads.
//!
//! Pure, without network. Imports `model` and `text`.

pub mod claims;
pub mod feed;
pub mod function_word;
pub mod index;
pub mod stance;
pub mod term;

pub use claims::{Claims, Match};
pub use feed::{Claim, FeedError};
