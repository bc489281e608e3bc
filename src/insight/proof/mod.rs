//! What may be expected of clusters, claims and bursts on unseen data.
//!
//! - [`volumes`]: bursts in series of counts, scored as the Numenta Anomaly
//!   Benchmark does; [`onsets`]: how early a crisis is told in a quiet topic.
//!   [`crises`]: the crises, and which of their posts are urgent.
//! - [`copies`]: edited copies among other posts; [`checked`]: posts matched to
//!   claims that were checked.
//! - [`draw`]: chance with a seed, and intervals.
//!
//! No part of reading a post. Pure: sets come in as texts. Called by the command
//! line.

pub mod checked;
pub mod copies;
pub mod crises;
pub mod draw;
pub mod onsets;
pub mod volumes;

/// A folder's files, each by its path below the folder.
pub type Shelf<'a> = &'a dyn Fn(&str) -> Option<String>;
