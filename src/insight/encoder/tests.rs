//! The encoder with weights made up for it: the arithmetic against numbers that
//! another program got from the same weights, and files that are not whole.

use proptest::prelude::*;

use super::network::Widths;
use super::packed::{Parts, unpack};
use super::{Encoder, EncoderError};

/// Weights by a rule: `(37 n mod 23 - 11) / 20`, but for steps, floors and the
/// least variance.
pub(crate) fn small() -> Parts {
    let widths = Widths {
        groups: 2,
        pieces: 6,
        text: 4,
        window: 2,
        between: 3,
    };
    let rule = |n: usize| ((37 * n % 23) as f32 - 11.0) / 20.0;
    let mut numbers: Vec<f32> = (0..widths.numbers().unwrap()).map(rule).collect();
    numbers[..4].copy_from_slice(&[0.05, 0.1, -1.0, -2.0]);
    *numbers.last_mut().unwrap() = 0.001;
    let special = ["<unk>", "<s>", "</s>"].map(|name| (name.to_owned(), None));
    let likely = [("▁water", -3.0), ("s", -2.0), ("▁main", -4.0)];
    let pieces = likely.map(|(letters, score)| (letters.to_owned(), Some(score)));
    Parts {
        widths,
        charmap: Vec::new(),
        pieces: special.into_iter().chain(pieces).collect(),
        numbers,
        table: (0..24_u8).map(|n| n * 7 % 64).collect(),
    }
}

fn encoder() -> Encoder {
    Encoder::read(&small().pack().unwrap()).unwrap()
}

#[test]
fn the_network_gives_what_the_same_sums_give_elsewhere() {
    assert_eq!(small().numbers.len(), 276);
    // By `NumPy`, in 64 bits, from the formulas of the paper.
    for (pieces, expected) in [
        (
            &[1, 3, 5, 2][..],
            [0.302_799, 0.825_714, -0.408_912, -0.243_515],
        ),
        (&[1, 2], [0.393_970, 0.679_064, -0.592_795, -0.179_592]),
        (
            &[1, 4, 4, 3, 5, 0, 2],
            [0.218_872, 0.884_755, -0.344_463, -0.225_052],
        ),
    ] {
        let told = encoder().network.forward(pieces);
        for (told, expected) in told.iter().zip(expected) {
            assert!(
                (told - expected).abs() < 1e-4,
                "{pieces:?}: {told} {expected}"
            );
        }
    }
}

#[test]
fn a_text_is_as_near_to_itself_as_can_be_and_one_without_letters_means_nothing() {
    let encoder = encoder();
    let water = encoder.meaning("water main").unwrap();
    assert!((water.near(&water) - 1.0).abs() < 1e-6);
    let other = encoder.meaning("s").unwrap();
    assert_eq!(encoder.meaning("  "), None);
    // As near as the numbers are that it is made of, but for the steps of a byte.
    let (a, b) = (
        encoder.numbers("water main").unwrap(),
        encoder.numbers("s").unwrap(),
    );
    let exact: f32 = a.iter().zip(&b).map(|(a, b)| a * b).sum();
    assert!((water.near(&other) - exact).abs() < 0.02);
}

proptest! {
    #[test]
    fn a_damaged_encoder_is_refused(at in 0..400_usize, by in 1..255_u8) {
        let mut bytes = small().pack().unwrap();
        let at = at % bytes.len();
        bytes[at] = bytes[at].wrapping_add(by);
        prop_assert_eq!(Encoder::read(&bytes), Err(EncoderError::Damaged));
    }

    #[test]
    fn any_text_has_a_meaning_or_none(text in any::<String>()) {
        if let Some(numbers) = encoder().numbers(&text) {
            prop_assert!(numbers.iter().all(|number| number.is_finite()));
        }
    }
}

#[test]
fn a_whole_file_of_another_form_is_refused() {
    let mut short = small();
    short.table.pop();
    assert_eq!(
        unpack(&short.pack().unwrap()).unwrap_err(),
        EncoderError::Form
    );
    let mut odd = small();
    odd.numbers[9] = f32::NAN;
    assert_eq!(
        unpack(&odd.pack().unwrap()).unwrap_err(),
        EncoderError::Form
    );
    assert_eq!(unpack(b"short").unwrap_err(), EncoderError::Damaged);
}

/// With the published weights, where `WATCHFLOOR_ENCODER` names what `insight add`
/// made of them.
#[test]
fn the_same_said_in_another_language_is_nearer_than_something_else() {
    let Some(path) = std::env::var_os("WATCHFLOOR_ENCODER") else {
        eprintln!("skipped: WATCHFLOOR_ENCODER names no encoder");
        return;
    };
    let encoder = Encoder::read(&std::fs::read(path).unwrap()).unwrap();
    let meaning = |text: &str| encoder.meaning(text).unwrap();
    let claim = meaning("The water of the city is poisoned");
    let other = meaning("The band plays in the park tonight").near(&claim);
    for same in [
        "A água da cidade está envenenada",
        "El agua de la ciudad está envenenada",
        "L'eau de la ville est empoisonnée",
        "مياه المدينة مسمومة",
    ] {
        assert!(meaning(same).near(&claim) > other + 0.3, "{same}");
    }
}
