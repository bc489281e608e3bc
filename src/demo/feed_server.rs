//! The demo's news feed: RSS 2.0 with an `ETag`, on loopback, for the hub's
//! feed channel to poll.
//!
//! Keeps the newest entries in memory. Knows nothing of the story.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use serde::Deserialize;
use tokio::net::TcpListener;

use super::floor::FEED_PATH;
use super::scenario::chance;
use crate::model::time::Timestamp;

/// So many entries stay in the feed.
const KEPT: usize = 40;

/// An entry, as the plan writes it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// Its guid.
    pub id: String,
    /// Its language.
    pub lang: String,
    /// Headline.
    pub title: String,
    /// Words, HTML.
    pub html: String,
    /// When it was published.
    pub at: Timestamp,
}

/// The entries, newest first; shared by player and server.
#[derive(Clone, Debug, Default)]
pub(super) struct Feed(Arc<Mutex<VecDeque<Entry>>>);

impl Feed {
    /// Publishes one.
    pub(super) fn publish(&self, entry: Entry) {
        let mut entries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        entries.push_front(entry);
        entries.truncate(KEPT);
    }

    fn document(&self) -> String {
        let entries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        render(entries.iter())
    }
}

/// Serves `feed` until the task is dropped.
///
/// # Errors
/// What the system says when the listener breaks.
pub(super) async fn serve(listener: TcpListener, feed: Feed) -> std::io::Result<()> {
    let app = Router::new().route(FEED_PATH, get(answer)).with_state(feed);
    axum::serve(listener, app).await
}

async fn answer(State(feed): State<Feed>, headers: HeaderMap) -> Response {
    let document = feed.document();
    let etag = format!("\"{:016x}\"", chance::fingerprint(&document));
    let known = headers.get(header::IF_NONE_MATCH);
    if known.is_some_and(|known| known.as_bytes() == etag.as_bytes()) {
        return (StatusCode::NOT_MODIFIED, [(header::ETAG, etag)]).into_response();
    }
    let kind = "application/rss+xml; charset=utf-8".to_owned();
    (
        [(header::ETAG, etag), (header::CONTENT_TYPE, kind)],
        document,
    )
        .into_response()
}

/// The document.
pub(super) fn render<'a>(entries: impl Iterator<Item = &'a Entry>) -> String {
    let items = entries.map(item).collect::<String>();
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<rss version=\"2.0\" \
         xmlns:dc=\"http://purl.org/dc/elements/1.1/\"><channel>\
         <title>City of Port Almeida</title><link>https://almeida.example/news</link>\
         <description>News of the city</description>{items}</channel></rss>\n"
    )
}

fn item(entry: &Entry) -> String {
    let date = entry.at.to_jiff().strftime("%a, %d %b %Y %H:%M:%S +0000");
    format!(
        "<item><guid isPermaLink=\"false\">{id}</guid><title>{}</title>\
         <link>https://almeida.example/news/{id}</link><dc:language>{}</dc:language>\
         <pubDate>{date}</pubDate><description>{}</description></item>",
        escaped(&entry.title),
        escaped(&entry.lang),
        escaped(&entry.html),
        id = escaped(&entry.id),
    )
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_feed_is_one_that_readers_read() {
        let entry = Entry {
            id: "pa-1".to_owned(),
            lang: "en".to_owned(),
            title: "Valves & pipes <live>".to_owned(),
            html: "<p>Rua do Farol is <b>closed</b>.</p>".to_owned(),
            at: Timestamp::from_millis(1_795_459_800_000),
        };
        let text = render([entry].iter());
        let feed = feed_rs::parser::parse(text.as_bytes()).expect("a feed");
        assert_eq!(feed.entries.len(), 1);
        assert_eq!(feed.entries[0].id, "pa-1");
        let title = feed.entries[0].title.as_ref().expect("a title");
        assert_eq!(title.content, "Valves & pipes <live>");
        let when = feed.entries[0].published.expect("a date").timestamp();
        assert_eq!(when, 1_795_459_800);
    }
}
