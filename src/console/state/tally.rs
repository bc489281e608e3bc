//! What one item counts for: in the header's numbers, in saved views, and how it
//! needs the officer.
//!
//! Owns [`Tally`] and how it is added up; kept beside each item by `ledger`, summed
//! by `derived`.

use std::cmp::Reverse;

use crate::model::filter::Brief;
use crate::model::item::Item;
use crate::model::queue::{self, Counts, Queue, SortKey};
use crate::model::severity::Severity;
use crate::model::time::Timestamp;

/// Why something needs the officer, the most pressing first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Need {
    /// Critical, and nobody has it.
    Critical,
    /// An escalation that nobody has taken, what a rule calls for, or what is due
    /// soon or late.
    Waiting,
    /// The officer's, and late.
    Late,
    /// The officer's.
    Mine,
}

/// A need; late ones first, then the worse; when it is due, when it came.
pub(super) type Pressing = (Need, Reverse<bool>, Reverse<Severity>, Timestamp, Timestamp);

/// One item's part in the numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Tally {
    /// Which of [`Counts`] it is in, a bit each, in the order of its fields.
    pub(super) counts: u16,
    /// The saved views that it is in, a bit each.
    pub(super) saved: u16,
    /// Its severity's place among all, when it waits.
    pub(super) severity: Option<u8>,
    /// Its next clock ran out.
    pub(super) overdue: bool,
    /// What of attention it is in, a bit each: criticals, escalations, by rule,
    /// due, mine.
    pub(super) attention: u8,
    /// What filters ask of it most.
    pub(super) brief: Brief,
}

/// What was found of one item.
#[derive(Clone, Copy, Debug)]
pub(super) struct Judged {
    pub(super) place: SortKey,
    pub(super) tally: Tally,
    /// How it needs the officer: few do, so that it is kept apart.
    pub(super) pressing: Option<Pressing>,
    pub(super) wanted: bool,
}

impl Tally {
    /// What an item counts for, and how it needs the officer; `saved` as it was
    /// found.
    pub(super) fn of(
        item: &Item,
        pass: &super::floor::Pass<'_>,
        saved: u16,
    ) -> (Self, Option<Pressing>) {
        let one = Counts::of([item], &pass.viewer);
        let bits = fields(&one).into_iter().zip(0..);
        let counts = bits.fold(0, |all, (count, bit)| all | (u16::from(count > 0) << bit));
        let waits = one.all > 0;
        let urgency = item.urgency();
        let place = Severity::ALL.iter().position(|one| *one == urgency);
        let due = item.clocks.next_due();
        let overdue = waits && due.is_some_and(|at| at <= pass.asker.now);
        let mine = waits && item.triage.is_held_by(pass.viewer.officer);
        let need = match (mine, overdue) {
            (true, true) => Need::Late,
            (true, false) => Need::Mine,
            (false, _) if urgency == Severity::Critical => Need::Critical,
            (false, _) => Need::Waiting,
        };
        let due = due.unwrap_or(Timestamp::from_millis(i64::MAX));
        let calls = queue::calls_for(item, &pass.viewer);
        let tally = Self {
            counts,
            saved,
            severity: place.filter(|_| waits).and_then(|at| u8::try_from(at).ok()),
            overdue,
            attention: packed([
                calls.critical,
                calls.escalation,
                calls.rule,
                calls.due,
                calls.mine,
            ]),
            brief: Brief::of(item),
        };
        let (overdue, urgency) = (Reverse(overdue), Reverse(urgency));
        let pressing = (need, overdue, urgency, due, item.received_at);
        (tally, (one.needs_me > 0).then_some(pressing))
    }

    /// Whether it lies in a queue.
    pub(super) fn is_in(self, queue: Queue) -> bool {
        let bit = match queue {
            Queue::Mine => 0,
            Queue::Unassigned => 1,
            Queue::Team => 2,
            Queue::All => 3,
        };
        self.counts & (1 << bit) != 0
    }
}

fn packed(all: [bool; 5]) -> u8 {
    all.into_iter()
        .zip(0..)
        .fold(0, |sum, (is, bit)| sum | (u8::from(is) << bit))
}

/// The fields of the numbers, in one order.
fn fields(counts: &Counts) -> [usize; 9] {
    [
        counts.mine,
        counts.unassigned,
        counts.team,
        counts.all,
        counts.unassigned_critical,
        counts.escalations_waiting,
        counts.asleep,
        counts.suppressed,
        counts.needs_me,
    ]
}

/// Adds an item's part to the numbers, or takes it away.
pub(super) fn count(counts: &mut Counts, tally: Tally, add: bool) {
    let all = [
        &mut counts.mine,
        &mut counts.unassigned,
        &mut counts.team,
        &mut counts.all,
        &mut counts.unassigned_critical,
        &mut counts.escalations_waiting,
        &mut counts.asleep,
        &mut counts.suppressed,
        &mut counts.needs_me,
    ];
    for (bit, number) in all.into_iter().enumerate() {
        if tally.counts & (1 << bit) != 0 {
            *number = if add {
                *number + 1
            } else {
                number.saturating_sub(1)
            };
        }
    }
}
