//! `[insight]`: what posts are looked through for, and what raises an alert.
//!
//! Owns the keys; the lookout reads the files that they name.

use std::path::PathBuf;
use std::time::Duration;

use super::super::origin::Located;
use super::super::read::Section;

/// `[insight]`.
#[derive(Clone, Debug)]
pub struct Insight {
    /// Gazetteers: topics and entities with their names.
    pub topics: Located<Vec<PathBuf>>,
    /// Claims feeds: `ClaimReview`, `DataFeed`, the Fact Check API's answer, one's
    /// own.
    pub claims: Located<Vec<PathBuf>>,
    /// The encoder that `watchfloor insight add` wrote; none: words alone.
    pub encoder: Option<Located<PathBuf>>,
    /// Weeks between two like it by chance that a burst must reach.
    pub rare: Located<u32>,
    /// False alarms that all bursts together may cost a week.
    pub false_alarms: Located<u32>,
    /// How long something must have been watched before it can surprise.
    pub warm_up: Located<Duration>,
    /// Authors that a burst needs.
    pub authors: Located<u32>,
}

impl Insight {
    pub(in super::super) fn read(s: &mut Section<'_>) -> Self {
        let minutes = |n: u64| Duration::from_secs(n * 60);
        Self {
            topics: s.or("topics", Vec::new()),
            claims: s.or("claims", Vec::new()),
            encoder: s.maybe("encoder"),
            rare: s.within("rare", 10, 1..=100_000),
            false_alarms: s.within("false_alarms", 5, 1..=1000),
            warm_up: s.within("warm_up", minutes(15), minutes(1)..=minutes(7 * 24 * 60)),
            authors: s.within("authors", 3, 1..=100),
        }
    }
}
