//! Help while a line is typed: completion by Tab, and what was entered before
//! by the arrows.

use crate::console::effect::Effect;
use crate::console::state::App;
use crate::console::state::complete::{self, Candidate};
use crate::console::state::edit::TextEdit;
use crate::console::state::kept::Keepsake;
use crate::console::state::overlay::{Prompt, Purpose, What};
use crate::console::state::recall::Lines;

fn top(app: &App) -> Option<&Prompt> {
    match app.overlays.last().map(|overlay| &overlay.what) {
        Some(What::Prompt(prompt)) => Some(prompt),
        _ => None,
    }
}

fn top_mut(app: &mut App) -> Option<&mut Prompt> {
    match app.overlays.last_mut().map(|overlay| &mut overlay.what) {
        Some(What::Prompt(prompt)) => Some(prompt),
        _ => None,
    }
}

/// What may be typed next, after a key that changed or moved in the line.
pub(super) fn refresh(app: &mut App) {
    let Some(prompt) = top(app) else {
        return;
    };
    let line = prompt.text.text();
    let cursor = prompt.text.cursor().1.chars().count();
    let choices = match prompt.purpose {
        Purpose::Command => complete::command(app, &line, cursor),
        Purpose::Filter(_) => complete::filter(app, &line, cursor),
        Purpose::Search | Purpose::Escalate(_) => Vec::new(),
    };
    if let Some(prompt) = top_mut(app) {
        prompt.choices = choices;
        prompt.picked = None;
        prompt.recalled = None;
    }
}

/// Tab: as far as it is unambiguous, then one choice after the other.
pub(super) fn complete(app: &mut App, back: bool) {
    let Some(prompt) = top_mut(app) else {
        return;
    };
    let count = prompt.choices.len();
    if let Some((at, line)) = prompt.picked.take() {
        let step = if back { count - 1 } else { 1 };
        let next = (at + step) % count;
        if let Some(choice) = prompt.choices.get(next) {
            put(&mut prompt.text, &line, choice, "");
            prompt.picked = Some((next, line));
        }
        return;
    }
    let line = prompt.text.text();
    match prompt.choices.as_slice() {
        [] => {}
        [one] => {
            let gap = if one.text.ends_with([':', ' ', '=', '<', '>']) {
                ""
            } else {
                " "
            };
            put(&mut prompt.text, &line, &one.clone(), gap);
            refresh(app);
        }
        many => {
            let shared = shared(many);
            let longer =
                shared.filter(|shared| shared.text.chars().count() > shared.replaces.len());
            if let Some(shared) = longer {
                put(&mut prompt.text, &line, &shared, "");
                refresh(app);
            } else {
                let at = if back { count - 1 } else { 0 };
                let choice = many.get(at).cloned();
                if let Some(choice) = choice {
                    put(&mut prompt.text, &line, &choice, "");
                    prompt.picked = Some((at, line));
                }
            }
        }
    }
}

/// What all choices begin with, where they stand in the same place.
fn shared(choices: &[Candidate]) -> Option<Candidate> {
    let (first, rest) = choices.split_first()?;
    let mut shared = first.clone();
    for choice in rest {
        if choice.replaces != first.replaces {
            return None;
        }
        let same = shared.text.chars().zip(choice.text.chars());
        let same = same.take_while(|(a, b)| a == b).count();
        shared.text = shared.text.chars().take(same).collect();
    }
    Some(shared)
}

fn put(text: &mut TextEdit, line: &str, choice: &Candidate, gap: &str) {
    let head: String = line.chars().take(choice.replaces.start).collect();
    let tail: String = line.chars().skip(choice.replaces.end).collect();
    text.set(&format!("{head}{}{gap}", choice.text), &tail);
}

/// The arrows: what was entered before and begins as what was typed does.
pub(super) fn recall(app: &mut App, older: bool) {
    let Some(prompt) = top(app) else {
        return;
    };
    let lines = match prompt.purpose {
        Purpose::Command => &app.recall.commands,
        Purpose::Filter(_) => &app.recall.filters,
        Purpose::Search => &app.recall.searches,
        Purpose::Escalate(_) => return,
    };
    let typed = match &prompt.recalled {
        Some((_, typed)) => typed.clone(),
        None => prompt.text.text(),
    };
    let at = prompt.recalled.as_ref().map(|(at, _)| *at);
    let Some((at, line)) = step(lines, &typed, at, older) else {
        return;
    };
    if let Some(prompt) = top_mut(app) {
        prompt.text.set(&line, "");
    }
    refresh(app);
    if let Some(prompt) = top_mut(app) {
        prompt.recalled = at.map(|at| (at, typed));
    }
}

/// The line after a step, and how far back it is; before the newest stands
/// what was typed.
fn step(
    lines: &Lines,
    typed: &str,
    at: Option<usize>,
    older: bool,
) -> Option<(Option<usize>, String)> {
    let to = match (at, older) {
        (None, true) => Some(0),
        (Some(at), true) => Some(at + 1),
        (Some(0), false) => None,
        (Some(at), false) => Some(at - 1),
        (None, false) => return None,
    };
    match to {
        None => Some((None, typed.to_owned())),
        Some(to) => {
            let line = lines.beginning(typed).nth(to)?;
            Some((Some(to), line.to_owned()))
        }
    }
}

/// What was entered outlives the console.
pub(super) fn keep_lines(app: &App) -> Effect {
    Effect::Keep(Keepsake::Lines(app.recall.kept()))
}
