//! The table: every action with its name, keys, help, place and heading. A new
//! one is a line here and an arm in `update`; help and `:` names read this.

use super::context::{Context, Group};
use crate::console::action::Action;

/// One line of the table.
#[derive(Clone, Copy, Debug)]
pub struct Entry {
    /// What it does.
    pub action: Action,
    /// Its name: what `:` and the configuration call it.
    pub name: &'static str,
    /// Its keys; none for what only has a name.
    pub keys: &'static [&'static str],
    /// One line of help.
    pub help: &'static str,
    /// Where it holds.
    pub context: Context,
    /// Its heading.
    pub group: Group,
}

macro_rules! entries {
    ($($context:ident / $group:ident { $($action:expr, $name:literal, [$($key:literal),*], $help:literal;)* })*) => {
        /// Every action that there is.
        pub const ENTRIES: &[Entry] = &[$($(Entry {
            action: $action,
            name: $name,
            keys: &[$($key),*],
            help: $help,
            context: Context::$context,
            group: Group::$group,
        }),*),*];
    };
}

use Action as A;

entries! {
    Floor / Triage {
        A::Take, "take", ["a"], "take: acknowledge and make it mine";
        A::Acknowledge, "acknowledge", [","], "acknowledge: seen, still nobody's";
        A::Release, "release", ["x"], "release: back to the queue";
        A::Assign, "assign", ["@"], "assign to an officer or a team";
        A::Escalate, "escalate", ["e"], "escalate one level, with a reason";
        A::Snooze, "snooze", ["s"], "snooze until a time or the next reply";
        A::Suppress, "suppress", ["S"], "suppress what is like it, with expiry and reason";
        A::Resolve, "resolve", ["d"], "resolve, with a reason";
        A::ResolveAll, "resolve-all", ["D"], "resolve all that match the filter";
        A::Reopen, "reopen", ["Z"], "reopen";
        A::Note, "note", ["c"], "note for colleagues";
        A::Tags, "tags", ["t"], "put tags on and take them off";
        A::Priority(1), "priority-1", ["p1"], "priority 1, most urgent";
        A::Priority(2), "priority-2", ["p2"], "priority 2";
        A::Priority(3), "priority-3", ["p3"], "priority 3";
        A::Priority(4), "priority-4", ["p4"], "priority 4";
        A::Priority(0), "priority-none", ["p0"], "take the priority back";
        A::Merge, "merge", ["m"], "merge the marked into the item";
        A::Split, "split", ["M"], "split out what was merged";
        A::Feedback, "feedback", ["F"], "say what was read or raised wrongly; judge its claim";
        A::ConfirmClaim, "confirm-claim", [], "the post is about the known claim that fits it";
        A::RejectClaim, "reject-claim", [], "the post is not about that claim";
        A::Undo, "undo", ["u"], "undo my last";
        A::Redo, "redo", ["U"], "redo what I undid";
        A::Repeat, "repeat", ["."], "repeat my last verb here";
    }
    Floor / Answers {
        A::Reply, "reply", ["r"], "answer where it was said; waits before it leaves";
        A::Canned, "canned", ["R"], "answer with a reply that is kept ready";
        A::Withdraw, "withdraw", [], "take back what has not left (also undo)";
        A::Resend, "resend", [], "send what failed, or may have, once more";
        A::TakeOver, "take-over", ["bt"], "take the conversation: the bot is silent";
        A::HandBack, "hand-back", ["br"], "give the conversation back to the bot";
        A::Conversations, "conversations", ["gc"], "conversations, the longest waiting first";
        A::Claims, "claims", ["gm"], "posts that known claims fit: confirm or reject";
        A::Silence, "silence", [], "silence an alert at its source: :silence 2h why";
        A::EndSilence, "end-silence", [], "end a silence at its source before it is over";
        A::SourceAcknowledge, "source-acknowledge", [], "acknowledge an alert at its source";
        A::SourceResolve, "source-resolve", [], "resolve an alert at its source";
    }
    Floor / Marks {
        A::Mark, "mark", ["Space"], "mark, and down";
        A::Range, "range", ["v"], "mark from here to where v is pressed again";
        A::MarkAll, "mark-all", ["*"], "mark all that match the filter";
        A::ClearMarks, "clear-marks", [], "clear the marks (also Esc Esc)";
    }
    Floor / Move {
        A::Down, "down", ["j", "↓"], "down";
        A::Up, "up", ["k", "↑"], "up";
        A::Top, "top", ["gg", "Home"], "to the top";
        A::Bottom, "bottom", ["G", "End"], "to the bottom, and follow";
        A::HalfDown, "half-down", ["Ctrl-D", "PgDn"], "half a page down";
        A::HalfUp, "half-up", ["Ctrl-U", "PgUp"], "half a page up";
        A::Open, "open", ["Enter"], "open the item";
        A::Back, "back", ["Esc"], "back; twice clears the marks";
        A::PaneRight, "pane-right", ["l", "→"], "to the detail";
        A::PaneLeft, "pane-left", ["h", "←"], "to the stream";
        A::NextItem, "next-item", ["J"], "next item, detail open";
        A::PreviousItem, "previous-item", ["K"], "previous item, detail open";
        A::NextNeedsMe, "next-needs-me", ["w"], "next item that needs me";
        A::PreviousNeedsMe, "previous-needs-me", ["W"], "previous item that needs me";
        A::Stream, "stream", ["gs"], "to the stream, whatever is open";
        A::Follow, "follow", ["f"], "freeze, or follow again";
    }
    Floor / Queues {
        A::NextQueue, "next-queue", ["Tab"], "next queue";
        A::PreviousQueue, "previous-queue", ["S-Tab"], "previous queue";
        A::SavedView(1), "view-1", ["1"], "saved view 1";
        A::SavedView(2), "view-2", ["2"], "saved view 2";
        A::SavedView(3), "view-3", ["3"], "saved view 3";
        A::SavedView(4), "view-4", ["4"], "saved view 4";
        A::SavedView(5), "view-5", ["5"], "saved view 5";
        A::SavedView(6), "view-6", ["6"], "saved view 6";
        A::SavedView(7), "view-7", ["7"], "saved view 7";
        A::SavedView(8), "view-8", ["8"], "saved view 8";
        A::SavedView(9), "view-9", ["9"], "saved view 9";
        A::Views, "view", ["gv"], "saved views; :view save 4 NAME, :view delete 4";
        A::AllItems, "all", ["0"], "all items, no filter";
        A::LastView, "last-view", ["-"], "the view before this one";
        A::OlderView, "older-view", ["["], "one view back";
        A::NewerView, "newer-view", ["]"], "one view forward";
    }
    Floor / Find {
        A::Filter, "filter", ["/"], "filter, live; empty clears it";
        A::Search, "search", ["\\"], "search in the history, closed items too";
        A::NextMatch, "next-match", ["n"], "next match, of / or of the search in the history";
        A::PreviousMatch, "previous-match", ["N"], "previous match";
        A::Command, "command", [":"], "command line; a number goes to that item";
        A::Palette, "palette", ["Ctrl-K"], "find any action by its name";
    }
    Floor / Look {
        A::History, "history", ["i"], "why it is here, and its history";
        A::Copy, "copy", ["y"], "copy the item, or the page on top, as text";
        A::CopyLink, "copy-link", ["Y"], "copy the link";
        A::Links, "links", ["o"], "where its links lead; opens nothing";
        A::Reveal, "reveal", ["zr"], "the item as it came, hidden characters and all";
        A::Fold, "fold", ["za"], "fold the copies of the item to one row, or show each";
        A::FoldAll, "fold-all", ["zM"], "fold all copies to one row each";
        A::UnfoldAll, "unfold-all", ["zR"], "show every copy in a row of its own";
        A::Watch, "watch", ["gw"], "who is on watch";
        A::Channels, "channels", ["C"], "how the channels are";
        A::Asleep, "asleep", [], "what sleeps, and until when";
        A::Suppressions, "suppressions", [], "what is suppressed, by whom and why";
        A::Queued, "queued", [], "commands that wait for the link, and conflicts";
        A::Notices, "notices", [], "how you are called, and what was held back";
        A::Status, "status", [], "the way to the hub, and how fresh the data is";
    }
    Floor / Console {
        A::Help, "help", ["?"], "this help";
        A::Theme, "theme", [], "choose the colours; each is shown at once";
        A::Redraw, "redraw", ["Ctrl-L"], "draw the screen anew";
        A::Resync, "resync", ["Ctrl-R"], "fetch everything anew";
        A::ReplayPause, "replay-pause", ["|"], "in a recording: stand still, or go on";
        A::ReplayStep, "replay-step", ["+"], "in a recording: on to the next that happened";
        A::ReplayFaster, "replay-faster", [">"], "in a recording: twice as fast";
        A::ReplaySlower, "replay-slower", ["<"], "in a recording: half as fast";
        A::Lock, "lock", ["gX"], "hide the floor until it is unlocked";
        A::Quit, "quit", ["q"], "close the console; asks while I hold items";
    }
    List / Lists {
        A::LineDown, "list-down", ["↓", "Ctrl-N"], "down";
        A::LineUp, "list-up", ["↑", "Ctrl-P"], "up";
        A::PageDown, "list-page-down", ["PgDn", "Ctrl-D"], "a page down";
        A::PageUp, "list-page-up", ["PgUp", "Ctrl-U"], "a page up";
        A::ToStart, "list-start", ["Home"], "to the start";
        A::ToEnd, "list-end", ["End"], "to the end";
        A::Choose, "list-choose", ["Enter"], "choose";
        A::EndSuppression, "list-end-it", ["Del"], "end the suppression";
        A::DeleteBack, "list-erase", ["Backspace"], "take back a letter";
        A::Cancel, "list-close", ["Esc", "Ctrl-C"], "close";
    }
    Claims / Claims {
        A::LineDown, "claims-down", ["j", "↓", "Ctrl-N"], "down";
        A::LineUp, "claims-up", ["k", "↑", "Ctrl-P"], "up";
        A::PageDown, "claims-page-down", ["PgDn", "Ctrl-D"], "a page down";
        A::PageUp, "claims-page-up", ["PgUp", "Ctrl-U"], "a page up";
        A::ToStart, "claims-start", ["Home"], "to the start";
        A::ToEnd, "claims-end", ["End", "G"], "to the end";
        A::ConfirmClaim, "claims-confirm", ["y"], "confirm: the post is about the claim";
        A::ConfirmAll, "claims-confirm-all", ["Y"], "confirm the marked, or all that nobody judged";
        A::RejectClaim, "claims-reject", ["X"], "reject: the post, or the marked, are not about it";
        A::Mark, "claims-mark", ["Space"], "mark, and down";
        A::Choose, "claims-open", ["Enter"], "open the post";
        A::Cancel, "claims-close", ["Esc", "q", "Ctrl-C"], "close";
    }
    Line / Lines {
        A::Submit, "line-enter", ["Enter"], "done";
        A::Complete, "line-complete", ["Tab"], "complete, or the next field";
        A::CompleteBack, "line-complete-back", ["S-Tab"], "the choice before, or the field before";
        A::CursorUp, "line-older", ["↑", "Ctrl-P"], "what was entered before";
        A::CursorDown, "line-newer", ["↓", "Ctrl-N"], "what was entered after";
        A::WordLeft, "line-word-left", ["Ctrl-←"], "a word to the left";
        A::WordRight, "line-word-right", ["Ctrl-→"], "a word to the right";
        A::CursorLeft, "line-left", ["←"], "left";
        A::CursorRight, "line-right", ["→"], "right";
        A::LineStart, "line-start", ["Home"], "to the start";
        A::LineEnd, "line-end", ["End", "Ctrl-E"], "to the end";
        A::DeleteBack, "line-erase", ["Backspace"], "erase backwards";
        A::DeleteForward, "line-delete", ["Del", "Ctrl-D"], "erase forwards";
        A::DeleteWord, "line-erase-word", ["Ctrl-W"], "erase the word";
        A::DeleteLine, "line-erase-all", ["Ctrl-U"], "erase all";
        A::Cancel, "line-cancel", ["Esc", "Ctrl-C"], "leave";
    }
    Editor / Editor {
        A::Submit, "edit-submit", ["Ctrl-X y"], "submit";
        A::Cancel, "edit-keep", ["Esc", "Ctrl-C"], "close and keep the draft";
        A::NewLine, "edit-new-line", ["Enter"], "new line";
        A::CursorLeft, "edit-left", ["←"], "left";
        A::CursorRight, "edit-right", ["→"], "right";
        A::CursorUp, "edit-up", ["↑", "Ctrl-P"], "up";
        A::CursorDown, "edit-down", ["↓", "Ctrl-N"], "down";
        A::WordLeft, "edit-word-left", ["Ctrl-←"], "a word to the left";
        A::WordRight, "edit-word-right", ["Ctrl-→"], "a word to the right";
        A::PageUp, "edit-page-up", ["PgUp"], "a page up";
        A::PageDown, "edit-page-down", ["PgDn"], "a page down";
        A::ToStart, "edit-start", ["Ctrl-Home"], "to the start of the text";
        A::ToEnd, "edit-end", ["Ctrl-End"], "to the end of the text";
        A::LineStart, "edit-line-start", ["Home"], "to the start of the line";
        A::LineEnd, "edit-line-end", ["End", "Ctrl-E"], "to the end of the line";
        A::DeleteBack, "edit-erase", ["Backspace"], "erase backwards";
        A::DeleteForward, "edit-delete", ["Del", "Ctrl-D"], "erase forwards";
        A::DeleteWord, "edit-erase-word", ["Ctrl-W"], "erase the word";
        A::DeleteLine, "edit-erase-line", ["Ctrl-U"], "erase to the start of the line";
        A::DeleteToEnd, "edit-erase-rest", ["Ctrl-K"], "erase to the end of the line";
        A::EditUndo, "edit-undo", ["Ctrl-X u"], "undo in the editor";
        A::EditRedo, "edit-redo", ["Ctrl-X r", "Ctrl-Y"], "redo in the editor";
    }
    Confirm / Questions {
        A::Confirm, "confirm", ["y"], "yes (large ones: type the count first)";
        A::Note, "confirm-note", ["c"], "one note for all of them";
        A::Cancel, "confirm-no", ["n", "Esc", "Ctrl-C"], "no";
    }
}

