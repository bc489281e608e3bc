//! The watch's state over a restart.
//!
//! Owns [`Saved`]: everything that a watch must know to go on in the middle of a
//! burst without a second alert and without losing a baseline. Not the words of
//! posts: those are in the log, and may have been erased there since.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::alert::Alert;
use super::awake::Clockface;
use super::known::{Authors, Channels, Words};
use super::silence::Silences;
use super::table::{Slot, Table};
use super::watch::{Settings, Watch};

/// The version of this form. Another one is not read: the watch starts anew.
pub const VERSION: u16 = 1;

/// What is kept of a watch.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Saved {
    /// The version of this form.
    pub version: u16,
    clock: Clockface,
    slots: Vec<Slot>,
    alerts: BTreeMap<u64, Alert>,
    authors: Authors,
    channels: Channels,
    silences: Silences,
    mood: f64,
    late: u64,
    forgotten: u64,
}

impl Watch {
    /// What must be kept of it.
    #[must_use]
    pub fn save(&self) -> Saved {
        Saved {
            version: VERSION,
            clock: self.clock.clone(),
            slots: self.table.slots().to_vec(),
            alerts: self.alerts.clone(),
            authors: self.authors.clone(),
            channels: self.channels.clone(),
            silences: self.silences.clone(),
            mood: self.mood,
            late: self.late,
            forgotten: self.table.forgotten,
        }
    }

    /// The watch that was saved; none when it is of another version. The time
    /// between is counted as not watched.
    #[must_use]
    pub fn restore(settings: Settings, saved: Saved, seed: u64) -> Option<Self> {
        if saved.version != VERSION {
            return None;
        }
        let mut table = Table::new(settings.most_keys, seed);
        for slot in saved.slots {
            table.restore(slot);
        }
        table.forgotten = saved.forgotten;
        table.count_in_use(saved.clock.minute);
        let mut alerts = saved.alerts;
        for alert in alerts.values_mut() {
            alert.place = table.place(&alert.key.by_ref()).unwrap_or(u32::MAX);
        }
        Some(Self {
            settings,
            clock: saved.clock,
            table,
            alerts,
            authors: saved.authors,
            channels: saved.channels,
            words: Words::default(),
            silences: saved.silences,
            mood: saved.mood,
            late: saved.late,
        })
    }
}
