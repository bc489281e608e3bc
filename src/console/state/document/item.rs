//! An open item, in the order of an officer's questions: what is it, who has
//! it, why is it here, what next; then the words, and everything else.

use super::{Document, Ink, Line, history, links, own, reveal, talk};
use crate::console::action::Action;
use crate::console::keymap::Context;
use crate::console::state::{App, words};
use crate::model::item::{Due, Item, OnRetract};
use crate::model::triage::{Assignee, State, Wake};
use crate::text::SafeText;

/// The page of an item.
#[must_use]
pub fn of(app: &App, item: &Item, width: usize) -> Document {
    if app.detail.raw {
        return reveal::of(app, item, width);
    }
    let mut page = Document::new(width).under(app.settings.text);
    head(&mut page, app, item);
    holder(&mut page, app, item);
    due(&mut page, app, item);
    history::reasons(&mut page, item, 2);
    next(&mut page, app, item);
    page.blank();
    author(&mut page, item);
    if let Some(likeness) = app.likeness(item) {
        page.say(Ink::Warn, format!("≈ The author {likeness}."));
    }
    body(&mut page, item);
    engagement(&mut page, item);
    links::lines(&mut page, app, item);
    talk::of(&mut page, app, item);
    notes(&mut page, app, item);
    history::members(&mut page, app, item);
    history::trail(&mut page, app, item, 6);
    page
}

