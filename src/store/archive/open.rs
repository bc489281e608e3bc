//! [`Archive`]: the handle, and the thread that writes.
//!
//! Owns the queue of changes (bounded: whoever feeds it waits) and a few
//! reading connections. What it says is at most as old as the queue is long.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

use rusqlite::{Connection, OptionalExtension, params};
use tokio::sync::{Semaphore, mpsc, oneshot, watch};

use super::index::{self, IndexEntry};
use super::query::{self, Hit, Query};
use super::schema;
use crate::model::ids::{Epoch, ItemId, ItemKey, Seq};
use crate::store::error::LogError;
use crate::store::sqlite::rows::sql;
use crate::store::sqlite::schema::open_reader;

/// How many changes may wait for the thread. Each is a batch of the hub's, so
/// this is a few seconds of a flood; then the feeder waits, never the log.
const QUEUE: usize = 32;

/// How many search at once.
const READERS: usize = 2;

/// What the archive is told.
#[derive(Debug)]
pub enum Change {
    /// Items as they are now; the last entry's `seq` is where the archive is.
    Index(Vec<IndexEntry>),
    /// Nothing of the items changed up to this event.
    Advance(Seq),
    /// Erased items: their number and key.
    Forget(Vec<(ItemId, ItemKey)>),
}

struct Job {
    change: Change,
    done: oneshot::Sender<Result<(), LogError>>,
}

/// The archive of one log.
pub struct Archive {
    path: PathBuf,
    jobs: Mutex<Option<mpsc::Sender<Job>>>,
    upto: watch::Receiver<Seq>,
    readers: Arc<Mutex<Vec<Connection>>>,
    slots: Semaphore,
    thread: Mutex<Option<JoinHandle<()>>>,
}

impl Archive {
    /// Opens the archive at `path` for the log of this epoch and head; it is
    /// made anew when it is not that log's, damaged, or ahead of it. Blocks.
    ///
    /// # Errors
    /// [`LogError`] when the file can't be made.
    pub fn open(path: &Path, epoch: Epoch, head: Seq) -> Result<Self, LogError> {
        let fail = |error: rusqlite::Error| LogError::of(path, &error);
        let mut conn = schema::open(path, epoch)?;
        let mut upto = read_upto(&conn).map_err(fail)?;
        if upto > head {
            drop(conn);
            // Of a log that was longer: what it says more never happened here.
            conn = schema::renew(path, epoch)?;
            upto = Seq(0);
        }
        let (jobs, waiting) = mpsc::channel(QUEUE);
        let (publish, watch) = watch::channel(upto);
        let owned = path.to_path_buf();
        let thread = std::thread::Builder::new()
            .name("archive".into())
            .spawn(move || run(&mut conn, &owned, waiting, &publish))
            .map_err(|error| LogError::io(path, &error))?;
        Ok(Self {
            path: path.to_path_buf(),
            jobs: Mutex::new(Some(jobs)),
            upto: watch,
            readers: Arc::default(),
            slots: Semaphore::new(READERS),
            thread: Mutex::new(Some(thread)),
        })
    }

    /// Puts items in. Returns when they can be found.
    ///
    /// # Errors
    /// [`LogError`] when they could not be written; the archive is as before.
    pub async fn index(&self, entries: Vec<IndexEntry>) -> Result<(), LogError> {
        self.change(Change::Index(entries)).await
    }

    /// Takes erased items out; their words are overwritten in the file.
    ///
    /// # Errors
    /// [`LogError`] when they could not be taken out.
    pub async fn forget(&self, items: Vec<(ItemId, ItemKey)>) -> Result<(), LogError> {
        self.change(Change::Forget(items)).await
    }

    /// Tells the archive a change, after those told before.
    ///
    /// # Errors
    /// [`LogError`] when it could not be written; the archive is as before.
    pub async fn change(&self, change: Change) -> Result<(), LogError> {
        let jobs = {
            let jobs = self.jobs.lock().unwrap_or_else(PoisonError::into_inner);
            jobs.clone().ok_or(LogError::Closed)?
        };
        let (done, answer) = oneshot::channel();
        let sent = jobs.send(Job { change, done }).await;
        sent.map_err(|_| LogError::Closed)?;
        answer.await.map_err(|_| LogError::Closed)?
    }

