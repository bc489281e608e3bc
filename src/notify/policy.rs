//! When to call the officer: the first critical at once, then seldom, and again
//! while a critical has nobody.
//!
//! Pure: what needs the officer and the moment come in as values. Holds no
//! text. Called by [`super::calls`].

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use super::quiet::Hours;
use super::template::Counts;
use crate::model::ids::ItemKey;
use crate::model::time::Timestamp;

/// After a call about criticals, further ones are gathered this long.
const CRITICAL_GATHER: Duration = Duration::from_secs(5);
/// After a call about anything else, more is gathered this long.
const OTHER_GATHER: Duration = Duration::from_mins(1);
/// Calls about a critical that has nobody: so long after the one before, the
/// last one again and again.
const REPEATS: [Duration; 3] = [
    Duration::from_mins(1),
    Duration::from_mins(2),
    Duration::from_mins(5),
];
/// Calls an hour about what is not critical; an hour may begin with them all.
const PER_HOUR: f64 = 12.0;

/// What needs the officer now, as keys, so that what is new can be told.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Needs {
    /// Critical, neither acknowledged nor anybody's.
    pub criticals: BTreeSet<ItemKey>,
    /// Mine, or lying on top again for me.
    pub mine: BTreeSet<ItemKey>,
    /// Escalations that nobody has.
    pub escalations: BTreeSet<ItemKey>,
    /// What a rule calls for and nobody has.
    pub by_rule: BTreeSet<ItemKey>,
    /// What nobody has and whose clock is in its last quarter or over.
    pub due: BTreeSet<ItemKey>,
}

/// A call for the officer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Call {
    /// Whether a critical is the reason.
    pub critical: bool,
    /// Ring the terminal's bell.
    pub bell: bool,
    /// Show a notice where there is a way.
    pub notice: bool,
    /// What needs the officer now.
    pub counts: Counts,
}

/// Notices that were due and not shown, by what held them back: told on a page,
/// for nothing is held back in silence.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Held {
    /// The terminal had the focus; for a critical the bell rang all the same.
    pub focused: u64,
    /// It was quiet.
    pub quiet: u64,
    /// There were too many within the hour.
    pub hourly: u64,
}

/// A critical that has nobody, and when it was or will be called out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Unattended {
    calls: usize,
    next: Timestamp,
}

/// The policy's memory.
#[derive(Clone, Debug)]
pub struct Policy {
    needs: Needs,
    unattended: BTreeMap<ItemKey, Unattended>,
    /// New since the last call, and not critical.
    others: BTreeSet<ItemKey>,
    last_critical: Option<Timestamp>,
    last_other: Option<Timestamp>,
    tokens: f64,
    filled: Option<Timestamp>,
    focused: bool,
    /// What the officer was called for and is still so.
    called_for: Needs,
    /// All of it is over: the notice can be taken back.
    over: bool,
    quiet: Option<Hours>,
    held: Held,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            needs: Needs::default(),
            unattended: BTreeMap::new(),
            others: BTreeSet::new(),
            last_critical: None,
            last_other: None,
            tokens: PER_HOUR,
            filled: None,
            focused: false,
            called_for: Needs::default(),
            over: false,
            quiet: None,
            held: Held::default(),
        }
    }
}

impl Policy {
    /// What needs the officer changed.
    pub fn needs(&mut self, needs: Needs, now: Timestamp) {
        // Taken, acknowledged or closed: its reminders end.
        self.unattended
            .retain(|key, _| needs.criticals.contains(key));
        for key in &needs.criticals {
            self.unattended.entry(*key).or_insert(Unattended {
                calls: 0,
                next: now,
            });
        }
        let fresh = |is: &BTreeSet<ItemKey>, was: &BTreeSet<ItemKey>| -> Vec<ItemKey> {
            is.difference(was).copied().collect()
        };
        let mine = fresh(&needs.mine, &self.needs.mine);
        let escalations = fresh(&needs.escalations, &self.needs.escalations);
        let by_rule = fresh(&needs.by_rule, &self.needs.by_rule);
        let due = fresh(&needs.due, &self.needs.due);
        let called = escalations.into_iter().chain(by_rule).chain(due);
        self.others.extend(mine.into_iter().chain(called));
        self.others.retain(|key| {
            [&needs.mine, &needs.escalations, &needs.by_rule, &needs.due]
                .iter()
                .any(|keys| keys.contains(key))
        });
        // One call is enough for an item that is critical as well.
        self.others.retain(|key| !needs.criticals.contains(key));
        self.needs = needs;
        self.notice_end(|called, needs| {
            called.criticals.retain(|key| needs.criticals.contains(key));
            called
                .escalations
                .retain(|key| needs.escalations.contains(key));
            called.by_rule.retain(|key| needs.by_rule.contains(key));
            called.due.retain(|key| needs.due.contains(key));
            called.mine.retain(|key| needs.mine.contains(key));
        });
    }

    /// Quiet hours; none: it is never quiet.
    pub fn set_quiet(&mut self, hours: Option<Hours>) {
        self.quiet = hours;
    }

