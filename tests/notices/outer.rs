//! A program in a pseudo-terminal whose other end is an emulator that keeps
//! every operating system command, bell and title that it gets.

#![allow(dead_code, reason = "two tests share it, and each uses a part")]

use std::io::{Read, Write};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};

/// Longer than anything here takes, also on a busy machine.
pub(crate) const PATIENCE: Duration = Duration::from_mins(2);

/// What reached the terminal beside the screen.
#[derive(Clone, Debug, Default)]
pub(crate) struct Got {
    /// Operating system commands, fields joined by ";".
    pub(crate) commands: Vec<String>,
    pub(crate) titles: Vec<String>,
    pub(crate) bells: usize,
    /// Questions for the primary device attributes (DA1).
    pub(crate) asked: usize,
}

impl vt100::Callbacks for Got {
    fn audible_bell(&mut self, _: &mut vt100::Screen) {
        self.bells += 1;
    }

    fn set_window_title(&mut self, _: &mut vt100::Screen, title: &[u8]) {
        self.titles
            .push(String::from_utf8_lossy(title).into_owned());
    }

    fn copy_to_clipboard(&mut self, _: &mut vt100::Screen, _: &[u8], data: &[u8]) {
        self.commands
            .push(format!("52;{}", String::from_utf8_lossy(data)));
    }

    fn unhandled_csi(
        &mut self,
        _: &mut vt100::Screen,
        i1: Option<u8>,
        _: Option<u8>,
        params: &[&[u16]],
        c: char,
    ) {
        let plain = i1.is_none() && params.iter().all(|param| *param == [0]);
        if c == 'c' && plain {
            self.asked += 1;
        }
    }

    fn unhandled_osc(&mut self, _: &mut vt100::Screen, params: &[&[u8]]) {
        let fields: Vec<_> = params.iter().map(|p| String::from_utf8_lossy(p)).collect();
        self.commands.push(fields.join(";"));
    }
}

impl Got {
    /// The notices among the commands; a question of the start-up probe is none.
    pub(crate) fn notices(&self) -> Vec<String> {
        let asks = |command: &&String| command.starts_with("99;i=wf:p=?");
        self.commands
            .iter()
            .filter(|command| !asks(command))
            .cloned()
            .collect()
    }
}

pub(crate) struct Outer {
    screen: Arc<Mutex<vt100::Parser<Got>>>,
    keys: Box<dyn Write + Send>,
    answered: usize,
    child: Box<dyn Child + Send + Sync>,
    master: Box<dyn MasterPty + Send>,
}

impl Outer {
    /// 80 by 24.
    pub(crate) fn start(mut command: CommandBuilder) -> Self {
        let size = PtySize {
            rows: 24,
            cols: 80,
            pixel_width: 0,
            pixel_height: 0,
        };
        let pair = native_pty_system().openpty(size).expect("a terminal");
        if command.get_env("TERM").is_none() {
            command.env("TERM", "xterm-256color");
        }
        let child = pair.slave.spawn_command(command).expect("the program runs");
        drop(pair.slave);
        let keys = pair.master.take_writer().expect("keys");
        let mut output = pair.master.try_clone_reader().expect("a screen");
        let parser = vt100::Parser::new_with_callbacks(24, 80, 0, Got::default());
        let screen = Arc::new(Mutex::new(parser));
        let shown = Arc::clone(&screen);
        std::thread::spawn(move || {
            let mut bytes = [0; 8192];
            while let Ok(read @ 1..) = output.read(&mut bytes) {
                let read = bytes.get(..read).unwrap_or_default();
                shown.lock().expect("no panic").process(read);
            }
        });
        Self {
            screen,
            keys,
            answered: 0,
            child,
            master: pair.master,
        }
    }

    pub(crate) fn got(&self) -> Got {
        self.screen.lock().expect("no panic").callbacks().clone()
    }

    pub(crate) fn text(&self) -> String {
        self.screen.lock().expect("no panic").screen().contents()
    }

    pub(crate) fn press(&mut self, keys: &str) {
        self.keys.write_all(keys.as_bytes()).expect("it listens");
        self.keys.flush().expect("it listens");
    }

    /// Answers the questions for the attributes that came since the last time, as
    /// a terminal does.
    pub(crate) fn answer_attributes(&mut self) {
        while self.answered < self.got().asked {
            self.answered += 1;
            self.press("\u{1b}[?62;4c");
        }
    }

    /// Another size.
    pub(crate) fn resize(&self, cols: u16, rows: u16) {
        let size = PtySize {
            rows,
            cols,
            pixel_width: 0,
            pixel_height: 0,
        };
        let mut screen = self.screen.lock().expect("no panic");
        screen.screen_mut().set_size(rows, cols);
        self.master.resize(size).expect("it is a terminal");
    }

    /// Waits until `holds`, and returns what the terminal got until then.
    pub(crate) fn until(&self, what: &str, holds: impl Fn(&Got, &str) -> bool) -> Got {
        let started = Instant::now();
        loop {
            let (got, text) = (self.got(), self.text());
            if holds(&got, &text) {
                return got;
            }
            assert!(
                started.elapsed() < PATIENCE,
                "no {what}; got {got:?} on:\n{text}"
            );
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    pub(crate) fn sees(&self, words: &str) {
        self.until(words, |_, text| text.contains(words));
    }

    pub(crate) fn ends(&mut self) -> u32 {
        let started = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().expect("a child") {
                return status.exit_code();
            }
            assert!(started.elapsed() < PATIENCE, "it runs on:\n{}", self.text());
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}

impl Drop for Outer {
    fn drop(&mut self) {
        // It may have ended by itself, as it should.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
