//! `[source]` of `poll` and `longpoll`.

use std::time::Duration;

use axum::http::Method;

use super::cursor::cursor;
use super::request::{self, request};
use super::timing::{jitter, rate, span};
use crate::channels::file::expression::named;
use crate::channels::file::mapping::{condition, parse_pointer, pointer};
use crate::channels::file::read::{Node, Read, Table};
use crate::channels::file::spec::{ItemAt, Items, Next, Pace, Pages, PollSource, Register};
use crate::channels::map::pointer::Fan;
use crate::channels::map::reader::Form;

/// Keys of a poll.
pub(super) const POLL: [&str; 21] = [
    "method",
    "url",
    "headers",
    "body",
    "form",
    "json",
    "interval",
    "jitter",
    "timeout",
    "conditional",
    "oldest_first",
    "cursor",
    "pages",
    "items",
    "register",
    "backoff",
    "backoff_ms",
    "keep",
    "first_poll_within",
    "rate",
    "hosts",
];
/// Keys of a long poll.
pub(super) const LONGPOLL: [&str; 16] = [
    "method",
    "url",
    "headers",
    "body",
    "form",
    "json",
    "timeout",
    "cursor",
    "items",
    "register",
    "backoff",
    "backoff_ms",
    "keep",
    "first_poll_within",
    "rate",
    "hosts",
];

/// Reads a poll.
pub(super) fn poll(table: &Table<'_>) -> Read<PollSource> {
    let pace = Pace::Every(span(table, "interval", 60)?, jitter(table)?);
    let day = span(table, "first_poll_within", 86_400)?;
    source(table, pace, (span(table, "timeout", 30)?, Some(day)))
}

/// Reads a long poll: the server may keep us waiting.
pub(super) fn longpoll(table: &Table<'_>) -> Read<PollSource> {
    let within = match table.get("first_poll_within") {
        None => None,
        Some(_) => Some(span(table, "first_poll_within", 0)?),
    };
    source(table, Pace::Long, (span(table, "timeout", 90)?, within))
}

fn source(
    table: &Table<'_>,
    pace: Pace,
    (timeout, first_poll_within): (Duration, Option<Duration>),
) -> Read<PollSource> {
    let flag = |key: &str, default: bool| match table.get(key) {
        None => Ok(default),
        Some(node) => node.bool(),
    };
    let request = request(table, &Method::GET)?;
    let plain = request.method == Method::GET && pace != Pace::Long;
    Ok(PollSource {
        conditional: flag("conditional", plain)?,
        request,
        pace,
        timeout,
        oldest_first: flag("oldest_first", pace == Pace::Long)?,
        cursor: cursor(table)?,
        pages: table.table("pages")?.map(|t| pages(&t)).transpose()?,
        items: table.table("items")?.map(|t| items(&t)).transpose()?,
        register: table.table("register")?.map(|t| register(&t)).transpose()?,
        backoff: match pointer(table, "backoff")? {
            Some(at) => Some((at, 1000)),
            None => pointer(table, "backoff_ms")?.map(|at| (at, 1)),
        },
        keep: bounded(table, "keep", (2000, 100_000))?,
        first_poll_within,
        rate: rate(table)?,
        hosts: table.strs("hosts")?,
    })
}

/// A whole number from 1 to `most`, `default` where there is none.
fn bounded(table: &Table<'_>, key: &str, (default, most): (usize, usize)) -> Read<usize> {
    let Some(node) = table.get(key) else {
        return Ok(default);
    };
    let number = usize::try_from(node.count()?).ok();
    let fits = number.filter(|n| (1..=most).contains(n));
    fits.ok_or_else(|| node.wrong(&format!("This is a whole number from 1 to {most}.")))
}

fn pages(table: &Table<'_>) -> Read<Pages> {
    table.only(&["next", "link", "token", "number_from", "most", "more_when"])?;
    let ways = ["next", "link", "token", "number_from"];
    let mut given = ways.iter().filter_map(|k| Some((*k, table.get(k)?)));
    let (Some((way, node)), None) = (given.next(), given.next()) else {
        return Err(table.wrong("Pages have exactly one of next, link, token and number_from."));
    };
    let most = bounded(table, "most", (5, 100))?;
    Ok(Pages {
        next: match way {
            "next" => Next::Url(parse_pointer(&node)?),
            "token" => Next::Token(parse_pointer(&node)?),
            "number_from" => Next::Number(node.count()?),
            _ if node.bool()? => Next::Link,
            _ => return Err(node.wrong("This is true, or left out.")),
        },
        most: u32::try_from(most).unwrap_or(1),
        more_when: condition(table, "more_when")?,
    })
}

fn items(table: &Table<'_>) -> Read<Items> {
    table.only(&[
        "each",
        "link",
        "url",
        "skip_when",
        "once",
        "most",
        "at_once",
        "list",
    ])?;
    let each = table.need("each")?;
    let links = |node: Node<'_>| -> Read<Vec<_>> {
        let list = node.as_list().unwrap_or_else(|| vec![node.clone()]);
        list.iter().map(parse_pointer).collect()
    };
    let at = match (table.get("link"), table.get("url")) {
        (Some(node), None) => ItemAt::Links(links(node)?),
        (None, Some(node)) => ItemAt::Template(request::template(&node)?),
        _ => return Err(table.wrong("An element has either \"link\" or \"url\".")),
    };
    let lists = [("json", Form::Json), ("feed", Form::Feed)];
    Ok(Items {
        each: Fan::parse(each.str()?).map_err(|says| each.wrong(&says))?,
        at,
        skip_when: condition(table, "skip_when")?,
        once: match table.get("once") {
            None => true,
            Some(node) => node.bool()?,
        },
        most: bounded(table, "most", (50, 1000))?,
        at_once: bounded(table, "at_once", (4, 16))?,
        list: match table.get("list") {
            None => Form::Json,
            Some(node) => named(&node, "way to write a list", &lists)?,
        },
    })
}

fn register(table: &Table<'_>) -> Read<Register> {
    let own = ["take", "cursor", "lost_when"];
    let keys: Vec<&str> = own.iter().chain(&request::KEYS).copied().collect();
    table.only(&keys)?;
    let mut take = Vec::new();
    if let Some(inner) = table.table("take")? {
        let one = |(name, at): (&str, Node<'_>)| Ok((name.to_owned(), parse_pointer(&at)?));
        take = inner.all().into_iter().map(one).collect::<Read<_>>()?;
    }
    Ok(Register {
        request: request(table, &Method::POST)?,
        take,
        cursor: pointer(table, "cursor")?,
        lost_when: condition(table, "lost_when")?,
    })
}
