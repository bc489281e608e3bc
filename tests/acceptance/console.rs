//! A whole console without a terminal: the real loop, link and core; keys in,
//! the screen's text out.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use crossterm::event::{Event, KeyCode, KeyEvent, KeyModifiers};
use futures_util::{StreamExt, stream};
use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;
use watchfloor::console::Exit;
use watchfloor::console::backend::Grid;
use watchfloor::console::perform::Screen;
use watchfloor::console::runtime::{Runtime, Surroundings};
use watchfloor::console::state::{App, SavedView, Settings};
use watchfloor::console::watch::Outside;
use watchfloor::link::{Link, LinkSettings, Timings, Token};
use watchfloor::model::filter::Filter;
use watchfloor::model::ids::CommandId;
use watchfloor::model::time::ManualClock;
use watchfloor::notify::{self, Calls, Method, Surroundings as Around, Wishes};
use watchfloor::theme::{Depth, Theme};

use crate::wire::{Proxy, Way};

/// Nothing here takes so long, also on a busy machine.
const PATIENCE: Duration = Duration::from_secs(40);
/// What passes on the floor's clock with each key: questions are deaf to keys
/// that come sooner.
const BETWEEN_KEYS: Duration = Duration::from_millis(300);

struct Headless(watch::Sender<String>);

impl Screen for Headless {
    fn show(&mut self, grid: Grid, _urgent: bool) {
        let width = usize::from(grid.buffer.area.width);
        let cells: Vec<&str> = grid.buffer.content().iter().map(|c| c.symbol()).collect();
        let rows: Vec<String> = cells.chunks(width).map(<[&str]>::concat).collect();
        self.0.send_replace(rows.join("\n"));
    }

    fn anew(&mut self) {}

    fn say(&mut self, _: &[u8]) {}
}

/// An officer's console, 80 by 24.
pub(crate) struct Console {
    name: String,
    keys: mpsc::UnboundedSender<io::Result<Event>>,
    screen: watch::Receiver<String>,
    _outside: mpsc::Sender<Outside>,
    running: JoinHandle<Exit>,
    proxy: Proxy,
}

fn settings() -> Settings {
    let filter = Filter::parse("sev:critical OR is:mine").expect("a filter");
    Settings {
        views: vec![SavedView::new(1, "Crit+mine", filter)],
        ..Settings::default()
    }
}

impl Console {
    pub(crate) async fn open(
        hub: SocketAddr,
        (name, token): (&str, &str),
        clock: &Arc<ManualClock>,
    ) -> Self {
        let proxy = Proxy::before(hub).await;
        let mut link =
            LinkSettings::new(format!("http://{}", proxy.address), Some(Token::new(token)));
        link.timings = Timings {
            // The hub pings every 5 s.
            stale: Duration::from_secs(8),
            longest_wait: Duration::from_millis(100),
            ..Timings::default()
        };
        let (link, news) = Link::start(link, clock.clone());
        let (keys, input) = mpsc::unbounded_channel::<io::Result<Event>>();
        let (outside, signals) = mpsc::channel(8);
        let (show, screen) = watch::channel(String::new());
        let ticking = clock.clone();
        let input = stream::unfold((input, ticking), |(mut input, clock)| async move {
            let event = input.recv().await?;
            if matches!(event, Ok(Event::Key(_))) {
                clock.advance(BETWEEN_KEYS);
            }
            Some((event, (input, clock)))
        });
        let on = Surroundings {
            screen: Headless(show),
            hub: link,
            input: input.boxed(),
            news,
            outside: signals,
            calls: bell(),
            facts: None,
            clock: clock.clone(),
            new_id: Box::new(|| CommandId(uuid::Uuid::now_v7())),
            suspend: Box::new(|| Ok(())),
            size: (80, 24),
            gathered: Duration::from_millis(250),
            unlock: watchfloor::console::lock::Unlock::by(None, None),
        };
        let theme = Theme::built_in("mono", Depth::Mono).expect("is built in");
        let runtime = Runtime::new(App::new(settings()), theme, on);
        let running = tokio::spawn(async move {
            let (exit, link, _) = runtime.run().await;
            link.close().await;
            exit
        });
        let console = Self {
            name: name.to_owned(),
            keys,
            screen,
            _outside: outside,
            running,
            proxy,
        };
        console.sees("live").await;
        console
    }