    /// The last event that the archive knows of: feed it from there.
    #[must_use]
    pub fn indexed_upto(&self) -> Seq {
        *self.upto.borrow()
    }

    /// Items that fit, newest first.
    ///
    /// # Errors
    /// [`LogError`] when the archive can't be read.
    pub async fn search(&self, query: Query) -> Result<Vec<Hit>, LogError> {
        let _slot = self.slots.acquire().await.map_err(|_| LogError::Closed)?;
        let (path, readers) = (self.path.clone(), Arc::clone(&self.readers));
        let asked = tokio::task::spawn_blocking(move || {
            let fail = |error: rusqlite::Error| LogError::of(&path, &error);
            let idle = {
                let mut idle = readers.lock().unwrap_or_else(PoisonError::into_inner);
                idle.pop()
            };
            let conn = idle.map_or_else(|| open_reader(&path), Ok).map_err(fail)?;
            let hits = query::ask(&conn, &query).map_err(fail)?;
            let mut idle = readers.lock().unwrap_or_else(PoisonError::into_inner);
            idle.push(conn);
            Ok(hits)
        });
        asked.await.map_err(|_| LogError::Closed)?
    }

    /// Writes what waits and ends the thread. Blocks.
    pub fn close(&self) {
        let jobs = self
            .jobs
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        drop(jobs);
        let thread = {
            let mut thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner);
            thread.take()
        };
        if thread.is_some_and(|thread| thread.join().is_err()) {
            tracing::error!("the archive ended by a fault; it is made again from the log");
        }
    }
}

impl Drop for Archive {
    fn drop(&mut self) {
        self.close();
    }
}

impl std::fmt::Debug for Archive {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Archive")
            .field("path", &self.path)
            .field("upto", &self.indexed_upto())
            .finish_non_exhaustive()
    }
}

/// The thread: what waits goes into one transaction.
fn run(
    conn: &mut Connection,
    path: &Path,
    mut waiting: mpsc::Receiver<Job>,
    publish: &watch::Sender<Seq>,
) {
    let mut jobs = Vec::new();
    while waiting.blocking_recv_many(&mut jobs, QUEUE) > 0 {
        let scrub = jobs
            .iter()
            .any(|job| matches!(job.change, Change::Forget(_)));
        let done = write(conn, &jobs)
            .and_then(|upto| {
                if scrub {
                    conn.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?;
                }
                Ok(upto)
            })
            .map_err(|error| LogError::of(path, &error));
        if let Ok(upto) = &done {
            publish.send_replace(*upto);
        }
        for job in jobs.drain(..) {
            // Whoever told may have gone away; what was written stays.
            job.done.send(done.clone().map(|_| ())).ok();
        }
    }
}

fn write(conn: &mut Connection, jobs: &[Job]) -> rusqlite::Result<Seq> {
    let tx = conn.transaction()?;
    let mut upto = read_upto(&tx)?;
    for job in jobs {
        match &job.change {
            Change::Index(entries) => {
                index::put(&tx, entries)?;
                upto = upto.max(entries.last().map_or(Seq(0), |entry| entry.seq));
            }
            Change::Advance(seq) => upto = upto.max(*seq),
            Change::Forget(items) => index::forget(&tx, items)?,
        }
    }
    tx.execute(
        "INSERT OR REPLACE INTO meta VALUES ('upto', ?1)",
        params![sql(upto.0)],
    )?;
    tx.commit()?;
    Ok(upto)
}

fn read_upto(conn: &Connection) -> rusqlite::Result<Seq> {
    let upto: Option<i64> = conn
        .query_row("SELECT value FROM meta WHERE name = 'upto'", [], |row| {
            row.get(0)
        })
        .optional()?;
    Ok(Seq(upto.unwrap_or(0).cast_unsigned()))
}
