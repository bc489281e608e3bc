//! How fast we may send: commands under the hub's limit, presence seldom.
//!
//! Pure: moments come in as values. Called by the pump.

use std::time::Duration;

use tokio::time::Instant;

use crate::model::ids::ItemKey;
use crate::model::outgoing::Typing;
use crate::wire::frames::ClientFrame;

/// A bucket of tokens that fills with time.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bucket {
    tokens: f64,
    size: f64,
    per_second: f64,
    filled: Instant,
}

impl Bucket {
    /// A full bucket for four fifths of what the hub allows a second, half of
    /// it at once: a clock that runs a little fast must not get us refused.
    #[must_use]
    pub(super) fn under(limit_per_second: u32, now: Instant) -> Self {
        let limit = f64::from(limit_per_second.max(1));
        let size = (limit / 2.0).max(1.0);
        Self {
            tokens: size,
            size,
            per_second: limit * 0.8,
            filled: now,
        }
    }

    /// Takes a token if there is one.
    pub(super) fn take(&mut self, now: Instant) -> bool {
        let gained = now.saturating_duration_since(self.filled).as_secs_f64() * self.per_second;
        self.tokens = (self.tokens + gained).min(self.size);
        self.filled = now;
        let any = self.tokens >= 1.0;
        if any {
            self.tokens -= 1.0;
        }
        any
    }

    /// When the next token will be there.
    #[must_use]
    pub(super) fn ready_at(&self) -> Instant {
        let missing = (1.0 - self.tokens).max(0.0);
        // A millisecond more, so that rounding never wakes us too early.
        self.filled + Duration::from_secs_f64(missing / self.per_second) + Duration::from_millis(1)
    }
}

/// The shortest time between two reports when what they say changed.
const CHANGED: Duration = Duration::from_secs(1);
/// The time between two reports when only the idle time grew.
const UNCHANGED: Duration = Duration::from_secs(15);
/// The same while an answer is written: what the person sees of it lasts a few
/// seconds at most vendors.
const ANSWERING: Duration = Duration::from_secs(5);

/// What the console last said of its officer, and what the hub was told of it.
#[derive(Clone, Debug, Default)]
pub(super) struct Reports {
    last_key: Option<Instant>,
    typing: Option<Typing>,
    viewing: Option<ItemKey>,
    told: Option<Told>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Told {
    at: Instant,
    typing: Option<Typing>,
    viewing: Option<ItemKey>,
    key_at: Option<Instant>,
}

impl Reports {
    /// A key was pressed `idle` ago; `typing` is what is being written on.
    pub(super) fn presence(&mut self, idle: Duration, typing: Option<Typing>, now: Instant) {
        self.last_key = Some(now.checked_sub(idle).unwrap_or(now));
        self.typing = typing;
    }

    /// What is open in the detail.
    pub(super) fn viewing(&mut self, key: Option<ItemKey>) {
        self.viewing = key;
    }

    /// A new session knows nothing of us.
    pub(super) fn new_session(&mut self) {
        self.told = None;
    }

    /// When the next report may go out; none when there is nothing to say.
    #[must_use]
    pub(super) fn due_at(&self, now: Instant) -> Option<Instant> {
        let Some(told) = self.told else {
            return (self.last_key.is_some() || self.viewing.is_some()).then_some(now);
        };
        if told.typing != self.typing || told.viewing != self.viewing {
            return Some(told.at + CHANGED);
        }
        // Nothing is said while the idle time only grows: the hub counts on.
        let rest = match self.typing {
            Some(Typing { answer: true, .. }) => ANSWERING,
            _ => UNCHANGED,
        };
        (told.key_at != self.last_key).then_some(told.at + rest)
    }

    /// The frames to send now; none before they are due.
    pub(super) fn take_due(&mut self, now: Instant) -> Vec<ClientFrame> {
        if self.due_at(now).is_none_or(|due| due > now) {
            return Vec::new();
        }
        let mut frames = Vec::new();
        let viewing_changed = self
            .told
            .map_or(self.viewing.is_some(), |told| told.viewing != self.viewing);
        if viewing_changed {
            frames.push(ClientFrame::View { key: self.viewing });
        }
        if let Some(key_at) = self.last_key {
            frames.push(ClientFrame::Presence {
                idle_s: now.saturating_duration_since(key_at).as_secs(),
                typing: self.typing.map(|typing| typing.on),
                answering: self.typing.is_some_and(|typing| typing.answer),
            });
        }
        self.told = Some(Told {
            at: now,
            typing: self.typing,
            viewing: self.viewing,
            key_at: self.last_key,
        });
        frames
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn never_faster_than_the_limit() {
        let start = Instant::now();
        let mut bucket = Bucket::under(50, start);
        let sent = (0..2000_u64)
            .filter(|ms| bucket.take(start + Duration::from_millis(*ms)))
            .count();
        assert!((80..=105).contains(&sent), "{sent} in two seconds");
    }

    #[test]
    fn a_token_is_there_when_it_was_promised() {
        let start = Instant::now();
        let mut bucket = Bucket::under(50, start);
        while bucket.take(start) {}
        assert!(bucket.take(bucket.ready_at()));
    }

    #[test]
    fn reports_are_seldom_and_only_of_what_changed() {
        let start = Instant::now();
        let mut reports = Reports::default();
        assert_eq!(reports.due_at(start), None);
        reports.presence(Duration::ZERO, None, start);
        assert_eq!(reports.take_due(start).len(), 1);
        assert_eq!(reports.due_at(start), None, "idle grows: nothing to say");
        let later = start + Duration::from_millis(100);
        reports.viewing(Some(ItemKey::from_bytes([1; 16])));
        assert!(reports.take_due(later).is_empty());
        assert_eq!(reports.take_due(start + CHANGED).len(), 2);
        reports.new_session();
        assert_eq!(reports.take_due(start + CHANGED).len(), 2);
    }

    #[test]
    fn an_answer_that_goes_on_is_told_while_it_does_and_a_note_is_not_one() {
        let start = Instant::now();
        let key = ItemKey::from_bytes([1; 16]);
        for (answer, rest) in [(true, ANSWERING), (false, UNCHANGED)] {
            let mut reports = Reports::default();
            let typing = Some(Typing { on: key, answer });
            reports.presence(Duration::ZERO, typing, start);
            let told = reports.take_due(start);
            let wanted = ClientFrame::Presence {
                idle_s: 0,
                typing: Some(key),
                answering: answer,
            };
            assert_eq!(told, [wanted]);
            assert_eq!(reports.due_at(start), None, "no key, nothing to say");
            let key_at = start + Duration::from_secs(1);
            reports.presence(Duration::ZERO, typing, key_at);
            assert_eq!(reports.due_at(key_at), Some(start + rest));
        }
    }
}
