//! The steps between an address and a session, as they are taken: each with
//! what it came to and how long it took.
//!
//! Owns no socket and decides nothing. Told by `dial` and `connect`; read by
//! `check connection`, and by the sentence for a step that takes too long.

use std::fmt;
use std::sync::{Mutex, MutexGuard};
use std::time::{Duration, Instant};

/// A step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// The hub's address and the files are read, the way is chosen.
    Settings,
    /// A name is looked up.
    Name,
    /// A TCP connection is made.
    Tcp,
    /// A proxy or a program opens the way.
    Proxy,
    /// TLS.
    Tls,
    /// The WebSocket's handshake.
    WebSocket,
    /// The hub says who we are.
    Hello,
}

impl Step {
    /// The step's name.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Settings => "settings",
            Self::Name => "name",
            Self::Tcp => "TCP",
            Self::Proxy => "proxy",
            Self::Tls => "TLS",
            Self::WebSocket => "WebSocket",
            Self::Hello => "hello",
        }
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// A step that was taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Taken {
    /// Which.
    pub step: Step,
    /// What it came to, a few words; none for one that did not end well.
    pub detail: Option<String>,
    /// How long it took.
    pub took: Duration,
}

/// The steps so far.
#[derive(Debug, Default)]
pub struct Walk(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    taken: Vec<Taken>,
    current: Option<(Step, Instant)>,
}

impl Walk {
    /// A step begins.
    pub fn begin(&self, step: Step) {
        self.state().current = Some((step, Instant::now()));
    }

    /// The step that began has ended well.
    pub fn pass(&self, detail: impl Into<String>) {
        self.end(Some(detail.into()));
    }

    /// The step that began has not ended well; nothing when none is going on.
    pub fn fail(&self) {
        self.end(None);
    }

    /// The step that is going on.
    #[must_use]
    pub fn current(&self) -> Option<Step> {
        self.state().current.map(|(step, _)| step)
    }

    /// All that were taken, in order.
    #[must_use]
    pub fn taken(&self) -> Vec<Taken> {
        self.state().taken.clone()
    }

    fn end(&self, detail: Option<String>) {
        let mut state = self.state();
        if let Some((step, began)) = state.current.take() {
            state.taken.push(Taken {
                step,
                detail,
                took: began.elapsed(),
            });
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Nobody panics while they hold it, and a list would still be a list.
        self.0
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}
