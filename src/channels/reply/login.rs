//! Sessions: vendors that want a token of their own asked for first (`OAuth2`
//! client credentials, a Bluesky session).
//!
//! Owns the description, the request's answer and when a token is too old. The
//! token lives in memory only.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::Value;

use super::body::Body;
use super::build::{Call, Tokens, before_login, login_request};
use super::phrase::Phrase;
use crate::channels::map::expr::Field;
use crate::channels::map::scope::{Message, Scope};
use crate::channels::registry::Channel;
use crate::channels::session::assertion;
use crate::model::time::Timestamp;

/// How a token is asked for.
#[derive(Debug)]
pub(in crate::channels) struct Login {
    /// Where.
    pub(in crate::channels) url: Phrase,
    /// Headers.
    pub(in crate::channels) headers: Vec<(String, Phrase, bool)>,
    /// What.
    pub(in crate::channels) body: Body,
    /// The token in the answer.
    pub(in crate::channels) token: Field,
    /// How many seconds it lasts.
    pub(in crate::channels) expires_in: Field,
    /// How long it lasts when the answer does not say.
    pub(in crate::channels) lasts: Duration,
    /// What else of the answer is kept, as `auth.NAME`.
    pub(in crate::channels) keep: Vec<(String, Field)>,
    /// Hosts that it may call beside its own.
    pub(in crate::channels) hosts: Vec<String>,
}

/// A session that is open.
#[derive(Clone, Debug)]
pub(in crate::channels) struct Session {
    /// `auth.token` and what else is kept.
    pub(in crate::channels) tokens: Tokens,
    /// When it is to be asked for again.
    until: Timestamp,
}

impl Session {
    /// Whether it can still be used.
    pub(in crate::channels) fn is_good(&self, now: Timestamp) -> bool {
        now < self.until
    }
}

impl Login {
    /// The request.
    ///
    /// # Errors
    /// A sentence: what is missing.
    pub(in crate::channels) fn call(
        &self,
        channel: &Channel,
        now: Timestamp,
    ) -> Result<Call, String> {
        let assertion = assertion(channel, now)?;
        let seen = before_login(channel, assertion, now);
        login_request((&self.url, &self.headers, &self.body), &seen)
    }

    /// The session that an answer opens; none when it has no token.
    pub(in crate::channels) fn opened(&self, body: &[u8], now: Timestamp) -> Option<Session> {
        let tree: Value = serde_json::from_slice(body).ok()?;
        let vars = BTreeMap::new();
        let message = Message::new(&tree, &vars);
        let scope = Scope::top(&message);
        let mut tokens = Tokens::new();
        tokens.insert("token".to_owned(), self.token.text(&scope)?.into_owned());
        for (name, field) in &self.keep {
            if let Some(text) = field.text(&scope) {
                tokens.insert(name.clone(), text.into_owned());
            }
        }
        let told = self
            .expires_in
            .text(&scope)
            .and_then(|t| t.parse::<u64>().ok());
        let lasts = told.map_or(self.lasts, Duration::from_secs);
        // A tenth early, so that no request leaves with a token that dies on
        // the way.
        let ms = i64::try_from(lasts.mul_f64(0.9).as_millis()).unwrap_or(i64::MAX);
        Some(Session {
            tokens,
            until: Timestamp::from_millis(now.as_millis().saturating_add(ms)),
        })
    }
}
