//! The keys of the filter language and the fixed words they take.
//!
//! Owns the two closed lists, [`Key`] and [`Is`]; the parser, the completion
//! and the errors all read them from here. Knows nothing of items.

use crate::model::item::Kind;

/// What may stand before `:`, `=`, `<` or `>`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Key {
    Kind,
    Chan,
    Sev,
    Is,
    By,
    To,
    Tag,
    Lang,
    Region,
    Author,
    Desk,
    Id,
    Age,
    Since,
    Sent,
    Topic,
    Claim,
    Urgency,
    Reach,
}

impl Key {
    pub(super) const ALL: [Self; 19] = [
        Self::Is,
        Self::Kind,
        Self::Sev,
        Self::Chan,
        Self::Desk,
        Self::By,
        Self::To,
        Self::Tag,
        Self::Author,
        Self::Lang,
        Self::Region,
        Self::Age,
        Self::Since,
        Self::Id,
        Self::Sent,
        Self::Topic,
        Self::Claim,
        Self::Urgency,
        Self::Reach,
    ];

    /// The word of the language.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Kind => "kind",
            Self::Chan => "chan",
            Self::Sev => "sev",
            Self::Is => "is",
            Self::By => "by",
            Self::To => "to",
            Self::Tag => "tag",
            Self::Lang => "lang",
            Self::Region => "region",
            Self::Author => "author",
            Self::Desk => "desk",
            Self::Id => "id",
            Self::Age => "age",
            Self::Since => "since",
            Self::Sent => "sent",
            Self::Topic => "topic",
            Self::Claim => "claim",
            Self::Urgency => "urgency",
            Self::Reach => "reach",
        }
    }

    /// What it takes, as the end of "…takes" and beside a completion.
    pub(super) const fn takes(self) -> &'static str {
        match self {
            Self::Kind => "mention, alert or escalation",
            Self::Chan => "the name of a channel",
            Self::Sev => "critical, high, medium, low or info",
            Self::Is => "a state such as unassigned, mine or overdue",
            Self::By => "the name of the officer who has it",
            Self::To => "the officer or team it is assigned to",
            Self::Tag => "a tag",
            Self::Lang => "a language such as ar or pt-BR",
            Self::Region => "words of the region",
            Self::Author => "a part of the author's name or handle",
            Self::Desk => "the name of a desk",
            Self::Id => "a number such as 1042",
            Self::Age => "a span such as 90s, 15m, 2h or 3d",
            Self::Since => "a time such as 18:00, 24h or 2026-11-23T18:00Z",
            Self::Sent => "negative, neutral or positive",
            Self::Topic => "a part of a topic's name",
            Self::Claim => "any, or a part of a known claim",
            Self::Urgency => "a number from 0 to 100",
            Self::Reach => "a number of people such as 500, 20k or 1m",
        }
    }

    /// The key with the operator that it most often takes.
    pub(super) const fn typed(self) -> &'static str {
        match self {
            Self::Kind => "kind:",
            Self::Chan => "chan:",
            Self::Sev => "sev>=",
            Self::Is => "is:",
            Self::By => "by:",
            Self::To => "to:",
            Self::Tag => "tag:",
            Self::Lang => "lang:",
            Self::Region => "region:",
            Self::Author => "author:",
            Self::Desk => "desk:",
            Self::Id => "id:",
            Self::Age => "age<",
            Self::Since => "since:",
            Self::Sent => "sent:",
            Self::Topic => "topic:",
            Self::Claim => "claim:",
            Self::Urgency => "urgency>=",
            Self::Reach => "reach>=",
        }
    }

    /// The key of a word, in any case.
    pub(super) fn find(word: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|key| key.name().eq_ignore_ascii_case(word))
    }

    /// The closed list of what it takes; empty when the floor has the list.
    pub(super) fn words(self) -> Vec<&'static str> {
        match self {
            Self::Kind => KINDS.iter().map(|kind| kind.word()).collect(),
            Self::Sev => crate::model::severity::Severity::ALL
                .iter()
                .map(|severity| severity.word())
                .collect(),
            Self::Is => Is::ALL.iter().map(|is| is.word()).collect(),
            Self::Sent => SENTIMENTS.to_vec(),
            _ => Vec::new(),
        }
    }
}

/// The kinds, in the order that they are offered.
pub(super) const KINDS: [Kind; 3] = [Kind::Mention, Kind::Alert, Kind::Escalation];

/// What the label "sentiment" may say.
pub(super) const SENTIMENTS: [&str; 3] = ["negative", "neutral", "positive"];

/// What may stand after `is:`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Is {
    Unassigned,
    Mine,
    Team,
    Taken,
    Assigned,
    Acknowledged,
    New,
    Snoozed,
    Overdue,
    Escalated,
    Returned,
    Retracted,
    Edited,
    Lookalike,
    Copy,
    Claimed,
    Suppressed,
    Merged,
    Open,
    Closed,
}

impl Is {
    pub(super) const ALL: [Self; 20] = [
        Self::Unassigned,
        Self::Mine,
        Self::Team,
        Self::Taken,
        Self::Assigned,
        Self::Acknowledged,
        Self::New,
        Self::Snoozed,
        Self::Overdue,
        Self::Escalated,
        Self::Returned,
        Self::Retracted,
        Self::Edited,
        Self::Lookalike,
        Self::Copy,
        Self::Claimed,
        Self::Suppressed,
        Self::Merged,
        Self::Open,
        Self::Closed,
    ];

    /// The word of the language.
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Unassigned => "unassigned",
            Self::Mine => "mine",
            Self::Team => "team",
            Self::Taken => "taken",
            Self::Assigned => "assigned",
            Self::Acknowledged => "acknowledged",
            Self::New => "new",
            Self::Snoozed => "snoozed",
            Self::Overdue => "overdue",
            Self::Escalated => "escalated",
            Self::Returned => "returned",
            Self::Retracted => "retracted",
            Self::Edited => "edited",
            Self::Lookalike => "lookalike",
            Self::Copy => "copy",
            Self::Claimed => "claimed",
            Self::Suppressed => "suppressed",
            Self::Merged => "merged",
            Self::Open => "open",
            Self::Closed => "closed",
        }
    }

    /// Whether it is true only of items that no queue shows.
    pub(super) const fn is_hidden(self) -> bool {
        matches!(
            self,
            Self::Snoozed | Self::Suppressed | Self::Merged | Self::Closed
        )
    }
}