/// The keys that one who knows none begins with, in the help's words. Actions that
/// share a line are told in this order.
pub const START: [(&[Action], &str); 8] = [
    (&[A::Up, A::Down], "move the bar ▌ to another row"),
    (
        &[A::Open, A::Back],
        "open the item under it; back to the rows",
    ),
    (&[A::NextNeedsMe], "go to the next item that needs you"),
    (&[A::Take], "take it: it is yours, and colleagues see that"),
    (&[A::Reply], "answer whoever wrote it"),
    (
        &[A::Resolve],
        "resolve it: done with, for a reason that you choose",
    ),
    (
        &[A::Undo],
        "undo what you did last, an answer on its way too",
    ),
    (&[A::Quit], "close the console"),
];

/// The entry of a name that `:` and remaps know: those of the floor.
#[must_use]
pub fn by_name(name: &str) -> Option<&'static Entry> {
    floor().find(|entry| entry.name == name)
}

/// The entry of a name that holds in `context`.
#[must_use]
pub fn in_context(context: Context, name: &str) -> Option<&'static Entry> {
    ENTRIES
        .iter()
        .find(|entry| entry.context == context && entry.name == name)
}

/// The floor's entry that a shortened name can only mean: the beginning of one
/// name, or `q` and `q!`, which every other program's `:` line takes.
#[must_use]
pub fn meant(name: &str) -> Option<&'static Entry> {
    if matches!(name, "q" | "q!") {
        return by_name("quit");
    }
    let mut all = floor().filter(|entry| !name.is_empty() && entry.name.starts_with(name));
    all.next().filter(|_| all.next().is_none())
}

