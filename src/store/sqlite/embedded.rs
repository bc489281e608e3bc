//! [`SqliteLog`]: the embedded log as the seam wants it.
//!
//! Owns opening (lock, look, then touch), closing, and the threads between. The
//! work itself is done by the writer, the readers and upkeep.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

use rusqlite::{Connection, OpenFlags};
use tokio::sync::{oneshot, watch};

use super::commit::{Committer, Tail, outcome};
use super::keys::{Keys, Recalled};
use super::lock::Lock;
use super::queue::Queue;
use super::readers::{Reader, Readers};
use super::upkeep::{Signals, Upkeep};
use super::{rows, schema, writer};
use crate::model::command::Outcome;
use crate::model::event::Event;
use crate::model::ids::{CommandId, Epoch, ItemId, ItemKey, Seq};
use crate::store::chain::GENESIS;
use crate::store::error::LogError;
use crate::store::log::{Appended, EventLog, Head, Known, Unit};

/// How many events at the end are proved against their hashes on opening.
const LOOK_AT: u64 = 64;

/// The embedded log. Open it on a blocking thread; dropping it closes it.
pub struct SqliteLog {
    epoch: Epoch,
    path: PathBuf,
    queue: Arc<Queue>,
    keys: Arc<Keys>,
    readers: Arc<Readers>,
    signals: Arc<Signals>,
    head: watch::Receiver<Seq>,
    /// The last event that named an erasure since the log was opened.
    erased: AtomicU64,
    threads: Mutex<Option<Threads>>,
}

/// What ends when the log is closed; the lock goes last.
struct Threads {
    writer: JoinHandle<()>,
    upkeep: JoinHandle<()>,
    _lock: Lock,
}

impl SqliteLog {
    /// Opens the log at `path` (its directory must be there), or makes it.
    ///
    /// # Errors
    /// In use by another hub, damaged, newer, or refused by the operating
    /// system. The file is as it was then.
    pub fn open(path: &Path) -> Result<Self, LogError> {
        let lock = Lock::take(path)?;
        look(path)?;
        let conn = schema::open(path)?;
        let fail = |error: rusqlite::Error| LogError::of(path, &error);
        let epoch = Epoch(schema::epoch(&conn, path)?);
        let tail = Tail::load(&conn).map_err(fail)?;
        let keys = Arc::new(Keys::open(&conn, path, epoch, tail.head())?);
        let upkeep = Upkeep::new(path.to_path_buf(), Arc::clone(&keys))?;
        let committer = Committer::new(conn, path, tail, Arc::clone(&keys))?;
        let queue = Arc::new(Queue::new());
        let signals = Arc::new(Signals::default());
        signals.items.store(tail.items, Ordering::Release);
        let (publish, head) = watch::channel(Seq(tail.seq));
        let writer = {
            let (queue, signals) = (Arc::clone(&queue), Arc::clone(&signals));
            spawn("log-writer", path, move || {
                writer::run(committer, &queue, &signals, &publish);
            })?
        };
        let upkeep = {
            let signals = Arc::clone(&signals);
            spawn("log-upkeep", path, move || upkeep.run(&signals))?
        };
        Ok(Self {
            epoch,
            path: path.to_path_buf(),
            queue,
            readers: Arc::new(Readers::new(path.to_path_buf(), Arc::clone(&keys))),
            keys,
            signals,
            head,
            erased: AtomicU64::new(0),
            threads: Mutex::new(Some(Threads {
                writer,
                upkeep,
                _lock: lock,
            })),
        })
    }

    /// Where the log is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Writes what waits, copies the write-ahead file, lets go of the lock.
    /// Blocks until that is done; later calls do nothing.
    pub fn close(&self) {
        self.queue.close();
        self.readers.close();
        let threads = {
            let mut threads = self.threads.lock().unwrap_or_else(PoisonError::into_inner);
            threads.take()
        };
        if let Some(threads) = threads {
            let wrote = threads.writer.join();
            self.signals.close();
            let kept = threads.upkeep.join();
            if wrote.is_err() || kept.is_err() {
                tracing::error!("a thread of the log ended by a fault; what was answered is safe");
            }
        }
    }

    /// Lets `log.db` grow to `bytes` at the most (none: as far as the disk
    /// goes). Beyond, appends are refused as if the disk were full.
    ///
    /// # Errors
    /// [`LogError`] when the log is closed or SQLite refuses.
    pub async fn limit(&self, bytes: Option<u64>) -> Result<(), LogError> {
        self.on_writer(move |committer| {
            let pages = bytes.map_or(i64::from(u32::MAX) - 1, |bytes| {
                i64::try_from(bytes / 8192).unwrap_or(i64::MAX).max(1)
            });
            committer
                .conn
                .pragma_update_and_check(None, "max_page_count", pages, |_| Ok(()))
                .map_err(|error| LogError::of(&committer.path, &error))
        })
        .await
    }

    /// Checkpoints of before this event hold what was erased.
    pub(super) fn erased_at(&self) -> Seq {
        Seq(self.erased.load(Ordering::Acquire))
    }

    /// Event `seq` named an erasure.
    pub(super) fn note_erased(&self, seq: Seq) {
        self.erased.fetch_max(seq.0, Ordering::AcqRel);
    }

