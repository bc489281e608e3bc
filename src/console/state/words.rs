//! How times and counts are put: ages in steps that change seldom, due times
//! as a countdown, clocks in the floor's zone.
//!
//! Everything here is digits and our own words, so it may be drawn as it is.

use std::time::Duration;

use crate::model::time::Timestamp;

const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;

/// A span in one step: "now", "5m", "3h", "2d", "20w", "2y": three cells at the
/// most.
#[must_use]
pub fn span(span: Duration) -> String {
    match span.as_secs() {
        0..MINUTE => "now".to_owned(),
        s @ MINUTE..HOUR => format!("{}m", steps(s / MINUTE)),
        s @ HOUR..DAY => format!("{}h", s / HOUR),
        s if s < 100 * DAY => format!("{}d", s / DAY),
        s if s < 100 * 7 * DAY => format!("{}w", s / (7 * DAY)),
        s => format!("{}y", (s / (365 * DAY)).min(99)),
    }
}

/// Minutes in steps: each to 5, then fives.
fn steps(minutes: u64) -> u64 {
    if minutes < 5 {
        minutes
    } else {
        minutes / 5 * 5
    }
}

/// How long ago `then` was.
#[must_use]
pub fn age(now: Timestamp, then: Timestamp) -> String {
    span(now.since(then))
}

/// How long ago `then` was, as a sentence has it: "just now", "12 minutes ago".
#[must_use]
pub fn ago(now: Timestamp, then: Timestamp) -> String {
    let count = |n: u64, thing| {
        let n = usize::try_from(n).unwrap_or(usize::MAX);
        format!("{} ago", plural(n, thing))
    };
    match now.since(then).as_secs() {
        0..MINUTE => "just now".to_owned(),
        s if s < 2 * HOUR => count(s / MINUTE, "minute"),
        s if s < 2 * DAY => count(s / HOUR, "hour"),
        s => count(s / DAY, "day"),
    }
}

/// How long until something is due: "in 8m"; how long it is over: "+12m".
#[must_use]
pub fn due(now: Timestamp, at: Timestamp) -> String {
    let (sign, left) = if at > now {
        ("in ", at.since(now))
    } else {
        ("+", now.since(at))
    };
    match left.as_secs() {
        s @ 0..HOUR => format!("{sign}{}m", s.div_ceil(MINUTE)),
        s @ HOUR..DAY => format!("{sign}{}h", s / HOUR),
        s => format!("{sign}{}d", (s / DAY).min(999)),
    }
}

/// A clock of [`due`] that says what it is: "due 8m", "late 12m".
#[must_use]
pub fn named(clock: &str) -> String {
    if let Some(left) = clock.strip_prefix("in ") {
        format!("due {left}")
    } else if let Some(over) = clock.strip_prefix('+') {
        format!("late {over}")
    } else {
        clock.to_owned()
    }
}

/// Minutes since 1970 in the floor's zone.
fn local_minutes(at: Timestamp, offset: i32) -> i64 {
    at.as_millis().div_euclid(60_000) + i64::from(offset)
}

/// The time of day in the floor's zone: "02:41".
#[must_use]
pub fn clock(at: Timestamp, offset: i32) -> String {
    let minutes = local_minutes(at, offset).rem_euclid(24 * 60);
    format!("{:02}:{:02}", minutes / 60, minutes % 60)
}

/// The time of day to the second: "02:41:07".
#[must_use]
pub fn second(at: Timestamp, offset: i32) -> String {
    let seconds = at.as_millis().div_euclid(1000).rem_euclid(60);
    format!("{}:{seconds:02}", clock(at, offset))
}

/// The time of day, with the date when it is not today's: "02:41",
/// "11-22 02:41".
#[must_use]
pub fn moment(at: Timestamp, now: Timestamp, offset: i32) -> String {
    let day = |t| local_minutes(t, offset).div_euclid(24 * 60);
    if day(at) == day(now) {
        return clock(at, offset);
    }
    dated(at, offset).chars().skip(5).collect()
}

