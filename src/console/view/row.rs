//! One row: mark, severity, kind, number, age, due, channel, author, words,
//! lookers, holder. Columns stand where they stand on every row; words go on to
//! the edge where nothing stands behind them.

use ratatui::layout::Rect;

use super::columns::{CLOCK, Columns, LEFT, LOOKS};
use super::ink;
use super::put::Pen;
use crate::console::state::document::item::symbol;
use crate::console::state::floor::needs_me;
use crate::console::state::{App, conversation, words};
use crate::model::item::{Item, Kind, OnRetract};
use crate::model::severity::Severity;
use crate::model::triage::{Assignee, State};
use crate::text::SafeText;
use crate::theme::Role;

/// Cells for words after a title; with fewer they are left out.
const LEAST_WORDS: usize = 8;

/// How loud a row is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Weight {
    /// It needs me.
    Loud,
    /// It waits.
    Plain,
    /// It is somebody else's, done or asleep: it steps back.
    Quiet,
}

impl Weight {
    fn of(app: &App, item: &Item) -> Self {
        let me = app.session.me();
        let theirs = matches!(&item.triage.state, State::Taken { by, .. } if Some(by) != me);
        if theirs || !item.is_waiting() {
            Self::Quiet
        } else if needs_me(item, &app.session) {
            Self::Loud
        } else {
            Self::Plain
        }
    }

    /// The role of what names the row.
    fn role(self) -> Role {
        match self {
            Self::Loud => Role::Title,
            Self::Plain => Role::Text,
            Self::Quiet => Role::Muted,
        }
    }

    /// The role of the words after a title.
    fn under(self) -> Role {
        if self == Self::Quiet {
            Role::Muted
        } else {
            Role::Text
        }
    }
}

/// Draws one row.
pub(super) fn render(pen: &mut Pen<'_>, line: Rect, app: &App, row: (&Item, &Columns)) {
    let (item, columns) = row;
    let (x, y) = (line.x, line.y);
    let weight = Weight::of(app, item);
    marks(pen, (x + 1, y), app, item);
    let badge = (columns.severity, weight);
    severity(pen, (x + LEFT, y), item, badge);
    kind(pen, (x + columns.kind(), y), item, weight);
    let id = item.id.to_string();
    pen.over((x + columns.number(), y), columns.id, &id, weight.role());
    when(pen, (x, y), columns, (app, item));
    if columns.channel > 0 {
        let name = SafeText::own(item.content.channel.to_string());
        let name = name.truncate(usize::from(columns.channel), "…");
        let style = pen.inked(Role::Muted);
        pen.put((x + columns.came_by(), y), columns.channel, &name, style);
    }
    let mut x = x + columns.said_by();
    if columns.author > 0 {
        let author = author(item, columns.author);
        if !author.is_blank() {
            let style = pen.inked(Role::Muted);
            pen.field((x, y), columns.author, &author, style);
            x += columns.author + 1;
        } else if columns.keeps_author {
            x += columns.author + 1;
        }
    }
    if app.likeness(item).is_some() {
        pen.over((x.saturating_sub(1), y), 1, "≈", Role::Warn);
    }
    let held = line.right().saturating_sub(columns.holder + 1);
    let behind = holder(pen, (held, y), columns.holder, (app, item))
        | lookers(pen, (held.saturating_sub(2), y), app, item);
    let end = if behind {
        held.saturating_sub(LOOKS)
    } else {
        line.right().saturating_sub(1)
    };
    let count = app.floor.copies(&item.key) + item.members.len();
    text(pen, (x, y), end.saturating_sub(x), (item, weight, count));
}

fn marks(pen: &mut Pen<'_>, at: (u16, u16), app: &App, item: &Item) {
    if app.marks.has(&item.key) {
        pen.over(at, 1, "+", Role::Mark);
    } else if app.marks.anchor == Some(item.key) {
        pen.over(at, 1, "v", Role::Mark);
    } else if item.triage.returned.is_some() {
        pen.over(at, 1, "↑", Role::Warn);
    } else if app.floor.kin(&item.key).is_some_and(|kin| kin.unfolded) {
        pen.over(at, 1, "=", Role::Muted);
    }
}

/// Sign and letter, or sign and word; the digit of a priority in their place.
fn severity(pen: &mut Pen<'_>, at: (u16, u16), item: &Item, badge: (u16, Weight)) {
    let (room, weight) = badge;
    let severity = item.urgency();
    let sign = symbol(severity);
    let says = match (item.triage.priority, severity) {
        (Some(priority), _) if room > 2 => format!("{sign} P{priority}"),
        (Some(priority), _) => format!("{sign}{priority}"),
        (None, severity) if room > 2 => format!("{sign} {}", severity.word()),
        (None, Severity::Critical) => format!("{sign}C"),
        (None, Severity::High) => format!("{sign}H"),
        (None, Severity::Medium) => format!("{sign}M"),
        (None, Severity::Low) => format!("{sign}L"),
        (None, Severity::Info) => format!("{sign}I"),
    };
    let mut style = pen.inked(ink::of_severity(severity));
    // What is somebody else's keeps its colour and gives up its ground.
    if weight == Weight::Quiet && style.bg.is_some() {
        style.fg = style.bg.take();
    }
    pen.put(at, room, &SafeText::own(says), style);
}

fn kind(pen: &mut Pen<'_>, at: (u16, u16), item: &Item, weight: Weight) {
    let (sign, role) = match item.content.kind {
        Kind::Mention => ("@", weight.role()),
        Kind::Alert => ("!", weight.role()),
        Kind::Escalation if weight == Weight::Loud => ("»", Role::Warn),
        Kind::Escalation => ("»", weight.role()),
    };
    pen.over(at, 1, sign, role);
}

