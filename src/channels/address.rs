//! URLs, headers, bodies and frames from a channel file's templates, with the
//! operator's variables and secrets filled in, and what the transport knows.

use std::collections::BTreeMap;

use axum::http::{HeaderMap, HeaderName, HeaderValue};
use bytes::Bytes;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use reqwest::Url;
use serde::Serialize;
use serde_json::{Map, Value};

use crate::channels::file::{Body, Request};
use crate::channels::map::template::render_once;
use crate::channels::registry::Channel;

/// What a transport adds to `vars` and `secret`: `cursor`, `page`, `item`, …
pub(in crate::channels) type Known = Map<String, Value>;

/// What stays as it is in a URL's parts (RFC 3986 2.3).
const PART: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

#[derive(Serialize)]
struct Seen<'c> {
    vars: &'c BTreeMap<String, String>,
    secret: BTreeMap<&'c str, &'c str>,
    #[serde(flatten)]
    known: &'c Known,
}

/// `written` filled in.
///
/// # Errors
/// A sentence without any secret in it.
pub(in crate::channels) fn filled(
    channel: &Channel,
    written: &str,
    known: &Known,
) -> Result<String, String> {
    if !written.contains('{') {
        return Ok(written.to_owned());
    }
    let secrets = channel.file.secrets.iter();
    let seen = Seen {
        vars: &channel.vars,
        secret: secrets.map(|s| (s.as_str(), channel.secret(s))).collect(),
        known,
    };
    render_once(written, &seen)
}

/// The URL that `written` is. What the transport knows is a stranger's and is
/// escaped; what the operator set is taken as it is.
///
/// # Errors
/// A sentence without any secret in it.
pub(in crate::channels) fn url(
    channel: &Channel,
    written: &str,
    known: &Known,
) -> Result<Url, String> {
    let escaped: Known = known
        .iter()
        .map(|(name, value)| (name.clone(), escape(value)))
        .collect();
    let text = filled(channel, written, &escaped)?;
    Url::parse(&text).map_err(|e| format!("The channel's URL is none: {e}."))
}

fn escape(value: &Value) -> Value {
    match value {
        Value::String(text) => Value::String(utf8_percent_encode(text, PART).to_string()),
        Value::Array(list) => Value::Array(list.iter().map(escape).collect()),
        Value::Object(map) => {
            let pair = |(name, value): (&String, &Value)| (name.clone(), escape(value));
            Value::Object(map.iter().map(pair).collect())
        }
        other => other.clone(),
    }
}

/// The headers that `written` are.
///
/// # Errors
/// A sentence that names the header.
pub(in crate::channels) fn headers(
    channel: &Channel,
    written: &[(String, String)],
    known: &Known,
) -> Result<HeaderMap, String> {
    let mut headers = HeaderMap::new();
    for (name, value) in written {
        let header = HeaderName::try_from(name.as_str())
            .map_err(|_| format!("\"{name}\" is not the name of a header."))?;
        headers.insert(header, secret_value(name, &filled(channel, value, known)?)?);
    }
    Ok(headers)
}

/// A header's value that no debug output shows.
///
/// # Errors
/// A sentence that names the header, and not the value.
pub(in crate::channels) fn secret_value(name: &str, value: &str) -> Result<HeaderValue, String> {
    let mut value = HeaderValue::try_from(value)
        .map_err(|_| format!("The header {name} can't have the value that is set for it."))?;
    value.set_sensitive(true);
    Ok(value)
}

/// The body of `request`; its content type is put among `headers` unless the
/// file names one.
///
/// # Errors
/// A sentence without any secret in it.
pub(in crate::channels) fn body(
    channel: &Channel,
    request: &Request,
    (headers, known): (&mut HeaderMap, &Known),
) -> Result<Bytes, String> {
    let (text, kind) = match &request.body {
        Body::None => return Ok(Bytes::new()),
        Body::Text(written) => (filled(channel, written, known)?, "application/json"),
        Body::Form(pairs) => {
            let mut form = url::form_urlencoded::Serializer::new(String::new());
            for (name, value) in pairs {
                form.append_pair(name, &filled(channel, value, known)?);
            }
            (form.finish(), "application/x-www-form-urlencoded")
        }
        Body::Json(written) => (
            json(channel, written, known)?.to_string(),
            "application/json",
        ),
    };
    headers
        .entry("content-type")
        .or_insert(HeaderValue::from_static(kind));
    Ok(Bytes::from(text))
}

/// JSON whose texts are templates.
///
/// # Errors
/// A sentence without any secret in it.
pub(in crate::channels) fn json(
    channel: &Channel,
    written: &Value,
    known: &Known,
) -> Result<Value, String> {
    Ok(match written {
        Value::String(text) => Value::String(filled(channel, text, known)?),
        Value::Array(list) => {
            let one = |value: &Value| json(channel, value, known);
            Value::Array(list.iter().map(one).collect::<Result<_, _>>()?)
        }
        Value::Object(map) => {
            let one = |(name, value): (&String, &Value)| {
                Ok::<_, String>((name.clone(), json(channel, value, known)?))
            };
            Value::Object(map.iter().map(one).collect::<Result<_, _>>()?)
        }
        other => other.clone(),
    })
}
