//! A feed that we poll: conditional GET, politely, and only what is new.
//!
//! What was seen is remembered by a hash of the whole entry, so that an edited
//! entry counts as new; the cursor is saved only after the hub has kept the
//! entries. Decoding and mapping are `map`'s.

use std::collections::VecDeque;
use std::time::Duration;

use axum::http::{HeaderMap, HeaderValue, StatusCode};
use reqwest::Url;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::backoff::Backoff;
use super::cursors::Cursors;
use super::deliver::{deliver, pause};
use super::{Running, address};
use crate::channels::Intake;
use crate::channels::egress::{Fetched, Fetcher, Guard, Wanted};
use crate::channels::file::FeedSource;
use crate::channels::map::reader::Delivery;
use crate::channels::registry::Channel;
use crate::model::inbound::Inbound;
use crate::model::time::Timestamp;

/// Longest wait that a server can ask for: a feed that says "in a year" is
/// looked at every day all the same.
const LONGEST: Duration = Duration::from_hours(24);

/// Where polling goes on.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Cursor {
    #[serde(default)]
    etag: Option<String>,
    #[serde(default)]
    last_modified: Option<String>,
    /// Hashes of entries, oldest first.
    #[serde(default)]
    seen: VecDeque<u64>,
}

/// What is worked out once for all polls.
struct Plan {
    url: Url,
    headers: HeaderMap,
    fetcher: Fetcher,
}

/// What a poll came to: when the next may be, at the earliest.
type Polled = Result<Option<Duration>, Failed>;

/// Why a poll came to nothing.
enum Failed {
    /// The task has to end.
    Stopped,
    /// A sentence, and how long the server wants to be left alone.
    Trouble(String, Option<Duration>),
}

/// Runs the channel until it is cancelled.
pub(super) async fn run<I: Intake, C: Cursors>(
    channel: &Channel,
    source: &FeedSource,
    with: &Running<I, C>,
) {
    let plan = match plan(channel, source) {
        Ok(plan) => plan,
        Err(says) => return with.health.down(with.clock.now(), says),
    };
    let mut cursor = match with.cursors.load(channel.name()).await {
        Ok(kept) => kept.and_then(|text| serde_json::from_str::<Cursor>(&text).ok()),
        Err(says) => {
            with.health.warn(&says);
            None
        }
    };
    let interval = channel.config.poll_every.unwrap_or(source.interval);
    let mut waits = Backoff::new(interval, LONGEST);
    loop {
        let polled = tokio::select! {
            () = with.cancel.cancelled() => return,
            polled = poll(channel, source, (&plan, &mut cursor), with) => polled,
        };
        let wait = match polled {
            Ok(earliest) => {
                waits.reset();
                // The operator's own interval counts more than the feed's.
                let asked = earliest.filter(|_| channel.config.poll_every.is_none());
                let wait = interval.max(asked.unwrap_or(Duration::ZERO)).min(LONGEST);
                jittered(wait, source.jitter, rand::random())
            }
            Err(Failed::Stopped) => return,
            Err(Failed::Trouble(says, asked)) => {
                with.health.down(with.clock.now(), says);
                let wait = waits.next(rand::random());
                wait.max(asked.unwrap_or(Duration::ZERO)).min(LONGEST)
            }
        };
        if !pause(wait, with).await {
            return;
        }
    }
}

fn plan(channel: &Channel, source: &FeedSource) -> Result<Plan, String> {
    let url = address::url(channel, &source.url)?;
    let private = channel.config.allow_private;
    let guard = Guard::new(&["http", "https"], (&url, &source.hosts), private);
    Ok(Plan {
        headers: address::headers(channel, &source.headers)?,
        fetcher: Fetcher::new(guard)?,
        url,
    })
}

/// A wait, `percent` earlier or later.
fn jittered(wait: Duration, percent: u32, random: f64) -> Duration {
    let share = f64::from(percent.min(100)) / 100.0;
    wait.mul_f64(1.0 + share * (2.0 * random.clamp(0.0, 1.0) - 1.0))
}

async fn poll<I: Intake, C: Cursors>(
    channel: &Channel,
    source: &FeedSource,
    (plan, cursor): (&Plan, &mut Option<Cursor>),
    with: &Running<I, C>,
) -> Polled {
    let headers = conditional(&plan.headers, cursor.as_ref());
    let wanted = Wanted {
        url: &plan.url,
        headers: &headers,
        most_bytes: channel.max_body_bytes(),
        within: source.timeout,
    };
    let fetched = plan.fetcher.get(&wanted).await;
    let fetched = fetched.map_err(|e| Failed::Trouble(e.to_string(), None))?;
    let now = with.clock.now();
    let earliest = max_age(&fetched.headers);
    if fetched.status == StatusCode::NOT_MODIFIED {
        with.health.heard(now);
        return Ok(earliest);
    }
    if fetched.status != StatusCode::OK {
        let says = format!(
            "The feed's server answers with {}.",
            fetched.status.as_u16()
        );
        return Err(Failed::Trouble(says, retry_after(&fetched.headers, now)));
    }
    let read = channel
        .file
        .reader
        .read(&fetched.body, &channel.vars, &channel.whose);
    let delivery = read.map_err(|e| {
        with.health.refused(&e.to_string());
        Failed::Trouble(e.to_string(), None)
    })?;
    let ttl = delivery
        .ttl
        .map(|minutes| Duration::from_secs(minutes.saturating_mul(60)));
    let first_within = channel
        .config
        .first_poll_within
        .unwrap_or(source.first_poll_within);
    let oldest = cursor.is_none().then(|| now.minus(first_within));
    let mut next = after(cursor.as_ref(), &fetched);
    // A feed longer than the memory would be new at each poll for ever.
    let keep = source.keep.max(delivery.inbound.len());
    let fresh = news(delivery, &mut next, oldest);
    next.forget(keep);
    deliver(channel.name(), fresh, with)
        .await
        .map_err(|_| Failed::Stopped)?;
    if cursor.as_ref() != Some(&next) {
        let text = serde_json::to_string(&next).unwrap_or_default();
        if let Err(says) = with.cursors.save(channel.name(), text).await {
            with.health.warn(&says);
        }
        *cursor = Some(next);
    }
    Ok(earliest.max(ttl))
}

