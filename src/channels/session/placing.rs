//! Where a credential goes on a request.

use axum::http::HeaderMap;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use reqwest::Url;

use crate::channels::address::{self, Known};
use crate::channels::file::Place;
use crate::channels::registry::Channel;

/// Puts `value` where the file says.
///
/// # Errors
/// A sentence: it can't be put there.
pub(super) fn put(
    place: &Place,
    value: &str,
    (url, headers): (&mut Url, &mut HeaderMap),
) -> Result<(), String> {
    match place {
        Place::Query(name) => {
            url.query_pairs_mut().append_pair(name, value);
        }
        Place::Header(name, before) => {
            let header = axum::http::HeaderName::try_from(name.as_str())
                .map_err(|_| format!("\"{name}\" is not the name of a header."))?;
            headers.insert(
                header,
                address::secret_value(name, &format!("{before}{value}"))?,
            );
        }
    }
    Ok(())
}

/// Puts user and password on a request, as RFC 7617 has it.
///
/// # Errors
/// A sentence: they can't be filled in.
pub(super) fn basic(
    channel: &Channel,
    (user, password): (&str, &str),
    headers: &mut HeaderMap,
) -> Result<(), String> {
    let nothing = Known::new();
    let user = address::filled(channel, user, &nothing)?;
    let password = address::filled(channel, password, &nothing)?;
    let both = STANDARD.encode(format!("{user}:{password}"));
    let value = address::secret_value("authorization", &format!("Basic {both}"))?;
    headers.insert(axum::http::header::AUTHORIZATION, value);
    Ok(())
}
