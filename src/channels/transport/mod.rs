//! By what channels are heard.
//!
//! - [`webhook`]: others post to us, through the hub's route.
//! - [`websocket`]: we keep a connection open; [`feed`]: we poll a feed;
//!   [`poll`]: we fetch documents, again and again or by long poll; [`stream`]:
//!   we keep one long answer open; [`imap`]: we watch a mailbox;
//!   [`broker`]: a message broker tells us.
//! - [`documents`], [`deliver`]: mapping and handing over, with patience; [`calls`]: HTTP with credentials
//!   and a budget; [`backoff`], [`pacing`]: waits.
//! - [`cursors`], [`place`]: where a channel goes on after a restart.
//!
//! A new transport is a module here, a variant in the file format, and an arm
//! in [`run`].

mod backoff;
mod broker;
mod calls;
pub mod cursors;
mod deliver;
mod documents;
mod feed;
mod imap;
mod pacing;
mod place;
mod poll;
mod stream;
pub mod webhook;
pub(super) mod websocket;

pub use feed::websub;

use std::sync::Arc;

use tokio_util::sync::CancellationToken;

use super::Intake;
use super::file::Transport;
use super::health::HealthHandle;
use super::registry::Channel;
use crate::model::time::Clock;
use cursors::Cursors;

/// What a channel's task works with.
#[derive(Clone)]
pub struct Running<I: Intake, C: Cursors> {
    /// Where what is mapped goes.
    pub intake: I,
    /// Where it says how it is.
    pub health: HealthHandle,
    /// Where it keeps where to go on.
    pub cursors: C,
    /// The hub's clock.
    pub clock: Arc<dyn Clock>,
    /// Ends it.
    pub cancel: CancellationToken,
}

/// Runs `channel` until it is cancelled. A webhook has nothing to run: it is
/// posted to. What goes wrong is told on its health and tried again.
pub async fn run<I: Intake, C: Cursors>(channel: Arc<Channel>, with: Running<I, C>) {
    if !channel.enabled() {
        with.health.off(with.clock.now());
        return;
    }
    match &channel.file.transport {
        Transport::Webhook(_) => with.health.up(with.clock.now()),
        Transport::Websocket(source) => websocket::run(&channel, source, &with).await,
        Transport::Feed(source) => feed::run(&channel, source, &with).await,
        Transport::Broker(source) => broker::run(&channel, source, &with).await,
        Transport::Imap(source) => imap::run(&channel, source, &with).await,
        Transport::Stream(source) => stream::run(&channel, source, &with).await,
        Transport::Poll(source) => poll::run(&channel, source, &with).await,
    }
}
