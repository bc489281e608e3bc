//! What the console knows, as small states side by side; [`App`] only holds
//! them together.
//!
//! - [`session`], [`link`]: who I am, how fresh the data is.
//! - [`floor`]: the board, and what is [`derived`] from it; [`ledger`]: what
//!   each item counts for ([`tally`]), found by its number and searched in haystacks;
//!   [`folds`]: copies of one text as one row, counted in [`groups`].
//! - [`stream`], [`views`], [`marks`], [`detail`]: what is looked at; [`beyond`]:
//!   what lies above and below it.
//! - [`plan`], [`work`]: what a verb would do, commands on their way and their
//!   conflicts, [`told`] as lines; [`loss`]: what it would cost; [`lately`]: what undo
//!   would take back; [`likeness`]: look-alikes.
//! - [`notices`]: how the officer is called.
//! - [`overlay`], [`edit`]: what lies on top, and text under the cursor.
//! - [`recall`], [`kept`], [`found`]: what was entered before, what outlives
//!   the console, what a search in the history found.
//! - [`answer`]: what an answer must keep to, and kept replies;
//!   [`conversation`]: what was said, and who waits.
//! - [`complete`]: what may be typed next; [`settings`]: what was set before.
//! - `settling`: rows, counts and attention, brought up to date before a frame.
//! - [`layout`], [`document`], [`words`], [`until`]: where things go, pages of
//!   lines, how times and counts are put and read.
//! - [`themes`]: which there are, and which is seen.
//! - [`lock`]: whether all of it is hidden.
//!
//! Changed by `update` only; read by `view`. No terminal, clock or network.

pub mod answer;
pub mod beyond;
pub mod complete;
pub mod conversation;
mod derived;
pub mod detail;
pub mod document;
pub mod edit;
pub mod floor;
mod folds;
pub mod found;
mod groups;
mod haystacks;
pub mod kept;
pub mod lately;
pub mod layout;
mod ledger;
pub mod likeness;
pub mod link;
pub mod lock;
pub mod loss;
pub mod marks;
pub mod notices;
mod numbers;
pub mod overlay;
pub mod plan;
pub mod recall;
pub mod round;
pub mod session;
mod settings;
mod settling;
pub mod stream;
mod tally;
pub mod themes;
pub mod told;
pub mod until;
pub mod views;
pub mod words;
pub mod work;

pub use settings::{SavedView, Settings, Way};

use std::time::Duration;

use super::keymap::{Chord, Context};
use super::msg::Playback;
use crate::model::ids::ItemKey;
use crate::model::item::Item;
use crate::model::time::Timestamp;

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
    /// What was entered before.
    pub recall: recall::Recall,
    /// The last search in the history.
    pub found: found::Found,
    /// An item that is not on the board, fetched to be read.
    pub archived: Option<Box<Item>>,
    /// The keys of a sequence that has begun.
    pub begun: Vec<Chord>,
    /// When it began, and whether what can follow is shown.
    pub waiting: Option<Waiting>,
    /// The last key and when it came: held keys repeat quickly.
    pub last_key: Option<(Chord, Timestamp)>,
    /// Keys that are letters to an editor which did not open.
    pub deaf: Option<Deaf>,
    /// The drafts as they were last handed over to be kept.
    pub told_drafts: Vec<kept::KeptDraft>,
    /// How the recording stands that is played; none on a floor that lives.
    pub replay: Option<Playback>,
    /// Whether the floor is hidden.
    pub lock: lock::Lock,
    /// The last result, shown in the footer until the next key.
    pub notice: Option<Notice>,
    /// A row on the screen changed since the last frame.
    rows_changed: bool,
}

/// A line for the footer: our own words, names and numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// The sentence.
    pub says: String,
    /// Whether something did not go through.
    pub tone: Tone,
}

/// A sequence of keys that waits for its next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Waiting {
    /// When its first key came.
    pub since: Timestamp,
    /// Whether the box with what can follow is open.
    pub shown: bool,
}

/// The floor does not listen: somebody types to an editor that did not open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Deaf {
    /// Until when, if no further letter comes.
    pub until: Timestamp,
    /// The key that was asked for again, and is listened to.
    pub again: Option<Chord>,
}

/// How long a begun sequence waits before the console shows what can follow.
const HESITATION: Duration = Duration::from_millis(400);

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
        Self::with(settings, kept::Kept::default())
    }

    /// A console that remembers what an earlier run left.
    #[must_use]
    pub fn with(mut settings: Settings, kept: kept::Kept) -> Self {
        for view in kept.views.into_iter().filter_map(kept::KeptView::read) {
            settings.put_view(view);
        }
        let mut session = session::Session::default();
        session.own_zone.clone_from(&settings.zone);
        Self {
            session,
            settings,
            recall: recall::Recall::of(kept.lines),
            told_drafts: kept.drafts.clone(),
            drafts: overlay::Drafts::of(kept.drafts),
            ..Self::default()
        }
    }

    /// When the screen changes by itself next: the moment at which a begun
    /// sequence shows what can follow. The runtime sends the time then.
    #[must_use]
    pub fn changes_at(&self) -> Option<Timestamp> {
        let waiting = self.waiting.filter(|waiting| !waiting.shown)?;
        Some(waiting.since.plus(HESITATION))
    }

    /// The keys that hold now: those of what lies on top, or the floor's.
    #[must_use]
    pub fn context(&self) -> Context {
        self.overlays
            .last()
            .map_or(Context::Floor, |overlay| overlay.what.context())
    }

    /// Shows what can follow when the officer hesitates; whether it does so now.
    pub(super) fn hesitated(&mut self) -> bool {
        let due = self.changes_at().is_some_and(|at| at <= self.session.now);
        if let Some(waiting) = self.waiting.as_mut().filter(|_| due) {
            waiting.shown = true;
        }
        due
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
            (self.session.cols, self.session.rows),
            self.views.now().is_limited(),
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
