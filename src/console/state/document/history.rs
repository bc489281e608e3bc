//! Why an item is here, what was merged into it, and what became of it.

use super::{Document, Ink, Span, answers, own, reasons, why};
use crate::console::state::{App, words};
use crate::model::ids::ItemKey;
use crate::model::item::Item;
use crate::text::SafeText;

/// The page behind `i`.
#[must_use]
pub fn of(app: &App, key: ItemKey, width: usize) -> Document {
    let mut page = Document::new(width).under(app.settings.text);
    let Some(item) = app.floor.board.item(&key) else {
        page.say(Ink::Muted, "This item is not on the board any more.");
        return page;
    };
    answers::why(&mut page, item, usize::MAX);
    if let Some(at) = item.content.source_time {
        let at = words::moment(at, app.session.now, app.session.offset());
        page.say(Ink::Muted, format!("Said at {at}, as the channel claims."));
    }
    why::lines(&mut page, app, item);
    reasons::lines(&mut page, app, item);
    reasons::copies(&mut page, app, item);
    members(&mut page, app, item);
    trail(&mut page, app, item, usize::MAX);
    page
}

/// What was merged into the item.
pub(super) fn members(page: &mut Document, app: &App, item: &Item) {
    const SHOWN: usize = 8;
    if item.members.is_empty() {
        return;
    }
    page.heading(format!(
        "Merged into it: {}",
        words::items(item.members.len())
    ));
    let board = &app.floor.board;
    for member in item
        .members
        .iter()
        .filter_map(|key| board.item(key))
        .take(SHOWN)
    {
        let text = SafeText::line_within(&member.content.text, page.width());
        let room = page.width().saturating_sub(8);
        page.row(vec![
            own(Ink::Muted, format!("{:<8}", member.id.to_string())),
            Span {
                ink: Ink::Text,
                text: text.truncate(room, "…"),
            },
        ]);
    }
}

/// The last steps, newest first, at most so many.
pub(super) fn trail(page: &mut Document, app: &App, item: &Item, most: usize) {
    let (now, offset) = (app.session.now, app.session.offset());
    if item.trail.is_empty() {
        return;
    }
    page.heading("History");
    for step in item.trail.iter().rev().take(most) {
        let at = words::moment(step.at, now, offset);
        let mut says = format!("{} {}", step.by, step.did);
        if !step.words.is_empty() {
            says.push_str(": ");
            says.push_str(SafeText::line(&step.words).as_str());
        }
        let column = at.len() + 2;
        page.entry(column, own(Ink::Muted, at), Ink::Text, &SafeText::own(says));
    }
}
