//! Roles and the styles that themes give them.
//!
//! - [`role`]: what a piece of the screen means.
//! - [`mod@file`]: theme files (TOML), with errors by line; they may inherit.
//! - [`shelf`]: the themes that there are, by name.
//! - [`depth`]: true colour down to 256, 16 and none; [`glyphs`]: all signs
//!   down to ASCII.
//!
//! Knows nothing of widgets or state. Read by `console::view`.

pub mod depth;
mod file;
pub mod glyphs;
pub mod role;
pub mod shelf;

pub use depth::Depth;
pub use glyphs::Glyphs;
pub use role::Role;
pub use shelf::{Own, Shelf};

use ratatui::style::Style;

/// Built-in themes by name.
pub const BUILT_IN: [(&str, &str); 6] = [
    ("dark", include_str!("../../themes/dark.toml")),
    ("light", include_str!("../../themes/light.toml")),
    (
        "high-contrast",
        include_str!("../../themes/high-contrast.toml"),
    ),
    (
        "colour-blind",
        include_str!("../../themes/colour-blind.toml"),
    ),
    ("mono", include_str!("../../themes/mono.toml")),
    ("16", include_str!("../../themes/16.toml")),
];

/// A style for each role, reduced to the terminal's depth.
#[derive(Clone, Debug)]
pub struct Theme {
    styles: [Style; Role::ALL.len()],
}

/// Why a theme can't be used.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum ThemeError {
    /// There is no such theme.
    #[error("There is no theme \"{name}\"; there are {known}.")]
    Unknown {
        /// What was written.
        name: String,
        /// The names that there are.
        known: String,
    },
    /// The file is not a theme.
    #[error("{file}:{line}: {says}.")]
    Form {
        /// The file.
        file: String,
        /// The line, from 1.
        line: usize,
        /// What is wrong.
        says: String,
    },
    /// A role that does not exist.
    #[error("{file}:{line}: there is no role \"{role}\"; the nearest is \"{nearest}\".")]
    Role {
        /// The file.
        file: String,
        /// The line, from 1.
        line: usize,
        /// What was written.
        role: String,
        /// What was perhaps meant.
        nearest: &'static str,
    },
    /// A colour that is none.
    #[error(
        "{file}:{line}: \"{colour}\" is not a colour; write #rrggbb, a name like light-red, or default."
    )]
    Colour {
        /// The file.
        file: String,
        /// The line, from 1.
        line: usize,
        /// What was written.
        colour: String,
    },
    /// The theme it inherits from is not there.
    #[error("{file}:{line}: there is no theme \"{from}\" to inherit from; there are {known}.")]
    Inherits {
        /// The file.
        file: String,
        /// The line, from 1.
        line: usize,
        /// What was written.
        from: String,
        /// The names that there are.
        known: String,
    },
    /// Themes inherit from each other in a ring.
    #[error("{file}:{line}: inheriting from \"{from}\" leads back to this theme.")]
    Ring {
        /// The file.
        file: String,
        /// The line, from 1.
        line: usize,
        /// What was written.
        from: String,
    },
}

impl Theme {
    /// A built-in theme, reduced to `depth`.
    ///
    /// # Errors
    /// [`ThemeError::Unknown`].
    pub fn built_in(name: &str, depth: Depth) -> Result<Self, ThemeError> {
        Shelf::new(Vec::new(), depth).theme(name)
    }

    /// A theme from the text of a file called `name`, reduced to `depth`; it may
    /// inherit from the built-in ones.
    ///
    /// # Errors
    /// What is wrong with the file, with its line.
    pub fn read(text: &str, name: &str, depth: Depth) -> Result<Self, ThemeError> {
        let shelf = Shelf::new(Vec::new(), depth);
        Self::resolved(text, name, &shelf, &mut Vec::new()).map(|theme| theme.reduced(depth))
    }

    /// A theme with what it inherits. `heirs` are the names on the way here.
    fn resolved(
        text: &str,
        file: &str,
        shelf: &Shelf,
        heirs: &mut Vec<String>,
    ) -> Result<Self, ThemeError> {
        let read = file::read(text, file)?;
        let mut styles = [Style::new(); Role::ALL.len()];
        if let Some((from, line)) = read.inherits {
            if heirs.contains(&from) {
                return Err(ThemeError::Ring {
                    file: file.to_owned(),
                    line,
                    from: shelf::graphic(&from),
                });
            }
            let Some((parent, text)) = shelf.text(&from) else {
                let names: Vec<&str> = shelf.names().collect();
                return Err(ThemeError::Inherits {
                    file: file.to_owned(),
                    line,
                    from: shelf::graphic(&from),
                    known: names.join(", "),
                });
            };
            heirs.push(from);
            styles = Self::resolved(&text, &parent, shelf, heirs)?.styles;
        }
        for (role, style) in read.styles {
            styles[role as usize] = style;
        }
        Ok(Self { styles })
    }

    /// The theme as a terminal of `depth` can show it.
    fn reduced(self, depth: Depth) -> Self {
        let ground = self.styles[Role::Text as usize].bg;
        let styles = self.styles.map(|style| depth::reduce(style, depth, ground));
        Self { styles }
    }

    /// The style of a role. Colours that it leaves open are those beneath.
    #[must_use]
    pub fn style(&self, role: Role) -> Style {
        self.styles[role as usize]
    }
}
