//! The form of a text that is compared, never shown.
//!
//! Owns [`search_key`]: two texts that an officer would call the same word have
//! the same key, whatever their case, accents, Arabic spelling, presentation
//! forms or hidden characters. Called by the filter language and by search, for
//! the question and for the text alike.

use unicode_normalization::UnicodeNormalization;

use super::class::{self, Kind};

/// The key of `text`: lower case, without accents, Arabic letters and digits
/// in one spelling, invisible characters gone, white space as one space,
/// trimmed. `search_key(search_key(x)) == search_key(x)`.
#[must_use]
pub fn search_key(text: &str) -> String {
    if text.is_ascii() {
        return ascii_key(text);
    }
    // Word by word: nothing joins across a space, and most words of most
    // languages are ASCII or settled at once.
    let mut key = String::with_capacity(text.len());
    for word in text.split(' ') {
        let folded = if word.is_ascii() {
            ascii_key(word)
        } else {
            word_key(word)
        };
        if !key.is_empty() && !folded.is_empty() {
            key.push(' ');
        }
        key.push_str(&folded);
    }
    key
}

/// Letter by letter where each of them is known at once, as in most words; twice
/// the long way where the first time made letters that may unfold again.
fn word_key(word: &str) -> String {
    if let Some(key) = quick_key(word) {
        return key;
    }
    let once = unfold(word);
    if once.chars().all(is_settled) {
        once
    } else {
        unfold(&once)
    }
}

fn quick_key(word: &str) -> Option<String> {
    let mut key = String::with_capacity(word.len());
    for c in word.chars() {
        key.push(quick(c)?);
    }
    Some(key)
}

/// Letters of large scripts that are their own key wherever they stand.
fn is_settled(c: char) -> bool {
    quick(c) == Some(c)
}

/// The key of a letter of a large script, which is the same wherever it stands.
/// What is not here goes the long way.
fn quick(c: char) -> Option<char> {
    Some(match c {
        'A'..='Z' => c.to_ascii_lowercase(),
        ' '..='~'
        | 'α'
        | 'β'..='ρ'
        | 'σ'..='ω'
        | 'а'..='и'
        | 'к'..='я'
        | 'א'..='ת'
        | '\u{621}'
        | '\u{627}'
        | '\u{628}'
        | '\u{62a}'..='\u{63a}'
        | '\u{641}'..='\u{648}'
        | '\u{64a}'
        | 'ぁ'..='ゖ'
        | 'ァ'..='ヺ'
        | '\u{4e00}'..='\u{9fff}'
        | '가'..='힣' => c,
        'À'..='Å' | 'à'..='å' => 'a',
        'Ç' | 'ç' => 'c',
        'È'..='Ë' | 'è'..='ë' => 'e',
        'Ì'..='Ï' | 'ì'..='ï' => 'i',
        'Ñ' | 'ñ' => 'n',
        'Ò'..='Ö' | 'ò'..='ö' => 'o',
        'Ù'..='Ü' | 'ù'..='ü' => 'u',
        'й' | 'Й' => 'и',
        'ё' | 'Ё' => 'е',
        'А'..='Я' => char::from_u32(u32::from(c) + 32)?,
        '\u{622}' | '\u{623}' | '\u{625}' => '\u{627}',
        '\u{629}' => '\u{647}',
        '\u{649}' => '\u{64a}',
        _ => return None,
    })
}

/// The same for ASCII, byte by byte: most of what is searched, and the archive
/// folds every item that ever came.
fn ascii_key(text: &str) -> String {
    let mut key = String::with_capacity(text.len());
    let mut gap = false;
    for byte in text.bytes() {
        match byte {
            b' ' | b'\t'..=b'\r' => gap = !key.is_empty(),
            0..=0x1f | 0x7f => {}
            _ => {
                if std::mem::take(&mut gap) {
                    key.push(' ');
                }
                key.push(char::from(byte.to_ascii_lowercase()));
            }
        }
    }
    key
}

fn unfold(text: &str) -> String {
    let letters = text
        .chars()
        .flat_map(spelled)
        .filter_map(visible)
        .nfkd()
        .filter(|c| !is_accent(*c));
    let lower = letters
        .flat_map(char::to_lowercase)
        .filter(|c| !is_accent(*c));
    // Hangul and kana need their marks back: they are letters, not accents.
    let plain: String = lower.flat_map(|c| plain(c).chars_or(c)).nfc().collect();
    spaced(plain.chars())
}

/// One glyph of many words as its words.
fn spelled(c: char) -> impl Iterator<Item = char> {
    let (words, one) = match class::kind(c) {
        Kind::Sprawling(words) => (words, None),
        _ => ("", Some(c)),
    };
    words.chars().chain(one)
}

/// White space folds to one space, all else that cannot be seen goes.
fn visible(c: char) -> Option<char> {
    match class::kind(c) {
        Kind::Space | Kind::Newline | Kind::Tab => Some(' '),
        Kind::Control
        | Kind::Bidi
        | Kind::Hidden
        | Kind::Joiner
        | Kind::Selector
        | Kind::MongolianSelector
        | Kind::Tag
        | Kind::Unreadable => None,
        _ => Some(c),
    }
}

fn spaced(chars: impl Iterator<Item = char>) -> String {
    let mut key = String::new();
    let mut gap = false;
    for c in chars.filter_map(visible) {
        if c.is_whitespace() {
            gap = !key.is_empty();
            continue;
        }
        if std::mem::take(&mut gap) {
            key.push(' ');
        }
        key.push(c);
    }
    key
}

