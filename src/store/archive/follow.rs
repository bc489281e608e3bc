//! Feeding the archive: it reads the log from where it stands and keeps up.
//!
//! Owns nothing: the same fold that the board uses makes the items. An item
//! whose words were erased is taken out. Spawned by the hub; behind by many
//! events (a new archive) it catches up in the same way.

use std::collections::BTreeSet;

use super::index::IndexEntry;
use super::open::{Archive, Change};
use crate::model::board::Board;
use crate::model::event::Event;
use crate::model::ids::{ItemId, ItemKey, Seq};
use crate::store::error::LogError;
use crate::store::log::EventLog;

/// Events of one transaction: short, so that searches and the log get in
/// between.
const STEP: usize = 500;

impl Archive {
    /// Follows `log` until it is closed or something fails. Cancel it by
    /// dropping it; it goes on from where it was.
    ///
    /// # Errors
    /// [`LogError`] of the log or of the archive's own file.
    pub async fn follow(&self, log: &impl EventLog) -> Result<(), LogError> {
        let mut head = log.watch_head();
        loop {
            head.mark_unchanged();
            while self.catch_up(log).await? > 0 {}
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
        let items = board.items().cloned();
        let entries: Vec<IndexEntry> = items.map(|item| IndexEntry { seq: Seq(0), item }).collect();
        // The last change alone says how far it goes: cut off before, the same
        // events are taken in again.
        if !gone.is_empty() {
            self.forget(gone).await?;
        }
        if !entries.is_empty() {
            self.index(entries).await?;
        }
        self.change(Change::Advance(upto)).await?;
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
