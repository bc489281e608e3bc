//! What came while the console was suspended, told when it is back.
//!
//! A suspended console hears nothing and rings no bell, so the officer
//! who comes back is told in a sentence what that cost. Asked by the runtime.

use std::collections::BTreeSet;
use std::time::Duration;

use tokio::time::Instant;

use crate::model::ids::ItemKey;
use crate::model::time::Timestamp;

/// How long after the return news are waited for, unless the link says sooner
/// that it has caught up.
const SETTLES: Duration = Duration::from_secs(3);

/// A suspension that the officer is still to be told of.
#[derive(Debug, Default)]
pub struct Return(Option<(Missed, Instant)>);

impl Return {
    /// The console is back from a suspension.
    pub fn back(&mut self, missed: Missed) {
        self.0 = Some((missed, Instant::now() + SETTLES));
    }

    /// When the officer is told at the latest; none when there is nothing to
    /// tell.
    #[must_use]
    pub fn due(&self) -> Option<Instant> {
        self.0.as_ref().map(|(_, due)| *due)
    }

    /// What there is to tell, once the floor is `known` again or the time is
    /// over.
    pub fn tell(
        &mut self,
        known: bool,
        criticals: &BTreeSet<ItemKey>,
        back: Timestamp,
    ) -> Option<String> {
        let over = self.due().is_some_and(|due| due <= Instant::now());
        let (missed, _) = self.0.take_if(|_| known || over)?;
        missed.says(criticals, back)
    }
}

/// What was known when the console was suspended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Missed {
    criticals: BTreeSet<ItemKey>,
    since: Timestamp,
}

impl Missed {
    /// Suspended at `since` with these criticals that nobody had.
    #[must_use]
    pub fn new(criticals: BTreeSet<ItemKey>, since: Timestamp) -> Self {
        Self { criticals, since }
    }

    /// What there is to tell; none when nothing critical came.
    #[must_use]
    pub fn says(&self, criticals: &BTreeSet<ItemKey>, back: Timestamp) -> Option<String> {
        let new = criticals.difference(&self.criticals).count();
        let minutes = back.since(self.since).as_secs() / 60;
        let time = match minutes {
            0 => String::new(),
            1..60 => format!(" ({minutes} min)"),
            _ => format!(" ({} h {} min)", minutes / 60, minutes % 60),
        };
        let plural = if new == 1 { "" } else { "s" };
        (new > 0)
            .then(|| format!("While this console was suspended{time}: {new} new critical{plural}."))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(range: std::ops::Range<u8>) -> BTreeSet<ItemKey> {
        range.map(|n| ItemKey::from_bytes([n; 16])).collect()
    }

    #[test]
    fn only_what_is_new_and_critical_is_told() {
        let at = |ms| Timestamp::from_millis(ms);
        let missed = Missed::new(keys(0..2), at(0));
        assert_eq!(missed.says(&keys(0..2), at(60_000)), None);
        // One of them was taken meanwhile, three came.
        assert_eq!(
            missed.says(&keys(1..5), at(12 * 60_000)).as_deref(),
            Some("While this console was suspended (12 min): 3 new criticals.")
        );
        assert_eq!(
            missed.says(&keys(0..3), at(1_000)).as_deref(),
            Some("While this console was suspended: 1 new critical.")
        );
    }
}
