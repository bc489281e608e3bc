//! What goes into the archive: one row and one text per item, as it is last.
//!
//! Owns which words of an item are searched. Called on the archive's thread.

use rusqlite::{Connection, OptionalExtension, params};

use crate::model::ids::{ItemId, ItemKey, Seq};
use crate::model::item::{Content, Item};
use crate::store::sqlite::rows::sql;
use crate::text::fold::search_key;

/// An item as it is after an event.
#[derive(Clone, Debug)]
pub struct IndexEntry {
    /// The event: the archive knows everything up to it afterwards.
    pub seq: Seq,
    /// The item, whole.
    pub item: Item,
}

/// Puts items in, each in place of what was known of it.
pub(super) fn put(conn: &Connection, entries: &[IndexEntry]) -> rusqlite::Result<()> {
    let mut row = conn.prepare_cached(
        "INSERT OR REPLACE INTO items VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
    )?;
    let mut same = conn.prepare_cached("SELECT text = ?2 FROM words WHERE rowid = ?1")?;
    let mut text =
        conn.prepare_cached("INSERT OR REPLACE INTO words(rowid, text) VALUES (?1, ?2)")?;
    let mut fresh = conn.prepare_cached("INSERT INTO words(rowid, text) VALUES (?1, ?2)")?;
    // Numbers are given in order: what is beyond the last one was never here.
    let mut last: i64 = conn
        .prepare_cached("SELECT coalesce(max(rowid), 0) FROM words")?
        .query_row([], |row| row.get(0))?;
    for IndexEntry { item, .. } in entries {
        let content = serde_json::to_vec(&item.content).unwrap_or_default();
        row.execute(params![
            sql(item.id.0),
            item.key.as_bytes().as_slice(),
            item.desk.as_str(),
            item.content.channel.as_str(),
            item.content.kind.word(),
            item.severity.word(),
            state(item),
            item.received_at.as_millis(),
            content
        ])?;
        // Most changes are of triage and leave the words alone.
        let words = words(item);
        if sql(item.id.0) > last {
            last = sql(item.id.0);
            fresh.execute(params![last, words])?;
            continue;
        }
        let same = same
            .query_row(params![sql(item.id.0), words], |row| row.get(0))
            .optional()?;
        if same != Some(true) {
            text.execute(params![sql(item.id.0), words])?;
        }
    }
    Ok(())
}

/// Takes items out, words and all.
pub(super) fn forget(conn: &Connection, items: &[(ItemId, ItemKey)]) -> rusqlite::Result<()> {
    let mut row = conn.prepare_cached("DELETE FROM items WHERE id = ?1 AND key = ?2")?;
    let mut text = conn.prepare_cached("DELETE FROM words WHERE rowid = ?1")?;
    for (id, key) in items {
        if row.execute(params![sql(id.0), key.as_bytes().as_slice()])? > 0 {
            text.execute(params![sql(id.0)])?;
        }
    }
    Ok(())
}

/// The state in one word.
fn state(item: &Item) -> &'static str {
    use crate::model::triage::State;
    if item.retracted.is_some() {
        return "retracted";
    }
    match item.triage.state {
        State::New => "new",
        State::Acknowledged { .. } => "acknowledged",
        State::Taken { .. } => "taken",
        State::Assigned { .. } => "assigned",
        State::Resolved { .. } => "resolved",
    }
}

/// All that an officer may remember of an item, folded.
fn words(item: &Item) -> String {
    let Content {
        author,
        title,
        text,
        region,
        url,
        external_id,
        ..
    } = &*item.content;
    let own = [
        title,
        text,
        &author.name,
        &author.handle,
        &author.id,
        region,
        url,
        external_id,
    ];
    let labels = item.content.labels.values();
    let turns = item.content.conversation.iter().map(|turn| &turn.text);
    let notes = item.notes.iter().map(|note| &note.text);
    let sent = item.outgoing.iter().map(|one| &one.text);
    let mut folded = String::new();
    let words = own.into_iter().chain(labels).chain(turns);
    for words in words.chain(notes).chain(sent) {
        if !words.is_empty() {
            folded.push_str(&search_key(words.as_evidence()));
            // A phrase must not run from one field into the next.
            folded.push_str(" \u{1} ");
        }
    }
    for tag in item.tags() {
        folded.push_str(tag.as_str());
        folded.push(' ');
    }
    folded
}
