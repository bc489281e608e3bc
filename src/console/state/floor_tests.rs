//! Whatever changes, in whatever order: what is derived step by step is what
//! is derived from the whole board at once.

use std::collections::BTreeSet;
use std::sync::Arc;

use proptest::prelude::*;

use super::*;
use crate::console::msg::SessionInfo;
use crate::console::state::App;
use crate::console::state::link::Phase;
use crate::console::state::stream::Stream;
use crate::model::ids::{ChannelName, DeskName, ItemId, OfficerId};
use crate::model::item::{Clocks, Content, Due, Kind};
use crate::model::officer::{Desks, Role};
use crate::model::severity::Severity;
use crate::model::time::Timestamp;
use crate::model::triage::State;

const WORDS: [&str; 4] = ["water main", "Água suja", "tram late", "no water"];

fn session(now: i64) -> Session {
    let mut session = Session::default();
    session.info = Some(Box::new(SessionInfo {
        officer: OfficerId::new("ana").expect("a name"),
        role: Role::Officer,
        desks: Desks::All,
        teams: BTreeSet::new(),
        officers: Vec::new(),
        roster_teams: Vec::new(),
        zone: jiff::tz::TimeZone::UTC,
        now: Timestamp::from_millis(now),
        idle_s: 600,
        text_bytes: 4000,
        hub_version: String::new(),
        demo: false,
        lock_ceiling: None,
    }));
    session.now = Timestamp::from_millis(now);
    session
}

fn item(n: u8, kind: u8, at: i64) -> Item {
    let words = WORDS[usize::from(kind) % WORDS.len()];
    let name = ChannelName::new("town").expect("a name");
    let mut content = Content::new(
        Kind::Mention,
        name,
        format!("post-{n}").into(),
        words.into(),
    );
    content.kind = if kind & 4 == 0 {
        Kind::Mention
    } else {
        Kind::Escalation
    };
    let desk = DeskName::new("floor").expect("a name");
    let mut item = Item::new(Arc::new(content), desk, Timestamp::from_millis(at));
    item.id = ItemId(u64::from(n));
    item.severity = Severity::ALL[usize::from(kind >> 3) % 5];
    let ana = OfficerId::new(if kind & 64 == 0 { "ana" } else { "ben" }).expect("a name");
    let at = Timestamp::from_millis(at);
    item.triage.state = match kind >> 6 {
        0 | 1 => State::New,
        _ => State::Taken { by: ana, at },
    };
    item.clocks = Clocks {
        first_response: Some(Due::at(at)),
        resolution: None,
    }
    .into();
    item
}

#[derive(Clone, Debug)]
enum Step {
    Put(u8, u8, i64),
    Remove(u8),
    View(u8),
    Time(i64),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        6 => (0..30_u8, any::<u8>(), 0..5000_i64).prop_map(|(n, kind, at)| Step::Put(n, kind, at)),
        1 => (0..30_u8).prop_map(Step::Remove),
        1 => (0..6_u8).prop_map(Step::View),
        1 => (0..5000_i64).prop_map(Step::Time),
    ]
}

fn view(n: u8) -> View {
    let filter = |source| Some(Filter::parse(source).expect("a filter"));
    match n {
        0 => View::default(),
        1 => View {
            queue: Queue::Mine,
            ..View::default()
        },
        2 => View {
            queue: Queue::Unassigned,
            ..View::default()
        },
        3 => View {
            filter: filter("agua"),
            ..View::default()
        },
        4 => View {
            filter: filter("water -main"),
            ..View::default()
        },
        _ => View {
            filter: filter("sev>=high water"),
            ..View::default()
        },
    }
}

fn settings() -> Settings {
    Settings {
        views: vec![SavedView::new(
            1,
            "Water",
            Filter::parse("water").expect("a filter"),
        )],
        ..Settings::default()
    }
}

fn key(n: u8) -> ItemKey {
    item(n, 0, 0).key
}

proptest! {
    #[test]
    fn step_by_step_is_as_all_at_once(steps in prop::collection::vec((step(), any::<bool>()), 1..80)) {
        let (settings, mut views, mut now) = (settings(), Views::default(), 0);
        let (mut floor, mut stream) = (Floor::default(), Stream::default());
        floor.touch_all();
        for (step, settles) in steps {
            match step {
                Step::Put(n, kind, at) => {
                    floor.board.insert(item(n, kind, at));
                    floor.touch_item(key(n));
                }
                Step::Remove(n) => {
                    floor.board.remove(&key(n));
                    floor.touch_item(key(n));
                }
                Step::View(n) => {
                    views.adjust(view(n));
                    stream.restart();
                    floor.touch();
                }
                Step::Time(at) => {
                    now = at;
                    floor.touch_all();
                }
            }
            if !settles {
                continue;
            }
            let change = floor.derive(&session(now), &settings, &views);
            let mut whole = Floor { board: floor.board.clone(), ..Floor::default() };
            whole.touch_all();
            whole.derive(&session(now), &settings, &views);
            prop_assert_eq!(&floor.derived, &whole.derived);

            let mut slow = stream.clone();
            stream.take(&change, &floor, Newest::Last);
            slow.settle(&floor.derived.rows, Newest::Last);
            prop_assert_eq!((&stream.rows, stream.waiting), (&slow.rows, slow.waiting));
            stream.freeze();
        }
    }
}

/// While the stream is frozen, a frame waits longer where only numbers change.
#[test]
fn rows_changed_are_those_on_the_screen() {
    let mut app = App::new(Settings::default());
    (app.session, app.link.phase) = (session(0), Phase::Live);
    (app.session.cols, app.session.rows) = (80, 24);
    for n in 0..40 {
        let item = item(n, 0, i64::from(n));
        app.floor.touch_item(item.key);
        app.floor.board.insert(item);
    }
    app.settle_frame();
    assert!(app.rows_changed(), "followed");
    app.stream.freeze();
    app.settle_frame();
    let (first, last) = (app.stream.rows[0], app.stream.rows[39]);
    app.floor.touch_item(first);
    assert!(!app.rows_changed(), "it is not on the screen");
    app.floor.touch_item(last);
    assert!(app.rows_changed());
    app.settle();
    assert!(app.rows_changed(), "no frame has shown it yet");
    app.settle_frame();
    assert!(!app.rows_changed());
}
