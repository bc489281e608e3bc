//! A WebSocket that we keep open: connect under guard, talk as the file says,
//! read, keep alive, and come back with backoff where it broke off.
//!
//! - [`mod@connect`]: one connection opened; [`session`]: from there to its end.
//! - [`talk`]: what is spoken beside documents; [`discord`], [`nostr`]: the
//!   protocols that need more than frames.

mod connect;
mod discord;
mod nostr;
mod session;
mod talk;

use std::time::Duration;

use serde_json::Value;
use tokio::time::Instant;

use super::Running;
use super::backoff::Backoff;
use super::calls::origin;
use super::cursors::Cursors;
use super::deliver::{Stopped, pause};
use super::pacing::LONGEST;
use super::place::Kept;
use crate::channels::Intake;
use crate::channels::address::{self, Known};
use crate::channels::egress::{self, Guard};
use crate::channels::file::{TalkKind, WebsocketSource};
use crate::channels::registry::Channel;
use crate::channels::session::Session;
use connect::Reach;
use nostr::Authors;
use talk::{Ended, Plain, Talk};

/// A connection that held so long was a good one: the next wait is short.
const GOOD: Duration = Duration::from_mins(1);

/// What is worked out once for all connections.
struct Work<'w, I: Intake, C: Cursors> {
    channel: &'w Channel,
    source: &'w WebsocketSource,
    with: &'w Running<I, C>,
    reach: Reach,
    login: Session,
}

/// Why a connection ended.
enum End {
    /// The task has to end.
    Stopped,
    /// Try again.
    Lost(Ended),
}

impl From<Stopped> for End {
    fn from(_: Stopped) -> Self {
        Self::Stopped
    }
}

impl End {
    fn lost(says: impl Into<String>) -> Self {
        Self::Lost(Ended {
            says: says.into(),
            wait: None,
        })
    }
}

/// Runs the channel until it is cancelled.
pub(super) async fn run<I: Intake, C: Cursors>(
    channel: &Channel,
    source: &WebsocketSource,
    with: &Running<I, C>,
) {
    let work = match Work::new(channel, source, with) {
        Ok(work) => work,
        Err(says) => return with.health.down(with.clock.now(), says),
    };
    let mut kept = Kept::load(channel, with).await;
    let mut authors = Authors::default();
    let mut waits = Backoff::new(Duration::from_secs(1), Duration::from_mins(5));
    loop {
        let began = Instant::now();
        let end = tokio::select! {
            () = with.cancel.cancelled() => End::Stopped,
            end = work.session(&mut kept, &mut authors) => end,
        };
        kept.save(channel, with).await;
        let End::Lost(Ended { says, wait }) = end else {
            return;
        };
        if began.elapsed() >= GOOD {
            waits.reset();
        }
        with.health.down(with.clock.now(), says);
        let wait = waits
            .next(rand::random())
            .max(wait.unwrap_or(Duration::ZERO));
        if !pause(wait.min(LONGEST), with).await {
            return;
        }
    }
}

impl<'w, I: Intake, C: Cursors> Work<'w, I, C> {
    fn new(
        channel: &'w Channel,
        source: &'w WebsocketSource,
        with: &'w Running<I, C>,
    ) -> Result<Self, String> {
        let nothing = Known::new();
        let url = address::url(channel, origin(&source.request.url), &nothing)?;
        let guard = Guard::new(&["ws", "wss"], (&url, &source.hosts), &channel.config);
        let work = Self {
            reach: Reach {
                tls: egress::tls(&guard)?,
                guard,
                most: channel.max_body_bytes(),
            },
            login: Session::of(channel)?,
            channel,
            source,
            with,
        };
        Ok(work)
    }

    /// The talk of one connection.
    fn talk<'k>(
        &self,
        kept: &Kept,
        (known, authors): (&Known, &'k mut Authors),
    ) -> Result<Box<dyn Talk + 'k>, String> {
        let fill = |written: &str| address::filled(self.channel, written, known);
        Ok(match &self.source.talk {
            TalkKind::Plain {
                opening,
                keep_alive,
            } => {
                let frames = opening.iter().map(|o| Ok((fill(&o.send)?, o.then.clone())));
                let frames = frames.collect::<Result<_, String>>()?;
                let again = match keep_alive {
                    Some((frame, every)) => Some((fill(frame)?, *every)),
                    None => None,
                };
                Box::new(Plain::new(frames, again))
            }
            TalkKind::Discord { token, intents } => {
                let intents = fill(intents)?;
                let sum = intents
                    .parse()
                    .map_err(|_| "Discord's intents are one whole number.")?;
                let session = kept.place.registered.get(discord::SESSION);
                let session = session.zip(kept.place.cursor.as_ref());
                let session = session.map(|(session, last)| (session.clone(), last.clone()));
                let jitter = rand::random();
                Box::new(discord::Discord::new((fill(token)?, sum), session, jitter))
            }
            TalkKind::Nostr { filters, rewind } => {
                let since = kept
                    .place
                    .cursor
                    .as_ref()
                    .and_then(|c| c.parse::<u64>().ok());
                let since = since.map(|s| s.saturating_sub(u64::from(*rewind)));
                let clock = self.with.clock.clone();
                let now_s = move || u64::try_from(clock.now().as_millis() / 1000).unwrap_or(0);
                let filters = filters
                    .iter()
                    .map(|f| address::json(self.channel, f, known));
                let filters = filters.collect::<Result<Vec<Value>, String>>()?;
                // The first time, what was said before we came is history.
                let since = since.unwrap_or_else(&now_s);
                Box::new(nostr::Nostr::new(
                    (filters, Some(since)),
                    Box::new(now_s),
                    authors,
                ))
            }
        })
    }
}
