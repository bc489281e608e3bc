//! What is erased by itself: content that was closed longer ago than the
//! operator keeps it, and words that a channel took back where the operator
//! wants them erased then. What is under a legal hold is not.

use std::collections::{BTreeSet, HashSet};
use std::sync::Arc;
use std::time::Duration;

use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

use super::Hub;
use crate::model::event::Actor;
use crate::model::ids::ItemKey;
use crate::model::item::{Item, OnRetract};
use crate::store::{Erase, Selector, SqliteLog};

/// How often it is looked what is due.
const EVERY: Duration = Duration::from_hours(1);

/// How often it is looked what channels took back.
const TAKEN_BACK: Duration = Duration::from_secs(10);

/// Erases what channels took back for good, until `stop`. After a restart it
/// is asked for once more, which changes nothing.
pub async fn run_retractions(hub: Arc<Hub<SqliteLog>>, stop: CancellationToken) {
    let mut look = tokio::time::interval(TAKEN_BACK);
    let mut done: HashSet<ItemKey> = HashSet::new();
    while stop.run_until_cancelled(look.tick()).await.is_some() {
        let taken_back = hub.desk.board(|board| {
            let wanted = |item: &&Item| matches!(item.retracted, Some((_, OnRetract::Erase)));
            let items = board.items().filter(wanted).map(|item| item.key);
            items.filter(|key| !done.contains(key)).collect::<Vec<_>>()
        });
        for key in taken_back {
            let wish = Erase {
                what: Selector::Items(vec![key]),
                except: BTreeSet::new(),
                reason: "taken back by its channel".into(),
                by: Actor::Hub,
                at: hub.clock.now(),
            };
            carry_out(&hub, wish).await;
            done.insert(key);
        }
    }
}

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
    carry_out(hub, wish).await;
}

async fn carry_out(hub: &Hub<SqliteLog>, wish: Erase) {
    match hub.log.erase(wish).await {
        Ok(erasure) if erasure.events > 0 => {
            info!(
                message = "Content was erased.",
                events = erasure.events,
                held = erasure.held
            );
            hub.desk.catch_up().await;
        }
        Ok(_) => hub.trouble.clear("retention"),
        Err(error) => {
            warn!(message = "Content could not be erased.", %error);
            hub.trouble
                .set("retention", format!("Content could not be erased: {error}"));
        }
    }
}
