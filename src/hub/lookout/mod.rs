//! The lookout: reads what is said, watches how much of it, and raises alerts of
//! its own.
//!
//! - [`reader`]: at the door, before the desk: language, feeling, topics, urgency,
//!   whose copy it is and which known claims it repeats.
//! - [`watcher`]: behind the log: events in, what is to be told out; pure.
//! - [`wording`]: how it is told, as an alert that lies on the floor like any other.
//! - [`watch`](mod@watch): the task that follows the log and delivers the alerts.
//! - [`rerun`]: everything on the floor read again.
//! - [`kept`]: the watch's state over a restart.
//! - [`sources`]: gazetteers, claims feeds and the encoder, read again when they change.
//!
//! What is found is `insight`'s; here is only when it is asked and what becomes
//! of the answer. Its alerts come in by the channel [`CHANNEL`], each known by
//! its burst, so that none is told twice.

pub mod kept;
pub mod reader;
pub mod rerun;
pub mod sources;
pub mod watch;
pub mod watcher;
pub mod wording;

use std::sync::Arc;

use tokio_util::task::TaskTracker;

use self::kept::KeptFile;
use super::Hub;
use crate::store::EventLog;

pub use reader::Reader;
pub use sources::{SourceError, Sources};

/// The channel that its alerts come in by.
pub const CHANNEL: &str = "lookout";

/// Starts the task that follows the log, and the look at the files that it goes
/// by; both end with the hub.
pub fn start<L: EventLog>(
    hub: &Arc<Hub<L>>,
    tracker: &TaskTracker,
    (settings, kept): (Settings, KeptFile),
) {
    let sources = settings.sources.clone();
    tracker.spawn(sources::run(Arc::clone(hub), sources));
    let seed = uuid::Uuid::new_v4().as_u64_pair().0;
    let stop = hub.closing.clone();
    let with = (settings, Some(kept));
    tracker.spawn(watch::run(Arc::clone(hub), with, seed, stop));
}

/// What the operator set.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// What bursts are held to.
    pub burst: crate::insight::burst::Settings,
    /// Where topics and claims are read from.
    pub sources: Sources,
}
