//! A real Prometheus Alertmanager: alerts fire, are sent again, change, and
//! resolve; each is one item on the floor. An officer silences one at its source.

use std::time::Duration;

use futures_util::SinkExt;
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::Message;
use watchfloor::hub::serve::Plan;
use watchfloor::model::board::Board;
use watchfloor::model::ids::OfficerId;
use watchfloor::model::item::Item;
use watchfloor::model::outgoing::Outgoing;
use watchfloor::model::time::{Clock, SystemClock, Timestamp};
use watchfloor::model::triage::{Resolution, State};
use watchfloor::wire::frames::ServerFrame;

use crate::process::{Peer, free_port};
use crate::stage::caller::Caller;
use crate::stage::watcher::{Session, Watcher};
use crate::stage::{BEARER, PATIENCE, Stage, channel};
use crate::wanted;

struct Alertmanager {
    http: Caller,
    _peer: Peer,
    _folder: tempfile::TempDir,
}

impl Alertmanager {
    async fn before(stage: &Stage) -> Self {
        Self::at(free_port(), stage).await
    }

    async fn at(port: u16, stage: &Stage) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let config = format!(
            r#"
route:
  receiver: hub
  group_by: [site]
  group_wait: 100ms
  group_interval: 300ms
  repeat_interval: 600ms
receivers:
- name: hub
  webhook_configs:
  - url: http://{}/in/alertmanager
    send_resolved: true
    http_config:
      authorization:
        credentials: "{BEARER}"
"#,
            stage.running.address
        );
        let path = folder.path().join("alertmanager.yml");
        std::fs::write(&path, config).unwrap();
        let args = [
            format!("--config.file={}", path.display()),
            format!("--storage.path={}", folder.path().join("data").display()),
            format!("--web.listen-address=127.0.0.1:{port}"),
            "--cluster.listen-address=".to_owned(),
        ];
        let mut peer = Peer::start("prometheus-alertmanager", folder.path(), &args);
        peer.listens(port, folder.path()).await;
        Self {
            http: Caller::to(&format!("http://127.0.0.1:{port}")),
            _peer: peer,
            _folder: folder,
        }
    }

    async fn get(&self, path: &str) -> Value {
        let request = self.http.request("GET", path);
        self.http.send(request).await.json()
    }

    /// How it says that `alert` stands: its state, and what silences it.
    async fn status(&self, name: &str) -> (String, Vec<Value>) {
        let all = self.get("/api/v2/alerts").await;
        let mut all = all.as_array().unwrap().iter();
        let found = all.find(|alert| alert["labels"]["alertname"] == name);
        let status = &found.unwrap()["status"];
        let silenced = status["silencedBy"].as_array().unwrap().clone();
        (status["state"].as_str().unwrap().to_owned(), silenced)
    }

    async fn post(&self, alerts: &[Value]) {
        let request = self
            .http
            .request("POST", "/api/v2/alerts")
            .header("content-type", "application/json");
        let answer = self
            .http
            .send(request.body(json!(alerts).to_string()))
            .await;
        assert_eq!(answer.status, 200, "{}", answer.text());
    }
}

fn alert(name: &str, says: &str, starts: Timestamp, ends: Option<Timestamp>) -> Value {
    let mut alert = json!({
        "labels": { "alertname": name, "severity": "critical", "site": "mill-road" },
        "annotations": { "summary": says, "description": format!("{says}, for 5 minutes") },
        "startsAt": starts,
        "generatorURL": "http://prometheus.example/graph",
    });
    if let Some(ends) = ends {
        alert["endsAt"] = json!(ends);
    }
    alert
}

fn named<'b>(board: &'b Board, name: &str) -> Vec<&'b Item> {
    let has = |item: &&Item| {
        let label = item.content.labels.get("alertname");
        label.is_some_and(|label| label.as_evidence() == name)
    };
    board.by_number().filter(has).collect()
}

/// Takes an item as an officer at a console, whose session stays.
async fn take(stage: &Stage, key: &str) -> Session {
    let nobody = Watcher::default();
    let opened = Session::open(&nobody, stage.running.address, stage.token("ana")).await;
    let mut session = opened.expect("a session");
    let command = json!({ "type": "command", "command": {
        "id": uuid::Uuid::now_v7(), "verb": "take", "targets": [{ "key": key }],
    }});
    let sent = session
        .socket
        .send(Message::text(command.to_string()))
        .await;
    sent.expect("sent");
    let outcome = session.until(|frame| match frame {
        ServerFrame::Reply { outcome } => Some(outcome.accepted()),
        _ => None,
    });
    assert_eq!(outcome.await, Some(1));
    session
}

