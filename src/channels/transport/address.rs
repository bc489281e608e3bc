//! URLs, headers and frames from a channel file's templates, with the
//! operator's variables and secrets filled in.

use std::collections::BTreeMap;

use axum::http::{HeaderMap, HeaderName, HeaderValue};
use reqwest::Url;
use serde::Serialize;

use crate::channels::map::template::render_once;
use crate::channels::registry::Channel;

#[derive(Serialize)]
struct Seen<'c> {
    vars: &'c BTreeMap<String, String>,
    secret: BTreeMap<&'c str, &'c str>,
}

/// `written` filled in.
///
/// # Errors
/// A sentence without any secret in it.
pub(super) fn filled(channel: &Channel, written: &str) -> Result<String, String> {
    let secrets = channel.file.secrets.iter();
    let seen = Seen {
        vars: &channel.vars,
        secret: secrets.map(|s| (s.as_str(), channel.secret(s))).collect(),
    };
    render_once(written, &seen)
}

/// The URL that `written` is.
///
/// # Errors
/// A sentence without any secret in it.
pub(super) fn url(channel: &Channel, written: &str) -> Result<Url, String> {
    let text = filled(channel, written)?;
    Url::parse(&text).map_err(|e| format!("The channel's URL is none: {e}."))
}

/// The headers that `written` are.
///
/// # Errors
/// A sentence that names the header.
pub(super) fn headers(
    channel: &Channel,
    written: &[(String, String)],
) -> Result<HeaderMap, String> {
    let mut headers = HeaderMap::new();
    for (name, value) in written {
        let header = HeaderName::try_from(name.as_str())
            .map_err(|_| format!("\"{name}\" is not the name of a header."))?;
        let mut value = HeaderValue::try_from(filled(channel, value)?)
            .map_err(|_| format!("The header {name} can't have the value that is set for it."))?;
        value.set_sensitive(true);
        headers.insert(header, value);
    }
    Ok(headers)
}
