//! How we prove who we are where we call: credentials put on a request, tokens
//! asked for, kept and renewed.
//!
//! Owns the token and when it is asked for again; which answers mean that it is
//! no good any more is the caller's and the file's to say. Used by everything
//! that calls over HTTP. No token, password or answer of a login gets into a
//! sentence.
//!
//! - `signed`: tokens that we sign ourselves; `placing`: where a credential goes.

mod placing;
mod signed;

use std::time::Duration;

use axum::http::{HeaderMap, StatusCode};
use reqwest::Url;
use serde_json::Value;
use tokio::sync::Mutex;
use tokio::time::Instant;

use super::address::{self, Known};
use super::egress::{Fetcher, Guard, Wanted};
use super::file::{Body, Credentials, Login, Place, Request};
use super::map::pointer::Pointer;
use super::map::scope::{Message, Scope, scalar};
use super::map::words::plain;
use super::registry::Channel;
use crate::model::time::Timestamp;
use placing::{basic, put};
pub(in crate::channels) use signed::{assertion, sign};

/// Longest that a login may take.
const WITHIN: Duration = Duration::from_secs(30);
/// Largest answer to a login.
const LARGEST: usize = 256 * 1024;
/// A token is renewed so long before it ends, so that none ends on its way.
const EARLY: Duration = Duration::from_secs(30);
/// A login that failed is not tried again before this, however many ask.
const PATIENCE: Duration = Duration::from_secs(10);

/// What a channel proves itself with. Shared by everything that it calls.
#[derive(Debug)]
pub(in crate::channels) struct Session {
    credentials: Option<Credentials>,
    fetcher: Option<Fetcher>,
    kept: Mutex<Kept>,
}

#[derive(Debug, Default)]
struct Kept {
    token: Option<Token>,
    /// A refresh token that the server gave instead of the operator's.
    refresh: Option<String>,
    refused: Option<(Instant, String)>,
}

/// A token that is good for a while.
struct Token {
    value: String,
    until: Instant,
    known: Known,
}

impl std::fmt::Debug for Token {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Token(…)")
    }
}

impl Session {
    /// The session of `channel`, before its first login.
    ///
    /// # Errors
    /// A sentence: the address of its login is none.
    pub(in crate::channels) fn of(channel: &Channel) -> Result<Self, String> {
        let credentials = channel.file.credentials.clone();
        let fetcher = match &credentials {
            Some(Credentials::Login(login)) => {
                let url = address::url(channel, &login.request.url, &Known::new())?;
                let guard = Guard::new(&["http", "https"], (&url, &[]), &channel.config);
                Some(Fetcher::new(guard)?)
            }
            _ => None,
        };
        Ok(Self {
            credentials,
            fetcher,
            kept: Mutex::default(),
        })
    }

    /// Puts the credentials on a request, after a login where one is needed.
    /// Gives what of the login templates see as `auth.NAME`.
    ///
    /// # Errors
    /// A sentence without any secret: the login was refused.
    pub(in crate::channels) async fn prove(
        &self,
        channel: &Channel,
        (url, headers): (&mut Url, &mut HeaderMap),
        now: Timestamp,
    ) -> Result<(), String> {
        let nothing = Known::new();
        match &self.credentials {
            None => Ok(()),
            Some(Credentials::Fixed(place, written)) => {
                let value = address::filled(channel, written, &nothing)?;
                put(place, &value, (url, headers))
            }
            Some(Credentials::Basic(user, password)) => basic(channel, (user, password), headers),
            Some(Credentials::Signed(signed)) => {
                let token = sign(channel, signed, now)?;
                let place = Place::Header("authorization".to_owned(), "Bearer ".to_owned());
                put(&place, &token, (url, headers))
            }
            Some(Credentials::Login(login)) => {
                let mut kept = self.kept.lock().await;
                self.renew(channel, (login, now), &mut kept).await?;
                match &kept.token {
                    Some(token) => put(&login.place, &token.value, (url, headers)),
                    None => Ok(()),
                }
            }
        }
    }

    /// What of the login templates see as `auth.NAME`; logs in where that has
    /// to be.
    ///
    /// # Errors
    /// As [`Session::prove`].
    pub(in crate::channels) async fn known(
        &self,
        channel: &Channel,
        now: Timestamp,
    ) -> Result<Known, String> {
        let Some(Credentials::Login(login)) = &self.credentials else {
            return Ok(Known::new());
        };
        let mut kept = self.kept.lock().await;
        self.renew(channel, (login, now), &mut kept).await?;
        Ok(kept
            .token
            .as_ref()
            .map(|t| t.known.clone())
            .unwrap_or_default())
    }

