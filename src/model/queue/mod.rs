//! The queues that an officer steps through, and the order within them.
//!
//! Owns what lies in which queue and what needs an officer; `counts` has the
//! numbers of the header, `order` the place of an item in the stream. Pure
//! functions over items; no state of its own.
//! Called by the console's state and by the hub for `counts`.

mod counts;
mod order;

#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::ids::{OfficerId, TeamName};
use super::item::{Item, Kind};
use super::severity::Severity;
use super::time::Timestamp;
use super::triage::{Assignee, State};

pub use counts::Counts;
pub use order::{Newest, SortKey, sort_key};

/// Who looks, and when.
#[derive(Clone, Copy, Debug)]
pub struct Viewer<'a> {
    /// The officer.
    pub officer: &'a OfficerId,
    /// The officer's teams.
    pub teams: &'a BTreeSet<TeamName>,
    /// The moment it is, by the hub's clock. What sleeps until then lies in
    /// its queue, also before (or, without a link, without) the hub's word.
    pub now: Timestamp,
}

/// A queue: a part of what is open, awake and not suppressed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Queue {
    /// The officer has it, by taking or by assignment.
    Mine,
    /// Nobody has it.
    Unassigned,
    /// Assigned to a team of the officer's, and no member has taken it.
    Team,
    /// All of it.
    #[default]
    All,
}

impl Queue {
    /// From left to right.
    pub const EVERY: [Self; 4] = [Self::Mine, Self::Unassigned, Self::Team, Self::All];

    /// The name of the tab.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Mine => "Mine",
            Self::Unassigned => "Unassigned",
            Self::Team => "Team",
            Self::All => "All",
        }
    }

    /// Whether `item` lies in it.
    #[must_use]
    pub fn contains(self, item: &Item, viewer: &Viewer<'_>) -> bool {
        waits(item, viewer.now)
            && match self {
                Self::Mine => item.triage.is_held_by(viewer.officer),
                Self::Unassigned => item.triage.is_unassigned(),
                Self::Team => is_for_team(item, viewer.teams),
                Self::All => true,
            }
    }
}

/// Whether `item` waits for `viewer`: it is the officer's, it is critical and
/// nobody has it, it is an escalation (of the chatbot, or by a colleague to
/// the next level) that nobody has taken, a rule calls for it and nobody has
/// it, or its clock has run three quarters of its time and nobody has taken it.
#[must_use]
pub fn needs_me(item: &Item, viewer: &Viewer<'_>) -> bool {
    waits(item, viewer.now)
        && (item.triage.is_held_by(viewer.officer)
            || is_unassigned_critical(item)
            || is_waiting_escalation(item, viewer)
            || is_called_by_rule(item)
            || is_pressed_by_clock(item, viewer))
}

/// Why an officer is called for an item; all false: not at all.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[allow(
    clippy::struct_excessive_bools,
    reason = "an item can have several reasons at once"
)]
pub struct CallsFor {
    /// Critical, and nobody has or has acknowledged it.
    pub critical: bool,
    /// An escalation that nobody has or has acknowledged.
    pub escalation: bool,
    /// A rule calls for it, and nobody has or has acknowledged it.
    pub rule: bool,
    /// Its clock is in its last quarter or over, nobody has or has acknowledged
    /// it, and it is none of the above.
    pub due: bool,
    /// The officer's own.
    pub mine: bool,
}

impl CallsFor {
    /// Whether there is a reason.
    #[must_use]
    pub fn any(self) -> bool {
        self != Self::default()
    }
}

/// Why `viewer` is to be called for `item`. Less than [`needs_me`]: what
/// somebody has acknowledged disturbs nobody.
#[must_use]
pub fn calls_for(item: &Item, viewer: &Viewer<'_>) -> CallsFor {
    if !waits(item, viewer.now) {
        return CallsFor::default();
    }
    let unseen = matches!(item.triage.state, State::New | State::Assigned { .. });
    let calls = CallsFor {
        critical: unseen && is_unassigned_critical(item),
        escalation: unseen && is_waiting_escalation(item, viewer),
        rule: unseen && is_called_by_rule(item),
        due: false,
        mine: item.triage.is_held_by(viewer.officer),
    };
    CallsFor {
        due: unseen && !calls.any() && is_pressed_by_clock(item, viewer),
        ..calls
    }
}

/// Whether `item` lies in the queues at `now`.
fn waits(item: &Item, now: Timestamp) -> bool {
    item.is_open() && item.triage.suppressed_by.is_none() && !sleeps(item, now)
}

fn sleeps(item: &Item, now: Timestamp) -> bool {
    item.triage
        .snooze
        .as_ref()
        .is_some_and(|snooze| now < snooze.wake.latest())
}

fn is_for_team(item: &Item, teams: &BTreeSet<TeamName>) -> bool {
    matches!(&item.triage.state,
        State::Assigned { to: Assignee::Team(team), .. } if teams.contains(team))
}

fn is_unassigned_critical(item: &Item) -> bool {
    item.triage.is_unassigned() && item.urgency() == Severity::Critical
}

fn is_called_by_rule(item: &Item) -> bool {
    item.triage.is_unassigned() && item.is_called_by_rule()
}

/// Whether nobody has taken `item` and its next clock, counted from when the
/// hub had it, is in its last quarter or over. Whoever gave a kind of item a
/// clock wants it seen to in time, whatever its severity; what has none does not
/// press.
fn is_pressed_by_clock(item: &Item, viewer: &Viewer<'_>) -> bool {
    let untaken = item.triage.is_unassigned() || is_for_team(item, viewer.teams);
    untaken
        && item.clocks.next_due().is_some_and(|due| {
            let quarter = due.since(item.received_at) / 4;
            viewer.now.plus(quarter) >= due
        })
}

fn is_waiting_escalation(item: &Item, viewer: &Viewer<'_>) -> bool {
    (item.content.kind == Kind::Escalation || item.triage.level > 0)
        && (item.triage.is_unassigned() || is_for_team(item, viewer.teams))
}
