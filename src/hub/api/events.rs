//! `GET /v1/events?since=`: the log from a sequence, for scripts and archives.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Query, State};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::caller::Caller;
use super::problem::Problem;
use crate::hub::Hub;
use crate::model::event::Event;
use crate::model::ids::Seq;
use crate::store::EventLog;

/// Events in one answer at the most.
const PAGE: usize = 1000;

/// From where.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Since {
    /// Events after this one; absent: from the beginning.
    #[serde(default)]
    since: u64,
    /// So many at the most.
    limit: Option<usize>,
}

/// An answer with events.
#[derive(Debug, Serialize, JsonSchema)]
pub struct EventList {
    /// In order; those that are not on your desks are left out.
    pub events: Vec<Event>,
    /// The last event that was looked at: pass it as `since`.
    pub to: Seq,
    /// The log's head.
    pub head: Seq,
}

/// `GET /v1/events`.
pub async fn list<L: EventLog>(
    State(hub): State<Arc<Hub<L>>>,
    caller: Caller,
    asked: Query<Since>,
) -> Result<Json<EventList>, Problem> {
    let limit = asked.limit.unwrap_or(PAGE).clamp(1, PAGE);
    let mut events = hub.log.read(Seq(asked.since), limit).await?;
    let to = events.last().map_or(Seq(asked.since), |event| event.seq);
    let desks = &caller.officer.desks;
    events.retain(|event| {
        let on_theirs = event.desk.as_ref().is_none_or(|desk| desks.include(desk));
        on_theirs && event.body.foretells().is_none()
    });
    Ok(Json(EventList {
        events,
        to,
        head: hub.fanout.head(),
    }))
}
