//! From an act's description and what an officer wrote to the request: pure, so
//! that a test or a dry run sees what would leave us.

use std::collections::BTreeMap;

use axum::http::{HeaderMap, HeaderName, HeaderValue};
use minijinja::value::Value as Word;
use reqwest::{Method, Url};
use serde::Deserialize;

use super::act::Outgoing;
use super::body::{self, Body, Shape};
use super::letter::Letter;
use super::note::Noted;
use super::phrase::Phrase;
use super::way::Way;
use crate::channels::registry::Channel;
use crate::model::content::Content;
use crate::model::reach::before;
use crate::model::time::Timestamp;

/// A request, whole.
#[derive(Clone, Debug)]
pub(in crate::channels) struct Call {
    /// Its method.
    pub(in crate::channels) method: Method,
    /// Where to.
    pub(in crate::channels) url: Url,
    /// Its headers, `content-type` among them.
    pub(in crate::channels) headers: HeaderMap,
    /// Its body; for what is no HTTP what it says, as JSON.
    pub(in crate::channels) body: String,
    /// By what it leaves.
    pub(in crate::channels) by: By,
}

/// By what a request leaves us.
#[derive(Clone, Debug)]
pub(in crate::channels) enum By {
    /// HTTP.
    Http,
    /// SMTP.
    Mail(Box<Letter>),
    /// A Nostr relay.
    Note(Box<Noted>),
}

impl By {
    /// The schemes that its URL may have.
    pub(super) fn schemes(&self) -> &'static [&'static str] {
        match self {
            Self::Http => &["https", "http"],
            Self::Mail(_) => &["smtp"],
            Self::Note(_) => &["wss", "ws"],
        }
    }
}

/// What a login gave: `auth.token`, and what else its file keeps.
pub(in crate::channels) type Tokens = BTreeMap<String, String>;

/// The request of `way`.
///
/// # Errors
/// A sentence: what is missing. Nothing was sent then.
pub(in crate::channels) fn build(
    channel: &Channel,
    way: &Way,
    outgoing: &Outgoing<'_>,
    tokens: &Tokens,
) -> Result<Call, String> {
    let before = before(&way.prefix, outgoing.item);
    let text = format!("{before}{}", outgoing.text);
    let seen = seen(channel, (outgoing, &text), tokens);
    request(way, &seen, (outgoing.id, outgoing.now))
}

/// What a webhook's sender is answered: `vars` and the delivery as `root`.
///
/// # Errors
/// A sentence: what can't be filled in.
pub(in crate::channels) fn answered(
    shape: &Shape,
    vars: &BTreeMap<String, String>,
    root: &serde_json::Value,
) -> Result<serde_json::Value, String> {
    let root = Word::deserialize(root).unwrap_or_default();
    shape.fill(&Word::from_pairs([
        ("vars", operators(vars)),
        ("root", root),
    ]))
}

fn request(way: &Way, seen: &Word, key: (&str, Timestamp)) -> Result<Call, String> {
    let url = way.url.text(seen)?;
    let url = Url::parse(&url).map_err(|_| "What this builds is no URL.".to_owned())?;
    let mut headers = HeaderMap::new();
    let mut by = By::Http;
    let (kind, body) = match &way.body {
        Body::Mail(mail) => {
            let letter = mail.letter(seen, key)?;
            let shown = letter.shown().to_string();
            by = By::Mail(Box::new(letter));
            (None, shown)
        }
        Body::Note(note) => {
            let noted = note.noted(seen, key)?;
            let shown = noted.shown().to_string();
            by = By::Note(Box::new(noted));
            (None, shown)
        }
        http => over_http(http, seen)?,
    };
    if let Some(kind) = kind {
        headers.insert("content-type", HeaderValue::from_static(kind));
    }
    for (name, phrase, optional) in &way.headers {
        let text = phrase.text(seen)?;
        if text.is_empty() && *optional {
            continue;
        }
        if text.is_empty() {
            return Err(phrase.lacking(seen));
        }
        let name = HeaderName::try_from(name.as_str())
            .map_err(|_| format!("\"{name}\" is not the name of a header."))?;
        let mut value = HeaderValue::try_from(text)
            .map_err(|_| format!("The header {name} can't have the value that is set for it."))?;
        value.set_sensitive(true);
        headers.insert(name, value);
    }
    Ok(Call {
        method: way.method.clone(),
        url,
        headers,
        body,
        by,
    })
}

/// A body over HTTP, and what it is.
fn over_http(body: &Body, seen: &Word) -> Result<(Option<&'static str>, String), String> {
    Ok(match body {
        Body::Empty | Body::Mail(_) | Body::Note(_) => (None, String::new()),
        Body::Json(shape) => (Some("application/json"), shape.fill(seen)?.to_string()),
        Body::Form(fields) => (
            Some("application/x-www-form-urlencoded"),
            body::form(fields, seen)?,
        ),
        Body::Text(phrase) => (Some("text/plain; charset=utf-8"), phrase.text(seen)?),
    })
}