async fn resent(stage: &Stage, times: f64) {
    let name = r#"watchfloor_deliveries_total{channel="alertmanager",receipt="duplicate"}"#;
    let count = async || {
        stage
            .counters()
            .await
            .get(name)
            .copied()
            .unwrap_or_default()
    };
    let before = count().await;
    let waits = async {
        while count().await < before + times {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    };
    let came = tokio::time::timeout(PATIENCE, waits).await;
    assert!(came.is_ok(), "Alertmanager did not send them again");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn alerts_fire_are_resent_change_and_resolve() {
    if !wanted("Alertmanager") {
        return;
    }
    let stage = Stage::with(vec![channel("alertmanager", "alertmanager")]).await;
    let alertmanager = Alertmanager::before(&stage).await;
    let start = SystemClock.now().minus(Duration::from_mins(5));
    let (low, down) = ("PressureLow", "PumpDown");
    alertmanager
        .post(&[
            alert(low, "Pressure is low", start, None),
            alert(down, "A pump is down", start, None),
        ])
        .await;
    stage.until("two alerts", |board| board.len() == 2).await;

    // Sent again and again, they are the same two, and nothing is appended.
    let head = stage.board(Board::head);
    resent(&stage, 4.0).await;
    assert_eq!(stage.board(Board::len), 2);
    assert_eq!(stage.board(Board::head), head);

    alertmanager
        .post(&[alert(low, "Pressure is very low", start, None)])
        .await;
    stage
        .until("the new words", |board| {
            let item = named(board, low)[0];
            item.content.title.as_evidence() == "Pressure is very low"
        })
        .await;
    assert_eq!(stage.board(Board::len), 2);

    resolve_both(&stage, &alertmanager, start).await;

    let anew = SystemClock.now();
    alertmanager
        .post(&[alert(low, "Pressure is low again", anew, None)])
        .await;
    stage
        .until("a new start, a new item", |board| board.len() == 3)
        .await;
    resent(&stage, 2.0).await;
    assert_eq!(
        stage.board(|board| (board.len(), named(board, low).len())),
        (3, 2)
    );
    drop(alertmanager);
    stage.stop().await;
}

/// Both end at the source: the new one closes, the taken one stays and is marked.
async fn resolve_both(stage: &Stage, alertmanager: &Alertmanager, start: Timestamp) {
    let (low, down) = ("PressureLow", "PumpDown");
    let key = stage.board(|board| named(board, down)[0].key.to_string());
    let session = take(stage, &key).await;
    let now = SystemClock.now();
    alertmanager
        .post(&[
            alert(low, "Pressure is very low", start, Some(now)),
            alert(down, "A pump is down", start, Some(now)),
        ])
        .await;
    stage
        .until("the end at the source", |board| {
            let ended = |name| named(board, name)[0].source_resolved_at.is_some();
            ended(low) && ended(down)
        })
        .await;
    stage.board(|board| {
        let at_source = matches!(
            named(board, low)[0].triage.state,
            State::Resolved {
                by: None,
                reason: Resolution::AtSource,
                ..
            }
        );
        assert!(at_source, "{:?}", named(board, low)[0].triage.state);
        let held = &named(board, down)[0].triage.state;
        let ana = OfficerId::new("ana").unwrap();
        assert!(
            matches!(held, State::Taken { by, .. } if *by == ana),
            "{held:?}"
        );
    });
    drop(session);
}

/// Waits until Alertmanager says that the alert stands so.
async fn stands(alertmanager: &Alertmanager, name: &str, wanted: &str) -> Vec<Value> {
    let waits = async {
        loop {
            let (state, silenced) = alertmanager.status(name).await;
            if state == wanted {
                return silenced;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    };
    let came = tokio::time::timeout(PATIENCE, waits).await;
    came.unwrap_or_else(|_| panic!("{name} never stood {wanted}"))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_officers_silence_is_alertmanagers_own_and_ends_when_he_said() {
    if !wanted("silences at Alertmanager") {
        return;
    }
    let port = free_port();
    let mut config = channel("alertmanager", "alertmanager");
    let url = format!("http://127.0.0.1:{port}");
    config.vars.insert("url".to_owned(), url);
    let hold = |plan: &mut Plan| plan.floor.settings.hold = Duration::from_millis(50);
    let stage = Stage::planned(vec![config], hold).await;
    let alertmanager = Alertmanager::at(port, &stage).await;
    let start = SystemClock.now().minus(Duration::from_mins(5));
    let (low, down) = ("PressureLow", "PumpDown");
    let alerts = [
        alert(low, "Pressure is low", start, None),
        alert(down, "A pump is down", start, None),
    ];
    alertmanager.post(&alerts).await;
    stage.until("two alerts", |board| board.len() == 2).await;

    let key = stage.board(|board| named(board, low)[0].key.to_string());
    let until = SystemClock.now().plus(Duration::from_secs(6));
    let silence = json!({
        "id": uuid::Uuid::now_v7(), "verb": "send", "act": "silence", "until": until,
        "text": "Known: the main is being repaired.", "targets": [{ "key": key }],
    });
    let answer = stage.http.command(stage.token("ana"), &silence).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    let sent = |board: &Board| {
        let last = named(board, low)[0].outgoing.last();
        let id = last.and_then(|one| one.external_id());
        id.map(|id| id.as_evidence().to_owned())
    };
    stage
        .until("the silence", |board| sent(board).is_some())
        .await;
    let id = stage.board(sent).unwrap();
    // Those of its labels and no other, as Alertmanager itself has it.
    let silenced = stands(&alertmanager, low, "suppressed").await;
    assert_eq!(silenced, [json!(id)]);
    assert_eq!(alertmanager.status(down).await.0, "active");
    let own = alertmanager.get(&format!("/api/v2/silence/{id}")).await;
    assert_eq!(own["status"]["state"], "active");
    assert_eq!(own["comment"], "Known: the main is being repaired.");
    assert_eq!(own["createdBy"], "ana");
    let ends: Timestamp = serde_json::from_value(own["endsAt"].clone()).unwrap();
    assert_eq!(ends, until);

    // It ends by itself, and the alert is sent again: the same item.
    assert!(stands(&alertmanager, low, "active").await.is_empty());
    let own = alertmanager.get(&format!("/api/v2/silence/{id}")).await;
    assert_eq!(own["status"]["state"], "expired");
    resent(&stage, 2.0).await;
    assert_eq!(
        stage.board(|board| (board.len(), named(board, low).len())),
        (2, 1)
    );
    ends_one_early(&stage, &alertmanager, &key).await;
    drop(alertmanager);
    stage.stop().await;
}

/// An officer ends a silence of an hour at once: Alertmanager has it as expired.
async fn ends_one_early(stage: &Stage, alertmanager: &Alertmanager, key: &str) {
    let send = |act: &str, until: Option<Timestamp>| {
        let mut command = json!({
            "id": uuid::Uuid::now_v7(), "verb": "send", "act": act, "text": "",
            "targets": [{ "key": key }],
        });
        if let Some(until) = until {
            command["until"] = json!(until);
        }
        command
    };
    let ana = stage.token("ana");
    let too_soon = stage.http.command(ana, &send("end_silence", None)).await;
    let says = too_soon.text();
    assert!(
        says.contains("No silence of the floor's is on here"),
        "{says}"
    );
    let hour = SystemClock.now().plus(Duration::from_hours(1));
    let answer = stage.http.command(ana, &send("silence", Some(hour))).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    let silenced = stands(alertmanager, "PressureLow", "suppressed").await;
    stage
        .until("the silence as the floor has it", |board| {
            let item = named(board, "PressureLow")[0];
            let on = item.silence(SystemClock.now());
            on.and_then(Outgoing::external_id)
                .is_some_and(|id| *id.as_evidence() == silenced[0])
        })
        .await;
    let answer = stage.http.command(ana, &send("end_silence", None)).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert!(
        stands(alertmanager, "PressureLow", "active")
            .await
            .is_empty()
    );
    let id = silenced[0].as_str().unwrap();
    let own = alertmanager.get(&format!("/api/v2/silence/{id}")).await;
    assert_eq!(own["status"]["state"], "expired");
    stage
        .until("that it ended", |board| {
            named(board, "PressureLow")[0]
                .silence(SystemClock.now())
                .is_none()
        })
        .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_alertmanager_with_another_token_is_refused_and_counted() {
    if !wanted("Alertmanager with a wrong token") {
        return;
    }
    let mut config = channel("alertmanager", "alertmanager");
    let other = watchfloor::channels::settings::Secret::new("another");
    config.secrets.insert("bearer".to_owned(), other);
    let stage = Stage::with(vec![config]).await;
    let alertmanager = Alertmanager::before(&stage).await;
    alertmanager
        .post(&[alert("PumpDown", "A pump is down", SystemClock.now(), None)])
        .await;
    let name = r#"watchfloor_refusals_total{door="alertmanager",why="delivery"}"#;
    let refused = async {
        while !stage.counters().await.contains_key(name) {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    };
    tokio::time::timeout(PATIENCE, refused)
        .await
        .expect("it knocks");
    assert!(stage.items().is_empty());
    drop(alertmanager);
    stage.stop().await;
}
