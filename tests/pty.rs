//! The real binary in a pseudo-terminal: the demo lives and gives the terminal
//! back, and two real consoles race for one item.

#![cfg(unix)]
#![allow(
    clippy::panic,
    reason = "a test fails by panicking, with the screen that it saw"
)]

use std::io::{Read, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};

const BINARY: &str = env!("CARGO_BIN_EXE_watchfloor");
const PATIENCE: Duration = Duration::from_mins(1);

struct Terminal {
    screen: Arc<Mutex<vt100::Parser>>,
    keys: Box<dyn Write + Send>,
    child: Box<dyn Child + Send + Sync>,
    _master: Box<dyn MasterPty + Send>,
}

impl Terminal {
    fn start(home: &Path, arguments: &[&str]) -> Self {
        let size = PtySize {
            rows: 24,
            cols: 80,
            pixel_width: 0,
            pixel_height: 0,
        };
        let pair = native_pty_system().openpty(size).expect("a terminal");
        let mut command = CommandBuilder::new(BINARY);
        command.args(arguments);
        command.env_clear();
        command.env("HOME", home);
        command.env("TERM", "xterm-256color");
        command.env("USER", "night");
        command.env("LANG", "C.UTF-8");
        let child = pair.slave.spawn_command(command).expect("the binary runs");
        let keys = pair.master.take_writer().expect("keys");
        let mut output = pair.master.try_clone_reader().expect("a screen");
        let screen = Arc::new(Mutex::new(vt100::Parser::new(24, 80, 1000)));
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
            child,
            _master: pair.master,
        }
    }

    fn text(&self) -> String {
        self.screen.lock().expect("no panic").screen().contents()
    }

    fn press(&mut self, keys: &str) {
        self.keys.write_all(keys.as_bytes()).expect("it listens");
        self.keys.flush().expect("it listens");
    }

    fn until(&mut self, what: &str, holds: impl Fn(&str) -> bool) -> String {
        let started = Instant::now();
        loop {
            let text = self.text();
            if holds(&text) {
                return text;
            }
            assert!(started.elapsed() < PATIENCE, "no {what} on:\n{text}");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    fn sees(&mut self, words: &str) -> String {
        self.until(words, |text| text.contains(words))
    }

    /// Neither on the screen, nor in what can be scrolled back to, nor in the
    /// title is a word of the floor as it was shown.
    fn shows_nothing_of(&self, floor: &str) {
        let mut screen = self.screen.lock().expect("no panic");
        screen.screen_mut().set_scrollback(usize::MAX);
        let back = screen.screen().contents();
        screen.screen_mut().set_scrollback(0);
        let shown = back + "\n" + &screen.screen().contents();
        // The time of day is no secret.
        let tells = |word: &&str| word.len() > 4 && word.chars().any(char::is_alphabetic);
        let words = floor.split_whitespace().filter(tells);
        let own = ["critical", "untaken", "locked", "press", "Enter"];
        for word in words.filter(|word| !own.contains(word)) {
            assert!(!shown.contains(word), "{word:?} shows on:\n{shown}");
        }
    }

    fn ends(&mut self) -> u32 {
        let started = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().expect("a child") {
                return status.exit_code();
            }
            assert!(started.elapsed() < PATIENCE, "it runs on:\n{}", self.text());
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    fn is_given_back(&mut self) {
        self.until("terminal given back", |_| true);
        let screen = self.screen.lock().expect("no panic");
        assert!(
            !screen.screen().alternate_screen(),
            "still on the other screen"
        );
        assert!(!screen.screen().hide_cursor(), "the cursor is hidden");
        assert!(!screen.screen().bracketed_paste(), "paste is bracketed");
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        // It may have ended by itself, as it should.
        drop(self.child.kill());
    }
}

#[test]
fn the_demo_lives_and_gives_the_terminal_back() {
    let home = tempfile::tempdir().expect("a home");
    let mut demo = Terminal::start(home.path(), &["demo", "--seed", "7"]);
    demo.sees("DEMO");
    demo.until("living floor", |text| {
        text.contains("following") && text.contains('#')
    });
    demo.press("w");
    // What came meanwhile is counted in its place, which in a burst is at once.
    demo.until("frozen", |text| text.contains("f follows"));
    demo.press("a");
    demo.until("an item of mine", |text| text.contains("Mine 1"));
    demo.press("?");
    demo.sees("Keys");
    demo.press("\u{1b}");
    demo.until("help gone", |text| !text.contains("Keys ─"));
    demo.press("q");
    demo.sees("y close");
    std::thread::sleep(Duration::from_millis(300)); // The prompt takes no keys at first.
    demo.press("y");
    assert_eq!(demo.ends(), 0);
    demo.is_given_back();
}

#[test]
fn a_signal_ends_the_demo_and_gives_the_terminal_back() {
    let home = tempfile::tempdir().expect("a home");
    let mut demo = Terminal::start(home.path(), &["demo", "--seed", "7"]);
    demo.until("living floor", |text| {
        text.contains("following") && text.contains('#')
    });
    let pid = demo.child.process_id().expect("it runs");
    let kill = Command::new("kill")
        .args(["-TERM", &pid.to_string()])
        .status();
    assert!(kill.expect("kill is there").success());
    assert_eq!(demo.ends(), 143);
    demo.is_given_back();
}

fn run(home: &Path, arguments: &[&str]) -> String {
    let output = Command::new(BINARY)
        .args(arguments)
        .env("HOME", home)
        .output()
        .expect("the binary runs");
    assert!(
        output.status.success(),
        "{arguments:?}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout)
        .expect("text")
        .trim()
        .to_owned()
}

struct Hub(std::process::Child);

impl Drop for Hub {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

/// A hub with the accounts of ana and ben, and the files of their tokens.
fn floor_of_two(home: &Path, data: &Path) -> (Hub, Vec<String>) {
    let folder = data.to_str().expect("a path").to_owned();
    let config = home.join("hub.toml");
    let written = format!(
        "[hub]\nlisten = \"127.0.0.1:0\"\ndata_dir = \"{folder}\"\n\
         [channels.generic]\n[channels.generic.secrets]\nbearer = {{ env = \"TOWN\" }}\n"
    );
    std::fs::write(&config, written).expect("written");
    let config = config.to_str().expect("a path").to_owned();
    std::fs::create_dir_all(data).expect("a folder");
    let mut files = Vec::new();
    for officer in ["ana", "ben"] {
        let add = [
            "--config", &config, "officers", "add", officer, "--role", "officer", "--desks", "all",
        ];
        let file = home.join(officer);
        std::fs::write(&file, run(home, &add)).expect("written");
        private(&file);
        files.push(file.to_str().expect("a path").to_owned());
    }
    let child = Command::new(BINARY)
        .args(["--config", &config, "hub"])
        .env("HOME", home)
        .env("TOWN", "town-secret")
        .stderr(Stdio::null())
        .spawn();
    (Hub(child.expect("a hub")), files)
}

#[test]
fn two_consoles_race_and_one_is_told_who_won() {
    let home = tempfile::tempdir().expect("a home");
    let data = home.path().join("data");
    let (_hub, files) = floor_of_two(home.path(), &data);
    let port = port(&data);
    let address = format!("http://127.0.0.1:{port}");
    let console = |file: &str| {
        Terminal::start(
            home.path(),
            &["--hub", &address, "--token-file", file, "console"],
        )
    };
    let (mut ana, mut ben) = (console(&files[0]), console(&files[1]));
    ana.sees("live");
    ben.sees("live");
    post(
        port,
        r#"{"id": 1, "text": "A pipe burst in Mill Road", "severity": "critical"}"#,
    );
    for officer in [&mut ana, &mut ben] {
        officer.sees("A pipe burst");
        officer.press("w");
        officer.sees("frozen");
    }
    ana.press("a");
    ben.press("a");
    let mine = |text: &str| text.contains("Mine 1");
    let told = |text: &str| text.contains("ana") && text.contains("ben");
    ana.until("an outcome", |text| mine(text) || told(text));
    ben.until("an outcome", |text| mine(text) || told(text));
    let winners = [&ana, &ben]
        .iter()
        .filter(|officer| mine(&officer.text()))
        .count();
    assert_eq!(
        winners,
        1,
        "ana sees:\n{}\nben sees:\n{}",
        ana.text(),
        ben.text()
    );
}

fn private(file: &Path) {
    use std::os::unix::fs::PermissionsExt;
    let mode = std::fs::Permissions::from_mode(0o600);
    std::fs::set_permissions(file, mode).expect("it is ours");
}

/// The port that a hub chose, told by its private door.
fn port(data: &Path) -> u16 {
    let started = Instant::now();
    loop {
        let door = std::fs::read_to_string(data.join("door.json")).unwrap_or_default();
        let door: Option<serde_json::Value> = serde_json::from_str(&door).ok();
        if let Some(port) = door.and_then(|door| door["port"].as_u64()) {
            return u16::try_from(port).expect("a port");
        }
        assert!(started.elapsed() < PATIENCE, "the hub opens no door");
        std::thread::sleep(Duration::from_millis(20));
    }
}

fn post(port: u16, body: &str) {
    let mut socket = std::net::TcpStream::connect(("127.0.0.1", port)).expect("the hub listens");
    let request = format!(
        "POST /in/generic HTTP/1.1\r\nhost: floor\r\nauthorization: Bearer town-secret\r\n\
         content-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
        body.len()
    );
    socket.write_all(request.as_bytes()).expect("sent");
    let mut answer = String::new();
    socket.read_to_string(&mut answer).expect("answered");
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
}

/// A configuration and a passphrase for a console that locks.
fn lockable(home: &Path, console: &str) -> String {
    let config = home.join("lock.toml");
    let port = "[hub]\nlisten = \"127.0.0.1:0\"\n";
    std::fs::write(&config, format!("{port}[console]\n{console}")).expect("written");
    config.to_str().expect("a path").to_owned()
}

fn set_passphrase(home: &Path, config: &str, passphrase: &str) {
    let mut child = Command::new(BINARY)
        .args(["--config", config, "lock", "set"])
        .env("HOME", home)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .expect("the binary runs");
    let mut input = child.stdin.take().expect("a pipe");
    input
        .write_all(format!("{passphrase}\n").as_bytes())
        .expect("it reads");
    drop(input);
    assert!(child.wait().expect("it ends").success());
}

#[test]
fn a_locked_console_shows_nothing_and_opens_by_the_passphrase() {
    let home = tempfile::tempdir().expect("a home");
    let config = lockable(home.path(), "");
    set_passphrase(home.path(), &config, "correct horse");
    let mut demo = Terminal::start(home.path(), &["--config", &config, "demo", "--seed", "7"]);
    demo.until("living floor", |text| {
        text.contains("following") && text.contains('#')
    });
    let before = demo.text();
    demo.press("gX");
    demo.sees("The floor is locked.");
    demo.press("q:quit\raD");
    let locked = demo.until("counts", |text| text.contains("escalation"));
    demo.shows_nothing_of(&before);
    assert!(!locked.contains('#'), "{locked}");
    demo.press("\u{15}wrong words\r");
    demo.sees("did not open it");
    demo.press("\u{1a}"); // Ctrl-Z hands nobody a shell.
    std::thread::sleep(Duration::from_millis(600)); // The next try counts after half a second.
    demo.press("correct horse\r");
    demo.until("the floor", |text| {
        text.contains("following") && text.contains('#')
    });
    demo.sees("one try to open it failed");
    demo.press("q");
    assert_eq!(demo.ends(), 0);
    demo.is_given_back();
}

/// The command gets the terminal: it asks, reads what is typed, and its exit
/// code decides.
#[test]
fn a_command_is_lent_the_terminal_and_opens() {
    let home = tempfile::tempdir().expect("a home");
    let script = home.path().join("ask.sh");
    std::fs::write(
        &script,
        "printf 'Your number: '; read number; test \"$number\" = 7042\n",
    )
    .expect("written");
    let script = script.to_str().expect("a path");
    let command = format!("lock_command = [\"sh\", {script:?}]\n");
    let config = lockable(home.path(), &command);
    let mut demo = Terminal::start(home.path(), &["--config", &config, "demo", "--seed", "7"]);
    demo.until("living floor", |text| {
        text.contains("following") && text.contains('#')
    });
    let before = demo.text();
    demo.press("gX");
    demo.sees("Press Enter");
    demo.press("\r");
    demo.sees("Your number:");
    demo.shows_nothing_of(&before);
    demo.press("1234\r");
    demo.sees("did not open it");
    demo.shows_nothing_of(&before);
    std::thread::sleep(Duration::from_millis(600)); // The next try counts after half a second.
    demo.press("\r");
    demo.sees("Your number:");
    demo.press("7042\r");
    demo.until("the floor", |text| {
        text.contains("following") && text.contains('#')
    });
    demo.press("q");
    assert_eq!(demo.ends(), 0);
    demo.is_given_back();
}

#[test]
fn a_dumb_terminal_gets_lines_and_no_escape() {
    let home = tempfile::tempdir().expect("a home");
    let mut child = Command::new(BINARY)
        .args(["demo", "--seed", "7", "--plain"])
        .env_clear()
        .env("HOME", home.path())
        .env("TERM", "dumb")
        .env("USER", "night")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("the binary runs");
    let mut input = child.stdin.take().expect("a pipe");
    input
        .write_all(b"status\nlist\nchannels\nhelp\nquit\n")
        .expect("it reads");
    drop(input);
    let mut said = String::new();
    let mut output = child.stdout.take().expect("a pipe");
    output.read_to_string(&mut said).expect("text");
    assert!(child.wait().expect("it ends").success());
    for words in ["as lines", "Live.", " wait; ", "take 3, ack 3", "mastodon"] {
        assert!(said.contains(words), "{words:?} is not in:\n{said}");
    }
    assert!(
        !said.contains(|c: char| c.is_control() && c != '\n'),
        "{said:?}"
    );
}

#[test]
fn a_floor_is_recorded_and_its_recording_runs_in_the_console() {
    let home = tempfile::tempdir().expect("a home");
    let mut demo = Command::new(BINARY)
        .args(["demo", "--seed", "7", "--speed", "20", "--headless"])
        .env("HOME", home.path())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .map(Hub)
        .expect("the binary runs");
    let mut first = String::new();
    let mut output = std::io::BufReader::new(demo.0.stdout.take().expect("a pipe"));
    std::io::BufRead::read_line(&mut output, &mut first).expect("a line");
    let folder = first
        .split_whitespace()
        .nth(1)
        .expect("its folder")
        .to_owned();
    let file = home.path().join("evening.jsonl");
    let file = file.to_str().expect("a path");
    // Until the floor has something on it.
    let started = Instant::now();
    loop {
        drop(std::fs::remove_file(file));
        let said = recorded(&folder, home.path(), &["record", file, "--since", "1h"]);
        let events = said
            .split(": ")
            .nth(1)
            .and_then(|rest| rest.split(' ').next());
        if events
            .and_then(|n| n.parse::<u64>().ok())
            .is_some_and(|n| n > 10)
        {
            break;
        }
        assert!(started.elapsed() < PATIENCE, "{said}");
    }
    let from_log = home.path().join("log.jsonl");
    let from_log = from_log.to_str().expect("a path");
    let log = format!("{folder}/log.db");
    recorded(
        &folder,
        home.path(),
        &["record", from_log, "--log", &log, "--redact"],
    );
    drop(demo);
    for (file, is_masked) in [(file, false), (from_log, true)] {
        let mut console = Terminal::start(home.path(), &["replay", file, "--speed", "1000"]);
        console.sees("REPLAY");
        let ended = console.until("the end", |text| text.contains("ended"));
        assert!(ended.contains('#'), "{ended}");
        assert_eq!(ended.contains("xxxx"), is_masked, "{ended}");
        console.press("wa");
        console.sees("This is a recording");
        console.press("q");
        assert_eq!(console.ends(), 0);
        console.is_given_back();
    }
}

fn recorded(folder: &str, home: &Path, arguments: &[&str]) -> String {
    let output = Command::new(BINARY)
        .args(arguments)
        .env("HOME", home)
        .env("WATCHFLOOR_HUB_DATA_DIR", folder)
        .output()
        .expect("the binary runs");
    let said = [output.stdout, output.stderr].concat();
    let said = String::from_utf8(said).expect("text");
    assert!(output.status.success(), "{said}");
    said
}
