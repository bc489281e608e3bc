//! The life of a link: try, run a session, wait, try again; and the handle by
//! which a console speaks to it.
//!
//! Runs in a task of its own, so that no key press can restart a wait. One
//! session is `pump`'s, what outlives it `memory`'s.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio::time::Instant;

use super::backoff::Backoff;
use super::connect::{self, Session};
use super::dial::{Dial, Routed};
use super::fault::ConnectError;
use super::memory::{Control, Memory, Request};
use super::news::News;
use super::pump::{self, Ended};
use super::search::Searcher;
use super::settings::LinkSettings;
use super::walk::Walk;
use crate::model::command::Command;
use crate::model::ids::{ItemId, ItemKey};
use crate::model::outgoing::Typing;
use crate::model::time::Clock;

/// News between link and console. A frame may be 1 MiB, so few; when it is
/// full the link stops reading and the hub resyncs us: nothing is dropped.
const NEWS: usize = 32;
/// Requests between console and link: as many as an outbox holds, and some.
/// When it is full, [`LinkHandle::send`] says so.
const REQUESTS: usize = 256;
/// How long a closing console waits for the goodbye to leave.
const GOODBYE: Duration = Duration::from_millis(500);

/// Where a link gets random numbers of 0.0 to 1.0 from, for its waits.
pub type Random = Box<dyn FnMut() -> f64 + Send>;

/// The command did not reach the link.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("Too many commands at once, so this one was not taken; give it again in a moment.")]
pub struct NotTaken;

/// Starts links.
pub struct Link;

impl Link {
    /// Starts a link over the way that the settings name. It goes on by itself
    /// until the handle is closed or dropped, or nobody receives its news.
    #[must_use]
    pub fn start(
        settings: LinkSettings,
        clock: Arc<dyn Clock>,
    ) -> (LinkHandle, mpsc::Receiver<News>) {
        let dial = Routed::of(&settings);
        Self::start_over(settings, clock, Arc::new(dial), Box::new(rand::random))
    }

    /// Starts a link over another way than the settings', with other random numbers.
    #[must_use]
    pub fn start_over(
        settings: LinkSettings,
        clock: Arc<dyn Clock>,
        dial: Arc<dyn Dial>,
        random: Random,
    ) -> (LinkHandle, mpsc::Receiver<News>) {
        let (tell, news) = mpsc::channel(NEWS);
        let (ask, requests) = mpsc::channel(REQUESTS);
        let searcher = Searcher::new(settings.clone(), &tell);
        let memory = Memory::new(&settings, clock, tell, requests);
        let life = Life {
            settings,
            dial,
            random,
            memory,
            backoff: Backoff::default(),
        };
        let task = tokio::spawn(life.run());
        (
            LinkHandle {
                ask,
                task,
                searcher,
            },
            news,
        )
    }
}

/// How a console speaks to its link. Nothing here waits.
#[derive(Debug)]
pub struct LinkHandle {
    ask: mpsc::Sender<Request>,
    task: JoinHandle<()>,
    searcher: Searcher,
}

impl LinkHandle {
    /// Gives a command to the outbox: it is sent, and sent again, until it is
    /// answered.
    ///
    /// # Errors
    /// [`NotTaken`] when the link is overrun or has ended.
    pub fn send(&self, command: Command) -> Result<(), NotTaken> {
        self.ask
            .try_send(Request::Send(command))
            .map_err(|_| NotTaken)
    }

    /// Says what is open in the detail.
    pub fn viewing(&self, key: Option<ItemKey>) {
        self.report(Request::Viewing(key));
    }

    /// Says that a key was pressed `idle` ago, and what is being written on.
    /// May be called at every key: the hub is told seldom.
    pub fn presence(&self, idle: Duration, typing: Option<Typing>) {
        self.report(Request::Presence(idle, typing));
    }

    /// Fetches a snapshot over a new session, at once; also ends the rest after
    /// a refused credential.
    ///
    /// # Errors
    /// [`NotTaken`] when the link is overrun or has ended.
    pub fn resync(&self) -> Result<(), NotTaken> {
        self.ask.try_send(Request::Resync).map_err(|_| NotTaken)
    }

