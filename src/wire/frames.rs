//! The frames of `watchfloor.v1`: each a JSON object with `type`.
//!
//! Unknown frame types read as `Unknown` and are ignored; unknown versions are
//! refused at the handshake. Schemas are generated from these types.

use schemars::JsonSchema;
use serde::de::MapAccess;
use serde::de::value::MapAccessDeserializer;
use serde::{Deserialize, Serialize};

use super::limits::Limits;
use crate::model::allowance::Allowance;
use crate::model::command::{Command, Outcome};
use crate::model::event::{Event, Suppression};
use crate::model::ids::{ChannelName, CommandId, Epoch, ItemKey, OfficerId, Seq, TeamName};
use crate::model::item::Item;
use crate::model::officer::{Desks, Role};
use crate::model::outgoing::{Canned, Reach};
use crate::model::streamed::{Followed, Streamed};
use crate::model::time::Timestamp;

/// What the hub sends.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ServerFrame {
    /// The first frame of a session.
    Hello(Box<Hello>),
    /// Items whole: a chunk of the snapshot, or one that enters the scope.
    Items(Items),
    /// What happened, in order.
    Events(Events),
    /// What became of a command of this session.
    Reply {
        /// The outcome, with the command's id.
        outcome: Outcome,
    },
    /// Who is on watch and who looks at what: the whole list each time.
    Presence {
        /// Everybody with a session.
        officers: Vec<Present>,
    },
    /// Items that the window leaves out.
    Counts {
        /// Closed items in scope that are on the hub but not sent.
        closed_outside: u64,
        /// Suppressed items in scope.
        suppressed: u64,
    },
    /// How the channels and the hub are.
    Health {
        /// One line a channel.
        channels: Vec<ChannelHealth>,
        /// Milliseconds that the newest item waited between receipt and fan-out.
        lag_ms: u64,
    },
    /// What can leave by which channel, and the replies that are kept ready.
    Outward {
        /// By channel and act, what is asked of it.
        reach: Reach,
        /// Replies that the operator keeps ready.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        canned: Vec<Canned>,
    },
    /// Sent after five seconds of silence.
    Ping {
        /// The log's head.
        head: Seq,
        /// The hub's clock.
        now: Timestamp,
    },
    /// The session fell behind and its queue was dropped: what follows comes
    /// from the log, after `from`.
    Resync {
        /// The last event that was sent before.
        from: Seq,
        /// The log's head: the session is caught up when it is reached.
        #[serde(default)]
        head: Seq,
    },
    /// The hub closes the session.
    Bye {
        /// Why: a sentence.
        reason: String,
        /// Seconds to wait before trying again; absent: do not try by yourself.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        retry_after: Option<u32>,
    },
    /// The hub refuses a frame of the console.
    Error {
        /// A sentence.
        says: String,
        /// The command it was about.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        command: Option<CommandId>,
    },
    /// A frame of a later version: ignored.
    #[serde(other)]
    Unknown,
}

/// The two that are long.
impl<'de> Streamed<'de> for ServerFrame {
    fn follow<A: MapAccess<'de>>(kind: &str, rest: A) -> Result<Followed<Self, A>, A::Error> {
        Ok(match kind {
            "events" => {
                let events = Events::deserialize(MapAccessDeserializer::new(rest))?;
                Followed::Read(Self::Events(events))
            }
            "items" => {
                let items = Items::deserialize(MapAccessDeserializer::new(rest))?;
                Followed::Read(Self::Items(items))
            }
            _ => Followed::Back(rest),
        })
    }
}

/// The first frame of a session.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Hello {
    /// Which life of the log this is.
    pub epoch: Epoch,
    /// The log's head.
    pub head: Seq,
    /// Who the credential says you are.
    pub officer: OfficerId,
    /// What you may do.
    pub role: Role,
    /// Where.
    pub desks: Desks,
    /// The teams you answer for.
    pub teams: Vec<TeamName>,
    /// The teams and officers that items can be assigned to.
    pub roster: Roster,
    /// The floor's IANA zone.
    pub zone: String,
    /// The hub's clock.
    pub now: Timestamp,
    /// What you are held to.
    pub limits: Limits,
    /// The hub's version.
    pub version: String,
    /// Whether this floor plays the demo.
    #[serde(default)]
    pub demo: bool,
}

