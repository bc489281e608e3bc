//! What is spoken on a WebSocket beside documents: a state machine that is told
//! what came and what time it is, and says what to send. Touches no socket.
//!
//! [`Plain`] is the talk of channels that need none of their own: frames said
//! first, each after the answer that it waits for, and one said again and again.

use std::time::Duration;

use bytes::Bytes;
use serde_json::Value;
use tokio::time::Instant;

use crate::channels::map::scope::{Message, Scope};
use crate::channels::map::when::When;

/// What a talk makes of a message or of time.
#[derive(Debug, Default)]
pub(super) struct Said {
    /// Frames to send.
    pub(super) send: Vec<String>,
    /// A document for the map.
    pub(super) document: Option<Bytes>,
    /// The cursor after it, where the talk keeps one.
    pub(super) cursor: Option<String>,
    /// What to remember beside the cursor, over connections and restarts.
    pub(super) remember: Vec<(&'static str, Option<String>)>,
    /// It works now.
    pub(super) up: bool,
    /// Not a document: why it was refused.
    pub(super) refused: Option<String>,
    /// What should worry the operator.
    pub(super) warning: Option<String>,
    /// The connection has to end.
    pub(super) end: Option<Ended>,
}

/// How a connection has to end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Ended {
    /// Why: a sentence.
    pub(super) says: String,
    /// Shortest wait before the next.
    pub(super) wait: Option<Duration>,
}

impl Ended {
    /// An end after which the next connection may come soon.
    pub(super) fn soon(says: &str) -> Self {
        Self {
            says: says.to_owned(),
            wait: None,
        }
    }
}

impl Said {
    /// A document and nothing else.
    pub(super) fn document(document: Bytes) -> Self {
        Self {
            document: Some(document),
            ..Self::default()
        }
    }

    /// An end and nothing else.
    pub(super) fn end(ended: Ended) -> Self {
        Self {
            end: Some(ended),
            ..Self::default()
        }
    }
}

/// What is spoken on one connection.
pub(super) trait Talk: Send {
    /// The connection is open.
    fn opened(&mut self, now: Instant) -> Said;
    /// A message came.
    fn heard(&mut self, message: Bytes, now: Instant) -> Said;
    /// When it wants to be asked next though nothing came.
    fn due(&self) -> Option<Instant>;
    /// That time has come.
    fn tick(&mut self, now: Instant) -> Said;
    /// What a close with this code means; none: what the file says.
    fn closed(&self, _code: u16) -> Option<Said> {
        None
    }
}

/// Frames said first, and one said again and again.
#[derive(Debug)]
pub(super) struct Plain {
    opening: std::vec::IntoIter<(String, Option<When>)>,
    waits_for: Option<When>,
    keep_alive: Option<(String, Duration)>,
    due: Option<Instant>,
}

impl Plain {
    /// The talk of one connection, its frames filled in.
    pub(super) fn new(
        opening: Vec<(String, Option<When>)>,
        keep_alive: Option<(String, Duration)>,
    ) -> Self {
        Self {
            opening: opening.into_iter(),
            waits_for: None,
            keep_alive,
            due: None,
        }
    }

    /// Says what can be said before something has to be waited for.
    fn go_on(&mut self, said: &mut Said) {
        while self.waits_for.is_none() {
            let Some((frame, then)) = self.opening.next() else {
                said.up = true;
                return;
            };
            said.send.push(frame);
            self.waits_for = then;
        }
    }
}

impl Talk for Plain {
    fn opened(&mut self, now: Instant) -> Said {
        self.due = self.keep_alive.as_ref().map(|(_, every)| now + *every);
        let mut said = Said::default();
        self.go_on(&mut said);
        said
    }

    fn heard(&mut self, message: Bytes, _: Instant) -> Said {
        let mut said = Said::default();
        if let Some(when) = &self.waits_for {
            let document: Value = serde_json::from_slice(&message).unwrap_or_default();
            if holds(when, &document) {
                self.waits_for = None;
                self.go_on(&mut said);
            }
        }
        said.document = Some(message);
        said
    }

    fn due(&self) -> Option<Instant> {
        self.due
    }

    fn tick(&mut self, now: Instant) -> Said {
        let mut said = Said::default();
        if let Some((frame, every)) = &self.keep_alive {
            self.due = Some(now + *every);
            said.send.push(frame.clone());
        }
        said
    }
}

fn holds(when: &When, document: &Value) -> bool {
    let vars = std::collections::BTreeMap::new();
    let message = Message::new(document, &vars);
    when.holds(&Scope::top(&message))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::channels::map::pointer::Pointer;

    #[test]
    fn a_frame_waits_for_the_answer_to_the_one_before() {
        let ok = When::Eq(Pointer::parse("/type").expect("a pointer"), "ok".into());
        let frames = vec![
            ("auth".to_owned(), Some(ok)),
            ("subscribe".to_owned(), None),
        ];
        let mut talk = Plain::new(frames, None);
        let now = Instant::now();
        let said = talk.opened(now);
        assert_eq!((said.send, said.up), (vec!["auth".to_owned()], false));
        let said = talk.heard(Bytes::from_static(b"{\"type\":\"hello\"}"), now);
        assert!(said.send.is_empty() && !said.up && said.document.is_some());
        let said = talk.heard(Bytes::from_static(b"{\"type\":\"ok\"}"), now);
        assert_eq!((said.send, said.up), (vec!["subscribe".to_owned()], true));
    }
}
