//! The writer's thread: takes what waits, commits it at once, answers.
//!
//! Owns the loop only; what goes into a transaction is `queue`'s, how it is
//! written `commit`'s. It never checkpoints in a commit's way, but when upkeep
//! asks it to start the write-ahead file over.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use tokio::sync::watch;

use super::commit::Committer;
use super::queue::{Append, Next, Queue, size};
use super::upkeep::Signals;
use crate::model::ids::Seq;
use crate::store::error::LogError;
use crate::store::log::{Appended, Unit};

/// Runs until the queue is closed and empty.
pub(super) fn run(
    mut committer: Committer,
    queue: &Queue,
    signals: &Arc<Signals>,
    head: &watch::Sender<Seq>,
) {
    let _closing = Closing(queue);
    loop {
        match queue.next() {
            Next::Closed => break,
            Next::Task(task) => {
                task(&mut committer);
                signals.wrote(0);
            }
            Next::Commit(batch) => commit(&mut committer, batch, signals, head),
        }
        publish(head, committer.tail.seq);
        if signals.rewind.swap(false, Ordering::AcqRel) {
            rewind(&committer);
        }
    }
}

/// However the thread ends, nobody waits for it afterwards.
struct Closing<'a>(&'a Queue);

impl Drop for Closing<'_> {
    fn drop(&mut self) {
        self.0.abandon();
    }
}

fn publish(head: &watch::Sender<Seq>, seq: u64) {
    head.send_if_modified(|now| std::mem::replace(now, Seq(seq)) != Seq(seq));
}

fn commit(
    committer: &mut Committer,
    batch: Vec<Append>,
    signals: &Arc<Signals>,
    head: &watch::Sender<Seq>,
) {
    let mut units: Vec<Unit> = Vec::new();
    let mut askers = Vec::with_capacity(batch.len());
    for append in batch {
        askers.push((append.units.len(), append.answer));
        units.extend(append.units);
    }
    let bytes = units.iter().map(size).sum();
    let whole = committer.commit(&units);
    signals.items.store(committer.tail.items, Ordering::Release);
    signals.wrote(bytes);
    let mut answers = match whole {
        Ok(answers) => {
            publish(head, committer.tail.seq);
            answers.into_iter()
        }
        Err(error) if askers.len() == 1 => {
            for (_, asker) in askers {
                answer(asker, Err(error.clone()));
            }
            return;
        }
        // One append may be the reason: each gets its own chance.
        Err(_) => return one_by_one(committer, units, askers, head),
    };
    for (count, asker) in askers {
        answer(asker, Ok(answers.by_ref().take(count).collect()));
    }
}

type Asker = tokio::sync::oneshot::Sender<Result<Vec<Appended>, LogError>>;

fn one_by_one(
    committer: &mut Committer,
    units: Vec<Unit>,
    askers: Vec<(usize, Asker)>,
    head: &watch::Sender<Seq>,
) {
    let mut units = units.into_iter();
    for (count, asker) in askers {
        let own: Vec<Unit> = units.by_ref().take(count).collect();
        let result = committer.commit(&own);
        publish(head, committer.tail.seq);
        answer(asker, result);
    }
}

/// Whoever asked may have gone away; what was written stays written.
fn answer(asker: Asker, result: Result<Vec<Appended>, LogError>) {
    asker.send(result).ok();
}

/// Copies the last pages of the write-ahead file into the log, so that the next
/// commit starts it over. Upkeep has copied nearly all of it before.
fn rewind(committer: &Committer) {
    let done = committer
        .conn
        .query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(()));
    if let Err(error) = done {
        tracing::warn!(%error, "the write-ahead file could not be started over");
    }
}
