//! The palette: opening, narrowing, doing what was chosen.

use super::keys::{self, push};
use crate::console::action::Action;
use crate::console::effect::Effect;
use crate::console::msg::KeyPress;
use crate::console::state::App;
use crate::console::state::overlay::What;
use crate::console::state::overlay::palette::Palette;

/// Opens it.
pub(super) fn open(app: &mut App, press: KeyPress) {
    let palette = Palette::new(&app.recall);
    push(app, What::Palette(palette), press);
}

fn with(app: &mut App, change: impl FnOnce(&mut Palette)) {
    let recall = app.recall.clone();
    if let Some(What::Palette(palette)) = app.overlays.last_mut().map(|o| &mut o.what) {
        let before = palette.query.text();
        change(palette);
        if palette.query.text() != before {
            palette.narrow(&recall);
        }
    }
}

/// Letters, typed or pasted.
pub(super) fn insert(app: &mut App, text: &str) {
    with(app, |palette| palette.query.insert(text));
}

/// A key in the palette on top.
pub(super) fn act(app: &mut App, action: Action, press: KeyPress) -> Vec<Effect> {
    let page = isize::try_from(app.layout().body_rows() / 2).unwrap_or(1);
    match action {
        Action::LineDown => with(app, |palette| palette.step(1)),
        Action::LineUp => with(app, |palette| palette.step(-1)),
        Action::PageDown => with(app, |palette| palette.step(page)),
        Action::PageUp => with(app, |palette| palette.step(-page)),
        Action::ToStart => with(app, |palette| palette.at = 0),
        Action::ToEnd => with(app, |palette| palette.step(isize::MAX)),
        Action::DeleteBack => with(app, |palette| palette.query.delete_back()),
        Action::Cancel => {
            app.overlays.pop();
        }
        Action::Choose if !press.repeat => return choose(app, press),
        _ => {}
    }
    Vec::new()
}

/// Does what is under the cursor, as its key would.
fn choose(app: &mut App, press: KeyPress) -> Vec<Effect> {
    let Some(What::Palette(palette)) = app.overlays.last().map(|o| &o.what) else {
        return Vec::new();
    };
    let Some(entry) = palette.chosen() else {
        return Vec::new();
    };
    app.overlays.pop();
    app.recall.used(entry.name);
    let mut effects = vec![super::typing::keep_lines(app)];
    effects.extend(keys::act(app, entry.action, press));
    effects
}
