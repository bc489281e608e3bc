//! One long HTTP answer that we keep open: server-sent events (`sse`) or lines
//! of JSON (`lines`).
//!
//! Owns the connection: open, read until it is silent for too long, come back
//! with backoff where it broke off. Where documents end is [`frames`]. What one
//! piece of the answer holds is handed over together; while the hub is busy
//! nothing is read, so that the peer's own flow control holds it back.

mod frames;

use std::time::Duration;

use axum::http::{HeaderMap, HeaderValue, StatusCode};
use bytes::Bytes;
use serde_json::json;
use tokio::time::Instant;

use super::Running;
use super::backoff::Backoff;
use super::calls::{Call, Calls, Failed};
use super::cursors::Cursors;
use super::deliver::{deliver, pause};
use super::documents::take;
use super::pacing::{LONGEST, refusal, retry_after};
use super::place::{Kept, moment};
use crate::channels::Intake;
use crate::channels::address::Known;
use crate::channels::egress::Opened;
use crate::channels::file::{Framing, StreamSource};
use crate::channels::map::delivery::Delivery;
use crate::channels::map::words::plain;
use crate::channels::registry::Channel;
use frames::{Events, Lines, TooLarge};

/// A stream that held so long was a good one: the next wait is short.
const GOOD: Duration = Duration::from_mins(1);
/// Wait after a server said that there is nothing more to come.
const NO_MORE: Duration = Duration::from_mins(15);

/// Runs the channel until it is cancelled.
pub(super) async fn run<I: Intake, C: Cursors>(
    channel: &Channel,
    source: &StreamSource,
    with: &Running<I, C>,
) {
    let calls = match Calls::new(channel, (&source.request, &source.hosts, None), with) {
        Ok(calls) => calls,
        Err(says) => return with.health.down(with.clock.now(), says),
    };
    let mut kept = Kept::load(channel, with).await;
    let mut stream = Stream {
        channel,
        source,
        calls,
        with,
        retry: None,
    };
    let mut waits = Backoff::new(Duration::from_secs(1), Duration::from_mins(5));
    loop {
        let began = Instant::now();
        let end = tokio::select! {
            () = with.cancel.cancelled() => None,
            end = stream.session(&mut kept) => Some(end),
        };
        kept.save(channel, with).await;
        let Some(Failed::Trouble(says, asked)) = end else {
            return;
        };
        if began.elapsed() >= GOOD {
            waits.reset();
        }
        with.health.down(with.clock.now(), says);
        let asked = asked.max(stream.retry).unwrap_or(Duration::ZERO);
        let wait = waits.next(rand::random()).max(asked).min(LONGEST);
        if !pause(wait, with).await {
            return;
        }
    }
}

/// A stream, over all its connections.
struct Stream<'s, I: Intake, C: Cursors> {
    channel: &'s Channel,
    source: &'s StreamSource,
    calls: Calls,
    with: &'s Running<I, C>,
    /// How long the server wants us to wait before we come back.
    retry: Option<Duration>,
}

/// Where documents end.
enum Frames {
    Lines(Lines),
    Events(Box<Events>),
}

