//! Message brokers: MQTT and NATS, over connections that are under guard as
//! everything else, which their own clients would open behind its back.
//!
//! - [`mqtt`]: a session that the broker keeps, `QoS` 1, acknowledged after the
//!   hub has kept what came; [`nats`]: subjects, or a durable consumer of a
//!   stream; [`wire`]: bytes read and written, bounded.
//!
//! Owns when to come back, and what a message is as a document:
//! `{"topic", "topics": [its words], "data": JSON or text}`.

mod mqtt;
mod nats;
mod wire;

use std::future::Future;
use std::time::Duration;

use bytes::Bytes;
use reqwest::Url;
use serde_json::{Value, json};
use tokio::time::{Instant, timeout};

use super::Running;
use super::backoff::Backoff;
use super::calls::Failed;
use super::cursors::Cursors;
use super::deliver::{deliver, pause};
use super::documents::take;
use crate::channels::Intake;
use crate::channels::address::{self, Known};
use crate::channels::egress::{self, Guard, Wire};
use crate::channels::file::{Broker, BrokerSource};
use crate::channels::map::delivery::Delivery;
use crate::channels::registry::Channel;

/// A connection that held so long was a good one: the next wait is short.
const GOOD: Duration = Duration::from_mins(1);
/// What a message beyond all bounds is told as.
const LARGE: &str = "The broker sent a message that is larger than this channel takes.";
/// Most messages that are handed over together.
const TOGETHER: usize = 256;

/// What is worked out once for all connections.
struct Work<'w, I: Intake, C: Cursors> {
    channel: &'w Channel,
    source: &'w BrokerSource,
    with: &'w Running<I, C>,
    guard: Guard,
    url: Url,
    topics: Vec<String>,
    user: String,
    password: String,
    name: String,
    stream: Option<String>,
}

/// A message of a broker's.
struct Message {
    topic: String,
    payload: Bytes,
}

/// Runs the channel until it is cancelled.
pub(super) async fn run<I: Intake, C: Cursors>(
    channel: &Channel,
    source: &BrokerSource,
    with: &Running<I, C>,
) {
    let work = match Work::new(channel, source, with) {
        Ok(work) => work,
        Err(says) => return with.health.down(with.clock.now(), says),
    };
    let mut waits = Backoff::new(Duration::from_secs(1), Duration::from_mins(5));
    loop {
        let began = Instant::now();
        let session = async {
            match source.broker {
                Broker::Mqtt => work.mqtt().await,
                Broker::Nats => work.nats().await,
            }
        };
        let end = tokio::select! {
            () = with.cancel.cancelled() => return,
            end = session => end,
        };
        let Err(Failed::Trouble(says, _)) = end else {
            return;
        };
        if began.elapsed() >= GOOD {
            waits.reset();
        }
        with.health.down(with.clock.now(), says);
        if !pause(waits.next(rand::random()), with).await {
            return;
        }
    }
}

impl<'w, I: Intake, C: Cursors> Work<'w, I, C> {
    fn new(
        channel: &'w Channel,
        source: &'w BrokerSource,
        with: &'w Running<I, C>,
    ) -> Result<Self, String> {
        let nothing = Known::new();
        let fill = |written: &String| address::filled(channel, written, &nothing);
        let url = address::url(channel, &source.url, &nothing)?;
        let schemes: &[&str] = match source.broker {
            Broker::Mqtt => &["mqtt", "mqtts"],
            Broker::Nats => &["nats", "tls"],
        };
        let topics: Vec<String> = source.topics.iter().map(fill).collect::<Result<_, _>>()?;
        if topics
            .iter()
            .any(|t| t.is_empty() || t.chars().any(|c| c.is_whitespace() || c.is_control()))
        {
            return Err("A topic or subject is a word without spaces.".to_owned());
        }
        Ok(Self {
            guard: Guard::new(schemes, (&url, &[]), &channel.config),
            topics,
            user: fill(&source.user)?,
            password: fill(&source.password)?,
            name: fill(&source.name)?,
            stream: source
                .stream
                .as_ref()
                .map(fill)
                .transpose()?
                .filter(|s| !s.is_empty()),
            channel,
            source,
            with,
            url,
        })
    }

    /// A connection, with TLS where `secure` says so.
    async fn dial(&self, secure: bool, port: u16) -> Result<Wire, Failed> {
        let connect = async {
            self.guard.url(&self.url).map_err(|e| e.to_string())?;
            let host = self.url.host_str().unwrap_or("");
            let port = self.url.port().unwrap_or(port);
            let wire = egress::dial(&self.guard, (host, port)).await?;
            if secure {
                self.secure(wire).await
            } else {
                Ok(wire)
            }
        };
        Ok(self.soon(connect).await??)
    }

    /// What comes before the broker's welcome, in the time that it has for that.
    async fn soon<T>(&self, step: impl Future<Output = T>) -> Result<T, String> {
        let seconds = self.source.timeout.as_secs_f32();
        let late = |_| format!("The broker did not answer within {seconds} s.");
        timeout(self.source.timeout, step).await.map_err(late)
    }

    async fn secure(&self, wire: Wire) -> Result<Wire, String> {
        let host = self.url.host_str().unwrap_or("");
        egress::secure(&egress::tls(&self.guard)?, host, wire).await
    }

    /// Maps messages and hands them over; returns when they are kept.
    async fn hand_over(&self, messages: Vec<Message>) -> Result<(), Failed> {
        let mut together = Delivery::default();
        for message in messages {
            let document = self.document(message);
            take(self.channel, document, &mut together, self.with)?;
        }
        deliver(self.channel.name(), together, self.with).await?;
        Ok(())
    }

    fn document(&self, message: Message) -> Bytes {
        if !self.source.envelope {
            return message.payload;
        }
        let data: Value = serde_json::from_slice(&message.payload)
            .unwrap_or_else(|_| String::from_utf8_lossy(&message.payload).into());
        let apart = match self.source.broker {
            Broker::Mqtt => '/',
            Broker::Nats => '.',
        };
        let words: Vec<&str> = message.topic.split(apart).collect();
        let whole = json!({"topic": message.topic, "topics": words, "data": data});
        Bytes::from(whole.to_string())
    }
}
