//! Real peers: `brokers` (mosquitto, nats-server), `mail` (Dovecot and Exim),
//! `icinga`, `matrix` (Synapse), `nostr` (a relay), `telegram` (an emulator),
//! `signers` and `requests` (vendors' libraries and types).
//! Skipped unless `WATCHFLOOR_PEERS=1`: `.ci/peers` installs what they need and
//! sets it.

mod brokers;
mod clients;
mod icinga;
mod mail;
mod matrix;
mod nostr;
mod requests;
mod signers;
mod telegram;

use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpStream;
use watchfloor::channels::health::State;
use watchfloor::channels::registry::Channel;
use watchfloor::channels::reply::{Act, Outcome, Outgoing, send};
use watchfloor::model::item::Content;

use crate::support::{HUNG, Task, now};

fn wanted(test: &str) -> bool {
    let wanted = std::env::var_os("WATCHFLOOR_PEERS").is_some_and(|value| value == "1");
    if !wanted {
        println!("{test}: skipped, because WATCHFLOOR_PEERS is not 1; .ci/peers runs it.");
    }
    wanted
}

/// A peer's process; it ends with the test.
struct Peer(Child);

impl Drop for Peer {
    fn drop(&mut self) {
        // Asked first, so that it takes its own children with it.
        let pid = self.0.id().to_string();
        drop(Command::new("kill").args(["-TERM", &pid]).status());
        drop(self.0.wait());
    }
}

fn free_port() -> u16 {
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    free.local_addr().unwrap().port()
}

/// Starts `program` and waits until something listens at `port`.
async fn start(program: &str, args: &[&str], port: u16) -> Peer {
    let mut command = Command::new(program);
    command
        .args(args)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    let peer = Peer(
        command
            .spawn()
            .unwrap_or_else(|e| panic!("{program} can't be started: {e}")),
    );
    let up = async {
        while TcpStream::connect(("127.0.0.1", port)).await.is_err() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(HUNG, up)
        .await
        .unwrap_or_else(|_| panic!("{program} does not listen"));
    peer
}

/// Runs a peer's own tool to its end, and gives what it said.
fn run(program: &str, args: &[&str]) -> String {
    let done = Command::new(program)
        .args(args)
        .stdin(Stdio::null())
        .output();
    let done = done.unwrap_or_else(|e| panic!("{program} can't be started: {e}"));
    let said = String::from_utf8_lossy(&done.stdout).into_owned();
    let wrong = String::from_utf8_lossy(&done.stderr);
    assert!(done.status.success(), "{program} {args:?}: {said}{wrong}");
    said
}

/// Says which version of a peer this is.
fn version(program: &str, args: &[&str]) {
    let said = run(program, args);
    println!("{program}: {}", said.lines().next().unwrap_or(""));
}

/// A program of those that `.ci/peers` installs into a folder of its own.
fn tool(name: &str) -> String {
    let own = std::env::var("WATCHFLOOR_TOOLS").unwrap_or_default();
    format!("{own}/bin/{name}")
}

/// A folder that the peers' own users may enter.
fn folder() -> tempfile::TempDir {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let open = std::fs::Permissions::from_mode(0o755);
    std::fs::set_permissions(folder.path(), open).unwrap();
    folder
}

async fn up(task: &Task) {
    let waits = async {
        while task.health.at(now()).state != State::Up {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    let outcome = tokio::time::timeout(HUNG, waits).await;
    outcome.unwrap_or_else(|_| panic!("it never came up: {:?}", task.health.at(now()).error));
}

/// One attempt at `act` on `item`.
async fn act(
    channel: &Arc<Channel>,
    act: Act,
    (id, text): (&str, &str),
    item: &Content,
) -> Outcome {
    let outgoing = Outgoing {
        id,
        text,
        item,
        officer: "Officer Seven",
        until: None,
        ends: "",
        now: now(),
    };
    send(channel, act, &outgoing).await
}
