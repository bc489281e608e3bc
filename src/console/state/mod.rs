//! What the console knows, as small states side by side; [`App`] only holds
//! them together.
//!
//! - [`session`], [`link`]: who I am, how fresh the data is.
//! - [`floor`]: the board, and what is [`derived`] from it; [`ledger`]: what
//!   each item counts for.
//! - [`stream`], [`views`], [`marks`], [`detail`]: what is looked at.
//! - [`plan`], [`work`]: what a verb would do, commands on their way, their
//!   results and conflicts; [`likeness`]: whom an author passes for.
//! - [`notices`]: how the officer is called.
//! - [`overlay`], [`edit`]: what lies on top, and text under the cursor.
//! - [`themes`]: which there are, and which is seen.
//! - [`lock`]: whether all of it is hidden.
//! - [`layout`], [`document`], [`words`]: where things go, pages of lines, and
//!   how times and counts are put.
//!
//! Changed by `update` only; read by `view`. No terminal, clock or network.

mod derived;
pub mod detail;
pub mod document;
pub mod edit;
pub mod floor;
pub mod layout;
mod ledger;
pub mod likeness;
pub mod link;
pub mod lock;
pub mod marks;
pub mod notices;
pub mod overlay;
pub mod plan;
pub mod session;
pub mod stream;
pub mod themes;
pub mod views;
pub mod words;
pub mod work;

use super::effect::Effect;
use super::keymap::{Chord, Keymap};
use super::msg::Playback;
use crate::model::filter::Filter;
use crate::model::ids::ItemKey;
use crate::model::item::Item;
use crate::model::queue::Newest;
use crate::text::{KnownNames, Policy};

/// What an officer set before the console starts.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// The keys in force.
    pub keymap: Keymap,
    /// Saved views, 1 to 9, in order.
    pub views: Vec<SavedView>,
    /// Where new items go.
    pub newest: Newest,
    /// How the terminal wants text laid out.
    pub text: Policy,
    /// Names and hosts that the configuration knows.
    pub known: KnownNames,
    /// The themes by name.
    pub themes: themes::Themes,
    /// When the floor is hidden, and what shows it again.
    pub lock: lock::LockSettings,
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
#[derive(Debug, Default)]
pub struct App {
    /// What was set.
    pub settings: Settings,
    /// Who I am, the time, the terminal.
    pub session: session::Session,
    /// How fresh the data is.
    pub link: link::Link,
    /// The board and what is derived from it.
    pub floor: floor::Floor,
    /// The rows.
    pub stream: stream::Stream,
    /// Which rows: queue, saved view, filter.
    pub views: views::Views,
    /// Marked items.
    pub marks: marks::Marks,
    /// The open item.
    pub detail: detail::Detail,
    /// Commands on their way.
    pub work: work::Work,
    /// How the officer is called.
    pub notices: notices::Notices,
    /// What lies on top, the last one foremost.
    pub overlays: Vec<overlay::Overlay>,
    /// Drafts that were kept.
    pub drafts: overlay::Drafts,
    /// The keys of a sequence that has begun.
    pub begun: Vec<Chord>,
    /// How the recording stands that is played; none on a floor that lives.
    pub replay: Option<Playback>,
    /// Whether the floor is hidden.
    pub lock: lock::Lock,
    /// The last result, shown in the footer until the next key.
    pub notice: Option<Notice>,
}

/// A line for the footer: our own words, names and numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// The sentence.
    pub says: String,
    /// Whether something did not go through.
    pub tone: Tone,
}

/// How a notice is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// It went well, or is just told.
    Plain,
    /// Something did not go through.
    Bad,
}

impl App {
    /// A console that knows nothing yet.
    #[must_use]
    pub fn new(settings: Settings) -> Self {
        Self {
            settings,
            ..Self::default()
        }
    }

    /// Brings rows, counts and attention up to date with the board. Cheap when
    /// nothing changed; the runtime calls it before each frame.
    pub fn settle(&mut self) -> Vec<Effect> {
        if !self.floor.is_dirty() {
            return Vec::new();
        }
        let change = self
            .floor
            .derive(&self.session, &self.settings, &self.views);
        // While a snapshot comes in, the old rows stay: the cursor with them.
        if self.link.phase != link::Phase::Loading {
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

    /// The item under the cursor, when there is a cursor.
    #[must_use]
    pub fn selected(&self) -> Option<&Item> {
        self.floor.board.item(&self.stream.selected()?)
    }

    /// The item that the detail shows: the selected one, or none while the
    /// stream is followed.
    #[must_use]
    pub fn shown(&self) -> Option<ItemKey> {
        if self.lock.is_closed() {
            return None;
        }
        if self.layout().is_split() || self.detail.open {
            self.stream.selected()
        } else {
            None
        }
    }

    /// Without a key for so long the console locks; none: never.
    #[must_use]
    pub fn locks_after(&self) -> Option<std::time::Duration> {
        let ceiling = self.session.info.as_ref();
        lock::idle_limit(
            self.settings.lock.after,
            ceiling.and_then(|info| info.lock_ceiling),
        )
    }

    /// Where things go on the terminal as it is.
    #[must_use]
    pub fn layout(&self) -> layout::Layout {
        layout::Layout::of(
            self.session.cols,
            self.session.rows,
            self.link.banner().is_some(),
        )
    }

    /// Rows of the stream that can be seen.
    #[must_use]
    pub fn stream_height(&self) -> usize {
        usize::from(self.layout().stream_rows())
    }

    /// Says something in the footer.
    pub fn say(&mut self, says: impl Into<String>) {
        self.notice = Some(Notice {
            says: says.into(),
            tone: Tone::Plain,
        });
    }

    /// Says in the footer that something did not go through.
    pub fn refuse(&mut self, says: impl Into<String>) {
        self.notice = Some(Notice {
            says: says.into(),
            tone: Tone::Bad,
        });
    }
}
