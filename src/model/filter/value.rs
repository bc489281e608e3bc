//! Spans and moments as officers write them: `2h`, `1h30m`, `18:00`.
//!
//! Owns [`Span`] and [`Since`], how they are read and written. The moment it
//! is and the floor's zone come in when a moment is worked out.

use std::fmt::{self, Display, Formatter};
use std::time::Duration;

use crate::model::time::Timestamp;

/// A span of whole seconds, written with its units.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Span(u64);

/// Units from large to small, with their seconds.
const UNITS: [(char, u64); 5] = [
    ('w', 604_800),
    ('d', 86_400),
    ('h', 3_600),
    ('m', 60),
    ('s', 1),
];

/// Longer than any watch or archive; keeps the arithmetic in range.
const LONGEST_S: u64 = 100 * 366 * 86_400;

const DAY_MS: i64 = 86_400_000;
const MINUTE_MS: i64 = 60_000;

impl Span {
    /// Reads one or more numbers with units; none when it is no span or is
    /// longer than a hundred years.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let mut total = 0_u64;
        let mut digits = String::new();
        for c in text.chars() {
            if c.is_ascii_digit() {
                digits.push(c);
                continue;
            }
            let (_, seconds) = UNITS
                .iter()
                .find(|(unit, _)| *unit == c.to_ascii_lowercase())?;
            let number: u64 = std::mem::take(&mut digits).parse().ok()?;
            total = total.checked_add(number.checked_mul(*seconds)?)?;
        }
        let whole = digits.is_empty() && !text.is_empty();
        (whole && total <= LONGEST_S).then_some(Self(total))
    }

    pub(super) fn duration(self) -> Duration {
        Duration::from_secs(self.0)
    }
}

impl Display for Span {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        if self.0 == 0 {
            return f.write_str("0s");
        }
        let mut rest = self.0;
        for (unit, seconds) in UNITS {
            if rest >= seconds {
                write!(f, "{}{unit}", rest / seconds)?;
                rest %= seconds;
            }
        }
        Ok(())
    }
}

/// Where `since:` begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Since {
    /// So long ago.
    Ago(Span),
    /// The last time the floor's clock showed this, in minutes after midnight.
    Clock(u16),
    /// A date and time on the floor's clock, kept as if that were UTC.
    Floor(Timestamp),
    /// A moment that names its own zone.
    At(Timestamp),
}

impl Since {
    /// Reads a span, a time of day, or a date with or without time and zone.
    pub(super) fn parse(text: &str) -> Option<Self> {
        if let Some(span) = Span::parse(text) {
            return Some(Self::Ago(span));
        }
        if let Some(minutes) = time_of_day(text) {
            return Some(Self::Clock(minutes));
        }
        // A year, so that what is read is a date and not another time of day.
        if !text.bytes().take(4).all(|b| b.is_ascii_digit()) {
            return None;
        }
        if let Some(moment) = Timestamp::parse(text) {
            return Some(Self::At(moment));
        }
        let civil: jiff::civil::DateTime = text.parse().ok()?;
        let as_utc = jiff::tz::Offset::UTC.to_timestamp(civil).ok()?;
        Some(Self::Floor(Timestamp::from_millis(as_utc.as_millisecond())))
    }

    /// The moment that it means at `now`, on a floor so far east of UTC.
    pub(super) fn moment(self, now: Timestamp, utc_offset_minutes: i32) -> Timestamp {
        let offset = i64::from(utc_offset_minutes) * MINUTE_MS;
        match self {
            Self::Ago(span) => now.minus(span.duration()),
            Self::At(moment) => moment,
            Self::Floor(shown) => Timestamp::from_millis(shown.as_millis() - offset),
            Self::Clock(minutes) => {
                let shown_now = now.as_millis() + offset;
                let midnight = shown_now - shown_now.rem_euclid(DAY_MS);
                let today = midnight + i64::from(minutes) * MINUTE_MS;
                let last = if today > shown_now {
                    today - DAY_MS
                } else {
                    today
                };
                Timestamp::from_millis(last - offset)
            }
        }
    }
}

impl Display for Since {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ago(span) => span.fmt(f),
            Self::Clock(minutes) => write!(f, "{:02}:{:02}", minutes / 60, minutes % 60),
            Self::Floor(shown) => f.write_str(shown.to_string().trim_end_matches('Z')),
            Self::At(moment) => moment.fmt(f),
        }
    }
}

/// Minutes after midnight of `7:05` or `18:00`.
fn time_of_day(text: &str) -> Option<u16> {
    let (hours, minutes) = text.split_once(':')?;
    let digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
    if !(1..=2).contains(&hours.len()) || minutes.len() != 2 || !digits(hours) || !digits(minutes) {
        return None;
    }
    let (hours, minutes): (u16, u16) = (hours.parse().ok()?, minutes.parse().ok()?);
    (hours < 24 && minutes < 60).then_some(hours * 60 + minutes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        Timestamp::parse(text).expect("a time")
    }

    #[test]
    fn spans_are_read_and_written() {
        for (typed, written) in [
            ("2h", "2h"),
            ("90m", "1h30m"),
            ("1h30m", "1h30m"),
            ("24H", "1d"),
            ("45s", "45s"),
            ("0m", "0s"),
        ] {
            let span = Span::parse(typed).map(|span| span.to_string());
            assert_eq!(span.as_deref(), Some(written), "{typed}");
        }
        let eternity = "9".repeat(30) + "w";
        for wrong in [
            "", "2", "h", "2x", "2h3", "-2h", "101y", "99999w", &eternity,
        ] {
            assert_eq!(Span::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_time_of_day_is_the_last_one_on_the_floors_clock() {
        let now = at("2026-11-23T17:30:00Z");
        let evening = Since::parse("18:00").expect("a time of day");
        // 18:30 in a floor an hour east of UTC: half an hour ago.
        assert_eq!(evening.moment(now, 60), at("2026-11-23T17:00:00Z"));
        // 17:30 in UTC: yesterday.
        assert_eq!(evening.moment(now, 0), at("2026-11-22T18:00:00Z"));
        assert_eq!(evening.moment(now, -300), at("2026-11-22T23:00:00Z"));
        // The very minute counts.
        let same = Since::parse("17:30").expect("a time of day");
        assert_eq!(same.moment(now, 0), now);
    }

    #[test]
    fn dates_go_by_their_own_zone_or_the_floors() {
        let now = at("2026-11-23T17:30:00Z");
        for (typed, means) in [
            ("2026-11-23T18:00Z", "2026-11-23T18:00:00Z"),
            ("2026-11-23T18:00:30+02:00", "2026-11-23T16:00:30Z"),
            ("2026-11-23T18:00", "2026-11-23T17:00:00Z"),
            ("2026-11-23", "2026-11-22T23:00:00Z"),
            ("24h", "2026-11-22T17:30:00Z"),
        ] {
            let since = Since::parse(typed).expect("a time");
            assert_eq!(since.moment(now, 60), at(means), "{typed}");
            assert_eq!(Since::parse(&since.to_string()), Some(since), "{typed}");
        }
        for wrong in [
            "",
            "25:00",
            "18:60",
            "18:0",
            "yesterday",
            "2026-13-01",
            "1:2:3",
        ] {
            assert_eq!(Since::parse(wrong), None, "{wrong}");
        }
    }
}
