//! A list to choose from: typing narrows it, single letters choose at once
//! where a choice has one. Where words may be a choice of their own, what they
//! mean is the first row.

use crate::console::state::edit::TextEdit;
use crate::model::feedback::Feedback;
use crate::model::ids::{ItemKey, RuleName, Tag};
use crate::model::triage::{Assignee, Resolution, Wake};
use crate::text::Untrusted;

/// A list to choose from.
#[derive(Clone, Debug, PartialEq)]
pub struct Picker {
    /// What the choice is for.
    pub purpose: Purpose,
    /// The items that it is for.
    pub items: Vec<ItemKey>,
    /// All choices.
    pub choices: Vec<Choice>,
    /// What was typed.
    pub query: TextEdit,
    /// What is typed, as a choice of its own: a time that was understood.
    pub read: Option<Choice>,
    /// The choice under the cursor, among those that match.
    pub at: usize,
    /// What is wrong with what was typed: a sentence.
    pub error: Option<String>,
}

/// What a choice is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Whom to assign to.
    Assign,
    /// Why it is resolved.
    Resolve,
    /// The same, for all that match the filter.
    ResolveAll,
    /// Until when to snooze.
    Snooze,
    /// Which tag.
    Tag,
    /// Which sleeping item to look at.
    Asleep,
    /// Which suppression to end.
    Suppressions,
    /// Which saved view to go to.
    View,
    /// Which theme.
    Theme,
    /// Which kept reply.
    Canned,
    /// Which conversation to look at.
    Conversations,
    /// What is to be said of what was read.
    Feedback,
}

impl Purpose {
    /// The heading.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::Assign => "Assign to",
            Self::Resolve => "Resolve: why",
            Self::ResolveAll => "Resolve all that match: why",
            Self::Snooze => "Snooze until",
            Self::Tag => "Tag",
            Self::Asleep => "Asleep",
            Self::Suppressions => "Suppressed",
            Self::View => "Saved views",
            Self::Theme => "Theme",
            Self::Canned => "Answer with",
            Self::Conversations => "Conversations, the longest waiting first",
            Self::Feedback => "Say of it, for the log",
        }
    }

    /// What to say when there is nothing to choose.
    #[must_use]
    pub fn nothing(self) -> &'static str {
        match self {
            Self::Assign => "Nobody by that name is on the roster.",
            Self::Resolve | Self::ResolveAll => "No reason has that in it.",
            Self::Snooze => "Type on: 10m, 4h, 06:30, morning or monday 9:00.",
            Self::Tag => "Type a new tag, then Enter.",
            Self::Asleep => "Nothing is asleep.",
            Self::Suppressions => "Nothing is suppressed.",
            Self::View => "No view is saved; :view save 4 NAME saves this one.",
            Self::Theme => "There is no theme of that name.",
            Self::Canned => "No kept reply has that in it.",
            Self::Conversations => "No conversation waits.",
            Self::Feedback => "Choose one of these.",
        }
    }

    /// What stands where one types while nothing was typed.
    #[must_use]
    pub fn invites(self) -> &'static str {
        match self {
            Self::Snooze => "type 10m, 06:30 or monday 9:00, or choose below",
            Self::Tag => "type a tag, new or known, or choose below",
            Self::Resolve | Self::ResolveAll => "press a digit, or type to narrow",
            _ => "type to narrow",
        }
    }

    /// Whether what is typed may be a choice of its own.
    #[must_use]
    pub fn takes_words(self) -> bool {
        matches!(self, Self::Snooze | Self::Tag)
    }
}

/// One choice.
#[derive(Clone, Debug, PartialEq)]
pub struct Choice {
    /// The letter that chooses it at once.
    pub hot: Option<char>,
    /// What it is called: our words, names and times only.
    pub label: String,
    /// More about it, in the same kind of words.
    pub hint: String,
    /// What is chosen.
    pub value: Value,
}

/// What can be chosen.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// Somebody.
    To(Assignee),
    /// A reason.
    Reason(Resolution),
    /// An end of sleep.
    Until(Wake),
    /// A tag, put on or taken off.
    Tag {
        /// Which.
        tag: Tag,
        /// Taken off.
        off: bool,
    },
    /// An item to look at.
    Item(ItemKey),
    /// A suppression.
    Rule(RuleName),
    /// A saved view.
    View(u8),
    /// A theme, by name.
    Theme(String),
    /// The kept reply of that place.
    Canned(usize),
    /// The correction of the claim of that place.
    Correction(usize),
    /// What is said of an item.
    Feedback(Feedback),
    /// Whether it is about a claim.
    Claim {
        /// Which.
        id: Untrusted,
        /// It is.
        fits: bool,
    },
}

impl Picker {
    /// A picker with the cursor on the first choice.
    #[must_use]
    pub fn new(purpose: Purpose, items: Vec<ItemKey>, choices: Vec<Choice>) -> Self {
        Self {
            purpose,
            items,
            choices,
            query: TextEdit::line(60),
            read: None,
            at: 0,
            error: None,
        }
    }

    /// The choices that match what was typed.
    #[must_use]
    pub fn matching(&self) -> Vec<&Choice> {
        // "not ours" finds "not-ours", and a capital letter what it is written as.
        let plain = |text: &str| text.to_lowercase().replace('-', " ");
        let query = plain(self.query.text().trim());
        // Times are in the hints of a snooze: "06:3" is no preset.
        let begins = self.purpose == Purpose::Snooze;
        let holds = |choice: &&Choice| {
            if begins {
                return plain(&choice.label).starts_with(&query);
            }
            plain(&choice.label).contains(&query) || plain(&choice.hint).contains(&query)
        };
        self.read
            .iter()
            .chain(self.choices.iter().filter(holds))
            .collect()
    }

    /// The choice under the cursor.
    #[must_use]
    pub fn chosen(&self) -> Option<&Choice> {
        self.matching().get(self.at).copied()
    }

    /// The choice of a letter, while nothing was typed.
    #[must_use]
    pub fn hot(&self, letter: char) -> Option<&Choice> {
        if !self.query.text().is_empty() {
            return None;
        }
        self.choices
            .iter()
            .find(|choice| choice.hot == Some(letter))
    }

    /// Moves the cursor.
    pub fn step(&mut self, by: isize) {
        let last = self.matching().len().saturating_sub(1);
        self.at = self.at.saturating_add_signed(by).min(last);
    }
}
