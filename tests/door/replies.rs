//! Answers on their way out, to a vendor that takes them, refuses them, is not
//! there, or goes silent in the middle; with the hub stopped in between.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use watchfloor::channels::catalogue::Catalogue;
use watchfloor::channels::registry::Channels;
use watchfloor::channels::settings::{ChannelConfig, Secret};
use watchfloor::config;
use watchfloor::hub::floor;
use watchfloor::hub::serve::{Plan, Running, start};
use watchfloor::model::ids::{ChannelName, ItemKey, OfficerId};
use watchfloor::model::item::Item;
use watchfloor::model::mark::Delivered;
use watchfloor::model::outgoing::{Outgoing, Stage};

use crate::stage::caller::{Answer, Caller};
use crate::stage::{PATIENCE, accounts};

const FILE: &str = r#"schema = 1
[channel]
id = "square"
name = "Square"
kind = "social"
vars = { host = "" }
secrets = ["bearer"]
[source]
transport = "webhook"
[source.auth]
kind = "bearer"
secret = "bearer"
[[map]]
when = { at = "/status", exists = true }
kind = "delivery"
id = "/id"
status = "/status"
says = "/why"
[[map]]
kind = "mention"
id = "/id"
text = "/text"
[reply]
url = "http://{{ vars.host }}/answers"
headers = { Key = "{{ action.id }}" }
json = { to = "{{ item.id }}", text = "{{ action.text }}" }
ok_when = { at = "/ok", eq = true }
error_at = "/error"
result_id = "/id"
result_url = "/url"
max_text = 60
IDEMPOTENT
[act.typing]
url = "http://{{ vars.host }}/typing"
json = { to = "{{ item.id }}" }
[act.mark_read]
url = "http://{{ vars.host }}/read"
json = { to = "{{ item.id }}" }
[[test]]
name = "one"
input = '{"id":"7","text":"x"}'
expect = { id = "7" }
"#;

/// What the vendor does with a request.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Manner {
    Take,
    /// 200, but the body says that it failed.
    Fail,
    Busy,
    /// Reads it all and closes.
    Silence,
    /// Takes it, and answers when it is let.
    Slow,
}

/// A vendor: what it was asked, whole, and how it answers from now on.
#[derive(Clone)]
pub(crate) struct Vendor {
    asked: Arc<Mutex<Vec<String>>>,
    manner: Arc<Mutex<Manner>>,
    let_answer: Arc<tokio::sync::Notify>,
    address: SocketAddr,
}

impl Vendor {
    async fn open(manner: Manner) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let vendor = Self {
            asked: Arc::default(),
            manner: Arc::new(Mutex::new(manner)),
            let_answer: Arc::default(),
            address: listener.local_addr().unwrap(),
        };
        let own = vendor.clone();
        tokio::spawn(async move {
            while let Ok((socket, _)) = listener.accept().await {
                let vendor = own.clone();
                tokio::spawn(async move { vendor.serve(socket).await });
            }
        });
        vendor
    }

    async fn serve(&self, mut socket: TcpStream) {
        let mut request = Vec::new();
        let mut part = [0; 4096];
        while !whole(&request) {
            match socket.read(&mut part).await {
                Ok(0) | Err(_) => return,
                Ok(read) => request.extend_from_slice(&part[..read]),
            }
        }
        self.asked
            .lock()
            .unwrap()
            .push(String::from_utf8(request).unwrap());
        let manner = *self.manner.lock().unwrap();
        if matches!(manner, Manner::Slow) {
            self.let_answer.notified().await;
        }
        let (status, body) = match manner {
            Manner::Take | Manner::Slow => (
                "200 OK",
                json!({ "ok": true, "id": "a9", "url": "https://square.example/a9" }),
            ),
            Manner::Fail => (
                "200 OK",
                json!({ "ok": false, "error": "thread\u{1b}[2J closed" }),
            ),
            Manner::Busy => ("429 Too Many Requests\r\nRetry-After: 1", json!({})),
            Manner::Silence => return,
        };
        let body = body.to_string();
        let answer = format!(
            "HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
            body.len()
        );
        drop(socket.write_all(answer.as_bytes()).await);
    }

    fn turn(&self, manner: Manner) {
        *self.manner.lock().unwrap() = manner;
    }

    pub(crate) fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

