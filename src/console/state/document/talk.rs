//! The conversation of an escalation, with speakers and the bot's reason, and
//! the thread that an item belongs to.

use super::{Document, Ink, Span, own};
use crate::console::state::{App, words};
use crate::model::item::{Item, Speaker};
use crate::text::SafeText;

/// The conversation, oldest first; nothing when there is none.
pub(super) fn of(page: &mut Document, app: &App, item: &Item) {
    handoff(page, item);
    let (now, offset) = (app.session.now, app.session.offset());
    if !item.content.conversation.is_empty() {
        page.heading("Conversation");
    }
    if item.earlier_turns > 0 {
        let says = format!(
            "{} earlier messages are too many to carry; the hub's log has them.",
            item.earlier_turns
        );
        page.say(Ink::Muted, says);
    }
    for turn in &item.content.conversation {
        let name = SafeText::line_within(&turn.name, 20).truncate(20, "…");
        let mut line = vec![own(Ink::Speaker(turn.speaker), speaker(turn.speaker))];
        if !name.is_blank() {
            line.push(own(Ink::Muted, " "));
            line.push(Span {
                ink: Ink::Muted,
                text: name,
            });
        }
        if let Some(at) = turn.at {
            line.push(own(
                Ink::Muted,
                format!("  {}", words::moment(at, now, offset)),
            ));
        }
        page.row(line);
        page.words(2, Ink::Text, &turn.text);
    }
    thread(page, app, item);
}

fn speaker(speaker: Speaker) -> &'static str {
    match speaker {
        Speaker::Bot => "bot",
        Speaker::Citizen => "citizen",
        Speaker::Officer => "officer",
    }
}

fn handoff(page: &mut Document, item: &Item) {
    let Some(handoff) = &item.content.handoff else {
        return;
    };
    let sure = handoff.confidence.map_or(String::new(), |confidence| {
        format!(" ({:.0} % sure)", confidence.clamp(0.0, 1.0) * 100.0)
    });
    let reason = SafeText::line(&handoff.reason);
    let reason = reason.or_empty("no reason given");
    page.entry(
        10,
        own(Ink::Speaker(Speaker::Bot), "Bot says"),
        Ink::Text,
        &SafeText::own(format!("{reason}{sure}")),
    );
}

/// Other items of the same thread that are on the board.
fn thread(page: &mut Document, app: &App, item: &Item) {
    const SHOWN: usize = 5;
    let thread = &item.content.thread;
    if thread.is_empty() {
        return;
    }
    let mut others: Vec<&Item> = app
        .floor
        .board
        .items()
        .filter(|other| {
            other.key != item.key
                && other.content.channel == item.content.channel
                && other.content.thread == *thread
        })
        .collect();
    if others.is_empty() {
        return;
    }
    others.sort_by_key(|other| other.id);
    page.heading(format!("Thread, {} more", others.len()));
    for other in others.iter().rev().take(SHOWN).rev() {
        let text = SafeText::line_within(&other.content.text, page.width());
        let room = page.width().saturating_sub(8);
        page.row(vec![
            own(Ink::Muted, format!("{:<8}", other.id.to_string())),
            Span {
                ink: Ink::Text,
                text: text.truncate(room, "…"),
            },
        ]);
    }
}
