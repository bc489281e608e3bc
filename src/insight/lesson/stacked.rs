//! The lesson in feelings with an encoder.
//!
//! Learns how much the table's word and a text's meaning count beside each other. What
//! the table says of a text comes from one that has not met it, or it would be
//! believed too much. Expectation: five-fold.

use super::figures::Figure;
use super::sentiment::{FOLDS, Said, figures, unseen};
use super::sets::{FEELING, Feeling, Shelf, feelings};
use crate::insight::encoder::Encoder;
use crate::insight::fit::softmax;
use crate::insight::sentiment::{CLASSES, Felt};
use crate::insight::stacked::{Stacked, is_unsure, numbers};

/// How strongly weights are drawn to zero.
const DECAY: f32 = 0.04;
/// Steps over all texts.
const STEPS: usize = 300;
/// Of the sets of one language, every third and every tenth text: five languages
/// shall count alike, and encoding takes its time.
const TAKEN: [(&str, usize); 3] = [("umsab", 1), ("arsarcasm", 3), ("semeval", 10)];

/// A text as the model sees it.
struct Text<'a> {
    one: &'a Feeling,
    said: Said,
    fold: usize,
    numbers: Vec<f32>,
}

impl Text<'_> {
    /// The place of its language and class among all.
    fn kind(&self) -> usize {
        self.one.language * CLASSES + usize::from(self.said.0)
    }
}

/// Learns from all there is.
#[must_use]
pub fn learn(shelf: Shelf<'_>, encoder: &Encoder) -> Stacked {
    let feelings = feelings(shelf);
    let texts = texts(&feelings, encoder);
    taught(&texts.iter().collect::<Vec<_>>())
}

/// What to expect on unseen texts, where the encoder is asked for those that words
/// leave open.
#[must_use]
pub fn expect(shelf: Shelf<'_>, encoder: &Encoder) -> Vec<Figure> {
    let feelings = feelings(shelf);
    let texts = texts(&feelings, encoder);
    let mut said: Vec<(&Feeling, Said)> = Vec::new();
    for fold in 0..FOLDS {
        let (own, others): (Vec<&Text<'_>>, Vec<&Text<'_>>) =
            texts.iter().partition(|text| text.fold == fold);
        let stacked = taught(&others);
        said.extend(own.into_iter().map(|text| {
            let (truth, words) = text.said;
            let open = is_unsure(&Felt::of(words));
            let felt = open.then(|| stacked.felt(&text.numbers)).flatten();
            let probabilities = felt.map_or(words, |felt| felt.probabilities);
            (text.one, (truth, probabilities))
        }));
    }
    let mut figures = figures(&said);
    for figure in &mut figures {
        figure.name.push_str(", with encoder");
    }
    figures
}

fn texts<'a>(feelings: &'a [Feeling], encoder: &Encoder) -> Vec<Text<'a>> {
    let mut texts = Vec::new();
    for (at, (one, fold, said)) in unseen(feelings).into_iter().enumerate() {
        let taken = TAKEN.iter().find(|(set, _)| one.set.starts_with(set));
        if taken.is_none_or(|(_, every)| at % every != 0) {
            continue;
        }
        let Some(meaning) = encoder.numbers(&one.text.text) else {
            continue;
        };
        texts.push(Text {
            one,
            said,
            fold,
            numbers: numbers(&Felt::of(said.1), Some(one.language), &meaning),
        });
    }
    texts
}

/// Softmax regression by the accelerated gradient (Nesterov, 1983) over all texts at
/// once. Languages, and classes in each, count alike.
fn taught(texts: &[&Text<'_>]) -> Stacked {
    let width = texts.first().map_or(0, |text| text.numbers.len());
    let mut counts = [0.0_f32; CLASSES * FEELING.len()];
    for text in texts {
        counts[text.kind()] += 1.0;
    }
    let kinds = counts.iter().filter(|many| **many > 0.0).count() as f32;
    let worth = |text: &Text<'_>| 1.0 / (counts[text.kind()] * kinds);
    let square = |text: &Text<'_>| text.numbers.iter().map(|n| n * n).sum::<f32>();
    // The loss bends at most so much, so that no step goes too far.
    let bend: f32 = texts.iter().map(|text| worth(text) * square(text)).sum();
    let step = 1.0 / (0.5 * bend + DECAY);
    let (mut weights, mut before) = (vec![0.0; width * CLASSES], vec![0.0; width * CLASSES]);
    let momentum = (1.0 - (DECAY * step).sqrt()) / (1.0 + (DECAY * step).sqrt());
    for _ in 0..STEPS {
        let ahead: Vec<f32> = weights
            .iter()
            .zip(&before)
            .map(|(now, then): (&f32, &f32)| now + momentum * (now - then))
            .collect();
        let mut slope: Vec<f32> = ahead.iter().map(|weight| weight * DECAY).collect();
        for text in texts {
            add_slope(&mut slope, &ahead, (text, worth(text)));
        }
        before = weights;
        let stepped = ahead.iter().zip(&slope).map(|(from, by)| from - step * by);
        weights = stepped.collect();
    }
    Stacked::of(weights)
}

fn add_slope(slope: &mut [f32], weights: &[f32], (text, worth): (&Text<'_>, f32)) {
    let width = text.numbers.len();
    let mut scores = [0.0; CLASSES];
    for (score, row) in scores.iter_mut().zip(weights.chunks(width)) {
        *score = row.iter().zip(&text.numbers).map(|(w, x)| w * x).sum();
    }
    softmax(&mut scores);
    scores[usize::from(text.said.0)] -= 1.0;
    for (by, row) in scores.iter().zip(slope.chunks_mut(width)) {
        for (sum, number) in row.iter_mut().zip(&text.numbers) {
            *sum += worth * by * number;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::insight::corpus::Labelled;

    #[test]
    fn it_learns_to_believe_what_tells() {
        // Words tell nothing; the meaning's first number tells the class.
        let feelings: Vec<Feeling> = (0..90_u8)
            .map(|n| Feeling {
                text: Labelled {
                    text: String::new(),
                    label: n % 3,
                },
                language: usize::from(n / 3 % 5),
                set: "umsab",
            })
            .collect();
        let even = [1.0 / 3.0; CLASSES];
        let seen = |label: u8, n: u8| [f32::from(label) - 1.0, f32::from(n % 7) / 7.0];
        let texts: Vec<Text<'_>> = feelings
            .iter()
            .zip(0..)
            .map(|(one, n)| Text {
                one,
                said: (one.text.label, even),
                fold: 0,
                numbers: numbers(
                    &Felt::of(even),
                    Some(one.language),
                    &seen(one.text.label, n),
                ),
            })
            .collect();
        let stacked = taught(&texts.iter().collect::<Vec<_>>());
        for (label, meaning) in [(0, [-1.0, 0.3]), (1, [0.0, 0.3]), (2, [1.0, 0.3])] {
            let felt = stacked.felt(&numbers(&Felt::of(even), Some(3), &meaning));
            assert_eq!(felt.map(|felt| felt.class), Some(label));
        }
    }
}
