//! The runtime's part of the lock: when the officer last touched a key, when the
//! lock closes by itself, and what an answer to a try does.
//!
//! A part of `runtime`, in a file of its own. Decides nothing: the rules are
//! `state::lock`'s.

use std::io;

use crossterm::event::Event;
use futures_util::Stream;

use super::Runtime;
use crate::console::msg::Msg;
use crate::console::perform::{Hub, Screen};
use crate::console::state::lock::{Answer, LockNews};
use crate::model::time::Timestamp;

impl<S, H, I> Runtime<S, H, I>
where
    S: Screen,
    H: Hub,
    I: Stream<Item = io::Result<Event>> + Unpin,
{
    /// The officer did something: what he or she holds stays held. Keys at a
    /// closed lock may be anybody's; they are timed by our own clock, for a
    /// recording's may stand still.
    pub(super) fn touched(&mut self, now: Timestamp) -> Timestamp {
        let ours = self.clock.now();
        self.ways_as_now();
        if self.app.lock.is_closed() {
            return ours;
        }
        self.last_key = ours;
        self.world.key_pressed();
        now
    }

    pub(super) fn unlock_answered(&mut self, answer: Answer) {
        let at = self.clock.now();
        if answer == Answer::Opened {
            self.last_key = at;
        }
        self.tell(Msg::Lock(LockNews::Answered(answer, at)));
        // A command may have written on the screen.
        self.world.screen.anew();
        self.drawing.now();
    }

    /// What opens a closed lock may have been set or removed meanwhile.
    pub(super) fn ways_as_now(&mut self) {
        if self.app.lock.is_closed() {
            self.app.settings.lock.ways = self.unlock.ways();
        }
    }

    /// When the lock closes by itself, by our clock.
    pub(super) fn locks_at(&self) -> Option<Timestamp> {
        let after = self.app.locks_after()?;
        (!self.app.lock.is_closed()).then(|| self.last_key.plus(after))
    }

    /// Closes the lock when nobody pressed a key for long enough.
    pub(super) fn lock_if_due(&mut self) {
        let now = self.clock.now();
        // A clock that was set back must not put the lock off.
        self.last_key = self.last_key.min(now);
        if self.locks_at().is_some_and(|at| at <= now) {
            self.tell(Msg::Lock(LockNews::Idle));
            self.drawing.now();
        }
    }
}
