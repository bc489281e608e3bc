//! Letters that are typed to an editor which did not open are not keys.
//!
//! An officer presses `r` and types on before the refusal is read: "take care"
//! would take the item and more. So after an editor, picker or note that was
//! asked for and did not open, the floor is deaf to keys until the officer
//! pauses. The footer says so; Esc ends it.

use std::time::Duration;

use crate::console::action::Action;
use crate::console::keymap::chord::Key;
use crate::console::msg::KeyPress;
use crate::console::state::{App, Deaf, Tone};

/// How long somebody who looks for the editor may wait with the first letter.
const FIRST: Duration = Duration::from_millis(1500);
/// How far apart letters are that belong together.
const NEXT: Duration = Duration::from_millis(700);

/// Whether a key is a letter of what was being typed, and so nothing.
pub(super) fn swallows(app: &mut App, press: KeyPress) -> bool {
    let Some(deaf) = &mut app.deaf else {
        return false;
    };
    let over = press.at >= deaf.until || !app.overlays.is_empty();
    if over || deaf.again == Some(press.chord) || !is_typed(press) {
        app.deaf = None;
        return false;
    }
    deaf.again = None;
    deaf.until = press.at.plus(NEXT);
    if press.chord.key == Key::Esc {
        app.deaf = None;
        app.notice = None;
    }
    true
}

/// Whether a key is one that somebody presses who writes: arrows are not.
fn is_typed(press: KeyPress) -> bool {
    use Key as K;
    matches!(
        press.chord.key,
        K::Char(_) | K::Enter | K::Esc | K::Tab | K::BackTab | K::Backspace | K::Delete
    )
}

/// After an action of the floor: deaf when something to write in was asked for
/// and is not there.
pub(super) fn after(app: &mut App, action: Action, press: KeyPress) {
    let writes = matches!(action, Action::Reply | Action::Canned | Action::Note);
    if !writes || !app.overlays.is_empty() {
        return;
    }
    let Some(notice) = &mut app.notice else {
        return;
    };
    // "Frozen on #7: r again" waits for the same key.
    let again = (notice.tone == Tone::Plain).then_some(press.chord);
    notice
        .says
        .push_str(" Keys do nothing until you pause; Esc ends that.");
    app.deaf = Some(Deaf {
        until: press.at.plus(FIRST),
        again,
    });
}
