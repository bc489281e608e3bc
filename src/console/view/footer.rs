//! The last line: the keys that are likely now, or the last result.

use ratatui::layout::Rect;

use super::hints;
use super::put::Pen;
use crate::console::action::Action;
use crate::console::keymap::{self, Context};
use crate::console::msg::Playback;
use crate::console::state::document::answers::likely;
use crate::console::state::{App, Tone};
use crate::text::SafeText;
use crate::theme::Role;

/// Keys on the line.
const SHOWN: usize = 6;

/// Draws the line.
pub(super) fn render(pen: &mut Pen<'_>, area: Rect, app: &App) {
    let y = area.bottom().saturating_sub(1);
    let mut x = area.x + 1;
    let room = |x: u16| area.right().saturating_sub(x + 1);
    if let Some(notice) = &app.notice {
        let role = match notice.tone {
            Tone::Plain => Role::Title,
            Tone::Bad => Role::Error,
        };
        let end = says(pen, area, &notice.says, role);
        if let Some(end) = end {
            likely_keys(pen, (end + 3, y), area.right(), app);
        }
        return;
    }
    if !app.begun.is_empty() {
        let keys = format!("{} …", keymap::shown(&app.begun));
        pen.own((x, y), room(x), &keys, Role::Key);
        return;
    }
    if !app.marks.is_empty() && app.overlays.is_empty() {
        let says = format!("{} marked  ", app.marks.len());
        x = pen.own((x, y), room(x), &says, Role::Mark);
    }
    likely_keys(pen, (x, y), area.right(), app);
}

/// Draws as many of the likely keys as there is room for. Help is the last that
/// goes, wherever it stands.
fn likely_keys(pen: &mut Pen<'_>, at: (u16, u16), right: u16, app: &App) {
    let (mut x, y) = at;
    let room = |x: u16| usize::from(right.saturating_sub(x + 1));
    let keys = likely_now(app).into_iter().take(SHOWN);
    let keys: Vec<(bool, String, &str)> = keys
        .filter_map(|(context, action, word)| {
            let key = app.settings.keymap.first(context, action)?;
            Some((action == Action::Help, key, word))
        })
        .collect();
    let cells = |key: &str, word: &str| key.chars().count() + 1 + word.len();
    let help = keys.iter().find(|(is_help, ..)| *is_help);
    let mut kept = help.map_or(0, |(_, key, word)| cells(key, word) + 3);
    let mut full = false;
    for (is_help, key, word) in &keys {
        if *is_help {
            kept = 0;
        }
        if (full && !is_help) || room(x) < cells(key, word) + kept {
            full = true;
            continue;
        }
        x = pen.own((x, y), right.saturating_sub(x + 1), key, Role::Key) + 1;
        x = pen.own((x, y), right.saturating_sub(x + 1), word, Role::Muted) + 3;
    }
}

/// Says it on the last line of `area`; what is too long grows upwards, so that
/// nothing of it is lost. Returns where it ends when it takes one line.
pub(super) fn says(pen: &mut Pen<'_>, area: Rect, words: &str, role: Role) -> Option<u16> {
    let mut end = None;
    let width = area.width.saturating_sub(2);
    let folded = SafeText::own(words.to_owned()).wrap(usize::from(width));
    let style = pen.theme.style(role);
    for (y, part) in (area.top()..area.bottom()).rev().zip(folded.iter().rev()) {
        let line = Rect {
            y,
            height: 1,
            ..area
        };
        pen.clear(line);
        end = Some(pen.put((area.x + 1, y), width, part, style));
    }
    end.filter(|_| folded.len() == 1)
}

/// What is likely next in what lies on top, or on the floor.
fn likely_now(app: &App) -> Vec<(Context, Action, &'static str)> {
    match app.overlays.last() {
        Some(top) => hints::keys(&top.what),
        None => keys(app)
            .into_iter()
            .map(|(action, word)| (Context::Floor, action, word))
            .collect(),
    }
}

/// What is likely next on the floor: help is always among them.
fn keys(app: &App) -> Vec<(Action, &'static str)> {
    if let Some(playback) = &app.replay {
        return replay_keys(playback);
    }
    if !app.marks.is_empty() {
        return vec![
            (Action::Take, "take"),
            (Action::Resolve, "resolve"),
            (Action::Assign, "assign"),
            (Action::Note, "note"),
            (Action::Back, "twice clears"),
            (Action::Help, "help"),
        ];
    }
    let Some(item) = app.selected() else {
        if app.floor.derived.counts.unassigned_critical > 0 {
            return vec![
                (Action::NextNeedsMe, "to the critical"),
                (Action::Up, "select"),
                (Action::Filter, "filter"),
                (Action::NextQueue, "queue"),
                (Action::Help, "help"),
                (Action::Quit, "quit"),
            ];
        }
        return vec![
            (Action::Up, "select"),
            (Action::NextNeedsMe, "needs me"),
            (Action::Filter, "filter"),
            (Action::NextQueue, "queue"),
            (Action::Help, "help"),
            (Action::Quit, "quit"),
        ];
    };
    let mut keys: Vec<_> = likely(app, item).into_iter().take(4).collect();
    if app.detail.open {
        keys.push((Action::NextItem, "next"));
    } else {
        keys.push((Action::Open, "open"));
    }
    keys.push((Action::Help, "help"));
    keys
}

/// What is likely next in a recording.
fn replay_keys(playback: &Playback) -> Vec<(Action, &'static str)> {
    let mut keys = Vec::new();
    if playback.over.is_none() {
        let pause = if playback.paused { "go on" } else { "pause" };
        keys.extend([
            (Action::ReplayPause, pause),
            (Action::ReplayStep, "step"),
            (Action::ReplayFaster, "faster"),
            (Action::ReplaySlower, "slower"),
        ]);
    }
    keys.extend([(Action::Help, "help"), (Action::Quit, "quit")]);
    keys
}
