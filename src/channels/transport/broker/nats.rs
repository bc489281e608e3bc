//! NATS: subjects as they are said, or a durable consumer of a `JetStream` stream,
//! whose messages are acknowledged only after the hub has kept them.
//!
//! The client protocol is some lines of text
//! (docs.nats.io/reference/reference-protocols/nats-protocol); the library for
//! it opens connections of its own to whatever servers it is told about, which
//! the guard could not see.

use bytes::Bytes;
use serde_json::{Value, json};
use tokio::time::Instant;

use super::wire::Line;
use super::{LARGE, Message, TOGETHER, Work};
use crate::channels::Intake;
use crate::channels::map::words::plain;
use crate::channels::transport::calls::Failed;
use crate::channels::transport::cursors::Cursors;

/// Longest line of the protocol; servers take 4 KiB.
const LINE: usize = 64 * 1024;
/// Messages that are asked of a stream at once.
const ASKED: usize = 64;

/// What a server says.
#[derive(Debug, PartialEq)]
enum Said {
    Info(Value),
    Message {
        subject: String,
        reply: Option<String>,
        /// A status instead of a message: "404", "408", …
        status: Option<String>,
        payload: Bytes,
    },
    Ping,
    Pong,
    Ok,
    Error(String),
}

impl<I: Intake, C: Cursors> Work<'_, I, C> {
    /// One connection, from its first packet to its end.
    pub(super) async fn nats(&self) -> Result<(), Failed> {
        let wire = self.dial(false, 4222).await?;
        let mut line = Line::new(wire);
        let hello = self.soon(self.said(&mut line)).await??;
        let Said::Info(info) = hello else {
            return Err("The broker does not greet us as NATS has it."
                .to_owned()
                .into());
        };
        let wants_tls = info.get("tls_required").and_then(Value::as_bool) == Some(true);
        if self.url.scheme() == "tls" || wants_tls {
            line = Line::new(self.soon(self.secure(line.wire)).await??);
        }
        line.say(self.hello().as_bytes()).await?;
        // The answer to the ping says that the login was taken.
        loop {
            match self.soon(self.said(&mut line)).await?? {
                Said::Pong => break,
                Said::Error(says) => return Err(self.refused(&says).into()),
                _ => {}
            }
        }
        match &self.stream {
            None => {
                let subscribe =
                    |(nth, subject): (usize, &String)| format!("SUB {subject} {nth}\r\n");
                let all: String = self.topics.iter().enumerate().map(subscribe).collect();
                line.say(all.as_bytes()).await?;
            }
            Some(stream) => {
                line.say(self.consume(stream).as_bytes()).await?;
            }
        }
        self.with.health.up(self.with.clock.now());
        self.listen_to(&mut line).await
    }

    async fn listen_to(&self, line: &mut Line) -> Result<(), Failed> {
        let every = self.source.keep_alive;
        let mut ping_at = Instant::now() + every;
        let patience = every * 2;
        let mut silent_at = Instant::now() + patience;
        loop {
            let said = tokio::select! {
                said = self.said(line) => said?,
                () = tokio::time::sleep_until(ping_at) => {
                    ping_at = Instant::now() + every;
                    // What was asked of a stream may have run out.
                    let ask = self.stream.as_ref().map(|s| self.ask(s)).unwrap_or_default();
                    line.say(format!("PING\r\n{ask}").as_bytes()).await?;
                    continue;
                }
                () = tokio::time::sleep_until(silent_at) => {
                    let says = format!("Nothing came for {} s, not even an answer to a ping.", patience.as_secs());
                    return Err(says.into());
                }
            };
            silent_at = Instant::now() + patience;
            let mut messages = Vec::new();
            let mut answers = String::new();
            self.heard(said, &mut messages, &mut answers)?;
            // What is there already is handed over with it.
            while messages.len() < TOGETHER {
                let most = self.channel.max_body_bytes();
                match parse(&mut line.read, most)? {
                    Some(said) => self.heard(said, &mut messages, &mut answers)?,
                    None => break,
                }
            }
            if !messages.is_empty() {
                self.hand_over(messages).await?;
                if let Some(stream) = &self.stream {
                    answers.push_str(&self.ask(stream));
                }
            }
            if !answers.is_empty() {
                line.say(answers.as_bytes()).await?;
            }
        }
    }

    fn heard(
        &self,
        said: Said,
        messages: &mut Vec<Message>,
        answers: &mut String,
    ) -> Result<(), Failed> {
        if let Said::Message {
            status: Some(_), ..
        } = said
        {
            // Nothing there yet, or what was asked has run out.
            return Ok(());
        }
        match said {
            Said::Ping => answers.push_str("PONG\r\n"),
            Said::Error(says) => return Err(self.refused(&says).into()),
            Said::Message {
                subject, payload, ..
            } if subject.starts_with("_INBOX.wf.make.") => {
                let answer: Value = serde_json::from_slice(&payload).unwrap_or_default();
                if let Some(says) = answer.pointer("/error/description").and_then(Value::as_str) {
                    return Err(self.refused(says).into());
                }
                if let Some(stream) = &self.stream {
                    answers.push_str(&self.ask(stream));
                }
            }
            Said::Message {
                subject,
                reply,
                payload,
                ..
            } => {
                let topic = subject;
                messages.push(Message { topic, payload });
                if let Some(reply) = reply.filter(|r| r.starts_with("$JS.ACK.")) {
                    for piece in ["PUB ", &reply, " 4\r\n+ACK\r\n"] {
                        answers.push_str(piece);
                    }
                }
            }
            Said::Info(_) | Said::Pong | Said::Ok => {}
        }
        Ok(())
    }

    fn hello(&self) -> String {
        let mut hello = json!({
            "verbose": false, "pedantic": false, "lang": "watchfloor", "protocol": 1,
            "version": env!("CARGO_PKG_VERSION"), "name": self.name, "headers": true, "no_responders": true,
        });
        if !self.user.is_empty() {
            hello["user"] = json!(self.user);
            hello["pass"] = json!(self.password);
        } else if !self.password.is_empty() {
            hello["auth_token"] = json!(self.password);
        }
        format!("CONNECT {hello}\r\nPING\r\n")
    }

    /// Makes the durable consumer, or finds it made.
    fn consume(&self, stream: &str) -> String {
        let mut config = json!({
            "durable_name": self.name, "ack_policy": "explicit", "deliver_policy": "all",
            "ack_wait": 60_000_000_000_u64,
        });
        match self.topics.as_slice() {
            [one] => config["filter_subject"] = json!(one),
            several => config["filter_subjects"] = json!(several),
        }
        let body = json!({"stream_name": stream, "config": config}).to_string();
        let name = &self.name;
        format!(
            "SUB _INBOX.wf.> 0\r\nPUB $JS.API.CONSUMER.DURABLE.CREATE.{stream}.{name} _INBOX.wf.make.1 {}\r\n{body}\r\n",
            body.len()
        )
    }

    /// Asks the stream for what is next.
    fn ask(&self, stream: &str) -> String {
        let expires = u64::try_from(self.source.keep_alive.as_nanos()).unwrap_or(u64::MAX);
        let body = json!({"batch": ASKED, "expires": expires}).to_string();
        let name = &self.name;
        format!(
            "PUB $JS.API.CONSUMER.MSG.NEXT.{stream}.{name} _INBOX.wf.next.1 {}\r\n{body}\r\n",
            body.len()
        )
    }

    fn refused(&self, says: &str) -> String {
        let words = plain(&self.channel.without_secrets(says));
        format!("The broker says: {words}.")
    }

    /// What the server says next; cancelled, it has taken nothing.
    async fn said(&self, line: &mut Line) -> Result<Said, Failed> {
        loop {
            if let Some(said) = parse(&mut line.read, self.channel.max_body_bytes())? {
                return Ok(said);
            }
            line.more().await?;
        }
    }
}

