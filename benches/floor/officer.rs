//! An officer who works on in the flood: a console that gives a command every
//! few milliseconds and waits for its answer.

use std::cell::{Cell, RefCell};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
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

/// The console, resumed at the head: without a snapshot.
pub(crate) struct OfficerConsole {
    stream: TcpStream,
    frames: RefCell<Frames>,
    taken: Cell<bool>,
}

impl OfficerConsole {
    /// Connects.
    pub(crate) async fn connect(hub: &Other) -> Result<Self> {
        let first = dial(&hub.address, &hub.token, r#"{"type":"resume"}"#).await?;
        let (mut frames, mut hello) = (Frames::default(), None);
        while hello.is_none() {
            read(&first, |data| {
                frames.take(data, 1 << 16, |payload, _| {
                    let value: Option<serde_json::Value> = serde_json::from_slice(payload).ok();
                    hello = hello.take().or(value.filter(|v| v["type"] == "hello"));
                });
            })
            .await?;
        }
        let hello = hello.context("a hello")?;
        let resume = serde_json::json!({
            "type": "resume", "epoch": hello["epoch"], "seq": hello["head"],
        });
        Ok(Self {
            stream: dial(&hub.address, &hub.token, &resume.to_string()).await?,
            frames: RefCell::default(),
            taken: Cell::new(false),
        })
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
                    read = self.receive() => drop(read?),
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
        while !self.receive().await? {}
        Ok(began.elapsed())
    }

    /// Reads what came; whether an answer was in it.
    async fn receive(&self) -> Result<bool> {
        let mut answered = false;
        read(&self.stream, |data| {
            self.frames.borrow_mut().take(data, 32, |front, _| {
                answered |= front.starts_with(br#"{"type":"reply""#);
            });
        })
        .await?;
        Ok(answered)
    }
}
