//! The token of `[auth]`, for answers too: where a file asks for one by OAuth 2
//! to hear, it need not say in `[login]` once more how.

use super::body::{headers, phrase};
use super::limits::{LASTS, fixed};
use crate::channels::file::credentials::JWT_BEARER;
use crate::channels::file::read::{Node, Read, Table};
use crate::channels::reply::{Body, Kind, Login, Phrase};

/// The login that `[auth]` means; none when it asks for no token.
pub(super) fn login(auth: &Table<'_>, source: Option<&Table<'_>>) -> Read<Option<Login>> {
    if auth.str("kind")? == Some("signed") {
        return exchanged(auth);
    }
    let (grant, more): (&str, &[&str]) = match auth.str("kind")? {
        Some("oauth2_client") => ("client_credentials", &["scope"]),
        Some("oauth2_refresh") => ("refresh_token", &["refresh_token", "scope"]),
        Some("oauth2_password") => ("password", &["username", "password", "scope"]),
        _ => return Ok(None),
    };
    let kind = auth.need("kind")?;
    let words = |text: &str| {
        let phrase = Phrase::parse(text, Kind::Text).map_err(|says| kind.wrong(&says))?;
        Ok(phrase.at(kind.place()))
    };
    let mut form = vec![("grant_type".to_owned(), words(grant)?, false)];
    for key in more {
        if let Some(node) = auth.get(key) {
            form.push(((*key).to_owned(), phrase(&node, Kind::Text)?, false));
        }
    }
    let client = (auth.need("client_id")?, auth.need("client_secret")?);
    let mut sent = Vec::new();
    if auth.str("client_in")? == Some("body") {
        for (key, node) in [("client_id", &client.0), ("client_secret", &client.1)] {
            form.push((key.to_owned(), phrase(node, Kind::Text)?, false));
        }
    } else {
        let basic = format!(
            "Basic {{{{ ({} ~ ':' ~ {}) | base64 }}}}",
            name(&client.0)?,
            name(&client.1)?
        );
        sent.push(("Authorization".to_owned(), words(&basic)?, false));
    }
    // Some vendors want to know whose program it is, here as everywhere.
    let named = source.map(headers).transpose()?.unwrap_or_default();
    let agent = |(name, ..): &(String, Phrase, bool)| name.eq_ignore_ascii_case("user-agent");
    sent.extend(named.into_iter().filter(agent));
    Ok(Some(Login {
        url: phrase(&auth.need("url")?, Kind::Url)?,
        headers: sent,
        body: Body::Form(form),
        token: fixed("/access_token", &kind)?,
        expires_in: fixed("/expires_in", &kind)?,
        lasts: LASTS,
        keep: Vec::new(),
        hosts: Vec::new(),
    }))
}

/// The token that one which we sign buys; none where ours is the token.
fn exchanged(auth: &Table<'_>) -> Read<Option<Login>> {
    let Some(url) = auth.get("exchange") else {
        return Ok(None);
    };
    let words = |text: &str| {
        let phrase = Phrase::parse(text, Kind::Text).map_err(|says| url.wrong(&says))?;
        Ok(phrase.at(url.place()))
    };
    let form = vec![
        ("grant_type".to_owned(), words(JWT_BEARER)?, false),
        (
            "assertion".to_owned(),
            words("{{ auth.assertion }}")?,
            false,
        ),
    ];
    Ok(Some(Login {
        url: phrase(&url, Kind::Url)?,
        headers: Vec::new(),
        body: Body::Form(form),
        token: fixed("/access_token", &url)?,
        expires_in: fixed("/expires_in", &url)?,
        lasts: LASTS,
        keep: Vec::new(),
        hosts: Vec::new(),
    }))
}

/// What stands in the braces of a value that is one template.
fn name(node: &Node<'_>) -> Read<String> {
    let text = node.str()?.trim();
    let inner = text
        .strip_prefix("{{")
        .and_then(|rest| rest.strip_suffix("}}"));
    match inner.map(str::trim).filter(|inner| !inner.contains("{{")) {
        Some(name) => Ok(name.to_owned()),
        None => Err(node.wrong("For answers this is one name: \"{{ secret.client_id }}\".")),
    }
}