fn odd() -> String {
    "What the broker sends is not NATS.".to_owned()
}

/// Takes what is whole out of `read`.
///
/// # Errors
/// A sentence: it is not NATS, or too large.
fn parse(read: &mut bytes::BytesMut, most: usize) -> Result<Option<Said>, String> {
    let Some(end) = read.windows(2).take(LINE).position(|w| w == b"\r\n") else {
        return if read.len() > LINE {
            Err(odd())
        } else {
            Ok(None)
        };
    };
    let head = String::from_utf8_lossy(read.get(..end).unwrap_or_default()).into_owned();
    let (verb, rest) = head.split_once([' ', '\t']).unwrap_or((&head, ""));
    let words: Vec<&str> = rest.split_ascii_whitespace().collect();
    let simple = match verb.to_ascii_uppercase().as_str() {
        "INFO" => Said::Info(serde_json::from_str(rest).map_err(|_| odd())?),
        "PING" => Said::Ping,
        "PONG" => Said::Pong,
        "+OK" => Said::Ok,
        "-ERR" => Said::Error(rest.trim_matches('\'').to_owned()),
        kind @ ("MSG" | "HMSG") => {
            let headed = kind == "HMSG";
            return message(read, (end + 2, &words), (headed, most));
        }
        _ => return Err(odd()),
    };
    drop(read.split_to(end + 2));
    Ok(Some(simple))
}

