//! What an officer set before the console starts, and the saved views.

use super::{lock, themes};
use crate::console::keymap::Keymap;
use crate::model::filter::Filter;
use crate::model::queue::{Newest, Queue};
use crate::text::{KnownNames, Policy};

/// What an officer set before the console starts.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// The keys in force.
    pub keymap: Keymap,
    /// Saved views, in the order of their numbers.
    pub views: Vec<SavedView>,
    /// The officer's own zone; none: the floor's.
    pub zone: Option<jiff::tz::TimeZone>,
    /// Whether drafts and saved views outlive the console.
    pub keeps: bool,
    /// Where new items go.
    pub newest: Newest,
    /// How the terminal wants text laid out.
    pub text: Policy,
    /// Names and hosts that the configuration knows.
    pub known: KnownNames,
    /// The themes by name.
    pub themes: themes::Themes,
    /// The way to the hub; none: there is none, as with a recording.
    pub way: Option<Way>,
    /// When the floor is hidden, and what shows it again.
    pub lock: lock::LockSettings,
}

/// The way to the hub, in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Way {
    /// Its address.
    pub hub: String,
    /// Straight, or through what, and why.
    pub route: String,
}

/// A filter with a name, on one of the keys 1 to 9.
#[derive(Clone, Debug)]
pub struct SavedView {
    /// Its key, 1 to 9.
    pub number: u8,
    /// Its name: the officer's own words.
    pub name: String,
    /// What it shows.
    pub filter: Filter,
    /// Of which queue.
    pub queue: Queue,
    /// Whether it was saved in the console, and not by the configuration.
    pub own: bool,
}

impl SavedView {
    /// A view of the configuration: of all items.
    #[must_use]
    pub fn new(number: u8, name: impl Into<String>, filter: Filter) -> Self {
        Self {
            number,
            name: name.into(),
            filter,
            queue: Queue::All,
            own: false,
        }
    }
}

impl Settings {
    /// The saved view of a number.
    #[must_use]
    pub fn view(&self, number: u8) -> Option<&SavedView> {
        self.views.iter().find(|view| view.number == number)
    }

    /// Puts a view in its place.
    pub fn put_view(&mut self, view: SavedView) {
        self.views.retain(|known| known.number != view.number);
        self.views.push(view);
        self.views.sort_by_key(|view| view.number);
    }
}
