//! A Nostr relay (NIP-01): one subscription, every event verified.
//!
//! The document for the map is `{"event": …, "reply_to", "root"}` by NIP-10, or
//! for a deletion (NIP-09) `{"deletes": […]}` with those of the author's own
//! events only that were seen here: a stranger's deletion takes nothing back.

use std::collections::VecDeque;

use bytes::Bytes;
use serde_json::{Value, json};
use tokio::time::Instant;

use super::talk::{Ended, Said, Talk};
use crate::channels::map::words::plain;
use crate::channels::nostr_event::verify;

/// The name of our one subscription.
const NAME: &str = "watchfloor";
/// How many events are remembered with their authors, for deletions.
const REMEMBERED: usize = 10_000;

/// Who wrote which event, over all connections.
#[derive(Debug, Default)]
pub(super) struct Authors(VecDeque<(String, String)>);

/// One connection to a relay.
pub(super) struct Nostr<'a> {
    filters: Vec<Value>,
    since: Option<u64>,
    /// Now, in seconds since 1970: an event of tomorrow must not move the cursor
    /// there.
    now_s: Box<dyn Fn() -> u64 + Send + 'a>,
    authors: &'a mut Authors,
    /// Our own name, when we say something here too: that is no news.
    own: Option<String>,
}

impl<'a> Nostr<'a> {
    /// A connection that asks for `filters`, from `since` on.
    pub(super) fn new(
        (filters, since): (Vec<Value>, Option<u64>),
        now_s: Box<dyn Fn() -> u64 + Send + 'a>,
        authors: &'a mut Authors,
    ) -> Self {
        Self {
            filters,
            since,
            now_s,
            authors,
            own: None,
        }
    }

    /// Leaves out what `own` says.
    pub(super) fn without(mut self, own: Option<String>) -> Self {
        self.own = own;
        self
    }

    fn event(&mut self, event: &Value) -> Said {
        if let Err(why) = verify(event) {
            return Said {
                refused: Some(why.to_owned()),
                ..Said::default()
            };
        }
        let text = |key: &str| event.get(key).and_then(Value::as_str).unwrap_or_default();
        if self.own.as_deref() == Some(text("pubkey")) {
            return Said::default();
        }
        let at = event.get("created_at").and_then(Value::as_u64);
        let document = if event.get("kind").and_then(Value::as_u64) == Some(5) {
            let own = tags(event, "e").filter_map(|tag| tag.get(1)?.as_str());
            let own: Vec<&str> = own
                .filter(|id| self.authors.wrote(id, text("pubkey")))
                .collect();
            json!({"deletes": own, "event": event})
        } else {
            self.authors.remember(text("id"), text("pubkey"));
            json!({
                "event": event, "reply_to": answered(event, "reply"), "root": answered(event, "root"),
            })
        };
        Said {
            cursor: at.map(|at| at.min((self.now_s)()).to_string()),
            ..Said::document(Bytes::from(document.to_string()))
        }
    }
}

impl Authors {
    fn remember(&mut self, id: &str, author: &str) {
        if self.0.len() >= REMEMBERED {
            self.0.pop_front();
        }
        self.0.push_back((id.to_owned(), author.to_owned()));
    }

    fn wrote(&self, id: &str, author: &str) -> bool {
        self.0.iter().any(|(i, a)| i == id && a == author)
    }
}

impl Talk for Nostr<'_> {
    fn opened(&mut self, _: Instant) -> Said {
        let mut request = vec![json!("REQ"), json!(NAME)];
        for filter in &self.filters {
            let mut filter = filter.clone();
            if let (Some(since), Some(map)) = (self.since, filter.as_object_mut()) {
                map.insert("since".to_owned(), since.into());
            }
            request.push(filter);
        }
        Said {
            send: vec![Value::Array(request).to_string()],
            ..Said::default()
        }
    }

    fn heard(&mut self, message: Bytes, _: Instant) -> Said {
        let Ok(frame) = serde_json::from_slice::<Value>(&message) else {
            return Said::document(message);
        };
        let words = |at: usize| {
            let said = frame.get(at).and_then(Value::as_str);
            plain(said.unwrap_or("it does not say why"))
        };
        match frame.get(0).and_then(Value::as_str) {
            Some("EVENT") => match frame.get(2) {
                Some(event) => self.event(event),
                None => Said::document(message),
            },
            // What was stored is through; from now on it is live.
            Some("EOSE") => Said {
                up: true,
                ..Said::default()
            },
            Some("CLOSED") => {
                let says = format!("The relay closed the subscription: {}.", words(2));
                Said::end(Ended::soon(&says))
            }
            Some("NOTICE") => Said {
                warning: Some(format!("The relay says: {}.", words(1))),
                ..Said::default()
            },
            Some("AUTH") => Said {
                warning: Some(
                    "The relay wants its readers to prove who they are (NIP-42), which this channel does not do."
                        .to_owned(),
                ),
                ..Said::default()
            },
            _ => Said::document(message),
        }
    }

    fn due(&self) -> Option<Instant> {
        None
    }

    fn tick(&mut self, _: Instant) -> Said {
        Said::default()
    }
}

