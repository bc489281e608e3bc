//! What a session missed: a snapshot, or the events since its last one.

use super::Session;
use super::seam::Replayed;
use crate::hub::fanout::Sent;
use crate::hub::items_frame;
use crate::model::event::{Body, Event};
use crate::model::ids::Seq;
use crate::store::EventLog;
use crate::wire::codec::compressible_event;
use crate::wire::frames::ServerFrame;

/// Further behind than this, a snapshot is smaller than the events.
const REPLAY_LIMIT: u64 = 20_000;
/// Events read from the log at once; large ones are sent in many frames.
const PAGE: usize = 200;

impl<L: EventLog> Session<L> {
    /// Brings the console to the fan-out's head: from `known`, or whole.
    pub(super) async fn catch_up(&mut self, known: Option<Seq>) -> Result<(), ()> {
        let head = self.hub.fanout.head();
        match known {
            Some(seq) if seq <= head && head.0 - seq.0 <= REPLAY_LIMIT => {
                self.seam.restart(seq);
                self.replay(head).await
            }
            _ => self.snapshot().await,
        }
    }

    /// Sends all items of the scope. Chunks are read one by one, each true at
    /// its own moment: an event that a chunk already shows is skipped by the
    /// fold, which knows each item's last event.
    async fn snapshot(&mut self) -> Result<(), ()> {
        let from = self.hub.fanout.head();
        let (window, scope) = (self.window, self.officer.desks.clone());
        let (keys, closed_outside) = self
            .hub
            .desk
            .board(|board| items_frame::snapshot_keys(board, &scope, window));
        let mut rest: &[_] = &keys;
        let mut first = true;
        while first || !rest.is_empty() {
            let (frame, taken, strangers) = self
                .hub
                .desk
                .board(|board| items_frame::chunk(board, rest, from, first));
            self.outlet.feed(frame, strangers).await?;
            self.outlet.flush().await?;
            rest = rest.get(taken..).unwrap_or_default();
            first = false;
        }
        self.seam.restart(from);
        let suppressed = self.hub.desk.board(|board| {
            board
                .items()
                .filter(|item| item.triage.suppressed_by.is_some())
                .count() as u64
        });
        self.send(&ServerFrame::Counts {
            closed_outside,
            suppressed,
        })
        .await
    }

    /// Sends the events after the last one sent, up to `head` and not one more:
    /// the log may have some that are not fanned out yet, and a console that
    /// knew of them would be ahead of the hub that it comes back to.
    async fn replay(&mut self, head: Seq) -> Result<(), ()> {
        while self.seam.at() < head {
            let read = self.hub.log.read(self.seam.at(), PAGE).await;
            let mut events = read.map_err(|_| ())?;
            events.retain(|event| event.seq <= head);
            if events.is_empty() {
                break;
            }
            let replayed = self.mine(&events).await?;
            let mut rest: &[Replayed] = &replayed;
            while let Some(part) = self.seam.replays(&mut rest) {
                self.outlet.feed(part.json, part.strangers).await?;
                self.outlet.flush().await?;
            }
        }
        Ok(())
    }

    /// The events as this session gets them; each item that enters its scope is
    /// sent before.
    async fn mine(&mut self, events: &[Event]) -> Result<Vec<Replayed>, ()> {
        let mut mine = Vec::with_capacity(events.len());
        for event in events {
            let left = match &event.body {
                Body::ItemRouted { from } => Some(from.clone()),
                _ => None,
            };
            let json = serde_json::to_vec(event).unwrap_or_default().into();
            let sent = Sent {
                seq: event.seq,
                desk: event.desk.clone(),
                left,
                key: event.key,
                told: event.body.foretells().is_none(),
                strangers: compressible_event(event),
                json,
            };
            if sent.enters(&self.officer.desks)
                && let Some(key) = event.key
                && let Some(frame) = self.hub.desk.board(|board| {
                    board
                        .item(&key)
                        .map(|item| items_frame::entering(board.head(), item))
                })
            {
                self.outlet.feed(frame, false).await?;
            }
            let inside = sent.concerns(&self.officer.desks);
            mine.push(Replayed {
                seq: sent.seq,
                strangers: sent.strangers,
                json: inside.then_some(sent.json),
            });
        }
        Ok(mine)
    }
}
