//! Everything that can happen to a console: keys, the terminal, the clock, and
//! news from the link.
//!
//! Owns the words only. Made by the runtime, which turns frames of the wire and
//! events of the terminal into these; consumed by `update`. Every moment here
//! is by the hub's clock.

use std::collections::BTreeSet;
use std::time::Duration;

use super::action::Action;
use super::keymap::Chord;
use super::state::lock::LockNews;
use super::state::notices::Notices;
use crate::model::allowance::Allowance;
use crate::model::command::{Command, Outcome};
use crate::model::content::Content;
use crate::model::event::{Event, Suppression};
use crate::model::ids::{ChannelName, CommandId, ItemId, ItemKey, OfficerId, Seq, TeamName};
use crate::model::item::Item;
use crate::model::officer::{Desks, Role};
use crate::model::outgoing::{Canned, Reach};
use crate::model::severity::Severity;
use crate::model::time::Timestamp;

/// One thing that happened.
#[derive(Clone, Debug, PartialEq)]
pub enum Msg {
    /// A key went down.
    Key(KeyPress),
    /// Text was pasted: never read as keys.
    Paste(String),
    /// The terminal's size, also at the start.
    Resize {
        /// Columns.
        cols: u16,
        /// Rows.
        rows: u16,
    },
    /// Whether the terminal has the focus.
    Focus(bool),
    /// Whether the line to the terminal is slow.
    SlowLine(bool),
    /// The moment it is. Needed at the start, then when a minute has gone by
    /// (ages and the header's clock are shown by the minute).
    Clock(Timestamp),
    /// The link has news.
    Link(LinkNews),
    /// How calls for the officer stand.
    Notices(Notices),
    /// The lock has news.
    Lock(LockNews),
    /// Something was asked in words, where there are no keys: plain mode.
    Asked(Asked, KeyPress),
}

/// What is asked in words. The press that comes with it gives moment and id; its
/// chord means nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Asked {
    /// A line of the command line.
    Line(String),
    /// What a key would mean, in what lies on top or on the floor.
    Act(Action),
    /// Text for what lies on top; digits of a count for a question.
    Write(String),
    /// The choice of this place, from 0, in the list on top.
    Choose(usize),
    /// The next verb is about these; the first is the one that is looked at.
    /// None: about no item in particular, and new items come in.
    Aim(Vec<ItemKey>),
    /// Mark these too.
    Mark(Vec<ItemKey>),
}

/// A key, when it came, and an id for the command that it may cause.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeyPress {
    /// Which.
    pub chord: Chord,
    /// When.
    pub at: Timestamp,
    /// A fresh id; one key causes one command at the most.
    pub id: CommandId,
    /// Whether the terminal says that the key is held down. Terminals that do
    /// not tell leave it false; `update` guards by time as well.
    pub repeat: bool,
}

/// What the link has to tell.
#[derive(Clone, Debug, PartialEq)]
pub enum LinkNews {
    /// It tries to connect.
    Connecting {
        /// Which try, from 1.
        attempt: u32,
        /// Why the last one failed: a sentence of ours.
        why: Option<String>,
        /// When the next try comes; absent while one is under way.
        retry_in: Option<Duration>,
    },
    /// A session began.
    Hello(Box<SessionInfo>),
    /// A snapshot begins: forget all items and suppressions.
    SnapshotStarted,
    /// Items whole: of a snapshot, or entering the scope.
    Items(Vec<Item>),
    /// The suppressions in force.
    Suppressions(Vec<Suppression>),
    /// The snapshot is complete and true at this event.
    SnapshotDone(Seq),
    /// What happened, in order, without gaps (the link saw to that).
    Events {
        /// Those in scope.
        events: Vec<Event>,
        /// Everything up to here was inspected.
        to: Seq,
    },
    /// What became of a command of this console.
    Outcome(Outcome),
    /// The hub refused something: a sentence, and the command it was about.
    Refused {
        /// The sentence.
        says: String,
        /// The command.
        command: Option<CommandId>,
    },
    /// Who is on watch: the whole list.
    Presence(Vec<Watcher>),
    /// What can leave by which channel, and the replies that are kept ready.
    Outward {
        /// By channel and act, what is asked of it.
        reach: Reach,
        /// Replies that are kept ready.
        canned: Vec<Canned>,
    },
    /// How the channels are: the whole list.
    Health {
        /// One entry a channel.
        channels: Vec<ChannelLine>,
        /// Milliseconds from receipt to fan-out of the newest item.
        lag_ms: u64,
    },
    /// Items that the window leaves out.
    Counts {
        /// Closed items that are on the hub but not here.
        closed_outside: u64,
        /// Suppressed items in scope.
        suppressed: u64,
    },
    /// So many events are known to be on the hub and not yet here.
    Behind(u64),
    /// Nothing is behind: the data is live.
    CaughtUp,
    /// No frame came for too long; the link may still recover.
    Stale {
        /// The last frame.
        since: Timestamp,
    },
    /// The link is gone.
    Down {
        /// The last frame.
        since: Timestamp,
        /// Why: a sentence of ours.
        why: String,
    },
    /// The commands that wait for an answer or for the link: the whole list,
    /// oldest first. Sent whenever it changes while the link is down, and at
    /// the start when an earlier run left some.
    Outbox(Vec<Command>),
    /// What a search in the history found, or why it did not.
    Found {
        /// Which question it answers.
        asked: u64,
        /// Newest first, or a sentence.
        outcome: Result<Vec<Hit>, String>,
    },
    /// An item that was fetched by its number, or why not.
    Fetched {
        /// Which.
        id: ItemId,
        /// It, or a sentence.
        outcome: Result<Box<Item>, String>,
    },
    /// Commands that will not be sent (another epoch): shown to the officer.
    NotSent {
        /// They.
        commands: Vec<Command>,
        /// Why: a sentence of ours.
        why: String,
    },
    /// These are a recording's news, which stands so.
    Playing(Playback),
}