/// What of a delivery is new; entries older than `oldest` only count as seen.
fn news(delivery: Delivery, cursor: &mut Cursor, oldest: Option<Timestamp>) -> Delivery {
    let mut fresh = Delivery {
        warnings: delivery.warnings,
        ..Delivery::default()
    };
    // Feeds are newest first; the floor wants them as they happened.
    for inbound in delivery.inbound.into_iter().rev() {
        if !cursor.is_new(hash(&inbound)) {
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

impl Cursor {
    /// Whether `entry` was not seen before; from now on it was.
    fn is_new(&mut self, entry: u64) -> bool {
        // At the most some thousands of numbers, a few times an hour.
        if let Some(at) = self.seen.iter().position(|seen| *seen == entry) {
            self.seen.remove(at);
            self.seen.push_back(entry);
            return false;
        }
        self.seen.push_back(entry);
        true
    }

    /// Forgets the oldest beyond `keep`.
    fn forget(&mut self, keep: usize) {
        let over = self.seen.len().saturating_sub(keep);
        self.seen.drain(..over);
    }
}

/// The cursor after an answer, before its entries are looked at.
fn after(cursor: Option<&Cursor>, fetched: &Fetched) -> Cursor {
    let header = |name: &str| {
        let value = fetched.headers.get(name)?.to_str().ok()?;
        (value.len() <= 1024).then(|| value.to_owned())
    };
    Cursor {
        etag: header("etag"),
        last_modified: header("last-modified"),
        seen: cursor.map(|c| c.seen.clone()).unwrap_or_default(),
    }
}

fn hash(inbound: &Inbound) -> u64 {
    let bytes = match inbound {
        Inbound::Item { content, .. } => serde_json::to_vec(content).unwrap_or_default(),
        Inbound::Unmapped { raw, .. } => raw.to_vec(),
        Inbound::Retraction { external_id, .. }
        | Inbound::Continuation { external_id, .. }
        | Inbound::Delivery { external_id, .. } => external_id.as_evidence().as_bytes().to_vec(),
    };
    let digest = Sha256::digest(&bytes);
    let (first, _) = digest.split_first_chunk().expect("SHA-256 has 32 bytes");
    u64::from_be_bytes(*first)
}

fn conditional(headers: &HeaderMap, cursor: Option<&Cursor>) -> HeaderMap {
    let mut headers = headers.clone();
    let conditions = [
        ("if-none-match", cursor.and_then(|c| c.etag.as_ref())),
        (
            "if-modified-since",
            cursor.and_then(|c| c.last_modified.as_ref()),
        ),
    ];
    for (name, value) in conditions {
        if let Some(value) = value.and_then(|v| HeaderValue::try_from(v).ok()) {
            headers.insert(name, value);
        }
    }
    headers
}

fn max_age(headers: &HeaderMap) -> Option<Duration> {
    let control = headers.get("cache-control")?.to_str().ok()?;
    control.split(',').find_map(|part| {
        let seconds = part.trim().strip_prefix("max-age=")?.parse().ok()?;
        Some(Duration::from_secs(seconds))
    })
}

/// What `Retry-After` asks for: seconds, or a date.
fn retry_after(headers: &HeaderMap, now: Timestamp) -> Option<Duration> {
    let text = headers.get("retry-after")?.to_str().ok()?;
    if let Ok(seconds) = text.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let date = jiff::fmt::rfc2822::parse(text).ok()?;
    Some(Timestamp::from_millis(date.timestamp().as_millisecond()).since(now))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn servers_are_left_alone_as_long_as_they_ask() {
        let now = Timestamp::parse("2026-11-23T18:50:00Z").expect("a time");
        let with = |name, value: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(name, HeaderValue::from_static(value));
            headers
        };
        let seconds = |s| Some(Duration::from_secs(s));
        assert_eq!(retry_after(&with("retry-after", "120"), now), seconds(120));
        let date = with("retry-after", "Mon, 23 Nov 2026 18:55:00 GMT");
        assert_eq!(retry_after(&date, now), seconds(300));
        assert_eq!(retry_after(&with("retry-after", "soon"), now), None);
        assert_eq!(
            max_age(&with("cache-control", "public, max-age=900")),
            seconds(900)
        );
        assert_eq!(max_age(&with("cache-control", "no-store")), None);
    }

    #[test]
    fn jitter_stays_within_its_share() {
        let minute = Duration::from_mins(1);
        assert_eq!(jittered(minute, 20, 0.0), Duration::from_secs(48));
        assert_eq!(jittered(minute, 20, 1.0), Duration::from_secs(72));
    }

    #[test]
    fn what_was_seen_is_remembered_and_bounded() {
        let mut cursor = Cursor::default();
        assert!((0..5).all(|n| cursor.is_new(n)));
        assert!(!cursor.is_new(0));
        cursor.forget(3);
        assert_eq!(cursor.seen, [3, 4, 0]);
    }
}
