//! A feed that we poll: conditional GET, politely, and only what is new.
//!
//! What was seen is remembered by a hash of the whole entry, so that an edited
//! entry counts as new; the place is saved only after the hub has kept the
//! entries. Decoding and mapping are `map`'s.
//!
//! Where the feed names a hub and we have a public address, [`websub`] has the
//! hub tell us; polling then only looks now and then whether that is so.

mod polls;
pub mod websub;

use std::time::Duration;

use super::Running;
use super::backoff::Backoff;
use super::calls::{Calls, Failed};
use super::cursors::Cursors;
use super::pacing::{LONGEST, jittered};
use super::place;
use crate::channels::Intake;
use crate::channels::file::FeedSource;
use crate::channels::registry::Channel;
use polls::Feed;
use websub::Subscriber;

/// Runs the channel until it is cancelled.
pub(super) async fn run<I: Intake, C: Cursors>(
    channel: &Channel,
    source: &FeedSource,
    with: &Running<I, C>,
) {
    let calls = match Calls::new(channel, (&source.request, &source.hosts, None), with) {
        Ok(calls) => calls,
        Err(says) => return with.health.down(with.clock.now(), says),
    };
    let mut feed = Feed {
        place: place::load(channel, with).await,
        pushes: channel.subscriber.as_ref().and_then(Subscriber::pushes),
        channel,
        source,
        calls,
        with,
    };
    let interval = channel.config.poll_every.unwrap_or(source.interval);
    let mut waits = Backoff::new(interval, LONGEST);
    loop {
        let polled = tokio::select! {
            () = with.cancel.cancelled() => return,
            polled = feed.poll() => polled,
        };
        let wait = match polled {
            Ok(earliest) => {
                waits.reset();
                // The operator's own interval counts more than the feed's.
                let asked = earliest.filter(|_| channel.config.poll_every.is_none());
                let wait = interval.max(asked.unwrap_or(Duration::ZERO)).min(LONGEST);
                let told = feed.told_for();
                jittered(wait, source.jitter, rand::random()).max(told)
            }
            Err(Failed::Stopped) => return,
            Err(Failed::Trouble(says, asked)) => {
                with.health.down(with.clock.now(), says);
                let wait = waits.next(rand::random());
                wait.max(asked.unwrap_or(Duration::ZERO)).min(LONGEST)
            }
        };
        if !feed.wait(wait).await {
            return;
        }
    }
}
