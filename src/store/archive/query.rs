//! An officer's words as a question, and the answer.
//!
//! Words are folded like the text and quoted one by one: nothing of FTS5's own
//! language can be written in them. "Quoted words" are a phrase; the last word
//! counts as the beginning of one, since it may still be being typed.

use rusqlite::types::Value;
use rusqlite::{Connection, Row, params_from_iter};

use crate::model::ids::{ChannelName, DeskName, ItemId, ItemKey};
use crate::model::item::{Content, Kind};
use crate::model::severity::Severity;
use crate::model::time::Timestamp;
use crate::store::sqlite::rows::{broken, key, sql};
use crate::text::fold::search_key;

/// What to look for.
#[derive(Clone, Debug, Default)]
pub struct Query {
    /// The officer's words; none finds everything.
    pub words: String,
    /// Only on these desks; none: on all.
    pub desks: Option<Vec<DeskName>>,
    /// Only items before this number: the last one of the page before.
    pub before: Option<ItemId>,
    /// How many at the most.
    pub limit: usize,
}

/// An item that was found, newest first.
#[derive(Clone, Debug, PartialEq)]
pub struct Hit {
    /// The item.
    pub key: ItemKey,
    /// Its number.
    pub id: ItemId,
    /// The desk that it lies on.
    pub desk: DeskName,
    /// The channel that it came by.
    pub channel: ChannelName,
    /// What sort of thing it is.
    pub kind: Kind,
    /// Severity after routing.
    pub severity: Severity,
    /// Its state in one word: new, acknowledged, taken, assigned, resolved,
    /// retracted.
    pub state: String,
    /// When the hub had it.
    pub received_at: Timestamp,
    /// What the channel last said.
    pub content: Content,
}

/// Asks the archive.
pub(super) fn ask(conn: &Connection, query: &Query) -> rusqlite::Result<Vec<Hit>> {
    let mut from = "items";
    let mut clauses = vec!["1".to_owned()];
    let mut values: Vec<Value> = Vec::new();
    if !query.words.trim().is_empty() {
        let Some(expression) = expression(&query.words) else {
            // Only marks and such: nothing that could be found.
            return Ok(Vec::new());
        };
        // The index walks by number itself, so that a page costs a page.
        from = "words CROSS JOIN items ON items.id = words.rowid";
        clauses.push("words MATCH ?".to_owned());
        values.push(expression.into());
    }
    let number = if from == "items" { "id" } else { "words.rowid" };
    if let Some(desks) = &query.desks {
        let marks = vec!["?"; desks.len()].join(",");
        clauses.push(format!("desk IN ({marks})"));
        values.extend(desks.iter().map(|desk| desk.as_str().to_owned().into()));
    }
    if let Some(before) = query.before {
        clauses.push(format!("{number} < ?"));
        values.push(sql(before.0).into());
    }
    values.push(i64::try_from(query.limit).unwrap_or(i64::MAX).into());
    let mut statement = conn.prepare_cached(&format!(
        "SELECT id, key, desk, channel, kind, severity, state, received_at, content
         FROM {from} WHERE {} ORDER BY {number} DESC LIMIT ?",
        clauses.join(" AND ")
    ))?;
    let hits = statement.query_map(params_from_iter(values), hit)?;
    hits.collect()
}

fn hit(row: &Row<'_>) -> rusqlite::Result<Hit> {
    let missing = |column| broken(column, "it is empty");
    let word = |column: usize| row.get::<_, String>(column);
    let content: Content =
        serde_json::from_slice(row.get_ref(8)?.as_blob()?).map_err(|e| broken(8, e))?;
    Ok(Hit {
        id: ItemId(row.get::<_, i64>(0)?.cast_unsigned()),
        key: key(row, 1)?.ok_or_else(|| missing(1))?,
        desk: word(2)?.parse().map_err(|e| broken(2, e))?,
        channel: content.channel.clone(),
        kind: content.kind,
        severity: word(5)?.parse().map_err(|e| broken(5, e))?,
        state: word(6)?,
        received_at: Timestamp::from_millis(row.get(7)?),
        content,
    })
}

/// The words in FTS5's language: none when there is no word in them.
pub(super) fn expression(words: &str) -> Option<String> {
    let mut parts: Vec<String> = Vec::new();
    let mut typing = false;
    // Every other piece stands between quotes; a quote that is still open
    // counts as closed at the end.
    for (index, piece) in words.split('"').enumerate() {
        let folded = search_key(piece);
        typing = false;
        if index % 2 == 1 {
            parts.extend(quoted(&folded));
        } else {
            let before = parts.len();
            parts.extend(folded.split(' ').filter_map(quoted));
            typing = parts.len() > before && !piece.ends_with(char::is_whitespace);
        }
    }
    if typing && let Some(last) = parts.last_mut() {
        last.push('*');
    }
    (!parts.is_empty()).then(|| parts.join(" "))
}

/// A phrase of FTS5: none when nothing in it is a letter or digit, since such
/// a phrase would find nothing.
fn quoted(phrase: &str) -> Option<String> {
    // Folding may make quotes of other marks; inside, they would end the phrase.
    let bare = phrase.replace(['"', '\0'], " ");
    let has_word = bare.chars().any(char::is_alphanumeric);
    has_word.then(|| format!("\"{bare}\""))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn words_become_a_question() {
        let asked = |words: &str| expression(words);
        assert_eq!(asked("River flo").as_deref(), Some("\"river\" \"flo\"*"));
        assert_eq!(asked("river ").as_deref(), Some("\"river\""));
        let phrase = asked("\"over the Road\" river");
        assert_eq!(phrase.as_deref(), Some("\"over the road\" \"river\"*"));
        let open = asked("NOT (a OR b) NEAR");
        let quoted = "\"not\" \"(a\" \"or\" \"b)\" \"near\"*";
        assert_eq!(open.as_deref(), Some(quoted));
        assert_eq!(asked("\"unclosed").as_deref(), Some("\"unclosed\""));
        assert_eq!(asked(" \"\" * - "), None);
    }

    proptest! {
        #[test]
        fn no_words_are_a_syntax_error(words in "[\"*()^:+\\-a-zA-Z\u{0}-\u{ff}\u{627}-\u{64a} ]{0,24}") {
            let conn = Connection::open_in_memory().unwrap();
            conn.execute_batch("CREATE VIRTUAL TABLE words USING fts5(text)").unwrap();
            if let Some(question) = expression(&words) {
                let asked = conn.query_row(
                    "SELECT count(*) FROM words WHERE words MATCH ?1",
                    [question],
                    |row| row.get::<_, i64>(0),
                );
                prop_assert!(asked.is_ok(), "{:?}", asked);
            }
        }
    }
}
