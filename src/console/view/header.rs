//! The first line (where, who, how fresh, what needs me, what time) and the
//! banner while the data is old.

use ratatui::layout::Rect;

use super::put::Pen;
use crate::console::msg::Playback;
use crate::console::state::link::Phase;
use crate::console::state::{App, words};
use crate::model::officer::Desks;
use crate::theme::Role;

/// What is said of a line that takes less than is written.
const SLOW: &str = "line slow";

/// Draws the first line.
pub(super) fn render(pen: &mut Pen<'_>, area: Rect, app: &App) {
    pen.lay(Rect { height: 1, ..area }, Role::Header);
    let y = area.y;
    let (says, fresh) = freshness(app, area.width < 72);
    let slow = if app.session.slow_line {
        cells(SLOW) + 1
    } else {
        0
    };
    let (left, needs) = fitted(app, area.width, cells(&says) + slow);
    let mut right = area.right().saturating_sub(1);
    for (words, role) in needs.into_iter().rev() {
        right = pen.own_right(right, y, &words, role).saturating_sub(2);
    }
    let mut x = area.x + 1;
    for (words, role) in left {
        let room = (right + 1).saturating_sub(x);
        x = pen.own((x, y), room, &words, role) + 2;
        if role == Role::Demo {
            x -= 1;
        }
    }
    let room = |x: u16| (right + 1).saturating_sub(x);
    x = pen.own((x, y), room(x), &says, fresh);
    if app.session.slow_line {
        pen.own((x + 1, y), room(x + 1), SLOW, Role::Warn);
    }
}

fn cells(words: &str) -> u16 {
    u16::try_from(words.chars().count()).unwrap_or(u16::MAX)
}

/// A piece of the line.
type Part = (String, Role);

/// The two sides of the line in the fullest words that fit beside `between` cells.
/// What needs me stays: the desk goes before it, then the channels that all
/// deliver, and how many are mine last, for the first tab beneath tells it too.
fn fitted(app: &App, width: u16, between: u16) -> (Vec<Part>, Vec<Part>) {
    let taken = |parts: &[Part]| parts.iter().map(|(says, _)| cells(says) + 2).sum::<u16>();
    let forms = Form::ALL.into_iter();
    let mut both = forms.map(|form| (who(app, width, form.has_desk()), needs(app, form)));
    let fits =
        |(left, right): &(Vec<Part>, Vec<Part>)| taken(left) + between + taken(right) + 2 <= width;
    let last = both.clone().next_back().unwrap_or_default();
    both.find(fits).unwrap_or(last)
}

/// How much the line says, from all to the least.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Form {
    Full,
    Worded,
    Short,
    Deskless,
    Lean,
    Least,
}

impl Form {
    const ALL: [Self; 6] = [
        Self::Full,
        Self::Worded,
        Self::Short,
        Self::Deskless,
        Self::Lean,
        Self::Least,
    ];

    fn has_desk(self) -> bool {
        self < Self::Deskless
    }
}

/// Where this is, and who sits here.
fn who(app: &App, width: u16, desk: bool) -> Vec<Part> {
    let Some(info) = &app.session.info else {
        return Vec::new();
    };
    let mut left = Vec::new();
    if app.replay.is_some() {
        left.push((" REPLAY ".to_owned(), Role::Demo));
        // How it stands comes before whose it was.
        if width < 72 {
            return left;
        }
    } else if info.demo {
        left.push((" DEMO ".to_owned(), Role::Demo));
    }
    if desk && width >= 72 && app.link.banner().is_none() {
        left.push((desks(&info.desks), Role::Muted));
    }
    left.push((info.officer.to_string(), Role::Title));
    if width >= 100 {
        left.push((info.role.word().to_owned(), Role::Muted));
    }
    left
}

fn desks(desks: &Desks) -> String {
    match desks {
        Desks::All => "all desks".to_owned(),
        Desks::Only(desks) => {
            let mut names = desks.iter();
            match (names.next(), names.count()) {
                (None, _) => "no desk".to_owned(),
                (Some(one), 0) => one.to_string(),
                (Some(one), more) => format!("{one} +{more}"),
            }
        }
    }
}

/// What needs me, which channels deliver and what time it is.
fn needs(app: &App, form: Form) -> Vec<Part> {
    if app.session.info.is_none() {
        return Vec::new();
    }
    let (now, offset) = (app.session.now, app.session.offset());
    let clock = words::clock(now, offset);
    let clock = match form {
        Form::Full => format!("{} {clock}", words::date(now, offset)),
        // Of a recording the day matters, and it is not today.
        _ if app.replay.is_some() => words::dated(now, offset),
        _ => clock,
    };
    let names = match form {
        Form::Full => ["channels", "mine", "critical", "escalations"],
        Form::Worded => ["ch", "mine", "critical", "esc"],
        Form::Short | Form::Deskless | Form::Lean => ["ch", "mine", "crit", "esc"],
        Form::Least => ["ch", "", "crit", "esc"],
    };
    let mut parts = channels(app, names[0], form);
    parts.extend(counts(app, names));
    parts.push((clock, Role::Title));
    parts
}

