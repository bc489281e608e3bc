//! Copies fold to one row, whatever comes in whatever order: no item is lost,
//! what is derived step by step is what is derived at once, and nothing moves
//! under the cursor.

use std::collections::{BTreeSet, HashSet};
use std::sync::Arc;

use proptest::prelude::*;

use crate::console::msg::SessionInfo;
use crate::console::state::Settings;
use crate::console::state::floor::Floor;
use crate::console::state::session::Session;
use crate::console::state::stream::Stream;
use crate::console::state::views::{View, Views};
use crate::model::cluster::{ClusterId, Copied};
use crate::model::ids::{ChannelName, DeskName, ItemId, ItemKey, OfficerId};
use crate::model::item::{Content, Item, Kind};
use crate::model::officer::{Desks, Role};
use crate::model::queue::{Newest, Queue};
use crate::model::reading::Reading;
use crate::model::severity::Severity;
use crate::model::time::Timestamp;
use crate::model::triage::State;

fn session() -> Session {
    let mut session = Session::default();
    session.info = Some(Box::new(SessionInfo {
        officer: OfficerId::new("ana").expect("a name"),
        role: Role::Officer,
        desks: Desks::All,
        teams: BTreeSet::new(),
        officers: Vec::new(),
        roster_teams: Vec::new(),
        zone: jiff::tz::TimeZone::UTC,
        now: Timestamp::from_millis(0),
        idle_s: 600,
        text_bytes: 4000,
        hub_version: String::new(),
        demo: false,
        lock_ceiling: None,
    }));
    session
}

fn plain(n: u8) -> Item {
    let name = ChannelName::new("town").expect("a name");
    let id = format!("post-{n}").into();
    let content = Content::new(Kind::Mention, name, id, "the mayor says".into());
    let desk = DeskName::new("floor").expect("a name");
    let at = Timestamp::from_millis(i64::from(n));
    let mut item = Item::new(Arc::new(content), desk, at);
    item.id = ItemId(u64::from(n));
    item
}

fn key(n: u8) -> ItemKey {
    plain(n).key
}

/// A post: `kind` says how urgent it is and who has it; of the cluster of post
/// `of`, unless it is that post itself.
fn post(n: u8, kind: u8, of: u8, joined: Option<u8>) -> Item {
    let mut item = plain(n);
    item.severity = if kind & 1 == 0 {
        Severity::Medium
    } else {
        Severity::Critical
    };
    let by = OfficerId::new(if kind & 2 == 0 { "ana" } else { "ben" }).expect("a name");
    if kind & 0b1100 == 0b1100 {
        let at = item.received_at;
        item.triage.state = State::Taken { by, at };
    }
    let joined = joined.filter(|other| *other != of);
    item.reading = (n != of).then(|| {
        Arc::new(Reading {
            copied: Some(Box::new(Copied {
                cluster: ClusterId::of(&key(of)),
                like: key(of),
                percent: 90,
                joined: joined.iter().map(|m| ClusterId::of(&key(*m))).collect(),
            })),
            ..Reading::default()
        })
    });
    item
}

#[derive(Clone, Debug)]
enum Step {
    Put(u8, u8, u8, Option<u8>),
    Remove(u8),
    View(u8),
    Toggle(u8),
    Every(bool),
    Cursor(usize),
}

/// Posts 0 to 3 are the first of four clusters, the others copies.
fn put(joins: bool) -> impl Strategy<Value = Step> {
    let joined = prop::option::weighted(0.1, 0..4_u8);
    (0..24_u8, any::<u8>(), 0..4_u8, joined).prop_map(move |(n, kind, of, joined)| {
        let of = if n < 4 { n } else { of };
        Step::Put(n, kind, of, joined.filter(|_| joins))
    })
}

fn any_step() -> impl Strategy<Value = Step> {
    prop_oneof![
        8 => put(true),
        1 => (0..24_u8).prop_map(Step::Remove),
        1 => (0..3_u8).prop_map(Step::View),
        1 => (0..24_u8).prop_map(Step::Toggle),
        1 => any::<bool>().prop_map(Step::Every),
        2 => (0..12_usize).prop_map(Step::Cursor),
    ]
}

fn view(n: u8) -> View {
    let queue = [Queue::All, Queue::Unassigned, Queue::Mine][usize::from(n)];
    View {
        queue,
        ..View::default()
    }
}

#[derive(Default)]
struct Watch {
    floor: Floor,
    stream: Stream,
    views: Views,
    settings: Settings,
}

impl Watch {
    fn step(&mut self, step: &Step) {
        match *step {
            Step::Put(n, kind, of, joined) => {
                self.floor.board.insert(post(n, kind, of, joined));
                self.floor.touch_item(key(n));
            }
            Step::Remove(n) => {
                self.floor.board.remove(&key(n));
                self.floor.touch_item(key(n));
            }
            Step::View(n) => {
                self.views.adjust(view(n));
                self.stream.restart();
                self.floor.touch();
            }
            Step::Toggle(n) => {
                self.floor.toggle_fold(&key(n));
                self.stream.restart();
            }
            Step::Every(fold) => {
                self.floor.fold_every(fold);
                self.stream.restart();
            }
            Step::Cursor(at) => {
                self.stream.go(at);
                self.floor.touch();
            }
        }
    }

    fn settle(&mut self) {
        let change = self.floor.derive(&session(), &self.settings, &self.views);
        self.stream.take(&change, &self.floor, Newest::Last);
    }

    /// What the view asks for, were nothing folded.
    fn wanted(&self) -> BTreeSet<ItemKey> {
        let mut whole = Floor {
            board: self.floor.board.clone(),
            ..Floor::default()
        };
        whole.fold_every(false);
        whole.touch_all();
        whole.derive(&session(), &self.settings, &self.views);
        whole.derived.rows.iter().copied().collect()
    }
}

