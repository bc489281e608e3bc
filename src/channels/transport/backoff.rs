//! How long to wait before trying again: doubling, capped, jittered.
//!
//! Pure: randomness comes in as a value from 0 to 1.

use std::time::Duration;

/// The waits of one peer that does not answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::channels) struct Backoff {
    first: Duration,
    most: Duration,
    tries: u32,
}

impl Backoff {
    /// Waits that begin at `first` and double up to `most`.
    pub(in crate::channels) fn new(first: Duration, most: Duration) -> Self {
        Self {
            first,
            most,
            tries: 0,
        }
    }

    /// The next wait: between half and all of the doubled time, so that many
    /// who lost the same peer do not come back at once.
    pub(in crate::channels) fn next(&mut self, random: f64) -> Duration {
        let doubled = self
            .first
            .saturating_mul(1_u32.checked_shl(self.tries).unwrap_or(u32::MAX));
        self.tries = self.tries.saturating_add(1).min(31);
        doubled
            .min(self.most)
            .mul_f64(0.5 + random.clamp(0.0, 1.0) / 2.0)
    }

    /// It answered: the next wait is the first again.
    pub(in crate::channels) fn reset(&mut self) {
        self.tries = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn waits_double_within_their_jitter_and_never_exceed_the_cap(random in 0.0..1.0_f64, tries in 0..100_usize) {
            let mut backoff = Backoff::new(Duration::from_secs(1), Duration::from_mins(1));
            let waits: Vec<_> = (0..=tries).map(|_| backoff.next(random)).collect();
            for (nth, wait) in waits.iter().enumerate() {
                let full = (1_u64 << nth.min(10)).min(60);
                prop_assert!(*wait >= Duration::from_secs(full) / 2);
                prop_assert!(*wait <= Duration::from_secs(full));
            }
            backoff.reset();
            prop_assert!(backoff.next(random) <= Duration::from_secs(1));
        }
    }
}
