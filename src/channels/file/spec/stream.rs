//! Documents over one long HTTP answer: lines of JSON, or server-sent events.

use std::time::Duration;

use super::request::Request;
use crate::channels::map::cursor::CursorRule;

/// One long answer.
#[derive(Debug)]
pub(in crate::channels) struct StreamSource {
    /// What is asked.
    pub(in crate::channels) request: Request,
    /// How documents lie in it.
    pub(in crate::channels) framing: Framing,
    /// Longest wait for the head of the answer.
    pub(in crate::channels) timeout: Duration,
    /// Silence after which the connection counts as dead.
    pub(in crate::channels) read_idle_timeout: Duration,
    /// Where the vendor's cursor is; server-sent events have ids of their own.
    pub(in crate::channels) cursor: Option<CursorRule>,
    /// Hosts that it may call beside the URL's; any public one for `*`.
    pub(in crate::channels) hosts: Vec<String>,
}

/// How documents lie in a stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::channels) enum Framing {
    /// One a line; an empty line is a keep-alive.
    Lines,
    /// Server-sent events: those with one of these names, all when there are
    /// none.
    Events {
        /// The names that are wanted.
        names: Vec<String>,
        /// Whether the document is `{"event", "id", "data"}` with the data as
        /// text, instead of the data itself.
        envelope: bool,
    },
}
