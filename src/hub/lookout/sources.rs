//! Gazetteers, claims feeds and the encoder: files of the operator's, read at the
//! start and again when they change.
//!
//! Owns which files there are, how they look from outside, and that a bad edit
//! keeps the old ones and says so. An encoder that is not there or damaged is left
//! out and told of; nothing else waits for it, nor for what it makes of the claims.
//! What is in them is `insight`'s.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use tokio::time::MissedTickBehavior;
use tracing::{info, warn};

use super::reader::Models;
use crate::hub::Hub;
use crate::insight::claim::{Claims, FeedError};
use crate::insight::encoder::{self, Encoder, EncoderError};
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
    /// The encoder.
    #[error("{} is not used: {source}", path.display())]
    Encoder {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: EncoderError,
    },
}

/// How the files look from outside: their lengths and times.
pub type Look = Vec<Option<(u64, Option<SystemTime>)>>;

/// The files, in their order.
#[derive(Clone, Debug, Default)]
pub struct Sources {
    /// Gazetteers.
    pub topics: Vec<PathBuf>,
    /// Claims feeds.
    pub claims: Vec<PathBuf>,
    /// The encoder, where one was added.
    pub encoder: Option<PathBuf>,
    /// A gazetteer and claims that come with the program (the demo's).
    pub built_in: Option<(&'static str, &'static str)>,
}

impl Sources {
    /// Reads all of them.
    ///
    /// # Errors
    /// The first thing that is wrong.
    pub fn load(&self) -> Result<Models, SourceError> {
        self.load_beside(None)
    }

    /// The same, with the encoder of `before` where its file looks as it did.
    ///
    /// # Errors
    /// The first thing that is wrong.
    pub fn load_beside(&self, before: Option<&Models>) -> Result<Models, SourceError> {
        // Before reading: what changes meanwhile is seen afterwards.
        let look = self.look();
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
        let same = before.filter(|models| models.look.last() == look.last());
        let (encoder, refused) = match (same, &self.encoder) {
            (Some(same), _) => (same.encoder.clone(), same.refused.clone()),
            (None, None) => (None, None),
            (None, Some(path)) => match read_encoder(path) {
                Ok(encoder) => (Some(Arc::new(encoder)), None),
                Err(error) => (None, Some(error.to_string())),
            },
        };
        claims.encode_with(encoder.clone());
        let insight = Insight::new(topics)?;
        Ok(Models {
            insight: match &encoder {
                Some(encoder) => insight.encode_with(Arc::clone(encoder))?,
                None => insight,
            },
            claims,
            encoder,
            refused,
            look,
        })
    }

    /// Their lengths and times: enough to see a change. The encoder is the last.
    #[must_use]
    pub fn look(&self) -> Look {
        let one = |path: &PathBuf| {
            let file = std::fs::metadata(path).ok()?;
            Some((file.len(), file.modified().ok()))
        };
        let files = self.topics.iter().chain(&self.claims).map(one);
        let encoder = self.encoder.as_ref().and_then(one);
        files.chain([encoder]).collect()
    }
}

