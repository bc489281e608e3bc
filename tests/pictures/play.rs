//! The real binary's demo in a pseudo-terminal, played to a moment that shows
//! what the console is for.

use std::io::{Read, Write};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};

use crate::svg;

const BINARY: &str = env!("CARGO_BIN_EXE_watchfloor");
/// An evening takes its time before something has happened.
const PATIENCE: Duration = Duration::from_secs(300);

pub(crate) struct Demo {
    screen: Arc<Mutex<vt100::Parser>>,
    keys: Box<dyn Write + Send>,
    child: Box<dyn Child + Send + Sync>,
    _master: Box<dyn MasterPty + Send>,
    _home: tempfile::TempDir,
}

impl Demo {
    pub(crate) fn start(cols: u16, rows: u16, theme: &str) -> Self {
        let home = tempfile::tempdir().unwrap();
        let size = PtySize {
            rows,
            cols,
            pixel_width: 0,
            pixel_height: 0,
        };
        let pair = native_pty_system().openpty(size).unwrap();
        let mut command = CommandBuilder::new(BINARY);
        command.args(["--theme", theme, "demo", "--seed", "7", "--speed", "4"]);
        command.env_clear();
        command.env("HOME", home.path());
        command.env("TERM", "xterm-256color");
        command.env("COLORTERM", "truecolor");
        command.env("LANG", "C.UTF-8");
        let child = pair.slave.spawn_command(command).unwrap();
        let keys = pair.master.take_writer().unwrap();
        let mut output = pair.master.try_clone_reader().unwrap();
        let screen = Arc::new(Mutex::new(vt100::Parser::new(rows, cols, 0)));
        let shown = Arc::clone(&screen);
        std::thread::spawn(move || {
            let mut bytes = [0; 8192];
            while let Ok(read @ 1..) = output.read(&mut bytes) {
                let read = bytes.get(..read).unwrap_or_default();
                shown.lock().unwrap().process(read);
            }
        });
        Self {
            screen,
            keys,
            child,
            _master: pair.master,
            _home: home,
        }
    }

    fn text(&self) -> String {
        self.screen.lock().unwrap().screen().contents()
    }

    fn press(&mut self, keys: &str) {
        self.keys.write_all(keys.as_bytes()).unwrap();
        self.keys.flush().unwrap();
    }

    fn until(&mut self, holds: impl Fn(&str) -> bool) {
        let started = Instant::now();
        while !holds(&self.text()) {
            let waited = started.elapsed();
            assert!(waited < PATIENCE, "not seen:\n{}", self.text());
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// A floor at work: criticals, escalations, something of mine, and a
    /// critical under the cursor.
    pub(crate) fn floor(&mut self) {
        self.until(|text| number_before(text, " critical") >= 2 && waiting(text) >= 140);
        self.press("w");
        self.until(|text| text.contains("Next  a take"));
        self.press("a");
        self.until(|text| text.contains("You have it") && text.contains("1 mine"));
        self.press("J");
        self.until(|text| text.contains("Who   Nobody has it") && text.contains("critical"));
        self.press("\x1b");
        self.until(|text| text.contains("Enter open"));
    }

    /// An escalation that waits, opened.
    pub(crate) fn item(&mut self) {
        self.until(|text| number_before(text, " esc") >= 2 && waiting(text) >= 140);
        self.press("/kind:escalation sev>=high is:unassigned\r");
        self.until(|text| text.contains("Filter kind:escalation") && text.contains("» #"));
        self.press("gg\r");
        self.until(|text| text.contains("Conversation") && text.contains("Next  a take"));
    }

    pub(crate) fn picture(&self) -> String {
        svg::draw(self.screen.lock().unwrap().screen())
    }
}

/// The number that stands before a word, 0 without one.
fn number_before(text: &str, word: &str) -> usize {
    let before = text.split(word).next().unwrap_or_default();
    let digits = before.split_whitespace().next_back().unwrap_or_default();
    digits.parse().unwrap_or(0)
}

/// How many items wait in all, as the queues say.
fn waiting(text: &str) -> usize {
    let (_, after) = text.split_once("All ").unwrap_or_default();
    let digits: String = after.chars().take_while(char::is_ascii_digit).collect();
    digits.parse().unwrap_or(0)
}

impl Drop for Demo {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
