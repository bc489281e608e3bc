//! What the business is, and nothing else: pure values and functions.
//!
//! - [`ids`], [`time`], [`severity`]: the small words.
//! - [`content`] with [`medium`], [`item`], [`triage`]: what came, what lies on the floor and where it stands; the
//!   state machine is one table.
//! - [`officer`], [`command`], [`event`], [`inbound`]: who asks for what, what
//!   channels deliver, what happened.
//! - [`decide`]: commands and deliveries to facts, or a refusal that is a
//!   sentence.
//! - [`board`]: the one fold of events, for hub and console alike.
//! - [`queue`], [`filter`]: what an officer looks at.
//! - [`reading`]: what was read from a post's words, with [`cluster`] (whose copy
//!   it is) and [`claim`] (what known claim it repeats); [`why`]: the reasons of
//!   an alert that the hub raised; [`feedback`]: what officers say of both, with
//!   [`judgements`]: the part of it that undo puts back.
//! - [`hold`]: what may not be erased.
//! - [`outgoing`]: what leaves the floor, and how far it has come; [`mark`]:
//!   what is told of it afterwards; [`reach`]: what channels can do and ask;
//!   [`length`]: how vendors count, [`allowance`]: what they still allow.
//! - [`bounds`]: how much of one thing is carried whole; [`seldom`]: what is mostly
//!   empty, without taking room; [`shared`]: what many have alike; `transparent`:
//!   both look like what they hold; `streamed`: frequent kinds of an enum read
//!   as they come.
//!
//! Time, ids and randomness come in as values. Imports `text` and nothing else
//! of ours.

pub mod allowance;
pub mod board;
mod body;
pub mod bounds;
pub mod claim;
pub mod cluster;
pub mod command;
pub mod content;
pub mod decide;
pub mod event;
pub mod feedback;
pub mod filter;
pub mod hold;
pub mod ids;
pub mod inbound;
pub mod item;
pub mod judgements;
pub mod length;
pub mod mark;
pub mod medium;
pub mod officer;
pub mod outgoing;
pub mod queue;
pub mod reach;
pub mod reading;
pub mod seldom;
pub mod severity;
pub mod shared;
pub(crate) mod streamed;
pub mod time;
mod transparent;
pub mod triage;
pub mod why;
