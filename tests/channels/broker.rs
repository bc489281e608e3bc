//! MQTT and NATS against brokers of our own on loopback: nothing is acknowledged
//! before it is kept, and what was not is said again.

use std::time::Duration;

use bytes::BytesMut;
use rumqttc::mqttbytes::QoS;
use rumqttc::mqttbytes::v4::{
    ConnAck, ConnectReturnCode, Packet, Publish, SubAck, SubscribeReasonCode,
};
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use watchfloor::channels::IntakeError;
use watchfloor::channels::transport::cursors::InMemory;

use crate::support::{Recorder, Task, channel, config, content, now, with_secret};

/// A channel for the broker at `listener`.
fn start(kind: &str, listener: &TcpListener, intake: Recorder, vars: &[(&str, &str)]) -> Task {
    start_with(kind, listener, (intake, vars), &[])
}

/// The same with files of one's own.
fn start_with(
    kind: &str,
    listener: &TcpListener,
    (intake, vars): (Recorder, &[(&str, &str)]),
    files: &[&str],
) -> Task {
    let mut config = with_secret(config(kind), "password", "s3cret-word");
    let url = format!("{kind}://{}", listener.local_addr().unwrap());
    config.vars.insert("url".to_owned(), url);
    config
        .vars
        .insert("user".to_owned(), "watchfloor".to_owned());
    for (name, value) in vars {
        config.vars.insert((*name).to_owned(), (*value).to_owned());
    }
    config.allow_private = true;
    Task::start(&channel(config, files), intake, InMemory::default())
}

struct Mqtt(TcpStream, BytesMut);

impl Mqtt {
    async fn accept(listener: &TcpListener) -> Self {
        Self::over(listener.accept().await.unwrap().0)
    }

    fn over(stream: TcpStream) -> Self {
        Self(stream, BytesMut::new())
    }

    async fn packet(&mut self) -> Packet {
        loop {
            if let Ok(packet) = Packet::read(&mut self.1, 1 << 20) {
                return packet;
            }
            assert!(
                self.0.read_buf(&mut self.1).await.unwrap() > 0,
                "the channel hung up"
            );
        }
    }

    async fn say(&mut self, packet: Packet) {
        let mut bytes = BytesMut::new();
        packet.write(&mut bytes, 1 << 20).unwrap();
        self.0.write_all(&bytes).await.unwrap();
    }

    /// The welcome and the subscription.
    async fn welcome(&mut self) {
        let Packet::Connect(connect) = self.packet().await else {
            panic!("a CONNECT")
        };
        assert!(
            !connect.clean_session,
            "the broker keeps what comes meanwhile"
        );
        assert_eq!(connect.login.unwrap().password, "s3cret-word");
        self.say(Packet::ConnAck(ConnAck::new(
            ConnectReturnCode::Success,
            true,
        )))
        .await;
        let Packet::Subscribe(subscribe) = self.packet().await else {
            panic!("a SUBSCRIBE")
        };
        assert_eq!(
            (subscribe.filters[0].path.as_str(), subscribe.filters[0].qos),
            ("floor/#", QoS::AtLeastOnce)
        );
        let codes = vec![SubscribeReasonCode::Success(QoS::AtLeastOnce)];
        self.say(Packet::SubAck(SubAck::new(subscribe.pkid, codes)))
            .await;
    }

    async fn publish(&mut self, id: u16, body: &Value) {
        let mut publish = Publish::new("floor/pump", QoS::AtLeastOnce, body.to_string());
        publish.pkid = id;
        self.say(Packet::Publish(publish)).await;
    }
}

