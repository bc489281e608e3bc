//! How much a vendor still allows: its rate as the file has it, and what its
//! answers say.
//!
//! Pure: the clock comes in. One budget for all acts of a channel.

use std::collections::VecDeque;
use std::time::Duration;

use axum::http::HeaderMap;

use super::way::Limits;
use crate::model::time::Timestamp;

/// What has gone out lately, and until when nothing may.
#[derive(Debug, Default)]
pub(in crate::channels) struct Budget {
    sent: VecDeque<Timestamp>,
    closed_until: Option<Timestamp>,
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
        let left = limits
            .remaining
            .as_ref()
            .and_then(|name| header(name)?.parse::<f64>().ok());
        if left.is_some_and(|left| left < 1.0)
            && let Some((name, how)) = &limits.reset
            && let Some(span) = header(name).and_then(|text| how.span(text, now))
        {
            self.close(span, now);
        }
    }
}
