//! An encoder as it lies on the disk, in a form of our own.
//!
//! Owns the bytes: SHA-256 of what follows (32), then zstd of: version (1); five
//! `u32` (groups, pieces, text, window, between); the letters' map with its length
//! (`u32`); for each piece its length (1), letters and how likely it is (`f32`, not a
//! number for one that no text is cut into); the network's numbers (`f32`); a byte
//! for each number of each piece. All little-endian. Called by `mod`.

use super::EncoderError;
use super::charmap::Charmap;
use super::network::{Network, Widths};
use super::piece::{Piece, Vocabulary};
use crate::insight::sealed;

/// The first byte of the packed part.
const VERSION: u8 = 1;
/// No encoder unpacks to more.
const MOST_BYTES: usize = 192 << 20;
/// No part is wider.
const MOST_WIDE: usize = 1 << 20;
/// How hard the packer tries: above, a packed encoder is hardly smaller.
const LEVEL: i32 = 6;

/// What an encoder is made of.
#[derive(Clone, Debug, PartialEq)]
pub struct Parts {
    /// How wide the network is.
    pub widths: Widths,
    /// The map of letters, as `SentencePiece` packs it.
    pub charmap: Vec<u8>,
    /// The pieces, in their order.
    pub pieces: Vec<Piece>,
    /// The network's numbers, in the order of [`Network::new`].
    pub numbers: Vec<f32>,
    /// The pieces' numbers.
    pub table: Vec<u8>,
}

impl Parts {
    /// Packs them.
    ///
    /// # Errors
    /// When they don't fit each other, or the packer has no memory.
    pub fn pack(&self) -> Result<Vec<u8>, EncoderError> {
        let widths = self.widths;
        let mut plain = vec![VERSION];
        for width in [
            widths.groups,
            widths.pieces,
            widths.text,
            widths.window,
            widths.between,
            self.charmap.len(),
        ] {
            let width = u32::try_from(width).map_err(|_| EncoderError::Form)?;
            plain.extend(width.to_le_bytes());
        }
        plain.extend(&self.charmap);
        for (letters, likely) in &self.pieces {
            plain.push(u8::try_from(letters.len()).map_err(|_| EncoderError::Form)?);
            plain.extend(letters.as_bytes());
            plain.extend(likely.unwrap_or(f32::NAN).to_le_bytes());
        }
        plain.extend(self.numbers.iter().flat_map(|number| number.to_le_bytes()));
        plain.extend(&self.table);
        let packed = zstd::bulk::compress(&plain, LEVEL).map_err(|_| EncoderError::Form)?;
        Ok(sealed::seal(&packed))
    }
}

/// Unpacks a file's bytes into what cuts a text and what weighs the pieces.
pub fn unpack(bytes: &[u8]) -> Result<(Vocabulary, Network), EncoderError> {
    let packed = sealed::open(bytes).ok_or(EncoderError::Damaged)?;
    let form = EncoderError::Form;
    let plain = zstd::bulk::decompress(packed, MOST_BYTES).map_err(|_| EncoderError::Form)?;
    read(&mut Reading(&plain)).ok_or(form)
}

fn read(from: &mut Reading<'_>) -> Option<(Vocabulary, Network)> {
    if from.byte()? != VERSION {
        return None;
    }
    let widths = Widths {
        groups: from.width()?,
        pieces: from.width()?,
        text: from.width()?,
        window: from.width()?,
        between: from.width()?,
    };
    let length = from.width()?;
    let charmap = Charmap::read(from.take(length)?)?;
    let mut pieces = Vec::new();
    for _ in 0..widths.pieces {
        let length = usize::from(from.byte()?);
        let letters = std::str::from_utf8(from.take(length)?).ok()?.to_owned();
        let likely = from.number()?;
        pieces.push((letters, likely.is_finite().then_some(likely)));
    }
    let bytes = widths.numbers()?.checked_mul(4)?;
    let numbers: Vec<f32> = from
        .take(bytes)?
        .as_chunks::<4>()
        .0
        .iter()
        .map(|four| f32::from_le_bytes(*four))
        .collect();
    if numbers.iter().any(|number| !number.is_finite()) {
        return None;
    }
    let network = Network::new(widths, from.0.to_vec(), &numbers)?;
    Some((Vocabulary::new(pieces, charmap), network))
}

/// Bytes, from the front.
struct Reading<'a>(&'a [u8]);

impl<'a> Reading<'a> {
    fn take(&mut self, many: usize) -> Option<&'a [u8]> {
        let (front, rest) = self.0.split_at_checked(many)?;
        self.0 = rest;
        Some(front)
    }

    fn byte(&mut self) -> Option<u8> {
        self.take(1)?.first().copied()
    }

    fn four(&mut self) -> Option<[u8; 4]> {
        self.take(4)?.first_chunk().copied()
    }

    fn number(&mut self) -> Option<f32> {
        Some(f32::from_le_bytes(self.four()?))
    }

    fn width(&mut self) -> Option<usize> {
        let width = u32::from_le_bytes(self.four()?) as usize;
        (width <= MOST_WIDE).then_some(width)
    }
}
