//! What a notice says: counts in a fixed template, and the operator's own name
//! of a rule where both officer and administrator allow it.
//!
//! Pure. ASCII without control characters, at most [`BYTES`] bytes, and begins
//! with a letter: other text after OSC 9 means something else to some
//! terminals. A stranger's words have no way in here.

use crate::model::ids::RuleName;

/// The longest line, bytes.
pub const BYTES: usize = 80;

/// What a test of the ways says.
pub const TEST: &str = "watchfloor: this is a test";

/// What the last notice of an agent says whose alerts have ended.
pub const ENDED: &str = "watchfloor: the alerts have ended, nothing more will be shown";

/// More than anybody counts.
const MANY: usize = 9999;

/// How many of each need the officer: all that a notice may tell.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Critical and nobody's.
    pub criticals: usize,
    /// Mine.
    pub mine: usize,
    /// Escalations that nobody has.
    pub escalations: usize,
    /// What a rule calls for and nobody has.
    pub by_rule: usize,
    /// What nobody has and is due soon or late.
    pub due: usize,
}

impl Counts {
    /// "watchfloor: 2 critical, 1 escalation, 3 mine", and with a rule
    /// "watchfloor: 2 critical (flood-warning)".
    #[must_use]
    pub fn line(self, rule: Option<&RuleName>) -> String {
        let plural = if self.escalations == 1 { "" } else { "s" };
        let parts = [
            (self.criticals, " critical".to_owned()),
            (self.escalations, format!(" escalation{plural}")),
            (self.by_rule, " by rule".to_owned()),
            (self.due, " due".to_owned()),
            (self.mine, " mine".to_owned()),
        ];
        let told: Vec<String> = parts
            .into_iter()
            .filter(|(count, _)| *count > 0)
            .map(|(count, words)| format!("{}{words}", count.min(MANY)))
            .collect();
        if told.is_empty() {
            return "watchfloor".to_owned();
        }
        let mut line = format!("watchfloor: {}", told.join(", "));
        if let Some(rule) = rule {
            line.push_str(&in_brackets(rule, BYTES.saturating_sub(line.len())));
        }
        line
    }

    /// The terminal's title: the counter in front, where tabs show it.
    #[must_use]
    pub fn title(self) -> String {
        let waiting = [self.escalations, self.by_rule, self.due];
        let waiting = waiting
            .into_iter()
            .fold(self.criticals, usize::saturating_add);
        match waiting {
            0 => "watchfloor".to_owned(),
            waiting => format!("({}!) watchfloor", waiting.min(MANY)),
        }
    }
}

/// " (rule)" in `room` bytes. A desktop may read markup, a terminal parts fields
/// by semicolons: only what a name is made of is kept.
fn in_brackets(rule: &RuleName, room: usize) -> String {
    let Some(room) = room.checked_sub(3) else {
        return String::new();
    };
    let kept = |c: &char| c.is_ascii_alphanumeric() || "-_. ".contains(*c);
    let name: String = rule.as_str().chars().filter(kept).take(room).collect();
    if name.is_empty() {
        return name;
    }
    format!(" ({name})")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_template_holds_counts_only() {
        let counts = Counts {
            criticals: 2,
            mine: 3,
            escalations: 1,
            by_rule: 4,
            due: 5,
        };
        assert_eq!(
            counts.line(None),
            "watchfloor: 2 critical, 1 escalation, 4 by rule, 5 due, 3 mine"
        );
        assert_eq!(counts.title(), "(12!) watchfloor");
        assert_eq!(Counts::default().line(None), "watchfloor");
        assert_eq!(Counts::default().title(), "watchfloor");
        let rule = RuleName::new("flood-warning").expect("a name");
        let flood = Counts {
            criticals: 1,
            ..Counts::default()
        };
        assert_eq!(
            flood.line(Some(&rule)),
            "watchfloor: 1 critical (flood-warning)"
        );
    }

    proptest! {
        #[test]
        fn whatever_is_counted_it_is_short_and_plain(
            criticals: usize, mine: usize, escalations: usize, name in "[a-z0-9-]{1,60}"
        ) {
            let rule = RuleName::new(&name).ok();
            let escalations = escalations / 2;
            let criticals = criticals / 2;
            let (by_rule, due) = (mine, escalations);
            let counts = Counts { criticals, mine, escalations, by_rule, due };
            for line in [counts.line(rule.as_ref()), counts.line(None), counts.title()] {
                prop_assert!(line.len() <= BYTES, "{}", line);
                prop_assert!(line.bytes().all(|b| (b' '..=b'~').contains(&b) && b != b';'));
            }
            prop_assert!(counts.line(rule.as_ref()).starts_with('w'));
        }
    }
}
