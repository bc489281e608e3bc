//! A floor of invented people and texts, and an officer's hands on its
//! console: for the tests of keys and screens.
#![allow(dead_code, reason = "each test file uses a part of it")]

pub(crate) mod insight;
pub(crate) mod scenes;

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use uuid::Uuid;
use watchfloor::console::effect::Effect;
use watchfloor::console::keymap::{Chord, chord};
use watchfloor::console::msg::{
    ChannelLine, ChannelMood, KeyPress, LinkNews, Msg, SessionInfo, Watcher,
};
use watchfloor::console::state::kept::Kept;
use watchfloor::console::state::{App, SavedView, Settings};
use watchfloor::console::update::update;
use watchfloor::console::view::view;
use watchfloor::model::allowance::Allowance;
use watchfloor::model::command::Command;
use watchfloor::model::event::Actor;
use watchfloor::model::filter::Filter;
use watchfloor::model::ids::{
    ChannelName, CommandId, DeskName, ItemId, ItemKey, OfficerId, RuleName, Seq, Tag, TeamName,
};
use watchfloor::model::item::{
    Content, Due, Handoff, Item, Kind, Note, Reason, Speaker, Step, Turn,
};
use watchfloor::model::medium::Medium;
use watchfloor::model::officer::{Desks, Role};
use watchfloor::model::seldom::Seldom;
use watchfloor::model::severity::Severity;
use watchfloor::model::time::Timestamp;
use watchfloor::model::triage::{State, Triage};
use watchfloor::text::{Untrusted, is_safe_symbol};
use watchfloor::theme::{Depth, Theme};

/// The moment of all these tests.
pub(crate) fn now() -> Timestamp {
    Timestamp::parse("2026-11-23T02:41:00Z").unwrap()
}

pub(crate) fn officer(name: &str) -> OfficerId {
    OfficerId::new(name).unwrap()
}

pub(crate) fn minutes_ago(minutes: u64) -> Timestamp {
    now().minus(Duration::from_secs(minutes * 60))
}

/// An item, `minutes` old.
pub(crate) fn item(id: u64, words: &str, minutes: u64) -> Item {
    let channel = ChannelName::new("mastodon").unwrap();
    let mut content = Content::new(
        Kind::Mention,
        channel,
        format!("post-{id}").into(),
        words.into(),
    );
    content.author.handle = "anna.k".into();
    content.author.name = "Anna K.".into();
    Item {
        key: content.key(),
        id: ItemId(id),
        last_seq: Seq(id),
        content: Arc::new(content),
        desk: DeskName::new("city").unwrap(),
        severity: Severity::Medium,
        received_at: minutes_ago(minutes),
        edited_at: None,
        retracted: None,
        source_resolved_at: None,
        triage: Triage::default().into(),
        clocks: Seldom::default(),
        members: Seldom::default(),
        earlier_turns: 0,
        notes: Seldom::default(),
        outgoing: Seldom::default(),
        bot_silent: None,
        reasons: Seldom::default(),
        reading: None,
        trail: Seldom::default(),
    }
}

/// The same with its content changed.
pub(crate) fn with(mut item: Item, change: impl FnOnce(&mut Item, &mut Content)) -> Item {
    let mut content = (*item.content).clone();
    change(&mut item, &mut content);
    item.key = content.key();
    item.content = Arc::new(content);
    item
}

fn said_by(handle: &'static str, channel: &'static str) -> impl Fn(&mut Item, &mut Content) {
    move |_, content| {
        content.author.handle = handle.into();
        content.author.name = handle.into();
        content.channel = ChannelName::new(channel).unwrap();
    }
}

