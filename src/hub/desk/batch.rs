//! What is decided and not yet durable.
//!
//! The keys of a batch's units are disjoint: work that touches a key of the
//! batch is carried over to the next, so that everything is decided against
//! the board plus the facts before it.

use tokio::sync::oneshot;

use super::work::{Answered, Asking, Receipts, refused_all};
use crate::channels::IntakeError;
use crate::model::command::Outcome;
use crate::model::event::{Actor, Cause, Fact};
use crate::model::ids::{ItemKey, KeySet};
use crate::model::inbound::{Inbound, Receipt};
use crate::model::time::Timestamp;
use crate::store::{LogError, Record, Unit, encode_body};

/// How many facts a batch may hold: an officer's command waits for one commit
/// at the most, and this many take a few milliseconds.
const BATCH: usize = 400;
/// How many facts a batch that an officer waits for gathers beside: a flood
/// gets in its way by one small commit only.
const WITH_OFFICER: usize = 100;

/// Where the answer to a unit goes. Holds the work itself, so that it can be
/// decided again when another writer came between.
pub(super) enum Answer {
    /// To whoever gave the command.
    Command(Box<Asking>, Outcome),
    /// To the channel.
    Delivered(Receipts, (usize, Inbound), Receipt),
    /// To whoever carries a message out.
    Outward(oneshot::Sender<bool>),
    /// To nobody: a clock's.
    Nobody,
}

/// A unit that was decided, with what it needs when it is durable.
pub(super) struct Decided {
    /// By whom.
    pub actor: Actor,
    /// Why.
    pub cause: Cause,
    /// What happened, in order.
    pub facts: Vec<Fact>,
    /// The bodies' JSON, in the same order.
    pub json: Vec<bytes::Bytes>,
    /// Who is told.
    pub answer: Answer,
}

/// Units with disjoint keys.
pub(super) struct Batch {
    /// The moment at which all of it was decided.
    pub at: Timestamp,
    touched: KeySet,
    floor_touched: bool,
    decided: Vec<Decided>,
    raws: Vec<Option<bytes::Bytes>>,
    /// Answers that wait for nothing.
    answers: Vec<Answer>,
    facts: usize,
    officer: bool,
}

impl Batch {
    /// An empty batch, decided at `at`.
    pub(super) fn new(at: Timestamp) -> Self {
        Self {
            at,
            touched: KeySet::default(),
            floor_touched: false,
            decided: Vec::new(),
            raws: Vec::new(),
            answers: Vec::new(),
            facts: 0,
            officer: false,
        }
    }

    /// Whether it takes no more facts.
    pub(super) fn is_full(&self) -> bool {
        let most = if self.officer { WITH_OFFICER } else { BATCH };
        self.facts >= most
    }

    /// Whether nothing is to be written.
    pub(super) fn is_empty(&self) -> bool {
        self.decided.is_empty()
    }

    /// Whether a decision about `key` would miss facts of this batch.
    pub(super) fn touches(&self, key: &ItemKey) -> bool {
        self.touched.contains(key)
    }

    /// Whether a fact about the floor itself (a suppression) is in it.
    pub(super) fn touches_floor(&self) -> bool {
        self.floor_touched
    }

    /// Whether any of `facts` is about something that this batch changes.
    pub(super) fn overlaps(&self, facts: &[Fact]) -> bool {
        facts
            .iter()
            .any(|fact| fact.key.is_some_and(|key| self.touches(&key)))
    }

    /// An answer that waits for nothing: a refusal, a duplicate.
    pub(super) fn answer(&mut self, answer: Answer) {
        self.answers.push(answer);
    }

    /// Adds a unit. `raw` is the document that its first fact came in.
    pub(super) fn add(&mut self, mut decided: Decided, raw: Option<bytes::Bytes>) {
        self.facts += decided.facts.len();
        self.officer |= matches!(decided.answer, Answer::Command(..));
        for fact in &decided.facts {
            match fact.key.or_else(|| fact.body.foretells()) {
                Some(key) => drop(self.touched.insert(key)),
                None => self.floor_touched = true,
            }
        }
        decided.json = decided
            .facts
            .iter()
            .map(|fact| encode_body(&fact.body))
            .collect();
        self.decided.push(decided);
        self.raws.push(raw);
    }

    /// The units for the log.
    pub(super) fn take_units(&mut self) -> Vec<Unit> {
        let raws = std::mem::take(&mut self.raws);
        let at = self.at;
        self.decided
            .iter()
            .zip(raws)
            .map(|(decided, raw)| unit(at, decided, raw))
            .collect()
    }

    /// The decided units and the answers that wait for nothing.
    pub(super) fn into_parts(self) -> (Timestamp, Vec<Decided>, Vec<Answer>) {
        (self.at, self.decided, self.answers)
    }

    /// Answers a batch that has nothing to write.
    pub(super) fn answer_now(self, answered: &mut Answered) {
        for answer in self.answers {
            answer.send(answered);
        }
    }

    /// Tells everybody that nothing of it was stored.
    pub(super) fn fail(self, error: &LogError) {
        for answer in self
            .decided
            .into_iter()
            .map(|one| one.answer)
            .chain(self.answers)
        {
            match answer {
                Answer::Command(asking, outcome) => {
                    asking.reply.send(refused_all(outcome, error));
                }
                Answer::Delivered(receipts, ..) => {
                    receipts.fail(IntakeError::Log(error.to_string()));
                }
                Answer::Outward(answer) => drop(answer.send(false)),
                Answer::Nobody => {}
            }
        }
    }
}

impl Answer {
    /// How long the delivery that it answers has waited.
    pub(super) fn waited(&self) -> Option<std::time::Duration> {
        match self {
            Self::Delivered(receipts, ..) => Some(receipts.waited()),
            _ => None,
        }
    }

    /// Sends it, and remembers the outcome of a command that caused nothing.
    pub(super) fn send(self, answered: &mut Answered) {
        match self {
            Self::Command(asking, outcome) => {
                if outcome.seq.is_none() {
                    answered.remember(&outcome);
                }
                asking.reply.send(outcome);
            }
            Self::Delivered(receipts, (at, _), receipt) => receipts.settle(at, receipt),
            Self::Outward(answer) => drop(answer.send(true)),
            Self::Nobody => {}
        }
    }
}

fn unit(at: Timestamp, decided: &Decided, mut raw: Option<bytes::Bytes>) -> Unit {
    let records = decided
        .facts
        .iter()
        .zip(&decided.json)
        .map(|(fact, json)| Record {
            key: fact.key,
            desk: fact.desk.clone(),
            after: fact.after,
            json: json.clone(),
            raw: raw.take(),
        })
        .collect();
    let outcome = match &decided.answer {
        Answer::Command(_, outcome) => Some(outcome.clone()),
        _ => None,
    };
    Unit {
        at,
        actor: decided.actor.clone(),
        cause: decided.cause,
        records,
        outcome,
    }
}
