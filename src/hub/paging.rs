//! The hub's side of the second way out: which criticals nobody has, and what
//! became of the pages, for the log.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::Hub;
use crate::model::board::Board;
use crate::model::event::Body;
use crate::model::item::Item;
use crate::model::severity::Severity;
use crate::model::time::Timestamp;
use crate::model::triage::State;
use crate::page::{Notice, Outcome, Pager, Pages, Unattended};
use crate::store::EventLog;

/// How often it is looked whether a page is due.
const LOOK: Duration = Duration::from_secs(1);

/// Looks and pages until `stop`.
pub async fn run<L: EventLog>(
    hub: Arc<Hub<L>>,
    (out, mut left): (Pager, Pages),
    mut reports: mpsc::Receiver<Outcome>,
    stop: CancellationToken,
) {
    let mut look = tokio::time::interval(LOOK);
    look.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Skip);
    loop {
        tokio::select! {
            _ = look.tick() => page(&hub, &out, &mut left),
            Some(outcome) = reports.recv() => report(&hub, outcome).await,
            () = stop.cancelled() => return,
        }
    }
}

fn page<L: EventLog>(hub: &Hub<L>, out: &Pager, left: &mut Pages) {
    let now = hub.clock.now();
    let waiting = hub.desk.board(|board| unattended(board, now));
    let due = left.decide(now, &waiting, hub.presence.sessions());
    if let Some(notice) = Notice::of(uuid::Uuid::now_v7(), &hub.settings.name, now, &due)
        && out.has_ways()
    {
        out.send(&notice);
    }
}

async fn report<L: EventLog>(hub: &Hub<L>, outcome: Outcome) {
    match &outcome.failed {
        Some(why) => hub.trouble.set(
            "page",
            format!("A page by {} did not leave: {why}.", outcome.by),
        ),
        None => hub.trouble.clear("page"),
    }
    let body = Body::PageSent {
        by: outcome.by.to_owned(),
        why: outcome.notice.text,
        failed: outcome.failed,
    };
    hub.desk.record(body).await;
}

/// The criticals that nobody acknowledged or took.
fn unattended(board: &Board, now: Timestamp) -> Vec<Unattended> {
    board
        .items()
        .filter(|item| is_unattended(item, now))
        .map(of)
        .collect()
}

fn is_unattended(item: &Item, now: Timestamp) -> bool {
    item.urgency() == Severity::Critical
        && item.is_waiting()
        && match &item.triage.state {
            State::New => true,
            State::Acknowledged { until, .. } => *until <= now,
            State::Assigned { .. } | State::Taken { .. } | State::Resolved { .. } => false,
        }
}

fn of(item: &Item) -> Unattended {
    let since = match &item.triage.state {
        State::Acknowledged { until, .. } => *until,
        _ => item
            .triage
            .returned
            .as_ref()
            .map_or(item.received_at, |back| back.at),
    };
    Unattended {
        key: item.key,
        id: item.id,
        since,
        rules: item
            .reasons
            .iter()
            .map(|reason| reason.rule.clone())
            .collect(),
    }
}