/// An evening: several languages, an alert, an escalation, a hostile post.
#[allow(
    clippy::too_many_lines,
    reason = "a list of items, one after the other"
)]
pub(crate) fn evening() -> Vec<Item> {
    vec![
        with(
            item(1036, "La calle Mayor está inundada, ¿viene alguien? 🚒", 95),
            said_by("lucia_m", "mastodon"),
        ),
        with(
            item(
                1037,
                "Água castanha na torneira desde as 20h, é segura?",
                64,
            ),
            said_by("rui.costa", "bluesky"),
        ),
        with(
            item(1038, "Concert on the river stage was wonderful tonight", 41),
            |item, content| {
                said_by("noor", "mastodon")(item, content);
                item.severity = Severity::Info;
            },
        ),
        with(
            item(
                1039,
                "Fermeture de l'école demain ? On ne trouve rien sur le site.",
                33,
            ),
            |item, content| {
                said_by("papa_de_lea", "feed")(item, content);
                item.severity = Severity::Low;
                item.triage.state = State::Taken {
                    by: officer("officer2"),
                    at: minutes_ago(20),
                };
                item.triage.version = 1;
            },
        ),
        with(
            item(
                1040,
                "الماء بني اللون في شارع Main منذ ساعة 💧 هل هو آمن للأطفال؟",
                21,
            ),
            |item, content| {
                said_by("samir_h", "mastodon")(item, content);
                content.lang = "ar".into();
                item.severity = Severity::High;
                item.clocks.first_response = Some(Due::at(now().plus(Duration::from_secs(480))));
            },
        ),
        with(
            item(
                1041,
                "free crypto\u{1b}]52;c;ZXZpbA==\u{7} \u{202e}gnp.exe\u{202c} \u{200b}visit n\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}ow",
                12,
            ),
            |item, content| {
                said_by("a\u{1b}[31mdmin\u{202e}", "mastodon")(item, content);
                item.severity = Severity::Low;
                content.media = vec![
                    Medium {
                        at: "https://cdn.example/7?x=1".into(),
                        kind: "image/png".into(),
                        name: "tap\u{202e}gnp.exe\u{1b}[2J".into(),
                        size: Some(34_120),
                    },
                    Medium::from(Untrusted::from("https://files.example/film.mp4")),
                    Medium {
                        name: "letter.pdf".into(),
                        size: Some(2_150_000),
                        ..Medium::default()
                    },
                ]
                .into();
            },
        ),
        with(item(1042, "", 5), |item, content| {
            content.kind = Kind::Alert;
            content.channel = ChannelName::new("alerts").unwrap();
            content.author = watchfloor::model::item::Author::default().into();
            content.title = "WaterPressureLow".into();
            content.text = "Pressure in zone 4 below 2.1 bar for 5 minutes".into();
            content.labels.insert("zone".to_owned(), "4".into());
            content
                .labels
                .insert("station".to_owned(), "Pump house North".into());
            item.severity = Severity::Critical;
            item.clocks.first_response = Some(Due::at(minutes_ago(2)));
            item.reasons.push(Reason {
                rule: RuleName::new("water-main").unwrap(),
                score: Some(92),
                says: "pressure and brown-water posts in one zone".into(),
                calls: false,
            });
            item.triage.tags.insert(Tag::new("water").unwrap());
        }),
        escalation(),
    ]
}

/// A citizen whom the bot could not help.
pub(crate) fn escalation() -> Item {
    with(
        item(
            1043,
            "I feel dizzy after drinking the water, what do I do?",
            2,
        ),
        |item, content| {
            content.kind = Kind::Escalation;
            content.channel = ChannelName::new("chatbot").unwrap();
            content.author.name = "Maria T.".into();
            content.author.handle = "web-2231".into();
            content.handoff = Some(Box::new(Handoff {
                reason: "health question, no answer in the knowledge base".into(),
                confidence: Some(0.21),
            }));
            let turn = |speaker, text: &str, minutes| Turn {
                external_id: text.into(),
                speaker,
                name: if speaker == Speaker::Citizen {
                    "Maria T.".into()
                } else {
                    "".into()
                },
                text: text.into(),
                at: Some(minutes_ago(minutes)),
                media: Seldom::default(),
            };
            content.conversation = vec![
                turn(Speaker::Citizen, "Hello, is the water safe?", 5),
                turn(
                    Speaker::Bot,
                    "There is a notice for the north of the city. Boil water before you drink it.",
                    5,
                ),
                turn(
                    Speaker::Citizen,
                    "I feel dizzy after drinking the water, what do I do?",
                    2,
                ),
            ]
            .into();
            item.severity = Severity::High;
            item.notes.push(Note {
                command: CommandId(Uuid::from_u128(9)),
                by: Actor::Officer(officer("officer2")),
                at: minutes_ago(1),
                text: "Health line told: 555-0117".into(),
                struck: false,
            });
            item.trail.push(Step {
                at: minutes_ago(2),
                by: Actor::Hub,
                did: "brought it in by chatbot".to_owned(),
                words: "".into(),
            });
        },
    )
}

