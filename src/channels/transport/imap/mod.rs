//! A mailbox that we watch: IDLE, issued anew in time, or a look now and then
//! where the server knows none. Nothing is marked, moved or deleted.
//!
//! Owns which mails are new: by UID, as long as UIDVALIDITY stays (RFC 3501
//! 2.3.1.1). [`mod@connect`]: from the first packet to the mailbox; [`metered`]:
//! how much may come.

mod connect;
mod metered;

use std::future::Future;
use std::io;
use std::time::Duration;

use async_imap::error::Error;
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
use crate::channels::egress::{Wire, refused};
use crate::channels::file::ImapSource;
use crate::channels::map::delivery::Delivery;
use crate::channels::map::words::plain;
use crate::channels::registry::Channel;
use connect::Way;

/// How often it is looked at the least where the server knows no IDLE.
const LOOK: Duration = Duration::from_mins(1);
/// Most mails that are fetched and handed over together, and most bytes of them.
const TOGETHER: usize = 16;
const MEMORY: usize = 64 * 1024 * 1024;
/// Most bytes of an answer that is no mail: the numbers of a hundred thousand.
const ANSWER: usize = 1024 * 1024;
/// A connection that held so long was a good one: the next wait is short.
const GOOD: Duration = Duration::from_mins(1);

/// It hung up.
const CLOSED: &str = "The mail server closed the connection.";

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
        way,
    };
    loop {
        let began = Instant::now();
        let end = tokio::select! {
            () = with.cancel.cancelled() => Failed::Stopped,
            end = watch.session(&mut kept) => end,
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
async fn within<T, E: Into<Error>>(
    most: Duration,
    answer: impl Future<Output = Result<T, E>>,
) -> Result<T, Failed> {
    match timeout(most, answer).await {
        Err(_) => Err(late(most)),
        Ok(Ok(answer)) => Ok(answer),
        Ok(Err(error)) => Err(trouble(&error.into())),
    }
}

/// It took longer than `most`.
fn late(most: Duration) -> Failed {
    let seconds = most.as_secs_f32();
    format!("The mail server did not answer within {seconds} s.").into()
}

/// Why there is no answer: the server's own words, or what broke.
fn trouble(error: &Error) -> Failed {
    let says = match error {
        Error::No(words) | Error::Bad(words) => {
            let words = plain(inside(words));
            format!("The mail server does not do what was asked: {words}.")
        }
        Error::Io(error) if error.kind() == io::ErrorKind::UnexpectedEof => CLOSED.to_owned(),
        Error::ConnectionLost => CLOSED.to_owned(),
        Error::Io(error) if let Some(says) = refused(error) => says.to_owned(),
        Error::Io(error) => {
            let words = plain(&error.to_string());
            format!("The connection to the mail server broke: {words}.")
        }
        _ => "What the mail server says is not IMAP.".to_owned(),
    };
    says.into()
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
    way: Way,
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
    async fn session(&self, kept: &mut Kept) -> Failed {
        match self.hold(kept).await {
            Ok(never) => never,
            Err(failed) => failed,
        }
    }

    async fn within<T, E: Into<Error>>(
        &self,
        answer: impl Future<Output = Result<T, E>>,
    ) -> Result<T, Failed> {
        self.way.allowance.set(ANSWER);
        within(self.source.timeout, answer).await
    }

    async fn hold(&self, kept: &mut Kept) -> Result<Failed, Failed> {
        let mut session = self.way.open().await?;
        let can = self.within(session.capabilities()).await?;
        let idles = can.has_str("IDLE");
        let mailbox = self.within(session.examine(&self.way.mailbox)).await?;
        let validity = mailbox.uid_validity.unwrap_or(0);
        self.with.health.up(self.with.clock.now());
        loop {
            self.fetch(&mut session, validity, kept).await?;
            if idles {
                let mut idle = session.idle();
                self.within(idle.init()).await?;
                let outcome = idle.wait_with_timeout(self.source.idle).0.await;
                let heard = outcome.map_err(|e| trouble(&e))?;
                if let IdleResponse::ManualInterrupt = heard {
                    return Err(CLOSED.to_owned().into());
                }
                session = self.within(idle.done()).await?;
            } else {
                tokio::time::sleep(self.source.idle.min(LOOK)).await;
                self.within(session.noop()).await?;
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
        let found = self.within(session.uid_search(found)).await?;
        // "n:*" has the last mail even when that is older than n.
        let last = known.map_or(0, |k| k.last);
        let mut new: Vec<u32> = found.into_iter().filter(|uid| *uid > last).collect();
        new.sort_unstable();
        let together = (MEMORY / self.channel.max_body_bytes()).clamp(1, TOGETHER);
        for some in new.chunks(together) {
            self.some(session, some).await?;
            if let Some(last) = some.last() {
                kept.place.cursor = Some(format!("{validity}:{last}"));
                kept.soon(self.channel, self.with).await;
            }
        }
        if new.is_empty() && known.is_none() {
            // From now on, what comes is new.
            let all = self.within(session.uid_search("UID *")).await?;
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
        self.way.allowance.set(ANSWER + uids.len() * most);
        let mails = async { session.uid_fetch(set, what).await?.try_collect().await };
        let mails: Vec<Fetch> = within(self.source.timeout, mails).await?;
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
