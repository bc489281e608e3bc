//! Retention: what was closed longer ago than the operator keeps it is erased
//! by itself; what is open, or under a legal hold, is not.

use std::sync::Arc;
use std::time::Duration;

use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

use super::Hub;
use crate::model::event::Actor;
use crate::store::{Erase, Selector, SqliteLog};

/// How often it is looked what is due.
const EVERY: Duration = Duration::from_hours(1);

/// Erases what closed more than `keep` ago, until `stop`.
pub async fn run(hub: Arc<Hub<SqliteLog>>, keep: Duration, stop: CancellationToken) {
    let mut due = tokio::time::interval(EVERY);
    while stop.run_until_cancelled(due.tick()).await.is_some() {
        erase(&hub, keep).await;
    }
}

async fn erase(hub: &Hub<SqliteLog>, keep: Duration) {
    let now = hub.clock.now();
    let open = hub.desk.board(|board| {
        let open = board.items().filter(|item| item.is_open());
        open.map(|item| item.key).collect()
    });
    let wish = Erase {
        what: Selector::OlderThan(now.minus(keep)),
        except: open,
        reason: "retention".into(),
        by: Actor::Hub,
        at: now,
    };
    match hub.log.erase(wish).await {
        Ok(erasure) if erasure.events > 0 => {
            info!(
                message = "Retention erased content.",
                events = erasure.events,
                held = erasure.held
            );
            hub.desk.catch_up().await;
        }
        Ok(_) => hub.trouble.clear("retention"),
        Err(error) => {
            warn!(message = "Retention could not erase.", %error);
            hub.trouble
                .set("retention", format!("Retention does not work: {error}"));
        }
    }
}
