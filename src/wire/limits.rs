//! Limits and version of the wire, told to the console in `hello`.

use std::time::Duration;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// WebSocket subprotocol: JSON text frames.
pub const PROTOCOL_JSON: &str = "watchfloor.v1";
/// WebSocket subprotocol: the same frames, zstd in binary messages; frames with
/// officers' own words stay text.
pub const PROTOCOL_ZSTD: &str = "watchfloor.v1.zstd";

/// The largest message either side accepts, bytes, after decompression.
pub const MESSAGE_BYTES: usize = 1024 * 1024;
/// The largest WebSocket frame, bytes. Longer messages are fragmented.
pub const FRAME_BYTES: usize = 256 * 1024;
/// The longest text field of a command, bytes.
pub const TEXT_BYTES: usize = 64 * 1024;
/// Commands a second and session; the burst may be as large.
pub const COMMANDS_PER_SECOND: u32 = 50;
/// Items in one snapshot chunk at the most (its bytes stay under the message's).
pub const SNAPSHOT_CHUNK: usize = 200;
/// The hub pings after this long without a frame of its own.
pub const PING_AFTER: Duration = Duration::from_secs(5);
/// In a stream that never rests so long the hub asks for a sign of life this often
/// all the same: a console whose officer presses no key says nothing unasked, and
/// would be taken for dead.
pub const ASK_AFTER: Duration = Duration::from_secs(12);
/// Without any frame for this long a console says STALE.
pub const STALE_AFTER: Duration = Duration::from_secs(12);
/// Without any frame for this long a link is dropped, on either side.
pub const DEAD_AFTER: Duration = Duration::from_secs(40);

/// What the hub holds a session to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Limits {
    /// Bytes of a message.
    pub message_bytes: usize,
    /// Bytes of a text field.
    pub text_bytes: usize,
    /// Commands a second.
    pub commands_per_second: u32,
    /// Seconds without a key before the hub takes back what an officer holds.
    pub idle_s: u64,
    /// Seconds without a link before it does.
    pub link_lost_s: u64,
    /// How much a notice on an officer's desktop may tell, at the most; absent:
    /// all that a notice can.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notices: Option<NoticesTell>,
    /// Seconds without a key before a console locks, at the latest; absent: a
    /// console may never lock.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lock_after_s: Option<u64>,
}

/// How much a notice tells. Never a stranger's words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum NoticesTell {
    /// How many.
    Counts,
    /// How many, and the operator's own name of the rule that matched.
    Rule,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            message_bytes: MESSAGE_BYTES,
            text_bytes: TEXT_BYTES,
            commands_per_second: COMMANDS_PER_SECOND,
            idle_s: 20 * 60,
            link_lost_s: 90,
            notices: None,
            lock_after_s: None,
        }
    }
}
