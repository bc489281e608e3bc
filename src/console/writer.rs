//! The thread that writes to the terminal, so that a stalled link stalls
//! nothing else.
//!
//! Owns the terminal's output. A slot holds the newest whole grid (newest
//! wins); a second queue holds bell, title and restore bytes in order, never
//! dropped, never inside a frame. Called by the runtime.

use std::collections::VecDeque;
use std::io::{self, Write};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use super::backend::{self, Grid, Style};

/// Bell, title and the like that may wait. They come by the second at most;
/// when a terminal is stalled this long, [`Writer::say`] says that it is full.
const ORDERED: usize = 64;

/// What was written so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Written {
    /// Frames that changed something.
    pub frames: u64,
    /// Bytes, all in all.
    pub bytes: u64,
    /// Symbols that were replaced because a terminal must not get them.
    pub unsafe_symbols: u64,
}

#[derive(Default)]
#[allow(
    clippy::struct_excessive_bools,
    reason = "independent marks, not a state"
)]
struct Desk {
    grid: Option<Grid>,
    /// The terminal does not show what we wrote last: paint it whole.
    anew: bool,
    ordered: VecDeque<Vec<u8>>,
    busy: bool,
    closing: bool,
    failed: bool,
    written: Written,
}

struct Shared {
    desk: Mutex<Desk>,
    /// Something lies on the desk.
    work: Condvar,
    /// The desk is empty and nothing is being written.
    idle: Condvar,
}

impl Shared {
    fn desk(&self) -> MutexGuard<'_, Desk> {
        // Nobody panics while holding it; a poisoned desk is still in order.
        self.desk.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The way to the writing thread. It ends with this value.
pub struct Writer {
    shared: Arc<Shared>,
}

impl Writer {
    /// Starts the thread on an output. `gone` is called once when the output
    /// fails for good.
    ///
    /// # Errors
    /// When the system has no thread for us.
    pub fn start(
        out: impl Write + Send + 'static,
        style: Style,
        gone: impl FnOnce() + Send + 'static,
    ) -> io::Result<Self> {
        let shared = Arc::new(Shared {
            desk: Mutex::new(Desk::default()),
            work: Condvar::new(),
            idle: Condvar::new(),
        });
        let theirs = Arc::clone(&shared);
        thread::Builder::new()
            .name("writer".to_owned())
            .spawn(move || {
                if serve(&theirs, out, style).is_err() {
                    gone();
                }
            })?;
        Ok(Self { shared })
    }

    /// Puts the newest grid into the slot.
    pub fn show(&self, grid: Grid) {
        self.shared.desk().grid = Some(grid);
        self.shared.work.notify_one();
    }

    /// The next grid is painted whole, whatever was written before.
    pub fn anew(&self) {
        self.shared.desk().anew = true;
    }

    /// Queues bytes that go out in order, between frames. False when the
    /// terminal is stalled and too many wait already.
    #[must_use]
    pub fn say(&self, bytes: &[u8]) -> bool {
        let mut desk = self.shared.desk();
        let room = desk.ordered.len() < ORDERED;
        if room {
            desk.ordered.push_back(bytes.to_vec());
            self.shared.work.notify_one();
        }
        room
    }

    /// Waits until everything is written, `limit` at most; true when it is.
    #[must_use]
    pub fn settle(&self, limit: Duration) -> bool {
        let end = Instant::now() + limit;
        let mut desk = self.shared.desk();
        loop {
            if desk.failed {
                return false;
            }
            if !desk.busy && desk.grid.is_none() && desk.ordered.is_empty() {
                return true;
            }
            let left = end.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return false;
            }
            desk = self
                .shared
                .idle
                .wait_timeout(desk, left)
                .unwrap_or_else(PoisonError::into_inner)
                .0;
        }
    }

    /// What was written so far.
    #[must_use]
    pub fn written(&self) -> Written {
        self.shared.desk().written
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.shared.desk().closing = true;
        self.shared.work.notify_one();
    }
}

enum Job {
    Bytes(Vec<u8>),
    Frame { grid: Grid, anew: bool },
    End,
}

fn serve(shared: &Shared, mut out: impl Write, style: Style) -> io::Result<()> {
    let mut last: Option<Grid> = None;
    loop {
        let result = match next_job(shared) {
            Job::End => return Ok(()),
            Job::Bytes(bytes) => write(shared, &mut out, &bytes),
            Job::Frame { grid, anew } => {
                let before = last.take().filter(|_| !anew);
                let (bytes, cost) = backend::paint(before.as_ref(), &grid, style);
                if cost.unsafe_symbols > 0 {
                    tracing::error!(
                        symbols = cost.unsafe_symbols,
                        "Symbols that a terminal must not get were about to be written."
                    );
                }
                let result = write(shared, &mut out, &bytes);
                let mut desk = shared.desk();
                desk.written.frames += u64::from(!bytes.is_empty());
                desk.written.unsafe_symbols += cost.unsafe_symbols as u64;
                // Only what was written completely is known to be there.
                last = result.is_ok().then_some(grid);
                result
            }
        };
        let mut desk = shared.desk();
        desk.busy = false;
        desk.failed = result.is_err();
        shared.idle.notify_all();
        drop(desk);
        result?;
    }
}

/// What lies on the desk: ordered bytes before the newest frame.
fn next_job(shared: &Shared) -> Job {
    let mut desk = shared.desk();
    loop {
        if let Some(bytes) = desk.ordered.pop_front() {
            desk.busy = true;
            return Job::Bytes(bytes);
        }
        if let Some(grid) = desk.grid.take() {
            desk.busy = true;
            let anew = std::mem::take(&mut desk.anew);
            return Job::Frame { grid, anew };
        }
        if desk.closing {
            return Job::End;
        }
        desk = shared
            .work
            .wait(desk)
            .unwrap_or_else(PoisonError::into_inner);
    }
}

/// One write a frame: the bytes are whole before the first leaves.
fn write(shared: &Shared, out: &mut impl Write, bytes: &[u8]) -> io::Result<()> {
    if bytes.is_empty() {
        return Ok(());
    }
    out.write_all(bytes)?;
    out.flush()?;
    shared.desk().written.bytes += bytes.len() as u64;
    Ok(())
}

#[cfg(test)]
#[path = "writer_tests.rs"]
mod tests;
