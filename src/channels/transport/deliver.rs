//! Handing over with patience: while the hub is busy the channel waits and its
//! peer with it; nothing is dropped.

use std::time::Duration;

use super::Running;
use super::backoff::Backoff;
use super::cursors::Cursors;
use crate::channels::health::HealthHandle;
use crate::channels::map::delivery::Delivery;
use crate::channels::{Intake, IntakeError};
use crate::model::ids::ChannelName;
use crate::model::inbound::{Inbound, Receipt};
use crate::model::mark::Delivered;

/// The channel's task has to end; what was in hand was not kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Stopped;

/// Hands `delivery` over and returns when it is durable.
///
/// # Errors
/// [`Stopped`] when the channel was cancelled or the hub closes.
pub(super) async fn deliver<I: Intake, C: Cursors>(
    channel: &ChannelName,
    delivery: Delivery,
    with: &Running<I, C>,
) -> Result<(), Stopped> {
    for warning in &delivery.warnings {
        with.health.warn(warning);
    }
    let unmapped = |i: &&Inbound| matches!(i, Inbound::Unmapped { .. });
    let misses = delivery.inbound.iter().filter(unmapped).count();
    let items = delivery.inbound.len() - misses;
    let failed = failed(&delivery.inbound);
    let mut waits = Backoff::new(Duration::from_millis(50), Duration::from_secs(10));
    while !delivery.inbound.is_empty() {
        let outcome = tokio::select! {
            () = with.cancel.cancelled() => return Err(Stopped),
            outcome = with.intake.submit(channel, delivery.inbound.clone()) => outcome,
        };
        match outcome {
            Ok(receipts) => {
                tell_strays(&failed, &receipts, &with.health);
                break;
            }
            Err(IntakeError::Closing) => return Err(Stopped),
            Err(IntakeError::Busy) => {}
            Err(error @ IntakeError::Log(_)) => {
                with.health.down(with.clock.now(), error.to_string());
            }
        }
        let wait = waits.next(rand::random());
        if !pause(wait, with).await {
            return Err(Stopped);
        }
    }
    let narrow = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    with.health
        .delivered(with.clock.now(), narrow(items), narrow(misses));
    Ok(())
}

/// Where in a delivery messages are told not to have arrived.
pub(super) fn failed(inbound: &[Inbound]) -> Vec<usize> {
    let is = |one: &Inbound| {
        matches!(
            one,
            Inbound::Delivery {
                status: Delivered::Failed,
                ..
            }
        )
    };
    let all = inbound.iter().enumerate();
    all.filter(|(_, one)| is(one)).map(|(nth, _)| nth).collect()
}

/// Warns of those that nothing on the board was sent as.
pub(super) fn tell_strays(failed: &[usize], receipts: &[Receipt], health: &HealthHandle) {
    let is_stray = |nth: &usize| receipts.get(*nth) == Some(&Receipt::Ignored);
    if failed.iter().any(is_stray) {
        health.warn(
            "A message did not arrive that nothing on the board was sent as; the log says which.",
        );
    }
}

/// Waits; false when the channel was cancelled meanwhile.
pub(super) async fn pause<I: Intake, C: Cursors>(wait: Duration, with: &Running<I, C>) -> bool {
    tokio::select! {
        () = with.cancel.cancelled() => false,
        () = tokio::time::sleep(wait) => true,
    }
}
