//! Queues, counts and order, by laws over random items and by cases.

use super::*;
use crate::model::ids::{ChannelName, DeskName, ItemId, RuleName, Seq};
use crate::model::item::{Content, Due, Reason};
use crate::model::seldom::Seldom;
use crate::model::triage::{Resolution, Returned, Snooze, Wake};
use crate::text::Untrusted;
use proptest::prelude::*;

const NOW: i64 = 1_000_000;

fn officer(name: &str) -> OfficerId {
    OfficerId::new(name).unwrap()
}

fn item(number: u64) -> Item {
    let channel = ChannelName::new("web").unwrap();
    let id = Untrusted::from(number.to_string());
    let content = Content::new(Kind::Mention, channel, id, "words".into());
    Item {
        key: content.key(),
        id: ItemId(number),
        last_seq: Seq(number),
        content: content.into(),
        desk: DeskName::new("city").unwrap(),
        severity: Severity::Medium,
        received_at: Timestamp::from_millis(NOW),
        edited_at: None,
        retracted: None,
        source_resolved_at: None,
        triage: Seldom::default(),
        clocks: Seldom::default(),
        members: Seldom::default(),
        earlier_turns: 0,
        notes: Seldom::default(),
        outgoing: Seldom::default(),
        bot_silent: None,
        reasons: Seldom::default(),
        reading: None,
        trail: Seldom::default(),
    }
}

fn state(which: u8) -> State {
    let (by, at) = (officer("lina"), Timestamp::from_millis(1));
    let assigned = |to| State::Assigned {
        to,
        by: officer("omar"),
        at,
        answer_by: None,
    };
    match which {
        0 => State::New,
        1 => State::Acknowledged { by, at, until: at },
        2 => State::Taken { by, at },
        3 => State::Taken {
            by: officer("omar"),
            at,
        },
        4 => assigned(Assignee::Officer(by)),
        5 => assigned(Assignee::Team(TeamName::new("water").unwrap())),
        6 => assigned(Assignee::Team(TeamName::new("roads").unwrap())),
        _ => State::Resolved {
            by: None,
            at,
            reason: Resolution::Done,
        },
    }
}

fn snooze(until: i64) -> Snooze {
    Snooze {
        by: officer("lina"),
        at: Timestamp::from_millis(0),
        wake: Wake::At(Timestamp::from_millis(until)),
    }
}

fn returned() -> Returned {
    let at = Timestamp::from_millis(NOW);
    Returned {
        at,
        why: "snooze over".into(),
    }
}

prop_compose! {
    fn any_item()(
        number in 1_u64..40, which in 0_u8..8, worst in 0_usize..5, ms in NOW - 3..NOW,
        escalation: bool, level in 0_u8..2, sleep in proptest::option::of(NOW - 1..NOW + 2),
        suppressed in prop::bool::weighted(0.2), merged in prop::bool::weighted(0.1),
        back in prop::bool::weighted(0.3), due in proptest::option::of(NOW - 2..NOW + 4),
    ) -> Item {
        let mut item = item(number);
        item.triage.state = state(which);
        item.severity = Severity::ALL[worst];
        item.received_at = Timestamp::from_millis(ms);
        item.triage.level = level;
        item.triage.snooze = sleep.map(snooze).map(Box::new);
        item.triage.suppressed_by = suppressed.then(|| RuleName::new("s-1").unwrap());
        item.triage.merged_into = merged.then_some(item.key);
        item.triage.returned = back.then(returned).map(Box::new);
        item.clocks.first_response = due.map(|ms| Due::at(Timestamp::from_millis(ms)));
        if escalation {
            let mut content = (*item.content).clone();
            content.kind = Kind::Escalation;
            item.content = content.into();
        }
        item
    }
}

