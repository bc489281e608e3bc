//! The queues that an officer steps through, and the order within them.
//!
//! Pure functions over items; no state of its own.

use std::collections::BTreeSet;

use super::ids::{OfficerId, TeamName};
use super::item::{Item, Kind};
use super::severity::Severity;
use super::triage::{Assignee, State};

/// A queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Queue {
    /// What I hold or am to do.
    Mine,
    /// What nobody has.
    Unassigned,
    /// What my teams are to do.
    Team,
    /// All that waits.
    All,
}

/// Who looks.
#[derive(Clone, Copy, Debug)]
pub struct Viewer<'a> {
    /// The officer.
    pub officer: &'a OfficerId,
    /// The officer's teams.
    pub teams: &'a BTreeSet<TeamName>,
}

impl Queue {
    /// In the order of the screen.
    pub const ALL: [Self; 4] = [Self::Mine, Self::Unassigned, Self::Team, Self::All];

    /// Whether `item` lies in it.
    #[must_use]
    pub fn contains(self, item: &Item, viewer: &Viewer<'_>) -> bool {
        item.is_waiting()
            && match self {
                Self::Mine => item.triage.is_held_by(viewer.officer),
                Self::Unassigned => item.triage.is_unassigned(),
                Self::Team => {
                    matches!(&item.triage.state, State::Assigned { to: Assignee::Team(team), .. } if viewer.teams.contains(team))
                }
                Self::All => true,
            }
    }
}

/// Whether the officer has to look at it.
#[must_use]
pub fn needs_me(item: &Item, viewer: &Viewer<'_>) -> bool {
    item.is_waiting()
        && (item.triage.is_held_by(viewer.officer)
            || (item.triage.is_unassigned()
                && (item.urgency() == Severity::Critical
                    || item.content.kind == Kind::Escalation
                    || item.triage.returned.is_some())))
}
