//! The loop of plain mode: lines and news in, sentences out.

use std::collections::HashSet;
use std::io::Write;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::time::Instant;

use super::mouth::{Bell, Mouth};
use super::question;
use super::spoken;
use super::typed::Lines;
use crate::console::action::Action;
use crate::console::effect::Effect;
use crate::console::keymap::{Chord, Key};
use crate::console::lock::Unlock;
use crate::console::lock::echo::Quiet;
use crate::console::msg::{Asked, KeyPress, LinkNews, Msg};
use crate::console::perform::{Done, Hub, Outside as World};
use crate::console::runtime::NewId;
use crate::console::session::Exit;
use crate::console::state::lock::LockNews;
use crate::console::state::overlay::What;
use crate::console::state::work::capital;
use crate::console::state::{App, Settings};
use crate::console::translate::{HubClock, translate};
use crate::console::update::update;
use crate::console::watch::Outside;
use crate::link::News;
use crate::model::ids::ItemKey;
use crate::model::time::{Clock, Timestamp};
use crate::notify::Calls;

#[path = "obey.rs"]
mod obey;

/// How long the end of input waits for answers.
const ANSWERS: Duration = Duration::from_secs(10);
const MINUTE_MS: i64 = 60_000;

/// What a console of lines runs on.
pub struct On<H> {
    /// The way to the hub.
    pub hub: H,
    /// The link's news.
    pub news: mpsc::Receiver<News>,
    /// What is typed.
    pub lines: Lines,
    /// Where sentences go.
    pub out: Box<dyn Write + Send>,
    /// Signals.
    pub outside: mpsc::Receiver<Outside>,
    /// Our clock.
    pub clock: Arc<dyn Clock>,
    /// Command ids.
    pub new_id: NewId,
    /// What opens the lock.
    pub unlock: Unlock,
    /// Each line waits for the answer to the one before: input is a pipe.
    pub paced: bool,
    /// The output is a terminal that can ring.
    pub bell: bool,
    /// When and how the officer is called.
    pub calls: Calls,
}

/// A console of lines.
#[allow(
    clippy::struct_excessive_bools,
    reason = "independent marks, not a state"
)]
pub struct Room<H> {
    app: App,
    world: World<Bell, H>,
    mouth: Mouth,
    news: mpsc::Receiver<News>,
    lines: Lines,
    outside: mpsc::Receiver<Outside>,
    clock: Arc<dyn Clock>,
    hub_clock: HubClock,
    new_id: NewId,
    unlock: Unlock,
    quiet: Option<Quiet>,
    paced: bool,
    /// All that the hub has was here once, or there is no hub.
    caught_up: bool,
    tried: bool,
    link_over: bool,
    /// Input has ended; the console closes then at the latest.
    closes_at: Option<Instant>,
    /// What the last list showed, line by line.
    listed: Vec<ItemKey>,
    /// The rows when it was shown.
    known: HashSet<ItemKey>,
    /// What lies on top was told.
    asked: bool,
    /// That the floor is locked was told.
    locked_told: bool,
    minute: i64,
    last_key: Timestamp,
    exit: Option<Exit>,
}

impl<H: Hub> Room<H> {
    /// A console that has said nothing yet.
    pub fn new(core: Settings, on: On<H>) -> Self {
        let rings = Arc::new(AtomicBool::new(false));
        let last_key = on.clock.now();
        Self {
            app: App::new(core),
            world: World::new(Bell(Arc::clone(&rings)), on.hub, on.calls),
            mouth: Mouth::new(on.out, on.bell, rings),
            news: on.news,
            lines: on.lines,
            outside: on.outside,
            clock: on.clock,
            hub_clock: HubClock::default(),
            new_id: on.new_id,
            unlock: on.unlock,
            quiet: None,
            paced: on.paced,
            caught_up: false,
            tried: false,
            link_over: false,
            closes_at: None,
            listed: Vec::new(),
            known: HashSet::new(),
            asked: false,
            locked_told: false,
            minute: i64::MIN,
            last_key,
            exit: None,
        }
    }

    /// Runs until it is closed. Returns why, and the way to the hub.
    pub async fn run(mut self) -> (Exit, H) {
        // Wide and high enough that nothing is left out for want of room.
        self.tell(Msg::Resize {
            cols: 200,
            rows: 60,
        });
        self.mouth
            .line("watchfloor as lines. help tells what can be typed, quit closes.");
        self.show_time();
        loop {
            self.speak();
            if let Some(exit) = self.exit.take() {
                return (exit, self.world.hub);
            }
            let wake = self.wakes_at();
            tokio::select! {
                biased;
                line = self.lines.next(), if self.may_read() => self.typed(line),
                Some(outside) = self.outside.recv() => self.outside_asks(outside),
                answer = self.unlock.answer() => {
                    let at = self.clock.now();
                    self.tell(Msg::Lock(LockNews::Answered(answer, at)));
                }
                news = self.news.recv(), if !self.link_over => self.news(news),
                () = tokio::time::sleep_until(wake) => self.time_passed(),
            }
        }
    }

    /// Nothing is on its way that the next line may be about.
    fn is_settled(&self) -> bool {
        self.tried && (self.app.work.is_idle() || !self.app.link.is_up())
    }

    fn may_read(&self) -> bool {
        let checking = self.app.lock.closed().is_some_and(|closed| closed.checking);
        self.closes_at.is_none() && !checking && (!self.paced || self.is_settled())
    }

    fn outside_asks(&mut self, outside: Outside) {
        self.exit = Some(match outside {
            Outside::Interrupt | Outside::Suspend => Exit::Interrupted,
            Outside::Terminate => Exit::Terminated,
            Outside::HangUp => Exit::HungUp,
            // Lines are written when they can be: there is no grid to pace.
            Outside::Slow(_) => return,
        });
    }

