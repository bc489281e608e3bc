//! The table of keys on paper: aligned text, Markdown for the README, JSON.
//!
//! Called by `watchfloor keys`; the README's table is tested against this.

use super::table::{ENTRIES, Entry};
use super::{Binding, Context, Group, Keymap, shown};
use crate::text::display_width;

fn bound<'k>(keymap: &'k Keymap, entry: &Entry) -> impl Iterator<Item = &'k Binding> {
    let (context, action) = (entry.context, entry.action);
    keymap
        .bindings()
        .iter()
        .filter(move |b| b.context == context && b.action == action)
}

/// A heading and a Markdown table for each group.
#[must_use]
pub fn markdown(keymap: &Keymap) -> String {
    let mut text = String::new();
    for group in Group::ALL {
        text.push_str("**");
        text.push_str(group.title());
        text.push_str("**\n\n| Keys | `:` name | What it does |\n|---|---|---|\n");
        for entry in ENTRIES.iter().filter(|entry| entry.group == group) {
            let keys: Vec<String> = bound(keymap, entry)
                .map(|b| format!("`{}`", shown(&b.keys).replace('|', "\\|")))
                .collect();
            let name = if entry.context == Context::Floor {
                format!("`:{}`", entry.name)
            } else {
                String::new()
            };
            text += &["| ", &keys.join(" "), " | ", &name, " | "].concat();
            text += &[entry.help, " |\n"].concat();
        }
        text.push('\n');
    }
    text
}

/// Aligned columns: keys, name, help. A star marks what the officer changed.
#[must_use]
pub fn text(keymap: &Keymap) -> String {
    let mut text = String::new();
    for group in Group::ALL {
        text += &[group.title(), "\n"].concat();
        for entry in ENTRIES.iter().filter(|entry| entry.group == group) {
            let keys = keymap.shown(entry.context, entry.action);
            let mark = if keymap.is_own(entry.context, entry.action) {
                '*'
            } else {
                ' '
            };
            let gap = " ".repeat(16_usize.saturating_sub(display_width(&keys)));
            let line = format!("{mark} {keys}{gap} {:<20} {}\n", entry.name, entry.help);
            text.push_str(&line);
        }
        text.push('\n');
    }
    text
}

/// A list of objects: context, name, keys, own, help.
#[must_use]
pub fn json(keymap: &Keymap) -> serde_json::Value {
    ENTRIES
        .iter()
        .map(|entry| {
            let keys: Vec<String> = bound(keymap, entry).map(|b| shown(&b.keys)).collect();
            serde_json::json!({
                "context": entry.context.word(),
                "name": entry.name,
                "keys": keys,
                "own": keymap.is_own(entry.context, entry.action),
                "help": entry.help,
            })
        })
        .collect()
}
