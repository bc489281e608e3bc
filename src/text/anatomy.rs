//! What a text is made of: for the officer who doubts it.
//!
//! Owns the counting of letters by script and of what the cleaner removes or
//! replaces, with a name for each. Reads evidence, shows nothing. Called by
//! the page behind "reveal".

use std::collections::BTreeMap;

use unicode_script::{Script, UnicodeScript};

use super::class::{self, Kind};
use super::untrusted::Untrusted;

/// Characters that are looked at; a field that is longer is cut anyway.
const MOST: usize = super::MAX_BYTES;

/// One sort of character that is not shown as it came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Odd {
    /// The character.
    pub code_point: char,
    /// What it is, in words.
    pub name: String,
    /// How often it is there.
    pub count: usize,
}

impl Odd {
    /// Its bytes in UTF-8: "e2 80 ae".
    #[must_use]
    pub fn hex(&self) -> String {
        let mut bytes = [0; 4];
        let bytes = self.code_point.encode_utf8(&mut bytes).as_bytes();
        let digits: Vec<String> = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        digits.join(" ")
    }
}

/// What a text is made of.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Anatomy {
    /// Code points.
    pub characters: usize,
    /// Bytes of UTF-8.
    pub bytes: usize,
    /// Letters by script, the most frequent first.
    pub scripts: Vec<(&'static str, usize)>,
    /// What is not shown as it came, the most frequent first.
    pub odd: Vec<Odd>,
}

impl Anatomy {
    /// Of a field as it came.
    #[must_use]
    pub fn of(source: &Untrusted) -> Self {
        let text = source.as_evidence();
        let mut scripts: BTreeMap<&'static str, usize> = BTreeMap::new();
        let mut odd: BTreeMap<char, usize> = BTreeMap::new();
        for c in text.chars().take(MOST) {
            if is_odd(c) {
                *odd.entry(c).or_default() += 1;
            } else if c.is_alphabetic() && !matches!(c.script(), Script::Common | Script::Inherited)
            {
                *scripts.entry(c.script().full_name()).or_default() += 1;
            }
        }
        let mut scripts: Vec<_> = scripts.into_iter().collect();
        scripts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        let mut odd: Vec<Odd> = odd
            .into_iter()
            .map(|(code_point, count)| Odd {
                code_point,
                name: name(code_point),
                count,
            })
            .collect();
        odd.sort_by_key(|one| std::cmp::Reverse(one.count));
        Self {
            characters: text.chars().count(),
            bytes: text.len(),
            scripts,
            odd,
        }
    }

    /// How many characters are not shown as they came.
    #[must_use]
    pub fn odd_count(&self) -> usize {
        self.odd.iter().map(|one| one.count).sum()
    }
}

fn is_odd(c: char) -> bool {
    !matches!(
        class::kind(c),
        Kind::Plain
            | Kind::Space
            | Kind::Newline
            | Kind::Tab
            | Kind::Mark
            | Kind::SoundMark
            | Kind::SkinTone
            | Kind::Sprawling(_)
    )
}

/// What `c` is, in lower case.
fn name(c: char) -> String {
    let known = match c {
        '\0' => "null",
        '\u{7}' => "bell",
        '\u{8}' => "backspace",
        '\u{1b}' => "escape: begins a command to the terminal",
        '\u{7f}' => "delete",
        '\u{9b}' => "begins a command to the terminal",
        '\u{ad}' => "soft hyphen",
        '\u{34f}' => "grapheme joiner",
        '\u{61c}' => "Arabic letter mark: directs writing",
        '\u{115f}' | '\u{1160}' | '\u{3164}' | '\u{ffa0}' => "Hangul filler: looks like nothing",
        '\u{200b}' => "space of no width",
        '\u{200c}' => "keeps letters from joining",
        '\u{200d}' => "joins letters or emoji",
        '\u{200e}' => "left-to-right mark",
        '\u{200f}' => "right-to-left mark",
        '\u{202a}' => "begins left-to-right text",
        '\u{202b}' => "begins right-to-left text",
        '\u{202c}' | '\u{2069}' => "ends a change of direction",
        '\u{202d}' => "forces left-to-right order",
        '\u{202e}' => "forces right-to-left order: turns words around",
        '\u{2060}' => "word joiner",
        '\u{2066}' | '\u{2067}' | '\u{2068}' => "begins a part with its own direction",
        '\u{fe0e}' => "asks for the text form of an emoji",
        '\u{fe0f}' => "asks for the picture form of an emoji",
        '\u{feff}' => "byte order mark, or a space of no width",
        _ => return by_kind(c),
    };
    known.to_owned()
}

fn by_kind(c: char) -> String {
    match class::kind(c) {
        Kind::Tag => {
            let letter = u32::from(c).checked_sub(0xe_0000).and_then(char::from_u32);
            match letter.filter(|letter| (' '..='~').contains(letter)) {
                Some(letter) => format!("hidden tag that stands for \"{letter}\""),
                None => "hidden tag".to_owned(),
            }
        }
        Kind::Control => "control character".to_owned(),
        Kind::Bidi => "directs writing".to_owned(),
        Kind::MongolianSelector | Kind::Selector => "selects a form".to_owned(),
        Kind::Unreadable => "private, unassigned or no character".to_owned(),
        _ => "cannot be seen".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scripts_and_hidden_characters_are_counted() {
        let anatomy = Anatomy::of(&Untrusted::from("p\u{430}ypal \u{202e}\u{202e}\u{200b}!\n"));
        assert_eq!(anatomy.characters, 12);
        assert_eq!(anatomy.scripts, [("Latin", 5), ("Cyrillic", 1)]);
        assert_eq!(anatomy.odd_count(), 3);
        let first = anatomy.odd.first().unwrap();
        assert_eq!((first.code_point, first.count), ('\u{202e}', 2));
        assert_eq!(first.hex(), "e2 80 ae");
        assert!(first.name.contains("turns words around"));
    }

    #[test]
    fn what_the_cleaner_flags_is_in_the_count() {
        for text in [
            "a\u{1b}[2J",
            "\u{feff}x",
            "a\u{e0041}b",
            "\u{e000}",
            "a\u{2066}b\u{2069}",
        ] {
            assert!(
                Anatomy::of(&Untrusted::from(text)).odd_count() > 0,
                "{text:?}"
            );
        }
        assert_eq!(
            Anatomy::of(&Untrusted::from("São Paulo 中村 سلام")).odd_count(),
            0
        );
    }

    #[test]
    fn hidden_tags_spell_themselves() {
        let anatomy = Anatomy::of(&Untrusted::from("\u{e0068}"));
        assert_eq!(anatomy.odd[0].name, "hidden tag that stands for \"h\"");
    }
}
