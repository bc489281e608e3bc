//! The `[reply]`, `[act.NAME]`, `[limits]` and `[login]` tables: what can be
//! done through a channel, compiled as it is read.

use std::time::Duration;

use reqwest::Method;
use serde_json::Value;

use super::expression::{named, optional};
use super::mapping::condition;
use super::read::{Node, Read, Table};
use crate::channels::map::expr::{Field, Source, Step};
use crate::channels::map::pointer::Pointer;
use crate::channels::reply::{
    Act, Body, Count, Doing, Kind, Limits, Login, Part, Phrase, RetryAfter, Rules, Shape,
    Visibility, Way,
};

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

fn phrase(node: &Node<'_>, kind: Kind) -> Read<Phrase> {
    Phrase::parse(node.str()?, kind).map_err(|says| node.wrong(&says))
}

/// A key without the "?" that lets it be left out, and whether it had one.
fn key(written: &str) -> (String, bool) {
    match written.strip_suffix('?') {
        Some(key) => (key.to_owned(), true),
        None => (written.to_owned(), false),
    }
}

fn entries(table: &Table<'_>) -> Read<Vec<(String, Phrase, bool)>> {
    let one = |(written, node): (&str, Node<'_>)| {
        let (key, optional) = key(written);
        let kind = if optional { Kind::Optional } else { Kind::Text };
        Ok((key, phrase(&node, kind)?, optional))
    };
    table.all().into_iter().map(one).collect()
}

fn headers(table: &Table<'_>) -> Read<Vec<(String, Phrase, bool)>> {
    match table.table("headers")? {
        Some(inner) => entries(&inner),
        None => Ok(Vec::new()),
    }
}

fn body(table: &Table<'_>) -> Read<Body> {
    let ways = ["json", "form", "text"];
    let mut given = ways.iter().filter_map(|way| Some((*way, table.get(way)?)));
    let Some((way, node)) = given.next() else {
        return Ok(Body::Empty);
    };
    if given.next().is_some() {
        return Err(table.wrong("A request has one of json, form and text."));
    }
    Ok(match way {
        "json" => Body::Json(shape(&node, Kind::Text)?),
        "form" => Body::Form(entries(&node.table()?)?),
        _ => Body::Text(phrase(&node, Kind::Text)?),
    })
}

fn shape(node: &Node<'_>, kind: Kind) -> Read<Shape> {
    if node.as_str().is_some() {
        let phrase = phrase(node, kind)?;
        return Ok(if phrase.is_fixed() {
            Shape::Fixed(Value::String(phrase.written().to_owned()))
        } else {
            Shape::Text(phrase)
        });
    }
    if let Some(list) = node.as_list() {
        return Ok(Shape::List(
            list.iter().map(|n| shape(n, kind)).collect::<Read<_>>()?,
        ));
    }
    let Some(table) = node.as_table() else {
        return fixed(node).map(Shape::Fixed);
    };
    let parts = table.all();
    if let [(name, inner)] = &parts[..]
        && name.starts_with('$')
        && SPECIAL.contains(name)
    {
        return special(name, inner, kind);
    }
    let part = |(written, node): (&str, Node<'_>)| {
        let (key, optional) = key(written);
        let kind = if optional { Kind::Optional } else { kind };
        Ok(Part {
            key,
            optional,
            shape: shape(&node, kind)?,
        })
    };
    Ok(Shape::Object(
        parts.into_iter().map(part).collect::<Read<_>>()?,
    ))
}

/// Tables that stand for what is no text. Others that begin with "$" are keys
/// of the vendor's ("$type").
const SPECIAL: [&str; 3] = ["$number", "$value", "$matchers"];

fn special(name: &str, node: &Node<'_>, kind: Kind) -> Read<Shape> {
    if name == "$number" {
        return Ok(Shape::Number(phrase(node, kind)?));
    }
    let path: Box<[Box<str>]> = node.str()?.split('.').map(Into::into).collect();
    let known = ["item", "action", "vars", "auth"];
    if !path.first().is_some_and(|first| known.contains(&&**first)) {
        return Err(node.wrong("This names a value: \"item.labels\", \"action.until\"."));
    }
    Ok(if name == "$value" {
        Shape::Value(path)
    } else {
        Shape::Matchers(path)
    })
}

