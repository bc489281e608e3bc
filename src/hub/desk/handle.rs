//! How everybody else reaches the desk.

use std::sync::{Arc, PoisonError, RwLock};

use tokio::sync::{Semaphore, mpsc, oneshot};

use super::work::{Asking, Control, Delivery, Receipts, ReplyTo, refused};
use crate::channels::{Intake, IntakeError};
use crate::hub::lookout::Reader;
use crate::model::board::Board;
use crate::model::command::{Command, Outcome, RefusalCode};
use crate::model::decide::outgoing::Step;
use crate::model::event::Body;
use crate::model::ids::{ChannelName, CommandId, ItemKey};
use crate::model::inbound::{Inbound, Receipt};
use crate::model::officer::Officer;

/// A way to the desk; cheap to clone.
#[derive(Clone)]
pub struct DeskHandle {
    commands: mpsc::Sender<Asking>,
    deliveries: mpsc::Sender<Delivery>,
    controls: mpsc::Sender<Control>,
    board: Arc<RwLock<Board>>,
    reader: Arc<Reader>,
    /// As many deliveries are read at a time as there are cores, and between two
    /// posts of one whoever else is ready runs: an officer's command does not wait
    /// for a flood to be read.
    turns: Arc<Semaphore>,
}

impl DeskHandle {
    pub(super) fn new(
        commands: mpsc::Sender<Asking>,
        deliveries: mpsc::Sender<Delivery>,
        controls: mpsc::Sender<Control>,
        (board, reader): (Arc<RwLock<Board>>, Arc<Reader>),
    ) -> Self {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        Self {
            commands,
            deliveries,
            controls,
            board,
            reader,
            turns: Arc::new(Semaphore::new(cores)),
        }
    }

    /// Reads the words of what people said: here and not on the desk, so that
    /// those who deliver do it beside each other.
    fn read(&self, inbound: &mut Inbound) {
        let Inbound::Item { key, content, .. } = &*inbound else {
            return;
        };
        let here = self.board(|board| {
            board
                .item(key)
                .is_some_and(|item| item.is_silenced() || item.content == *content)
        });
        if !here {
            self.reader.read_inbound(inbound);
        }
    }

    /// Gives a command; the answer goes where `asking` says. When the desk is
    /// full the officer is told at once.
    pub fn command(&self, asking: Asking) {
        if let Err(error) = self.commands.try_send(asking) {
            let asking = error.into_inner();
            let says = "The hub is busy; give the command again in a moment.".to_owned();
            let outcome = refused(&asking.command, RefusalCode::Busy, says);
            asking.reply.send(outcome);
        }
    }

    /// Gives a command and waits for what becomes of it.
    pub async fn ask(&self, officer: Arc<Officer>, connected: bool, command: Command) -> Outcome {
        let (reply, answer) = oneshot::channel();
        let closing = refused(
            &command,
            RefusalCode::Unavailable,
            "The hub is shutting down; give the command again in a moment.".to_owned(),
        );
        self.command(Asking {
            officer,
            connected,
            command,
            reply: ReplyTo::Once(reply),
        });
        answer.await.unwrap_or(closing)
    }

    /// Looks what is due. Left out when the desk is full: the next one does it.
    pub fn tick(&self) {
        if let Err(error) = self.controls.try_send(Control::Tick) {
            tracing::debug!(message = "A tick was left out.", %error);
        }
    }

    /// Folds what others wrote into the log.
    pub async fn catch_up(&self) {
        if self.controls.send(Control::CatchUp).await.is_err() {
            tracing::debug!("the desk has closed; the next start folds it");
        }
    }

    /// Puts a fact about the floor into the log.
    pub async fn record(&self, body: Body) {
        if self
            .controls
            .send(Control::Record(Box::new(body)))
            .await
            .is_err()
        {
            tracing::warn!(message = "A fact came after the desk had closed; it was not stored.");
        }
    }

    /// Takes a step with a message on its way out, and returns when it is
    /// durable. False when the message no longer stands where the step begins,
    /// or the log did not take it.
    pub async fn outward(&self, message: (ItemKey, CommandId), step: Step) -> bool {
        let (answer, durable) = oneshot::channel();
        let control = Control::Outward(message, Box::new(step), answer);
        self.controls.send(control).await.is_ok() && durable.await.unwrap_or(false)
    }

    /// Looks at the board, under a short lock: never across an await.
    pub fn board<T>(&self, look: impl FnOnce(&Board) -> T) -> T {
        look(&self.board.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Whether the desk has closed.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        self.commands.is_closed()
    }
}

impl Intake for DeskHandle {
    async fn submit(
        &self,
        channel: &ChannelName,
        mut inbound: Vec<Inbound>,
    ) -> Result<Vec<Receipt>, IntakeError> {
        if inbound.is_empty() {
            return Ok(Vec::new());
        }
        // Never closed, so there is always a turn.
        let turn = self.turns.acquire().await.ok();
        for (at, one) in inbound.iter_mut().enumerate() {
            if at > 0 {
                tokio::task::yield_now().await;
            }
            self.read(one);
        }
        drop(turn);
        let (reply, answer) = oneshot::channel();
        let receipts = Receipts::new(inbound.len(), reply);
        let inbound = inbound.into_iter().enumerate().collect();
        let delivery = Delivery {
            channel: channel.clone(),
            inbound,
            receipts,
        };
        self.deliveries
            .send(delivery)
            .await
            .map_err(|_| IntakeError::Closing)?;
        answer.await.unwrap_or(Err(IntakeError::Closing))
    }
}
