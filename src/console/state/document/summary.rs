//! The floor at a glance, beside the stream while no row is selected: what
//! needs me, how much waits, which channels deliver, who is here.

use super::{Document, Ink, item, own};
use crate::console::action::Action;
use crate::console::keymap::Context;
use crate::console::msg::ChannelMood;
use crate::console::state::{App, words};
use crate::model::severity::Severity;

/// Cells of a bar at the most.
const BAR: usize = 24;

/// The page.
#[must_use]
pub fn of(app: &App, width: usize) -> Document {
    let mut page = Document::new(width);
    let key = |action| {
        app.settings
            .keymap
            .first(Context::Floor, action)
            .unwrap_or_default()
    };
    page.row(vec![own(Ink::Title, "The floor now")]);
    page.row(vec![
        own(Ink::Key, key(Action::Up)),
        own(Ink::Muted, " "),
        own(Ink::Key, key(Action::Down)),
        own(Ink::Muted, " pick a row · "),
        own(Ink::Key, key(Action::NextNeedsMe)),
        own(Ink::Muted, " goes to what needs you"),
    ]);
    if !app.layout().has_needs_panel() {
        needs(&mut page, app);
    }
    queued(&mut page, app);
    channels(&mut page, app, &key(Action::Channels));
    people(&mut page, app, &key(Action::Watch));
    page
}

fn needs(page: &mut Document, app: &App) {
    let counts = &app.floor.derived.counts;
    page.heading("Needs you");
    let critical = Ink::Severity(Severity::Critical);
    let lines = [
        (critical, counts.unassigned_critical, "critical, untaken"),
        (
            Ink::Warn,
            counts.escalations_waiting,
            "escalations, untaken",
        ),
        (Ink::Mine, counts.mine, "yours"),
    ];
    let mut any = false;
    for (ink, count, words) in lines {
        if count > 0 {
            any = true;
            page.row(vec![
                own(ink, format!("{count:>6}")),
                own(Ink::Text, format!("  {words}")),
            ]);
        }
    }
    if !any {
        page.say(Ink::Muted, "Nothing now.");
    }
}

/// What lies in the queues, by severity, with a bar beside each number.
fn queued(page: &mut Document, app: &App) {
    let severities = app.floor.derived.severities;
    page.heading("In the queues");
    let most = severities.into_iter().max().unwrap_or(0).max(1);
    let room = page.width().saturating_sub(21).min(BAR);
    for (severity, count) in Severity::ALL.into_iter().zip(severities) {
        let ink = if count > 0 {
            Ink::Severity(severity)
        } else {
            Ink::Muted
        };
        // What is there is seen, however little of the whole it is.
        let cells = (count * room).div_ceil(most);
        page.row(vec![
            own(
                ink,
                format!("{} {:<10}", item::symbol(severity), severity.word()),
            ),
            own(Ink::Text, format!("{count:>6}")),
            own(Ink::Muted, format!("  {}", "━".repeat(cells))),
        ]);
    }
    let derived = &app.floor.derived;
    if derived.overdue > 0 {
        page.row(vec![own(
            Ink::Bad,
            format!("  {:<10}{:>6}", "late", derived.overdue),
        )]);
    }
    for (name, count) in [
        ("asleep", derived.counts.asleep),
        ("suppressed", derived.counts.suppressed),
    ] {
        if count > 0 {
            page.row(vec![own(Ink::Muted, format!("  {name:<10}{count:>6}"))]);
        }
    }
}

/// Channels that do not deliver, or that all do.
fn channels(page: &mut Document, app: &App, key: &str) {
    let (up, on) = app.session.channels_up();
    if on == 0 {
        return;
    }
    page.blank();
    page.row(vec![
        own(Ink::Title, "Channels"),
        own(Ink::Muted, format!("  {key} shows all")),
    ]);
    if up == on {
        page.say(Ink::Muted, format!("All {on} deliver."));
    }
    let broken = app
        .session
        .channels
        .iter()
        .filter(|line| matches!(line.state, ChannelMood::Silent | ChannelMood::Down));
    for line in broken {
        let since = words::moment(line.since, app.session.now, app.session.offset());
        let says = format!(
            "{} {} since {since}",
            line.channel.as_str(),
            line.state.word()
        );
        page.say(Ink::Bad, says);
    }
}

fn people(page: &mut Document, app: &App, key: &str) {
    page.blank();
    page.row(vec![
        own(Ink::Title, "On watch"),
        own(Ink::Muted, format!("  {key} shows all")),
    ]);
    for watcher in &app.session.watchers {
        let mine = Some(&watcher.officer) == app.session.me();
        let called_so = watcher.officer.as_str() == "you";
        let you = if mine && !called_so { " (you)" } else { "" };
        let idle = if watcher.idle_s >= 120 {
            let idle = words::span(std::time::Duration::from_secs(watcher.idle_s));
            format!("  idle {idle}")
        } else {
            String::new()
        };
        page.row(vec![
            own(
                if mine { Ink::Mine } else { Ink::Text },
                format!("{}{you}", watcher.officer),
            ),
            own(Ink::Muted, idle),
        ]);
    }
    if app.session.watchers.is_empty() {
        page.say(Ink::Muted, "Nobody yet.");
    }
}
