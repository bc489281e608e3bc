//! Heads of the log, exported at intervals to where the operator keeps them:
//! against one of them `verify --head` proves that nothing was cut off.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use tokio_util::sync::CancellationToken;
use tracing::warn;

use super::Hub;
use crate::model::ids::Seq;
use crate::store::{EventLog, SqliteLog, export_head};

/// How often, when the log grew.
const EVERY: Duration = Duration::from_mins(1);

/// Exports to `path` until `stop`, and once at the end.
pub async fn run(hub: Arc<Hub<SqliteLog>>, path: PathBuf, stop: CancellationToken) {
    let mut last = Seq(0);
    loop {
        let stopped = stop
            .run_until_cancelled(tokio::time::sleep(EVERY))
            .await
            .is_none();
        let at = hub.clock.now();
        match hub.log.head().await {
            Ok(head) if head.seq > last => match export_head(&path, head, at) {
                Ok(()) => {
                    last = head.seq;
                    hub.trouble.clear("heads");
                }
                Err(error) => {
                    warn!(message = "The log's head could not be exported.", %error);
                    hub.trouble
                        .set("heads", format!("The log's head is not exported: {error}"));
                }
            },
            Ok(_) => {}
            Err(error) => warn!(message = "The log's head can't be read.", %error),
        }
        if stopped {
            return;
        }
    }
}
