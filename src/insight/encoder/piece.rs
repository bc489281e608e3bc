//! A text as the pieces of words that an encoder knows.
//!
//! Owns [`Vocabulary`]: pieces with their log-probabilities, and the likeliest way
//! to cut a text into them (Kudo, "Subword regularization", 2018: the unigram model
//! of `SentencePiece`; best path by Viterbi). Called by `mod`.

use std::collections::HashMap;

use super::charmap::{Charmap, SPACE};

/// Pieces with a meaning of their own: what is in no piece, a text's begin and end.
const UNKNOWN: u32 = 0;
const BEGIN: u32 = 1;
const END: u32 = 2;
/// By how much what is in no piece is less likely than the rarest piece.
const UNLIKELY: f32 = 10.0;
/// Letters of a text that are read: more does not change what it is about.
const MOST_LETTERS: usize = 1000;

/// A piece: its letters and how likely it is (natural logarithm); none for one that
/// no text is cut into.
pub type Piece = (String, Option<f32>);

/// The pieces that an encoder knows.
#[derive(Clone, Debug, PartialEq)]
pub struct Vocabulary {
    pieces: Vec<Piece>,
    charmap: Charmap,
    /// Steps of a tree over letters: a node and a letter to a node.
    steps: HashMap<u64, u32, foldhash::fast::FixedState>,
    /// The piece that ends at a node.
    ends: Vec<Option<u32>>,
    unknown: f32,
}

impl Vocabulary {
    /// From pieces in their order.
    #[must_use]
    pub fn new(pieces: Vec<Piece>, charmap: Charmap) -> Self {
        let mut steps = HashMap::default();
        let mut ends = vec![None];
        let mut rarest = 0.0_f32;
        for (number, (letters, likely)) in (0_u32..).zip(&pieces) {
            let Some(likely) = likely else { continue };
            rarest = rarest.min(*likely);
            let mut node = 0;
            for letter in letters.chars() {
                let next = ends.len() as u32;
                node = *steps.entry(step(node, letter)).or_insert(next);
                if node == next {
                    ends.push(None);
                }
            }
            if let Some(end) = ends.get_mut(node as usize).filter(|_| node > 0) {
                *end = Some(number);
            }
        }
        Self {
            pieces,
            charmap,
            steps,
            ends,
            unknown: rarest - UNLIKELY,
        }
    }

    /// How many pieces there are.
    #[must_use]
    pub fn size(&self) -> usize {
        self.pieces.len()
    }

    /// The numbers of a text's pieces, with those for begin and end; none for a
    /// text without letters.
    #[must_use]
    pub fn cut(&self, text: &str) -> Option<Vec<u32>> {
        let most = text.floor_char_boundary(4 * MOST_LETTERS);
        let mut letters = self.charmap.normal(text.get(..most).unwrap_or_default());
        letters.truncate(MOST_LETTERS);
        if letters.iter().all(|letter| *letter == SPACE) {
            return None;
        }
        let mut cut = vec![BEGIN];
        cut.extend(self.likeliest(&letters));
        cut.push(END);
        Some(cut)
    }

    fn likeliest(&self, letters: &[char]) -> Vec<u32> {
        // For each place: how likely the best way to it is, where its last piece
        // begins and which it is.
        let mut best = vec![(f32::NEG_INFINITY, 0, UNKNOWN); letters.len() + 1];
        if let Some(first) = best.first_mut() {
            first.0 = 0.0;
        }
        for from in 0..letters.len() {
            let so_far = best.get(from).map_or(0.0, |best| best.0);
            let mut better = |to: usize, (score, piece): (f32, u32)| {
                if let Some(known) = best.get_mut(to).filter(|known| score > known.0) {
                    *known = (score, from, piece);
                }
            };
            let mut alone = false;
            for (to, piece, likely) in self.beginning(letters.get(from..).unwrap_or_default()) {
                alone |= to == 1;
                better(from + to, (so_far + likely, piece));
            }
            if !alone {
                better(from + 1, (so_far + self.unknown, UNKNOWN));
            }
        }
        let mut cut = Vec::new();
        let mut at = letters.len();
        while at > 0 {
            let (_, from, piece) = best.get(at).copied().unwrap_or_default();
            cut.push(piece);
            at = from;
        }
        cut.reverse();
        cut
    }

    /// The pieces that `letters` begin with: how long, which, how likely.
    fn beginning(&self, letters: &[char]) -> impl Iterator<Item = (usize, u32, f32)> {
        let mut node = Some(0);
        let nodes = letters.iter().map_while(move |letter| {
            node = node.and_then(|at| self.steps.get(&step(at, *letter)).copied());
            node
        });
        (1..).zip(nodes).filter_map(|(length, node)| {
            let piece = (*self.ends.get(node as usize)?)?;
            let likely = self.pieces.get(piece as usize)?.1?;
            Some((length, piece, likely))
        })
    }
}

/// A letter has 21 bits.
fn step(node: u32, letter: char) -> u64 {
    u64::from(node) << 21 | u64::from(u32::from(letter))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn small() -> Vocabulary {
        let special = ["<unk>", "<s>", "</s>"].map(|name| (name.to_owned(), None));
        let likely = [
            ("▁", -2.0),
            ("▁w", -4.0),
            ("water", -3.5),
            ("▁water", -3.0),
            ("s", -2.5),
            ("a", -3.0),
        ];
        let pieces = likely.map(|(letters, score)| (letters.to_owned(), Some(score)));
        Vocabulary::new(
            special.into_iter().chain(pieces).collect(),
            Charmap::default(),
        )
    }

    #[test]
    fn a_text_is_cut_into_its_likeliest_pieces() {
        // "▁water" + "s" (-5.5) beats "▁" + "water" + "s" (-8).
        assert_eq!(small().cut("waters"), Some(vec![1, 6, 7, 2]));
        assert_eq!(small().cut("water a"), Some(vec![1, 6, 3, 8, 2]));
    }

    #[test]
    fn letters_in_no_piece_are_unknown_one_by_one() {
        assert_eq!(small().cut("xys"), Some(vec![1, 3, 0, 0, 7, 2]));
        // The names of pieces with a meaning of their own are no pieces in a text.
        assert_eq!(small().cut("<s>"), Some(vec![1, 3, 0, 7, 0, 2]));
    }

    #[test]
    fn a_text_without_letters_has_no_pieces_and_a_long_one_is_cut_short() {
        assert_eq!(small().cut("  "), None);
        assert_eq!(small().cut(""), None);
        let long = small().cut(&"😱".repeat(20_000)).expect("pieces");
        assert!(long.len() <= MOST_LETTERS + 2);
    }
}
