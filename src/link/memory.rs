//! What a link knows across sessions, and the part of its work that goes on
//! whether there is a session or not: taking requests, telling news.
//!
//! Owns cursor, outbox, journal and the queue towards the console. Called by
//! the task between sessions and by the pump within one.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::time::Instant;

use super::cursor::Cursor;
use super::journal::{FRESH, Given, Journal};
use super::news::News;
use super::outbox::{Entry, Meant, Outbox};
use super::pace::Reports;
use super::settings::LinkSettings;
use crate::model::command::Command;
use crate::model::ids::{CommandId, ItemKey};
use crate::model::outgoing::Typing;
use crate::model::time::{Clock, Timestamp};
use crate::wire::frames::ClientFrame;
use crate::wire::{codec, limits};

/// News that may wait for the console before we stop reading the socket (the
/// hub then notices a slow reader and resyncs us) and stop taking requests.
pub(super) const WAITING: usize = 32;

/// What the console asks of the link.
#[derive(Debug)]
pub(super) enum Request {
    /// Send this, sooner or later.
    Send(Command),
    /// This is open in the detail.
    Viewing(Option<ItemKey>),
    /// A key was pressed so long ago; this is being written on.
    Presence(Duration, Option<Typing>),
    /// Forget the board and fetch a snapshot, now; also ends a stop.
    Resync,
}

/// What the console's wish means for the session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Control {
    /// Go on.
    On,
    /// End the session, begin another.
    Again,
    /// Nobody wants the link any more.
    Stop,
}

/// What a link knows across sessions.
pub(super) struct Memory {
    pub(super) cursor: Cursor,
    pub(super) outbox: Outbox,
    pub(super) reports: Reports,
    pub(super) clock: Arc<dyn Clock>,
    /// When the last frame came.
    pub(super) heard: Option<Timestamp>,
    /// A session is open, so the outbox's list is not news.
    pub(super) in_session: bool,
    /// What the console was last told of how far behind it is.
    pub(super) told_behind: u64,
    meant: Option<Meant>,
    journal: Option<Journal>,
    pending: VecDeque<News>,
    news: mpsc::Sender<News>,
    requests: mpsc::Receiver<Request>,
}

impl Memory {
    pub(super) fn new(
        settings: &LinkSettings,
        clock: Arc<dyn Clock>,
        news: mpsc::Sender<News>,
        requests: mpsc::Receiver<Request>,
    ) -> Self {
        let mut memory = Self {
            cursor: Cursor::default(),
            outbox: Outbox::default(),
            reports: Reports::default(),
            clock,
            heard: None,
            in_session: false,
            told_behind: u64::MAX,
            meant: None,
            journal: None,
            pending: VecDeque::new(),
            news,
            requests,
        };
        if let Some(path) = &settings.journal {
            match Journal::open(path) {
                Ok((journal, left)) => memory.recover(journal, left),
                Err(error) => memory.tell(News::Notice(error.to_string())),
            }
        }
        memory
    }

    /// Takes over what an earlier run left.
    fn recover(&mut self, journal: Journal, left: Vec<Given>) {
        self.journal = Some(journal);
        let now = self.clock.now();
        let (fresh, old): (Vec<Given>, Vec<Given>) = left
            .into_iter()
            .partition(|given| given.meant.is_some() && now.since(given.at) <= FRESH);
        for given in fresh {
            // An outbox that was full then has room for as many now.
            if self
                .outbox
                .push(given.command, given.at, given.meant)
                .is_ok()
            {}
        }
        if !old.is_empty() {
            self.give_up(
                old.into_iter().map(|given| given.command).collect(),
                "They were given before this console was started, and too long ago to be sent by themselves.",
            );
        }
        self.outbox.link_lost();
        self.tell_outbox();
    }

    /// Queues news for the console.
    pub(super) fn tell(&mut self, news: News) {
        if matches!(news, News::Outbox(_)) {
            // The list is whole each time: only the last one is worth telling.
            self.pending
                .retain(|waiting| !matches!(waiting, News::Outbox(_)));
        }
        self.pending.push_back(news);
    }

    /// Tells the whole list of commands that wait.
    pub(super) fn tell_outbox(&mut self) {
        let entries: Vec<Entry> = self.outbox.entries().cloned().collect();
        self.tell(News::Outbox(entries));
    }

