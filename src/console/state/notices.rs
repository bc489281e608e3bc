//! How the officer is called, and what of it was held back: told by the
//! runtime, shown on a page.

use crate::model::time::Timestamp;

/// How calls stand.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[allow(
    clippy::struct_excessive_bools,
    reason = "independent facts, not a state"
)]
pub struct Notices {
    /// How notices are shown, in our words; none: not at all.
    pub way: Option<&'static str>,
    /// The bell rings.
    pub bell: bool,
    /// The title counts.
    pub title: bool,
    /// Desktop or program did not work and are given up.
    pub gave_up: bool,
    /// Calls that were made.
    pub made: u64,
    /// The last of them.
    pub last: Option<Timestamp>,
    /// Notices not shown because the terminal had the focus.
    pub held_focused: u64,
    /// Notices not shown because it was quiet.
    pub held_quiet: u64,
    /// Notices not shown because there were too many in the hour.
    pub held_hourly: u64,
    /// When it is quiet, in minutes of the day.
    pub quiet: Option<(u16, u16)>,
    /// A notice names the rule.
    pub tells_rule: bool,
    /// The administrator allows less than the officer wished.
    pub capped: bool,
}

impl Notices {
    /// Notices that were held back, for whatever reason.
    #[must_use]
    pub fn held(&self) -> u64 {
        self.held_focused + self.held_quiet + self.held_hourly
    }
}
