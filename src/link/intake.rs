//! What each of the hub's frames does to what the link knows, and what the
//! console is told of it.
//!
//! No socket here: frames in, news and a verdict out. Called by the pump.

use std::time::Duration;

use super::cursor::{Life, Verdict};
use super::memory::Memory;
use super::news::News;
use super::outbox::Meant;
use super::pump::Ended;
use crate::model::command::{Outcome, RefusalCode};
use crate::wire::frames::{ClientFrame, Hello, ServerFrame};
use crate::wire::limits::Limits;

/// What a frame means for the session.
pub(super) enum Taken {
    /// Go on.
    On,
    /// The session began.
    Begun(Limits),
    /// Send this.
    Answer(ClientFrame),
    /// It is over.
    Ended(Ended),
}

/// Takes one frame.
pub(super) fn take(memory: &mut Memory, frame: ServerFrame) -> Taken {
    if !memory.in_session && !matches!(frame, ServerFrame::Hello(_) | ServerFrame::Bye { .. }) {
        return too_early(frame);
    }
    match frame {
        ServerFrame::Hello(hello) => return begin(memory, hello),
        ServerFrame::Items(items) => {
            memory.cursor.items(&items);
            memory.tell(News::Items(items));
        }
        ServerFrame::Events(events) => match memory.cursor.events(events) {
            Verdict::New(events) => memory.tell(News::Events(events)),
            Verdict::Doubled => {}
            Verdict::Gap { expected, got } => {
                tracing::warn!(%expected, %got, "The stream has a gap; going back.");
                return Taken::Ended(Ended::Lost(
                    "Part of the stream was missing, so it is fetched again.".into(),
                ));
            }
        },
        ServerFrame::Reply { outcome } => reply(memory, outcome),
        ServerFrame::Presence { officers } => memory.tell(News::Presence(officers)),
        ServerFrame::Counts {
            closed_outside,
            suppressed,
        } => memory.tell(News::Counts {
            closed_outside,
            suppressed,
        }),
        ServerFrame::Health { channels, lag_ms } => {
            memory.tell(News::Health { channels, lag_ms });
        }
        ServerFrame::Outward { reach, canned } => memory.tell(News::Outward { reach, canned }),
        ServerFrame::Ping { head, now } => {
            memory.cursor.ping(head);
            memory.tell(News::HubTime(now));
            return Taken::Answer(ClientFrame::Pong);
        }
        ServerFrame::Resync { from, head } => {
            if !memory.cursor.resync(from, head) {
                return Taken::Ended(Ended::Again);
            }
        }
        ServerFrame::Bye {
            reason,
            retry_after,
        } => {
            return Taken::Ended(Ended::Bye {
                reason,
                retry_after: retry_after.map(|s| Duration::from_secs(s.min(3600).into())),
            });
        }
        ServerFrame::Error { says, command } => {
            if let Some(id) = command {
                memory.done(id);
            }
            memory.tell(News::Refused { says, command });
        }
        ServerFrame::Unknown => {}
    }
    Taken::On
}

/// A frame before hello.
fn too_early(frame: ServerFrame) -> Taken {
    match frame {
        ServerFrame::Unknown | ServerFrame::Ping { .. } => Taken::On,
        ServerFrame::Error { says, .. } => Taken::Ended(Ended::Lost(says)),
        _ => Taken::Ended(Ended::Lost("The hub did not begin with hello.".into())),
    }
}

/// Tells how far behind we are when that changed.
pub(super) fn progress(memory: &mut Memory, recovered: bool) {
    if !memory.in_session {
        return;
    }
    let caught_up = memory.cursor.catches_up();
    if caught_up || (recovered && memory.cursor.is_caught_up()) {
        memory.tell(News::CaughtUp);
    } else if !memory.cursor.is_caught_up() {
        let behind = memory.cursor.behind();
        if recovered || memory.told_behind != behind {
            memory.tell(News::Behind(behind));
        }
    }
    memory.told_behind = memory.cursor.behind();
}

fn begin(memory: &mut Memory, hello: Box<Hello>) -> Taken {
    let known = memory.cursor.epoch();
    let life = memory.cursor.hello(&hello);
    if life == Life::Another && known == Some(hello.epoch) {
        memory.log_was_cut();
    }
    let limits = hello.limits;
    memory.begin(Meant {
        epoch: hello.epoch,
        officer: hello.officer.clone(),
    });
    memory.tell(News::Hello(hello));
    memory.tell_outbox();
    memory.told_behind = u64::MAX;
    Taken::Begun(limits)
}

fn reply(memory: &mut Memory, outcome: Outcome) {
    let busy = outcome
        .refused
        .as_ref()
        .is_some_and(|refusal| refusal.code == RefusalCode::Busy);
    if busy {
        memory.outbox.send_again(outcome.command);
        return;
    }
    let late = memory.done(outcome.command).is_some_and(|entry| entry.late);
    memory.tell(News::Reply { outcome, late });
}
