//! A feed's polls, and what its hub pushes in between.

use std::time::Duration;

use axum::http::{HeaderMap, Method, StatusCode};
use bytes::Bytes;
use reqwest::Url;
use tokio::sync::mpsc;

use super::websub::{Push, Subscriber};
use crate::channels::Intake;
use crate::channels::address::{self, Known};
use crate::channels::file::{Body, FeedSource, Request};
use crate::channels::map::words::plain;
use crate::channels::registry::Channel;
use crate::channels::transport::Running;
use crate::channels::transport::calls::{Call, Calls, Failed};
use crate::channels::transport::cursors::Cursors;
use crate::channels::transport::deliver::deliver;
use crate::channels::transport::pacing::{link, max_age, refusal, retry_after};
use crate::channels::transport::place::{Place, moment};

/// The feed's hub and its own address, under which names a place remembers them:
/// an unchanged feed does not name them again.
const HUB: &str = "hub";
const TOPIC: &str = "topic";

/// While a hub tells us, it is looked so often whether it forgot something.
const LOOK: Duration = Duration::from_hours(1);

/// A feed over all its polls and pushes.
pub(super) struct Feed<'f, I: Intake, C: Cursors> {
    pub(super) channel: &'f Channel,
    pub(super) source: &'f FeedSource,
    pub(super) calls: Calls,
    pub(super) with: &'f Running<I, C>,
    pub(super) place: Option<Place>,
    pub(super) pushes: Option<mpsc::Receiver<Push>>,
}

