//! What the operator set, as the hub's rooms need it.

use std::time::Duration;

use crate::model::outgoing::Canned;
use crate::wire::limits::{Limits, NoticesTell};

/// What sessions and desk are held to.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The floor's name.
    pub name: String,
    /// The floor's IANA zone.
    pub zone: String,
    /// Without a key for so long an officer holds nothing any more.
    pub idle_limit: Duration,
    /// Without a link for so long an officer holds nothing any more.
    pub link_lost: Duration,
    /// How long reminders rest after an acknowledgement.
    pub ack_rest: Duration,
    /// How long a message can be taken back before it leaves.
    pub hold: Duration,
    /// Replies that are kept ready.
    pub canned: Vec<Canned>,
    /// How much officers' notices may tell at the most.
    pub notices: NoticesTell,
    /// Without a key for so long consoles lock at the latest; none: they may
    /// never lock.
    pub lock_ceiling: Option<Duration>,
    /// How long closed items stay on the board.
    pub keep_closed: Duration,
    /// How many of them at the most.
    pub closed_items: usize,
    /// Whether this floor plays the demo.
    pub demo: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            name: "Watch floor".to_owned(),
            zone: "UTC".to_owned(),
            idle_limit: Duration::from_mins(20),
            link_lost: Duration::from_secs(90),
            ack_rest: Duration::from_mins(15),
            hold: Duration::from_secs(10),
            canned: Vec::new(),
            notices: NoticesTell::Rule,
            lock_ceiling: Some(Duration::from_mins(15)),
            keep_closed: Duration::from_hours(24),
            closed_items: 50_000,
            demo: false,
        }
    }
}

impl Settings {
    /// What a session is told.
    #[must_use]
    pub fn limits(&self) -> Limits {
        Limits {
            idle_s: self.idle_limit.as_secs(),
            link_lost_s: self.link_lost.as_secs(),
            notices: (self.notices != NoticesTell::Rule).then_some(self.notices),
            lock_after_s: self.lock_ceiling.map(|span| span.as_secs()),
            ..Limits::default()
        }
    }
}
