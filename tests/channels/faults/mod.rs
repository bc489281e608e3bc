//! Every transport against every fault: what was said before it and what was not
//! said because of it come in once each, the channel's health names the fault in
//! one line, and the channel is well again when its server is.
//!
//! - [`rows`]: the transports; [`http`], [`framed`], [`secure`]: their faults;
//!   [`server`]: who misbehaves, [`imap`] as a mail server.
//!
//! | fault | poll, longpoll, feed | sse, lines | websocket, Discord, Nostr | mqtt, nats | imap |
//! |---|---|---|---|---|---|
//! | half-open: at first | yes | yes | yes | yes | yes |
//! | half-open: in the middle | yes | yes | yes | yes | yes |
//! | reset and cut in the middle of a frame | yes | yes | yes | yes | yes |
//! | slow drip | body, head | head; in a stream bytes are life, and its documents have a cap | frame, head | packet | mail |
//! | storm of refusals | 503 | 503 | 503 | "not available", `-ERR` | `BYE` |
//! | 429, with and without Retry-After | yes | yes | yes | none there | none there |
//! | redirect inside | yes | yes | told, never followed | none there | none there |
//! | a gigabyte | announced or not | a document without end | announced | announced | announced |
//! | compression bomb | yes | refused: packed unasked | refused: packed unasked | none there | none there |
//! | another protocol or document | yes | yes | yes (`socket`) | yes | yes |
//! | certificate expired, too early, of another name, of a stranger; one of ours wanted | yes | yes | yes | yes | yes |
//! | redelivery | known again | by the last id | by cursor, else the desk's (`tests/door/streamed.rs`) | the desk's (`broker`) | by number |
//! | restart in the middle | yes | yes | yes | yes | yes |
//!
//! A webhook is called instead of calling: its half deliveries, drips, bombs,
//! redeliveries and signatures of another time are `webhook`'s, `signatures`' and
//! `tests/door`'s. Edits and deletions that overtake each other are the desk's,
//! the same for all transports: `tests/door/order.rs` and `streamed.rs`. Answers outward are
//! `outward`'s and `smtp`'s; they are never repeated, so their cells differ.

mod framed;
mod http;
mod imap;
mod rows;
mod secure;
mod server;

use std::time::Duration;

use futures_util::future::join_all;
use watchfloor::channels::transport::cursors::InMemory;

use self::rows::Row;
use self::server::{Play, Server, Then};
use crate::server::ids;
use crate::support::{HUNG, Recorder, Task, now};

/// One fault.
#[derive(Clone)]
pub(crate) struct Cell {
    name: &'static str,
    play: Play,
    /// What the channel's health says of it.
    words: &'static str,
    /// Whether the hub dies while it lasts.
    restart: bool,
    /// Whether it comes twice in a row.
    storm: bool,
}

impl Cell {
    fn of(name: &'static str, play: Play, words: &'static str) -> Self {
        Self {
            name,
            play,
            words,
            restart: false,
            storm: false,
        }
    }

    /// Instead of anything else that is said.
    fn instead(name: &'static str, play: Play, words: &'static str) -> Self {
        let play = Play {
            refuses: true,
            ..play
        };
        Self::of(name, play, words)
    }

    /// On a connection on which things were said before.
    fn upon(name: &'static str, body: impl AsRef<[u8]>, then: Then, words: &'static str) -> Self {
        Self::of(name, Play::new("", body.as_ref(), then), words)
    }

    fn restart(self) -> Self {
        Self {
            restart: true,
            ..self
        }
    }

    fn storm(self) -> Self {
        Self {
            storm: true,
            ..self
        }
    }
}

/// Each row against each of its faults, all at the same time.
async fn all(rows: Vec<(Row, Vec<Cell>)>) {
    let each = rows
        .iter()
        .flat_map(|(row, cells)| cells.iter().map(move |cell| (row, cell)));
    let said = join_all(each.map(|(row, cell)| meets(row, cell))).await;
    let wrong: Vec<String> = said.into_iter().filter_map(Result::err).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Waits until `is`.
async fn until(what: &str, is: impl Fn() -> bool) -> Result<(), String> {
    let waits = async {
        while !is() {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    };
    let outcome = tokio::time::timeout(HUNG, waits).await;
    outcome.map_err(|_| what.to_owned())
}

/// One row meets one fault: what was wrong, told with both their names.
async fn meets(row: &Row, cell: &Cell) -> Result<(), String> {
    let outcome = met(row, cell).await;
    outcome.map_err(|says| format!("{} x {}: {says}", row.name, cell.name))
}

async fn met(row: &Row, cell: &Cell) -> Result<(), String> {
    // What refuses new connections needs none before it, where one would have to
    // be lost first.
    let first = cell.play.refuses && !row.repeats;
    let begin = if first {
        cell.play.clone()
    } else {
        (row.says)(&[1])
    };
    let server = Server::start(row.greets, begin).await;
    let channel = row.channel(server.port, false);
    let (intake, cursors) = (Recorder::default(), InMemory::default());
    let kept = || ids(&intake.kept.lock().unwrap());
    let mut task = Task::start(&channel, intake.clone(), cursors.clone());
    if !first {
        until("the first thing did not come", || kept().len() == 1).await?;
    }
    let played = server.played();
    server.plays(cell.play.clone());
    if cell.restart {
        until("nothing was under way", || server.played() > played).await?;
        task.kill();
        task = Task::start(&channel, intake.clone(), cursors.clone());
    } else {
        told(&task, &server, cell).await?;
    }
    let rest: &[u64] = if first || row.repeats { &[1, 2] } else { &[2] };
    server.plays((row.says)(rest));
    let right = [1, 2].map(|id| (row.id)(&id));
    let came = || kept().len() >= 2 && task.health.at(now()).error.is_none();
    let outcome = until("it did not get well", came).await;
    let health = task.health.at(now());
    outcome.map_err(|says| format!("{says}: {:?}, {:?}", kept(), health.error))?;
    if kept() != right {
        return Err(format!("{:?} came", kept()));
    }
    let asked = server.asked();
    if !first && !row.behind.is_empty() && !asked.iter().any(|a| a.contains(row.behind)) {
        return Err(format!("it did not go on behind thing 1: {asked:?}"));
    }
    task.stop().await;
    Ok(())
}

/// Waits until the channel's health tells the fault, in one line.
async fn told(task: &Task, server: &Server, cell: &Cell) -> Result<(), String> {
    let error = || task.health.at(now()).error;
    let is_told = || error().is_some_and(|e| e.contains(cell.words));
    let outcome = until("the fault was not told", is_told).await;
    let says = error().unwrap_or_default();
    outcome.map_err(|wrong| format!("{wrong}: {says:?}"))?;
    let one_line = says.ends_with('.') && !says.contains(char::is_control);
    if !one_line || says.contains("s3cret") || says.len() > 200 {
        return Err(format!("no line of health: {says:?}"));
    }
    if cell.storm {
        let played = server.played();
        until("it did not try again", || server.played() > played).await?;
    }
    Ok(())
}
