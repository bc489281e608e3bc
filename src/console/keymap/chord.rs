//! One key as the keymap knows it, and how it is written ("Ctrl-D", "S-Tab").
//!
//! Knows nothing of terminals: the runtime makes chords of terminal events.
//! There is no Alt, on purpose: over SSH it can't be told from Esc and a key.

use std::fmt;

/// A key without its modifiers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Key {
    /// What the key writes; upper case carries Shift in itself.
    Char(char),
    /// Enter.
    Enter,
    /// Escape.
    Esc,
    /// Tab.
    Tab,
    /// Shift and Tab.
    BackTab,
    /// Backspace.
    Backspace,
    /// Delete.
    Delete,
    /// Arrow left.
    Left,
    /// Arrow right.
    Right,
    /// Arrow up.
    Up,
    /// Arrow down.
    Down,
    /// Home.
    Home,
    /// End.
    End,
    /// Page up.
    PageUp,
    /// Page down.
    PageDown,
    /// A function key, 1 to 12.
    F(u8),
}

/// A key with Ctrl or without.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Chord {
    /// Which key.
    pub key: Key,
    /// Whether Ctrl is held; the character is lower case then.
    pub ctrl: bool,
}

impl Chord {
    /// A key alone.
    #[must_use]
    pub const fn key(key: Key) -> Self {
        Self { key, ctrl: false }
    }

    /// A character alone.
    #[must_use]
    pub const fn char(c: char) -> Self {
        Self::key(Key::Char(c))
    }

    /// Ctrl and a character.
    #[must_use]
    pub const fn ctrl(c: char) -> Self {
        Self {
            key: Key::Char(c),
            ctrl: true,
        }
    }

    /// What the key writes into a text, if anything.
    #[must_use]
    pub fn written(self) -> Option<char> {
        match self.key {
            Key::Char(c) if !self.ctrl && !c.is_control() => Some(c),
            _ => None,
        }
    }

    /// Keys that are never bound: terminals, tmux and screen keep them for
    /// themselves, they can't be told from other keys, or (Ctrl-Z) they suspend.
    #[must_use]
    pub fn is_reserved(self) -> bool {
        matches!(self, Self { key: Key::Char(c), ctrl: true } if "sqabhijmz".contains(c))
    }
}

impl fmt::Display for Chord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.ctrl, self.key) {
            (true, Key::Char(c)) => write!(f, "Ctrl-{}", c.to_ascii_uppercase()),
            (true, key) => write!(f, "Ctrl-{}", Self::key(key)),
            (false, Key::Char(' ')) => f.write_str("Space"),
            (false, Key::Char(c)) => write!(f, "{c}"),
            (false, Key::F(n)) => write!(f, "F{n}"),
            (false, key) => f.write_str(
                NAMED
                    .iter()
                    .find(|(_, named)| *named == key)
                    .map_or("?", |(name, _)| name),
            ),
        }
    }
}

/// The names of the keys that write nothing. The first of a key is shown.
const NAMED: [(&str, Key); 22] = [
    ("Enter", Key::Enter),
    ("Esc", Key::Esc),
    ("Tab", Key::Tab),
    ("S-Tab", Key::BackTab),
    ("Backspace", Key::Backspace),
    ("Del", Key::Delete),
    ("←", Key::Left),
    ("→", Key::Right),
    ("↑", Key::Up),
    ("↓", Key::Down),
    ("Home", Key::Home),
    ("End", Key::End),
    ("PgUp", Key::PageUp),
    ("PgDn", Key::PageDown),
    ("Space", Key::Char(' ')),
    ("Left", Key::Left),
    ("Right", Key::Right),
    ("Up", Key::Up),
    ("Down", Key::Down),
    ("PageUp", Key::PageUp),
    ("PageDown", Key::PageDown),
    ("Delete", Key::Delete),
];

/// Why a chord's text was not understood.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadChord {
    /// No such key.
    #[error("\"{0}\" is not a key; write it like a, gg, Ctrl-D, S-Tab, Space, Enter or F2")]
    Unknown(String),
    /// A key that must not be bound.
    #[error("{0} is kept by terminals and can't be bound")]
    Reserved(String),
}

/// Reads a sequence: keys apart by spaces ("g g", "Ctrl-X y"), or letters
/// together ("gg").
///
/// # Errors
/// [`BadChord`] with the part that was not understood.
pub fn sequence(text: &str) -> Result<Vec<Chord>, BadChord> {
    let words: Vec<&str> = text.split_whitespace().collect();
    if words.is_empty() {
        return Err(BadChord::Unknown(shown(text)));
    }
    let mut chords = Vec::new();
    for word in words {
        if let Some(chord) = single(word) {
            chords.push(chord);
        } else if word.chars().count() <= 3 && word.is_ascii() {
            chords.extend(word.chars().map(Chord::char));
        } else {
            return Err(BadChord::Unknown(shown(word)));
        }
    }
    match chords.iter().find(|chord| chord.is_reserved()) {
        Some(chord) => Err(BadChord::Reserved(chord.to_string())),
        None => Ok(chords),
    }
}

/// A stranger's word in an error: printable ASCII only, cut at 20.
fn shown(word: &str) -> String {
    word.chars()
        .map(|c| if c.is_ascii_graphic() { c } else { '?' })
        .take(20)
        .collect()
}

fn single(word: &str) -> Option<Chord> {
    if let Some((_, key)) = NAMED
        .iter()
        .find(|(name, _)| name.eq_ignore_ascii_case(word))
    {
        return Some(Chord::key(*key));
    }
    let rest = ["Ctrl-", "ctrl-", "C-"]
        .iter()
        .find_map(|prefix| word.strip_prefix(prefix));
    let named = |name: &str| {
        let found = NAMED
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(name));
        found
            .map(|(_, key)| *key)
            .filter(|key| !matches!(key, Key::Char(_)))
    };
    if let Some(key) = rest.and_then(named) {
        return Some(Chord { key, ctrl: true });
    }
    let mut chars = rest.unwrap_or(word).chars();
    match (rest, chars.next(), chars.next()) {
        (None, Some(c), None) if !c.is_control() => Some(Chord::char(c)),
        (Some(_), Some(c), None) if c.is_ascii_graphic() => {
            Some(Chord::ctrl(c.to_ascii_lowercase()))
        }
        (None, Some('F' | 'f'), Some(_)) => {
            let number: u8 = word.trim_start_matches(['F', 'f']).parse().ok()?;
            (1..=12)
                .contains(&number)
                .then_some(Chord::key(Key::F(number)))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_shown_is_read_back() {
        for text in [
            "a", "Ctrl-D", "S-Tab", "Space", "F5", "↓", "Enter", "@", "\\", "Ctrl-←", "Ctrl-Del",
        ] {
            let chords = sequence(text).expect("a chord");
            assert_eq!(chords.len(), 1, "{text}");
            assert_eq!(chords[0].to_string(), text);
        }
        assert_eq!(sequence("gg").map(|s| s.len()), Ok(2));
        assert_eq!(sequence("Ctrl-X y").map(|s| s.len()), Ok(2));
    }

    #[test]
    fn reserved_and_unknown_keys_are_named() {
        assert!(matches!(sequence("Ctrl-S"), Err(BadChord::Reserved(_))));
        assert!(matches!(sequence("Alt-x"), Err(BadChord::Unknown(_))));
        assert!(matches!(sequence(""), Err(BadChord::Unknown(_))));
    }
}
