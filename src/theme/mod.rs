//! Roles and the styles that themes give them.
//!
//! - [`role`]: what a piece of the screen means.
//! - [`mod@file`]: theme files (TOML), with errors by line; they may inherit.
//! - [`depth`]: true colour down to 256, 16 and none; [`glyphs`]: all signs
//!   down to ASCII.
//!
//! Knows nothing of widgets or state. Read by `console::view`.

pub mod depth;
mod file;
pub mod glyphs;
pub mod role;

pub use depth::Depth;
pub use glyphs::Glyphs;
pub use role::Role;

use ratatui::style::Style;

/// Built-in themes by name.
pub const BUILT_IN: [(&str, &str); 3] = [
    ("dark", include_str!("../../themes/dark.toml")),
    ("light", include_str!("../../themes/light.toml")),
    ("mono", include_str!("../../themes/mono.toml")),
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
    #[error("There is no theme \"{0}\"; built in are dark, light and mono.")]
    Unknown(String),
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
    /// The theme it inherits from is not built in.
    #[error("{file}:{line}: a theme inherits from dark, light or mono, not from \"{from}\".")]
    Inherits {
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
        let shown = || name.chars().filter(char::is_ascii_graphic).collect();
        let (name, text) = BUILT_IN
            .iter()
            .find(|(known, _)| *known == name)
            .ok_or_else(|| ThemeError::Unknown(shown()))?;
        Self::read(text, &format!("themes/{name}.toml"), depth)
    }

    /// A theme from the text of a file called `name`, reduced to `depth`.
    ///
    /// # Errors
    /// What is wrong with the file, with its line.
    pub fn read(text: &str, name: &str, depth: Depth) -> Result<Self, ThemeError> {
        let read = file::read(text, name)?;
        let mut styles = [Style::new(); Role::ALL.len()];
        if let Some((from, line)) = read.inherits {
            let parent = Self::built_in(&from, Depth::True).map_err(|_| ThemeError::Inherits {
                file: name.to_owned(),
                line,
                from: from.chars().filter(char::is_ascii_graphic).collect(),
            })?;
            styles = parent.styles;
        }
        for (role, style) in read.styles {
            styles[role as usize] = style;
        }
        let ground = styles[Role::Text as usize].bg;
        let styles = styles.map(|style| depth::reduce(style, depth, ground));
        Ok(Self { styles })
    }

    /// The style of a role. Colours that it leaves open are those beneath.
    #[must_use]
    pub fn style(&self, role: Role) -> Style {
        self.styles[role as usize]
    }
}
