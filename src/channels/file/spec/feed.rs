//! A feed.

use std::time::Duration;

use super::request::Request;

/// A feed that we poll.
#[derive(Debug)]
pub(in crate::channels) struct FeedSource {
    /// What is fetched.
    pub(in crate::channels) request: Request,
    /// How often.
    pub(in crate::channels) interval: Duration,
    /// How much earlier or later, in percent of the interval.
    pub(in crate::channels) jitter: u32,
    /// Longest that one poll may take, redirects and body included.
    pub(in crate::channels) timeout: Duration,
    /// How many entries are remembered as seen.
    pub(in crate::channels) keep: usize,
    /// How old an entry may be to be taken at the very first poll.
    pub(in crate::channels) first_poll_within: Duration,
    /// Hosts that it may call; that of the URL when empty, any public one for
    /// `*`.
    pub(in crate::channels) hosts: Vec<String>,
}
