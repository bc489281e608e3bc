//! The real program as a hub, in a folder of its own, to be killed and started
//! again.

use std::fs::OpenOptions;
use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use watchfloor::hub::auth::private;

use crate::stage::caller::Caller;
use crate::stage::{BEARER, PATIENCE};

/// A folder with configuration and secret for a hub that hears the generic
/// channel `town`.
pub(crate) struct Home {
    pub(crate) folder: tempfile::TempDir,
    pub(crate) address: SocketAddr,
}

impl Home {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        private::replace(&folder.path().join("bearer"), BEARER.as_bytes()).unwrap();
        let config = "[channels.town]\nfile = \"generic\"\n[channels.town.secrets]\nbearer = { file = \"bearer\" }\n";
        std::fs::write(folder.path().join("config.toml"), config).unwrap();
        // A port that was free a moment ago; consoles come back to the same one.
        let free = TcpListener::bind("127.0.0.1:0").unwrap();
        Self {
            address: free.local_addr().unwrap(),
            folder,
        }
    }

    pub(crate) fn data(&self) -> std::path::PathBuf {
        self.folder.path().join("data")
    }

    fn program(&self, verb: &str) -> Command {
        let mut program = Command::new(env!("CARGO_BIN_EXE_watchfloor"));
        program
            .arg("--config")
            .arg(self.folder.path().join("config.toml"))
            .arg(verb)
            .arg("--data-dir")
            .arg(self.data());
        program
    }

    /// Starts a hub; it may not answer yet.
    pub(crate) fn start(&self) -> Hub {
        let path = self.folder.path().join("hub.log");
        let log = OpenOptions::new()
            .create(true)
            .append(true)
            .open(&path)
            .unwrap();
        let mut program = self.program("hub");
        program.args(["--listen", &self.address.to_string()]);
        program
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log);
        Hub(program.spawn().unwrap())
    }

    /// What the hubs said, for a test that fails.
    pub(crate) fn said(&self) -> String {
        let said = std::fs::read_to_string(self.folder.path().join("hub.log"));
        let said = said.unwrap_or_default();
        let lines: Vec<&str> = said.lines().rev().take(30).collect();
        lines.join("\n")
    }

    /// Waits until the hub answers.
    pub(crate) async fn is_up(&self, http: &Caller) {
        let began = Instant::now();
        loop {
            if let Ok(answer) = http.try_send(http.request("GET", "/healthz")).await
                && answer.status == 200
            {
                return;
            }
            assert!(began.elapsed() < PATIENCE, "no hub: {}", self.said());
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    /// `watchfloor verify`.
    pub(crate) fn verify(&self) -> Output {
        self.program("verify").output().unwrap()
    }

    pub(crate) fn log(&self) -> std::path::PathBuf {
        let data = self.data();
        let data: &Path = &data;
        data.join("log.db")
    }
}

/// A hub's process. It does not outlive the test.
pub(crate) struct Hub(Child);

impl Hub {
    /// `kill -9`.
    pub(crate) fn kill(&mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

impl Drop for Hub {
    fn drop(&mut self) {
        // It may be gone already, then there is nothing to do.
        drop(self.0.kill());
        drop(self.0.wait());
    }
}
