//! How far the terminal is behind what was written: over SSH a write returns at
//! once, and what the line has not taken yet waits in buffers that nobody sees.
//!
//! Owns the question that goes out behind a frame now and then, and what its
//! answer's time says. A multiplexer answers for itself, which tells of the line
//! to it only. Pure: moments come in. Kept by the writer, judged by `pace`.

use std::time::{Duration, Instant};

/// Primary device attributes: the answer is short, and every terminal that
/// answered the questions of the start gives it.
pub const QUESTION: &[u8] = b"\x1b[c";

/// Bytes between two questions: a quiet console asks nothing.
const BETWEEN: usize = 1024;
/// An answer that is out for longer is called late before it is there.
pub const LATE: Duration = Duration::from_secs(2);
/// One that is out for longer is not waited for any more.
const LOST: Duration = Duration::from_mins(1);

/// The question that is out, if any, and what the last one told.
#[derive(Clone, Copy, Debug, Default)]
pub struct Lag {
    /// The terminal answers, as it showed at the start.
    answers: bool,
    asked: Option<Instant>,
    told_late: bool,
    took: Option<Duration>,
    written: usize,
}

impl Lag {
    /// An answer came: of the start, or of the question that is out.
    pub fn answered(&mut self, now: Instant) {
        self.answers = true;
        self.told_late = false;
        if let Some(asked) = self.asked.take() {
            self.took = Some(now - asked);
        }
    }

    /// A frame of so many bytes goes out: whether the question goes behind it. On
    /// a slow line every frame has it, so that its end is noticed.
    pub fn asks(&mut self, bytes: usize, slow: bool, now: Instant) -> bool {
        self.written = self.written.saturating_add(bytes);
        if self.asked.is_some_and(|asked| now - asked > LOST) {
            self.asked = None;
        }
        let wanted = slow || self.written >= BETWEEN;
        if !self.answers || self.asked.is_some() || !wanted {
            return false;
        }
        (self.asked, self.written, self.told_late) = (Some(now), 0, false);
        true
    }

    /// What is known since the last time: how long an answer took, or has been
    /// out when that is too long already.
    pub fn news(&mut self, now: Instant) -> Option<Duration> {
        if let Some(took) = self.took.take() {
            return Some(took);
        }
        let out = now - self.asked?;
        let late = out > LATE && !self.told_late;
        self.told_late |= late;
        late.then_some(out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_terminal_is_asked_when_much_was_written_and_it_answers() {
        let start = Instant::now();
        let at = |ms| start + Duration::from_millis(ms);
        let mut lag = Lag::default();
        assert!(!lag.asks(9000, true, start), "it never answered");
        lag.answered(at(100));
        assert_eq!(lag.news(at(100)), None, "nobody had asked");
        assert!(lag.asks(10, false, at(200)));
        assert!(!lag.asks(9000, true, at(300)), "one is out");
        assert_eq!(lag.news(at(1200)), None);
        assert_eq!(lag.news(at(2300)), Some(Duration::from_millis(2100)));
        assert_eq!(lag.news(at(2400)), None, "told once");
        lag.answered(at(3200));
        assert_eq!(lag.news(at(3200)), Some(Duration::from_secs(3)));
        assert!(
            lag.asks(0, true, at(3300)),
            "a slow line is asked each time"
        );
        // Its answer never comes.
        assert!(!lag.asks(9000, false, at(50_000)));
        assert!(lag.asks(1, false, at(64_000)));
        lag.answered(at(64_100));
        assert!(!lag.asks(1023, false, at(64_200)), "a little is free");
        assert!(lag.asks(1, false, at(64_300)));
    }
}