/// Everything that a phrase may name.
fn seen(channel: &Channel, (outgoing, text): (&Outgoing<'_>, &str), tokens: &Tokens) -> Word {
    let action = Word::from_pairs([
        ("id", Word::from(outgoing.id)),
        ("text", Word::from(text)),
        ("words", Word::from(outgoing.text)),
        ("officer", Word::from(outgoing.officer)),
        ("until", moment(outgoing.until)),
        ("ends", Word::from(outgoing.ends)),
        (
            "until_unix",
            outgoing
                .until
                .map_or_else(|| Word::from(""), |at| Word::from(at.as_millis() / 1000)),
        ),
        // For vendors that take a number as the key.
        ("number", Word::from(numbered(outgoing.id))),
    ]);
    Word::from_pairs([
        ("action", action),
        ("item", of_item(outgoing.item)),
        ("vars", operators(&channel.vars)),
        ("secret", secrets(channel)),
        ("auth", operators(tokens)),
        ("now", Word::from(outgoing.now.to_string())),
        ("now_unix", Word::from(outgoing.now.as_millis() / 1000)),
        ("now_ms", Word::from(outgoing.now.as_millis())),
    ])
}

/// What a login's phrases may name.
pub(super) fn before_login(channel: &Channel, assertion: Option<String>, now: Timestamp) -> Word {
    let assertion = Word::from_safe_string(assertion.unwrap_or_default());
    Word::from_pairs([
        ("auth", Word::from_pairs([("assertion", assertion)])),
        ("vars", operators(&channel.vars)),
        ("secret", secrets(channel)),
        ("now", Word::from(now.to_string())),
        ("now_unix", Word::from(now.as_millis() / 1000)),
    ])
}

/// The request of a login.
pub(super) fn login_request(
    (url, headers, body): (&Phrase, &[(String, Phrase, bool)], &Body),
    seen: &Word,
) -> Result<Call, String> {
    let address =
        Url::parse(&url.text(seen)?).map_err(|_| "The login's URL is none.".to_owned())?;
    let mut filled = HeaderMap::new();
    let (kind, body) = over_http(body, seen)?;
    if let Some(kind) = kind {
        filled.insert("content-type", HeaderValue::from_static(kind));
    }
    for (name, phrase, _) in headers {
        let wrong = |_| format!("The login's header {name} can't have the value that is set.");
        let header = HeaderName::try_from(name.as_str())
            .map_err(|_| format!("\"{name}\" is not the name of a header."))?;
        let mut value = HeaderValue::try_from(phrase.text(seen)?).map_err(wrong)?;
        value.set_sensitive(true);
        filled.insert(header, value);
    }
    Ok(Call {
        method: Method::POST,
        url: address,
        headers: filled,
        body,
        by: By::Http,
    })
}

/// The operator's values: they go into a URL as they are.
fn operators(values: &BTreeMap<String, String>) -> Word {
    let safe =
        |(name, value): (&String, &String)| (name.clone(), Word::from_safe_string(value.clone()));
    Word::from_pairs(values.iter().map(safe))
}

fn secrets(channel: &Channel) -> Word {
    let names = channel.file.secrets.iter();
    let safe = |name: &String| {
        let value = channel.secret(name).to_owned();
        (name.clone(), Word::from_safe_string(value))
    };
    Word::from_pairs(names.map(safe))
}

fn moment(at: Option<Timestamp>) -> Word {
    Word::from(at.map_or_else(String::new, |at| at.to_string()))
}

/// An item's fields, none of them missing but what its channel did not give
/// among `extra` and `labels`.
fn of_item(item: &Content) -> Word {
    let text = |text: &crate::text::Untrusted| Word::from(text.as_evidence());
    let author = Word::from_pairs([
        ("id", text(&item.author.id)),
        ("name", text(&item.author.name)),
        ("handle", text(&item.author.handle)),
    ]);
    let map = |map: &BTreeMap<String, crate::text::Untrusted>| -> Word {
        let pair = |(name, value): (&String, &crate::text::Untrusted)| (name.clone(), text(value));
        Word::from_pairs(map.iter().map(pair))
    };
    let last = item.conversation.last().map(|turn| &turn.external_id);
    Word::from_pairs([
        ("id", text(&item.external_id)),
        ("kind", Word::from(item.kind.word())),
        ("author", author),
        ("title", text(&item.title)),
        ("text", text(&item.text)),
        ("lang", text(&item.lang)),
        ("url", text(&item.url)),
        ("thread", text(&item.thread)),
        ("in_reply_to", text(&item.in_reply_to)),
        ("severity", Word::from(item.severity.word())),
        ("source_time", moment(item.source_time)),
        ("labels", map(&item.labels)),
        ("extra", map(&item.extra)),
        ("last_turn", last.map_or_else(|| Word::from(""), text)),
    ])
}

/// A number of 31 bits out of a key: the same key, the same number.
fn numbered(id: &str) -> u32 {
    // FNV-1a.
    id.bytes().fold(0x811c_9dc5_u32, |hash, byte| {
        (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)
    }) >> 1
}
