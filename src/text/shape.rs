//! Arabic letters joined for terminals that don't.
//!
//! Owns how clusters are handed to the shaper and taken back: the shaper sees
//! bare letters in runs and nothing else, because marks, joiners and foreign
//! characters are what it trips over. Called by `policy`.

use std::borrow::Cow;
use std::sync::LazyLock;

use ar_reshaper::ArabicReshaper;
use ar_reshaper::config::{Language, Ligatures, ReshaperConfig};
use ar_reshaper::letters::letters_db::LETTERS_ARABIC;
use ar_reshaper::prelude::LigatureNames;

use super::class;
use super::policy::Part;
use super::script::{self, Joining};

/// Marks that a joined cluster may carry: the cap of the cleaner.
const MOST_MARKS: usize = 6;

/// Arabic with the four ligatures of lam and alef, which take one cell.
static SHAPER: LazyLock<ArabicReshaper> = LazyLock::new(|| {
    let mut config = ReshaperConfig {
        language: Language::Arabic,
        delete_harakat: false,
        support_zwj: false,
        support_ligatures: true,
        ligatures: Ligatures::empty(),
        ..ReshaperConfig::default()
    };
    for name in [
        LigatureNames::ARABIC_LIGATURE_LAM_WITH_ALEF,
        LigatureNames::ARABIC_LIGATURE_LAM_WITH_ALEF_WITH_HAMZA_ABOVE,
        LigatureNames::ARABIC_LIGATURE_LAM_WITH_ALEF_WITH_HAMZA_BELOW,
        LigatureNames::ARABIC_LIGATURE_LAM_WITH_ALEF_WITH_MADDA_ABOVE,
    ] {
        config.update_ligature(name, true);
    }
    config.to_reshaper()
});

/// A cluster as letter and marks.
struct Letter {
    bare: char,
    marks: String,
    /// A ZWNJ behind it ends the run.
    parted: bool,
}

/// Joins the letters of `parts`, clusters in reading order; lam and alef become
/// one.
pub(super) fn join(parts: &mut Vec<Part<'_>>) {
    let mut joined = Vec::with_capacity(parts.len());
    let mut run: Vec<Letter> = Vec::new();
    for (symbol, sign) in parts.drain(..) {
        let Some(letter) = letter(&symbol).filter(|_| !sign) else {
            flush(&mut run, &mut joined);
            joined.push((symbol, sign));
            continue;
        };
        let parted = letter.parted;
        run.push(letter);
        if parted {
            flush(&mut run, &mut joined);
        }
    }
    flush(&mut run, &mut joined);
    *parts = joined;
}

/// The cluster as a letter that the shaper knows.
fn letter(cluster: &str) -> Option<Letter> {
    let mut chars = cluster.chars();
    let letter = chars.next()?;
    let known = script::joining(letter) == Some(Joining::Cursive)
        && LETTERS_ARABIC.iter().any(|(known, _)| *known == letter);
    if !known {
        return None;
    }
    let rest = chars.as_str();
    Some(Letter {
        bare: letter,
        marks: rest
            .chars()
            .filter(|c| class::is_stacking_mark(*c))
            .collect(),
        parted: rest.contains('\u{200c}'),
    })
}

/// Writes the run under way, joined.
fn flush(run: &mut Vec<Letter>, joined: &mut Vec<Part<'_>>) {
    if run.is_empty() {
        return;
    }
    let bare: String = run.iter().map(|one| one.bare).collect();
    let mut letters = run.drain(..);
    for form in SHAPER.reshape(bare).chars() {
        let taken = if is_lam_alef(form) { 2 } else { 1 };
        let marks = letters.by_ref().take(taken);
        let marks: String = marks.map(|one| one.marks).collect();
        let symbol = std::iter::once(form)
            .chain(marks.chars().take(MOST_MARKS))
            .collect::<String>();
        joined.push((Cow::Owned(symbol), false));
    }
}

fn is_lam_alef(form: char) -> bool {
    ('\u{fef5}'..='\u{fefc}').contains(&form)
}
