//! The end: SIGINT or SIGTERM asks everything to finish.
//!
//! Owns the signals. Rooms take a [`CancellationToken`] and finish in order; a
//! second signal does not wait for them.

use std::io;

use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio_util::sync::CancellationToken;

/// What the shell knows a process by that a signal ended: 128 and SIGINT's
/// number.
const INTERRUPTED: i32 = 130;

/// Listens for the signals from now on. The token is cancelled at the first; at
/// the second the process ends at once.
///
/// # Errors
/// When the system refuses a handler.
pub fn on_signals() -> io::Result<CancellationToken> {
    let mut signals = Signals::listen()?;
    let token = CancellationToken::new();
    let asked = token.clone();
    tokio::spawn(async move {
        signals.next().await;
        tracing::info!("asked to stop; finishing");
        asked.cancel();
        signals.next().await;
        tracing::warn!("asked to stop again; stopping at once");
        std::process::exit(INTERRUPTED);
    });
    Ok(token)
}

/// The signals that end a program, for a console that puts the terminal back
/// first.
#[derive(Debug)]
pub struct Signals {
    interrupt: Signal,
    terminate: Signal,
    hangup: Signal,
}

impl Signals {
    /// Listens from now on: SIGINT, SIGTERM and SIGHUP (the terminal is gone).
    pub fn listen() -> io::Result<Self> {
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
            hangup: signal(SignalKind::hangup())?,
        })
    }

    /// The next of them.
    pub async fn next(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
            _ = self.hangup.recv() => {}
        }
    }
}
