//! How long to wait before the next try: full jitter under a doubling ceiling.
//!
//! Pure: the random number and the healthy time come in as values. Knows
//! nothing of sockets. Called by the link's task.

use std::time::Duration;

/// The first ceiling.
pub(super) const BASE: Duration = Duration::from_millis(500);
/// The highest ceiling.
pub(super) const CAP: Duration = Duration::from_secs(30);
/// A link that was up this long starts again at [`BASE`].
pub(super) const HEALTHY: Duration = Duration::from_mins(1);

/// The waits between tries.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Backoff {
    failures: u32,
}

impl Backoff {
    /// The wait before the next try. `random` is in 0.0 to 1.0; `asked` is what
    /// the hub asked for (`retry_after`), and nothing shorter is returned: the
    /// jitter is added to it, so that not everybody returns in the same moment.
    pub fn next(&mut self, random: f64, asked: Option<Duration>) -> Duration {
        let ceiling = self.ceiling();
        self.failures = self.failures.saturating_add(1);
        asked.unwrap_or_default() + ceiling.mul_f64(random.clamp(0.0, 1.0))
    }

    /// Says how long the link was up before it failed.
    pub fn was_up(&mut self, span: Duration) {
        if span >= HEALTHY {
            self.failures = 0;
        }
    }

    /// How many tries failed in a row.
    #[must_use]
    pub fn failures(&self) -> u32 {
        self.failures
    }

    fn ceiling(self) -> Duration {
        let doubled = 2_u32.saturating_pow(self.failures.min(16));
        BASE.saturating_mul(doubled).min(CAP)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn never_longer_than_the_cap_and_never_shorter_than_asked(
            randoms in proptest::collection::vec(0.0_f64..=1.0, 1..80),
            asked in proptest::option::of(0_u64..600),
        ) {
            let asked = asked.map(Duration::from_secs);
            let mut backoff = Backoff::default();
            for random in randoms {
                let wait = backoff.next(random, asked);
                prop_assert!(wait >= asked.unwrap_or_default());
                prop_assert!(wait <= asked.unwrap_or_default() + CAP);
            }
        }

        #[test]
        fn with_the_same_random_number_waits_only_grow(random in 0.0_f64..=1.0) {
            let mut backoff = Backoff::default();
            let waits: Vec<_> = (0..20).map(|_| backoff.next(random, None)).collect();
            prop_assert!(waits.windows(2).all(|pair| pair[0] <= pair[1]));
            prop_assert_eq!(waits[0], BASE.mul_f64(random));
            prop_assert_eq!(waits[19], CAP.mul_f64(random));
        }
    }

    #[test]
    fn only_a_healthy_link_starts_again() {
        let mut backoff = Backoff::default();
        for _ in 0..10 {
            backoff.next(1.0, None);
        }
        backoff.was_up(HEALTHY.saturating_sub(Duration::from_millis(1)));
        assert_eq!(backoff.next(1.0, None), CAP);
        backoff.was_up(HEALTHY);
        assert_eq!(backoff.next(1.0, None), BASE);
    }
}
