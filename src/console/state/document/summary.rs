//! The floor at a glance, beside the stream while no row is selected: what
//! needs me, how much waits, which channels deliver, who is here.

use super::{Document, Ink, item, own};
use crate::console::action::Action;
use crate::console::keymap::Context;
use crate::console::state::{App, words};
use crate::model::severity::Severity;

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
    needs(&mut page, app);
    page.heading("Waiting");
    for (severity, count) in Severity::ALL.into_iter().zip(app.floor.derived.severities) {
        if count > 0 {
            page.row(vec![
                own(
                    Ink::Severity(severity),
                    format!("{} {:<10}", item::symbol(severity), severity.word()),
                ),
                own(Ink::Text, format!("{count:>6}")),
            ]);
        }
    }
    let derived = &app.floor.derived.counts;
    for (name, count) in [
        ("asleep", derived.asleep),
        ("suppressed", derived.suppressed),
    ] {
        if count > 0 {
            page.row(vec![own(Ink::Muted, format!("  {name:<10}{count:>6}"))]);
        }
    }
    people(&mut page, app);
    page
}

fn needs(page: &mut Document, app: &App) {
    let derived = &app.floor.derived;
    let attention = &derived.attention;
    page.heading("Needs you");
    let lines = [
        (
            Ink::Severity(Severity::Critical),
            attention.criticals.len(),
            "critical and nobody's",
        ),
        (
            Ink::Warn,
            attention.escalations.len(),
            "waiting to be taken over",
        ),
        (Ink::Bad, derived.overdue, "late"),
        (Ink::Mine, attention.mine.len(), "yours"),
    ];
    let mut any = false;
    for (ink, count, words) in lines {
        if count > 0 {
            any = true;
            page.row(vec![own(ink, format!("{count:>4} {words}"))]);
        }
    }
    if !any {
        page.say(Ink::Muted, "Nothing.");
    }
}

fn people(page: &mut Document, app: &App) {
    page.heading("On watch");
    for watcher in &app.session.watchers {
        let mine = Some(&watcher.officer) == app.session.me();
        let you = if mine { " (you)" } else { "" };
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
        page.say(Ink::Muted, "Nobody is told of yet.");
    }
}
