//! Keys as data: one table of actions with name, keys, help, context and group
//! makes the keys, the help, the footer, the `:` names and the README's table.
//!
//! - [`chord`]: one key and how it is written.
//! - [`table`]: the table; [`context`]: where its keys hold.
//! - [`preset`]: other sets of keys for the same actions.
//! - [`remap`]: an officer's changes to it, with their errors.
//! - [`mod@print`]: the table on paper: text, Markdown, JSON.
//!
//! Pure; called by `update` (what does this key mean?) and `view` (which keys
//! are there?).

pub mod chord;
mod context;
pub mod preset;
pub mod print;
pub mod remap;
pub mod table;

pub use chord::{Chord, Key};
pub use context::{Context, Group};
pub use preset::Preset;
pub use remap::{KeymapError, Remap};
pub use table::Entry;

use super::action::Action;

/// The keys in force.
#[derive(Clone, Debug)]
pub struct Keymap {
    bindings: Vec<Binding>,
}

/// One sequence of keys in one context.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Binding {
    /// Where it holds.
    pub context: Context,
    /// The keys, one after the other.
    pub keys: Vec<Chord>,
    /// What they mean.
    pub action: Action,
    /// Whether the officer's configuration says so, and not the preset.
    pub own: bool,
}

impl Binding {
    /// Whether the two can't both be: the same keys, or one begins the other.
    #[must_use]
    pub fn clashes(&self, other: &Self) -> bool {
        self.context == other.context
            && (self.keys.starts_with(&other.keys) || other.keys.starts_with(&self.keys))
    }
}

/// What the keys pressed so far mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Meaning {
    /// Nothing begins so.
    Nothing,
    /// More has to come.
    Begun,
    /// This.
    Is(Action),
}

impl Default for Keymap {
    fn default() -> Self {
        Self::with(&[]).expect("the built-in table has good chords and no conflicts (tested)")
    }
}

impl Keymap {
    /// The built-in table with an officer's changes.
    ///
    /// # Errors
    /// Every change that can't be made, each a sentence with its place.
    pub fn with(changes: &[Remap]) -> Result<Self, Vec<KeymapError>> {
        Self::of(Preset::Vim, changes)
    }

    /// A preset with an officer's changes.
    ///
    /// # Errors
    /// Every change that can't be made, each a sentence with its place.
    pub fn of(preset: Preset, changes: &[Remap]) -> Result<Self, Vec<KeymapError>> {
        remap::build(preset.bindings(), changes).map(|bindings| Self { bindings })
    }

    /// What can follow the keys pressed so far: the next key, and what it means
    /// or, when more has to come after it, none. In the table's order.
    #[must_use]
    pub fn continuations(&self, context: Context, begun: &[Chord]) -> Vec<(Chord, Option<Action>)> {
        let mut next: Vec<(Chord, Option<Action>)> = Vec::new();
        for binding in self.bindings.iter().filter(|b| b.context == context) {
            let Some((key, rest)) = binding
                .keys
                .strip_prefix(begun)
                .and_then(|rest| rest.split_first())
            else {
                continue;
            };
            if next.iter().all(|(known, _)| known != key) {
                next.push((*key, rest.is_empty().then_some(binding.action)));
            }
        }
        next
    }

    /// Whether an officer's own configuration changed the keys of an action.
    #[must_use]
    pub fn is_own(&self, context: Context, action: Action) -> bool {
        self.bindings
            .iter()
            .any(|b| b.own && b.context == context && b.action == action)
    }

    /// What `keys` mean in `context`.
    #[must_use]
    pub fn meaning(&self, context: Context, keys: &[Chord]) -> Meaning {
        let mut begun = false;
        for binding in self.bindings.iter().filter(|b| b.context == context) {
            if binding.keys == keys {
                return Meaning::Is(binding.action);
            }
            begun |= binding.keys.starts_with(keys);
        }
        if begun {
            Meaning::Begun
        } else {
            Meaning::Nothing
        }
    }

    /// All bindings.
    #[must_use]
    pub fn bindings(&self) -> &[Binding] {
        &self.bindings
    }

    /// The keys of an action as they are shown ("j ↓"), empty when it has none.
    #[must_use]
    pub fn shown(&self, context: Context, action: Action) -> String {
        let keys: Vec<String> = self
            .bindings
            .iter()
            .filter(|b| b.context == context && b.action == action)
            .map(|b| shown(&b.keys))
            .collect();
        keys.join(" ")
    }

    /// The key of an action that needs no habit to find: an arrow or a named key
    /// before a letter, as it is shown.
    #[must_use]
    pub fn simplest(&self, context: Context, action: Action) -> Option<String> {
        let bound = |b: &&Binding| b.context == context && b.action == action;
        let mut all = self.bindings.iter().filter(bound);
        let named = all.find(|b| b.keys.len() == 1 && b.keys[0].written().is_none());
        let first = self.bindings.iter().find(bound);
        named.or(first).map(|b| shown(&b.keys))
    }

    /// The first key of an action as it is shown, for the footer.
    #[must_use]
    pub fn first(&self, context: Context, action: Action) -> Option<String> {
        self.bindings
            .iter()
            .find(|b| b.context == context && b.action == action)
            .map(|b| shown(&b.keys))
    }
}

/// A sequence as it is shown: letters together, named keys apart.
#[must_use]
pub fn shown(keys: &[Chord]) -> String {
    let words: Vec<String> = keys.iter().map(Chord::to_string).collect();
    let short = words.iter().all(|word| word.chars().count() == 1);
    words.join(if short { "" } else { " " })
}

/// The README's table of keys.
#[must_use]
pub fn table_markdown() -> String {
    print::markdown(&Keymap::default())
}

#[cfg(test)]
mod tests;
