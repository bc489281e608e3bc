//! Where a channel that fetches goes on after a restart: validators, what was
//! seen, the vendor's cursor. Kept as JSON by [`Cursors`].
//!
//! What was seen is remembered by a hash of the whole item, so that an edited
//! one counts as new. Saved only after the hub has kept what came before it.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use axum::http::{HeaderMap, HeaderValue};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use tokio::time::Instant;

use super::Running;
use super::cursors::Cursors;
use crate::channels::Intake;
use crate::channels::map::delivery::Delivery;
use crate::channels::registry::Channel;
use crate::model::inbound::Inbound;
use crate::model::time::Timestamp;

/// Where a channel goes on.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Place {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) etag: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) last_modified: Option<String>,
    /// Hashes of what came, oldest first.
    #[serde(default, skip_serializing_if = "VecDeque::is_empty")]
    pub(super) seen: VecDeque<u64>,
    /// Hashes of the elements of a list that were asked for one by one.
    #[serde(default, skip_serializing_if = "VecDeque::is_empty")]
    pub(super) asked: VecDeque<u64>,
    /// The vendor's own cursor.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) cursor: Option<String>,
    /// What the vendor gave when we registered.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) registered: BTreeMap<String, String>,
}

/// The place that was kept of `channel`; none at the first time. What can't be
/// told or read is a warning: what comes again is known again.
pub(super) async fn load<I: Intake, C: Cursors>(
    channel: &Channel,
    with: &Running<I, C>,
) -> Option<Place> {
    let text = match with.cursors.load(channel.name()).await {
        Ok(kept) => kept?,
        Err(says) => {
            with.health.warn(&says);
            return None;
        }
    };
    let place = serde_json::from_str(&text).ok();
    if place.is_none() {
        with.health
            .warn("What was kept of where to go on can't be read; the channel begins anew.");
    }
    place
}

impl Place {
    /// Keeps it, instead of what was kept before.
    pub(super) async fn save<I: Intake, C: Cursors>(
        &self,
        channel: &Channel,
        with: &Running<I, C>,
    ) {
        let text = serde_json::to_string(self).unwrap_or_default();
        if let Err(says) = with.cursors.save(channel.name(), text).await {
            with.health.warn(&says);
        }
    }

    /// Whether `entry` was not seen before; from now on it was.
    pub(super) fn is_new(&mut self, entry: u64) -> bool {
        is_new(&mut self.seen, entry)
    }

    /// Whether `element` was not asked for before; from now on it was.
    pub(super) fn is_unasked(&self, element: u64) -> bool {
        !self.asked.contains(&element)
    }

    /// Forgets all but the newest `keep` of each.
    pub(super) fn forget(&mut self, keep: usize) {
        for kept in [&mut self.seen, &mut self.asked] {
            let extra = kept.len().saturating_sub(keep);
            drop(kept.drain(..extra));
        }
    }

    /// The validators of an answer, for the next conditional request.
    pub(super) fn validators(&mut self, headers: &HeaderMap) {
        let text = |name: &str| Some(headers.get(name)?.to_str().ok()?.to_owned());
        self.etag = text("etag");
        self.last_modified = text("last-modified");
    }

    /// Makes `headers` a conditional request's.
    pub(super) fn condition(&self, headers: &mut HeaderMap) {
        let conditions = [
            ("if-none-match", self.etag.as_ref()),
            ("if-modified-since", self.last_modified.as_ref()),
        ];
        for (name, value) in conditions {
            if let Some(value) = value.and_then(|v| HeaderValue::try_from(v).ok()) {
                headers.insert(name, value);
            }
        }
    }

    /// What of `delivery` is new; what is older than `oldest` only counts as
    /// seen.
    pub(super) fn news(&mut self, delivery: Delivery, oldest: Option<Timestamp>) -> Delivery {
        let mut fresh = Delivery {
            warnings: delivery.warnings,
            ..Delivery::default()
        };
        for inbound in delivery.inbound {
            if !self.is_new(hash(&inbound)) {
                continue;
            }
            let when = match &inbound {
                Inbound::Item { content, .. } => content.source_time,
                _ => None,
            };
            if when.zip(oldest).is_some_and(|(when, oldest)| when < oldest) {
                continue;
            }
            fresh.kept.push(true);
            fresh.inbound.push(inbound);
        }
        fresh
    }
}

