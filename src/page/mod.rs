//! The hub's second way out, for when nobody answers.
//!
//! - [`policy`]: which criticals leave now; pure.
//! - [`notice`]: what a page says: counts, numbers, the operator's own words.
//! - [`webhook`], [`smtp`]: the senders; [`send`] retries them and reports.
//! - [`heartbeat`]: tells others that the hub lives.
//!
//! Owns no board and no log: the hub brings the facts and logs what is reported
//! back. Strangers' words never come in here.

pub mod heartbeat;
pub mod notice;
pub mod policy;
pub mod send;
pub mod smtp;
#[cfg(test)]
mod tests;
pub mod webhook;

pub use heartbeat::{Beat, Heartbeat};
pub use notice::Notice;
pub use policy::{Pages, Unattended, Why};
pub use send::{Outcome, Pager};
