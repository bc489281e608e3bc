//! Whether a post spreads a claim or denies it.
//!
//! Owns the cue words in five languages. A post that denies a
//! false claim is no rumour, and must not be answered as one. Called by
//! `claims`.

use crate::model::claim::{Rating, Stance};
use crate::text::fold::search_key;

/// Words by which a post says that something is not so: folded, as
/// [`search_key`] folds.
const DENIES: &[&str] = &[
    // English
    "fake news",
    "is fake",
    "is false",
    "not true",
    "untrue",
    "hoax",
    "debunk",
    "misinformation",
    "disinformation",
    "fact check",
    "false claim",
    "is a lie",
    "no evidence",
    "stop spreading",
    "don t share",
    "don t believe",
    "rumour is",
    "rumor is",
    "is a rumor",
    "is a rumour",
    // Spanish
    "es falso",
    "es mentira",
    "no es cierto",
    "no es verdad",
    "bulo",
    "desmiente",
    "desmentido",
    "noticia falsa",
    "desinformacion",
    "no comparta",
    // Portuguese
    "e falso",
    "e mentira",
    "nao e verdade",
    "boato",
    "desmente",
    "desmentido",
    "fake",
    "noticia falsa",
    "desinformacao",
    "nao compartilh",
    "e falsa",
    // French
    "c est faux",
    "est faux",
    "est fausse",
    "infox",
    "intox",
    "dement",
    "canular",
    "pas vrai",
    "desinformation",
    "ne partagez pas",
    "fausse information",
    // Arabic
    "غير صحيح",
    "كاذب",
    "اشاعه",
    "شايعه",
    "مفبرك",
    "لا صحه",
    "نفي",
];

/// Words by which a post asks.
const ASKS: &[&str] = &[
    "is it true",
    "is this true",
    "can anyone confirm",
    "is this real",
    "es verdad que",
    "es cierto que",
    "alguien sabe si",
    "e verdade que",
    "sera que",
    "alguem sabe se",
    "est ce vrai",
    "c est vrai que",
    "هل صحيح",
    "هل هذا",
];

/// What a post does with the claim that it fits.
#[must_use]
pub fn stance(text: &str) -> Stance {
    let words = plain(text);
    let holds = |cue: &str| words.contains(&format!(" {cue}"));
    if ASKS.iter().any(|cue| holds(cue)) {
        return Stance::Asks;
    }
    if DENIES.iter().any(|cue| holds(cue)) {
        return Stance::Denies;
    }
    Stance::Spreads
}

/// The words with one space before each, and no marks.
fn plain(text: &str) -> String {
    let folded = search_key(text);
    let mut plain = String::with_capacity(folded.len() + 1);
    for word in folded
        .split(|c: char| !c.is_alphanumeric())
        .filter(|w| !w.is_empty())
    {
        plain.push(' ');
        plain.push_str(word);
    }
    plain
}

/// Ratings by their words in five languages, the ones that deny first.
const RATINGS: &[(&str, Rating)] = &[
    ("mostly false", Rating::False),
    ("half true", Rating::Mixed),
    ("mostly true", Rating::True),
    ("partly", Rating::Mixed),
    ("partially", Rating::Mixed),
    ("mixture", Rating::Mixed),
    ("misleading", Rating::Mixed),
    ("missing context", Rating::Mixed),
    ("enganos", Rating::Mixed),
    ("distorc", Rating::Mixed),
    ("exager", Rating::Mixed),
    ("impreciso", Rating::Mixed),
    ("trompeur", Rating::Mixed),
    ("مضلل", Rating::Mixed),
    ("medias verdades", Rating::Mixed),
    ("false", Rating::False),
    ("fake", Rating::False),
    ("pants on fire", Rating::False),
    ("falso", Rating::False),
    ("falsa", Rating::False),
    ("bulo", Rating::False),
    ("mentira", Rating::False),
    ("boato", Rating::False),
    ("faux", Rating::False),
    ("fausse", Rating::False),
    ("infox", Rating::False),
    ("خطا", Rating::False),
    ("زايف", Rating::False),
    ("insustentavel", Rating::False),
    ("verdad", Rating::True),
    ("true", Rating::True),
    ("vrai", Rating::True),
    ("صحيح", Rating::True),
    ("correct", Rating::True),
];

/// What a fact-check's words for its rating mean.
#[must_use]
pub fn rating(words: &str) -> Rating {
    let words = plain(words);
    let not = [
        "not true",
        "untrue",
        "no es verdad",
        "nao e verdad",
        "غير صحيح",
        "pas vrai",
        "incorrect",
    ];
    if not.iter().any(|cue| words.contains(&format!(" {cue}"))) {
        return Rating::False;
    }
    let found = RATINGS
        .iter()
        .find(|(cue, _)| words.contains(&format!(" {cue}")));
    found.map_or(Rating::Unclear, |(_, rating)| *rating)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_denial_is_told_from_what_it_denies_in_five_languages() {
        for (denies, spreads) in [
            (
                "The reservoir was NOT poisoned, this is a hoax",
                "The reservoir was poisoned last night",
            ),
            (
                "Es mentira que envenenaron el embalse",
                "Envenenaron el embalse anoche",
            ),
            (
                "É mentira que envenenaram a represa",
                "Envenenaram a represa ontem",
            ),
            (
                "C'est faux, le réservoir n'est pas empoisonné",
                "Le réservoir est empoisonné",
            ),
            ("خبر تسميم الخزان غير صحيح", "تم تسميم الخزان الليلة"),
        ] {
            assert_eq!(stance(denies), Stance::Denies, "{denies}");
            assert_eq!(stance(spreads), Stance::Spreads, "{spreads}");
        }
        assert_eq!(
            stance("Is it true that the reservoir was poisoned?"),
            Stance::Asks
        );
    }

    #[test]
    fn ratings_are_read_in_the_words_of_those_who_gave_them() {
        for (words, meant) in [
            ("False", Rating::False),
            ("Pants on Fire", Rating::False),
            ("FALSO", Rating::False),
            ("Not true", Rating::False),
            ("Half True", Rating::Mixed),
            ("distorcido", Rating::Mixed),
            ("Verdadeiro", Rating::True),
            ("Vrai", Rating::True),
            ("غير صحيح", Rating::False),
            ("4", Rating::Unclear),
        ] {
            assert_eq!(rating(words), meant, "{words}");
        }
    }
}
