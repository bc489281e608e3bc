//! The thread that writes to the terminal, so that a stalled link stalls
//! nothing else.
//!
//! Owns the terminal's output. A slot holds the newest whole grid (newest
//! wins); a second queue holds bell, title and restore bytes in order, never
//! dropped, never inside a frame. A grid that news asked for waits for its turn
//! by `pace`; one that a key asked for does not. Called by the runtime.

use std::collections::VecDeque;
use std::io::{self, Write};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use super::backend::{Grid, Painter, Style};
use super::lag::{self, Lag};
use super::pace::{Limits, Pace};
use crate::theme::Glyphs;

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

/// How an output is written to.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    /// Colours and frames.
    pub style: Style,
    /// How fast.
    pub limits: Limits,
    /// Which signs it can show.
    pub glyphs: Glyphs,
}

/// What the thread has to tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Told {
    /// The output failed for good; the thread has ended.
    Gone,
    /// Whether the link is slow now: it takes seconds to take a frame.
    Slow(bool),
}

#[derive(Default)]
#[allow(
    clippy::struct_excessive_bools,
    reason = "independent marks, not a state"
)]
struct Desk {
    grid: Option<Grid>,
    /// A key asked for the grid, or something that must not wait.
    urgent: bool,
    /// Frames are to be marked as one update, or not, from now on.
    synchronised: Option<bool>,
    /// The terminal does not show what we wrote last: paint it whole.
    anew: bool,
    ordered: VecDeque<Vec<u8>>,
    busy: bool,
    closing: bool,
    failed: bool,
    written: Written,
    lag: Lag,
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
    /// Starts the thread on an output. `tell` is called when the output fails
    /// for good, and when the link becomes slow or fast.
    ///
    /// # Errors
    /// When the system has no thread for us.
    pub fn start(
        out: impl Write + Send + 'static,
        plan: Plan,
        tell: impl Fn(Told) + Send + 'static,
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
                if serve(&theirs, out, plan, &tell).is_err() {
                    tell(Told::Gone);
                }
            })?;
        Ok(Self { shared })
    }

    /// Puts the newest grid into the slot. An urgent one is written at once; so
    /// is one that takes the place of an urgent one.
    pub fn show(&self, grid: Grid, urgent: bool) {
        let mut desk = self.shared.desk();
        desk.grid = Some(grid);
        desk.urgent |= urgent;
        self.shared.work.notify_one();
    }

    /// Marks frames as one update from now on, or no longer.
    pub fn synchronise(&self, on: bool) {
        self.shared.desk().synchronised = Some(on);
    }

    /// The terminal has answered: the question of the start, or the one behind a
    /// frame.
    pub fn answered(&self) {
        self.shared.desk().lag.answered(Instant::now());
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

    /// Waits until everything is written, `limit` at most; true when it is. What
    /// waits for its turn is written now.
    #[must_use]
    pub fn settle(&self, limit: Duration) -> bool {
        let end = Instant::now() + limit;
        let mut desk = self.shared.desk();
        desk.urgent |= desk.grid.is_some();
        self.shared.work.notify_one();
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
    Frame {
        grid: Grid,
        anew: bool,
    },
    /// The terminal is so far behind.
    Behind(Duration),
    End,
}

fn serve(shared: &Shared, mut out: impl Write, plan: Plan, tell: &impl Fn(Told)) -> io::Result<()> {
    let mut painter = Painter::new(plan.style);
    let mut pace = Pace::new(plan.limits, Instant::now());
    loop {
        let result = match next_job(shared, &pace, &mut painter) {
            Job::End => return Ok(()),
            Job::Behind(took) => {
                if pace.answered(took) {
                    tell(Told::Slow(pace.is_slow()));
                }
                Ok(())
            }
            Job::Bytes(bytes) => {
                // Whatever they do, the next frame starts from a known place.
                painter.forget_place();
                write(shared, &mut out, &bytes)
            }
            Job::Frame { mut grid, anew } => {
                plan.glyphs.fit(&mut grid.buffer);
                if anew {
                    painter.forget();
                }
                let (mut bytes, cost) = painter.paint(grid);
                if cost.unsafe_symbols > 0 {
                    tracing::error!(
                        symbols = cost.unsafe_symbols,
                        "Symbols that a terminal must not get were about to be written."
                    );
                }
                let began = Instant::now();
                // Only far away is a write no sign of what the terminal has.
                if plan.limits.bytes_per_s.is_some() && !bytes.is_empty() {
                    let slow = pace.is_slow();
                    if shared.desk().lag.asks(bytes.len(), slow, began) {
                        bytes.extend_from_slice(lag::QUESTION);
                    }
                }
                let result = write(shared, &mut out, &bytes);
                if !bytes.is_empty() && pace.wrote(bytes.len(), began, Instant::now()) {
                    tell(Told::Slow(pace.is_slow()));
                }
                let mut desk = shared.desk();
                desk.written.frames += u64::from(!bytes.is_empty());
                desk.written.unsafe_symbols += cost.unsafe_symbols as u64;
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

/// What lies on the desk: ordered bytes before the newest frame, which waits for
/// its turn unless it is urgent.
fn next_job(shared: &Shared, pace: &Pace, painter: &mut Painter) -> Job {
    let mut desk = shared.desk();
    loop {
        if let Some(on) = desk.synchronised.take() {
            painter.synchronise(on);
        }
        if let Some(bytes) = desk.ordered.pop_front() {
            desk.busy = true;
            return Job::Bytes(bytes);
        }
        let now = Instant::now();
        if let Some(took) = desk.lag.news(now) {
            return Job::Behind(took);
        }
        let wait = pace.due().and_then(|due| due.checked_duration_since(now));
        let wait = wait.filter(|wait| !wait.is_zero() && !desk.urgent);
        if wait.is_none()
            && let Some(grid) = desk.grid.take()
        {
            desk.busy = true;
            desk.urgent = false;
            let anew = std::mem::take(&mut desk.anew);
            return Job::Frame { grid, anew };
        }
        if desk.closing {
            return Job::End;
        }
        let turn = wait.filter(|_| desk.grid.is_some());
        let woken = if let Some(wait) = turn {
            let woken = shared.work.wait_timeout(desk, wait);
            woken
                .map(|woken| woken.0)
                .map_err(|broken| broken.into_inner().0)
        } else {
            shared.work.wait(desk).map_err(PoisonError::into_inner)
        };
        desk = match woken {
            Ok(desk) | Err(desk) => desk,
        };
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