fn with_viewer<T>(look: impl FnOnce(&Viewer<'_>) -> T) -> T {
    let teams = BTreeSet::from([TeamName::new("water").unwrap()]);
    let officer = officer("lina");
    let now = Timestamp::from_millis(NOW);
    look(&Viewer {
        officer: &officer,
        teams: &teams,
        now,
    })
}

fn order(mut items: Vec<Item>, newest: Newest) -> Vec<u64> {
    with_viewer(|viewer| items.sort_by_cached_key(|item| sort_key(item, viewer, newest)));
    items.iter().map(|item| item.id.0).collect()
}

proptest! {
    #[test]
    fn one_pass_counts_what_the_queues_hold(items in prop::collection::vec(any_item(), 0..20)) {
        with_viewer(|viewer| {
            let counts = Counts::of(&items, viewer);
            let count = |test: &dyn Fn(&Item) -> bool| items.iter().filter(|i| test(i)).count();
            for queue in Queue::EVERY {
                prop_assert_eq!(counts.queue(queue), count(&|i| queue.contains(i, viewer)));
            }
            prop_assert_eq!(counts.needs_me, count(&|i| needs_me(i, viewer)));
            let open = count(&Item::is_open);
            prop_assert_eq!(counts.all + counts.asleep + counts.suppressed, open);
            Ok(())
        })?;
    }

    #[test]
    fn the_order_does_not_depend_on_where_it_starts(
        items in prop::collection::hash_map(1_u64..40, any_item(), 0..12), first: bool,
    ) {
        let newest = if first { Newest::First } else { Newest::Last };
        let items: Vec<Item> = items.into_iter().map(|(n, item)| Item { id: ItemId(n), ..item }).collect();
        let mut turned = items.clone();
        turned.reverse();
        prop_assert_eq!(order(items, newest), order(turned, newest));
    }

    #[test]
    fn no_two_numbers_share_a_place(a in any_item(), b in any_item()) {
        with_viewer(|viewer| {
            let same = sort_key(&a, viewer, Newest::Last) == sort_key(&b, viewer, Newest::Last);
            prop_assert!(!same || a.id == b.id);
            Ok(())
        })?;
    }
}

#[test]
fn what_came_back_is_on_top_then_what_needs_me_critical_first() {
    let mut items: Vec<Item> = (1..=6).map(item).collect();
    items[1].triage.state = state(2);
    items[2].triage.state = state(2);
    items[2].severity = Severity::Critical;
    items[3].triage.returned = Some(Box::new(returned()));
    items[4].severity = Severity::Critical;
    // Somebody else's critical does not jump the line.
    items[5].severity = Severity::Critical;
    items[5].triage.state = state(3);
    assert_eq!(order(items.clone(), Newest::Last), [4, 3, 5, 2, 1, 6]);
    assert_eq!(order(items, Newest::First), [4, 5, 3, 2, 6, 1]);
}

#[test]
fn what_needs_me() {
    with_viewer(|viewer| {
        let mut it = item(1);
        assert!(!needs_me(&it, viewer));
        it.triage.priority = Some(1);
        assert!(needs_me(&it, viewer), "made urgent by an officer");
        it.triage.snooze = Some(Box::new(snooze(NOW + 1)));
        assert!(!needs_me(&it, viewer), "asleep");
        it.triage.snooze = Some(Box::new(snooze(NOW)));
        assert!(
            needs_me(&it, viewer),
            "awake though the hub has not said so"
        );
        it.triage.state = state(3);
        assert!(!needs_me(&it, viewer), "a colleague has it");
        it.triage.level = 1;
        assert!(
            !needs_me(&it, viewer),
            "a colleague has it, escalated or not"
        );
        it.triage.state = state(5);
        assert!(needs_me(&it, viewer), "escalated, and my team's");
        it.triage.state = state(6);
        assert!(!needs_me(&it, viewer), "another team's");
    });
}

#[test]
fn a_clock_calls_in_its_last_quarter_until_somebody_has_it() {
    with_viewer(|viewer| {
        let mut it = item(1);
        it.severity = Severity::High;
        it.received_at = Timestamp::from_millis(NOW - 75);
        assert!(!needs_me(&it, viewer), "no clock was set for it");
        let mut due = |ms| {
            it.clocks.first_response = Some(Due::at(Timestamp::from_millis(ms)));
            (calls_for(&it, viewer), needs_me(&it, viewer))
        };
        let called = CallsFor {
            due: true,
            ..CallsFor::default()
        };
        assert_eq!(due(NOW + 26), (CallsFor::default(), false));
        assert_eq!(due(NOW + 25), (called, true), "three quarters are over");
        assert_eq!(due(NOW - 40), (called, true), "late");
        it.triage.state = state(5);
        assert!(needs_me(&it, viewer), "my team's, and not taken");
        it.triage.state = state(6);
        assert!(!needs_me(&it, viewer), "another team's");
        it.triage.state = state(3);
        assert!(!needs_me(&it, viewer), "a colleague has it");
        it.triage.state = state(1);
        assert!(
            needs_me(&it, viewer) && !calls_for(&it, viewer).any(),
            "seen"
        );
        it.triage.state = state(0);
        it.triage.priority = Some(1);
        let calls = calls_for(&it, viewer);
        assert!(calls.critical && !calls.due, "one reason is enough");
        it.triage.priority = None;
        it.clocks.first_response = Some(Due {
            met: Some(Timestamp::from_millis(NOW)),
            ..Due::at(Timestamp::from_millis(NOW - 1))
        });
        assert!(!needs_me(&it, viewer), "it was answered");
    });
}

#[test]
fn a_rule_calls_until_somebody_has_it() {
    with_viewer(|viewer| {
        let mut it = item(1);
        it.reasons.push(Reason {
            rule: RuleName::new("press").unwrap(),
            score: None,
            says: "".into(),
            calls: false,
        });
        assert!(!calls_for(&it, viewer).any(), "it only sent it here");
        it.reasons[0].calls = true;
        assert!(calls_for(&it, viewer).rule && needs_me(&it, viewer));
        it.triage.state = State::Acknowledged {
            by: officer("ana"),
            at: Timestamp::from_millis(NOW),
            until: Timestamp::from_millis(NOW + 1),
        };
        assert!(!calls_for(&it, viewer).any(), "somebody has seen it");
        it.triage.state = state(3);
        assert!(!needs_me(&it, viewer), "a colleague has it");
    });
}
