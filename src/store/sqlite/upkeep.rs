//! Upkeep: what keeps the files small, off the commit path.
//!
//! Owns a thread and two connections: it copies the write-ahead file into the
//! log, writes fresh keys to the index and makes the index's filter. Everything
//! it does may be left undone by a crash.

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

use rusqlite::Connection;

use super::keys::{Keys, RUN};
use super::schema;
use crate::store::error::LogError;

/// The write-ahead file is copied when it has grown by this much.
const COPY_AT: u64 = 8 * 1024 * 1024;

/// It is started over when it has more pages than this (128 MiB): under a flood
/// copying alone never comes to its end.
const REWIND_AT: i64 = 16 * 1024;

/// Fresh keys are written after this long without an append.
const QUIET: Duration = Duration::from_secs(1);

/// What writer and upkeep tell each other.
#[derive(Default)]
pub(super) struct Signals {
    /// Upkeep asks the writer to start the write-ahead file over.
    pub(super) rewind: AtomicBool,
    /// How many items there are.
    pub(super) items: AtomicU64,
    state: Mutex<State>,
    wake: Condvar,
}

#[derive(Default)]
struct State {
    bytes: u64,
    touched: bool,
    closed: bool,
}

impl Signals {
    /// The writer wrote about `bytes`.
    pub(super) fn wrote(&self, bytes: usize) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.bytes += bytes as u64;
        let first = !std::mem::replace(&mut state.touched, true);
        if first || state.bytes >= COPY_AT {
            self.wake.notify_one();
        }
    }

    /// The writer is done for good.
    pub(super) fn close(&self) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.closed = true;
        self.wake.notify_one();
    }

    /// Waits until there is something to do: much was written, or something
    /// was and then nothing for a while. False when the log is closed.
    fn wait(&self) -> (bool, bool) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            if state.closed || state.bytes >= COPY_AT {
                break;
            }
            let before = state.bytes;
            if state.touched {
                let waited = self.wake.wait_timeout(state, QUIET);
                let (now, timeout) = waited.unwrap_or_else(PoisonError::into_inner);
                state = now;
                if timeout.timed_out() && state.bytes == before {
                    break;
                }
            } else {
                let waited = self.wake.wait(state);
                state = waited.unwrap_or_else(PoisonError::into_inner);
            }
        }
        let quiet = state.bytes < COPY_AT;
        state.bytes = 0;
        state.touched = false;
        (!state.closed, quiet)
    }
}

/// The thread's own things.
pub(super) struct Upkeep {
    pub(super) path: PathBuf,
    pub(super) log: Connection,
    pub(super) derived: Connection,
    pub(super) keys: Arc<Keys>,
}

impl Upkeep {
    /// Opens the connections.
    pub(super) fn new(path: PathBuf, keys: Arc<Keys>) -> Result<Self, LogError> {
        let log = schema::open_keeper(&path).map_err(|error| LogError::of(&path, &error))?;
        Ok(Self {
            path,
            log,
            derived: keys.connect()?,
            keys,
        })
    }

    /// Runs until the log is closed, then leaves everything copied and written.
    pub(super) fn run(mut self, signals: &Signals) {
        loop {
            let items = signals.items.load(Ordering::Acquire);
            if let Err(error) = self.keys.filter(&self.derived, items) {
                tracing::warn!(%error, "the key index's filter could not be made");
            }
            let (open, quiet) = signals.wait();
            if !open {
                break;
            }
            self.copy(signals);
            let waiting = self.keys.waiting();
            if waiting >= RUN || (quiet && waiting > 0) {
                self.write_keys();
            }
        }
        self.write_keys();
        // The writer is gone: all of it can be copied and the file emptied.
        let emptied = self
            .log
            .query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()));
        if let Err(error) = emptied {
            let path = self.path.display();
            tracing::warn!(%error, %path, "the write-ahead file stays beside the log");
        }
    }

    fn copy(&self, signals: &Signals) {
        let copied = self.pass().and_then(|pages| {
            if pages > REWIND_AT {
                // Once more for what came meanwhile: the writer, which copies
                // the rest itself, is to have next to nothing left.
                self.pass()?;
                signals.rewind.store(true, Ordering::Release);
            }
            Ok(())
        });
        if let Err(error) = copied {
            let path = self.path.display();
            tracing::warn!(%error, %path, "the write-ahead file could not be copied");
        }
    }

    /// Copies what is there; how many pages the file has.
    fn pass(&self) -> rusqlite::Result<i64> {
        self.log
            .query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |row| row.get(1))
    }

    fn write_keys(&mut self) {
        if let Err(error) = self.keys.flush(&mut self.derived) {
            tracing::warn!(%error, "the key index could not be written; it stays in memory");
        }
    }
}
