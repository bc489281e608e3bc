//! A mailbox that we watch: IDLE, issued anew in time, or a look now and then
//! where the server knows none. Nothing is marked, moved or deleted.
//!
//! Owns which mails are new: by UID, as long as UIDVALIDITY stays (RFC 3501
//! 2.3.1.1). [`mod@connect`]: from the first packet to the mailbox.

mod connect;

use std::future::Future;
use std::time::Duration;

use async_imap::extensions::idle::IdleResponse;
use async_imap::types::Fetch;
use bytes::Bytes;
use futures_util::TryStreamExt;
use tokio::time::{Instant, timeout};

use super::Running;
use super::backoff::Backoff;
use super::calls::Failed;
use super::cursors::Cursors;
use super::deliver::{deliver, pause};
use super::documents::take;
use super::place::Kept;
use crate::channels::Intake;
use crate::channels::egress::Wire;
use crate::channels::file::ImapSource;
use crate::channels::map::delivery::Delivery;
use crate::channels::map::words::plain;
use crate::channels::registry::Channel;
use connect::Way;

/// Longest that a server may take for one answer.
const WITHIN: Duration = Duration::from_mins(1);
/// Mails that are fetched and handed over together.
const TOGETHER: usize = 16;
/// A connection that held so long was a good one: the next wait is short.
const GOOD: Duration = Duration::from_mins(1);

type Session = async_imap::Session<Wire>;