impl<I: Intake, C: Cursors> Feed<'_, I, C> {
    /// How long polling can rest because a hub tells us: an hour at the most,
    /// and not beyond the lease.
    pub(super) fn told_for(&self) -> Duration {
        let until = self.channel.subscriber.as_ref().and_then(Subscriber::until);
        let now = self.with.clock.now();
        until.map_or(Duration::ZERO, |until| until.since(now).min(LOOK))
    }

    /// Waits, and takes what hubs push meanwhile; false when the channel was
    /// cancelled.
    pub(super) async fn wait(&mut self, wait: Duration) -> bool {
        let until = tokio::time::Instant::now() + wait;
        loop {
            let with = self.with;
            let waiting = &mut self.pushes;
            let next = async {
                match waiting {
                    Some(waiting) => waiting.recv().await,
                    None => std::future::pending().await,
                }
            };
            let push = tokio::select! {
                () = with.cancel.cancelled() => return false,
                () = moment(Some(until)) => return true,
                push = next => push,
            };
            let Some(push) = push else {
                self.pushes = None;
                continue;
            };
            let outcome = self.read(&push.body, None).await;
            let kept = match outcome {
                Ok(_) => true,
                Err(Failed::Stopped) => return false,
                Err(Failed::Trouble(says, _)) => {
                    self.with.health.warn(&says);
                    false
                }
            };
            // The hub may have hung up; it sends it again then.
            push.kept.send(kept).ok();
        }
    }

    /// One poll: when the next may be, at the earliest.
    pub(super) async fn poll(&mut self) -> Result<Option<Duration>, Failed> {
        let mut headers = HeaderMap::new();
        if let Some(place) = &self.place {
            place.condition(&mut headers);
        }
        let call = Call {
            request: &self.source.request,
            url: None,
            known: &Known::new(),
            headers,
            within: self.source.timeout,
        };
        let fetched = self.calls.fetch(self.channel, &call, self.with).await?;
        let now = self.with.clock.now();
        let earliest = max_age(&fetched.headers);
        if fetched.status == StatusCode::NOT_MODIFIED {
            self.with.health.up(now);
            self.with.health.heard(now);
            self.subscribe().await?;
            return Ok(earliest);
        }
        if fetched.status != StatusCode::OK {
            let asked = retry_after(&fetched.headers, now);
            return Err(Failed::Trouble(refusal(fetched.status, asked), asked));
        }
        self.with.health.up(now);
        let ttl = self.read(&fetched.body, Some(&fetched.headers)).await?;
        self.subscribe().await?;
        Ok(earliest.max(ttl))
    }

    /// Asks the feed's hub to tell us, where it names one and no lease is held;
    /// that it will is confirmed at our door.
    async fn subscribe(&self) -> Result<(), Failed> {
        let (Some(subscriber), Some(place)) = (&self.channel.subscriber, &self.place) else {
            return Ok(());
        };
        if let Some(why) = subscriber.denied() {
            let words = plain(&why);
            let says = format!(
                "The feed's hub does not tell us what is new ({words}); the feed is polled."
            );
            self.with.health.warn(&says);
        }
        let now = self.with.clock.now();
        let Some(hub) = place
            .registered
            .get(HUB)
            .filter(|_| subscriber.may_ask(now))
        else {
            return Ok(());
        };
        let own = address::url(self.channel, &self.source.request.url, &Known::new())?;
        let topic = place.registered.get(TOPIC).cloned();
        let topic = topic.unwrap_or_else(|| own.to_string());
        let Ok(hub) = own.join(hub) else {
            return Ok(());
        };
        let secret = format!(
            "{}{}",
            uuid::Uuid::new_v4().simple(),
            uuid::Uuid::new_v4().simple()
        );
        let request = Request {
            method: Method::POST,
            url: self.source.request.url.clone(),
            headers: Vec::new(),
            body: Body::Form(verbatim(subscriber.ask((&topic, &secret), now))),
        };
        let came = self.ask(&request, hub).await;
        let says = match came {
            Ok(status) if status.is_success() => return Ok(()),
            Ok(status) => format!(
                "The feed's hub answers with {}; the feed is polled.",
                status.as_u16()
            ),
            Err(Failed::Stopped) => return Err(Failed::Stopped),
            Err(Failed::Trouble(says, _)) => {
                format!("The feed's hub can't be asked, so the feed is polled. {says}")
            }
        };
        self.with.health.warn(&says);
        Ok(())
    }

    async fn ask(&self, request: &Request, hub: Url) -> Result<StatusCode, Failed> {
        let call = Call {
            request,
            url: Some(hub),
            known: &Known::new(),
            headers: HeaderMap::new(),
            within: self.source.timeout,
        };
        Ok(self
            .calls
            .fetch(self.channel, &call, self.with)
            .await?
            .status)
    }

    /// Takes a feed in, polled with `headers` or pushed without: how long it
    /// says that it stays as it is.
    async fn read(
        &mut self,
        body: &Bytes,
        headers: Option<&HeaderMap>,
    ) -> Result<Option<Duration>, Failed> {
        let channel = self.channel;
        let read = channel
            .file
            .reader
            .read(body, &channel.vars, &channel.whose);
        let mut delivery = read.map_err(|e| {
            self.with.health.refused(&e.to_string());
            Failed::Trouble(e.to_string(), None)
        })?;
        let minutes = |m: u64| Duration::from_secs(m.saturating_mul(60));
        let ttl = delivery.ttl.map(minutes);
        let hub = delivery.hub.take();
        let first_within = channel.config.first_poll_within;
        let first_within = first_within.unwrap_or(self.source.first_poll_within);
        let oldest = self
            .place
            .is_none()
            .then(|| self.with.clock.now().minus(first_within));
        let mut next = self.place.clone().unwrap_or_default();
        if let Some(headers) = headers {
            next.validators(headers);
            let linked = link(headers, "hub").map(|hub| (hub, link(headers, "self")));
            let (hub, topic) = linked.or(hub).unzip();
            let found = [(HUB, hub), (TOPIC, topic.flatten())];
            for (name, value) in found {
                match value {
                    Some(value) => next.registered.insert(name.to_owned(), value),
                    None => next.registered.remove(name),
                };
            }
        }
        // A feed longer than the memory would be new at each poll for ever.
        let keep = self.source.keep.max(delivery.inbound.len());
        // Feeds are newest first; the floor wants them as they happened.
        delivery.inbound.reverse();
        let fresh = next.news(delivery, oldest);
        next.forget(keep);
        deliver(channel.name(), fresh, self.with).await?;
        if self.place.as_ref() != Some(&next) {
            next.save(channel, self.with).await;
            self.place = Some(next);
        }
        Ok(ttl)
    }
}

/// Values as templates that are these texts, whatever is in them.
fn verbatim(pairs: Vec<(String, String)>) -> Vec<(String, String)> {
    let raw = |(name, value): (String, String)| {
        let value = value.replace("endraw", "");
        (name, format!("{{% raw %}}{value}{{% endraw %}}"))
    };
    pairs.into_iter().map(raw).collect()
}
