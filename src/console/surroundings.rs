//! What a console runs on: the terminal's two ends, the way to the hub, the
//! clock. Made by `session` and by tests, taken apart by the runtime.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{mpsc, watch};

use super::lock::Unlock;
use super::probe::TerminalFacts;
use super::watch::Outside;
use crate::link::News;
use crate::model::ids::CommandId;
use crate::model::time::Clock;
use crate::notify::Calls;

/// Where command ids come from.
pub type NewId = Box<dyn FnMut() -> CommandId + Send>;
/// How the console is suspended and taken up again.
pub type Suspend = Box<dyn FnMut() -> io::Result<()> + Send>;

/// What a console runs on.
pub struct Surroundings<S, H, I> {
    /// The terminal's output.
    pub screen: S,
    /// The way to the hub.
    pub hub: H,
    /// The terminal's input.
    pub input: I,
    /// The link's news.
    pub news: mpsc::Receiver<News>,
    /// Signals.
    pub outside: mpsc::Receiver<Outside>,
    /// When and how the officer is called.
    pub calls: Calls,
    /// What is known of the terminal, as it answers; none where nobody asks.
    pub facts: Option<watch::Receiver<TerminalFacts>>,
    /// Our clock.
    pub clock: Arc<dyn Clock>,
    /// Command ids.
    pub new_id: NewId,
    /// Ctrl-Z.
    pub suspend: Suspend,
    /// What opens the lock.
    pub unlock: Unlock,
    /// The terminal's size.
    pub size: (u16, u16),
    /// How long news are gathered for one frame.
    pub gathered: Duration,
}
