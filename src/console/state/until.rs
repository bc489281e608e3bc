//! Moments in an officer's words: "30m", "4h", "morning", "until 07:00",
//! "tomorrow 9:00", "monday 9:00", "2026-12-01 09:00".
//!
//! Pure: the moment it is and the officer's zone come in, so that a clock time
//! stays one over a change of summer time. Called by snoozes and suppressions,
//! typed or picked.

use std::time::Duration;

use jiff::civil::{Date, Time, Weekday};
use jiff::tz::TimeZone;
use jiff::{ToSpan, Zoned};

use crate::model::time::Timestamp;

/// What to say to somebody whose words were not understood.
pub const EXAMPLES: &str = "Say it like 30m, 4h, 07:00, morning, tomorrow 9:00 or monday 9:00.";

/// Nothing is put off for longer.
const LONGEST: Duration = Duration::from_hours(30 * 24);
/// Nor for less.
const SHORTEST: Duration = Duration::from_mins(1);

/// Why words mean no moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadMoment {
    /// Not understood.
    #[error("{EXAMPLES}")]
    Unknown,
    /// Understood, and over.
    #[error("That moment is over; {0}", lower(EXAMPLES))]
    Over,
    /// Understood, and too far away.
    #[error("That is more than 30 days away; make it less.")]
    Far,
}

fn lower(sentence: &str) -> String {
    let mut chars = sentence.chars();
    chars
        .next()
        .map(|first| first.to_lowercase().chain(chars).collect())
        .unwrap_or_default()
}

/// Times of day that have a name.
const NAMED: [(&str, i8); 6] = [
    ("morning", 7),
    ("noon", 12),
    ("afternoon", 14),
    ("evening", 18),
    ("tonight", 22),
    ("midnight", 0),
];
/// The hour of a day that is named without one.
const DAY_BEGINS: i8 = 7;

/// The moment that `text` means at `now` for somebody in `zone`; whole minutes
/// for clock times, at least a minute and at most 30 days away.
///
/// # Errors
/// [`BadMoment`] as a sentence with examples.
pub fn moment(text: &str, now: Timestamp, zone: &TimeZone) -> Result<Timestamp, BadMoment> {
    let lower = text.trim().to_lowercase();
    let text = ["until ", "till ", "for ", "in ", "at "]
        .iter()
        .find_map(|word| lower.strip_prefix(word))
        .unwrap_or(&lower)
        .trim();
    let at = match span(text) {
        Some(span) => now.plus(span),
        None => by_calendar(text, now, zone)?,
    };
    if at < now {
        Err(BadMoment::Over)
    } else if at.since(now) > LONGEST {
        Err(BadMoment::Far)
    } else if at.since(now) < SHORTEST {
        Err(BadMoment::Unknown)
    } else {
        Ok(at)
    }
}

/// "30m", "1h30m", "2 hours".
fn span(text: &str) -> Option<Duration> {
    let mut rest = text;
    let mut seconds = 0_u64;
    while !rest.is_empty() {
        let (number, after) = split(rest, |c| c.is_ascii_digit());
        let (unit, after) = split(after.trim_start(), char::is_alphabetic);
        let factor = match unit {
            "m" | "min" | "mins" | "minute" | "minutes" => 60,
            "h" | "hr" | "hour" | "hours" => 3600,
            "d" | "day" | "days" => 86_400,
            "w" | "week" | "weeks" => 7 * 86_400,
            _ => return None,
        };
        let number = number.parse::<u64>().ok().filter(|n| *n <= 100_000)?;
        seconds += number * factor;
        rest = after.trim_start();
    }
    (seconds > 0).then(|| Duration::from_secs(seconds))
}

fn split(text: &str, belongs: impl Fn(char) -> bool) -> (&str, &str) {
    let end = text.find(|c| !belongs(c)).unwrap_or(text.len());
    text.split_at(end)
}

/// A day, a time of day, or both.
fn by_calendar(text: &str, now: Timestamp, zone: &TimeZone) -> Result<Timestamp, BadMoment> {
    let here = now.to_jiff().to_zoned(zone.clone());
    let (first, rest) = text.split_once(' ').unwrap_or((text, ""));
    if let Some(date) = day(first, &here) {
        let time = match rest.trim() {
            "" => Time::constant(DAY_BEGINS, 0, 0, 0),
            words => clock(words).ok_or(BadMoment::Unknown)?,
        };
        return on(date, time, zone).ok_or(BadMoment::Unknown);
    }
    let time = clock(text).ok_or(BadMoment::Unknown)?;
    let today = on(here.date(), time, zone).ok_or(BadMoment::Unknown)?;
    if today > now {
        return Ok(today);
    }
    let tomorrow = here.date().checked_add(1.day());
    tomorrow
        .ok()
        .and_then(|date| on(date, time, zone))
        .ok_or(BadMoment::Unknown)
}

fn on(date: Date, time: Time, zone: &TimeZone) -> Option<Timestamp> {
    let at = date.to_datetime(time).to_zoned(zone.clone()).ok()?;
    Some(Timestamp::from_millis(at.timestamp().as_millisecond()))
}

