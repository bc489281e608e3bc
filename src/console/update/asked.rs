//! What is asked in words, by a console without keys: the same actions, lists
//! and questions as by keys, and nothing decided anew.

use super::{commands, keys, marks, pickers, questions, search};
use crate::console::action::Action;
use crate::console::effect::Effect;
use crate::console::msg::{Asked, KeyPress};
use crate::console::state::App;
use crate::console::state::overlay::What;
use crate::model::ids::ItemKey;

/// Does what is asked.
pub(super) fn asked(app: &mut App, asked: Asked, press: KeyPress) -> Vec<Effect> {
    match asked {
        Asked::Line(line) => return commands::run(app, &line, press),
        Asked::Act(action) if app.overlays.is_empty() => return keys::act(app, action, press),
        Asked::Act(action) => return keys::on_top(app, action, press),
        Asked::Write(text) => write(app, &text),
        Asked::Choose(at) => return choose(app, at, press),
        Asked::Aim(items) => aim(app, &items),
        Asked::Mark(items) => {
            app.stream.freeze();
            app.marks.add(items);
            marks::tell(app);
        }
    }
    Vec::new()
}

fn write(app: &mut App, text: &str) {
    match app.overlays.last().map(|overlay| &overlay.what) {
        Some(What::Confirm(_)) => {
            for letter in text.trim().chars() {
                questions::digit(app, letter);
            }
        }
        Some(_) => keys::pasted(app, text),
        None => {}
    }
}

fn choose(app: &mut App, at: usize, press: KeyPress) -> Vec<Effect> {
    if let Some(What::Picker(picker)) = app.overlays.last_mut().map(|overlay| &mut overlay.what) {
        picker.query.delete_line();
        picker.read = None;
        picker.at = at;
        return pickers::act(app, Action::Choose, press);
    }
    if let Some(What::Claims(claims)) = app.overlays.last_mut().map(|overlay| &mut overlay.what) {
        claims.step(isize::MIN);
        claims.step(isize::try_from(at).unwrap_or(0));
        return Vec::new();
    }
    let found = matches!(app.overlays.last().map(|o| &o.what), Some(What::Found));
    if found && at < app.found.hits.len() {
        app.found.at = at;
        return search::act(app, Action::Choose, press);
    }
    Vec::new()
}

/// Points at items: marks several, puts the cursor on the first.
fn aim(app: &mut App, items: &[ItemKey]) {
    app.detail.open = false;
    let Some(first) = items.first() else {
        app.stream.follow();
        app.floor.touch();
        return;
    };
    app.marks.clear();
    app.stream.go_to(*first);
    if items.len() > 1 {
        app.marks.add(items.iter().copied());
    }
}
