//! Where an item goes: the operator's rules (filter to desk, severity, tags,
//! SLA), the channel's own desk, and the SLA table.
//!
//! Pure: called by the desk for every arrival. Rules run in the order of the
//! file; each that matches has a say, and `stop` ends the run.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use crate::model::decide::Routed;
use crate::model::filter::{Asker, Filter};
use crate::model::ids::{ChannelName, DeskName, RuleName, Tag};
use crate::model::item::{Clocks, Content, Due, Item, Kind, Reason};
use crate::model::reading::Reading;
use crate::model::severity::Severity;
use crate::model::time::Timestamp;
use crate::text::Untrusted;

/// A rule of the operator's.
#[derive(Clone, Debug)]
pub struct Rule {
    /// Its name, shown as the reason.
    pub name: RuleName,
    /// What it is about.
    pub when: Filter,
    /// Which desk gets it.
    pub desk: Option<DeskName>,
    /// How bad it is.
    pub severity: Option<Severity>,
    /// What it is marked with.
    pub tags: Vec<Tag>,
    /// Its own first-response time.
    pub first_response: Option<Duration>,
    /// Its own resolution time.
    pub resolution: Option<Duration>,
    /// Whether officers are called for it until somebody has it.
    pub notify: bool,
    /// The operator's words for the officer.
    pub says: String,
    /// No rule after it is asked.
    pub stop: bool,
}

/// A row of the SLA table: what it does not name, it is for all of.
#[derive(Clone, Debug, Default)]
pub struct Sla {
    /// For this kind.
    pub kind: Option<Kind>,
    /// For this severity.
    pub severity: Option<Severity>,
    /// For this desk.
    pub desk: Option<DeskName>,
    /// Time until somebody answers for it.
    pub first_response: Option<Duration>,
    /// Time until it is done with.
    pub resolution: Option<Duration>,
}

impl Sla {
    fn is_for(&self, kind: Kind, severity: Severity, desk: &DeskName) -> bool {
        self.kind.is_none_or(|own| own == kind)
            && self.severity.is_none_or(|own| own == severity)
            && self.desk.as_ref().is_none_or(|own| own == desk)
    }
}

/// Rules, SLA table and the desks of channels.
#[derive(Clone, Debug)]
pub struct Routing {
    /// In the order of the file.
    pub rules: Vec<Rule>,
    /// The first row that fits counts.
    pub sla: Vec<Sla>,
    /// Channels' own desks.
    pub desks: BTreeMap<ChannelName, DeskName>,
    /// Where everything else goes.
    pub default_desk: DeskName,
    /// The floor's zone.
    pub zone: jiff::tz::TimeZone,
}

impl Routing {
    /// Routing without rules: everything goes to `desk`.
    #[must_use]
    pub fn plain(desk: DeskName) -> Self {
        Self {
            rules: Vec::new(),
            sla: Vec::new(),
            desks: BTreeMap::new(),
            default_desk: desk,
            zone: jiff::tz::TimeZone::UTC,
        }
    }

    /// The floor's zone.
    #[must_use]
    pub fn zone(&self) -> &jiff::tz::TimeZone {
        &self.zone
    }

    /// Minutes east of UTC on the floor at `now`.
    #[must_use]
    pub fn utc_offset_minutes(&self, now: Timestamp) -> i32 {
        self.zone.to_offset(now.to_jiff()).seconds() / 60
    }

