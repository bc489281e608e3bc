//! Which criticals leave the building now.
//!
//! Pure: time and facts come in, decisions go out; remembers only what has left
//! already. Called by the hub's timers.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::model::ids::{ItemId, ItemKey, RuleName};
use crate::model::time::Timestamp;

/// A critical that nobody acknowledged or took.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unattended {
    /// Which.
    pub key: ItemKey,
    /// The number that officers say.
    pub id: ItemId,
    /// Since when nobody has it.
    pub since: Timestamp,
    /// The operator's rules that made it what it is.
    pub rules: Vec<RuleName>,
}

/// Why a page leaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// Nobody acknowledged or took it in time.
    NobodyAnswered,
    /// No console is connected.
    NobodyThere,
    /// It left before and still nobody has it.
    Again,
}

impl Why {
    /// In words.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::NobodyAnswered => "nobody acknowledged or took it in time",
            Self::NobodyThere => "no console is connected",
            Self::Again => "still nobody has it",
        }
    }
}

/// A critical that leaves now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Due {
    /// Which.
    pub item: Unattended,
    /// Why.
    pub why: Why,
}

/// What has left, until somebody has it.
#[derive(Debug)]
pub struct Pages {
    after: Duration,
    repeat: Duration,
    settled: Timestamp,
    left: BTreeMap<ItemKey, Timestamp>,
}

impl Pages {
    /// Criticals leave `after` so long, and again each `repeat`. Before
    /// `settled` it is no reason that no console is connected: after a hub
    /// starts they need a moment to come back.
    #[must_use]
    pub fn new(after: Duration, repeat: Duration, settled: Timestamp) -> Self {
        let left = BTreeMap::new();
        Self {
            after,
            repeat,
            settled,
            left,
        }
    }

    /// What leaves now, of all criticals that are unattended. Forgets those
    /// that are not among them any more: when one comes back it leaves anew.
    pub fn decide(
        &mut self,
        now: Timestamp,
        unattended: &[Unattended],
        sessions: usize,
    ) -> Vec<Due> {
        let (after, repeat) = (self.after, self.repeat);
        let keys: std::collections::BTreeSet<_> = unattended.iter().map(|u| u.key).collect();
        self.left.retain(|key, _| keys.contains(key));
        let mut due = Vec::new();
        for item in unattended {
            let why = match self.left.get(&item.key) {
                // A clock that was set back must not silence the pages.
                Some(left) if now >= *left && now.since(*left) < repeat => None,
                Some(_) => Some(Why::Again),
                None if sessions == 0 && now >= self.settled => Some(Why::NobodyThere),
                None if now.since(item.since) >= after => Some(Why::NobodyAnswered),
                None => None,
            };
            if let Some(why) = why {
                self.left.insert(item.key, now);
                due.push(Due {
                    item: item.clone(),
                    why,
                });
            }
        }
        due
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::ids::ChannelName;

    fn at(s: i64) -> Timestamp {
        Timestamp::from_millis(1_800_000_000_000 + s * 1000)
    }

    fn critical(n: u64, since: i64) -> Unattended {
        let channel = ChannelName::new("test").unwrap();
        Unattended {
            key: ItemKey::of(&channel, &n.to_string()),
            id: ItemId(n),
            since: at(since),
            rules: Vec::new(),
        }
    }

    fn pages() -> Pages {
        Pages::new(Duration::from_mins(2), Duration::from_mins(5), at(0))
    }

    fn decided(
        pages: &mut Pages,
        now: i64,
        items: &[Unattended],
        sessions: usize,
    ) -> Vec<(u64, Why)> {
        let due = pages.decide(at(now), items, sessions);
        due.into_iter()
            .map(|due| (due.item.id.0, due.why))
            .collect()
    }

    #[test]
    fn leaves_once_after_the_time_and_again_until_somebody_has_it() {
        let (mut pages, items) = (pages(), [critical(1, 0)]);
        assert_eq!(decided(&mut pages, 119, &items, 3), []);
        assert_eq!(
            decided(&mut pages, 120, &items, 3),
            [(1, Why::NobodyAnswered)]
        );
        assert_eq!(decided(&mut pages, 419, &items, 3), []);
        assert_eq!(decided(&mut pages, 420, &items, 3), [(1, Why::Again)]);
        assert_eq!(decided(&mut pages, 421, &[], 3), []);
        let back = [critical(1, 500)];
        assert_eq!(decided(&mut pages, 600, &back, 3), []);
        assert_eq!(
            decided(&mut pages, 620, &back, 3),
            [(1, Why::NobodyAnswered)]
        );
    }

    #[test]
    fn leaves_at_once_when_nobody_is_there() {
        let (mut pages, items) = (pages(), [critical(1, 0), critical(2, 0)]);
        let both = [(1, Why::NobodyThere), (2, Why::NobodyThere)];
        assert_eq!(decided(&mut pages, 0, &items, 0), both);
        assert_eq!(decided(&mut pages, 1, &items, 0), []);
        assert_eq!(decided(&mut pages, 130, &items, 1), []);
    }

    #[test]
    fn consoles_have_a_moment_to_come_back_when_the_hub_starts() {
        let mut pages = Pages::new(Duration::from_mins(2), Duration::from_mins(5), at(90));
        let items = [critical(1, 0)];
        assert_eq!(decided(&mut pages, 89, &items, 0), []);
        assert_eq!(decided(&mut pages, 90, &items, 0), [(1, Why::NobodyThere)]);
    }

    #[test]
    fn a_clock_set_back_pages_rather_than_not() {
        let (mut pages, items) = (pages(), [critical(1, 0)]);
        assert_eq!(decided(&mut pages, 120, &items, 1).len(), 1);
        assert_eq!(decided(&mut pages, -3600, &items, 1), [(1, Why::Again)]);
    }
}
