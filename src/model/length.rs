//! How long a text is, as its vendor counts.
//!
//! Pure. Asked at every key that an officer presses, so linear in the text.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;
use unicode_segmentation::UnicodeSegmentation;

/// How a vendor counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Count {
    /// Unicode scalar values.
    #[default]
    Chars,
    /// What people see as letters (Bluesky).
    Graphemes,
    /// UTF-16 code units (JavaScript's length: Telegram, LINE, Discord).
    Utf16,
    /// Bytes of UTF-8.
    Bytes,
    /// As X does: most scripts 1, others and emoji 2, a link 23.
    Weighted,
    /// As Mastodon does: letters as people see them, a link 23, of
    /// `@name@host` only `@name`.
    Mastodon,
    /// Segments of an SMS: what a vendor bills, not what a person reads.
    SmsSegments,
}

impl Count {
    /// Every way with its word in files.
    pub const NAMES: [(&'static str, Self); 7] = [
        ("chars", Self::Chars),
        ("graphemes", Self::Graphemes),
        ("utf16", Self::Utf16),
        ("bytes", Self::Bytes),
        ("weighted", Self::Weighted),
        ("mastodon", Self::Mastodon),
        ("sms_segments", Self::SmsSegments),
    ];

    /// What is counted, as in "37 of 500 letters".
    #[must_use]
    pub fn unit(self) -> &'static str {
        match self {
            Self::Chars | Self::Graphemes | Self::Mastodon => "letters",
            Self::Utf16 | Self::Weighted => "units",
            Self::Bytes => "bytes",
            Self::SmsSegments => "segments",
        }
    }
}

/// What a link counts on X and on Mastodon, however long it is.
const LINK: usize = 23;

/// How long `text` is, counted so.
#[must_use]
pub fn length(count: Count, text: &str) -> usize {
    match count {
        Count::Chars => text.chars().count(),
        Count::Graphemes => text.graphemes(true).count(),
        Count::Utf16 => text.encode_utf16().count(),
        Count::Bytes => text.len(),
        Count::Weighted => weighted(text),
        Count::Mastodon => words(text).map(mastodon_word).sum(),
        Count::SmsSegments => sms_segments(text),
    }
}

/// Words and the spaces between them, each whole.
fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split_inclusive(char::is_whitespace)
        .flat_map(|piece| {
            let word = piece.trim_end_matches(char::is_whitespace);
            [word, piece.strip_prefix(word).unwrap_or("")]
        })
        .filter(|piece| !piece.is_empty())
}

fn is_link(word: &str) -> bool {
    let rest = word
        .strip_prefix("https://")
        .or_else(|| word.strip_prefix("http://"));
    rest.is_some_and(|rest| rest.contains('.'))
}

/// X's rule, version 3 of its public configuration: weights in hundredths over
/// the composed text, 200 by default, 100 for four ranges, an emoji 200 however
/// many scalars it has.
fn weighted(text: &str) -> usize {
    let composed: String = text.nfc().collect();
    let hundredths: usize = words(&composed)
        .map(|word| {
            if is_link(word) {
                return LINK * 100;
            }
            word.graphemes(true).map(weight).sum()
        })
        .sum();
    hundredths / 100
}

fn weight(grapheme: &str) -> usize {
    let several = grapheme.chars().nth(1).is_some();
    if several && emojis::get(grapheme).is_some() {
        return 200;
    }
    let one = |c: char| match u32::from(c) {
        0..=4351 | 8192..=8205 | 8208..=8223 | 8242..=8247 => 100,
        _ => 200,
    };
    grapheme.chars().map(one).sum()
}

fn mastodon_word(word: &str) -> usize {
    if is_link(word) {
        return LINK;
    }
    let mention = word
        .strip_prefix('@')
        .and_then(|rest| rest.split_once('@'))
        .filter(|(name, host)| !name.is_empty() && host.contains('.'));
    match mention {
        Some((name, _)) => 1 + name.graphemes(true).count(),
        None => word.graphemes(true).count(),
    }
}

/// GSM 03.38: 160 of its basic letters in one, 153 in each of several; 70 and
/// 67 UTF-16 units where one letter is not among them.
fn sms_segments(text: &str) -> usize {
    const BASIC: &str = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";
    const ESCAPED: &str = "\u{c}^{}\\[~]|€";
    let septets = text.chars().try_fold(0_usize, |sum, c| {
        if BASIC.contains(c) {
            Some(sum + 1)
        } else {
            ESCAPED.contains(c).then_some(sum + 2)
        }
    });
    let (units, one, each) = match septets {
        Some(units) => (units, 160, 153),
        None => (text.encode_utf16().count(), 70, 67),
    };
    if units <= one {
        usize::from(units > 0)
    } else {
        units.div_ceil(each)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_vendor_counts_in_its_own_way() {
        let family = "👨\u{200d}👩\u{200d}👧";
        for (count, text, wanted) in [
            (Count::Chars, family, 5),
            (Count::Graphemes, family, 1),
            (Count::Utf16, family, 8),
            (Count::Bytes, family, 18),
            (Count::Weighted, family, 2),
            (Count::Graphemes, "e\u{301}a", 2),
            (Count::Weighted, "e\u{301}a", 2),
            (Count::Weighted, "漢字 abc", 8),
            (
                Count::Weighted,
                "see https://city.example/a/very/long/path/indeed now",
                31,
            ),
            (
                Count::Mastodon,
                "@dana@social.example hi https://city.example/x",
                5 + 4 + 23,
            ),
            (Count::Mastodon, "@dana hi", 8),
            (Count::SmsSegments, "", 0),
            (Count::SmsSegments, "The water is back.", 1),
            (Count::SmsSegments, "Вода есть.", 1),
        ] {
            assert_eq!(length(count, text), wanted, "{count:?} {text}");
        }
        assert_eq!(length(Count::SmsSegments, &"a".repeat(160)), 1);
        assert_eq!(length(Count::SmsSegments, &"a".repeat(161)), 2);
        assert_eq!(length(Count::SmsSegments, &"[".repeat(81)), 2);
        assert_eq!(length(Count::SmsSegments, &"ж".repeat(71)), 2);
    }
}
