//! Who the officer is, what time it is, and the terminal's size and focus.
//!
//! Told by the link and the runtime; asked by everything that says "mine",
//! "now" or "here".

use std::collections::BTreeSet;

use jiff::tz::TimeZone;

use crate::console::msg::{ChannelLine, ChannelMood, SessionInfo, Watcher};
use crate::model::filter::Asker;
use crate::model::ids::{ItemKey, OfficerId, TeamName};
use crate::model::officer::Role;
use crate::model::outgoing::{Canned, Reach};
use crate::model::queue::Viewer;
use crate::model::time::Timestamp;
use crate::text::KnownNames;

/// Everything about here and now that is not the board.
#[derive(Debug, Default)]
pub struct Session {
    /// What the hub said of this session; none before the first connection.
    pub info: Option<Box<SessionInfo>>,
    /// The moment it is, by the hub's clock.
    pub now: Timestamp,
    /// Columns of the terminal.
    pub cols: u16,
    /// Rows of the terminal.
    pub rows: u16,
    /// Whether the terminal has the focus.
    pub focused: bool,
    /// Whether the line to the terminal is slow: frames come seldom.
    pub slow_line: bool,
    /// Who is on watch.
    pub watchers: Vec<Watcher>,
    /// How the channels are.
    pub channels: Vec<ChannelLine>,
    /// What can leave by which channel.
    pub reach: Reach,
    /// Replies that are kept ready.
    pub canned: Vec<Canned>,
    /// Milliseconds from receipt to fan-out, as the hub says.
    pub lag_ms: u64,
    /// Closed items that are on the hub and not here.
    pub closed_outside: u64,
    /// The officer's own zone; none: the floor's.
    pub own_zone: Option<TimeZone>,
    /// Names and hosts that are known here.
    pub known: KnownNames,
    no_teams: BTreeSet<TeamName>,
}

impl Session {
    /// My account.
    #[must_use]
    pub fn me(&self) -> Option<&OfficerId> {
        self.info.as_ref().map(|info| &info.officer)
    }

    /// My role; a viewer until the hub says otherwise.
    #[must_use]
    pub fn role(&self) -> Role {
        self.info.as_ref().map_or(Role::Viewer, |info| info.role)
    }

    /// My teams.
    #[must_use]
    pub fn teams(&self) -> &BTreeSet<TeamName> {
        self.info
            .as_ref()
            .map_or(&self.no_teams, |info| &info.teams)
    }

    /// The zone of all times on the screen: the officer's own, or the floor's.
    #[must_use]
    pub fn zone(&self) -> TimeZone {
        let floor = self.info.as_ref().map(|info| &info.zone);
        let zone = self.own_zone.as_ref().or(floor);
        zone.cloned().unwrap_or(TimeZone::UTC)
    }

    /// Minutes east of UTC there, now.
    #[must_use]
    pub fn offset(&self) -> i32 {
        let offset = self.zone().to_offset(self.now.to_jiff());
        offset.seconds().div_euclid(60)
    }

    /// Whose "mine" and "now" a filter means.
    #[must_use]
    pub fn asker(&self) -> Asker<'_> {
        Asker {
            now: self.now,
            officer: self.me(),
            teams: self.teams(),
            utc_offset_minutes: self.offset(),
            known: Some(&self.known),
        }
    }

    /// Whose queues; nobody's before the first connection.
    #[must_use]
    pub fn viewer(&self) -> Option<Viewer<'_>> {
        Some(Viewer {
            officer: self.me()?,
            teams: self.teams(),
            now: self.now,
        })
    }

    /// The others who have `key` open.
    pub fn lookers<'a>(&'a self, key: &'a ItemKey) -> impl Iterator<Item = &'a Watcher> {
        self.watchers
            .iter()
            .filter(move |w| Some(&w.officer) != self.me() && w.viewing.contains(key))
    }

    /// Whether another officer is writing on `key`.
    #[must_use]
    pub fn is_written_on(&self, key: &ItemKey) -> bool {
        self.watchers
            .iter()
            .any(|w| Some(&w.officer) != self.me() && w.typing.contains(key))
    }

    /// Channels that work, of those that should.
    #[must_use]
    pub fn channels_up(&self) -> (usize, usize) {
        let on = self
            .channels
            .iter()
            .filter(|line| line.state != ChannelMood::Off);
        let up = self
            .channels
            .iter()
            .filter(|line| matches!(line.state, ChannelMood::Up | ChannelMood::Connecting));
        (up.count(), on.count())
    }
}
