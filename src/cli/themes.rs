//! Which themes a console has, and which it starts with: those that are built
//! in, the files in `themes/` beside the configuration, the one that the
//! configuration names, the one that was last chosen.
//!
//! Called by `console`. A file of the officer's own that is wrong keeps only
//! itself from being chosen, unless the configuration names it.

use std::fs;
use std::path::{Path, PathBuf};

use crate::config::{Config, paths};
use crate::console::state::themes::{Named, Themes};
use crate::console::worn::{Worn, remembered};
use crate::theme::{Depth, Own, Shelf};

/// The theme that stands for "the one that was last chosen".
const LAST: &str = "last";
/// The one that there is before anybody chose.
const FIRST: &str = "dark";
/// Bytes of a theme file at the most; the built-in ones have under 3,000.
const LARGEST: u64 = 64 * 1024;

/// The theme that is on, and the names for the picker.
///
/// # Errors
/// A sentence with its place: the configured theme is not there or wrong.
pub(super) fn of(config: &Config, depth: Depth) -> Result<(Worn, Themes), String> {
    let named = &config.console.theme;
    let place = |says: String| format!("{}: {says}", named.origin);
    let mut own = paths::themes_dir(config.file.as_deref())
        .map(|folder| files(&folder))
        .unwrap_or_default();
    let is_file = Path::new(&named.value)
        .extension()
        .is_some_and(|end| end == "toml");
    if is_file {
        let text = read(Path::new(&named.value))
            .map_err(|error| place(format!("The theme {} can't be read: {error}.", named.value)))?;
        own.push(Own {
            name: named.value.clone(),
            file: named.value.clone(),
            text,
        });
    }
    let shelf = Shelf::new(own, depth);
    let file = paths::theme_file();
    let all: Vec<Named> = shelf.names().map(|name| described(&shelf, name)).collect();
    let is_right = |name: &String| {
        all.iter()
            .any(|theme| theme.name == *name && theme.is_right)
    };
    let (now, set_by) = if named.value == LAST {
        let last = file.as_deref().and_then(remembered).filter(is_right);
        (last.unwrap_or_else(|| FIRST.to_owned()), None)
    } else {
        (named.value.clone(), Some(named.origin.to_string()))
    };
    let worn = Worn::new(&now, shelf, file).map_err(|error| match error {
        error @ crate::theme::ThemeError::Unknown { .. } => place(error.to_string()),
        error => error.to_string(),
    })?;
    Ok((worn, Themes { now, all, set_by }))
}

/// What is wrong with the officer's own theme files, each with its place; the
/// console only leaves such a theme out of the choice.
pub(super) fn problems(config: &Config) -> Vec<String> {
    let Some(folder) = paths::themes_dir(config.file.as_deref()) else {
        return Vec::new();
    };
    let own = files(&folder).into_iter().map(|own| Own {
        file: folder
            .join(format!("{}.toml", own.name))
            .display()
            .to_string(),
        ..own
    });
    let shelf = Shelf::new(own.collect(), Depth::True);
    shelf
        .names()
        .filter(|name| shelf.is_own(name))
        .filter_map(|name| shelf.theme(name).err())
        .map(|error| error.to_string())
        .collect()
}

/// The theme files of a folder, by name. One that can't be read is left out.
fn files(folder: &Path) -> Vec<Own> {
    let Ok(entries) = fs::read_dir(folder) else {
        return Vec::new();
    };
    let mut paths: Vec<PathBuf> = entries
        .filter_map(Result::ok)
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|end| end == "toml"))
        .collect();
    paths.sort();
    paths
        .iter()
        .filter_map(|path| {
            Some(Own {
                name: path.file_stem()?.to_str()?.to_owned(),
                // Short, so that the line and what is wrong are seen in the picker.
                file: format!("themes/{}", path.file_name()?.to_str()?),
                text: read(path).ok()?,
            })
        })
        .collect()
}

fn read(path: &Path) -> std::io::Result<String> {
    if fs::metadata(path)?.len() > LARGEST {
        return Err(std::io::Error::other("it is too large for a theme"));
    }
    fs::read_to_string(path)
}

fn described(shelf: &Shelf, name: &str) -> Named {
    let (says, is_right) = match (shelf.theme(name), shelf.is_own(name)) {
        (Err(error), _) => (error.to_string(), false),
        (Ok(_), true) => ("your own".to_owned(), true),
        (Ok(_), false) => (purpose(name).to_owned(), true),
    };
    Named {
        name: name.to_owned(),
        says,
        is_right,
    }
}

/// What a built-in theme is for.
fn purpose(name: &str) -> &'static str {
    match name {
        "dark" => "for dark rooms",
        "light" => "for bright rooms",
        "high-contrast" => "black, white, bold and reverse only",
        "colour-blind" => "Okabe and Ito's colours",
        "mono" => "no colour at all",
        "16" => "the terminal's own sixteen colours",
        _ => "",
    }
}
