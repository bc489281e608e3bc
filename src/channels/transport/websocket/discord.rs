//! Discord's gateway (API version 10): HELLO, IDENTIFY or RESUME, heartbeats
//! and the watch over their answers.
//!
//! The session and the number of the last event that the hub has kept survive
//! connections and restarts, so that Discord sends again what was missed.

use std::time::Duration;

use bytes::Bytes;
use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Value, json};
use tokio::time::Instant;

use super::talk::{Ended, Said, Talk};

/// The session, under which name a place remembers it.
pub(super) const SESSION: &str = "session_id";
/// Where it is resumed.
pub(super) const RESUME: &str = "resume_url";

/// Longest that a heartbeat may be asked to wait.
const SLOWEST: Duration = Duration::from_mins(5);
/// Wait after a close that nobody but the operator can do anything about.
const HOPELESS: Duration = Duration::from_mins(15);

/// One connection to the gateway.
#[derive(Debug)]
pub(super) struct Discord {
    token: String,
    intents: u64,
    /// The session to resume, and its last event.
    session: Option<(String, String)>,
    /// The last event that came on this connection.
    last: Option<String>,
    every: Option<Duration>,
    due: Option<Instant>,
    acknowledged: bool,
    /// From 0 to 1: where in the first interval the first heartbeat is.
    jitter: f64,
}

#[derive(Deserialize)]
struct Payload<'p> {
    op: u8,
    #[serde(default)]
    s: Option<u64>,
    #[serde(default)]
    t: Option<String>,
    #[serde(default, borrow)]
    d: Option<&'p RawValue>,
}

impl Discord {
    /// A connection for the bot with `token`; `session` and its last event when
    /// there is one to resume.
    pub(super) fn new(
        (token, intents): (String, u64),
        session: Option<(String, String)>,
        jitter: f64,
    ) -> Self {
        Self {
            token,
            intents,
            last: session.as_ref().map(|(_, last)| last.clone()),
            session,
            every: None,
            due: None,
            acknowledged: true,
            jitter: jitter.clamp(0.0, 1.0),
        }
    }

    fn heartbeat(&self) -> String {
        let last: Value = self
            .last
            .as_ref()
            .and_then(|l| l.parse::<u64>().ok())
            .into();
        json!({"op": 1, "d": last}).to_string()
    }

    fn hello(&mut self, hello: &Value, now: Instant) -> Said {
        let ms = hello.get("heartbeat_interval").and_then(Value::as_u64);
        let Some(every) = ms.map(Duration::from_millis).filter(|e| !e.is_zero()) else {
            return Said::end(Ended::soon("Discord's greeting has no heartbeat_interval."));
        };
        let every = every.min(SLOWEST);
        self.every = Some(every);
        self.due = Some(now + every.mul_f64(self.jitter));
        let frame = match &self.session {
            Some((session, last)) => json!({"op": 6, "d": {
                "token": self.token, "session_id": session, "seq": last.parse::<u64>().unwrap_or(0),
            }}),
            None => json!({"op": 2, "d": {
                "token": self.token, "intents": self.intents,
                "properties": {"os": std::env::consts::OS, "browser": "watchfloor", "device": "watchfloor"},
            }}),
        };
        Said {
            send: vec![frame.to_string()],
            ..Said::default()
        }
    }

    fn dispatch(&mut self, payload: &Payload<'_>, data: &Value, message: &Bytes) -> Said {
        let mut said = Said::document(message.clone());
        if let Some(s) = payload.s {
            self.last = Some(s.to_string());
            said.cursor.clone_from(&self.last);
        }
        let text = |key: &str| data.get(key).and_then(Value::as_str).map(str::to_owned);
        match payload.t.as_deref() {
            Some("READY") => {
                said.up = true;
                said.remember = vec![
                    (SESSION, text("session_id")),
                    (RESUME, text("resume_gateway_url")),
                ];
            }
            Some("RESUMED") => said.up = true,
            _ => {}
        }
        said
    }
}

/// Forgets the session: the next connection begins one.
fn forget() -> Vec<(&'static str, Option<String>)> {
    vec![(SESSION, None), (RESUME, None)]
}

impl Talk for Discord {
    fn opened(&mut self, _: Instant) -> Said {
        Said::default()
    }