/// What the hub says of the session.
pub(crate) fn session() -> SessionInfo {
    SessionInfo {
        officer: officer("anna"),
        role: Role::Officer,
        desks: Desks::All,
        teams: BTreeSet::from([TeamName::new("water").unwrap()]),
        officers: vec![officer("anna"), officer("officer2"), officer("maria")],
        roster_teams: vec![
            TeamName::new("press").unwrap(),
            TeamName::new("water").unwrap(),
        ],
        zone: jiff::tz::TimeZone::fixed(jiff::tz::offset(1)),
        now: now(),
        idle_s: 1200,
        lock_ceiling: None,
        text_bytes: 65536,
        hub_version: "0.1.0".to_owned(),
        demo: false,
    }
}

fn channel(name: &str, state: ChannelMood) -> ChannelLine {
    ChannelLine {
        channel: ChannelName::new(name).unwrap(),
        transport: "websocket".to_owned(),
        state,
        since: minutes_ago(50),
        last_item: Some(minutes_ago(3)),
        per_minute: 12,
        items: 4012,
        unmapped: 0,
        refused: 0,
        calls: None,
        answers: (name == "mastodon").then(|| Allowance {
            left: 60,
            of: Some(300),
            until: now().plus(Duration::from_secs(240)),
        }),
        error: (state == ChannelMood::Silent)
            .then(|| "Nothing for 50 minutes; usual is 4.".to_owned()),
    }
}

/// A console and the hands on it.
pub(crate) struct Hands {
    pub(crate) app: App,
    pub(crate) at: Timestamp,
    next: u128,
    /// The effects of the last keys or news.
    pub(crate) effects: Vec<Effect>,
}

impl Hands {
    /// On a terminal of a size, not connected.
    pub(crate) fn unconnected(cols: u16, rows: u16) -> Self {
        Self::with_kept(cols, rows, Kept::default())
    }

    /// Connected on an evening, with what an earlier run left.
    pub(crate) fn remembering(cols: u16, rows: u16, kept: Kept) -> Self {
        let mut hands = Self::with_kept(cols, rows, kept);
        let mut items = evening();
        items.extend((1..=3).map(|id| item(id, "Burst main in Hill Street", 90)));
        hands.connect(items);
        hands
    }

    fn with_kept(cols: u16, rows: u16, kept: Kept) -> Self {
        let views = vec![SavedView::new(
            1,
            "Water",
            Filter::parse("water or agua").unwrap(),
        )];
        let mut hands = Self {
            app: App::with(
                Settings {
                    views,
                    ..Settings::default()
                },
                kept,
            ),
            at: now(),
            next: 1,
            effects: Vec::new(),
        };
        hands.msg(Msg::Resize { cols, rows });
        hands.msg(Msg::Clock(now()));
        hands
    }

    /// Connected, with these items.
    pub(crate) fn with(cols: u16, rows: u16, items: Vec<Item>) -> Self {
        let mut hands = Self::unconnected(cols, rows);
        hands.connect(items);
        hands
    }

    fn connect(&mut self, items: Vec<Item>) {
        self.news(LinkNews::Hello(Box::new(session())));
        self.news(LinkNews::SnapshotStarted);
        self.news(LinkNews::Items(items));
        self.news(LinkNews::SnapshotDone(Seq(2000)));
        self.news(LinkNews::CaughtUp);
    }