    /// Does `work` on the writer's thread, before the appends that wait.
    pub(super) async fn on_writer<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Committer) -> Result<T, LogError> + Send + 'static,
    ) -> Result<T, LogError> {
        let (answer, answered) = oneshot::channel();
        self.queue.task(Box::new(move |committer| {
            // Whoever asked may have gone away; what was done stays done.
            answer.send(work(committer)).ok();
        }))?;
        answered.await.map_err(|_| LogError::Closed)?
    }

    /// Asks a reader.
    pub(super) async fn ask<T: Send + 'static>(
        &self,
        question: impl FnOnce(&Reader) -> Result<T, LogError> + Send + 'static,
    ) -> Result<T, LogError> {
        self.readers.ask(question).await
    }
}

impl Drop for SqliteLog {
    fn drop(&mut self) {
        self.close();
    }
}

impl std::fmt::Debug for SqliteLog {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SqliteLog")
            .field("path", &self.path)
            .field("epoch", &self.epoch)
            .finish_non_exhaustive()
    }
}

fn spawn(
    name: &str,
    path: &Path,
    work: impl FnOnce() + Send + 'static,
) -> Result<JoinHandle<()>, LogError> {
    std::thread::Builder::new()
        .name(name.into())
        .spawn(work)
        .map_err(|error| LogError::io(path, &error))
}

/// Looks at a log that is there without writing to it: ours, not newer, and
/// its last events as they were hashed.
fn look(path: &Path) -> Result<(), LogError> {
    if std::fs::metadata(path).map_or(0, |meta| meta.len()) == 0 {
        return Ok(());
    }
    let fail = |error: rusqlite::Error| LogError::of(path, &error);
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let conn = Connection::open_with_flags(path, flags).map_err(fail)?;
    schema::keep_still(&conn).map_err(fail)?;
    if schema::check(&conn, path)? == 0 {
        return Ok(());
    }
    let tail = Tail::load(&conn).map_err(fail)?;
    let from = tail.seq.saturating_sub(LOOK_AT);
    let mut before = match rows::hash_at(&conn, from).map_err(fail)? {
        Some(hash) => hash,
        None if from == 0 => GENESIS,
        None => return Err(LogError::damaged(path, format!("event {from} is missing"))),
    };
    let mut next = from + 1;
    let mut wrong = None;
    rows::links(&conn, from, |link| {
        if link.seq != next {
            wrong = Some(format!("event {next} is missing"));
        } else if link.misfit(&before).is_some() {
            wrong = Some(format!("event {next} is not what was written"));
        }
        before = link.hash;
        next += 1;
        wrong.is_none()
    })
    .map_err(fail)?;
    wrong.map_or(Ok(()), |what| Err(LogError::damaged(path, what)))
}

impl EventLog for SqliteLog {
    fn epoch(&self) -> Epoch {
        self.epoch
    }

    async fn head(&self) -> Result<Head, LogError> {
        let tail = |reader: &Reader| Tail::load(&reader.log).map_err(|e| reader.failed(&e));
        Ok(self.ask(tail).await?.head())
    }

    async fn append(&self, units: Vec<Unit>) -> Result<Vec<Appended>, LogError> {
        let answered = self.queue.append(units).await?;
        answered.await.map_err(|_| LogError::Closed)?
    }

    async fn read(&self, after: Seq, limit: usize) -> Result<Vec<Event>, LogError> {
        self.ask(move |reader| reader.events(after, limit)).await
    }

    async fn history(&self, key: ItemKey) -> Result<Vec<Event>, LogError> {
        self.ask(move |reader| reader.history(&key)).await
    }

    async fn known(&self, keys: Vec<ItemKey>) -> Result<Vec<Option<Known>>, LogError> {
        // Memory answers for nearly all of them; a thread is only asked for the
        // rest, since the desk waits here before every delivery.
        let mut found = vec![None; keys.len()];
        let mut asked = Vec::new();
        for (at, key) in keys.into_iter().enumerate() {
            match self.keys.recall(&key) {
                Recalled::Known(known) => found[at] = Some(known),
                Recalled::Never => {}
                Recalled::Ask => asked.push((at, key)),
            }
        }
        if asked.is_empty() {
            return Ok(found);
        }
        let ask = move |reader: &Reader| {
            let one = |(at, key): &(usize, ItemKey)| Ok((*at, reader.known(key)?));
            asked.iter().map(one).collect::<Result<Vec<_>, LogError>>()
        };
        for (at, known) in self.ask(ask).await? {
            found[at] = known;
        }
        Ok(found)
    }

    async fn key_of(&self, id: ItemId) -> Result<Option<ItemKey>, LogError> {
        self.ask(move |reader| reader.key_of(id)).await
    }

    async fn outcome(&self, command: CommandId) -> Result<Option<Outcome>, LogError> {
        self.ask(move |reader| outcome(&reader.log, command).map_err(|e| reader.failed(&e)))
            .await
    }

    async fn raw(&self, key: ItemKey) -> Result<Vec<(Seq, bytes::Bytes)>, LogError> {
        self.ask(move |reader| reader.raws(&key)).await
    }

    fn watch_head(&self) -> watch::Receiver<Seq> {
        self.head.clone()
    }
}
