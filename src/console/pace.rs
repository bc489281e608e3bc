//! How fast the terminal is written to: frames and bytes a second, and the slow
//! link that shows by itself.
//!
//! Pure: moments come in. Key echo and new criticals never wait for it; what
//! they cost is owed by the frames that news ask for. Asked by the writer.

use std::time::{Duration, Instant};

/// A write that takes longer is that of a slow link.
const SLOW: Duration = Duration::from_secs(2);
/// Between two frames on a slow link.
const SLOW_FRAMES: Duration = Duration::from_secs(5);
/// Writes that take less, so many in a row, are those of a fast link again.
const FAST: Duration = Duration::from_millis(500);
const FAST_WRITES: u8 = 2;
/// Answers that take less, so many in a row, are those of a terminal that is not
/// behind: a satellite's way there and back is 600 ms.
const CAUGHT_UP: Duration = Duration::from_millis(1200);

/// What a line bears.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes a second over a longer time; none: as many as there are.
    pub bytes_per_s: Option<u32>,
    /// The least time between two frames that news ask for.
    pub between: Duration,
    /// How long news are gathered for one frame.
    pub gathered: Duration,
}

impl Limits {
    /// A terminal on this machine.
    pub const LOCAL: Self = Self {
        bytes_per_s: None,
        between: Duration::from_millis(33),
        gathered: Duration::from_millis(250),
    };
    /// A terminal at the other end of SSH.
    pub const REMOTE: Self = Self {
        bytes_per_s: Some(16 * 1024),
        between: Duration::from_millis(100),
        gathered: Duration::from_millis(250),
    };
    /// A line that is known to be thin.
    pub const THIN: Self = Self {
        bytes_per_s: Some(2 * 1024),
        between: Duration::from_secs(1),
        gathered: Duration::from_secs(1),
    };
}

/// The pace of one terminal.
#[derive(Clone, Copy, Debug)]
pub struct Pace {
    limits: Limits,
    /// Bytes that were written beyond what the time allowed; below 0 what may
    /// be written at once, a second's worth at the most.
    owed: i64,
    at: Instant,
    last_frame: Option<Instant>,
    slow: bool,
    /// The last write was the first slow one. A terminal that stopped reading
    /// looks like a slow line until it reads again, and what it shows then is
    /// old: one frame goes at once, and its write tells which of the two it was.
    turned: bool,
    fast_writes: u8,
    /// The terminal is behind, by its own answers.
    behind: bool,
    quick_answers: u8,
}

impl Pace {
    /// A terminal that nothing was written to.
    #[must_use]
    pub fn new(limits: Limits, now: Instant) -> Self {
        Self {
            limits,
            owed: 0,
            at: now,
            last_frame: None,
            slow: false,
            turned: false,
            fast_writes: 0,
            behind: false,
            quick_answers: 0,
        }
    }

    /// The first moment at which a frame that news asked for may be written.
    #[must_use]
    pub fn due(&self) -> Option<Instant> {
        let between = if self.is_slow() && !self.turned {
            SLOW_FRAMES
        } else {
            self.limits.between
        };
        let by_frames = self.last_frame.map(|last| last + between);
        let by_bytes = self
            .limits
            .bytes_per_s
            .filter(|_| self.owed > 0)
            .map(|rate| {
                let ms = self.owed.saturating_mul(1000) / i64::from(rate.max(1));
                self.at + Duration::from_millis(u64::try_from(ms).unwrap_or(0) + 1)
            });
        by_frames.max(by_bytes)
    }

    /// A frame of so many bytes was written: it began at `began` and was through
    /// at `ended`. True when the link became slow or fast with it.
    pub fn wrote(&mut self, bytes: usize, began: Instant, ended: Instant) -> bool {
        let bytes = i64::try_from(bytes).unwrap_or(i64::MAX);
        if let Some(rate) = self.limits.bytes_per_s {
            let rate = i64::from(rate);
            let passed = i64::try_from((ended - self.at).as_millis()).unwrap_or(i64::MAX);
            let paid = passed.saturating_mul(rate) / 1000;
            self.owed = self
                .owed
                .saturating_sub(paid)
                .max(-rate)
                .saturating_add(bytes);
        }
        self.at = ended;
        self.last_frame = Some(ended);
        let was = self.is_slow();
        let took = ended - began;
        self.turned = took > SLOW && !was;
        if took > SLOW {
            (self.slow, self.fast_writes) = (true, 0);
        } else if took < FAST {
            self.fast_writes = self.fast_writes.saturating_add(1);
            self.slow &= self.fast_writes < FAST_WRITES;
        } else {
            self.fast_writes = 0;
        }
        was != self.is_slow()
    }