    fn news(&mut self, news: Option<News>) {
        let Some(news) = news else {
            self.link_over = true;
            self.tried = true;
            return;
        };
        let now = self.clock.now();
        if let News::Hello(hello) = &news {
            self.world.meets(hello);
        }
        for news in translate(news, &mut self.hub_clock, now) {
            match &news {
                LinkNews::SnapshotStarted => self.world.snapshot(true),
                LinkNews::SnapshotDone(_) => self.world.snapshot(false),
                LinkNews::Down { .. } => {
                    self.world.snapshot(false);
                    self.tried = true;
                }
                LinkNews::CaughtUp => {
                    (self.caught_up, self.tried) = (true, true);
                    self.world.shown_first();
                }
                LinkNews::Hello(_) | LinkNews::Playing(_) => {
                    self.tell(Msg::Link(news));
                    self.show_time();
                    continue;
                }
                _ => {}
            }
            self.tell(Msg::Link(news));
        }
    }

    fn time_passed(&mut self) {
        let now = self.now();
        if now.as_millis().div_euclid(MINUTE_MS) != self.minute {
            self.show_time();
        }
        self.world.call_if_due(now);
        let ours = self.clock.now();
        let idle = self
            .app
            .locks_after()
            .is_some_and(|after| self.last_key.plus(after) <= ours);
        if idle && !self.app.lock.is_closed() {
            self.tell(Msg::Lock(LockNews::Idle));
        }
    }

    fn now(&self) -> Timestamp {
        self.hub_clock.at(self.clock.now())
    }

    fn show_time(&mut self) {
        let now = self.now();
        self.minute = now.as_millis().div_euclid(MINUTE_MS);
        self.tell(Msg::Clock(now));
    }

    fn wakes_at(&self) -> Instant {
        let now = self.now();
        let next_minute = Timestamp::from_millis((self.minute + 1).saturating_mul(MINUTE_MS));
        let due = self.world.next_call();
        let next = due.map_or(next_minute, |due| due.min(next_minute));
        let wait = self.hub_clock.takes(next.since(now));
        let by_clock = Instant::now() + wait.min(Duration::from_mins(1));
        self.closes_at.map_or(by_clock, |at| at.min(by_clock))
    }

    fn tell(&mut self, msg: Msg) {
        let effects = update(&mut self.app, msg);
        self.perform(effects);
    }

    fn perform(&mut self, effects: Vec<Effect>) {
        let now = self.now();
        for effect in effects {
            if let Effect::Send(command) = &effect
                && self.app.link.is_up()
            {
                // Done is said when the log has it; until then it is asked for.
                let verb = capital(command.verb.name().word());
                self.mouth.line(&format!("{verb}: asked the hub."));
            }
            match self.world.perform(effect, now) {
                // Lines have no theme to remember.
                Done::On | Done::Redraw | Done::RememberTheme(_) => {}
                Done::Quit => self.exit = Some(Exit::Closed),
                Done::Unlock(attempt) => self.unlock.attempt(attempt),
                Done::Refused(says, command) => {
                    self.tell(Msg::Link(LinkNews::Refused { says, command }));
                }
            }
        }
    }

    /// Tells all that changed, and asks what lies on top.
    fn speak(&mut self) {
        let effects = self.app.settle();
        self.perform(effects);
        self.world.call_if_due(self.now());
        self.hush();
        let caught_up = self.caught_up;
        self.mouth.tell(&mut self.app, caught_up);
        if !self.app.lock.is_closed() {
            self.ask();
        }
        self.mouth.breathe();
        if self.mouth.failed {
            self.exit = Some(Exit::HungUp);
        }
        self.close_if_done();
    }

    fn close_if_done(&mut self) {
        let Some(at) = self.closes_at else { return };
        if self.is_settled() {
            self.exit.get_or_insert(Exit::Closed);
        } else if Instant::now() >= at {
            self.mouth
                .line("Closing; the hub has not answered everything.");
            self.mouth.breathe();
            self.exit.get_or_insert(Exit::Closed);
        }
    }

    /// Says once that the floor is locked, and keeps what is typed off the
    /// terminal while it is.
    fn hush(&mut self) {
        let Some(closed) = self.app.lock.closed() else {
            if std::mem::take(&mut self.locked_told) {
                self.quiet = None;
                self.mouth.line("Unlocked.");
            }
            return;
        };
        let says = closed.says.clone();
        if !std::mem::replace(&mut self.locked_told, true) {
            self.quiet = Quiet::start().ok();
            self.mouth.line("The floor is locked.");
            let counts = spoken::counts(&self.app);
            self.mouth.line(&counts);
            self.app.settings.lock.ways = self.unlock.ways();
            self.mouth.line(obey::how(self.app.settings.lock.ways));
            // What lies on top is asked again when it is seen again.
            self.asked = false;
        }
        if let Some(says) = says {
            self.mouth.line(&says);
            if let Some(closed) = self.app.lock.closed_mut() {
                closed.says = None;
            }
        }
    }

    /// Asks what lies on top, once; pages are read and closed.
    fn ask(&mut self) {
        while let Some(top) = self.app.overlays.last().filter(|_| !self.asked) {
            let page = matches!(top.what, What::Page(_));
            let lines = question::lines(&self.app, &top.what);
            self.mouth.lines(lines);
            self.asked = !page;
            if page {
                self.ask_for(Asked::Act(Action::Cancel));
            }
        }
    }

    fn ask_for(&mut self, asked: Asked) {
        let press = KeyPress {
            chord: Chord::key(Key::Enter),
            at: self.now(),
            id: (self.new_id)(),
            repeat: false,
        };
        self.tell(Msg::Asked(asked, press));
    }
}
