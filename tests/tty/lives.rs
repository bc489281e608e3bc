//! One console from its start to its end, in a terminal whose other end can be
//! closed at any moment.
//!
//! The terminal is kept open by the test after the console is gone, so that its
//! settings can be compared with those before; only [`Life::close_terminal`]
//! lets it go. Linux: processor time and state come from `/proc`.

use std::io::{Read, Write};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, SlavePty, native_pty_system};
use rustix::process::{Pid, Signal, kill_process};

const BINARY: &str = env!("CARGO_BIN_EXE_watchfloor");
/// Longer than anything here takes, also on a busy machine.
const PATIENCE: Duration = Duration::from_mins(2);

pub(crate) struct Life {
    screen: Arc<Mutex<vt100::Parser>>,
    keys: Box<dyn Write + Send>,
    child: Box<dyn Child + Send + Sync>,
    before: String,
    master: Option<Box<dyn MasterPty + Send>>,
    slave: Option<Box<dyn SlavePty + Send>>,
    /// The thread that reads ends at the next bytes when this is set.
    stop: Arc<AtomicBool>,
    reader: Option<JoinHandle<()>>,
    _home: tempfile::TempDir,
}

impl Life {
    /// A console on the hub at `port`.
    pub(crate) fn begin(port: u16, token: &str) -> Self {
        Self::start(port, token, true)
    }

    /// The same, which gets no SIGHUP when its terminal closes.
    pub(crate) fn begin_unsignalled(port: u16, token: &str) -> Self {
        Self::start(port, token, false)
    }

    fn start(port: u16, token: &str, controlling: bool) -> Self {
        let home = tempfile::tempdir().unwrap();
        let file = home.path().join("token");
        std::fs::write(&file, token).unwrap();
        {
            use std::os::unix::fs::PermissionsExt;
            let private = std::fs::Permissions::from_mode(0o600);
            std::fs::set_permissions(&file, private).unwrap();
        }
        let size = PtySize {
            rows: 24,
            cols: 80,
            pixel_width: 0,
            pixel_height: 0,
        };
        let pair = native_pty_system().openpty(size).unwrap();
        let mut command = CommandBuilder::new(BINARY);
        let hub = format!("http://127.0.0.1:{port}");
        let file = file.display().to_string();
        command.args(["--hub", &hub, "--token-file", &file, "console"]);
        command.env_clear();
        command.env("HOME", home.path());
        command.env("TERM", "xterm-256color");
        command.env("LANG", "C.UTF-8");
        command.set_controlling_tty(controlling);
        let before = settings(&*pair.master);
        let child = pair.slave.spawn_command(command).unwrap();
        let screen = Arc::new(Mutex::new(vt100::Parser::new(24, 80, 0)));
        let stop = Arc::new(AtomicBool::new(false));
        let reader = read(&*pair.master, Arc::clone(&screen), Arc::clone(&stop));
        Self {
            screen,
            keys: pair.master.take_writer().unwrap(),
            child,
            before,
            master: Some(pair.master),
            slave: Some(pair.slave),
            stop,
            reader: Some(reader),
            _home: home,
        }
    }

    pub(crate) fn text(&self) -> String {
        self.screen.lock().unwrap().screen().contents()
    }

    fn until(&self, what: &str, holds: impl Fn(&vt100::Screen) -> bool) {
        let started = Instant::now();
        while !holds(self.screen.lock().unwrap().screen()) {
            let waited = started.elapsed();
            assert!(waited < PATIENCE, "no {what} on:\n{}", self.text());
            std::thread::sleep(Duration::from_millis(3));
        }
    }

    /// The console has taken the terminal over.
    pub(crate) fn is_open(&self) {
        self.until("console", |screen| {
            screen.alternate_screen() && !screen.contents().trim().is_empty()
        });
    }

    pub(crate) fn press(&mut self, keys: &str) {
        // It may have ended by another way already.
        drop(self.keys.write_all(keys.as_bytes()));
    }

    fn pid(&self) -> Pid {
        let id = i32::try_from(self.child.process_id().unwrap()).unwrap();
        Pid::from_raw(id).unwrap()
    }

    pub(crate) fn signal(&self, signal: Signal) {
        // It may have ended by another way already: then it is not to be told.
        kill_process(self.pid(), signal).unwrap_or_default();
    }

    /// Closes the terminal's other end, as a line that drops does.
    pub(crate) fn close_terminal(&mut self) {
        self.stop.store(true, Ordering::SeqCst);
        let terminal = self.master.as_ref().unwrap().tty_name().unwrap();
        std::fs::write(terminal, "bytes that wake the reader").unwrap();
        drop(self.slave.take());
        if let Some(reader) = self.reader.take() {
            reader.join().unwrap();
        }
        self.keys = Box::new(std::io::sink());
        drop(self.master.take());
    }

    /// Waits until the process has ended, without taking its end: how long it
    /// took from now, and the seconds of processor that it spent meanwhile.
    pub(crate) fn dies(&self) -> (Duration, f64) {
        let (_, before) = self.stat();
        let started = Instant::now();
        loop {
            let (state, spent) = self.stat();
            if state == 'Z' {
                return (started.elapsed(), spent - before);
            }
            assert!(started.elapsed() < PATIENCE, "it lives in state {state}");
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// Its state, and its processor time so far, seconds: all threads, user and
    /// system.
    fn stat(&self) -> (char, f64) {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.pid())).unwrap();
        let fields: Vec<_> = stat
            .rsplit(')')
            .next()
            .unwrap()
            .split_whitespace()
            .collect();
        let ticks = fields[11].parse::<f64>().unwrap() + fields[12].parse::<f64>().unwrap();
        // A hundred a second on every Linux.
        (fields[0].chars().next().unwrap(), ticks / 100.0)
    }

    pub(crate) fn ends(&mut self) -> u32 {
        let started = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status.exit_code();
            }
            assert!(started.elapsed() < PATIENCE, "it lives:\n{}", self.text());
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// Screen, cursor, modes and the line's settings are as they were.
    pub(crate) fn is_given_back(&self, round: usize) {
        self.until("terminal as it was", |screen| {
            !screen.alternate_screen() && !screen.hide_cursor() && !screen.bracketed_paste()
        });
        let now = settings(&**self.master.as_ref().unwrap());
        assert_eq!(now, self.before, "round {round}");
    }

    pub(crate) fn still_has_the_other_screen(&self) -> bool {
        self.screen.lock().unwrap().screen().alternate_screen()
    }
}

impl Drop for Life {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// The settings of the line: raw mode and the like.
fn settings(master: &dyn MasterPty) -> String {
    format!("{:?}", master.get_termios().unwrap())
}

/// Reads the terminal until it ends, or until the next bytes after `stop`.
fn read(
    master: &dyn MasterPty,
    screen: Arc<Mutex<vt100::Parser>>,
    stop: Arc<AtomicBool>,
) -> JoinHandle<()> {
    let mut output = master.try_clone_reader().unwrap();
    std::thread::spawn(move || {
        let mut bytes = [0; 8192];
        while let Ok(read @ 1..) = output.read(&mut bytes)
            && !stop.load(Ordering::SeqCst)
        {
            screen.lock().unwrap().process(&bytes[..read]);
        }
    })
}
