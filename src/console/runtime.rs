//! The only `select!` of the console: keys first, then signals, the link's
//! news, and the next moment at which something visible changes.
//!
//! Draws when something changed and never on a tick: after a key at once,
//! after news when they have been gathered for a moment. Generic over screen, hub and
//! input, so that tests run the whole of it. Called by `session`.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use crossterm::event::Event;
use futures_util::{Stream, StreamExt};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use tokio::sync::mpsc;
use tokio::time::Instant;

use super::backend::Grid;
use super::clipboard::Clipboard;
use super::drawer::Drawer;
use super::drawing::Drawing;
use super::effect::Effect;
use super::input::{self, Input};
use super::learned::{self, Learned};
use super::lock::Unlock;
use super::missed::{Missed, Return};
use super::msg::{KeyPress, LinkNews, Msg};
use super::perform::{Done, Hub, Outside as World, Screen};
use super::session::Exit;
use super::state::App;
use super::translate::{HubClock, translate};
use super::update::update;
use super::view::view;
use super::watch::Outside;
use super::worn::Worn;
use crate::link::News;
use crate::model::ids::CommandId;
use crate::model::time::{Clock, Timestamp};
use crate::text::Policy;

pub use super::surroundings::{NewId, Surroundings, Suspend};

#[path = "idle.rs"]
mod idle;

/// News that are taken in before anything else gets a turn.
const BATCH: usize = 64;
const MINUTE_MS: i64 = 60_000;

/// A console that runs.
pub struct Runtime<S, H, I> {
    app: App,
    worn: Worn,
    world: World<S, H>,
    input: I,
    news: mpsc::Receiver<News>,
    outside: mpsc::Receiver<Outside>,
    clock: Arc<dyn Clock>,
    hub_clock: HubClock,
    new_id: NewId,
    suspend: Suspend,
    unlock: Unlock,
    /// When the officer last pressed a key, by our clock.
    last_key: Timestamp,
    size: (u16, u16),
    drawing: Drawing,
    missed: Return,
    learned: Option<Learned>,
    /// The minute that the screen shows.
    minute: i64,
    caught_up: bool,
    link_over: bool,
    exit: Option<Exit>,
}

