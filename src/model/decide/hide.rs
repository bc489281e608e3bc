//! Suppress and its end: what matches is hidden for a time, with a reason, on
//! the desks of whoever hides it.
//!
//! Owns which items a suppression takes in when it begins and when something
//! arrives. Its end by the clock is `expiry`'s.

use std::collections::BTreeSet;

use super::Decision;
use super::command::Sheet;
use crate::model::board::Board;
use crate::model::command::{Refusal, RefusalCode};
use crate::model::event::{Body, Suppression};
use crate::model::filter::{Asker, Filter};
use crate::model::ids::{ItemKey, RuleName};
use crate::model::item::Item;
use crate::model::officer::{Desks, Role};
use crate::model::time::Timestamp;
use crate::text::Untrusted;

/// Begins a suppression and hides what waits and matches, except what somebody
/// else has.
pub(super) fn suppress(
    mut sheet: Sheet<'_>,
    filter: &str,
    until: Timestamp,
    reason: &Untrusted,
) -> Decision {
    if filter.trim().is_empty() {
        return sheet.invalid("An empty filter would hide everything: say what to hide.");
    }
    let filter = match Filter::parse(filter) {
        Ok(filter) => filter,
        Err(error) => return sheet.invalid(format!("The filter is wrong at {error}.")),
    };
    let (board, acting) = (sheet.board, sheet.acting);
    let officer = acting.officer;
    let suppression = Suppression {
        rule: name(board, sheet.command.id.0.as_u128()),
        filter,
        reason: reason.clone(),
        by: officer.id.clone(),
        at: acting.now,
        until,
        desks: officer.desks.clone(),
        hidden: 0,
    };
    let mut hidden: Vec<&Item> = board
        .items()
        .filter(|item| item.is_waiting())
        .filter(|item| item.triage.is_unassigned() || item.triage.is_held_by(&officer.id))
        .filter(|item| {
            let offset = acting.utc_offset_minutes;
            hides(&suppression, item, acting.now, offset)
        })
        .collect();
    hidden.sort_unstable_by_key(|item| item.id);
    let rule = suppression.rule.clone();
    let suppression = Box::new(suppression);
    sheet.floor(Body::SuppressionBegan { suppression });
    for item in hidden {
        let rule = rule.clone();
        sheet.fact(item, Body::ItemSuppressed { rule });
        sheet.accept(item);
    }
    sheet.done()
}

/// Ends a suppression before its time.
pub(super) fn unsuppress(mut sheet: Sheet<'_>, rule: &RuleName) -> Decision {
    let officer = sheet.acting.officer;
    let reached = sheet.board.suppression(rule).filter(|suppression| {
        suppression.by == officer.id
            || officer.role >= Role::Supervisor
            || overlap(&suppression.desks, &officer.desks)
    });
    if reached.is_none() {
        return sheet.refused(Refusal::new(
            RefusalCode::Unknown,
            format!("There is no suppression {rule} in force."),
        ));
    }
    let mut shown: Vec<ItemKey> = sheet
        .board
        .by_number()
        .filter(|item| item.triage.suppressed_by.as_ref() == Some(rule))
        .map(|item| item.key)
        .collect();
    sheet.floor(Body::SuppressionEnded {
        rule: rule.clone(),
        why: format!("{} ended it", officer.id),
    });
    shown.retain(|key| sheet.look(key).is_ok());
    for key in shown {
        if let Ok(item) = sheet.look(&key) {
            sheet.accept(item);
        }
    }
    sheet.done()
}

fn overlap(one: &Desks, other: &Desks) -> bool {
    match (one, other) {
        (Desks::All, _) | (_, Desks::All) => true,
        (Desks::Only(one), Desks::Only(other)) => !one.is_disjoint(other),
    }
}

/// "s-" and the last digits of the command, which are random; more of them in
/// the unlikely case that the name is taken.
fn name(board: &Board, command: u128) -> RuleName {
    let short = RuleName::new(&format!("s-{:08x}", command & 0xffff_ffff));
    short
        .ok()
        .filter(|name| board.suppression(name).is_none())
        .or_else(|| RuleName::new(&format!("s-{command:032x}")).ok())
        .expect("s- and hexadecimal digits are a name")
}

/// Whether a suppression hides an item. Nothing is anybody's own to it, so that
/// it hides the same for everyone.
pub(super) fn hides(
    suppression: &Suppression,
    item: &Item,
    now: Timestamp,
    utc_offset_minutes: i32,
) -> bool {
    let teams = BTreeSet::new();
    let asker = Asker {
        now,
        officer: None,
        teams: &teams,
        utc_offset_minutes,
        known: None,
    };
    suppression.until > now
        && suppression.desks.include(&item.desk)
        && suppression.filter.matches(item, &asker)
}
