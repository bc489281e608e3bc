//! A channel that went silent, told from one that is quiet.
//!
//! Owns [`Silences`]: quiet is what the hour of the week explains; silent is
//! what chance would bring less than once in ten thousand such stretches.
//! Called by `watch`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::alert::{Change, Raised};
use super::awake::{Clockface, minute};
use super::chance;
use super::key::{KeyRef, Subject};
use super::known::Channels;
use super::meter::Awake;
use super::rhythm::Rhythm;
use super::table::Table;
use crate::model::time::Timestamp;
use crate::model::why::{Part, Why};

/// Natural logarithm of one in ten thousand.
const RARE: f64 = -9.21;
/// Minutes without a post that are never silence.
const SHORTEST: i64 = 10;
/// Hours of a silence that are summed.
const LONGEST: i64 = 48;
/// Hours that must be known of a channel.
const KNOWN: f32 = 24.0;

/// The channels that are silent, and since when.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Silences {
    since: BTreeMap<String, Timestamp>,
}

impl Silences {
    /// The end of a channel's silence, when it was silent.
    pub fn heard(&mut self, channel: &str, now: Timestamp) -> Option<Raised> {
        let since = self.since.remove(channel)?;
        Some(raised(channel, Change::Heard, (since, now), Why::default()))
    }

    /// The channels that have just become silent.
    pub fn look(
        &mut self,
        clock: &Clockface,
        (now, table): (Timestamp, &mut Table),
        channels: &Channels,
    ) -> Vec<Raised> {
        let mut told = Vec::new();
        for name in channels.names() {
            if self.since.contains_key(name) {
                continue;
            }
            let key = channel_key(name);
            let Some(slot) = table.place(&key).and_then(|place| table.at(place)) else {
                continue;
            };
            let rhythm = slot.meter.rhythm();
            let gap = minute(now).saturating_sub(slot.touched);
            if gap < SHORTEST || rhythm.known_hours() < KNOWN {
                continue;
            }
            let expected = usual(rhythm, clock, (slot.touched, minute(now)));
            let chance = chance::ln_none(expected, rhythm.spread(60));
            if chance > RARE {
                continue;
            }
            let since = Timestamp::from_millis(slot.touched * 60_000);
            self.since.insert(name.to_owned(), since);
            told.push(raised(
                name,
                Change::Silent,
                (since, now),
                why(gap, expected, rhythm),
            ));
        }
        told
    }
}

/// The key that a channel's own posts are counted by.
fn channel_key(name: &str) -> KeyRef<'_> {
    KeyRef {
        subject: Subject::Channel,
        region: None,
        channel: Some(name),
    }
}

/// Posts that are usual at the least between two minutes, where they were
/// watched.
fn usual(rhythm: &Rhythm, clock: &Clockface, (from, to): (i64, i64)) -> f64 {
    let mut at = from.max(to - LONGEST * 60);
    let mut sum = 0.0;
    while at < to {
        let hour = at.div_euclid(60);
        let end = ((hour + 1) * 60).min(to);
        let minutes = f32::from(u8::try_from(end - at).unwrap_or(60));
        sum += rhythm.least_hourly(hour) * clock.share(hour) * minutes / 60.0;
        at = end;
    }
    f64::from(sum)
}

fn why(gap: i64, expected: f64, rhythm: &Rhythm) -> Why {
    let says = format!("nothing in {gap} min where {expected:.0} posts are usual");
    Why {
        rule: "silent source".into(),
        minutes: u32::try_from(gap).unwrap_or(u32::MAX),
        observed: 0,
        expected,
        spread: rhythm.spread(60),
        baseline_hours: f64::from(rhythm.known_hours()),
        parts: vec![Part::new(
            "silence",
            (45.0 + expected.max(1.0).log10() * 10.0, 75),
            says,
        )],
        ..Why::default()
    }
}

fn raised(name: &str, change: Change, (since, now): (Timestamp, Timestamp), why: Why) -> Raised {
    let key = channel_key(name);
    Raised {
        alert: key.number() ^ since.as_millis().unsigned_abs().rotate_left(20),
        change,
        key: key.kept(),
        at: now,
        since,
        marks: Vec::new(),
        with: Vec::new(),
        why,
    }
}
