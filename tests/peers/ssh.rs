//! The console through a real `sshd` and `ssh -tt`, on a line of 64 kbit/s with
//! 300 ms each way, at 80 by 24: what a key costs, what a flood does, and what is
//! left when the line drops.
//!
//! The line is a relay of ours between the two ([`crate::line`]) and not a queue
//! of the kernel: `tc netem` needs a module that many kernels do not have and
//! rights that tests should not have. What a relay can't do is lose packets;
//! that TCP waits for one that is lost looks like a longer delay here.
//!
//! `sshd` runs as whoever runs the test, with keys of the test's own, on a port
//! of loopback.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use portable_pty::CommandBuilder;

use crate::line::{Line, Shape};
use crate::notices_floor::{BINARY, Floor};
use crate::outer::{Outer, PATIENCE};
use crate::process::{Peer, free_port};
use crate::wanted;
use crate::within::private;

const SATELLITE: Shape = Shape {
    bytes_per_s: 8_000,
    one_way: Duration::from_millis(300),
};

/// An `sshd` that lets one key in.
struct Sshd {
    _peer: Peer,
    port: u16,
    key: PathBuf,
}

impl Sshd {
    async fn start(folder: &Path) -> Self {
        std::fs::create_dir(folder).unwrap();
        private(folder);
        let file = |name: &str| folder.join(name);
        for name in ["host", "officer"] {
            let made = Command::new("ssh-keygen")
                .args(["-q", "-t", "ed25519", "-N", "", "-f"])
                .arg(file(name))
                .status();
            assert!(made.unwrap().success(), "no key is made");
        }
        std::fs::copy(file("officer.pub"), file("authorized")).unwrap();
        let port = free_port();
        let (host, authorized) = (file("host"), file("authorized"));
        let config = format!(
            "Port {port}\nListenAddress 127.0.0.1\nHostKey {}\nAuthorizedKeysFile {}\n\
             StrictModes no\nUsePAM no\nPasswordAuthentication no\nPermitRootLogin yes\n\
             PidFile none\nPrintMotd no\n",
            host.display(),
            authorized.display()
        );
        std::fs::write(file("config"), config).unwrap();
        let args = ["-D", "-e", "-f", file("config").to_str().unwrap()].map(ToOwned::to_owned);
        let mut peer = Peer::start_at("sshd", Path::new("/usr/sbin/sshd"), folder, &args);
        peer.listens(port, folder).await;
        Self {
            _peer: peer,
            port,
            key: file("officer"),
        }
    }

    /// `ssh -tt` to it by way of `port`, running the console.
    fn console(&self, floor: &Floor, port: u16) -> CommandBuilder {
        let own = floor.in_terminal(&[]);
        let set = own
            .iter_full_env_as_str()
            .filter(|(name, _)| *name != "TERM")
            .map(|(name, value)| format!("{name}='{value}' "));
        let line = format!("env {}{BINARY} console", set.collect::<String>());
        let user = Command::new("id").arg("-un").output().unwrap().stdout;
        let user = String::from_utf8(user).unwrap();
        let mut ssh = CommandBuilder::new("ssh");
        ssh.args(["-tt", "-F", "none", "-o", "StrictHostKeyChecking=no"]);
        ssh.args(["-o", "UserKnownHostsFile=/dev/null", "-o", "LogLevel=ERROR"]);
        ssh.args(["-p", &port.to_string(), "-i", self.key.to_str().unwrap()]);
        ssh.args([&format!("{}@127.0.0.1", user.trim()), &line]);
        ssh.env("TERM", "xterm-256color");
        ssh
    }
}

/// The consoles of this floor that still run.
fn consoles(floor: &Floor) -> usize {
    let home = floor.path("").display().to_string();
    let processes = std::fs::read_dir("/proc").unwrap().filter_map(Result::ok);
    let ours = processes.filter(|entry| {
        let read = |file| std::fs::read(entry.path().join(file)).unwrap_or_default();
        let line = String::from_utf8_lossy(&read("cmdline")).replace('\0', " ");
        let is_console = line.starts_with(BINARY) && line.trim_end().ends_with(" console");
        is_console && String::from_utf8_lossy(&read("environ")).contains(home.trim_end_matches('/'))
    });
    ours.count()
}

