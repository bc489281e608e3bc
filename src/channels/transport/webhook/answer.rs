//! What senders are told: a status, and JSON with a receipt for each entry or
//! one clear sentence.

use std::time::Duration;

use bytes::Bytes;
use serde::Serialize;
use serde_json::json;

use crate::channels::IntakeError;
use crate::model::inbound::Receipt;

/// An answer to a webhook's sender.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// Headers beside `content-type`.
    pub headers: Vec<(&'static str, String)>,
    /// The body's type.
    pub content_type: &'static str,
    /// The body.
    pub body: Bytes,
    /// The sentence of an error, for the channel's health; empty otherwise.
    pub says: String,
}

/// What became of one entry before the intake: kept, with the reason when it is
/// unmapped, or known and not wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Told {
    Kept(Option<String>),
    LeftOut,
}

impl Answer {
    /// An error with its sentence.
    pub(super) fn error(status: u16, says: String) -> Self {
        let body = json!({ "error": says }).to_string();
        Self {
            says,
            ..Self::json(status, body)
        }
    }

    pub(super) fn json(status: u16, body: String) -> Self {
        Self {
            status,
            headers: Vec::new(),
            content_type: "application/json",
            body: Bytes::from(body),
            says: String::new(),
        }
    }

    /// A handshake's answer: `text` as it is.
    pub(super) fn text(text: String) -> Self {
        Self {
            status: 200,
            headers: Vec::new(),
            // As plain text, so that an echoed challenge is never a page.
            content_type: "text/plain; charset=utf-8",
            body: Bytes::from(text),
            says: String::new(),
        }
    }

    /// A fixed answer of its own type.
    pub(super) fn of_type(text: &str, content_type: &'static str) -> Self {
        Self {
            content_type,
            ..Self::text(text.to_owned())
        }
    }

    pub(super) fn with(mut self, name: &'static str, value: String) -> Self {
        self.headers.push((name, value));
        self
    }
}

/// What became of one entry.
#[derive(Serialize)]
struct Entry<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<&'a str>,
    receipt: Receipt,
}

/// The answer's body. Written straight, since a flood is answered by the
/// hundred.
#[derive(Serialize)]
struct Kept<'a> {
    accepted: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<&'a str>,
    items: Vec<Entry<'a>>,
}

/// The answer after the durable write.
pub(super) fn kept(told: &[Told], receipts: &[Receipt], unmapped_status: u16) -> Answer {
    let mut receipts = receipts.iter();
    let mut receipt = |or: Receipt| receipts.next().copied().unwrap_or(or);
    let items: Vec<Entry<'_>> = told
        .iter()
        .map(|told| match told {
            Told::Kept(why) => Entry {
                error: why.as_deref(),
                receipt: receipt(if why.is_some() {
                    Receipt::Unmapped
                } else {
                    Receipt::Ignored
                }),
            },
            Told::LeftOut => Entry {
                error: None,
                receipt: Receipt::Ignored,
            },
        })
        .collect();
    let accepted = items.iter().filter(|entry| entry.error.is_none()).count();
    let first_error = items.iter().find_map(|entry| entry.error);
    let (status, error) = match first_error {
        Some(why) if accepted == 0 && unmapped_status != 200 => {
            let says = format!("Nothing of it could be read; it is kept as it came. {why}");
            (unmapped_status, Some(says))
        }
        _ => (200, None),
    };
    let body = Kept {
        accepted,
        error: error.as_deref(),
        items,
    };
    let body = serde_json::to_string(&body).expect("counts and sentences are always JSON");
    Answer::json(status, body)
}

/// A body that took longer than it may.
pub(super) fn too_slow(within: Duration) -> Answer {
    let seconds = within.as_secs_f32();
    let says = format!("The delivery took longer than {seconds} s to arrive; send it again.");
    // What is still to come of it must not be taken for a next request.
    Answer::error(408, says).with("connection", "close".to_owned())
}

/// The answer when the intake kept nothing.
pub(super) fn not_kept(error: &IntakeError) -> Answer {
    let seconds = match error {
        IntakeError::Busy => "1",
        IntakeError::Closing => "5",
        IntakeError::Log(_) => "30",
    };
    Answer::error(503, error.to_string()).with("retry-after", seconds.to_owned())
}

pub(super) fn too_large(most: usize) -> Answer {
    Answer::error(
        413,
        format!("This channel takes at most {most} bytes, unpacked; send it in parts."),
    )
}

pub(super) fn not_posted() -> Answer {
    Answer::error(405, "Deliver to a channel with POST.".to_owned())
        .with("allow", "POST".to_owned())
}

pub(super) fn no_webhook() -> Answer {
    Answer::error(
        404,
        "Nobody posts to this channel: it fetches by itself.".to_owned(),
    )
}

pub(super) fn off() -> Answer {
    Answer::error(403, "This channel is switched off.".to_owned())
}
