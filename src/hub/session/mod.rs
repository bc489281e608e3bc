//! One console's session: hello, snapshot or replay, then live, until either
//! side ends it.
//!
//! Subscribes first, replays up to the fan-out's head, then sends what the
//! queue holds. Owns the socket; decides nothing. A session that falls behind
//! is replayed from the log and told so.
//!
//! - `replay`: what a session missed, as a snapshot or from the log.
//! - `seam`: where it is in the log: nothing twice, nothing left out.
//! - `inbound`: what a console sends, read by a task of its own.
//! - `outbound`: frames onto the socket, as text or zstd.
//! - `ended`: why sessions end, and what their consoles are told.
//! - `warden`: ends a session whose credential or socket is gone, also in the
//!   middle of a write.

mod ended;
mod inbound;
mod outbound;
mod replay;
mod seam;
mod warden;

pub use ended::Ended;
pub use inbound::oversized;

use std::sync::Arc;
use std::time::Duration;

use axum::extract::ws::{Message, WebSocket};
use futures_util::StreamExt;
use tokio::sync::oneshot;
use tokio::sync::watch::Receiver;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tokio_util::task::AbortOnDropHandle;
use tracing::info;

use self::inbound::Ear;
use self::outbound::Outlet;
use self::seam::Seam;
use super::Hub;
use super::fanout::{Drained, Queue};
use super::presence::SessionId;
use crate::model::officer::Officer;
use crate::store::EventLog;
use crate::wire::codec;
use crate::wire::frames::{ClientFrame, Hello, ServerFrame, Window};
use crate::wire::limits::{ASK_AFTER, DEAD_AFTER, PING_AFTER};

/// Frames whose room a session keeps: what a batch or two needs, so that an
/// idle console stays small after a burst.
const KEPT: usize = 16;

/// One console's session.
pub struct Session<L: EventLog> {
    hub: Arc<Hub<L>>,
    officer: Arc<Officer>,
    id: SessionId,
    queue: Arc<Queue>,
    outlet: Outlet,
    /// What the queue is emptied into: kept, so that its room is used again.
    drained: Drained,
    /// Where it is in the log.
    seam: Seam,
    window: Window,
    /// When the last frame went out.
    spoke: Instant,
}

