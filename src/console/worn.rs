//! The theme that is on, the others that could be, and the file that remembers
//! which one was chosen.
//!
//! Decides nothing: which theme is to be seen is the core's. Called by the
//! runtime, before each frame and when a choice is to be remembered.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::theme::{Depth, Shelf, Theme, ThemeError};

/// The theme that is on.
pub struct Worn {
    theme: Theme,
    name: String,
    shelf: Shelf,
    remembered_in: Option<PathBuf>,
}

impl Worn {
    /// A theme of the shelf. `remembered_in`: the file that keeps a choice over
    /// restarts; none where there is no place for one.
    ///
    /// # Errors
    /// [`ThemeError`] when the theme is not there or wrong.
    pub fn new(
        name: &str,
        shelf: Shelf,
        remembered_in: Option<PathBuf>,
    ) -> Result<Self, ThemeError> {
        Ok(Self {
            theme: shelf.theme(name)?,
            name: name.to_owned(),
            shelf,
            remembered_in,
        })
    }

    /// The theme itself.
    #[must_use]
    pub fn theme(&self) -> &Theme {
        &self.theme
    }

    /// Puts another on, unless it is on already.
    ///
    /// # Errors
    /// [`ThemeError`]; the one that was on stays on, and the next call with the
    /// same name is quiet.
    pub fn put_on(&mut self, name: &str) -> Result<(), ThemeError> {
        if name == self.name || name.is_empty() {
            return Ok(());
        }
        name.clone_into(&mut self.name);
        self.theme = self.shelf.theme(name)?;
        Ok(())
    }

    /// Writes down which theme was chosen.
    ///
    /// # Errors
    /// What the disk says.
    pub fn remember(&self, name: &str) -> io::Result<()> {
        let Some(file) = &self.remembered_in else {
            return Err(io::Error::other("there is no home folder"));
        };
        if let Some(folder) = file.parent() {
            fs::create_dir_all(folder)?;
        }
        // Whole or not at all: a reader never finds half a name.
        let fresh = file.with_extension("new");
        fs::write(&fresh, format!("{name}\n"))?;
        fs::rename(&fresh, file)
    }
}

/// The theme that a file remembers, if it does.
#[must_use]
pub fn remembered(file: &Path) -> Option<String> {
    let text = fs::read_to_string(file).ok()?;
    let name = text.trim();
    (!name.is_empty() && name.len() < 200).then(|| name.to_owned())
}

/// A theme with no others beside it, as tests have it.
impl From<Theme> for Worn {
    fn from(theme: Theme) -> Self {
        Self {
            theme,
            name: String::new(),
            shelf: Shelf::new(Vec::new(), Depth::Mono),
            remembered_in: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_choice_is_remembered_and_a_wrong_theme_leaves_the_old_one_on() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("console/theme");
        assert_eq!(remembered(&file), None);
        let shelf = Shelf::new(Vec::new(), Depth::True);
        let mut worn = Worn::new("light", shelf, Some(file.clone())).expect("is built in");
        worn.remember("light").expect("a disk");
        assert_eq!(remembered(&file).as_deref(), Some("light"));
        let before = worn.theme().style(crate::theme::Role::Text);
        assert!(worn.put_on("sepia").is_err());
        assert_eq!(worn.theme().style(crate::theme::Role::Text), before);
        assert!(worn.put_on("sepia").is_ok());
        worn.put_on("dark").expect("is built in");
        assert_ne!(worn.theme().style(crate::theme::Role::Text), before);
    }
}