    /// Whether the console is so slow that no more should be read for it.
    pub(super) fn is_full(&self) -> bool {
        self.pending.len() >= WAITING
    }

    /// Waits for one thing that has to be done with or without a session, and
    /// does it. Nothing is lost when the future is dropped.
    pub(super) async fn tend(&mut self) -> Control {
        let full = self.is_full();
        let request = tokio::select! {
            biased;
            room = self.news.reserve(), if !self.pending.is_empty() => {
                let Ok(room) = room else {
                    return Control::Stop;
                };
                if let Some(news) = self.pending.pop_front() {
                    room.send(news);
                }
                return Control::On;
            }
            () = self.news.closed() => return Control::Stop,
            request = self.requests.recv(), if !full => request,
        };
        request.map_or(Control::Stop, |request| self.take(request))
    }

    fn take(&mut self, request: Request) -> Control {
        match request {
            Request::Send(command) => self.accept(command),
            Request::Viewing(key) => self.reports.viewing(key),
            Request::Presence(idle, typing) => {
                self.reports.presence(idle, typing, Instant::now());
            }
            Request::Resync => {
                self.cursor.forget();
                return Control::Again;
            }
        }
        Control::On
    }

    fn accept(&mut self, command: Command) {
        let id = command.id;
        let frame = ClientFrame::Command { command };
        if codec::encode(&frame).len() > limits::MESSAGE_BYTES {
            let says = "This is too large for one command; mark fewer items or write less.";
            self.refuse(id, says.to_owned());
            return;
        }
        let ClientFrame::Command { command } = frame else {
            return;
        };
        let given = Given {
            command: command.clone(),
            at: self.clock.now(),
            meant: self.meant.clone(),
        };
        match self.outbox.push(command, given.at, self.meant.clone()) {
            Ok(()) => self.journal(|journal| journal.given(given)),
            Err(full) => self.refuse(id, full.to_string()),
        }
        if !self.in_session {
            self.outbox.without_link(id);
            self.tell_outbox();
        }
    }

    fn refuse(&mut self, id: CommandId, says: String) {
        self.tell(News::Refused {
            says,
            command: Some(id),
        });
    }

    /// A session with `here` began: gives up what was meant for another floor.
    pub(super) fn begin(&mut self, here: Meant) {
        let others = self.outbox.session(&here);
        self.meant = Some(here);
        self.in_session = true;
        self.reports.new_session();
        self.give_up(
            others.into_iter().map(|entry| entry.command).collect(),
            "They were meant for another floor, or its log was restored since: look before you give them again.",
        );
    }

    /// The log lost its end: nothing that waits was meant for what it is now.
    pub(super) fn log_was_cut(&mut self) {
        let all = self.outbox.drain();
        self.give_up(
            all.into_iter().map(|entry| entry.command).collect(),
            "The hub's log was restored since they were given: look before you give them again.",
        );
    }

    /// The session is over.
    pub(super) fn end(&mut self) {
        self.in_session = false;
        self.cursor.lost();
        self.outbox.link_lost();
    }

    /// A command is answered or given up: true when it still waited, and
    /// whether it had waited for a link.
    pub(super) fn done(&mut self, id: CommandId) -> Option<Entry> {
        let entry = self.outbox.take(id)?;
        let nothing_left = self.outbox.is_empty();
        self.journal(|journal| {
            if nothing_left {
                journal.clear()
            } else {
                journal.done(id)
            }
        });
        Some(entry)
    }

    fn give_up(&mut self, commands: Vec<Command>, why: &str) {
        if commands.is_empty() {
            return;
        }
        for command in &commands {
            let id = command.id;
            self.journal(|journal| journal.done(id));
        }
        self.tell(News::NotSent {
            commands,
            why: why.to_owned(),
        });
    }

    /// Writes to the journal, and goes on without one when that fails.
    fn journal<E: std::fmt::Display>(&mut self, write: impl FnOnce(&mut Journal) -> Result<(), E>) {
        if let Some(journal) = &mut self.journal
            && let Err(error) = write(journal)
        {
            self.journal = None;
            self.tell(News::Notice(error.to_string()));
        }
    }
}
