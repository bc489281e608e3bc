//! A reply on Nostr: a note of ours that names what it answers (NIP-10), signed and
//! given to the relay, which says whether it keeps it.
//!
//! Its time is that of our key for it, so that every attempt is the same event: a
//! relay keeps that once (NIP-01).

use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use minijinja::value::Value as Word;
use reqwest::Url;
use serde_json::{Value, json};
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Message;

use super::act::Outcome;
use super::phrase::Phrase;
use crate::channels::egress::{self, Guard};
use crate::channels::map::words::plain;
use crate::channels::nostr_event;
use crate::channels::settings::Secret;
use crate::channels::transport::websocket::{Reach, Socket, connect};
use crate::model::time::Timestamp;
use crate::text::Untrusted;

/// Longest time until the relay listens, and then until its word.
const WITHIN: Duration = Duration::from_secs(20);
/// How long to wait when a relay says "later".
const PATIENCE: Duration = Duration::from_mins(1);
/// Largest message of a relay's that is read.
const MOST: usize = 1024 * 1024;

/// `note` in a channel file.
#[derive(Debug)]
pub(in crate::channels) struct Note {
    /// Our secret key.
    pub(in crate::channels) key: Phrase,
    /// The words.
    pub(in crate::channels) text: Phrase,
    /// The event that is answered.
    pub(in crate::channels) to: Phrase,
    /// What its thread began with.
    pub(in crate::channels) root: Phrase,
    /// Whose event is answered.
    pub(in crate::channels) author: Phrase,
}

/// A note, filled in.
#[derive(Clone, Debug)]
pub(in crate::channels) struct Noted {
    key: Secret,
    at: u64,
    tags: Value,
    text: String,
}

impl Note {
    /// The note, with `seen` filled in.
    ///
    /// # Errors
    /// A sentence: what is missing.
    pub(super) fn noted(&self, seen: &Word, (id, now): (&str, Timestamp)) -> Result<Noted, String> {
        let (to, root) = (self.to.text(seen)?, self.root.text(seen)?);
        let author = self.author.text(seen)?;
        if to.is_empty() {
            return Err(self.to.lacking(seen));
        }
        let mut tags = Vec::new();
        if root.is_empty() || root == to {
            tags.push(json!(["e", to, "", "root"]));
        } else {
            tags.push(json!(["e", root, "", "root"]));
            tags.push(json!(["e", to, "", "reply"]));
        }
        if !author.is_empty() {
            tags.push(json!(["p", author]));
        }
        let of_key = uuid::Uuid::parse_str(id)
            .ok()
            .and_then(|id| id.get_timestamp());
        let at = of_key.map_or_else(
            || u64::try_from(now.as_millis() / 1000).unwrap_or(0),
            |at| at.to_unix().0,
        );
        Ok(Noted {
            key: Secret::new(self.key.text(seen)?),
            at,
            tags: Value::Array(tags),
            text: self.text.text(seen)?,
        })
    }
}

impl Noted {
    /// What it says, for tests of files and dry runs: no key, so no signature.
    pub(super) fn shown(&self) -> Value {
        json!({"kind": 1, "tags": self.tags, "content": self.text})
    }
}

/// Gives the note to the relay at `url`.
pub(super) async fn publish(guard: &Guard, url: &Url, note: &Noted) -> Outcome {
    let said = (&note.tags, note.text.as_str());
    let event = match nostr_event::note(note.key.reveal(), note.at, said) {
        Ok(event) => event,
        Err(says) => return Outcome::Refused { says },
    };
    let later = |says: String| Outcome::Later {
        after: PATIENCE,
        says,
    };
    let tls = match egress::tls(guard) {
        Ok(tls) => tls,
        Err(says) => return later(says),
    };
    let reach = Reach {
        guard: guard.clone(),
        tls,
        most: MOST,
    };
    let opened = timeout(WITHIN, connect(&reach, url, axum::http::HeaderMap::new())).await;
    let mut socket = match opened {
        Ok(Ok(socket)) => socket,
        Ok(Err(refused)) => return later(refused.says),
        Err(_) => return later("The relay did not answer within 20 s.".to_owned()),
    };
    let id = event["id"].as_str().unwrap_or_default().to_owned();
    let given = async {
        let frame = Message::text(json!(["EVENT", event]).to_string());
        socket.send(frame).await.ok()?;
        word(&mut socket, &id).await
    };
    match timeout(WITHIN, given).await {
        Ok(Some((kept, words))) => meant(kept, &words, &id),
        Ok(None) | Err(_) => Outcome::Unknown {
            says: "The relay took the note and said nothing to it. It may have been sent; look \
                   before you send it again."
                .to_owned(),
        },
    }
}

/// The relay's word on the event: whether it keeps it, and why not.
async fn word(socket: &mut Socket, id: &str) -> Option<(bool, String)> {
    while let Some(Ok(message)) = socket.next().await {
        let Message::Text(text) = message else {
            continue;
        };
        let frame: Value = serde_json::from_str(text.as_str()).unwrap_or_default();
        if frame[0] == "OK" && frame[1] == id {
            let words = frame[3].as_str().unwrap_or("it does not say why");
            return Some((frame[2].as_bool()?, plain(words)));
        }
    }
    None
}

/// What a relay's word means, a "no" by how it begins (NIP-01). Some relays say so
/// of an event that they have already.
fn meant(kept: bool, words: &str, id: &str) -> Outcome {
    let first = words.split(':').next().unwrap_or_default();
    match first {
        _ if kept || first == "duplicate" => {}
        "rate-limited" | "error" => {
            return Outcome::Later {
                after: PATIENCE,
                says: format!("The relay asks to wait: {words}."),
            };
        }
        _ => {
            return Outcome::Refused {
                says: format!("The relay refused it: {words}."),
            };
        }
    }
    Outcome::Sent {
        id: Some(Untrusted::from(id)),
        url: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_relays_word_is_taken_for_what_it_is() {
        for (kept, words, word) in [
            (true, "", "sent"),
            // As nostr-relay 1.14 says it.
            (false, "duplicate: exists", "sent"),
            (false, "rate-limited: slow down", "later"),
            (false, "error: disk", "later"),
            (false, "blocked: not you", "refused"),
            (false, "pow: 20 bits", "refused"),
        ] {
            assert_eq!(meant(kept, words, "aa").word(), word, "{words}");
        }
    }
}
