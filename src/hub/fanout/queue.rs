//! A session's queue: bounded, dropped as a whole when it overflows.
//!
//! The desk never waits for a slow console: it drops that console's queue, and
//! the session replays from the log and says so (`resync`). Answers to commands
//! go by a lane of their own that is never dropped: they are at most as many
//! as the commands that are under way.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use axum::extract::ws::Utf8Bytes;
use bytes::Bytes;
use tokio::sync::Notify;

use crate::model::ids::Seq;
use crate::wire::codec;
use crate::wire::frames::Window;

/// Frames that may wait: at the fastest rate a console keeps up with, several
/// seconds' worth. What is beyond is cheaper to replay than to keep.
const FRAMES: usize = 256;

/// A frame, and how far in the log a session is once it has it. Checked as
/// text once and packed at most once, for all sessions of a scope.
#[derive(Clone, Debug)]
pub struct Frame {
    /// Its JSON.
    pub text: Utf8Bytes,
    /// The end of its range; none for frames that are not about the log.
    pub to: Option<Seq>,
    /// The zstd form, made by the first session that wants it; none when an
    /// officer's own words are in it, or it is too short to be worth it.
    packed: Option<Arc<OnceLock<Option<Bytes>>>>,
}

impl Frame {
    /// A frame of `json`, which is none of ours when it is not UTF-8. It may be
    /// compressed when all in it are `strangers`' words.
    #[must_use]
    pub fn new(json: Bytes, to: Option<Seq>, strangers: bool) -> Option<Self> {
        let packs = strangers && json.len() >= codec::WORTH_COMPRESSING;
        Some(Self {
            text: Utf8Bytes::try_from(json).ok()?,
            to,
            packed: packs.then(Arc::default),
        })
    }

    /// The zstd form, when it may have one.
    #[must_use]
    pub fn packed(&self) -> Option<Bytes> {
        let once = self.packed.as_ref()?;
        once.get_or_init(|| codec::compress(self.text.as_bytes()).ok())
            .clone()
    }
}

#[derive(Default)]
struct State {
    frames: VecDeque<Frame>,
    replies: VecDeque<Bytes>,
    overflowed: bool,
    snapshot: Option<Window>,
}

/// Frames on their way to one session.
#[derive(Default)]
pub struct Queue {
    state: Mutex<State>,
    ready: Notify,
    /// Told when answers were taken out.
    room: Notify,
}

/// What a session has to do besides.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Wants {
    /// Frames were dropped: replay from the log.
    pub replay: bool,
    /// The console asks for a snapshot of this window.
    pub snapshot: Option<Window>,
}

/// What a session takes out at once.
#[derive(Debug, Default)]
pub struct Drained {
    /// Frames, in order.
    pub frames: VecDeque<Frame>,
    /// Answers to this session's commands; they go after the frames.
    pub replies: VecDeque<Bytes>,
}

impl Queue {
    /// Adds a frame. A queue that is full is emptied and marked instead.
    pub fn push(&self, frame: Frame) {
        let mut state = self.lock();
        if state.overflowed {
            return;
        }
        if state.frames.len() >= FRAMES {
            state.frames.clear();
            state.overflowed = true;
            return;
        }
        state.frames.push_back(frame);
    }

    /// Adds an answer to one of this session's commands.
    pub fn reply(&self, frame: Bytes) {
        self.lock().replies.push_back(frame);
        self.wake();
    }

    /// Tells the session once for all that was pushed.
    pub fn wake(&self) {
        self.ready.notify_one();
    }

    /// Waits until there is something to take.
    pub async fn ready(&self) {
        self.ready.notified().await;
    }

    /// Takes everything, into the room of what was taken last, which is empty.
    pub fn drain(&self, into: &mut Drained) -> Wants {
        let mut state = self.lock();
        std::mem::swap(&mut state.frames, &mut into.frames);
        std::mem::swap(&mut state.replies, &mut into.replies);
        if !into.replies.is_empty() {
            self.room.notify_one();
        }
        Wants {
            replay: std::mem::take(&mut state.overflowed),
            snapshot: state.snapshot.take(),
        }
    }

    /// The console asks for everything anew.
    pub fn want_snapshot(&self, window: Window) {
        self.lock().snapshot = Some(window);
        self.wake();
    }

    /// Waits until fewer than `most` answers wait to be sent. For one asker.
    pub async fn until_read(&self, most: usize) {
        while self.lock().replies.len() >= most {
            self.room.notified().await;
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