/// Marks that readers leave out when they type: accents, Hebrew points,
/// Arabic vowel signs and the tatweel. Vowel signs of Indic and Thai are letters.
fn is_accent(c: char) -> bool {
    matches!(
        u32::from(c),
        0x300..=0x36f
            | 0x483..=0x489
            | 0x591..=0x5bd
            | 0x5bf
            | 0x5c1..=0x5c2
            | 0x5c4..=0x5c5
            | 0x5c7
            | 0x610..=0x61a
            | 0x640
            | 0x64b..=0x65f
            | 0x670
            | 0x6d6..=0x6dc
            | 0x6df..=0x6e4
            | 0x6e7..=0x6e8
            | 0x6ea..=0x6ed
            | 0x8d3..=0x8e1
            | 0x8e3..=0x8ff
            | 0x1ab0..=0x1aff
            | 0x1dc0..=0x1dff
            | 0x20d0..=0x20ff
            | 0xfe20..=0xfe2f
    )
}

/// What a letter is spelled as in a key.
enum Plain {
    Same,
    As(&'static str),
    Digit(char),
}

impl Plain {
    fn chars_or(self, c: char) -> impl Iterator<Item = char> {
        let (words, one) = match self {
            Self::Same => ("", Some(c)),
            Self::As(words) => (words, None),
            Self::Digit(digit) => ("", Some(digit)),
        };
        words.chars().chain(one)
    }
}

fn plain(c: char) -> Plain {
    match c {
        'ı' => Plain::As("i"),
        'ø' => Plain::As("o"),
        'ł' => Plain::As("l"),
        'đ' => Plain::As("d"),
        'æ' => Plain::As("ae"),
        'œ' => Plain::As("oe"),
        'ß' => Plain::As("ss"),
        'ς' => Plain::As("σ"),
        // Alef with wasla and the wavy alefs; those with hamza or madda have
        // already lost it as an accent.
        '\u{671}'..='\u{673}' | '\u{675}' => Plain::As("\u{627}"),
        // Alef maksura and Persian yeh: yeh.
        '\u{649}' | '\u{6cc}' | '\u{6d2}' => Plain::As("\u{64a}"),
        // Teh marbuta and the hehs of other languages: heh.
        '\u{629}' | '\u{6be}' | '\u{6c1}' | '\u{6d5}' => Plain::As("\u{647}"),
        // Persian kaf: kaf.
        '\u{6a9}' => Plain::As("\u{643}"),
        '\u{660}'..='\u{669}' => digit(c, 0x660),
        '\u{6f0}'..='\u{6f9}' => digit(c, 0x6f0),
        _ => Plain::Same,
    }
}

fn digit(c: char, zero: u32) -> Plain {
    char::from_digit(u32::from(c) - zero, 10).map_or(Plain::Same, Plain::Digit)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[track_caller]
    fn same(left: &str, right: &str) {
        assert_eq!(
            search_key(left),
            search_key(right),
            "{left:?} and {right:?}"
        );
    }

    #[test]
    fn case_and_accents_do_not_matter() {
        same("São  Paulo", "sao paulo");
        same("CAFÉ", "cafe\u{301}");
        same("İstanbul ışık", "istanbul isik");
        same("Straße", "STRASSE");
        same("Ёлка", "елка");
        same("ＡＤＭＩＮ", "admin");
    }

    #[test]
    fn hidden_characters_do_not_matter() {
        same("pass\u{200b}word", "password");
        same("ad\u{ad}min\u{202e}", "admin");
        same("می\u{200c}خواهم", "میخواهم");
        same("a\u{1b}[31m", "a[31m");
    }

    #[test]
    fn arabic_has_one_spelling() {
        same("أحمد", "احمد");
        same("إسلام آباد ٱلله", "اسلام اباد الله");
        same("مدرسة", "مدرسه");
        same("مستشفى", "مستشفي");
        same("مُـحَـمَّد", "محمد");
        same("\u{fefb}\u{fe8e}\u{fedf}", "لاال");
        same("ی ک", "ي ك");
        same("طوارئ ١٢٣ ۴", "طواري 123 4");
    }

    #[test]
    fn letters_that_carry_meaning_stay() {
        for (left, right) in [("か", "が"), ("कि", "कु"), ("กิ", "กี"), ("한", "하")]
        {
            assert_ne!(search_key(left), search_key(right));
        }
    }

    #[test]
    fn letters_known_at_once_have_the_key_of_the_long_way() {
        let known = ('\0'..=char::MAX).filter_map(|c| Some((c, quick(c)?)));
        for (c, key) in known.filter(|(c, _)| *c != ' ') {
            assert_eq!(unfold(&unfold(&c.to_string())), key.to_string(), "{c:?}");
            assert!(is_settled(key), "{c:?}");
        }
    }

    proptest! {
        #[test]
        fn ascii_has_the_key_that_every_text_has(text in "[\\x00-\\x7f]{0,40}") {
            prop_assert_eq!(ascii_key(&text), unfold(&unfold(&text)));
        }

        #[test]
        fn a_text_has_the_keys_of_its_words(text in "([a-zA-Z ]|[À-ÿ]|[А-ё]|[éÉßİ]|[\u{600}-\u{6ff}]|[\u{300}-\u{310}]|\\PC|[\u{1100}-\u{11ff}]|[ぁ-ヺ]|\u{3099}|\u{a0}){0,24}") {
            prop_assert_eq!(search_key(&text), unfold(&unfold(&text)));
        }

        #[test]
        fn a_key_is_its_own_key(text in "\\PC{0,40}") {
            let key = search_key(&text);
            prop_assert_eq!(search_key(&key), key);
        }
    }
}