#[tokio::test]
async fn mqtt_acknowledges_what_is_kept_and_nothing_else() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let intake = Recorder::default();
    let task = start("mqtt", &listener, intake.clone(), &[("topics", "floor/#")]);
    let mut broker = Mqtt::accept(&listener).await;
    broker.welcome().await;
    broker
        .publish(1, &json!({"id": 1, "text": "Valve stuck"}))
        .await;
    let Packet::PubAck(ack) = broker.packet().await else {
        panic!("a PUBACK")
    };
    assert_eq!(ack.pkid, 1);
    let kept = task.intake.first(1).await;
    assert_eq!(content(&kept[0]).external_id.as_evidence(), "floor/pump#1");

    // While the hub can't keep it, there is no acknowledgement; the connection
    // breaks, and the broker says it again.
    intake
        .refusals
        .lock()
        .unwrap()
        .extend(vec![IntakeError::Busy; 400]);
    broker.publish(2, &json!({"id": 2, "text": "again"})).await;
    let silence = tokio::time::timeout(Duration::from_millis(150), broker.packet()).await;
    assert!(silence.is_err(), "acknowledged too early: {silence:?}");
    intake.refusals.lock().unwrap().clear();
    let Packet::PubAck(ack) = broker.packet().await else {
        panic!("a PUBACK")
    };
    assert_eq!(ack.pkid, 2);
    drop(broker);
    task.error("closed the connection").await;
    let mut broker = Mqtt::accept(&listener).await;
    broker.welcome().await;
    broker.publish(3, &json!("bare words")).await;
    let kept = task.intake.first(3).await;
    assert_eq!(content(&kept[2]).text.as_evidence(), "bare words");
    task.stop().await;
}

#[tokio::test]
async fn mqtt_brokers_that_refuse_or_are_none_are_told() {
    for (answer, words) in [
        (
            Packet::ConnAck(ConnAck::new(ConnectReturnCode::NotAuthorized, false)),
            "refuses the login",
        ),
        (Packet::PingResp, "does not welcome us"),
    ] {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let task = start(
            "mqtt",
            &listener,
            Recorder::default(),
            &[("topics", "floor/#")],
        );
        let mut broker = Mqtt::accept(&listener).await;
        broker.packet().await;
        broker.say(answer).await;
        task.error(words).await;
        task.stop().await;
    }
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let task = start(
        "mqtt",
        &listener,
        Recorder::default(),
        &[("topics", "floor/#")],
    );
    let mut broker = Mqtt::accept(&listener).await;
    broker.welcome().await;
    broker.say(Packet::PingResp).await;
    // A gigabyte is announced: not a byte of it is waited for.
    broker
        .0
        .write_all(&[0x30, 0xff, 0xff, 0xff, 0x7f])
        .await
        .unwrap();
    task.error("larger than this channel takes").await;
    task.stop().await;
}

struct Nats(BufReader<TcpStream>);

impl Nats {
    async fn accept(listener: &TcpListener) -> Self {
        Self::over(listener.accept().await.unwrap().0).await
    }

    async fn over(stream: TcpStream) -> Self {
        let mut nats = Self(BufReader::new(stream));
        nats.say("INFO {\"server_id\":\"x\",\"headers\":true}\r\n")
            .await;
        let hello = nats.line().await;
        let hello: Value = serde_json::from_str(hello.strip_prefix("CONNECT ").unwrap()).unwrap();
        assert_eq!(
            (&hello["user"], &hello["pass"]),
            (&json!("watchfloor"), &json!("s3cret-word"))
        );
        assert_eq!(nats.line().await, "PING");
        nats
    }

    async fn line(&mut self) -> String {
        let mut line = String::new();
        self.0.read_line(&mut line).await.unwrap();
        line.trim_end().to_owned()
    }

    async fn say(&mut self, words: &str) {
        self.0.write_all(words.as_bytes()).await.unwrap();
    }
}

#[tokio::test]
async fn nats_subjects_are_heard_and_pings_answered() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let task = start(
        "nats",
        &listener,
        Recorder::default(),
        &[("subjects", "floor.>")],
    );
    let mut broker = Nats::accept(&listener).await;
    broker.say("PONG\r\n").await;
    assert_eq!(broker.line().await, "SUB floor.> 0");
    broker.say("MSG floor.pump 0 19\r\n{\"id\":1,\"te").await;
    tokio::time::sleep(Duration::from_millis(20)).await;
    broker.say("xt\":\"a\"}\r\nPING\r\n").await;
    assert_eq!(broker.line().await, "PONG");
    let kept = task.intake.first(1).await;
    assert_eq!(content(&kept[0]).external_id.as_evidence(), "floor.pump#1");
    broker
        .say("-ERR 'Authorization Violation for s3cret-word'\r\n")
        .await;
    task.error("Authorization Violation for …").await;
    task.stop().await;
}

