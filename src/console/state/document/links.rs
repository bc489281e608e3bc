//! Where the addresses of an item lead: a line in the detail, a page behind
//! `o`. Hosts come first, in letters that can't deceive; nothing is opened.

use super::{Document, Ink, Span, own};
use crate::console::state::App;
use crate::model::ids::ItemKey;
use crate::model::item::{Item, Kind, OnRetract};
use crate::text::{Link, SafeText};

/// Addresses in the words that the detail shows.
const SHOWN: usize = 3;

/// The item's own address and those in its words, each once.
#[must_use]
pub fn all(item: &Item) -> Vec<Link> {
    let content = &item.content;
    let mut links = Vec::new();
    if !content.url.is_empty() {
        links.push(Link::read(&content.url));
    }
    let gone = matches!(
        item.retracted,
        Some((_, OnRetract::Hide | OnRetract::Erase))
    );
    if !gone {
        let turns = content.conversation.iter().map(|turn| &turn.text);
        for words in [&content.title, &content.text].into_iter().chain(turns) {
            for link in Link::find(words) {
                if !links.contains(&link) {
                    links.push(link);
                }
            }
        }
    }
    links
}

/// The lines of the detail: host, then as much of the address as fits.
pub(super) fn lines(page: &mut Document, app: &App, item: &Item) {
    let links = all(item);
    let shown = if item.content.url.is_empty() {
        SHOWN
    } else {
        SHOWN + 1
    };
    for (place, link) in links.iter().take(shown).enumerate() {
        let is_source = place == 0 && item.content.kind == Kind::Alert;
        let is_source = is_source && !item.content.url.is_empty();
        let label = if is_source { "source  " } else { "link  " };
        let mut line = vec![own(Ink::Muted, label)];
        if !link.host.is_blank() {
            line.push(Span {
                ink: Ink::Text,
                text: link.host.clone(),
            });
            line.push(own(Ink::Muted, "  "));
        }
        let taken: usize = line.iter().map(|span| span.text.width()).sum();
        let room = page.width().saturating_sub(taken);
        line.push(Span {
            ink: Ink::Muted,
            text: link.whole.truncate(room, "…"),
        });
        page.row(line);
        if let Some(says) = doubt(app, link) {
            page.fold(6, Ink::Warn, &says);
        }
    }
    let rest = links.len().saturating_sub(shown);
    if rest > 0 {
        page.say(Ink::Muted, format!("      and {rest} more"));
    }
}

/// Why this address may not be what it seems.
fn doubt(app: &App, link: &Link) -> Option<SafeText> {
    if link.host.is_blank() {
        return None;
    }
    if let Some(likeness) = app.session.known.of_host(link.host.as_str()) {
        return Some(SafeText::own(format!("≈ The host {likeness}.")));
    }
    link.has_user.then(|| {
        SafeText::own(format!(
            "≈ What stands before the @ is not the host; the host is {}.",
            link.host
        ))
    })
}

/// The page behind `o`: every address whole.
#[must_use]
pub fn of(app: &App, key: ItemKey, width: usize) -> Document {
    let mut page = Document::new(width).under(app.settings.text);
    let Some(item) = app.floor.board.item(&key) else {
        page.say(Ink::Muted, "This item is not on the board any more.");
        return page;
    };
    let links = all(item);
    if links.is_empty() {
        page.say(Ink::Muted, "There is no address in this item.");
        return page;
    }
    for link in &links {
        page.blank();
        let host = link.host.or_empty("no host: not a web address");
        page.row(vec![Span {
            ink: Ink::Title,
            text: host,
        }]);
        if let Some(letters) = &link.letters {
            page.row(vec![
                own(Ink::Muted, "  in its own letters  "),
                Span {
                    ink: Ink::Muted,
                    text: letters.clone(),
                },
            ]);
        }
        if let Some(says) = doubt(app, link) {
            page.fold(2, Ink::Warn, &says);
        }
        page.fold(2, Ink::Text, &link.whole);
    }
    page.blank();
    page.say(
        Ink::Muted,
        "The console opens nothing. Copy the address into a browser that is meant for it.",
    );
    page
}
