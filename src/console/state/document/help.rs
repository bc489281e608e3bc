//! The help: the few keys to begin with, then every key in force, from the keymap,
//! those of the view on top first; and the signs on the rows.

use super::{Document, Ink, own};
use crate::console::keymap::{Context, Group, Keymap, table};
use crate::text::SafeText;

/// The page behind `?`: the groups of `context` first.
#[must_use]
pub fn of(keymap: &Keymap, context: Context, width: usize) -> Document {
    let mut page = Document::new(width);
    if context == Context::Floor {
        start(&mut page, keymap);
    }
    let mut groups = Group::ALL;
    groups.sort_by_key(|group| group.context() != context);
    for (nth, group) in groups.into_iter().enumerate() {
        if nth == 1 {
            signs(&mut page);
        }
        page.heading(group.title());
        for entry in table::ENTRIES.iter().filter(|entry| entry.group == group) {
            let mut keys = keymap.shown(entry.context, entry.action);
            if keys.is_empty() {
                if entry.context != Context::Floor {
                    continue;
                }
                keys = format!(":{}", entry.name);
            }
            let keys = own(Ink::Key, format!("  {keys}"));
            let own_key = keymap.is_own(entry.context, entry.action);
            let mark = if own_key { " (your key)" } else { "" };
            let text = SafeText::own(format!("{}{mark}", entry.help));
            page.entry(18, keys, Ink::Text, &text);
        }
    }
    page.blank();
    page.say(
        Ink::Muted,
        "Every key of the floor is also a : command by its name (:take, :filter).",
    );
    page
}

/// What one begins with who knows no key yet.
fn start(page: &mut Document, keymap: &Keymap) {
    page.heading("To begin with");
    for (actions, says) in table::START {
        let keys: Vec<String> = actions
            .iter()
            .map(|action| {
                let key = keymap.simplest(Context::Floor, *action);
                key.unwrap_or_else(|| format!(":{}", table::name_of(*action)))
            })
            .collect();
        let keys = own(Ink::Key, format!("  {}", keys.join(" ")));
        page.entry(18, keys, Ink::Text, &SafeText::own(says));
    }
}

/// What stands on the rows and above them.
fn signs(page: &mut Document) {
    for (title, signs) in [("Signs on a row", &SIGNS[..]), ("Words above", &WORDS[..])] {
        page.heading(title);
        for (sign, says) in signs {
            page.entry(
                18,
                own(Ink::Key, format!("  {sign}")),
                Ink::Text,
                &SafeText::own(*says),
            );
        }
    }
}

const WORDS: [(&str, &str); 9] = [
    ("following", "new rows come in by themselves"),
    (
        "frozen",
        "no row moves while the cursor is on one; what comes waits",
    ),
    ("+2 new", "two came meanwhile"),
    (
        "2 critical",
        "in the queues, whoever has them; untaken: nobody has them",
    ),
    (
        "3 escalations",
        "handed over by the chatbot or a colleague, and untaken",
    ),
    (
        "needs you",
        "yours, or untaken and critical, an escalation or soon due: w goes round",
    ),
    (
        "[All 4/97]",
        "with a filter: 4 match of 97; n and N go through them",
    ),
    (
        "↑ 12 above",
        "rows that do not fit, and the worst of those that nobody else has",
    ),
    ("stale", "the hub is silent: what you see may be old"),
];

const SIGNS: [(&str, &str); 16] = [
    ("◆C ▲H ●M ○L ·I", "critical, high, medium, low, info"),
    ("@ ! »", "mention, alert, escalation from the chatbot"),
    ("+", "marked"),
    ("5m", "age since the hub had it"),
    ("in 8m, +12m", "due in 8 minutes; 12 minutes late"),
    (
        "due 8m, late 12m",
        "the same where it stands in the place of the age",
    ),
    ("¶", "a draft of yours that was not sent"),
    ("zz", "asleep"),
    ("↑", "came back: lies on top until touched"),
    ("→", "assigned, not yet taken"),
    ("asks you", "yours, and somebody waits for an answer there"),
    ("◦ ✎", "a colleague looks at it; writes on it"),
    ("…", "asked for, not yet in the log"),
    ("×3", "so many copies, or so many merged into it"),
    ("=", "one of several copies, unfolded"),
    ("P1", "priority set by an officer"),
];
