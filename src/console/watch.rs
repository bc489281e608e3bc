//! What comes from outside the terminal's keys: signals, and a terminal that
//! vanishes.
//!
//! Owns the watchdog thread and the last resort: a console whose terminal is
//! gone ends within two seconds, whatever hangs. Called by the runtime.

use std::io::{self, IsTerminal};
use std::thread;
use std::time::Duration;

use tokio::sync::mpsc;

use super::terminal;

/// How often the watchdog looks for the terminal. crossterm's reader can't be
/// trusted to notice: it spins when the terminal disappears.
const EVERY: Duration = Duration::from_millis(500);
/// How long an orderly end may take once the terminal is gone.
const LAST_RESORT: Duration = Duration::from_millis(1400);
/// Signals that wait. They come one by one; one that finds no room is the same
/// as one that waits.
const SIGNALS: usize = 8;

/// Something from outside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outside {
    /// SIGINT.
    Interrupt,
    /// SIGTERM.
    Terminate,
    /// SIGHUP, or the terminal is gone: it must not be touched any more.
    HangUp,
    /// Somebody else asks us to stop for a while (SIGTSTP).
    Suspend,
    /// The line to the terminal is slow, or fast again.
    Slow(bool),
}

/// Starts to listen for signals and to watch the terminal. The sender is for
/// whoever else has something to tell from outside.
///
/// # Errors
/// When the system does not let us listen.
pub fn start() -> io::Result<(mpsc::Sender<Outside>, mpsc::Receiver<Outside>)> {
    let (tell, outside) = mpsc::channel(SIGNALS);
    let other = tell.clone();
    listen(&tell)?;
    thread::Builder::new()
        .name("watchdog".to_owned())
        .spawn(move || {
            while terminal_is_there() && !tell.is_closed() {
                thread::sleep(EVERY);
            }
            if !tell.is_closed() {
                gone(&tell);
            }
        })?;
    Ok((other, outside))
}

/// The terminal is gone: says so, and ends the process by itself when that
/// does not help in time.
pub fn gone(tell: &mpsc::Sender<Outside>) {
    terminal::abandon();
    // A full queue holds something that ends us just as well.
    tell.try_send(Outside::HangUp).unwrap_or_default();
    last_resort();
}

fn last_resort() {
    let spawned = thread::Builder::new()
        .name("last resort".to_owned())
        .spawn(|| {
            thread::sleep(LAST_RESORT);
            std::process::exit(129);
        });
    if spawned.is_err() {
        std::process::exit(129);
    }
}

#[cfg(unix)]
fn listen(tell: &mpsc::Sender<Outside>) -> io::Result<()> {
    use rustix::process::Signal;
    use tokio::signal::unix::{SignalKind, signal};
    let wanted = [
        (SignalKind::interrupt(), Outside::Interrupt),
        (SignalKind::terminate(), Outside::Terminate),
        (SignalKind::hangup(), Outside::HangUp),
        (
            SignalKind::from_raw(Signal::TSTP.as_raw()),
            Outside::Suspend,
        ),
    ];
    for (kind, outside) in wanted {
        let mut signals = signal(kind)?;
        let tell = tell.clone();
        tokio::spawn(async move {
            while signals.recv().await.is_some() {
                if outside == Outside::HangUp {
                    gone(&tell);
                } else if tell.send(outside).await.is_err() {
                    return;
                }
            }
        });
    }
    Ok(())
}

#[cfg(not(unix))]
fn listen(tell: &mpsc::Sender<Outside>) -> io::Result<()> {
    let tell = tell.clone();
    tokio::spawn(async move {
        while tokio::signal::ctrl_c().await.is_ok() {
            if tell.send(Outside::Interrupt).await.is_err() {
                return;
            }
        }
    });
    Ok(())
}

#[cfg(unix)]
fn terminal_is_there() -> bool {
    use rustix::event::{PollFd, PollFlags, Timespec, poll};
    let stdin = rustix::stdio::stdin();
    let mut watched = [PollFd::from_borrowed_fd(stdin, PollFlags::empty())];
    let at_once = Timespec {
        tv_sec: 0,
        tv_nsec: 0,
    };
    let hung_up = poll(&mut watched, Some(&at_once)).is_ok()
        && watched[0]
            .revents()
            .intersects(PollFlags::HUP | PollFlags::ERR | PollFlags::NVAL);
    !hung_up && io::stdin().is_terminal()
}

#[cfg(not(unix))]
fn terminal_is_there() -> bool {
    io::stdin().is_terminal()
}

/// Why the console can't be suspended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("There is no shell to come back from, so the console is not suspended.")]
pub struct NoShell;

/// The officer or the administrator wants it so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("Suspending is switched off (console.suspend): a suspended console misses alerts.")]
pub struct NotWanted;

/// Gives the terminal back, stops this process until it is continued, and takes
/// the terminal over again. The whole group is stopped, as a terminal's own
/// Ctrl-Z does, so that a program that started us returns to the shell too.
///
/// # Errors
/// [`NoShell`] inside when nobody could continue us, or the terminal's error.
pub fn suspend() -> io::Result<()> {
    #[cfg(unix)]
    {
        use rustix::process::{Signal, getpid, getsid, kill_current_process_group};
        if getsid(None).is_ok_and(|session| session == getpid()) {
            return Err(io::Error::other(NoShell));
        }
        terminal::restore();
        // SIGTSTP would be dropped for an orphaned group, and we catch it.
        kill_current_process_group(Signal::STOP)?;
        terminal::take_over()
    }
    #[cfg(not(unix))]
    Err(io::Error::other(NoShell))
}
