//! Debian's mosquitto and nats-server: also what came while we were away.

use std::sync::Arc;
use std::time::Duration;

use bytes::BytesMut;
use rumqttc::mqttbytes::QoS;
use rumqttc::mqttbytes::v4::{Connect, Packet, Publish};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use watchfloor::channels::registry::Channel;
use watchfloor::channels::transport::cursors::InMemory;

use super::{free_port, start, up, wanted};
use crate::server::ids;
use crate::support::{Recorder, Task, channel, config, content, with_secret};

fn own(file: &str, vars: &[(&str, String)]) -> Arc<Channel> {
    let mut config = with_secret(config(file), "password", "s3cret");
    for (name, value) in vars {
        config.vars.insert((*name).to_owned(), value.clone());
    }
    config.allow_private = true;
    channel(config, &[])
}

/// Publishes with `QoS` 1 and waits for the broker's word.
async fn publish(port: u16, body: &Value) {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
    let mut bytes = BytesMut::new();
    Connect::new("device").write(&mut bytes).unwrap();
    let mut publish = Publish::new("floor/pump-7", QoS::AtLeastOnce, body.to_string());
    publish.pkid = 1;
    publish.write(&mut bytes).unwrap();
    stream.write_all(&bytes).await.unwrap();
    let mut read = BytesMut::new();
    loop {
        match Packet::read(&mut read, 1 << 16) {
            Ok(Packet::PubAck(_)) => return,
            Ok(_) => {}
            Err(_) => assert!(stream.read_buf(&mut read).await.unwrap() > 0),
        }
    }
}

#[tokio::test]
async fn mosquitto_keeps_what_comes_while_we_are_away() {
    if !wanted("mosquitto") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let port = free_port();
    let conf = folder.path().join("mosquitto.conf");
    std::fs::write(
        &conf,
        format!("listener {port} 127.0.0.1\nallow_anonymous true\n"),
    )
    .unwrap();
    let _peer = start("mosquitto", &["-c", conf.to_str().unwrap()], port).await;
    let url = format!("mqtt://127.0.0.1:{port}");
    let channel = own("mqtt", &[("url", url), ("topics", "floor/#".to_owned())]);
    let task = Task::start(&channel, Recorder::default(), InMemory::default());
    up(&task).await;
    publish(
        port,
        &json!({"id": 1, "kind": "alert", "title": "Pump stopped"}),
    )
    .await;
    assert_eq!(ids(&task.intake.first(1).await), ["floor/pump-7#1"]);
    task.stop().await;
    publish(port, &json!({"id": 2, "text": "while you were away"})).await;
    let again = Task::start(&channel, Recorder::default(), InMemory::default());
    let kept = again.intake.first(1).await;
    assert_eq!(content(&kept[0]).text.as_evidence(), "while you were away");
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert_eq!(
        again.intake.kept.lock().unwrap().len(),
        1,
        "the first does not come again"
    );
    again.stop().await;
}

/// Says `lines` to the NATS server and gives what it answers to a last ping.
async fn nats(port: u16, lines: &str) -> String {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
    let hello = format!("CONNECT {{\"verbose\":false}}\r\nSUB _INBOX.t 1\r\n{lines}PING\r\n");
    stream.write_all(hello.as_bytes()).await.unwrap();
    let mut said = String::new();
    while !said.contains("PONG") {
        let mut piece = [0; 4096];
        let n = stream.read(&mut piece).await.unwrap();
        assert!(n > 0, "{said}");
        said.push_str(&String::from_utf8_lossy(&piece[..n]));
    }
    // An answer to a request may come after that to the ping.
    tokio::time::sleep(Duration::from_millis(200)).await;
    said
}

#[tokio::test]
async fn nats_server_keeps_a_stream_while_we_are_away() {
    if !wanted("nats-server") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let port = free_port();
    let args = [
        "-a",
        "127.0.0.1",
        "-p",
        &port.to_string(),
        "-js",
        "-sd",
        folder.path().to_str().unwrap(),
    ];
    let _peer = start("nats-server", &args, port).await;
    let say = |id: u32| {
        let body = json!({"id": id, "text": format!("words {id}")}).to_string();
        format!("PUB floor.pump {}\r\n{body}\r\n", body.len())
    };
    let url = format!("nats://127.0.0.1:{port}");
    let vars = [("url", url), ("subjects", "floor.>".to_owned())];
    let plain = Task::start(
        &own("nats", &vars),
        Recorder::default(),
        InMemory::default(),
    );
    up(&plain).await;
    nats(port, &say(1)).await;
    assert_eq!(ids(&plain.intake.first(1).await), ["floor.pump#1"]);
    plain.stop().await;

    let stream = json!({"name": "FLOOR", "subjects": ["floor.>"]}).to_string();
    nats(
        port,
        &format!(
            "PUB $JS.API.STREAM.CREATE.FLOOR _INBOX.t {}\r\n{stream}\r\n",
            stream.len()
        ),
    )
    .await;
    let mut vars = vars.to_vec();
    vars.push(("stream", "FLOOR".to_owned()));
    let channel = own("nats", &vars);
    let task = Task::start(&channel, Recorder::default(), InMemory::default());
    up(&task).await;
    nats(port, &say(2)).await;
    assert_eq!(ids(&task.intake.first(1).await), ["floor.pump#2"]);
    tokio::time::sleep(Duration::from_millis(100)).await;
    task.stop().await;
    nats(port, &say(3)).await;
    let again = Task::start(&channel, Recorder::default(), InMemory::default());
    assert_eq!(
        ids(&again.intake.first(1).await),
        ["floor.pump#3"],
        "and not the second again"
    );
    again.stop().await;
}
