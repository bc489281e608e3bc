//! The lookout over the demo's evening, without a hub: posts read, watched and
//! told in the order of their times.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that can't go on has failed"
)]

use std::sync::Arc;
use std::time::Duration;

use watchfloor::demo::scenario::script::{Beat, Script};
use watchfloor::demo::{CLAIMS, TOPICS};
use watchfloor::hub::lookout::watcher::{Noted, Watcher};
use watchfloor::hub::lookout::{Reader, Sources, wording};
use watchfloor::insight::burst::{Change, Raised, Settings};
use watchfloor::model::claim::Level;
use watchfloor::model::event::{Actor, Arrival, Body, Cause, Event};
use watchfloor::model::ids::{ChannelName, DeskName, ItemId, Seq};
use watchfloor::model::item::{Clocks, Content, Kind};
use watchfloor::model::reading::Reading;
use watchfloor::model::severity::Severity;
use watchfloor::model::time::{ManualClock, Timestamp};

fn start() -> Timestamp {
    Timestamp::from_millis(1_790_000_000_000)
}

struct Told {
    /// How many posts of the beat had come.
    posts: usize,
    raised: Raised,
}

struct Evening {
    clock: Arc<ManualClock>,
    reader: Reader,
    watcher: Watcher,
    seq: u64,
}

impl Evening {
    fn begin() -> Self {
        let clock = Arc::new(ManualClock::at(start()));
        let sources = Sources {
            built_in: Some((TOPICS, CLAIMS)),
            ..Sources::default()
        };
        let settings = Settings {
            warm_hours: 0.0,
            ..Settings::default()
        };
        Self {
            reader: Reader::new(sources.load().unwrap(), clock.clone()),
            clock,
            watcher: Watcher::new(settings, (Seq(0), start()), 7),
            seq: 0,
        }
    }

    /// A post `seconds` after the start, said `ago` seconds before.
    fn post(&mut self, (seconds, ago): (f64, f64), content: Content) -> (Reading, Vec<Raised>) {
        let at = start().plus(Duration::from_secs_f64(seconds));
        self.clock.set(at);
        self.seq += 1;
        let mut content = content;
        content.source_time = Some(at.minus(Duration::from_secs_f64(ago)));
        let content = Arc::new(content);
        let reading = self.reader.read(content.key(), &content);
        let event = arrived((self.seq, at), &content, &reading);
        let raised = self.watcher.note(&event).into_iter().map(|one| match one {
            Noted::Raised(raised) => *raised,
            other => panic!("{other:?}"),
        });
        (reading, raised.collect())
    }

    /// A beat of the script, its posts evenly over its time.
    fn beat(&mut self, beat: &Beat, mut each: impl FnMut(usize, &Reading)) -> Vec<Told> {
        let mut told = Vec::new();
        let span = f64::from(i32::try_from(beat.until - beat.from).unwrap());
        let step = span / f64::from(u32::try_from(beat.posts.len().max(1)).unwrap());
        for (nth, post) in beat.posts.iter().enumerate() {
            let text = post.text.as_str();
            if text.is_empty() || !post.amends.is_empty() {
                continue;
            }
            let second = f64::from(i32::try_from(beat.from).unwrap())
                + step * f64::from(u32::try_from(nth).unwrap());
            let channel = ChannelName::new("posts").unwrap();
            let id = format!("{}-{nth}", beat.from);
            let mut content = Content::new(Kind::Mention, channel, id.as_str().into(), text.into());
            content.author.id = if post.by.is_empty() {
                id.as_str().into()
            } else {
                post.by.as_str().into()
            };
            let when = (second.max(0.0), (-second).max(0.0));
            let (reading, raised) = self.post(when, content);
            each(nth, &reading);
            told.extend(raised.into_iter().map(|raised| Told {
                posts: nth + 1,
                raised,
            }));
        }
        told
    }
}

fn arrived((seq, at): (u64, Timestamp), content: &Arc<Content>, reading: &Reading) -> Event {
    Event {
        seq: Seq(seq),
        at,
        actor: Actor::Source(content.channel.clone()),
        cause: Cause::Delivery,
        key: Some(content.key()),
        id: Some(ItemId(seq)),
        desk: Some(DeskName::new("floor").unwrap()),
        body: Body::ItemArrived(Box::new(Arrival {
            content: Arc::clone(content),
            severity: Severity::Info,
            tags: Vec::new(),
            clocks: Clocks::default(),
            reasons: Vec::new(),
            suppressed_by: None,
            reading: Some(Arc::new(reading.clone())),
        })),
    }
}

fn beats(script: &Script, scene: &str) -> Vec<Beat> {
    let of = script.beats.iter().filter(|beat| beat.scene == scene);
    of.cloned().collect()
}

