//! The officer's attention: when to call for it, and by which ways.
//!
//! - [`policy`]: pure; what needs the officer and the time in, calls out.
//!   [`quiet`]: hours in which only a critical may.
//! - [`template`]: what a notice says: counts, never a stranger's words.
//! - [`method`]: which ways suit this session; [`remembered`]: which was seen
//!   on this terminal before.
//! - [`sequences`]: notices, bell and title as bytes; [`multiplexer`]: how they
//!   get through tmux and screen.
//! - [`outlet`]: a way that may be slow or dead, on a thread of its own;
//!   [`desktop`] and [`command`] are such ways.
//! - [`caller`]: calls carried out; [`calls`]: policy and ways together.
//! - [`alerts`]: what needs the officer as lines, from the link to the desktop.
//!
//! Called by the console's runtime and by `notify-agent`. The terminal is the
//! caller's: it is handed bytes and writes them when it can.

pub mod alerts;
pub mod caller;
pub mod calls;
pub mod command;
pub mod desktop;
pub mod method;
pub mod multiplexer;
pub mod outlet;
pub mod policy;
pub mod quiet;
pub mod remembered;
pub mod sequences;
pub mod template;

pub use caller::Wishes;
pub use calls::{Calls, Privacy, Settings, State};
pub use method::{Method, Surroundings, Terminal, Way, Ways};
pub use multiplexer::{Clues, Multiplexers};
pub use policy::{Call, Held, Needs, Policy};
pub use template::Counts;
