//! `GET /v1/search`: words in the archive, closed items too.

use schemars::JsonSchema;
use serde::Serialize;

use crate::model::ids::{ItemId, ItemKey};
use crate::model::time::Timestamp;

/// An answer with what was found.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Hits {
    /// Newest first.
    pub hits: Vec<Hit>,
    /// How far the archive has read the log: it may trail by a second.
    pub indexed_upto: crate::model::ids::Seq,
}

/// One item that was found.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Hit {
    /// Its key.
    pub key: ItemKey,
    /// Its number.
    pub id: ItemId,
    /// When the hub had it.
    pub received_at: Timestamp,
}
