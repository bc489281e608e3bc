//! What a document held, or why it was refused as a whole.
//!
//! Types only; `reader` fills them, transports hand them over.

use bytes::Bytes;

use super::plan::WIDEST;
use super::trace::Trace;
use crate::model::ids::ChannelName;
use crate::model::inbound::Inbound;
use crate::text::Untrusted;

/// What one document held.
#[derive(Debug, Default)]
pub(in crate::channels) struct Delivery {
    /// What to hand over, in the document's order.
    pub(in crate::channels) inbound: Vec<Inbound>,
    /// For each part of the document in order: whether it is in `inbound`, or
    /// known and not wanted.
    pub(in crate::channels) kept: Vec<bool>,
    /// What should worry the operator.
    pub(in crate::channels) warnings: Vec<String>,
    /// For each part: how it was read; only when asked for.
    pub(in crate::channels) traces: Vec<Trace>,
    /// Keys that nothing took, with a value of each; only when asked for.
    pub(in crate::channels) untaken: Vec<(String, Untrusted)>,
    /// The vendor's cursor in it, where the file says where that is.
    pub(in crate::channels) cursor: Option<String>,
    /// The hub that a feed names, and the feed's own address.
    pub(in crate::channels) hub: Option<(String, Option<String>)>,
    /// How many minutes a feed says that it stays as it is.
    pub(in crate::channels) ttl: Option<u64>,
}

/// Why a document was refused as a whole: a sentence for the sender.
#[derive(Clone, Debug, thiserror::Error, PartialEq, Eq)]
pub(in crate::channels) enum NotADocument {
    /// It is not what it should be written in.
    #[error("{0}")]
    Malformed(String),
    /// It has more entries than one delivery may.
    #[error("A delivery has at most {WIDEST} entries; this has {0}. Send it in parts.")]
    TooMany(usize),
    /// The peer says that something is wrong.
    #[error("The other side reports an error: {0}.")]
    Peer(String),
}

impl Delivery {
    /// Puts what `other` held behind what is here.
    pub(in crate::channels) fn append(&mut self, other: Self) {
        self.inbound.extend(other.inbound);
        self.kept.extend(other.kept);
        self.warnings.extend(other.warnings);
        self.ttl = self.ttl.or(other.ttl);
        self.cursor = other.cursor.or(self.cursor.take());
    }

    /// A document that can't be read, kept as it came.
    pub(in crate::channels) fn unmapped(channel: &ChannelName, why: String, raw: Bytes) -> Self {
        let channel = channel.clone();
        Self {
            inbound: vec![Inbound::Unmapped { channel, why, raw }],
            kept: vec![true],
            ..Self::default()
        }
    }
}
