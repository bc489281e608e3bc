//! The sections of a configuration, one file a theme.
//!
//! - [`hub`]: where it listens, keeps, waits; retention and the log lines.
//! - [`floor`]: desks, teams, routing rules, SLA clocks.
//! - [`channel`]: what comes in.
//! - [`page`]: the second way out.
//! - [`lock`]: when a console hides the floor.
//! - [`officer`]: link, console, saved views, notices.

pub mod channel;
pub mod floor;
pub mod hub;
pub mod lock;
pub mod officer;
pub mod page;