/// A number or a truth.
fn fixed(node: &Node<'_>) -> Read<Value> {
    if let Ok(flag) = node.bool() {
        return Ok(Value::Bool(flag));
    }
    let word = node.word()?;
    let number: Option<serde_json::Number> = serde_json::from_str(&word).ok();
    number
        .map(Value::Number)
        .ok_or_else(|| node.wrong("This is text, a number, a truth, a list or a table."))
}

fn limits(table: &Table<'_>) -> Read<Limits> {
    table.only(&[
        "rate",
        "header_remaining",
        "header_reset",
        "retry_after_header",
        "retry_after_field",
    ])?;
    Ok(Limits {
        rate: table.get("rate").map(|n| rate(&n)).transpose()?,
        remaining: table.str("header_remaining")?.map(str::to_ascii_lowercase),
        reset: header_wait(table, "header_reset")?,
        retry_header: header_wait(table, "retry_after_header")?,
        retry_field: match table.get("retry_after_field") {
            None => None,
            Some(node) => match node.as_table() {
                Some(inner) => {
                    inner.only(&["at", "as"])?;
                    let at = at(&inner.need("at")?)?;
                    Some((
                        at,
                        named(
                            &inner.need("as")?,
                            "way to write a wait",
                            &RetryAfter::NAMES,
                        )?,
                    ))
                }
                None => Some((at(&node)?, RetryAfter::Seconds)),
            },
        },
    })
}

/// A header's name, or a table with how it is written.
fn header_wait(table: &Table<'_>, key: &str) -> Read<Option<(String, RetryAfter)>> {
    let Some(node) = table.get(key) else {
        return Ok(None);
    };
    let Some(inner) = node.as_table() else {
        return Ok(Some((
            node.str()?.to_ascii_lowercase(),
            RetryAfter::Seconds,
        )));
    };
    inner.only(&["name", "as"])?;
    let name = inner.need("name")?.str()?.to_ascii_lowercase();
    let how = named(
        &inner.need("as")?,
        "way to write a wait",
        &RetryAfter::NAMES,
    )?;
    Ok(Some((name, how)))
}

/// "300/5m": so many in such a time.
fn rate(node: &Node<'_>) -> Read<(u32, Duration)> {
    let says = "A rate is a count and a span of time: \"300/5m\", \"1/1s\".";
    let (count, span) = node
        .str()?
        .split_once('/')
        .ok_or_else(|| node.wrong(says))?;
    let count: u32 = count.parse().map_err(|_| node.wrong(says))?;
    let digits = span.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let number: u64 = digits.parse().map_err(|_| node.wrong(says))?;
    let seconds = match span.strip_prefix(digits) {
        Some("s") => 1,
        Some("m") => 60,
        Some("h") => 3600,
        Some("d") => 86_400,
        _ => return Err(node.wrong(says)),
    };
    let within = number.checked_mul(seconds).map(Duration::from_secs);
    match within.filter(|w| count > 0 && !w.is_zero()) {
        Some(within) => Ok((count, within)),
        None => Err(node.wrong(says)),
    }
}

fn at(node: &Node<'_>) -> Read<Field> {
    let pointer = Pointer::parse(node.str()?).map_err(|says| node.wrong(&says))?;
    Ok(Field(vec![Step::plain(Source::At(pointer))]))
}

fn login(table: &Table<'_>) -> Read<Login> {
    table.only(&[
        "url",
        "headers",
        "json",
        "form",
        "token",
        "expires_in",
        "lasts",
        "keep",
        "hosts",
    ])?;
    let token = optional(table, "token")?;
    if token.is_empty() {
        return Err(table.wrong("The key \"token\" is missing here: where the answer has it."));
    }
    let mut keep = Vec::new();
    if let Some(inner) = table.table("keep")? {
        for (name, node) in inner.all() {
            keep.push((name.to_owned(), at(&node)?));
        }
    }
    Ok(Login {
        url: phrase(&table.need("url")?, Kind::Url)?,
        headers: headers(table)?,
        body: body(table)?,
        token,
        expires_in: optional(table, "expires_in")?,
        lasts: match table.get("lasts") {
            Some(node) => node.duration()?,
            None => Duration::from_mins(30),
        },
        keep,
        hosts: table.strs("hosts")?,
    })
}