/// Reads an encoder that was added.
///
/// # Errors
/// A file that can't be read, is too long, damaged or of another form.
pub fn read_encoder(path: &Path) -> Result<Encoder, SourceError> {
    let disk = |source| SourceError::Read {
        key: "encoder",
        path: path.to_owned(),
        source,
    };
    let mut bytes = Vec::new();
    let file = std::fs::File::open(path).map_err(disk)?;
    let mut file = file.take(encoder::MOST_BYTES);
    file.read_to_end(&mut bytes).map_err(disk)?;
    Encoder::read(&bytes).map_err(|source| SourceError::Encoder {
        path: path.to_owned(),
        source,
    })
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
    tell_of_encoder(&hub, None);
    if sources.topics.is_empty() && sources.claims.is_empty() && sources.encoder.is_none() {
        return;
    }
    make_ready(&hub);
    let mut seen = hub.reader.models().look.clone();
    let mut tick = tokio::time::interval(LOOK);
    tick.set_missed_tick_behavior(MissedTickBehavior::Skip);
    while hub.closing.run_until_cancelled(tick.tick()).await.is_some() {
        let now = sources.look();
        if now == seen {
            continue;
        }
        seen = now;
        let (reading, before) = (sources.clone(), hub.reader.models());
        let refused = before.refused.clone();
        match tokio::task::spawn_blocking(move || reading.load_beside(Some(&before))).await {
            Err(_) => return,
            Ok(Ok(models)) => {
                let claims = models.claims.all().len();
                hub.reader.replace(models);
                make_ready(&hub);
                tell_of_encoder(&hub, refused.as_deref());
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

/// Makes ready what the claims mean, beside the stream, until the hub closes or has
/// read others: some 3 ms a claim. Until then posts are compared by words with more
/// of them.
fn make_ready<L: EventLog>(hub: &Arc<Hub<L>>) {
    let models = hub.reader.models();
    if models.encoder.is_none() {
        return;
    }
    let hub = Arc::clone(hub);
    tokio::task::spawn_blocking(move || {
        for place in 0..models.claims.all().len() {
            if hub.closing.is_cancelled() || !Arc::ptr_eq(&models, &hub.reader.models()) {
                return;
            }
            models.claims.make_ready(place);
        }
    });
}

/// Says why the encoder is not used, once, and takes it back when it is.
fn tell_of_encoder<L: EventLog>(hub: &Hub<L>, told: Option<&str>) {
    match &hub.reader.models().refused {
        Some(why) if Some(why.as_str()) != told => {
            warn!(message = "The encoder is not used; the floor goes on without it.", %why);
            hub.trouble.set("encoder", why.clone());
        }
        Some(_) => {}
        None => hub.trouble.clear("encoder"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_encoder_that_is_missing_or_damaged_is_left_out_and_told_of() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("encoder.model");
        let sources = Sources {
            encoder: Some(path.clone()),
            ..Sources::default()
        };
        let missing = sources.load().unwrap();
        assert!(missing.encoder.is_none());
        let why = missing.refused.clone().unwrap();
        assert!(why.contains("insight.encoder"), "{why}");
        std::fs::write(&path, b"not an encoder, but long enough to hold a hash").unwrap();
        let damaged = sources.load_beside(Some(&missing)).unwrap();
        assert!(damaged.encoder.is_none());
        let why = damaged.refused.clone().unwrap();
        assert!(why.contains("is not used: The encoder is damaged"), "{why}");
        std::fs::write(&path, crate::insight::encoder::small_file()).unwrap();
        let whole = sources.load_beside(Some(&damaged)).unwrap();
        assert_eq!(whole.refused, None);
        // Readings say that another model made them.
        assert_eq!(damaged.insight.version(), missing.insight.version());
        assert_ne!(whole.insight.version(), missing.insight.version());
        // Unchanged, it is not read again.
        let again = sources.load_beside(Some(&whole)).unwrap();
        assert!(Arc::ptr_eq(
            whole.encoder.as_ref().unwrap(),
            again.encoder.as_ref().unwrap()
        ));
    }

    #[test]
    fn a_file_that_changes_while_it_is_read_looks_changed_afterwards() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("topics.toml");
        std::fs::write(&path, "[[topic]]\nname = \"water\"\naliases = [\"tap\"]\n").unwrap();
        let sources = Sources {
            topics: vec![path.clone()],
            ..Sources::default()
        };
        let models = sources.load().unwrap();
        assert_eq!(models.look, sources.look());
        std::fs::write(
            &path,
            "[[topic]]\nname = \"gas\"\naliases = [\"leak\"]\n# longer\n",
        )
        .unwrap();
        assert_ne!(models.look, sources.look());
    }
}
