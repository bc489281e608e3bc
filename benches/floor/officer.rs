//! An officer who works on in the flood: a console that gives a command every
//! few milliseconds and waits for its answer.

use std::cell::{Cell, RefCell};
use std::time::{Duration, Instant};

use anyhow::Result;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use watchfloor::model::command::{Command, Target, Verb};
use watchfloor::model::ids::{ChannelName, CommandId, ItemKey};
use watchfloor::wire::frames::ClientFrame;

use crate::child::{CHANNEL, Other};
use crate::consoles::{Frames, dial, masked, read};

/// Between an answer and the next command: about 30 a second, as the hub
/// allows one session 50.
const PAUSE: Duration = Duration::from_millis(30);

/// How an answer begins.
const REPLY: &[u8] = br#"{"type":"reply""#;

/// The console, through with its snapshot.
pub(crate) struct OfficerConsole {
    stream: TcpStream,
    frames: RefCell<Frames>,
    taken: Cell<bool>,
}

impl OfficerConsole {
    /// Connects and takes the snapshot.
    pub(crate) async fn connect(hub: &Other) -> Result<Self> {
        let console = Self {
            stream: dial(&hub.address, &hub.token, r#"{"type":"resume"}"#).await?,
            frames: RefCell::default(),
            taken: Cell::new(false),
        };
        while !console.receive(br#"{"type":"health""#).await? {}
        Ok(console)
    }

    /// Takes and releases the first filled item until `until`; how long each
    /// answer took.
    pub(crate) async fn work(&mut self, until: Instant) -> Result<Vec<Duration>> {
        let mut delays = Vec::new();
        while Instant::now() < until {
            delays.push(self.command().await?);
            let next = tokio::time::sleep(PAUSE);
            tokio::pin!(next);
            loop {
                tokio::select! {
                    read = self.receive(REPLY) => drop(read?),
                    () = &mut next => break,
                }
            }
        }
        Ok(delays)
    }

    async fn command(&mut self) -> Result<Duration> {
        let verb = if self.taken.replace(!self.taken.get()) {
            Verb::Release
        } else {
            Verb::Take
        };
        let command = Command {
            id: CommandId(uuid::Uuid::now_v7()),
            verb,
            targets: vec![Target {
                key: ItemKey::of(&ChannelName::new(CHANNEL)?, "filled-0"),
                version: None,
            }],
            note: "".into(),
        };
        let frame = serde_json::to_string(&ClientFrame::Command { command })?;
        let began = Instant::now();
        self.stream.write_all(&masked(&frame)).await?;
        while !self.receive(REPLY).await? {}
        Ok(began.elapsed())
    }

    /// Reads what came; whether a frame that begins so was in it.
    async fn receive(&self, kind: &[u8]) -> Result<bool> {
        let mut answered = false;
        read(&self.stream, |data| {
            self.frames.borrow_mut().take(data, 32, |front, _| {
                answered |= front.starts_with(kind);
            });
        })
        .await?;
        Ok(answered)
    }
}
