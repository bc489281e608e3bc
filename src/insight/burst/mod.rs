//! Bursts: what is said far more than is usual at this hour, told early, once,
//! and with its reasons.
//!
//! - [`watch`]: posts in, alerts out ([`Watch`]), with [`raising`]; [`post`]: what it is told of
//!   a post; [`alert`]: what it tells; [`saved`]: its state over a restart.
//! - [`key`]: what posts are counted by (subject, region, channel); [`table`]:
//!   the keys, bounded.
//! - [`meter`]: one key's measure, made of [`pulse`] (the last hour), [`rhythm`]
//!   (what is usual at this hour of the week), [`chance`] (how rare a count is)
//!   and [`habit`] (how rare it is for this key).
//! - [`episode`]: the life of one burst; [`evidence`]: what its posts have in
//!   common, and the score; [`known`]: authors, channels and words seen before.
//! - [`awake`]: the watch's time, with jumps and hours that nobody watched;
//!   [`silence`]: a channel that went silent, told from one that is quiet.
//!
//! Pure: time and seed are handed in. Imports `model` and `text`.

pub mod alert;
pub mod awake;
#[cfg(test)]
mod bound_tests;
pub mod chance;
pub mod episode;
pub mod evidence;
pub mod habit;
pub mod key;
pub mod known;
pub mod meter;
#[cfg(test)]
mod part_tests;
pub mod post;
pub mod pulse;
pub mod raising;
pub mod rhythm;
pub mod saved;
pub mod silence;
pub mod table;
#[cfg(test)]
mod tests;
pub mod watch;

pub use alert::{Change, Mark, Raised};
pub use key::{Key, KeyRef, Named, Subject};
pub use post::Post;
pub use saved::Saved;
pub use watch::{Settings, Watch};
