//! From a request's bytes to the document that is mapped: content types, gzip
//! with a bound, CloudEvents whose attributes are headers, query parameters.

use axum::http::HeaderMap;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use serde_json::{Map, Value};

use super::Request;
use super::answer::{self, Answer};
use super::verify::text;
use crate::channels::file::{WebhookSource, Xml};
use crate::channels::map::{form, xml};
use crate::channels::unpack::{NotUnpacked, gunzip};

/// The document, unpacked, as JSON.
pub(super) fn document(
    request: &Request<'_>,
    source: &WebhookSource,
    most: usize,
) -> Result<Bytes, Answer> {
    let body = unpacked(request, most)?;
    let kind = media_type(request.headers);
    let binary = source.cloudevents_binary && request.headers.contains_key("ce-specversion");
    if binary {
        return Ok(Bytes::from(from_headers(request.headers, &kind, &body)));
    }
    let form = source.accept.form && kind == "application/x-www-form-urlencoded";
    let text = source.accept.text && kind == "text/plain";
    let xml = source.accept.xml != Xml::No && is_xml(&kind);
    if !(kind.is_empty() || is_json(&kind) || form || text || xml) {
        let says = match source.accept.xml {
            Xml::Whole => "This channel takes XML: send it as application/xml.",
            _ => "This channel takes JSON: send it as application/json.",
        };
        return Err(Answer::error(415, says.to_owned()));
    }
    if body.iter().all(u8::is_ascii_whitespace) {
        let says = "The body is empty; deliver a JSON document.";
        return Err(Answer::error(400, says.to_owned()));
    }
    if xml && source.accept.xml == Xml::Tree {
        let tree = xml::decode(&body).map_err(|says| Answer::error(400, says))?;
        return Ok(Bytes::from(tree.to_string()));
    }
    if form {
        return Ok(Bytes::from(form::decode(&body).to_string()));
    }
    Ok(body)
}

/// The body without its content encoding, never larger than `most`.
fn unpacked(request: &Request<'_>, most: usize) -> Result<Bytes, Answer> {
    match text(request.headers, "content-encoding").unwrap_or("identity") {
        "identity" | "" => Ok(request.body.clone()),
        "gzip" | "x-gzip" => gunzip(&request.body, most).map_err(|error| match error {
            NotUnpacked::TooLarge => answer::too_large(most),
            NotUnpacked::Broken => Answer::error(400, "The body is not gzip.".to_owned()),
        }),
        _ => {
            let says = "This channel takes bodies as they are or with gzip.";
            Err(Answer::error(415, says.to_owned()))
        }
    }
}

/// The media type without parameters, in lower case.
fn media_type(headers: &HeaderMap) -> String {
    let written = text(headers, "content-type").unwrap_or("");
    let kind = written.split(';').next().unwrap_or("");
    kind.trim().to_ascii_lowercase()
}

fn is_json(kind: &str) -> bool {
    kind == "application/json" || kind == "text/json" || kind.ends_with("+json")
}

fn is_xml(kind: &str) -> bool {
    kind == "application/xml" || kind == "text/xml" || kind.ends_with("+xml")
}

/// The event in JSON that a binary request means: attributes from `ce-*`
/// headers, data from the body.
fn from_headers(headers: &HeaderMap, kind: &str, body: &[u8]) -> String {
    let mut event = Map::new();
    for (name, value) in headers {
        let Some(name) = name.as_str().strip_prefix("ce-") else {
            continue;
        };
        let value = percent_decoded(&String::from_utf8_lossy(value.as_bytes()), false);
        event.insert(name.to_owned(), Value::String(value));
    }
    if !kind.is_empty() {
        event.insert("datacontenttype".to_owned(), kind.into());
    }
    let json = (kind.is_empty() || is_json(kind))
        .then(|| serde_json::from_slice::<Value>(body).ok())
        .flatten();
    match (json, std::str::from_utf8(body)) {
        (Some(data), _) => event.insert("data".to_owned(), data),
        (None, Ok(text)) if !text.is_empty() => event.insert("data".to_owned(), text.into()),
        (None, Ok(_)) => None,
        (None, Err(_)) => {
            let text = STANDARD.encode(body);
            event.insert("data_base64".to_owned(), text.into())
        }
    };
    Value::Object(event).to_string()
}

/// The decoded value of a query parameter.
pub(super) fn parameter(query: &str, name: &str) -> Option<String> {
    query.split('&').find_map(|pair| {
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        (percent_decoded(key, true) == name).then(|| percent_decoded(value, true))
    })
}

/// `%41` as "A", and "+" as a space where forms are so written; what is no
/// escape stays.
fn percent_decoded(text: &str, form: bool) -> String {
    let digit = |b: Option<&u8>| b.and_then(|b| char::from(*b).to_digit(16));
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        let pair = (*byte == b'%')
            .then(|| Some((digit(bytes.get(at + 1))?, digit(bytes.get(at + 2))?)))
            .flatten();
        if let Some((high, low)) = pair {
            out.push(u8::try_from(high * 16 + low).unwrap_or(b'?'));
            at += 3;
            continue;
        }
        out.push(if form && *byte == b'+' { b' ' } else { *byte });
        at += 1;
    }
    String::from_utf8_lossy(&out).into_owned()
}
