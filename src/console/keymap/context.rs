//! Where keys hold, and under which headings the help tells them.
//!
//! Owns the two closed lists; which keys there are is [`super::table`]'s.

/// Where keys hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Context {
    /// Stream and detail: the floor itself.
    Floor,
    /// A list to read or to choose from; letters narrow it where one types.
    List,
    /// A line of text: filter, command line, reasons.
    Line,
    /// Text of several lines.
    Editor,
    /// A question.
    Confirm,
    /// The posts that known claims fit.
    Claims,
}

/// Headings of the help.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "each has its words below")]
pub enum Group {
    Move,
    Queues,
    Triage,
    Answers,
    Marks,
    Find,
    Look,
    Console,
    Lists,
    Claims,
    Lines,
    Editor,
    Questions,
}

impl Context {
    /// Every context.
    pub const ALL: [Self; 6] = [
        Self::Floor,
        Self::List,
        Self::Line,
        Self::Editor,
        Self::Confirm,
        Self::Claims,
    ];

    /// The word that the configuration puts before a key ("editor: Ctrl-T").
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Floor => "floor",
            Self::List => "list",
            Self::Line => "line",
            Self::Editor => "editor",
            Self::Confirm => "question",
            Self::Claims => "claims",
        }
    }
}

impl Group {
    /// In the order of the help.
    pub const ALL: [Self; 13] = [
        Self::Triage,
        Self::Answers,
        Self::Marks,
        Self::Move,
        Self::Queues,
        Self::Find,
        Self::Look,
        Self::Console,
        Self::Lists,
        Self::Claims,
        Self::Lines,
        Self::Editor,
        Self::Questions,
    ];

    /// Where its keys hold.
    #[must_use]
    pub fn context(self) -> Context {
        match self {
            Self::Lists => Context::List,
            Self::Claims => Context::Claims,
            Self::Lines => Context::Line,
            Self::Editor => Context::Editor,
            Self::Questions => Context::Confirm,
            _ => Context::Floor,
        }
    }

    /// The heading.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::Move => "Move",
            Self::Queues => "Queues and views",
            Self::Triage => "Triage (the item, or all that are marked)",
            Self::Answers => "Answers",
            Self::Marks => "Marks",
            Self::Find => "Find",
            Self::Look => "Look",
            Self::Console => "Console",
            Self::Lists => "In a list",
            Self::Claims => "Among the claims",
            Self::Lines => "In a line",
            Self::Editor => "In an editor",
            Self::Questions => "At a question",
        }
    }
}
