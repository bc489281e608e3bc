//! Which language a post is in, or that it can't be told.
//!
//! Owns the eight languages that the model knows, the letters it looks at and when
//! it abstains. Letters are lower-cased, not folded: accents tell languages apart.
//! Called by `reading`; `learn` teaches it.

use super::fit::softmax;
use super::table::Table;

/// What the model tells apart, in the order of its classes.
pub const LANGUAGES: [&str; 8] = ["en", "ar", "pt", "es", "fr", "de", "it", "fa"];
/// The table's rows: two to the power of this.
pub const BITS: u32 = 16;
/// So many letters are looked at: more do not change the answer.
const MOST: usize = 512;
/// The longest run of letters that is looked up.
const LONGEST: usize = 5;
/// Below this the model abstains.
pub const SURE: f32 = 0.4;

/// A language with how likely it is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Told {
    /// ISO 639-1.
    pub code: &'static str,
    /// From 0 to 1.
    pub probability: f32,
}

/// The language of `text`; none when there are hardly any letters, when they are
/// of an alphabet that many languages use and the model does not know, or when two
/// languages are about as likely.
#[must_use]
pub fn tell(table: &Table, text: &str) -> Option<Told> {
    let mut letters = [' '; MOST];
    let length = spell(text, &mut letters);
    let letters = letters.get(..length).unwrap_or_default();
    match alphabet(letters) {
        Alphabet::Sorted => {}
        Alphabet::Unsorted => return None,
        Alphabet::Only(code) => {
            let probability = 0.99;
            return Some(Told { code, probability });
        }
    }
    let mut sums = [0_i32; 8];
    let mut count = 0;
    rows(letters, &mut |row| {
        if let Some(weights) = table.row(row).first_chunk::<8>() {
            for (sum, weight) in sums.iter_mut().zip(weights) {
                *sum += i32::from(*weight);
            }
        }
        count += 1;
    });
    let mut scores = [0.0; 8];
    table.scores(&sums, count, &mut scores);
    softmax(&mut scores);
    let best = scores
        .into_iter()
        .zip(LANGUAGES)
        .max_by(|a, b| a.0.total_cmp(&b.0))?;
    let (probability, code) = best;
    (probability >= SURE).then_some(Told { code, probability })
}

/// What most letters are of.
enum Alphabet {
    /// Latin or Arabic: the model sorts its languages.
    Sorted,
    /// One that one language uses.
    Only(&'static str),
    /// Any other, or hardly a letter.
    Unsorted,
}

fn alphabet(letters: &[char]) -> Alphabet {
    let mut counts = [0_usize; 9];
    let mut kana = false;
    for c in letters {
        let of = match u32::from(*c) {
            0x61..=0x24f | 0x1e00..=0x1eff | 0x600..=0x77f | 0xfb50..=0xfeff => 1,
            0x370..=0x3ff | 0x1f00..=0x1fff => 2,
            0x590..=0x5ff => 3,
            0xac00..=0xd7af | 0x1100..=0x11ff => 4,
            0x3040..=0x30ff | 0x4e00..=0x9fff => {
                kana |= u32::from(*c) < 0x4e00;
                5
            }
            0xe00..=0xe7f => 6,
            0x10a0..=0x10ff => 7,
            _ if *c == ' ' => continue,
            _ => 8,
        };
        counts[of] += 1;
    }
    let most = counts
        .into_iter()
        .enumerate()
        .max_by_key(|(_, count)| *count);
    let Some((most, 2..)) = most else {
        return Alphabet::Unsorted;
    };
    match most {
        1 => Alphabet::Sorted,
        2 => Alphabet::Only("el"),
        3 => Alphabet::Only("he"),
        4 => Alphabet::Only("ko"),
        5 => Alphabet::Only(if kana { "ja" } else { "zh" }),
        6 => Alphabet::Only("th"),
        7 => Alphabet::Only("ka"),
        _ => Alphabet::Unsorted,
    }
}

/// Gives the rows of `text`'s runs of letters and words, for learning.
pub fn features(text: &str, take: &mut impl FnMut(u32)) {
    let mut letters = [' '; MOST];
    let length = spell(text, &mut letters);
    rows(letters.get(..length).unwrap_or_default(), take);
}

fn rows(letters: &[char], take: &mut impl FnMut(u32)) {
    let row = |hash: u64| (hash >> 20) as u32 & ((1 << BITS) - 1);
    let mut word = 0_u64;
    for (at, &first) in letters.iter().enumerate() {
        let mut hash = 0xcbf2_9ce4_8422_2325_u64;
        for (length, &c) in letters.iter().skip(at).take(LONGEST).enumerate() {
            hash = (hash ^ u64::from(u32::from(c))).wrapping_mul(0x9e37_79b9_7f4a_7c15);
            hash ^= hash >> 29;
            if length > 0 || first > '\u{ff}' {
                take(row(hash));
            }
            if length > 0 && c == ' ' {
                break;
            }
        }
        if first == ' ' {
            if word != 0 {
                take(row(word >> 4));
            }
            word = 0;
        } else {
            word = (word ^ u64::from(u32::from(first))).wrapping_mul(0xff51_afd7_ed55_8ccd);
            word ^= word >> 31;
        }
    }
}

/// Writes the letters of `text`, lower case, one space between words, without
/// addresses and names. Gives how many there are.
fn spell(text: &str, out: &mut [char; MOST]) -> usize {
    // The first is a space already, and there is room for one at the end.
    let mut length = 1;
    let (mut inside, mut skipped) = (false, false);
    // Padding is passed over at most this far.
    let end = text.floor_char_boundary(MOST * 8);
    for (at, c) in text.get(..end).unwrap_or_default().char_indices() {
        if length + 1 >= MOST {
            break;
        }
        let letter = match c {
            ' ' | '\n' | '\t' | '\r' => {
                (inside, skipped) = (false, false);
                ' '
            }
            _ if skipped => continue,
            '@' if !inside => {
                skipped = true;
                continue;
            }
            'h' if !inside && is_address(text, at) => {
                skipped = true;
                continue;
            }
            'a'..='z' => c,
            'A'..='Z' => c.to_ascii_lowercase(),
            '\'' | '\u{2019}' => '\'',
            '\0'..='\u{7f}' => ' ',
            _ if c.is_alphabetic() => c.to_lowercase().next().unwrap_or(c),
            _ if super::normal::is_unseen(c) => continue,
            _ => ' ',
        };
        inside |= !c.is_ascii_whitespace();
        if letter != ' ' || out[length - 1] != ' ' {
            out[length] = letter;
            length += 1;
        }
    }
    if out[length - 1] != ' ' {
        out[length] = ' ';
        length += 1;
    }
    length
}

fn is_address(text: &str, at: usize) -> bool {
    text.get(at..).is_some_and(|rest| rest.starts_with("http"))
}
