//! Independent clients of Mastodon and Misskey (masto, misskey-js) beside our
//! channels, at one server: what a person says with the client comes to the floor,
//! an officer's answer is read by the client in the right thread. That the client
//! takes the server for one of its kind is what the server is worth.

mod instance;
mod notes;
mod server;

use std::path::Path;
use std::time::Duration;

use serde_json::{Value, json};
use watchfloor::channels::settings::Secret;
use watchfloor::hub::serve::Plan;
use watchfloor::model::board::Board;
use watchfloor::model::item::Item;
use watchfloor::model::outgoing::{Outgoing, Stage as Sending};

use crate::process::Peer;
use crate::stage::{PATIENCE, Stage, channel};
use crate::wanted;

/// What the person's client says and sees; the server's address and the library's
/// follow.
const MASTO: &str = r#"
const [url, library, does, ...rest] = process.argv.slice(1);
const { createRestAPIClient, createStreamingAPIClient } = await import(library);
const accessToken = "dana";
const statuses = createRestAPIClient({ url, accessToken }).v1.statuses;
const say = (value) => console.log(JSON.stringify(value));
if (does === "post") say((await statuses.create({ status: rest[0], visibility: "public" })).id);
if (does === "edit") say((await statuses.$select(rest[0]).update({ status: rest[1] })).id);
if (does === "remove") say((await statuses.$select(rest[0]).remove()).id);
if (does === "thread") say(await statuses.$select(rest[0]).context.fetch());
if (does === "listen") {
  const at = url.replace("http", "ws");
  const streaming = createStreamingAPIClient({ streamingApiUrl: at, accessToken, implementation: WebSocket });
  for await (const { event, payload } of streaming.public.subscribe()) say([event, payload.id ?? payload]);
}
"#;

const MISSKEY: &str = r#"
const [url, library, does, ...rest] = process.argv.slice(1);
const { api, Stream } = await import(library);
const client = new api.APIClient({ origin: url, credential: "dana" });
const say = (value) => console.log(JSON.stringify(value));
if (does === "post") say((await client.request("notes/create", { text: rest[0] })).createdNote.id);
if (does === "thread") say(await client.request("notes/children", { noteId: rest[0] }));
if (does === "listen") {
  const stream = new Stream(url, { token: "dana" }, { WebSocket });
  stream.useChannel("globalTimeline").on("note", (note) => say(["note", note.id]));
}
"#;

/// A person's client.
struct Client {
    script: &'static str,
    library: String,
    url: String,
}

impl Client {
    fn of(package: &str, script: &'static str, address: &str) -> Self {
        let tools = std::env::var("WATCHFLOOR_TOOLS").unwrap_or_default();
        Self {
            script,
            library: format!("file://{tools}/npm/node_modules/{package}"),
            url: format!("http://{address}"),
        }
    }

    fn args(&self, does: &[&str]) -> Vec<String> {
        let flags = ["--input-type=module", "-e", self.script];
        let given = [self.url.as_str(), &self.library];
        let all = flags.iter().chain(&given).chain(does);
        all.map(|arg| (*arg).to_owned()).collect()
    }

    /// What the client answers to this.
    async fn does(&self, does: &[&str]) -> Value {
        let args = self.args(does);
        let asked = tokio::process::Command::new(node()).args(args).output();
        let done = tokio::time::timeout(PATIENCE, asked)
            .await
            .unwrap()
            .unwrap();
        let said = String::from_utf8_lossy(&done.stdout).into_owned();
        let wrong = String::from_utf8_lossy(&done.stderr);
        assert!(done.status.success(), "{does:?}: {said}{wrong}");
        serde_json::from_str(&said).unwrap()
    }

    /// A client that tells what it hears, in a file of `folder`.
    fn listens(&self, folder: &Path) -> Peer {
        let node = node();
        Peer::start_at(
            "listener",
            Path::new(&node),
            folder,
            &self.args(&["listen"]),
        )
    }
}

fn node() -> String {
    let tools = std::env::var("WATCHFLOOR_TOOLS").unwrap_or_default();
    format!("{tools}/bin/node-itself")
}

