//! From work to units: decides against the board, carries over what touches
//! the batch.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Instant;

use tokio::sync::oneshot;

use super::Desk;
use super::batch::{Answer, Batch, Decided};
use super::work::{Asking, Control, Delivery, Work};
use crate::model::command::{Command, Verb};
use crate::model::decide::outgoing::Step;
use crate::model::decide::{self, Acting};
use crate::model::event::{Actor, Cause, Fact};
use crate::model::ids::{ChannelName, CommandId, ItemKey, Seq};
use crate::model::inbound::Inbound;
use crate::model::item::Content;
use crate::model::reading::Reading;
use crate::model::triage::Assignee;
use crate::store::EventLog;

/// Letting items go takes at most this part of the desk's time: one in so many.
const EVICT_REST: u32 = 200;

impl<L: EventLog> Desk<L> {
    /// Decides `work` into `batch`. Returns what has to wait for the next one.
    pub(super) async fn decide(&mut self, work: Work, batch: &mut Batch) -> Option<Work> {
        match work {
            Work::Command(asking) => self.decide_command(asking, batch).await.map(Work::Command),
            Work::Delivery(delivery) => self.decide_delivery(delivery, batch).map(Work::Delivery),
            Work::Control(Control::Tick) => {
                self.decide_due(batch);
                None
            }
            Work::Control(Control::CatchUp) => {
                self.catch_up(None).await;
                None
            }
            Work::Control(Control::Outward(message, step, answer)) => {
                self.decide_outward(message, &step, answer, batch)
            }
            Work::Control(Control::Record(body)) => {
                let fact = Fact {
                    key: None,
                    desk: None,
                    after: Seq(0),
                    body: *body,
                };
                batch.add(
                    decided(Actor::Hub, Cause::Operator, vec![fact], Answer::Nobody),
                    None,
                );
                None
            }
        }
    }

    /// Decides a step of a message on its way out; waits when the batch
    /// changes its item.
    fn decide_outward(
        &mut self,
        message: (ItemKey, CommandId),
        step: &Step,
        answer: oneshot::Sender<bool>,
        batch: &mut Batch,
    ) -> Option<Work> {
        if batch.touches_floor() || batch.touches(&message.0) {
            let again = Control::Outward(message, Box::new(step.clone()), answer);
            return Some(Work::Control(again));
        }
        let now = batch.at;
        let facts = self.read(|board| decide::outward(board, (&message.0, message.1), step, now));
        if facts.is_empty() {
            // Whoever asks may have gone with the hub.
            answer.send(false).ok();
            return None;
        }
        let answer = Answer::Outward(answer);
        batch.add(decided(Actor::Hub, Cause::Clock, facts, answer), None);
        None
    }

    async fn decide_command(&mut self, mut asking: Asking, batch: &mut Batch) -> Option<Asking> {
        let id = asking.command.id;
        if must_wait(&asking.command, batch) {
            return Some(asking);
        }
        let first = match self.answered.get(id) {
            Some(outcome) => Some(outcome.clone()),
            None => self.parts.log.outcome(id).await.ok().flatten(),
        };
        if let Some(outcome) = first {
            asking.reply.send(outcome);
            return None;
        }
        Self::without_session(&mut asking);
        let reach = Arc::clone(&self.parts.reach.borrow());
        let acting = Acting {
            reach: &reach,
            officer: &asking.officer,
            now: batch.at,
            ack_rest: self.parts.ack_rest,
            utc_offset_minutes: self.parts.routing.utc_offset_minutes(batch.at),
        };
        let decision = self.read(|board| decide::command(board, &asking.command, &acting));
        if batch.overlaps(&decision.facts) {
            return Some(asking);
        }
        self.parts.metrics.command(&decision.outcome);
        let actor = Actor::Officer(asking.officer.id.clone());
        let answer = Answer::Command(Box::new(asking), decision.outcome);
        if decision.facts.is_empty() {
            batch.answer(answer);
        } else {
            batch.add(
                decided(actor, Cause::Command(id), decision.facts, answer),
                None,
            );
        }
        None
    }

    /// A take from a script has no lease: it becomes an assignment.
    fn without_session(asking: &mut Asking) {
        if !asking.connected && asking.command.verb == Verb::Take {
            asking.command.verb = Verb::Assign {
                to: Assignee::Officer(asking.officer.id.clone()),
                answer_by: None,
            };
        }
    }

    fn decide_delivery(&mut self, mut delivery: Delivery, batch: &mut Batch) -> Option<Delivery> {
        while let Some((at, inbound)) = delivery.inbound.pop_front() {
            let waits = batch.is_full()
                || batch.touches_floor()
                || inbound.key().is_some_and(|key| batch.touches(&key));
            let left = if waits {
                Some((at, inbound))
            } else {
                self.decide_inbound(&delivery, (at, inbound), batch)
            };
            if let Some(left) = left {
                delivery.inbound.push_front(left);
                return Some(delivery);
            }
        }
        None
    }

