//! What was entered before, for the arrows in a line and the top of the
//! palette. Bounded; what may be personal is not kept over a restart.

use serde::{Deserialize, Serialize};

/// Lines of a sort that are kept.
const KEPT: usize = 200;
/// The longest line that is kept, bytes.
const LONGEST: usize = 500;
/// Actions that count as used of late.
const RECENT: usize = 12;

/// Lines of one sort, oldest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lines {
    lines: Vec<Entered>,
}

/// One line, and whether it may be written to the disk.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Entered {
    text: String,
    lasting: bool,
}

impl Lines {
    /// Lines of an earlier run.
    #[must_use]
    pub fn of(lines: Vec<String>) -> Self {
        let mut kept = Self::default();
        for line in lines {
            kept.add(&line, true);
        }
        kept
    }

    /// Remembers a line as the newest; `lasting` over a restart too.
    pub fn add(&mut self, line: &str, lasting: bool) {
        let text = line.trim();
        if text.is_empty() || text.len() > LONGEST || text.chars().any(char::is_control) {
            return;
        }
        self.lines.retain(|known| known.text != text);
        self.lines.push(Entered {
            text: text.to_owned(),
            lasting,
        });
        if self.lines.len() > KEPT {
            self.lines.remove(0);
        }
    }

    /// The lines that begin so, newest first.
    pub fn beginning(&self, typed: &str) -> impl Iterator<Item = &str> {
        self.lines
            .iter()
            .rev()
            .map(|line| line.text.as_str())
            .filter(move |line| line.starts_with(typed) && *line != typed)
    }

    /// Those that may be written to the disk, oldest first.
    #[must_use]
    pub fn lasting(&self) -> Vec<String> {
        let lasting = self.lines.iter().filter(|line| line.lasting);
        lasting.map(|line| line.text.clone()).collect()
    }
}

/// What was entered and used before.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Recall {
    /// `:` lines.
    pub commands: Lines,
    /// Filters.
    pub filters: Lines,
    /// Words that were searched for: they may be people's names, so they end
    /// with the console.
    pub searches: Lines,
    /// Names of actions that were used from the palette, newest first.
    recent: Vec<String>,
}

/// What of it outlives the console.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptLines {
    /// `:` lines, oldest first.
    #[serde(default)]
    pub commands: Vec<String>,
    /// Filters, oldest first.
    #[serde(default)]
    pub filters: Vec<String>,
    /// Names of actions, newest first.
    #[serde(default)]
    pub recent: Vec<String>,
}

impl Recall {
    /// What an earlier run left.
    #[must_use]
    pub fn of(kept: KeptLines) -> Self {
        let mut recent = kept.recent;
        recent.truncate(RECENT);
        Self {
            commands: Lines::of(kept.commands),
            filters: Lines::of(kept.filters),
            searches: Lines::default(),
            recent,
        }
    }

    /// An action was used.
    pub fn used(&mut self, name: &str) {
        self.recent.retain(|known| known != name);
        self.recent.insert(0, name.to_owned());
        self.recent.truncate(RECENT);
    }

    /// Where among the actions used of late a name stands; none further back.
    #[must_use]
    pub fn recency(&self, name: &str) -> Option<usize> {
        self.recent.iter().position(|known| known == name)
    }

    /// What outlives the console.
    #[must_use]
    pub fn kept(&self) -> KeptLines {
        KeptLines {
            commands: self.commands.lasting(),
            filters: self.filters.lasting(),
            recent: self.recent.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_recalled_newest_first_by_their_beginning() {
        let mut lines = Lines::default();
        for line in ["snooze 30m", "take", "snooze 4h", "take"] {
            lines.add(line, true);
        }
        let snoozes: Vec<&str> = lines.beginning("sn").collect();
        assert_eq!(snoozes, ["snooze 4h", "snooze 30m"]);
        assert_eq!(lines.beginning("").next(), Some("take"));
        assert_eq!(lines.lasting().len(), 3);
    }

    #[test]
    fn what_is_not_lasting_or_too_much_is_not_kept() {
        let mut lines = Lines::default();
        lines.add("note call 555-0117", false);
        lines.add(&"x".repeat(LONGEST + 1), true);
        lines.add("a\u{1b}[31m", true);
        assert_eq!(lines.beginning("").count(), 1);
        assert!(lines.lasting().is_empty());
        for n in 0..KEPT + 5 {
            lines.add(&format!("line {n}"), true);
        }
        assert_eq!(lines.lasting().len(), KEPT);
    }
}
