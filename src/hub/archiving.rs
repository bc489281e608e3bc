//! Keeps the archive beside the log: it follows, may trail by a second, and
//! the log never waits for it.

use std::sync::Arc;
use std::time::Duration;

use tokio_util::sync::CancellationToken;
use tracing::warn;

use super::Hub;
use crate::store::SqliteLog;
use crate::store::archive::Archive;

/// How long to wait after a failure.
const AFTER_FAILURE: Duration = Duration::from_secs(5);

/// Lets `archive` follow the log until `stop`; tells when it can't.
pub async fn run(hub: Arc<Hub<SqliteLog>>, archive: Arc<Archive>, stop: CancellationToken) {
    loop {
        match stop.run_until_cancelled(archive.follow(&*hub.log)).await {
            None | Some(Ok(())) => return,
            Some(Err(error)) => {
                warn!(message = "The archive does not follow; the log is not affected.", %error);
                hub.trouble
                    .set("archive", format!("Search trails the log: {error}"));
            }
        }
        let pause = tokio::time::sleep(AFTER_FAILURE);
        if stop.run_until_cancelled(pause).await.is_none() {
            return;
        }
        hub.trouble.clear("archive");
    }
}
