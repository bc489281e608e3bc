//! An evening in Port Almeida, a city of 400,000 that does not exist, played
//! through the hub's real doors.
//!
//! - [`scenario`]: what comes in and when; pure.
//! - [`colleague`]: what simulated officers do; pure. `notes`: what they write.
//! - [`floor`]: the channels, desks, rules and officers that it needs.
//! - `player`: the plan over HTTP; `lane`: one channel's posts in their order.
//! - `mastodon_server`, `feed_server`: the two servers that the hub reads;
//!   `posts_server`, `platform_server`: those that take officers' answers.
//! - `seat`: a colleague's WebSocket session with the hub.
//!
//! Nothing leaves the machine: everything that it calls is on loopback, and it
//! refuses other addresses. Called by the command line.

pub mod colleague;
#[cfg(test)]
mod colleague_tests;
mod feed_server;
pub mod floor;
mod lane;
mod mastodon_server;
mod notes;
mod platform_server;
mod player;
mod posts_server;
pub mod scenario;
mod seat;

pub use feed_server::Entry;
pub use floor::{
    CANNED, CLAIMS, DemoChannel, DemoFloor, DemoOfficer, DemoRule, DemoSla, Servers, TOPICS, VIEWS,
    settings,
};
pub use player::{DemoDoors, DemoError, SPEEDS, Tempo, play};
