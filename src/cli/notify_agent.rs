//! `notify-agent`: notices on the officer's own desktop, from the alerts of a
//! floor far away that come in on standard input.
//!
//! Owns the loop and what is said on standard error. When and what is shown is
//! the policy's; the lines are `tail --alerts --json`'s. A line that is not one
//! is counted and passed over. When the alerts end, the officer is told: from
//! then on silence means nothing.

use std::io::{self, BufRead, IsTerminal, Read, Write};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::thread;
use std::time::Duration;

use clap::Args;

use super::error::{CliError, Done};
use super::notices::{self, variable};
use super::print;
use super::settings::{self, Globals};
use crate::model::time::Clock;
use crate::notify::alerts::{Alert, Heard, Listener};
use crate::notify::{Calls, Method, Surroundings, Wishes};

/// The longest line that may be an alert, bytes.
const LINE: u64 = 64 * 1024;
/// Lines that may wait; then the pipe waits.
const WAITING: usize = 64;
/// How long the last notice may take to be shown.
const LAST: Duration = Duration::from_millis(1500);

/// What `notify-agent` takes.
#[derive(Debug, Args)]
pub struct NotifyAgentArgs {}

/// Shows notices until the alerts end.
pub fn run(globals: &Globals, _: &NotifyAgentArgs) -> Result<Done, CliError> {
    let config = globals.load()?;
    let wishes = wishes(notices::wishes(&config))?;
    let calls = Calls::new(notices::with(&config, wishes));
    let (lines, heard) = sync_channel(WAITING);
    thread::Builder::new()
        .name("alerts".to_owned())
        .spawn(move || read(io::stdin().lock(), &lines))
        .map_err(CliError::failed)?;
    let mut agent = Agent {
        calls,
        listener: Listener::default(),
        clock: settings::clock(),
        unread: 0,
        gave_up: false,
    };
    agent.listen(&heard);
    agent.end();
    Ok(Done::Whole)
}

/// The ways of a desktop: the agent runs where the officer sits.
fn wishes(wishes: Wishes) -> Result<Wishes, CliError> {
    let around = Surroundings::read(true, variable);
    let desktop = matches!(wishes.method, None | Some(Method::Dbus | Method::Native));
    if around.ssh && desktop {
        return Err(CliError::Usage(
            "The notify agent shows notices on the machine that it runs on, and you came here over SSH. On your own machine run: ssh HOST watchfloor tail --alerts --json | watchfloor notify-agent".into(),
        ));
    }
    Ok(Wishes {
        method: wishes.method.or(Some(Method::Native)),
        around: Surroundings {
            terminal: true,
            ..around
        },
        ..wishes
    })
}

/// Reads lines; what is not an alert is none.
fn read(mut input: impl BufRead, lines: &SyncSender<Option<Alert>>) {
    loop {
        let mut line = Vec::new();
        let mut limited = input.by_ref().take(LINE);
        match limited.read_until(b'\n', &mut line) {
            Ok(0) | Err(_) => return,
            Ok(_) => {}
        }
        let is_whole = line.ends_with(b"\n") || u64::try_from(line.len()) != Ok(LINE);
        if !is_whole && input.skip_until(b'\n').is_err() {
            return;
        }
        let is_blank = line.iter().all(u8::is_ascii_whitespace);
        let alert = serde_json::from_slice(&line).ok().filter(|_| is_whole);
        if !is_blank && lines.send(alert).is_err() {
            return;
        }
    }
}

struct Agent {
    calls: Calls,
    listener: Listener,
    clock: std::sync::Arc<dyn Clock>,
    /// Lines that were no alerts.
    unread: u64,
    gave_up: bool,
}

impl Agent {
    fn listen(&mut self, heard: &Receiver<Option<Alert>>) {
        loop {
            let now = self.clock.now();
            // Never longer than this, so that a clock that is set and a way
            // that failed are noticed.
            let longest = Duration::from_secs(1);
            let due = self.calls.next_due();
            let wait = due.map_or(longest, |due| due.since(now).min(longest));
            match heard.recv_timeout(wait) {
                Ok(Some(alert)) => self.hear(alert),
                Ok(None) => self.pass_over(),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return,
            }
            let bytes = self.calls.due(self.clock.now());
            self.write(&bytes);
        }
    }

    fn hear(&mut self, alert: Alert) {
        match self.listener.hear(alert) {
            Heard::Floor(zone, ceiling) => self.calls.meets(&zone, ceiling),
            Heard::Needs(needs, rule, news) => {
                let bytes = self.calls.needs(needs, rule, news, self.clock.now());
                self.write(&bytes);
            }
        }
    }

    fn pass_over(&mut self) {
        self.unread += 1;
        if self.unread == 1 {
            print::aside(
                "A line on standard input is no alert and was passed over; \"watchfloor tail --alerts --json\" writes what is read here.",
            );
        }
    }

    /// Bell, title and sequences, where somebody sees them.
    fn write(&mut self, bytes: &[u8]) {
        let mut out = io::stderr().lock();
        if !bytes.is_empty() && out.is_terminal() {
            // A terminal that is gone is nobody's.
            drop(out.write_all(bytes).and_then(|()| out.flush()));
        }
        drop(out);
        if self.calls.state().gave_up && !self.gave_up {
            self.gave_up = true;
            print::aside(
                "Notices can't be shown on this desktop: it does not answer. Only the bell of this terminal rings from now on.",
            );
        }
    }

    fn end(mut self) {
        let bytes = self.calls.last_words();
        self.write(&bytes);
        if !self.calls.finish(LAST) {
            tracing::debug!("The last notice was not shown in time.");
        }
        let unread = match self.unread {
            0 => String::new(),
            1 => " One line was no alert.".to_owned(),
            n => format!(" {n} lines were no alerts."),
        };
        print::aside(&format!(
            "The alerts have ended, so nothing more is shown.{unread}"
        ));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn heard(input: &[u8]) -> Vec<Option<Alert>> {
        let (lines, heard) = sync_channel(WAITING);
        read(io::Cursor::new(input.to_vec()), &lines);
        drop(lines);
        heard.iter().collect()
    }

    #[test]
    fn what_is_no_alert_is_counted_and_passed_over() {
        let good = br#"{"alert":"begins","at":"2026-11-23T18:50:00Z","zone":"UTC","names_rules":true,"waiting":0}"#;
        let long = vec![b'x'; 200_000];
        let pieces: [&[u8]; 6] = [good, b"not json", b"", &long, b"\xff\xfe{}", good];
        let heard = heard(&pieces.join(&b'\n'));
        let read: Vec<bool> = heard.iter().map(Option::is_some).collect();
        assert_eq!(read, [true, false, false, false, true]);
    }
}