    /// Whether all that the officer was called for is over (taken,
    /// acknowledged, closed) since this was last asked.
    pub fn take_over(&mut self) -> bool {
        std::mem::take(&mut self.over)
    }

    fn notice_end(&mut self, what_ended: impl FnOnce(&mut Needs, &Needs)) {
        let before = self.called_for != Needs::default();
        what_ended(&mut self.called_for, &self.needs);
        self.over |= before && self.called_for == Needs::default();
    }

    /// What lies there when the officer comes is on the screen: it is not news.
    /// A critical without anybody is called out again all the same, later.
    pub fn starts_with(&mut self, needs: Needs, now: Timestamp) {
        self.needs(needs, now);
        self.others.clear();
        for item in self.unattended.values_mut() {
            item.calls = 1;
            item.next = now.plus(REPEATS[0]);
        }
    }

    /// The terminal has the focus, or lost it. A terminal that never tells
    /// counts as without.
    pub fn focus(&mut self, focused: bool) {
        self.focused = focused;
        if focused {
            // Who looks at the floor sees what is his or hers.
            self.notice_end(|called, _| called.mine.clear());
        }
    }

    /// How many need the officer now.
    #[must_use]
    pub fn counts(&self) -> Counts {
        Counts {
            criticals: self.needs.criticals.len(),
            mine: self.needs.mine.len(),
            escalations: self.needs.escalations.len(),
            by_rule: self.needs.by_rule.len(),
            due: self.needs.due.len(),
        }
    }

    /// Notices that were due and not shown.
    #[must_use]
    pub fn held(&self) -> Held {
        self.held
    }

    /// When [`Policy::due`] is to be asked next; none when nothing waits.
    #[must_use]
    pub fn next_due(&self) -> Option<Timestamp> {
        let critical = self.unattended.values().map(|item| item.next).min();
        let critical = critical.map(|at| after(at, self.last_critical, CRITICAL_GATHER));
        let other = (!self.others.is_empty())
            .then(|| after(Timestamp::default(), self.last_other, OTHER_GATHER));
        critical.into_iter().chain(other).min()
    }

    /// The call that is due now, if one is.
    pub fn due(&mut self, now: Timestamp) -> Option<Call> {
        self.critical_due(now).or_else(|| self.other_due(now))
    }

    fn critical_due(&mut self, now: Timestamp) -> Option<Call> {
        if after(now, self.last_critical, CRITICAL_GATHER) > now {
            return None;
        }
        let mut any = false;
        for item in self.unattended.values_mut().filter(|item| item.next <= now) {
            any = true;
            let wait = REPEATS[item.calls.min(REPEATS.len() - 1)];
            item.calls += 1;
            item.next = now.plus(wait);
        }
        if !any {
            return None;
        }
        self.last_critical = Some(now);
        if self.focused {
            self.held.focused += 1;
        } else {
            self.calls_for_all();
        }
        Some(Call {
            critical: true,
            bell: true,
            notice: !self.focused,
            counts: self.counts(),
        })
    }

    fn other_due(&mut self, now: Timestamp) -> Option<Call> {
        if self.others.is_empty() || after(now, self.last_other, OTHER_GATHER) > now {
            return None;
        }
        self.others.clear();
        self.last_other = Some(now);
        let held = if self.focused {
            Some(&mut self.held.focused)
        } else if self.quiet.as_ref().is_some_and(|hours| hours.cover(now)) {
            Some(&mut self.held.quiet)
        } else if !self.take_token(now) {
            Some(&mut self.held.hourly)
        } else {
            None
        };
        if let Some(count) = held {
            *count += 1;
            return None;
        }
        self.calls_for_all();
        Some(Call {
            critical: false,
            bell: true,
            notice: true,
            counts: self.counts(),
        })
    }

    /// A notice tells of everything: it is over when that is.
    fn calls_for_all(&mut self) {
        self.called_for = self.needs.clone();
        // What is the officer's own stays so for hours. It counts while it is
        // all that there is, and not as long as somebody is awaited.
        let awaited = [
            &self.needs.criticals,
            &self.needs.escalations,
            &self.needs.by_rule,
            &self.needs.due,
        ];
        if awaited.iter().any(|keys| !keys.is_empty()) {
            self.called_for.mine.clear();
        }
        self.over = false;
    }

    fn take_token(&mut self, now: Timestamp) -> bool {
        let since = self.filled.map_or(Duration::ZERO, |then| now.since(then));
        let gained = since.as_secs_f64() / 3600.0 * PER_HOUR;
        self.tokens = (self.tokens + gained).min(PER_HOUR);
        self.filled = Some(now);
        let any = self.tokens >= 1.0;
        if any {
            self.tokens -= 1.0;
        }
        any
    }
}

/// `at`, but not sooner than `gap` after `last`.
fn after(at: Timestamp, last: Option<Timestamp>, gap: Duration) -> Timestamp {
    last.map_or(at, |last| at.max(last.plus(gap)))
}

#[cfg(test)]
#[path = "policy_tests.rs"]
mod tests;