    /// Connected on an evening, with colleagues and channels.
    pub(crate) fn evening(cols: u16, rows: u16) -> Self {
        let items = evening();
        let viewed = items[4].key;
        let mut hands = Self::with(cols, rows, items);
        let watcher = |name: &str, idle_s, viewing| Watcher {
            officer: officer(name),
            sessions: 1,
            idle_s,
            viewing,
            typing: Vec::new(),
            connected: true,
        };
        hands.news(LinkNews::Presence(vec![
            watcher("anna", 0, Vec::new()),
            watcher("officer2", 7, vec![viewed]),
            watcher("maria", 900, Vec::new()),
        ]));
        hands.news(LinkNews::Health {
            channels: vec![
                channel("alerts", ChannelMood::Up),
                channel("chatbot", ChannelMood::Up),
                channel("mastodon", ChannelMood::Silent),
            ],
            lag_ms: 12,
        });
        hands
    }

    pub(crate) fn msg(&mut self, msg: Msg) {
        self.effects = update(&mut self.app, msg);
        self.effects.extend(self.app.settle());
    }

    pub(crate) fn news(&mut self, news: LinkNews) {
        self.msg(Msg::Link(news));
    }

    /// Presses keys, 300 ms apart: words apart by spaces, letters one by one.
    pub(crate) fn keys(&mut self, keys: &str) -> &mut Self {
        let mut effects = Vec::new();
        for word in keys.split_whitespace() {
            for chord in chord::sequence(word).unwrap() {
                self.press(chord, 300);
                effects.append(&mut self.effects);
            }
        }
        self.effects = effects;
        self
    }

    /// Types text as keys.
    pub(crate) fn text(&mut self, text: &str) -> &mut Self {
        let mut effects = Vec::new();
        for c in text.chars() {
            self.press(Chord::char(c), 30);
            effects.append(&mut self.effects);
        }
        self.effects = effects;
        self
    }

    /// One key, so many milliseconds after the last.
    pub(crate) fn press(&mut self, chord: Chord, after_ms: u64) {
        self.at = self.at.plus(Duration::from_millis(after_ms));
        let id = CommandId(Uuid::from_u128(self.next));
        self.next += 1;
        self.msg(Msg::Key(KeyPress {
            chord,
            at: self.at,
            id,
            repeat: false,
        }));
    }

    /// The command that the last key may have asked for: it has the key's id.
    pub(crate) fn pressed(&self) -> CommandId {
        CommandId(Uuid::from_u128(self.next - 1))
    }

    /// The screen as text, in the dark theme.
    pub(crate) fn drawn(&self) -> String {
        let area = Rect::new(0, 0, self.app.session.cols, self.app.session.rows);
        let mut buffer = Buffer::empty(area);
        let theme = Theme::built_in("dark", Depth::True).unwrap();
        view(&self.app, &theme, area, &mut buffer);
        let mut text = String::new();
        for y in 0..area.height {
            let row: String = (0..area.width).map(|x| buffer[(x, y)].symbol()).collect();
            text += row.trim_end();
            text.push('\n');
        }
        assert!(
            buffer
                .content()
                .iter()
                .all(|cell| is_safe_symbol(cell.symbol()))
        );
        text
    }

    /// The commands among the last effects.
    pub(crate) fn sent(&self) -> Vec<&Command> {
        self.effects
            .iter()
            .filter_map(|effect| match effect {
                Effect::Send(command) => Some(command),
                _ => None,
            })
            .collect()
    }

    /// The only command among the last effects.
    pub(crate) fn command(&self) -> &Command {
        let sent = self.sent();
        assert_eq!(sent.len(), 1, "effects: {:?}", self.effects);
        sent[0]
    }

    /// The numbers of a command's items.
    pub(crate) fn targets(&self, command: &Command) -> Vec<u64> {
        command
            .targets
            .iter()
            .map(|target| self.app.floor.board.item(&target.key).unwrap().id.0)
            .collect()
    }

    pub(crate) fn selected(&self) -> Option<u64> {
        self.app.selected().map(|item| item.id.0)
    }

    pub(crate) fn says(&self) -> &str {
        self.app
            .notice
            .as_ref()
            .map_or("", |notice| notice.says.as_str())
    }

    pub(crate) fn key_of(&self, id: u64) -> ItemKey {
        self.app.floor.board.by_id(ItemId(id)).unwrap().key
    }
}
