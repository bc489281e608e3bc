//! Which way was seen on which terminal: what `check notify` was told.
//!
//! One small file of the officer's own (mode 0600), JSON: `{"terminals":
//! {"HOST|TERM|…": "osc777"}}`. A file that can't be read counts as empty: the
//! officer is asked again, and is called meanwhile as it suits.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::method::Method;

/// The name of the file in the folder of what is remembered.
pub const FILE: &str = "notices.json";

/// Terminals that are remembered; the file stays small whatever logs in.
const MOST: usize = 200;

#[derive(Debug, Default, Serialize, Deserialize)]
struct Remembered {
    #[serde(default)]
    terminals: BTreeMap<String, Method>,
}

/// The way that was seen on `terminal`.
#[must_use]
pub fn seen(file: &Path, terminal: &str) -> Option<Method> {
    read(file).terminals.get(terminal).copied()
}

/// Remembers what was seen on `terminal`; none forgets.
///
/// # Errors
/// When the file can't be written.
pub fn remember(file: &Path, terminal: &str, method: Option<Method>) -> io::Result<()> {
    let mut all = read(file);
    all.terminals.remove(terminal);
    if let Some(method) = method {
        while all.terminals.len() >= MOST {
            all.terminals.pop_first();
        }
        all.terminals.insert(terminal.to_owned(), method);
    }
    let text = serde_json::to_vec_pretty(&all)?;
    write(file, &text)
}

fn read(file: &Path) -> Remembered {
    let text = std::fs::read(file).unwrap_or_default();
    serde_json::from_slice(&text).unwrap_or_default()
}

/// Whole or not at all: a console may be starting just now.
fn write(file: &Path, text: &[u8]) -> io::Result<()> {
    if let Some(folder) = file.parent() {
        std::fs::create_dir_all(folder)?;
    }
    let beside = file.with_extension(format!("new-{}", std::process::id()));
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    let written = options
        .open(&beside)
        .and_then(|mut out| out.write_all(text))
        .and_then(|()| std::fs::rename(&beside, file));
    if written.is_err() {
        // It may never have been made.
        drop(std::fs::remove_file(&beside));
    }
    written
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_seen_is_remembered_for_each_terminal() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("below").join(FILE);
        assert_eq!(seen(&file, "foot"), None);
        remember(&file, "foot", Some(Method::Osc777)).expect("is written");
        remember(&file, "iterm2", Some(Method::Osc9)).expect("is written");
        assert_eq!(seen(&file, "foot"), Some(Method::Osc777));
        assert_eq!(seen(&file, "iterm2"), Some(Method::Osc9));
        remember(&file, "foot", None).expect("is written");
        assert_eq!(seen(&file, "foot"), None);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = std::fs::metadata(&file).expect("is there").permissions();
            assert_eq!(mode.mode() & 0o777, 0o600);
        }
        let left = std::fs::read_dir(folder.path().join("below")).expect("a folder");
        assert_eq!(left.count(), 1, "nothing is left beside it");
    }

    #[test]
    fn a_spoiled_file_is_an_empty_one_and_the_file_stays_small() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join(FILE);
        std::fs::write(&file, "{\"terminals\": {\"foot\": \"smoke\"").expect("is written");
        assert_eq!(seen(&file, "foot"), None);
        for n in 0..MOST + 5 {
            remember(&file, &n.to_string(), Some(Method::Bell)).expect("is written");
        }
        assert_eq!(read(&file).terminals.len(), MOST);
    }
}
