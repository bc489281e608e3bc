//! What a page on top is about: its title and its lines, narrowed to the words
//! that one looks for. Shared by `update` (how far can it be scrolled?) and
//! `view`.

use super::{Document, Ink, Line, help, history, item, links, notices, pages, status};
use crate::console::state::App;
use crate::console::state::overlay::{Page, Topic};
use crate::text::fold::search_key;

/// The title and the lines of a page.
#[must_use]
pub fn of(app: &App, page: &Page, width: usize) -> (&'static str, Document) {
    let (title, document) = whole(app, page.topic, width);
    match &page.find {
        Some(find) if !find.words.is_blank() => {
            (title, holding(document, &find.words.text(), width))
        }
        _ => (title, document),
    }
}

/// All lines of a topic.
#[must_use]
pub fn whole(app: &App, topic: Topic, width: usize) -> (&'static str, Document) {
    match topic {
        Topic::Help(context) => ("Keys", help::of(&app.settings.keymap, context, width)),
        Topic::History(key) => ("Why, and history", history::of(app, key, width)),
        Topic::Links(key) => ("Links", links::of(app, key, width)),
        Topic::Archived => ("From the history", archived(app, width)),
        Topic::Watch => ("On watch", pages::watch(app, width)),
        Topic::Channels => ("Channels", pages::channels(app, width)),
        Topic::Queued => ("Queued", pages::queued(app, width)),
        Topic::Notices => ("Notices", notices::of(app, width)),
        Topic::Status => ("Status", status::of(app, width)),
    }
}

fn archived(app: &App, width: usize) -> Document {
    match &app.archived {
        Some(found) => item::of(app, found, width),
        None => Document::new(width),
    }
}

/// The lines that hold all words, each under its heading.
fn holding(document: Document, words: &str, width: usize) -> Document {
    let words: Vec<String> = words.split_whitespace().map(search_key).collect();
    let mut narrowed = Document::new(width);
    let mut heading: Option<Line> = None;
    for line in document.lines {
        if line.first().is_some_and(|span| span.ink == Ink::Title) {
            heading = Some(line);
            continue;
        }
        let text: String = line.iter().map(|span| span.text.as_str()).collect();
        let text = search_key(&text);
        if !line.is_empty() && words.iter().all(|word| text.contains(word)) {
            if let Some(heading) = heading.take() {
                narrowed.blank();
                narrowed.row(heading);
            }
            narrowed.row(line);
        }
    }
    if narrowed.lines.is_empty() {
        narrowed.say(Ink::Muted, "Nothing here holds these words.");
    }
    narrowed
}
