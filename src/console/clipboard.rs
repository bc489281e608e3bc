//! Copying to the clipboard of the machine that the officer sits at.
//!
//! OSC 52 through the terminal, wrapped for the multiplexers on the way; inside
//! tmux also by its own `load-buffer -w`, for its `allow-passthrough` is off by
//! default. Nobody answers: the terminal may refuse without a word. Called by
//! `perform`; the text is clean before it comes here.
//!
//! Source: xterm control sequences, "Manipulate Selection Data"; tmux(1).

use std::io::Write;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::notify::Multiplexers;

/// How long tmux may take.
const PATIENCE: Duration = Duration::from_secs(1);

/// How texts get to the clipboard.
#[derive(Clone, Debug, Default)]
pub struct Clipboard {
    /// What lies between us and the terminal.
    pub through: Multiplexers,
    /// Whether tmux is asked to take the text as well.
    pub tmux: bool,
}

impl Clipboard {
    /// The bytes that ask the terminal to take `text`; asks tmux by the way,
    /// on a thread of its own.
    #[must_use]
    pub fn copy(&self, text: &str) -> Option<Vec<u8>> {
        if text.is_empty() {
            return None;
        }
        if self.tmux {
            hand_to_tmux(text.to_owned());
        }
        Some(self.sequence(text))
    }

    /// OSC 52 for `text`, wrapped.
    #[must_use]
    pub fn sequence(&self, text: &str) -> Vec<u8> {
        let sequence = format!("\x1b]52;c;{}\x07", STANDARD.encode(text));
        self.through.wrap(sequence.as_bytes())
    }
}

/// Gives the text to tmux; whatever goes wrong is logged, for the sequence went
/// to the terminal as well.
fn hand_to_tmux(text: String) {
    let spawned = thread::Builder::new()
        .name("copy".to_owned())
        .spawn(move || {
            if let Err(why) = load_buffer(&text) {
                tracing::debug!("tmux did not take the copied text: {why}");
            }
        });
    if let Err(error) = spawned {
        tracing::debug!("No thread for copying through tmux: {error}");
    }
}

fn load_buffer(text: &str) -> std::io::Result<()> {
    let mut child = Command::new("tmux")
        .args(["load-buffer", "-w", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()?;
    if let Some(mut stdin) = child.stdin.take() {
        stdin.write_all(text.as_bytes())?;
    }
    let until = Instant::now() + PATIENCE;
    while Instant::now() < until {
        if let Some(status) = child.try_wait()? {
            return if status.success() {
                Ok(())
            } else {
                Err(std::io::Error::other("it refused"))
            };
        }
        thread::sleep(Duration::from_millis(20));
    }
    child.kill()?;
    child.wait()?;
    Err(std::io::Error::other("it did not answer in time"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::notify::Clues;

    #[test]
    fn a_text_goes_out_as_base64_between_introducer_and_bel() {
        let bytes = Clipboard::default().sequence("#1042 Brown water");
        assert_eq!(
            String::from_utf8(bytes).as_deref(),
            Ok("\x1b]52;c;IzEwNDIgQnJvd24gd2F0ZXI=\x07")
        );
        assert_eq!(Clipboard::default().copy(""), None);
    }

    #[test]
    fn it_is_wrapped_for_tmux_and_for_screen() {
        let through = |clues| Clipboard {
            through: Multiplexers::read(clues),
            tmux: false,
        };
        let tmux = through(Clues {
            tmux: true,
            term: "tmux-256color",
            ..Clues::default()
        });
        let bytes = tmux.sequence("a");
        assert_eq!(bytes, b"\x1bPtmux;\x1b\x1b]52;c;YQ==\x07\x1b\\");
        let screen = through(Clues {
            sty: true,
            term: "screen.xterm-256color",
            ..Clues::default()
        });
        let bytes = screen.sequence(&"water ".repeat(1000));
        let parts: Vec<&[u8]> = bytes.split_inclusive(|byte| *byte == b'\\').collect();
        assert!(parts.len() > 10);
        for part in parts {
            assert!(part.starts_with(b"\x1bP") && part.len() <= 768);
        }
    }
}
