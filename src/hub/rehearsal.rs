//! Routing rules tried on what came before they were written.
//!
//! Owns what each rule would have matched and what would be otherwise now.
//! Pure; changes nothing. Asked by `watchfloor check rules`.

use serde::Serialize;

use super::routing::Routing;
use crate::model::ids::{DeskName, ItemId, RuleName, Tag};
use crate::model::item::{Due, Item};
use crate::model::severity::Severity;

/// What the rules would have done.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Rehearsal {
    /// Items that were looked at.
    pub items: usize,
    /// Every rule, in the order of the file.
    pub rules: Vec<Tried>,
    /// The items that would have come in otherwise, newest first.
    pub changes: Vec<Changed>,
}

/// One rule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Tried {
    /// Its name.
    pub name: RuleName,
    /// Items that it had a say in.
    pub matches: usize,
    /// Of those, the ones that would have come in otherwise.
    pub changes: usize,
}

/// One item that would have come in otherwise: what it is and what it would be.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Changed {
    /// Its number.
    pub id: ItemId,
    /// Where it is, and where it would be.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub desk: Option<(DeskName, DeskName)>,
    /// How bad it is, and would be.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub severity: Option<(Severity, Severity)>,
    /// What it would be marked with beside.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<Tag>,
    /// When an answer is due after it came, in seconds: is, and would be.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first_response: Option<(Option<u64>, Option<u64>)>,
    /// When it has to be done with, likewise.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resolution: Option<(Option<u64>, Option<u64>)>,
    /// Officers would be called for it, and were not.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub calls: bool,
    /// The rules that have a say now.
    pub rules: Vec<RuleName>,
}

/// Tries `routing` on `items`.
#[must_use]
pub fn rehearse(routing: &Routing, items: &[Item]) -> Rehearsal {
    let mut rules: Vec<Tried> = routing
        .rules
        .iter()
        .map(|rule| Tried {
            name: rule.name.clone(),
            matches: 0,
            changes: 0,
        })
        .collect();
    let mut changes = Vec::new();
    for item in items {
        let one = tried(routing, item);
        let differs = one.differs();
        for rule in rules.iter_mut().filter(|r| one.rules.contains(&r.name)) {
            rule.matches += 1;
            rule.changes += usize::from(differs);
        }
        if differs {
            changes.push(one);
        }
    }
    Rehearsal {
        items: items.len(),
        rules,
        changes,
    }
}

impl Changed {
    fn differs(&self) -> bool {
        self.desk.is_some()
            || self.severity.is_some()
            || !self.tags.is_empty()
            || self.first_response.is_some()
            || self.resolution.is_some()
            || self.calls
    }
}

/// Seconds from arrival to each, where they are not the same.
fn moved(item: &Item, is: Option<Due>, would: Option<Due>) -> Option<(Option<u64>, Option<u64>)> {
    let span = |due: Option<Due>| due.map(|due| due.at.since(item.received_at).as_secs());
    let (is, would) = (span(is), span(would));
    (is != would).then_some((is, would))
}

fn tried(routing: &Routing, item: &Item) -> Changed {
    let said = (&item.content, item.reading.as_ref());
    let routed = routing.route(said, &item.content.channel, item.received_at);
    let new = routed
        .tags
        .into_iter()
        .filter(|tag| !item.tags().contains(tag));
    Changed {
        id: item.id,
        desk: (routed.desk != item.desk).then(|| (item.desk.clone(), routed.desk)),
        severity: (routed.severity != item.severity).then_some((item.severity, routed.severity)),
        tags: new.collect(),
        first_response: moved(
            item,
            item.clocks.first_response,
            routed.clocks.first_response,
        ),
        resolution: moved(item, item.clocks.resolution, routed.clocks.resolution),
        calls: routed.reasons.iter().any(|reason| reason.calls) && !item.is_called_by_rule(),
        rules: routed
            .reasons
            .into_iter()
            .map(|reason| reason.rule)
            .collect(),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Duration;

    use super::*;
    use crate::hub::routing::Rule;
    use crate::model::filter::Filter;
    use crate::model::ids::ChannelName;
    use crate::model::item::{Content, Kind};
    use crate::model::time::Timestamp;

    fn item(n: u64, text: &str) -> Item {
        let channel = ChannelName::new("town").expect("a name");
        let content = Content::new(Kind::Mention, channel, n.to_string().into(), text.into());
        let desk = DeskName::new("floor").expect("a name");
        let mut item = Item::new(Arc::new(content), desk, Timestamp::default());
        item.id = ItemId(n);
        item
    }

    #[test]
    fn each_rule_tells_what_it_would_match_and_change() {
        let mut routing = Routing::plain(DeskName::new("floor").expect("a name"));
        let rule = |name: &str, when: &str, desk: Option<&str>| Rule {
            name: RuleName::new(name).expect("a name"),
            when: Filter::parse(when).expect("a filter"),
            desk: desk.map(|desk| DeskName::new(desk).expect("a name")),
            severity: None,
            tags: Vec::new(),
            first_response: None,
            resolution: None,
            notify: false,
            says: String::new(),
            stop: false,
        };
        routing.rules = vec![
            rule("water", "water", Some("water")),
            rule("quiet", "street", None),
            rule("never", "unicorn", None),
        ];
        let mut moved = item(3, "water again");
        moved.desk = DeskName::new("water").expect("a name");
        let items = [item(1, "no water in the street"), item(2, "a bin"), moved];
        let told = rehearse(&routing, &items);
        let counts: Vec<(usize, usize)> =
            told.rules.iter().map(|r| (r.matches, r.changes)).collect();
        assert_eq!(counts, [(2, 1), (1, 1), (0, 0)]);
        assert_eq!(told.changes.len(), 1);
        let (from, to) = told.changes[0].desk.as_ref().expect("it moves");
        assert_eq!((from.as_str(), to.as_str()), ("floor", "water"));
    }
    #[test]
    fn what_would_call_and_be_due_sooner_is_told() {
        let mut routing = Routing::plain(DeskName::new("floor").expect("a name"));
        routing.rules = vec![Rule {
            name: RuleName::new("press").expect("a name"),
            when: Filter::parse("journalist").expect("a filter"),
            desk: None,
            severity: None,
            tags: Vec::new(),
            first_response: Some(Duration::from_mins(5)),
            resolution: None,
            notify: true,
            says: String::new(),
            stop: false,
        }];
        let told = rehearse(&routing, &[item(1, "I am a journalist"), item(2, "a bin")]);
        let [change] = told.changes.as_slice() else {
            panic!("one would come in otherwise: {told:?}");
        };
        assert!(change.calls);
        assert_eq!(change.first_response, Some((None, Some(300))));
        assert_eq!(change.resolution, None);
    }
}
