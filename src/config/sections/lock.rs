//! `hub.lock_ceiling` and the lock's keys under `[console]`: when a console
//! hides the floor, and what shows it again.

use std::time::Duration;

use super::super::layers::Node;
use super::super::origin::Located;
use super::super::read::Section;
use super::super::value::{Kind, Wrong, duration, expect, spell, text};

/// The shortest and the longest time without a key.
const SHORTEST: Duration = Duration::from_mins(1);
const LONGEST: Duration = Duration::from_hours(24);

/// When a console locks by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LockAfter {
    /// After so long without a key.
    Span(Duration),
    /// Never.
    Never,
}

impl LockAfter {
    /// What nobody changed: ten minutes.
    #[must_use]
    pub fn usual() -> Self {
        Self::Span(Duration::from_mins(10))
    }

    /// The time; none for never.
    #[must_use]
    pub fn span(self) -> Option<Duration> {
        match self {
            Self::Span(span) => Some(span),
            Self::Never => None,
        }
    }
}

impl Kind for LockAfter {
    fn read(node: &Node) -> Result<Self, Vec<Wrong>> {
        let after = text(node).and_then(|word| match word {
            "never" => Some(Self::Never),
            word => duration(word)
                .filter(|span| (SHORTEST..=LONGEST).contains(span))
                .map(Self::Span),
        });
        let expects = "\"never\" or a time from \"1m\" to \"24h\" such as \"10m\"";
        expect(after, node, expects)
    }

    fn show(&self) -> String {
        match self {
            Self::Span(span) => format!("\"{}\"", spell(*span)),
            Self::Never => "\"never\"".into(),
        }
    }
}

/// `lock_command`, which names a program at least.
pub(super) fn command(s: &mut Section<'_>) -> Option<Located<Vec<String>>> {
    let command: Option<Located<Vec<String>>> = s.maybe("lock_command");
    if let Some(argv) = &command
        && argv.value.first().is_none_or(String::is_empty)
    {
        let says = "console.lock_command names no program; leave it out, or write it as [\"program\", \"argument\"].";
        s.wrong(argv.origin.clone(), says.into());
    }
    command
}