/// Which channels deliver; where room is short only if some do not.
fn channels(app: &App, name: &str, form: Form) -> Vec<Part> {
    let (up, on) = app.session.channels_up();
    if on == 0 || app.replay.is_some() || (form >= Form::Lean && up == on) {
        return Vec::new();
    }
    let role = if up < on { Role::Error } else { Role::Muted };
    vec![(format!("{name} {up}/{on}"), role)]
}

fn counts(app: &App, names: [&str; 4]) -> Vec<Part> {
    let [_, mine, critical, escalations] = names;
    let derived = &app.floor.derived;
    let counts = &derived.counts;
    let mut parts = Vec::new();
    let told = |count: usize, name: &str, role| {
        let role = if count == 0 { Role::Muted } else { role };
        (format!("{count} {name}"), role)
    };
    if !mine.is_empty() {
        parts.push(told(counts.mine, mine, Role::StateMine));
    }
    let (all, untaken) = (derived.critical(), counts.unassigned_critical);
    let (says, role) = told(all, critical, Role::SeverityCritical);
    let says = if all > 0 {
        format!("{says}, {untaken} untaken")
    } else {
        says
    };
    let is_held = all > 0 && untaken == 0;
    parts.push((says, if is_held { Role::Text } else { role }));
    let one = escalations.trim_end_matches('s');
    let count = counts.escalations_waiting;
    let name = if count == 1 && escalations.len() > 3 {
        one
    } else {
        escalations
    };
    parts.push(told(count, name, Role::Warn));
    parts
}

/// How fresh the data is, in as few words as it takes.
fn freshness(app: &App, short: bool) -> (String, Role) {
    let at = |since| words::moment(since, app.session.now, app.session.offset());
    let since_word = if short { "" } else { " since" };
    let queued = match app.work.queued().count() {
        0 => String::new(),
        count if short => format!(" ·{count}"),
        count => format!(" · {count} queued"),
    };
    if let Some(playback) = &app.replay {
        return playing(playback);
    }
    match app.link.phase {
        Phase::Starting => ("connecting".to_owned(), Role::LinkBehind),
        Phase::Loading => ("loading".to_owned(), Role::LinkBehind),
        Phase::Down(since) => (
            format!(
                " OFFLINE{since_word} {}{queued} ",
                at(app.link.since.unwrap_or(since))
            ),
            Role::LinkStale,
        ),
        Phase::Stale(since) => (
            format!(
                " STALE{since_word} {}{queued} ",
                at(app.link.since.unwrap_or(since))
            ),
            Role::LinkStale,
        ),
        Phase::Live if app.link.behind > 0 => (
            format!("behind {}{queued}", words::short(app.link.behind)),
            Role::LinkBehind,
        ),
        Phase::Live if app.link.since.is_some() => {
            (format!("catching up{queued}"), Role::LinkBehind)
        }
        Phase::Live => (format!("live{queued}"), Role::LinkLive),
    }
}

/// How a recording stands.
fn playing(playback: &Playback) -> (String, Role) {
    if playback.over.is_some() {
        return ("ended".to_owned(), Role::LinkBehind);
    }
    if playback.paused {
        return ("paused".to_owned(), Role::LinkBehind);
    }
    (playback.speed(), Role::LinkLive)
}

/// Draws the line under the queues that says since when the data is old.
pub(super) fn banner(pen: &mut Pen<'_>, area: Rect, app: &App) {
    let Some(since) = app.link.banner() else {
        return;
    };
    let y = area.y + app.layout().banner_line();
    let line = Rect {
        y,
        height: 1,
        ..area
    };
    let at = words::moment(since, app.session.now, app.session.offset());
    let says = match app.link.phase {
        Phase::Down(_) => {
            let again = match (app.link.attempt, app.link.retry_s) {
                (0, _) => String::new(),
                (n, Some(wait)) => format!(" Try {n} in {wait} s."),
                (n, None) => format!(" Try {n} is under way."),
            };
            let queued = match app.work.queued().count() {
                0 => String::new(),
                count => {
                    let what = words::plural(count, "command");
                    format!(" Waiting here: {what} (:queued).")
                }
            };
            format!("The floor as of {at}.{queued}{again}")
        }
        Phase::Stale(_) => format!("The floor as of {at}. Read on; what you do waits here."),
        _ => format!("The link is back; catching up since {at}."),
    };
    pen.lay(line, Role::LinkStale);
    let mut x = pen.own(
        (area.x + 1, y),
        area.width.saturating_sub(2),
        &says,
        Role::LinkStale,
    );
    if let Some(why) = &app.link.why {
        x += 1;
        pen.own((x, y), area.right().saturating_sub(x), why, Role::LinkStale);
    }
}
