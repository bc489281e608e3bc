//! The channels at work: their tasks, their doors, how they are, and the alert
//! for one that has gone silent.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::Duration;

use tokio::sync::{Semaphore, SemaphorePermit};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tracing::warn;

use super::Hub;
use crate::channels::Intake;
use crate::channels::health::{Health, HealthBoard, HealthHandle, State};
use crate::channels::registry::{Channel, Channels};
use crate::channels::silence::own_channel;
use crate::channels::transport::cursors::Cursors;
use crate::channels::transport::webhook::Webhook;
use crate::channels::transport::websub::Subscriber;
use crate::channels::transport::{self, Running};
use crate::model::ids::ChannelName;
use crate::model::inbound::Inbound;
use crate::model::time::Timestamp;
use crate::store::EventLog;
use crate::wire::frames::{ChannelHealth, ChannelState};

/// How often health is looked at: a silence is told so late at the most.
const LOOK: Duration = Duration::from_secs(2);

/// The doors of the webhook channels, and how all channels are.
#[derive(Clone)]
pub struct Hearing {
    doors: Arc<RwLock<BTreeMap<ChannelName, (Webhook, HealthHandle)>>>,
    /// The doors of feeds that a hub tells of.
    subscribers: Arc<RwLock<BTreeMap<ChannelName, (Subscriber, HealthHandle)>>>,
    board: HealthBoard,
    /// What ends each channel's task.
    ends: Arc<Mutex<BTreeMap<ChannelName, CancellationToken>>>,
    /// One large delivery is read at a time: dozens of them, each half a
    /// millisecond of work, would stand before an officer's frame.
    turns: Arc<Semaphore>,
}

/// Deliveries from this many bytes on wait for their turn to be read.
const LARGE: usize = 16 * 1024;

impl Hearing {
    /// The doors of `channels`.
    #[must_use]
    pub fn of(channels: &Channels, now: Timestamp) -> Self {
        let board = HealthBoard::default();
        let mut doors = BTreeMap::new();
        for channel in channels.iter() {
            let health = channel.health(&board, now);
            if let Some(webhook) = Webhook::of(channel).filter(|_| channel.enabled()) {
                doors.insert(channel.name().clone(), (webhook, health));
            }
        }
        Self {
            doors: Arc::new(RwLock::new(doors)),
            subscribers: Arc::default(),
            board,
            ends: Arc::default(),
            turns: Arc::new(Semaphore::new(1)),
        }
    }

    /// Waits until a delivery of so many bytes may be read; it may for as long
    /// as what is returned is kept.
    pub async fn turn(&self, bytes: usize) -> Option<SemaphorePermit<'_>> {
        if bytes < LARGE {
            return None;
        }
        // Never closed, so there is always a turn.
        self.turns.acquire().await.ok()
    }

    /// The door of a webhook channel.
    #[must_use]
    pub fn door(&self, channel: &ChannelName) -> Option<(Webhook, HealthHandle)> {
        let doors = self.doors.read().unwrap_or_else(PoisonError::into_inner);
        doors.get(channel).cloned()
    }

    /// The door of a feed that a hub tells of.
    #[must_use]
    pub fn subscriber(&self, channel: &ChannelName) -> Option<(Subscriber, HealthHandle)> {
        let doors = self
            .subscribers
            .read()
            .unwrap_or_else(PoisonError::into_inner);
        doors.get(channel).cloned()
    }

    /// Says on the channels whose file is at `origin` that it was not taken.
    pub fn warn(&self, channels: &[Arc<Channel>], says: &str) {
        for channel in channels.iter().filter(|c| says.starts_with(c.origin())) {
            if let Some(health) = self.board.get(channel.name()) {
                health.mistaken(says);
            }
        }
    }

    /// Starts every channel's task, and the look at their health.
    pub fn start<L: EventLog>(
        &self,
        channels: &Channels,
        hub: &Arc<Hub<L>>,
        (cursors, tracker): (FileCursors, &TaskTracker),
    ) {
        for channel in channels.iter() {
            self.run(channel, hub, (cursors.clone(), tracker));
        }
        // The first console that comes is told of them already.
        let known = self.board.snapshot(hub.clock.now());
        hub.set_health(known.iter().map(told).collect());
        tracker.spawn(watch(
            Arc::clone(hub),
            self.board.clone(),
            hub.closing.clone(),
        ));
    }
}

