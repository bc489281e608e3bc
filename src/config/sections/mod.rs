//! The sections of a configuration, one file a theme.
//!
//! - [`hub`]: where it listens, keeps, waits; retention and the log lines.
//! - [`floor`]: desks, teams, routing rules, SLA clocks.
//! - [`channel`]: what comes in; [`insight`]: what it is looked through for.
//! - [`page`]: the second way out.
//! - [`link`] (with [`proxy`]): which hub an officer joins, how, and as whom.
//! - [`officer`]: console, saved views, notices.
//! - [`lock`]: when a console hides the floor.

pub mod channel;
pub mod floor;
pub mod hub;
pub mod insight;
pub mod link;
pub mod lock;
pub mod officer;
pub mod page;
pub mod proxy;
