//! What `update` asks of the outside world.
//!
//! Owns the words only; the runtime performs them. Effects are named for what
//! they reach: the hub, the terminal, the officer's attention.

use std::collections::BTreeSet;

use super::state::kept::Keepsake;
use super::state::lock::Attempt;
use crate::model::command::Command;
use crate::model::ids::{ItemId, ItemKey, RuleName};
use crate::model::outgoing::Typing;

/// One thing to be done outside.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// Send a command to the hub, through the outbox: it is kept until
    /// answered, also when there is no link.
    Send(Command),
    /// Tell the hub what is open in the detail.
    Viewing(Option<ItemKey>),
    /// Tell the hub what is being written on.
    Typing(Option<Typing>),
    /// What needs the officer changed: for the policy of notices and the
    /// terminal's title.
    Attention(Attention),
    /// Search in the history; `asked` tells its answer from others'.
    Search {
        /// Which question it is.
        asked: u64,
        /// The words.
        words: String,
    },
    /// Fetch an item that is not on the board.
    Fetch(ItemId),
    /// Put a text on the terminal's clipboard: clean, in logical order.
    Copy(String),
    /// Write this down for the next run.
    Keep(Keepsake),
    /// Draw everything anew (the screen was garbled).
    Redraw,
    /// Forget the board and fetch a snapshot.
    Resync,
    /// Play the recording otherwise.
    Play(Playing),
    /// Remember the theme of this name over restarts.
    RememberTheme(String),
    /// Try to open the lock.
    Unlock(Attempt),
    /// Close the console.
    Quit,
}

/// What can be asked of a recording that is played.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Playing {
    /// Stand still, or go on.
    Pause,
    /// On to the next that happened, and stand still.
    Step,
    /// Twice as fast.
    Faster,
    /// Half as fast.
    Slower,
}

/// What needs the officer, as keys so that a policy can tell what is new.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Attention {
    /// Critical, waiting, neither acknowledged nor anybody's.
    pub criticals: BTreeSet<ItemKey>,
    /// Mine by taking or assignment, or lying on top again for me.
    pub mine: BTreeSet<ItemKey>,
    /// Escalations that nobody has.
    pub escalations: BTreeSet<ItemKey>,
    /// What a rule calls for and nobody has.
    pub by_rule: BTreeSet<ItemKey>,
    /// What nobody has and whose clock is in its last quarter or over.
    pub due: BTreeSet<ItemKey>,
    /// The rule that sent the most pressing and newest of them here.
    pub rule: Option<RuleName>,
}
