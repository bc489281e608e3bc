//! What each code point is to the cleaner.
//!
//! Owns the deny set ([`is_forbidden`]) and the sorting of all other code
//! points by what has to be done with them. Looks at one code point at a time;
//! whoever needs the neighbours is `filter`. Called by `filter`, `cluster`,
//! `fold` and `reveal`, and by the terminal's writer as its last net.

use unicode_properties::{EmojiStatus, GeneralCategory, UnicodeEmoji, UnicodeGeneralCategory};
use unicode_segmentation::UnicodeSegmentation;

/// U+200D, joins emoji and some letters.
pub(super) const ZWJ: char = '\u{200d}';
/// U+FE0F, asks for the emoji form of the character before it.
pub(super) const VS16: char = '\u{fe0f}';
/// U+20E3, encloses a digit, `#` or `*` as a keycap.
pub(super) const KEYCAP: char = '\u{20e3}';
/// U+1F3F4, the base of the three flags written with tag characters.
pub(super) const BLACK_FLAG: char = '\u{1f3f4}';
/// U+E007F, ends a flag written with tag characters.
pub(super) const CANCEL_TAG: char = '\u{e007f}';

/// What is to be done with a code point.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Shown as it is.
    Plain,
    /// Some kind of space, shown as U+0020.
    Space,
    /// Any of the ways to end a line.
    Newline,
    /// U+0009.
    Tab,
    /// C0, DEL, C1: shown as a sign.
    Control,
    /// Directs writing: removed.
    Bidi,
    /// Cannot be seen: removed.
    Hidden,
    /// Sits on the character before it.
    Mark,
    /// Half-width voicing marks of katakana, which programs measure
    /// differently: written in full width with their letter.
    SoundMark,
    /// ZWJ and ZWNJ: kept only between characters that they can join or part.
    Joiner,
    /// U+FE0E and U+FE0F: kept only on emoji.
    Selector,
    /// Free variation selectors of Mongolian: kept only on its letters.
    MongolianSelector,
    /// Tag characters: kept only in the three flags that are in use.
    Tag,
    /// Skin tones: kept only on emoji that take them.
    SkinTone,
    /// Private, unassigned or no character: becomes U+FFFD.
    Unreadable,
    /// One glyph many cells wide: spelled out in ordinary letters.
    Sprawling(&'static str),
}

/// Sorts `c`.
pub(super) fn kind(c: char) -> Kind {
    match c {
        // U+3000 stays: it is two cells wide, as its readers expect.
        ' '..='~' | '\u{3000}' => Kind::Plain,
        _ if is_usual_letter(c) => Kind::Plain,
        '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}' => Kind::Newline,
        '\t' => Kind::Tab,
        '\0'..='\u{1f}' | '\u{7f}'..='\u{9f}' => Kind::Control,
        // An empty braille cell looks like a space and is used to fake blank names.
        '\u{2800}' => Kind::Space,
        '\u{200c}' | ZWJ => Kind::Joiner,
        '\u{fe0e}' | VS16 => Kind::Selector,
        '\u{180b}'..='\u{180d}' | '\u{180f}' => Kind::MongolianSelector,
        '\u{e0020}'..='\u{e007f}' => Kind::Tag,
        '\u{1f3fb}'..='\u{1f3ff}' => Kind::SkinTone,
        '\u{fffc}' => Kind::Unreadable,
        // A letter by category, a mark by behaviour: it clings to any character.
        '\u{e33}' | '\u{eb3}' => Kind::Mark,
        '\u{ff9e}' | '\u{ff9f}' => Kind::SoundMark,
        '\u{fdfa}' => Kind::Sprawling("صلى الله عليه وسلم"),
        '\u{fdfb}' => Kind::Sprawling("جل جلاله"),
        '\u{fdfd}' => Kind::Sprawling("بسم الله الرحمن الرحيم"),
        '\u{2e3a}' => Kind::Sprawling("——"),
        '\u{2e3b}' => Kind::Sprawling("———"),
        _ if is_bidi_control(c) => Kind::Bidi,
        _ if is_hidden(c) => Kind::Hidden,
        _ => by_category(c),
    }
}

/// Letters that most text beyond ASCII is made of, told without the large table.
fn is_usual_letter(c: char) -> bool {
    matches!(
        c,
        '\u{c0}'..='\u{24f}'
            | '\u{400}'..='\u{481}'
            | '\u{5d0}'..='\u{5ea}'
            | '\u{620}'..='\u{63f}'
            | '\u{641}'..='\u{64a}'
            | '\u{3041}'..='\u{3096}'
            | '\u{30a1}'..='\u{30fa}'
            | '\u{4e00}'..='\u{9fff}'
            | '\u{ac00}'..='\u{d7a3}'
            | '\u{fe80}'..='\u{fefc}'
    )
}

fn by_category(c: char) -> Kind {
    use GeneralCategory as Gc;
    match c.general_category() {
        Gc::Control => Kind::Control,
        Gc::PrivateUse | Gc::Surrogate | Gc::Unassigned => Kind::Unreadable,
        Gc::Format if is_number_sign(c) => Kind::Plain,
        Gc::Format => Kind::Hidden,
        Gc::NonspacingMark | Gc::EnclosingMark | Gc::SpacingMark => Kind::Mark,
        Gc::SpaceSeparator => Kind::Space,
        Gc::LineSeparator | Gc::ParagraphSeparator => Kind::Newline,
        _ => Kind::Plain,
    }
}

