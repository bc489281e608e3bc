//! A hub on port 0 with a store in a temporary folder, and consoles that speak
//! frames over a real socket.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};
use watchfloor::channels::Intake;
use watchfloor::config;
use watchfloor::hub::auth::{Accounts, NewOfficer};
use watchfloor::hub::floor;
use watchfloor::hub::serve::{Plan, Running, start};
use watchfloor::model::command::{Command, Outcome, Target, Verb};
use watchfloor::model::event::Event;
use watchfloor::model::ids::{ChannelName, CommandId, Epoch, ItemKey, OfficerId, Seq};
use watchfloor::model::inbound::{Inbound, Receipt};
use watchfloor::model::item::{Content, Kind};
use watchfloor::model::officer::{Desks, Officer, Role};
use watchfloor::model::time::{Clock, SystemClock};
use watchfloor::wire::frames::{ClientFrame, ServerFrame, Window};

/// Longer than anything here takes, also on a busy machine.
const PATIENCE: Duration = Duration::from_mins(1);

pub struct Rig {
    pub running: Running,
    folder: tempfile::TempDir,
    tokens: std::collections::BTreeMap<String, String>,
}

fn plan(folder: &std::path::Path) -> Plan {
    let config = config::resolve(None, &[]).expect("the defaults");
    let floor = floor::read(&config).expect("the default floor");
    let owner = OfficerId::new("owner").expect("a name");
    Plan::embedded(folder.to_owned(), floor, config.page, owner)
}

impl Rig {
    pub async fn start() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let now = SystemClock.now();
        let mut tokens = std::collections::BTreeMap::new();
        Accounts::change(folder.path(), |accounts| {
            for name in ["ana", "ben", "carla", "eve"] {
                let role = if name == "eve" {
                    Role::Viewer
                } else {
                    Role::Officer
                };
                let token = accounts.add(account(name, role), now)?;
                tokens.insert(name.to_owned(), token.reveal().to_owned());
            }
            Ok(())
        })
        .expect("accounts");
        let running = start(plan(folder.path())).await.expect("a hub");
        Self {
            running,
            folder,
            tokens,
        }
    }

    pub async fn start_second(&self) -> String {
        match start(plan(self.folder.path())).await {
            Ok(_) => "it started".to_owned(),
            Err(error) => error.to_string(),
        }
    }

    pub async fn restart(self) -> Self {
        let Self {
            running,
            folder,
            tokens,
        } = self;
        running.stop().await;
        let running = start(plan(folder.path())).await.expect("a hub");
        Self {
            running,
            folder,
            tokens,
        }
    }

    pub async fn stop(self) {
        self.running.stop().await;
    }

    pub fn token(&self, officer: &str) -> String {
        self.tokens[officer].clone()
    }

    pub fn officer(name: &str) -> Arc<Officer> {
        Arc::new(Officer {
            id: OfficerId::new(name).expect("a name"),
            role: Role::Officer,
            desks: Desks::All,
            teams: std::collections::BTreeSet::new(),
        })
    }

    /// Delivers posts whose text is their id.
    pub async fn post(&self, texts: &[&str]) -> Vec<Receipt> {
        self.deliver(texts.iter().map(|text| (*text, *text)).collect())
            .await
    }

    pub async fn post_as(&self, id: &str, text: &str) -> Vec<Receipt> {
        self.deliver(vec![(id, text)]).await
    }

    async fn deliver(&self, posts: Vec<(&str, &str)>) -> Vec<Receipt> {
        let inbound = posts.into_iter().map(|(id, text)| inbound(id, text));
        self.running
            .hub
            .desk
            .submit(&town(), inbound.collect())
            .await
            .expect("stored")
    }

    pub async fn join(&self, officer: &str) -> Console {
        self.open(officer, None, Seq(0)).await
    }

    pub async fn join_viewer(&self, officer: &str) -> Console {
        self.open(officer, None, Seq(0)).await
    }

    pub async fn resume(&self, officer: &str, epoch: Epoch, seq: Seq) -> Console {
        self.open(officer, Some(epoch), seq).await
    }

    async fn open(&self, officer: &str, epoch: Option<Epoch>, seq: Seq) -> Console {
        let token = self.token(officer);
        let mut console = Console::open(self.running.address, &token, epoch, seq).await;
        loop {
            match console.frame().await {
                ServerFrame::Hello(hello) => console.epoch = hello.epoch,
                // The last frame of a session's opening.
                ServerFrame::Health { .. } => return console,
                _ => {}
            }
        }
    }
}

/// The channel that posts come by.
pub fn town() -> ChannelName {
    ChannelName::new("town").expect("a channel")
}

