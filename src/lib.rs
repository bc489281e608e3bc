//! watchfloor: the terminal operations console for public-sector duty
//! officers, and the hub that it talks to, in one binary.
//!
//! The rooms, from the inside out:
//!
//! - [`text`]: strangers' words ([`text::Untrusted`]) and the only form of them
//!   that may reach a screen, log, title, notice or export ([`text::SafeText`]).
//! - [`model`]: items, triage, commands, events, `decide`, the one fold
//!   ([`model::board::Board::apply`]), queues and the filter language.
//! - [`insight`]: what a post's words say: language, feeling, topics, urgency.
//! - [`wire`]: the frames between hub and console.
//! - [`config`], [`theme`]: what an operator and an officer may set.
//! - [`store`], [`channels`], [`page`], [`hub`]: the serving side.
//! - [`link`], [`tokens`], [`notify`], [`console`]: the officer's side.
//! - [`demo`]: an evening in a city, played through the hub's real doors;
//!   [`replay`]: a floor's life recorded, and played to a console.
//! - [`cli`]: the command line, where the rooms are put together.
//!
//! `hub` and `console` never mention each other: they meet in `wire` and
//! `model`. `tests/architecture.rs` enforces who may import whom.

pub mod channels;
pub mod cli;
pub mod config;
pub mod console;
pub mod demo;
pub mod hardening;
pub mod hub;
pub mod insight;
pub mod link;
pub mod model;
pub mod notify;
pub mod page;
pub mod replay;
pub mod shutdown;
pub mod store;
pub mod telemetry;
pub mod text;
pub mod theme;
pub mod tokens;
pub mod wire;
