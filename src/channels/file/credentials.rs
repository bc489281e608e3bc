//! The `[auth]` table: how we prove who we are where we call. OAuth 2 as in
//! RFC 6749 (client credentials, refresh token, password), a login that gives a
//! token, a token that we sign ourselves, or a value that does not change.

use std::time::Duration;

use axum::http::Method;

use super::expression::named;
use super::mapping::{condition, parse_pointer, pointer};
use super::read::{Node, Read, Table};
use super::source::request;
use super::spec::{Algorithm, Body, Credentials, Login, OwnToken, Place, Request};
use crate::channels::map::pointer::Pointer;

/// What a form says that buys a token with one that we signed (RFC 7523 2.1).
pub(super) const JWT_BEARER: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";

/// How long a token is good when nobody says.
const LASTS: Duration = Duration::from_mins(50);

/// What OAuth 2 may be asked with.
#[derive(Clone, Copy)]
enum Grant {
    Client,
    Refresh,
    Password,
}

/// Reads `[auth]`.
pub(super) fn credentials(table: &Table<'_>) -> Read<Credentials> {
    let kinds = [
        ("bearer", 0),
        ("basic", 1),
        ("header", 2),
        ("query", 3),
        ("oauth2_client", 4),
        ("oauth2_refresh", 5),
        ("oauth2_password", 6),
        ("login", 7),
        ("signed", 8),
    ];
    let kind = named(&table.need("kind")?, "credential", &kinds)?;
    let own = |key: &str| request::template(&table.need(key)?);
    Ok(match kind {
        0 => {
            table.only(&["kind", "token"])?;
            Credentials::Fixed(bearer(), own("token")?)
        }
        1 => {
            table.only(&["kind", "user", "password"])?;
            Credentials::Basic(own("user")?, own("password")?)
        }
        2 => {
            table.only(&["kind", "header", "value"])?;
            let header = table.need("header")?.str()?.to_ascii_lowercase();
            Credentials::Fixed(Place::Header(header, String::new()), own("value")?)
        }
        3 => {
            table.only(&["kind", "parameter", "value"])?;
            let name = table.need("parameter")?.str()?.to_owned();
            Credentials::Fixed(Place::Query(name), own("value")?)
        }
        4 => oauth2(table, Grant::Client)?,
        5 => oauth2(table, Grant::Refresh)?,
        6 => oauth2(table, Grant::Password)?,
        7 => login(table)?,
        _ => signed(table)?,
    })
}

fn bearer() -> Place {
    Place::Header("authorization".to_owned(), "Bearer ".to_owned())
}

fn oauth2(table: &Table<'_>, grant: Grant) -> Read<Credentials> {
    let own = |key: &str| request::template(&table.need(key)?);
    let mut keys = vec![
        "kind",
        "url",
        "client_id",
        "client_secret",
        "scope",
        "client_in",
    ];
    let mut form = Vec::new();
    let (name, more): (&str, &[&str]) = match grant {
        Grant::Client => ("client_credentials", &[]),
        Grant::Refresh => ("refresh_token", &["refresh_token"]),
        Grant::Password => ("password", &["username", "password"]),
    };
    form.push(("grant_type".to_owned(), name.to_owned()));
    for key in more {
        form.push(((*key).to_owned(), own(key)?));
    }
    keys.extend(more);
    table.only(&keys)?;
    if let Some(scope) = table.get("scope") {
        form.push(("scope".to_owned(), request::template(&scope)?));
    }
    let client = (own("client_id")?, own("client_secret")?);
    // RFC 6749 2.3.1: servers have to take HTTP Basic, and may take the body.
    let ways = [("header", true), ("body", false)];
    let in_header = match table.get("client_in") {
        None => true,
        Some(node) => named(&node, "place of client_id", &ways)?,
    };
    if !in_header {
        form.push(("client_id".to_owned(), client.0.clone()));
        form.push(("client_secret".to_owned(), client.1.clone()));
    }
    let mut login = token_request(own("url")?, form, table)?;
    login.basic = in_header.then_some(client);
    Ok(Credentials::Login(Box::new(login)))
}

/// A form to a token endpoint and where its answer has the token (RFC 6749 5.1).
fn token_request(url: String, form: Vec<(String, String)>, table: &Table<'_>) -> Read<Login> {
    Ok(Login {
        request: Request {
            method: Method::POST,
            url,
            headers: Vec::new(),
            body: Body::Form(form),
        },
        basic: None,
        token: fixed("/access_token", table)?,
        expires_in: Some(fixed("/expires_in", table)?),
        lasts: LASTS,
        place: bearer(),
        take: Vec::new(),
        expired_when: None,
        assertion: None,
    })
}

fn fixed(written: &str, table: &Table<'_>) -> Read<Pointer> {
    Pointer::parse(written).map_err(|says| table.wrong(&says))
}

fn login(table: &Table<'_>) -> Read<Credentials> {
    let own = [
        "kind",
        "token",
        "expires_in",
        "lasts",
        "header",
        "prefix",
        "take",
        "expired_when",
    ];
    let keys: Vec<&str> = own.iter().chain(&request::KEYS).copied().collect();
    table.only(&keys)?;
    let header = table.str("header")?.unwrap_or("authorization");
    let before = match table.str("prefix")? {
        Some(prefix) => prefix,
        None if header.eq_ignore_ascii_case("authorization") => "Bearer ",
        None => "",
    };
    let lasts = match table.get("lasts") {
        None => LASTS,
        Some(node) => node.duration()?,
    };
    let mut take = Vec::new();
    if let Some(inner) = table.table("take")? {
        let one = |(name, at): (&str, Node<'_>)| Ok((name.to_owned(), parse_pointer(&at)?));
        take = inner.all().into_iter().map(one).collect::<Read<_>>()?;
    }
    Ok(Credentials::Login(Box::new(Login {
        request: {
            // "headers" are the login's own; where the token goes is "header".
            request::request(table, &Method::POST)?
        },
        basic: None,
        token: parse_pointer(&table.need("token")?)?,
        expires_in: pointer(table, "expires_in")?,
        lasts,
        place: Place::Header(header.to_ascii_lowercase(), before.to_owned()),
        take,
        expired_when: condition(table, "expired_when")?,
        assertion: None,
    })))
}

/// A token that we sign, or one that it buys.
fn signed(table: &Table<'_>) -> Read<Credentials> {
    table.only(&[
        "kind",
        "algorithm",
        "key",
        "key_id",
        "claims",
        "lasts",
        "exchange",
    ])?;
    let algorithms = [("RS256", Algorithm::Rs256), ("ES256", Algorithm::Es256)];
    let claim = |(name, node): (&str, Node<'_>)| Ok((name.to_owned(), request::template(&node)?));
    let claims = table.need("claims")?.table()?;
    let signed = OwnToken {
        algorithm: named(&table.need("algorithm")?, "algorithm", &algorithms)?,
        key: request::template(&table.need("key")?)?,
        key_id: table
            .get("key_id")
            .map(|id| request::template(&id))
            .transpose()?,
        claims: claims.all().into_iter().map(claim).collect::<Read<_>>()?,
        lasts: table.need("lasts")?.duration()?,
    };
    let Some(exchange) = table.get("exchange") else {
        return Ok(Credentials::Signed(Box::new(signed)));
    };
    let form = [("grant_type", JWT_BEARER), ("assertion", "")];
    let form = form.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let mut login = token_request(request::template(&exchange)?, form.to_vec(), table)?;
    login.assertion = Some(signed);
    Ok(Credentials::Login(Box::new(login)))
}