#[tokio::test]
async fn a_streams_messages_are_acknowledged_after_they_are_kept() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let intake = Recorder::default();
    intake.refusals.lock().unwrap().push_back(IntakeError::Busy);
    let vars = [
        ("subjects", "floor.>"),
        ("stream", "FLOOR"),
        ("durable", "hub"),
    ];
    let task = start("nats", &listener, intake, &vars);
    let mut broker = Nats::accept(&listener).await;
    broker.say("PONG\r\n").await;
    assert_eq!(broker.line().await, "SUB _INBOX.wf.> 0");
    assert!(
        broker
            .line()
            .await
            .starts_with("PUB $JS.API.CONSUMER.DURABLE.CREATE.FLOOR.hub _INBOX.wf.make.1 ")
    );
    let made: Value = serde_json::from_str(&broker.line().await).unwrap();
    assert_eq!(
        (
            &made["config"]["ack_policy"],
            &made["config"]["filter_subject"]
        ),
        (&json!("explicit"), &json!("floor.>"))
    );
    broker.say("MSG _INBOX.wf.make.1 0 2\r\n{}\r\n").await;
    assert!(
        broker
            .line()
            .await
            .starts_with("PUB $JS.API.CONSUMER.MSG.NEXT.FLOOR.hub _INBOX.wf.next.1 ")
    );
    broker.line().await;
    broker
        .say("MSG floor.pump 0 $JS.ACK.FLOOR.hub.1.1.1.1.0 19\r\n{\"id\":1,\"text\":\"a\"}\r\n")
        .await;
    assert_eq!(broker.line().await, "PUB $JS.ACK.FLOOR.hub.1.1.1.1.0 4");
    assert_eq!(broker.line().await, "+ACK");
    assert_eq!(
        task.intake.kept.lock().unwrap().len(),
        1,
        "kept before it is acknowledged"
    );
    assert_eq!(task.health.at(now()).error, None);
    task.stop().await;
}

/// A channel for a broker that asks nobody who he is.
fn anonymous(kind: &str, topics: &str, listener: &TcpListener) -> Task {
    let mut config = config(kind);
    let url = format!("{kind}://{}", listener.local_addr().unwrap());
    config.vars.insert("url".to_owned(), url);
    config.vars.insert(topics.to_owned(), "floor".to_owned());
    config.allow_private = true;
    let channel = channel(config, &[]);
    Task::start(&channel, Recorder::default(), InMemory::default())
}

#[tokio::test]
async fn a_broker_that_asks_nobody_who_he_is_needs_no_secret() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let task = anonymous("mqtt", "topics", &listener);
    let Packet::Connect(connect) = Mqtt::accept(&listener).await.packet().await else {
        panic!("a CONNECT")
    };
    assert_eq!(connect.login, None);
    task.stop().await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let task = anonymous("nats", "subjects", &listener);
    let mut broker = Nats(BufReader::new(listener.accept().await.unwrap().0));
    broker.say("INFO {\"server_id\":\"x\"}\r\n").await;
    let hello = broker.line().await;
    let hello: Value = serde_json::from_str(hello.strip_prefix("CONNECT ").unwrap()).unwrap();
    for name in ["user", "pass", "auth_token"] {
        assert_eq!(hello[name], Value::Null, "{name}");
    }
    task.stop().await;
}

/// A connection that is reset: the other side gets no end, but an error.
fn reset(socket: TcpStream) {
    socket.set_zero_linger().unwrap();
    drop(socket);
}

