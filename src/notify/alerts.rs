//! Alerts as lines: what needs an officer, from the machine that has the link
//! to the desktop where the officer sits.
//!
//! Pure. [`Teller`] makes them of a board, [`Listener`] makes of them what the
//! policy needs. They hold keys, numbers and the operator's own names: no word
//! of a stranger leaves the floor this way. Written and read as JSON, one a
//! line; fields may be added, and unknown ones are passed over.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::calls::Privacy;
use super::policy::Needs;
use crate::model::board::Board;
use crate::model::ids::{ItemId, ItemKey, RuleName};
use crate::model::item::Item;
use crate::model::queue::{CallsFor, Viewer, calls_for};
use crate::model::time::Timestamp;

/// A line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "alert", rename_all = "snake_case")]
pub enum Alert {
    /// The floor is here; comes first, and again after each break of the link.
    Begins {
        /// The hub's clock.
        at: Timestamp,
        /// The floor's IANA zone.
        zone: String,
        /// A notice may name the rule.
        names_rules: bool,
        /// So many `raised` follow that were there before: no news.
        waiting: usize,
    },
    /// An item needs the officer, or does so for other reasons than before.
    Raised {
        /// The hub's clock.
        at: Timestamp,
        /// Which.
        key: ItemKey,
        /// The number that officers say.
        id: ItemId,
        /// Why; never empty.
        why: Vec<Why>,
        /// The rule that sent it here, where a notice may name it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        rule: Option<RuleName>,
    },
    /// It does so no more: taken, acknowledged, closed.
    Cleared {
        /// The hub's clock.
        at: Timestamp,
        /// Which.
        key: ItemKey,
        /// The number that officers say.
        id: ItemId,
    },
}

/// A reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Why {
    /// Critical and nobody's.
    Critical,
    /// An escalation that nobody has.
    Escalation,
    /// A rule calls for it and nobody has it.
    Rule,
    /// Its clock is in its last quarter or over and nobody has it.
    Due,
    /// Mine.
    Mine,
}

impl Why {
    /// The word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Critical => "critical",
            Self::Escalation => "escalation",
            Self::Rule => "rule",
            Self::Due => "due",
            Self::Mine => "mine",
        }
    }
}

/// Tells what needs the officer, each change once.
#[derive(Debug, Default)]
pub struct Teller {
    told: BTreeMap<ItemKey, (ItemId, CallsFor)>,
    has_begun: bool,
    names_rules: bool,
}

impl Teller {
    /// A session with all that there is has begun.
    pub fn begin(
        &mut self,
        board: &Board,
        viewer: &Viewer<'_>,
        wanted: impl Fn(&Item) -> bool,
        (zone, ceiling): (&str, Privacy),
    ) -> Vec<Alert> {
        let is_first = !std::mem::replace(&mut self.has_begun, true);
        self.names_rules = ceiling == Privacy::Rule;
        let mut alerts = self.tell(board, viewer, wanted);
        let raised = |alert: &&Alert| matches!(alert, Alert::Raised { .. });
        // After a break what came meanwhile is news.
        let waiting = if is_first {
            alerts.iter().filter(raised).count()
        } else {
            0
        };
        let begins = Alert::Begins {
            at: viewer.now,
            zone: zone.to_owned(),
            names_rules: self.names_rules,
            waiting,
        };
        alerts.insert(0, begins);
        alerts
    }

    /// What has changed since the last time.
    pub fn tell(
        &mut self,
        board: &Board,
        viewer: &Viewer<'_>,
        wanted: impl Fn(&Item) -> bool,
    ) -> Vec<Alert> {
        let mut now = BTreeMap::new();
        let mut alerts = Vec::new();
        for item in board.items() {
            let calls = calls_for(item, viewer);
            if !calls.any() || !wanted(item) {
                continue;
            }
            now.insert(item.key, (item.id, calls));
            if self.told.get(&item.key).map(|(_, told)| *told) != Some(calls) {
                let rule = item.naming_rule().filter(|_| self.names_rules);
                alerts.push(Alert::Raised {
                    at: viewer.now,
                    key: item.key,
                    id: item.id,
                    why: reasons(calls),
                    rule: rule.cloned(),
                });
            }
        }
        for (key, (id, _)) in &self.told {
            if !now.contains_key(key) {
                alerts.push(Alert::Cleared {
                    at: viewer.now,
                    key: *key,
                    id: *id,
                });
            }
        }
        self.told = now;
        alerts
    }
}

