//! A console on the real terminal: everything put together, and taken apart
//! again on every way out.
//!
//! Called by the command line. What happens in between is `runtime`'s.

use std::io::{self, IsTerminal};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use thiserror::Error;
use tokio::sync::mpsc;
use tokio::sync::watch as value;

use super::asking::{self, Memory};
use super::backend::Style;
use super::clipboard::Clipboard;
use super::drawer::Drawer;
use super::fitting::Fitting;
use super::learned::Learned;
use super::lock::lend::Terminal;
use super::lock::{Keys, Lent, Unlock};
use super::perform::{Hub, Screen};
use super::probe;
use super::runtime::{Runtime, Surroundings};
use super::state::kept::Kept;
use super::state::{App, Settings};
use super::worn::Worn;
use super::writer::{Plan, Told, Writer};
use super::{lettering, terminal, watch};
use crate::link::{Link, LinkSettings, News};
use crate::model::ids::CommandId;
use crate::model::time::Clock;
use crate::notify::{self, Calls};
use crate::text::Bidi;

/// How long a stalled terminal may keep the last frame from being written.
const LAST_FRAME: Duration = Duration::from_millis(500);

/// What a console needs.
pub struct ConsoleSettings {
    /// Keys, views, order.
    pub core: Settings,
    /// The theme that is on, and the others, reduced to the depth of `fitting`.
    pub worn: Worn,
    /// How the terminal is used.
    pub fitting: Fitting,
    /// How the officer wants text laid out; the rest is the terminal's.
    pub lettering: lettering::Wishes,
    /// Where terminals that answered are remembered; none forgets them.
    pub terminals: Option<PathBuf>,
    /// Whether and how texts are copied; none when that is off.
    pub clipboard: Option<Clipboard>,
    /// Where what outlives the console is written, and what was there.
    pub kept: Option<(Drawer, Kept)>,
    /// When and how the officer is called.
    pub notify: notify::Settings,
    /// The clock.
    pub clock: Arc<dyn Clock>,
    /// What opens the lock; the core is told which ways there are.
    pub unlock: Unlock,
}

/// Why a console ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// The officer closed it.
    Closed,
    /// SIGINT.
    Interrupted,
    /// SIGTERM.
    Terminated,
    /// The terminal is gone.
    HungUp,
}

impl Exit {
    /// The process's exit code.
    #[must_use]
    pub fn code(self) -> u8 {
        match self {
            Self::Closed => 0,
            Self::HungUp => 129,
            Self::Interrupted => 130,
            Self::Terminated => 143,
        }
    }
}

/// Why a console could not be opened.
#[derive(Debug, Error)]
pub enum ConsoleError {
    /// Input or output is not a terminal.
    #[error(
        "The console needs a terminal for input and output; use \"watchfloor tail\" or \"watchfloor items\" in scripts."
    )]
    NoTerminal,
    /// The terminal says that it can only print lines.
    #[error(
        "This terminal can only print lines (TERM=dumb); set TERM to what it is, or use \"watchfloor tail\" or \"watchfloor items\"."
    )]
    DumbTerminal,
    /// The terminal does not obey.
    #[error("The terminal can't be used: {0}.")]
    Terminal(#[from] io::Error),
}

/// Whether there is a terminal that a screen can be drawn on.
///
/// # Errors
/// [`ConsoleError::NoTerminal`] and [`ConsoleError::DumbTerminal`].
pub fn ready() -> Result<(), ConsoleError> {
    if !io::stdin().is_terminal() || !io::stdout().is_terminal() {
        return Err(ConsoleError::NoTerminal);
    }
    if std::env::var_os("TERM").is_some_and(|term| term == "dumb") {
        return Err(ConsoleError::DumbTerminal);
    }
    Ok(())
}

/// Opens a console on a hub and runs it to its end. The terminal is given back
/// on every way out, panics included.
///
/// # Errors
/// [`ConsoleError`] when there is no terminal that can be used.
pub async fn run(link: LinkSettings, settings: ConsoleSettings) -> Result<Exit, ConsoleError> {
    ready()?;
    let (link, news) = Link::start(link, Arc::clone(&settings.clock));
    let (exit, link) = run_on(settings, link, news).await?;
    link.close().await;
    Ok(exit)
}

