//! The task that follows the log and delivers the lookout's alerts.
//!
//! Reads events from the log itself, so that a flood makes it trail and never
//! miss: nothing waits for it. Its state is kept now and then, and at the end.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::time::MissedTickBehavior;
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

use super::kept::KeptFile;
use super::watcher::{Noted, Watcher};
use super::{CHANNEL, Settings, wording};
use crate::channels::Intake;
use crate::hub::Hub;
use crate::insight::burst::Raised;
use crate::model::ids::{ChannelName, ItemKey, Seq};
use crate::model::inbound::Inbound;
use crate::store::{EventLog, LogError};

/// Events that are read at once.
const PAGE: usize = 500;
/// How often it looks at what is on while nothing comes in.
const TICK: Duration = Duration::from_secs(1);
/// How often its state is kept. What came after it is read again from the log.
const KEEP: Duration = Duration::from_mins(5);
/// Events of the log that are read where no state is: enough for what is usual.
const RECALLED: u64 = 100_000;
/// Events before its state from which it hears again what words were usual.
const HEARD_AGAIN: usize = 5_000;
/// What is told after a start without any state is no older than this.
const RECENT: Duration = Duration::from_hours(1);
/// How long to wait when the log can't be read.
const AFTER_FAILURE: Duration = Duration::from_secs(5);

/// Follows the log until `stop`. `seed` is random.
pub async fn run<L: EventLog>(
    hub: Arc<Hub<L>>,
    (settings, file): (Settings, Option<KeptFile>),
    seed: u64,
    stop: CancellationToken,
) {
    let Ok(channel) = ChannelName::new(CHANNEL) else {
        return;
    };
    let (watcher, restored) = begin(&hub, (&settings, file.as_ref()), seed).await;
    let mut lookout = Lookout {
        hub,
        channel,
        watcher,
        pending: BTreeMap::new(),
        restored,
        file,
        kept: Instant::now(),
    };
    if stop.run_until_cancelled(lookout.catch_up()).await.is_some() {
        stop.run_until_cancelled(lookout.follow()).await;
    }
    lookout.keep().await;
}

/// The watch as it was kept, or one that begins a way back in the log; and
/// whether it was kept.
async fn begin<L: EventLog>(
    hub: &Hub<L>,
    (settings, file): (&Settings, Option<&KeptFile>),
    seed: u64,
) -> (Watcher, bool) {
    let (loading, epoch) = (file.cloned(), hub.log.epoch());
    let kept = tokio::task::spawn_blocking(move || loading.and_then(|file| file.load(epoch))).await;
    let head = loop {
        match hub.log.head().await {
            Ok(head) => break head.seq,
            Err(error) => failed(&error).await,
        }
    };
    let known = kept
        .ok()
        .flatten()
        // A state ahead of the log is of a log that was put back from a copy.
        .filter(|(seen, _)| *seen <= head)
        .and_then(|kept| Watcher::restored(settings.burst, kept, seed));
    if let Some(mut watcher) = known {
        let from = Seq(watcher.head().0.saturating_sub(HEARD_AGAIN as u64));
        if let Ok(events) = hub.log.read(from, HEARD_AGAIN).await {
            watcher.hear_again(&events);
        }
        return (watcher, true);
    }
    let from = Seq(head.0.saturating_sub(RECALLED));
    let first = hub.log.read(from, 1).await.unwrap_or_default();
    let since = first.first().map_or(hub.clock.now(), |event| event.at);
    (Watcher::new(settings.burst, (from, since), seed), false)
}

async fn failed(error: &LogError) {
    warn!(message = "The lookout can't read the log.", %error);
    tokio::time::sleep(AFTER_FAILURE).await;
}

struct Lookout<L: EventLog> {
    hub: Arc<Hub<L>>,
    channel: ChannelName,
    watcher: Watcher,
    /// Tellings that the desk has not taken yet, the last of each alert. While
    /// there are any, no state is kept that says that they were told.
    pending: BTreeMap<u64, Raised>,
    /// Whether the watch goes on where it was.
    restored: bool,
    file: Option<KeptFile>,
    kept: Instant,
}

impl<L: EventLog> Lookout<L> {
    /// Reads what the log has beyond the state. Of each burst only its last
    /// telling is delivered: the steps before it were told before the restart.
    async fn catch_up(&mut self) {
        let mut others = Vec::new();
        loop {
            let events = match self.hub.log.read(self.watcher.head(), PAGE).await {
                Ok(events) => events,
                Err(error) => {
                    failed(&error).await;
                    continue;
                }
            };
            for event in &events {
                for noted in self.watcher.note(event) {
                    match noted {
                        Noted::Raised(raised) => drop(self.pending.insert(raised.alert, *raised)),
                        other => others.push(other),
                    }
                }
            }
            if events.len() < PAGE {
                break;
            }
            tokio::task::yield_now().await;
        }
        if !self.restored {
            // Nobody is told of what was on weeks ago.
            let since = self.hub.clock.now().minus(RECENT);
            self.pending.retain(|_, raised| raised.at >= since);
        }
        let (keys, ..) = self.watcher.counts();
        info!(message = "The lookout is up.", head = %self.watcher.head(), keys, on = self.pending.len());
        self.act(others).await;
        self.deliver_pending().await;
    }

