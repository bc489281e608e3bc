//! Items and pages as plain text for the clipboard: cleaned, in logical order,
//! with what a colleague needs to know what it is.

use super::topic;
use crate::console::state::overlay::Topic;
use crate::console::state::{App, words};
use crate::model::item::{Item, OnRetract};
use crate::text::{SafeText, Untrusted};

/// Columns of a copied page.
const COLUMNS: usize = 76;

/// An item: number, kind, severity, when, by whom, its words, its link.
#[must_use]
pub fn item(app: &App, item: &Item) -> String {
    let (now, offset) = (app.session.now, app.session.offset());
    let content = &item.content;
    let mut text = format!(
        "{} {} {} · {} · {}",
        item.id,
        item.severity.word(),
        content.kind.word(),
        content.channel,
        words::moment(item.received_at, now, offset)
    );
    let author = [&content.author.name, &content.author.handle]
        .into_iter()
        .map(SafeText::line)
        .find(|name| !name.is_blank());
    if let Some(author) = author {
        text.push_str(" · ");
        text.push_str(author.as_str());
    }
    let hidden = matches!(
        item.retracted,
        Some((_, OnRetract::Hide | OnRetract::Erase))
    );
    if hidden {
        text += "\nThe source took its words back.";
        return text;
    }
    for words in [&content.title, &content.text] {
        paragraph(&mut text, words);
    }
    for turn in &content.conversation {
        if turn.text != content.text {
            paragraph(&mut text, &turn.text);
        }
    }
    if let Some(link) = link(item) {
        text.push('\n');
        text.push_str(&link);
    }
    text
}

fn paragraph(text: &mut String, words: &Untrusted) {
    let words = SafeText::block(words);
    if !words.is_blank() {
        text.push('\n');
        text.push_str(words.as_str().trim_end());
    }
}

/// The link of an item, in one line; none when it has none.
#[must_use]
pub fn link(item: &Item) -> Option<String> {
    let link = SafeText::line(&item.content.url);
    (!link.is_blank()).then(|| link.as_str().to_owned())
}

/// A page as it reads.
#[must_use]
pub fn page(app: &App, of: Topic) -> String {
    let (_, document) = topic::whole(app, of, COLUMNS);
    let lines: Vec<String> = document
        .lines
        .iter()
        .map(|line| {
            let text: String = line.iter().map(|span| span.text.as_str()).collect();
            text.trim_end().to_owned()
        })
        .collect();
    lines.join("\n")
}
