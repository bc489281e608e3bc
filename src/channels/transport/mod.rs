//! By what channels are heard.
//!
//! - [`webhook`]: others post to us, through the hub's route.
//! - [`websocket`]: we keep a connection open; [`feed`]: we poll.
//! - [`deliver`]: handing over, with patience; [`address`]: URLs and headers
//!   from templates; [`backoff`]: waits; [`cursors`]: where a poll goes on.
//!
//! A new transport is a module here, a variant in the file format, and an arm
//! in [`run`].

mod address;
mod backoff;
pub mod cursors;
mod deliver;
mod feed;
pub mod webhook;
mod websocket;

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
    }
}
