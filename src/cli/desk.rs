//! The officer's own things around a console: the clipboard as configured, and
//! the drawer of what outlives it.
//!
//! Called by `console`. What can't be kept is said before the screen is taken.

use super::print;
use crate::config::Config;
use crate::config::words::Copying;
use crate::console::clipboard::Clipboard;
use crate::console::drawer::Drawer;
use crate::console::state::kept::Kept;
use crate::notify::{Clues, Multiplexers};

/// How texts are copied; none when that is off.
pub(super) fn clipboard(config: &Config) -> Option<Clipboard> {
    let set = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    let in_tmux = set("TMUX").is_some();
    let copying = config.console.copy.value;
    if copying == Copying::Off {
        return None;
    }
    let term = set("TERM").unwrap_or_default();
    Some(Clipboard {
        through: Multiplexers::read(Clues {
            tmux: in_tmux,
            sty: set("STY").is_some(),
            term: &term,
            ..Clues::default()
        }),
        tmux: in_tmux && copying == Copying::Auto,
    })
}

/// The drawer for `hub`, a word that tells it from others.
pub(super) fn drawer(config: &Config, hub: &str) -> Option<(Drawer, Kept)> {
    let folder = config.state_dir()?.join("console");
    match Drawer::open(&folder, hub) {
        Ok(opened) => Some(opened),
        Err(error) => {
            print::aside(&error.to_string());
            None
        }
    }
}

/// The word for the hub of a configuration: its address, or where the floor of
/// this machine lies.
pub(super) fn hub(config: &Config) -> String {
    match (&config.link.hub, config.data_dir()) {
        (Some(hub), _) => hub.value.clone(),
        (None, Some(folder)) => format!("here:{}", folder.display()),
        (None, None) => "here".to_owned(),
    }
}
