//! Matrix's own Synapse: a room by long poll, answers into it and into a thread of
//! it, once each whatever is started anew in between.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use watchfloor::channels::registry::Channel;
use watchfloor::channels::reply::{Act, Outcome};
use watchfloor::channels::transport::cursors::InMemory;
use watchfloor::model::inbound::Inbound;

use super::{Peer, act, folder, free_port, run, start, tool, up, version, wanted};
use crate::server::ids;
use crate::support::{Recorder, Task, channel, config, content, with_secret};

struct Synapse {
    port: u16,
    folder: tempfile::TempDir,
}

fn conf(here: &str, port: u16) -> String {
    format!(
        "server_name: floor.example
pid_file: {here}/synapse.pid
listeners:
  - {{ port: {port}, bind_addresses: ['127.0.0.1'], type: http, tls: false, resources: [{{ names: [client] }}] }}
database: {{ name: sqlite3, args: {{ database: '{here}/synapse.db' }} }}
signing_key_path: {here}/signing.key
media_store_path: {here}/media
report_stats: false
registration_shared_secret: shared
macaroon_secret_key: macaroon
form_secret: form
trusted_key_servers: []
rc_message: {{ per_second: 1000, burst_count: 1000 }}
rc_login: {{ address: {{ per_second: 1000, burst_count: 1000 }}, account: {{ per_second: 1000, burst_count: 1000 }} }}
"
    )
}

impl Synapse {
    fn set_up() -> Self {
        let folder = folder();
        let port = free_port();
        let here = folder.path().to_str().unwrap();
        let path = folder.path().join("synapse.yaml");
        std::fs::write(&path, conf(here, port)).unwrap();
        let file = path.to_str().unwrap();
        run(
            &tool("synapse_homeserver"),
            &["-c", file, "--generate-keys"],
        );
        Self { port, folder }
    }

    fn conf(&self) -> String {
        self.folder
            .path()
            .join("synapse.yaml")
            .display()
            .to_string()
    }

    async fn runs(&self) -> Peer {
        let program = tool("synapse_homeserver");
        start(&program, &["-c", &self.conf()], self.port).await
    }

    fn asks(&self, method: &str, path: &str, (token, body): (&str, &Value)) -> Value {
        let url = format!("http://127.0.0.1:{}/_matrix/client/v3/{path}", self.port);
        let bearer = format!("Authorization: Bearer {token}");
        let body = body.to_string();
        let mut args = vec!["-sS", "-X", method, &url, "-H", &bearer];
        if method != "GET" {
            args.extend(["-d", &body]);
        }
        serde_json::from_str(&run("curl", &args)).unwrap()
    }

    /// A person with a token.
    fn person(&self, name: &str) -> String {
        let base = format!("http://127.0.0.1:{}", self.port);
        let args = [
            "-u",
            name,
            "-p",
            "s3cret",
            "--no-admin",
            "-c",
            &self.conf(),
            &base,
        ];
        run(&tool("register_new_matrix_user"), &args);
        let who = json!({
            "type": "m.login.password", "password": "s3cret",
            "identifier": {"type": "m.id.user", "user": name},
        });
        let said = self.asks("POST", "login", ("", &who));
        said["access_token"]
            .as_str()
            .unwrap_or_else(|| panic!("{said}"))
            .to_owned()
    }

    fn says(&self, token: &str, (room, key): (&str, &str), content: &Value) -> String {
        let path = format!("rooms/{room}/send/m.room.message/{key}");
        let said = self.asks("PUT", &path, (token, content));
        said["event_id"]
            .as_str()
            .unwrap_or_else(|| panic!("{said}"))
            .to_owned()
    }

    /// What `sender` said in the room, oldest first.
    fn of(&self, token: &str, (room, sender): (&str, &str)) -> Vec<Value> {
        let path = format!("rooms/{room}/messages?dir=f&limit=100");
        let said = self.asks("GET", &path, (token, &Value::Null));
        let chunk = said["chunk"].as_array().unwrap_or_else(|| panic!("{said}"));
        let own = |e: &&Value| e["sender"] == sender && e["type"] == "m.room.message";
        chunk.iter().filter(own).cloned().collect()
    }

