//! How a post feels by its words and by what it means together: where an operator
//! added an encoder.
//!
//! Owns [`Stacked`], a second softmax regression over what the table of feelings
//! says, the language, and the encoder's numbers (Wolpert, "Stacked generalization",
//! 1992), and which posts it is asked for. Called by `reading`.
//!
//! The bytes: SHA-256 of what follows (32), version (1), how many numbers a text has
//! (2), then the weights as little-endian `f32`, class by class.

use super::fit::softmax;
use super::sealed;
use super::sentiment::{CLASSES, Felt};
use super::table::ModelError;

/// The form of the bytes.
const VERSION: u8 = 1;
/// Languages that are told apart.
const LANGUAGES: usize = 5;
/// What stands before the encoder's numbers: what the table says, the language,
/// and one for all.
const BEFORE: usize = CLASSES + LANGUAGES + 1;
/// The encoder's numbers are of length one together; so they are as large as the
/// others.
const LARGER: f32 = 8.0;
/// The table's word is taken where it is as sure as this: in a third of posts,
/// without loss. The encoder costs 3 ms.
const SURE: f32 = 0.65;

/// Weights of a text's numbers, class by class.
#[derive(Clone, Debug, PartialEq)]
pub struct Stacked {
    /// `CLASSES` rows of as many as a text has numbers.
    weights: Vec<f32>,
}

/// Whether what a post means is asked for too.
#[must_use]
pub fn is_unsure(felt: &Felt) -> bool {
    felt.probabilities.iter().all(|p| *p < SURE)
}

/// What is known of a text: by the table, its language's number where that is one of
/// the five, and what it means.
#[must_use]
pub fn numbers(felt: &Felt, language: Option<usize>, meaning: &[f32]) -> Vec<f32> {
    let logs = felt.probabilities.map(|p| p.max(1e-4).ln());
    let mean = logs.iter().sum::<f32>() / CLASSES as f32;
    let mut all: Vec<f32> = logs.iter().map(|log| log - mean).collect();
    all.extend((0..LANGUAGES).map(|one| f32::from(u8::from(language == Some(one)))));
    all.push(1.0);
    all.extend(meaning.iter().map(|number| number * LARGER));
    all
}

impl Stacked {
    /// From weights as learnt, class by class.
    #[must_use]
    pub fn of(weights: Vec<f32>) -> Self {
        Self { weights }
    }

    /// How a text of these numbers feels; none for numbers of another encoder.
    #[must_use]
    pub fn felt(&self, numbers: &[f32]) -> Option<Felt> {
        if numbers.len() * CLASSES != self.weights.len() {
            return None;
        }
        let mut probabilities = [0.0; CLASSES];
        for (score, row) in probabilities
            .iter_mut()
            .zip(self.weights.chunks(numbers.len()))
        {
            *score = row.iter().zip(numbers).map(|(w, x)| w * x).sum();
        }
        softmax(&mut probabilities);
        Some(Felt::of(probabilities))
    }

    /// Packs it.
    #[must_use]
    pub fn pack(&self) -> Vec<u8> {
        let width = self.weights.len() / CLASSES;
        let mut plain = vec![VERSION];
        plain.extend(u16::try_from(width).unwrap_or(u16::MAX).to_le_bytes());
        plain.extend(self.weights.iter().flat_map(|weight| weight.to_le_bytes()));
        sealed::seal(&plain)
    }

    /// Unpacks the model called `name`.
    ///
    /// # Errors
    /// A damaged one, or one of another form.
    pub fn unpack(name: &'static str, bytes: &[u8]) -> Result<Self, ModelError> {
        let plain = sealed::open(bytes).ok_or(ModelError::Damaged(name))?;
        let [VERSION, low, high, rest @ ..] = plain else {
            return Err(ModelError::Form(name));
        };
        let width = usize::from(u16::from_le_bytes([*low, *high]));
        let weights = rest.as_chunks::<4>().0.iter();
        let weights: Vec<f32> = weights.map(|four| f32::from_le_bytes(*four)).collect();
        let whole = width > BEFORE && rest.len() == 4 * CLASSES * width;
        let whole = whole && weights.iter().all(|weight| weight.is_finite());
        whole
            .then_some(Self { weights })
            .ok_or(ModelError::Form(name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn model() -> Stacked {
        let row = |class: usize| {
            let mut row = vec![0.0; BEFORE + 2];
            row[class] = 1.0;
            row[BEFORE] = class as f32 - 1.0;
            row
        };
        Stacked::of((0..CLASSES).flat_map(row).collect())
    }

    #[test]
    fn what_it_means_turns_a_post_that_words_leave_open() {
        let open = Felt::of([0.4, 0.2, 0.4]);
        let felt = |meaning: &[f32]| model().felt(&numbers(&open, Some(1), meaning));
        assert_eq!(felt(&[0.5, 0.0]).map(|felt| felt.class), Some(2));
        assert_eq!(felt(&[-0.5, 0.0]).map(|felt| felt.class), Some(0));
        assert_eq!(felt(&[0.5]), None, "numbers of another encoder");
        assert!(is_unsure(&open) && !is_unsure(&Felt::of([0.1, 0.2, 0.7])));
    }

    #[test]
    fn it_comes_out_of_its_bytes_as_it_went_in() {
        assert_eq!(Stacked::unpack("t", &model().pack()), Ok(model()));
    }

    proptest! {
        #[test]
        fn damaged_or_cut_bytes_are_refused(at in 0..120_usize, by in 1..255_u8, cut in 0..100_usize) {
            let whole = model().pack();
            let mut bytes = whole.clone();
            bytes[at] = bytes[at].wrapping_add(by);
            prop_assert_eq!(Stacked::unpack("t", &bytes), Err(ModelError::Damaged("t")));
            let cut = whole.get(..cut).unwrap();
            prop_assert_eq!(Stacked::unpack("t", cut), Err(ModelError::Damaged("t")));
        }
    }
}
