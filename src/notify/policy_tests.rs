//! The policy over an evening: time is a value, so it passes at once.

use jiff::tz::TimeZone;
use proptest::prelude::*;

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
fn what_a_rule_calls_for_is_told_once_and_over_when_somebody_has_it() {
    let mut policy = Policy::default();
    let needs = Needs {
        by_rule: [key(1), key(2)].into(),
        ..Needs::default()
    };
    policy.needs(needs.clone(), at(0));
    let call = policy.due(at(0)).expect("at once");
    assert!(!call.critical && call.notice);
    assert_eq!(
        call.counts.line(None),
        "watchfloor: 2 by rule",
        "and not one call each"
    );
    policy.needs(needs, at(1));
    assert_eq!(calls(&mut policy, 1, 900), [0_i64; 0]);
    policy.needs(Needs::default(), at(901));
    assert!(policy.take_over(), "taken, so the notice goes");
}

#[test]
fn what_is_due_soon_is_told_once_and_over_when_somebody_has_it() {
    let mut policy = Policy::default();
    let needs = Needs {
        due: [key(1)].into(),
        ..Needs::default()
    };
    policy.needs(needs.clone(), at(0));
    let call = policy.due(at(0)).expect("at once");
    assert!(!call.critical && call.notice);
    assert_eq!(call.counts.line(None), "watchfloor: 1 due");
    policy.needs(needs, at(1));
    assert_eq!(calls(&mut policy, 1, 900), [0_i64; 0]);
    policy.needs(Needs::default(), at(901));
    assert!(policy.take_over(), "taken, so the notice goes");
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
    assert!(policy.held().hourly > 0);
}

#[test]
fn with_the_focus_only_the_bell_and_only_for_criticals() {
    let mut policy = Policy::default();
    policy.focus(true);
    policy.needs(mine(&[1]), at(0));
    assert_eq!(policy.due(at(0)), None);
    assert_eq!(policy.held().focused, 1);
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

/// Quiet from midnight to six; `at(0)` is 01:46 on that day in UTC.
fn night() -> Hours {
    Hours {
        from: 0,
        to: 360,
        zone: TimeZone::UTC,
    }
}

#[test]
fn at_night_only_a_critical_calls_and_the_rest_is_counted() {
    let mut policy = Policy::default();
    policy.set_quiet(Some(night()));
    policy.needs(mine(&[1]), at(0));
    assert_eq!(policy.due(at(0)), None);
    assert_eq!(policy.held().quiet, 1);
    policy.needs(criticals(&[2]), at(10));
    assert!(policy.due(at(10)).is_some_and(|call| call.notice));
    let morning = 6 * 3600;
    policy.needs(mine(&[1, 3]), at(morning));
    assert!(policy.due(at(morning)).is_some());
    assert_eq!(policy.held().quiet, 1);
}

#[test]
fn a_notice_is_over_when_all_that_it_called_for_is() {
    let mut policy = Policy::default();
    policy.needs(criticals(&[1, 2]), at(0));
    assert!(policy.due(at(0)).is_some());
    policy.needs(criticals(&[2]), at(10));
    assert!(!policy.take_over(), "one still has nobody");
    // Taken: from a critical of nobody's to one of mine.
    policy.needs(mine(&[2]), at(20));
    assert!(policy.take_over());
    assert!(!policy.take_over(), "told once");
}

#[test]
fn who_comes_back_to_the_terminal_has_seen_what_is_theirs() {
    let mut policy = Policy::default();
    policy.needs(mine(&[1]), at(0));
    assert!(policy.due(at(0)).is_some());
    policy.focus(true);
    assert!(policy.take_over());
    policy.focus(false);
    policy.needs(criticals(&[2]), at(60));
    assert!(policy.due(at(60)).is_some());
    policy.focus(true);
    assert!(!policy.take_over(), "a critical of nobody's is not over");
}

/// What happens on a floor in an evening.
#[derive(Clone, Debug)]
enum Happens {
    Needs(Needs),
    Focus(bool),
    Seconds(i64),
}

fn happens() -> impl Strategy<Value = Happens> {
    let keys = || proptest::collection::btree_set((0_u8..12).prop_map(key), 0..6);
    prop_oneof![
        (keys(), keys(), keys(), keys(), keys()).prop_map(
            |(criticals, mine, escalations, by_rule, due)| {
                Happens::Needs(Needs {
                    criticals,
                    mine,
                    escalations,
                    by_rule,
                    due,
                })
            }
        ),
        any::<bool>().prop_map(Happens::Focus),
        (1_i64..400).prop_map(Happens::Seconds),
    ]
}

/// Lets an evening happen, asking whenever the policy wants to be asked, and
/// returns the calls with their moments.
fn evening(policy: &mut Policy, happened: &[Happens]) -> Vec<(Timestamp, Call, bool)> {
    let (mut now, mut focused) = (at(0), false);
    let mut calls = Vec::new();
    for event in happened {
        let until = match event {
            Happens::Seconds(seconds) => now.plus(Duration::from_secs(seconds.unsigned_abs())),
            Happens::Needs(needs) => {
                policy.needs(needs.clone(), now);
                now
            }
            Happens::Focus(is) => {
                policy.focus(*is);
                focused = *is;
                now
            }
        };
        while let Some(due) = policy.next_due().filter(|due| *due <= until) {
            now = now.max(due);
            if let Some(call) = policy.due(now) {
                calls.push((now, call, focused));
            }
        }
        now = until;
    }
    calls
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn whatever_happens_the_calls_keep_their_distance(
        happened in proptest::collection::vec(happens(), 1..80), quiet: bool,
    ) {
        let mut policy = Policy::default();
        policy.set_quiet(quiet.then(night));
        let calls = evening(&mut policy, &happened);
        let moments = |critical: bool| -> Vec<Timestamp> {
            let of = calls.iter().filter(|(_, call, _)| call.critical == critical);
            of.map(|(moment, _, _)| *moment).collect()
        };
        let gap = |moments: &[Timestamp]| {
            moments.windows(2).map(|pair| pair[1].since(pair[0])).min()
        };
        prop_assert!(gap(&moments(true)).is_none_or(|gap| gap >= CRITICAL_GATHER));
        prop_assert!(gap(&moments(false)).is_none_or(|gap| gap >= OTHER_GATHER));
        let others = moments(false);
        for moment in &others {
            let hour = Duration::from_hours(1);
            let within = others.iter().filter(|other| {
                **other >= *moment && other.since(*moment) < hour
            });
            prop_assert!(within.count() <= 24);
        }
        for (moment, call, focused) in &calls {
            prop_assert!(call.critical || !focused, "only a critical disturbs who looks");
            prop_assert!(call.bell && call.notice != *focused);
            prop_assert_eq!(call.critical, call.critical && call.counts.criticals > 0);
            let covered = night().cover(*moment);
            prop_assert!(call.critical || !(quiet && covered));
        }
    }

    #[test]
    fn no_critical_waits_longer_than_five_seconds_or_five_minutes(
        happened in proptest::collection::vec(happens(), 1..80),
    ) {
        let mut policy = Policy::default();
        evening(&mut policy, &happened);
        let waits = policy.next_due();
        let last = policy.last_critical;
        for item in policy.unattended.values() {
            let next = waits.expect("something waits");
            prop_assert!(next <= after(item.next, last, CRITICAL_GATHER));
            prop_assert!(item.calls == 0 || last.is_some_and(|last| item.next.since(last) <= REPEATS[2]));
        }
    }
}
