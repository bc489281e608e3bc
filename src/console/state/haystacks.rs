//! The folded words of all items, in few large pieces of memory, so that a
//! filter reads them one after the other at each key.
//!
//! Owns the pieces and how much of them nobody refers to any more. Whose words
//! they are is the ledger's to know, which alone calls it.

/// Where the words of an item are: piece, first byte, length.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Words(u32, u32, u32);

/// A piece has this size, and is never moved.
const PIECE: usize = 1 << 20;

/// The pieces.
#[derive(Debug, Default)]
pub(super) struct Haystacks {
    pieces: Vec<String>,
    /// Bytes of words that nobody refers to any more.
    waste: usize,
}

impl Haystacks {
    /// The words that were kept there.
    pub(super) fn get(&self, words: Words) -> &str {
        let Words(piece, from, len) = words;
        let piece = self.pieces.get(at(piece));
        let range = at(from)..at(from) + at(len);
        piece.and_then(|piece| piece.get(range)).unwrap_or("")
    }

    /// Keeps words.
    pub(super) fn keep(&mut self, words: &str) -> Words {
        let fits = |piece: &String| piece.capacity() - piece.len() >= words.len();
        if !self.pieces.last().is_some_and(fits) {
            self.pieces
                .push(String::with_capacity(PIECE.max(words.len())));
        }
        let piece = self.pieces.len() - 1;
        let last = &mut self.pieces[piece];
        let from = last.len();
        last.push_str(words);
        let number = |n: usize| u32::try_from(n).expect("pieces and items are small");
        Words(number(piece), number(from), number(words.len()))
    }

    /// Nobody refers to these words any more.
    pub(super) fn waste(&mut self, words: Words) {
        self.waste += at(words.2);
    }

    /// Whether more words are waste than are used.
    pub(super) fn is_wasteful(&self) -> bool {
        self.waste > PIECE * self.pieces.len().max(2) / 2
    }
}

fn at(number: u32) -> usize {
    usize::try_from(number).expect("32 bits")
}