/// A post of the town's.
pub fn inbound(id: &str, text: &str) -> Inbound {
    let content = Content::new(Kind::Mention, town(), id.into(), text.into());
    Inbound::item(Arc::new(content), text.as_bytes().to_vec().into())
}

pub fn account(name: &str, role: Role) -> NewOfficer {
    NewOfficer {
        id: OfficerId::new(name).expect("a name"),
        role,
        desks: Desks::All,
        teams: std::collections::BTreeSet::new(),
        good_for: Duration::from_hours(1),
        certificates: std::collections::BTreeSet::new(),
    }
}

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

pub struct Console {
    socket: Socket,
    pub epoch: Epoch,
    pub last: Seq,
    pub items: Vec<ItemKey>,
}

impl Console {
    /// Resumes after `seq`, and has read nothing yet.
    pub async fn resume(address: SocketAddr, token: &str, epoch: Epoch, seq: Seq) -> Self {
        Self::open(address, token, Some(epoch), seq).await
    }

    async fn open(address: SocketAddr, token: &str, epoch: Option<Epoch>, seq: Seq) -> Self {
        let dialed = Self::dial(address, Some(token), "watchfloor.v1").await;
        let mut socket = dialed.expect("a session");
        let resume = ClientFrame::Resume {
            epoch,
            seq,
            window: Window::default(),
        };
        let text = serde_json::to_string(&resume).expect("a frame");
        socket.send(Message::text(text)).await.expect("sent");
        Self {
            socket,
            epoch: epoch.unwrap_or(Epoch(uuid::Uuid::nil())),
            last: seq,
            items: Vec::new(),
        }
    }

    /// Dials; the HTTP status when it is refused.
    pub async fn dial(
        address: SocketAddr,
        token: Option<&str>,
        protocol: &str,
    ) -> Result<Socket, u16> {
        let mut request = format!("ws://{address}/v1/stream")
            .into_client_request()
            .expect("a request");
        let headers = request.headers_mut();
        headers.insert(
            "sec-websocket-protocol",
            protocol.parse().expect("a header"),
        );
        if let Some(token) = token {
            headers.insert(
                "authorization",
                format!("Bearer {token}").parse().expect("a header"),
            );
        }
        match tokio_tungstenite::connect_async(request).await {
            Ok((socket, _)) => Ok(socket),
            Err(Error::Http(response)) => Err(response.status().as_u16()),
            Err(error) => panic!("{error}"),
        }
    }

    pub async fn frame(&mut self) -> ServerFrame {
        loop {
            let message = tokio::time::timeout(PATIENCE, self.socket.next())
                .await
                .expect("a frame in time");
            let message = message.expect("the session lives").expect("a message");
            let Message::Text(text) = message else {
                continue;
            };
            let frame: ServerFrame = serde_json::from_str(&text).expect("a frame");
            match &frame {
                ServerFrame::Items(items) => {
                    self.items.extend(items.items.iter().map(|item| item.key));
                    self.last = self.last.max(items.at);
                }
                ServerFrame::Events(events) => self.last = self.last.max(events.to),
                _ => {}
            }
            return frame;
        }
    }

    pub async fn first_item(&mut self) -> ItemKey {
        while self.items.is_empty() {
            self.frame().await;
        }
        self.items[0]
    }

    pub async fn events(&mut self) -> Vec<Event> {
        loop {
            if let ServerFrame::Events(events) = self.frame().await
                && !events.events.is_empty()
            {
                return events.events;
            }
        }
    }

    pub async fn outcome(&mut self) -> Outcome {
        loop {
            if let ServerFrame::Reply { outcome } = self.frame().await {
                return outcome;
            }
        }
    }

    /// A sign of life.
    pub async fn pong(&mut self) {
        let text = serde_json::to_string(&ClientFrame::Pong).expect("a frame");
        self.socket.send(Message::text(text)).await.expect("sent");
    }

    pub async fn send_command(&mut self, command: &Command) {
        let frame = ClientFrame::Command {
            command: command.clone(),
        };
        let text = serde_json::to_string(&frame).expect("a frame");
        self.socket.send(Message::text(text)).await.expect("sent");
    }
}

pub fn command(verb: Verb, target: &ItemKey) -> Command {
    Command {
        id: CommandId(uuid::Uuid::now_v7()),
        verb,
        targets: vec![Target {
            key: *target,
            version: None,
        }],
        note: "a note".into(),
    }
}

pub fn take(target: &ItemKey) -> Command {
    Command {
        note: "".into(),
        ..command(Verb::Take, target)
    }
}
