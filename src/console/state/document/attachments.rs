//! What hangs on an item or on a turn of its conversation: kind, name, size and host of each, in cleaned text. Nothing of
//! it is fetched or opened.

use super::{Document, Ink, Span, own};
use crate::console::state::words;
use crate::model::item::{Item, OnRetract};
use crate::model::medium::Medium;
use crate::text::{Link, SafeText};

/// Most that are shown; the rest is counted.
const SHOWN: usize = 12;
/// Before each.
const INDENT: &str = "  ";
/// Most that are shown of one turn.
const OF_TURN: usize = 4;
/// Widest that a kind or a name is, in columns.
const KIND: usize = 24;
const NAME: usize = 40;

/// What hangs on a turn, below its words or, where it has none, beside `name`.
pub(super) fn of_turn(
    page: &mut Document,
    column: usize,
    (mut name, media): (Option<Span>, &[Medium]),
) {
    let rest = media.len().saturating_sub(OF_TURN);
    let more = (rest > 0).then(|| vec![own(Ink::Muted, format!("and {rest} more"))]);
    let room = page.width().saturating_sub(column);
    let shown = media.iter().take(OF_TURN).map(|medium| line(medium, room));
    for spans in shown.chain(more) {
        let head = name.take().unwrap_or_else(|| own(Ink::Muted, ""));
        let gap = column.saturating_sub(head.text.width()).max(1);
        let mut row = vec![head, own(Ink::Muted, " ".repeat(gap))];
        row.extend(spans);
        page.row(row);
    }
}

/// The lines, under a heading; none where nothing hangs on it.
pub(super) fn lines(page: &mut Document, item: &Item) {
    let gone = matches!(
        item.retracted,
        Some((_, OnRetract::Hide | OnRetract::Erase))
    );
    let media = &item.content.media;
    if gone || media.is_empty() {
        return;
    }
    page.say(Ink::Muted, words::plural(media.len(), "attachment"));
    for medium in media.iter().take(SHOWN) {
        let mut row = vec![own(Ink::Muted, INDENT)];
        row.extend(line(medium, page.width().saturating_sub(INDENT.len())));
        page.row(row);
    }
    let rest = media.len().saturating_sub(SHOWN);
    if rest > 0 {
        page.say(Ink::Muted, format!("  and {rest} more"));
    }
}

fn line(medium: &Medium, width: usize) -> Vec<Span> {
    let link = Link::read(&medium.at);
    let mut spans = Vec::new();
    let mut add = |ink, text: SafeText| {
        if !text.is_blank() {
            spans.push(Span { ink, text });
            spans.push(own(Ink::Muted, "  "));
        }
    };
    add(Ink::Text, kind(medium, &link).truncate(KIND, "…"));
    add(Ink::Text, SafeText::line(&medium.name).truncate(NAME, "…"));
    if let Some(size) = medium.size {
        add(Ink::Muted, SafeText::own(bytes(size)));
    }
    let host = if link.host.is_blank() {
        SafeText::own("kept by the channel".to_owned())
    } else {
        link.host.clone()
    };
    let taken: usize = spans.iter().map(|span| span.text.width()).sum();
    spans.push(Span {
        ink: Ink::Muted,
        text: host.truncate(width.saturating_sub(taken), "…"),
    });
    spans
}

/// What the vendor says it is, or what the end of its name or address says.
fn kind(medium: &Medium, link: &Link) -> SafeText {
    let kind = SafeText::line(&medium.kind);
    if !kind.is_blank() {
        return kind;
    }
    let name = SafeText::line(&medium.name);
    let path = link.whole.as_str().split(['?', '#']).next().unwrap_or("");
    let file = path.rsplit_once("://").map_or(path, |(_, rest)| rest);
    let file = file.rsplit_once('/').map_or("", |(_, file)| file);
    let end = [name.as_str(), file].into_iter().find_map(|name| {
        let (before, end) = name.rsplit_once('.')?;
        let short =
            !end.is_empty() && end.len() <= 5 && end.bytes().all(|b| b.is_ascii_alphanumeric());
        (short && !before.is_empty()).then(|| end.to_lowercase())
    });
    SafeText::own(end.unwrap_or_else(|| "file".to_owned()))
}

/// A size in words: "640 bytes", "34 kB", "2.1 MB".
fn bytes(size: u64) -> String {
    match size {
        0..1_000 => format!("{size} bytes"),
        1_000..1_000_000 => format!("{} kB", size / 1_000),
        _ => {
            let tenths = size / 100_000;
            format!("{}.{} MB", tenths / 10, tenths % 10)
        }
    }
}
