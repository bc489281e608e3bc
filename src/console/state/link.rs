//! How fresh the data is, and what may be done while it is not.
//!
//! Told by the link's news; shown in the header and the banner.

use crate::model::time::Timestamp;

/// Where the connection stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Phase {
    /// Nothing heard yet.
    #[default]
    Starting,
    /// A session began, the snapshot is not complete.
    Loading,
    /// Frames come.
    Live,
    /// No frame for too long.
    Stale(Timestamp),
    /// The connection is gone.
    Down(Timestamp),
}

/// The link as the console sees it.
#[derive(Debug, Default)]
pub struct Link {
    /// Where it stands.
    pub phase: Phase,
    /// Events known to be on the hub and not yet here.
    pub behind: u64,
    /// Which try to connect, from 1; 0 while connected.
    pub attempt: u32,
    /// Why there is no link: a sentence.
    pub why: Option<String>,
    /// Seconds until the next try.
    pub retry_s: Option<u64>,
    /// Since when the data is not live; the banner stays until caught up.
    pub since: Option<Timestamp>,
}

/// Why something outward must not be done now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("Nothing goes out while the data is old: wait until the link is live.")]
pub struct NotLive;

impl Link {
    /// Whether a session exists, so that the board is worth looking at.
    #[must_use]
    pub fn has_begun(&self) -> bool {
        !matches!(self.phase, Phase::Starting)
    }

    /// Whether commands go out now; otherwise they wait in the outbox.
    #[must_use]
    pub fn is_up(&self) -> bool {
        matches!(self.phase, Phase::Live | Phase::Loading)
    }

    /// Whether what is on screen is what the hub has.
    #[must_use]
    pub fn is_live(&self) -> bool {
        self.phase == Phase::Live && self.behind == 0 && self.since.is_none()
    }

    /// Guards whatever citizens would see: not on old data.
    ///
    /// # Errors
    /// [`NotLive`] while stale, down or behind.
    pub fn may_go_out(&self) -> Result<(), NotLive> {
        if self.is_live() { Ok(()) } else { Err(NotLive) }
    }

    /// Since when the data is old, when the officer has to be told so across
    /// the screen.
    #[must_use]
    pub fn banner(&self) -> Option<Timestamp> {
        match self.phase {
            Phase::Starting => None,
            Phase::Stale(since) | Phase::Down(since) => Some(self.since.unwrap_or(since)),
            Phase::Loading | Phase::Live => self.since,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_goes_out_on_old_data() {
        let mut link = Link::default();
        assert_eq!(link.may_go_out(), Err(NotLive));
        link.phase = Phase::Live;
        assert_eq!(link.may_go_out(), Ok(()));
        link.behind = 3;
        assert_eq!(link.may_go_out(), Err(NotLive));
        link.behind = 0;
        link.phase = Phase::Stale(Timestamp::from_millis(0));
        assert_eq!(link.may_go_out(), Err(NotLive));
    }
}
