//! What senders are told: a status, and JSON with a receipt for each entry or
//! one clear sentence.

use bytes::Bytes;
use serde_json::{Value, json};

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

    fn json(status: u16, body: String) -> Self {
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

    pub(super) fn with(mut self, name: &'static str, value: String) -> Self {
        self.headers.push((name, value));
        self
    }
}

/// The answer after the durable write.
pub(super) fn kept(told: &[Told], receipts: &[Receipt], unmapped_status: u16) -> Answer {
    let mut receipts = receipts.iter();
    let mut accepted = 0_usize;
    let mut first_error = None;
    let mut entry = |told: &Told| -> Value {
        let receipt = match told {
            Told::Kept(_) => receipts.next().copied(),
            Told::LeftOut => Some(Receipt::Ignored),
        };
        match told {
            Told::Kept(Some(why)) => {
                first_error.get_or_insert_with(|| why.clone());
                json!({ "receipt": receipt.unwrap_or(Receipt::Unmapped), "error": why })
            }
            Told::Kept(None) | Told::LeftOut => {
                accepted += 1;
                json!({ "receipt": receipt.unwrap_or(Receipt::Ignored) })
            }
        }
    };
    let items: Vec<Value> = told.iter().map(&mut entry).collect();
    let mut body = json!({ "accepted": accepted, "items": items });
    let status = match first_error {
        Some(why) if accepted == 0 && unmapped_status != 200 => {
            let says = format!("Nothing of it could be read; it is kept as it came. {why}");
            body["error"] = says.into();
            unmapped_status
        }
        _ => 200,
    };
    Answer::json(status, body.to_string())
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
