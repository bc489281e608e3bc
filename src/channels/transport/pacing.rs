//! When the next request may be: jitter, what servers ask for, and a budget of
//! requests. Pure: clocks and randomness come in.

use std::time::Duration;

use axum::http::{HeaderMap, StatusCode};

use crate::model::allowance::Allowance;
use crate::model::time::Timestamp;

/// Longest wait that a server can ask for: one that says "in a year" is looked
/// at every day all the same.
pub(super) const LONGEST: Duration = Duration::from_hours(24);

/// A wait, `percent` earlier or later.
pub(super) fn jittered(wait: Duration, percent: u32, random: f64) -> Duration {
    let share = f64::from(percent.min(100)) / 100.0;
    wait.mul_f64(1.0 + share * (2.0 * random.clamp(0.0, 1.0) - 1.0))
}

/// How long an answer says that it stays as it is.
pub(super) fn max_age(headers: &HeaderMap) -> Option<Duration> {
    let control = headers.get("cache-control")?.to_str().ok()?;
    control.split(',').find_map(|part| {
        let seconds = part.trim().strip_prefix("max-age=")?.parse().ok()?;
        Some(Duration::from_secs(seconds))
    })
}

/// What `Retry-After` asks for: seconds, or a date (RFC 9110 10.2.3).
pub(super) fn retry_after(headers: &HeaderMap, now: Timestamp) -> Option<Duration> {
    let text = headers.get("retry-after")?.to_str().ok()?;
    if let Ok(seconds) = text.parse::<f64>() {
        return Duration::try_from_secs_f64(seconds).ok();
    }
    let date = jiff::fmt::rfc2822::parse(text).ok()?;
    Some(Timestamp::from_millis(date.timestamp().as_millisecond()).since(now))
}

/// The budget that an answer's headers tell of. `X-RateLimit-Reset` is written in three
/// ways: seconds from now, seconds since 1970, RFC 3339.
pub(super) fn allowance(headers: &HeaderMap, now: Timestamp) -> Option<Allowance> {
    let text = |names: [&str; 2]| {
        let found = names.iter().find_map(|name| headers.get(*name));
        found.and_then(|v| v.to_str().ok())
    };
    let left = text(["x-ratelimit-remaining", "ratelimit-remaining"])?;
    let left = whole(left.parse().ok()?);
    let of = text(["x-ratelimit-limit", "ratelimit-limit"]);
    let of = of.and_then(|of| of.parse().ok());
    let reset = text(["x-ratelimit-reset", "ratelimit-reset"])?;
    let at = match reset.parse::<f64>() {
        Ok(seconds) if seconds < 1e9 => after(now, Duration::try_from_secs_f64(seconds).ok()?),
        Ok(seconds) => {
            let since = Duration::try_from_secs_f64(seconds).ok()?;
            Timestamp::from_millis(i64::try_from(since.as_millis()).ok()?)
        }
        Err(_) => Timestamp::parse(reset)?,
    };
    Some(Allowance {
        left,
        of,
        until: at,
    })
}

/// A count that may be written with a fraction, in whole.
fn whole(count: f64) -> u32 {
    let digits = format!("{:.0}", count.floor().clamp(0.0, f64::from(u32::MAX)));
    digits.parse().unwrap_or(0)
}

fn after(now: Timestamp, span: Duration) -> Timestamp {
    let ms = i64::try_from(span.as_millis()).unwrap_or(i64::MAX);
    Timestamp::from_millis(now.as_millis().saturating_add(ms))
}

/// The target of the relation `rel` among `Link` headers (RFC 8288).
pub(super) fn link(headers: &HeaderMap, rel: &str) -> Option<String> {
    let links = headers
        .get_all("link")
        .iter()
        .filter_map(|v| v.to_str().ok());
    links.flat_map(|v| v.split(',')).find_map(|link| {
        let (target, parameters) = link.trim().strip_prefix('<')?.split_once('>')?;
        let next = parameters.split(';').any(|p| {
            let is = p.trim().strip_prefix("rel=").map(|r| r.trim_matches('"'));
            is.is_some_and(|r| {
                r.split_ascii_whitespace()
                    .any(|r| r.eq_ignore_ascii_case(rel))
            })
        });
        next.then(|| target.to_owned())
    })
}

/// What a status other than success is told as.
pub(super) fn refusal(status: StatusCode, asked: Option<Duration>) -> String {
    let wait = asked.map_or(String::new(), |wait| {
        format!(" It asks to be left alone for {} s.", wait.as_secs().max(1))
    });
    match status {
        StatusCode::TOO_MANY_REQUESTS => {
            format!("The server says that these are too many requests (429).{wait}")
        }
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => format!(
            "The server refuses with {}; look at the channel's secrets.{wait}",
            status.as_u16()
        ),
        _ => format!("The server answers with {}.{wait}", status.as_u16()),
    }
}

