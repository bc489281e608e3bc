//! Runs a console's loop without a terminal: `Runner` sends keys and news and
//! waits for what the officer would see or the hub would get.

use std::io::{self, Write};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use crossterm::event::{Event, KeyCode, KeyEvent, KeyModifiers};
use futures_util::stream::BoxStream;
use futures_util::{StreamExt, stream};
use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;
use watchfloor::console::Exit;
use watchfloor::console::backend::Grid;
use watchfloor::console::lock::{Stored, Unlock, passphrase};
use watchfloor::console::perform::{Hub, Screen};
use watchfloor::console::runtime::{Runtime, Surroundings};
use watchfloor::console::state::{App, Settings};
use watchfloor::console::watch::Outside;
use watchfloor::link::{News, NotTaken};
use watchfloor::model::command::Command;
use watchfloor::model::ids::{
    ChannelName, CommandId, DeskName, Epoch, ItemId, ItemKey, OfficerId, Seq,
};
use watchfloor::model::item::{Content, Item, Kind};
use watchfloor::model::officer::{Desks, Role};
use watchfloor::model::outgoing::Typing;
use watchfloor::model::seldom::Seldom;
use watchfloor::model::severity::Severity;
use watchfloor::model::time::{ManualClock, Timestamp};
use watchfloor::model::triage::Triage;
use watchfloor::notify::{self, Calls, Method, Surroundings as Around, Wishes};
use watchfloor::theme::{Depth, Theme};
use watchfloor::wire::frames::{Hello, Items, Part, Roster};
use watchfloor::wire::limits::Limits;

/// Nothing here takes so long; a test that waits longer hangs.
const PATIENCE: Duration = Duration::from_secs(20);

pub(crate) async fn soon<T>(what: &str, future: impl Future<Output = T>) -> T {
    tokio::time::timeout(PATIENCE, future)
        .await
        .unwrap_or_else(|_| panic!("waited in vain for {what}"))
}

/// What the screen showed and was told.
#[derive(Clone, Debug, Default)]
pub(crate) struct Shown {
    pub(crate) frames: usize,
    pub(crate) repaints: usize,
    pub(crate) said: Vec<u8>,
    pub(crate) text: String,
}

struct TestScreen(watch::Sender<Shown>);

impl Screen for TestScreen {
    fn show(&mut self, grid: Grid, _urgent: bool) {
        let width = usize::from(grid.buffer.area.width);
        let cells: Vec<&str> = grid.buffer.content().iter().map(|c| c.symbol()).collect();
        let rows: Vec<String> = cells.chunks(width).map(|row| row.concat()).collect();
        self.0.send_modify(|shown| {
            shown.frames += 1;
            shown.text = rows.join("\n");
        });
    }

    fn anew(&mut self) {
        self.0.send_modify(|shown| shown.repaints += 1);
    }

    fn say(&mut self, bytes: &[u8]) {
        self.0
            .send_modify(|shown| shown.said.extend_from_slice(bytes));
    }
}

/// What the hub was asked for.
#[derive(Debug, PartialEq)]
pub(crate) enum Asked {
    Command(Command),
    Viewing(Option<ItemKey>),
    Presence,
    Search(u64, String),
    Fetch(ItemId),
    Resync,
}

struct TestHub(mpsc::UnboundedSender<Asked>, Arc<Mutex<bool>>);

impl TestHub {
    fn ask(&self, asked: Asked) {
        self.0.send(asked).expect("the test listens");
    }
}

impl Hub for TestHub {
    fn send(&self, command: Command) -> Result<(), NotTaken> {
        if *self.1.lock().expect("is not poisoned") {
            return Err(NotTaken);
        }
        self.ask(Asked::Command(command));
        Ok(())
    }

    fn viewing(&self, key: Option<ItemKey>) {
        self.ask(Asked::Viewing(key));
    }

    fn presence(&self, _idle: Duration, _typing: Option<Typing>) {
        self.ask(Asked::Presence);
    }