fn tags<'e>(event: &'e Value, name: &'e str) -> impl DoubleEndedIterator<Item = &'e Value> {
    let all = event.get("tags").and_then(Value::as_array);
    all.into_iter()
        .flatten()
        .filter(move |tag| tag.get(0).and_then(Value::as_str) == Some(name))
}

/// What an event answers, by its marked `e` tags; without marks the first is the
/// root and the last what is answered.
fn answered<'e>(event: &'e Value, mark: &'e str) -> Option<&'e str> {
    let id = |tag: &'e Value| tag.get(1).and_then(Value::as_str);
    let marked = |mark: &str| {
        let mut all = tags(event, "e");
        all.find(|tag| tag.get(3).and_then(Value::as_str) == Some(mark))
            .and_then(id)
    };
    let any = tags(event, "e").any(|tag| {
        tag.get(3)
            .and_then(Value::as_str)
            .is_some_and(|m| m == "root" || m == "reply")
    });
    match (any, mark) {
        (true, "reply") => marked("reply").or_else(|| marked("root")),
        (true, _) => marked(mark),
        (false, "reply") => tags(event, "e").next_back().and_then(id),
        (false, _) => tags(event, "e").next().and_then(id),
    }
}

#[cfg(test)]
mod tests {
    use sha2::{Digest, Sha256};

    use super::*;

    /// An event of the author whose secret key is thirty-two times 7.
    fn signed(kind: u64, tags: &Value, content: &str) -> Value {
        let key = k256::schnorr::SigningKey::from_bytes(&[7; 32].into()).expect("a key");
        let author = to_hex(&key.verifying_key().to_bytes());
        let whole = json!([0, author, 1_795_459_800, kind, tags, content]).to_string();
        let hash = Sha256::digest(whole.as_bytes());
        let signature = key.sign_raw(&hash, &[0; 32]).expect("it signs");
        json!({
            "id": to_hex(&hash), "pubkey": author, "created_at": 1_795_459_800, "kind": kind,
            "tags": tags, "content": content, "sig": to_hex(&signature.to_bytes()),
        })
    }

    fn to_hex(bytes: &[u8]) -> String {
        bytes
            .iter()
            .fold(String::new(), |hex, b| hex + &format!("{b:02x}"))
    }

    fn heard(talk: &mut Nostr<'_>, frame: &Value) -> Said {
        talk.heard(Bytes::from(frame.to_string()), Instant::now())
    }

    #[test]
    fn only_an_authors_own_words_come_in() {
        let mut authors = Authors::default();
        let mut talk = Nostr::new(
            (vec![json!({"kinds": [1]})], Some(5)),
            Box::new(|| 9),
            &mut authors,
        );
        let opened = talk.opened(Instant::now());
        assert_eq!(
            opened.send,
            [r#"["REQ","watchfloor",{"kinds":[1],"since":5}]"#]
        );

        let good = signed(
            1,
            &json!([["e", "a", "", "root"], ["e", "b", "", "reply"]]),
            "água \"\n\t",
        );
        let said = heard(&mut talk, &json!(["EVENT", NAME, good]));
        let document: Value =
            serde_json::from_slice(&said.document.expect("it is good")).expect("JSON");
        assert_eq!(
            (&document["reply_to"], &document["root"]),
            (&json!("b"), &json!("a"))
        );
        assert_eq!(said.cursor.as_deref(), Some("9"), "no later than now");

        for (key, value) in [
            ("content", json!("other")),
            ("pubkey", json!("00".repeat(32))),
            ("sig", json!("11".repeat(64))),
            ("id", json!("é")),
            ("tags", json!(3)),
        ] {
            let mut bad = good.clone();
            bad[key] = value;
            let said = heard(&mut talk, &json!(["EVENT", NAME, bad]));
            assert!(said.document.is_none() && said.refused.is_some(), "{key}");
        }
    }

    #[test]
    fn a_deletion_takes_back_only_what_its_author_wrote() {
        let mut authors = Authors::default();
        let mut talk = Nostr::new((vec![], None), Box::new(|| u64::MAX), &mut authors);
        let mine = signed(1, &json!([]), "x");
        heard(&mut talk, &json!(["EVENT", NAME, mine]));
        talk.authors.remember("someone-elses", "someone");
        let delete = signed(5, &json!([["e", mine["id"]], ["e", "someone-elses"]]), "");
        let said = heard(&mut talk, &json!(["EVENT", NAME, delete]));
        let document: Value =
            serde_json::from_slice(&said.document.expect("it is good")).expect("JSON");
        assert_eq!(document["deletes"], json!([mine["id"]]));
    }

    #[test]
    fn what_a_relay_says_is_told() {
        let mut authors = Authors::default();
        let mut talk = Nostr::new((vec![], None), Box::new(|| 0), &mut authors);
        assert!(heard(&mut talk, &json!(["EOSE", NAME])).up);
        let closed = heard(&mut talk, &json!(["CLOSED", NAME, "error: \u{1b}idle"]));
        assert!(
            closed
                .end
                .is_some_and(|e| e.says.contains("error: ") && !e.says.contains('\u{1b}'))
        );
        assert!(
            heard(&mut talk, &json!(["AUTH", "x"]))
                .warning
                .is_some_and(|w| w.contains("NIP-42"))
        );
    }
}