    /// Where `content` goes, by what it says and what was read from it.
    #[must_use]
    pub fn route(
        &self,
        (content, reading): (&Arc<Content>, Option<&Arc<Reading>>),
        channel: &ChannelName,
        now: Timestamp,
    ) -> Routed {
        let mut routed = Routed {
            desk: self
                .desks
                .get(channel)
                .unwrap_or(&self.default_desk)
                .clone(),
            severity: content.severity,
            tags: Vec::new(),
            clocks: Clocks::default(),
            reasons: Vec::new(),
        };
        let (mut first, mut resolution) = (None, None);
        if !self.rules.is_empty() {
            let mut item = Item::new(Arc::clone(content), routed.desk.clone(), now);
            item.reading = reading.cloned();
            let teams = BTreeSet::new();
            let offset = self.utc_offset_minutes(now);
            let asker = Asker {
                now,
                officer: None,
                teams: &teams,
                utc_offset_minutes: offset,
                known: None,
            };
            for rule in self
                .rules
                .iter()
                .filter(|rule| rule.when.matches(&item, &asker))
            {
                rule.apply(&mut routed);
                first = rule.first_response.or(first);
                resolution = rule.resolution.or(resolution);
                if rule.stop {
                    break;
                }
            }
        }
        let row = self.sla_for(content.kind, routed.severity, &routed.desk);
        let due = |span: Option<Duration>| span.map(|span| Due::at(now.plus(span)));
        routed.clocks = Clocks {
            first_response: due(first.or(row.and_then(|row| row.first_response))),
            resolution: due(resolution.or(row.and_then(|row| row.resolution))),
        };
        routed
    }

    fn sla_for(&self, kind: Kind, severity: Severity, desk: &DeskName) -> Option<&Sla> {
        self.sla.iter().find(|row| row.is_for(kind, severity, desk))
    }
}

impl Rule {
    fn apply(&self, routed: &mut Routed) {
        if let Some(desk) = &self.desk {
            routed.desk = desk.clone();
        }
        if let Some(severity) = self.severity {
            routed.severity = severity;
        }
        for tag in &self.tags {
            if !routed.tags.contains(tag) {
                routed.tags.push(tag.clone());
            }
        }
        let says = Untrusted::from(self.says.as_str());
        routed.reasons.push(Reason {
            rule: self.name.clone(),
            score: None,
            says,
            calls: self.notify,
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn desk(name: &str) -> DeskName {
        DeskName::new(name).expect("a desk")
    }

    fn content(text: &str, severity: Severity) -> Arc<Content> {
        let channel = ChannelName::new("town-feed").expect("a channel");
        let mut content = Content::new(Kind::Mention, channel, "1".into(), text.into());
        content.severity = severity;
        Arc::new(content)
    }

    #[test]
    fn the_first_row_of_the_sla_table_that_fits_counts() {
        let minutes = |n: u64| Some(Duration::from_secs(60 * n));
        let mut routing = Routing::plain(desk("floor"));
        routing.sla = vec![
            Sla {
                severity: Some(Severity::Critical),
                first_response: minutes(5),
                ..Sla::default()
            },
            Sla {
                first_response: minutes(60),
                ..Sla::default()
            },
        ];
        let now = Timestamp::from_millis(0);
        let channel = ChannelName::new("town-feed").expect("a channel");
        let due = |severity| {
            let routed = routing.route((&content("x", severity), None), &channel, now);
            routed
                .clocks
                .first_response
                .map(|due| due.at.as_millis() / 60_000)
        };
        assert_eq!(due(Severity::Critical), Some(5));
        assert_eq!(due(Severity::Low), Some(60));
    }

    #[test]
    fn a_channel_has_a_desk_of_its_own_and_a_rule_moves_it() {
        let mut routing = Routing::plain(desk("floor"));
        let channel = ChannelName::new("town-feed").expect("a channel");
        routing.desks.insert(channel.clone(), desk("press"));
        let now = Timestamp::from_millis(0);
        let text = content("the water main burst", Severity::Medium);
        assert_eq!(
            routing.route((&text, None), &channel, now).desk,
            desk("press")
        );
        routing.rules.push(Rule {
            name: RuleName::new("water").expect("a rule"),
            when: Filter::parse("water").expect("a filter"),
            desk: Some(desk("water")),
            severity: Some(Severity::High),
            tags: vec![Tag::new("main").expect("a tag")],
            first_response: None,
            resolution: None,
            notify: true,
            says: "Water is ours.".to_owned(),
            stop: false,
        });
        let routed = routing.route((&text, None), &channel, now);
        assert_eq!(
            (routed.desk, routed.severity),
            (desk("water"), Severity::High)
        );
        let [reason] = routed.reasons.as_slice() else {
            panic!("one rule had a say: {:?}", routed.reasons);
        };
        assert!(reason.calls, "the rule has officers called");
    }
}
