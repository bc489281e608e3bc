//! Which items an erasure is about, and whose words are in them.
//!
//! Owns the search through the log itself: the archive may trail, and what is
//! to be erased must be found. Asked by `erase`, on a reader.

use std::collections::{BTreeMap, HashSet};

use rusqlite::params;

use super::erase::Selector;
use super::holds::Hold;
use super::readers::Reader;
use super::rows::{self, sql};
use super::words::wordy;
use crate::model::event::Body;
use crate::model::hold::HoldScope;
use crate::model::ids::{ChannelName, ItemKey};
use crate::model::time::Timestamp;
use crate::store::error::LogError;

/// An item that is to be erased.
pub(super) struct Found {
    /// The item.
    pub(super) key: ItemKey,
    authors: HashSet<(ChannelName, String)>,
}

impl Found {
    /// The hold that is on it.
    pub(super) fn held<'a>(&self, holds: &'a [Hold]) -> Option<&'a Hold> {
        holds.iter().find(|hold| match &hold.scope {
            HoldScope::All => true,
            HoldScope::Item(key) => *key == self.key,
            HoldScope::Author { channel, author } => self
                .authors
                .iter()
                .any(|(by, id)| by == channel && id == author.as_evidence()),
        })
    }
}

/// The items that `selector` means, with their authors.
pub(super) fn find(reader: &Reader, selector: &Selector) -> Result<Vec<Found>, LogError> {
    let keys = match selector {
        Selector::Items(keys) => keys.clone(),
        Selector::Author { channel, author } => {
            spoken(reader, channel, author.as_evidence()).map_err(|e| reader.failed(&e))?
        }
        Selector::OlderThan(then) => older(reader, *then)?,
    };
    let mut seen = HashSet::new();
    keys.into_iter()
        .filter(|key| seen.insert(*key))
        .map(|key| {
            let authors = authors(reader, &key)?;
            Ok(Found { key, authors })
        })
        .collect()
}

/// Whose words a body holds.
fn author(body: &Body) -> Option<(&ChannelName, &str)> {
    let content = match body {
        Body::ItemArrived(arrival) => &arrival.content,
        Body::ItemEdited { content } => content,
        _ => return None,
    };
    Some((&content.channel, content.author.id.as_evidence()))
}

fn authors(reader: &Reader, key: &ItemKey) -> Result<HashSet<(ChannelName, String)>, LogError> {
    let history = reader.history(key)?;
    Ok(history
        .iter()
        .filter_map(|event| author(&event.body))
        .map(|(channel, id)| (channel.clone(), id.to_owned()))
        .collect())
}

/// Looks through all bodies: by the author's bytes first, then read.
fn spoken(reader: &Reader, channel: &ChannelName, id: &str) -> rusqlite::Result<Vec<ItemKey>> {
    let needle = serde_json::to_vec(id).unwrap_or_default();
    let mut statement = reader.log.prepare(
        "SELECT seq, key, body FROM events
         WHERE key IS NOT NULL AND body IS NOT NULL AND instr(body, ?1) > 0",
    )?;
    let mut found = statement.query(params![needle])?;
    let mut keys = BTreeMap::new();
    while let Some(row) = found.next()? {
        let body: Option<Body> =
            rows::blob(row, 2)?.and_then(|body| serde_json::from_slice(body).ok());
        let Some((by, said)) = body.as_ref().and_then(author) else {
            continue;
        };
        if let Some(key) = rows::key(row, 1)?
            && by == channel
            && said == id
        {
            keys.entry(key).or_insert(row.get::<_, i64>(0)?);
        }
    }
    let mut keys: Vec<_> = keys.into_iter().collect();
    keys.sort_by_key(|(_, first)| *first);
    Ok(keys.into_iter().map(|(key, _)| key).collect())
}

/// Items whose last event is of before `then` and that still have words.
fn older(reader: &Reader, then: Timestamp) -> Result<Vec<ItemKey>, LogError> {
    let fail = |error: rusqlite::Error| reader.failed(&error);
    let mut items = reader
        .log
        .prepare("SELECT key FROM items ORDER BY id")
        .map_err(fail)?;
    let mut last = reader
        .log
        .prepare("SELECT at FROM events WHERE seq = ?1")
        .map_err(fail)?;
    let mut found = items.query([]).map_err(fail)?;
    let mut keys = Vec::new();
    while let Some(row) = found.next().map_err(fail)? {
        let Some(key) = rows::key(row, 0).map_err(fail)? else {
            continue;
        };
        let Some(known) = reader.known(&key)? else {
            continue;
        };
        let at: i64 = last
            .query_row(params![sql(known.last.0)], |row| row.get(0))
            .map_err(fail)?;
        if at < then.as_millis() && !wordy(&reader.log, known.last.0).map_err(fail)?.is_empty() {
            keys.push(key);
        }
    }
    Ok(keys)
}

/// Facts about the floor of before `then` that still have a document.
pub(super) fn floor(reader: &Reader, then: Timestamp) -> Result<Vec<u64>, LogError> {
    let read = || -> rusqlite::Result<Vec<u64>> {
        let mut statement = reader.log.prepare(
            "SELECT e.seq FROM events e JOIN raws r ON r.seq = e.seq
             WHERE e.key IS NULL AND e.at < ?1 ORDER BY e.seq",
        )?;
        let found = statement.query_map(params![then.as_millis()], |row| row.get::<_, i64>(0))?;
        found.map(|seq| Ok(seq?.cast_unsigned())).collect()
    };
    read().map_err(|error| reader.failed(&error))
}