/// The same on any source of news, such as a recording; gives the way to it
/// back.
///
/// # Errors
/// Like [`run`].
pub async fn run_on<H: Hub>(
    settings: ConsoleSettings,
    hub: H,
    news: mpsc::Receiver<News>,
) -> Result<(Exit, H), ConsoleError> {
    ready()?;
    let size = crossterm::terminal::size()?;
    let (tell, outside) = watch::start()?;
    let fitting = settings.fitting;
    let memory = settings.terminals.map(|file| Memory {
        file,
        name: probe::TerminalFacts::remembered_as(|name| std::env::var(name).ok()),
    });
    let facts = asking::known(memory.as_ref(), fitting.terminal.as_deref());
    let mut core = settings.core;
    core.text = lettering::policy(settings.lettering, &facts);
    // Written when the terminal is taken over.
    terminal::orders_text(core.text.bidi == Bidi::Visual);
    let guard = terminal::Guard::enter()?;
    let writer = Arc::new(start_writer(&fitting, facts.sync, tell)?);
    let (answer, answers) = mpsc::channel(REPLIES);
    let questions = probe::questions(&std::env::var("TERM").unwrap_or_default());
    if !questions.is_empty() && !writer.say(questions.as_bytes()) {
        tracing::debug!("The terminal is stalled; it is not asked what it is.");
    }
    let asked_by = (Arc::clone(&writer), fitting.synchronised.is_none());
    let (facts, mut known) = value::channel(facts);
    // What is known now is news to those who go by it.
    known.mark_changed();
    let learned = Learned::new(settings.lettering, known.clone());
    let remembered = (memory, fitting.terminal.clone());
    tokio::spawn(asking::gather(answers, facts, asked_by, remembered));
    let lent = Arc::new(Lent::default());
    let lender = Terminal {
        writer: Arc::clone(&writer),
        lent: Arc::clone(&lent),
    };
    let on = Surroundings {
        screen: Shown(Arc::clone(&writer)),
        hub,
        input: Keys::new(lent, answer),
        news,
        outside,
        calls: Calls::new(settings.notify),
        facts: Some(known),
        clock: settings.clock,
        new_id: Box::new(|| CommandId(uuid::Uuid::now_v7())),
        suspend: suspend(Arc::clone(&writer), fitting.suspend),
        unlock: settings.unlock.lending(Arc::new(lender)),
        size,
        gathered: fitting.gathered(),
    };
    let (drawer, kept) = settings.kept.unzip();
    let app = App::with(core, kept.unwrap_or_default());
    let runtime = Runtime::new(app, settings.worn, on)
        .with_desk(settings.clipboard, drawer)
        .learning(learned);
    let (exit, hub, _) = runtime.run().await;
    if exit == Exit::HungUp {
        terminal::abandon();
    } else if !writer.settle(LAST_FRAME) {
        tracing::debug!("The terminal is stalled; the last frame is left out.");
    }
    drop(guard);
    Ok((exit, hub))
}

/// Answers of the terminal that wait. More than were asked for are nobody's.
const REPLIES: usize = 32;

fn start_writer(
    fitting: &Fitting,
    knows_sync: bool,
    tell: mpsc::Sender<watch::Outside>,
) -> io::Result<Writer> {
    let plan = Plan {
        style: Style {
            depth: fitting.depth,
            synchronised: fitting.synchronised.unwrap_or(knows_sync),
        },
        limits: fitting.limits,
        glyphs: fitting.glyphs,
    };
    Writer::start(terminal::output()?, plan, move |told| match told {
        // The watchdog notices that the terminal is gone as well.
        Told::Gone => tracing::warn!("The terminal takes no more output."),
        // A full queue holds what ends the console anyway.
        Told::Slow(slow) => tell
            .try_send(watch::Outside::Slow(slow))
            .unwrap_or_default(),
    })
}

/// The writer, shared between the runtime and what suspends it.
struct Shown(Arc<Writer>);

impl Screen for Shown {
    fn show(&mut self, grid: super::backend::Grid, urgent: bool) {
        self.0.show(grid, urgent);
    }

    fn anew(&mut self) {
        self.0.anew();
    }

    fn say(&mut self, bytes: &[u8]) {
        if !self.0.say(bytes) {
            tracing::debug!("The terminal is stalled; a bell or title was left out.");
        }
    }
}

/// Suspends when the writer is quiet, so that nothing of a frame lands in the
/// shell.
fn suspend(writer: Arc<Writer>, wanted: bool) -> super::runtime::Suspend {
    Box::new(move || {
        if !wanted {
            return Err(io::Error::other(watch::NotWanted));
        }
        if !writer.settle(LAST_FRAME) {
            return Err(io::Error::other(
                "The terminal is stalled, so the console is not suspended.",
            ));
        }
        watch::suspend()
    })
}
