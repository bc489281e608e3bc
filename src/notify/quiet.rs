//! Hours in which only a critical may call, by the officer's own day.
//!
//! Pure: the zone and the moment come in.

use jiff::tz::TimeZone;

use crate::model::time::Timestamp;

/// Quiet hours, which may pass midnight.
#[derive(Clone, Debug, PartialEq)]
pub struct Hours {
    /// The first minute of the day, 0 to 1439.
    pub from: u16,
    /// The minute that they end before, 0 to 1439; before `from`: on the next
    /// day.
    pub to: u16,
    /// Whose day. Hours that a change of the clocks leaves out or repeats are
    /// quiet as the clock on the wall says.
    pub zone: TimeZone,
}

impl Hours {
    /// Whether it is quiet at `now`.
    #[must_use]
    pub fn cover(&self, now: Timestamp) -> bool {
        let wall = self.zone.to_datetime(now.to_jiff());
        let hour = u16::try_from(wall.hour()).unwrap_or_default();
        let minute = hour * 60 + u16::try_from(wall.minute()).unwrap_or_default();
        if self.from <= self.to {
            (self.from..self.to).contains(&minute)
        } else {
            minute >= self.from || minute < self.to
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn by_the_clock_on_the_officers_wall() {
        let night = |zone: &str| Hours {
            from: 22 * 60,
            to: 6 * 60 + 30,
            zone: TimeZone::get(zone).expect("a zone"),
        };
        let at = |text: &str| Timestamp::parse(text).expect("a time");
        let lisbon = night("Europe/Lisbon");
        // Summer time: 22:00 there is 21:00 UTC.
        assert!(!lisbon.cover(at("2026-07-23T20:59:59Z")));
        assert!(lisbon.cover(at("2026-07-23T21:00:00Z")));
        assert!(lisbon.cover(at("2026-07-24T05:29:00Z")));
        assert!(!lisbon.cover(at("2026-07-24T05:30:00Z")));
        // Winter time: it is 22:00 UTC.
        assert!(!lisbon.cover(at("2026-11-23T21:00:00Z")));
        assert!(lisbon.cover(at("2026-11-23T22:00:00Z")));
        assert!(night("Asia/Tokyo").cover(at("2026-11-23T18:00:00Z")));
        let noon = Hours {
            from: 720,
            to: 780,
            zone: TimeZone::UTC,
        };
        assert!(noon.cover(at("2026-11-23T12:59:00Z")));
        assert!(!noon.cover(at("2026-11-23T13:00:00Z")));
    }
}
