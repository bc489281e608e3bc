//! The lookout in a running hub: a burst becomes an alert on the floor, once,
//! over a restart too; a claim is confirmed with its evidence.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use watchfloor::channels::Intake;
use watchfloor::hub::lookout::{Settings, Sources, rerun};
use watchfloor::hub::serve::Plan;
use watchfloor::insight::burst;
use watchfloor::model::event::Body;
use watchfloor::model::ids::ChannelName;
use watchfloor::model::inbound::{Inbound, Receipt};
use watchfloor::model::item::{Item, Kind};
use watchfloor::model::time::{Clock, ManualClock, SystemClock};
use watchfloor::store::EventLog;

use crate::stage::{PATIENCE, Stage, channel, entry};

const TOPICS: &str = "[[topic]]\nname = \"water\"\naliases = [\"tap\", \"agua\"]\n";
const CLAIMS: &str = "[[claim]]\nid = \"w1\"\nclaim = \"The water is poisoned by chemicals from the old dye works\"\ntitle = \"It is not\"\nurl = \"https://city.example/w1\"\nrating = \"false\"\n";

/// One thing, said by people who do not copy each other.
const WORDS: [&str; 6] = [
    "Brown water again, is that normal?",
    "Nothing comes out of the tap since this morning",
    "sin agua otra vez, qué barrio",
    "Our tap coughs and spits, upstairs too",
    "water pressure is gone in the whole house, and the lift stands as well",
    "Who else has no water? The baby needs a bath",
];

fn planned(clock: &Arc<ManualClock>, folder: &std::path::Path) -> impl FnOnce(&mut Plan) + use<> {
    let clock = Arc::clone(clock);
    let (topics, claims) = (folder.join("topics.toml"), folder.join("claims.toml"));
    move |plan| {
        plan.clock = clock;
        plan.watch_jumps = false;
        plan.lookout = Settings {
            burst: burst::Settings {
                warm_hours: 0.0,
                ..burst::Settings::default()
            },
            sources: Sources {
                topics: vec![topics],
                claims: vec![claims],
                built_in: None,
                encoder: None,
            },
        };
    }
}

/// A hub that listens by files of its own, on a clock that is turned by hand.
async fn listening() -> (tempfile::TempDir, Arc<ManualClock>, Stage) {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("topics.toml"), TOPICS).unwrap();
    std::fs::write(folder.path().join("claims.toml"), CLAIMS).unwrap();
    let clock = Arc::new(ManualClock::at(SystemClock.now()));
    let plan = planned(&clock, folder.path());
    let stage = Stage::planned(vec![channel("town", "generic")], plan).await;
    (folder, clock, stage)
}

fn said(n: u32, text: &str) -> Value {
    let mut entry = entry(&format!("p{n}"), text);
    entry["author"] = json!({ "id": format!("a{n}"), "name": format!("A {n}") });
    entry
}

fn alerts(stage: &Stage) -> Vec<Item> {
    let raised = |item: &Item| item.content.kind == Kind::Alert;
    stage.items().into_iter().filter(raised).collect()
}

