//! The console on a real pseudo-terminal: taken over, and given back on every
//! way out, a panic included.
//!
//! The test starts itself a second time, as the program inside the terminal.

#![cfg(unix)]

use std::io::{Read, Write};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};
use watchfloor::console::fitting::Fitting;
use watchfloor::console::{self, ConsoleSettings};
use watchfloor::link::LinkSettings;
use watchfloor::model::time::SystemClock;
use watchfloor::theme::{Depth, Theme};

const PATIENCE: Duration = Duration::from_secs(30);

/// Not a test: what runs inside the terminal.
#[test]
#[ignore = "run by the others, inside a terminal"]
fn inside() {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let settings = ConsoleSettings {
        lettering: watchfloor::console::lettering::Wishes::default(),
        // Nobody listens there: the console stands without a hub.
        core: console::state::Settings::default(),
        clipboard: None,
        kept: None,
        fitting: Fitting::default(),
        terminals: None,
        worn: Theme::built_in("mono", Depth::Mono)
            .expect("is built in")
            .into(),
        notify: watchfloor::notify::Settings::default(),
        clock: Arc::new(SystemClock),
        unlock: console::lock::Unlock::by(None, None),
    };
    if std::env::var_os("WATCHFLOOR_TEST_PANIC").is_some() {
        std::thread::spawn(|| {
            // Once the terminal is ours, and not before.
            while !crossterm::terminal::is_raw_mode_enabled().unwrap_or(false) {
                std::thread::yield_now();
            }
            std::thread::sleep(Duration::from_millis(200));
            panic!("a fault of ours");
        });
    }
    let nowhere = LinkSettings::new("http://127.0.0.1:9", None);
    let exit = runtime
        .block_on(console::run(nowhere, settings))
        .expect("runs");
    std::process::exit(exit.code().into());
}

struct Terminal {
    screen: Arc<Mutex<vt100::Parser>>,
    keys: Box<dyn Write + Send>,
    child: Box<dyn Child + Send + Sync>,
    master: Option<Box<dyn MasterPty + Send>>,
    /// The reader closes its end at the next output when this is set.
    hang_up: Arc<AtomicBool>,
}

impl Terminal {
    fn start(variables: &[(&str, &str)]) -> Self {
        let size = PtySize {
            rows: 24,
            cols: 80,
            pixel_width: 0,
            pixel_height: 0,
        };
        let pair = native_pty_system().openpty(size).expect("a terminal");
        let this = std::env::current_exe().expect("has a path");
        let mut command = CommandBuilder::new(this);
        command.args([
            "--exact",
            "inside",
            "--ignored",
            "--nocapture",
            "--test-threads=1",
        ]);
        command.env("RUST_BACKTRACE", "0");
        for (name, value) in variables {
            command.env(name, value);
        }
        let child = pair.slave.spawn_command(command).expect("starts");
        drop(pair.slave);
        let mut output = pair.master.try_clone_reader().expect("can be read");
        let keys = pair.master.take_writer().expect("can be written");
        let screen = Arc::new(Mutex::new(vt100::Parser::new(24, 80, 0)));
        let seen = Arc::clone(&screen);
        let hang_up = Arc::new(AtomicBool::new(false));
        let stop = Arc::clone(&hang_up);
        std::thread::spawn(move || {
            let mut bytes = [0; 4096];
            while let Ok(count @ 1..) = output.read(&mut bytes)
                && !stop.load(Ordering::SeqCst)
            {
                seen.lock()
                    .expect("is not poisoned")
                    .process(&bytes[..count]);
            }
        });
        Self {
            screen,
            keys,
            child,
            master: Some(pair.master),
            hang_up,
        }
    }

    fn wait(&self, what: &str, is: impl Fn(&vt100::Screen) -> bool) {
        let start = Instant::now();
        while !is(self.screen.lock().expect("is not poisoned").screen()) {
            let screen = self
                .screen
                .lock()
                .expect("is not poisoned")
                .screen()
                .contents();
            assert!(
                start.elapsed() < PATIENCE,
                "waited in vain for {what}:\n{screen}"
            );
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    fn wait_open(&self) {
        self.wait("the console", |screen| {
            screen.alternate_screen() && !screen.contents().trim().is_empty()
        });
    }

    fn wait_restored(&self) {
        self.wait("the terminal as it was", |screen| {
            !screen.alternate_screen() && !screen.hide_cursor() && !screen.bracketed_paste()
        });
    }

    fn signal(&self, signal: rustix::process::Signal) {
        let id = self.child.process_id().expect("runs");
        let id = i32::try_from(id).expect("is small");
        let id = rustix::process::Pid::from_raw(id).expect("is a process");
        rustix::process::kill_process(id, signal).expect("may be signalled");
    }

    fn exit_code(mut self) -> u32 {
        let start = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().expect("is our child") {
                return status.exit_code();
            }
            assert!(start.elapsed() < PATIENCE, "the console does not end");
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}

#[test]
fn closing_gives_the_terminal_back() {
    let mut terminal = Terminal::start(&[]);
    terminal.wait_open();
    terminal.keys.write_all(b"q").expect("takes keys");
    terminal.wait_restored();
    assert_eq!(terminal.exit_code(), 0);
}

#[test]
fn signals_give_the_terminal_back() {
    use rustix::process::Signal;
    for (signal, code) in [(Signal::TERM, 143), (Signal::INT, 130)] {
        let terminal = Terminal::start(&[]);
        terminal.wait_open();
        terminal.signal(signal);
        terminal.wait_restored();
        assert_eq!(terminal.exit_code(), code);
    }
}

#[test]
fn a_panic_gives_the_terminal_back_and_can_be_read() {
    let terminal = Terminal::start(&[("WATCHFLOOR_TEST_PANIC", "1")]);
    terminal.wait("the panic's words on the usual screen", |screen| {
        !screen.alternate_screen() && screen.contents().contains("a fault of ours")
    });
    terminal.wait_restored();
    assert_eq!(terminal.exit_code(), 101);
}

#[test]
fn a_vanished_terminal_ends_the_console() {
    let mut terminal = Terminal::start(&[]);
    terminal.wait_open();
    terminal.signal(rustix::process::Signal::HUP);
    assert_eq!(terminal.exit_code(), 129);

    terminal = Terminal::start(&[]);
    terminal.wait_open();
    terminal.hang_up.store(true, Ordering::SeqCst);
    terminal.keys.write_all(b"?").expect("takes keys");
    terminal.keys = Box::new(std::io::sink());
    terminal.master = None;
    assert_ne!(terminal.exit_code(), 0);
}
