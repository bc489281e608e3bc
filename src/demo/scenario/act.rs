//! What the plan consists of: an act, its door and when it is due.
//!
//! Values only. Made by the scenario, carried out by the player; `About` lets
//! tests and logs say what an act is without reading its body.

use std::sync::Arc;
use std::time::Duration;

/// One act and when it is due, at speed 1, after the start.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Planned {
    /// When; never less than that of the act before.
    pub at: Duration,
    /// What.
    pub act: Act,
}

/// One thing that comes in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Act {
    /// By which door.
    pub door: Door,
    /// As the door takes it: a JSON document.
    pub body: String,
    /// The part of the evening it belongs to ("burst", "rumour", …).
    pub scene: Arc<str>,
    /// What it is.
    pub about: About,
}

/// The doors of the hub, and of the demo's own two servers that it reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Door {
    /// `POST /in/{channel}`.
    In(&'static str),
    /// A frame of the Mastodon-like stream that the hub is connected to.
    Stream,
    /// An entry of the feed that the hub polls.
    Feed,
}

/// What an act is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum About {
    /// A new post.
    Said {
        /// What its channel calls it.
        id: String,
        /// Its language.
        lang: String,
        /// It tries something on the terminal or its reader.
        hostile: bool,
    },
    /// A post with other words or other numbers.
    Amended {
        /// Which.
        id: String,
    },
    /// A post that is taken back.
    Withdrawn {
        /// Which.
        id: String,
    },
    /// An alert that fires, for the first time or again.
    Fires {
        /// `fingerprint@startsAt`.
        id: String,
    },
    /// An alert that is over.
    Ends {
        /// `fingerprint@startsAt`.
        id: String,
    },
    /// A conversation that the bot gives to a human.
    HandedOver {
        /// Which.
        id: String,
        /// Its language.
        lang: String,
    },
    /// A further message of a conversation.
    Continued {
        /// Which.
        id: String,
    },
    /// An entry of the feed.
    Published {
        /// Its guid.
        id: String,
    },
    /// A document that its channel's map does not fit, on purpose.
    Misfit,
}
