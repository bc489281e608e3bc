//! Letters as the models compare them: one spelling for what readers take for
//! the same letter.
//!
//! Owns [`folded`]: case, accents, Arabic spelling, presentation forms, full
//! width, styled alphabets, and what cannot be seen. Char by char, so that a text
//! is read in one pass; `text::fold` is thorough where this is quick. Called by
//! `token` and `topic`.

use unicode_normalization::char::{decompose_canonical, decompose_compatible};

/// Gives what `c` is compared as to `take`: nothing, one character or several.
pub(super) fn folded(c: char, take: &mut impl FnMut(char)) {
    match c {
        'A'..='Z' => take(c.to_ascii_lowercase()),
        '\0'..='\u{7f}' => take(c),
        '\u{2018}' | '\u{2019}' | '\u{201b}' | '\u{b4}' | '\u{2bc}' => take('\''),
        '\u{201c}' | '\u{201d}' | '\u{ab}' | '\u{bb}' => take('"'),
        _ if is_unseen(c) => {}
        '\u{621}'..='\u{6ff}' => arabic(c, take),
        '\u{c0}'..='\u{24f}' | '\u{1e00}'..='\u{1eff}' => latin(c, take),
        '\u{400}'..='\u{52f}' | '\u{370}'..='\u{3ff}' => c.to_lowercase().for_each(take),
        _ if is_dressed(c) => decompose_compatible(c, |plain| undressed(plain, take)),
        _ => c.to_lowercase().for_each(take),
    }
}

/// Marks that readers leave out, and what only directs or joins.
pub(super) fn is_unseen(c: char) -> bool {
    matches!(
        u32::from(c),
        0xad
            | 0x300..=0x36f
            | 0x610..=0x61c
            | 0x640
            | 0x64b..=0x65f
            | 0x670
            | 0x6d6..=0x6dc
            | 0x6df..=0x6e8
            | 0x6ea..=0x6ed
            | 0x180e
            | 0x200b..=0x200f
            | 0x202a..=0x202e
            | 0x2060..=0x206f
            | 0xfe00..=0xfe0f
            | 0xfeff
            | 0xe0000..=0xe01ef
    )
}

/// Letters in another dress: ligatures, presentation forms, full width, styled,
/// circled.
fn is_dressed(c: char) -> bool {
    matches!(
        u32::from(c),
        0x2100..=0x214f | 0x24b6..=0x24e9 | 0xfb00..=0xfdff | 0xfe70..=0xfefc | 0xff01..=0xff5e
            | 0x1d400..=0x1d7ff | 0x1f130..=0x1f149
    )
}

fn undressed(c: char, take: &mut impl FnMut(char)) {
    match c {
        _ if is_unseen(c) => {}
        '\u{621}'..='\u{6ff}' => arabic(c, take),
        _ => c.to_lowercase().for_each(take),
    }
}

fn latin(c: char, take: &mut impl FnMut(char)) {
    match c {
        'ß' => "ss".chars().for_each(take),
        'æ' | 'Æ' => "ae".chars().for_each(take),
        'œ' | 'Œ' => "oe".chars().for_each(take),
        'ø' | 'Ø' => take('o'),
        'đ' | 'Đ' | 'ð' | 'Ð' => take('d'),
        'ł' | 'Ł' => take('l'),
        'ı' => take('i'),
        _ => decompose_canonical(c, |part| {
            if !is_unseen(part) {
                part.to_lowercase().for_each(&mut *take);
            }
        }),
    }
}

fn arabic(c: char, take: &mut impl FnMut(char)) {
    take(match c {
        'أ' | 'إ' | 'آ' | 'ٱ' | '\u{672}' | '\u{673}' | '\u{675}' => 'ا',
        'ى' | 'ی' | 'ې' | 'ے' | 'ئ' => 'ي',
        'ؤ' => 'و',
        'ة' | 'ه' | 'ۀ' | 'ہ' | 'ھ' | 'ە' => 'ه',
        'ک' | 'ڪ' => 'ك',
        '\u{660}'..='\u{669}' => digit(c, 0x660),
        '\u{6f0}'..='\u{6f9}' => digit(c, 0x6f0),
        _ => c,
    });
}

fn digit(c: char, zero: u32) -> char {
    char::from_digit(u32::from(c) - zero, 10).unwrap_or(c)
}
