//! Signs of the moment: whether the person who wrote may be shown that an
//! officer is answering, or has read it.
//!
//! They are told at the channel and kept in no log. Owns who may and where;
//! how seldom is the hub's.

use crate::model::command::VerbName;
use crate::model::item::Item;
use crate::model::officer::Officer;
use crate::model::outgoing::{Act, Reach};
use crate::model::triage::State;

/// Whether what `officer` does about `item` is a sign for the person behind it.
/// Typing is one unless a colleague has the item; reading is one once it is the
/// officer's own: who only looks round promises nothing.
#[must_use]
pub fn shows(officer: &Officer, item: &Item, act: Act, reach: &Reach) -> bool {
    let holder = match &item.triage.state {
        State::Taken { by, .. } => Some(by),
        _ => None,
    };
    let mine = holder == Some(&officer.id);
    let meant = match act {
        Act::Typing => mine || holder.is_none(),
        Act::MarkRead => mine,
        _ => false,
    };
    meant
        && officer.role.may(VerbName::Send)
        && officer.desks.include(&item.desk)
        && item.is_open()
        && item.triage.merged_into.is_none()
        && item.retracted.is_none()
        && reach.manner(&item.content, act).is_some()
}
