//! A peer's process in a folder of its own; it ends with the test.

use std::fs::File;
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use crate::stage::PATIENCE;

/// A port that was free a moment ago.
pub(crate) fn free_port() -> u16 {
    let free = TcpListener::bind("127.0.0.1:0").unwrap();
    free.local_addr().unwrap().port()
}

/// A running peer.
pub(crate) struct Peer {
    child: Child,
    name: &'static str,
}

impl Peer {
    /// Starts `program`; what it says goes into a file in `folder`.
    pub(crate) fn start(name: &'static str, folder: &Path, args: &[String]) -> Self {
        Self::start_at(name, Path::new(name), folder, args)
    }

    /// The same, for a program that has to be called by its whole path.
    pub(crate) fn start_at(
        name: &'static str,
        program: &Path,
        folder: &Path,
        args: &[String],
    ) -> Self {
        let said = File::create(folder.join(format!("{name}.log"))).unwrap();
        let child = Command::new(program)
            .args(args)
            .stdin(Stdio::null())
            .stdout(said.try_clone().unwrap())
            .stderr(said)
            .spawn();
        let child = child.unwrap_or_else(|error| panic!("{name} can't be started: {error}"));
        Self { child, name }
    }

    /// Waits until something listens at the port.
    pub(crate) async fn listens(&mut self, port: u16, folder: &Path) {
        let up = async {
            while tokio::net::TcpStream::connect(("127.0.0.1", port))
                .await
                .is_err()
            {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        let came = tokio::time::timeout(PATIENCE, up).await.is_ok();
        let ended = self.child.try_wait().unwrap();
        let said = std::fs::read_to_string(folder.join(format!("{}.log", self.name)));
        assert!(came && ended.is_none(), "{}: {ended:?} {said:?}", self.name);
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        // Asked first, so that it takes its own children with it.
        let pid = self.child.id().to_string();
        drop(Command::new("kill").args(["-TERM", &pid]).status());
        for _ in 0..100 {
            if matches!(self.child.try_wait(), Ok(Some(_))) {
                return;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
