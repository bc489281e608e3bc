//! Words that every post has and that tell nothing by themselves.
//!
//! Owns [`is_function_word`], for floors with few claims: with thousands of claims the
//! claims themselves show which words are common; with ten of an operator's own they
//! can't, and "the water is" would fit each of them. Owns [`tells_nothing`] too, for
//! what is shown as a reason. Called by `claim`, `fresh` and `reading`.

use std::collections::HashSet;
use std::sync::LazyLock;

use super::claim::term::terms;
use super::feature::negates;
use super::token::Tokens;

/// Function words in five languages, as they are written.
const WORDS: &str = "
a an the and or but if so as at by for from in into of on to with without not no is are was were be
been being am do does did have has had will would can could should may might must it its this that
these those there here they them their we us our you your he him his she her i my me who what when
where why how all any both each few more most other some such only own same than too very just now
then about after before over under again up down out off said says say people one two new also get
el la los las un una unos unas y o pero si como en de del al a por para con sin no es son era fue ser
esta este esto estan ha han hay muy mas que se su sus lo le les me mi nos ya yo tu te porque cuando
donde quien todo todos toda otra otro ahora dice dicen
o os as um uma uns umas e ou mas se como em no na nos nas do da dos das ao aos por para com sem nao
sao foi era ser esta este isto estao tem ha muito mais que seu sua seus lhe me meu minha ja eu ele ela
porque quando onde quem tudo todos agora diz dizem pelo pela
le la les un une des et ou mais si comme en dans de du au aux par pour avec sans ne pas est sont etait
fut etre ce cet cette ces a ont il elle ils elles on nous vous leur leurs son sa ses mon ma mes je tu
qui que quoi quand ou tout tous toute plus tres y deja maintenant dit disent
في من على الى إلى عن مع بدون لا لم لن ما هو هي هم هذا هذه ذلك تلك كان كانت يكون ان أن إن قد كل بعض
غير بعد قبل عند التي الذي الذين و أو ثم لكن إذا كما هناك هنا نحن انا أنا انت أنت
";

static KNOWN: LazyLock<HashSet<u64>> = LazyLock::new(|| terms_of(WORDS).collect());

fn terms_of(words: &str) -> impl Iterator<Item = u64> {
    let each = words.split_whitespace().flat_map(|word| terms(word).0);
    each.map(|term| term.word)
}

static PLAIN: LazyLock<HashSet<Vec<char>>> = LazyLock::new(|| {
    let mut tokens = Tokens::default();
    let mut plain = HashSet::new();
    // Line by line: a text is read up to so many words.
    for line in WORDS.lines() {
        tokens.fill(line);
        plain.extend(tokens.list.iter().map(|token| tokens.of(token).to_vec()));
    }
    plain
});

/// Whether a word, folded as [`Tokens`] fold, is no reason for anything: a function
/// word that does not turn round what follows it.
#[must_use]
pub fn tells_nothing(letters: &[char]) -> bool {
    PLAIN.contains(letters) && !negates(letters)
}

/// Whether a term is a word that every post has.
#[must_use]
pub fn is_function_word(word: u64) -> bool {
    KNOWN.contains(&word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_function_word_is_no_reason_but_a_negation_is() {
        let mut tokens = Tokens::default();
        for (word, nothing) in [
            ("the", true),
            ("está", true),
            ("على", true),
            ("pour", true),
            ("não", false),
            ("not", false),
            ("pas", false),
            ("لا", false),
            ("disgrace", false),
        ] {
            tokens.fill(word);
            assert_eq!(tells_nothing(tokens.of(&tokens.list[0])), nothing, "{word}");
        }
    }

    #[test]
    fn function_words_are_common_in_each_language_and_names_of_things_are_not() {
        let common = |word: &str| terms_of(word).all(is_function_word);
        for word in ["The", "está", "Não", "était", "على"] {
            assert!(common(word), "{word}");
        }
        for word in ["water", "agua", "água", "eau", "مياه", "poisoned"] {
            assert!(!common(word), "{word}");
        }
    }
}
