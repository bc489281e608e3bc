//! The evening in Port Almeida as a plan: what comes in, by which door, when.
//!
//! - [`act`]: the plan's words. [`script`]: the tables that were written.
//! - `story`, `life`: the written scenes and the endless rest, as cues.
//! - `cue`, `stage`, `people`, [`bodies`]: cues to documents as vendors write
//!   them.
//! - [`chance`]: all there is of randomness.
//!
//! Pure: the same seed, start and speed give the same acts, byte for byte.
//! Called by the player.

pub mod act;
pub mod bodies;
pub mod chance;
mod cue;
mod life;
mod people;
pub mod script;
mod stage;
mod story;
#[cfg(test)]
mod tests;

use std::collections::VecDeque;
use std::time::Duration;

use act::Planned;
use chance::Chance;
use cue::{Agenda, Cue};
use life::Life;
use script::{Script, ScriptError};
use stage::{Moment, Stage};

use crate::model::time::Timestamp;

/// At most so many acts in a second at speed 1, after the opening.
pub const PER_SECOND: usize = 8;

/// An evening: an endless iterator of acts in the order of their times.
#[derive(Debug)]
pub struct Scenario {
    script: Script,
    agenda: Agenda,
    life: Life,
    stage: Stage,
    lately: VecDeque<u64>,
    start: Timestamp,
    speed: f64,
}

impl Scenario {
    /// The evening of `seed`, starting at `start` by the clock and played
    /// `times` as fast as written: the times inside the documents go by the clock of who watches.
    ///
    /// # Errors
    /// [`ScriptError`] when a table of the script can't be read.
    pub fn new(seed: u64, start: Timestamp, times: f64) -> Result<Self, ScriptError> {
        let script = Script::built_in()?;
        let chance = Chance::new(seed);
        let mut agenda = Agenda::default();
        story::put(&script, &mut agenda, &mut chance.branch("story"));
        let mut life = Life::new(chance.branch("life"));
        life.begin(&script, &mut agenda);
        Ok(Self {
            script,
            agenda,
            life,
            stage: Stage::new(chance.branch("stage")),
            lately: VecDeque::new(),
            start,
            speed: times,
        })
    }

    /// `at`, or as soon after as order and pace allow. What is there at the
    /// start (time 0) is not held back.
    fn paced(&self, at: u64) -> u64 {
        let at = at.max(self.lately.back().copied().unwrap_or(0));
        match self.lately.front() {
            Some(first) if self.lately.len() >= PER_SECOND => at.max(first + 1000),
            _ => at,
        }
    }

    fn count(&mut self, at: u64) {
        if at > 0 {
            if self.lately.len() >= PER_SECOND {
                self.lately.pop_front();
            }
            self.lately.push_back(at);
        }
    }

    fn moment(&self, ms: u64) -> Moment {
        let clock = self
            .start
            .plus(Duration::from_millis(ms).div_f64(self.speed));
        Moment { ms, clock }
    }
}

impl Iterator for Scenario {
    type Item = Planned;

    fn next(&mut self) -> Option<Planned> {
        loop {
            let (due_at, due) = self.agenda.take()?;
            if matches!(due.cue, Cue::Breathe) {
                self.life.breathe(&self.script, &mut self.agenda, due_at);
                continue;
            }
            let ms = self.paced(due_at);
            let now = self.moment(ms);
            let done = self.stage.perform(&self.script, &mut self.agenda, due, now);
            if let Some(act) = done {
                self.count(ms);
                let at = Duration::from_millis(ms);
                return Some(Planned { at, act });
            }
        }
    }
}
