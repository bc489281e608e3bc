//! The keys that are likely in what lies on top, from the keymap in force: for
//! the footer, and for the hints in the frames.

use crate::console::action::Action;
use crate::console::keymap::Context;
use crate::console::state::App;
use crate::console::state::overlay::picker::Purpose;
use crate::console::state::overlay::{Ask, What};
use crate::text::display_width;

/// A key as it is shown, or the command of that name.
pub(super) fn key(app: &App, context: Context, action: Action) -> String {
    app.settings
        .keymap
        .first(context, action)
        .unwrap_or_else(|| "(no key)".to_owned())
}

/// What each key of what lies on top does, the likeliest first.
pub(super) fn keys(what: &What) -> Vec<(Context, Action, &'static str)> {
    use Action as A;
    let list = |choose| {
        vec![
            (Context::List, A::Choose, choose),
            (Context::List, A::LineDown, "down"),
            (Context::List, A::LineUp, "up"),
            (Context::List, A::Cancel, "close"),
        ]
    };
    match what {
        What::Page(page) if page.is_typing() => vec![
            (Context::List, A::Choose, "keep these lines"),
            (Context::List, A::Cancel, "show all"),
        ],
        What::Page(_) => vec![
            (Context::Floor, A::Down, "down"),
            (Context::Floor, A::Up, "up"),
            (Context::Floor, A::Filter, "find"),
            (Context::Floor, A::Copy, "copy"),
            (Context::List, A::Cancel, "close"),
        ],
        What::Picker(picker) => match picker.purpose {
            Purpose::Suppressions => {
                let mut keys = list("choose");
                keys[0] = (Context::List, A::EndSuppression, "end it");
                keys
            }
            Purpose::Asleep => list("open"),
            _ => list("choose"),
        },
        What::Palette(_) => list("do it"),
        What::Found => {
            let mut keys = list("open");
            keys.push((Context::Floor, A::Copy, "copy"));
            keys.truncate(4);
            keys
        }
        What::Prompt(_) => vec![
            (Context::Line, A::Submit, "done"),
            (Context::Line, A::Cancel, "leave"),
        ],
        What::Form(_) => vec![
            (Context::Line, A::Complete, "next field"),
            (Context::Line, A::Submit, "go on"),
            (Context::Line, A::Cancel, "leave"),
        ],
        What::Editor(editor) => vec![
            (
                Context::Editor,
                A::Submit,
                if editor.items.is_empty() {
                    "done"
                } else {
                    "submit"
                },
            ),
            (
                Context::Editor,
                A::Cancel,
                if editor.items.is_empty() {
                    "leave"
                } else {
                    "keep the draft"
                },
            ),
            (Context::Editor, A::EditUndo, "undo"),
            (Context::Editor, A::DeleteWord, "erase word"),
        ],
        What::Confirm(confirm) => {
            let mut keys = vec![(Context::Confirm, A::Confirm, "do it")];
            match &confirm.ask {
                Ask::Do(plan) if !plan.targets.is_empty() => {
                    keys.push((Context::Confirm, A::Note, "one note for all"));
                }
                Ask::Do(_) => {}
                Ask::Quit { .. } => keys[0].2 = "close",
            }
            keys.push((Context::Confirm, A::Cancel, "leave it"));
            keys
        }
    }
}

/// The same as a line for a frame, as many as there is room for: "y do it · n
/// leave it".
pub(super) fn line(app: &App, what: &What) -> String {
    let (cols, _) = app.layout().overlay(0);
    let room = usize::from(cols).saturating_sub(2);
    let mut line = String::new();
    for (context, action, word) in keys(what) {
        let gap = if line.is_empty() { "" } else { " · " };
        let part = format!("{gap}{} {word}", key(app, context, action));
        if display_width(&line) + display_width(&part) > room {
            break;
        }
        line += &part;
    }
    line
}