async fn until(stage: &Stage, done: impl Fn(&[Item]) -> bool) -> Vec<Item> {
    let waiting = async {
        loop {
            let alerts = alerts(stage);
            if done(&alerts) {
                return alerts;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    let waited = tokio::time::timeout(PATIENCE, waiting).await;
    waited.unwrap_or_else(|_| panic!("{:#?}", alerts(stage)))
}

#[tokio::test]
async fn a_burst_is_told_once_and_a_restart_in_its_middle_tells_no_second_one() {
    let (folder, clock, stage) = listening().await;
    let mut nth = 0;
    let mut post = |minutes: u64| {
        clock.set(clock.now().plus(Duration::from_mins(minutes)));
        nth += 1;
        let says = WORDS[nth as usize % WORDS.len()];
        json!([said(nth, &format!("{says} ({nth})"))]).to_string()
    };
    for _ in 0..3 {
        assert_eq!(stage.post(post(20)).await.status, 200);
    }
    assert!(alerts(&stage).is_empty(), "three in an hour are no burst");
    for _ in 0..8 {
        assert_eq!(stage.post(post(0)).await.status, 200);
    }
    let told = until(&stage, |alerts| !alerts.is_empty()).await;
    assert_eq!(told.len(), 1);
    let alert = &told[0];
    assert_eq!(alert.content.channel.as_str(), "lookout");
    let why = alert.content.why.as_ref().unwrap();
    assert!(why.observed >= 3 && why.score() > 0, "{why:?}");
    let first = why.first.as_ref().unwrap();
    assert!(stage.items().iter().any(|item| item.key == first.key));
    let reading = alert.reading.as_ref().unwrap();
    assert_eq!(reading.topics[0].name, "water", "filters find it by topic");

    let stage = stage.again(planned(&clock, folder.path())).await;
    for _ in 0..10 {
        assert_eq!(stage.post(post(1)).await.status, 200);
    }
    let grown = until(&stage, |alerts| {
        let why = alerts.first().and_then(|alert| alert.content.why.as_ref());
        why.is_some_and(|why| why.observed >= 12)
    });
    let grown = grown.await;
    assert_eq!(grown.len(), 1, "one burst, one alert");
    assert_eq!(grown[0].key, alert.key);
    for n in 0..18 {
        clock.set(clock.now().plus(Duration::from_mins(8)));
        let other = json!([said(900 + n, "Lovely evening at the harbour")]);
        assert_eq!(stage.post(other.to_string()).await.status, 200);
    }
    let over = until(&stage, |alerts| alerts[0].content.ended_at.is_some()).await;
    assert_eq!(over.len(), 1);
    assert!(!over[0].is_open(), "nobody had it");
}

#[tokio::test]
async fn a_claim_is_confirmed_with_evidence_and_read_again_when_its_file_changes() {
    let (folder, _clock, stage) = listening().await;
    let rumour = "They hide it: the water is poisoned by chemicals from the old dye works!";
    let posted = stage.post(json!([said(1, rumour)]).to_string()).await;
    assert_eq!(posted.status, 200);
    let item = stage.items().pop().unwrap();
    let reading = item.reading.as_ref().unwrap();
    assert_eq!(reading.claims[0].id.as_evidence(), "w1");
    let confirm = json!({ "id": uuid::Uuid::now_v7(), "verb": "confirm_claim",
        "targets": [{ "key": item.key }] });
    let outcome = stage.http.command(stage.token("ana"), &confirm).await;
    assert_eq!(outcome.status, 200, "{}", outcome.text());
    let judged = stage.items().pop().unwrap();
    let verdict = judged.reading.as_ref().unwrap().claims[0].verdict.clone();
    let verdict = verdict.unwrap();
    assert!(verdict.fits && verdict.by.as_str() == "ana");
    let history = stage.running.hub.log.history(item.key).await.unwrap();
    let evidence = history.iter().find_map(|event| match &event.body {
        Body::ClaimConfirmed { evidence, .. } => Some(evidence.clone()),
        _ => None,
    });
    let evidence = evidence.unwrap();
    assert!(evidence.holds() && evidence.text.as_evidence() == rumour);
    let again = json!({ "id": uuid::Uuid::now_v7(), "verb": "confirm_claim",
        "targets": [{ "key": item.key }] });
    let outcome = stage.http.command(stage.token("ana"), &again).await;
    assert!(
        outcome.text().contains("confirmed already"),
        "{}",
        outcome.text()
    );

    // A bad edit keeps what is known and says so; a good one counts.
    let file = folder.path().join("claims.toml");
    std::fs::write(&file, "[[claim]]\nclaims = 1\n").unwrap();
    let trouble = async {
        while stage.running.hub.trouble.list().is_empty() {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(PATIENCE, trouble).await.unwrap();
    let says = stage.running.hub.trouble.list().join(" ");
    assert!(says.contains("claims.toml"), "{says}");
    assert!(stage.running.hub.reader.claim("w1").is_some());
    std::fs::write(&file, CLAIMS.replace("w1", "w2")).unwrap();
    let read = async {
        while stage.running.hub.reader.claim("w2").is_none() {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(PATIENCE, read).await.unwrap();
    assert!(stage.running.hub.trouble.list().is_empty());

    // What is on the floor is read again when it is asked for, once.
    let told = rerun::run(&stage.running.hub).await;
    assert_eq!((told.read, told.changed), (1, 1));
    let item = stage.items().pop().unwrap();
    let reading = item.reading.as_ref().unwrap();
    assert_eq!(reading.claims[0].id.as_evidence(), "w2");
    let told = rerun::run(&stage.running.hub).await;
    assert_eq!((told.read, told.changed), (1, 0));
}

#[tokio::test]
async fn a_reading_of_words_that_were_edited_meanwhile_is_not_taken() {
    let (_folder, _clock, stage) = listening().await;
    let post = async |text: &str| {
        let posted = stage.post(json!([said(1, text)]).to_string()).await;
        assert_eq!(posted.status, 200);
        stage.items().pop().unwrap()
    };
    let before = post("The tap is dry, they poisoned the water, help").await;
    let after = post("Lovely evening at the harbour").await;
    assert_ne!(after.reading, before.reading, "an edit is read anew");
    // A rerun that began before the edit comes to its end.
    let late = |of: &Item| Inbound::Reading {
        key: of.key,
        of: Arc::clone(&of.content),
        reading: Arc::clone(before.reading.as_ref().unwrap()),
    };
    let desk = &stage.running.hub.desk;
    let lookout = ChannelName::new("lookout").unwrap();
    let receipts = desk.submit(&lookout, vec![late(&before)]).await.unwrap();
    assert_eq!(receipts, [Receipt::Ignored]);
    assert_eq!(stage.items().pop().unwrap().reading, after.reading);
    let receipts = desk.submit(&lookout, vec![late(&after)]).await.unwrap();
    assert_eq!(receipts, [Receipt::Updated], "of the words as they are");
}
