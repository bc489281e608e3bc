//! What the core asks of the outside world, done: commands to the link, calls
//! to the officer, titles to the terminal.
//!
//! Owns the seams that tests replace ([`Screen`], [`Hub`]). Decides nothing.
//! Called by the runtime.

use std::time::Duration;

use tokio::sync::watch;

use super::backend::Grid;
use super::clipboard::Clipboard;
use super::drawer::Drawer;
use super::effect::{Attention, Effect, Playing};
use super::notices;
use super::probe::TerminalFacts;
use super::state::lock::Attempt;
use super::state::notices::Notices;
use super::terminal;
use super::writer::Writer;
use crate::link::{LinkHandle, NotTaken};
use crate::model::command::Command;
use crate::model::ids::{CommandId, ItemId, ItemKey};
use crate::model::outgoing::Typing;
use crate::model::time::Timestamp;
use crate::notify::{Calls, Needs};
use crate::text::{Bidi, Policy};
use crate::wire::frames::Hello;

/// Where grids and ordered bytes go.
pub trait Screen {
    /// Shows a grid, sooner or later; a newer one replaces one that waits. An
    /// urgent one answers a key or shows a new critical: it is not held back.
    fn show(&mut self, grid: Grid, urgent: bool);
    /// The next grid is painted whole.
    fn anew(&mut self);
    /// Writes bytes between two frames, in order.
    fn say(&mut self, bytes: &[u8]);
}

impl Screen for Writer {
    fn show(&mut self, grid: Grid, urgent: bool) {
        Self::show(self, grid, urgent);
    }

    fn anew(&mut self) {
        Self::anew(self);
    }

    fn say(&mut self, bytes: &[u8]) {
        if !Self::say(self, bytes) {
            tracing::debug!("The terminal is stalled; a bell or title was left out.");
        }
    }
}

/// Where commands and reports go.
pub trait Hub {
    /// Takes a command to be sent, sooner or later.
    ///
    /// # Errors
    /// [`NotTaken`] when there is no room.
    fn send(&self, command: Command) -> Result<(), NotTaken>;
    /// This is open in the detail.
    fn viewing(&self, key: Option<ItemKey>);
    /// A key was pressed so long ago; this is being written on.
    fn presence(&self, idle: Duration, typing: Option<Typing>);
    /// Searches in the archive; the answer comes as news.
    fn search(&self, asked: u64, words: String);
    /// Fetches an item that is not on the board; the answer comes as news.
    fn fetch(&self, id: ItemId);
    /// Fetch a snapshot.
    ///
    /// # Errors
    /// [`NotTaken`] when there is no room.
    fn resync(&self) -> Result<(), NotTaken>;
    /// Play the recording otherwise. A hub that lives has none.
    fn play(&self, _how: Playing) {}
}

impl Hub for LinkHandle {
    fn send(&self, command: Command) -> Result<(), NotTaken> {
        Self::send(self, command)
    }

    fn viewing(&self, key: Option<ItemKey>) {
        Self::viewing(self, key);
    }

    fn presence(&self, idle: Duration, typing: Option<Typing>) {
        Self::presence(self, idle, typing);
    }

    fn search(&self, asked: u64, words: String) {
        Self::search(self, asked, words);
    }

    fn fetch(&self, id: ItemId) {
        Self::fetch(self, id);
    }

    fn resync(&self) -> Result<(), NotTaken> {
        Self::resync(self)
    }
}

/// What an effect means for the runtime.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Done {
    /// Go on.
    On,
    /// Draw everything anew.
    Redraw,
    /// Remember the theme of this name.
    RememberTheme(String),
    /// Close the console.
    Quit,
    /// Try to open the lock.
    Unlock(Attempt),
    /// It did not go through: a sentence, and the command it was about.
    Refused(String, Option<CommandId>),
}

/// The outside world.
pub struct Outside<S, H> {
    /// The terminal.
    pub screen: S,
    /// The hub.
    pub hub: H,
    /// The terminal's clipboard; none when copying is off.
    pub clipboard: Option<Clipboard>,
    /// Where what outlives the console is written; none for not at all.
    pub drawer: Option<Drawer>,
    calls: Calls,
    typing: Option<Typing>,
    /// The officer has seen the floor as it was at the start: what needs him or
    /// her from now on is news.
    attended: bool,
    /// A snapshot is being read: what needs the officer is not known whole.
    in_snapshot: bool,
    held: Option<Attention>,
    facts: Option<watch::Receiver<TerminalFacts>>,
}

impl<S: Screen, H: Hub> Outside<S, H> {
    /// The outside world, with the ways of calling that suit it.
    pub fn new(screen: S, hub: H, calls: Calls) -> Self {
        Self {
            screen,
            hub,
            clipboard: None,
            drawer: None,
            calls,
            typing: None,
            attended: false,
            in_snapshot: false,
            held: None,
            facts: None,
        }
    }

