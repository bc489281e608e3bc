//! The themes that can be chosen by name: those that are built in and the
//! officer's own, which may inherit from each other.
//!
//! Holds texts; reading files is the caller's.

use super::{BUILT_IN, Depth, Theme, ThemeError};

/// Themes by name, for a terminal of a depth.
#[derive(Clone, Debug)]
pub struct Shelf {
    own: Vec<Own>,
    depth: Depth,
}

/// A theme of the officer's own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Own {
    /// What it is called: the file's name without ".toml", or the path.
    pub name: String,
    /// The file, for errors.
    pub file: String,
    /// What is in it.
    pub text: String,
}

impl Shelf {
    /// The built-in themes, and these.
    #[must_use]
    pub fn new(own: Vec<Own>, depth: Depth) -> Self {
        Self { own, depth }
    }

    /// Every name, built-in ones first; an own one of the same name replaces a
    /// built-in one.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        let built_in = BUILT_IN.iter().map(|(name, _)| *name);
        let own = self.own.iter().map(|own| own.name.as_str());
        let is_new = |name: &&str| !BUILT_IN.iter().any(|(known, _)| known == name);
        built_in.chain(own.filter(is_new))
    }

    /// Whether a theme is the officer's own.
    #[must_use]
    pub fn is_own(&self, name: &str) -> bool {
        self.own.iter().any(|own| own.name == name)
    }

    /// A theme by its name, reduced to the terminal's depth.
    ///
    /// # Errors
    /// [`ThemeError::Unknown`], or what is wrong with the file, with its line.
    pub fn theme(&self, name: &str) -> Result<Theme, ThemeError> {
        let (file, text) = self.text(name).ok_or_else(|| {
            let names: Vec<&str> = self.names().collect();
            ThemeError::Unknown {
                name: graphic(name),
                known: names.join(", "),
            }
        })?;
        Theme::resolved(&text, &file, self, &mut vec![name.to_owned()])
            .map(|theme| theme.reduced(self.depth))
    }

    /// File and text of a theme.
    pub(super) fn text(&self, name: &str) -> Option<(String, String)> {
        let own = self.own.iter().find(|own| own.name == name);
        own.map(|own| (own.file.clone(), own.text.clone()))
            .or_else(|| {
                let (name, text) = BUILT_IN.iter().find(|(known, _)| *known == name)?;
                Some((format!("themes/{name}.toml"), (*text).to_owned()))
            })
    }
}

/// What of a typed name may be shown.
pub(super) fn graphic(name: &str) -> String {
    name.chars().filter(char::is_ascii_graphic).collect()
}
