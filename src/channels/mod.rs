//! What is heard: channel files, transports, the map from a vendor's document
//! to a draft item.
//!
//! - [`settings`]: what an operator sets; [`catalogue`]: the channel files that
//!   are known, some of them on the `shelf`; [`registry`]: the two tied together and checked.
//! - `file`: the format of a channel file; `map`: its operators at work.
//! - [`transport`]: webhook, WebSocket, feed, poll, …
//! - [`reply`]: acting outward, one attempt at a time.
//! - `egress`: the guard for everything that is called; `session`: who we are
//!   there; `address`: URLs, headers and bodies from templates; `nostr_event`:
//!   whose event it is, and signing ours.
//! - [`trial`]: what a file makes of samples; `dry_run`: what it would
//!   send; [`mod@scaffold`]: a file from a sample.
//! - [`health`], [`silence`]: how each channel is, and the alert for one that
//!   has gone silent.
//!
//! Hands what it maps to an [`Intake`] (the hub's desk) and answers the sender
//! only when that says that it is durable. A new channel of a known transport
//! is a new file in the catalogue and nothing else.

mod address;
pub mod catalogue;
mod dry_run;
mod egress;
mod file;
pub mod health;
mod map;
mod nostr_event;
pub mod registry;
pub mod reply;
pub mod scaffold;
mod session;
pub mod settings;
mod shelf;
pub mod silence;
pub mod transport;
pub mod trial;
mod unpack;

use std::future::Future;

pub use file::ChannelFileError;

use crate::model::ids::ChannelName;
use crate::model::inbound::{Inbound, Receipt};

/// Where mapped deliveries go. The hub's desk is one; tests have another.
pub trait Intake: Clone + Send + Sync + 'static {
    /// Hands over what one delivery of `channel` held. Returns when it is
    /// durable, with a receipt for each.
    ///
    /// # Errors
    /// [`IntakeError`]: nothing was kept; the sender is told to try again.
    fn submit(
        &self,
        channel: &ChannelName,
        inbound: Vec<Inbound>,
    ) -> impl Future<Output = Result<Vec<Receipt>, IntakeError>> + Send;
}

/// Why a delivery was not kept.
#[derive(Clone, Debug, thiserror::Error)]
pub enum IntakeError {
    /// The hub has more to do than it can hold; the sender must try again.
    #[error("The hub is busy; send it again in a moment.")]
    Busy,
    /// The log can't take it.
    #[error("{0}")]
    Log(String),
    /// The hub is shutting down.
    #[error("The hub is shutting down; send it again in a moment.")]
    Closing,
}
