//! What leaves: messages whose hold is over are carried to their channels, one
//! step at a time, each step in the log before the next.
//!
//! Owns the order of the steps and the patience between two tries; whether a
//! step may be taken is the desk's, how a channel is spoken to is the
//! carrier's. After a start nothing leaves by itself that had not been let go
//! before: a hold that the restart cut asks an officer, and what was leaving
//! when the hub died "may have been sent".

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::Hub;
use crate::model::board::Board;
use crate::model::decide::outgoing::Step;
use crate::model::ids::{CommandId, ItemKey};
use crate::model::item::Item;
use crate::model::outgoing::{Outgoing, Stage};
use crate::store::EventLog;
use crate::text::Untrusted;

/// How often it is looked what is due: a hold is at most so much longer.
const LOOK: Duration = Duration::from_millis(250);
/// Messages that are on their way at once. The rest wait for the next look.
const AT_ONCE: usize = 16;
/// Tries of a message that surely did not leave.
const TRIES: u32 = 6;
/// The wait after the first try; each further one is four times as long.
const FIRST_WAIT: Duration = Duration::from_secs(5);
/// No wait between two tries is longer.
const LONGEST_WAIT: Duration = Duration::from_mins(15);

/// What became of one try.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Carried {
    /// The channel took it.
    Sent {
        /// What the channel calls it.
        external_id: Untrusted,
        /// Where it can be seen.
        url: Untrusted,
    },
    /// The channel refused it, in its own words; nothing was sent.
    Refused(Untrusted),
    /// It surely did not leave; again after this long, or when we think best.
    Later(Option<Duration>, Untrusted),
    /// It left, and no answer came.
    Unknown(Untrusted),
}

/// Who speaks to the channels.
pub trait Carrier: Send + Sync + 'static {
    /// Carries `outgoing` about `item` to the item's channel.
    fn carry(&self, item: &Item, outgoing: &Outgoing) -> impl Future<Output = Carried> + Send;

    /// Whether the channel knows a repeat of the message by its key.
    fn knows_repeats(&self, item: &Item, outgoing: &Outgoing) -> bool;
}

/// Carries what is due until `stop`; a message that is leaving then is waited
/// for by `tracker`.
pub async fn run<L: EventLog, C: Carrier>(
    hub: Arc<Hub<L>>,
    carrier: Arc<C>,
    tracker: TaskTracker,
    stop: CancellationToken,
) {
    after_a_start(&hub, &*carrier).await;
    let room = Arc::new(Semaphore::new(AT_ONCE));
    let mut look = tokio::time::interval(LOOK);
    look.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Skip);
    while stop.run_until_cancelled(look.tick()).await.is_some() {
        let now = hub.clock.now();
        for message in hub.desk.board(|board| board.leaving_due(now)) {
            let Ok(place) = Arc::clone(&room).try_acquire_owned() else {
                break;
            };
            if !hub.desk.outward(message, Step::Leave).await {
                continue;
            }
            let (hub, carrier) = (Arc::clone(&hub), Arc::clone(&carrier));
            tracker.spawn(async move {
                let _place = place;
                carry(&hub, &*carrier, message).await;
            });
        }
    }
}

/// What the last life of the hub left open.
async fn after_a_start<L: EventLog, C: Carrier>(hub: &Hub<L>, carrier: &C) {
    let open: Vec<(Item, Outgoing)> = hub.desk.board(|board| {
        let open = board.leaving();
        open.map(|(item, one)| (item.clone(), one.clone()))
            .collect()
    });
    for (item, one) in open {
        let message = (item.key, one.id);
        let step = match one.stage {
            Stage::Held { .. } => Step::Cut,
            Stage::Leaving { .. } if carrier.knows_repeats(&item, &one) => Step::Delay {
                until: hub.clock.now(),
                why: "The hub was restarted meanwhile.".into(),
            },
            Stage::Leaving { .. } => {
                Step::Doubt("The hub was stopped before the channel answered.".into())
            }
            _ => continue,
        };
        hub.desk.outward(message, step).await;
    }
}

/// One try, and its outcome into the log.
async fn carry<L: EventLog, C: Carrier>(hub: &Hub<L>, carrier: &C, message: (ItemKey, CommandId)) {
    let Some((item, one)) = hub.desk.board(|board| find(board, message)) else {
        return;
    };
    let outcome = carrier.carry(&item, &one).await;
    let attempt = match one.stage {
        Stage::Leaving { attempt, .. } => attempt,
        _ => 1,
    };
    let again = carrier.knows_repeats(&item, &one);
    let step = next(outcome, attempt, again, hub.clock.now());
    if !hub.desk.outward(message, step).await {
        // Only a closing desk refuses it; the next start tells the officer.
        tracing::warn!(message = "What became of a message could not be noted.", item = %item.id);
    }
}

fn find(board: &Board, (key, id): (ItemKey, CommandId)) -> Option<(Item, Outgoing)> {
    let item = board.item(&key)?;
    let one = item.outgoing.iter().find(|one| one.id == id)?;
    Some((item.clone(), one.clone()))
}

/// The step that follows a try.
fn next(
    carried: Carried,
    attempt: u32,
    knows_repeats: bool,
    now: crate::model::time::Timestamp,
) -> Step {
    let later = |asked: Option<Duration>, why: Untrusted| {
        if attempt >= TRIES {
            return Step::Fail(why);
        }
        let wait = asked.unwrap_or_default().max(pause(attempt));
        let until = now.plus(wait.min(LONGEST_WAIT));
        Step::Delay { until, why }
    };
    match carried {
        Carried::Sent { external_id, url } => Step::Sent { external_id, url },
        Carried::Refused(why) => Step::Fail(why),
        Carried::Later(asked, why) => later(asked, why),
        // The channel tells a repeat by our key, so trying again sends nothing
        // twice.
        Carried::Unknown(why) if knows_repeats && attempt < TRIES => later(None, why),
        Carried::Unknown(why) => Step::Doubt(why),
    }
}

fn pause(attempt: u32) -> Duration {
    let times = 4_u32.saturating_pow(attempt.saturating_sub(1).min(8));
    FIRST_WAIT.saturating_mul(times).min(LONGEST_WAIT)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::time::Timestamp;

    fn now() -> Timestamp {
        Timestamp::parse("2026-11-23T19:00:00Z").expect("a time")
    }

    #[test]
    fn what_may_have_left_is_not_sent_again_by_itself() {
        let lost = || Carried::Unknown("The connection broke.".into());
        assert!(matches!(next(lost(), 1, false, now()), Step::Doubt(_)));
        assert!(matches!(next(lost(), 1, true, now()), Step::Delay { .. }));
        assert!(matches!(next(lost(), TRIES, true, now()), Step::Doubt(_)));
    }

    #[test]
    fn what_surely_did_not_leave_is_tried_with_longer_waits_and_then_given_up() {
        let waits: Vec<u64> = (1..TRIES)
            .map(|attempt| {
                let later = Carried::Later(None, "It is not there.".into());
                match next(later, attempt, false, now()) {
                    Step::Delay { until, .. } => until.since(now()).as_secs(),
                    other => panic!("{other:?}"),
                }
            })
            .collect();
        assert_eq!(waits, [5, 20, 80, 320, 900]);
        let last = Carried::Later(Some(Duration::from_secs(1)), "It is not there.".into());
        assert!(matches!(next(last, TRIES, false, now()), Step::Fail(_)));
    }
}