impl<S, H, I> Runtime<S, H, I>
where
    S: Screen,
    H: Hub,
    I: Stream<Item = io::Result<Event>> + Unpin,
{
    /// A console that has drawn nothing yet.
    pub fn new(app: App, worn: impl Into<Worn>, on: Surroundings<S, H, I>) -> Self {
        let last_key = on.clock.now();
        Self {
            app,
            worn: worn.into(),
            world: World::new(on.screen, on.hub, on.calls).knowing(on.facts),
            input: on.input,
            news: on.news,
            outside: on.outside,
            clock: on.clock,
            hub_clock: HubClock::default(),
            new_id: on.new_id,
            suspend: on.suspend,
            unlock: on.unlock,
            last_key,
            size: on.size,
            drawing: Drawing::new(on.gathered),
            missed: Return::default(),
            learned: None,
            minute: i64::MIN,
            caught_up: false,
            link_over: false,
            exit: None,
        }
    }

    /// The same with a clipboard, and a drawer for what outlives the console.
    #[must_use]
    pub fn with_desk(mut self, clipboard: Option<Clipboard>, drawer: Option<Drawer>) -> Self {
        self.world.clipboard = clipboard;
        self.world.drawer = drawer;
        self
    }

    /// The same, which lays text out anew as the terminal says what it is.
    #[must_use]
    pub fn learning(mut self, learned: Learned) -> Self {
        self.learned = Some(learned);
        self
    }

    /// Runs until the officer closes the console or something from outside
    /// ends it. Returns why, and the way to the hub, so that it can be closed.
    pub async fn run(mut self) -> (Exit, H, S) {
        let (cols, rows) = self.size;
        self.tell(Msg::Resize { cols, rows });
        self.show_time();
        self.drawing.now();
        loop {
            self.draw_if_due();
            if let Some(exit) = self.exit.take() {
                return (exit, self.world.hub, self.world.screen);
            }
            let wake = self.wakes_at();
            tokio::select! {
                biased;
                event = self.input.next() => self.event(event),
                Some(outside) = self.outside.recv() => self.outside_asks(outside),
                policy = learned::policy(&mut self.learned) => self.lettered(policy),
                answer = self.unlock.answer() => self.unlock_answered(answer),
                news = self.news.recv(), if !self.link_over => self.news(news),
                () = tokio::time::sleep_until(wake) => self.time_passed(),
            }
        }
    }

    fn now(&self) -> Timestamp {
        self.hub_clock.at(self.clock.now())
    }

    fn event(&mut self, event: Option<io::Result<Event>>) {
        let Some(Ok(event)) = event else {
            // The terminal's input has ended: so has the terminal.
            self.exit = Some(Exit::HungUp);
            return;
        };
        let now = self.now();
        match input::read(event) {
            Input::Key(chord, repeat) => {
                let press = KeyPress {
                    chord,
                    at: self.touched(now),
                    id: (self.new_id)(),
                    repeat,
                };
                self.tell(Msg::Key(press));
                self.drawing.now();
            }
            // Suspending would hand the officer's shell to whoever is there.
            Input::Suspend if self.app.lock.is_closed() => {}
            Input::Suspend => self.suspended(),
            Input::Paste(text) => {
                self.touched(now);
                self.tell(Msg::Paste(text));
                self.drawing.now();
            }
            Input::Resize(cols, rows) => {
                self.size = (cols, rows);
                self.tell(Msg::Resize { cols, rows });
                self.drawing.resized();
            }
            Input::Focus(focused) => {
                self.tell(Msg::Focus(focused));
                self.drawing.now();
            }
            Input::Nothing => {}
        }
    }

    fn lettered(&mut self, policy: Policy) {
        if self.world.letters(&mut self.app.settings.text, policy) {
            self.drawing.now();
        }
    }

    fn outside_asks(&mut self, outside: Outside) {
        match outside {
            // Meant for the command that has the terminal.
            Outside::Interrupt | Outside::Suspend if self.unlock.has_lent() => {}
            Outside::Interrupt => self.exit = Some(Exit::Interrupted),
            Outside::Terminate => self.exit = Some(Exit::Terminated),
            Outside::HangUp => self.exit = Some(Exit::HungUp),
            Outside::Suspend => self.suspended(),
            Outside::Slow(slow) => {
                self.tell(Msg::SlowLine(slow));
                self.drawing.soon();
            }
        }
    }

    fn suspended(&mut self) {
        let criticals = self.app.floor.derived.attention.criticals.clone();
        let since = self.now();
        match (self.suspend)() {
            Ok(()) => {
                self.missed.back(Missed::new(criticals, since));
                self.lock_if_due();
                if let Ok((cols, rows)) = crossterm::terminal::size() {
                    self.size = (cols, rows);
                    self.tell(Msg::Resize { cols, rows });
                }
                self.show_time();
            }
            Err(error) => self.refused(error.to_string(), None),
        }
        self.world.screen.anew();
        self.drawing.now();
    }

    /// Takes in what waits, a batch at the most: keys come first again then.
    fn news(&mut self, first: Option<News>) {
        let Some(first) = first else {
            self.link_over = true;
            return;
        };
        let now = self.clock.now();
        let (mut next, mut events_only) = (Some(first), true);
        for _ in 0..BATCH {
            let Some(news) = next.take().or_else(|| self.news.try_recv().ok()) else {
                break;
            };
            if let News::Hello(hello) = &news {
                self.world.meets(hello);
            }
            for news in translate(news, &mut self.hub_clock, now) {
                events_only &= matches!(news, LinkNews::Events { .. });
                self.link_news(news);
            }
        }
        self.drawing.news(events_only && !self.app.rows_changed());
    }

    fn link_news(&mut self, news: LinkNews) {
        match &news {
            LinkNews::SnapshotStarted => self.world.snapshot(true),
            LinkNews::SnapshotDone(_) => {
                self.world.snapshot(false);
                self.drawing.now();
            }
            LinkNews::Down { .. } => self.world.snapshot(false),
            LinkNews::CaughtUp => {
                self.caught_up = true;
                self.drawing.now();
            }
            LinkNews::Hello(_) | LinkNews::Playing(_) => {
                self.tell(Msg::Link(news));
                self.show_time();
                return;
            }
            _ => {}
        }
        self.tell(Msg::Link(news));
    }

    fn time_passed(&mut self) {
        let now = self.now();
        if self.app.changes_at().is_some_and(|at| at <= now) {
            self.tell(Msg::Clock(now));
            self.drawing.now();
        }
        if now.as_millis().div_euclid(MINUTE_MS) != self.minute {
            self.show_time();
            self.drawing.soon();
        }
        if self.missed.due().is_some() {
            self.drawing.soon();
        }
        self.world.call_if_due(now);
        self.lock_if_due();
    }

    /// Tells the core what time it is: ages and clock are shown by the minute.
    fn show_time(&mut self) {
        let now = self.now();
        self.minute = now.as_millis().div_euclid(MINUTE_MS);
        self.tell(Msg::Clock(now));
    }

    fn tell(&mut self, msg: Msg) {
        let effects = update(&mut self.app, msg);
        self.perform(effects);
    }

    fn perform(&mut self, effects: Vec<Effect>) {
        let now = self.now();
        for effect in effects {
            if let Effect::Attention(attention) = &effect {
                self.drawing.attends(attention);
            }
            match self.world.perform(effect, now) {
                Done::On => {}
                Done::Redraw => {
                    self.world.screen.anew();
                    self.drawing.now();
                }
                Done::Quit => self.exit = Some(Exit::Closed),
                Done::RememberTheme(name) => {
                    if let Err(error) = self.worn.remember(&name) {
                        let says = format!("{name} is on until the console closes: {error}.");
                        self.refused(says, None);
                    }
                }
                Done::Unlock(attempt) => self.unlock.attempt(attempt),
                Done::Refused(says, command) => self.refused(says, command),
            }
        }
    }

    fn refused(&mut self, says: String, command: Option<CommandId>) {
        let refused = Msg::Link(LinkNews::Refused { says, command });
        let effects = update(&mut self.app, refused);
        self.perform(effects);
    }

    fn draw_if_due(&mut self) {
        let now = Instant::now();
        if self.unlock.has_lent() || !self.drawing.is_due(now) {
            return;
        }
        let effects = self.app.settle_frame();
        self.perform(effects);
        self.ways_as_now();
        if self.app.link.is_live() {
            let (known, now) = (self.caught_up, self.now());
            let criticals = &self.app.floor.derived.attention.criticals;
            if let Some(says) = self.missed.tell(known, criticals, now) {
                self.app.refuse(says);
            }
        }
        if std::mem::take(&mut self.caught_up) {
            self.world.shown_first();
        }
        // Nobody looks at a console that is locked.
        let looked_at = self.app.session.focused && !self.app.lock.is_closed();
        self.world.focus(looked_at);
        if let Some(notices) = self.world.calls_news() {
            self.tell(Msg::Notices(notices));
        }
        let (cols, rows) = self.size;
        let area = Rect::new(0, 0, cols, rows);
        let mut buffer = Buffer::empty(area);
        if let Err(error) = self.worn.put_on(self.app.theme()) {
            self.refused(error.to_string(), None);
        }
        let cursor = view(&self.app, self.worn.theme(), area, &mut buffer);
        let urgent = self.drawing.take_urgent();
        self.world.screen.show(Grid { buffer, cursor }, urgent);
        self.world.call_if_due(self.now());
    }

    /// The next moment at which something visible changes or the officer is
    /// called.
    fn wakes_at(&self) -> Instant {
        let now = self.now();
        let started = Instant::now();
        let next_minute = Timestamp::from_millis((self.minute + 1).saturating_mul(MINUTE_MS));
        let next = self
            .world
            .next_call()
            .map_or(next_minute, |due| due.min(next_minute));
        let next = self.app.changes_at().map_or(next, |at| at.min(next));
        // Never longer than a minute, so that a clock that is set is noticed.
        let mut wait = self.hub_clock.takes(next.since(now));
        wait = wait.min(Duration::from_mins(1));
        if let Some(locks) = self.locks_at() {
            wait = wait.min(locks.since(self.clock.now()));
        }
        if let Some(due) = self.missed.due().filter(|due| *due > started) {
            wait = wait.min(due - started);
        }
        let by_clock = started + wait;
        match self.drawing.at() {
            Some(at) if !self.unlock.has_lent() => at.min(by_clock),
            _ => by_clock,
        }
    }
}
