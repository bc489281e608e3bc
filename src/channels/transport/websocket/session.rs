//! One connection, from its first packet to its end.
//!
//! What is ready is read in one go and handed over together; while the hub is
//! busy nothing is read, so that the peer's own flow control holds it back. The
//! cursor moves after the hub has kept what came before it.

use bytes::Bytes;
use futures_util::{FutureExt, SinkExt, StreamExt};
use reqwest::Url;
use serde_json::Value;
use std::time::Duration;
use tokio::time::{Instant, timeout};
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::tungstenite::{Error, Message};

use super::connect::{Refused, Socket, connect, lost};
use super::discord;
use super::nostr::Authors;
use super::talk::{Ended, Said, Talk};
use super::{End, Work};
use crate::channels::Intake;
use crate::channels::address::{self, Known};
use crate::channels::file::TalkKind;
use crate::channels::map::delivery::Delivery;
use crate::channels::map::words::plain;
use crate::channels::transport::cursors::Cursors;
use crate::channels::transport::deliver::deliver;
use crate::channels::transport::documents::take;
use crate::channels::transport::pacing::{refusal, retry_after};
use crate::channels::transport::place::{Kept, moment};

/// Most messages that are handed over together.
const TOGETHER: usize = 256;
/// Wait after a close that only the operator can do anything about.
const HOPELESS: Duration = Duration::from_mins(5);

/// What one go of reading came to.
#[derive(Default)]
struct Gone {
    together: Delivery,
    cursor: Option<String>,
    remember: Vec<(&'static str, Option<String>)>,
    send: Vec<String>,
    end: Option<End>,
}

impl<I: Intake, C: Cursors> Work<'_, I, C> {
    /// One connection.
    pub(super) async fn session(&self, kept: &mut Kept, authors: &mut Authors) -> End {
        match self.hold(kept, authors).await {
            Ok(never) => never,
            Err(end) => end,
        }
    }

    async fn hold(&self, kept: &mut Kept, authors: &mut Authors) -> Result<End, End> {
        let mut known = Known::new();
        if let Some(cursor) = &kept.place.cursor {
            known.insert("cursor".to_owned(), cursor.as_str().into());
        }
        let now = self.with.clock.now();
        let auth = self
            .login
            .known(self.channel, now)
            .await
            .map_err(End::lost)?;
        known.insert("auth".to_owned(), Value::Object(auth));
        let mut socket = self.open(kept, &known).await?;
        let mut talk = self.talk(kept, (&known, authors)).map_err(End::lost)?;
        let mut gone = Gone::default();
        self.told(talk.opened(Instant::now()), &mut gone);
        self.settle(gone, &mut socket, kept).await?;
        let every = self.source.ping_every;
        let mut ping_at = every.map(|every| Instant::now() + every);
        let idle = self.source.read_idle_timeout;
        let mut silent_at = Instant::now() + idle;
        loop {
            let mut gone = Gone::default();
            tokio::select! {
                message = socket.next() => {
                    silent_at = Instant::now() + idle;
                    self.take(message, (&mut socket, &mut *talk), &mut gone);
                }
                () = moment(ping_at) => {
                    ping_at = every.map(|every| Instant::now() + every);
                    let ping = socket.send(Message::Ping(Bytes::new())).await;
                    ping.map_err(|e| End::lost(lost(&e)))?;
                }
                () = moment(talk.due()) => self.told(talk.tick(Instant::now()), &mut gone),
                () = moment(kept.due()) => kept.save(self.channel, self.with).await,
                () = tokio::time::sleep_until(silent_at) => {
                    let seconds = idle.as_secs();
                    let says = format!("Nothing came for {seconds} s, not even an answer to a ping.");
                    return Err(End::lost(says));
                }
            }
            self.settle(gone, &mut socket, kept).await?;
        }
    }

    /// Opens the connection: where, as the file and what is kept say.
    async fn open(&self, kept: &mut Kept, known: &Known) -> Result<Socket, End> {
        let request = &self.source.request;
        let resume = kept.place.registered.get(discord::RESUME);
        let resume = resume.filter(|_| matches!(self.source.talk, TalkKind::Discord { .. }));
        let mut url = address::url(self.channel, &request.url, known).map_err(End::lost)?;
        if let Some(host) = resume.and_then(|r| Url::parse(r).ok()) {
            // The session is resumed where Discord says, with our parameters.
            let query = url.query().map(str::to_owned);
            url = host;
            url.set_query(query.as_deref());
        }
        let headers = address::headers(self.channel, &request.headers, known);
        let mut headers = headers.map_err(End::lost)?;
        let proved = self
            .login
            .prove(
                self.channel,
                (&mut url, &mut headers),
                self.with.clock.now(),
            )
            .await;
        proved.map_err(End::lost)?;
        let opened = timeout(self.source.timeout, connect(&self.reach, &url, headers)).await;
        let seconds = self.source.timeout.as_secs_f32();
        let late = |_| End::lost(format!("The server did not answer within {seconds} s."));
        let opened = opened.map_err(late)?;
        opened.map_err(|refused| self.refused(refused, kept))
    }

