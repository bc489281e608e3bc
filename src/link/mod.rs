//! A console's connection to its hub.
//!
//! ```text
//! Link::start ── task: try, wait, try again (backoff)
//!                 ├── connect: address → dial (route, TCP, proxy) → tls → WebSocket
//!                 │     walk   the steps as they are taken; fault: why not
//!                 └── pump: one session ── intake: frame by frame
//!                       cursor  what is new, doubled, missing
//!                       outbox  commands without an answer (journal on disk)
//!                       pace    how fast we may send
//! ```
//!
//! The link lives in a task of its own and tells [`News`] over a bounded
//! channel: in order, each event once, a gap never silently. [`Once`] asks
//! single questions over REST, [`Tail`] gives the stream to the command line,
//! [`try_out`] connects once and tells each step. Knows nothing of screens; boards are the console's.

mod address;
mod backoff;
mod connect;
mod cursor;
mod dial;
mod fault;
mod intake;
mod journal;
mod memory;
mod news;
mod once;
mod outbox;
mod pace;
mod pump;
mod search;
mod settings;
mod tail;
mod task;
mod tls;
mod trial;
mod walk;

pub use address::Address;
pub use backoff::Backoff;
pub use cursor::{Cursor, Life, Verdict};
pub use dial::{By, Dial, Io, Route, Routed, Wanted, Way};
pub use fault::{CommandFault, ConnectError, ProxyFault, TcpFault};
pub use journal::{Journal, JournalError};
pub use news::{News, Playback};
pub use once::{Once, OnceError};
pub use outbox::{CAPACITY, Entry, Meant, Outbox, Standing};
pub use search::Hit as ArchiveHit;
pub use settings::{LinkSettings, Timings, TlsSettings, Token};
pub use tail::{Line, Tail};
pub use task::{Link, LinkHandle, NotTaken, Random};
pub use tls::{Certificate, Reason, Refusal, TlsFault};
pub use trial::{Met, Trial, try_out};
pub use walk::{Step, Taken, Walk};
