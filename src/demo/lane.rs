//! One channel's posts: over one connection, one after the other, each until
//! the hub has it.
//!
//! Called by the player. Retries what the hub may take later (503, 429, no
//! connection); what it refuses for good is told in the log and left.

use std::time::Duration;

use reqwest::{Client, StatusCode, header};
use tokio::sync::mpsc;

use super::player::DemoError;
use super::scenario::act::{About, Act};

/// The longest wait between two tries.
const LONGEST: Duration = Duration::from_secs(5);

/// A channel's door.
pub(super) struct Lane {
    /// The channel.
    pub(super) channel: String,
    /// Where to post.
    pub(super) url: String,
    /// Bearer token, when the door wants one in the header.
    pub(super) bearer: Option<String>,
    /// The client, shared among lanes: each keeps a connection of its own.
    pub(super) client: Client,
}

impl Lane {
    /// Posts what comes until nothing comes any more.
    ///
    /// # Errors
    /// [`DemoError::Refused`] when the hub does not know the channel or its
    /// token: going on would be of no use.
    pub(super) async fn run(self, mut acts: mpsc::Receiver<Act>) -> Result<(), DemoError> {
        while let Some(act) = acts.recv().await {
            self.deliver(act).await?;
        }
        Ok(())
    }

    async fn deliver(&self, act: Act) -> Result<(), DemoError> {
        let mut wait = Duration::from_millis(100);
        loop {
            let mut request = self
                .client
                .post(&self.url)
                .header(header::CONTENT_TYPE, "application/json")
                .body(act.body.clone());
            if let Some(token) = &self.bearer {
                request = request.bearer_auth(token);
            }
            match request.send().await.map(|answer| answer.status()) {
                Ok(status) if status.is_success() => return Ok(()),
                Ok(status) if is_wrong_door(status) => {
                    let (channel, status) = (self.channel.clone(), status.as_u16());
                    return Err(DemoError::Refused { channel, status });
                }
                Ok(status) if !may_pass(status) => {
                    self.left(&act, status);
                    return Ok(());
                }
                Ok(_) | Err(_) => {
                    tokio::time::sleep(wait).await;
                    wait = (wait * 2).min(LONGEST);
                }
            }
        }
    }

    fn left(&self, act: &Act, status: StatusCode) {
        let (channel, status) = (&self.channel, status.as_u16());
        if act.about == About::Misfit {
            tracing::debug!("The hub answered {status} to the misfit on {channel}, as it should.");
        } else {
            tracing::warn!("The hub answered {status} to a document on {channel}; it was left.");
        }
    }
}

fn is_wrong_door(status: StatusCode) -> bool {
    matches!(
        status,
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN | StatusCode::NOT_FOUND
    )
}

/// Whether the same document may be taken later.
fn may_pass(status: StatusCode) -> bool {
    status.is_server_error()
        || status == StatusCode::TOO_MANY_REQUESTS
        || status == StatusCode::REQUEST_TIMEOUT
}
