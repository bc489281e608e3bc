//! RSS 0.9x to 2.0, Atom and JSON Feed, decoded into one JSON shape:
//! `{title, language, ttl, entries: [{id, title, summary, content, links, …}]}`.
//!
//! The feed file's map is written against this shape, so it is as stable as a
//! vendor's. Owns the decoding only; polling is `transport::feed`.

use feed_rs::model::{Entry, Feed, Text};
use serde_json::{Value, json};

use super::words::plain;

/// Decodes a feed.
///
/// # Errors
/// A sentence: it is none of the three.
pub(in crate::channels) fn decode(body: &[u8]) -> Result<Value, String> {
    // Entries without an id get none here: the map falls back to the link or
    // to a hash, which the same entry has again at the next poll.
    let parser = feed_rs::parser::Builder::new()
        .id_generator(|_, _, _| String::new())
        .build();
    let feed = parser.parse(body).map_err(|e| {
        format!(
            "This is no RSS, Atom or JSON Feed: {}.",
            plain(&e.to_string())
        )
    })?;
    Ok(shape(&feed))
}

fn shape(feed: &Feed) -> Value {
    json!({
        "id": feed.id,
        "title": words(feed.title.as_ref()),
        "language": feed.language,
        "ttl": feed.ttl,
        "entries": feed.entries.iter().map(entry).collect::<Vec<_>>(),
    })
}

fn entry(entry: &Entry) -> Value {
    let links = |rel: &str| {
        let of = |l: &&feed_rs::model::Link| l.rel.as_deref().unwrap_or("alternate") == rel;
        let hrefs = entry
            .links
            .iter()
            .filter(of)
            .map(|l| json!({"href": l.href}));
        hrefs.collect::<Vec<_>>()
    };
    // Where a warning lies whole.
    let is_cap = |l: &&feed_rs::model::Link| {
        l.media_type
            .as_deref()
            .is_some_and(|t| t.starts_with("application/cap+xml"))
    };
    let cap = entry.links.iter().find(is_cap).map(|l| l.href.as_str());
    let people = entry
        .authors
        .iter()
        .map(|p| json!({"name": p.name, "uri": p.uri}));
    let media = entry.media.iter().flat_map(|m| {
        let content = m.content.iter().filter_map(|c| c.url.as_ref());
        content.map(|url| json!({"url": url.as_str()}))
    });
    let categories = entry.categories.iter().map(|c| c.term.clone());
    json!({
        "id": entry.id,
        "title": words(entry.title.as_ref()),
        "summary": words(entry.summary.as_ref()),
        "content": entry.content.as_ref().and_then(|c| c.body.clone()),
        "links": links("alternate"),
        "enclosures": links("enclosure"),
        "cap": cap,
        "authors": people.collect::<Vec<_>>(),
        "published": entry.published.map(|t| t.to_rfc3339()),
        "updated": entry.updated.map(|t| t.to_rfc3339()),
        "language": entry.language,
        "categories": categories.collect::<Vec<_>>(),
        "media": media.collect::<Vec<_>>(),
    })
}

fn words(text: Option<&Text>) -> Option<&str> {
    text.map(|t| t.content.as_str())
}
