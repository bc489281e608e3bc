//! [`MemoryLog`]: the event log in memory, with as many writers as wanted.
//!
//! Owns nothing durable. Handles made by [`MemoryLog::another_writer`] stand
//! for further hubs on one shared log: each appends by itself, loses by
//! precondition, and learns of the others' events. For tests, and as the proof
//! that the seam fits a distributed log.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;
use uuid::Uuid;

use super::chain::{self, Envelope, GENESIS, Hash, Salts};
use super::error::LogError;
use super::log::{Appended, EventLog, Head, Known, Unit};
use crate::model::command::Outcome;
use crate::model::event::{Actor, Cause, Event};
use crate::model::ids::{CommandId, DeskName, Epoch, ItemId, ItemKey, Seq};
use crate::model::time::Timestamp;

/// One writer's handle on a log in memory.
#[derive(Debug)]
pub struct MemoryLog {
    epoch: Epoch,
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    state: Mutex<State>,
    head: watch::Sender<Seq>,
}

#[derive(Debug, Default)]
struct State {
    events: Vec<Stored>,
    hash: Hash,
    keys: HashMap<ItemKey, Known>,
    items: Vec<ItemKey>,
    commands: HashMap<CommandId, Outcome>,
}

#[derive(Debug)]
struct Stored {
    at: Timestamp,
    actor: Actor,
    cause: Cause,
    key: Option<ItemKey>,
    id: Option<ItemId>,
    desk: Option<DeskName>,
    json: bytes::Bytes,
    raw: Option<bytes::Bytes>,
}

impl Default for MemoryLog {
    fn default() -> Self {
        Self::new()
    }
}

impl MemoryLog {
    /// An empty log.
    #[must_use]
    pub fn new() -> Self {
        Self {
            epoch: Epoch(Uuid::new_v4()),
            shared: Arc::new(Shared {
                state: Mutex::new(State {
                    hash: GENESIS,
                    ..State::default()
                }),
                head: watch::channel(Seq(0)).0,
            }),
        }
    }

    /// Another hub's handle on the same log.
    #[must_use]
    pub fn another_writer(&self) -> Self {
        Self {
            epoch: self.epoch,
            shared: Arc::clone(&self.shared),
        }
    }

    /// The state is whole also after a writer panicked: a unit goes in only
    /// after all that can fail.
    fn state(&self) -> MutexGuard<'_, State> {
        self.shared
            .state
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn add(&mut self, unit: Unit, salts: &mut Salts) -> Appended {
        if let Some(first) = unit
            .outcome
            .as_ref()
            .and_then(|outcome| self.commands.get(&outcome.command))
        {
            return Appended::Repeated(first.clone());
        }
        if let Some((key, last)) = super::log::conflict(&unit, |key| self.keys.get(key).copied()) {
            return Appended::Conflict { key, last };
        }
        let (actor, cause) = super::log::encode_who(&unit);
        let mut places = Vec::with_capacity(unit.records.len());
        for record in unit.records {
            let seq = Seq(self.events.len() as u64 + 1);
            let id = record.key.map(|key| self.number(key, seq));
            let content = chain::content_hash(&salts.draw(), &record.json, record.raw.as_deref());
            let envelope = Envelope {
                at: unit.at.as_millis(),
                actor: &actor,
                cause: &cause,
                key: record.key.as_ref(),
                desk: record.desk.as_ref().map(DeskName::as_str),
            };
            self.hash = chain::event_hash(&self.hash, &envelope, &content);
            self.events.push(Stored {
                at: unit.at,
                actor: unit.actor.clone(),
                cause: unit.cause,
                key: record.key,
                id,
                desk: record.desk,
                json: record.json,
                raw: record.raw,
            });
            places.push((seq, id));
        }
        if let Some(mut outcome) = unit.outcome {
            outcome.seq = places.last().map(|(seq, _)| *seq);
            self.commands.insert(outcome.command, outcome);
        }
        Appended::Stored(places)
    }

    /// The number of `key`, given now if it is new; `seq` is its last event.
    fn number(&mut self, key: ItemKey, seq: Seq) -> ItemId {
        let items = &mut self.items;
        let known = self.keys.entry(key).or_insert_with(|| {
            items.push(key);
            Known {
                id: ItemId(items.len() as u64),
                last: seq,
            }
        });
        known.last = seq;
        known.id
    }

    fn event(&self, index: usize) -> Option<Event> {
        let stored = self.events.get(index)?;
        Some(Event {
            seq: Seq(index as u64 + 1),
            at: stored.at,
            actor: stored.actor.clone(),
            cause: stored.cause,
            key: stored.key,
            id: stored.id,
            desk: stored.desk.clone(),
            body: super::log::decode_body(&stored.json),
        })
    }

    fn of(&self, key: ItemKey) -> impl Iterator<Item = usize> {
        let events = self.events.iter().enumerate();
        events
            .filter(move |(_, stored)| stored.key == Some(key))
            .map(|(index, _)| index)
    }
}

impl EventLog for MemoryLog {
    fn epoch(&self) -> Epoch {
        self.epoch
    }

    async fn head(&self) -> Result<Head, LogError> {
        let state = self.state();
        Ok(Head {
            seq: Seq(state.events.len() as u64),
            hash: state.hash,
        })
    }

    async fn append(&self, units: Vec<Unit>) -> Result<Vec<Appended>, LogError> {
        let mut salts = Salts::new();
        let (answers, head) = {
            let mut state = self.state();
            let answers = units
                .into_iter()
                .map(|unit| state.add(unit, &mut salts))
                .collect();
            (answers, Seq(state.events.len() as u64))
        };
        self.shared
            .head
            .send_if_modified(|now| std::mem::replace(now, (*now).max(head)) < head);
        Ok(answers)
    }

    async fn read(&self, after: Seq, limit: usize) -> Result<Vec<Event>, LogError> {
        let state = self.state();
        let from = usize::try_from(after.0).unwrap_or(usize::MAX);
        let events = (from..state.events.len()).take(limit);
        Ok(events.filter_map(|index| state.event(index)).collect())
    }

    async fn history(&self, key: ItemKey) -> Result<Vec<Event>, LogError> {
        let state = self.state();
        Ok(state
            .of(key)
            .filter_map(|index| state.event(index))
            .collect())
    }

    async fn known(&self, keys: Vec<ItemKey>) -> Result<Vec<Option<Known>>, LogError> {
        let state = self.state();
        Ok(keys
            .iter()
            .map(|key| state.keys.get(key).copied())
            .collect())
    }

    async fn key_of(&self, id: ItemId) -> Result<Option<ItemKey>, LogError> {
        let index = usize::try_from(id.0.wrapping_sub(1)).unwrap_or(usize::MAX);
        Ok(self.state().items.get(index).copied())
    }

    async fn outcome(&self, command: CommandId) -> Result<Option<Outcome>, LogError> {
        Ok(self.state().commands.get(&command).cloned())
    }

    async fn raw(&self, key: ItemKey) -> Result<Vec<(Seq, bytes::Bytes)>, LogError> {
        let state = self.state();
        let raws = state.of(key).filter_map(|index| {
            let raw = state.events.get(index)?.raw.clone()?;
            Some((Seq(index as u64 + 1), raw))
        });
        Ok(raws.collect())
    }

    fn watch_head(&self) -> watch::Receiver<Seq> {
        self.shared.head.subscribe()
    }
}
