//! An officer's changes to the keys, checked by name before the console starts.
//!
//! Owns the errors of the keymap. Configuration hands over chord and action as
//! text with the place they were written at.

use super::chord::{self, BadChord, Chord};
use super::table::{self, Context};
use super::{Binding, shown};

/// One change: these keys mean this action, or nothing any more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remap {
    /// The keys as written.
    pub keys: String,
    /// The action's name, or "none" to free the keys.
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
    #[error("{origin}: there is no action \"{name}\"; the nearest is \"{nearest}\".")]
    Action {
        /// Where.
        origin: String,
        /// What was written.
        name: String,
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
}

/// The bindings of the table with `changes` made.
pub(super) fn build(changes: &[Remap]) -> Result<Vec<Binding>, Vec<KeymapError>> {
    let mut bindings = Vec::new();
    for entry in table::ENTRIES {
        for keys in entry.keys {
            bindings.push(Binding {
                context: entry.context,
                keys: chord::sequence(keys).map_err(|source| {
                    vec![KeymapError::Chord {
                        origin: "built-in keys".to_owned(),
                        source,
                    }]
                })?,
                action: entry.action,
            });
        }
    }
    let mut errors = Vec::new();
    let mut own: Vec<Vec<Chord>> = Vec::new();
    for change in changes {
        if let Err(error) = apply(change, &mut bindings, &mut own) {
            errors.push(error);
        }
    }
    if errors.is_empty() {
        Ok(bindings)
    } else {
        Err(errors)
    }
}

/// A change of the officer replaces a built-in binding of the same keys; two
/// changes on the same keys, or one that begins another binding, conflict.
fn apply(
    change: &Remap,
    bindings: &mut Vec<Binding>,
    own: &mut Vec<Vec<Chord>>,
) -> Result<(), KeymapError> {
    let origin = || change.origin.clone();
    let keys = chord::sequence(&change.keys).map_err(|source| KeymapError::Chord {
        origin: origin(),
        source,
    })?;
    let on_floor = |b: &Binding| b.context == Context::Floor;
    if change.action == "none" {
        bindings.retain(|b| !(on_floor(b) && b.keys == keys));
        return Ok(());
    }
    let entry = table::by_name(&change.action).ok_or_else(|| KeymapError::Action {
        origin: origin(),
        name: change
            .action
            .chars()
            .filter(char::is_ascii_graphic)
            .collect(),
        nearest: table::nearest_name(&change.action),
    })?;
    if !own.contains(&keys) {
        bindings.retain(|b| !(on_floor(b) && b.keys == keys));
    }
    let clash = bindings.iter().find(|b| {
        on_floor(b)
            && b.action != entry.action
            && (b.keys.starts_with(&keys) || keys.starts_with(&b.keys))
    });
    if let Some(old) = clash {
        return Err(KeymapError::Conflict {
            origin: origin(),
            keys: shown(&keys),
            new: entry.name,
            old: table::name_of(old.action),
            within: if old.keys == keys {
                String::new()
            } else {
                format!(" on {}", shown(&old.keys))
            },
        });
    }
    own.push(keys.clone());
    bindings.push(Binding {
        context: Context::Floor,
        keys,
        action: entry.action,
    });
    Ok(())
}
