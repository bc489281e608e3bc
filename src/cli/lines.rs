//! Items and events as lines for people.
//!
//! Strangers' words go through [`SafeText`] here and nowhere else in this room.
//! Columns are aligned by the cells that they take. Pure; called by `items`,
//! `show`, `tail`.

use jiff::tz::TimeZone;

use crate::model::board::Board;
use crate::model::event::{Body, Event};
use crate::model::item::Item;
use crate::model::time::Timestamp;
use crate::model::triage::State;
use crate::notify::alerts::Alert;
use crate::text::{SafeText, Untrusted};

/// Cells of an author's name in a row.
const AUTHOR: usize = 18;
/// Cells of an item's words in a row.
const WORDS: usize = 96;

/// The moment by the wall clock of `zone`.
pub(super) fn moment(at: Timestamp, zone: &TimeZone) -> String {
    let local = at.to_jiff().to_zoned(zone.clone());
    local.strftime("%Y-%m-%d %H:%M:%S").to_string()
}

/// Rows with their columns below each other; the last column is as long as it is.
pub(super) fn columns(rows: &[Vec<SafeText>]) -> String {
    let mut widths: Vec<usize> = Vec::new();
    for row in rows {
        for (at, cell) in row.iter().enumerate() {
            if let Some(width) = widths.get_mut(at) {
                *width = (*width).max(cell.width());
            } else {
                widths.push(cell.width());
            }
        }
    }
    let mut text = String::new();
    for row in rows {
        let mut line = String::new();
        for (cell, width) in row.iter().zip(&widths) {
            line.push_str(cell.as_str());
            line.extend(std::iter::repeat_n(' ', width - cell.width() + 2));
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

/// The heads of [`row`]'s columns.
pub(super) fn heads() -> Vec<SafeText> {
    let heads = [
        "ITEM", "RECEIVED", "SEVERITY", "STATE", "DESK", "CHANNEL", "AUTHOR", "WORDS",
    ];
    heads.into_iter().map(SafeText::own).collect()
}

/// An item as a row of a table.
pub(super) fn row(item: &Item, zone: &TimeZone) -> Vec<SafeText> {
    let content = &item.content;
    let own = |words: String| SafeText::own(words);
    vec![
        own(item.id.to_string()),
        own(moment(item.received_at, zone)),
        own(item.urgency().word().to_owned()),
        own(state(item)),
        own(item.desk.to_string()),
        own(content.channel.to_string()),
        line(author(item), AUTHOR),
        words(item).truncate(WORDS, "…"),
    ]
}

/// An item whole, on several lines.
pub(super) fn page(item: &Item, zone: &TimeZone) -> String {
    let content = &item.content;
    let mut facts = vec![
        ("item", SafeText::own(format!("{} ({})", item.id, item.key))),
        ("kind", SafeText::own(content.kind.word())),
        ("state", SafeText::own(state(item))),
        ("severity", SafeText::own(item.urgency().word())),
        ("desk", SafeText::own(item.desk.to_string())),
        ("channel", SafeText::own(content.channel.to_string())),
        ("received", SafeText::own(moment(item.received_at, zone))),
        ("author", line(author(item), usize::MAX)),
        ("title", line(&content.title, usize::MAX)),
        ("address", line(&content.url, usize::MAX)),
        ("region", line(&content.region, usize::MAX)),
    ];
    let tags: Vec<&str> = item
        .tags()
        .iter()
        .map(crate::model::ids::Tag::as_str)
        .collect();
    facts.push(("tags", SafeText::own(tags.join(" "))));
    facts.retain(|(_, value)| !value.is_blank());
    let rows: Vec<Vec<SafeText>> = facts
        .into_iter()
        .map(|(name, value)| vec![SafeText::own(name), value])
        .collect();
    let mut text = columns(&rows);
    if is_hidden(item) {
        text.push_str(
            "\nIts channel took the words back; they are kept as evidence and not shown.\n",
        );
    } else {
        block(&mut text, "", &content.text);
        for turn in &content.conversation {
            block(
                &mut text,
                &format!("{:?}", turn.speaker).to_lowercase(),
                &turn.text,
            );
        }
    }
    for note in &item.notes {
        let struck = if note.struck { ", struck" } else { "" };
        let head = format!("note by {}, {}{struck}", note.by, moment(note.at, zone));
        block(&mut text, &head, &note.text);
    }
    if !item.trail.is_empty() {
        text.push('\n');
    }
    for step in &item.trail {
        let words = if step.words.is_empty() {
            String::new()
        } else {
            format!(": {}", SafeText::line(&step.words).as_str())
        };
        let did = SafeText::own(step.did.clone());
        let (at, by) = (moment(step.at, zone), &step.by);
        let line = format!("{at}  {by} {}{words}\n", did.as_str());
        text.push_str(&line);
    }
    text
}

/// An event as a line: when, about which item, who, what, in which words.
pub(super) fn event(event: &Event, zone: &TimeZone) -> String {
    let number = event.id.map_or_else(|| "-".to_owned(), |id| id.to_string());
    let mut line = format!(
        "{}  {number:<8} {:<12} {}",
        moment(event.at, zone),
        event.actor.to_string(),
        name(&event.body).replace('_', " ")
    );
    let said = said(&event.body);
    if !said.is_blank() {
        line.push_str(": ");
        line.push_str(said.truncate(WORDS, "…").as_str());
    }
    line
}

/// What began or ceased to need the officer; none for what only programs ask.
#[must_use]
pub fn alert(alert: &Alert, board: &Board, zone: &TimeZone) -> Option<String> {
    match alert {
        Alert::Begins { .. } => None,
        Alert::Raised {
            at, key, id, why, ..
        } => {
            let why: Vec<&str> = why.iter().map(|why| why.word()).collect();
            let mut line = format!(
                "{} {:<8} {}",
                moment(*at, zone),
                id.to_string(),
                why.join(" and ")
            );
            if let Some(item) = board.item(key) {
                line.push_str(": ");
                line.push_str(words(item).truncate(WORDS, "…").as_str());
            }
            Some(line)
        }
        Alert::Cleared { at, id, .. } => Some(format!(
            "{} {:<8} needs you no more",
            moment(*at, zone),
            id.to_string()
        )),
    }
}

/// An event's stable name, as the log has it.
fn name(body: &Body) -> String {
    let value = serde_json::to_value(body).unwrap_or_default();
    value
        .get("type")
        .and_then(|name| name.as_str())
        .unwrap_or("unknown")
        .to_owned()
}

fn said(body: &Body) -> SafeText {
    let line = |words: &Untrusted| SafeText::line_within(words, WORDS);
    match body {
        Body::ItemArrived(arrival) => headline(&arrival.content.title, &arrival.content.text),
        Body::ItemEdited { content } => headline(&content.title, &content.text),
        Body::ItemEscalated { reason, .. } => line(reason),
        Body::NoteAdded { text } => line(text),
        Body::OutgoingHeld { outgoing } => line(&outgoing.text),
        Body::OutgoingFailed { why, .. }
        | Body::OutgoingUnsure { why, .. }
        | Body::OutgoingDelayed { why, .. } => line(why),
        Body::OutgoingMarked { mark, .. } => line(&mark.says),
        Body::ClaimConfirmed { claim, .. } | Body::ClaimRejected { claim } => line(claim),
        Body::FeedbackGiven { feedback } => SafeText::own(feedback.words()),
        Body::ItemAssigned { to, .. } => SafeText::own(to.to_string()),
        Body::ItemResolved { reason } => SafeText::own(reason.word()),
        Body::ItemWoke { why } | Body::DocumentUnmapped { why, .. } => SafeText::own(why.clone()),
        _ => SafeText::default(),
    }
}

fn words(item: &Item) -> SafeText {
    if is_hidden(item) {
        return SafeText::own("(taken back)");
    }
    headline(&item.content.title, &item.content.text)
}

fn is_hidden(item: &Item) -> bool {
    use crate::model::item::OnRetract;
    item.retracted.is_some_and(|(_, on)| on != OnRetract::Keep)
}

fn headline(title: &Untrusted, text: &Untrusted) -> SafeText {
    let title_line = SafeText::line_within(title, WORDS);
    if title_line.is_blank() {
        SafeText::line_within(text, WORDS)
    } else {
        title_line
    }
}

fn line(words: &Untrusted, cells: usize) -> SafeText {
    if cells == usize::MAX {
        return SafeText::line(words);
    }
    SafeText::line_within(words, cells).truncate(cells, "…")
}

fn author(item: &Item) -> &Untrusted {
    let author = &item.content.author;
    [&author.name, &author.handle, &author.id]
        .into_iter()
        .find(|name| !name.is_empty())
        .unwrap_or(&author.name)
}

fn block(text: &mut String, head: &str, words: &Untrusted) {
    let words = SafeText::block(words);
    if words.is_blank() {
        return;
    }
    text.push('\n');
    if !head.is_empty() {
        text.push_str(head);
        text.push('\n');
    }
    text.push_str(words.as_str());
    text.push('\n');
}

/// Where an item stands, in a few words.
fn state(item: &Item) -> String {
    let triage = &item.triage;
    let mut words = match &triage.state {
        State::New => "new".to_owned(),
        State::Acknowledged { by, .. } => format!("seen by {by}"),
        State::Taken { by, .. } => format!("taken by {by}"),
        State::Assigned { to, .. } => format!("assigned to {to}"),
        State::Resolved { reason, .. } => format!("resolved: {}", reason.word()),
    };
    if triage.snooze.is_some() {
        words.push_str(", snoozed");
    }
    if triage.suppressed_by.is_some() {
        words.push_str(", suppressed");
    }
    if triage.merged_into.is_some() {
        words.push_str(", merged");
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_below_each_other_whatever_the_cells() {
        let safe = |text: &str| SafeText::line(&Untrusted::new(text));
        let rows = vec![
            vec![safe("漢字"), safe("wide")],
            vec![safe("ab"), safe("narrow")],
        ];
        assert_eq!(columns(&rows), "漢字  wide\nab    narrow\n");
    }

    #[test]
    fn a_strangers_escape_does_not_reach_a_line() {
        let said = headline(&Untrusted::default(), &Untrusted::new("a\u{1b}[31mred"));
        assert!(!said.as_str().contains('\u{1b}'));
    }
}