impl<I: Intake, C: Cursors> Stream<'_, I, C> {
    /// One connection, from its first packet to its end.
    async fn session(&mut self, kept: &mut Kept) -> Failed {
        match self.listen(kept).await {
            Ok(()) => Failed::Trouble("The server ended the stream.".to_owned(), None),
            Err(failed) => failed,
        }
    }

    async fn listen(&mut self, kept: &mut Kept) -> Result<(), Failed> {
        let mut answer = self.open(kept).await?;
        self.with.health.up(self.with.clock.now());
        let most = self.channel.max_body_bytes();
        let mut frames = match &self.source.framing {
            Framing::Lines => Frames::Lines(Lines::new(most, false)),
            Framing::Events { .. } => {
                let last = kept.place.cursor.clone();
                Frames::Events(Box::new(Events::new(most, last)))
            }
        };
        let idle = self.source.read_idle_timeout;
        let mut silent_at = Instant::now() + idle;
        loop {
            let chunk = tokio::select! {
                chunk = answer.chunk() => chunk,
                () = moment(kept.due()) => {
                    kept.save(self.channel, self.with).await;
                    continue;
                }
                () = tokio::time::sleep_until(silent_at) => {
                    let seconds = idle.as_secs();
                    let says = format!("Nothing came for {seconds} s, not even a keep-alive.");
                    return Err(Failed::Trouble(says, None));
                }
            };
            silent_at = Instant::now() + idle;
            let Some(chunk) = chunk.map_err(|e| Failed::Trouble(e.to_string(), None))? else {
                return Ok(());
            };
            let mut together = Delivery::default();
            let outcome = self.take(&mut frames, &chunk, &mut together);
            let cursor = together.cursor.take();
            // What came before the end counts.
            if !together.kept.is_empty() {
                deliver(self.channel.name(), together, self.with).await?;
            }
            if cursor.is_some() && cursor != kept.place.cursor {
                kept.place.cursor = cursor;
                kept.soon(self.channel, self.with).await;
            }
            outcome?;
        }
    }

    async fn open(&self, kept: &Kept) -> Result<Opened, Failed> {
        let mut known = Known::new();
        let mut headers = HeaderMap::new();
        if let Some(cursor) = &kept.place.cursor {
            known.insert("cursor".to_owned(), cursor.as_str().into());
            if self.is_events()
                && let Ok(id) = HeaderValue::try_from(cursor.as_str())
            {
                headers.insert("last-event-id", id);
            }
        }
        if self.is_events() {
            headers.insert("accept", HeaderValue::from_static("text/event-stream"));
        }
        let call = Call {
            request: &self.source.request,
            url: None,
            known: &known,
            headers,
            within: self.source.timeout,
        };
        let answer = self.calls.open(self.channel, &call, self.with).await?;
        let trouble = |says: &str, wait| Err(Failed::Trouble(says.to_owned(), wait));
        match answer.status {
            StatusCode::OK => {}
            // As the specification has it: do not come back.
            StatusCode::NO_CONTENT => {
                return trouble(
                    "The server says that nothing more will come.",
                    Some(NO_MORE),
                );
            }
            status => {
                let asked = retry_after(&answer.headers, self.with.clock.now());
                return Err(Failed::Trouble(refusal(status, asked), asked));
            }
        }
        // It was asked for as it is: what is packed comes in blocks, late.
        let packed = answer.headers.get("content-encoding");
        if packed.is_some_and(|p| p.as_bytes() != b"identity") {
            return trouble(
                "The server packs what it sends though it was asked not to.",
                None,
            );
        }
        let kind = answer.headers.get("content-type");
        let events = kind.is_some_and(|k| k.as_bytes().starts_with(b"text/event-stream"));
        if self.is_events() && !events {
            return trouble("What the server answers is not a stream of events.", None);
        }
        Ok(answer)
    }

    fn is_events(&self) -> bool {
        matches!(self.source.framing, Framing::Events { .. })
    }

    /// Takes a piece of the answer apart and reads what is whole.
    fn take(
        &mut self,
        frames: &mut Frames,
        chunk: &[u8],
        together: &mut Delivery,
    ) -> Result<(), Failed> {
        let mut said = Ok(());
        let outcome = match frames {
            Frames::Lines(lines) => lines.push(chunk, &mut |line| {
                if said.is_ok() && !line.trim_ascii().is_empty() {
                    let document = Bytes::copy_from_slice(line);
                    said = take(self.channel, document, together, self.with);
                }
                Ok(())
            }),
            Frames::Events(events) => {
                let outcome = events.push(chunk, &mut |event, id| {
                    if said.is_ok()
                        && let Some(document) = self.document(event, id)
                    {
                        said = take(self.channel, document, together, self.with);
                    }
                });
                together.cursor.clone_from(&events.last_id);
                self.retry = events.retry;
                outcome
            }
        };
        said.map_err(|says| Failed::Trouble(says, None))?;
        outcome.map_err(|TooLarge| {
            let most = self.channel.max_body_bytes();
            let says = format!("The server sent a document that is larger than {most} bytes.");
            Failed::Trouble(says, None)
        })
    }

    /// The document that an event is; none when it is not wanted.
    fn document(&self, event: frames::Event, id: Option<&str>) -> Option<Bytes> {
        let Framing::Events { names, envelope } = &self.source.framing else {
            return None;
        };
        if event.name == "error" && !names.iter().any(|n| n == "error") {
            let says = plain(&self.channel.without_secrets(&event.data));
            self.with
                .health
                .warn(&format!("The server reports an error: {says}."));
            return None;
        }
        if !names.is_empty() && !names.contains(&event.name) {
            return None;
        }
        Some(if *envelope {
            let whole = json!({"event": event.name, "id": id, "data": event.data});
            Bytes::from(whole.to_string())
        } else {
            Bytes::from(event.data)
        })
    }
}
