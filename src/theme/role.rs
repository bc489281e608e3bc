//! The roles that a theme gives styles to: what a thing means, never which
//! widget it is in.

/// What a piece of the screen means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "the name in themes says it")]
pub enum Role {
    Text,
    Muted,
    Title,
    Border,
    Key,
    Selection,
    SelectionIdle,
    Mark,
    Header,
    Panel,
    Overlay,
    TabActive,
    SeverityCritical,
    SeverityHigh,
    SeverityMedium,
    SeverityLow,
    SeverityInfo,
    StateMine,
    StateTheirs,
    StatePending,
    StateDone,
    StateRetracted,
    DueSoon,
    DueLate,
    LinkLive,
    LinkBehind,
    LinkStale,
    Demo,
    Good,
    Warn,
    Error,
    Placeholder,
    SpeakerBot,
    SpeakerCitizen,
    SpeakerOfficer,
}

impl Role {
    /// Every role with its name in theme files.
    pub const ALL: [(Self, &'static str); 35] = [
        (Self::Text, "text"),
        (Self::Muted, "muted"),
        (Self::Title, "title"),
        (Self::Border, "border"),
        (Self::Key, "key"),
        (Self::Selection, "selection"),
        (Self::SelectionIdle, "selection.idle"),
        (Self::Mark, "mark"),
        (Self::Header, "header"),
        (Self::Panel, "panel"),
        (Self::Overlay, "overlay"),
        (Self::TabActive, "tab.active"),
        (Self::SeverityCritical, "severity.critical"),
        (Self::SeverityHigh, "severity.high"),
        (Self::SeverityMedium, "severity.medium"),
        (Self::SeverityLow, "severity.low"),
        (Self::SeverityInfo, "severity.info"),
        (Self::StateMine, "state.mine"),
        (Self::StateTheirs, "state.theirs"),
        (Self::StatePending, "state.pending"),
        (Self::StateDone, "state.done"),
        (Self::StateRetracted, "state.retracted"),
        (Self::DueSoon, "due.soon"),
        (Self::DueLate, "due.late"),
        (Self::LinkLive, "link.live"),
        (Self::LinkBehind, "link.behind"),
        (Self::LinkStale, "link.stale"),
        (Self::Demo, "demo"),
        (Self::Good, "good"),
        (Self::Warn, "warn"),
        (Self::Error, "error"),
        (Self::Placeholder, "placeholder"),
        (Self::SpeakerBot, "speaker.bot"),
        (Self::SpeakerCitizen, "speaker.citizen"),
        (Self::SpeakerOfficer, "speaker.officer"),
    ];

    /// The role of a name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL
            .iter()
            .find(|(_, known)| *known == name)
            .map(|(role, _)| *role)
    }

    /// The known name that is nearest to what was written.
    #[must_use]
    pub fn nearest(name: &str) -> &'static str {
        Self::ALL
            .iter()
            .map(|(_, known)| *known)
            .min_by_key(|known| distance(name, known))
            .unwrap_or("text")
    }
}

/// Levenshtein distance of two short words.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().take(64).enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let cost = diagonal + usize::from(x != *y);
            diagonal = row[j + 1];
            row[j + 1] = cost.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}
