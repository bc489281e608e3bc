//! A fault of ours, in a console on a real pseudo-terminal: the terminal is
//! given back, and the panic can be read on it.
//!
//! The binary has no key for a panic, so the test starts itself a second time,
//! as the program inside the terminal: the whole console, with a fault put into
//! it. Ten rounds; a hundred when `WATCHFLOOR_PEERS` is 1. The other ways out are
//! in `tests/tty`.

#![cfg(unix)]

use std::io::Read;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, SlavePty, native_pty_system};
use watchfloor::console::fitting::Fitting;
use watchfloor::console::{self, ConsoleSettings};
use watchfloor::link::LinkSettings;
use watchfloor::model::time::{Clock, SystemClock, Timestamp};
use watchfloor::theme::{Depth, Theme};

const PATIENCE: Duration = Duration::from_mins(2);
/// Terminals at once.
const AT_ONCE: usize = 4;

/// A clock that panics when it is told to, and with it the loop that asks it.
#[derive(Debug)]
struct Faulty(Arc<AtomicBool>);

impl Clock for Faulty {
    fn now(&self) -> Timestamp {
        let is_loop = std::thread::current().name() == Some("inside");
        assert!(
            !is_loop || !self.0.load(Ordering::SeqCst),
            "a fault of ours"
        );
        SystemClock.now()
    }
}

fn rounds() -> usize {
    match std::env::var_os("WATCHFLOOR_PEERS") {
        Some(value) if value == "1" => 100,
        _ => 10,
    }
}

/// Not a test: what runs inside the terminal.
#[test]
#[ignore = "run by the others, inside a terminal"]
fn inside() {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let fault = Arc::new(AtomicBool::new(false));
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
        clock: Arc::new(Faulty(Arc::clone(&fault))),
        unlock: console::lock::Unlock::by(None, None),
    };
    let place = std::env::var("WATCHFLOOR_TEST_PANIC").expect("is set");
    let after = std::env::var("WATCHFLOOR_TEST_PANIC_AFTER").expect("is set");
    let after = Duration::from_millis(after.parse().expect("a number"));
    let due = Arc::clone(&fault);
    std::thread::spawn(move || {
        // Once the terminal is ours, and not before.
        while !crossterm::terminal::is_raw_mode_enabled().unwrap_or(false) {
            std::thread::yield_now();
        }
        std::thread::sleep(after);
        assert!(place == "loop", "a fault of ours");
        due.store(true, Ordering::SeqCst);
        // The loop looks at its clock when something comes.
        rustix::process::kill_current_process_group(rustix::process::Signal::WINCH)
            .expect("is ours");
    });
    let nowhere = LinkSettings::new("http://127.0.0.1:9", None);
    let exit = runtime
        .block_on(console::run(nowhere, settings))
        .expect("runs");
    std::process::exit(exit.code().into());
}

struct Terminal {
    screen: Arc<Mutex<vt100::Parser>>,
    child: Box<dyn Child + Send + Sync>,
    before: String,
    master: Box<dyn MasterPty + Send>,
    /// Open after the console is gone, so that its settings can be read.
    _slave: Box<dyn SlavePty + Send>,
}

fn settings(master: &dyn MasterPty) -> String {
    format!("{:?}", master.get_termios().expect("is a terminal"))
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
        let before = settings(&*pair.master);
        let child = pair.slave.spawn_command(command).expect("starts");
        let mut output = pair.master.try_clone_reader().expect("can be read");
        let screen = Arc::new(Mutex::new(vt100::Parser::new(24, 80, 0)));
        let seen = Arc::clone(&screen);
        std::thread::spawn(move || {
            let mut bytes = [0; 4096];
            while let Ok(count @ 1..) = output.read(&mut bytes) {
                seen.lock()
                    .expect("is not poisoned")
                    .process(&bytes[..count]);
            }
        });
        Self {
            screen,
            child,
            before,
            master: pair.master,
            _slave: pair.slave,
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

/// On another thread, and in the loop that drives the console: in every round
/// the terminal is given back, then the panic is told on it.
#[test]
fn a_panic_gives_the_terminal_back_and_can_be_read() {
    let next = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                loop {
                    let round = next.fetch_add(1, Ordering::SeqCst);
                    if round >= rounds() {
                        return;
                    }
                    let place = if round.is_multiple_of(2) {
                        "thread"
                    } else {
                        "loop"
                    };
                    panics(place, 10 + (round as u64 * 17) % 120);
                }
            });
        }
    });
}

fn panics(place: &str, after: u64) {
    let after = after.to_string();
    let terminal = Terminal::start(&[
        ("WATCHFLOOR_TEST_PANIC", place),
        ("WATCHFLOOR_TEST_PANIC_AFTER", &after),
    ]);
    terminal.wait("the panic's words on the usual screen", |screen| {
        !screen.alternate_screen() && screen.contents().contains("a fault of ours")
    });
    terminal.wait("the terminal as it was", |screen| {
        !screen.alternate_screen() && !screen.hide_cursor() && !screen.bracketed_paste()
    });
    let (before, now) = (terminal.before.clone(), settings(&*terminal.master));
    assert_eq!(now, before, "{place} after {after} ms");
    assert_eq!(terminal.exit_code(), 101, "{place} after {after} ms");
}
