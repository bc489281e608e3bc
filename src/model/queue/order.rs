//! The order of the stream.
//!
//! Owns [`sort_key`]: what came back, then what needs the officer, then the
//! rest. Keeping the row under the cursor where it is, is the console's.

use std::cmp::Reverse;

use serde::{Deserialize, Serialize};

use super::{Viewer, needs_me, waits};
use crate::model::ids::ItemId;
use crate::model::item::Item;
use crate::model::severity::Severity;

/// Where new items go in the stream: the officer's setting.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Newest {
    /// At the bottom, as in a log.
    #[default]
    Last,
    /// At the top, as in a mailbox.
    First,
}

/// Place of an item in the stream; the least is on top. Total: no two items
/// have the same, since the last word is the number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct SortKey {
    group: Group,
    critical: Reverse<bool>,
    when: i64,
    number: u64,
}

/// The sections of the stream, from the top.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
enum Group {
    Returned,
    NeedsMe,
    #[default]
    Rest,
}

/// The place of `item` for `viewer`: what came back on top, then what needs
/// the officer, critical first in both; then the rest by arrival alone.
#[must_use]
pub fn sort_key(item: &Item, viewer: &Viewer<'_>, newest: Newest) -> SortKey {
    let group = if item.triage.returned.is_some() && waits(item, viewer.now) {
        Group::Returned
    } else if needs_me(item, viewer) {
        Group::NeedsMe
    } else {
        Group::Rest
    };
    let ms = item.received_at.as_millis();
    let ItemId(number) = item.id;
    let (when, number) = match newest {
        Newest::Last => (ms, number),
        // Both run backwards, so that one order is the other upside down.
        Newest::First => (-ms, u64::MAX - number),
    };
    SortKey {
        group,
        critical: Reverse(group != Group::Rest && item.urgency() == Severity::Critical),
        when,
        number,
    }
}
