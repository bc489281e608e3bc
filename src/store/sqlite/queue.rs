//! What waits for the writer: officers' commands first, then the rest.
//!
//! Owns the order and the bounds. At most [`SLOTS`] appends wait; whoever comes
//! next waits for a slot, in the order of coming, so that a flood is felt by
//! the channels and not by memory. Filled by `SqliteLog`, emptied by the
//! writer's thread.

use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot};

use super::commit::Committer;
use crate::model::event::Cause;
use crate::store::error::LogError;
use crate::store::log::{Appended, Unit};

/// How many appends may wait. The hub's desk has one at a time under way; the
/// rest is for further writers.
const SLOTS: usize = 64;

/// A transaction takes further appends until it has this many bytes: about
/// 5 ms of work, so that an officer's command never waits longer for a flood.
const BATCH_BYTES: usize = 512 * 1024;

/// What a writer is asked.
pub(super) struct Append {
    pub(super) units: Vec<Unit>,
    pub(super) answer: oneshot::Sender<Result<Vec<Appended>, LogError>>,
    _slot: OwnedSemaphorePermit,
}

/// Work for the writer's thread besides appending.
pub(super) type Task = Box<dyn FnOnce(&mut Committer) + Send>;

/// What the writer does next.
pub(super) enum Next {
    /// One transaction of these.
    Commit(Vec<Append>),
    /// Something else.
    Task(Task),
    /// Nothing will come any more.
    Closed,
}

/// The queue itself.
pub(super) struct Queue {
    waiting: Mutex<Waiting>,
    wake: Condvar,
    slots: Arc<Semaphore>,
}

#[derive(Default)]
struct Waiting {
    urgent: VecDeque<Append>,
    bulk: VecDeque<Append>,
    tasks: VecDeque<Task>,
    closed: bool,
}

impl Queue {
    pub(super) fn new() -> Self {
        Self {
            waiting: Mutex::default(),
            wake: Condvar::new(),
            slots: Arc::new(Semaphore::new(SLOTS)),
        }
    }

    /// Puts an append in and gives what its answer comes by.
    pub(super) async fn append(
        &self,
        units: Vec<Unit>,
    ) -> Result<oneshot::Receiver<Result<Vec<Appended>, LogError>>, LogError> {
        let urgent = units
            .iter()
            .any(|unit| unit.outcome.is_some() || matches!(unit.cause, Cause::Command(_)));
        let slot = Arc::clone(&self.slots)
            .acquire_owned()
            .await
            .map_err(|_| LogError::Closed)?;
        let (answer, answered) = oneshot::channel();
        let append = Append {
            units,
            answer,
            _slot: slot,
        };
        let mut waiting = self.waiting();
        if waiting.closed {
            return Err(LogError::Closed);
        }
        if urgent {
            waiting.urgent.push_back(append);
        } else {
            waiting.bulk.push_back(append);
        }
        drop(waiting);
        self.wake.notify_one();
        Ok(answered)
    }

    /// Puts other work in; it goes before appends, since somebody stands there
    /// waiting for it. Few and rare, so without a bound of its own.
    pub(super) fn task(&self, task: Task) -> Result<(), LogError> {
        let mut waiting = self.waiting();
        if waiting.closed {
            return Err(LogError::Closed);
        }
        waiting.tasks.push_back(task);
        drop(waiting);
        self.wake.notify_one();
        Ok(())
    }

    /// Lets nothing in any more; what waits is still done.
    pub(super) fn close(&self) {
        self.waiting().closed = true;
        self.slots.close();
        self.wake.notify_all();
    }

    /// Closes and drops what waits: those who asked are told "closed".
    pub(super) fn abandon(&self) {
        self.close();
        *self.waiting() = Waiting {
            closed: true,
            ..Waiting::default()
        };
    }

    /// Waits for work.
    pub(super) fn next(&self) -> Next {
        let mut waiting = self.waiting();
        loop {
            if let Some(task) = waiting.tasks.pop_front() {
                return Next::Task(task);
            }
            let mut batch = Vec::new();
            let mut bytes = 0;
            while bytes < BATCH_BYTES {
                let next = waiting.urgent.pop_front();
                let Some(append) = next.or_else(|| waiting.bulk.pop_front()) else {
                    break;
                };
                bytes += append.units.iter().map(size).sum::<usize>();
                batch.push(append);
            }
            if !batch.is_empty() {
                return Next::Commit(batch);
            }
            if waiting.closed {
                return Next::Closed;
            }
            waiting = self
                .wake
                .wait(waiting)
                .unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// About how many bytes of a transaction a unit takes.
pub(super) fn size(unit: &Unit) -> usize {
    let records = unit.records.iter();
    records
        .map(|record| 256 + record.json.len() + record.raw.as_ref().map_or(0, bytes::Bytes::len))
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::event::Actor;
    use crate::model::ids::{CommandId, Seq};
    use crate::model::time::Timestamp;
    use crate::store::log::Record;

    fn unit(cause: Cause, bytes: usize) -> Unit {
        Unit {
            at: Timestamp::default(),
            actor: Actor::Hub,
            cause,
            records: vec![Record {
                key: None,
                desk: None,
                after: Seq(0),
                json: vec![0; bytes].into(),
                raw: None,
            }],
            outcome: None,
        }
    }

    fn batch(queue: &Queue) -> Vec<Cause> {
        match queue.next() {
            Next::Commit(batch) => batch.iter().map(|append| append.units[0].cause).collect(),
            Next::Task(_) => panic!("a task"),
            Next::Closed => Vec::new(),
        }
    }

    #[tokio::test]
    async fn officers_go_first_and_a_flood_is_cut_in_pieces() {
        let queue = Queue::new();
        let mut answers = Vec::new();
        for _ in 0..3 {
            let flood = unit(Cause::Delivery, BATCH_BYTES);
            answers.push(queue.append(vec![flood]).await.unwrap());
        }
        let command = Cause::Command(CommandId(uuid::Uuid::nil()));
        answers.push(queue.append(vec![unit(command, 10)]).await.unwrap());
        assert_eq!(batch(&queue), [command, Cause::Delivery]);
        assert_eq!(batch(&queue), [Cause::Delivery]);
        // Closing lets what waits be done, and nothing more in.
        queue.close();
        assert!(queue.append(vec![unit(command, 10)]).await.is_err());
        assert_eq!(batch(&queue), [Cause::Delivery]);
        assert!(batch(&queue).is_empty());
    }

    #[tokio::test]
    async fn nobody_waits_for_a_writer_that_is_gone() {
        let queue = Queue::new();
        let answer = queue.append(vec![unit(Cause::Clock, 10)]).await.unwrap();
        queue.abandon();
        assert!(answer.await.is_err());
    }
}
