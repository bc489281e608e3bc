//! A hub of the test's own on port 0, with a channel that anything can be put
//! into.

#![allow(dead_code, reason = "two tests share it, and each uses a part")]

use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use portable_pty::CommandBuilder;
use serde_json::{Value, json};

use super::outer::PATIENCE;

pub(crate) const BINARY: &str = env!("CARGO_BIN_EXE_watchfloor");

pub(crate) struct Floor {
    home: tempfile::TempDir,
    hub: Child,
    port: u16,
}

impl Floor {
    /// `more` is added to the hub's configuration.
    pub(crate) fn start(more: &str) -> Self {
        let home = tempfile::tempdir().expect("a home");
        let config = format!(
            "[channels.generic]\n[channels.generic.secrets]\nbearer = {{ env = \"TOWN\" }}\n{more}"
        );
        std::fs::write(home.path().join("config.toml"), config).expect("written");
        let mut command = Command::new(BINARY);
        command.args(["hub", "--listen", "127.0.0.1:0"]);
        set(home.path(), |name, value| {
            command.env(name, value);
        });
        let hub = command.stderr(Stdio::null()).spawn().expect("a hub");
        let port = port(&home.path().join("floor"));
        Self { home, hub, port }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.home.path().join(name)
    }

    /// The binary in an environment of its own, at the hub.
    pub(crate) fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(BINARY);
        command.args(args).env_clear().stdin(Stdio::null());
        set(self.home.path(), |name, value| {
            command.env(name, value);
        });
        command
    }

    /// The same, for a terminal.
    pub(crate) fn in_terminal(&self, args: &[&str]) -> CommandBuilder {
        let mut command = CommandBuilder::new(BINARY);
        command.args(args);
        command.env_clear();
        set(self.home.path(), |name, value| command.env(name, value));
        command
    }

    pub(crate) fn out(&self, args: &[&str]) -> String {
        let Output {
            status,
            stdout,
            stderr,
        } = self.command(args).output().expect("it runs");
        let said = String::from_utf8_lossy(&stderr);
        assert!(status.success(), "{args:?}: {said}");
        String::from_utf8(stdout).expect("text")
    }

    /// A critical with these words, as whoever may post could write them.
    pub(crate) fn critical(&self, id: usize, text: &str) {
        let item = json!({"id": id, "text": text, "title": text, "severity": "critical"});
        self.post(&item);
    }

    pub(crate) fn post(&self, item: &Value) {
        let body = item.to_string();
        let mut socket =
            std::net::TcpStream::connect(("127.0.0.1", self.port)).expect("the hub listens");
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
}

impl Drop for Floor {
    fn drop(&mut self) {
        drop(self.hub.kill());
        drop(self.hub.wait());
    }
}

/// The variables that a program of this floor runs with.
fn set(home: &Path, mut put: impl FnMut(&str, &str)) {
    let at = |name: &str| home.join(name).display().to_string();
    put("HOME", &home.display().to_string());
    put("PATH", &std::env::var("PATH").unwrap_or_default());
    put("USER", "night");
    put("LANG", "C.UTF-8");
    put("TOWN", "town-secret");
    put("XDG_STATE_HOME", &at("state"));
    put("WATCHFLOOR_CONFIG", &at("config.toml"));
    put("WATCHFLOOR_HUB_DATA_DIR", &at("floor"));
}

/// The port that a hub chose, told by its private door.
fn port(data: &Path) -> u16 {
    let started = Instant::now();
    loop {
        let door = std::fs::read_to_string(data.join("door.json")).unwrap_or_default();
        let door: Option<Value> = serde_json::from_str(&door).ok();
        if let Some(port) = door.and_then(|door| door["port"].as_u64()) {
            return u16::try_from(port).expect("a port");
        }
        assert!(started.elapsed() < PATIENCE, "the hub opens no door");
        std::thread::sleep(Duration::from_millis(20));
    }
}