    /// Follows the log.
    async fn follow(&mut self) {
        let mut head = self.hub.log.watch_head();
        let mut tick = tokio::time::interval(TICK);
        tick.set_missed_tick_behavior(MissedTickBehavior::Skip);
        loop {
            tokio::select! {
                changed = head.changed() => if changed.is_err() { return },
                _ = tick.tick() => {}
            }
            match self.hub.log.read(self.watcher.head(), PAGE).await {
                Ok(events) => {
                    let full = events.len() >= PAGE;
                    for event in &events {
                        let noted = self.watcher.note(event);
                        self.act(noted).await;
                        tokio::task::coop::consume_budget().await;
                    }
                    if full {
                        head.mark_changed();
                    } else {
                        let noted = self.watcher.tick(self.hub.clock.now());
                        self.act(noted).await;
                    }
                    self.measure();
                }
                Err(error) => failed(&error).await,
            }
            self.deliver_pending().await;
            if self.kept.elapsed() >= KEEP {
                self.keep().await;
            }
        }
    }

    async fn act(&mut self, noted: Vec<Noted>) {
        for one in noted {
            match one {
                Noted::Raised(raised) => drop(self.pending.insert(raised.alert, *raised)),
                Noted::Gone(key) => self.hub.reader.forget(&key),
                Noted::Changed(key) => self.read_again(key).await,
            }
        }
    }

    /// Delivers what waits; what the desk does not take waits on.
    async fn deliver_pending(&mut self) {
        let waiting: Vec<u64> = self.pending.keys().copied().collect();
        for alert in waiting {
            let Some(raised) = self.pending.get(&alert) else {
                continue;
            };
            if !self.deliver(raised).await {
                return;
            }
            self.pending.remove(&alert);
        }
    }

    /// Delivers an alert like any channel: the desk routes, stores and fans out.
    /// False when it was not stored.
    async fn deliver(&self, raised: &Raised) -> bool {
        let reader = &self.hub.reader;
        let claimed = |id: &str| reader.claim(id).map(|claim| claim.claim);
        let content = wording::alert(&self.channel, raised, claimed);
        let raw = serde_json::to_vec(&raised.why).unwrap_or_default();
        let mut inbound = Inbound::item(Arc::new(content), raw.into());
        if let Inbound::Item { reading, .. } = &mut inbound {
            *reading = wording::reading(raised, &reader.version()).map(Arc::new);
        }
        match self.hub.desk.submit(&self.channel, vec![inbound]).await {
            Ok(_) => true,
            Err(error) => {
                warn!(message = "An alert of the lookout was not stored; it is tried again.", %error);
                false
            }
        }
    }

    /// Reads an item again whose words its channel changed.
    async fn read_again(&self, key: ItemKey) {
        let item = self.hub.desk.board(|board| board.item(&key).cloned());
        let Some(item) = item.filter(|item| !item.is_silenced()) else {
            return;
        };
        let reading = Arc::new(self.hub.reader.read_again(&item));
        if item.reading.as_ref() == Some(&reading) {
            return;
        }
        let inbound = Inbound::Reading {
            key,
            of: item.content,
            reading,
        };
        if let Err(error) = self.hub.desk.submit(&self.channel, vec![inbound]).await {
            warn!(message = "A new reading was not stored.", %error);
        }
    }

    fn measure(&self) {
        let (keys, forgotten, late) = self.watcher.counts();
        let metrics = &self.hub.metrics;
        metrics.lookout_keys.set(keys as u64);
        metrics.lookout_forgotten.set(forgotten);
        metrics.lookout_late.set(late);
    }

    async fn keep(&mut self) {
        self.kept = Instant::now();
        let Some(file) = self.file.clone().filter(|_| self.pending.is_empty()) else {
            return;
        };
        let (head, watch) = (self.watcher.head(), self.watcher.save());
        let at = (self.hub.log.epoch(), head);
        let kept = tokio::task::spawn_blocking(move || file.save(at, watch)).await;
        if let Ok(Err(error)) = kept {
            warn!(message = "The lookout's state could not be kept; after a restart it learns again from the log.", %error);
        }
    }
}
