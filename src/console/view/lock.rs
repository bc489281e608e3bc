//! The screen while the floor is hidden: a fixed template of counts, how fresh
//! they are, and how to unlock. Nothing else of the floor is read here.

use ratatui::layout::Rect;

use super::put::Pen;
use crate::console::state::link::Phase;
use crate::console::state::lock::Closed;
use crate::console::state::{App, words};
use crate::text::SafeText;
use crate::theme::Role;

/// Cells left of the middle that the numbers of the counts begin at, and how
/// many they take: numbers and words stand in columns.
const COUNT_LEFT: u16 = 10;
const COUNT_CELLS: usize = 6;

/// A line of the template.
enum Line {
    /// Words in the middle.
    Words(SafeText, Role),
    /// A number and what it counts, in columns.
    Count(usize, &'static str, Role),
}

/// Draws it.
pub(super) fn render(pen: &mut Pen<'_>, area: Rect, app: &App, closed: &Closed) {
    let width = area.width.saturating_sub(4);
    let lines = lines(app, closed, usize::from(width));
    let height = u16::try_from(lines.len()).unwrap_or(u16::MAX);
    let top = area.y + area.height.saturating_sub(height) / 2;
    for (y, line) in (top..area.bottom()).zip(&lines) {
        match line {
            Line::Words(text, role) => {
                let cells = u16::try_from(text.width()).unwrap_or(width);
                let x = area.x + area.width.saturating_sub(cells) / 2;
                pen.put((x, y), width, text, pen.theme.style(*role));
            }
            Line::Count(count, what, role) => {
                let x = (area.x + area.width / 2).saturating_sub(COUNT_LEFT);
                let words = format!("{count:>COUNT_CELLS$} {what}");
                pen.own((x, y), width, &words, *role);
            }
        }
    }
}

/// One line for a terminal that is too small.
pub(super) fn short(app: &App) -> String {
    let derived = &app.floor.derived;
    let (critical, untaken) = (derived.critical(), derived.counts.unassigned_critical);
    format!("Locked. {critical} critical, {untaken} untaken. Too small: 60x15 at least.")
}

fn lines(app: &App, closed: &Closed, width: usize) -> Vec<Line> {
    let since = words::moment(closed.since, app.session.now, app.session.offset());
    let mut lines = Vec::new();
    say(&mut lines, width, "The floor is locked.", Role::Title);
    say(&mut lines, width, &format!("Since {since}."), Role::Muted);
    say(&mut lines, width, "", Role::Text);
    lines.extend(counts(app));
    say(&mut lines, width, "", Role::Text);
    let (fresh, role) = freshness(app);
    say(&mut lines, width, &fresh, role);
    say(&mut lines, width, "", Role::Text);
    say(&mut lines, width, how(app), Role::Text);
    // One sign, however much was typed: its length is nobody's affair.
    let typed = match (closed.checking, closed.typed.is_empty()) {
        (true, _) => "Checking.",
        (false, true) => "",
        (false, false) => "…",
    };
    say(&mut lines, width, typed, Role::Key);
    let says = closed.says.as_deref().unwrap_or_default();
    say(&mut lines, width, says, Role::Error);
    lines
}

/// Our own words, folded; no words are an empty line.
fn say(lines: &mut Vec<Line>, width: usize, words: &str, role: Role) {
    let parts = SafeText::own(words.to_owned()).wrap(width);
    if parts.is_empty() {
        lines.push(Line::Words(SafeText::own(String::new()), role));
    }
    lines.extend(parts.into_iter().map(|part| Line::Words(part, role)));
}

/// The same numbers as on the first line of the floor.
fn counts(app: &App) -> [Line; 4] {
    let derived = &app.floor.derived;
    let counts = &derived.counts;
    let untaken = counts.unassigned_critical;
    let line = |count: usize, one, many, role| {
        let role = if count == 0 { Role::Muted } else { role };
        Line::Count(count, if count == 1 { one } else { many }, role)
    };
    [
        line(derived.critical(), "critical", "critical", Role::Text),
        line(
            untaken,
            "of them untaken",
            "of them untaken",
            Role::SeverityCritical,
        ),
        line(
            counts.escalations_waiting,
            "escalation",
            "escalations",
            Role::Warn,
        ),
        line(counts.mine, "mine", "mine", Role::StateMine),
    ]
}

/// Counts that are old must not look new.
fn freshness(app: &App) -> (String, Role) {
    let at = |since| words::moment(since, app.session.now, app.session.offset());
    match app.link.phase {
        Phase::Starting => ("Not connected yet.".to_owned(), Role::LinkBehind),
        Phase::Loading => ("The floor is being fetched.".to_owned(), Role::LinkBehind),
        Phase::Down(since) => (
            format!("OFFLINE since {}.", at(app.link.since.unwrap_or(since))),
            Role::LinkStale,
        ),
        Phase::Stale(since) => (
            format!("STALE since {}.", at(app.link.since.unwrap_or(since))),
            Role::LinkStale,
        ),
        Phase::Live if !app.link.is_live() => ("Catching up.".to_owned(), Role::LinkBehind),
        Phase::Live => ("Live.".to_owned(), Role::LinkLive),
    }
}

/// How to unlock.
fn how(app: &App) -> &'static str {
    let ways = app.settings.lock.ways;
    match (ways.passphrase, ways.command) {
        (true, true) => {
            "Type your passphrase and press Enter; Enter alone starts the unlock command."
        }
        (true, false) => "Type your passphrase and press Enter.",
        (false, true) => "Press Enter: the unlock command asks who you are.",
        (false, false) => "Press Enter to unlock. No passphrase is set.",
    }
}