fn whole(request: &[u8]) -> bool {
    let text = String::from_utf8_lossy(request);
    let Some((head, body)) = text.split_once("\r\n\r\n") else {
        return false;
    };
    let length = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length").then_some(value)
    });
    length.is_none_or(|length| body.len() >= length.trim().parse().unwrap_or(0))
}

/// A hub whose folder outlives it.
pub(crate) struct Floor {
    folder: tempfile::TempDir,
    pub(crate) tokens: std::collections::BTreeMap<String, String>,
    pub(crate) vendor: Vendor,
    idempotent: bool,
    hold: Duration,
    running: Option<Running>,
}

impl Floor {
    pub(crate) async fn open(manner: Manner, idempotent: bool, hold: Duration) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let tokens = accounts(folder.path());
        let mut floor = Self {
            tokens,
            folder,
            vendor: Vendor::open(manner).await,
            idempotent,
            hold,
            running: None,
        };
        floor.start().await;
        floor
    }

    async fn start(&mut self) {
        let key = if self.idempotent {
            "idempotent = true"
        } else {
            ""
        };
        let mut catalogue = Catalogue::default();
        let file = FILE.replace("IDEMPOTENT", key);
        catalogue.add("square.toml", &file).unwrap();
        let mut channel = ChannelConfig::new(ChannelName::new("square").unwrap(), "square");
        channel
            .secrets
            .insert("bearer".to_owned(), Secret::new("s3"));
        let host = self.vendor.address.to_string();
        channel.vars.insert("host".to_owned(), host);
        channel.allow_private = true;
        let config = config::resolve(None, &[]).unwrap();
        let mut floor = floor::read(&config).unwrap();
        floor.settings.hold = self.hold;
        let owner = OfficerId::new("owner").unwrap();
        let folder = self.folder.path().to_owned();
        let mut plan = Plan::embedded(folder, floor, config.page, owner);
        plan.channels = Channels::load(vec![channel], &catalogue).unwrap();
        self.running = Some(start(plan).await.unwrap());
    }

    async fn stop(&mut self) {
        self.running.take().unwrap().stop().await;
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.running.as_ref().unwrap().address
    }

    fn http(&self) -> Caller {
        Caller::to(&format!("http://{}", self.address()))
    }

    /// Something a citizen said.
    pub(crate) async fn said(&self) -> ItemKey {
        let body = json!({ "id": "7", "text": "No water on Mill Road" });
        let kept = self
            .http()
            .deliver("square", "s3", body.to_string().into())
            .await;
        assert_eq!(kept.status, 200, "{}", kept.text());
        self.item().key
    }

    /// The channel tells what became of a message.
    async fn marked(&self, id: &str, status: &str) {
        let body = json!({ "id": id, "status": status, "why": "The phone is off." });
        let kept = self
            .http()
            .deliver("square", "s3", body.to_string().into())
            .await;
        assert_eq!(kept.status, 200, "{}", kept.text());
    }

    fn item(&self) -> Item {
        let hub = &self.running.as_ref().unwrap().hub;
        hub.desk
            .board(|board| board.items().next().cloned())
            .unwrap()
    }

    pub(crate) async fn command(&self, verb: Value) -> Answer {
        let mut command = json!({ "id": uuid::Uuid::now_v7() });
        command
            .as_object_mut()
            .unwrap()
            .extend(verb.as_object().unwrap().clone());
        self.http().command(&self.tokens["ana"], &command).await
    }

    pub(crate) async fn reply(&self, key: ItemKey, text: &str) -> Answer {
        self.command(json!({ "verb": "send", "text": text, "targets": [{ "key": key }] }))
            .await
    }

    /// Waits until the answer stands as wanted.
    async fn until(&self, what: &str, wanted: impl Fn(&Outgoing) -> bool) -> Outgoing {
        let waits = async {
            loop {
                let item = self.item();
                if let Some(one) = item.outgoing.last().filter(|one| wanted(one)) {
                    return one.clone();
                }
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        let came = tokio::time::timeout(PATIENCE, waits).await;
        came.unwrap_or_else(|_| panic!("{what} did not come: {:?}", self.item().outgoing))
    }
}

const SHORT: Duration = Duration::from_millis(50);
const LONG: Duration = Duration::from_hours(1);

fn is_sent(one: &Outgoing) -> bool {
    matches!(one.stage, Stage::Sent { .. })
}

#[tokio::test]
async fn an_answer_leaves_once_with_its_key_and_comes_back_with_its_link() {
    let floor = Floor::open(Manner::Take, false, SHORT).await;
    let key = floor.said().await;
    let long = floor.reply(key, &"x".repeat(61)).await;
    assert!(long.text().contains("shorten it by 1"), "{}", long.text());
    floor.reply(key, "We are \"on\" it.\nCrew en route.").await;
    let one = floor.until("sent", is_sent).await;
    let Stage::Sent {
        external_id, url, ..
    } = &one.stage
    else {
        panic!("{one:?}");
    };
    assert_eq!(external_id.as_evidence(), "a9");
    assert_eq!(url.as_evidence(), "https://square.example/a9");
    let asked = floor.vendor.asked();
    assert_eq!(asked.len(), 1);
    assert!(asked[0].contains(&one.id.0.to_string()), "{}", asked[0]);
    let (_, body) = asked[0].split_once("\r\n\r\n").unwrap();
    let body: Value = serde_json::from_str(body).unwrap();
    assert_eq!(
        body,
        json!({ "to": "7", "text": "We are \"on\" it.\nCrew en route." })
    );
}

#[tokio::test]
async fn what_is_taken_back_in_time_never_leaves() {
    let floor = Floor::open(Manner::Take, false, LONG).await;
    let key = floor.said().await;
    floor.reply(key, "We are on it.").await;
    floor.until("held", Outgoing::can_be_withdrawn).await;
    let undone = floor.command(json!({ "verb": "undo" })).await;
    assert_eq!(undone.status, 200, "{}", undone.text());
    assert!(matches!(
        floor.item().outgoing[0].stage,
        Stage::Withdrawn { .. }
    ));
    assert!(floor.vendor.asked().is_empty());
}

#[tokio::test]
async fn a_refusal_in_a_200_is_a_refusal_with_the_vendors_words_cleaned() {
    let floor = Floor::open(Manner::Fail, false, SHORT).await;
    let key = floor.said().await;
    floor.reply(key, "We are on it.").await;
    let one = floor
        .until("failed", |one| matches!(one.stage, Stage::Failed { .. }))
        .await;
    let Stage::Failed { why, .. } = &one.stage else {
        panic!("{one:?}");
    };
    assert!(why.as_evidence().contains("closed"), "{why:?}");
    assert!(!why.as_evidence().contains('\u{1b}'), "{why:?}");
    assert_eq!(one.text.as_evidence(), "We are on it.");
    assert!(floor.item().triage.returned.is_some());
}

#[tokio::test]
async fn what_may_have_been_sent_is_not_sent_again_also_after_a_restart() {
    let mut floor = Floor::open(Manner::Silence, false, SHORT).await;
    let key = floor.said().await;
    floor.reply(key, "We are on it.").await;
    floor
        .until("unsure", |one| matches!(one.stage, Stage::Unsure { .. }))
        .await;
    floor.stop().await;
    floor.vendor.turn(Manner::Take);
    floor.start().await;
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert_eq!(floor.vendor.asked().len(), 1, "not by itself");
    let again = floor
        .command(json!({ "verb": "resend", "targets": [{ "key": key }] }))
        .await;
    assert_eq!(again.status, 200, "{}", again.text());
    let one = floor.until("sent", is_sent).await;
    let asked = floor.vendor.asked();
    assert_eq!(asked.len(), 2);
    let key = one.id.0.to_string();
    assert!(asked.iter().all(|request| request.contains(&key)));
}

#[tokio::test]
async fn a_vendor_that_knows_repeats_is_asked_again() {
    let floor = Floor::open(Manner::Silence, true, SHORT).await;
    let key = floor.said().await;
    floor.reply(key, "We are on it.").await;
    floor
        .until("delayed", |one| matches!(one.stage, Stage::Delayed { .. }))
        .await;
    floor.vendor.turn(Manner::Take);
    floor.until("sent", is_sent).await;
}

#[tokio::test]
async fn a_busy_vendor_is_waited_for() {
    let floor = Floor::open(Manner::Busy, false, SHORT).await;
    let key = floor.said().await;
    floor.reply(key, "We are on it.").await;
    floor
        .until("delayed", |one| matches!(one.stage, Stage::Delayed { .. }))
        .await;
    floor.vendor.turn(Manner::Take);
    floor.until("sent", is_sent).await;
    assert_eq!(floor.vendor.asked().len(), 2);
}

#[tokio::test]
async fn a_hold_that_a_restart_cuts_asks_the_officer() {
    let mut floor = Floor::open(Manner::Take, false, LONG).await;
    let key = floor.said().await;
    floor.reply(key, "We are on it.").await;
    floor.stop().await;
    floor.hold = SHORT;
    floor.start().await;
    floor.until("cut", |one| one.stage == Stage::Cut).await;
    assert!(floor.vendor.asked().is_empty());
    floor
        .command(json!({ "verb": "resend", "targets": [{ "key": key }] }))
        .await;
    floor.until("sent", is_sent).await;
    assert_eq!(floor.vendor.asked().len(), 1);
}

fn mark(one: &Outgoing) -> Option<Delivered> {
    one.mark.as_ref().map(|mark| mark.status)
}

#[tokio::test]
async fn a_mark_that_overtakes_the_vendors_own_answer_is_not_lost() {
    let floor = Floor::open(Manner::Slow, false, SHORT).await;
    let key = floor.said().await;
    floor.reply(key, "We are on it.").await;
    floor
        .until("leaving", |one| matches!(one.stage, Stage::Leaving { .. }))
        .await;
    floor.marked("somebody-elses", "failed").await;
    floor.marked("a9", "read").await;
    floor.marked("a9", "delivered").await;
    floor.vendor.let_answer.notify_one();
    let one = floor
        .until("read", |one| mark(one) == Some(Delivered::Read))
        .await;
    assert!(is_sent(&one));
    assert!(floor.item().triage.returned.is_none());
}

#[tokio::test]
async fn what_never_arrived_comes_back_also_after_a_restart() {
    let mut floor = Floor::open(Manner::Take, false, SHORT).await;
    let key = floor.said().await;
    floor.reply(key, "We are on it.").await;
    floor.until("sent", is_sent).await;
    floor
        .command(json!({ "verb": "resolve", "reason": "done", "targets": [{ "key": key }] }))
        .await;
    assert!(!floor.item().is_open());
    floor.stop().await;
    floor.start().await;
    floor.marked("a9", "failed").await;
    let item = floor.item();
    assert!(item.is_open() && item.triage.returned.is_some());
    let one = &item.outgoing[0];
    assert_eq!(mark(one), Some(Delivered::Failed));
    assert_eq!(one.text.as_evidence(), "We are on it.");
    let says = &one.mark.as_ref().unwrap().says;
    assert_eq!(says.as_evidence(), "The phone is off.");
    let again = floor
        .command(json!({ "verb": "resend", "targets": [{ "key": key }] }))
        .await;
    assert_eq!(again.status, 200, "{}", again.text());
    let one = floor.until("sent again", is_sent).await;
    assert_eq!(mark(&one), None);
    assert_eq!(floor.vendor.asked().len(), 2);
}