    fn search(&self, asked: u64, words: String) {
        self.ask(Asked::Search(asked, words));
    }

    fn fetch(&self, id: ItemId) {
        self.ask(Asked::Fetch(id));
    }

    fn resync(&self) -> Result<(), NotTaken> {
        self.ask(Asked::Resync);
        Ok(())
    }
}

pub(crate) struct Runner {
    keys: Option<mpsc::UnboundedSender<io::Result<Event>>>,
    pub(crate) news: Option<mpsc::Sender<News>>,
    pub(crate) outside: mpsc::Sender<Outside>,
    pub(crate) shown: watch::Receiver<Shown>,
    asked: mpsc::UnboundedReceiver<Asked>,
    pub(crate) overrun: Arc<Mutex<bool>>,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) suspended: Arc<Mutex<usize>>,
    running: JoinHandle<Exit>,
}

impl Runner {
    /// A console of 80 by 24 that has drawn its first frame.
    pub(crate) async fn start() -> Self {
        Self::started(Settings::default(), Unlock::by(None, None)).await
    }

    /// The same, which locks after ten minutes.
    pub(crate) async fn locking(unlock: Unlock) -> Self {
        let mut settings = Settings::default();
        settings.lock.after = Some(Duration::from_mins(10));
        settings.lock.ways = unlock.ways();
        Self::started(settings, unlock).await
    }

    /// The hash of a passphrase, as a console reads it.
    pub(crate) fn stored(passphrase: &str) -> Stored {
        let hashed = passphrase::hash(&passphrase.into()).expect("is long enough");
        let mut file = tempfile::NamedTempFile::new().expect("a file");
        file.write_all(hashed.as_bytes()).expect("written");
        let stored = passphrase::read(file.path()).expect("ours alone");
        stored.expect("is there")
    }

    async fn started(settings: Settings, unlock: Unlock) -> Self {
        let (keys, input) = mpsc::unbounded_channel();
        let (news, told) = mpsc::channel(64);
        let (outside, signals) = mpsc::channel(8);
        let (screen, shown) = watch::channel(Shown::default());
        let (ask, asked) = mpsc::unbounded_channel();
        let overrun = Arc::new(Mutex::new(false));
        let clock = Arc::new(ManualClock::at(now()));
        let suspended = Arc::new(Mutex::new(0));
        let count = Arc::clone(&suspended);
        let mut next_id = 0;
        let on = Surroundings {
            screen: TestScreen(screen),
            hub: TestHub(ask, Arc::clone(&overrun)),
            input: events(input),
            news: told,
            outside: signals,
            calls: bell(),
            facts: None,
            clock: clock.clone(),
            new_id: Box::new(move || {
                next_id += 1;
                CommandId(uuid::Uuid::from_u128(next_id))
            }),
            suspend: Box::new(move || {
                *count.lock().expect("is not poisoned") += 1;
                Ok(())
            }),
            unlock,
            size: (80, 24),
            gathered: Duration::from_millis(250),
        };
        let theme = Theme::built_in("mono", Depth::Mono).expect("is built in");
        let runtime = Runtime::new(App::new(settings), theme, on);
        let running = tokio::spawn(async move { runtime.run().await.0 });
        let mut runner = Self {
            keys: Some(keys),
            news: Some(news),
            outside,
            shown,
            asked,
            overrun,
            clock,
            suspended,
            running,
        };
        runner
            .wait_for("the first frame", |shown| shown.frames > 0)
            .await;
        runner
    }

    pub(crate) fn event(&self, event: Event) {
        let keys = self.keys.as_ref().expect("the terminal is there");
        keys.send(Ok(event)).expect("the console reads");
    }

    /// Types letters, one key each.
    pub(crate) fn send_keys(&self, keys: &str) {
        for key in keys.chars() {
            self.event(Event::Key(KeyEvent::new(
                KeyCode::Char(key),
                KeyModifiers::NONE,
            )));
        }
    }

    pub(crate) fn hang_up(&mut self) {
        self.keys = None;
    }

