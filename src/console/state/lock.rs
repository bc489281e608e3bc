//! The lock: whether the floor is hidden, what was typed to open it, and how
//! long the next try has to wait.
//!
//! Owns the rules of waiting and the passphrase while it is typed. Moments here
//! are by the console's own clock, for a recording's may stand still. Checking
//! a passphrase is the edge's (`console::lock`). Changed by `update::lock`.

use std::fmt;
use std::time::Duration;

use zeroize::Zeroize;

use crate::model::time::Timestamp;

/// Bytes of a passphrase at the most.
pub const LONGEST: usize = 1024;
/// How long the next try waits after the first wrong one; it doubles.
const FIRST_WAIT: Duration = Duration::from_millis(500);
/// How long it waits at the most.
const LONGEST_WAIT: Duration = Duration::from_secs(8);

/// What was set before the console starts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LockSettings {
    /// Without a key for so long the console locks by itself; none: never.
    pub after: Option<Duration>,
    /// What opens it again.
    pub ways: Ways,
    /// Whether the officer is told at the start that nothing but Enter is
    /// needed to open it.
    pub warns: bool,
}

/// What opens a locked console.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ways {
    /// A passphrase was set.
    pub passphrase: bool,
    /// A command was set.
    pub command: bool,
}

impl Ways {
    /// Whether the lock only blanks: Enter opens it.
    #[must_use]
    pub fn none(self) -> bool {
        !self.passphrase && !self.command
    }
}

/// A try to open the lock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Attempt {
    /// With what was typed.
    Passphrase(Passphrase),
    /// By the command.
    Command,
}

/// What came of a try.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// It opens.
    Opened,
    /// It does not.
    Wrong,
    /// It could not be tried: a sentence of ours.
    Failed(String),
}

/// News for the lock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LockNews {
    /// There was no key for as long as the lock waits.
    Idle,
    /// What came of a try, and when it is by the console's own clock.
    Answered(Answer, Timestamp),
}

/// A passphrase while it is typed. Shown nowhere; wiped when dropped.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Passphrase(String);

impl Passphrase {
    /// What was typed, for the one who checks it.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Takes typed text; line ends are no part of a passphrase. What goes
    /// beyond [`LONGEST`] is left out.
    pub fn push(&mut self, text: &str) {
        for letter in text.chars().filter(|c| !matches!(c, '\n' | '\r')) {
            if self.0.len() + letter.len_utf8() > LONGEST {
                return;
            }
            // A string that grows leaves a copy behind that nobody wipes.
            self.0.reserve_exact(LONGEST.saturating_sub(self.0.len()));
            self.0.push(letter);
        }
    }

    /// Takes back a letter.
    pub fn pop(&mut self) {
        self.0.pop();
    }

    /// Whether nothing was typed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl From<&str> for Passphrase {
    fn from(text: &str) -> Self {
        let mut passphrase = Self::default();
        passphrase.push(text);
        passphrase
    }
}

impl fmt::Debug for Passphrase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Passphrase(hidden)")
    }
}

impl Drop for Passphrase {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

/// The lock.
#[derive(Debug, Default)]
pub struct Lock {
    closed: Option<Closed>,
}

/// A lock that is closed.
#[derive(Debug)]
pub struct Closed {
    /// Since when, by the floor's clock.
    pub since: Timestamp,
    /// What was typed.
    pub typed: Passphrase,
    /// A try is being checked.
    pub checking: bool,
    /// Tries that did not open it.
    pub failures: u32,
    /// What the last try came to: a sentence.
    pub says: Option<String>,
    /// Before this moment no try counts.
    waits_until: Option<Timestamp>,
}

impl Lock {
    /// Hides the floor; stays as it is when it is hidden already. Returns
    /// whether it was open.
    pub fn close(&mut self, since: Timestamp) -> bool {
        if self.closed.is_some() {
            return false;
        }
        self.closed = Some(Closed {
            since,
            typed: Passphrase::default(),
            checking: false,
            failures: 0,
            says: None,
            waits_until: None,
        });
        true
    }

    /// Shows the floor again. Returns how many tries went wrong before.
    pub fn open(&mut self) -> u32 {
        self.closed.take().map_or(0, |closed| closed.failures)
    }

    /// Whether the floor is hidden.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        self.closed.is_some()
    }

    /// The closed lock.
    #[must_use]
    pub fn closed(&self) -> Option<&Closed> {
        self.closed.as_ref()
    }

    /// The closed lock, to be changed.
    pub fn closed_mut(&mut self) -> Option<&mut Closed> {
        self.closed.as_mut()
    }
}

impl Closed {
    /// Whether a try at `at` comes too soon after a wrong one. A clock that was
    /// set back does not make the wait longer than it ever is.
    #[must_use]
    pub fn is_too_soon(&self, at: Timestamp) -> bool {
        self.waits_until
            .is_some_and(|until| at < until && until.since(at) <= LONGEST_WAIT)
    }

    /// A try did not open it: the next one waits. Returns how long.
    pub fn failed(&mut self, at: Timestamp) -> Duration {
        let doubled = 2_u32.saturating_pow(self.failures.min(8));
        let wait = FIRST_WAIT.saturating_mul(doubled).min(LONGEST_WAIT);
        self.failures = self.failures.saturating_add(1);
        self.waits_until = Some(at.plus(wait));
        wait
    }
}

/// How long a console waits for a key before it locks: the officer's setting,
/// and no longer than the hub's ceiling allows.
#[must_use]
pub fn idle_limit(own: Option<Duration>, ceiling: Option<Duration>) -> Option<Duration> {
    match (own, ceiling) {
        (Some(own), Some(ceiling)) => Some(own.min(ceiling)),
        (own, ceiling) => own.or(ceiling),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wait_doubles_and_has_an_end() {
        let mut lock = Lock::default();
        assert!(lock.close(Timestamp::from_millis(0)));
        let closed = lock.closed_mut().expect("closed");
        let at = Timestamp::from_millis(1000);
        let waits: Vec<u128> = (0..7).map(|_| closed.failed(at).as_millis()).collect();
        assert_eq!(waits, [500, 1000, 2000, 4000, 8000, 8000, 8000]);
        assert!(closed.is_too_soon(Timestamp::from_millis(8999)));
        assert!(!closed.is_too_soon(Timestamp::from_millis(9000)));
        assert!(!closed.is_too_soon(Timestamp::from_millis(-3_600_000)));
        assert_eq!(lock.open(), 7);
        assert!(!lock.is_closed());
    }

    #[test]
    fn the_ceiling_holds_for_never_too() {
        let minutes = |n| Some(Duration::from_mins(n));
        assert_eq!(idle_limit(minutes(10), minutes(5)), minutes(5));
        assert_eq!(idle_limit(minutes(10), minutes(15)), minutes(10));
        assert_eq!(idle_limit(None, minutes(15)), minutes(15));
        assert_eq!(idle_limit(None, None), None);
        assert_eq!(idle_limit(minutes(10), None), minutes(10));
    }

    #[test]
    fn a_passphrase_is_shown_nowhere_and_has_an_end() {
        let mut passphrase = Passphrase::from("correct horse\n");
        assert_eq!(passphrase.expose(), "correct horse");
        assert_eq!(format!("{passphrase:?}"), "Passphrase(hidden)");
        passphrase.push(&"x".repeat(5000));
        assert_eq!(passphrase.expose().len(), LONGEST);
    }
}