/// Whether `c` may never reach a terminal cell, in whatever company.
///
/// True for C0, DEL, C1, line ends, controls of direction, invisible
/// characters, private, unassigned and non-characters. False for the joiners,
/// selectors and tags that [`is_safe_symbol`](super::is_safe_symbol) allows in
/// their right places.
#[must_use]
pub fn is_forbidden(c: char) -> bool {
    match kind(c) {
        Kind::Newline
        | Kind::Tab
        | Kind::Control
        | Kind::Bidi
        | Kind::Hidden
        | Kind::Unreadable => true,
        Kind::Tag => c != CANCEL_TAG && !"bceglnstw".chars().any(|letter| tag_of(letter) == c),
        _ => false,
    }
}

/// The tag character that stands for the ASCII letter `letter`.
fn tag_of(letter: char) -> char {
    char::from_u32(0xe_0000 + u32::from(letter)).unwrap_or(CANCEL_TAG)
}

/// Whether `tags` (without the black flag, with the cancel tag) spells one of
/// the three flags in use: England, Scotland, Wales.
pub(super) fn is_flag_spelling(tags: &str) -> bool {
    ["gbeng", "gbsct", "gbwls"].into_iter().any(|name| {
        name.chars()
            .map(tag_of)
            .chain([CANCEL_TAG])
            .eq(tags.chars())
    })
}

/// The nine embeddings, overrides and isolates, and the three marks.
fn is_bidi_control(c: char) -> bool {
    matches!(
        c,
        '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}' | '\u{61c}'
    )
}

/// Invisible by design and of no use on a screen. `Format` characters that are
/// not named here are hidden too, by their category.
fn is_hidden(c: char) -> bool {
    matches!(
        c,
        '\u{ad}' | '\u{34f}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180e}'
            | '\u{200b}' | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0d}'
            | '\u{feff}' | '\u{ffa0}' | '\u{fff9}'..='\u{fffb}' | '\u{16fe4}'
            | '\u{1bca0}'..='\u{1bca3}' | '\u{1d159}' | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0000}'..='\u{e001f}' | '\u{e0100}'..='\u{e01ef}'
    )
}

/// Signs of category `Format` that are seen: they enclose the number after them.
fn is_number_sign(c: char) -> bool {
    matches!(
        c,
        '\u{600}'
            ..='\u{605}'
                | '\u{6dd}'
                | '\u{70f}'
                | '\u{890}'
                | '\u{891}'
                | '\u{8e2}'
                | '\u{110bd}'
                | '\u{110cd}'
    )
}

/// Whether the mark `c` is drawn with the character before it. Some vowel
/// signs, of category Mc, are clusters of their own.
pub(super) fn clings(c: char) -> bool {
    let pair: String = ['a', c].iter().collect();
    pair.graphemes(true).count() == 1
}

/// Whether `c` is a mark that takes no room of its own (category Mn or Me).
pub(super) fn is_stacking_mark(c: char) -> bool {
    !c.is_ascii()
        && !is_usual_letter(c)
        && matches!(
            c.general_category(),
            GeneralCategory::NonspacingMark | GeneralCategory::EnclosingMark
        )
        && !matches!(c, '\u{fe0e}' | VS16)
}

/// Whether `c` is a picture that ZWJ and the selectors work on. Stands for
/// `Extended_Pictographic`, less its reserved code points.
pub(super) fn is_pictograph(c: char) -> bool {
    !c.is_ascii()
        && matches!(
            c.emoji_status(),
            EmojiStatus::EmojiPresentation
                | EmojiStatus::EmojiModifierBase
                | EmojiStatus::EmojiPresentationAndModifierBase
                | EmojiStatus::EmojiOther
        )
}

/// Whether `c` is drawn as a picture without being asked to.
pub(super) fn is_presented_as_emoji(c: char) -> bool {
    !c.is_ascii()
        && matches!(
            c.emoji_status(),
            EmojiStatus::EmojiPresentation
                | EmojiStatus::EmojiPresentationAndModifierBase
                | EmojiStatus::EmojiPresentationAndEmojiComponent
        )
}

/// Whether `c` is an emoji that takes a skin tone.
pub(super) fn takes_skin_tone(c: char) -> bool {
    matches!(
        c.emoji_status(),
        EmojiStatus::EmojiModifierBase | EmojiStatus::EmojiPresentationAndModifierBase
    )
}

/// Whether `c` can become a keycap.
pub(super) fn is_keycap_base(c: char) -> bool {
    matches!(c, '0'..='9' | '#' | '*')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn usual_letters_are_what_the_table_says() {
        for c in ('\0'..=char::MAX).filter(|c| is_usual_letter(*c)) {
            let plain = by_category(c) == Kind::Plain && !is_bidi_control(c) && !is_hidden(c);
            assert!(plain, "{:x}", u32::from(c));
        }
    }
}