    /// Goes by what the terminal tells of itself.
    #[must_use]
    pub fn knowing(mut self, facts: Option<watch::Receiver<TerminalFacts>>) -> Self {
        self.facts = facts;
        self
    }

    /// Takes in what the terminal has told since the last time.
    fn learn(&mut self) {
        let Some(facts) = &mut self.facts else { return };
        // Who gathers them may have ended; the last that was told still holds.
        if facts.has_changed().unwrap_or_default() {
            let facts = facts.borrow_and_update();
            if let Some(clipboard) = self.clipboard.as_mut().filter(|_| facts.nested) {
                clipboard.through = notices::between(&facts);
            }
            self.calls.terminal_is(notices::terminal(&facts));
        }
    }

    /// Text is laid out by `new` from now on, in a terminal that is told so when
    /// it has to be. False when it is already.
    pub fn letters(&mut self, now: &mut Policy, new: Policy) -> bool {
        if *now == new {
            return false;
        }
        let orders = new.bidi == Bidi::Visual;
        if orders != (now.bidi == Bidi::Visual) {
            self.screen.say(terminal::orders_text(orders));
        }
        *now = new;
        self.screen.anew();
        true
    }

    /// The hub has greeted us.
    pub fn meets(&mut self, hello: &Hello) {
        self.calls
            .meets(&hello.zone, notices::ceiling(hello.limits.notices));
    }

    /// A snapshot begins or is complete.
    pub fn snapshot(&mut self, begins: bool) {
        self.in_snapshot = begins;
    }

    /// The floor as it is now has been shown.
    pub fn shown_first(&mut self) {
        self.attended = true;
    }

    /// The terminal has the focus, or lost it.
    pub fn focus(&mut self, focused: bool) {
        let bytes = self.calls.focus(focused);
        self.say(&bytes);
    }

    /// How calls stand, if that has changed.
    pub fn calls_news(&mut self) -> Option<Notices> {
        self.calls.take_news().as_ref().map(notices::shown)
    }

    /// When [`Self::call_if_due`] is to be asked next.
    #[must_use]
    pub fn next_call(&self) -> Option<Timestamp> {
        self.calls.next_due()
    }

    /// Does what an effect asks for.
    pub fn perform(&mut self, effect: Effect, now: Timestamp) -> Done {
        match effect {
            Effect::Send(command) => {
                let id = command.id;
                if let Err(error) = self.hub.send(command) {
                    return Done::Refused(error.to_string(), Some(id));
                }
            }
            Effect::Viewing(key) => self.hub.viewing(key),
            Effect::Typing(key) => {
                self.typing = key;
                self.key_pressed();
            }
            Effect::Attention(attention) => self.attend(attention, now),
            Effect::Search { asked, words } => self.hub.search(asked, words),
            Effect::Fetch(id) => self.hub.fetch(id),
            Effect::Copy(text) => {
                let Some(clipboard) = &self.clipboard else {
                    let says = "Copying is off here: console.copy in the configuration says so.";
                    return Done::Refused(says.to_owned(), None);
                };
                if let Some(bytes) = clipboard.copy(&text) {
                    self.screen.say(&bytes);
                }
            }
            Effect::Keep(keepsake) => {
                if let Some(drawer) = &self.drawer {
                    drawer.keep(keepsake);
                }
            }
            Effect::Play(how) => self.hub.play(how),
            Effect::RememberTheme(name) => return Done::RememberTheme(name),
            Effect::Redraw => return Done::Redraw,
            Effect::Resync => {
                if let Err(error) = self.hub.resync() {
                    return Done::Refused(error.to_string(), None);
                }
            }
            Effect::Quit => return Done::Quit,
            Effect::Unlock(attempt) => return Done::Unlock(attempt),
        }
        Done::On
    }

    /// A key was pressed: what the officer holds stays held.
    pub fn key_pressed(&self) {
        self.hub.presence(Duration::ZERO, self.typing);
    }

    /// Calls the officer when that is due.
    pub fn call_if_due(&mut self, now: Timestamp) {
        self.learn();
        if !self.in_snapshot
            && let Some(attention) = self.held.take()
        {
            self.attend(attention, now);
        }
        let bytes = self.calls.due(now);
        self.say(&bytes);
    }

    fn attend(&mut self, attention: Attention, now: Timestamp) {
        self.learn();
        if self.in_snapshot {
            self.held = Some(attention);
            return;
        }
        let needs = Needs {
            criticals: attention.criticals,
            mine: attention.mine,
            escalations: attention.escalations,
            by_rule: attention.by_rule,
            due: attention.due,
        };
        let bytes = self.calls.needs(needs, attention.rule, self.attended, now);
        self.say(&bytes);
    }

    fn say(&mut self, bytes: &[u8]) {
        if !bytes.is_empty() {
            self.screen.say(bytes);
        }
    }
}
