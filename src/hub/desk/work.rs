//! What comes to the desk, and where its answers go.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use tokio::sync::oneshot;

use crate::channels::IntakeError;
use crate::hub::fanout::Queue;
use crate::model::command::{Command, Outcome, Refusal, RefusalCode};
use crate::model::decide::outgoing::Step;
use crate::model::event::Body;
use crate::model::ids::{ChannelName, CommandId, ItemKey};
use crate::model::inbound::{Inbound, Receipt};
use crate::model::officer::Officer;
use crate::store::LogError;
use crate::wire::frames::ServerFrame;

/// Where the answer to a command goes.
pub enum ReplyTo {
    /// To a session, behind the events that the command caused.
    Session(Arc<Queue>),
    /// To a request that waits for it.
    Once(oneshot::Sender<Outcome>),
}

impl ReplyTo {
    /// Answers. Nobody may be there any more: the outcome is in the log.
    pub fn send(self, outcome: Outcome) {
        match self {
            Self::Session(queue) => {
                let frame = ServerFrame::Reply { outcome };
                if let Ok(json) = serde_json::to_vec(&frame) {
                    queue.reply(json.into());
                }
            }
            Self::Once(answer) => drop(answer.send(outcome)),
        }
    }
}

/// A command with who asks.
pub struct Asking {
    /// Who.
    pub officer: Arc<Officer>,
    /// Whether a session of that officer is there: without one a take has no
    /// lease and becomes an assignment.
    pub connected: bool,
    /// What.
    pub command: Command,
    /// Where the answer goes.
    pub reply: ReplyTo,
}

/// What one delivery of a channel held.
pub(super) struct Delivery {
    /// By which channel.
    pub channel: ChannelName,
    /// What is not decided yet, with its place in the delivery.
    pub inbound: VecDeque<(usize, Inbound)>,
    /// The receipts so far.
    pub receipts: Receipts,
}

/// The receipts of a delivery, shared by the batches that it is spread over;
/// answered when the last one is durable.
#[derive(Clone)]
pub(super) struct Receipts(Arc<std::sync::Mutex<ReceiptState>>);

struct ReceiptState {
    /// When the delivery came to the desk's door.
    since: std::time::Instant,
    receipts: Vec<Option<Receipt>>,
    open: usize,
    reply: Option<oneshot::Sender<Result<Vec<Receipt>, IntakeError>>>,
}

impl Receipts {
    /// For `count` deliveries, answered to `reply`.
    pub(super) fn new(
        count: usize,
        reply: oneshot::Sender<Result<Vec<Receipt>, IntakeError>>,
    ) -> Self {
        Self(Arc::new(std::sync::Mutex::new(ReceiptState {
            since: std::time::Instant::now(),
            receipts: vec![None; count],
            open: count,
            reply: Some(reply),
        })))
    }

    /// How long the delivery has waited.
    pub(super) fn waited(&self) -> std::time::Duration {
        let state = self.0.lock();
        let state = state.unwrap_or_else(std::sync::PoisonError::into_inner);
        state.since.elapsed()
    }

    /// One is durable (or needs nothing written).
    pub(super) fn settle(&self, at: usize, receipt: Receipt) {
        let mut state = self
            .0
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        if let Some(slot) = state.receipts.get_mut(at)
            && slot.replace(receipt).is_none()
        {
            state.open -= 1;
        }
        if state.open == 0
            && let Some(reply) = state.reply.take()
        {
            let receipts = state.receipts.iter().copied().flatten().collect();
            // The sender may have gone; it will deliver again and be told
            // "duplicate".
            drop(reply.send(Ok(receipts)));
        }
    }

    /// The whole delivery is to be sent again; what of it is durable already
    /// will then be a duplicate.
    pub(super) fn fail(&self, error: IntakeError) {
        let mut state = self
            .0
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        if let Some(reply) = state.reply.take() {
            drop(reply.send(Err(error)));
        }
    }
}

/// What clocks and operators bring to the desk.
pub enum Control {
    /// Look what is due.
    Tick,
    /// Fold what others wrote into the log (an erasure).
    CatchUp,
    /// A step of a message on its way out; told whether it is durable. False:
    /// the message no longer stands there, or the log did not take it.
    Outward((ItemKey, CommandId), Box<Step>, oneshot::Sender<bool>),
    /// A fact that somebody else established (a page left, content was erased).
    Record(Box<Body>),
}

/// One piece of work.
pub(super) enum Work {
    /// An officer's.
    Command(Asking),
    /// A channel's.
    Delivery(Delivery),
    /// A clock's or operator's.
    Control(Control),
}

impl Work {
    /// Tells whoever brought it that the log can't take it.
    pub(super) fn fail(self, error: &LogError) {
        match self {
            Self::Command(asking) => {
                let outcome = refused(&asking.command, RefusalCode::Unavailable, error.to_string());
                asking.reply.send(outcome);
            }
            Self::Delivery(delivery) => {
                delivery.receipts.fail(IntakeError::Log(error.to_string()));
            }
            Self::Control(Control::Outward(_, _, answer)) => drop(answer.send(false)),
            // A tick comes again; a record's author logs it beside.
            Self::Control(_) => {}
        }
    }
}

/// The outcome of a command that was refused as a whole.
pub(super) fn refused(command: &Command, code: RefusalCode, says: String) -> Outcome {
    Outcome {
        command: command.id,
        verb: command.verb.name(),
        seq: None,
        items: Vec::new(),
        refused: Some(Refusal::new(code, says)),
    }
}

/// How many refused outcomes are remembered, for repeats.
const REMEMBERED: usize = 4096;

/// The outcomes of commands that caused nothing: a repeat gets the first one
/// for as long as it is remembered.
#[derive(Default)]
pub(super) struct Answered {
    outcomes: HashMap<CommandId, Outcome>,
    order: VecDeque<CommandId>,
}

impl Answered {
    /// Remembers an outcome.
    pub(super) fn remember(&mut self, outcome: &Outcome) {
        if self
            .outcomes
            .insert(outcome.command, outcome.clone())
            .is_none()
        {
            self.order.push_back(outcome.command);
        }
        if self.order.len() > REMEMBERED
            && let Some(oldest) = self.order.pop_front()
        {
            self.outcomes.remove(&oldest);
        }
    }

    /// The first outcome of a command.
    pub(super) fn get(&self, command: CommandId) -> Option<&Outcome> {
        self.outcomes.get(&command)
    }
}

/// The outcome of a command whose batch was not stored: nothing went through.
pub(super) fn refused_all(mut outcome: Outcome, error: &LogError) -> Outcome {
    outcome.items.clear();
    outcome.seq = None;
    outcome.refused = Some(Refusal::new(RefusalCode::Unavailable, error.to_string()));
    outcome
}
