//! The one way in for text that strangers wrote.
//!
//! Owns [`Untrusted`] (a stranger's words exactly as they came: evidence) and
//! [`SafeText`] (the only form of them that may be shown), the one width
//! function ([`display_width`]) and the last net before the terminal
//! ([`is_safe_symbol`]). Knows nothing of terminals, items or time. Called by
//! every room that shows, logs or exports.
//!
//! The way of a text: [`Untrusted`] -> `filter` (code points: drop, replace,
//! hold back) -> `layout` (clusters: cap, measure, lay out) -> [`SafeText`]. On
//! its way to cells, and nowhere else, a [`Policy`] is applied: `emoji`,
//! `shape` and the width of ambiguous characters before it is folded, `bidi`
//! (with `isolate`) line by line after that.
//!
//! Beside it, what an officer needs to judge a text: [`Anatomy`] (what it is
//! made of), [`KnownNames`] (who it resembles), [`Link`] (where it leads).
//!
//! Nothing is ever interpreted, so taking something out cannot make something
//! new; cleaning cleaned text changes nothing.

mod anatomy;
mod bidi;
mod class;
mod cluster;
mod emoji;
pub mod export;
mod filter;
mod flags;
pub mod fold;
mod isolate;
mod layout;
mod link;
mod lookalike;
mod policy;
mod reveal;
mod safe;
mod script;
mod shape;
mod untrusted;
mod wrap;

#[cfg(test)]
mod policy_tests;
#[cfg(test)]
mod tests;

pub use anatomy::{Anatomy, Odd};
pub use class::is_forbidden;
pub use cluster::{Cluster, cell_width, display_width, is_safe_symbol, width_in};
pub use flags::Flags;
pub use link::Link;
pub use lookalike::{KnownNames, Likeness};
pub use policy::{Ambiguous, Bidi, Drawn, Emoji, Policy};
pub use safe::SafeText;
pub use untrusted::Untrusted;

/// No field is cleaned beyond this many bytes, and no cleaned text is longer.
pub const MAX_BYTES: usize = 64 * 1024;