/// A place that moves with every document: kept every second at the most, and
/// when the connection ends. What a crash in between costs comes again and is
/// known again.
#[derive(Debug)]
pub(super) struct Kept {
    /// Where the channel is.
    pub(super) place: Place,
    saved: Place,
    at: Option<Instant>,
}

/// How often a moving place is kept at the most.
const OFTEN: Duration = Duration::from_secs(1);

impl Kept {
    /// The place that was kept of `channel`.
    pub(super) async fn load<I: Intake, C: Cursors>(
        channel: &Channel,
        with: &Running<I, C>,
    ) -> Self {
        let place = load(channel, with).await.unwrap_or_default();
        Self {
            saved: place.clone(),
            place,
            at: None,
        }
    }

    /// Keeps it unless that was done a moment ago.
    pub(super) async fn soon<I: Intake, C: Cursors>(
        &mut self,
        channel: &Channel,
        with: &Running<I, C>,
    ) {
        if self.at.is_none_or(|at| at.elapsed() >= OFTEN) {
            self.save(channel, with).await;
        }
    }

    /// When it has to be kept at the latest; none while there is nothing new.
    pub(super) fn due(&self) -> Option<Instant> {
        let at = self.at.filter(|_| self.place != self.saved)?;
        Some(at + OFTEN)
    }

    /// Keeps it.
    pub(super) async fn save<I: Intake, C: Cursors>(
        &mut self,
        channel: &Channel,
        with: &Running<I, C>,
    ) {
        if self.place != self.saved {
            self.place.save(channel, with).await;
            self.saved.clone_from(&self.place);
            self.at = Some(Instant::now());
        }
    }
}

/// Waits until `at`; for ever when there is no such moment.
pub(super) async fn moment(at: Option<Instant>) {
    match at {
        Some(at) => tokio::time::sleep_until(at).await,
        None => std::future::pending().await,
    }
}

fn is_new(kept: &mut VecDeque<u64>, entry: u64) -> bool {
    // At the most some thousands of numbers, a few times an hour.
    if let Some(at) = kept.iter().position(|seen| *seen == entry) {
        // What is still there is remembered longest.
        kept.remove(at);
        kept.push_back(entry);
        return false;
    }
    kept.push_back(entry);
    true
}

/// An item by everything that it says: an edit is another one.
fn hash(inbound: &Inbound) -> u64 {
    match inbound {
        Inbound::Item { content, .. } => hash_of(&serde_json::to_vec(content).unwrap_or_default()),
        Inbound::Unmapped { raw, .. } => hash_of(raw),
        Inbound::ReadTo { thread, upto, .. } => {
            hash_of(format!("read:{}:{upto}", thread.as_evidence()).as_bytes())
        }
        // No channel's: nothing redelivers it.
        Inbound::Reading { key, .. } => hash_of(key.as_bytes()),
        Inbound::Retraction { external_id, .. } => {
            hash_of(format!("gone:{}", external_id.as_evidence()).as_bytes())
        }
        Inbound::Delivery {
            external_id,
            status,
            ..
        } => hash_of(format!("delivery:{}:{status:?}", external_id.as_evidence()).as_bytes()),
        Inbound::Continuation {
            external_id, raw, ..
        }
        | Inbound::Edit {
            external_id, raw, ..
        } => {
            let id = external_id.as_evidence().as_bytes();
            hash_of(&[id, raw].concat())
        }
    }
}

/// The first eight bytes of a digest: enough to know thousands apart.
pub(super) fn hash_of(bytes: &[u8]) -> u64 {
    let digest = Sha256::digest(bytes);
    digest
        .iter()
        .take(8)
        .fold(0, |hash, byte| hash << 8 | u64::from(*byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_seen_is_remembered_and_bounded() {
        let mut place = Place::default();
        assert!((0..5).all(|n| place.is_new(n)));
        assert!(!place.is_new(0));
        place.forget(3);
        assert_eq!(place.seen, [3, 4, 0]);
    }

    #[test]
    fn a_place_of_an_earlier_version_is_read() {
        let old = r#"{"etag":"\"v3\"","last_modified":null,"seen":[1,2]}"#;
        let place: Place = serde_json::from_str(old).expect("it is read");
        assert_eq!(
            (place.etag.as_deref(), place.seen.len()),
            (Some("\"v3\""), 2)
        );
    }
}
