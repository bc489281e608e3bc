//! The one way in for text that strangers wrote.
//!
//! Owns [`Untrusted`] (a stranger's words exactly as they came: evidence) and
//! `SafeText` (the only form of them that may be shown). Knows nothing of
//! terminals, items or time. Called by every room that shows, logs or exports.

mod untrusted;

pub use untrusted::Untrusted;