#[test]
fn the_burst_main_is_told_before_its_tenth_post_and_once() {
    let script = Script::built_in().unwrap();
    let mut evening = Evening::begin();
    for beat in beats(&script, "before") {
        let told = evening.beat(&beat, |_, _| {});
        assert!(
            told.is_empty(),
            "an evening like any other: {:?}",
            told[0].raised
        );
    }
    let burst = beats(&script, "burst");
    let told = evening.beat(&burst[0], |_, _| {});
    let first = &told[0];
    assert!(first.posts < 10, "after {} posts", first.posts);
    assert_eq!(first.raised.change, Change::Raised);
    let channel = ChannelName::new("lookout").unwrap();
    let alert = wording::alert(&channel, &first.raised, |_| None);
    let title = alert.title.as_evidence();
    assert!(
        title.contains("water") || title.contains("Azenha"),
        "{title}"
    );
    let why = alert.why.as_ref().unwrap();
    assert!(why.score() > 0 && why.first.is_some() && !why.parts.is_empty());
    let sum: u32 = why.parts.iter().map(|part| u32::from(part.points)).sum();
    assert_eq!(u32::from(why.score()), sum.min(100));
    let more = evening.beat(&burst[1], |_, _| {});
    let raised = |told: &&Told| told.raised.change == Change::Raised;
    let alerts = told.iter().chain(&more).filter(raised);
    let about: Vec<String> = alerts.map(|told| told.raised.key.to_string()).collect();
    assert_eq!(about.len(), 1, "one story, not {about:?}");
}

#[test]
fn the_rumour_is_matched_to_its_claim_and_its_denial_is_told_from_it() {
    let script = Script::built_in().unwrap();
    let mut evening = Evening::begin();
    let mut matched = Vec::new();
    let mut copies = 0;
    for beat in beats(&script, "rumour") {
        evening.beat(&beat, |nth, reading| {
            copies += usize::from(reading.copied.is_some());
            if let Some(claim) = reading.claims.first() {
                matched.push((beat.from, nth, claim.clone()));
            }
        });
    }
    let first = matched.first().unwrap();
    assert_eq!((first.0, first.1), (345, 0), "the first post of the rumour");
    assert_eq!(first.2.level, Level::Confirmed);
    assert_eq!(first.2.id.as_evidence(), "water-poisoned-en");
    assert!(matched.len() >= 4, "{matched:#?}");
    assert_eq!(copies, 5, "six copies of one text");
}

#[test]
fn what_was_told_is_not_told_again_after_a_restart() {
    let script = Script::built_in().unwrap();
    let mut evening = Evening::begin();
    let burst = beats(&script, "burst");
    let told = evening.beat(&burst[0], |_, _| {});
    assert!(!told.is_empty());
    let first = told[0].raised.alert;
    let json = serde_json::to_vec(&evening.watcher.save()).unwrap();
    let saved = serde_json::from_slice(&json).unwrap();
    let settings = Settings {
        warm_hours: 0.0,
        ..Settings::default()
    };
    let head = evening.watcher.head();
    evening.watcher = Watcher::restored(settings, (head, saved), 9).unwrap();
    let after = evening.beat(&burst[1], |_, _| {});
    let again = |told: &&Told| told.raised.change == Change::Raised;
    assert!(
        after
            .iter()
            .filter(again)
            .all(|told| told.raised.alert != first),
        "a second alert for one burst"
    );
    assert!(
        after.iter().filter(again).count() <= 1,
        "the burst goes on under its own name"
    );
}

#[test]
fn a_word_that_nobody_listed_is_a_topic_while_it_is_new() {
    let mut evening = Evening::begin();
    let mention = |id: &str, text: &str| {
        let channel = ChannelName::new("posts").unwrap();
        let mut content = Content::new(Kind::Mention, channel, id.into(), text.into());
        content.author.id = id.into();
        content
    };
    let places = ["harbour", "market", "station", "library", "bridge"];
    // Small talk of 400 made-up words, eight a post: nobody copies anybody.
    let parts = ["ba", "de", "fi", "go", "lu", "ma", "ne", "pi", "ro", "su"];
    let word = |k: usize| {
        format!(
            "{}{}{}x",
            parts[k % 10],
            parts[k / 10 % 10],
            parts[k / 100 % 4]
        )
    };
    let mut at = 0.0;
    for n in 0..560 {
        at += 20.0;
        let words: Vec<String> = (0..8)
            .map(|i| word(n * n * 17 + i * 131 + n * i * 29))
            .collect();
        let (_, raised) = evening.post((at, 0.0), mention(&format!("o{n}"), &words.join(" ")));
        assert!(raised.is_empty(), "{:?}", raised[0]);
    }
    let mut told = Vec::new();
    for n in 0..12 {
        at += 25.0;
        let place = places[n % places.len()];
        let texts = [
            format!("What is this Quarzolit smell near the {place}?"),
            format!("Quarzolit again, my eyes burn ({n})"),
            format!("they unload Quarzolit at night, {place} side"),
        ];
        let text = &texts[n % texts.len()];
        let (_, raised) = evening.post((at, 0.0), mention(&format!("q{n}"), text));
        told.extend(raised);
    }
    let about = told.first().map(|raised| raised.key.to_string());
    assert_eq!(about.as_deref(), Some("quarzolit"), "{told:#?}");
}