proptest! {
    #[test]
    fn no_item_is_lost_and_none_is_under_two_rows(steps in prop::collection::vec((any_step(), any::<bool>()), 1..80)) {
        let mut watch = Watch::default();
        watch.floor.touch_all();
        for (step, settles) in &steps {
            watch.step(step);
            if !settles {
                continue;
            }
            watch.settle();
            let rows = &*watch.floor.derived.rows;
            let under: Vec<ItemKey> = rows.iter().flat_map(|key| watch.floor.under(key)).collect();
            let each: BTreeSet<ItemKey> = under.iter().copied().collect();
            prop_assert_eq!(under.len(), each.len());
            prop_assert_eq!(&each, &watch.wanted());
            for row in rows {
                let copies = watch.floor.under(row);
                prop_assert_eq!(copies.len(), watch.floor.copies(row));
                let urgency = |key: &ItemKey| watch.floor.board.item(key).map(Item::urgency);
                prop_assert!(copies.iter().all(|key| urgency(key) == urgency(row)));
                prop_assert_eq!(copies.first(), Some(row));
            }
        }
    }

    #[test]
    fn step_by_step_is_as_all_at_once(steps in prop::collection::vec((prop_oneof![
        8 => put(false),
        2 => (0..24_u8).prop_map(Step::Remove),
        1 => (0..3_u8).prop_map(Step::View),
    ], any::<bool>()), 1..60)) {
        let mut watch = Watch::default();
        watch.floor.touch_all();
        for (step, settles) in &steps {
            watch.step(step);
            if !settles {
                continue;
            }
            watch.settle();
            let mut whole = Floor { board: watch.floor.board.clone(), ..Floor::default() };
            whole.touch_all();
            whole.derive(&session(), &watch.settings, &watch.views);
            prop_assert_eq!(&watch.floor.derived, &whole.derived);
            for key in whole.derived.rows.iter() {
                prop_assert_eq!(watch.floor.under(key), whole.under(key));
                prop_assert_eq!(watch.floor.kin(key), whole.kin(key));
            }
        }
    }

    #[test]
    fn the_row_under_the_cursor_stays_and_what_is_not_shown_is_told(
        steps in prop::collection::vec(prop_oneof![8 => put(true), 1 => (0..24_u8).prop_map(Step::Remove)], 1..60),
        at in 0..8_usize,
    ) {
        let mut watch = Watch::default();
        watch.floor.touch_all();
        for n in 0..10 {
            watch.step(&Step::Put(n, 0, n % 4, None));
        }
        watch.settle();
        watch.stream.go(at);
        watch.stream.fit(6);
        for step in &steps {
            let before = watch.stream.selected();
            let line = watch.stream.cursor.map(|at| at - watch.stream.top);
            watch.step(step);
            watch.settle();
            let on_board = before.is_some_and(|key| watch.floor.board.item(&key).is_some());
            if on_board {
                prop_assert_eq!(watch.stream.selected(), before);
                let top = watch.stream.top;
                let now = watch.stream.cursor.map(|at| at - top);
                prop_assert!(now == line || top == 0, "{:?} {:?}", now, line);
            }
            let rows: HashSet<ItemKey> = watch.stream.rows.iter().copied().collect();
            prop_assert_eq!(rows.len(), watch.stream.rows.len());
            let is_shown = |key: &ItemKey| {
                rows.contains(key) || watch.floor.stands_for(key).is_some_and(|s| rows.contains(&s))
            };
            let hidden = watch.wanted().iter().filter(|key| !is_shown(key)).count();
            prop_assert!(hidden == 0 || watch.stream.waiting > 0, "{hidden} are nowhere");
        }
    }
}

#[test]
fn a_row_stands_for_its_copies_and_a_critical_one_stands_alone() {
    let mut watch = Watch::default();
    watch.floor.touch_all();
    for n in [0, 4, 5, 6] {
        watch.step(&Step::Put(n, 0, 0, None));
    }
    watch.step(&Step::Put(7, 1, 0, None));
    watch.step(&Step::Put(1, 0, 1, None));
    watch.settle();
    assert_eq!(*watch.floor.derived.rows, [key(7), key(0), key(1)]);
    assert_eq!(watch.floor.copies(&key(0)), 4);
    assert_eq!(watch.floor.copies(&key(7)), 1);
    let kin = watch.floor.kin(&key(7)).expect("copies");
    assert_eq!((kin.first, kin.count), (key(0), 5));
    assert_eq!(watch.floor.kin(&key(1)), None);
    watch.step(&Step::Toggle(5));
    watch.settle();
    assert_eq!(watch.floor.derived.rows.len(), 6);
    watch.step(&Step::Toggle(5));
    watch.settle();
    assert_eq!(watch.floor.derived.rows.len(), 3);
}

#[test]
fn a_join_makes_two_rows_one() {
    let mut watch = Watch::default();
    watch.floor.touch_all();
    for (n, of) in [(0, 0), (4, 0), (1, 1)] {
        watch.step(&Step::Put(n, 0, of, None));
    }
    watch.settle();
    assert_eq!(*watch.floor.derived.rows, [key(0), key(1)]);
    watch.stream.go(1);
    watch.step(&Step::Put(5, 0, 0, Some(1)));
    watch.settle();
    assert_eq!(*watch.floor.derived.rows, [key(0)]);
    assert_eq!(watch.floor.copies(&key(0)), 4);
    assert_eq!(*watch.stream.rows, [key(0), key(1)], "the cursor is on it");
    watch.stream.go(0);
    watch.floor.touch();
    watch.settle();
    assert_eq!(*watch.stream.rows, [key(0)]);
}