/// The entries of the floor.
pub fn floor() -> impl Iterator<Item = &'static Entry> {
    ENTRIES
        .iter()
        .filter(|entry| entry.context == Context::Floor)
}

/// The name of an action.
#[must_use]
pub fn name_of(action: Action) -> &'static str {
    let mut own = ENTRIES.iter().filter(|entry| entry.action == action);
    own.next().map_or("", |entry| entry.name)
}

/// One line of help for an action in a context.
#[must_use]
pub fn help_of(context: Context, action: Action) -> &'static str {
    let mut all = ENTRIES.iter().filter(|entry| entry.context == context);
    all.find(|entry| entry.action == action)
        .map_or("", |entry| entry.help)
}

/// The name on the floor that is nearest to what was written.
#[must_use]
pub fn nearest_name(word: &str) -> &'static str {
    nearest_in(Context::Floor, word)
}

/// The name in a context that is nearest to what was written.
#[must_use]
pub fn nearest_in(context: Context, word: &str) -> &'static str {
    let names = ENTRIES.iter().filter(|entry| entry.context == context);
    nearest(word, names.map(|entry| entry.name)).unwrap_or("help")
}

/// The name that is nearest to what was written.
pub fn nearest<'n>(word: &str, names: impl Iterator<Item = &'n str>) -> Option<&'n str> {
    names.min_by_key(|name| distance(word, name))
}

/// Levenshtein distance of two short words, in characters.
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
