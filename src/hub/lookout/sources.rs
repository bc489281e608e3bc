//! Gazetteers and claims feeds: files of the operator's, read at the start and
//! again when they change.
//!
//! Owns which files there are, how they look from outside, and that a bad edit
//! keeps the old ones and says so. What is in them is `insight`'s.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use tokio::time::MissedTickBehavior;
use tracing::{info, warn};

use super::reader::Models;
use crate::hub::Hub;
use crate::insight::claim::{Claims, FeedError};
use crate::insight::table::ModelError;
use crate::insight::{GazetteerError, Insight, Topics};
use crate::store::EventLog;

/// How often the files are looked at.
const LOOK: Duration = Duration::from_secs(2);
/// Bytes of a gazetteer at most; claims feeds have a bound of their own.
const GAZETTEER: u64 = 8 << 20;

/// What is wrong with a file; nothing of it is used then.
#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    /// The disk says no.
    #[error("{} can't be read: {source}. Look at insight.{key}.", path.display())]
    Read {
        /// Which key of `[insight]` names it.
        key: &'static str,
        /// Which file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A gazetteer is too long.
    #[error("{} has {bytes} bytes and a gazetteer may have {GAZETTEER}; split it.", path.display())]
    Long {
        /// Which file.
        path: PathBuf,
        /// How many.
        bytes: u64,
    },
    /// A gazetteer.
    #[error(transparent)]
    Topics(#[from] GazetteerError),
    /// A claims feed.
    #[error(transparent)]
    Claims(#[from] FeedError),
    /// A model that is built in.
    #[error(transparent)]
    Model(#[from] ModelError),
}

/// The files, in their order.
#[derive(Clone, Debug, Default)]
pub struct Sources {
    /// Gazetteers.
    pub topics: Vec<PathBuf>,
    /// Claims feeds.
    pub claims: Vec<PathBuf>,
    /// A gazetteer and claims that come with the program (the demo's).
    pub built_in: Option<(&'static str, &'static str)>,
}

impl Sources {
    /// Reads all of them.
    ///
    /// # Errors
    /// The first thing that is wrong.
    pub fn load(&self) -> Result<Models, SourceError> {
        let mut topics = Topics::default();
        let mut claims = Claims::default();
        if let Some((gazetteer, feed)) = self.built_in {
            topics.add(std::path::Path::new("built in"), gazetteer)?;
            claims.import("built in", feed)?;
        }
        for path in &self.topics {
            let bytes = std::fs::metadata(path).map_or(0, |file| file.len());
            if bytes > GAZETTEER {
                let path = path.clone();
                return Err(SourceError::Long { path, bytes });
            }
            topics.add(path, &read("topics", path)?)?;
        }
        for path in &self.claims {
            claims.import(&path.display().to_string(), &read("claims", path)?)?;
        }
        Ok(Models {
            insight: Insight::new(topics)?,
            claims,
        })
    }

    /// Their lengths and times: enough to see a change.
    fn look(&self) -> Vec<Option<(u64, Option<SystemTime>)>> {
        let one = |path: &PathBuf| {
            let file = std::fs::metadata(path).ok()?;
            Some((file.len(), file.modified().ok()))
        };
        self.topics.iter().chain(&self.claims).map(one).collect()
    }
}

fn read(key: &'static str, path: &PathBuf) -> Result<String, SourceError> {
    std::fs::read_to_string(path).map_err(|source| SourceError::Read {
        key,
        path: path.clone(),
        source,
    })
}

/// Reads them again whenever one has changed, until the hub closes.
pub async fn run<L: EventLog>(hub: Arc<Hub<L>>, sources: Sources) {
    if sources.topics.is_empty() && sources.claims.is_empty() {
        return;
    }
    let mut seen = sources.look();
    let mut tick = tokio::time::interval(LOOK);
    tick.set_missed_tick_behavior(MissedTickBehavior::Skip);
    while hub.closing.run_until_cancelled(tick.tick()).await.is_some() {
        let now = sources.look();
        if now == seen {
            continue;
        }
        seen = now;
        let reading = sources.clone();
        match tokio::task::spawn_blocking(move || reading.load()).await {
            Err(_) => return,
            Ok(Ok(models)) => {
                let claims = models.claims.all().len();
                hub.reader.replace(models);
                hub.trouble.clear("insight");
                info!(message = "Topics and claims were read again.", claims);
            }
            Ok(Err(error)) => {
                warn!(message = "A changed file of topics or claims was not taken; the floor goes on with what it has.", %error);
                hub.trouble.set("insight", error.to_string());
            }
        }
    }
}
