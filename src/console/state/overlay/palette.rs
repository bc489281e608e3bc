//! The palette: every action of the floor by name and help, narrowed by what is
//! typed, those used of late first.

use nucleo_matcher::pattern::{CaseMatching, Normalization, Pattern};
use nucleo_matcher::{Config, Matcher, Utf32Str};

use crate::console::keymap::table::{self, Entry};
use crate::console::state::edit::TextEdit;
use crate::console::state::recall::Recall;

/// The palette on top.
#[derive(Clone, Debug, PartialEq)]
pub struct Palette {
    /// What was typed.
    pub query: TextEdit,
    /// The entry under the cursor, among those that match.
    pub at: usize,
    /// The entries that match, the best first.
    pub matching: Vec<Match>,
}

/// An entry that matches.
#[derive(Clone, Debug)]
pub struct Match {
    /// It.
    pub entry: &'static Entry,
    /// Whether it was used of late.
    pub recent: bool,
}

impl PartialEq for Match {
    fn eq(&self, other: &Self) -> bool {
        self.entry.name == other.entry.name && self.recent == other.recent
    }
}

impl Palette {
    /// A palette with nothing typed.
    #[must_use]
    pub fn new(recall: &Recall) -> Self {
        let mut palette = Self {
            query: TextEdit::line(60),
            at: 0,
            matching: Vec::new(),
        };
        palette.narrow(recall);
        palette
    }

    /// Matches anew after a key; the cursor goes to the best.
    pub fn narrow(&mut self, recall: &Recall) {
        self.at = 0;
        self.matching = matching(&self.query.text(), recall);
    }

    /// The entry under the cursor.
    #[must_use]
    pub fn chosen(&self) -> Option<&'static Entry> {
        self.matching.get(self.at).map(|found| found.entry)
    }

    /// Moves the cursor.
    pub fn step(&mut self, by: isize) {
        let last = self.matching.len().saturating_sub(1);
        self.at = self.at.saturating_add_signed(by).min(last);
    }
}

/// Without words: those used of late, then the table. With words: the best
/// first, the more recently used among equals; a name counts double.
fn matching(query: &str, recall: &Recall) -> Vec<Match> {
    let found = |entry: &'static Entry| Match {
        entry,
        recent: recall.recency(entry.name).is_some(),
    };
    let recency = |name: &str| recall.recency(name).unwrap_or(usize::MAX);
    let query = query.trim();
    if query.is_empty() {
        let mut all: Vec<Match> = table::floor().map(found).collect();
        all.sort_by_key(|one| recency(one.entry.name));
        return all;
    }
    let mut matcher = Matcher::new(Config::DEFAULT);
    let pattern = Pattern::parse(query, CaseMatching::Ignore, Normalization::Smart);
    let mut buffer = Vec::new();
    let mut score = |text: &str| pattern.score(Utf32Str::new(text, &mut buffer), &mut matcher);
    let mut scored: Vec<(u32, Match)> = Vec::new();
    for entry in table::floor() {
        let both = format!("{} {}", entry.name, entry.help);
        let name = score(entry.name).map(|score| score * 2);
        if let Some(best) = name.max(score(&both)) {
            scored.push((best, found(entry)));
        }
    }
    scored.sort_by(|(a, x), (b, y)| {
        let recent = recency(x.entry.name).cmp(&recency(y.entry.name));
        b.cmp(a).then(recent)
    });
    scored.into_iter().map(|(_, found)| found).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn first(query: &str, recall: &Recall) -> &'static str {
        matching(query, recall).first().map_or("", |m| m.entry.name)
    }

    #[test]
    fn names_are_found_by_parts_and_by_what_they_do() {
        let recall = Recall::default();
        for (query, name) in [
            ("take", "take"),
            ("rslv", "resolve"),
            ("needs", "next-needs-me"),
            ("who watch", "watch"),
            ("suppr", "suppress"),
            ("colleagues", "note"),
        ] {
            assert_eq!(first(query, &recall), name, "{query}");
        }
        assert!(matching("qqqq", &recall).is_empty());
    }

    #[test]
    fn what_was_used_of_late_comes_first() {
        let mut recall = Recall::default();
        recall.used("reopen");
        recall.used("watch");
        let names: Vec<&str> = matching("", &recall)
            .iter()
            .map(|m| m.entry.name)
            .take(3)
            .collect();
        assert_eq!(names, ["watch", "reopen", "take"]);
        assert!(matching("", &recall)[0].recent);
        assert_eq!(matching("", &recall).len(), table::floor().count());
    }
}