/// Age and clock, in one column or in two.
fn when(pen: &mut Pen<'_>, at: (u16, u16), columns: &Columns, row: (&App, &Item)) {
    let (app, item) = row;
    let (x, y) = at;
    let age = words::age(app.session.now, item.received_at);
    let clock = due(app, item);
    let at = (x + columns.aged(), y);
    match clock {
        Some((says, role)) if columns.due == 0 => {
            let says = words::named(&says);
            let width = usize::from(columns.age);
            pen.over(at, columns.age, &format!("{says:>width$}"), role);
        }
        clock => {
            let width = usize::from(columns.age);
            pen.over(at, columns.age, &format!("{age:>width$}"), Role::Muted);
            if let Some((says, role)) = clock {
                pen.over((x + columns.dued(), y), CLOCK, &format!("{says:>6}"), role);
            }
        }
    }
}

/// The clock that runs out next, or that it is asleep.
fn due(app: &App, item: &Item) -> Option<(String, Role)> {
    if item.triage.snooze.is_some() && !item.is_waiting() {
        return Some(("zz".to_owned(), Role::Muted));
    }
    let moment = item.clocks.next_due().filter(|_| item.is_open())?;
    let now = app.session.now;
    let role = if moment <= now {
        Role::DueLate
    } else if moment.since(now).as_secs() < 600 {
        Role::DueSoon
    } else {
        Role::Muted
    };
    Some((words::due(now, moment), role))
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

/// Title and words on one line; how many items the row stands for comes first:
/// copies, and what was merged into it.
fn text(pen: &mut Pen<'_>, at: (u16, u16), room: u16, row: (&Item, Weight, usize)) {
    let (item, weight, count) = row;
    let (mut x, y) = at;
    let end = x + room;
    if count > 1 {
        let count = format!("×{count} ");
        x = pen.over((x, y), end - x, &count, Role::Title);
    }
    let gone = matches!(
        item.retracted,
        Some((_, OnRetract::Hide | OnRetract::Erase))
    );
    if gone {
        let says = "taken back by the source";
        pen.over((x, y), end - x, says, Role::StateRetracted);
        return;
    }
    if item.retracted.is_some() {
        x = pen.over((x, y), end - x, "gone ", Role::Warn);
    }
    let title = &item.content.title;
    for (place, words) in [title, &item.content.text].into_iter().enumerate() {
        let is_under = place > 0 && !title.is_empty();
        let cells = usize::from(end.saturating_sub(x));
        let text = SafeText::line_within(words, cells);
        // A word or two begun after the title would say nothing.
        if text.is_blank() || cells == 0 || (is_under && cells < LEAST_WORDS) {
            continue;
        }
        if is_under {
            x = pen.over((x, y), end - x, "· ", Role::Muted);
        }
        let role = match item.retracted {
            Some(_) => Role::StateRetracted,
            None if is_under => weight.under(),
            None => weight.role(),
        };
        let style = pen.inked(role);
        x = pen.field((x, y), end - x, &text, style) + 1;
    }
}

/// Draws who else is at it, or that a draft of mine is; says whether there is
/// anything.
fn lookers(pen: &mut Pen<'_>, at: (u16, u16), app: &App, item: &Item) -> bool {
    if app.session.is_written_on(&item.key) {
        pen.over(at, 1, "✎", Role::StateTheirs);
    } else if app.drafts.has(item.key) {
        pen.over(at, 1, "¶", Role::StateMine);
    } else if app.session.lookers(&item.key).next().is_some() {
        pen.over(at, 1, "◦", Role::StateTheirs);
    } else {
        return false;
    }
    true
}

/// Whether it is the officer's, and somebody waits for an answer there.
fn asks_me(app: &App, item: &Item) -> bool {
    let me = app.session.me();
    item.is_waiting()
        && me.is_some_and(|me| item.triage.is_held_by(me))
        && conversation::is_one(item)
        && conversation::waiting_since(item).is_some()
}

/// Draws who has it, or what is on its way; says whether there is anything.
fn holder(pen: &mut Pen<'_>, at: (u16, u16), room: u16, row: (&App, &Item)) -> bool {
    let (app, item) = row;
    let me = app.session.me();
    let (says, role) = if let Some(pending) = app.work.on(&item.key) {
        let word = if pending.queued {
            "queued"
        } else {
            pending.verb.word()
        };
        (format!("…{word}"), Role::StatePending)
    } else {
        match &item.triage.state {
            State::New => return false,
            State::Acknowledged { .. } => ("seen".to_owned(), Role::Muted),
            _ if asks_me(app, item) => ("asks you".to_owned(), Role::Warn),
            State::Taken { by, .. } if Some(by) == me => ("you".to_owned(), Role::StateMine),
            State::Taken { by, .. } => (by.to_string(), Role::StateTheirs),
            State::Assigned { to, .. } => match to {
                Assignee::Officer(to) if Some(to) == me => ("→you".to_owned(), Role::StateMine),
                Assignee::Officer(to) => (format!("→{to}"), Role::StateTheirs),
                Assignee::Team(team) => (format!("→{team}"), Role::StateTheirs),
            },
            State::Resolved { reason, .. } => (reason.word().to_owned(), Role::StateDone),
        }
    };
    let text = SafeText::own(says).truncate(usize::from(room), "…");
    let style = pen.inked(role);
    pen.put(at, room, &text, style);
    true
}
