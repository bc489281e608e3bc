//! A feed that we poll: conditional GET, politely, and only what is new.
//!
//! What was seen is remembered by a hash of the whole entry, so that an edited
//! entry counts as new; the place is saved only after the hub has kept the
//! entries. Decoding and mapping are `map`'s.

use std::time::Duration;

use axum::http::{HeaderMap, StatusCode};

use super::Running;
use super::backoff::Backoff;
use super::calls::{Call, Calls, Failed};
use super::cursors::Cursors;
use super::deliver::{deliver, pause};
use super::pacing::{LONGEST, jittered, max_age, refusal, retry_after};
use super::place::{self, Place};
use crate::channels::Intake;
use crate::channels::address::Known;
use crate::channels::file::FeedSource;
use crate::channels::registry::Channel;

/// Runs the channel until it is cancelled.
pub(super) async fn run<I: Intake, C: Cursors>(
    channel: &Channel,
    source: &FeedSource,
    with: &Running<I, C>,
) {
    let calls = match Calls::new(channel, (&source.request, &source.hosts, None), with) {
        Ok(calls) => calls,
        Err(says) => return with.health.down(with.clock.now(), says),
    };
    let mut place = place::load(channel, with).await;
    let interval = channel.config.poll_every.unwrap_or(source.interval);
    let mut waits = Backoff::new(interval, LONGEST);
    loop {
        let polled = tokio::select! {
            () = with.cancel.cancelled() => return,
            polled = poll(channel, source, (&calls, &mut place), with) => polled,
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

/// One poll: when the next may be, at the earliest.
async fn poll<I: Intake, C: Cursors>(
    channel: &Channel,
    source: &FeedSource,
    (calls, place): (&Calls, &mut Option<Place>),
    with: &Running<I, C>,
) -> Result<Option<Duration>, Failed> {
    let mut headers = HeaderMap::new();
    if let Some(place) = &place {
        place.condition(&mut headers);
    }
    let call = Call {
        request: &source.request,
        url: None,
        known: &Known::new(),
        headers,
        within: source.timeout,
    };
    let fetched = calls.fetch(channel, &call, with).await?;
    let now = with.clock.now();
    let earliest = max_age(&fetched.headers);
    if fetched.status == StatusCode::NOT_MODIFIED {
        with.health.up(now);
        with.health.heard(now);
        return Ok(earliest);
    }
    if fetched.status != StatusCode::OK {
        let asked = retry_after(&fetched.headers, now);
        return Err(Failed::Trouble(refusal(fetched.status, asked), asked));
    }
    let read = channel
        .file
        .reader
        .read(&fetched.body, &channel.vars, &channel.whose);
    let mut delivery = read.map_err(|e| {
        with.health.refused(&e.to_string());
        Failed::Trouble(e.to_string(), None)
    })?;
    with.health.up(now);
    let ttl = delivery
        .ttl
        .map(|minutes| Duration::from_secs(minutes.saturating_mul(60)));
    let first_within = channel
        .config
        .first_poll_within
        .unwrap_or(source.first_poll_within);
    let oldest = place.is_none().then(|| now.minus(first_within));
    let mut next = place.clone().unwrap_or_default();
    next.validators(&fetched.headers);
    // A feed longer than the memory would be new at each poll for ever.
    let keep = source.keep.max(delivery.inbound.len());
    // Feeds are newest first; the floor wants them as they happened.
    delivery.inbound.reverse();
    let fresh = next.news(delivery, oldest);
    next.forget(keep);
    deliver(channel.name(), fresh, with).await?;
    if place.as_ref() != Some(&next) {
        next.save(channel, with).await;
        *place = Some(next);
    }
    Ok(earliest.max(ttl))
}
