//! From the configuration to what the console's text is laid out by.
//!
//! Owns the reading of the officer's words for bidi, emoji and widths, and of
//! the names and hosts that the floor knows. Called by `console`.

use crate::config::Config;
use crate::config::words::{BidiMode, EmojiMode};
use crate::console::lettering::Wishes;
use crate::text::{Ambiguous, Bidi, Emoji, KnownNames};

/// What the officer wishes of the terminal.
pub(super) fn wishes(config: &Config) -> Wishes {
    let console = &config.console;
    Wishes {
        bidi: match console.bidi.value {
            BidiMode::Auto => None,
            BidiMode::Visual => Some(Bidi::Visual),
            BidiMode::Terminal => Some(Bidi::Terminal),
            BidiMode::Off => Some(Bidi::Off),
        },
        shaping: console.arabic_shaping.value,
        emoji: match console.emoji.value {
            EmojiMode::Auto => None,
            EmojiMode::Full => Some(Emoji::Full),
            EmojiMode::Base => Some(Emoji::Base),
            EmojiMode::Text => Some(Emoji::Text),
        },
        ambiguous: match console.ambiguous_width.value {
            2 => Ambiguous::Two,
            _ => Ambiguous::One,
        },
    }
}

/// The names and hosts of the configuration: the operator's accounts, desks and
/// teams. The hub adds its officers.
pub(super) fn known(config: &Config) -> KnownNames {
    let mut known = KnownNames::default();
    for name in &config.floor.known_names.value {
        known.know_account(name);
    }
    for host in &config.floor.known_hosts.value {
        known.know_host(host);
    }
    for desk in &config.desks {
        known.know_roster(&desk.name.value);
        if let Some(title) = &desk.title {
            known.know_roster(&title.value);
        }
    }
    for team in &config.teams {
        known.know_roster(&team.name.value);
    }
    known
}
