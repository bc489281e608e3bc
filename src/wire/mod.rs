//! What crosses a socket between hub and console.
//!
//! - [`frames`]: the frames, one JSON object each with a `type`.
//! - [`codec`]: text and zstd forms, with their bounds.
//! - [`limits`]: how much of what, and the version.
//! - [`upkeep`]: what an administrator asks over REST.
//!
//! Owns no connection. Called by `hub`, `link` and the command line.

pub mod codec;
pub mod frames;
pub mod limits;
pub mod upkeep;
