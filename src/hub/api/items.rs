//! `GET /v1/items`, one item, its history, its evidence.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::caller::Caller;
use super::problem::Problem;
use crate::hub::Hub;
use crate::model::event::Event;
use crate::model::filter::{Asker, Filter};
use crate::model::ids::{ItemId, ItemKey};
use crate::model::item::Item;
use crate::model::officer::Officer;
use crate::store::EventLog;

/// Items in one answer at the most.
const PAGE: usize = 1000;

/// What of the items is asked for.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Asked {
    /// A filter; absent: all.
    filter: Option<String>,
    /// So many at the most, newest first.
    limit: Option<usize>,
    /// Only those with a smaller number.
    before: Option<u64>,
}

/// An answer with items.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ItemList {
    /// Newest first.
    pub items: Vec<Item>,
    /// Pass it as `before` for the next page; absent on the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<ItemId>,
}

/// `GET /v1/items`: of the board (open, and closed not long ago).
pub async fn list<L: EventLog>(
    State(hub): State<Arc<Hub<L>>>,
    caller: Caller,
    asked: Query<Asked>,
) -> Result<Json<ItemList>, Problem> {
    let source = asked.filter.as_deref().unwrap_or_default();
    let filter = Filter::parse(source)
        .map_err(|error| Problem::invalid(format!("The filter has an error at {error}")))?;
    let limit = asked.limit.unwrap_or(200).min(PAGE);
    let before = asked.before.map_or(ItemId(u64::MAX), ItemId);
    let now = hub.clock.now();
    let who = Asker {
        now,
        officer: Some(&caller.officer.id),
        teams: &caller.officer.teams,
        utc_offset_minutes: hub.utc_offset_minutes(now),
        known: None,
    };
    let mut items: Vec<Item> = hub.desk.board(|board| {
        let newest = board.by_number().rev().filter(|item| item.id < before);
        let mine = newest.filter(|item| caller.officer.desks.include(&item.desk));
        mine.filter(|item| filter.matches(item, &who))
            .take(limit + 1)
            .cloned()
            .collect()
    });
    let more = items.len() > limit;
    items.truncate(limit);
    let next = items.last().filter(|_| more).map(|item| item.id);
    Ok(Json(ItemList { items, next }))
}

/// `GET /v1/items/{key|id}`.
pub async fn one<L: EventLog>(
    State(hub): State<Arc<Hub<L>>>,
    caller: Caller,
    Path(name): Path<String>,
) -> Result<Json<Item>, Problem> {
    find(&hub, &caller.officer, &name).await.map(Json)
}

/// `GET /v1/items/{key|id}/history`: every event about it.
pub async fn history<L: EventLog>(
    State(hub): State<Arc<Hub<L>>>,
    caller: Caller,
    Path(name): Path<String>,
) -> Result<Json<Vec<Event>>, Problem> {
    let item = find(&hub, &caller.officer, &name).await?;
    Ok(Json(hub.log.history(item.key).await?))
}

/// `GET /v1/items/{key|id}/raw`: the newest document that it came in, as it
/// came; `?seq=` chooses another.
pub async fn raw<L: EventLog>(
    State(hub): State<Arc<Hub<L>>>,
    caller: Caller,
    Path(name): Path<String>,
) -> Result<Response, Problem> {
    let item = find(&hub, &caller.officer, &name).await?;
    let (seq, document) = hub.log.raw(item.key).await?.pop().ok_or_else(|| {
        Problem::not_found(format!("The evidence of {} is not here any more.", item.id))
    })?;
    // Never rendered by whoever fetches it: it is a stranger's document.
    let headers = [
        (header::CONTENT_TYPE, "application/octet-stream".to_owned()),
        (
            header::CONTENT_DISPOSITION,
            format!("attachment; filename=\"{}-{seq}.bin\"", item.key),
        ),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff".to_owned()),
    ];
    Ok((headers, document).into_response())
}

/// The item that a path names, by key or number, on the officer's desks.
pub(super) async fn find<L: EventLog>(
    hub: &Hub<L>,
    officer: &Officer,
    name: &str,
) -> Result<Item, Problem> {
    let unknown = || Problem::not_found(format!("There is no item {} on your desks.", named(name)));
    let key = if let Ok(key) = name.parse::<ItemKey>() {
        key
    } else {
        let number = name.trim_start_matches('#').parse().map_err(|_| {
            Problem::invalid("An item is named by its number or its key of 32 digits.".to_owned())
        })?;
        let on_board = hub
            .desk
            .board(|board| board.by_id(ItemId(number)).map(|item| item.key));
        match on_board {
            Some(key) => key,
            None => hub.log.key_of(ItemId(number)).await?.ok_or_else(unknown)?,
        }
    };
    let item = match hub.desk.board(|board| board.item(&key).cloned()) {
        Some(item) => item,
        None => crate::hub::desk::fold_item(&*hub.log, key)
            .await?
            .ok_or_else(unknown)?,
    };
    officer
        .desks
        .include(&item.desk)
        .then_some(item)
        .ok_or_else(unknown)
}

/// A name fit to be repeated in an error.
fn named(name: &str) -> String {
    name.chars()
        .filter(char::is_ascii_alphanumeric)
        .take(32)
        .collect()
}