#[tokio::test]
async fn mqtt_that_is_reset_in_the_middle_of_a_packet_loses_and_doubles_nothing() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let task = start(
        "mqtt",
        &listener,
        Recorder::default(),
        &[("topics", "floor/#")],
    );
    let mut broker = Mqtt::accept(&listener).await;
    broker.welcome().await;
    broker.publish(1, &json!({"id": 1, "text": "a"})).await;
    assert!(matches!(broker.packet().await, Packet::PubAck(_)));
    // Half of the second packet, and the connection is gone.
    let mut publish = Publish::new("floor/pump", QoS::AtLeastOnce, "{\"id\":2,\"text\":\"b\"}");
    publish.pkid = 2;
    let mut bytes = BytesMut::new();
    publish.write(&mut bytes).unwrap();
    let half = bytes.len() / 2;
    broker.0.write_all(&bytes[..half]).await.unwrap();
    reset(broker.0);
    // A restart in the middle: accepted, and gone before the welcome.
    reset(Mqtt::accept(&listener).await.0);
    let mut broker = Mqtt::accept(&listener).await;
    broker.welcome().await;
    // What was not acknowledged is said again; so is what was, when its
    // acknowledgement got lost.
    for id in [1, 2] {
        publish.dup = true;
        broker
            .publish(id, &json!({"id": id, "text": "again"}))
            .await;
        let Packet::PubAck(ack) = broker.packet().await else {
            panic!("a PUBACK")
        };
        assert_eq!(ack.pkid, id);
    }
    let kept = task.intake.first(3).await;
    let ids: Vec<&str> = kept
        .iter()
        .map(|one| content(one).external_id.as_evidence())
        .collect();
    // The same id is the same item: the hub knows the repeat by it.
    assert_eq!(ids, ["floor/pump#1", "floor/pump#1", "floor/pump#2"]);
    assert_eq!(task.health.at(now()).error, None, "it is well again");
    task.stop().await;
}

#[tokio::test]
async fn nats_that_is_reset_in_the_middle_of_a_message_is_heard_again() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let vars = [("subjects", "floor.>")];
    let task = start("nats", &listener, Recorder::default(), &vars);
    let mut broker = Nats::accept(&listener).await;
    broker.say("PONG\r\n").await;
    assert_eq!(broker.line().await, "SUB floor.> 0");
    broker.say("MSG floor.pump 0 19\r\n{\"id\":1,").await;
    reset(broker.0.into_inner());
    // Half-open: the next one takes the connection and never says a word.
    let silent = listener.accept().await.unwrap();
    reset(silent.0);
    let mut broker = Nats::accept(&listener).await;
    broker.say("PONG\r\n").await;
    assert_eq!(broker.line().await, "SUB floor.> 0");
    broker
        .say("MSG floor.pump 0 19\r\n{\"id\":1,\"text\":\"a\"}\r\n")
        .await;
    let kept = task.intake.first(1).await;
    assert_eq!(kept.len(), 1, "half a message is none");
    assert_eq!(content(&kept[0]).external_id.as_evidence(), "floor.pump#1");
    task.stop().await;
}

#[tokio::test]
async fn a_stream_says_again_what_was_not_acknowledged_before_the_break() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let intake = Recorder::default();
    let vars = [
        ("subjects", "floor.>"),
        ("stream", "FLOOR"),
        ("durable", "hub"),
    ];
    let task = start("nats", &listener, intake.clone(), &vars);
    let message =
        "MSG floor.pump 0 $JS.ACK.FLOOR.hub.1.1.1.1.0 19\r\n{\"id\":1,\"text\":\"a\"}\r\n";
    // The hub can't keep it, and the broker is restarted in between.
    intake
        .refusals
        .lock()
        .unwrap()
        .extend(vec![IntakeError::Busy; 400]);
    let mut broker = Nats::accept(&listener).await;
    asked_for_the_next(&mut broker).await;
    broker.say(message).await;
    let early = tokio::time::timeout(Duration::from_millis(100), broker.line()).await;
    assert!(early.is_err(), "acknowledged before it was kept: {early:?}");
    reset(broker.0.into_inner());
    intake.refusals.lock().unwrap().clear();
    let mut broker = Nats::accept(&listener).await;
    asked_for_the_next(&mut broker).await;
    broker.say(message).await;
    assert_eq!(broker.line().await, "PUB $JS.ACK.FLOOR.hub.1.1.1.1.0 4");
    let kept = task.intake.kept.lock().unwrap().clone();
    let same = |one| content(one).external_id.as_evidence() == "floor.pump#1";
    assert!(!kept.is_empty() && kept.iter().all(same), "{kept:?}");
    task.stop().await;
}

