//! Whether an item is open, and how far its page is scrolled.

use crate::model::ids::ItemKey;
use crate::model::outgoing::Typing;

/// The detail.
#[derive(Debug, Default)]
pub struct Detail {
    /// Whether it was opened and has the keys: `j` and `k` scroll it then.
    pub open: bool,
    /// Whether the item is shown as it came, not cleaned.
    pub raw: bool,
    /// Whether a conversation is shown from its first turn on.
    pub whole: bool,
    /// The first line that is shown.
    pub scroll: usize,
    /// What the hub was last told that is open.
    pub told: Option<ItemKey>,
    /// What the hub was last told that is written on.
    pub told_typing: Option<Typing>,
}
