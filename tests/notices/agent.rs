//! Alerts of a floor as lines, and the agent that shows them on another
//! desktop: here a program of the officer's stands for the desktop.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Instant;

use serde_json::Value;

use crate::floor::{BINARY, Floor};
use crate::outer::PATIENCE;

struct Tail {
    child: Child,
    lines: Receiver<String>,
}

impl Tail {
    fn start(floor: &Floor, args: &[&str]) -> Self {
        let mut child = floor
            .command(args)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("it runs");
        let output = BufReader::new(child.stdout.take().expect("its output"));
        let (tell, lines) = channel();
        std::thread::spawn(move || {
            for line in output.lines().map_while(Result::ok) {
                if tell.send(line).is_err() {
                    return;
                }
            }
        });
        Self { child, lines }
    }

    fn line(&mut self) -> String {
        self.lines.recv_timeout(PATIENCE).expect("a line in time")
    }

    fn next(&mut self) -> Value {
        serde_json::from_str(&self.line()).expect("JSON")
    }
}

impl Drop for Tail {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

#[test]
fn alerts_are_what_needs_me_and_each_change_once() {
    let floor = Floor::start("");
    floor.critical(1, "it was there before");
    floor.post(&serde_json::json!({"id": 2, "text": "nobody is called for this"}));
    let mut tail = Tail::start(&floor, &["tail", "--alerts", "--json"]);
    let begins = tail.next();
    assert_eq!(
        (&begins["alert"], &begins["waiting"]),
        (&"begins".into(), &1.into())
    );
    let old = tail.next();
    assert_eq!((&old["alert"], &old["id"]), (&"raised".into(), &1.into()));
    floor.critical(3, "\u{1b}]0;pwned\u{7} a stranger's words");
    let raised = tail.next();
    assert_eq!(
        (&raised["id"], &raised["why"][0]),
        (&3.into(), &"critical".into())
    );
    assert!(!raised.to_string().contains("stranger"), "{raised}");
    floor.out(&["do", "take", "3"]);
    assert_eq!(tail.next()["why"], serde_json::json!(["mine"]));
    floor.out(&["do", "resolve", "3", "--reason", "done"]);
    let cleared = tail.next();
    assert_eq!(
        (&cleared["alert"], &cleared["id"]),
        (&"cleared".into(), &3.into())
    );
    floor.out(&["do", "acknowledge", "1"]);
    assert_eq!(tail.next()["alert"], "cleared");
}

#[test]
fn alerts_for_people_are_lines_to_read() {
    let floor = Floor::start("");
    let mut tail = Tail::start(&floor, &["tail", "--alerts", "sev:critical"]);
    floor.critical(1, "A pipe burst\u{1b}[31m in Mill Road");
    let line = tail.line();
    assert!(line.contains("#1"), "{line:?}");
    assert!(line.contains("critical: A pipe burst"), "{line:?}");
    assert!(!line.contains('\u{1b}'), "{line:?}");
    floor.out(&["do", "take", "1"]);
    let line = tail.line();
    assert!(line.contains("mine: A pipe burst"), "{line:?}");
}

/// An agent whose desktop is a file to which each notice is added as a line.
struct Agent {
    folder: tempfile::TempDir,
    child: Child,
    pipe: Option<ChildStdin>,
}

impl Agent {
    fn start(more: &str) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("desktop");
        let config = format!(
            "[notify]\nmethod = \"command\"\n\
             command = [\"sh\", \"-c\", 'printf \"%s\\n\" \"$2\" >> \"$1\"', \"sh\", {:?}, \"{{text}}\"]\n{more}",
            file.display().to_string()
        );
        let path = folder.path().join("config.toml");
        std::fs::write(&path, config).expect("written");
        let mut child = Command::new(BINARY)
            .arg("notify-agent")
            .env_clear()
            .env("HOME", folder.path())
            .env("PATH", std::env::var("PATH").unwrap_or_default())
            .env("WATCHFLOOR_CONFIG", path)
            .stdin(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("it runs");
        let pipe = child.stdin.take();
        Self {
            folder,
            child,
            pipe,
        }
    }