/// How the playing of a recording stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Playback {
    /// How fast recorded time goes, in hundredths of ours.
    pub percent: u32,
    /// It stands still.
    pub paused: bool,
    /// Nothing more comes: how it ended, a sentence of ours.
    pub over: Option<String>,
}

impl Playback {
    /// The speed as it is shown: "×1", "×0.5", "×16".
    #[must_use]
    pub fn speed(&self) -> String {
        let (whole, part) = (self.percent / 100, self.percent % 100);
        let digits = format!("{whole}.{part:02}");
        format!("×{}", digits.trim_end_matches('0').trim_end_matches('.'))
    }
}

/// An item that a search found: open, closed or long gone from the board.
#[derive(Clone, Debug, PartialEq)]
pub struct Hit {
    /// Its key.
    pub key: ItemKey,
    /// Its number.
    pub id: ItemId,
    /// Severity after routing.
    pub severity: Severity,
    /// Its state in one word of the hub's; cleaned again before it is drawn.
    pub state: String,
    /// When the hub had it.
    pub received_at: Timestamp,
    /// What the channel last said.
    pub content: Content,
}

/// What a session knows from its first frame.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionInfo {
    /// Who the credential says you are.
    pub officer: OfficerId,
    /// What you may do.
    pub role: Role,
    /// Where.
    pub desks: Desks,
    /// The teams you answer for.
    pub teams: BTreeSet<TeamName>,
    /// The officers that items can be assigned to.
    pub officers: Vec<OfficerId>,
    /// The teams that items can be assigned to.
    pub roster_teams: Vec<TeamName>,
    /// The floor's zone.
    pub zone: jiff::tz::TimeZone,
    /// The hub's clock.
    pub now: Timestamp,
    /// Seconds without a key before the hub takes back what an officer holds.
    pub idle_s: u64,
    /// Without a key for so long consoles of this floor lock at the latest.
    pub lock_ceiling: Option<Duration>,
    /// The longest text field of a command, bytes.
    pub text_bytes: usize,
    /// The hub's version.
    pub hub_version: String,
    /// Whether this floor plays the demo.
    pub demo: bool,
}

/// An officer on watch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Watcher {
    /// Who.
    pub officer: OfficerId,
    /// How many sessions.
    pub sessions: u32,
    /// Seconds since the last key in any of them.
    pub idle_s: u64,
    /// What is open in the detail.
    pub viewing: Vec<ItemKey>,
    /// What is being written on.
    pub typing: Vec<ItemKey>,
    /// Connected; otherwise within the time that a lost link is waited for.
    pub connected: bool,
}

/// How a channel is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChannelLine {
    /// Which.
    pub channel: ChannelName,
    /// Its transport, in a word of ours ("webhook", "websocket", "feed").
    pub transport: String,
    /// In one word.
    pub state: ChannelMood,
    /// Since when it is so.
    pub since: Timestamp,
    /// The last item.
    pub last_item: Option<Timestamp>,
    /// Items in the last minute.
    pub per_minute: u32,
    /// Items since the hub started.
    pub items: u64,
    /// Documents that no map fitted, since the hub started.
    pub unmapped: u64,
    /// Deliveries refused, since the hub started.
    pub refused: u64,
    /// What is left of the vendor's budget for the hub's calls.
    pub calls: Option<Allowance>,
    /// What is left of it for answers.
    pub answers: Option<Allowance>,
    /// The last error; cleaned again before it is drawn.
    pub error: Option<String>,
}

/// A channel in one word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ChannelMood {
    /// Delivers, or waits to be delivered to.
    Up,
    /// Connecting or between two tries.
    Connecting,
    /// Nothing for longer than its threshold.
    Silent,
    /// Does not work.
    Down,
    /// Switched off by the operator.
    Off,
}

impl ChannelMood {
    /// The word on screen.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Up => "up",
            Self::Connecting => "connecting",
            Self::Silent => "silent",
            Self::Down => "down",
            Self::Off => "off",
        }
    }
}
