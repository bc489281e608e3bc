//! A WebSocket.

use std::time::Duration;

/// A WebSocket that we keep open.
#[derive(Debug)]
pub(in crate::channels) struct WebsocketSource {
    /// Where, as a template of `vars` and `secret`.
    pub(in crate::channels) url: String,
    /// Headers, as templates.
    pub(in crate::channels) headers: Vec<(String, String)>,
    /// Frames sent first, as templates.
    pub(in crate::channels) on_open: Vec<String>,
    /// How often a ping is sent.
    pub(in crate::channels) ping_every: Duration,
    /// Silence after which the connection counts as dead.
    pub(in crate::channels) read_idle_timeout: Duration,
    /// Hosts that it may call; that of the URL when empty.
    pub(in crate::channels) hosts: Vec<String>,
}
