//! A mailbox.

use std::time::Duration;

/// A mailbox that we watch. All texts are templates.
#[derive(Debug)]
pub(in crate::channels) struct ImapSource {
    /// The server's name.
    pub(in crate::channels) server: String,
    /// Its port.
    pub(in crate::channels) port: String,
    /// `tls`, `starttls` or `plain`.
    pub(in crate::channels) security: String,
    /// Who we are.
    pub(in crate::channels) user: String,
    /// And how we prove it.
    pub(in crate::channels) password: String,
    /// Which mailbox.
    pub(in crate::channels) mailbox: String,
    /// Longest that the server may take for one answer; for its greeting, 20 s
    /// at the most.
    pub(in crate::channels) timeout: Duration,
    /// How long one IDLE lasts (RFC 2177: less than 29 minutes); how often it is
    /// looked where the server knows no IDLE.
    pub(in crate::channels) idle: Duration,
    /// How old a mail may be to be taken at the very first look.
    pub(in crate::channels) first_poll_within: Duration,
}