/// "today", "tomorrow", "mon", "monday", "2026-12-01". A weekday is the next
/// one, never today.
fn day(word: &str, here: &Zoned) -> Option<Date> {
    let today = here.date();
    match word {
        "today" => return Some(today),
        "tomorrow" => return today.checked_add(1.day()).ok(),
        _ => {}
    }
    let weekdays = [
        ("monday", Weekday::Monday),
        ("tuesday", Weekday::Tuesday),
        ("wednesday", Weekday::Wednesday),
        ("thursday", Weekday::Thursday),
        ("friday", Weekday::Friday),
        ("saturday", Weekday::Saturday),
        ("sunday", Weekday::Sunday),
    ];
    let named = weekdays
        .into_iter()
        .find(|(name, _)| word.chars().count() >= 3 && name.starts_with(word));
    match named {
        Some((_, weekday)) => today.nth_weekday(1, weekday).ok(),
        None => word.parse().ok(),
    }
}

/// "07:00", "7:00", "9am", "9:30pm", "morning".
fn clock(text: &str) -> Option<Time> {
    if let Some((_, hour)) = NAMED.iter().find(|(name, _)| *name == text) {
        return Time::new(*hour, 0, 0, 0).ok();
    }
    let half = |end| text.strip_suffix(end).map(str::trim_end);
    let (digits, afternoon) = match (half("am"), half("pm")) {
        (Some(digits), _) => (digits, Some(false)),
        (_, Some(digits)) => (digits, Some(true)),
        _ => (text, None),
    };
    let (hours, minutes) = match digits.split_once(':') {
        Some((hours, minutes)) if minutes.len() == 2 => (hours, minutes.parse().ok()?),
        None if afternoon.is_some() => (digits, 0),
        _ => return None,
    };
    let hours: i8 = hours.parse().ok()?;
    let hours = match afternoon {
        None => hours,
        Some(_) if !(1..=12).contains(&hours) => return None,
        Some(afternoon) => hours % 12 + if afternoon { 12 } else { 0 },
    };
    Time::new(hours, minutes, 0, 0).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A Monday, 23:00 in Madrid.
    fn read(text: &str) -> Result<String, BadMoment> {
        let now = Timestamp::parse("2026-11-23T22:00:00Z").expect("a time");
        let zone = TimeZone::get("Europe/Madrid").expect("a zone");
        moment(text, now, &zone).map(|at| at.to_string())
    }

    #[test]
    fn spans_clocks_days_and_dates_are_read() {
        for (text, at) in [
            ("30m", "2026-11-23T22:30:00.000Z"),
            ("1h30m", "2026-11-23T23:30:00.000Z"),
            ("for 2 hours", "2026-11-24T00:00:00.000Z"),
            ("in 90 min", "2026-11-23T23:30:00.000Z"),
            ("morning", "2026-11-24T06:00:00.000Z"),
            ("until 07:00", "2026-11-24T06:00:00.000Z"),
            ("until 7:00", "2026-11-24T06:00:00.000Z"),
            ("23:30", "2026-11-23T22:30:00.000Z"),
            ("23:00", "2026-11-24T22:00:00.000Z"),
            ("9am", "2026-11-24T08:00:00.000Z"),
            ("12:15am", "2026-11-23T23:15:00.000Z"),
            ("tomorrow", "2026-11-24T06:00:00.000Z"),
            ("Tomorrow 9:00", "2026-11-24T08:00:00.000Z"),
            ("monday 9:00", "2026-11-30T08:00:00.000Z"),
            ("until fri noon", "2026-11-27T11:00:00.000Z"),
            ("2026-12-01 09:00", "2026-12-01T08:00:00.000Z"),
        ] {
            assert_eq!(read(text).as_deref(), Ok(at), "{text}");
        }
    }

    #[test]
    fn what_means_nothing_is_told_with_examples() {
        for text in [
            "", "soon", "30", "25:00", "9:5", "13pm", "mo 9:00", "0m", "1h x",
        ] {
            assert_eq!(read(text), Err(BadMoment::Unknown), "{text}");
        }
        assert_eq!(read("99d"), Err(BadMoment::Far));
        assert_eq!(read("today 9:00"), Err(BadMoment::Over));
        assert!(BadMoment::Over.to_string().ends_with("monday 9:00."));
    }

    #[test]
    fn a_clock_time_stays_one_over_the_change_of_summer_time() {
        let saturday = Timestamp::parse("2026-10-24T20:00:00Z").expect("a time");
        let zone = TimeZone::get("Europe/Madrid").expect("a zone");
        let monday = moment("monday 9:00", saturday, &zone).expect("a moment");
        assert_eq!(monday.to_string(), "2026-10-26T08:00:00.000Z");
    }

    proptest::proptest! {
        #[test]
        fn any_words_are_safe(text in "\\PC{0,24}") {
            let now = Timestamp::from_millis(1_800_000_000_000);
            if let Ok(at) = moment(&text, now, &TimeZone::UTC) {
                proptest::prop_assert!(at > now && at.since(now) <= LONGEST);
            }
        }
    }
}