/// A budget of requests: `most` at once, refilled evenly over `per`.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Budget {
    most: f64,
    per: Duration,
    left: f64,
    at: Timestamp,
}

impl Budget {
    /// A full budget.
    pub(super) fn new((most, per): (u32, Duration), now: Timestamp) -> Self {
        let most = f64::from(most.max(1));
        Self {
            most,
            per,
            left: most,
            at: now,
        }
    }

    /// What is left, and when it will be full again.
    pub(super) fn left(&self, now: Timestamp) -> Allowance {
        let missing = (self.most - self.left) * self.per.as_secs_f64() / self.most;
        let full = Duration::try_from_secs_f64(missing).unwrap_or(LONGEST);
        Allowance {
            left: whole(self.left),
            of: Some(whole(self.most)),
            until: after(now, full),
        }
    }

    /// Takes one request out of it: how long to wait before making it.
    pub(super) fn take(&mut self, now: Timestamp) -> Duration {
        let gained = now.since(self.at).as_secs_f64() * self.most / self.per.as_secs_f64();
        self.left = (self.left + gained).min(self.most) - 1.0;
        self.at = self.at.max(now);
        if self.left >= 0.0 {
            return Duration::ZERO;
        }
        Duration::try_from_secs_f64(-self.left * self.per.as_secs_f64() / self.most)
            .unwrap_or(LONGEST)
            .min(LONGEST)
    }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn with(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.insert(*name, HeaderValue::from_static(value));
        }
        headers
    }

    fn seconds(s: u64) -> Duration {
        Duration::from_secs(s)
    }

    #[test]
    fn servers_are_left_alone_as_long_as_they_ask() {
        let now = Timestamp::parse("2026-11-23T18:50:00Z").expect("a time");
        assert_eq!(
            retry_after(&with(&[("retry-after", "120")]), now),
            Some(seconds(120))
        );
        let date = with(&[("retry-after", "Mon, 23 Nov 2026 18:55:00 GMT")]);
        assert_eq!(retry_after(&date, now), Some(seconds(300)));
        for odd in ["soon", "-5", "NaN", "1e300"] {
            assert_eq!(retry_after(&with(&[("retry-after", odd)]), now), None);
        }
        let control = with(&[("cache-control", "public, max-age=900")]);
        assert_eq!(max_age(&control), Some(seconds(900)));
        assert_eq!(max_age(&with(&[("cache-control", "no-store")])), None);
    }

    #[test]
    fn a_budget_in_headers_is_read_in_its_three_ways() {
        let now = Timestamp::parse("2026-11-23T18:50:00Z").expect("a time");
        for reset in ["60", "1795459860", "2026-11-23T18:51:00Z"] {
            let headers = with(&[("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", reset)]);
            let told = allowance(&headers, now).map(|told| (told.left, told.until.since(now)));
            assert_eq!(told, Some((0, seconds(60))), "{reset}");
        }
        let left = with(&[
            ("x-ratelimit-remaining", "12.0"),
            ("x-ratelimit-reset", "60"),
        ]);
        let told = allowance(&left, now).map(|told| (told.left, told.until.since(now)));
        assert_eq!(told, Some((12, seconds(60))));
    }

    #[test]
    fn jitter_stays_within_its_share() {
        let minute = Duration::from_mins(1);
        assert_eq!(jittered(minute, 20, 0.0), Duration::from_secs(48));
        assert_eq!(jittered(minute, 20, 1.0), Duration::from_secs(72));
    }

    #[test]
    fn a_budget_lets_a_burst_through_and_then_its_rate() {
        let at = |s: i64| Timestamp::from_millis(s * 1000);
        let mut budget = Budget::new((3, Duration::from_secs(30)), at(0));
        let waits: Vec<u64> = (0..5).map(|_| budget.take(at(0)).as_secs()).collect();
        assert_eq!(waits, [0, 0, 0, 10, 20]);
        assert_eq!(
            (budget.left(at(0)).left, budget.left(at(0)).of),
            (0, Some(3))
        );
        assert_eq!(budget.take(at(60)), Duration::ZERO);
    }

    #[test]
    fn the_next_page_is_found_among_links() {
        let mut headers = HeaderMap::new();
        let value =
            "<https://a.example/?page=1>; rel=\"prev\", <https://a.example/?page=3>; rel=\"next\"";
        headers.insert("link", HeaderValue::from_static(value));
        assert_eq!(
            link(&headers, "next").as_deref(),
            Some("https://a.example/?page=3")
        );
        headers.insert("link", HeaderValue::from_static("<x>; rel=last"));
        assert_eq!(link(&headers, "next"), None);
    }
}
