//! Which events of an item hold a person's words.
//!
//! Owns the list of bodies that do not, so that what a later version writes is
//! erased rather than kept. Asked by `erase` and `select`.

use rusqlite::{Connection, OptionalExtension, params};

use super::readers::trail;
use super::rows::{self, sql};

/// The bodies that hold names and words of ours only; all others, those of
/// later versions too, may hold a person's.
const WORDLESS: [&str; 22] = [
    "item_retracted",
    "resolved_at_source",
    "item_routed",
    "item_acknowledged",
    "item_taken",
    "item_released",
    "lease_lapsed",
    "item_assigned",
    "assignment_lapsed",
    "item_snoozed",
    "item_woke",
    "item_resolved",
    "item_reopened",
    "item_merged",
    "members_joined",
    "item_split",
    "members_left",
    "item_prioritised",
    "sla_breached",
    "item_suppressed",
    "erased",
    "feedback_given",
];

/// The events of the item that ends at `last` which hold a person's words and
/// still have them.
pub(super) fn wordy(conn: &Connection, last: u64) -> rusqlite::Result<Vec<u64>> {
    #[derive(serde::Deserialize)]
    struct Tag {
        r#type: String,
    }
    let mut statement = conn.prepare_cached(
        "SELECT e.body, r.seq FROM events e LEFT JOIN raws r ON r.seq = e.seq WHERE e.seq = ?1",
    )?;
    let mut events = Vec::new();
    for seq in trail(conn, last)? {
        let row = statement
            .query_row(params![sql(seq)], |row| {
                let body = rows::blob(row, 0)?;
                let wordless = body.is_none_or(|body| {
                    let tag = serde_json::from_slice::<Tag>(body);
                    tag.is_ok_and(|tag| WORDLESS.contains(&tag.r#type.as_str()))
                });
                Ok(!wordless || row.get::<_, Option<i64>>(1)?.is_some())
            })
            .optional()?;
        if row == Some(true) {
            events.push(seq);
        }
    }
    Ok(events)
}
