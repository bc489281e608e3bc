//! The first line (where, who, how fresh, what needs me, what time) and the
//! banner while the data is old.

use ratatui::layout::Rect;

use super::put::Pen;
use crate::console::state::link::Phase;
use crate::console::state::{App, words};
use crate::model::officer::Desks;
use crate::theme::Role;

/// Draws the first line.
pub(super) fn render(pen: &mut Pen<'_>, area: Rect, app: &App) {
    pen.lay(Rect { height: 1, ..area }, Role::Header);
    let y = area.y;
    let left_end = right_side(pen, area, app).saturating_sub(1);
    let mut x = area.x + 1;
    let room = |x: u16| left_end.saturating_sub(x);
    if let Some(info) = &app.session.info {
        if info.demo {
            x = pen.own((x, y), room(x), " DEMO ", Role::Demo) + 1;
        }
        if area.width >= 72 && app.link.banner().is_none() {
            x = pen.own((x, y), room(x), &desks(&info.desks), Role::Muted) + 2;
        }
        x = pen.own((x, y), room(x), info.officer.as_str(), Role::Title);
        if area.width >= 100 {
            let role = format!(", {}", info.role.word());
            x = pen.own((x, y), room(x), &role, Role::Muted);
        }
        x += 2;
    }
    let (says, role) = freshness(app, area.width < 72);
    x = pen.own((x, y), room(x), &says, role);
    if app.session.slow_line {
        pen.own((x + 1, y), room(x + 1), "line slow", Role::Warn);
    }
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

/// Draws what is at the right; returns where it begins.
fn right_side(pen: &mut Pen<'_>, area: Rect, app: &App) -> u16 {
    let counts = &app.floor.derived.counts;
    let clock = words::clock(app.session.now, app.session.offset());
    let right = area.right().saturating_sub(1);
    if app.session.info.is_none() {
        return right;
    }
    let mut right = pen.own_right(right, area.y, &clock, Role::Title);
    let (up, on) = app.session.channels_up();
    let wide = area.width >= 100;
    let label = |long: &'static str, short: &'static str| if wide { long } else { short };
    let parts = [
        (
            counts.escalations_waiting,
            label("waiting", "esc"),
            Role::Warn,
        ),
        (
            counts.unassigned_critical,
            label("critical", "crit"),
            Role::SeverityCritical,
        ),
        (counts.mine, "mine", Role::StateMine),
    ];
    for (count, name, role) in parts {
        let role = if count == 0 { Role::Muted } else { role };
        right = pen.own_right(
            right.saturating_sub(2),
            area.y,
            &format!("{count} {name}"),
            role,
        );
    }
    if on > 0 {
        let role = if up < on { Role::Error } else { Role::Muted };
        let says = format!("ch {up}/{on}");
        right = pen.own_right(right.saturating_sub(2), area.y, &says, role);
    }
    right
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

/// Draws the line under the queues that says since when the data is old.
pub(super) fn banner(pen: &mut Pen<'_>, area: Rect, app: &App) {
    let Some(since) = app.link.banner() else {
        return;
    };
    let y = area.y + 2;
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
                count => format!(" Waiting here: {}.", words::plural(count, "command")),
            };
            format!("The floor as of {at}.{queued}{again}")
        }
        Phase::Stale(_) => format!("The floor as of {at}."),
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
