//! The thread that reads the terminal: keys to the runtime, answers to whoever
//! asked.
//!
//! Owns standard input. It ends when the terminal is gone, which ends the
//! stream of events, and when the [`Keyboard`] is dropped, so that what is typed
//! next is the shell's. Called by `session`.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::thread;
use std::time::Instant;

use crossterm::event::Event;
use futures_util::Stream;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::mpsc;

use super::decode::{Decoded, Decoder};
use super::probe::Reply;

/// Events that wait for the runtime. When it is that far behind, the rest waits
/// in the terminal.
const EVENTS: usize = 256;
const READ: usize = 4096;

/// Events of the terminal, sizes included.
pub struct Keyboard {
    events: mpsc::Receiver<io::Result<Event>>,
    resized: Signal,
    /// Its end wakes the thread.
    _stop: io::PipeWriter,
}

impl Keyboard {
    /// Starts to read; answers go to `replies`.
    ///
    /// # Errors
    /// When the system has no thread, pipe or signal for us.
    pub fn listen(replies: mpsc::Sender<Reply>) -> io::Result<Self> {
        let (stopped, stop) = io::pipe()?;
        let (tell, events) = mpsc::channel(EVENTS);
        let resized = signal(SignalKind::window_change())?;
        thread::Builder::new()
            .name("keyboard".to_owned())
            .spawn(move || {
                if let Err(error) = read(&stopped, &tell, &replies) {
                    // Nobody listens any more when the console is closing.
                    tell.blocking_send(Err(error)).unwrap_or_default();
                }
            })?;
        Ok(Self {
            events,
            resized,
            _stop: stop,
        })
    }
}

impl Stream for Keyboard {
    type Item = io::Result<Event>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if let Poll::Ready(event) = self.events.poll_recv(cx) {
            return Poll::Ready(event);
        }
        if let Poll::Ready(Some(())) = self.resized.poll_recv(cx) {
            let size = crossterm::terminal::size();
            return Poll::Ready(Some(size.map(|(cols, rows)| Event::Resize(cols, rows))));
        }
        Poll::Pending
    }
}

/// Reads until the terminal is gone (an error), or nobody listens.
fn read(
    stopped: &io::PipeReader,
    tell: &mpsc::Sender<io::Result<Event>>,
    replies: &mpsc::Sender<Reply>,
) -> io::Result<()> {
    let terminal = rustix::stdio::stdin();
    let mut decoder = Decoder::default();
    let mut bytes = [0; READ];
    loop {
        let wait = decoder.waits().map(|wait| Timespec {
            tv_sec: i64::try_from(wait.as_secs()).unwrap_or(i64::MAX),
            tv_nsec: wait.subsec_nanos().into(),
        });
        let mut watched = [
            PollFd::from_borrowed_fd(terminal, PollFlags::IN),
            PollFd::new(stopped, PollFlags::IN),
        ];
        let ready = match poll(&mut watched, wait.as_ref()) {
            Err(rustix::io::Errno::INTR) => continue,
            other => other?,
        };
        if !watched[1].revents().is_empty() {
            return Ok(());
        }
        let found = if ready == 0 {
            decoder.quiet(Instant::now())
        } else {
            match rustix::io::read(terminal, &mut bytes) {
                Err(rustix::io::Errno::INTR | rustix::io::Errno::AGAIN) => continue,
                Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
                Ok(read) => decoder.feed(bytes.get(..read).unwrap_or_default(), Instant::now()),
                Err(error) => return Err(error.into()),
            }
        };
        for one in found {
            match one {
                Decoded::Event(event) => {
                    if tell.blocking_send(Ok(event)).is_err() {
                        return Ok(());
                    }
                }
                // No room: more than was asked for.
                Decoded::Reply(reply) => replies.try_send(reply).unwrap_or_default(),
            }
        }
    }
}
