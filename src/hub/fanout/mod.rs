//! Who gets what happened: every event is encoded once, every frame once per
//! scope, and the bytes are shared by all sessions of that scope.
//!
//! Owns the groups of sessions by scope and each session's [`Queue`]. Decides
//! nothing and reads no log: the desk publishes, sessions drain.

mod queue;
mod splice;

pub use queue::{Drained, Frame, Queue, Wants};
pub use splice::wire_event;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;

use crate::model::ids::{DeskName, ItemKey, Seq};
use crate::model::officer::Desks;
use crate::wire::codec::encode_events;

/// One event as it will be sent, with what its scope depends on.
#[derive(Clone, Debug)]
pub struct Sent {
    /// Its place.
    pub seq: Seq,
    /// The desk that its item lies on afterwards; none for the floor.
    pub desk: Option<DeskName>,
    /// The desk that its item lay on before, when it went to another.
    pub left: Option<DeskName>,
    /// The item, for those that it enters the scope of.
    pub key: Option<ItemKey>,
    /// Whether consoles are told of it at all.
    pub told: bool,
    /// Whether none of it is an officer's own words.
    pub strangers: bool,
    /// Its JSON, encoded once.
    pub json: Bytes,
}

impl Sent {
    /// Whether a session of `scope` gets it.
    #[must_use]
    pub fn concerns(&self, scope: &Desks) -> bool {
        let inside =
            |desk: &Option<DeskName>| desk.as_ref().is_some_and(|desk| scope.include(desk));
        self.told && (self.desk.is_none() || inside(&self.desk) || inside(&self.left))
    }

    /// Whether the item was not in `scope` before and is now.
    #[must_use]
    pub fn enters(&self, scope: &Desks) -> bool {
        self.left.as_ref().is_some_and(|from| !scope.include(from))
            && self.desk.as_ref().is_some_and(|to| scope.include(to))
    }
}

/// Frames stay well under the wire's limit for one message.
const FRAME_BYTES: usize = 192 * 1024;

/// The events of the next frame.
#[derive(Default)]
struct Pending {
    events: Vec<Bytes>,
    /// Whether an officer's own words are among them.
    officers: bool,
}

impl Pending {
    fn push(&mut self, sent: &Sent) {
        self.events.push(sent.json.clone());
        self.officers |= !sent.strangers;
    }
}

struct Group {
    scope: Desks,
    /// Where the next frame's range starts.
    next: Seq,
    queues: Vec<Arc<Queue>>,
}

/// The sessions by scope.
#[derive(Default)]
pub struct Fanout {
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    head: Seq,
    groups: HashMap<Desks, Group>,
}

impl Fanout {
    /// A fan-out that has sent everything up to `head`.
    #[must_use]
    pub fn starting_at(head: Seq) -> Self {
        Self {
            state: Mutex::new(State {
                head,
                groups: HashMap::new(),
            }),
        }
    }

    /// The last event that was fanned out.
    #[must_use]
    pub fn head(&self) -> Seq {
        self.lock().head
    }

    /// Adds a session's queue; everything after the returned event comes
    /// through it.
    pub fn subscribe(&self, scope: &Desks, queue: &Arc<Queue>) -> Seq {
        let mut state = self.lock();
        let head = state.head;
        let group = state.groups.entry(scope.clone()).or_insert_with(|| Group {
            scope: scope.clone(),
            next: head.next(),
            queues: Vec::new(),
        });
        group.queues.push(Arc::clone(queue));
        head
    }

    /// Takes a session's queue out.
    pub fn unsubscribe(&self, scope: &Desks, queue: &Arc<Queue>) {
        let mut state = self.lock();
        if let Some(group) = state.groups.get_mut(scope) {
            group.queues.retain(|other| !Arc::ptr_eq(other, queue));
            if group.queues.is_empty() {
                state.groups.remove(scope);
            }
        }
    }

    /// How many sessions there are.
    #[must_use]
    pub fn sessions(&self) -> usize {
        self.lock()
            .groups
            .values()
            .map(|group| group.queues.len())
            .sum()
    }

    /// Moves the head to `last` when there is no session, so that nothing has to
    /// be encoded; false when somebody listens.
    #[must_use]
    pub fn pass(&self, last: Seq) -> bool {
        let mut state = self.lock();
        let nobody = state.groups.is_empty();
        if nobody {
            state.head = state.head.max(last);
        }
        nobody
    }

    /// Sends a batch that is durable and on the board. `entering` gives the
    /// JSON of an `items` frame for an item that enters a scope.
    pub fn publish(&self, batch: &[Sent], entering: impl Fn(&ItemKey) -> Option<Bytes>) {
        let Some(last) = batch.last() else { return };
        let mut state = self.lock();
        state.head = last.seq;
        for group in state.groups.values_mut() {
            for frame in group.frames(batch, &entering) {
                for queue in &group.queues {
                    queue.push(frame.clone());
                }
            }
            for queue in &group.queues {
                queue.wake();
            }
        }
    }

    /// Sends one frame to every session, whatever its scope.
    pub fn broadcast(&self, frame: &Bytes) {
        let Some(frame) = Frame::new(frame.clone(), None, false) else {
            return;
        };
        let state = self.lock();
        for queue in state.groups.values().flat_map(|group| &group.queues) {
            queue.push(frame.clone());
            queue.wake();
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Group {
    /// The frames of a batch for this scope. An empty frame still moves the
    /// range on, so it is only sent with the next event that concerns someone.
    fn frames(
        &mut self,
        batch: &[Sent],
        entering: &impl Fn(&ItemKey) -> Option<Bytes>,
    ) -> Vec<Frame> {
        let mut frames = Vec::new();
        let mut pending = Pending::default();
        let (mut bytes, mut upto) = (0, self.next);
        for sent in batch {
            if !sent.concerns(&self.scope) {
                continue;
            }
            if sent.enters(&self.scope)
                && let Some(items) = sent.key.as_ref().and_then(entering)
            {
                self.flush(&mut frames, &mut pending, upto);
                bytes = 0;
                frames.extend(Frame::new(items, None, false));
            }
            if bytes > 0 && bytes + sent.json.len() > FRAME_BYTES {
                self.flush(&mut frames, &mut pending, upto);
                bytes = 0;
            }
            bytes += sent.json.len() + 1;
            upto = sent.seq;
            pending.push(sent);
        }
        if let Some(last) = batch.last()
            && !pending.events.is_empty()
        {
            self.flush(&mut frames, &mut pending, last.seq);
        }
        frames
    }

    fn flush(&mut self, frames: &mut Vec<Frame>, pending: &mut Pending, upto: Seq) {
        if pending.events.is_empty() {
            return;
        }
        let Pending { events, officers } = std::mem::take(pending);
        let json = encode_events(self.next, upto, &events);
        frames.extend(Frame::new(json, Some(upto), !officers));
        self.next = upto.next();
    }
}

#[cfg(test)]
mod tests;
