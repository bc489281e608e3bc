//! The few facts about scripts that the cleaner needs.
//!
//! Owns which letters ZWJ and ZWNJ belong between, which clusters may be wide,
//! and the watch for words that mix alphabets. Coarse ranges by design: a flag
//! informs, it never decides. Called by `filter` and `cluster`.

use unicode_properties::{GeneralCategoryGroup, UnicodeGeneralCategory};

use super::flags::Flags;

/// Families of scripts in which the joiners mean something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Joining {
    /// Cursive: Arabic, Syriac, Mandaic, N'Ko, Mongolian.
    Cursive,
    /// Brahmic scripts, with conjuncts.
    Indic,
}

/// The family of `c`, when it is a letter or mark of a script with joining.
pub(super) fn joining(c: char) -> Option<Joining> {
    let family = match u32::from(c) {
        0x600..=0x8ff | 0x1820..=0x18aa | 0xfb50..=0xfdff | 0xfe70..=0xfefc => Joining::Cursive,
        _ if is_indic(c) => Joining::Indic,
        _ => return None,
    };
    matches!(
        c.general_category_group(),
        GeneralCategoryGroup::Letter | GeneralCategoryGroup::Mark
    )
    .then_some(family)
}

/// Whether `c` belongs to a Brahmic script, whose conjuncts may be wide.
pub(super) fn is_indic(c: char) -> bool {
    matches!(
        u32::from(c),
        0x900..=0xdff
            | 0xf00..=0x109f
            | 0x1700..=0x17ff
            | 0x1a20..=0x1aad
            | 0x1b00..=0x1c4f
            | 0x1cd0..=0x1cff
            | 0xa800..=0xa82f
            | 0xa880..=0xa8ff
            | 0xa930..=0xa9df
            | 0xaa00..=0xaadf
            | 0xabc0..=0xabff
            | 0x11000..=0x11fff
    )
}

/// Alphabets whose letters pass for each other, as bits.
fn alphabet(c: char) -> u8 {
    match u32::from(c) {
        0x41..=0x5a | 0x61..=0x7a | 0xc0..=0x24f | 0x250..=0x2af | 0x1e00..=0x1eff => 1,
        0x370..=0x3ff | 0x1f00..=0x1fff => 2,
        0x400..=0x52f | 0x1c80..=0x1c8f | 0x2de0..=0x2dff | 0xa640..=0xa69f => 4,
        0x530..=0x58f => 8,
        0x13a0..=0x13ff | 0xab70..=0xabbf => 16,
        0x2c80..=0x2cff => 32,
        0xa4d0..=0xa4ff => 64,
        _ => 0,
    }
}

/// Whether `c` passes for an ASCII character although it is none.
fn passes_for_ascii(c: char) -> bool {
    matches!(
        c,
        'ı' | 'ȷ' | 'ɑ' | 'ɡ' | 'ɩ' | '\u{ff01}'..='\u{ff5e}' | '\u{1d400}'..='\u{1d7ff}'
    )
}

/// Reads kept characters one by one and notes words that mix alphabets.
#[derive(Default)]
pub(super) struct WordWatch {
    seen: u8,
    letters: usize,
    found: Flags,
}

impl WordWatch {
    /// Two letters are too few to tell fraud from `μm` and `ΔT`.
    const SHORTEST: usize = 3;

    /// Reads the next character that is kept; marks and joiners need not come.
    pub(super) fn see(&mut self, c: char) {
        if passes_for_ascii(c) {
            self.found.insert(Flags::LOOKALIKE);
        }
        if !c.is_alphabetic() {
            self.end_word();
            return;
        }
        self.seen |= alphabet(c);
        self.letters += 1;
    }

    /// Ends the word under way.
    pub(super) fn end_word(&mut self) {
        if self.letters >= Self::SHORTEST && self.seen.count_ones() > 1 {
            self.found.insert(Flags::MIXED_SCRIPT);
        }
        self.seen = 0;
        self.letters = 0;
    }

    /// Everything that was found.
    pub(super) fn finish(mut self) -> Flags {
        self.end_word();
        self.found
    }
}
