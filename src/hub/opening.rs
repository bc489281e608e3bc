//! From the log to the board at start: the newest checkpoint and the events
//! after it; and, while the hub runs, the next checkpoint.
//!
//! A checkpoint that can't be read is left out: the log is the truth, the
//! start only takes longer.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

use super::Hub;
use crate::model::board::{Board, Checkpoint};
use crate::store::{EventLog, LogError, SqliteLog};

/// Events read at once.
const PAGE: usize = 2_000;
/// How often it is looked whether a checkpoint is due.
const LOOK: Duration = Duration::from_secs(10);
/// Events after the last checkpoint that make the next one due: replaying so
/// many takes about a second.
const DUE: u64 = 100_000;
/// The board is held for a checkpoint at most one part in so many of the time:
/// officers wait meanwhile.
const REST: u32 = 300;
/// Checkpoints are packed with zstd at this level: fast.
const LEVEL: i32 = 1;
/// A checkpoint may unpack to so much; more is damage.
const UNPACKED: usize = 4 << 30;

/// The board as the log left it.
///
/// # Errors
/// [`LogError`] when the log can't be read.
pub async fn board(log: &SqliteLog) -> Result<Board, LogError> {
    let mut board = match log.load_checkpoint().await? {
        Some((seq, bytes)) => unpack(&bytes).unwrap_or_else(|| {
            warn!(message = "A checkpoint can't be read; the whole log is.", %seq);
            Board::default()
        }),
        None => Board::default(),
    };
    let from = board.head();
    loop {
        let events = log.read(board.head(), PAGE).await?;
        for event in &events {
            if let Err(error) = board.apply(event) {
                // An erased body, or one about an item that was let go.
                tracing::debug!(message = "An event was passed over.", %error);
            }
            board.advance(event.seq);
        }
        if events.len() < PAGE {
            break;
        }
    }
    info!(message = "The board is up.", %from, head = %board.head(), items = board.len());
    Ok(board)
}

/// Saves a checkpoint whenever enough came after the last one, and one at the
/// end.
pub async fn keep_checkpoints(hub: Arc<Hub<SqliteLog>>, stop: CancellationToken) {
    let mut last = hub.fanout.head();
    let mut rest = LOOK;
    loop {
        let stopped = tokio::select! {
            () = tokio::time::sleep(rest) => false,
            () = stop.cancelled() => true,
        };
        rest = LOOK;
        let head = hub.fanout.head();
        if head.0.saturating_sub(last.0) >= DUE || (stopped && head != last) {
            match checkpoint(&hub).await {
                Ok(locked) => {
                    last = head;
                    rest = LOOK.max(locked * REST);
                }
                Err(error) => {
                    warn!(message = "A checkpoint could not be saved; the log is not affected.", %error);
                }
            }
        }
        if stopped {
            return;
        }
    }
}

/// Saves one checkpoint of the board as it is; for how long nobody could write
/// to the board.
async fn checkpoint(hub: &Hub<SqliteLog>) -> Result<Duration, LogError> {
    // The items are cloned under the lock (their contents are shared) and
    // packed on a thread of their own.
    let started = Instant::now();
    let checkpoint = hub.desk.board(Board::to_checkpoint);
    let locked = started.elapsed();
    let seq = checkpoint.head;
    let packed = tokio::task::spawn_blocking(move || pack(&checkpoint))
        .await
        .ok()
        .flatten();
    if let Some(bytes) = packed {
        hub.log.save_checkpoint(seq, bytes.into()).await?;
    }
    Ok(locked)
}

fn pack(checkpoint: &Checkpoint) -> Option<Vec<u8>> {
    let mut packer = zstd::stream::write::Encoder::new(Vec::new(), LEVEL).ok()?;
    serde_json::to_writer(&mut packer, checkpoint).ok()?;
    packer.finish().ok()
}

fn unpack(bytes: &[u8]) -> Option<Board> {
    let unpacked = zstd::stream::read::Decoder::new(bytes).ok()?;
    let limited = std::io::Read::take(unpacked, UNPACKED as u64);
    let checkpoint: Checkpoint = serde_json::from_reader(std::io::BufReader::new(limited)).ok()?;
    Some(Board::from_checkpoint(checkpoint))
}
