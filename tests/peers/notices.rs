//! Notices through real multiplexers and to a real notification service.
//!
//! tmux (allow-passthrough on), tmux in tmux, and screen, each in a terminal
//! that keeps what reaches it. dunst on a bus of its own under Xvfb; no bus at
//! all; and a bus that accepts and never answers.

use std::os::unix::net::UnixListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::notices_floor::{BINARY, Floor};
use crate::outer::{Outer, PATIENCE};
use crate::wanted;
use crate::within::{self, Tmux, private, shell};

const NOTICE: &str = "777;notify;watchfloor;watchfloor: 1 critical";

fn reaches(floor: &Floor, outer: &Outer) {
    outer.sees("live");
    floor.critical(1, "\u{1b}]777;notify;pwned;pwned\u{7}");
    let got = outer.until("the notice, whole and unwrapped", |got, _| {
        got.commands.iter().any(|command| command == NOTICE)
    });
    assert!(!format!("{got:?}").contains("pwned"), "{got:?}");
    outer.until("the bell", |got, _| got.bells > 0);
}

#[test]
fn a_notice_gets_through_tmux() {
    if !wanted("a notice through tmux") {
        return;
    }
    let floor = Floor::start("");
    let tmux = Tmux::new(&floor, "tmux");
    let outer = Outer::start(within::noticing(shell(
        &floor,
        &tmux.line(&format!("{BINARY} console")),
    )));
    reaches(&floor, &outer);
}

#[test]
fn a_notice_gets_through_tmux_in_tmux() {
    if !wanted("a notice through tmux in tmux") {
        return;
    }
    let floor = Floor::start("");
    let (far, near) = (Tmux::new(&floor, "far"), Tmux::new(&floor, "near"));
    let inner = near.line(&format!("{BINARY} console")).replace('"', "'");
    let outer = Outer::start(within::noticing(shell(&floor, &far.line(&inner))));
    reaches(&floor, &outer);
}

#[test]
fn a_notice_gets_through_screen() {
    if !wanted("a notice through screen") {
        return;
    }
    let floor = Floor::start("");
    let (command, _ends) = within::screen(&floor);
    let outer = Outer::start(within::noticing(command));
    reaches(&floor, &outer);
}

/// A process that ends with the test.
struct Ends(Child);

