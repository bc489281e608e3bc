//! What happens by itself: due times, leases, presence for everybody, and a
//! machine's clock that jumps.
//!
//! Ticks on the machine's steady clock and asks the injected one what time it
//! is, so that tests turn time and wait for nothing.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::time::MissedTickBehavior;
use tokio_util::sync::CancellationToken;
use tracing::warn;

use super::Hub;
use crate::model::time::Timestamp;
use crate::store::EventLog;
use crate::wire::frames::ServerFrame;

/// How often due times are looked at. An SLA or snooze is at most so late.
const TICK: Duration = Duration::from_millis(250);
/// A clock that is further off than this between two ticks has jumped.
const JUMP_MS: i64 = 5_000;

/// Ticks until `stop`. With `watch_jumps` a jump of the clock is noticed and
/// nobody's hold ends because of it; tests that turn the clock leave it off.
pub async fn run<L: EventLog>(hub: Arc<Hub<L>>, watch_jumps: bool, stop: CancellationToken) {
    let mut interval = tokio::time::interval(TICK);
    interval.set_missed_tick_behavior(MissedTickBehavior::Skip);
    let mut last = (Instant::now(), hub.clock.now());
    loop {
        tokio::select! {
            _ = interval.tick() => {}
            () = stop.cancelled() => return,
        }
        let now = (Instant::now(), hub.clock.now());
        if watch_jumps {
            notice_jump(&hub, last, now);
        }
        last = now;
        hub.desk.tick();
        match hub.access.trouble() {
            Some(says) => hub.trouble.set("accounts", says),
            None => hub.trouble.clear("accounts"),
        }
        tell_presence(&hub, now.1);
        let open = hub.desk.board(crate::model::board::Board::len) as u64;
        hub.metrics.open_items.set(open);
    }
}

fn notice_jump<L: EventLog>(hub: &Hub<L>, last: (Instant, Timestamp), now: (Instant, Timestamp)) {
    let steady = i64::try_from(now.0.duration_since(last.0).as_millis()).unwrap_or(i64::MAX);
    let jump = now.1.as_millis() - last.1.as_millis() - steady;
    if jump.abs() > JUMP_MS {
        hub.metrics.clock_jumps.inc();
        hub.presence.shift(jump);
        warn!(
            message =
                "The machine's clock jumped; leases were kept, due times follow the new time.",
            jump_ms = jump
        );
    }
}

fn tell_presence<L: EventLog>(hub: &Hub<L>, now: Timestamp) {
    if let Some(officers) = hub.presence.take_changed(now)
        && let Ok(json) = serde_json::to_vec(&ServerFrame::Presence { officers })
    {
        hub.fanout.broadcast(&json.into());
    }
}