    fn heard(&mut self, message: Bytes, now: Instant) -> Said {
        let Ok(payload) = serde_json::from_slice::<Payload<'_>>(&message) else {
            return Said::document(message);
        };
        let data: Value = payload
            .d
            .and_then(|d| serde_json::from_str(d.get()).ok())
            .unwrap_or_default();
        match payload.op {
            0 => self.dispatch(&payload, &data, &message),
            1 => Said {
                send: vec![self.heartbeat()],
                ..Said::default()
            },
            7 => Said::end(Ended::soon("Discord asked us to connect anew.")),
            9 => Said {
                remember: if data == Value::Bool(true) {
                    Vec::new()
                } else {
                    forget()
                },
                ..Said::end(Ended {
                    says: "Discord says that the session is not valid; a new one is begun."
                        .to_owned(),
                    // As the documentation asks: after one to five seconds.
                    wait: Some(Duration::from_secs(1).mul_f64(1.0 + 4.0 * self.jitter)),
                })
            },
            10 => self.hello(&data, now),
            11 => {
                self.acknowledged = true;
                Said::default()
            }
            _ => Said::default(),
        }
    }

    fn due(&self) -> Option<Instant> {
        self.due
    }

    fn tick(&mut self, now: Instant) -> Said {
        if !std::mem::take(&mut self.acknowledged) {
            let says = "Discord did not answer the last heartbeat: the connection is dead.";
            return Said::end(Ended::soon(says));
        }
        self.due = self.every.map(|every| now + every);
        Said {
            send: vec![self.heartbeat()],
            ..Said::default()
        }
    }

    fn closed(&self, code: u16) -> Option<Said> {
        let hopeless = |says: &str| {
            Some(Said {
                remember: forget(),
                ..Said::end(Ended {
                    says: says.to_owned(),
                    wait: Some(HOPELESS),
                })
            })
        };
        match code {
            4004 => hopeless("Discord refuses the bot's token; look at the channel's secrets."),
            4010 | 4011 => hopeless("Discord wants the bot to be sharded, which it is not."),
            4012 => hopeless("Discord does not offer this version of the gateway any more."),
            4013 => hopeless("Discord says that the intents are none; look at vars.intents."),
            4014 => hopeless(
                "Discord does not allow the bot these intents: switch \"Message Content\" on for it.",
            ),
            // The session is over: normal closes, bad numbers, time-outs.
            1000 | 1001 | 4003 | 4007 | 4009 => Some(Said {
                remember: forget(),
                ..Said::end(Ended::soon(
                    "Discord ended the session; a new one is begun.",
                ))
            }),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(talk: &mut Discord, message: &str, now: Instant) -> Said {
        talk.heard(Bytes::copy_from_slice(message.as_bytes()), now)
    }

    fn sent(said: &Said) -> Value {
        assert_eq!(said.send.len(), 1, "{said:?}");
        serde_json::from_str(&said.send[0]).expect("JSON")
    }

    const HELLO: &str = r#"{"op":10,"d":{"heartbeat_interval":45000},"s":null,"t":null}"#;

    #[test]
    fn a_new_session_identifies_and_beats_within_its_jitter() {
        let now = Instant::now();
        let mut talk = Discord::new(("tok".to_owned(), 33280), None, 0.5);
        let frame = sent(&said(&mut talk, HELLO, now));
        assert_eq!(
            (&frame["op"], &frame["d"]["token"]),
            (&json!(2), &json!("tok"))
        );
        assert_eq!(talk.due(), Some(now + Duration::from_millis(22_500)));
        let ready = r#"{"op":0,"s":1,"t":"READY","d":{"session_id":"S","resume_gateway_url":"wss://r.discord.gg"}}"#;
        let ready = said(&mut talk, ready, now);
        assert!(ready.up && ready.remember.contains(&(SESSION, Some("S".to_owned()))));
        assert_eq!(sent(&talk.tick(now)), json!({"op": 1, "d": 1}));
        assert!(said(&mut talk, r#"{"op":11}"#, now).send.is_empty());
        assert_eq!(sent(&talk.tick(now)), json!({"op": 1, "d": 1}));
        // That one is not answered.
        assert!(
            talk.tick(now)
                .end
                .is_some_and(|e| e.says.contains("heartbeat"))
        );
    }

    #[test]
    fn a_known_session_is_resumed_and_forgotten_when_it_is_not_valid() {
        let now = Instant::now();
        let session = Some(("S".to_owned(), "1337".to_owned()));
        let mut talk = Discord::new(("tok".to_owned(), 1), session, 0.0);
        let frame = sent(&said(&mut talk, HELLO, now));
        assert_eq!(
            frame,
            json!({"op": 6, "d": {"token": "tok", "session_id": "S", "seq": 1337}})
        );
        let again = said(&mut talk, r#"{"op":9,"d":true}"#, now);
        assert!(again.remember.is_empty() && again.end.is_some());
        let over = said(&mut talk, r#"{"op":9,"d":false}"#, now);
        assert!(over.remember.contains(&(SESSION, None)));
        assert!(said(&mut talk, r#"{"op":7,"d":null}"#, now).end.is_some());
        assert_eq!(
            sent(&said(&mut talk, r#"{"op":1}"#, now)),
            json!({"op": 1, "d": 1337})
        );
        let refused = talk.closed(4004).and_then(|s| s.end).expect("an end");
        assert!(refused.wait >= Some(Duration::from_mins(1)) && refused.says.contains("token"));
        assert!(talk.closed(4000).is_none(), "that one is resumed");
    }
}
