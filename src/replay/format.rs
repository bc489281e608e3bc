//! The lines of a recording, as values.
//!
//! Owns the format's version. What a frame carries is `wire`'s.

use serde::{Deserialize, Serialize};

use crate::model::time::Timestamp;
use crate::wire::frames::{Hello, ServerFrame};

/// The version of the format that this program writes, and the newest it reads.
pub const VERSION: u32 = 1;

/// The longest line, bytes: a message of the wire in JSON, and room.
pub const LONGEST_LINE: u64 = 4 * 1024 * 1024;

/// What the first line says that it is.
pub(super) const KIND: &str = "recording";

/// The first line.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Header {
    /// "recording".
    pub r#type: String,
    /// The format's version.
    pub version: u32,
    /// Whether strangers' and officers' words were masked.
    #[serde(default)]
    pub redacted: bool,
    /// The recorded session.
    pub hello: Hello,
}

impl Header {
    /// The header of a session's recording.
    #[must_use]
    pub fn new(hello: Hello, redacted: bool) -> Self {
        Self {
            r#type: KIND.to_owned(),
            version: VERSION,
            redacted,
            hello,
        }
    }
}

/// Any other line.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Taped {
    /// When, by the hub's clock.
    pub at: Timestamp,
    /// What the hub sent.
    pub frame: ServerFrame,
}
