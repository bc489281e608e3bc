//! Asks the terminal everything at leisure: what it is, and how wide it draws
//! what terminals disagree on.
//!
//! For `check terminal` only: unlike the console it waits for each answer. Owns
//! raw mode while it asks. What it measures with stands on one line, which is
//! erased.

use std::io::{self, Write};
use std::time::{Duration, Instant};

use crossterm::terminal::{disable_raw_mode, enable_raw_mode};
use rustix::event::{PollFd, PollFlags, Timespec, poll};

use super::asking;
use super::decode::{Decoded, Decoder};
use super::probe::{self, Multiplexer, Reply, TerminalFacts};
use crate::text::display_width;

/// How long an answer may take: a satellite link and a half.
const PATIENCE: Duration = Duration::from_secs(2);

/// What is measured: a name, and a cluster.
pub const CLUSTERS: [(&str, &str); 14] = [
    ("Latin with accent", "ã"),
    ("accent of its own", "e\u{301}"),
    ("ideograph", "漢"),
    ("kana, half width", "ｶ"),
    ("Arabic lam, alef", "لا"),
    ("Arabic ligature", "ﻻ"),
    ("Devanagari", "क्षि"),
    ("ellipsis", "…"),
    ("severity sign", "◆"),
    ("box drawing", "│"),
    ("emoji", "🌊"),
    ("emoji by selector", "⚠️"),
    ("family", "👨‍👩‍👧"),
    ("flag", "🇵🇹"),
];

/// How wide a cluster is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Width {
    /// What it is called.
    pub name: &'static str,
    /// The cluster.
    pub cluster: &'static str,
    /// Columns by our measure.
    pub ours: usize,
    /// Columns by the terminal's; none when it did not answer.
    pub theirs: Option<u16>,
}

/// What the terminal said.
#[derive(Clone, Debug)]
pub struct Interview {
    /// What it is.
    pub facts: TerminalFacts,
    /// How long its last answer took.
    pub took: Option<Duration>,
    /// How wide it draws; empty when it can't be asked.
    pub widths: Vec<Width>,
}

/// Gives raw mode back.
struct Raw;

impl Drop for Raw {
    fn drop(&mut self) {
        if let Err(error) = disable_raw_mode() {
            tracing::debug!(%error, "The terminal did not leave raw mode.");
        }
    }
}

/// Asks. `measures`: whether widths too, for terminals that show more than ASCII.
///
/// # Errors
/// When the terminal does not obey.
pub fn interview(measures: bool) -> io::Result<Interview> {
    let variable = |name: &str| std::env::var(name).ok();
    let mut facts = TerminalFacts::from_environment(variable);
    if facts.multiplexer == Multiplexer::Tmux
        && let Some(line) = asking::ask_tmux()
    {
        facts.tmux_says(&line);
    }
    enable_raw_mode()?;
    let raw = Raw;
    let mut line = Line::default();
    let questions = probe::questions(&variable("TERM").unwrap_or_default());
    let asked = Instant::now();
    if !questions.is_empty() {
        write(questions.as_bytes())?;
        while let Some(reply) = line.reply()? {
            if facts.heard(&reply) {
                break;
            }
        }
    }
    let took = facts.answered.then(|| asked.elapsed());
    let mut widths = Vec::new();
    // One that does not answer the first is not asked thirteen times more.
    if measures && (facts.answered || questions.is_empty()) {
        for (name, cluster) in CLUSTERS {
            let theirs = line.measure(cluster)?;
            let ours = display_width(cluster);
            widths.push(Width {
                name,
                cluster,
                ours,
                theirs,
            });
            if theirs.is_none() {
                break;
            }
        }
        write(b"\r\x1b[K")?;
    }
    drop(raw);
    Ok(Interview {
        facts,
        took,
        widths,
    })
}

fn write(bytes: &[u8]) -> io::Result<()> {
    let mut out = io::stdout().lock();
    out.write_all(bytes)?;
    out.flush()
}

/// The way back from the terminal.
#[derive(Default)]
struct Line {
    decoder: Decoder,
    heard: std::collections::VecDeque<Reply>,
}

impl Line {
    /// Where the cursor is behind a cluster at the beginning of the line.
    fn measure(&mut self, cluster: &str) -> io::Result<Option<u16>> {
        write(format!("\r\x1b[K{cluster}\x1b[6n").as_bytes())?;
        while let Some(reply) = self.reply()? {
            if let Reply::Position(_, column) = reply {
                return Ok(Some(column.saturating_sub(1)));
            }
        }
        Ok(None)
    }

    /// The next answer; none when it does not come. Keys are passed over.
    fn reply(&mut self) -> io::Result<Option<Reply>> {
        let end = Instant::now() + PATIENCE;
        let stdin = rustix::stdio::stdin();
        let mut bytes = [0; 1024];
        loop {
            if let Some(reply) = self.heard.pop_front() {
                return Ok(Some(reply));
            }
            let left = end.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Ok(None);
            }
            let wait = Timespec {
                tv_sec: i64::try_from(left.as_secs()).unwrap_or(0),
                tv_nsec: left.subsec_nanos().into(),
            };
            let mut watched = [PollFd::from_borrowed_fd(stdin, PollFlags::IN)];
            match poll(&mut watched, Some(&wait)) {
                Ok(0) | Err(rustix::io::Errno::INTR) => continue,
                other => other?,
            };
            let read = rustix::io::read(stdin, &mut bytes)?;
            if read == 0 {
                return Ok(None);
            }
            let read = bytes.get(..read).unwrap_or_default();
            for one in self.decoder.feed(read, Instant::now()) {
                if let Decoded::Reply(reply) = one {
                    self.heard.push_back(reply);
                }
            }
        }
    }
}