/// Runs a session over `socket` until it ends; `valid` tells whether its
/// credential still holds, and is asked at once when `changes` counts.
pub async fn run<L: EventLog>(
    hub: Arc<Hub<L>>,
    officer: Arc<Officer>,
    socket: WebSocket,
    (valid, mut changes): (impl Fn() -> bool + Send + Sync + 'static, Receiver<u64>),
    stop: CancellationToken,
) {
    let compressed = socket
        .protocol()
        .is_some_and(|chosen| chosen == crate::wire::limits::PROTOCOL_ZSTD);
    let (sink, mut stream) = socket.split();
    let id = hub.presence.joined(&officer.id, hub.clock.now());
    hub.metrics.sessions.inc();
    let queue = Arc::new(Queue::default());
    let mut session = Session {
        outlet: Outlet::new(sink, compressed),
        drained: Drained::default(),
        seam: Seam::default(),
        window: Window::default(),
        spoke: Instant::now(),
        queue,
        id,
        officer,
        hub,
    };
    let pulse = session.outlet.pulse();
    let opened = tokio::select! {
        opened = session.open(&mut stream) => opened,
        ended = warden::watch(&pulse, &valid, &mut changes) => Err(ended),
        () = stop.cancelled() => Err(Ended::Closing),
    };
    let ended = if let Err(ended) = opened {
        ended
    } else {
        let ear = session.ear();
        let (tell, over) = oneshot::channel();
        let _heard = AbortOnDropHandle::new(tokio::spawn(async move {
            let ended = tokio::select! {
                ended = ear.listen(stream) => ended,
                ended = warden::watch(&pulse, &valid, &mut changes) => ended,
                () = stop.cancelled() => Ended::Closing,
            };
            // The writing half may have ended before.
            tell.send(ended).ok();
        }));
        tokio::select! {
            ended = session.live() => ended,
            ended = over => ended.unwrap_or(Ended::Gone),
        }
    };
    session.end(ended).await;
}

impl<L: EventLog> Session<L> {
    /// The half that reads.
    fn ear(&self) -> Ear<L> {
        let (hub, officer) = (Arc::clone(&self.hub), Arc::clone(&self.officer));
        Ear::new(hub, officer, self.id, Arc::clone(&self.queue))
    }

    /// Sends what the queue holds, and signs of life.
    async fn live(&mut self) -> Ended {
        let queue = Arc::clone(&self.queue);
        // Set anew only when it has run out: with thousands of frames a second to
        // hundreds of sessions, setting it after each would cost as much as they.
        let looked = tokio::time::sleep(PING_AFTER);
        tokio::pin!(looked);
        let mut asked = Instant::now();
        loop {
            tokio::select! {
                () = queue.ready() => {
                    if self.drain().await.is_err() {
                        return Ended::Gone;
                    }
                }
                () = &mut looked => {
                    let rests = self.spoke.elapsed() >= PING_AFTER;
                    if rests || asked.elapsed() >= ASK_AFTER {
                        asked = Instant::now();
                        if self.ping().await.is_err() {
                            return Ended::Gone;
                        }
                    }
                    looked.as_mut().reset(self.spoke + PING_AFTER);
                }
            }
        }
    }

    /// Waits for `resume`, says hello, subscribes and catches up.
    async fn open(
        &mut self,
        stream: &mut (impl futures_util::Stream<Item = Result<Message, axum::Error>> + Unpin),
    ) -> Result<(), Ended> {
        let first = tokio::time::timeout(DEAD_AFTER, stream.next()).await;
        let Ok(Some(Ok(message))) = first else {
            return Err(Ended::Silent);
        };
        let Ok(ClientFrame::Resume { epoch, seq, window }) = inbound::decode(&message) else {
            self.hub.metrics.bad_frames.inc();
            let says = "The first frame of a session is `resume`.".to_owned();
            self.send(&ServerFrame::Error {
                says,
                command: None,
            })
            .await
            .ok();
            return Err(Ended::Protocol);
        };
        self.window = window;
        self.hub.fanout.subscribe(&self.officer.desks, &self.queue);
        self.hello().await.map_err(|()| Ended::Gone)?;
        // Before the items: whoever is caught up knows how the channels are.
        let health = self.hub.health_frame();
        self.send(&health).await.map_err(|()| Ended::Gone)?;
        let outward = self.hub.outward_frame();
        self.send(&outward).await.map_err(|()| Ended::Gone)?;
        let known = (epoch == Some(self.hub.log.epoch())).then_some(seq);
        self.catch_up(known).await.map_err(|()| Ended::Gone)?;
        let officers = self.hub.presence.list(self.hub.clock.now());
        self.send(&ServerFrame::Presence { officers })
            .await
            .map_err(|()| Ended::Gone)
    }

    async fn hello(&mut self) -> Result<(), ()> {
        let hub = &self.hub;
        let hello = Hello {
            epoch: hub.log.epoch(),
            head: hub.fanout.head(),
            officer: self.officer.id.clone(),
            role: self.officer.role,
            desks: self.officer.desks.clone(),
            teams: self.officer.teams.iter().cloned().collect(),
            roster: hub.roster(),
            zone: hub.settings.zone.clone(),
            now: hub.clock.now(),
            limits: hub.settings.limits(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            demo: hub.settings.demo,
        };
        self.send(&ServerFrame::Hello(Box::new(hello))).await
    }

    /// Sends what the queue holds; after an overflow replays from the log.
    async fn drain(&mut self) -> Result<(), ()> {
        let mut drained = std::mem::take(&mut self.drained);
        let wants = self.queue.drain(&mut drained);
        if let Some(window) = wants.snapshot {
            self.window = window;
            self.catch_up(None).await?;
        } else if wants.replay {
            self.hub.metrics.resyncs.inc();
            self.send(&ServerFrame::Resync {
                from: self.seam.at(),
                head: self.hub.fanout.head(),
            })
            .await?;
            self.catch_up(Some(self.seam.at())).await?;
        } else {
            for frame in drained.frames.drain(..) {
                if self.seam.takes(frame.to) {
                    self.outlet.feed_shared(frame).await?;
                }
            }
        }
        for reply in drained.replies.drain(..) {
            self.outlet.feed(reply, false).await?;
        }
        drained.frames.clear();
        if drained.frames.capacity() <= KEPT {
            self.drained = drained;
        }
        self.spoke = Instant::now();
        self.outlet.flush().await
    }

    async fn ping(&mut self) -> Result<(), ()> {
        // What was fanned out up to this head is in the queue: drained first,
        // whatever of the range is left was not in this session's scope.
        let head = self.hub.fanout.head();
        self.drain().await?;
        if let Some(frame) = self.seam.idles(head) {
            self.outlet.feed(frame, false).await?;
        }
        self.send(&ServerFrame::Ping {
            head,
            now: self.hub.clock.now(),
        })
        .await
    }

    async fn send(&mut self, frame: &ServerFrame) -> Result<(), ()> {
        self.spoke = Instant::now();
        let bytes = serde_json::to_vec(frame).unwrap_or_default();
        self.outlet
            .feed(bytes.into(), codec::compressible(frame))
            .await?;
        self.outlet.flush().await
    }

    async fn end(mut self, ended: Ended) {
        self.hub
            .fanout
            .unsubscribe(&self.officer.desks, &self.queue);
        self.hub
            .presence
            .left(&self.officer.id, self.id, self.hub.clock.now());
        self.hub.metrics.sessions.dec();
        info!(message = "A session ended.", officer = %self.officer.id, why = ?ended);
        let Some((reason, retry_after)) = ended.farewell() else {
            return;
        };
        let bye = ServerFrame::Bye {
            reason: reason.to_owned(),
            retry_after,
        };
        // A console that does not read any more must not keep the hub.
        let farewell = async {
            self.send(&bye).await.ok();
            self.outlet.close().await;
        };
        tokio::time::timeout(Duration::from_secs(1), farewell)
            .await
            .ok();
    }
}
