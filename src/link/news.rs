//! What the link tells a console.
//!
//! Owns the words only. Told in order over one bounded channel; nothing is
//! left out, what is slow is waited for.

use std::time::Duration;

use super::outbox::Entry;
use super::search::Hit;
use crate::model::command::{Command, Outcome};
use crate::model::ids::{CommandId, ItemId};
use crate::model::item::Item;
use crate::model::outgoing::{Canned, Reach};
use crate::model::time::Timestamp;
use crate::wire::frames::{ChannelHealth, Events, Hello, Items, Present};

/// How the playing of a recording stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Playback {
    /// The recorded moment, now.
    pub at: Timestamp,
    /// How fast recorded time goes, in hundredths of ours.
    pub percent: u32,
    /// It stands still.
    pub paused: bool,
    /// Nothing more comes: how it ended, a sentence.
    pub over: Option<String>,
}

/// One thing that the link has to tell. Moments without "hub" are by the
/// clock that the link was started with.
#[derive(Clone, Debug, PartialEq)]
pub enum News {
    /// A try to connect begins.
    Connecting {
        /// Which, from 1; 1 again after a link that held.
        attempt: u32,
    },
    /// A session began.
    Hello(Box<Hello>),
    /// Items whole.
    Items(Items),
    /// Events: each once, in order, none missing.
    Events(Events),
    /// What became of a command.
    Reply {
        /// It.
        outcome: Outcome,
        /// The command had to wait for the link: a refusal is a conflict.
        late: bool,
    },
    /// The hub, or the link itself, refuses something.
    Refused {
        /// A sentence.
        says: String,
        /// The command.
        command: Option<CommandId>,
    },
    /// Who is on watch: the whole list.
    Presence(Vec<Present>),
    /// Items that the window leaves out.
    Counts {
        /// Closed items that are not sent.
        closed_outside: u64,
        /// Suppressed items.
        suppressed: u64,
    },
    /// How the channels and the hub are.
    Health {
        /// One line a channel.
        channels: Vec<ChannelHealth>,
        /// The hub's lag, milliseconds.
        lag_ms: u64,
    },
    /// What can leave by which channel, and the replies that are kept ready.
    Outward {
        /// By channel and act, what is asked of it.
        reach: Reach,
        /// Replies that are kept ready.
        canned: Vec<Canned>,
    },
    /// The hub's clock, now.
    HubTime(Timestamp),
    /// So many events are known to be missing yet.
    Behind(u64),
    /// All that the hub has is here. Told again when a stale link recovers.
    CaughtUp,
    /// No frame for longer than is right; the link may recover.
    Stale {
        /// The last frame.
        since: Timestamp,
    },
    /// There is no link.
    Down {
        /// The last frame; none when there never was one.
        since: Option<Timestamp>,
        /// Why: a sentence.
        why: String,
        /// When the next try begins; none when only the officer can start it.
        retry_in: Option<Duration>,
    },
    /// What the archive found, newest first, or a sentence.
    Found {
        /// Which question it answers.
        asked: u64,
        /// The answer.
        outcome: Result<Vec<Hit>, String>,
    },
    /// An item that was fetched by its number, or a sentence.
    Fetched {
        /// Which.
        id: ItemId,
        /// The answer.
        outcome: Result<Box<Item>, String>,
    },
    /// The commands without an answer, oldest first: the whole list, told when
    /// it changes without a link, and when a link is lost.
    Outbox(Vec<Entry>),
    /// Commands that will not be sent: the officer is shown them.
    NotSent {
        /// They.
        commands: Vec<Command>,
        /// Why: a sentence.
        why: String,
    },
    /// Something of the link's own that the officer should know: a sentence.
    Notice(String),
    /// These news come from a recording, which stands so. Told by `replay`.
    Playing(Playback),
}
