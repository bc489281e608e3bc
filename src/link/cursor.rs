//! Where in the log this console is: what of the stream is new, doubled or
//! missing, and how far behind it is.
//!
//! Pure; the promises "no silent gap" and "no double" are kept here. Owns no
//! board (that is the console's) and no socket. Called by the pump.

use crate::model::ids::{Epoch, Seq};
use crate::wire::frames::{ClientFrame, Events, Hello, Items, Part, Window};

/// What a hub's hello means for what the console has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Life {
    /// The first hub of this process.
    First,
    /// The same log: it goes on where it stopped.
    Same,
    /// Another log, or the same one cut off: a snapshot follows, and commands
    /// that wait were meant for something else.
    Another,
}

/// What to do with a frame.
#[derive(Clone, Debug, PartialEq)]
pub enum Verdict {
    /// Pass it on, without what the console has already.
    New(Events),
    /// The console has all of it.
    Doubled,
    /// Something between is missing: go back to [`Cursor::last`].
    Gap {
        /// What should have come.
        expected: Seq,
        /// What came.
        got: Seq,
    },
}

/// The place in the log.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cursor {
    epoch: Option<Epoch>,
    last: Seq,
    /// The head that has to be reached to be caught up.
    goal: Seq,
    /// Between the first and the last chunk, or before the first: the board is
    /// not whole, so there is nothing to go on from.
    awaits_snapshot: bool,
    /// Some of a snapshot came, but not yet all.
    half: bool,
    caught_up: bool,
}

impl Cursor {
    /// The first frame of a session.
    #[must_use]
    pub fn resume(&self, window: Window) -> ClientFrame {
        let whole = !self.awaits_snapshot;
        ClientFrame::Resume {
            epoch: self.epoch.filter(|_| whole),
            seq: if whole { self.last } else { Seq(0) },
            window,
        }
    }

    /// The log that this console has events of.
    #[must_use]
    pub fn epoch(&self) -> Option<Epoch> {
        self.epoch
    }

    /// The last event that the console has, inspected ones included.
    #[must_use]
    pub fn last(&self) -> Seq {
        self.last
    }

    /// Asks for a snapshot at the next session.
    pub fn forget(&mut self) {
        self.awaits_snapshot = true;
    }

    /// The session is gone: nobody is caught up without one.
    pub fn lost(&mut self) {
        self.caught_up = false;
    }

    /// Takes a hub's hello.
    pub fn hello(&mut self, hello: &Hello) -> Life {
        let life = match self.epoch {
            None => Life::First,
            Some(epoch) if epoch == hello.epoch && hello.head >= self.last => Life::Same,
            Some(_) => Life::Another,
        };
        if life != Life::Same {
            self.last = Seq(0);
            self.awaits_snapshot = true;
        }
        self.half = false;
        self.epoch = Some(hello.epoch);
        self.goal = hello.head;
        self.caught_up = false;
        life
    }

    /// Takes items: a snapshot's chunk, or items that enter the scope.
    pub fn items(&mut self, items: &Items) {
        match items.part {
            Part::First => {
                self.awaits_snapshot = true;
                self.half = true;
            }
            Part::Last | Part::Only => {
                self.awaits_snapshot = false;
                self.half = false;
                self.last = items.at;
                self.goal = self.goal.max(items.at);
            }
            Part::More | Part::Entering => {}
        }
    }

    /// Takes events: those that the console has are taken out.
    pub fn events(&mut self, mut events: Events) -> Verdict {
        let expected = self.last.next();
        // A replay from the log's very beginning is as good as a snapshot.
        let from_nothing = self.last == Seq(0) && !self.half;
        if (self.awaits_snapshot && !from_nothing) || events.from > expected {
            return Verdict::Gap {
                expected,
                got: events.from,
            };
        }
        if events.to <= self.last {
            return Verdict::Doubled;
        }
        let last = self.last;
        events.events.retain(|event| event.seq > last);
        events.from = expected;
        self.last = events.to;
        self.awaits_snapshot = false;
        Verdict::New(events)
    }

    /// Takes the hub's word that it dropped our queue and replays after `from`.
    /// False when that leaves something out.
    pub fn resync(&mut self, from: Seq, head: Seq) -> bool {
        self.caught_up = false;
        self.goal = self.goal.max(head);
        from <= self.last
    }

    /// Takes the head that a ping tells. A ping follows silence, so nothing is
    /// under way to us: what is left of the range was not in our scope.
    pub fn ping(&mut self, head: Seq) {
        self.goal = if self.awaits_snapshot {
            head
        } else {
            self.last
        };
    }

    /// How many events of the log are still to come.
    #[must_use]
    pub fn behind(&self) -> u64 {
        self.goal.0.saturating_sub(self.last.0)
    }

    /// True once, when everything up to the goal is here.
    pub fn catches_up(&mut self) -> bool {
        let now = !self.awaits_snapshot && self.behind() == 0;
        let newly = now && !self.caught_up;
        self.caught_up = now;
        newly
    }

    /// Whether everything up to the goal is here.
    #[must_use]
    pub fn is_caught_up(&self) -> bool {
        self.caught_up
    }
}

#[cfg(test)]
#[path = "cursor_tests.rs"]
mod tests;
