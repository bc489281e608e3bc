//! A hub of which the test is the mind: it accepts, says and reads what the
//! test wants, on a port of its own.

use std::sync::Arc;
use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::handshake::server::{ErrorResponse, Request, Response};
use watchfloor::link::{Link, LinkHandle, LinkSettings, News, Timings, Token};
use watchfloor::model::command::{Command, Outcome, Verb};
use watchfloor::model::event::{Actor, Body, Cause, Event};
use watchfloor::model::ids::{CommandId, Epoch, OfficerId, Seq};
use watchfloor::model::officer::{Desks, Role};
use watchfloor::model::time::{SystemClock, Timestamp};
use watchfloor::text::Untrusted;
use watchfloor::wire::codec::{self, Form, Packet};
use watchfloor::wire::frames::{ClientFrame, Events, Hello, Items, Part, Roster, ServerFrame};
use watchfloor::wire::limits::Limits;

/// Nothing here takes so long; a test that waits longer hangs.
const PATIENCE: Duration = Duration::from_secs(20);

pub(crate) async fn soon<T>(what: &str, future: impl Future<Output = T>) -> T {
    tokio::time::timeout(PATIENCE, future)
        .await
        .unwrap_or_else(|_| panic!("waited in vain for {what}"))
}

pub(crate) struct FakeHub {
    listener: TcpListener,
}

pub(crate) struct Peer {
    pub(crate) socket: WebSocketStream<TcpStream>,
    pub(crate) authorization: Option<String>,
    form: Form,
}

impl FakeHub {
    pub(crate) async fn bind() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        Self { listener }
    }

    pub(crate) fn settings(&self) -> LinkSettings {
        let port = self.listener.local_addr().expect("is bound").port();
        let hub = format!("http://127.0.0.1:{port}");
        let mut settings = LinkSettings::new(hub, Some(Token::new("sesame")));
        settings.timings = Timings {
            longest_wait: Duration::from_millis(20),
            ..Timings::default()
        };
        settings
    }

    pub(crate) async fn tcp(&self) -> TcpStream {
        let accepted = soon("a connection", self.listener.accept()).await;
        accepted.expect("accepts").0
    }

    /// Accepts a stream in the first form that the console offers.
    pub(crate) async fn accept(&self) -> Peer {
        let stream = self.tcp().await;
        let (mut authorization, mut form) = (None, Form::Json);
        let shake = |request: &Request, mut response: Response| {
            let text = |name: &str| {
                let value = request.headers().get(name)?.to_str().ok()?;
                Some(value.to_owned())
            };
            authorization = text("authorization");
            let offered = text("sec-websocket-protocol").unwrap_or_default();
            form = Form::choose(offered.split(',')).expect("offers a form");
            let chosen = form.protocol().parse().expect("a header");
            response
                .headers_mut()
                .insert("sec-websocket-protocol", chosen);
            Ok::<_, ErrorResponse>(response)
        };
        let accepted = tokio_tungstenite::accept_hdr_async(stream, shake);
        let socket = soon("a handshake", accepted).await.expect("shakes hands");
        Peer {
            socket,
            authorization,
            form,
        }
    }

    /// Answers the next try with plain HTTP.
    pub(crate) async fn answer_http(&self, head: &str) {
        use tokio::io::{AsyncReadExt, AsyncWriteExt};
        let mut stream = self.tcp().await;
        let mut request = [0; 2048];
        let read = stream.read(&mut request).await.expect("a request");
        assert!(read > 0);
        let answer = format!("HTTP/1.1 {head}\r\ncontent-length: 0\r\n\r\n");
        stream.write_all(answer.as_bytes()).await.expect("answers");
        stream.shutdown().await.expect("shuts down");
    }
}

impl Peer {
    pub(crate) async fn say(&mut self, frame: &ServerFrame) {
        let message = match codec::pack(frame, self.form).expect("fits") {
            Packet::Text(json) => Message::Text(json.try_into().expect("JSON is text")),
            Packet::Binary(bytes) => Message::Binary(bytes),
        };
        self.socket.send(message).await.expect("the console reads");
    }

    pub(crate) async fn hear(&mut self) -> ClientFrame {
        loop {
            let message = soon("a frame", self.socket.next()).await;
            match message.expect("the console is there").expect("a message") {
                Message::Text(text) => {
                    return codec::read_client(&Packet::Text(text.into())).expect("a frame");
                }
                Message::Ping(_) | Message::Pong(_) => {}
                other => panic!("not a frame: {other:?}"),
            }
        }
    }

