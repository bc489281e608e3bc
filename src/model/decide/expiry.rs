//! What clocks and lost holders bring about.
//!
//! Each looks again whether it is still so: between the tick and the decision
//! somebody may have dealt with it.

use super::command::about;
use crate::model::board::{Board, Expiry};
use crate::model::event::{Body, ClockName, Fact, LapseReason};
use crate::model::ids::{ItemKey, OfficerId, RuleName, Seq};
use crate::model::item::{Due, Item};
use crate::model::time::Timestamp;
use crate::model::triage::{State, Wake};

/// The facts of an expiry.
pub(super) fn decide(board: &Board, expiry: &Expiry, now: Timestamp) -> Vec<Fact> {
    let fact = match expiry {
        Expiry::Snooze(key) => open(board, key).and_then(|item| snooze(item, now)),
        Expiry::Assignment(key) => open(board, key).and_then(|item| assignment(item, now)),
        Expiry::Sla(key, clock) => open(board, key).and_then(|item| sla(item, *clock, now)),
        Expiry::Suppression(rule) => suppression(board, rule, now),
    };
    fact.into_iter().collect()
}

fn open<'b>(board: &'b Board, key: &ItemKey) -> Option<&'b Item> {
    board.item(key).filter(|item| item.is_open())
}

fn snooze(item: &Item, now: Timestamp) -> Option<Fact> {
    let wake = item.triage.snooze.as_ref()?.wake;
    let why = match wake {
        Wake::At(_) => "snooze over",
        Wake::NextReply { .. } => "no reply came",
    };
    let why = why.to_owned();
    (wake.latest() <= now).then(|| about(item, Body::ItemWoke { why }))
}

fn assignment(item: &Item, now: Timestamp) -> Option<Fact> {
    match &item.triage.state {
        State::Assigned {
            to,
            answer_by: Some(by),
            ..
        } if *by <= now => Some(about(item, Body::AssignmentLapsed { to: to.clone() })),
        _ => None,
    }
}

fn sla(item: &Item, clock: ClockName, now: Timestamp) -> Option<Fact> {
    let late = |due: &Due| due.runs() && !due.breached && due.at <= now;
    item.clocks
        .clock(clock)
        .filter(late)
        .filter(|_| item.triage.suppressed_by.is_none())
        .map(|_| about(item, Body::SlaBreached { clock }))
}

fn suppression(board: &Board, rule: &RuleName, now: Timestamp) -> Option<Fact> {
    let suppression = board.suppression(rule).filter(|s| s.until <= now)?;
    Some(Fact {
        key: None,
        desk: None,
        after: Seq(0),
        body: Body::SuppressionEnded {
            rule: suppression.rule.clone(),
            why: "its time is up".to_owned(),
        },
    })
}

/// Everything that `holder` has taken goes back to the queue.
pub(super) fn lapse(board: &Board, holder: &OfficerId, why: LapseReason) -> Vec<Fact> {
    let mut held: Vec<&Item> = board
        .items()
        .filter(|item| matches!(&item.triage.state, State::Taken { by, .. } if by == holder))
        .collect();
    held.sort_unstable_by_key(|item| item.id);
    held.into_iter()
        .map(|item| {
            let holder = holder.clone();
            about(item, Body::LeaseLapsed { holder, why })
        })
        .collect()
}
