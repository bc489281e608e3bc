//! A stretch of a floor's life in a file, and played from it.
//!
//! A recording is JSON lines in UTF-8, each ended by a line feed:
//!
//! ```text
//! {"type":"recording","version":1,"redacted":false,"hello":{…}}
//! {"at":"2026-11-23T18:50:00.000Z","frame":{"type":"items","part":"only",…}}
//! {"at":"2026-11-23T18:50:12.480Z","frame":{"type":"events","from":8,"to":8,"events":[…]}}
//! ```
//!
//! - The first line is the header: the format's version (a reader refuses a
//!   newer one), whether strangers' words were made unreadable, and the `hello`
//!   frame of the recorded session: epoch, head, zone, officer, desks, roster,
//!   and in `now` the moment at which the recording begins.
//! - Every other line is a moment by the hub's clock and a frame of the wire
//!   (`wire::frames`): first the floor as it was (`items`, in chunks), then what
//!   happened (`events`, `items` that enter, `presence`, `counts`, `health`).
//!   Frames of later versions are passed over.
//! - Strangers' words are as they came, controls escaped by JSON, or masked
//!   letter by letter.
//!
//! A line has [`LONGEST_LINE`] bytes at the most, and is read and written one
//! by one, so that a file may be longer than the memory. A line that is cut or
//! damaged ends the recording: what comes before it stays usable.
//!
//! - [`mod@format`]: the lines; [`mod@write`]: [`Recorder`]; [`redact`]: masking.
//! - [`read`]: [`Tape`]; [`player`]: the link's news out of a tape, in time.
//!
//! Called by the command line (`record`, `replay`) and by tests and benches,
//! which build recordings with [`built`].

pub mod format;
pub mod player;
pub mod read;
pub mod redact;
pub mod write;

pub use format::{Header, LONGEST_LINE, Taped, VERSION};
pub use player::{Control, Player, Speed, start};
pub use read::{ReplayError, Tape};
pub use write::{Recorder, built};
