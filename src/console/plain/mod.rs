//! The console as lines, one below the other: for screen readers, braille,
//! terminals that can only print, and pipes.
//!
//! Nothing is ever painted over: no cursor is moved, no colour set, no frame
//! drawn. Out come printable text, line feeds and, at a terminal, the bell.
//! What is typed goes through the same `update` as keys do ([`super::msg::Asked`]);
//! nothing is decided here.
//!
//! - [`order`]: what a typed line means; [`spoken`]: items, counts and links in
//!   words; [`question`]: what lies on top, asked and answered.
//! - [`room`]: the loop; [`mouth`]: what is said, and how it gets out;
//!   [`typed`]: the lines that come in.
//!
//! From a pipe the lines wait for each other: the first for the floor, each for
//! the answer to the one before; at the end of input the console closes.

mod mouth;
mod order;
mod question;
mod room;
mod spoken;
mod typed;

use std::io::{self, IsTerminal};

use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::mpsc;

pub use room::{On, Room};
pub use typed::Lines;

use super::perform::Hub;
use super::session::{ConsoleError, ConsoleSettings, Exit};
use super::watch::Outside;
use crate::link::{Link, LinkSettings, News};
use crate::model::ids::CommandId;
use crate::model::queue::Newest;
use crate::notify::Calls;

/// Opens a console of lines on a hub and runs it to its end.
///
/// # Errors
/// When the system has no thread or signal for us.
pub async fn run(link: LinkSettings, settings: ConsoleSettings) -> Result<Exit, ConsoleError> {
    let clock = std::sync::Arc::clone(&settings.clock);
    let (link, news) = Link::start(link, clock);
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
    let mut core = settings.core;
    // The first line of a list is what matters most.
    core.newest = Newest::First;
    let typed = io::stdin().is_terminal();
    let bell = io::stdout().is_terminal();
    let mut notify = settings.notify;
    let around = &mut notify.wishes.around;
    // A terminal that can only print lines can ring.
    (around.terminal, around.lines) = (bell, true);
    let room = Room::new(
        core,
        On {
            hub,
            news,
            lines: typed::stdin()?,
            out: Box::new(io::stdout()),
            outside: signals()?,
            clock: settings.clock,
            new_id: Box::new(|| CommandId(uuid::Uuid::now_v7())),
            unlock: settings.unlock,
            paced: !typed,
            bell,
            calls: Calls::new(notify),
        },
    );
    Ok(room.run().await)
}

/// SIGINT and SIGTERM; everything else does what it always does.
fn signals() -> io::Result<mpsc::Receiver<Outside>> {
    // One of them ends the console, so one is room enough.
    let (tell, outside) = mpsc::channel(1);
    for (kind, what) in [
        (SignalKind::interrupt(), Outside::Interrupt),
        (SignalKind::terminate(), Outside::Terminate),
    ] {
        let mut signals = signal(kind)?;
        let tell = tell.clone();
        tokio::spawn(async move {
            while signals.recv().await.is_some() {
                tell.try_send(what).unwrap_or_default();
            }
        });
    }
    Ok(outside)
}
