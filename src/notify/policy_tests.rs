//! The policy over an evening: time is a value, so it passes at once.

use super::*;

fn key(n: u8) -> ItemKey {
    ItemKey::from_bytes([n; 16])
}

fn criticals(keys: &[u8]) -> Needs {
    Needs {
        criticals: keys.iter().map(|n| key(*n)).collect(),
        ..Needs::default()
    }
}

fn mine(keys: &[u8]) -> Needs {
    Needs {
        mine: keys.iter().map(|n| key(*n)).collect(),
        ..Needs::default()
    }
}

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_millis(1_000_000_000_000 + seconds * 1000)
}

/// The seconds, from `from` to `to`, at which the policy calls.
fn calls(policy: &mut Policy, from: i64, to: i64) -> Vec<i64> {
    (from..=to)
        .filter(|second| policy.due(at(*second)).is_some())
        .collect()
}

#[test]
fn the_first_critical_at_once_and_then_gathered() {
    let mut policy = Policy::default();
    policy.needs(criticals(&[1]), at(0));
    assert_eq!(policy.next_due(), Some(at(0)));
    let call = policy.due(at(0)).expect("at once");
    assert!(call.critical && call.bell && call.notice);
    policy.needs(criticals(&[1, 2]), at(1));
    policy.needs(criticals(&[1, 2, 3]), at(2));
    assert_eq!(policy.next_due(), Some(at(5)));
    assert_eq!(calls(&mut policy, 2, 20), [5]);
}

#[test]
fn an_unattended_critical_is_repeated_until_somebody_has_it() {
    let mut policy = Policy::default();
    policy.needs(criticals(&[1]), at(0));
    assert_eq!(calls(&mut policy, 0, 1000), [0, 60, 180, 480, 780]);
    policy.needs(Needs::default(), at(1000));
    assert_eq!(policy.next_due(), None);
    assert_eq!(calls(&mut policy, 1000, 3000), [0_i64; 0]);
}

#[test]
fn one_that_comes_back_is_new() {
    let mut policy = Policy::default();
    policy.needs(criticals(&[1]), at(0));
    assert_eq!(calls(&mut policy, 0, 10), [0]);
    policy.needs(Needs::default(), at(20));
    policy.needs(criticals(&[1]), at(30));
    assert_eq!(calls(&mut policy, 30, 40), [30]);
}

#[test]
fn others_once_a_minute_and_twelve_an_hour() {
    let mut policy = Policy::default();
    let mut keys = Vec::new();
    let mut called = Vec::new();
    for second in 0..3600 {
        if second % 10 == 0 {
            let next = u8::try_from(second / 10 % 250).expect("is small");
            keys.push(next);
            if keys.len() > 5 {
                keys.remove(0);
            }
            policy.needs(mine(&keys), at(second));
        }
        if policy.due(at(second)).is_some() {
            called.push(second);
        }
    }
    assert_eq!(called.first(), Some(&0));
    assert!(called.windows(2).all(|pair| pair[1] - pair[0] >= 60));
    // A full bucket, and what flows in within the hour.
    assert!((12..=24).contains(&called.len()), "{called:?}");
    assert!(policy.held_back() > 0);
}

#[test]
fn with_the_focus_only_the_bell_and_only_for_criticals() {
    let mut policy = Policy::default();
    policy.focus(true);
    policy.needs(mine(&[1]), at(0));
    assert_eq!(policy.due(at(0)), None);
    assert_eq!(policy.held_back(), 1);
    policy.needs(criticals(&[2]), at(10));
    let call = policy.due(at(10)).expect("a critical rings");
    assert!(call.bell && !call.notice);
}

#[test]
fn what_was_there_before_is_not_news_but_not_forgotten() {
    let mut policy = Policy::default();
    let mut needs = criticals(&[1, 2]);
    needs.mine = mine(&[3]).mine;
    policy.starts_with(needs, at(0));
    assert_eq!(calls(&mut policy, 0, 100), [60]);
}

#[test]
fn the_template_holds_counts_only() {
    let counts = Counts {
        criticals: 2,
        mine: 3,
        escalations: 1,
    };
    assert_eq!(
        counts.line(),
        "watchfloor: 2 critical, 1 escalation, 3 mine"
    );
    assert_eq!(counts.title(), "(3!) watchfloor");
    assert_eq!(Counts::default().line(), "watchfloor");
    assert_eq!(Counts::default().title(), "watchfloor");
    let most = Counts {
        criticals: 99_999,
        mine: 99_999,
        escalations: 99_999,
    };
    assert!(most.line().is_ascii() && most.line().len() <= 80);
}

#[test]
fn an_item_that_is_mine_and_critical_calls_once() {
    let mut policy = Policy::default();
    let mut needs = criticals(&[1]);
    needs.escalations = criticals(&[1]).criticals;
    policy.needs(needs, at(0));
    assert_eq!(calls(&mut policy, 0, 59), [0]);
}

#[test]
fn due_comes_when_it_was_promised() {
    let mut policy = Policy::default();
    policy.needs(criticals(&[1]), at(0));
    let mut now = at(0);
    for _ in 0..6 {
        now = policy.next_due().expect("it repeats").max(now);
        assert!(policy.due(now).is_some());
    }
}
