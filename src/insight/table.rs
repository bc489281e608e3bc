//! A model as it is shipped: weights of one byte, packed, with their hash.
//!
//! Owns [`Table`] (what reading looks weights up in) and its bytes. A file that
//! was damaged is refused. Called by each model.
//!
//! The bytes: SHA-256 of what follows (32), then zstd of: version (1), bits (1),
//! classes (1), then little-endian `f32`: size of a weight, a bias a class, then
//! the weights row by row.

use super::fit::{Weights, scale};
use super::sealed;

/// The first byte of the packed part.
const VERSION: u8 = 1;
/// No model unpacks to more.
const MOST_BYTES: usize = 8 * 1024 * 1024;

/// Why a model can't be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ModelError {
    /// Its hash is not that of its bytes.
    #[error(
        "The model {0} is damaged: its hash is not that of its bytes; install the program again."
    )]
    Damaged(&'static str),
    /// It is whole, but not of this form.
    #[error(
        "The model {0} is of a form that this version does not read; train it again with \"watchfloor insight train\"."
    )]
    Form(&'static str),
}

/// Weights by row, `classes` a row.
#[derive(Clone, Debug, PartialEq)]
pub struct Table {
    /// Two to the power of so many rows.
    pub bits: u32,
    /// Weights a row.
    pub classes: usize,
    /// What a weight of one is worth.
    step: f32,
    bias: Vec<f32>,
    weights: Vec<i8>,
}

impl Table {
    /// From weights as learnt, all multiplied by `sharpness` (which calibrates).
    /// Each row loses its mean: softmax does not see it.
    #[must_use]
    pub fn from_weights(learnt: &Weights, bits: u32, sharpness: f32) -> Self {
        let classes = learnt.classes;
        let centred: Vec<f32> = learnt
            .table
            .chunks(classes)
            .flat_map(|row| {
                let mean = row.iter().sum::<f32>() / classes as f32;
                row.iter().map(move |weight| (weight - mean) * sharpness)
            })
            .collect();
        let (rows, rest) = centred.split_at(centred.len() - classes);
        // The largest weights are cut: one in ten thousand is.
        let mut sizes: Vec<f32> = rows.iter().map(|w| w.abs()).filter(|w| *w > 0.0).collect();
        sizes.sort_by(f32::total_cmp);
        let top = sizes.get(sizes.len().saturating_sub(1 + sizes.len() / 10_000));
        let step = top.copied().unwrap_or(1.0) / 127.0;
        let weights = rows
            .iter()
            .map(|w| (w / step).round().clamp(-127.0, 127.0) as i8);
        Self {
            bits,
            classes,
            step,
            bias: rest.to_vec(),
            weights: weights.collect(),
        }
    }

    /// The weights of `row`.
    #[must_use]
    pub fn row(&self, row: u32) -> &[i8] {
        let at = row as usize * self.classes;
        self.weights.get(at..at + self.classes).unwrap_or_default()
    }

    /// Scores from the sums of `count` rows.
    pub fn scores(&self, sums: &[i32], count: usize, out: &mut [f32]) {
        let worth = self.step * scale(count);
        for ((out, sum), bias) in out.iter_mut().zip(sums).zip(&self.bias) {
            *out = *sum as f32 * worth + bias;
        }
    }

    /// Packs it.
    ///
    /// # Errors
    /// When the packer has no memory.
    pub fn pack(&self) -> std::io::Result<Vec<u8>> {
        let mut plain = vec![VERSION, self.bits as u8, self.classes as u8];
        plain.extend(self.step.to_le_bytes());
        plain.extend(self.bias.iter().flat_map(|bias| bias.to_le_bytes()));
        plain.extend(self.weights.iter().map(|weight| weight.to_le_bytes()[0]));
        let packed = zstd::bulk::compress(&plain, 19)?;
        Ok(sealed::seal(&packed))
    }

    /// Unpacks the model called `name`.
    pub fn unpack(name: &'static str, bytes: &[u8]) -> Result<Self, ModelError> {
        let packed = sealed::open(bytes).ok_or(ModelError::Damaged(name))?;
        let form = ModelError::Form(name);
        let plain = zstd::bulk::decompress(packed, MOST_BYTES).map_err(|_| form)?;
        let [VERSION, bits @ 1..=24, classes @ 1..=16, rest @ ..] = plain.as_slice() else {
            return Err(form);
        };
        let (bits, classes) = (u32::from(*bits), usize::from(*classes));
        let (numbers, weights) = rest.split_at_checked(4 * (1 + classes)).ok_or(form)?;
        if weights.len() != classes << bits {
            return Err(form);
        }
        let mut numbers = numbers
            .as_chunks::<4>()
            .0
            .iter()
            .map(|four| f32::from_le_bytes(*four));
        Ok(Self {
            bits,
            classes,
            step: numbers.next().ok_or(form)?,
            bias: numbers.collect(),
            weights: weights
                .iter()
                .map(|byte| i8::from_le_bytes([*byte]))
                .collect(),
        })
    }
}

/// How a model is named in what it says: the first eight digits of its hash.
#[must_use]
pub fn version(bytes: &[u8]) -> String {
    let first = bytes.first_chunk().copied().unwrap_or_default();
    format!("{:08x}", u32::from_be_bytes(first))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn table() -> Table {
        let table = (0..33_u8)
            .flat_map(|row| [f32::from(row), -1.0, 0.5])
            .collect();
        Table::from_weights(&Weights { classes: 3, table }, 5, 1.0)
    }

    #[test]
    fn a_packed_table_comes_out_as_it_went_in() {
        let table = table();
        assert_eq!(Table::unpack("t", &table.pack().unwrap()), Ok(table));
    }

    #[test]
    fn small_weights_lose_less_than_half_a_step() {
        let learnt = Weights {
            classes: 2,
            table: vec![0.31, -0.31, 1.27, -1.27, 0.0, 0.0],
        };
        let table = Table::from_weights(&learnt, 1, 1.0);
        let mut scores = [0.0; 2];
        table.scores(
            &[i32::from(table.row(0)[0]), i32::from(table.row(0)[1])],
            1,
            &mut scores,
        );
        assert!((scores[0] - 0.31).abs() < 0.005, "{scores:?}");
    }

    proptest! {
        #[test]
        fn a_damaged_model_is_refused(at in 0..60_usize, by in 1..255_u8) {
            let mut bytes = table().pack().unwrap();
            let at = at % bytes.len();
            bytes[at] = bytes[at].wrapping_add(by);
            prop_assert_eq!(Table::unpack("t", &bytes), Err(ModelError::Damaged("t")));
        }

        #[test]
        fn a_cut_model_is_refused(length in 0..60_usize) {
            let bytes = table().pack().unwrap();
            let cut = bytes.get(..length.min(bytes.len() - 1)).unwrap();
            prop_assert_eq!(Table::unpack("t", cut), Err(ModelError::Damaged("t")));
        }
    }

    #[test]
    fn a_whole_model_of_another_form_is_refused() {
        let packed = zstd::bulk::compress(&[9, 5, 3, 0, 0], 1).unwrap();
        let bytes = sealed::seal(&packed);
        assert_eq!(Table::unpack("t", &bytes), Err(ModelError::Form("t")));
    }
}
