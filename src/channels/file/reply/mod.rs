//! The `[reply]`, `[act.NAME]`, `[limits]` and `[login]` tables: what can be
//! done through a channel, compiled as it is read.
//!
//! - `body`: headers and bodies; `limits`: what the vendor allows, and logins.

pub(super) mod body;
mod limits;

use reqwest::Method;

use self::body::{body, headers, phrase};
use self::limits::{limits, login};
use super::expression::{named, optional};
use super::mapping::condition;
use super::read::{Node, Read, Table};
use crate::channels::reply::{Act, Count, Doing, Kind, Limits, Rules, Visibility, Way};

/// The keys of an act.
const KEYS: [&str; 20] = [
    "method",
    "url",
    "headers",
    "json",
    "form",
    "text",
    "prefix",
    "ok",
    "ok_when",
    "later_when",
    "result_id",
    "result_url",
    "error_at",
    "max_text",
    "count",
    "window",
    "single_use",
    "visibility",
    "idempotent",
    "hosts",
];

/// Reads everything about acting outward from the whole file.
pub(super) fn doing(whole: &Table<'_>) -> Read<Doing> {
    let mut doing = Doing {
        limits: match whole.table("limits")? {
            Some(table) => limits(&table)?,
            None => Limits::default(),
        },
        login: whole.table("login")?.map(|t| login(&t)).transpose()?,
        ..Doing::default()
    };
    if let Some(table) = whole.table("reply")? {
        doing.ways.insert(Act::Reply, way(&table)?);
    }
    if let Some(acts) = whole.table("act")? {
        let known: Vec<&str> = Act::ALL.iter().skip(1).map(|act| act.word()).collect();
        acts.only(&known)?;
        for act in Act::ALL.iter().skip(1) {
            let word = act.word();
            if let Some(table) = acts.table(word)? {
                doing.ways.insert(*act, way(&table)?);
            }
        }
    }
    if doing.ways.is_empty() && (whole.get("limits").is_some() || doing.login.is_some()) {
        return Err(whole.wrong("[limits] and [login] are for a file with [reply] or [act]."));
    }
    Ok(doing)
}

fn way(table: &Table<'_>) -> Read<Way> {
    table.only(&KEYS)?;
    let url = table.need("url")?;
    let own_host = own_host(url.str()?);
    let hosts = table.strs("hosts")?;
    if hosts.iter().any(|host| host == "*") {
        return Err(table
            .need("hosts")?
            .wrong("Name the hosts: what goes out may not go anywhere."));
    }
    if !own_host && hosts.is_empty() {
        return Err(
            url.wrong("The item names this host: list in \"hosts\" which ones may be called.")
        );
    }
    let single_use = table.str("single_use")?.map(str::to_owned);
    Ok(Way {
        method: method(table)?,
        url: phrase(&url, Kind::Url)?,
        headers: headers(table)?,
        body: body(table)?,
        prefix: match table.get("prefix") {
            Some(node) => Some(phrase(&node, Kind::Optional)?),
            None => None,
        },
        ok: statuses(table)?,
        ok_when: condition(table, "ok_when")?,
        later_when: condition(table, "later_when")?,
        result_id: optional(table, "result_id")?,
        result_url: optional(table, "result_url")?,
        error_at: optional(table, "error_at")?,
        rules: rules(table, single_use.is_some())?,
        single_use,
        hosts,
        own_host,
    })
}

fn rules(table: &Table<'_>, single_use: bool) -> Read<Rules> {
    let sight = [
        ("public", Visibility::Public),
        ("private", Visibility::Private),
    ];
    Ok(Rules {
        max_text: match table.get("max_text") {
            Some(node) => Some(usize::try_from(node.count()?).unwrap_or(usize::MAX)),
            None => None,
        },
        count: match table.get("count") {
            Some(node) => named(&node, "way to count", &Count::NAMES)?,
            None => Count::default(),
        },
        window: table.get("window").map(|n| n.duration()).transpose()?,
        single_use,
        visibility: match table.get("visibility") {
            Some(node) => named(&node, "visibility", &sight)?,
            None => Visibility::default(),
        },
        idempotent: match table.get("idempotent") {
            Some(node) => node.bool()?,
            None => false,
        },
    })
}

/// Whether the host in a URL is the file's or the operator's: nothing of an
/// item or an answer stands before the path.
fn own_host(url: &str) -> bool {
    let front: String = match url.split_once("://") {
        Some((scheme, rest)) => {
            let host = rest.split('/').next().unwrap_or("");
            format!("{scheme}{host}")
        }
        None => url.to_owned(),
    };
    !["item.", "action.", "auth."]
        .iter()
        .any(|word| front.contains(word))
}

fn method(table: &Table<'_>) -> Read<Method> {
    let known = [
        ("POST", 0),
        ("PUT", 1),
        ("PATCH", 2),
        ("DELETE", 3),
        ("GET", 4),
    ];
    let Some(node) = table.get("method") else {
        return Ok(Method::POST);
    };
    Ok(match named(&node, "method", &known)? {
        0 => Method::POST,
        1 => Method::PUT,
        2 => Method::PATCH,
        3 => Method::DELETE,
        _ => Method::GET,
    })
}

fn statuses(table: &Table<'_>) -> Read<Vec<u16>> {
    let Some(node) = table.get("ok") else {
        return Ok(Vec::new());
    };
    let status = |node: &Node<'_>| {
        let status = u16::try_from(node.count()?).ok();
        let status = status.filter(|s| (100..600).contains(s));
        status.ok_or_else(|| node.wrong("A status is from 100 to 599."))
    };
    node.list()?.iter().map(status).collect()
}
