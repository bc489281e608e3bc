//! Presets: whole sets of keys for habits of other programs.
//!
//! A preset is a file that names actions with their keys; what it does not name
//! has the keys of the table, which are those of `vim`. A file may take an
//! action's keys away with an empty list; it still has its `:` name and its
//! place in the palette. The built-in files are tested for conflicts.

use std::collections::BTreeMap;

use super::Binding;
use super::chord;
use super::table;

/// A set of keys that is built in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Preset {
    /// The habit of vim, k9s and lazygit.
    #[default]
    Vim,
    /// Arrows and named keys, letters by their verbs, no sequences to learn.
    Plain,
    /// The habit of srepd.
    Srepd,
    /// The habit of mutt.
    Mutt,
}

impl Preset {
    /// Every preset.
    pub const ALL: [Self; 4] = [Self::Vim, Self::Plain, Self::Srepd, Self::Mutt];

    /// Its name in the configuration.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Vim => "vim",
            Self::Plain => "plain",
            Self::Srepd => "srepd",
            Self::Mutt => "mutt",
        }
    }

    /// The preset of a name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|preset| preset.name() == name)
    }

    fn source(self) -> &'static str {
        match self {
            Self::Vim => "",
            Self::Plain => include_str!("presets/plain.toml"),
            Self::Srepd => include_str!("presets/srepd.toml"),
            Self::Mutt => include_str!("presets/mutt.toml"),
        }
    }

    /// What it says of each action that it names.
    fn words(self) -> BTreeMap<String, Vec<String>> {
        toml::from_str(self.source()).expect("the built-in presets are good TOML (tested)")
    }

    /// Its bindings: in the table's order, so that help and footer keep theirs.
    pub(super) fn bindings(self) -> Vec<Binding> {
        let words = self.words();
        let mut named = Vec::new();
        let mut kept = Vec::new();
        for (place, entry) in table::ENTRIES.iter().enumerate() {
            let bound = |keys: &str| Binding {
                context: entry.context,
                keys: chord::sequence(keys).expect("built-in keys are chords (tested)"),
                action: entry.action,
                own: false,
            };
            match words.get(entry.name) {
                Some(keys) => named.extend(keys.iter().map(|keys| (place, bound(keys)))),
                None => kept.extend(entry.keys.iter().map(|keys| (place, bound(keys)))),
            }
        }
        // A key that the preset gives away is the table's no more.
        kept.retain(|(_, kept)| !named.iter().any(|(_, named)| kept.clashes(named)));
        named.extend(kept);
        named.sort_by_key(|(place, _)| *place);
        named.into_iter().map(|(_, binding)| binding).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::console::keymap::Context;
    use crate::console::keymap::shown;

    #[test]
    fn every_name_in_a_preset_is_an_action() {
        for preset in Preset::ALL {
            for name in preset.words().keys() {
                let known = Context::ALL
                    .into_iter()
                    .any(|context| table::in_context(context, name).is_some());
                assert!(known, "{}: {name}", preset.name());
            }
            assert_eq!(Preset::named(preset.name()), Some(preset));
        }
    }

    #[test]
    fn no_preset_has_a_conflict_or_a_reserved_key() {
        for preset in Preset::ALL {
            let bindings = preset.bindings();
            for (i, a) in bindings.iter().enumerate() {
                assert!(a.keys.iter().all(|chord| !chord.is_reserved()));
                for b in &bindings[i + 1..] {
                    assert!(
                        !a.clashes(b),
                        "{}: {} is {} and {}",
                        preset.name(),
                        shown(&a.keys),
                        table::name_of(a.action),
                        table::name_of(b.action)
                    );
                }
            }
        }
    }

    /// What has no key in the table has none anywhere; all else has one, or is
    /// a choice by number that the list of views offers too.
    #[test]
    fn every_action_of_the_floor_has_a_key_in_every_preset() {
        for preset in Preset::ALL {
            let bindings = preset.bindings();
            for entry in table::ENTRIES.iter().filter(|entry| !entry.keys.is_empty()) {
                let bound = bindings
                    .iter()
                    .any(|b| b.context == entry.context && b.action == entry.action);
                assert!(
                    bound,
                    "{0}: {1} has no key; give it one in presets/{0}.toml",
                    preset.name(),
                    entry.name
                );
            }
        }
    }

    /// Every key can be typed on the layouts of our officers; on AZERTY digits
    /// want Shift and come as digits all the same.
    #[test]
    fn every_key_can_be_typed_on_azerty_and_qwertz() {
        let azerty = "&é\"'(-è_çà)=1234567890°+~#{[|`\\^@]}azertyuiopqsdfghjklmwxcvbn\
                      AZERTYUIOPQSDFGHJKLMWXCVBN$*ù,;:!?./§<> ";
        let qwertz = "^1234567890ß°!\"§$%&/()=?`²³{[]}\\@€qwertzuiopü+*~asdfghjklöä#'\
                      <>|yxcvbnm,;.:-_QWERTZUIOPASDFGHJKLYXCVBNM ";
        for preset in Preset::ALL {
            for binding in preset.bindings() {
                for key in binding.keys.iter().filter_map(|chord| chord.written()) {
                    assert!(azerty.contains(key), "{key} on AZERTY");
                    assert!(qwertz.contains(key), "{key} on QWERTZ");
                }
            }
        }
    }
}