/// Runs the channel until it is cancelled.
pub(super) async fn run<I: Intake, C: Cursors>(
    channel: &Channel,
    source: &ImapSource,
    with: &Running<I, C>,
) {
    let way = match Way::of(channel, source) {
        Ok(way) => way,
        Err(says) => return with.health.down(with.clock.now(), says),
    };
    let mut kept = Kept::load(channel, with).await;
    let mut waits = Backoff::new(Duration::from_secs(1), Duration::from_mins(5));
    let watch = Watch {
        channel,
        source,
        with,
    };
    loop {
        let began = Instant::now();
        let end = tokio::select! {
            () = with.cancel.cancelled() => Failed::Stopped,
            end = watch.session(&way, &mut kept) => end,
        };
        kept.save(channel, with).await;
        let Failed::Trouble(says, _) = end else {
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

/// Waits for an answer of the server's, not longer than it may take.
async fn within<T, E: std::fmt::Display>(
    answer: impl Future<Output = Result<T, E>>,
) -> Result<T, Failed> {
    match timeout(WITHIN, answer).await {
        Err(_) => Err("The mail server did not answer within 60 s."
            .to_owned()
            .into()),
        Ok(Ok(answer)) => Ok(answer),
        Ok(Err(error)) => {
            let words = plain(inside(&error.to_string()));
            Err(format!("The mail server does not do what was asked: {words}.").into())
        }
    }
}

/// The server's own words in what the library makes of them.
fn inside(error: &str) -> &str {
    let words = error.split_once("info: Some(\"").map(|(_, words)| words);
    words
        .and_then(|w| w.rsplit_once("\")"))
        .map_or(error, |(words, _)| words)
}

struct Watch<'w, I: Intake, C: Cursors> {
    channel: &'w Channel,
    source: &'w ImapSource,
    with: &'w Running<I, C>,
}

/// Up to where a mailbox is known: UIDVALIDITY and the last UID.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Known {
    validity: u32,
    last: u32,
}

impl Known {
    fn parse(cursor: &str) -> Option<Self> {
        let (validity, last) = cursor.split_once(':')?;
        Some(Self {
            validity: validity.parse().ok()?,
            last: last.parse().ok()?,
        })
    }
}

impl<I: Intake, C: Cursors> Watch<'_, I, C> {
    /// One connection, from its first packet to its end.
    async fn session(&self, way: &Way, kept: &mut Kept) -> Failed {
        match self.hold(way, kept).await {
            Ok(never) => never,
            Err(failed) => failed,
        }
    }

    async fn hold(&self, way: &Way, kept: &mut Kept) -> Result<Failed, Failed> {
        let mut session = way.open().await?;
        let can = within(session.capabilities()).await?;
        let idles = can.has_str("IDLE");
        let mailbox = within(session.examine(&way.mailbox)).await?;
        let validity = mailbox.uid_validity.unwrap_or(0);
        self.with.health.up(self.with.clock.now());
        loop {
            self.fetch(&mut session, validity, kept).await?;
            if idles {
                let mut idle = session.idle();
                within(idle.init()).await?;
                let outcome = idle.wait_with_timeout(self.source.idle).0.await;
                let heard = outcome.map_err(|e| broken(&e))?;
                if let IdleResponse::ManualInterrupt = heard {
                    return Err("The mail server closed the connection.".to_owned().into());
                }
                session = within(idle.done()).await?;
            } else {
                tokio::time::sleep(self.source.idle.min(WITHIN)).await;
                within(session.noop()).await?;
            }
            self.with.health.up(self.with.clock.now());
        }
    }

    /// Fetches what is new, oldest first.
    async fn fetch(
        &self,
        session: &mut Session,
        validity: u32,
        kept: &mut Kept,
    ) -> Result<(), Failed> {
        let before = kept.place.cursor.as_deref().and_then(Known::parse);
        let known = before.filter(|k| k.validity == validity);
        if before.is_some() && known.is_none() {
            self.with.health.warn(
                "The mail server has numbered the mailbox anew; mails of the last days are looked through again.",
            );
        }
        let found = match known {
            Some(known) => format!("UID {}:*", known.last.saturating_add(1)),
            None => format!("SINCE {}", self.first_day()),
        };
        let found = within(session.uid_search(found)).await?;
        // "n:*" has the last mail even when that is older than n.
        let last = known.map_or(0, |k| k.last);
        let mut new: Vec<u32> = found.into_iter().filter(|uid| *uid > last).collect();
        new.sort_unstable();
        for some in new.chunks(TOGETHER) {
            self.some(session, some).await?;
            if let Some(last) = some.last() {
                kept.place.cursor = Some(format!("{validity}:{last}"));
                kept.soon(self.channel, self.with).await;
            }
        }
        if new.is_empty() && known.is_none() {
            // From now on, what comes is new.
            let all = within(session.uid_search("ALL")).await?;
            let last = all.into_iter().max().unwrap_or(0);
            kept.place.cursor = Some(format!("{validity}:{last}"));
        }
        kept.save(self.channel, self.with).await;
        Ok(())
    }

    /// From which day on mails are taken at the first look.
    fn first_day(&self) -> String {
        let own = self.channel.config.first_poll_within;
        let within = own.unwrap_or(self.source.first_poll_within);
        let since = self.with.clock.now().minus(within);
        since.to_jiff().strftime("%d-%b-%Y").to_string()
    }

    /// Fetches some mails and hands them over.
    async fn some(&self, session: &mut Session, uids: &[u32]) -> Result<(), Failed> {
        let set = uids
            .iter()
            .map(u32::to_string)
            .collect::<Vec<_>>()
            .join(",");
        // A mail that is too large is read as far as it may be.
        let most = self.channel.max_body_bytes();
        let what = format!("(UID BODY.PEEK[]<0.{most}>)");
        let mails: Vec<Fetch> =
            within(async { session.uid_fetch(set, what).await?.try_collect().await }).await?;
        let mut together = Delivery::default();
        for mail in &mails {
            let Some(body) = mail.body() else { continue };
            let document = Bytes::copy_from_slice(body);
            take(self.channel, document, &mut together, self.with)?;
        }
        deliver(self.channel.name(), together, self.with).await?;
        Ok(())
    }
}

fn broken(error: &async_imap::error::Error) -> Failed {
    let words = plain(&error.to_string());
    format!("The connection to the mail server broke: {words}.").into()
}