    fn hears(&mut self, line: &str) {
        let pipe = self.pipe.as_mut().expect("it is open");
        pipe.write_all(line.as_bytes()).expect("it reads");
        pipe.write_all(b"\n").expect("it reads");
    }

    fn desktop(&self) -> Vec<String> {
        lines(&self.folder.path().join("desktop"))
    }

    fn shows(&self, notices: usize) -> Vec<String> {
        let started = Instant::now();
        loop {
            let shown = self.desktop();
            if shown.len() >= notices {
                return shown;
            }
            assert!(started.elapsed() < PATIENCE, "only {shown:?}");
            std::thread::yield_now();
        }
    }

    /// Closes the pipe; what it said, and whether it ended well.
    fn ends(&mut self) -> (bool, String) {
        drop(self.pipe.take());
        let status = self.child.wait().expect("it ends");
        let mut said = String::new();
        let mut errors = self.child.stderr.take().expect("its errors");
        std::io::Read::read_to_string(&mut errors, &mut said).expect("text");
        (status.success(), said)
    }
}

impl Drop for Agent {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

fn lines(file: &Path) -> Vec<String> {
    let text = std::fs::read_to_string(file).unwrap_or_default();
    text.lines().map(ToOwned::to_owned).collect()
}

fn raised(n: u64, rule: &str) -> String {
    format!(
        "{{\"alert\":\"raised\",\"at\":\"2026-11-23T18:50:00.000Z\",\"key\":\"{n:032x}\",\
         \"id\":{n},\"why\":[\"critical\"],\"rule\":\"{rule}\"}}"
    )
}

fn begins(waiting: usize) -> String {
    format!(
        "{{\"alert\":\"begins\",\"at\":\"2026-11-23T18:50:00.000Z\",\"zone\":\"UTC\",\
         \"names_rules\":true,\"waiting\":{waiting}}}"
    )
}

#[test]
fn the_agent_survives_bad_lines_and_says_when_the_alerts_end() {
    let mut agent = Agent::start("");
    for bad in [
        "not an alert",
        "{\"alert\":\"exploded\"}",
        "\u{1b}]777;notify;x;y\u{7}",
    ] {
        agent.hears(bad);
    }
    agent.hears(&begins(1));
    agent.hears(&raised(1, "main-burst"));
    assert!(agent.desktop().is_empty(), "what waited before is no news");
    agent.hears(&raised(2, "main-burst"));
    assert_eq!(agent.shows(1), ["watchfloor: 2 critical"]);
    let (well, said) = agent.ends();
    assert!(well, "{said}");
    assert!(said.contains("The alerts have ended"), "{said}");
    assert!(said.contains("3 lines were no alerts"), "{said}");
    assert_eq!(
        agent.shows(2)[1],
        "watchfloor: the alerts have ended, nothing more will be shown"
    );
}

#[test]
fn the_agent_names_the_rule_where_it_may() {
    let mut agent = Agent::start("privacy = \"rule\"\n");
    agent.hears(&begins(0));
    agent.hears(&raised(1, "main-burst"));
    assert_eq!(agent.shows(1), ["watchfloor: 1 critical (main-burst)"]);
}

#[test]
fn alerts_of_a_floor_reach_the_agent() {
    let floor = Floor::start("");
    let mut agent = Agent::start("");
    let mut tail = Tail::start(&floor, &["tail", "--alerts", "--json"]);
    let begins = tail.line();
    agent.hears(&begins);
    floor.critical(1, "A pipe burst in Mill Road");
    let raised = tail.line();
    agent.hears(&raised);
    assert_eq!(agent.shows(1), ["watchfloor: 1 critical"]);
}

#[test]
fn over_ssh_the_agent_says_where_it_belongs() {
    let folder = tempfile::tempdir().expect("a folder");
    let refused = Command::new(BINARY)
        .arg("notify-agent")
        .env_clear()
        .env("HOME", folder.path())
        .env("SSH_CONNECTION", "192.0.2.1 1 192.0.2.2 22")
        .stdin(Stdio::null())
        .output()
        .expect("it runs");
    assert_eq!(refused.status.code(), Some(2));
    let said = String::from_utf8_lossy(&refused.stderr);
    assert!(said.contains("On your own machine run: ssh HOST"), "{said}");
}
