//! The order of the stream.
//!
//! Owns [`sort_key`]: what came back, then what needs the officer, then the
//! rest. Keeping the row under the cursor where it is, is the console's.

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
    /// Section, critical or not, and moment in one: a console keeps very many.
    place: u64,
    number: u64,
}

/// Moments take this many bits: milliseconds of ten thousand years.
const MOMENT: u32 = 60;

/// The sections of the stream, from the top.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Section {
    Returned,
    NeedsMe,
    Rest,
}

/// The place of `item` for `viewer`: what came back on top, then what needs
/// the officer, critical first in both; then the rest by arrival alone.
#[must_use]
pub fn sort_key(item: &Item, viewer: &Viewer<'_>, newest: Newest) -> SortKey {
    let section = if item.triage.returned.is_some() && waits(item, viewer.now) {
        Section::Returned
    } else if needs_me(item, viewer) {
        Section::NeedsMe
    } else {
        Section::Rest
    };
    let ms = item.received_at.as_millis();
    let ItemId(number) = item.id;
    let (when, number) = match newest {
        Newest::Last => (ms, number),
        // Both run backwards, so that one order is the other upside down.
        Newest::First => (-ms, u64::MAX - number),
    };
    let critical = section != Section::Rest && item.urgency() == Severity::Critical;
    let when = when.saturating_add(1 << (MOMENT - 1)).cast_unsigned();
    SortKey {
        place: (section as u64) << (MOMENT + 1) | u64::from(!critical) << MOMENT | when,
        number,
    }
}
