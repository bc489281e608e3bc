//! The lock at the edge: what proves that it is the officer who comes back.
//!
//! - [`passphrase`]: hashed with Argon2id, kept in a file of mode 0600.
//! - [`unlock`]: a try, on a thread of its own; its answer comes back as news;
//!   [`family`]: a command ended with all that it started.
//! - [`lend`]: the terminal given to a command for a while; [`echo`]: its echo
//!   off while a line is typed.
//!
//! The rules (when it closes, how long a try waits, what keys mean) are pure:
//! `state::lock` and `update::lock`. What it looks like is `view::lock`.

pub mod echo;
mod family;
pub mod lend;
pub mod passphrase;
pub mod unlock;

pub use lend::{Keys, Lent};
pub use passphrase::{PassphraseError, Stored};
pub use unlock::{Lender, Unlock};
