//! Writes a recording: line by line, out of what a link tells, or out of a
//! log's events from a moment on.

use std::io::{self, Write};
use std::time::Duration;

use super::format::{Header, Taped};
use super::redact;
use crate::link::News;
use crate::model::board::{ApplyError, Board};
use crate::model::event::Event;
use crate::model::ids::Seq;
use crate::model::item::Item;
use crate::model::time::Timestamp;
use crate::wire::frames::{Events, Hello, Items, Part, ServerFrame};

/// Items on a line at the most.
const CHUNK: usize = 100;
/// Bytes of them on a line, about.
const CHUNK_BYTES: usize = 1024 * 1024;
/// Closed items that a recording out of a log begins with, at the most.
const CLOSED: usize = 200;

/// Every so many events, what is closed for long leaves the floor that is kept
/// meanwhile: memory does not grow with the log.
const EVICT_EVERY: u64 = 4096;
const KEEP_CLOSED: Duration = Duration::from_hours(7 * 24);
const MOST_CLOSED: usize = 50_000;

/// Writes one recording.
pub struct Recorder<W> {
    out: W,
    redacts: bool,
    /// The floor before the recording begins; none when that is written.
    before: Option<Board>,
    hello: Hello,
    begun: bool,
    written: u64,
}

impl<W: Write> Recorder<W> {
    /// A recorder of a session. Nothing is written before the first of it comes.
    pub fn new(out: W, hello: Hello, redacts: bool) -> Self {
        Self {
            out,
            redacts,
            before: None,
            hello,
            begun: false,
            written: 0,
        }
    }

    /// How many events were written.
    #[must_use]
    pub fn events(&self) -> u64 {
        self.written
    }

    /// Writes what a link tells, as of `now` by the hub's clock. What is only
    /// about the link itself is left out.
    ///
    /// # Errors
    /// When the file can't be written.
    pub fn news(&mut self, news: &News, now: Timestamp) -> io::Result<()> {
        let frame = match news {
            News::Items(items) => ServerFrame::Items(items.clone()),
            News::Events(events) => ServerFrame::Events(events.clone()),
            News::Presence(officers) => ServerFrame::Presence {
                officers: officers.clone(),
            },
            News::Counts {
                closed_outside,
                suppressed,
            } => ServerFrame::Counts {
                closed_outside: *closed_outside,
                suppressed: *suppressed,
            },
            News::Health { channels, lag_ms } => ServerFrame::Health {
                channels: channels.clone(),
                lag_ms: *lag_ms,
            },
            News::Outward { reach, canned } => ServerFrame::Outward {
                reach: reach.clone(),
                canned: canned.clone(),
            },
            _ => return Ok(()),
        };
        self.frame(now, frame)
    }

    /// Takes the next event of a log. Before `since` it only changes the floor
    /// that the recording begins with. False when the event can't be folded in,
    /// for its content was erased or it is of a later version: it is left out.
    ///
    /// # Errors
    /// When the file can't be written.
    pub fn event(&mut self, event: Event, since: Timestamp) -> io::Result<bool> {
        let mut board = self.before.take().unwrap_or_default();
        let begins = !self.begun && event.at >= since;
        if begins {
            self.snapshot(&board, event.at)?;
        }
        let folded = match board.apply(&event) {
            Ok(()) => true,
            Err(ApplyError::UnknownItem { .. } | ApplyError::UnknownBody { .. }) => false,
        };
        board.advance(event.seq);
        if event.seq.0.is_multiple_of(EVICT_EVERY) {
            for key in board.evictable(event.at, KEEP_CLOSED, MOST_CLOSED) {
                board.remove(&key);
            }
        }
        self.before = Some(board);
        if folded && self.begun {
            let (at, seq) = (event.at, event.seq);
            // What was left out lies between: the range says that it was seen.
            let from = Seq(self.hello.head.0.saturating_add(1));
            self.hello.head = seq;
            let events = vec![event];
            self.frame(
                at,
                ServerFrame::Events(Events {
                    from,
                    to: seq,
                    events,
                }),
            )?;
        }
        Ok(folded)
    }

    /// Ends the recording. One in which nothing happened holds the floor as it
    /// was at the end.
    ///
    /// # Errors
    /// When the file can't be written.
    pub fn finish(mut self) -> io::Result<u64> {
        if !self.begun {
            let board = self.before.take().unwrap_or_default();
            self.snapshot(&board, self.hello.now)?;
        }
        self.out.flush()?;
        Ok(self.written)
    }

    /// Gives what is written to whoever reads the file.
    ///
    /// # Errors
    /// When the file can't be written.
    pub fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }

    fn snapshot(&mut self, board: &Board, at: Timestamp) -> io::Result<()> {
        (self.hello.head, self.hello.now) = (board.head(), at);
        let mut open: Vec<&Item> = board.by_number().filter(|item| is_kept(item)).collect();
        let closed = board.by_number().rev().filter(|item| !is_kept(item));
        open.extend(closed.take(CLOSED));
        let chunks = chunks(&open);
        let last = chunks.len().saturating_sub(1);
        for (n, items) in chunks.into_iter().enumerate() {
            let part = match (n == 0, n == last) {
                (true, true) => Part::Only,
                (true, false) => Part::First,
                (false, true) => Part::Last,
                (false, false) => Part::More,
            };
            let suppressions = if n == 0 {
                board.suppressions().cloned().collect()
            } else {
                Vec::new()
            };
            let items = Items {
                at: board.head(),
                items,
                suppressions,
                part,
            };
            self.frame(at, ServerFrame::Items(items))?;
        }
        Ok(())
    }

    fn frame(&mut self, at: Timestamp, mut frame: ServerFrame) -> io::Result<()> {
        if !self.begun {
            self.begun = true;
            let header = Header::new(self.hello.clone(), self.redacts);
            self.line(&header)?;
        }
        if self.redacts {
            redact::frame(&mut frame);
        }
        if let ServerFrame::Events(events) = &frame {
            self.written += events.events.len() as u64;
        }
        self.line(&Taped { at, frame })
    }

    fn line(&mut self, value: &impl serde::Serialize) -> io::Result<()> {
        let mut line = serde_json::to_vec(value)?;
        line.push(b'\n');
        self.out.write_all(&line)
    }
}

/// Whether a snapshot always has it: what is merged goes with its head.
fn is_kept(item: &Item) -> bool {
    item.is_open() || item.triage.merged_into.is_some()
}

/// Items for lines of a size that can be read again; one empty line for none.
fn chunks(items: &[&Item]) -> Vec<Vec<Item>> {
    let mut chunks = vec![Vec::new()];
    let mut bytes = 0;
    for item in items {
        let size = serde_json::to_vec(item).map_or(0, |json| json.len());
        let full = chunks.last().is_some_and(|chunk: &Vec<Item>| {
            chunk.len() >= CHUNK || (!chunk.is_empty() && bytes + size > CHUNK_BYTES)
        });
        if full {
            chunks.push(Vec::new());
            bytes = 0;
        }
        bytes += size;
        if let Some(chunk) = chunks.last_mut() {
            chunk.push((*item).clone());
        }
    }
    chunks
}

/// A recording of events that were made up, as its bytes: for tests and
/// benches. Begins at the first of them on an empty floor.
///
/// # Errors
/// Never, writing to memory; the signature is the recorder's.
pub fn built(hello: Hello, events: impl IntoIterator<Item = Event>) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let mut recorder = Recorder::new(&mut bytes, hello, false);
    for event in events {
        recorder.event(event, Timestamp::from_millis(i64::MIN))?;
    }
    recorder.finish()?;
    Ok(bytes)
}