    /// Searches in the archive; the answer comes as [`News::Found`] with the
    /// same number, also when it is a refusal.
    pub fn search(&self, asked: u64, words: String) {
        self.searcher.search(asked, words);
    }

    /// Fetches an item that is not on the board; the answer comes as
    /// [`News::Fetched`].
    pub fn fetch(&self, id: ItemId) {
        self.searcher.fetch(id);
    }

    /// Ends the link and waits, half a second at most, until it said goodbye.
    pub async fn close(self) {
        drop(self.ask);
        if tokio::time::timeout(GOODBYE, self.task).await.is_err() {
            tracing::debug!("The link did not end in time.");
        }
    }

    /// Reports are about now: one that finds no room is followed by the next.
    fn report(&self, request: Request) {
        if self.ask.try_send(request).is_err() {
            tracing::debug!("The link is overrun; a report was left out.");
        }
    }
}

struct Life {
    settings: LinkSettings,
    dial: Arc<dyn Dial>,
    random: Random,
    memory: Memory,
    backoff: Backoff,
}

/// What comes after a session or a failed try.
enum Next {
    Stop,
    /// At once, without waiting.
    Now,
    /// After a wait, at least so long if the hub asks for it.
    Later(String, Option<Duration>),
    /// When the officer says so.
    Never(String),
}

impl Life {
    async fn run(mut self) {
        loop {
            let attempt = self.backoff.failures().saturating_add(1);
            self.memory.tell(News::Connecting { attempt });
            let next = match self.connect().await {
                None => Next::Stop,
                Some(Err(error)) => after_failure(&error),
                Some(Ok(session)) => self.session(session).await,
            };
            match self.rest(next).await {
                Control::Stop => return,
                Control::On | Control::Again => {}
            }
        }
    }

    /// One try; none when nobody wants the link any more.
    async fn connect(&mut self) -> Option<Result<Session, ConnectError>> {
        let Self {
            settings,
            dial,
            memory,
            ..
        } = self;
        let walk = Walk::default();
        let connecting = connect::connect(settings, dial.as_ref(), &walk);
        tokio::pin!(connecting);
        loop {
            tokio::select! {
                biased;
                control = memory.tend() => {
                    if control == Control::Stop {
                        return None;
                    }
                }
                session = &mut connecting => return Some(session),
            }
        }
    }

    async fn session(&mut self, session: Session) -> Next {
        let began = Instant::now();
        let ended = pump::run(session, &mut self.memory, &self.settings).await;
        self.backoff.was_up(began.elapsed());
        match ended {
            Ended::Stop => Next::Stop,
            Ended::Again => Next::Now,
            Ended::Lost(why) => Next::Later(why, None),
            Ended::Bye {
                reason,
                retry_after: Some(wait),
            } => Next::Later(reason, Some(wait)),
            Ended::Bye { reason, .. } => Next::Never(reason),
        }
    }

    /// Tells why there is no link and waits for the next try.
    async fn rest(&mut self, next: Next) -> Control {
        let (why, wait) = match next {
            Next::Stop => return Control::Stop,
            Next::Now => return Control::On,
            Next::Never(why) => (why, None),
            Next::Later(why, asked) => {
                let wait = self.backoff.next((self.random)(), asked);
                (why, Some(wait.min(self.settings.timings.longest_wait)))
            }
        };
        self.memory.tell(News::Down {
            since: self.memory.heard,
            why,
            retry_in: wait,
        });
        self.memory.tell_outbox();
        let until = wait.map(|wait| Instant::now() + wait);
        loop {
            tokio::select! {
                biased;
                control = self.memory.tend() => {
                    if control != Control::On {
                        return control;
                    }
                }
                () = sleep_until(until) => return Control::On,
            }
        }
    }
}

/// Waits until then, or for ever.
async fn sleep_until(until: Option<Instant>) {
    match until {
        Some(until) => tokio::time::sleep_until(until).await,
        None => std::future::pending().await,
    }
}

fn after_failure(error: &ConnectError) -> Next {
    if error.is_final() {
        Next::Never(error.to_string())
    } else {
        Next::Later(error.to_string(), error.retry_after())
    }
}
