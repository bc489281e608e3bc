//! Every screen, state and thing on top, by name: for the snapshots and for the
//! tests of colours.

use std::sync::Arc;
use std::time::Duration;

use watchfloor::console::msg::LinkNews;
use watchfloor::console::state::Way;
use watchfloor::console::state::notices::Notices;
use watchfloor::console::state::themes::{Named, Themes};
use watchfloor::model::item::{OnRetract, Turn};
use watchfloor::model::medium::Medium;
use watchfloor::model::triage::{Returned, Snooze, State, Wake};

use super::insight;
use super::{Hands, escalation, evening, item, minutes_ago, now, officer};

/// A scene: its name, and how it comes about on a terminal of a size.
pub(crate) struct Scene {
    pub(crate) name: &'static str,
    make: Box<dyn Fn(u16, u16) -> Hands>,
}

impl Scene {
    fn new(name: &'static str, make: impl Fn(u16, u16) -> Hands + 'static) -> Self {
        let make = Box::new(make);
        Self { name, make }
    }

    /// An evening, and these keys.
    fn keys(name: &'static str, keys: &'static str) -> Self {
        Self::new(name, move |cols, rows| {
            let mut hands = Hands::evening(cols, rows);
            hands.keys(keys);
            hands
        })
    }

    /// An evening, and the item of a number open.
    fn open(name: &'static str, id: &'static str) -> Self {
        Self::new(name, move |cols, rows| {
            let mut hands = Hands::evening(cols, rows);
            hands.keys(":").text(id).keys("Enter");
            hands
        })
    }

    pub(crate) fn at(&self, cols: u16, rows: u16) -> Hands {
        (self.make)(cols, rows)
    }
}

/// A conversation in which pictures are sent, one of them without a word.
fn pictures(cols: u16, rows: u16) -> Hands {
    let mut item = escalation();
    let content = Arc::make_mut(&mut item.content);
    let picture = |name: &str, size| Medium {
        at: "https://media.example/7f3a".into(),
        kind: "image/png".into(),
        name: name.into(),
        size,
    };
    let last = content.conversation.last().cloned().unwrap();
    content.conversation.push(Turn {
        external_id: "a picture".into(),
        text: "".into(),
        media: vec![picture("tap\u{1b}[31m.png", Some(2_100_000))].into(),
        ..last.clone()
    });
    let many = (1..=6).map(|nth| picture(&format!("{nth}.png"), None));
    content.conversation.push(Turn {
        external_id: "pictures".into(),
        text: "And the whole street".into(),
        media: many.collect(),
        ..last
    });
    let mut hands = Hands::with(cols, rows, vec![item]);
    hands.keys("Enter");
    hands
}

/// All of them.
pub(crate) fn all() -> Vec<Scene> {
    let mut scenes = vec![
        Scene::keys("stream", ""),
        Scene::new("frozen", frozen),
        Scene::new("states", states),
        Scene::open("detail-alert", "1042"),
        Scene::open("detail-escalation", "1043"),
        Scene::new("detail-pictures", pictures),
        Scene::open("detail-1040", "1040"),
        Scene::open("detail-1041", "1041"),
        Scene::new("confirm-count", confirm_count),
        Scene::new("quit", quit),
        Scene::new("asleep", asleep),
        Scene::new("theme", theme),
        Scene::new("notices", notices),
        Scene::new("status", status),
        Scene::new("empty", |cols, rows| Hands::with(cols, rows, Vec::new())),
        Scene::new("filtered-empty", |cols, rows| {
            let mut hands = Hands::evening(cols, rows);
            hands.keys("/").text("nothing-like-it").keys("Enter");
            hands
        }),
        Scene::new("loading", loading),
        Scene::new("connecting", connecting),
        Scene::new("offline", offline),
        Scene::new("stale", |cols, rows| {
            let mut hands = Hands::evening(cols, rows);
            let since = minutes_ago(1);
            hands.news(LinkNews::Stale { since });
            hands
        }),
        Scene::new("behind", |cols, rows| {
            let mut hands = Hands::evening(cols, rows);
            hands.news(LinkNews::Behind(312));
            hands
        }),
    ];
    scenes.extend(STORM.map(|(name, keys)| {
        Scene::new(name, move |cols, rows| {
            let mut hands = Hands::with(cols, rows, insight::storm());
            let (line, keys) = keys.split_once(' ').unwrap_or((keys, ""));
            if line != "-" {
                hands.keys(":").text(line).keys("Enter");
            }
            hands.keys(keys);
            hands
        })
    }));
    scenes.extend(ON_TOP.map(|(name, keys)| Scene::keys(name, keys)));
    scenes
}

/// A rumour with its copies and the alert that it raised: the item that is gone
/// to, and the keys then.
const STORM: [(&str, &str); 9] = [
    ("folded", "-"),
    ("unfolded", "1050 Esc za"),
    ("why-alert", "1060 i"),
    ("why-post", "1051 i"),
    ("why-post-end", "1051 i End"),
    ("detail-raised", "1060"),
    ("detail-copy", "1053"),
    ("claims", "- gm j Space"),
    ("feedback", "1053 F"),
];

