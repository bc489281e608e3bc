//! Terminals that answered before, so that the first frame already knows them:
//! on a slow line the answer comes after it.
//!
//! Owns one small file in the user's cache folder; a file that can't be read is
//! none, and one that can't be written is only logged.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::Path;

use super::probe::TerminalFacts;

/// Terminals that are remembered; the first by name go when there are more.
const REMEMBERED: usize = 64;

/// What was remembered under a name.
#[must_use]
pub fn recall(file: &Path, name: &str) -> Option<TerminalFacts> {
    read(file).remove(name)
}

/// Remembers a terminal that answered.
pub fn remember(file: &Path, name: &str, facts: &TerminalFacts) {
    let mut all = read(file);
    if all.get(name) == Some(facts) {
        return;
    }
    all.insert(name.to_owned(), facts.clone());
    while all.len() > REMEMBERED {
        all.pop_first();
    }
    if let Err(error) = write(file, &all) {
        tracing::debug!(%error, "The terminal could not be remembered.");
    }
}

fn read(file: &Path) -> BTreeMap<String, TerminalFacts> {
    let text = fs::read(file).unwrap_or_default();
    serde_json::from_slice(&text).unwrap_or_default()
}

/// Another console may do the same: a whole file takes the place of the last.
fn write(file: &Path, all: &BTreeMap<String, TerminalFacts>) -> io::Result<()> {
    if let Some(folder) = file.parent() {
        fs::create_dir_all(folder)?;
    }
    let new = file.with_extension(format!("{}.new", std::process::id()));
    fs::write(&new, serde_json::to_vec(all)?)?;
    fs::rename(&new, file)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_terminal_that_answered_is_known_next_time() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("cache/terminals.json");
        assert_eq!(recall(&file, "a"), None);
        let facts = TerminalFacts {
            name: Some("kitty".to_owned()),
            osc99: true,
            ..TerminalFacts::default()
        };
        remember(&file, "a", &facts);
        assert_eq!(recall(&file, "a"), Some(facts.clone()));
        assert_eq!(recall(&file, "b"), None);
        for n in 0..100 {
            remember(&file, &format!("b{n:03}"), &facts);
        }
        assert_eq!(read(&file).len(), REMEMBERED);
        fs::write(&file, "not JSON").expect("written");
        assert_eq!(recall(&file, "b099"), None);
    }
}
