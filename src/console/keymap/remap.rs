//! An officer's changes to the keys, checked by name before the console starts.
//!
//! Owns the errors of the keymap. Configuration hands over chord and action as
//! text with the place they were written at. A key holds on the floor unless a
//! context stands before it: "editor: Ctrl-T".

use super::Context;
use super::chord::{self, BadChord, Chord, Key};
use super::table::{self, Entry};
use super::{Binding, shown};
use crate::console::action::Action;

/// One change: these keys mean this action, or nothing any more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remap {
    /// The keys as written, a context before them where it is not the floor.
    pub keys: String,
    /// The action's name, or "none" to free the keys and what begins with them.
    pub action: String,
    /// Where it was written ("config.toml:12").
    pub origin: String,
}

/// Why a change can't be made.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeymapError {
    /// The chord is not one.
    #[error("{origin}: {source}.")]
    Chord {
        /// Where.
        origin: String,
        /// What is wrong with it.
        source: BadChord,
    },
    /// There is no such action.
    #[error("{origin}: there is no action \"{name}\"{within}; the nearest is \"{nearest}\".")]
    Action {
        /// Where.
        origin: String,
        /// What was written.
        name: String,
        /// In which context, when it is not the floor.
        within: String,
        /// What was perhaps meant.
        nearest: &'static str,
    },
    /// Two things on the same keys.
    #[error("{origin}: {keys} is \"{new}\" here and \"{old}\" already{within}; free one of them.")]
    Conflict {
        /// Where.
        origin: String,
        /// The keys.
        keys: String,
        /// What was asked for.
        new: &'static str,
        /// What has them.
        old: &'static str,
        /// Which keys it has, when one sequence begins the other.
        within: String,
    },
    /// Keys are freed that mean nothing.
    #[error("{origin}: nothing is on {keys}, so there is nothing to free.")]
    Free {
        /// Where.
        origin: String,
        /// The keys.
        keys: String,
    },
    /// Enter would answer questions.
    #[error("{origin}: {keys} can't be \"confirm\": what is pressed by habit answers no question.")]
    Habit {
        /// Where.
        origin: String,
        /// The keys.
        keys: String,
    },
    /// Something can't be left or answered any more.
    #[error("{origin}: this takes the last key of \"{name}\", and without one nobody gets {what}.")]
    Stranded {
        /// Where.
        origin: String,
        /// The action.
        name: &'static str,
        /// What would not be possible.
        what: &'static str,
    },
}

/// What an officer must always be able to press.
const NEEDED: [(Context, Action, &str); 8] = [
    (Context::Floor, Action::Command, "to the command line"),
    (Context::List, Action::Cancel, "out of a list"),
    (Context::Line, Action::Submit, "a line entered"),
    (Context::Line, Action::Cancel, "out of a line"),
    (Context::Editor, Action::Submit, "a note submitted"),
    (Context::Editor, Action::Cancel, "out of an editor"),
    (Context::Confirm, Action::Confirm, "a question answered"),
    (Context::Confirm, Action::Cancel, "out of a question"),
];

/// A change that was read.
struct Change<'r> {
    context: Context,
    keys: Vec<Chord>,
    /// None frees the keys.
    entry: Option<&'static Entry>,
    origin: &'r str,
}

/// `bindings` with `changes` made: what is freed first, whatever the order.
pub(super) fn build(
    mut bindings: Vec<Binding>,
    changes: &[Remap],
) -> Result<Vec<Binding>, Vec<KeymapError>> {
    let mut errors = Vec::new();
    let mut read = Vec::new();
    for change in changes {
        match parse(change) {
            Ok(change) => read.push(change),
            Err(error) => errors.push(error),
        }
    }
    let (freed, bound): (Vec<Change<'_>>, Vec<Change<'_>>) =
        read.into_iter().partition(|change| change.entry.is_none());
    for change in &freed {
        let before = bindings.len();
        bindings.retain(|b| b.context != change.context || !b.keys.starts_with(&change.keys));
        if bindings.len() == before {
            errors.push(KeymapError::Free {
                origin: change.origin.to_owned(),
                keys: shown(&change.keys),
            });
        }
    }
    for change in &bound {
        if let Err(error) = bind(change, &mut bindings) {
            errors.push(error);
        }
    }
    if errors.is_empty() {
        errors.extend(stranded(&bindings, freed.iter().chain(&bound)));
    }
    if errors.is_empty() {
        Ok(bindings)
    } else {
        Err(errors)
    }
}

