//! The terminal given to a command for a while, and taken back.
//!
//! The other screen stays: the command writes on an empty one, and nothing of
//! the floor or the shell shows around it. Reading has to stop first, for two
//! readers would share what is typed between them.

use std::io::{self, Write};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};
use std::thread;
use std::time::{Duration, Instant};

use crossterm::event::Event;
use crossterm::terminal::{disable_raw_mode, enable_raw_mode};
use futures_util::Stream;
use tokio::sync::mpsc;

use super::unlock::Lender;
#[cfg(unix)]
use crate::console::keyboard::Keyboard;
use crate::console::probe::Reply;
use crate::console::terminal;
use crate::console::writer::Writer;

/// Plain attributes, pasted text unmarked, focus untold, an empty screen with a
/// cursor.
const LEND: &[u8] = b"\x18\x1b[0m\x1b[?2004l\x1b[?1004l\x1b[2J\x1b[H\x1b[?25h";
/// As the console has it.
const REGAIN: &[u8] = b"\x1b[0m\x1b[?25l\x1b[?2004h\x1b[?1004h\x1b[2J";

/// How long the console may take to stop reading and writing.
const PATIENCE: Duration = Duration::from_secs(2);
/// How long the reader's thread takes to end once it was told to.
const LETTING_GO: Duration = Duration::from_millis(50);

/// Whose the terminal's input is.
#[derive(Debug, Default)]
pub struct Lent {
    wanted: AtomicBool,
    released: AtomicBool,
}

/// The terminal's keys, as long as they are ours.
pub struct Keys {
    inner: Option<Keyboard>,
    lent: Arc<Lent>,
    answers: mpsc::Sender<Reply>,
}

/// Where the system itself tells keys from answers.
#[cfg(not(unix))]
type Keyboard = crossterm::event::EventStream;

#[cfg(unix)]
fn listen(answers: &mpsc::Sender<Reply>) -> io::Result<Keyboard> {
    Keyboard::listen(answers.clone())
}

#[cfg(not(unix))]
fn listen(_: &mpsc::Sender<Reply>) -> io::Result<Keyboard> {
    Ok(Keyboard::new())
}

impl Keys {
    /// Reads keys unless they are lent; the terminal's answers go to `answers`.
    #[must_use]
    pub fn new(lent: Arc<Lent>, answers: mpsc::Sender<Reply>) -> Self {
        Self {
            inner: None,
            lent,
            answers,
        }
    }
}

impl Stream for Keys {
    type Item = io::Result<Event>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if self.lent.wanted.load(Ordering::SeqCst) {
            self.inner = None;
            self.lent.released.store(true, Ordering::SeqCst);
            // Whoever borrowed it answers, and the runtime polls again.
            return Poll::Pending;
        }
        let inner = match self.inner.take() {
            Some(inner) => inner,
            None => match listen(&self.answers) {
                Ok(inner) => inner,
                Err(error) => return Poll::Ready(Some(Err(error))),
            },
        };
        Pin::new(self.inner.insert(inner)).poll_next(cx)
    }
}

/// Lends the real terminal.
pub struct Terminal {
    /// Who writes to it.
    pub writer: Arc<Writer>,
    /// Whose its input is.
    pub lent: Arc<Lent>,
}

impl Lender for Terminal {
    fn ask(&self) {
        self.lent.released.store(false, Ordering::SeqCst);
        self.lent.wanted.store(true, Ordering::SeqCst);
    }

    fn lend(&self) -> io::Result<()> {
        let lent = self.take();
        if lent.is_err() {
            self.lent.wanted.store(false, Ordering::SeqCst);
        }
        lent
    }

    fn regain(&self) -> io::Result<()> {
        let ours = enable_raw_mode().and_then(|()| terminal::output()?.write_all(REGAIN));
        self.lent.wanted.store(false, Ordering::SeqCst);
        ours
    }
}

impl Terminal {
    fn take(&self) -> io::Result<()> {
        let started = Instant::now();
        while !self.lent.released.load(Ordering::SeqCst) {
            if started.elapsed() > PATIENCE {
                return Err(io::Error::other("the keyboard is not free"));
            }
            thread::sleep(Duration::from_millis(5));
        }
        thread::sleep(LETTING_GO);
        if !self.writer.settle(PATIENCE) {
            return Err(io::Error::other("the terminal is stalled"));
        }
        terminal::output()?.write_all(LEND)?;
        disable_raw_mode()
    }
}
