//! What all that call out write alike: spans of time, jitter, headers.

use std::time::Duration;

use crate::channels::file::read::{Node, Read, Table};

/// `headers`, in the file's order of names.
pub(super) fn headers(table: &Table<'_>) -> Read<Vec<(String, String)>> {
    let Some(inner) = table.table("headers")? else {
        return Ok(Vec::new());
    };
    let header = |(name, value): (&str, Node<'_>)| Ok((name.to_owned(), value.str()?.to_owned()));
    inner.all().into_iter().map(header).collect()
}

/// The span at `key`, `seconds` where there is none; at least 10 ms.
pub(super) fn span(table: &Table<'_>, key: &str, seconds: u64) -> Read<Duration> {
    match table.get(key) {
        None => Ok(Duration::from_secs(seconds)),
        Some(node) => {
            let span = node.duration()?;
            if span < Duration::from_millis(10) {
                return Err(node.wrong("This is too short; write at least 10ms."));
            }
            Ok(span)
        }
    }
}

/// `jitter`: how much earlier or later, in percent of the interval.
pub(super) fn jitter(table: &Table<'_>) -> Read<u32> {
    let Some(node) = table.get("jitter") else {
        return Ok(20);
    };
    let says = "A jitter is a share of the interval: \"20%\", at most \"50%\".";
    let percent = node.str()?.strip_suffix('%').and_then(|p| p.parse().ok());
    percent.filter(|p| *p <= 50).ok_or_else(|| node.wrong(says))
}

/// `rate`: so many requests in such a time, as "300/5m".
pub(super) fn rate(table: &Table<'_>) -> Read<Option<(u32, Duration)>> {
    let Some(node) = table.get("rate") else {
        return Ok(None);
    };
    let says = "A rate is a number of requests and a span of time: \"300/5m\".";
    let parts = node.str()?.split_once('/');
    let (most, per) = parts.ok_or_else(|| node.wrong(says))?;
    let most = most.parse().ok().filter(|n| *n > 0);
    let per = super::super::read::span_of(per).filter(|per| !per.is_zero());
    most.zip(per).map(Some).ok_or_else(|| node.wrong(says))
}
