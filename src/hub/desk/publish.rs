//! From what is durable to the board, the answers and the fan-out.

use tracing::error;

use super::Desk;
use super::batch::{Answer, Batch, Decided};
use super::work::Delivery;
use crate::hub::fanout::{Sent, wire_event};
use crate::hub::items_frame;
use crate::model::event::{Actor, Body, Event};
use crate::model::ids::{ItemId, Seq};
use crate::model::time::Timestamp;
use crate::store::{Appended, EventLog, encode_body};
use crate::wire::codec::compressible_event;

impl<L: EventLog> Desk<L> {
    /// Folds what was stored, fans it out, and answers; what another writer
    /// came before is decided again.
    pub(super) fn publish(&mut self, batch: Batch, appended: Vec<Appended>) {
        let (at, decided, mut answers) = batch.into_parts();
        let mut stored = Vec::new();
        for (one, appended) in decided.into_iter().zip(appended) {
            match appended {
                Appended::Stored(places) => {
                    answers.push(stored_unit(at, one, &places, &mut stored));
                }
                Appended::Repeated(first) => answers.push(repeated(one.answer, first)),
                Appended::Conflict { .. } => self.again(one),
            }
        }
        self.write(|board| {
            for (event, _) in &stored {
                if let Err(error) = board.apply(event) {
                    error!(message = "A stored event does not fit the board.", %error);
                }
            }
        });
        for (event, _) in &stored {
            self.told_before(event);
        }
        let last = stored.last().map(|(event, _)| event.seq);
        self.parts.metrics.fanned_out(stored.len());
        if last.is_some_and(|last| !self.parts.fanout.pass(last)) {
            let sent: Vec<Sent> = stored
                .iter()
                .map(|(event, json)| sent(event, json))
                .collect();
            self.fan_out(&sent);
        }
        let waited = answers.iter().filter_map(Answer::waited).max();
        if let Some(waited) = waited {
            let lag = u64::try_from(waited.as_millis()).unwrap_or(u64::MAX);
            self.parts.metrics.lag_ms.set(lag);
        }
        for answer in answers {
            answer.send(&mut self.answered);
        }
    }

    /// A message has its name now: what its channel told of it before that is
    /// decided next.
    fn told_before(&mut self, event: &Event) {
        let (Body::OutgoingSent { external_id, .. }, Some(key)) = (&event.body, event.key) else {
            return;
        };
        let channel = self.read(|board| board.item(&key).map(|item| item.content.channel.clone()));
        let Some(channel) = channel else {
            return;
        };
        let told = self.early.about(&channel, external_id);
        if !told.is_empty() {
            let told = Delivery::unasked(channel, told);
            self.carried_deliveries.push_back(told);
        }
    }

    /// Folds and fans out what another writer appended.
    pub(super) fn fold_foreign(&mut self, events: &[Event]) {
        self.write(|board| {
            for event in events {
                if let Err(error) = board.apply(event) {
                    error!(message = "Another writer's event does not fit the board.", %error);
                }
            }
        });
        let sent: Vec<Sent> = events
            .iter()
            .map(|event| sent(event, &encode_body(&event.body)))
            .collect();
        self.parts.metrics.fanned_out(sent.len());
        self.fan_out(&sent);
    }

    fn fan_out(&self, sent: &[Sent]) {
        self.parts.fanout.publish(sent, |key| {
            self.read(|board| {
                board
                    .item(key)
                    .map(|item| items_frame::entering(board.head(), item))
            })
        });
    }

    /// Decided against a board that another writer had changed: once more.
    fn again(&mut self, one: Decided) {
        match (one.answer, one.actor) {
            (Answer::Command(asking, _), _) => self.carried_commands.push_back(*asking),
            (Answer::Delivered(receipts, inbound, _), Actor::Source(channel)) => {
                self.carried_deliveries
                    .push_back(Delivery::again(channel, receipts, inbound));
            }
            // It is looked at again when it is due.
            (Answer::Outward(answer), _) => drop(answer.send(false)),
            // A clock's: the next tick finds it.
            _ => {}
        }
    }
}

/// The events of a unit that is durable, and its answer.
fn stored_unit(
    at: Timestamp,
    one: Decided,
    places: &[(Seq, Option<ItemId>)],
    stored: &mut Vec<(Event, bytes::Bytes)>,
) -> Answer {
    let last = places.last().map(|(seq, _)| *seq);
    for ((fact, json), (seq, id)) in one.facts.into_iter().zip(one.json).zip(places) {
        let event = Event {
            seq: *seq,
            at,
            actor: one.actor.clone(),
            cause: one.cause,
            key: fact.key,
            id: *id,
            desk: fact.desk,
            body: fact.body,
        };
        stored.push((event, json));
    }
    match one.answer {
        Answer::Command(asking, mut outcome) => {
            outcome.seq = last;
            Answer::Command(asking, outcome)
        }
        other => other,
    }
}

fn repeated(answer: Answer, first: crate::model::command::Outcome) -> Answer {
    match answer {
        Answer::Command(asking, _) => Answer::Command(asking, first),
        other => other,
    }
}

fn sent(event: &Event, body: &bytes::Bytes) -> Sent {
    let left = match &event.body {
        Body::ItemRouted { from } => Some(from.clone()),
        _ => None,
    };
    Sent {
        seq: event.seq,
        desk: event.desk.clone(),
        left,
        key: event.key,
        told: event.body.foretells().is_none(),
        strangers: compressible_event(event),
        json: wire_event(event, body),
    }
}
