//! What the console knows: small states side by side.

use super::effect::Effect;
use super::keymap::Keymap;
use crate::model::filter::Filter;

/// What an officer set before the console starts.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// The keys in force.
    pub keymap: Keymap,
    /// Saved views, 1 to 9, in order.
    pub views: Vec<SavedView>,
    /// Whether the newest item lies on top instead of at the bottom.
    pub newest_first: bool,
}

/// A filter with a name, on one of the keys 1 to 9.
#[derive(Clone, Debug)]
pub struct SavedView {
    /// Its name: the officer's own words from the configuration.
    pub name: String,
    /// What it shows.
    pub filter: Filter,
}

/// The console's state.
#[derive(Debug)]
pub struct App {
    /// What was set.
    pub settings: Settings,
}

impl App {
    /// A console that knows nothing yet.
    #[must_use]
    pub fn new(settings: Settings) -> Self {
        Self { settings }
    }

    /// Brings rows, counts and attention up to date with the board. Cheap when
    /// nothing changed; the runtime calls it before each frame.
    pub fn settle(&mut self) -> Vec<Effect> {
        Vec::new()
    }
}