    /// What a refusal is told as, and how long it asks us to stay away.
    fn refused(&self, refused: Refused, kept: &mut Kept) -> End {
        let lost = &self.source.cursor_lost;
        if lost.iter().any(|words| refused.body.contains(words)) {
            kept.place.cursor = None;
            self.with.health.warn(
                "The server does not go back as far as we were: what came meanwhile is missing.",
            );
        }
        let now = self.with.clock.now();
        let answer = refused.answer.as_ref();
        let wait = answer.and_then(|(_, headers)| retry_after(headers, now));
        let mut says = answer.map_or(refused.says, |(status, _)| refusal(*status, wait));
        let words = plain(&self.channel.without_secrets(&refused.body));
        if !words.is_empty() {
            says = format!("{says} It says: {words}.");
        }
        End::Lost(Ended { says, wait })
    }

    /// Takes a message and those that are ready behind it.
    fn take(
        &self,
        first: Option<Result<Message, Error>>,
        (socket, talk): (&mut Socket, &mut dyn Talk),
        gone: &mut Gone,
    ) {
        let mut next = Some(first);
        let mut taken = 0;
        while let Some(message) = next.take() {
            self.message(message, talk, gone);
            taken += 1;
            if taken < TOGETHER && gone.end.is_none() {
                next = socket.next().now_or_never();
            }
        }
    }

    fn message(
        &self,
        message: Option<Result<Message, Error>>,
        talk: &mut dyn Talk,
        gone: &mut Gone,
    ) {
        let body = match message {
            None => {
                gone.end = Some(End::lost("The server closed the connection."));
                return;
            }
            Some(Err(error)) => {
                gone.end = Some(End::lost(lost(&error)));
                return;
            }
            Some(Ok(Message::Close(frame))) => return self.closed(frame.as_ref(), talk, gone),
            Some(Ok(Message::Text(text))) => Bytes::from(text),
            Some(Ok(Message::Binary(bytes))) => bytes,
            Some(Ok(Message::Ping(_) | Message::Pong(_) | Message::Frame(_))) => return,
        };
        self.told(talk.heard(body, Instant::now()), gone);
    }

    /// What a close is told as: the talk's words, the file's, the server's.
    fn closed(&self, frame: Option<&CloseFrame>, talk: &dyn Talk, gone: &mut Gone) {
        let code = frame.map(|f| u16::from(f.code));
        if let Some(said) = code.and_then(|code| talk.closed(code)) {
            return self.told(said, gone);
        }
        let known = self.source.refusals.iter().find(|(c, _)| Some(*c) == code);
        if let Some((_, says)) = known {
            gone.end = Some(End::Lost(Ended {
                says: says.clone(),
                wait: Some(HOPELESS),
            }));
            return;
        }
        let why = frame.map(|f| plain(&self.channel.without_secrets(&f.reason)));
        let why = why.filter(|r| !r.is_empty());
        let why = why.unwrap_or_else(|| "it does not say why".to_owned());
        let code = code.map_or(String::new(), |code| format!(" ({code})"));
        gone.end = Some(End::lost(format!(
            "The server closed the connection{code}: {why}."
        )));
    }

    /// Does what a talk says, as far as that needs no socket.
    fn told(&self, said: Said, gone: &mut Gone) {
        if said.up {
            self.with.health.up(self.with.clock.now());
        }
        if let Some(why) = &said.refused {
            self.with.health.refused(why);
        }
        if let Some(says) = &said.warning {
            self.with.health.warn(says);
        }
        if let Some(document) = said.document
            && let Err(says) = take(self.channel, document, &mut gone.together, self.with)
        {
            gone.end = Some(End::lost(says));
        }
        gone.cursor = said.cursor.or(gone.cursor.take());
        gone.remember.extend(said.remember);
        gone.send.extend(said.send);
        if let Some(ended) = said.end {
            gone.end = Some(End::Lost(ended));
        }
    }

    /// Hands over what came, moves the cursor, and says what is to be said.
    async fn settle(&self, gone: Gone, socket: &mut Socket, kept: &mut Kept) -> Result<(), End> {
        let mut together = gone.together;
        let cursor = together.cursor.take().or(gone.cursor);
        // What came before the end counts.
        if !together.kept.is_empty() {
            deliver(self.channel.name(), together, self.with).await?;
        }
        if cursor.is_some() {
            kept.place.cursor = cursor;
        }
        for (name, value) in gone.remember {
            match value {
                Some(value) => kept.place.registered.insert(name.to_owned(), value),
                None => kept.place.registered.remove(name),
            };
        }
        kept.soon(self.channel, self.with).await;
        for frame in gone.send {
            let sent = socket.send(Message::text(frame)).await;
            sent.map_err(|e| End::lost(lost(&e)))?;
        }
        gone.end.map_or(Ok(()), Err)
    }
}
