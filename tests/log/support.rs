//! Units and records for the log's tests, and a log in a directory of its own.

use std::path::PathBuf;

use uuid::Uuid;
use watchfloor::model::command::{Outcome, VerbName};
use watchfloor::model::event::{Actor, Arrival, Body, Cause};
use watchfloor::model::ids::{ChannelName, CommandId, DeskName, ItemKey, OfficerId, Seq};
use watchfloor::model::item::{Author, Clocks, Content, Kind};
use watchfloor::model::severity::Severity;
use watchfloor::model::time::Timestamp;
use watchfloor::store::{Appended, EventLog, Record, SqliteLog, Unit, encode_body};
use watchfloor::text::Untrusted;

/// The moment that everything in these tests happens at.
pub(crate) const AT: i64 = 1_790_000_000_000;

pub(crate) fn key(number: u64) -> ItemKey {
    content(number, "").key()
}

pub(crate) fn content(number: u64, text: &str) -> Content {
    let channel = ChannelName::new("town").unwrap();
    let mut content = Content::new(
        Kind::Mention,
        channel,
        number.to_string().into(),
        text.into(),
    );
    content.author = Author {
        id: Untrusted::from(format!("author-{}", number % 3)),
        ..Author::default()
    }
    .into();
    content
}

pub(crate) fn arrival(number: u64, text: &str) -> Body {
    Body::ItemArrived(Box::new(Arrival {
        content: std::sync::Arc::new(content(number, text)),
        severity: Severity::Medium,
        tags: Vec::new(),
        clocks: Clocks::default(),
        reasons: Vec::new(),
        suppressed_by: None,
        reading: None,
    }))
}

pub(crate) fn record(number: u64, after: u64, body: &Body) -> Record {
    Record {
        key: Some(key(number)),
        desk: Some(DeskName::new("river").unwrap()),
        after: Seq(after),
        json: encode_body(body),
        raw: None,
    }
}

/// Item `number` arrives, with its document.
pub(crate) fn arrives(number: u64, text: &str) -> Unit {
    let mut record = record(number, 0, &arrival(number, text));
    record.raw = Some(format!("{{\"doc\":{number},\"said\":\"{text}\"}}").into());
    Unit {
        at: Timestamp::from_millis(AT),
        actor: Actor::Source(ChannelName::new("town").unwrap()),
        cause: Cause::Delivery,
        records: vec![record],
        outcome: None,
    }
}

/// An officer's command with these records.
pub(crate) fn command(id: u128, records: Vec<Record>) -> Unit {
    let command = CommandId(Uuid::from_u128(id));
    Unit {
        at: Timestamp::from_millis(AT + 1),
        actor: Actor::Officer(OfficerId::new("nadia").unwrap()),
        cause: Cause::Command(command),
        records,
        outcome: Some(Outcome {
            command,
            verb: VerbName::Take,
            seq: None,
            items: Vec::new(),
            refused: None,
        }),
    }
}

/// An officer takes item `number` as of event `after`.
pub(crate) fn takes(id: u128, number: u64, after: u64) -> Unit {
    command(id, vec![record(number, after, &Body::ItemTaken)])
}

/// Appends one unit.
pub(crate) async fn append(log: &impl EventLog, unit: Unit) -> Appended {
    log.append(vec![unit]).await.unwrap().remove(0)
}

/// Appends one unit that must go in; the last event's number.
pub(crate) async fn stored(log: &impl EventLog, unit: Unit) -> u64 {
    match append(log, unit).await {
        Appended::Stored(places) => places.last().unwrap().0.0,
        other => panic!("not stored: {other:?}"),
    }
}

/// A directory and the path of a log in it.
pub(crate) fn place() -> (tempfile::TempDir, PathBuf) {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("log.db");
    (dir, path)
}

/// A log on the disk that goes away with its directory.
pub(crate) struct OnDisk {
    pub(crate) log: SqliteLog,
    _dir: tempfile::TempDir,
}

impl OnDisk {
    pub(crate) fn new() -> Self {
        let (dir, path) = place();
        Self {
            log: SqliteLog::open(&path).unwrap(),
            _dir: dir,
        }
    }
}