/// The day and the time of day: "2026-11-22 02:41".
#[must_use]
pub fn dated(at: Timestamp, offset: i32) -> String {
    let shift = Duration::from_secs(u64::from(offset.unsigned_abs()) * 60);
    let local = if offset < 0 {
        at.minus(shift)
    } else {
        at.plus(shift)
    };
    let date: String = local.to_string().chars().take(10).collect();
    format!("{date} {}", clock(at, offset))
}

/// "1 item", "3 items".
#[must_use]
pub fn items(count: usize) -> String {
    plural(count, "item")
}

/// "1 channel", "3 channels".
#[must_use]
pub fn plural(count: usize, thing: &str) -> String {
    if count == 1 {
        format!("1 {thing}")
    } else {
        format!("{count} {thing}s")
    }
}

/// A date with its weekday, as it stands in the header: "Mon 23 Nov".
#[must_use]
pub fn date(at: Timestamp, offset: i32) -> String {
    const DAYS: [&str; 7] = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];
    const MONTHS: [&str; 12] = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ];
    let minutes = local_minutes(at, offset);
    let day = minutes.div_euclid(24 * 60);
    let name = usize::try_from(day.rem_euclid(7)).map_or("", |n| DAYS[n]);
    let date = Timestamp::from_millis(minutes * 60_000).to_string();
    let part = |skip: usize| -> String { date.chars().skip(skip).take(2).collect() };
    let month = part(5).parse::<usize>().ok();
    let month = month.and_then(|n| MONTHS.get(n.checked_sub(1)?));
    format!("{name} {} {}", part(8), month.unwrap_or(&""))
}

/// A count that is read whole: "950", "12 031".
#[must_use]
pub fn grouped(count: usize) -> String {
    let digits = count.to_string();
    let mut says = String::new();
    for (left, digit) in (0..digits.len()).rev().zip(digits.chars()) {
        says.push(digit);
        if left > 0 && left % 3 == 0 {
            says.push(' ');
        }
    }
    says
}

/// Large numbers short: 950, 1.2k, 34k, 5.6M.
#[must_use]
pub fn short(count: u64) -> String {
    match count {
        0..1000 => count.to_string(),
        1000..10_000 => format!("{}.{}k", count / 1000, count % 1000 / 100),
        10_000..1_000_000 => format!("{}k", count / 1000),
        _ => format!("{}.{}M", count / 1_000_000, count % 1_000_000 / 100_000),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        Timestamp::parse(text).expect("a time")
    }

    #[test]
    fn counts_are_read_in_threes() {
        let all = [0, 999, 1000, 12_031, 1_000_000].map(grouped);
        assert_eq!(all, ["0", "999", "1 000", "12 031", "1 000 000"]);
    }

    #[test]
    fn ages_change_seldom() {
        let of = |s| span(Duration::from_secs(s));
        assert_eq!(
            [of(0), of(59), of(61), of(7 * 60)],
            ["now", "now", "1m", "5m"]
        );
        assert_eq!([of(3600), of(86_400 * 3)], ["1h", "3d"]);
        assert_eq!([of(86_400 * 140), of(86_400 * 800)], ["20w", "2y"]);
    }

    #[test]
    fn due_times_count_down_and_then_up() {
        let now = at("2026-11-23T02:00:00Z");
        assert_eq!(due(now, at("2026-11-23T02:08:00Z")), "in 8m");
        assert_eq!(due(now, at("2026-11-23T01:48:00Z")), "+12m");
    }

    #[test]
    fn the_date_is_told_when_it_matters() {
        let now = at("2026-11-23T00:30:00Z");
        assert_eq!(moment(at("2026-11-22T23:30:00Z"), now, 60), "00:30");
        assert_eq!(moment(at("2026-11-22T22:30:00Z"), now, 60), "11-22 23:30");
    }

    #[test]
    fn the_date_is_that_of_the_floors_zone() {
        assert_eq!(date(at("2026-11-22T23:30:00Z"), 60), "Mon 23 Nov");
        assert_eq!(date(at("2026-11-22T23:30:00Z"), 0), "Sun 22 Nov");
    }
}
