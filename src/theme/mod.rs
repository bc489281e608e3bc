//! Roles and the styles that themes give them.

pub mod depth;

pub use depth::Depth;

/// A theme, reduced to the terminal's depth.
#[derive(Clone, Debug)]
pub struct Theme;

/// Why a theme can't be used.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum ThemeError {
    /// There is no such theme.
    #[error("There is no theme \"{0}\"; built in are dark, light and mono.")]
    Unknown(String),
}

impl Theme {
    /// A built-in theme, reduced to `depth`.
    ///
    /// # Errors
    /// [`ThemeError::Unknown`].
    pub fn built_in(name: &str, _depth: Depth) -> Result<Self, ThemeError> {
        match name {
            "dark" | "light" | "mono" => Ok(Self),
            _ => Err(ThemeError::Unknown(name.to_owned())),
        }
    }
}