    pub(crate) async fn hear_resume(&mut self) -> (Option<Epoch>, u64) {
        match self.hear().await {
            ClientFrame::Resume { epoch, seq, .. } => (epoch, seq.0),
            other => panic!("not resume: {other:?}"),
        }
    }

    pub(crate) async fn hear_command(&mut self) -> Command {
        loop {
            match self.hear().await {
                ClientFrame::Command { command } => return command,
                ClientFrame::Presence { .. } | ClientFrame::View { .. } => {}
                other => panic!("not a command: {other:?}"),
            }
        }
    }

    /// Hello and a snapshot that is true at `at`, with the log's head there.
    pub(crate) async fn begin(&mut self, epoch: Epoch, at: u64) {
        self.hear_resume().await;
        self.say(&hello(epoch, at)).await;
        self.say(&snapshot(at)).await;
    }

    /// The connection breaks without a goodbye.
    pub(crate) fn cut(self) {
        let stream = self.socket.into_inner();
        let reset = stream.set_zero_linger();
        reset.expect("the socket is open");
    }
}

/// A console's end: the handle and the news so far.
pub(crate) struct Console {
    pub(crate) link: LinkHandle,
    pub(crate) news: mpsc::Receiver<News>,
}

impl Console {
    pub(crate) fn start(settings: LinkSettings) -> Self {
        let (link, news) = Link::start(settings, Arc::new(SystemClock));
        Self { link, news }
    }

    /// The next news that `pick` is about; what comes before is passed over.
    pub(crate) async fn wait<T>(
        &mut self,
        what: &str,
        mut pick: impl FnMut(&News) -> Option<T>,
    ) -> T {
        let search = async {
            loop {
                let news = self.news.recv().await.expect("the link goes on");
                if let Some(found) = pick(&news) {
                    return found;
                }
            }
        };
        soon(what, search).await
    }

    pub(crate) async fn wait_caught_up(&mut self) {
        self.wait("being caught up", |news| {
            matches!(news, News::CaughtUp).then_some(())
        })
        .await;
    }

    /// The numbers of the events up to and with `last`.
    pub(crate) async fn events_until(&mut self, last: u64) -> Vec<u64> {
        let mut seen = Vec::new();
        self.wait("events", |news| {
            if let News::Events(events) = news {
                seen.extend(events.events.iter().map(|event| event.seq.0));
                return (events.to >= Seq(last)).then_some(());
            }
            None
        })
        .await;
        seen
    }

    pub(crate) async fn wait_down(&mut self) -> (String, Option<Duration>) {
        self.wait("the link to be down", |news| match news {
            News::Down { why, retry_in, .. } => Some((why.clone(), *retry_in)),
            _ => None,
        })
        .await
    }
}

pub(crate) fn epoch(n: u128) -> Epoch {
    Epoch(uuid::Uuid::from_u128(n))
}

pub(crate) fn hello(epoch: Epoch, head: u64) -> ServerFrame {
    ServerFrame::Hello(Box::new(Hello {
        epoch,
        head: Seq(head),
        officer: OfficerId::new("officer1").expect("a name"),
        role: Role::Officer,
        desks: Desks::All,
        teams: Vec::new(),
        roster: Roster::default(),
        zone: "UTC".into(),
        now: Timestamp::default(),
        // High, so that no test waits for the bucket to fill.
        limits: Limits {
            commands_per_second: 1000,
            ..Limits::default()
        },
        version: "0".into(),
        demo: false,
    }))
}

pub(crate) fn snapshot(at: u64) -> ServerFrame {
    ServerFrame::Items(Items {
        at: Seq(at),
        items: Vec::new(),
        suppressions: Vec::new(),
        part: Part::Only,
    })
}

pub(crate) fn events(from: u64, to: u64) -> ServerFrame {
    let event = |seq| Event {
        seq: Seq(seq),
        at: Timestamp::default(),
        actor: Actor::Hub,
        cause: Cause::Clock,
        key: None,
        id: None,
        desk: None,
        body: Body::ItemReopened,
    };
    ServerFrame::Events(Events {
        from: Seq(from),
        to: Seq(to),
        events: (from..=to).map(event).collect(),
    })
}

pub(crate) fn command(n: u128) -> Command {
    Command {
        id: CommandId(uuid::Uuid::from_u128(n)),
        verb: Verb::Note,
        targets: Vec::new(),
        note: Untrusted::from("called the waterworks"),
    }
}

pub(crate) fn reply(command: &Command) -> ServerFrame {
    ServerFrame::Reply {
        outcome: Outcome {
            command: command.id,
            verb: command.verb.name(),
            seq: Some(Seq(1)),
            items: Vec::new(),
            refused: None,
        },
    }
}
