//! Feeding the archive: it reads the log from where it stands and keeps up.
//!
//! Owns nothing: the same fold that the board uses makes the items. An item
//! whose words were erased is taken out. Spawned by the hub; behind by many
//! events (a new archive) it catches up in the same way.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use super::index::IndexEntry;
use super::open::{Archive, Change};
use crate::model::board::Board;
use crate::model::event::Event;
use crate::model::ids::{ItemId, ItemKey};
use crate::store::error::LogError;
use crate::store::log::EventLog;

/// Events of one transaction: short, so that searches and the log get in
/// between, and long enough that the index is not written in crumbs.
const STEP: usize = 4000;

/// How long it lets events gather: each transaction writes a run of the index,
/// and runs are merged again and again, so many small ones cost most of all.
const GATHER: Duration = Duration::from_millis(200);

/// While more comes than it can take in, it works one part in so many and one
/// of the time.
const REST: u32 = 4;

impl Archive {
    /// Follows `log` until it is closed or something fails. Cancel it by
    /// dropping it; it goes on from where it was.
    ///
    /// # Errors
    /// [`LogError`] of the log or of the archive's own file.
    pub async fn follow(&self, log: &impl EventLog) -> Result<(), LogError> {
        let mut head = log.watch_head();
        loop {
            tokio::time::sleep(GATHER).await;
            head.mark_unchanged();
            loop {
                let (started, before) = (Instant::now(), *head.borrow());
                let taken = self.catch_up(log).await?;
                if taken == 0 {
                    break;
                }
                let came = head.borrow().0.saturating_sub(before.0);
                if came > taken as u64 {
                    // A flood that it can't keep up with: officers and channels
                    // get the machine, the words come after.
                    tokio::time::sleep(started.elapsed() * REST).await;
                }
            }
            if head.changed().await.is_err() {
                return Ok(());
            }
        }
    }

    /// Takes in the next events of `log`; how many there were.
    ///
    /// # Errors
    /// [`LogError`] of the log or of the archive's own file.
    pub async fn catch_up(&self, log: &impl EventLog) -> Result<usize, LogError> {
        let events = log.read(self.indexed_upto(), STEP).await?;
        let Some(upto) = events.last().map(|event| event.seq) else {
            return Ok(0);
        };
        let mut board = Board::default();
        let strangers = fold(&mut board, &events);
        let mut gone = Vec::new();
        for key in strangers {
            let history = log.history(key).await?;
            let mut own = Board::default();
            fold(&mut own, &history);
            match own.remove(&key) {
                Some(item) => board.insert(item),
                None => gone.extend(number(&history).map(|id| (id, key))),
            }
        }
        // By number: FTS5 writes out what it has gathered whenever a row comes
        // before the one before it.
        let keys: Vec<ItemKey> = board.by_number().map(|item| item.key).collect();
        let items = keys.iter().filter_map(|key| board.remove(key));
        let entries: Vec<IndexEntry> = items.map(|item| IndexEntry { seq: upto, item }).collect();
        // The last change alone says how far it goes: cut off before, the same
        // events are taken in again.
        if !gone.is_empty() {
            self.forget(gone).await?;
        }
        if entries.is_empty() {
            self.change(Change::Advance(upto)).await?;
        } else {
            self.index(entries).await?;
        }
        Ok(events.len())
    }
}

/// Folds `events`; the keys of those that began before or can't be read.
fn fold(board: &mut Board, events: &[Event]) -> BTreeSet<ItemKey> {
    let mut strangers = BTreeSet::new();
    for event in events {
        if board.apply(event).is_err() {
            strangers.extend(event.key);
        }
    }
    strangers
}

fn number(history: &[Event]) -> Option<ItemId> {
    history.iter().find_map(|event| event.id)
}
