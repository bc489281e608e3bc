//! An intake that remembers, channels made in a line, and waiting for a
//! condition instead of for a time.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;
use watchfloor::channels::catalogue::Catalogue;
use watchfloor::channels::health::{HealthBoard, HealthHandle};
use watchfloor::channels::registry::{Channel, Channels};
use watchfloor::channels::settings::{ChannelConfig, Secret};
use watchfloor::channels::transport::cursors::InMemory;
use watchfloor::channels::transport::{self, Running};
use watchfloor::channels::{Intake, IntakeError};
use watchfloor::model::ids::ChannelName;
use watchfloor::model::inbound::{Inbound, Receipt};
use watchfloor::model::item::Content;
use watchfloor::model::time::{Clock, SystemClock, Timestamp};

/// Longest that anything in these tests may take before it counts as hung.
pub(crate) const HUNG: Duration = Duration::from_secs(30);

/// An intake that keeps everything, after refusing as often as it was told to.
#[derive(Clone, Default)]
pub(crate) struct Recorder {
    pub(crate) kept: Arc<Mutex<Vec<Inbound>>>,
    pub(crate) refusals: Arc<Mutex<VecDeque<IntakeError>>>,
    changed: Arc<Notify>,
}

impl Intake for Recorder {
    async fn submit(
        &self,
        _: &ChannelName,
        inbound: Vec<Inbound>,
    ) -> Result<Vec<Receipt>, IntakeError> {
        if let Some(refusal) = self.refusals.lock().unwrap().pop_front() {
            self.changed.notify_waiters();
            return Err(refusal);
        }
        let receipt = |i: &Inbound| match i {
            Inbound::Unmapped { .. } => Receipt::Unmapped,
            _ => Receipt::Arrived,
        };
        let receipts = inbound.iter().map(receipt).collect();
        self.kept.lock().unwrap().extend(inbound);
        self.changed.notify_waiters();
        Ok(receipts)
    }
}

impl Recorder {
    /// Waits until `enough` of what was kept.
    pub(crate) async fn until(&self, enough: impl Fn(&[Inbound]) -> bool) -> Vec<Inbound> {
        let waits = async {
            loop {
                let changed = self.changed.notified();
                tokio::pin!(changed);
                changed.as_mut().enable();
                {
                    let kept = self.kept.lock().unwrap();
                    if enough(&kept) {
                        return kept.clone();
                    }
                }
                changed.await;
            }
        };
        let outcome = tokio::time::timeout(HUNG, waits).await;
        outcome.expect("what was expected came in time")
    }

    /// Waits for `n` deliveries.
    pub(crate) async fn first(&self, n: usize) -> Vec<Inbound> {
        self.until(|kept| kept.len() >= n).await
    }
}

/// A channel's settings.
pub(crate) fn config(file: &str) -> ChannelConfig {
    ChannelConfig::new(ChannelName::new("water").unwrap(), file)
}

/// The same with a secret.
pub(crate) fn with_secret(mut config: ChannelConfig, name: &str, value: &str) -> ChannelConfig {
    config.secrets.insert(name.to_owned(), Secret::new(value));
    config
}

/// The channel of `config`, with the built-in files and `more`.
pub(crate) fn channel(config: ChannelConfig, more: &[&str]) -> Arc<Channel> {
    let mut catalogue = Catalogue::built_in().unwrap();
    for text in more {
        catalogue.add("own.toml", text).unwrap();
    }
    let name = config.name.clone();
    let channels = Channels::load(vec![config], &catalogue).unwrap();
    Arc::clone(channels.get(&name).unwrap())
}

/// A running channel; it ends when this is dropped.
pub(crate) struct Task {
    pub(crate) intake: Recorder,
    pub(crate) health: HealthHandle,
    pub(crate) cursors: InMemory,
    cancel: CancellationToken,
    running: tokio::task::JoinHandle<()>,
}

impl Task {
    pub(crate) fn start(channel: &Arc<Channel>, intake: Recorder, cursors: InMemory) -> Self {
        let clock = Arc::new(SystemClock);
        let health = channel.health(&HealthBoard::default(), clock.now());
        let cancel = CancellationToken::new();
        let with = Running {
            intake: intake.clone(),
            health: health.clone(),
            cursors: cursors.clone(),
            clock,
            cancel: cancel.clone(),
        };
        let running = tokio::spawn(transport::run(Arc::clone(channel), with));
        Self {
            intake,
            health,
            cursors,
            cancel,
            running,
        }
    }

    /// Ends it and waits until it has ended.
    pub(crate) async fn stop(self) {
        self.cancel.cancel();
        let outcome = tokio::time::timeout(HUNG, self.running).await;
        outcome.expect("it ends when it is told to").unwrap();
    }

    /// Ends it where it is, as a crash does.
    pub(crate) fn kill(self) {
        self.running.abort();
    }

    /// Waits until the channel's last error has `words`.
    pub(crate) async fn error(&self, words: &str) {
        let waits = async {
            loop {
                let error = self.health.at(now()).error;
                if error.is_some_and(|e| e.contains(words)) {
                    return;
                }
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        let outcome = tokio::time::timeout(HUNG, waits).await;
        let error = self.health.at(now()).error;
        outcome.unwrap_or_else(|_| panic!("\"{words}\" was expected; it is {error:?}"));
    }
}

/// The machine's time.
pub(crate) fn now() -> Timestamp {
    SystemClock.now()
}

/// The item that `inbound` is.
pub(crate) fn content(inbound: &Inbound) -> &Content {
    match inbound {
        Inbound::Item { content, .. } => content,
        other => panic!("an item was expected; this is {other:?}"),
    }
}
