//! How letters are made alike before a text is cut into pieces.
//!
//! Owns [`Charmap`]: the map of a `SentencePiece` model from letters to letters
//! (`NormalizerSpec.precompiled_charsmap`: the length of a double-array trie, the
//! trie, then replacements that end with a zero byte; Yata, "Dictionary compression
//! by sharing suffixes", and the layout of darts-clone), and what `SentencePiece` does
//! with spaces. Called by `piece`.

/// Stands for a space inside a piece.
pub const SPACE: char = '\u{2581}';

/// Letters to letters. Empty: every letter stays as it is.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Charmap {
    units: Vec<u32>,
    replacements: Vec<u8>,
}

impl Charmap {
    /// Reads the map's bytes; none when they are not of its form.
    #[must_use]
    pub fn read(bytes: &[u8]) -> Option<Self> {
        if bytes.is_empty() {
            return Some(Self::default());
        }
        let (length, rest) = bytes.split_first_chunk::<4>()?;
        let (trie, replacements) = rest.split_at_checked(u32::from_le_bytes(*length) as usize)?;
        let (units, odd) = trie.as_chunks::<4>();
        odd.is_empty().then(|| Self {
            units: units.iter().map(|unit| u32::from_le_bytes(*unit)).collect(),
            replacements: replacements.to_vec(),
        })
    }

    /// A text as pieces are cut from it: letters alike, one [`SPACE`] before each
    /// word and before the first, none at the end.
    #[must_use]
    pub fn normal(&self, text: &str) -> Vec<char> {
        let mut normal = Vec::with_capacity(text.len() + 1);
        let mut rest = text;
        while let Some(first) = rest.chars().next() {
            let (length, replaced) = self.longest(rest.as_bytes());
            if let Some(after) = rest.get(length..).filter(|_| length > 0) {
                replaced.chars().for_each(|c| put(&mut normal, c));
                rest = after;
            } else {
                put(&mut normal, first);
                rest = rest.get(first.len_utf8()..).unwrap_or_default();
            }
        }
        if normal.last() == Some(&SPACE) {
            normal.pop();
        }
        normal
    }

    /// The longest beginning of `bytes` that is mapped: its length, and to what.
    fn longest(&self, bytes: &[u8]) -> (usize, &str) {
        let mut found = (0, "");
        let Some(root) = self.units.first() else {
            return found;
        };
        let mut at = offset(*root);
        for (nth, byte) in bytes.iter().enumerate() {
            at ^= usize::from(*byte);
            let Some(unit) = self.units.get(at) else {
                break;
            };
            // The label, with the bit that only leaves have.
            if unit & 0x8000_00ff != u32::from(*byte) {
                break;
            }
            at ^= offset(*unit);
            if unit & 0x100 != 0 {
                let leaf = self.units.get(at).map(|leaf| leaf & 0x7fff_ffff);
                if let Some(replaced) = leaf.and_then(|value| self.replacement(value as usize)) {
                    found = (nth + 1, replaced);
                }
            }
        }
        found
    }

    fn replacement(&self, at: usize) -> Option<&str> {
        let from = self.replacements.get(at..)?;
        let end = from.iter().position(|byte| *byte == 0)?;
        std::str::from_utf8(from.get(..end)?).ok()
    }
}

/// Where a unit's children are, as darts-clone packs it.
fn offset(unit: u32) -> usize {
    ((unit >> 10) << ((unit & 0x200) >> 6)) as usize
}

/// Adds a letter; spaces beside each other are one, and one stands before the
/// first word.
fn put(normal: &mut Vec<char>, letter: char) {
    if normal.is_empty() && letter != ' ' {
        normal.push(SPACE);
    }
    match letter {
        ' ' if normal.last().is_none_or(|last| *last == SPACE) => {}
        ' ' => normal.push(SPACE),
        other => normal.push(other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A map of one letter: "A" (0x41) to "a", by hand. The root's children begin
    /// at 0x40: "A" is unit 0x40 ^ 0x41 = 1; its own children begin at 1 ^ 2 = 3,
    /// where its value stands.
    fn small() -> Charmap {
        let mut units = [0_u32; 4];
        units[0] = 0x40 << 10;
        units[1] = 0x41 | 0x100 | (2 << 10);
        units[3] = 0x8000_0000;
        let mut bytes = 16_u32.to_le_bytes().to_vec();
        bytes.extend(units.iter().flat_map(|unit| unit.to_le_bytes()));
        bytes.extend(b"a\0");
        Charmap::read(&bytes).expect("a map")
    }

    fn normal(map: &Charmap, text: &str) -> String {
        map.normal(text).into_iter().collect()
    }

    #[test]
    fn mapped_letters_are_replaced_and_spaces_are_single() {
        assert_eq!(normal(&small(), "  A  BAé  "), "▁a▁Baé");
        assert_eq!(normal(&Charmap::default(), "A b"), "▁A▁b");
        assert_eq!(normal(&small(), "   "), "");
        assert_eq!(normal(&small(), ""), "");
    }

    #[test]
    fn bytes_of_another_form_are_no_map() {
        assert_eq!(Charmap::read(&[1, 2]), None);
        assert_eq!(Charmap::read(&[9, 0, 0, 0, 1]), None);
        assert_eq!(Charmap::read(&[3, 0, 0, 0, 1, 2, 3]), None);
    }
}
