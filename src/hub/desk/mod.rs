//! The desk: the one task that decides, appends and folds.
//!
//! It drains what waits (officers' commands first), decides each against the
//! board, appends once (one fsync), and only then folds, answers and fans out.
//! A failed append discards the whole batch and says so. Owns the board for
//! writing; everybody else reads it under a short lock.
//!
//! - `work`: what comes in, and how it is answered.
//! - `batch`: what is decided and not yet durable; keys in it are disjoint, so
//!   that everything is decided against the board plus the batch.
//! - `deciding`: from work to units.
//! - `publish`: from what is durable to the board, the answers and the fan-out.
//! - `early`: what is told of a message before its name is known.
//! - `hydrate`: items that left the board and are needed again.

mod batch;
mod deciding;
mod early;
mod handle;
mod hydrate;
mod publish;
mod work;

pub use handle::DeskHandle;
pub use hydrate::fold_item;
pub use work::{Asking, Control, ReplyTo};

use std::collections::VecDeque;
use std::sync::{Arc, RwLock};
use std::time::{Duration, Instant};

use tokio::sync::{mpsc, watch};
use tokio_util::sync::CancellationToken;
use tracing::{error, warn};

use self::batch::Batch;
use self::early::Early;
use self::work::{Delivery, Work};
use super::fanout::Fanout;
use super::lookout::Reader;
use super::metrics::Metrics;
use super::presence::Presence;
use super::routing::Routing;
use super::trouble::Trouble;
use crate::model::board::Board;
use crate::model::ids::Seq;
use crate::model::outgoing::Reach;
use crate::model::time::Clock;
use crate::store::{Appended, EventLog};

/// Commands that may wait: fifty a second from twenty sessions. When full, the
/// session is told that the hub is busy.
const COMMANDS: usize = 1024;
/// Deliveries that may wait. When full, senders wait, so that a flood is slowed
/// at its source.
const DELIVERIES: usize = 512;
/// Clocks and operators' acts that may wait. When full, a tick is left out: the
/// next one does its work.
const CONTROLS: usize = 16;
/// How long a batch may grow before it is appended.
const GATHER: Duration = Duration::from_millis(2);
/// Events of others read at once.
const PAGE: usize = 1000;
/// What the desk works with.
pub struct DeskParts<L> {
    /// The log.
    pub log: Arc<L>,
    /// The board, as the log left it.
    pub board: Board,
    /// The sessions.
    pub fanout: Arc<Fanout>,
    /// Who is on watch.
    pub presence: Arc<Presence>,
    /// The operator's rules.
    pub routing: Arc<Routing>,
    /// What reads the words of what comes in.
    pub reader: Arc<Reader>,
    /// Counters.
    pub metrics: Arc<Metrics>,
    /// What is wrong with the hub, for everybody to see.
    pub trouble: Arc<Trouble>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// What the channels can do outward.
    pub reach: watch::Receiver<Arc<Reach>>,
    /// How long reminders rest after an acknowledgement.
    pub ack_rest: Duration,
    /// How long closed items stay on the board, and how many.
    pub keep_closed: (Duration, usize),
}

/// The one task that decides.
pub struct Desk<L> {
    parts: DeskParts<L>,
    board: Arc<RwLock<Board>>,
    /// Work that touches what the last batch touched, or had no room in it:
    /// first of the next. Commands and deliveries apart, so that a flood that
    /// is carried over does not go before an officer.
    carried_commands: VecDeque<Asking>,
    carried_deliveries: VecDeque<Delivery>,
    /// Steps of messages on their way out.
    carried_controls: VecDeque<Control>,
    /// Marks that came before their message's name.
    early: Early,
    /// Refused commands' outcomes: the log keeps those that caused something.
    answered: work::Answered,
    /// When it may next be looked which closed items can go.
    evict_from: Instant,
    commands: mpsc::Receiver<Asking>,
    deliveries: mpsc::Receiver<Delivery>,
    controls: mpsc::Receiver<Control>,
}

impl<L: EventLog> Desk<L> {
    /// A desk and the handle that others reach it by.
    #[must_use]
    pub fn new(mut parts: DeskParts<L>) -> (Self, DeskHandle) {
        let board = Arc::new(RwLock::new(std::mem::take(&mut parts.board)));
        let (commands_in, commands) = mpsc::channel(COMMANDS);
        let (deliveries_in, deliveries) = mpsc::channel(DELIVERIES);
        let (controls_in, controls) = mpsc::channel(CONTROLS);
        let seen = (Arc::clone(&board), Arc::clone(&parts.reader));
        let handle = DeskHandle::new(commands_in, deliveries_in, controls_in, seen);
        let desk = Self {
            parts,
            board,
            carried_commands: VecDeque::new(),
            carried_deliveries: VecDeque::new(),
            carried_controls: VecDeque::new(),
            early: Early::default(),
            answered: work::Answered::default(),
            evict_from: Instant::now(),
            commands,
            deliveries,
            controls,
        };
        (desk, handle)
    }

