//! One request outward under guard: no redirect followed, size and time capped,
//! and an error that tells whether anything can have left us.

use std::time::Duration;

use reqwest::Client;

use super::fetch::{Fetched, body, built, cause, client};
use super::guard::{Guard, NotAllowed};
use crate::channels::reply::Call;

/// Makes requests for one channel.
#[derive(Clone, Debug)]
pub(in crate::channels) struct Caller {
    client: Client,
    guard: Guard,
}

/// Why there is no answer: a sentence each.
#[derive(Clone, Debug, thiserror::Error)]
pub(in crate::channels) enum NotCalled {
    /// The guard refuses: nothing left us, nor will it.
    #[error("{0}")]
    NotAllowed(String),
    /// No connection came about: nothing left us.
    #[error("{0}")]
    NeverLeft(String),
    /// Something left us, and what came of it is not known.
    #[error("{0}")]
    NoAnswer(String),
}

impl Caller {
    /// A caller that calls only what `guard` allows.
    ///
    /// # Errors
    /// A sentence, when the HTTP client can't be set up.
    pub(in crate::channels) fn new(guard: Guard) -> Result<Self, String> {
        let client = client(&guard)?
            // A connection that was kept may be dead without our knowing: then
            // nobody could say whether the request had left.
            .pool_max_idle_per_host(0)
            .retry(reqwest::retry::never());
        Ok(Self {
            client: built(client)?,
            guard,
        })
    }

    /// Makes the request `call`, its answer at most so many bytes and within
    /// such a time.
    ///
    /// # Errors
    /// [`NotCalled`].
    pub(in crate::channels) async fn call(
        &self,
        call: &Call,
        (most, within): (usize, Duration),
    ) -> Result<Fetched, NotCalled> {
        let not_allowed = |e: NotAllowed| NotCalled::NotAllowed(e.to_string());
        self.guard.url(&call.url).map_err(not_allowed)?;
        let request = self
            .client
            .request(call.method.clone(), call.url.clone())
            .headers(call.headers.clone())
            .header("accept-encoding", "gzip")
            .body(call.body.clone());
        let slow = || {
            let says = format!("The answer took longer than {} s.", within.as_secs());
            NotCalled::NoAnswer(says)
        };
        let answer = tokio::time::timeout(within, request.send())
            .await
            .map_err(|_| slow())?
            .map_err(unanswered)?;
        let status = answer.status();
        let headers = answer.headers().clone();
        let read = tokio::time::timeout(within, body(answer, most)).await;
        // The status has come and says what matters; a body that breaks off is
        // an empty one.
        Ok(read.ok().and_then(Result::ok).unwrap_or(Fetched {
            status,
            headers,
            body: bytes::Bytes::new(),
        }))
    }
}

fn unanswered(error: reqwest::Error) -> NotCalled {
    let before = error.is_connect() || error.is_builder();
    match cause(error) {
        Ok(refused) => NotCalled::NotAllowed(refused.to_string()),
        Err(says) if before => NotCalled::NeverLeft(says),
        Err(says) => NotCalled::NoAnswer(says),
    }
}