impl Hearing {
    /// Starts one channel's task; one that ran under its name ends. What was in
    /// its hands comes again, since nothing was confirmed; a webhook's sender
    /// finds the door open all the time.
    pub fn run<L: EventLog>(
        &self,
        channel: &Arc<Channel>,
        hub: &Arc<Hub<L>>,
        (cursors, tracker): (FileCursors, &TaskTracker),
    ) {
        let Some(health) = self.board.get(channel.name()) else {
            return;
        };
        if let Some(webhook) = Webhook::of(channel).filter(|_| channel.enabled()) {
            let mut doors = self.doors.write().unwrap_or_else(PoisonError::into_inner);
            doors.insert(channel.name().clone(), (webhook, health.clone()));
        }
        if let Some(subscriber) = channel.subscriber() {
            let door = (subscriber.clone(), health.clone());
            let mut doors = self
                .subscribers
                .write()
                .unwrap_or_else(PoisonError::into_inner);
            doors.insert(channel.name().clone(), door);
        }
        health.of(channel);
        let cancel = hub.closing.child_token();
        let mut ends = self.ends.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(before) = ends.insert(channel.name().clone(), cancel.clone()) {
            before.cancel();
        }
        let with = Running {
            intake: hub.desk.clone(),
            health,
            cursors,
            clock: Arc::clone(&hub.clock),
            cancel,
        };
        tracker.spawn(transport::run(Arc::clone(channel), with));
    }
}

/// Tells how the channels are, and raises an alert for a silent one.
async fn watch<L: EventLog>(hub: Arc<Hub<L>>, board: HealthBoard, stop: CancellationToken) {
    let mut look = tokio::time::interval(LOOK);
    look.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Skip);
    while stop.run_until_cancelled(look.tick()).await.is_some() {
        let now = hub.clock.now();
        hub.set_health(board.snapshot(now).iter().map(told).collect());
        let said = board.silence(now, hub.routing.zone());
        let inbound: Vec<Inbound> = said
            .into_iter()
            .map(|content| {
                let raw = serde_json::to_vec(&content).unwrap_or_default().into();
                Inbound::item(Arc::new(content), raw)
            })
            .collect();
        if !inbound.is_empty()
            && let Err(error) = hub.desk.submit(&own_channel(), inbound).await
        {
            warn!(message = "A silent channel's alert was not kept.", %error);
        }
    }
}

fn told(health: &Health) -> ChannelHealth {
    ChannelHealth {
        channel: health.channel.clone(),
        file: health.file.clone(),
        transport: health.transport.clone(),
        state: match health.state {
            State::Up => ChannelState::Up,
            State::Connecting => ChannelState::Connecting,
            State::Silent => ChannelState::Silent,
            State::Down => ChannelState::Down,
            State::Off => ChannelState::Off,
        },
        since: health.since,
        last_item: health.last_item,
        per_minute: health.per_minute,
        items: health.items,
        unmapped: health.unmapped,
        refused: health.refused,
        calls: health.calls,
        answers: health.answers,
        error: health
            .error
            .clone()
            .or_else(|| health.warnings.last().cloned()),
    }
}

/// Cursors as files in the data folder, one a channel, replaced as a whole.
#[derive(Clone, Debug)]
pub struct FileCursors(Arc<Path>);

impl FileCursors {
    /// Keeps cursors in `folder`, which is made at the first save.
    #[must_use]
    pub fn in_folder(folder: PathBuf) -> Self {
        Self(folder.into())
    }

    fn file(&self, channel: &ChannelName) -> PathBuf {
        // A name is a slug; ':' is no good in a file's name everywhere.
        self.0
            .join(format!("{}.cursor", channel.as_str().replace(':', "_")))
    }
}

impl Cursors for FileCursors {
    async fn load(&self, channel: &ChannelName) -> Result<Option<String>, String> {
        match tokio::fs::read_to_string(self.file(channel)).await {
            Ok(cursor) => Ok(Some(cursor)),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(format!(
                "{} can't be read: {error}.",
                self.file(channel).display()
            )),
        }
    }

    async fn save(&self, channel: &ChannelName, cursor: String) -> Result<(), String> {
        let (folder, file) = (Arc::clone(&self.0), self.file(channel));
        let saved = tokio::task::spawn_blocking(move || {
            super::auth::private::make_folder(&folder)?;
            super::auth::private::replace(&file, cursor.as_bytes())
        });
        match saved.await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(error)) => Err(format!(
                "A cursor can't be kept in {}: {error}.",
                self.0.display()
            )),
            Err(_) => Err("The hub is shutting down.".to_owned()),
        }
    }
}