fn parse(change: &Remap) -> Result<Change<'_>, KeymapError> {
    let origin = change.origin.as_str();
    let (context, keys) = Context::ALL
        .into_iter()
        .find_map(|context| {
            let rest = change.keys.trim().strip_prefix(context.word())?;
            let rest = rest.strip_prefix(':')?;
            (!rest.trim().is_empty()).then_some((context, rest))
        })
        .unwrap_or((Context::Floor, change.keys.as_str()));
    let keys = chord::sequence(keys).map_err(|source| KeymapError::Chord {
        origin: origin.to_owned(),
        source,
    })?;
    let entry = match change.action.as_str() {
        "none" => None,
        name => Some(
            table::in_context(context, name).ok_or_else(|| KeymapError::Action {
                origin: origin.to_owned(),
                name: name.chars().filter(char::is_ascii_graphic).collect(),
                within: match context {
                    Context::Floor => String::new(),
                    other => format!(" in {}", other.word()),
                },
                nearest: table::nearest_in(context, name),
            })?,
        ),
    };
    let by_habit = keys
        .last()
        .is_some_and(|chord| matches!(chord.key, Key::Enter | Key::Char(' ') | Key::Tab));
    if by_habit && entry.is_some_and(|entry| entry.action == Action::Confirm) {
        return Err(KeymapError::Habit {
            origin: origin.to_owned(),
            keys: shown(&keys),
        });
    }
    Ok(Change {
        context,
        keys,
        entry,
        origin,
    })
}

/// A change of the officer replaces a built-in binding of the same keys; two
/// changes on the same keys, or one that begins another binding, conflict.
fn bind(change: &Change<'_>, bindings: &mut Vec<Binding>) -> Result<(), KeymapError> {
    let Some(entry) = change.entry else {
        return Ok(());
    };
    let new = Binding {
        context: change.context,
        keys: change.keys.clone(),
        action: entry.action,
        own: true,
    };
    bindings.retain(|b| b.own || b.context != new.context || b.keys != new.keys);
    let clash = bindings
        .iter()
        .find(|b| b.action != new.action && b.clashes(&new));
    if let Some(old) = clash {
        return Err(KeymapError::Conflict {
            origin: change.origin.to_owned(),
            keys: shown(&new.keys),
            new: entry.name,
            old: name(old),
            within: if old.keys == new.keys {
                String::new()
            } else {
                format!(" on {}", shown(&old.keys))
            },
        });
    }
    bindings.push(new);
    Ok(())
}

fn name(binding: &Binding) -> &'static str {
    table::ENTRIES
        .iter()
        .find(|entry| entry.context == binding.context && entry.action == binding.action)
        .map_or("", |entry| entry.name)
}

/// What can't be pressed any more, said where the context was changed.
fn stranded<'c, 'r: 'c>(
    bindings: &[Binding],
    changes: impl Iterator<Item = &'c Change<'r>>,
) -> Vec<KeymapError> {
    let changes: Vec<&Change<'_>> = changes.collect();
    let missing = NEEDED.into_iter().filter(|(context, action, _)| {
        !bindings
            .iter()
            .any(|b| b.context == *context && b.action == *action)
    });
    missing
        .map(|(context, action, what)| {
            let place = changes.iter().rev().find(|c| c.context == context);
            KeymapError::Stranded {
                origin: place.map_or("the keys", |change| change.origin).to_owned(),
                name: table::ENTRIES
                    .iter()
                    .find(|entry| entry.context == context && entry.action == action)
                    .map_or("", |entry| entry.name),
                what,
            }
        })
        .collect()
}
