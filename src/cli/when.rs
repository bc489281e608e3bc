//! Moments as they are typed: "30m", "4h", "06:30", "tomorrow", RFC 3339.
//!
//! Pure: the time and the zone come in. Called by `do`, `record` and `replay`.

use jiff::civil::Time;
use jiff::tz::TimeZone;
use jiff::{ToSpan, Zoned};

use crate::config;
use crate::model::time::Timestamp;

/// When a day on the floor begins, for "tomorrow".
const MORNING: i8 = 8;

/// The moment that `text` means at `now`; none when it means none, or one that
/// is over.
pub(super) fn moment(text: &str, now: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
    let text = text.trim();
    if let Some(span) = config::duration(text) {
        return Some(now.plus(span));
    }
    if let Some(at) = Timestamp::parse(text) {
        return Some(at).filter(|at| *at > now);
    }
    let here = now.to_jiff().to_zoned(zone.clone());
    let at = if text == "tomorrow" {
        on_day(&here, 1, Time::new(MORNING, 0, 0, 0).ok()?)?
    } else {
        let time = Time::strptime("%H:%M", text).ok()?;
        let today = on_day(&here, 0, time)?;
        if today > here {
            today
        } else {
            on_day(&here, 1, time)?
        }
    };
    Some(Timestamp::from_millis(at.timestamp().as_millisecond()))
}

/// The moment before `now` that `text` means: "2h" is so long ago, "18:00" the
/// last time that it was; none when it means none, or one that is to come.
pub(super) fn past(text: &str, now: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
    let text = text.trim();
    if let Some(span) = config::duration(text) {
        return Some(now.minus(span));
    }
    if let Some(at) = Timestamp::parse(text) {
        return Some(at).filter(|at| *at <= now);
    }
    let here = now.to_jiff().to_zoned(zone.clone());
    let time = Time::strptime("%H:%M", text).ok()?;
    let today = on_day(&here, 0, time)?;
    let at = if today <= here {
        today
    } else {
        on_day(&here, -1, time)?
    };
    Some(Timestamp::from_millis(at.timestamp().as_millisecond()))
}

/// The moment from `start` on that `text` means: "1h" is so long after it,
/// "18:00" the first time from then on.
pub(super) fn from(text: &str, start: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
    let text = text.trim();
    if let Some(at) = Timestamp::parse(text) {
        return Some(at);
    }
    if text == "tomorrow" {
        return None;
    }
    // The moment itself counts, other than for what is due.
    moment(text, start.minus(std::time::Duration::from_millis(1)), zone)
}

fn on_day(here: &Zoned, days: i64, time: Time) -> Option<Zoned> {
    let date = here.date().checked_add(days.days()).ok()?;
    date.to_datetime(time)
        .to_zoned(here.time_zone().clone())
        .ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Option<String> {
        let now = Timestamp::parse("2026-11-23T18:50:00Z").expect("a time");
        let zone = TimeZone::get("Europe/Madrid").expect("a zone");
        moment(text, now, &zone).map(|at| at.to_string())
    }

    #[test]
    fn reads_spans_clocks_days_and_moments() {
        assert_eq!(at("30m").as_deref(), Some("2026-11-23T19:20:00.000Z"));
        assert_eq!(at("20:00").as_deref(), Some("2026-11-23T19:00:00.000Z"));
        assert_eq!(at("06:30").as_deref(), Some("2026-11-24T05:30:00.000Z"));
        assert_eq!(at("tomorrow").as_deref(), Some("2026-11-24T07:00:00.000Z"));
        let later = "2026-12-01T00:00:00.000Z";
        assert_eq!(at(later).as_deref(), Some(later));
    }

    #[test]
    fn reads_what_was_and_where_a_recording_starts() {
        let now = Timestamp::parse("2026-11-23T18:50:00Z").expect("a time");
        let zone = TimeZone::get("Europe/Madrid").expect("a zone");
        let was = |text| past(text, now, &zone).map(|at| at.to_string());
        assert_eq!(was("2h").as_deref(), Some("2026-11-23T16:50:00.000Z"));
        assert_eq!(was("18:00").as_deref(), Some("2026-11-23T17:00:00.000Z"));
        assert_eq!(was("20:00").as_deref(), Some("2026-11-22T19:00:00.000Z"));
        assert_eq!(was("2030-01-01T00:00:00Z"), None);
        let starts = |text| from(text, now, &zone).map(|at| at.to_string());
        assert_eq!(starts("19:50").as_deref(), Some("2026-11-23T18:50:00.000Z"));
        assert_eq!(starts("06:30").as_deref(), Some("2026-11-24T05:30:00.000Z"));
        assert_eq!(starts("tomorrow"), None);
    }

    #[test]
    fn refuses_what_is_over_or_means_nothing() {
        assert_eq!(at("2020-01-01T00:00:00Z"), None);
        assert_eq!(at("soon"), None);
        assert_eq!(at("25:00"), None);
    }
}
