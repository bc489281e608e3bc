//! The operator's own channel files, read again when they change: a good edit
//! takes the place of the old file without a restart, a bad one leaves it and
//! says so.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use tokio_util::task::TaskTracker;
use tracing::{info, warn};

use super::Hub;
use super::carrying::{self, Current};
use super::hearing::FileCursors;
use crate::channels::registry::{Channel, Channels};
use crate::store::EventLog;

/// How often the folder is looked at.
const LOOK: Duration = Duration::from_secs(2);

/// Loads all channels anew; what is wrong is one sentence each.
pub type Load = Arc<dyn Fn() -> Result<Channels, Vec<String>> + Send + Sync>;

/// Where the operator's own channel files are, and how all are loaded.
#[derive(Clone)]
pub struct Reload {
    /// The folder.
    pub folder: PathBuf,
    /// Loads.
    pub load: Load,
}

/// What a folder's files look like from outside: enough to see a change.
type Look = BTreeMap<PathBuf, (u64, Option<SystemTime>)>;

fn look(folder: &Path) -> Look {
    let entries = std::fs::read_dir(folder).into_iter().flatten();
    let one = |entry: std::io::Result<std::fs::DirEntry>| {
        let path = entry.ok()?.path();
        let of = std::fs::metadata(&path).ok()?;
        let ours = path.extension().is_some_and(|e| e == "toml");
        ours.then(|| (path, (of.len(), of.modified().ok())))
    };
    entries.filter_map(one).collect()
}

/// Watches until the hub closes.
pub async fn run<L: EventLog>(
    hub: Arc<Hub<L>>,
    reload: Reload,
    (channels, current): (Channels, Current),
    (cursors, tracker): (FileCursors, TaskTracker),
) {
    let mut running: Vec<Arc<Channel>> = channels.iter().cloned().collect();
    let mut seen = look(&reload.folder);
    let mut tick = tokio::time::interval(LOOK);
    tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Skip);
    while hub.closing.run_until_cancelled(tick.tick()).await.is_some() {
        let now = look(&reload.folder);
        if now == seen {
            continue;
        }
        seen = now;
        let load = Arc::clone(&reload.load);
        let loaded = tokio::task::spawn_blocking(move || load()).await;
        match loaded {
            Err(_) => return,
            Ok(Err(problems)) => {
                for says in problems {
                    warn!(message = "A channel file was changed and was not taken; the floor goes on with the one that it has.", %says);
                    hub.hearing.warn(&running, &says);
                }
            }
            Ok(Ok(loaded)) => {
                for old in &mut running {
                    let Some(new) = loaded.get(old.name()).filter(|new| !new.same_file(old)) else {
                        continue;
                    };
                    info!(message = "A channel goes on by its changed file.", channel = %new.name());
                    hub.hearing.run(new, &hub, (cursors.clone(), &tracker));
                    *old = Arc::clone(new);
                }
                hub.set_reach(carrying::reach(&loaded));
                current.set(loaded);
            }
        }
    }
}
