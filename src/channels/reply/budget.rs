//! How much a vendor still allows: its rate as the file has it, and what its
//! answers say.
//!
//! Pure: the clock comes in. One budget for all acts of a channel.

use std::collections::VecDeque;
use std::time::Duration;

use axum::http::HeaderMap;

use super::way::Limits;
use crate::model::allowance::Allowance;
use crate::model::time::Timestamp;

/// What has gone out lately, and until when nothing may.
#[derive(Debug, Default)]
pub(in crate::channels) struct Budget {
    sent: VecDeque<Timestamp>,
    closed_until: Option<Timestamp>,
    /// What the vendor's last answer said is left.
    told: Option<Allowance>,
}

impl Budget {
    /// Takes one from the budget, or tells how long to wait.
    ///
    /// # Errors
    /// The wait.
    pub(in crate::channels) fn take(
        &mut self,
        limits: &Limits,
        now: Timestamp,
    ) -> Result<(), Duration> {
        if let Some(until) = self.closed_until {
            let left = until.since(now);
            if !left.is_zero() {
                return Err(left);
            }
            self.closed_until = None;
        }
        let Some((most, within)) = limits.rate else {
            return Ok(());
        };
        while self.sent.front().is_some_and(|at| now.since(*at) >= within) {
            self.sent.pop_front();
        }
        let most = usize::try_from(most).unwrap_or(usize::MAX);
        if let Some(oldest) = self.sent.front().filter(|_| self.sent.len() >= most) {
            return Err(within.saturating_sub(now.since(*oldest)));
        }
        self.sent.push_back(now);
        Ok(())
    }

    /// Takes one for what nobody misses: only while more than half is left.
    pub(in crate::channels) fn spare(&mut self, limits: &Limits, now: Timestamp) -> bool {
        if self.closed_until.is_some_and(|until| until > now) {
            return false;
        }
        let Some((most, within)) = limits.rate else {
            return true;
        };
        while self.sent.front().is_some_and(|at| now.since(*at) >= within) {
            self.sent.pop_front();
        }
        let most = usize::try_from(most).unwrap_or(usize::MAX);
        if (self.sent.len() + 1).saturating_mul(2) > most {
            return false;
        }
        self.sent.push_back(now);
        true
    }

    /// Nothing may go out for `span`: the vendor said so.
    pub(in crate::channels) fn close(&mut self, span: Duration, now: Timestamp) {
        let ms = i64::try_from(span.as_millis()).unwrap_or(i64::MAX);
        let until = Timestamp::from_millis(now.as_millis().saturating_add(ms));
        self.closed_until = self.closed_until.max(Some(until));
    }

    /// Reads what an answer says about what is left.
    pub(in crate::channels) fn read(
        &mut self,
        limits: &Limits,
        headers: &HeaderMap,
        now: Timestamp,
    ) {
        let header = |name: &str| headers.get(name)?.to_str().ok();
        let after = |span: Duration| {
            let ms = i64::try_from(span.as_millis()).unwrap_or(i64::MAX);
            Timestamp::from_millis(now.as_millis().saturating_add(ms))
        };
        let left = limits
            .remaining
            .as_ref()
            .and_then(|name| header(name)?.parse::<f64>().ok());
        let reset = limits.reset.as_ref();
        let reset = reset.and_then(|(name, how)| how.span(header(name)?, now));
        let (Some(left), Some(span)) = (left, reset) else {
            return;
        };
        self.told = Some(Allowance {
            left: whole(left),
            of: None,
            until: after(span),
        });
        if left < 1.0 {
            self.close(span, now);
        }
    }

    /// What is left at `now`, where anything is known of it: what the vendor said last,
    /// or else what the file's rate leaves.
    pub(in crate::channels) fn left(&self, limits: &Limits, now: Timestamp) -> Option<Allowance> {
        if let Some(until) = self.closed_until.filter(|until| *until > now) {
            return Some(Allowance {
                left: 0,
                of: None,
                until,
            });
        }
        if let Some(told) = self.told.filter(|told| told.until > now) {
            return Some(told);
        }
        let (most, within) = limits.rate?;
        let lately = |at: &&Timestamp| now.since(**at) < within;
        let oldest = self.sent.iter().find(lately)?;
        let used = self.sent.iter().filter(lately).count();
        let ms = i64::try_from(within.as_millis()).unwrap_or(i64::MAX);
        Some(Allowance {
            left: most.saturating_sub(u32::try_from(used).unwrap_or(u32::MAX)),
            of: Some(most),
            until: Timestamp::from_millis(oldest.as_millis().saturating_add(ms)),
        })
    }
}

/// A count that a vendor may write with a fraction, in whole.
fn whole(count: f64) -> u32 {
    let digits = format!("{:.0}", count.floor().clamp(0.0, f64::from(u32::MAX)));
    digits.parse().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;
    use crate::channels::reply::RetryAfter;

    fn at(s: i64) -> Timestamp {
        Timestamp::from_millis(s * 1000)
    }

    #[test]
    fn what_is_left_is_the_vendors_word_and_else_the_files_rate() {
        let limits = Limits {
            rate: Some((3, Duration::from_mins(1))),
            remaining: Some("x-left".to_owned()),
            reset: Some(("x-reset".to_owned(), RetryAfter::Seconds)),
            ..Limits::default()
        };
        let mut budget = Budget::default();
        assert_eq!(budget.left(&limits, at(0)), None);
        budget.take(&limits, at(0)).expect("there is room");
        budget.take(&limits, at(10)).expect("there is room");
        let by_rate = |left, until| {
            Some(Allowance {
                left,
                of: Some(3),
                until: at(until),
            })
        };
        assert_eq!(budget.left(&limits, at(20)), by_rate(1, 60));
        assert_eq!(budget.left(&limits, at(65)), by_rate(2, 70));
        assert_eq!(budget.left(&limits, at(90)), None);

        let mut headers = HeaderMap::new();
        headers.insert("x-left", HeaderValue::from_static("7"));
        headers.insert("x-reset", HeaderValue::from_static("30"));
        budget.read(&limits, &headers, at(100));
        let told = |left, until| {
            Some(Allowance {
                left,
                of: None,
                until: at(until),
            })
        };
        assert_eq!(budget.left(&limits, at(110)), told(7, 130));
        budget.close(Duration::from_secs(5), at(110));
        assert_eq!(budget.left(&limits, at(111)), told(0, 115));
    }
}