fn until(what: &str, holds: impl Fn() -> bool) {
    let started = Instant::now();
    while !holds() {
        assert!(started.elapsed() < PATIENCE, "no {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// The terminal answers what it is asked for so long, as terminals do.
fn answers_for(outer: &mut Outer, long: Duration) {
    let started = Instant::now();
    while started.elapsed() < long {
        outer.answer_attributes();
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// Presses a key and waits for its frame: how long it took, and the bytes that
/// the line carried down for it until it was quiet.
fn costs(
    outer: &mut Outer,
    line: &Line,
    key: &str,
    shows: impl Fn(&str) -> bool,
) -> (Duration, u64) {
    let before = line.bytes_down();
    let started = Instant::now();
    outer.press(key);
    while !shows(&outer.text()) {
        let waited = started.elapsed();
        assert!(waited < PATIENCE, "no frame for {key:?}:\n{}", outer.text());
        outer.answer_attributes();
        std::thread::sleep(Duration::from_millis(5));
    }
    let took = started.elapsed();
    answers_for(outer, Duration::from_secs(1));
    (took, line.bytes_down() - before)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thin_long_line_is_worked_on_slows_itself_and_may_drop() {
    if !wanted("a console through sshd") {
        return;
    }
    let floor = Floor::start("");
    let sshd = Sshd::start(&floor.path("sshd")).await;
    let line = Line::to(sshd.port, SATELLITE);
    floor.critical(1, "A pipe burst in Mill Road");
    let mut outer = Outer::start(sshd.console(&floor, line.port));
    outer.sees("live");
    outer.sees("A pipe burst");
    // The terminal is asked what it is, and answers by the same line.
    outer.until("the question", |got, _| got.asked > 0);
    outer.answer_attributes();
    assert_eq!(consoles(&floor), 1);
    answers_for(&mut outer, Duration::from_secs(3));

    let help = |text: &str| text.contains("Keys");
    let (took, bytes) = costs(&mut outer, &line, "?", help);
    eprintln!("a page on the line: {} ms, {bytes} bytes", took.as_millis());
    assert!(
        took >= Duration::from_millis(600),
        "that is no line: {took:?}"
    );
    let (took, bytes) = costs(&mut outer, &line, "\u{1b}", |text| !help(text));
    eprintln!("and away: {} ms, {bytes} bytes", took.as_millis());
    let (took, bytes) = costs(&mut outer, &line, ":", |text| {
        text.contains("│ :") || text.contains(" :")
    });
    eprintln!(
        "a key: {} ms, {bytes} bytes with what SSH adds",
        took.as_millis()
    );
    assert!(bytes < 1500, "{bytes} bytes for one key");
    outer.press("\u{1b}");

    // Long, and not slow: nobody is told so.
    answers_for(&mut outer, Duration::from_secs(3));
    assert!(!outer.text().contains("line slow"), "{}", outer.text());
    slows_by_itself(&floor, &mut outer, &line);
    drops(&floor, &line);
}

/// Twelve words that no other post has: copies would lie under one row.
fn unlike(id: u64) -> String {
    let mut state = id;
    let word = |_| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        format!("{:06x}", state >> 40)
    };
    (0..12).map(word).collect::<Vec<_>>().join(" ")
}

/// The line gets bad in a flood, so that more is written than it takes: the
/// console sees it by itself and says so, and is quick again when it is over.
fn slows_by_itself(floor: &Floor, outer: &mut Outer, line: &Line) {
    line.runs_at(500);
    let mut id: u64 = 100;
    let started = Instant::now();
    // The terminal of the test does not answer by itself: the question shows up
    // here as late as the line carried it, and its answer goes back then.
    while !outer.text().contains("line slow") {
        assert!(
            started.elapsed() < PATIENCE,
            "never slow:\n{}",
            outer.text()
        );
        for _ in 0..20 {
            id += 1;
            floor.post(&serde_json::json!({"id": id, "severity": "high", "text": unlike(id)}));
        }
        outer.answer_attributes();
        std::thread::sleep(Duration::from_millis(100));
    }
    eprintln!(
        "slow by itself after {} s of a flood",
        started.elapsed().as_secs()
    );
    line.runs_at(SATELLITE.bytes_per_s);
    let started = Instant::now();
    while outer.text().contains("line slow") {
        assert!(
            started.elapsed() < PATIENCE,
            "slow for ever:\n{}",
            outer.text()
        );
        id += 1;
        floor.post(&serde_json::json!({"id": id, "severity": "low", "text": "a little"}));
        answers_for(outer, Duration::from_secs(1));
    }
    eprintln!("and quick again {} s after it", started.elapsed().as_secs());
}

/// The line drops: nothing of the console is left.
fn drops(floor: &Floor, line: &Line) {
    let started = Instant::now();
    line.cut();
    until("end of the console", || consoles(floor) == 0);
    eprintln!("gone {} ms after the line", started.elapsed().as_millis());
}
