//! Who is on watch, how the channels are, and what waits for the link.

use std::time::Duration;

use super::{Document, Ink, own};
use crate::console::msg::{ChannelLine, ChannelMood};
use crate::console::state::work::capital;
use crate::console::state::{App, words};
use crate::text::SafeText;

/// Who is on watch.
#[must_use]
pub fn watch(app: &App, width: usize) -> Document {
    let mut page = Document::new(width);
    if app.session.watchers.is_empty() {
        page.say(Ink::Muted, "Nobody else is on watch.");
    }
    for watcher in &app.session.watchers {
        let mine = Some(&watcher.officer) == app.session.me();
        let ink = if mine { Ink::Mine } else { Ink::Text };
        let name = own(ink, format!("{:<14}", watcher.officer.as_str()));
        let (ink, state) = if !watcher.connected {
            (Ink::Bad, "link lost".to_owned())
        } else if watcher.idle_s < 120 {
            (Ink::Good, "on watch".to_owned())
        } else {
            let idle = words::span(Duration::from_secs(watcher.idle_s));
            (Ink::Warn, format!("idle {idle}"))
        };
        let mut line = vec![name, own(ink, format!("{state:<12}"))];
        let board = &app.floor.board;
        let held = board
            .items()
            .filter(|item| item.is_open() && item.triage.is_held_by(&watcher.officer))
            .count();
        line.push(own(Ink::Text, format!("{:<12}", format!("has {held}"))));
        let ids: Vec<String> = watcher
            .viewing
            .iter()
            .filter_map(|key| board.item(key))
            .map(|item| item.id.to_string())
            .collect();
        if !ids.is_empty() {
            line.push(own(Ink::Muted, format!("looks at {}", ids.join(" "))));
        }
        page.row(line);
    }
    page
}

/// How the channels are.
#[must_use]
pub fn channels(app: &App, width: usize) -> Document {
    let mut page = Document::new(width);
    let (now, offset) = (app.session.now, app.session.offset());
    if app.session.channels.is_empty() {
        page.say(
            Ink::Muted,
            "No channel is set up. Add one to the hub's configuration.",
        );
        return page;
    }
    for line in &app.session.channels {
        let ink = match line.state {
            ChannelMood::Up => Ink::Good,
            ChannelMood::Connecting => Ink::Warn,
            ChannelMood::Silent | ChannelMood::Down => Ink::Bad,
            ChannelMood::Off => Ink::Muted,
        };
        let last =
            line.last_item
                .map_or("nothing yet".to_owned(), |at| match words::age(now, at) {
                    age if age == "now" => "last just now".to_owned(),
                    age => format!("last {age} ago"),
                });
        page.row(vec![
            own(Ink::Text, format!("{:<14} ", line.channel.as_str())),
            own(ink, format!("{:<10} ", line.state.word())),
            own(
                Ink::Muted,
                format!(
                    "{last:<14} {:>5}/min {:>7} in all",
                    line.per_minute, line.items
                ),
            ),
        ]);
        let mut more = Vec::new();
        if line.state != ChannelMood::Up {
            let since = words::moment(line.since, now, offset);
            more.push(format!("since {since}"));
        }
        if line.unmapped > 0 {
            more.push(format!("{} unmapped", line.unmapped));
        }
        if line.refused > 0 {
            more.push(format!("{} refused", line.refused));
        }
        if let Some(error) = &line.error {
            more.push(error.clone());
        }
        if !more.is_empty() {
            page.fold(2, Ink::Warn, &SafeText::own(more.join(" · ")));
        }
        budgets(&mut page, app, line);
    }
    page.blank();
    page.say(
        Ink::Muted,
        format!("From receipt to console: {} ms.", app.session.lag_ms),
    );
    page
}

/// What the vendor still allows, and until when that counts.
fn budgets(page: &mut Document, app: &App, line: &ChannelLine) {
    let (now, offset) = (app.session.now, app.session.offset());
    for (what, left) in [("answers", line.answers), ("calls", line.calls)] {
        let Some(left) = left.filter(|left| left.until > now) else {
            continue;
        };
        let ink = if left.left == 0 {
            Ink::Warn
        } else {
            Ink::Muted
        };
        let until = words::moment(left.until, now, offset);
        let says = format!("{} {what} left until {until}", left.words());
        page.fold(2, ink, &SafeText::own(says));
    }
}

/// Commands that wait for the link, and what did not go through.
#[must_use]
pub fn queued(app: &App, width: usize) -> Document {
    let mut page = Document::new(width);
    page.heading("Waiting for the link");
    let mut any = false;
    for pending in app.work.queued() {
        any = true;
        let ids: Vec<String> = pending
            .keys
            .iter()
            .filter_map(|key| app.floor.board.item(key))
            .map(|item| item.id.to_string())
            .take(8)
            .collect();
        let more = pending.keys.len().saturating_sub(ids.len());
        let more = if more > 0 {
            format!(" and {more} more")
        } else {
            String::new()
        };
        page.say(
            Ink::Pending,
            format!("{} {}{more}", capital(pending.verb.word()), ids.join(" ")),
        );
    }
    if !any {
        page.say(Ink::Muted, "Nothing waits.");
    }
    page.heading("Did not go through");
    if app.work.conflicts.is_empty() {
        page.say(Ink::Muted, "Nothing.");
    }
    for conflict in app.work.conflicts.iter().rev() {
        let id = conflict.id.map_or(String::new(), |id| format!(" {id}"));
        let what = format!("{}{id}: ", conflict.verb.word());
        page.entry(
            what.len(),
            own(Ink::Bad, what),
            Ink::Text,
            &SafeText::own(conflict.says.clone()),
        );
    }
    page
}
