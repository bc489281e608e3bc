//! An open item: the [`answers`] to an officer's questions, then the words,
//! the conversation, and everything else.

use super::{Document, Ink, Line, answers, attachments, history, links, own, reveal, talk};
use crate::console::state::{App, words};
use crate::model::item::{Item, Kind, OnRetract};
use crate::text::SafeText;

/// Steps of its history that an open item shows.
const STEPS: usize = 8;

/// The page of an item.
#[must_use]
pub fn of(app: &App, item: &Item, width: usize) -> Document {
    if app.detail.raw {
        return reveal::of(app, item, width);
    }
    let mut page = Document::new(width).under(app.settings.text);
    above_talk(&mut page, app, item);
    talk::turns(&mut page, app, item);
    notes(&mut page, app, item);
    if !item.content.conversation.is_empty() {
        page.blank();
        labels(&mut page, item);
    }
    talk::thread(&mut page, app, item);
    history::members(&mut page, app, item);
    history::trail(&mut page, app, item, STEPS);
    page
}

/// What stands above the conversation.
pub(super) fn above_talk(page: &mut Document, app: &App, item: &Item) {
    answers::of(page, app, item);
    page.rule();
    author(page, item);
    if let Some(likeness) = app.likeness(item) {
        page.say(Ink::Warn, format!("≈ The author {likeness}."));
    }
    body(page, item);
    fired(page, app, item);
    if item.content.conversation.is_empty() {
        labels(page, item);
    }
    engagement(page, item);
    attachments::lines(page, item);
    links::lines(page, app, item);
}

/// The sign of a severity; with its letter it needs no colour.
#[must_use]
pub fn symbol(severity: crate::model::severity::Severity) -> &'static str {
    use crate::model::severity::Severity;
    match severity {
        Severity::Critical => "◆",
        Severity::High => "▲",
        Severity::Medium => "●",
        Severity::Low => "○",
        Severity::Info => "·",
    }
}

fn author(page: &mut Document, item: &Item) {
    let author = &item.content.author;
    let name = SafeText::line(&author.name);
    let handle = SafeText::line(&author.handle);
    let mut line = Line::new();
    if !name.is_blank() && name != handle {
        line.push(super::Span {
            ink: Ink::Title,
            text: name,
        });
    }
    if !handle.is_blank() {
        let gap = if line.is_empty() { "@" } else { "  @" };
        line.push(own(Ink::Muted, gap));
        line.push(super::Span {
            ink: Ink::Muted,
            text: handle,
        });
    }
    if let Some(followers) = author.followers {
        let says = format!("  {} followers", words::short(followers));
        line.push(own(Ink::Muted, says));
    }
    for (label, value) in [
        ("  in ", &item.content.lang),
        ("  about ", &item.content.region),
    ] {
        if !value.is_empty() {
            line.push(own(Ink::Muted, label));
            line.push(super::Span {
                ink: Ink::Muted,
                text: SafeText::line_within(value, 24).truncate(24, "…"),
            });
        }
    }
    if !line.is_empty() {
        page.row(line);
    }
}

fn body(page: &mut Document, item: &Item) {
    if matches!(
        item.retracted,
        Some((_, OnRetract::Hide | OnRetract::Erase))
    ) {
        page.say(
            Ink::Muted,
            "The source took its words back; they are not shown.",
        );
        return;
    }
    let ink = if item.retracted.is_some() {
        Ink::Struck
    } else {
        Ink::Text
    };
    page.words(0, Ink::Title, &item.content.title);
    // An escalation's words are its last turn: shown once, in their place.
    let turns = &item.content.conversation;
    if !turns.iter().any(|turn| turn.text == item.content.text) {
        page.words(0, ink, &item.content.text);
    }
}

/// Since when the source says that an alert fires, or that it is over.
fn fired(page: &mut Document, app: &App, item: &Item) {
    if item.content.kind != Kind::Alert {
        return;
    }
    let at = |t| words::moment(t, app.session.now, app.session.offset());
    let began = item.content.source_time.unwrap_or(item.received_at);
    let over = item.source_resolved_at.or(item.content.ended_at);
    match over {
        Some(over) => page.say(
            Ink::Good,
            format!(
                "Fired at {}, over at the source since {}.",
                at(began),
                at(over)
            ),
        ),
        None => page.say(Ink::Warn, format!("Firing since {}.", at(began))),
    }
}

/// Labels of monitoring and rules, in two columns.
fn labels(page: &mut Document, item: &Item) {
    let names = item.content.labels.keys();
    let widest = names.map(|name| name.chars().count()).max().unwrap_or(0);
    let column = (widest + 2).clamp(6, page.width() / 3);
    for (name, value) in &item.content.labels {
        let name = super::Span {
            ink: Ink::Muted,
            text: SafeText::own(name.clone()).truncate(column - 1, "…"),
        };
        page.entry(column, name, Ink::Text, &SafeText::line(value));
    }
}

fn engagement(page: &mut Document, item: &Item) {
    let content = &item.content;
    let mut says = Vec::new();
    if !content.engagement.is_empty() {
        let counts = &content.engagement;
        says.push(format!("{} replies", words::short(counts.replies)));
        says.push(format!("{} reposts", words::short(counts.reposts)));
        says.push(format!("{} likes", words::short(counts.likes)));
        if let Some(views) = counts.views {
            says.push(format!("{} views", words::short(views)));
        }
    }
    if !says.is_empty() {
        page.say(Ink::Muted, says.join(" · "));
    }
    if !content.in_reply_to.is_empty() {
        const LABEL: &str = "answers  ";
        let room = page.width().saturating_sub(LABEL.len());
        page.row(vec![
            own(Ink::Muted, LABEL),
            super::Span {
                ink: Ink::Text,
                text: SafeText::line(&content.in_reply_to).truncate(room, "…"),
            },
        ]);
    }
}

fn notes(page: &mut Document, app: &App, item: &Item) {
    let (now, offset) = (app.session.now, app.session.offset());
    if !item.notes.is_empty() {
        page.heading("Notes");
    }
    for note in &item.notes {
        let ink = if note.struck { Ink::Struck } else { Ink::Text };
        let mark = if note.struck { " (struck)" } else { "" };
        let at = words::moment(note.at, now, offset);
        page.row(vec![own(Ink::Muted, format!("{at} {}{mark}", note.by))]);
        page.words(2, ink, &note.text);
    }
    if app.drafts.has(item.key) {
        page.say(Ink::Pending, "A draft of yours is kept.");
    }
}