impl Drop for Ends {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

fn wait(what: &str, holds: impl Fn() -> bool) {
    let started = Instant::now();
    while !holds() {
        assert!(started.elapsed() < PATIENCE, "no {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// A display and a bus with dunst on it, which writes each notice to a file.
struct Desktop {
    _display: Ends,
    _bus: Ends,
    address: String,
    shown: PathBuf,
}

impl Desktop {
    fn start(floor: &Floor) -> Self {
        let number = 90 + std::process::id() % 400;
        let display = Command::new("Xvfb")
            .args([&format!(":{number}"), "-nolisten", "tcp"])
            .stderr(Stdio::null())
            .spawn();
        let display = Ends(display.unwrap());
        let x = format!("/tmp/.X11-unix/X{number}");
        wait("display", || Path::new(&x).exists());
        let (shown, address) = (floor.path("shown"), floor.path("bus-address"));
        let rule = floor.path("dunst-script");
        let script = format!(
            "#!/bin/sh\nprintf '%s|%s|%s|%s\\n' \"$1\" \"$2\" \"$3\" \"$5\" >> {}\n",
            shown.display()
        );
        std::fs::write(&rule, script).unwrap();
        private(&rule);
        let config = floor.path("dunstrc");
        std::fs::write(
            &config,
            format!("[all]\nsummary = \"*\"\nscript = {}\n", rule.display()),
        )
        .unwrap();
        let line = format!(
            "printf '%s' \"$DBUS_SESSION_BUS_ADDRESS\" > {0}.new && mv {0}.new {0}; exec dunst -conf {1}",
            address.display(),
            config.display()
        );
        let bus = Command::new("dbus-run-session")
            .args(["--", "sh", "-c", &line])
            .env("DISPLAY", format!(":{number}"))
            .env_remove("WAYLAND_DISPLAY")
            .stderr(Stdio::null())
            .spawn();
        let bus = Ends(bus.unwrap());
        wait("bus", || address.exists());
        let address = std::fs::read_to_string(&address).unwrap();
        let named = || {
            let asked = Command::new("dbus-send")
                .args([
                    "--session",
                    "--print-reply",
                    "--dest=org.freedesktop.DBus",
                    "/org/freedesktop/DBus",
                    "org.freedesktop.DBus.NameHasOwner",
                    "string:org.freedesktop.Notifications",
                ])
                .env("DBUS_SESSION_BUS_ADDRESS", &address)
                .output();
            asked.is_ok_and(|out| String::from_utf8_lossy(&out.stdout).contains("true"))
        };
        wait("dunst", named);
        Self {
            _display: display,
            _bus: bus,
            address,
            shown,
        }
    }

    fn shown(&self) -> Vec<String> {
        let text = std::fs::read_to_string(&self.shown).unwrap_or_default();
        text.lines().map(ToOwned::to_owned).collect()
    }
}

/// A console that may use a desktop whose bus is at `bus`.
fn console(floor: &Floor, bus: Option<&str>) -> Outer {
    let mut command = floor.in_terminal(&["console"]);
    command.env("WATCHFLOOR_NOTIFY_METHOD", "dbus");
    command.env("DISPLAY", ":0");
    command.env("XDG_RUNTIME_DIR", floor.path("no-runtime"));
    if let Some(bus) = bus {
        command.env("DBUS_SESSION_BUS_ADDRESS", bus);
    }
    let outer = Outer::start(command);
    outer.sees("live");
    outer
}

#[test]
fn dunst_shows_counts_and_no_strangers_word() {
    if !wanted("a notice in dunst") {
        return;
    }
    let floor = Floor::start("");
    let desktop = Desktop::start(&floor);
    let outer = console(&floor, Some(&desktop.address));
    floor.critical(1, "<b>pwned</b> \u{1b}[31m $(touch pwned)");
    wait("notice in dunst", || !desktop.shown().is_empty());
    assert_eq!(
        desktop.shown()[0],
        "watchfloor|watchfloor: 1 critical||CRITICAL"
    );
    let got = outer.until("the bell, for a critical", |got, _| got.bells > 0);
    assert!(got.notices().is_empty(), "one notice is enough: {got:?}");
}

/// Typing goes on, the bell rings, and the page says that the desktop is given
/// up; the notice is not lost.
fn works_without_a_desktop(floor: &Floor, mut outer: Outer) {
    floor.critical(1, "A pipe burst in Mill Road");
    outer.until("the bell", |got, _| got.bells > 0);
    outer.press("?");
    outer.sees("Keys");
    outer.press("\u{1b}");
    outer.press(":notices\r");
    outer.sees("How you are called");
    outer.press("\u{1b}");
    // The first failure takes a second at the most, and is the last.
    outer.until("the page without the desktop", |_, text| {
        !text.contains("How you are called")
    });
    floor.critical(2, "Another one");
    outer.sees("Another one");
    outer.press(":notices\r");
    outer.sees("did not answer and are not tried again");
}

#[test]
fn without_a_bus_the_bell_rings_and_typing_goes_on() {
    if !wanted("no bus") {
        return;
    }
    let floor = Floor::start("");
    let outer = console(&floor, None);
    works_without_a_desktop(&floor, outer);
}

#[test]
fn a_bus_that_never_answers_delays_nothing_and_is_given_up() {
    if !wanted("a bus that hangs") {
        return;
    }
    let floor = Floor::start("");
    let socket = floor.path("hanging-bus");
    let listener = UnixListener::bind(&socket).unwrap();
    // Whoever comes is kept on the line.
    let (came, calls) = std::sync::mpsc::sync_channel(16);
    std::thread::spawn(move || {
        for caller in listener.incoming() {
            if came.try_send(caller.unwrap()).is_err() {
                return;
            }
        }
    });
    let outer = console(&floor, Some(&format!("unix:path={}", socket.display())));
    let first = calls.recv_timeout(PATIENCE).unwrap();
    works_without_a_desktop(&floor, outer);
    assert!(
        calls.try_recv().is_err(),
        "after the first failure nobody calls again"
    );
    drop(first);
}
