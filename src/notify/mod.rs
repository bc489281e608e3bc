//! The officer's attention: when to call for it, and by which way.
//!
//! - [`policy`]: pure; what needs the officer and the time in, calls out.
//! - [`method`]: which way suits this session.
//! - [`desktop`]: notices on a local desktop, on a thread of their own.
//! - [`multiplexer`]: tmux and screen between us and the terminal, and how a
//!   sequence gets through them.
//!
//! What is shown holds counts in a fixed template, never a stranger's words.
//! Called by the console's runtime, which rings the bell itself: the terminal
//! is the writer's.

pub mod desktop;
pub mod method;
pub mod multiplexer;
pub mod policy;

pub use desktop::Desktop;
pub use method::Method;
pub use multiplexer::{Clues, Multiplexers};
pub use policy::{Call, Counts, Needs, Policy};