/// Whom items can be assigned to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Roster {
    /// Officers.
    pub officers: Vec<OfficerId>,
    /// Teams.
    pub teams: Vec<TeamName>,
}

/// Items whole.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Items {
    /// The event that they are true at.
    pub at: Seq,
    /// They.
    pub items: Vec<Item>,
    /// The suppressions in force; on the first chunk of a snapshot only.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub suppressions: Vec<Suppression>,
    /// What these are.
    pub part: Part,
}

/// What an `items` frame is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// The first chunk of a snapshot: forget what you had.
    First,
    /// A further chunk.
    More,
    /// The last chunk; it may be the first too, then it is `Only`.
    Last,
    /// A snapshot in one chunk.
    Only,
    /// Not a snapshot: items that enter the scope.
    Entering,
}

/// What happened. `from` and `to` are the range of the log that was inspected:
/// there is a gap when `from` is not the last `to` and one, not when a number
/// inside is missing (it was not in your scope).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Events {
    /// First of the range.
    pub from: Seq,
    /// Last of the range.
    pub to: Seq,
    /// Those of the range that are yours.
    pub events: Vec<Event>,
}

/// An officer on watch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Present {
    /// Who.
    pub officer: OfficerId,
    /// How many sessions.
    pub sessions: u32,
    /// Seconds since the last key in any of them.
    pub idle_s: u64,
    /// What is open in the detail.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub viewing: Vec<ItemKey>,
    /// What is being written on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub typing: Vec<ItemKey>,
    /// Connected; otherwise within the time that a lost link is waited for.
    pub connected: bool,
}

/// How a channel is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ChannelHealth {
    /// Which.
    pub channel: ChannelName,
    /// Its file in the catalogue.
    pub file: String,
    /// Its transport.
    pub transport: String,
    /// In one word.
    pub state: ChannelState,
    /// Since when it is so.
    pub since: Timestamp,
    /// The last item.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_item: Option<Timestamp>,
    /// Items in the last minute.
    pub per_minute: u32,
    /// Items since the hub started.
    pub items: u64,
    /// Documents that no map fitted, since the hub started.
    pub unmapped: u64,
    /// Deliveries refused (signature, size, form), since the hub started.
    pub refused: u64,
    /// What is left of the vendor's budget for our calls, as far as it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub calls: Option<Allowance>,
    /// What is left of it for our answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answers: Option<Allowance>,
    /// The last error: a sentence of ours, vendors' words cleaned.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

/// A channel in one word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ChannelState {
    /// Delivers, or waits to be delivered to.
    Up,
    /// Connecting or between two tries.
    Connecting,
    /// Nothing for longer than its threshold.
    Silent,
    /// Does not work: see the error.
    Down,
    /// Switched off by the operator.
    Off,
}

/// What a console sends.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ClientFrame {
    /// The first frame: where to go on.
    Resume {
        /// The epoch that the console remembers; none at its first time.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        epoch: Option<Epoch>,
        /// The last event that it has.
        #[serde(default)]
        seq: Seq,
        /// What of the closed items it wants.
        #[serde(default)]
        window: Window,
    },
    /// A command.
    Command {
        /// It.
        command: Command,
    },
    /// What is open in the detail; none when nothing is.
    View {
        /// The item.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        key: Option<ItemKey>,
    },
    /// How long ago a key was pressed, and what is being written on.
    Presence {
        /// Seconds.
        idle_s: u64,
        /// The item.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        typing: Option<ItemKey>,
        /// Whether it is an answer to the person, who may be shown that it is
        /// coming, and not a note for colleagues.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        answering: bool,
    },
    /// The answer to a ping.
    Pong,
    /// A frame of a later version: ignored.
    #[serde(other)]
    Unknown,
}

/// Which closed items a console wants beside all that are open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Window {
    /// At most so many, newest first.
    pub closed_items: u32,
}

impl Default for Window {
    fn default() -> Self {
        Self { closed_items: 200 }
    }
}