/// Waits until the listener has told all of these.
async fn heard(folder: &Path, wanted: &[Value]) {
    let said = || std::fs::read_to_string(folder.join("listener.log")).unwrap();
    let wanted: Vec<String> = wanted.iter().map(Value::to_string).collect();
    let told = |said: &str| {
        wanted
            .iter()
            .all(|one| said.lines().any(|line| line == one))
    };
    let waits = async {
        while !told(&said()) {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    let came = tokio::time::timeout(PATIENCE, waits).await;
    came.unwrap_or_else(|_| panic!("{wanted:?}: {}", said()));
}

/// The hub with a channel of `kind` at the server.
async fn floor(kind: &str, address: &str, secret: &str) -> Stage {
    let mut config = channel(kind, kind);
    let vars = [("instance", address), ("scheme", "ws")];
    let vars = vars.map(|(name, value)| (name.to_owned(), value.to_owned()));
    config.vars.extend(vars);
    config.secrets = [(secret.to_owned(), Secret::new("city"))].into();
    let hold = |plan: &mut Plan| plan.floor.settings.hold = Duration::from_millis(50);
    Stage::planned(vec![config], hold).await
}

fn of<'b>(board: &'b Board, id: &str) -> Option<&'b Item> {
    let is_it = |item: &&Item| item.content.external_id.as_evidence() == id;
    board.items().find(is_it)
}

/// An officer answers; what the server calls that.
async fn answers(stage: &Stage, id: &str, words: &str) -> String {
    let key = stage.board(|board| of(board, id).unwrap().key.to_string());
    let reply = json!({
        "id": uuid::Uuid::now_v7(), "verb": "send", "act": "reply",
        "text": words, "targets": [{ "key": key }],
    });
    let answer = stage.http.command(stage.token("ana"), &reply).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    let sent = |board: &Board| {
        let one = of(board, id)?.outgoing.last()?.clone();
        matches!(one.stage, Sending::Sent { .. }).then_some(one)
    };
    stage
        .until("the answer", |board| sent(board).is_some())
        .await;
    let sent: Option<Outgoing> = stage.board(sent);
    let name = sent.as_ref().and_then(Outgoing::external_id).unwrap();
    name.as_evidence().to_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_mastodon_client_and_the_floor_read_each_other_in_one_thread() {
    if !wanted("masto beside a Mastodon channel") {
        return;
    }
    let server = instance::runs().await;
    let client = Client::of("masto/dist/index.js", MASTO, &server.address);
    let folder = tempfile::tempdir().unwrap();
    let listener = client.listens(folder.path());
    let stage = floor("mastodon", &server.address, "access_token").await;
    server.readers(2).await;
    let id = client
        .does(&["post", "No water on <Mill> Road & beyond"])
        .await;
    let id = id.as_str().unwrap();
    let text = |board: &Board| Some(of(board, id)?.content.text.as_evidence().to_owned());
    stage.until("the post", |board| text(board).is_some()).await;
    let said = stage.board(text).unwrap();
    assert_eq!(said, "No water on <Mill> Road & beyond");

    let ours = answers(&stage, id, "Our crew is there.").await;
    let thread = client.does(&["thread", id]).await;
    let told = thread["descendants"].as_array().unwrap();
    assert_eq!(told.len(), 1, "{thread}");
    assert_eq!(told[0]["id"], ours.as_str());
    assert_eq!(told[0]["inReplyToId"], id);
    assert_eq!(told[0]["account"]["acct"], "city");
    assert_eq!(told[0]["visibility"], "unlisted");
    assert_eq!(told[0]["content"], "<p>@dana Our crew is there.</p>");

    client.does(&["edit", id, "It is back"]).await;
    let edited = |board: &Board| text(board).is_some_and(|text| text == "It is back");
    stage.until("the edit", edited).await;
    client.does(&["remove", id]).await;
    let gone = |board: &Board| of(board, id).is_some_and(|item| item.retracted.is_some());
    stage.until("that it is gone", gone).await;
    let events = ["update", "status.update", "delete"].map(|event| json!([event, id]));
    heard(folder.path(), &events).await;
    drop(listener);
    stage.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_misskey_client_and_the_floor_read_each_other_in_one_thread() {
    if !wanted("misskey-js beside a Misskey channel") {
        return;
    }
    let server = notes::runs().await;
    let client = Client::of("misskey-js/built/index.js", MISSKEY, &server.address);
    let folder = tempfile::tempdir().unwrap();
    let listener = client.listens(folder.path());
    let stage = floor("misskey", &server.address, "token").await;
    server.readers(2).await;
    let id = client.does(&["post", "No water on Mill Road"]).await;
    let id = id.as_str().unwrap();
    stage
        .until("the note", |board| of(board, id).is_some())
        .await;
    let ours = answers(&stage, id, "Our crew is there.").await;
    let thread = client.does(&["thread", id]).await;
    assert_eq!(thread.as_array().unwrap().len(), 1, "{thread}");
    let told = ["id", "replyId", "text"].map(|name| &thread[0][name]);
    assert_eq!(told, [ours.as_str(), id, "Our crew is there."]);
    assert_eq!(thread[0]["user"]["username"], "city");
    heard(folder.path(), &[json!(["note", id])]).await;
    drop(listener);
    stage.stop().await;
}
