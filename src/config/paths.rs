//! Where the configuration and the data lie when nobody says otherwise.
//!
//! XDG's folders on Linux, the system's own elsewhere. Makes nothing.

use std::path::{Path, PathBuf};

use directories::ProjectDirs;

/// The variable that names the configuration file.
pub const CONFIG_VARIABLE: &str = "WATCHFLOOR_CONFIG";

/// The configuration file: `WATCHFLOOR_CONFIG`, or `watchfloor/config.toml` in
/// the user's configuration folder. `bool`: whether somebody named it, so that
/// its absence is an error.
#[must_use]
pub fn config_file() -> Option<(PathBuf, bool)> {
    if let Some(named) = std::env::var_os(CONFIG_VARIABLE).filter(|name| !name.is_empty()) {
        return Some((named.into(), true));
    }
    project().map(|dirs| (dirs.config_dir().join("config.toml"), false))
}

/// Where the officer's own themes lie: `themes` beside the configuration file
/// that is named, or else beside where the user's own would be.
#[must_use]
pub fn themes_dir(file: Option<&Path>) -> Option<PathBuf> {
    let file = file
        .map(Path::to_owned)
        .or_else(|| Some(config_file()?.0))?;
    Some(file.parent()?.join("themes"))
}

/// The file that remembers which theme was last chosen; none without a home
/// folder.
#[must_use]
pub fn theme_file() -> Option<PathBuf> {
    project().map(|dirs| dirs.data_dir().join("theme"))
}

/// The user's folder for the hub's data; none without a home folder.
#[must_use]
pub fn data_dir() -> Option<PathBuf> {
    project().map(|dirs| dirs.data_dir().to_owned())
}

/// The user's folder for what the program remembers by itself; none without a
/// home folder.
#[must_use]
pub fn state_dir() -> Option<PathBuf> {
    let dirs = project()?;
    let state = dirs.state_dir().unwrap_or_else(|| dirs.data_local_dir());
    Some(state.to_owned())
}

/// The user's folder for tokens; none without a home folder.
#[must_use]
pub fn tokens_dir() -> Option<PathBuf> {
    project().map(|dirs| dirs.config_dir().join("tokens"))
}

/// The user's folder for what can be found out again; none without a home
/// folder.
#[must_use]
pub fn cache_dir() -> Option<PathBuf> {
    project().map(|dirs| dirs.cache_dir().to_owned())
}

fn project() -> Option<ProjectDirs> {
    ProjectDirs::from("", "", "watchfloor")
}
