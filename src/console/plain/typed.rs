//! The lines that come in: read one at a time, and only when one is wanted, so
//! that an unlock command may have the input meanwhile.

use std::io::{self, BufRead, Read};
use std::sync::mpsc::{Sender, channel};
use std::thread;

use tokio::sync::mpsc;

/// The longest line, bytes; what goes beyond it is the next one.
const LONGEST: u64 = 64 * 1024;

/// Where lines come from.
pub struct Lines {
    want: Option<Sender<()>>,
    got: mpsc::Receiver<String>,
    asked: bool,
}

impl Lines {
    /// Lines that are there already.
    #[must_use]
    pub fn of(got: mpsc::Receiver<String>) -> Self {
        Self {
            want: None,
            got,
            asked: false,
        }
    }

    /// The next line; none at the end. Nothing is lost when the future is
    /// dropped.
    pub async fn next(&mut self) -> Option<String> {
        if let Some(want) = self.want.as_ref().filter(|_| !self.asked) {
            // The reader may have met the end: then the next line is none.
            want.send(()).unwrap_or_default();
            self.asked = true;
        }
        let line = self.got.recv().await;
        self.asked = false;
        line
    }
}

/// Reads standard input on a thread of its own, which ends with the process: a
/// read that blocks can't be called back.
///
/// # Errors
/// When the system has no thread for us.
pub(super) fn stdin() -> io::Result<Lines> {
    let (want, wanted) = channel();
    // A line is read when it is wanted, so there is never a second one.
    let (tell, got) = mpsc::channel(1);
    thread::Builder::new()
        .name("lines".to_owned())
        .spawn(move || {
            while wanted.recv().is_ok() {
                let mut line = Vec::new();
                let read = io::stdin()
                    .lock()
                    .take(LONGEST)
                    .read_until(b'\n', &mut line);
                let ended = !matches!(read, Ok(1..));
                let line = String::from_utf8_lossy(&line).into_owned();
                if ended || tell.blocking_send(line).is_err() {
                    return;
                }
            }
        })?;
    Ok(Lines {
        want: Some(want),
        got,
        asked: false,
    })
}
