//! Tells others that the hub lives: fetches a URL at intervals; when it stays
//! out, they know (a dead man's switch).
//!
//! Owns the interval and what became of the last beat, for the hub's health.

use std::time::Duration;

use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use super::send::PageError;
use super::webhook::{client, in_words};
use crate::config::page;

/// How the beats go.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Beat {
    /// Beats that arrived since the hub started.
    pub arrived: u64,
    /// Beats in a row that did not.
    pub failed: u64,
    /// What went wrong at the last; none when it arrived.
    pub error: Option<String>,
}

/// A heartbeat that is set up.
#[derive(Debug)]
pub struct Heartbeat {
    client: reqwest::Client,
    url: reqwest::Url,
    every: Duration,
}

impl Heartbeat {
    /// As the configuration says.
    pub fn new(heartbeat: &page::Heartbeat) -> Result<Self, PageError> {
        let setup = |says| PageError::Setup {
            way: "heartbeat",
            says,
        };
        let url = heartbeat.url.parse().map_err(|_| {
            setup(format!(
                "page.heartbeat.url ({}) is not a URL",
                heartbeat.url.origin
            ))
        })?;
        let client = client().map_err(setup)?;
        Ok(Self {
            client,
            url,
            every: heartbeat.every.value,
        })
    }

    /// Beats until `shutdown`. How it goes is read from the receiver.
    #[must_use]
    pub fn start(self, shutdown: CancellationToken) -> watch::Receiver<Beat> {
        let (tx, rx) = watch::channel(Beat::default());
        tokio::spawn(async move { shutdown.run_until_cancelled(self.run(tx)).await });
        rx
    }

    async fn run(self, beats: watch::Sender<Beat>) {
        let mut ticks = tokio::time::interval(self.every);
        ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            ticks.tick().await;
            let error = self.beat().await.err();
            if let Some(error) = &error {
                tracing::warn!(%error, "a heartbeat did not arrive");
            }
            beats.send_modify(|beat| {
                beat.arrived += u64::from(error.is_none());
                beat.failed = if error.is_some() { beat.failed + 1 } else { 0 };
                beat.error = error;
            });
        }
    }

    async fn beat(&self) -> Result<(), String> {
        let answer = self
            .client
            .get(self.url.clone())
            .send()
            .await
            .map_err(in_words)?;
        if answer.status().is_success() {
            Ok(())
        } else {
            Err(format!("it answered {}", answer.status()))
        }
    }
}