    /// Decides one inbound; gives it back when it touches the batch after all.
    fn decide_inbound(
        &mut self,
        delivery: &Delivery,
        (at, inbound): (usize, Inbound),
        batch: &mut Batch,
    ) -> Option<(usize, Inbound)> {
        let now = batch.at;
        let routing = &self.parts.routing;
        let (receipt, facts) = self.read(|board| {
            let routed = |content: &Arc<Content>, reading: Option<&Arc<Reading>>| {
                routing.route((content, reading), &delivery.channel, now)
            };
            decide::inbound(board, &inbound, routed, now)
        });
        if batch.overlaps(&facts) {
            return Some((at, inbound));
        }
        if facts.is_empty() {
            let board = self.board.read();
            let board = board.unwrap_or_else(std::sync::PoisonError::into_inner);
            self.early.keep(&inbound, &board);
        }
        self.parts.metrics.receipt(&delivery.channel, receipt);
        let raw = match &inbound {
            Inbound::Item { raw, .. }
            | Inbound::Continuation { raw, .. }
            | Inbound::Edit { raw, .. }
            | Inbound::Unmapped { raw, .. } => Some(raw.clone()),
            Inbound::Retraction { .. }
            | Inbound::Delivery { .. }
            | Inbound::ReadTo { .. }
            | Inbound::Reading { .. } => None,
        };
        let answer = Answer::Delivered(delivery.receipts.clone(), (at, inbound), receipt);
        if facts.is_empty() {
            batch.answer(answer);
        } else {
            let actor = Actor::Source(delivery.channel.clone());
            batch.add(decided(actor, Cause::Delivery, facts, answer), raw);
        }
        None
    }

    /// Everything that is due by now.
    fn decide_due(&mut self, batch: &mut Batch) {
        let now = batch.at;
        let lapsed = self.parts.presence.lapsed(now);
        let due: Vec<Vec<Fact>> = self.read(|board| {
            let expired = board
                .due(now)
                .into_iter()
                .map(|one| decide::expiry(board, &one, now));
            let returned = lapsed
                .iter()
                .map(|(holder, why)| decide::lapse(board, holder, *why));
            expired
                .chain(returned)
                .filter(|facts| !facts.is_empty())
                .collect()
        });
        for facts in due {
            if !batch.overlaps(&facts) && !batch.touches_floor() {
                batch.add(
                    decided(Actor::Hub, Cause::Clock, facts, Answer::Nobody),
                    None,
                );
            }
        }
        self.evict(now);
    }

    /// Lets items go that were closed long ago: log and archive have them.
    /// Looks at every item, so the larger the board the rarer.
    fn evict(&mut self, now: crate::model::time::Timestamp) {
        let started = Instant::now();
        if started < self.evict_from {
            return;
        }
        let (keep, max) = self.parts.keep_closed;
        let gone = self.read(|board| board.evictable(now, keep, max));
        if !gone.is_empty() {
            self.write(|board| gone.iter().for_each(|key| drop(board.remove(key))));
        }
        let took = started.elapsed();
        self.evict_from = started + took * EVICT_REST;
    }
}

fn decided(actor: Actor, cause: Cause, facts: Vec<Fact>, answer: Answer) -> Decided {
    Decided {
        actor,
        cause,
        facts,
        json: Vec::new(),
        answer,
    }
}

/// Whether a command looks at something that the batch changes.
fn must_wait(command: &Command, batch: &Batch) -> bool {
    let whole_floor = matches!(
        command.verb,
        Verb::Undo | Verb::Redo | Verb::Suppress { .. } | Verb::Unsuppress { .. }
    );
    (whole_floor && !batch.is_empty())
        || batch.touches_floor()
        || command
            .targets
            .iter()
            .any(|target| batch.touches(&target.key))
}

impl Delivery {
    /// What nobody waits for: its sender was answered before.
    pub(super) fn unasked(channel: ChannelName, inbound: Vec<Inbound>) -> Self {
        let (reply, _) = oneshot::channel();
        Self {
            channel,
            receipts: super::work::Receipts::new(inbound.len(), reply),
            inbound: inbound.into_iter().enumerate().collect(),
        }
    }

    /// One inbound again, after another writer came between.
    pub(super) fn again(
        channel: ChannelName,
        receipts: super::work::Receipts,
        one: (usize, Inbound),
    ) -> Self {
        Self {
            channel,
            inbound: VecDeque::from([one]),
            receipts,
        }
    }
}