    pub(crate) async fn tell(&self, news: News) {
        let link = self.news.as_ref().expect("the link is there");
        link.send(news).await.expect("the console listens");
    }

    /// A session with these items, caught up.
    pub(crate) async fn begin(&mut self, items: Vec<Item>) {
        self.tell(News::Hello(Box::new(hello()))).await;
        self.tell(News::Items(Items {
            at: Seq(10),
            items,
            suppressions: Vec::new(),
            part: Part::Only,
        }))
        .await;
        let frames = self.shown.borrow().frames;
        self.tell(News::CaughtUp).await;
        self.wait_for("the floor", |shown| shown.frames > frames)
            .await;
    }

    pub(crate) async fn wait_for(&mut self, what: &str, is: impl FnMut(&Shown) -> bool) -> Shown {
        let shown = soon(what, self.shown.wait_for(is)).await;
        shown.expect("the console draws").clone()
    }

    /// The next command that the hub gets.
    pub(crate) async fn command(&mut self) -> Command {
        soon("a command", async {
            loop {
                if let Some(Asked::Command(command)) = self.asked.recv().await {
                    return command;
                }
            }
        })
        .await
    }

    /// The next thing that the hub is asked for.
    pub(crate) async fn asked(&mut self) -> Asked {
        soon("the hub to be asked", self.asked.recv())
            .await
            .expect("the console runs")
    }

    /// Forgets what the hub was asked for so far.
    pub(crate) fn forget_asked(&mut self) {
        while self.asked.try_recv().is_ok() {}
    }

    /// How often the hub was asked for something since.
    pub(crate) fn asked_meanwhile(&mut self) -> usize {
        let mut count = 0;
        while self.asked.try_recv().is_ok() {
            count += 1;
        }
        count
    }

    pub(crate) async fn exit(self) -> Exit {
        soon("the end", self.running).await.expect("ends in order")
    }
}

fn events(
    keys: mpsc::UnboundedReceiver<io::Result<Event>>,
) -> BoxStream<'static, io::Result<Event>> {
    stream::unfold(keys, |mut keys| async move {
        let event = keys.recv().await?;
        Some((event, keys))
    })
    .boxed()
}

pub(crate) fn now() -> Timestamp {
    Timestamp::parse("2026-11-23T18:50:10Z").expect("a time")
}

fn hello() -> Hello {
    Hello {
        epoch: Epoch(uuid::Uuid::from_u128(1)),
        head: Seq(10),
        officer: OfficerId::new("officer1").expect("a name"),
        role: Role::Officer,
        desks: Desks::All,
        teams: Vec::new(),
        roster: Roster::default(),
        zone: "UTC".into(),
        now: now(),
        limits: Limits::default(),
        version: "0".into(),
        demo: false,
    }
}

pub(crate) fn item(number: u64, severity: Severity) -> Item {
    let channel = ChannelName::new("alerts").expect("a name");
    let text = format!("water main {number}");
    let id = number.to_string();
    let content = Content::new(Kind::Alert, channel, id.as_str().into(), text.into());
    Item {
        key: content.key(),
        id: ItemId(number),
        last_seq: Seq(number),
        content: Arc::new(content),
        desk: DeskName::new("water").expect("a name"),
        severity,
        received_at: now(),
        edited_at: None,
        retracted: None,
        source_resolved_at: None,
        triage: Triage::default().into(),
        clocks: Seldom::default(),
        members: Seldom::default(),
        earlier_turns: 0,
        notes: Seldom::default(),
        outgoing: Seldom::default(),
        bot_silent: None,
        reasons: Seldom::default(),
        reading: None,
        trail: Seldom::default(),
    }
}

/// A terminal of which nothing but the bell is known.
fn bell() -> Calls {
    let around = Around {
        terminal: true,
        ..Around::default()
    };
    Calls::new(notify::Settings {
        wishes: Wishes {
            method: Some(Method::Bell),
            around,
            ..Wishes::default()
        },
        ..notify::Settings::default()
    })
}
