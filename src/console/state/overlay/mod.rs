//! What lies on top of the floor, as data: a stack of pages, pickers, prompts,
//! editors, forms and questions.
//!
//! - [`picker`]: a list to choose from; [`choices`], [`judged`]: what is in it.
//! - [`claims`]: the posts that known claims fit.
//! - [`palette`]: every action by its name.
//! - [`Drafts`]: what was typed and not sent.
//!
//! `update` moves in them, `view` draws them; the keys of each are those of its
//! [`Context`].

pub mod choices;
pub mod claims;
mod drafts;
mod judged;
pub mod palette;
pub mod picker;

use super::complete::Candidate;
use super::edit::TextEdit;
use super::plan::Plan;
use super::views::View;
use crate::console::keymap::{Chord, Context};
use crate::model::ids::{CommandId, ItemKey};
use crate::model::time::Timestamp;
pub use drafts::Drafts;
use palette::Palette;
use picker::Picker;

/// One thing on top.
#[derive(Clone, Debug, PartialEq)]
pub struct Overlay {
    /// What it is.
    pub what: What,
    /// When it was opened: questions ignore keys for a moment.
    pub opened_at: Timestamp,
    /// The key that opened it: it never confirms.
    pub opened_by: Option<Chord>,
}

/// What lies on top.
#[derive(Clone, Debug, PartialEq)]
pub enum What {
    /// Lines to read.
    Page(Page),
    /// A list to choose from.
    Picker(Picker),
    /// Every action.
    Palette(Palette),
    /// What a search in the history found.
    Found,
    /// The posts that known claims fit.
    Claims(claims::Claims),
    /// A line to type.
    Prompt(Prompt),
    /// Several lines to type.
    Editor(Editor),
    /// What to suppress, how long and why.
    Form(Form),
    /// A question.
    Confirm(Confirm),
}

impl What {
    /// The keys that hold in it.
    #[must_use]
    pub fn context(&self) -> Context {
        match self {
            Self::Page(_) | Self::Picker(_) | Self::Palette(_) | Self::Found => Context::List,
            Self::Prompt(_) | Self::Form(_) => Context::Line,
            Self::Editor(_) => Context::Editor,
            Self::Confirm(_) => Context::Confirm,
            Self::Claims(_) => Context::Claims,
        }
    }
}

/// Lines to read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// About what.
    pub topic: Topic,
    /// The first line shown.
    pub scroll: usize,
    /// Words that the lines shown hold, when one looks for some.
    pub find: Option<Find>,
}

/// Looking for words in a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Find {
    /// They.
    pub words: TextEdit,
    /// Whether letters are still typed into them.
    pub typing: bool,
}

impl Page {
    /// A page from its top.
    #[must_use]
    pub fn new(topic: Topic) -> Self {
        Self {
            topic,
            scroll: 0,
            find: None,
        }
    }

    /// Whether letters go into the words that are looked for.
    #[must_use]
    pub fn is_typing(&self) -> bool {
        self.find.as_ref().is_some_and(|find| find.typing)
    }
}

/// What a page is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Topic {
    /// The keys, those of a context first.
    Help(Context),
    /// An item that is not on the board.
    Archived,
    /// Why an item is here and what became of it.
    History(ItemKey),
    /// Where an item's addresses lead.
    Links(ItemKey),
    /// Who is on watch.
    Watch,
    /// How the channels are.
    Channels,
    /// Commands that wait, and conflicts.
    Queued,
    /// How the officer is called.
    Notices,
    /// How the console stands.
    Status,
}

/// A line to type.
#[derive(Clone, Debug, PartialEq)]
pub struct Prompt {
    /// What for.
    pub purpose: Purpose,
    /// What is typed.
    pub text: TextEdit,
    /// It opened with what was in force: the first letter takes its place, any
    /// other key goes on with it.
    pub replaced: bool,
    /// What may be typed next.
    pub choices: Vec<Candidate>,
    /// The one that was put in, and what stood there before.
    pub picked: Option<(usize, String)>,
    /// How far back in what was entered before one is, and what was typed
    /// before one went back.
    pub recalled: Option<(usize, String)>,
    /// What is wrong with it: a column from 1 where one is known, and a sentence.
    pub error: Option<(Option<usize>, String)>,
}

/// What a line is typed for.
#[derive(Clone, Debug, PartialEq)]
pub enum Purpose {
    /// The live filter; the view to go back to on Esc.
    Filter(View),
    /// The command line.
    Command,
    /// Words to search in the history.
    Search,
    /// Why these are escalated.
    Escalate(Vec<ItemKey>),
}

/// Several lines to type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Editor {
    /// The items that it is for; none when it is the shared note of the
    /// question beneath.
    pub items: Vec<ItemKey>,
    /// What it becomes.
    pub writing: Writing,
    /// What is typed.
    pub text: TextEdit,
}

/// What is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Writing {
    /// A note for colleagues.
    Note,
    /// An answer that leaves the floor.
    Reply {
        /// The item's triage version when the editor was opened: an answer that
        /// a colleague gave meanwhile is not passed over.
        version: u32,
    },
}

/// What to suppress.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Form {
    /// Filter, expiry, reason.
    pub fields: [TextEdit; 3],
    /// Which is typed in.
    pub at: usize,
    /// What is wrong: a sentence.
    pub error: Option<String>,
    /// How many items match now; none while the filter is wrong.
    pub matches: Option<usize>,
}

/// A question.
#[derive(Clone, Debug, PartialEq)]
pub struct Confirm {
    /// What is asked.
    pub ask: Ask,
    /// The digits typed so far, where the count is asked for.
    pub typed: String,
    /// The count that has to be typed.
    pub count: Option<usize>,
}

/// What is asked.
#[derive(Clone, Debug, PartialEq)]
pub enum Ask {
    /// Whether to do it.
    Do(Plan),
    /// Whether to take back what is no longer fresh: which act, none where it was
    /// before this console began; and what it was.
    Undo(Option<CommandId>, String),
    /// Whether to close: how many items I hold, how many commands wait.
    Quit {
        /// Items that I hold.
        held: usize,
        /// Commands that wait for the link.
        queued: usize,
        /// Drafts that would be lost.
        drafts: usize,
    },
}

impl Confirm {
    /// A question about a plan; large ones ask for the count.
    #[must_use]
    pub fn plan(plan: Plan) -> Self {
        let count = plan.targets.len();
        Self {
            ask: Ask::Do(plan),
            typed: String::new(),
            count: (count > Plan::COUNT_ASKED_ABOVE).then_some(count),
        }
    }

    /// A question without a count.
    #[must_use]
    pub fn of(ask: Ask) -> Self {
        Self {
            ask,
            typed: String::new(),
            count: None,
        }
    }

    /// Whether the count was typed, or none is asked for.
    #[must_use]
    pub fn is_counted(&self) -> bool {
        self.count
            .is_none_or(|count| self.typed == count.to_string())
    }
}