/// The stream's consumer is made, and its next message asked for.
async fn asked_for_the_next(broker: &mut Nats) {
    broker.say("PONG\r\n").await;
    let mut line = String::new();
    while !line.contains("CONSUMER.DURABLE.CREATE") {
        line = broker.line().await;
    }
    broker.line().await;
    broker.say("MSG _INBOX.wf.make.1 0 2\r\n{}\r\n").await;
    while !line.contains("CONSUMER.MSG.NEXT") {
        line = broker.line().await;
    }
    broker.line().await;
}

/// The built-in file with a keep-alive that a test can wait for.
fn hurried(kind: &str) -> String {
    let path = format!(
        "{}/src/channels/catalogue/{kind}.toml",
        env!("CARGO_MANIFEST_DIR")
    );
    let file = std::fs::read_to_string(path).unwrap();
    let transport = format!("transport = \"{kind}\"");
    assert!(file.contains(&transport) && !file.contains("keep_alive"));
    file.replace(&transport, &format!("{transport}\nkeep_alive = \"1s\""))
}

/// A channel of the hurried file `kind`, and the broker that it will call.
async fn hurried_channel(kind: &str, vars: (&str, &str)) -> (Task, TcpListener) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let own = hurried(kind);
    let task = start_with(kind, &listener, (Recorder::default(), &[vars]), &[&own]);
    (task, listener)
}

/// Serves each connection with `serves` until `came`: on a busy machine the hub may
/// take a broker that is only slow for gone as well, and calls once more.
async fn served<F: Future<Output = ()> + Send + 'static>(
    listener: &TcpListener,
    serves: impl Fn(TcpStream) -> F,
    came: impl Future,
) {
    let mut connections = tokio::task::JoinSet::new();
    let calls = async {
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            connections.spawn(serves(stream));
        }
    };
    tokio::select! {
        () = calls => {}
        _ = came => {}
    }
}

#[tokio::test]
async fn brokers_that_are_gone_without_a_word_are_noticed_and_called_anew() {
    let mqtt = async {
        let (task, listener) = hurried_channel("mqtt", ("topics", "floor/#")).await;
        let mut gone = Mqtt::accept(&listener).await;
        gone.welcome().await;
        assert!(matches!(gone.packet().await, Packet::PingReq));
        task.error("not even an answer to a ping").await;
        // The old connection is still open on the broker's side.
        let again = |stream| async move {
            let mut broker = Mqtt::over(stream);
            broker.welcome().await;
            let said = json!({"id": 1, "text": "here again"});
            broker.publish(1, &said).await;
            while !matches!(broker.packet().await, Packet::Disconnect) {}
        };
        served(&listener, again, task.intake.first(1)).await;
        task.stop().await;
    };
    let nats = async {
        let (task, listener) = hurried_channel("nats", ("subjects", "floor.>")).await;
        let mut gone = Nats::accept(&listener).await;
        gone.say("PONG\r\n").await;
        assert_eq!(gone.line().await, "SUB floor.> 0");
        assert_eq!(gone.line().await, "PING");
        task.error("not even an answer to a ping").await;
        let again = |stream| async move {
            let mut broker = Nats::over(stream).await;
            broker.say("PONG\r\n").await;
            assert_eq!(broker.line().await, "SUB floor.> 0");
            let said = "MSG floor.pump 0 19\r\n{\"id\":1,\"text\":\"a\"}\r\n";
            broker.say(said).await;
            while !broker.line().await.is_empty() {}
        };
        served(&listener, again, task.intake.first(1)).await;
        task.stop().await;
    };
    tokio::join!(mqtt, nats);
}
