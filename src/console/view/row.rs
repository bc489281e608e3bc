//! One row: mark, severity, kind, number, age, due, channel, author, words,
//! lookers, holder. Columns stand where they stand on every row.

use ratatui::layout::Rect;
use ratatui::style::Style;

use super::ink;
use super::put::Pen;
use crate::console::state::document::item::symbol;
use crate::console::state::{App, words};
use crate::model::item::{Item, Kind, OnRetract};
use crate::model::severity::Severity;
use crate::model::triage::{Assignee, State};
use crate::text::SafeText;
use crate::theme::Role;

/// Cells of the columns; 0 leaves one out.
pub(super) struct Columns {
    due: u16,
    channel: u16,
    author: u16,
    text: u16,
    holder: u16,
}

/// Bar, mark, severity, kind, number, age, and a space after each but the first.
const FIXED: u16 = 20;

impl Columns {
    /// The columns of a stream of a width.
    pub(super) fn of(width: u16) -> Self {
        let (due, channel, author, holder) = match width {
            0..64 => (0, 0, 0, 8),
            64..96 => (6, 0, 9, 8),
            96..130 => (6, 9, 12, 9),
            _ => (6, 13, 18, 13),
        };
        let gap = |cells: u16| cells + u16::from(cells > 0);
        let taken = FIXED + gap(due) + gap(channel) + gap(author) + 3 + holder;
        Self {
            due,
            channel,
            author,
            text: width.saturating_sub(taken),
            holder,
        }
    }

    /// Draws the headings.
    pub(super) fn headings(&self, pen: &mut Pen<'_>, area: Rect) {
        let y = area.y;
        pen.own((area.x + 2, y), 18, "sv k number  age ", Role::Muted);
        let mut x = area.x + FIXED;
        for (cells, name) in [
            (self.due, "   due"),
            (self.channel, "channel"),
            (self.author, "author"),
            (self.text, "words"),
        ] {
            if cells > 0 {
                pen.own((x, y), cells, name, Role::Muted);
                x += cells + 1;
            }
        }
        pen.own((x + 2, y), self.holder, "holder", Role::Muted);
    }
}

/// Draws one row.
pub(super) fn render(pen: &mut Pen<'_>, line: Rect, app: &App, row: (&Item, &Columns)) {
    let (item, columns) = row;
    let (x, y) = (line.x, line.y);
    marks(pen, (x + 1, y), app, item);
    severity(pen, (x + 2, y), item);
    let quiet = is_quiet(app, item);
    let plain = if quiet { Role::Muted } else { Role::Text };
    let kind = match item.content.kind {
        Kind::Mention => "@",
        Kind::Alert => "!",
        Kind::Escalation => "»",
    };
    fg(pen, (x + 5, y), 1, kind, Role::Muted);
    fg(
        pen,
        (x + 7, y),
        7,
        &format!("{:<7}", item.id.to_string()),
        plain,
    );
    let age = words::age(app.session.now, item.received_at);
    fg(pen, (x + 15, y), 4, &format!("{age:>4}"), Role::Muted);
    let mut x = x + FIXED;
    if columns.due > 0 {
        due(pen, (x, y), columns.due, (app, item));
        x += columns.due + 1;
    }
    if columns.channel > 0 {
        let name = SafeText::own(item.content.channel.to_string());
        let name = name.truncate(usize::from(columns.channel), "…");
        put(pen, (x, y), columns.channel, &name, Role::Muted);
        x += columns.channel + 1;
    }
    if columns.author > 0 {
        let author = author(item, columns.author);
        field(pen, (x, y), columns.author, &author, Role::Muted);
        x += columns.author + 1;
    }
    if app.likeness(item).is_some() {
        fg(pen, (x - 1, y), 1, "≈", Role::Warn);
    }
    text(pen, (x, y), columns.text, (item, quiet));
    x += columns.text;
    lookers(pen, (x + 1, y), app, item);
    holder(pen, (x + 3, y), columns.holder, (app, item));
}

/// The same for a stranger's words, cut to the room.
fn field(pen: &mut Pen<'_>, at: (u16, u16), room: u16, text: &SafeText, role: Role) -> u16 {
    let style = Style {
        bg: None,
        ..pen.theme.style(role)
    };
    pen.field(at, room, text, style)
}

/// Draws over whatever background the row has.
fn put(pen: &mut Pen<'_>, at: (u16, u16), room: u16, text: &SafeText, role: Role) -> u16 {
    let style = Style {
        bg: None,
        ..pen.theme.style(role)
    };
    pen.put(at, room, text, style)
}

fn fg(pen: &mut Pen<'_>, at: (u16, u16), room: u16, words: &str, role: Role) -> u16 {
    put(pen, at, room, &SafeText::own(words.to_owned()), role)
}

fn marks(pen: &mut Pen<'_>, at: (u16, u16), app: &App, item: &Item) {
    if app.marks.has(&item.key) {
        fg(pen, at, 1, "+", Role::Mark);
    } else if app.marks.anchor == Some(item.key) {
        fg(pen, at, 1, "v", Role::Mark);
    } else if item.triage.returned.is_some() {
        fg(pen, at, 1, "↑", Role::Warn);
    }
}