/// What lies on top, with the keys that open it.
const ON_TOP: [(&str, &str); 15] = [
    ("help", "?"),
    ("history", "w i"),
    ("watch", "gw"),
    ("channels", "C"),
    ("assign", "k @"),
    ("resolve", "k d"),
    ("snooze", "k s"),
    ("tag", "k t"),
    ("suppress", "w S"),
    ("note", "k c n o t e Enter t w o"),
    ("escalate", "k e w h y"),
    ("filter-error", "/ s e v > = ("),
    ("command", ": t a k"),
    ("confirm", "gg Space Space Space a"),
    ("resolve-all", "D 1"),
];

fn frozen(cols: u16, rows: u16) -> Hands {
    let mut hands = Hands::evening(cols, rows);
    hands.keys("k Space Space");
    let new = (2000..2037).map(|id| item(id, "Brown water here too", 0));
    hands.news(LinkNews::Items(new.collect()));
    hands.keys("j");
    hands
}

fn snoozed(wake: Wake) -> Snooze {
    Snooze {
        by: officer("anna"),
        at: minutes_ago(4),
        wake,
    }
}

fn in_two_hours() -> watchfloor::model::time::Timestamp {
    now().plus(Duration::from_hours(2))
}

fn states(cols: u16, rows: u16) -> Hands {
    let mut items = evening();
    items[0].triage.state = State::Taken {
        by: officer("anna"),
        at: minutes_ago(3),
    };
    items[1].triage.priority = Some(2);
    items[2].retracted = Some((minutes_ago(1), OnRetract::Keep));
    items[5].triage.returned = Some(Box::new(Returned {
        at: minutes_ago(1),
        why: "snooze over".to_owned(),
    }));
    let mut sleeper = item(1050, "Lost cat, grey, near the bridge", 30);
    sleeper.triage.snooze = Some(Box::new(snoozed(Wake::At(in_two_hours()))));
    items.push(sleeper);
    let mut hands = Hands::with(cols, rows, items);
    hands.keys(":").text("1040").keys("Enter Esc a");
    hands
}

fn confirm_count(cols: u16, rows: u16) -> Hands {
    let items = (1..=40)
        .map(|id| item(id, "Brown water", 40 - id))
        .collect();
    let mut hands = Hands::with(cols, rows, items);
    hands.keys("* d 1 4");
    hands
}

fn quit(cols: u16, rows: u16) -> Hands {
    let mut items = evening();
    items[0].triage.state = State::Taken {
        by: officer("anna"),
        at: minutes_ago(3),
    };
    let mut hands = Hands::with(cols, rows, items);
    hands.keys("q");
    hands
}

fn asleep(cols: u16, rows: u16) -> Hands {
    let mut items = evening();
    let latest = in_two_hours();
    items[0].triage.snooze = Some(Box::new(snoozed(Wake::At(latest))));
    items[1].triage.snooze = Some(Box::new(snoozed(Wake::NextReply { latest })));
    let mut hands = Hands::with(cols, rows, items);
    hands.keys(":").text("asleep").keys("Enter");
    hands
}

fn theme(cols: u16, rows: u16) -> Hands {
    let mut hands = Hands::evening(cols, rows);
    hands.app.settings.themes = themes();
    hands.keys(":").text("theme").keys("Enter");
    hands
}

/// Themes by name, one of them wrong.
pub(crate) fn themes() -> Themes {
    let named = |name: &str, says: &str, is_right| Named {
        name: name.to_owned(),
        says: says.to_owned(),
        is_right,
    };
    Themes {
        now: "dark".to_owned(),
        all: vec![
            named("dark", "for dark rooms", true),
            named("light", "for bright rooms", true),
            named("mono", "no colour at all", true),
            named("night", "night.toml:2: \"redish\" is not a colour.", false),
        ],
        set_by: None,
    }
}

fn loading(cols: u16, rows: u16) -> Hands {
    let mut hands = Hands::unconnected(cols, rows);
    hands.news(LinkNews::Hello(Box::new(super::session())));
    hands.news(LinkNews::SnapshotStarted);
    hands.news(LinkNews::Items(evening()));
    hands
}

fn connecting(cols: u16, rows: u16) -> Hands {
    let mut hands = Hands::unconnected(cols, rows);
    hands.news(LinkNews::Connecting {
        attempt: 3,
        why: Some("No hub answers at hub.example:8700: connection refused.".to_owned()),
        retry_in: Some(Duration::from_secs(4)),
    });
    hands
}

fn offline(cols: u16, rows: u16) -> Hands {
    let mut hands = Hands::evening(cols, rows);
    hands.news(LinkNews::Down {
        since: minutes_ago(4),
        why: "The connection was reset.".to_owned(),
    });
    hands.keys("k a");
    hands
}

/// A night with calls, and some that were held back.
fn notices(cols: u16, rows: u16) -> Hands {
    let mut hands = Hands::evening(cols, rows);
    hands.app.notices = Notices {
        way: Some("notices of the terminal (OSC 777)"),
        bell: true,
        title: true,
        made: 7,
        last: Some(minutes_ago(12)),
        held_focused: 3,
        held_quiet: 1,
        quiet: Some((22 * 60, 6 * 60 + 30)),
        capped: true,
        ..Notices::default()
    };
    hands.keys(":").text("notices").keys("Enter");
    hands
}

/// Through a proxy, to a hub that is live.
fn status(cols: u16, rows: u16) -> Hands {
    let mut hands = Hands::evening(cols, rows);
    hands.app.settings.way = Some(Way {
        hub: "https://floor.example:4780".to_owned(),
        route: "through the proxy http://proxy.example:3128 (config.toml:7)".to_owned(),
    });
    hands.keys(":").text("status").keys("Enter");
    hands
}
