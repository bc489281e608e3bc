//! The lesson in languages.
//!
//! Learns from sentences and word pairs of eight languages, from posts whose set
//! is of one language, and from both cut into few words. Expectation: five-fold,
//! every text measured by a model that has not met it.

use super::figures::Figure;
use super::sets::{FEELING, Shelf, feelings};
use crate::insight::corpus;
use crate::insight::fit::{Dice, Rows, Settings, Weights, fit};
use crate::insight::language::{BITS, LANGUAGES, features, tell};
use crate::insight::table::Table;

const FOLDS: usize = 5;
const SETTINGS: Settings = Settings {
    bits: BITS,
    classes: LANGUAGES.len(),
    passes: 6,
    rate: 0.3,
    decay: 1e-6,
    drop: 0.1,
    seed: 1,
};

/// A text of a language.
struct Text {
    words: String,
    language: u8,
    kind: &'static str,
    fold: usize,
}

/// Learns from all there is.
#[must_use]
pub fn learn(shelf: Shelf<'_>) -> Table {
    Table::from_weights(&taught(&texts(shelf), None), BITS, 1.0)
}

/// What to expect on unseen texts: the share told right, abstaining counted wrong.
#[must_use]
pub fn expect(shelf: Shelf<'_>) -> Vec<Figure> {
    let texts = texts(shelf);
    let mut told: Vec<(&Text, bool)> = Vec::new();
    for fold in 0..FOLDS {
        let table = Table::from_weights(&taught(&texts, Some(fold)), BITS, 1.0);
        told.extend(texts.iter().filter(|text| text.fold == fold).map(|text| {
            let told = tell(&table, &text.words).map(|told| told.code);
            (
                text,
                told == LANGUAGES.get(usize::from(text.language)).copied(),
            )
        }));
    }
    let mut figures = Vec::new();
    for kind in ["post", "word pair", "sentence"] {
        for (number, code) in LANGUAGES.iter().enumerate() {
            let of = |text: &Text| text.kind == kind && usize::from(text.language) == number;
            let right: Vec<bool> = told.iter().filter(|t| of(t.0)).map(|t| t.1).collect();
            if !right.is_empty() {
                let name = format!("language, accuracy, {kind}, {code}");
                figures.push(Figure::of(name, &right, share));
            }
        }
    }
    figures
}

fn share(right: &[bool]) -> f64 {
    right.iter().filter(|right| **right).count() as f64 / right.len().max(1) as f64
}

/// Teaches all texts but those of `without`.
fn taught(texts: &[Text], without: Option<usize>) -> Weights {
    let mut rows = Rows::default();
    for text in texts.iter().filter(|text| Some(text.fold) != without) {
        let whole = if text.kind == "more" { 0.4 } else { 1.0 };
        add(&mut rows, &text.words, text.language, whole);
        if text.kind == "word pair" {
            continue;
        }
        let words: Vec<&str> = text
            .words
            .split_whitespace()
            .filter(|word| !word.starts_with(['@', '#']) && !word.starts_with("http"))
            .collect();
        for few in words.chunks(3) {
            add(&mut rows, &few.join(" "), text.language, 0.4);
        }
    }
    fit(&rows, &SETTINGS)
}

fn add(rows: &mut Rows, words: &str, language: u8, weight: f32) {
    let mut found = Vec::new();
    features(words, &mut |row| found.push(row));
    rows.push(&found, language, weight);
}

fn texts(shelf: Shelf<'_>) -> Vec<Text> {
    let mut dice = Dice(11);
    let mut texts = Vec::new();
    let mut add = |words: String, language: u8, kind| {
        let fold = dice.below(FOLDS);
        texts.push(Text {
            words,
            language,
            kind,
            fold,
        });
    };
    for (number, code) in LANGUAGES.iter().enumerate() {
        for (file, kind) in [("sentences", "sentence"), ("word-pairs", "word pair")] {
            let lines = shelf(&format!("language-id/{code}/{file}.txt")).unwrap_or_default();
            lines
                .lines()
                .for_each(|line| add(line.to_owned(), number as u8, kind));
        }
    }
    for one in feelings(shelf) {
        let code = FEELING.get(one.language).map(|(code, _)| *code);
        let number = LANGUAGES.iter().position(|known| Some(*known) == code);
        if let (Some(number), "umsab") = (number, one.set) {
            add(one.text.text, number as u8, "post");
        }
    }
    // Fact-checks in Portuguese; questions in German.
    for line in shelf("factck-br/FACTCKBR.tsv")
        .unwrap_or_default()
        .lines()
        .skip(1)
    {
        for field in line.split('\t').skip(3).take(3) {
            add(field.to_owned(), 2, "more");
        }
    }
    let questions = shelf("covid-faq/eval_question_similarity_de.csv").unwrap_or_default();
    for row in corpus::csv(&questions).into_iter().skip(1) {
        row.into_iter()
            .take(1)
            .for_each(|question| add(question, 5, "more"));
    }
    texts
}