/// Sign and letter; the digit of a priority in place of the letter.
fn severity(pen: &mut Pen<'_>, at: (u16, u16), item: &Item) {
    let severity = item.urgency();
    let letter = match (item.triage.priority, severity) {
        (Some(priority), _) => priority.to_string(),
        (None, Severity::Critical) => "C".to_owned(),
        (None, Severity::High) => "H".to_owned(),
        (None, Severity::Medium) => "M".to_owned(),
        (None, Severity::Low) => "L".to_owned(),
        (None, Severity::Info) => "I".to_owned(),
    };
    let sign = format!("{}{letter}", symbol(severity));
    fg(pen, at, 2, &sign, ink::of_severity(severity));
}

/// What is somebody else's, done or asleep steps back.
fn is_quiet(app: &App, item: &Item) -> bool {
    let me = app.session.me();
    let theirs = matches!(&item.triage.state, State::Taken { by, .. } if Some(by) != me);
    theirs || !item.is_waiting()
}

fn due(pen: &mut Pen<'_>, at: (u16, u16), room: u16, row: (&App, &Item)) {
    let (app, item) = row;
    if item.triage.snooze.is_some() && !item.is_waiting() {
        fg(pen, at, room, "   zz", Role::Muted);
        return;
    }
    let Some(moment) = item.clocks.next_due().filter(|_| item.is_open()) else {
        return;
    };
    let now = app.session.now;
    let role = if moment <= now {
        Role::DueLate
    } else if moment.since(now).as_secs() < 600 {
        Role::DueSoon
    } else {
        Role::Muted
    };
    fg(
        pen,
        at,
        room,
        &format!("{:>6}", words::due(now, moment)),
        role,
    );
}

fn author(item: &Item, cells: u16) -> SafeText {
    let cells = usize::from(cells);
    let author = &item.content.author;
    let handle = SafeText::line_within(&author.handle, cells);
    if handle.is_blank() {
        SafeText::line_within(&author.name, cells)
    } else {
        handle
    }
}

/// Title and words on one line; how many were merged into it stands first.
fn text(pen: &mut Pen<'_>, at: (u16, u16), room: u16, row: (&Item, bool)) {
    let (item, quiet) = row;
    let (mut x, y) = at;
    let end = x + room;
    if !item.members.is_empty() {
        let count = format!("×{} ", item.members.len() + 1);
        x = fg(pen, (x, y), end - x, &count, Role::Title);
    }
    let gone = matches!(
        item.retracted,
        Some((_, OnRetract::Hide | OnRetract::Erase))
    );
    if gone {
        fg(
            pen,
            (x, y),
            end - x,
            "taken back by the source",
            Role::StateRetracted,
        );
        return;
    }
    let role = match (item.retracted, quiet) {
        (Some(_), _) => Role::StateRetracted,
        (None, true) => Role::Muted,
        (None, false) => Role::Text,
    };
    if item.retracted.is_some() {
        x = fg(pen, (x, y), end - x, "gone ", Role::Warn);
    }
    let title = &item.content.title;
    for (place, words) in [title, &item.content.text].into_iter().enumerate() {
        let cells = usize::from(end.saturating_sub(x));
        if words.is_empty() || cells == 0 {
            continue;
        }
        if place > 0 && !title.is_empty() && cells > 2 {
            x = fg(pen, (x, y), end - x, "· ", Role::Muted);
        }
        let cells = usize::from(end.saturating_sub(x));
        let text = SafeText::line_within(words, cells);
        x = field(pen, (x, y), end - x, &text, role) + 1;
    }
}

fn lookers(pen: &mut Pen<'_>, at: (u16, u16), app: &App, item: &Item) {
    if app.session.is_written_on(&item.key) {
        fg(pen, at, 1, "✎", Role::StateTheirs);
    } else if app.session.lookers(&item.key).next().is_some() {
        fg(pen, at, 1, "◦", Role::StateTheirs);
    }
}

/// Who has it, or what is on its way.
fn holder(pen: &mut Pen<'_>, at: (u16, u16), room: u16, row: (&App, &Item)) {
    let (app, item) = row;
    let me = app.session.me();
    if let Some(pending) = app.work.on(&item.key) {
        let word = pending.verb.word();
        let says = if pending.queued {
            "…queued".to_owned()
        } else {
            format!("…{word}")
        };
        cut(pen, at, room, (&says, Role::StatePending));
        return;
    }
    let (says, role) = match &item.triage.state {
        State::New => return,
        State::Acknowledged { .. } => ("seen".to_owned(), Role::Muted),
        State::Taken { by, .. } if Some(by) == me => ("you".to_owned(), Role::StateMine),
        State::Taken { by, .. } => (by.to_string(), Role::StateTheirs),
        State::Assigned { to, .. } => match to {
            Assignee::Officer(to) if Some(to) == me => ("→you".to_owned(), Role::StateMine),
            Assignee::Officer(to) => (format!("→{to}"), Role::StateTheirs),
            Assignee::Team(team) => (format!("→{team}"), Role::StateTheirs),
        },
        State::Resolved { reason, .. } => (reason.word().to_owned(), Role::StateDone),
    };
    cut(pen, at, room, (&says, role));
}

fn cut(pen: &mut Pen<'_>, at: (u16, u16), room: u16, what: (&str, Role)) {
    let (words, role) = what;
    let text = SafeText::own(words.to_owned()).truncate(usize::from(room), "…");
    put(pen, at, room, &text, role);
}