    fn event(&self, event: Event) {
        self.keys.send(Ok(event)).expect("the console reads");
    }

    /// Presses keys, named as in the key table, with blanks between them.
    pub(crate) fn keys(&self, keys: &str) {
        for key in keys.split_whitespace() {
            let (code, with) = match key {
                "Space" => (KeyCode::Char(' '), KeyModifiers::NONE),
                "Enter" => (KeyCode::Enter, KeyModifiers::NONE),
                "Esc" => (KeyCode::Esc, KeyModifiers::NONE),
                "Home" => (KeyCode::Home, KeyModifiers::NONE),
                "Ctrl-U" => (KeyCode::Char('u'), KeyModifiers::CONTROL),
                "Ctrl-X" => (KeyCode::Char('x'), KeyModifiers::CONTROL),
                one => (
                    KeyCode::Char(one.chars().next().expect("a key")),
                    KeyModifiers::NONE,
                ),
            };
            self.event(Event::Key(KeyEvent::new(code, with)));
        }
    }

    /// Types words.
    pub(crate) fn types(&self, words: &str) {
        for letter in words.chars() {
            self.event(Event::Key(KeyEvent::new(
                KeyCode::Char(letter),
                KeyModifiers::NONE,
            )));
        }
    }

    /// Types a `:` line.
    pub(crate) fn command(&self, line: &str) {
        self.keys(":");
        self.types(line);
        self.keys("Enter");
    }

    pub(crate) fn screen(&self) -> String {
        self.screen.borrow().clone()
    }

    /// Waits until the screen is so. The focus comes again and again, so that
    /// the console looks at a clock that was turned under it.
    pub(crate) async fn until(&self, what: &str, is: impl Fn(&str) -> bool) -> String {
        let mut screen = self.screen.clone();
        let seen = tokio::time::timeout(PATIENCE, async {
            loop {
                self.event(Event::FocusGained);
                let look = screen.wait_for(|text| is(text));
                if let Ok(seen) = tokio::time::timeout(Duration::from_millis(300), look).await {
                    return seen.expect("the console draws").clone();
                }
            }
        });
        seen.await.unwrap_or_else(|_| {
            panic!(
                "{} waited in vain for {what}:\n{}",
                self.name,
                self.screen()
            )
        })
    }

    pub(crate) async fn sees(&self, words: &str) -> String {
        self.until(words, |text| text.contains(words)).await
    }

    pub(crate) async fn sees_no(&self, words: &str) -> String {
        let what = format!("the end of {words}");
        self.until(&what, |text| !text.is_empty() && !text.contains(words))
            .await
    }

    /// The number under the cursor, like "#12".
    pub(crate) fn cursor(&self) -> Option<String> {
        number(self.screen().lines().find(|line| line.starts_with('▌'))?)
    }

    pub(crate) fn way(&self, way: Way) {
        self.proxy.set(way);
    }

    /// The machine dies: no goodbye.
    pub(crate) fn dies(self) {
        self.proxy.set(Way::Cut);
        self.running.abort();
    }

    pub(crate) async fn exit(self) -> Exit {
        let ended = tokio::time::timeout(PATIENCE, self.running).await;
        ended.expect("in time").expect("in order")
    }
}

/// The first item number of a line.
pub(crate) fn number(line: &str) -> Option<String> {
    line.split_whitespace()
        .find(|word| word.starts_with('#'))
        .map(str::to_owned)
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
