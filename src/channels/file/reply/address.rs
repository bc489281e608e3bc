//! How a request of `[reply]` or `[act.NAME]` begins and is taken: its method, whose
//! its host is, the statuses that mean sent.

use reqwest::Method;

use crate::channels::file::expression::named;
use crate::channels::file::read::{Node, Read, Table};

/// Whether the host in a URL is the file's or the operator's: nothing of an
/// item or an answer stands before the path.
pub(super) fn own_host(url: &str) -> bool {
    // Without what is inside templates, the first "/" that is not of "://"
    // ends the host.
    let mut front = String::new();
    let mut depth = 0_usize;
    let mut rest = url.chars().peekable();
    while let Some(c) = rest.next() {
        match (c, rest.peek()) {
            ('{', Some('{' | '%')) => depth += 1,
            ('}' | '%', Some('}')) => depth = depth.saturating_sub(1),
            ('/', next) if depth == 0 => {
                if !front.ends_with(':') || next != Some(&'/') {
                    break;
                }
                rest.next();
            }
            _ => {}
        }
        front.push(c);
    }
    !["item.", "action.", "auth."]
        .iter()
        .any(|word| front.contains(word))
}

/// The method: POST when the file does not say.
pub(super) fn method(table: &Table<'_>) -> Read<Method> {
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

/// The statuses that mean sent.
pub(super) fn statuses(table: &Table<'_>) -> Read<Vec<u16>> {
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