    /// Works until `stop`, then finishes what waits.
    pub async fn run(mut self, stop: CancellationToken) {
        loop {
            let Some(first) = self.next(&stop).await else {
                break;
            };
            let batch = self.gather(first).await;
            self.carry_out(batch).await;
        }
        self.commands.close();
        self.deliveries.close();
        self.controls.close();
        while let Some(work) = self.waiting() {
            let batch = self.gather(work).await;
            self.carry_out(batch).await;
        }
    }

    /// The next work, waiting for it.
    async fn next(&mut self, stop: &CancellationToken) -> Option<Work> {
        if let Some(work) = self.waiting() {
            return Some(work);
        }
        tokio::select! {
            biased;
            Some(asking) = self.commands.recv() => Some(Work::Command(asking)),
            Some(control) = self.controls.recv() => Some(Work::Control(control)),
            Some(delivery) = self.deliveries.recv() => Some(Work::Delivery(delivery)),
            () = stop.cancelled() => None,
        }
    }

    /// What waits right now: officers, clocks, channels.
    fn waiting(&mut self) -> Option<Work> {
        if let Some(asking) = self.carried_commands.pop_front() {
            return Some(Work::Command(asking));
        }
        if let Ok(asking) = self.commands.try_recv() {
            return Some(Work::Command(asking));
        }
        if let Some(control) = self.carried_controls.pop_front() {
            return Some(Work::Control(control));
        }
        if let Ok(control) = self.controls.try_recv() {
            return Some(Work::Control(control));
        }
        let carried = self.carried_deliveries.pop_front();
        carried
            .or_else(|| self.deliveries.try_recv().ok())
            .map(Work::Delivery)
    }

    /// Decides `first` and all that waits, up to the limits of a batch. What
    /// has to be carried over ends the batch, so that order is kept.
    async fn gather(&mut self, first: Work) -> Batch {
        let started = Instant::now();
        let mut batch = Batch::new(self.parts.clock.now());
        let mut next = Some(first);
        while let Some(work) = next {
            if let Err(error) = self.hydrate_for(&work).await {
                self.parts.trouble.log(error.to_string());
                work.fail(&error);
            } else if let Some(left) = self.decide(work, &mut batch).await {
                match left {
                    Work::Command(asking) => self.carried_commands.push_front(asking),
                    Work::Delivery(delivery) => self.carried_deliveries.push_front(delivery),
                    Work::Control(control) => self.carried_controls.push_back(control),
                }
                break;
            }
            if batch.is_full() || started.elapsed() >= GATHER {
                break;
            }
            next = self.waiting();
        }
        batch
    }

    /// Appends, folds, answers, fans out.
    async fn carry_out(&mut self, mut batch: Batch) {
        if batch.is_empty() {
            batch.answer_now(&mut self.answered);
            return;
        }
        let units = batch.take_units();
        match self.parts.log.append(units).await {
            Ok(appended) => {
                self.parts.trouble.clear_log();
                self.catch_up(first_place(&appended)).await;
                self.publish(batch, appended);
            }
            Err(error) => {
                error!(message = "A batch was not stored; it was discarded and its senders told.", %error);
                self.parts.trouble.log(error.to_string());
                self.parts.metrics.append_failures.inc();
                batch.fail(&error);
            }
        }
    }

    /// Folds and fans out what others wrote, up to `before`: another writer, or
    /// an erasure. Does nothing when there is none.
    async fn catch_up(&mut self, before: Option<Seq>) {
        loop {
            let after = self.read(Board::head);
            if before.is_some_and(|before| after.next() >= before) {
                return;
            }
            let read = self.parts.log.read(after, PAGE).await;
            let mut events = match read {
                Ok(events) => events,
                Err(error) => {
                    warn!(message = "What others wrote can't be read.", %error);
                    return;
                }
            };
            events.retain(|event| before.is_none_or(|before| event.seq < before));
            if events.is_empty() {
                return;
            }
            self.fold_foreign(&events);
        }
    }

    fn read<T>(&self, look: impl FnOnce(&Board) -> T) -> T {
        look(
            &self
                .board
                .read()
                .unwrap_or_else(std::sync::PoisonError::into_inner),
        )
    }

    fn write<T>(&self, change: impl FnOnce(&mut Board) -> T) -> T {
        change(
            &mut self
                .board
                .write()
                .unwrap_or_else(std::sync::PoisonError::into_inner),
        )
    }
}

/// The first place that a batch got; none when nothing of it was stored, and
/// then everything that others wrote is of interest.
fn first_place(appended: &[Appended]) -> Option<Seq> {
    let places = appended.iter().filter_map(|one| match one {
        Appended::Stored(places) => places.first().map(|(seq, _)| *seq),
        _ => None,
    });
    places.min()
}
