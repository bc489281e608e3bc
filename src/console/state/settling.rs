//! Before a frame: rows, counts and attention, brought up to date with the board.
//!
//! Owns when that is done and whether the screen's rows are others by it. What is
//! derived is `floor`'s. Called by the runtime and by `update`.

use super::{App, link};
use crate::console::effect::Effect;

impl App {
    /// Whether a row on the screen is another one since the last frame, or may be.
    #[must_use]
    pub fn rows_changed(&self) -> bool {
        let mut shown = self.stream.shown();
        self.stream.follows() || self.rows_changed || shown.any(|key| self.floor.is_touched(key))
    }

    /// Brings rows, counts and attention up to date with the board. Cheap when
    /// nothing changed.
    pub fn settle(&mut self) -> Vec<Effect> {
        if !self.floor.is_dirty() {
            return Vec::new();
        }
        self.rows_changed = self.rows_changed();
        let takes = self.link.phase != link::Phase::Loading;
        if takes {
            self.stream.let_go();
        }
        let change = self
            .floor
            .derive(&self.session, &self.settings, &self.views);
        // While a snapshot comes in, the old rows stay: the cursor with them.
        if takes {
            self.stream.take(&change, &self.floor, self.settings.newest);
            self.marks.keep(&self.floor.board);
        }
        self.stream.fit(self.stream_height());
        if change.attention {
            vec![Effect::Attention(
                self.floor.derived.calls(&self.floor.board),
            )]
        } else {
            Vec::new()
        }
    }

    /// The same for a frame, which shows it all.
    pub fn settle_frame(&mut self) -> Vec<Effect> {
        let effects = self.settle();
        self.rows_changed = false;
        effects
    }
}
