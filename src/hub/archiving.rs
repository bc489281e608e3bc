//! Feeds the archive: what the log says since the archive last looked, as
//! items are now. May trail the log by a second; the log never waits for it.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use tokio_util::sync::CancellationToken;
use tracing::warn;

use super::Hub;
use super::desk::fold_item;
use crate::model::event::Body;
use crate::model::ids::{ItemKey, Seq};
use crate::store::archive::{Archive, Change, IndexEntry};
use crate::store::{EventLog, LogError, SqliteLog};

/// Events looked at in one go.
const PAGE: usize = 1_000;
/// How long to wait when there is nothing new: searches trail by no more.
const PAUSE: Duration = Duration::from_millis(250);
/// How long to wait after a failure.
const AFTER_FAILURE: Duration = Duration::from_secs(5);

/// Feeds `archive` until `stop`.
pub async fn run(hub: Arc<Hub<SqliteLog>>, archive: Arc<Archive>, stop: CancellationToken) {
    loop {
        let pause = match feed(&hub, &archive).await {
            Ok(true) => Duration::ZERO,
            Ok(false) => {
                hub.trouble.clear("archive");
                PAUSE
            }
            Err(error) => {
                warn!(message = "The archive could not be fed; the log is not affected.", %error);
                hub.trouble
                    .set("archive", format!("Search trails: {error}"));
                AFTER_FAILURE
            }
        };
        if stop
            .run_until_cancelled(tokio::time::sleep(pause))
            .await
            .is_none()
        {
            return;
        }
    }
}

/// One page; whether there may be more.
async fn feed(hub: &Hub<SqliteLog>, archive: &Archive) -> Result<bool, LogError> {
    let from = archive.indexed_upto();
    if from >= hub.fanout.head() {
        return Ok(false);
    }
    let events = hub.log.read(from, PAGE).await?;
    let Some(last) = events.last().map(|event| event.seq) else {
        return Ok(false);
    };
    let mut changed: BTreeMap<ItemKey, Seq> = BTreeMap::new();
    for event in &events {
        if let Some(key) = event.key
            && !matches!(
                event.body,
                Body::SlaBreached { .. } | Body::NoteAdded { .. }
            )
        {
            changed.insert(key, event.seq);
        }
    }
    let mut entries = Vec::with_capacity(changed.len());
    for key in changed.into_keys() {
        let item = match hub.desk.board(|board| board.item(&key).cloned()) {
            Some(item) => Some(item),
            None => fold_item(&*hub.log, key).await?,
        };
        entries.extend(item.map(|item| IndexEntry { seq: last, item }));
    }
    let change = if entries.is_empty() {
        Change::Advance(last)
    } else {
        Change::Index(entries)
    };
    archive.change(change).await?;
    Ok(events.len() == PAGE)
}
