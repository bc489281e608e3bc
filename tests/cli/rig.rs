//! A home of the test's, the binary in it, and a hub as a child on port 0.

use std::io::{BufRead, BufReader};
use std::process::{Child, ChildStdout, Command, Output, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use watchfloor::channels::Intake;
use watchfloor::config;
use watchfloor::hub::floor;
use watchfloor::hub::serve::{Plan, start};
use watchfloor::model::ids::{ChannelName, OfficerId};
use watchfloor::model::inbound::Inbound;

/// Longer than anything here takes, also on a busy machine.
const PATIENCE: Duration = Duration::from_secs(120);

pub struct Rig {
    home: tempfile::TempDir,
    hub: Option<Child>,
    environment: Vec<(String, String)>,
    servers: Option<tokio::runtime::Runtime>,
}

/// What a process said, both ways.
pub fn said(output: &Output) -> String {
    let both = [&output.stdout[..], &output.stderr[..]].concat();
    String::from_utf8_lossy(&both).into_owned()
}

impl Rig {
    pub fn new() -> Self {
        Self {
            home: tempfile::tempdir().unwrap(),
            hub: None,
            environment: Vec::new(),
            servers: None,
        }
    }

    /// A variable that every command has.
    pub fn also(&mut self, name: &str, value: &str) {
        self.environment.push((name.to_owned(), value.to_owned()));
    }

    /// Keeps the servers that the hub calls.
    pub fn keep(&mut self, servers: tokio::runtime::Runtime) {
        self.servers = Some(servers);
    }

    pub fn path(&self, name: &str) -> String {
        self.home.path().join(name).to_str().unwrap().to_owned()
    }

    pub fn write(&self, name: &str, text: &str) -> String {
        std::fs::write(self.home.path().join(name), text).unwrap();
        self.path(name)
    }

    /// A file that nobody else may read.
    pub fn private(&self, name: &str, text: &str) -> String {
        use std::os::unix::fs::PermissionsExt;
        let path = self.write(name, text);
        std::fs::set_permissions(&path, PermissionsExt::from_mode(0o600)).unwrap();
        path
    }

    /// Where the hub that runs is.
    pub fn address(&self) -> String {
        let door = std::fs::read(self.home.path().join("floor/door.json")).unwrap();
        let door: serde_json::Value = serde_json::from_slice(&door).unwrap();
        format!("http://127.0.0.1:{}", door["port"])
    }

    /// The command in an environment of its own.
    pub fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_watchfloor"));
        command
            .args(args)
            .env_clear()
            .env("HOME", self.home.path())
            .env("TMPDIR", self.home.path())
            .env("USER", "owner")
            .env("XDG_CONFIG_HOME", self.path("config"))
            .env("XDG_DATA_HOME", self.path("data"))
            .env("WATCHFLOOR_HUB_DATA_DIR", self.path("floor"))
            .envs(self.environment.iter().cloned())
            .stdin(Stdio::null());
        command
    }

    pub fn run(&self, args: &[&str]) -> Output {
        self.command(args).output().unwrap()
    }

    /// Runs it again and again until what it says is as wanted.
    pub fn run_until(&self, args: &[&str], wanted: impl Fn(&str) -> bool) -> Output {
        let mut last = None;
        wait(|| wanted(&said(last.insert(self.run(args)))));
        last.unwrap()
    }

    /// What it printed, when it succeeded.
    pub fn out(&self, args: &[&str]) -> String {
        let output = self.run(args);
        assert!(output.status.success(), "{args:?}: {}", said(&output));
        String::from_utf8(output.stdout).unwrap()
    }

    /// Runs it until what it says has `words` in it; gives the line that has.
    pub fn until(&self, args: &[&str], words: &str) -> String {
        let output = self.run_until(args, |says| says.contains(words));
        let says = said(&output);
        let line = says.lines().find(|line| line.contains(words));
        line.unwrap().to_owned()
    }

    /// Waits for an event of that type in the running hub's log.
    pub fn recorded(&self, name: &str) -> serde_json::Value {
        let door = std::fs::read(self.path("floor/door.json")).unwrap();
        let door: serde_json::Value = serde_json::from_slice(&door).unwrap();
        let url = format!("{}/v1/events?since=0", self.address());
        let client = tokio::runtime::Runtime::new().unwrap();
        let mut found = None;
        wait(|| {
            let log: serde_json::Value = client.block_on(async {
                drop(rustls::crypto::ring::default_provider().install_default());
                let http = reqwest::Client::builder().no_proxy().build().unwrap();
                let asked = http.get(&url).bearer_auth(door["token"].as_str().unwrap());
                let bytes = asked.send().await.unwrap().bytes().await.unwrap();
                serde_json::from_slice(&bytes).unwrap()
            });
            let mut events = log["events"].as_array().unwrap().iter();
            let last = events.rfind(|event| event["body"]["type"] == name);
            found = last.cloned();
            found.is_some()
        });
        found.unwrap()
    }

    /// Puts a critical into the log that came in `ago`.
    pub fn seed_critical(&self, text: &str, ago: Duration) {
        use watchfloor::model::time::{Clock, ManualClock, SystemClock};
        let then = ManualClock::at(SystemClock.now().minus(ago));
        self.put(&[text], "critical", Arc::new(then));
    }

    /// Puts posts into the log through a hub that ends before it returns.
    pub fn seed(&self, texts: &[&str]) {
        self.put(
            texts,
            "medium",
            Arc::new(watchfloor::model::time::SystemClock),
        );
    }

    fn put(&self, texts: &[&str], severity: &str, clock: Arc<dyn watchfloor::model::time::Clock>) {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        runtime.block_on(async {
            let config = config::resolve(None, &[]).unwrap();
            let floor = floor::read(&config).unwrap();
            let owner = OfficerId::new("owner").unwrap();
            let folder = self.home.path().join("floor");
            let mut plan = Plan::embedded(folder, floor, config.page, owner);
            plan.clock = clock;
            plan.watch_jumps = false;
            let running = start(plan).await.unwrap();
            let channel = ChannelName::new("town").unwrap();
            for (n, text) in texts.iter().enumerate() {
                let content = serde_json::from_value(serde_json::json!({
                    "kind": "mention", "channel": "town", "external_id": n.to_string(), "text": text,
                    "severity": severity,
                }));
                let raw = bytes::Bytes::from_static(b"{}");
                let inbound = Inbound::item(Arc::new(content.unwrap()), raw);
                running.hub.desk.submit(&channel, vec![inbound]).await.unwrap();
            }
            running.stop().await;
        });
    }

    pub fn start_hub(&mut self) {
        let child = self
            .command(&["hub", "--listen", "127.0.0.1:0"])
            .stderr(Stdio::null())
            .spawn();
        self.hub = Some(child.unwrap());
        wait(|| self.home.path().join("floor/door.json").exists());
        wait(|| self.run(&["items"]).status.success());
    }

    pub fn stop_hub(&mut self) {
        let mut hub = self.hub.take().unwrap();
        terminate(&hub);
        assert!(hub.wait().unwrap().success(), "SIGTERM ends it in order");
    }

    pub fn tail(&self) -> Lines {
        let mut child = self
            .command(&["tail", "--json", "chan:town"])
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        // It follows once it has said as whom; the snapshot comes before events.
        let mut told = String::new();
        BufReader::new(child.stderr.take().unwrap())
            .read_line(&mut told)
            .unwrap();
        assert!(told.starts_with("Following as owner"), "{told}");
        let lines = BufReader::new(child.stdout.take().unwrap());
        Lines { child, lines }
    }

    /// Reads one line of the output and hangs up; whether that was a success.
    pub fn piped_to_one_line(&self, args: &[&str]) -> bool {
        let mut child = self.command(args).stdout(Stdio::piped()).spawn().unwrap();
        drop(child.stdout.take());
        child.wait().unwrap().success()
    }

    /// A copy of a log in which `old` is `new`, of the same length.
    pub fn forge(&self, log: &str, old: &str, new: &str) -> String {
        let copy = self.path("forged.db");
        std::fs::copy(log, &copy).unwrap();
        let conn = rusqlite::Connection::open(&copy).unwrap();
        let (seq, body): (i64, Vec<u8>) = conn
            .query_row("SELECT seq, body FROM events WHERE seq = 2", [], |row| {
                Ok((row.get(0)?, row.get(1)?))
            })
            .unwrap();
        let at = body
            .windows(old.len())
            .position(|part| part == old.as_bytes())
            .unwrap();
        let mut forged = body;
        forged[at..at + new.len()].copy_from_slice(new.as_bytes());
        conn.execute("UPDATE events SET body = ?2 WHERE seq = ?1", (seq, forged))
            .unwrap();
        copy
    }

    /// Plays the demo until there are so many items; gives its folder.
    pub fn demo_until_items(&self, count: usize) -> String {
        let mut child = self
            .command(&["demo", "--headless", "--speed", "50"])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        let folder = line.split_whitespace().nth(1).unwrap().to_owned();
        let items = || {
            let mut command = self.command(&["items", "--json"]);
            command
                .env("WATCHFLOOR_HUB_DATA_DIR", &folder)
                .output()
                .unwrap()
        };
        wait(|| items().stdout.split(|byte| *byte == b'\n').count() > count);
        terminate(&child);
        assert!(child.wait().unwrap().success());
        folder
    }
}

impl Drop for Rig {
    fn drop(&mut self) {
        if let Some(mut hub) = self.hub.take() {
            hub.kill().ok();
            hub.wait().ok();
        }
    }
}

/// The stream of a `tail`.
pub struct Lines {
    child: Child,
    lines: BufReader<ChildStdout>,
}

impl Lines {
    /// The next event of that type.
    pub fn next_with(&mut self, name: &str) -> serde_json::Value {
        loop {
            let mut line = String::new();
            assert!(
                self.lines.read_line(&mut line).unwrap() > 0,
                "the stream ended"
            );
            let event: serde_json::Value = serde_json::from_str(&line).unwrap();
            if event["body"]["type"] == name {
                return event;
            }
        }
    }

    pub fn end(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

fn terminate(child: &Child) {
    let pid = child.id().to_string();
    assert!(
        Command::new("kill")
            .args(["-TERM", &pid])
            .status()
            .unwrap()
            .success()
    );
}

fn wait(mut until: impl FnMut() -> bool) {
    let start = Instant::now();
    while !until() {
        assert!(start.elapsed() < PATIENCE, "it did not happen in time");
        std::thread::sleep(Duration::from_millis(20));
    }
}