    /// The terminal's answer came so long after the frame that asked for it, or
    /// is out for so long. True when the link became slow or fast with it.
    pub fn answered(&mut self, took: Duration) -> bool {
        let was = self.is_slow();
        if took > SLOW {
            (self.behind, self.quick_answers) = (true, 0);
        } else if took < CAUGHT_UP {
            self.quick_answers = self.quick_answers.saturating_add(1);
            self.behind &= self.quick_answers < FAST_WRITES;
        } else {
            self.quick_answers = 0;
        }
        was != self.is_slow()
    }

    /// Whether the link is slow now.
    #[must_use]
    pub fn is_slow(&self) -> bool {
        self.slow || self.behind
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn ms(ms: u64) -> Duration {
        Duration::from_millis(ms)
    }

    #[test]
    fn a_local_terminal_is_bound_by_frames_only() {
        let start = Instant::now();
        let mut pace = Pace::new(Limits::LOCAL, start);
        assert_eq!(pace.due(), None);
        assert!(!pace.wrote(1_000_000, start, start));
        assert_eq!(pace.due(), Some(start + ms(33)));
    }

    #[test]
    fn what_was_written_at_once_is_paid_for_later() {
        let start = Instant::now();
        let mut pace = Pace::new(Limits::THIN, start);
        pace.wrote(6 * 1024, start, start);
        assert_eq!(pace.due(), Some(start + ms(3001)));
        // A key's echo in between costs too.
        pace.wrote(1024, start + ms(1000), start + ms(1000));
        assert_eq!(pace.due(), Some(start + ms(3501)));
    }

    #[test]
    fn a_link_is_slow_until_it_has_been_fast_twice() {
        let start = Instant::now();
        let mut pace = Pace::new(Limits::REMOTE, start);
        let mut at = start;
        let mut write = |took: u64| {
            let turned = pace.wrote(10, at, at + ms(took));
            at += ms(took + 10_000);
            (turned, pace.is_slow(), pace.due())
        };
        assert!(write(2_500).0);
        let (_, slow, due) = write(1_000);
        assert!(slow && due.is_some_and(|due| due > start + ms(5_000)));
        assert!(write(10).1);
        let (turned, slow, _) = write(10);
        assert!(turned && !slow);
    }

    #[test]
    fn a_terminal_that_reads_again_gets_the_newest_frame_at_once() {
        let start = Instant::now();
        let mut pace = Pace::new(Limits::LOCAL, start);
        let resumed = start + ms(60_000);
        assert!(pace.wrote(4000, start, resumed));
        assert!(!pace.answered(ms(60_000)), "slow already");
        assert_eq!(pace.due(), Some(resumed + ms(33)));
        // A line that is slow in truth has its rest from then on.
        let through = resumed + ms(3_000);
        pace.wrote(4000, resumed, through);
        assert_eq!(pace.due(), Some(through + SLOW_FRAMES));
    }

    #[test]
    fn a_terminal_that_is_behind_makes_the_link_slow_however_fast_writes_are() {
        let start = Instant::now();
        let mut pace = Pace::new(Limits::REMOTE, start);
        assert!(!pace.answered(ms(700)));
        assert!(pace.answered(ms(2100)));
        for n in 0..5 {
            assert!(!pace.wrote(10, start + ms(n), start + ms(n)));
        }
        assert!(pace.is_slow() && pace.due() >= Some(start + ms(5000)));
        assert!(!pace.answered(ms(700)));
        assert!(!pace.answered(ms(1900)), "not twice in a row");
        assert!(!pace.answered(ms(700)));
        assert!(pace.answered(ms(700)));
        assert!(!pace.is_slow());
    }

    proptest! {
        /// Over any time the bytes of frames that waited for their turn are
        /// within the rate, but for the last frame and a second's worth.
        #[test]
        fn the_rate_holds(frames in prop::collection::vec((1..9000_usize, 0..400_u64), 1..60)) {
            let start = Instant::now();
            let mut pace = Pace::new(Limits::REMOTE, start);
            let (mut at, mut bytes, mut last) = (start, 0, 0);
            for (size, wait) in frames {
                at = (at + ms(wait)).max(pace.due().unwrap_or(at));
                pace.wrote(size, at, at);
                bytes += size;
                last = size;
            }
            let rate = 16 * 1024;
            let allowed = usize::try_from((at - start).as_millis()).unwrap_or(0) * rate / 1000;
            prop_assert!(bytes <= allowed + rate + last + rate);
        }
    }
}
