//! `[limits]`: how much a vendor allows; `[login]`: a token that is asked for
//! first.

use std::time::Duration;

use super::body::{body, headers, phrase};
use crate::channels::file::expression::{named, optional};
use crate::channels::file::read::{Node, Read, Table};
use crate::channels::map::expr::{Field, Source, Step};
use crate::channels::map::pointer::Pointer;
use crate::channels::reply::{Kind, Limits, Login, RetryAfter};

/// How long a token is good when nobody says.
pub(super) const LASTS: Duration = Duration::from_mins(30);

/// Reads `[limits]`.
pub(super) fn limits(table: &Table<'_>) -> Read<Limits> {
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

/// The field at a place that is known.
pub(super) fn fixed(written: &str, node: &Node<'_>) -> Read<Field> {
    let pointer = Pointer::parse(written).map_err(|says| node.wrong(&says))?;
    Ok(Field(vec![Step::plain(Source::At(pointer))]))
}

/// Reads `[login]`.
pub(super) fn login(table: &Table<'_>) -> Read<Login> {
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
            None => LASTS,
        },
        keep,
        hosts: table.strs("hosts")?,
    })
}
