//! Documents that we fetch: again and again (`poll`), or at once again because
//! the server answers only when there is something (`longpoll`).
//!
//! - [`round`]: one poll, with its pages; [`items`]: a list whose elements are
//!   fetched one by one; [`register`]: what has to be asked first.
//!
//! Owns when it is asked again. The place is kept after the hub has kept what
//! came: a restart in between brings it twice, and the dedupe key takes that.

mod items;
mod register;
mod round;

use std::time::Duration;

use tokio::time::Instant;

use super::Running;
use super::backoff::Backoff;
use super::calls::{Calls, Failed};
use super::cursors::Cursors;
use super::deliver::pause;
use super::pacing::{LONGEST, jittered};
use super::place::{self, Place};
use crate::channels::Intake;
use crate::channels::file::{Pace, PollSource};
use crate::channels::registry::Channel;

/// A long poll that came back empty sooner than this did not wait for anything:
/// it is asked again after this.
const HASTY: Duration = Duration::from_secs(1);

/// What all rounds work with.
struct Work<'w, I: Intake, C: Cursors> {
    channel: &'w Channel,
    source: &'w PollSource,
    calls: Calls,
    with: &'w Running<I, C>,
}

/// What a round came to.
#[derive(Debug, Default)]
struct Done {
    /// How long the server wants to be left alone.
    asked: Option<Duration>,
    /// Whether there is more, to be fetched at once.
    more: bool,
    /// Whether anything new came.
    news: bool,
}

/// Runs the channel until it is cancelled.
pub(super) async fn run<I: Intake, C: Cursors>(
    channel: &Channel,
    source: &PollSource,
    with: &Running<I, C>,
) {
    let reach = (&source.request, &*source.hosts, source.rate);
    let calls = match Calls::new(channel, reach, with) {
        Ok(calls) => calls,
        Err(says) => return with.health.down(with.clock.now(), says),
    };
    let mut place = place::load(channel, with).await;
    let work = Work {
        channel,
        source,
        calls,
        with,
    };
    let mut waits = match source.pace {
        Pace::Every(interval, _) => {
            let interval = channel.config.poll_every.unwrap_or(interval);
            Backoff::new(
                interval,
                interval.saturating_mul(8).max(Duration::from_mins(15)),
            )
        }
        Pace::Long => Backoff::new(Duration::from_secs(1), Duration::from_mins(5)),
    };
    loop {
        let began = Instant::now();
        let outcome = tokio::select! {
            () = with.cancel.cancelled() => return,
            outcome = work.round(&mut place) => outcome,
        };
        let wait = match outcome {
            Ok(done) => {
                waits.reset();
                work.rest(&done, began.elapsed())
            }
            Err(Failed::Stopped) => return,
            Err(Failed::Trouble(says, asked)) => {
                with.health.down(with.clock.now(), says);
                let wait = waits.next(rand::random());
                wait.max(asked.unwrap_or(Duration::ZERO)).min(LONGEST)
            }
        };
        if !wait.is_zero() && !pause(wait, with).await {
            return;
        }
    }
}

impl<I: Intake, C: Cursors> Work<'_, I, C> {
    /// How long to wait after a round that went well.
    fn rest(&self, done: &Done, took: Duration) -> Duration {
        let asked = done.asked.unwrap_or(Duration::ZERO).min(LONGEST);
        match self.source.pace {
            _ if done.more => asked,
            Pace::Every(interval, jitter) => {
                let interval = self.channel.config.poll_every.unwrap_or(interval);
                jittered(interval, jitter, rand::random()).max(asked)
            }
            Pace::Long if done.news || took >= HASTY => asked,
            Pace::Long => asked.max(HASTY),
        }
    }

    /// Keeps `next`, where it is not what was kept already.
    async fn keep(&self, place: &mut Option<Place>, next: Place) {
        if place.as_ref() != Some(&next) {
            next.save(self.channel, self.with).await;
            *place = Some(next);
        }
    }
}
