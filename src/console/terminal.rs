//! The terminal's state: taken over at the start, given back on every way out.
//!
//! Owns raw mode, the alternate screen and the modes that go with it. Giving
//! back happens once, whoever comes first: the guard's drop, the panic hook, a
//! signal. What is drawn is the writer's.

use std::fs::File;
use std::io::{self, Write};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::sync_channel;
use std::thread;
use std::time::Duration;

use crossterm::terminal::{disable_raw_mode, enable_raw_mode};

/// Alternate screen, title kept, cursor hidden, pasted text marked, focus told.
const ENTER: &[u8] = b"\x1b[?1049h\x1b[22;2t\x1b[?25l\x1b[?2004h\x1b[?1004h\x1b[0m\x1b[2J";

/// Everything back, whatever was on: CAN first, which ends a sequence that was
/// cut in the middle.
const LEAVE: &[u8] = b"\x18\x1b[?2026l\x1b[r\x1b[0m\x1b[?1006l\x1b[?1000l\x1b[?1004l\x1b[?2004l\
\x1b[23;2t\x1b[?25h\x1b[?1049l";

/// Explicit writing direction (ECMA-48 BDSM): what is in a cell stays in it, for
/// when the console orders right-to-left text itself. And back to implicit, the
/// state that terminals which know this start in; the others ignore both.
const EXPLICIT: &[u8] = ORDERS[0].as_bytes();
const IMPLICIT: &[u8] = ORDERS[1].as_bytes();

/// The two of them, for who writes lines and no screen.
pub const ORDERS: [&str; 2] = ["\x1b[8l", "\x1b[8h"];

/// How long a stalled terminal may keep us from ending.
const STALLED: Duration = Duration::from_secs(1);

/// Threads of libraries that the console does well without.
const DISPENSABLE: [&str; 2] = ["notice", "notices"];

/// The exit code after a panic, as Rust's own.
const PANICKED: i32 = 101;

/// The terminal is ours, so somebody has to give it back.
static OURS: AtomicBool = AtomicBool::new(false);

/// Right-to-left text comes in visual order.
static ORDERED: AtomicBool = AtomicBool::new(false);

/// Says whether the console orders right-to-left text itself; holds from the
/// next time that the terminal is taken over. One that is ours already has to
/// get the bytes that are returned.
pub fn orders_text(itself: bool) -> &'static [u8] {
    ORDERED.store(itself, Ordering::SeqCst);
    if itself { EXPLICIT } else { IMPLICIT }
}

/// Holds the terminal; gives it back when dropped.
#[derive(Debug)]
pub struct Guard(());

impl Guard {
    /// Takes the terminal over and sees to it that a panic, on whatever thread,
    /// gives it back and ends the process.
    ///
    /// # Errors
    /// When standard output is no terminal, or the terminal does not obey.
    pub fn enter() -> io::Result<Self> {
        // `NO_COLOR` breaks attributes in crossterm 0.29; we reduce colours
        // ourselves.
        crossterm::style::force_color_output(true);
        take_over()?;
        let before = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            let on = thread::current();
            if on.name().is_some_and(|name| DISPENSABLE.contains(&name)) {
                tracing::error!(thread = on.name(), "A thread that is not needed panicked.");
                return;
            }
            restore();
            before(panic);
            // The rest of the process would go on drawing on the officer's
            // shell; the log has everything that was acknowledged.
            std::process::exit(PANICKED);
        }));
        Ok(Self(()))
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        restore();
    }
}

/// Takes the terminal over, at the start and after a suspension.
///
/// # Errors
/// When the terminal does not obey.
pub fn take_over() -> io::Result<()> {
    enable_raw_mode()?;
    OURS.store(true, Ordering::SeqCst);
    let mut out = output()?;
    out.write_all(ENTER)?;
    if ORDERED.load(Ordering::SeqCst) {
        out.write_all(EXPLICIT)?;
    }
    Ok(())
}

/// Gives the terminal back, if it is ours. Safe to call from anywhere, any
/// number of times; a stalled terminal is waited for a second.
pub fn restore() {
    if !OURS.swap(false, Ordering::SeqCst) {
        return;
    }
    let (done, restored) = sync_channel(1);
    // A write to a stalled terminal can't be interrupted, but left behind.
    let spawned = thread::Builder::new()
        .name("restore".to_owned())
        .spawn(move || {
            let written = output().and_then(|mut out| {
                out.write_all(LEAVE)?;
                if ORDERED.load(Ordering::SeqCst) {
                    out.write_all(IMPLICIT)?;
                }
                Ok(())
            });
            // Nobody waits any more when the terminal was stalled.
            done.send(written.is_ok()).unwrap_or_default();
        });
    if spawned.is_ok() && restored.recv_timeout(STALLED).is_err() {
        tracing::debug!("The terminal is stalled; it is left as it is.");
    }
    if let Err(error) = disable_raw_mode() {
        tracing::debug!(%error, "The terminal did not leave raw mode.");
    }
}

/// The terminal is gone: nothing of it is to be touched any more.
pub fn abandon() {
    OURS.store(false, Ordering::SeqCst);
}

/// Standard output without its lock: a writer that is stuck must not keep a
/// panic from giving the terminal back.
///
/// # Errors
/// When there is no standard output.
pub fn output() -> io::Result<File> {
    #[cfg(unix)]
    {
        use std::os::fd::AsFd;
        Ok(File::from(io::stdout().as_fd().try_clone_to_owned()?))
    }
    #[cfg(windows)]
    {
        use std::os::windows::io::AsHandle;
        Ok(File::from(io::stdout().as_handle().try_clone_to_owned()?))
    }
}
