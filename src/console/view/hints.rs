//! The keys that are likely in what lies on top, from the keymap in force: for
//! the footer, and for the hints in the frames.

use super::boxes::BETWEEN;
use crate::console::action::Action;
use crate::console::keymap::Context;
use crate::console::state::App;
use crate::console::state::overlay::picker::Purpose;
use crate::console::state::overlay::{Ask, Confirm, Editor, What, Writing};

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
    match what {
        What::Page(page) if page.is_typing() => vec![
            (Context::List, A::Choose, "keep these lines"),
            (Context::List, A::Cancel, "show all"),
        ],
        What::Page(_) => vec![
            (Context::Floor, A::Down, "down"),
            (Context::Floor, A::Up, "up"),
            (Context::List, A::Cancel, "close"),
            (Context::Floor, A::Filter, "find"),
            (Context::Floor, A::Copy, "copy"),
        ],
        What::Picker(picker) => match picker.purpose {
            Purpose::Feedback => of_list((A::Choose, "say it")),
            Purpose::Suppressions => of_list((A::EndSuppression, "end it")),
            Purpose::Asleep | Purpose::Conversations => of_list((A::Choose, "open")),
            Purpose::Snooze => of_list((A::Choose, "snooze")),
            _ => of_list((A::Choose, "choose")),
        },
        What::Palette(_) => of_list((A::Choose, "do it")),
        What::Found => of_list((A::Choose, "open")),
        What::Claims(_) => vec![
            (Context::Claims, A::ConfirmClaim, "confirm"),
            (Context::Claims, A::RejectClaim, "reject"),
            (Context::Claims, A::Choose, "open"),
            (Context::Claims, A::Cancel, "close"),
            (Context::Claims, A::ConfirmAll, "confirm all"),
            (Context::Claims, A::Mark, "mark"),
        ],
        What::Prompt(_) => vec![
            (Context::Line, A::Submit, "done"),
            (Context::Line, A::Cancel, "leave"),
        ],
        What::Form(_) => vec![
            (Context::Line, A::Complete, "next field"),
            (Context::Line, A::Submit, "go on"),
            (Context::Line, A::Cancel, "leave"),
        ],
        What::Editor(editor) => of_editor(editor),
        What::Confirm(confirm) => of_question(confirm),
    }
}

fn of_list(first: (Action, &'static str)) -> Vec<(Context, Action, &'static str)> {
    vec![
        (Context::List, first.0, first.1),
        (Context::List, Action::Cancel, "close"),
        (Context::List, Action::LineDown, "down"),
        (Context::List, Action::LineUp, "up"),
    ]
}

fn of_editor(editor: &Editor) -> Vec<(Context, Action, &'static str)> {
    let (submit, cancel) = match editor.writing {
        Writing::Reply { .. } => ("send", "keep the draft"),
        // The note of the question beneath, which is no draft.
        Writing::Note if editor.items.is_empty() => ("done", "leave"),
        Writing::Note => ("submit", "keep the draft"),
    };
    vec![
        (Context::Editor, Action::Submit, submit),
        (Context::Editor, Action::Cancel, cancel),
        (Context::Editor, Action::EditUndo, "undo"),
        (Context::Editor, Action::DeleteWord, "erase word"),
    ]
}

fn of_question(confirm: &Confirm) -> Vec<(Context, Action, &'static str)> {
    let yes = match &confirm.ask {
        Ask::Do(_) => "do it",
        Ask::Undo(..) => "take it back",
        Ask::Quit { .. } => "close",
    };
    let mut keys = vec![(Context::Confirm, Action::Confirm, yes)];
    if matches!(&confirm.ask, Ask::Do(plan) if !plan.targets.is_empty()) {
        keys.push((Context::Confirm, Action::Note, "one note for all"));
    }
    keys.push((Context::Confirm, Action::Cancel, "leave it"));
    keys
}

/// The same as a line for a frame, which leaves out what it has no room for: "y
/// do it · n leave it".
pub(super) fn line(app: &App, what: &What) -> String {
    let parts = keys(what)
        .into_iter()
        .map(|(context, action, word)| format!("{} {word}", key(app, context, action)));
    parts.collect::<Vec<_>>().join(BETWEEN)
}
