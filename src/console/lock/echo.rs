//! The terminal's echo, switched off while a passphrase is typed as a line.

use std::io;

use rustix::termios::{self, LocalModes, OptionalActions, Termios};

/// Standard input without its echo, until this is dropped.
pub struct Quiet(Termios);

impl Quiet {
    /// Switches the echo off.
    ///
    /// # Errors
    /// When standard input is no terminal.
    pub fn start() -> io::Result<Self> {
        let before = termios::tcgetattr(io::stdin())?;
        let mut quiet = before.clone();
        quiet.local_modes.remove(LocalModes::ECHO);
        termios::tcsetattr(io::stdin(), OptionalActions::Now, &quiet)?;
        Ok(Self(before))
    }
}

impl Drop for Quiet {
    fn drop(&mut self) {
        if let Err(error) = termios::tcsetattr(io::stdin(), OptionalActions::Now, &self.0) {
            tracing::error!(%error, "The terminal's echo was not switched on again.");
        }
    }
}
