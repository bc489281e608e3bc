//! Which themes there are and which is chosen: names only, the theme itself is
//! the view's.

use super::App;
use super::overlay::What;
use super::overlay::picker::Value;

/// The themes by name.
#[derive(Clone, Debug, Default)]
pub struct Themes {
    /// The chosen one; empty: whatever the console was started with.
    pub now: String,
    /// All that can be chosen.
    pub all: Vec<Named>,
    /// Where the configuration sets one, so that a choice holds only until the
    /// console closes.
    pub set_by: Option<String>,
}

/// A theme that can be chosen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    /// Its name.
    pub name: String,
    /// What it is for, in our words; for a file that is wrong, the sentence
    /// that says so.
    pub says: String,
    /// Whether it can be put on.
    pub is_right: bool,
}

impl Themes {
    fn is_right(&self, name: &str) -> bool {
        self.all
            .iter()
            .any(|theme| theme.name == name && theme.is_right)
    }
}

impl App {
    /// The theme that is to be seen: the one under the cursor of the picker of
    /// themes, else the chosen one.
    #[must_use]
    pub fn theme(&self) -> &str {
        let top = self.overlays.last().map(|overlay| &overlay.what);
        let tried = match top {
            Some(What::Picker(picker)) => picker.chosen().map(|choice| &choice.value),
            _ => None,
        };
        match tried {
            Some(Value::Theme(name)) if self.settings.themes.is_right(name) => name,
            _ => &self.settings.themes.now,
        }
    }
}