    /// Whether an answer says that the token is no good any more: the next
    /// request logs in anew. False where there is nothing that could be renewed.
    pub(in crate::channels) async fn spent(&self, status: StatusCode, body: &[u8]) -> bool {
        let Some(Credentials::Login(login)) = &self.credentials else {
            return false;
        };
        let says = login.expired_when.as_ref().is_some_and(|when| {
            let document: Value = serde_json::from_slice(body).unwrap_or_default();
            holds(when, &document)
        });
        if status != StatusCode::UNAUTHORIZED && !says {
            return false;
        }
        self.kept.lock().await.token = None;
        true
    }

    async fn renew(
        &self,
        channel: &Channel,
        login: (&Login, Timestamp),
        kept: &mut Kept,
    ) -> Result<(), String> {
        let now = Instant::now();
        if kept.token.as_ref().is_some_and(|t| now < t.until) {
            return Ok(());
        }
        kept.token = None;
        if let Some((at, says)) = &kept.refused
            && now.duration_since(*at) < PATIENCE
        {
            return Err(says.clone());
        }
        match self.log_in(channel, login, kept).await {
            Ok(token) => {
                kept.token = Some(token);
                kept.refused = None;
                Ok(())
            }
            Err(says) => {
                kept.refused = Some((Instant::now(), says.clone()));
                Err(says)
            }
        }
    }

    async fn log_in(
        &self,
        channel: &Channel,
        (login, now): (&Login, Timestamp),
        kept: &mut Kept,
    ) -> Result<Token, String> {
        let known = Known::new();
        let request = &login.request;
        let url = address::url(channel, &request.url, &known)?;
        let mut headers = address::headers(channel, &request.headers, &known)?;
        let ours = [
            ("refresh_token", kept.refresh.clone()),
            ("assertion", assertion(channel, now)?),
        ];
        let request = with(request, &ours);
        let body = address::body(channel, &request, (&mut headers, &known))?;
        if let Some((user, password)) = &login.basic {
            basic(channel, (user, password), &mut headers)?;
        }
        let Some(fetcher) = &self.fetcher else {
            return Err("There is nothing to log in with.".to_owned());
        };
        let wanted = Wanted {
            method: request.method.clone(),
            url: &url,
            headers: &headers,
            body,
            most_bytes: LARGEST,
            within: WITHIN,
        };
        let came = fetcher.fetch(&wanted).await;
        let came = came.map_err(|e| format!("The login failed: {e}"))?;
        let answer: Value = serde_json::from_slice(&came.body).unwrap_or_default();
        if !came.status.is_success() {
            return Err(refusal(came.status, &answer));
        }
        let look = |at: &Pointer| at.walk(&answer).and_then(scalar);
        let value = look(&login.token)
            .ok_or("The login was answered without a token; look at [auth] of the channel's file.")?
            .into_owned();
        if let Some(fresh) = answer.get("refresh_token").and_then(Value::as_str)
            && !fresh.contains("endraw")
        {
            kept.refresh = Some(fresh.to_owned());
        }
        let seconds = login.expires_in.as_ref().and_then(look);
        let lasts = seconds
            .and_then(|s| s.parse().ok())
            .map_or(login.lasts, Duration::from_secs);
        let taken = login
            .take
            .iter()
            .filter_map(|(name, at)| Some((name.clone(), Value::from(look(at)?.into_owned()))));
        Ok(Token {
            value,
            until: Instant::now() + lasts.saturating_sub(EARLY).max(EARLY),
            known: taken.collect(),
        })
    }
}

/// The request with what is ours to say instead of what the file has there.
fn with(request: &Request, ours: &[(&str, Option<String>)]) -> Request {
    let mut request = request.clone();
    if let Body::Form(pairs) = &mut request.body {
        for (name, value) in ours {
            let pair = pairs.iter_mut().find(|(n, _)| n == name);
            if let Some((pair, value)) = pair.zip(value.as_ref()) {
                // A template that is only this text, whatever is in it.
                pair.1 = format!("{{% raw %}}{value}{{% endraw %}}");
            }
        }
    }
    request
}

/// What a server says to a login that it refuses. Only the words that RFC 6749
/// and its like have for it: the answer may repeat what was sent.
fn refusal(status: StatusCode, answer: &Value) -> String {
    let code = answer.get("error").and_then(Value::as_str);
    let code =
        code.filter(|c| c.len() <= 40 && c.bytes().all(|b| b.is_ascii_alphabetic() || b == b'_'));
    match code {
        Some(code) => format!(
            "The login was refused with {} ({}); look at the channel's secrets.",
            status.as_u16(),
            plain(code)
        ),
        None => format!(
            "The login was refused with {}; look at the channel's secrets.",
            status.as_u16()
        ),
    }
}

fn holds(when: &super::map::when::When, document: &Value) -> bool {
    let vars = std::collections::BTreeMap::new();
    let message = Message::new(document, &vars);
    when.holds(&Scope::top(&message))
}