/// `MSG subject sid [reply] bytes`, `HMSG subject sid [reply] header-bytes bytes`.
fn message(
    read: &mut bytes::BytesMut,
    (start, words): (usize, &[&str]),
    (headed, most): (bool, usize),
) -> Result<Option<Said>, String> {
    let number = |word: Option<&&str>| word.and_then(|w| w.parse::<usize>().ok()).ok_or_else(odd);
    let numbers = if headed { 2 } else { 1 };
    let named = words.len().checked_sub(numbers).ok_or_else(odd)?;
    let size = number(words.last())?;
    let head = if headed { number(words.get(named))? } else { 0 };
    if head > size || !(2..=3).contains(&named) {
        return Err(odd());
    }
    if size > most.saturating_add(LINE) {
        return Err(LARGE.to_owned());
    }
    if read.len() < start + size + 2 {
        return Ok(None);
    }
    let subject = (*words.first().ok_or_else(odd)?).to_owned();
    let reply = (named == 3)
        .then(|| words.get(2).map(|w| (*w).to_owned()))
        .flatten();
    drop(read.split_to(start));
    let mut payload = read.split_to(size).freeze();
    drop(read.split_to(2));
    let headers = payload.split_to(head);
    let first = String::from_utf8_lossy(&headers);
    let first = first
        .lines()
        .next()
        .and_then(|l| l.strip_prefix("NATS/1.0"));
    let status = first
        .and_then(|l| l.split_ascii_whitespace().next())
        .map(str::to_owned);
    Ok(Some(Said::Message {
        subject,
        reply,
        status,
        payload,
    }))
}

#[cfg(test)]
mod tests {
    use bytes::BytesMut;
    use proptest::prelude::*;

    use super::*;

    fn all(pieces: &[&[u8]]) -> Result<Vec<Said>, String> {
        let mut read = BytesMut::new();
        let mut all = Vec::new();
        for piece in pieces {
            read.extend_from_slice(piece);
            while let Some(said) = parse(&mut read, 1024)? {
                all.push(said);
            }
        }
        Ok(all)
    }

    #[test]
    fn messages_with_and_without_headers_and_replies() {
        let stream = b"PING\r\nMSG a.b 1 2\r\nhi\r\nHMSG a 1 $JS.ACK.x 22 24\r\nNATS/1.0\r\nK: value\r\n\r\nhi\r\nHMSG r 0 16 16\r\nNATS/1.0 404\r\n\r\n\r\n-ERR 'no'\r\n";
        let said = all(&[stream]).expect("it is NATS");
        let message = |subject: &str,
                       reply: Option<&str>,
                       status: Option<&str>,
                       payload: &'static str| Said::Message {
            subject: subject.to_owned(),
            reply: reply.map(str::to_owned),
            status: status.map(str::to_owned),
            payload: Bytes::from_static(payload.as_bytes()),
        };
        assert_eq!(said[0], Said::Ping);
        assert_eq!(said[1], message("a.b", None, None, "hi"));
        assert_eq!(said[3], message("r", None, Some("404"), ""));
        assert_eq!(said[4], Said::Error("no".to_owned()));
        assert!(all(&[b"GET / HTTP/1.1\r\n"]).is_err());
        assert!(all(&[b"MSG a 1 99999999\r\n"]).is_err());
        assert!(all(&[&vec![b'x'; LINE + 1]]).is_err());
    }

    proptest! {
        #[test]
        fn where_it_is_cut_changes_nothing(cut in 0..45_usize) {
            let stream = b"MSG a.b 1 2\r\nhi\r\nPING\r\nMSG c 1 r 0\r\n\r\n+OK\r\n";
            let (head, tail) = stream.split_at(cut.min(stream.len()));
            prop_assert_eq!(all(&[head, tail]), all(&[stream]));
        }

        #[test]
        fn no_bytes_make_it_panic(text in "(MSG|HMSG|INFO|PING)( [a-z0-9{}]{0,4}){0,5}\r\n[ -~]{0,9}") {
            drop(all(&[text.as_bytes()]));
        }
    }
}
