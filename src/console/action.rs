//! What a key or a `:` command can mean.
//!
//! Owns the words only: names, keys and help are the keymap's table, what an
//! action does is `update`'s.

/// One thing that an officer can ask of the console.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[allow(
    missing_docs,
    reason = "the keymap's table has one line of help for each"
)]
pub enum Action {
    // Moving on the floor.
    Down,
    Up,
    Top,
    Bottom,
    HalfDown,
    HalfUp,
    NextItem,
    PreviousItem,
    NextNeedsMe,
    PreviousNeedsMe,
    Stream,
    Open,
    Back,
    PaneLeft,
    PaneRight,
    NextQueue,
    PreviousQueue,
    SavedView(u8),
    Views,
    AllItems,
    LastView,
    OlderView,
    NewerView,
    Follow,
    // Triage.
    Take,
    Acknowledge,
    Release,
    Assign,
    Escalate,
    Snooze,
    Suppress,
    Resolve,
    ResolveAll,
    Reopen,
    Priority(u8),
    Tags,
    Merge,
    Split,
    Note,
    Reply,
    Canned,
    Withdraw,
    Resend,
    TakeOver,
    HandBack,
    Silence,
    EndSilence,
    SourceAcknowledge,
    SourceResolve,
    ConfirmClaim,
    ConfirmAll,
    RejectClaim,
    Feedback,
    Undo,
    Redo,
    Repeat,
    // Marks.
    Mark,
    Range,
    MarkAll,
    ClearMarks,
    // Finding.
    Filter,
    Search,
    NextMatch,
    PreviousMatch,
    Command,
    Palette,
    // Looking.
    History,
    Copy,
    CopyLink,
    Links,
    Reveal,
    Fold,
    FoldAll,
    UnfoldAll,
    Conversations,
    Claims,
    Watch,
    Channels,
    Asleep,
    Suppressions,
    Queued,
    Notices,
    Status,
    // The console itself.
    Theme,
    Help,
    Redraw,
    Resync,
    ReplayPause,
    ReplayStep,
    ReplayFaster,
    ReplaySlower,
    Lock,
    Quit,
    // In lists, prompts and editors.
    Choose,
    Cancel,
    LineDown,
    LineUp,
    PageDown,
    PageUp,
    ToStart,
    ToEnd,
    EndSuppression,
    Complete,
    CompleteBack,
    Submit,
    NewLine,
    CursorLeft,
    CursorRight,
    CursorUp,
    CursorDown,
    WordLeft,
    WordRight,
    LineStart,
    LineEnd,
    DeleteBack,
    DeleteForward,
    DeleteWord,
    DeleteLine,
    DeleteToEnd,
    EditUndo,
    EditRedo,
    Confirm,
}

impl Action {
    /// Whether it answers somebody or acts where an item came from.
    #[must_use]
    pub fn is_answer(self) -> bool {
        matches!(
            self,
            Self::Reply
                | Self::Canned
                | Self::Withdraw
                | Self::Resend
                | Self::TakeOver
                | Self::HandBack
                | Self::Silence
                | Self::EndSilence
                | Self::SourceAcknowledge
                | Self::SourceResolve
        )
    }
}