    fn channel(&self, token: &str) -> Arc<Channel> {
        let mut config = with_secret(config("matrix"), "access_token", token);
        let home = format!("http://127.0.0.1:{}", self.port);
        config.vars.insert("homeserver".to_owned(), home);
        config.allow_private = true;
        channel(config, &[])
    }
}

fn words(text: &str) -> Value {
    json!({"msgtype": "m.text", "body": text})
}

fn id(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Sent { id: Some(id), .. } => id.as_evidence().to_owned(),
        other => panic!("{other:?}"),
    }
}

fn heard(kept: &[Inbound], nth: usize) -> &str {
    content(&kept[nth]).text.as_evidence()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_room_is_heard_and_answered_once_whatever_is_started_anew() {
    if !wanted("Synapse") {
        return;
    }
    let asks = "import importlib.metadata as m; print(m.version('matrix-synapse'))";
    version(&tool("python"), &["-c", asks]);
    let synapse = Synapse::set_up();
    let peer = synapse.runs().await;
    let (dana, floor) = (synapse.person("dana"), synapse.person("floor"));
    let open = json!({"preset": "private_chat", "invite": ["@floor:floor.example"]});
    let made = synapse.asks("POST", "createRoom", (&dana, &open));
    let room = made["room_id"].as_str().unwrap().to_owned();
    synapse.asks("POST", &format!("join/{room}"), (&floor, &json!({})));
    let channel = synapse.channel(&floor);
    let task = Task::start(&channel, Recorder::default(), InMemory::default());
    up(&task).await;
    let first = synapse.says(&dana, (&room, "1"), &words("No water"));
    let kept = task.intake.first(1).await;
    assert_eq!(ids(&kept), [first.as_str()]);
    let item = content(&kept[0]).clone();
    assert_eq!(item.thread.as_evidence(), room);

    // The same key is one message, also when the server was started anew.
    let sent = id(&act(
        &channel,
        Act::Reply,
        ("0197-a", "It is back at 18h."),
        &item,
    )
    .await);
    let again = act(
        &channel,
        Act::Reply,
        ("0197-a", "It is back at 18h."),
        &item,
    )
    .await;
    assert_eq!(id(&again), sent);
    drop(peer);
    task.error("can't be reached").await;
    let peer = synapse.runs().await;
    let again = act(
        &channel,
        Act::Reply,
        ("0197-a", "It is back at 18h."),
        &item,
    )
    .await;
    assert_eq!(id(&again), sent);
    let ours = synapse.of(&dana, (&room, "@floor:floor.example"));
    assert_eq!(ours.len(), 1, "{ours:?}");
    assert_eq!(ours[0]["content"]["body"], "It is back at 18h.");
    let answers = &ours[0]["content"]["m.relates_to"]["m.in_reply_to"]["event_id"];
    assert_eq!(*answers, first);

    // A thread of the room: the answer goes into it.
    let within = json!({
        "msgtype": "m.text", "body": "And on Hill Road?",
        "m.relates_to": {"rel_type": "m.thread", "event_id": first},
    });
    let second = synapse.says(&dana, (&room, "2"), &within);
    let kept = task.intake.first(2).await;
    assert_eq!(
        heard(&kept, 1),
        "And on Hill Road?",
        "our own words are no news"
    );
    let item = content(&kept[1]).clone();
    id(&act(&channel, Act::Reply, ("0197-b", "There too."), &item).await);
    let ours = synapse.of(&dana, (&room, "@floor:floor.example"));
    let relates = &ours[1]["content"]["m.relates_to"];
    assert_eq!(
        (
            &relates["rel_type"],
            &relates["event_id"],
            &relates["m.in_reply_to"]["event_id"]
        ),
        (&json!("m.thread"), &json!(first), &json!(second))
    );

    // Both are away; what was said meanwhile comes, and comes once.
    let cursors = task.cursors.clone();
    task.stop().await;
    synapse.says(&dana, (&room, "3"), &words("Thanks"));
    drop(peer);
    let again = Task::start(&channel, Recorder::default(), cursors);
    let _peer = synapse.runs().await;
    synapse.says(&dana, (&room, "4"), &words("Bye"));
    let kept = again.intake.first(2).await;
    assert_eq!((heard(&kept, 0), heard(&kept, 1)), ("Thanks", "Bye"));
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!(again.intake.kept.lock().unwrap().len(), 2);
    again.stop().await;
}