/// "◆ critical  mention #1042  mastodon  5m ago, 02:36  desk water".
fn head(page: &mut Document, app: &App, item: &Item) {
    let (now, offset) = (app.session.now, app.session.offset());
    let severity = item.severity;
    let mut line = vec![
        own(
            Ink::Severity(severity),
            format!("{} {}", symbol(severity), severity.word()),
        ),
        own(
            Ink::Title,
            format!("  {} {}", item.content.kind.word(), item.id),
        ),
    ];
    if let Some(priority) = item.triage.priority {
        line.push(own(Ink::Warn, format!("  P{priority}")));
    }
    if item.triage.level > 0 {
        line.push(own(Ink::Warn, format!("  level {}", item.triage.level)));
    }
    let age = match words::age(now, item.received_at).as_str() {
        "now" => "now".to_owned(),
        age => format!("{age} ago"),
    };
    let origin = own(
        Ink::Muted,
        format!(
            "{} · {age}, {} · desk {}",
            item.content.channel,
            words::moment(item.received_at, now, offset),
            item.desk
        ),
    );
    let taken: usize = line.iter().map(|span| span.text.width()).sum();
    if taken + 2 + origin.text.width() > page.width() {
        page.row(line);
        page.row(vec![origin]);
    } else {
        line.push(own(Ink::Muted, "  "));
        line.push(origin);
        page.row(line);
    }
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

/// Who has it, as a sentence; what is on its way; who else looks.
fn holder(page: &mut Document, app: &App, item: &Item) {
    let (ink, says) = held(app, item);
    let mut line = vec![own(ink, says)];
    if let Some(pending) = app.work.on(&item.key) {
        let state = if pending.queued { "queued" } else { "pending" };
        line.push(own(
            Ink::Pending,
            format!("  … {} {state}", pending.verb.word()),
        ));
    }
    let lookers: Vec<&str> = app
        .session
        .lookers(&item.key)
        .map(|w| w.officer.as_str())
        .collect();
    if !lookers.is_empty() {
        line.push(own(
            Ink::Theirs,
            format!("  ◦ {} looking", lookers.join(", ")),
        ));
    }
    page.row(line);
    for says in asides(app, item) {
        page.say(Ink::Warn, says);
    }
}

fn held(app: &App, item: &Item) -> (Ink, String) {
    let (now, offset) = (app.session.now, app.session.offset());
    let at = |t| words::moment(t, now, offset);
    let me = app.session.me();
    match &item.triage.state {
        State::New => (Ink::Text, "Nobody has it.".to_owned()),
        State::Acknowledged { by, at: when, .. } => (
            Ink::Text,
            format!("Nobody has it; {by} acknowledged it at {}.", at(*when)),
        ),
        State::Taken { by, at: when } if Some(by) == me => {
            (Ink::Mine, format!("You have it since {}.", at(*when)))
        }
        State::Taken { by, at: when } => (Ink::Theirs, format!("{by} has it since {}.", at(*when))),
        State::Assigned {
            to, by, answer_by, ..
        } => {
            let mine = matches!(to, Assignee::Officer(to) if Some(to) == me);
            let answer = answer_by.map_or(String::new(), |t| format!(", answer due {}", at(t)));
            let to = if mine {
                "you".to_owned()
            } else {
                to.to_string()
            };
            let ink = if mine { Ink::Mine } else { Ink::Theirs };
            (ink, format!("Assigned to {to} by {by}{answer}."))
        }
        State::Resolved {
            by,
            at: when,
            reason,
        } => {
            let by = by.as_ref().map_or("the source", |by| by.as_str());
            (
                Ink::Good,
                format!("Resolved by {by} at {}: {}.", at(*when), reason.word()),
            )
        }
    }
}

/// What stands beside the state: asleep, merged, suppressed, back on top,
/// taken back, over at the source.
fn asides(app: &App, item: &Item) -> Vec<String> {
    let (now, offset) = (app.session.now, app.session.offset());
    let at = |t| words::moment(t, now, offset);
    let mut says = Vec::new();
    if let Some(snooze) = &item.triage.snooze {
        let until = at(snooze.wake.latest());
        says.push(match snooze.wake {
            Wake::At(_) => format!("Asleep until {until}, by {}.", snooze.by),
            Wake::NextReply { .. } => {
                format!("Asleep until the next reply or {until}, by {}.", snooze.by)
            }
        });
    }
    if let Some(returned) = &item.triage.returned {
        let why = SafeText::own(returned.why.clone());
        says.push(format!("Back on top since {}: {why}.", at(returned.at)));
    }
    if let Some(rule) = &item.triage.suppressed_by {
        says.push(format!("Hidden by suppression {rule}."));
    }
    if let Some(into) = item
        .triage
        .merged_into
        .and_then(|k| app.floor.board.item(&k))
    {
        says.push(format!("Merged into {}.", into.id));
    }
    if let Some((when, _)) = item.retracted {
        says.push(format!("Taken back by the source at {}.", at(when)));
    }
    if let Some(when) = item.source_resolved_at {
        says.push(format!("Over at the source since {}.", at(when)));
    }
    if let Some(when) = item.edited_at {
        says.push(format!("Edited by the source at {}.", at(when)));
    }
    says
}

fn due(page: &mut Document, app: &App, item: &Item) {
    let mut line = Line::new();
    let clocks = [
        ("first response", item.clocks.first_response),
        ("resolution", item.clocks.resolution),
    ];
    for (name, clock) in clocks {
        let Some(clock) = clock.filter(Due::runs) else {
            continue;
        };
        let late = clock.at <= app.session.now;
        let left = words::due(app.session.now, clock.at);
        let says = if late {
            format!("{name} {} late", left.trim_start_matches('+'))
        } else {
            format!("{name} due {left}")
        };
        if !line.is_empty() {
            line.push(own(Ink::Muted, " · "));
        }
        line.push(own(if late { Ink::Bad } else { Ink::Warn }, says));
    }
    if !item.tags().is_empty() {
        let tags: Vec<String> = item.tags().iter().map(|tag| format!("+{tag}")).collect();
        let gap = if line.is_empty() { "" } else { "  " };
        line.push(own(Ink::Muted, format!("{gap}{}", tags.join(" "))));
    }
    if !line.is_empty() {
        page.row(line);
    }
}

/// The verbs that make sense now, with their keys.
fn next(page: &mut Document, app: &App, item: &Item) {
    let mut line = vec![own(Ink::Muted, "Next ")];
    for (action, word) in likely(app, item) {
        if let Some(key) = app.settings.keymap.first(Context::Floor, action) {
            let taken: usize = line.iter().map(|span| span.text.width()).sum();
            if taken + key.len() + word.len() + 1 > page.width() {
                break;
            }
            line.push(own(Ink::Key, key));
            line.push(own(Ink::Muted, format!(" {word}  ")));
        }
    }
    page.row(line);
}

/// The actions that come next for an item as it stands.
#[must_use]
pub fn likely(app: &App, item: &Item) -> Vec<(Action, &'static str)> {
    let mine = app
        .session
        .me()
        .is_some_and(|me| item.triage.is_held_by(me));
    let taken = matches!(item.triage.state, State::Taken { .. });
    match &item.triage.state {
        State::Resolved { .. } => vec![(Action::Reopen, "reopen"), (Action::Note, "note")],
        _ if mine && taken => vec![
            (Action::Resolve, "resolve"),
            (Action::Note, "note"),
            (Action::Assign, "assign"),
            (Action::Snooze, "snooze"),
            (Action::Release, "release"),
        ],
        State::Taken { .. } => vec![
            (Action::Note, "note"),
            (Action::Escalate, "escalate"),
            (Action::Tags, "tag"),
        ],
        _ => vec![
            (Action::Take, "take"),
            (Action::Assign, "assign"),
            (Action::Resolve, "resolve"),
            (Action::Snooze, "snooze"),
            (Action::Note, "note"),
        ],
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
    for (name, value) in &item.content.labels {
        let name = SafeText::own(format!("{name}: "));
        let column = name.width().min(page.width() / 3);
        let name = super::Span {
            ink: Ink::Muted,
            text: name.truncate(column, "…"),
        };
        page.entry(column.max(12), name, Ink::Text, &SafeText::line(value));
    }
}

fn engagement(page: &mut Document, item: &Item) {
    let content = &item.content;
    let mut says = Vec::new();
    if !content.engagement.is_none() {
        let counts = content.engagement;
        says.push(format!("{} replies", words::short(counts.replies)));
        says.push(format!("{} reposts", words::short(counts.reposts)));
        says.push(format!("{} likes", words::short(counts.likes)));
        if let Some(views) = counts.views {
            says.push(format!("{} views", words::short(views)));
        }
    }
    if !content.media.is_empty() {
        says.push(words::plural(content.media.len(), "picture or film"));
    }
    if !says.is_empty() {
        page.say(Ink::Muted, says.join(" · "));
    }
    for (label, value) in [("answers ", &content.in_reply_to)] {
        if !value.is_empty() {
            let text = SafeText::line(value).truncate(page.width().saturating_sub(8), "…");
            page.row(vec![
                own(Ink::Muted, label),
                super::Span {
                    ink: Ink::Muted,
                    text,
                },
            ]);
        }
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
