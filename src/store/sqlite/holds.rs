//! Legal holds: what may not be erased, and why.
//!
//! Owns the table `holds` and the question whether an item is held. Set and
//! lifted by an operator; asked by erasure.

use rusqlite::{Connection, Row, params};

use super::embedded::SqliteLog;
use super::rows;
use crate::model::event::{Actor, Body, Cause};
use crate::model::hold::HoldScope;
use crate::model::ids::{ChannelName, RuleName, Seq};
use crate::model::time::Timestamp;
use crate::store::error::LogError;
use crate::store::log::{Appended, Record, Unit, encode_body};
use crate::text::Untrusted;

/// A legal hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hold {
    /// Its name; adding one of the same name replaces it.
    pub name: RuleName,
    /// Since when.
    pub at: Timestamp,
    /// What it protects.
    pub scope: HoldScope,
    /// Why, as the operator says.
    pub reason: Untrusted,
}

/// The end of a hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lift {
    /// Which.
    pub name: RuleName,
    /// Why, as the operator says.
    pub reason: Untrusted,
    /// Who.
    pub by: Actor,
    /// When.
    pub at: Timestamp,
}

impl SqliteLog {
    /// Adds a hold, with an event that names it; erasure respects it from now
    /// on.
    ///
    /// # Errors
    /// [`LogError`] when it could not be written.
    pub async fn add_hold(&self, hold: Hold, by: Actor) -> Result<(), LogError> {
        let body = Body::HoldBegan {
            name: hold.name.clone(),
            scope: hold.scope.clone(),
            reason: hold.reason.clone(),
        };
        let unit = told(&body, by, hold.at);
        self.on_writer(move |committer| {
            let (scope, key, channel, author) = match &hold.scope {
                HoldScope::All => ("all", None, None, None),
                HoldScope::Item(key) => ("item", Some(key.as_bytes().as_slice()), None, None),
                HoldScope::Author { channel, author } => (
                    "author",
                    None,
                    Some(channel.as_str()),
                    Some(author.as_evidence()),
                ),
            };
            let insert = |conn: &Connection, _: &[Appended]| {
                conn.execute(
                    "INSERT OR REPLACE INTO holds VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                    params![
                        hold.name.as_str(),
                        hold.at.as_millis(),
                        scope,
                        key,
                        channel,
                        author,
                        hold.reason.as_evidence()
                    ],
                )
                .map(drop)
            };
            committer.commit_with(&[unit], insert).map(drop)
        })
        .await
    }

    /// Lifts a hold, with an event that names it; false when there is none of
    /// that name.
    ///
    /// # Errors
    /// [`LogError`] when it could not be written.
    pub async fn lift_hold(&self, lift: Lift) -> Result<bool, LogError> {
        self.on_writer(move |committer| {
            let Lift {
                name,
                reason,
                by,
                at,
            } = lift;
            let held = all(&committer.conn)
                .map_err(|error| LogError::of(&committer.path, &error))?
                .iter()
                .any(|hold| hold.name == name);
            if !held {
                return Ok(false);
            }
            let body = Body::HoldEnded {
                name: name.clone(),
                reason,
            };
            committer.commit_with(&[told(&body, by, at)], |conn, _| {
                conn.execute("DELETE FROM holds WHERE name = ?1", [name.as_str()])
                    .map(drop)
            })?;
            Ok(true)
        })
        .await
    }

    /// The holds in force, by name.
    ///
    /// # Errors
    /// [`LogError`] when they can't be read.
    pub async fn holds(&self) -> Result<Vec<Hold>, LogError> {
        self.ask(|reader| all(&reader.log).map_err(|error| reader.failed(&error)))
            .await
    }
}

/// What the log is told of a hold: a fact about the floor.
fn told(body: &Body, by: Actor, at: Timestamp) -> Unit {
    Unit {
        at,
        actor: by,
        cause: Cause::Operator,
        records: vec![Record {
            key: None,
            desk: None,
            after: Seq(0),
            json: encode_body(body),
            raw: None,
        }],
        outcome: None,
    }
}

/// Reads the holds.
pub(super) fn all(conn: &Connection) -> rusqlite::Result<Vec<Hold>> {
    let mut statement = conn.prepare_cached(
        "SELECT name, at, scope, key, channel, author, reason FROM holds ORDER BY name",
    )?;
    let holds = statement.query_map([], hold)?;
    holds.collect()
}

/// What does not read as a hold of ours is taken for one on everything: a hold
/// must not be lifted by damage.
fn hold(row: &Row<'_>) -> rusqlite::Result<Hold> {
    let name: String = row.get(0)?;
    let channel: Option<String> = row.get(4)?;
    let author: Option<String> = row.get(5)?;
    let channel = channel.and_then(|name| ChannelName::new(&name).ok());
    let scope = match (rows::key(row, 3)?, channel, author) {
        (Some(key), _, _) => HoldScope::Item(key),
        (None, Some(channel), Some(author)) => HoldScope::Author {
            channel,
            author: author.into(),
        },
        _ => HoldScope::All,
    };
    Ok(Hold {
        name: RuleName::new(&name).map_err(|error| rows::broken(0, error))?,
        at: Timestamp::from_millis(row.get(1)?),
        scope,
        reason: row.get::<_, String>(6)?.into(),
    })
}