fn reasons(calls: CallsFor) -> Vec<Why> {
    let all = [
        (calls.critical, Why::Critical),
        (calls.escalation, Why::Escalation),
        (calls.rule, Why::Rule),
        (calls.due, Why::Due),
        (calls.mine, Why::Mine),
    ];
    all.into_iter()
        .filter_map(|(is, why)| is.then_some(why))
        .collect()
}

/// What an alert means for the one who listens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Heard {
    /// The floor's zone, and how much a notice may tell.
    Floor(String, Privacy),
    /// What needs the officer, the rule of the newest, and whether it is news.
    Needs(Needs, Option<RuleName>, bool),
}

/// Puts alerts together again.
#[derive(Debug, Default)]
pub struct Listener {
    needs: Needs,
    /// How many of the next are no news.
    old: usize,
}

impl Listener {
    /// Takes a line in.
    pub fn hear(&mut self, alert: Alert) -> Heard {
        match alert {
            Alert::Begins {
                zone,
                names_rules,
                waiting,
                ..
            } => {
                self.old = waiting;
                let ceiling = if names_rules {
                    Privacy::Rule
                } else {
                    Privacy::Counts
                };
                Heard::Floor(zone, ceiling)
            }
            Alert::Raised { key, why, rule, .. } => {
                self.clear(key);
                for why in why {
                    self.of(why).insert(key);
                }
                let news = self.old == 0;
                self.old = self.old.saturating_sub(1);
                Heard::Needs(self.needs.clone(), rule, news)
            }
            Alert::Cleared { key, .. } => {
                self.clear(key);
                Heard::Needs(self.needs.clone(), None, true)
            }
        }
    }

    fn clear(&mut self, key: ItemKey) {
        let all = [
            Why::Critical,
            Why::Escalation,
            Why::Rule,
            Why::Due,
            Why::Mine,
        ];
        for why in all {
            self.of(why).remove(&key);
        }
    }

    fn of(&mut self, why: Why) -> &mut std::collections::BTreeSet<ItemKey> {
        match why {
            Why::Critical => &mut self.needs.criticals,
            Why::Escalation => &mut self.needs.escalations,
            Why::Rule => &mut self.needs.by_rule,
            Why::Due => &mut self.needs.due,
            Why::Mine => &mut self.needs.mine,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(n: u8) -> ItemKey {
        ItemKey::from_bytes([n; 16])
    }

    fn raised(n: u8, why: &[Why]) -> Alert {
        Alert::Raised {
            at: Timestamp::default(),
            key: key(n),
            id: ItemId(n.into()),
            why: why.to_vec(),
            rule: None,
        }
    }

    #[test]
    fn a_line_is_read_as_it_was_written() {
        let line = serde_json::to_string(&raised(7, &[Why::Critical, Why::Mine])).expect("JSON");
        assert!(line.starts_with("{\"alert\":\"raised\","), "{line}");
        assert!(
            line.contains("\"id\":7,\"why\":[\"critical\",\"mine\"]"),
            "{line}"
        );
        let more = line.replace("\"id\":7", "\"id\":7,\"added\":[1]");
        let read: Alert = serde_json::from_str(&more).expect("is read");
        assert_eq!(read, raised(7, &[Why::Critical, Why::Mine]));
    }

    #[test]
    fn what_waited_at_the_start_is_no_news() {
        let mut listener = Listener::default();
        let begins = Alert::Begins {
            at: Timestamp::default(),
            zone: "UTC".into(),
            names_rules: false,
            waiting: 1,
        };
        let floor = Heard::Floor("UTC".into(), Privacy::Counts);
        assert_eq!(listener.hear(begins), floor);
        let is_news = |heard| matches!(heard, Heard::Needs(_, _, true));
        assert!(!is_news(listener.hear(raised(1, &[Why::Critical]))));
        assert!(is_news(listener.hear(raised(2, &[Why::Critical]))));
        let taken = listener.hear(raised(2, &[Why::Mine]));
        let Heard::Needs(needs, ..) = taken else {
            panic!("{taken:?}");
        };
        assert_eq!((needs.criticals.len(), needs.mine.len()), (1, 1));
        let cleared = Alert::Cleared {
            at: Timestamp::default(),
            key: key(1),
            id: ItemId(1),
        };
        let Heard::Needs(needs, ..) = listener.hear(cleared) else {
            panic!("needs change");
        };
        assert!(needs.criticals.is_empty());
    }
}
