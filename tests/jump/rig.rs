//! The real hub as a child, with TLS and certificates, under a name that only a
//! proxy knows; and an officer's command line in an environment of its own.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Output, Stdio};

use serde_json::Value;

use crate::authority::{Authority, Files};

/// The hub's name. No name server has it: names that end in "test" belong to
/// nobody (RFC 6761).
pub(crate) const HUB: &str = "https://floor.test:4780";

pub(crate) struct Rig {
    pub(crate) files: Files,
    pub(crate) port: u16,
    pub(crate) token: String,
    hub: Child,
}

impl Rig {
    /// A hub that runs, and an officer "ana" with a token and a certificate.
    pub(crate) fn new() -> Self {
        let (files, authority) = (Files::new(), Authority::named("Town CA"));
        files.write("ca.pem", &authority.pem());
        let (cert, key) = authority.signs(&["floor.test", "localhost"], (2024, 2096), 1);
        files.write("hub.pem", &cert);
        files.write("hub.key", &key);
        let (cert, key) = authority.signs(&["ana.example"], (2024, 2096), 2);
        files.write("me.pem", &cert);
        files.write("me.key", &key);
        let config = files.write(
            "hub.toml",
            "[hub]\nlisten = \"127.0.0.1:0\"\ndata_dir = \"floor\"\ntls = \"files\"\n\
             cert = \"hub.pem\"\nkey = \"hub.key\"\nclient_ca = \"ca.pem\"\n",
        );
        let config = config.to_str().expect("a path").to_owned();
        let made = command(&files, &["--config", &config, "officers", "add", "ana"])
            .args(["--certificate", "dns:ana.example"])
            .output()
            .expect("it runs");
        assert!(made.status.success(), "{}", said(&made));
        let token = String::from_utf8(made.stdout).expect("a token");
        let mut hub = command(&files, &["--config", &config, "hub"])
            .stderr(Stdio::piped())
            .spawn()
            .expect("it runs");
        let port = port(&mut hub);
        Self {
            files,
            port,
            token: token.trim().to_owned(),
            hub,
        }
    }

    /// The process of the hub.
    pub(crate) fn hub_pid(&self) -> u32 {
        self.hub.id()
    }

    /// The officer's configuration: the hub, and what the test adds.
    pub(crate) fn officer(&self, more: &str) -> String {
        let text = format!("[link]\nhub = \"{HUB}\"\ntoken_store = \"file\"\n{more}\n");
        let path = self.files.write("officer.toml", &text);
        path.to_str().expect("a path").to_owned()
    }

    /// The officer's command, in an environment of its own.
    pub(crate) fn ana(&self, more: &str, args: &[&str]) -> Command {
        let config = self.officer(more);
        let mut command = command(&self.files, &["--config", &config]);
        command.args(args);
        command
    }

    /// `check connection --json`: the report.
    pub(crate) fn walk(&self, more: &str, variables: &[(&str, &str)]) -> Value {
        let mut command = self.ana(more, &["check", "connection", "--json"]);
        Self::report(command.envs(variables.iter().copied()))
    }

    /// The same to this machine's own name and the hub's port, for proxies that
    /// look names up.
    pub(crate) fn walk_here(&self, more: &str, port: u16) -> Value {
        let hub = format!("https://localhost:{port}");
        Self::report(&mut self.ana(more, &["check", "connection", "--json", "--hub", &hub]))
    }

    fn report(command: &mut Command) -> Value {
        let output = command.output().expect("it runs");
        let report: Value = serde_json::from_slice(&output.stdout)
            .unwrap_or_else(|_| panic!("no report: {}", said(&output)));
        assert_eq!(
            output.status.success(),
            report.get("says").is_none(),
            "{report}"
        );
        report
    }
}

impl Drop for Rig {
    fn drop(&mut self) {
        self.hub.kill().ok();
        self.hub.wait().ok();
    }
}

/// What a process said, both ways.
pub(crate) fn said(output: &Output) -> String {
    let both = [&output.stdout[..], &output.stderr[..]].concat();
    String::from_utf8_lossy(&both).into_owned()
}

fn command(files: &Files, args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_watchfloor"));
    command
        .args(args)
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .env("HOME", files.folder())
        .env("TMPDIR", files.folder())
        .env("USER", "owner")
        .stdin(Stdio::null());
    command
}

/// The port that the hub says it listens at. What it says later is read and
/// forgotten, so that it never waits for us.
fn port(hub: &mut Child) -> u16 {
    let mut lines = BufReader::new(hub.stderr.take().expect("a pipe"));
    let mut all = String::new();
    let port = loop {
        let mut line = String::new();
        let read = lines.read_line(&mut line).expect("it logs");
        assert!(read > 0, "the hub ended: {all}");
        all.push_str(&line);
        let entry: Value = serde_json::from_str(&line).unwrap_or_default();
        if entry["message"] == "The hub is up." {
            let address = entry["address"].as_str().expect("an address");
            let (_, port) = address.rsplit_once(':').expect("a port");
            break port.parse().expect("a number");
        }
    };
    std::thread::spawn(move || std::io::copy(&mut lines, &mut std::io::sink()));
    port
}
