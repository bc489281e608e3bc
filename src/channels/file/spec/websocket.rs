//! A WebSocket.

use std::time::Duration;

use serde_json::Value;

use super::request::Request;
use crate::channels::map::cursor::CursorRule;
use crate::channels::map::when::When;

/// A WebSocket that we keep open.
#[derive(Debug)]
pub(in crate::channels) struct WebsocketSource {
    /// Where, with which headers.
    pub(in crate::channels) request: Request,
    /// What is spoken on it.
    pub(in crate::channels) talk: TalkKind,
    /// Longest wait for an open WebSocket.
    pub(in crate::channels) timeout: Duration,
    /// How often a ping is sent; none: never.
    pub(in crate::channels) ping_every: Option<Duration>,
    /// Silence after which the connection counts as dead.
    pub(in crate::channels) read_idle_timeout: Duration,
    /// Where the vendor's cursor is.
    pub(in crate::channels) cursor: Option<CursorRule>,
    /// Words in a refusal that say that the cursor is too old.
    pub(in crate::channels) cursor_lost: Vec<String>,
    /// Codes with which the server refuses, and what they mean.
    pub(in crate::channels) refusals: Vec<(u16, String)>,
    /// Hosts that it may call beside the URL's.
    pub(in crate::channels) hosts: Vec<String>,
}

/// What is spoken on a WebSocket.
#[derive(Clone, Debug)]
pub(in crate::channels) enum TalkKind {
    /// Frames that we say first, and one that keeps the connection alive.
    Plain {
        /// In this order.
        opening: Vec<Opening>,
        /// The frame, as a template, and how often.
        keep_alive: Option<(String, Duration)>,
    },
    /// Discord's gateway: token as a template, and which events are wanted.
    Discord {
        /// The bot's token, as a template.
        token: String,
        /// A sum of Discord's intents, as a template.
        intents: String,
    },
    /// A Nostr relay: what is asked for (NIP-01 filters; texts are templates).
    Nostr {
        /// The filters.
        filters: Vec<Value>,
        /// How many seconds to go back when it is asked again.
        rewind: u32,
    },
}

/// A frame that is sent first.
#[derive(Clone, Debug)]
pub(in crate::channels) struct Opening {
    /// The frame, as a template.
    pub(in crate::channels) send: String,
    /// What has to come before the next is sent.
    pub(in crate::channels) then: Option<When>,
}
