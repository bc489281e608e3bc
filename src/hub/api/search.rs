//! `GET /v1/search`: words in the archive, closed items too.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Query, State};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::caller::Caller;
use super::problem::Problem;
use crate::hub::Hub;
use crate::model::content::{Content, Kind};
use crate::model::ids::{DeskName, ItemId, ItemKey, Seq};
use crate::model::officer::Desks;
use crate::model::severity::Severity;
use crate::model::time::Timestamp;
use crate::store::EventLog;
use crate::store::archive;

/// What is searched for.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Asked {
    /// Words; all must occur. "Quoted words" are a phrase.
    #[serde(default)]
    q: String,
    /// So many at the most.
    limit: Option<usize>,
    /// Only items with a smaller number.
    before: Option<u64>,
}

/// An answer with what was found.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Hits {
    /// Newest first.
    pub hits: Vec<Hit>,
    /// How far the archive has read the log: it may trail by a second.
    pub indexed_upto: Seq,
}

/// One item that was found.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Hit {
    /// Its key.
    pub key: ItemKey,
    /// Its number.
    pub id: ItemId,
    /// The desk that it lies on.
    pub desk: DeskName,
    /// What sort of thing it is.
    pub kind: Kind,
    /// Severity after routing.
    pub severity: Severity,
    /// Its state in one word.
    pub state: String,
    /// When the hub had it.
    pub received_at: Timestamp,
    /// What the channel last said.
    pub content: Content,
}

/// `GET /v1/search`.
pub async fn search<L: EventLog>(
    State(hub): State<Arc<Hub<L>>>,
    caller: Caller,
    asked: Query<Asked>,
) -> Result<Json<Hits>, Problem> {
    let archive = hub.archive.as_ref().ok_or_else(|| {
        Problem::unavailable("This hub keeps no archive; list items with /v1/items.".to_owned())
    })?;
    let desks = match &caller.officer.desks {
        Desks::All => None,
        Desks::Only(desks) => Some(desks.iter().cloned().collect()),
    };
    let query = archive::Query {
        words: asked.q.clone(),
        desks,
        before: asked.before.map(ItemId),
        limit: asked.limit.unwrap_or(50).min(500),
    };
    let hits = archive.search(query).await?.into_iter().map(told).collect();
    Ok(Json(Hits {
        hits,
        indexed_upto: archive.indexed_upto(),
    }))
}

fn told(hit: archive::Hit) -> Hit {
    Hit {
        key: hit.key,
        id: hit.id,
        desk: hit.desk,
        kind: hit.kind,
        severity: hit.severity,
        state: hit.state,
        received_at: hit.received_at,
        content: hit.content,
    }
}
