//! What the models see of a post: its words, pairs of words, pieces of words,
//! pictures and marks, each as a number.
//!
//! Owns [`features`], which sentiment and urgency share, so that a post is hashed
//! once. Knows no weights. The trick of hashing features instead of keeping a
//! vocabulary: Weinberger et al., "Feature hashing for large scale multitask
//! learning", 2009.

use super::token::{Kind, Token, Tokens};

/// One feature.
#[derive(Clone, Copy, Debug)]
pub struct Feature {
    /// Its hash; a table takes as many bits as it has.
    hash: u64,
    /// The token it stands at.
    pub token: usize,
    /// Whether it is of use for matter too, not only for feeling.
    pub matter: bool,
}

impl Feature {
    /// Its row in a table of two to the power of `bits` rows.
    #[must_use]
    pub fn row(&self, bits: u32) -> u32 {
        ((self.hash >> 24) & ((1 << bits) - 1)) as u32
    }
}

/// Shortest and longest piece of a word, its edges counted.
const PIECES: std::ops::RangeInclusive<usize> = 2..=5;
/// A negation reaches so many words.
const REACH: u8 = 4;

/// Words that turn what follows round.
const NEGATORS: &[&str] = &[
    "not", "no", "never", "dont", "didnt", "cant", "wont", "isnt", "doesnt", "aint", "without",
    "nothing", "nobody", "cannot", "nao", "nunca", "nem", "sem", "nada", "n", "jamais", "pas",
    "ne", "aucun", "rien", "sans", "plus", "ni", "sin", "tampoco", "jamas", "لا", "ليس", "ما", "مش",
    "مو", "لم", "لن", "بدون", "غير", "مافي", "مفيش", "ماهو", "ولا",
];
/// What is cut off the front of an Arabic word, longest first.
const FRONTS: [&str; 7] = ["وال", "بال", "فال", "كال", "ال", "لل", "و"];

fn mixed(hash: u64, next: u64) -> u64 {
    let hash = (hash ^ next).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    hash ^ (hash >> 29)
}

fn hashed(seed: u64, letters: &[char]) -> u64 {
    let start = mixed(0xcbf2_9ce4, seed);
    letters
        .iter()
        .fold(start, |hash, c| mixed(hash, u64::from(u32::from(*c))))
}

/// Gives all features of `tokens`, in a language numbered `language`.
pub fn features(tokens: &Tokens, language: u64, take: &mut impl FnMut(Feature)) {
    let mut previous = hashed(1, &[]);
    let mut negated = 0_u8;
    for (at, token) in tokens.list.iter().enumerate() {
        let letters = tokens.of(token);
        let mut put = |hash, matter| {
            take(Feature {
                hash,
                token: at,
                matter,
            });
        };
        let hash = match token.kind {
            Kind::Word | Kind::Tag => {
                let hash = word(token, letters, language, &mut put);
                if negated > 0 {
                    put(mixed(hash, 99), false);
                }
                negated = if negates(letters) {
                    REACH
                } else {
                    negated.saturating_sub(1)
                };
                hash
            }
            Kind::Name => hashed(7, &[]),
            Kind::Number => hashed(9, &[]),
            kind => {
                if matches!(kind, Kind::Shout | Kind::Stop) {
                    negated = 0;
                }
                mark(kind, letters, &mut put)
            }
        };
        put(mixed(mixed(hash, previous), 13), true);
        previous = hash;
    }
    take(Feature {
        hash: mixed(hashed(20, &[]), language),
        token: 0,
        matter: false,
    });
}

fn word(token: &Token, letters: &[char], language: u64, put: &mut impl FnMut(u64, bool)) -> u64 {
    let hash = hashed(2, letters);
    put(hash, true);
    if token.kind == Kind::Tag {
        put(mixed(hash, 77), true);
    }
    put(mixed(hash, 1000 + language), false);
    if letters.len() >= 4 {
        put(hashed(30, stem(letters)), false);
    }
    pieces(letters, put);
    if token.loud {
        put(mixed(hash, 5), true);
    }
    if token.drawn {
        put(hashed(6, &[]), true);
    }
    hash
}

/// Runs of letters inside a word, its edges written as spaces.
fn pieces(letters: &[char], put: &mut impl FnMut(u64, bool)) {
    let length = letters.len();
    if length < 2 {
        return;
    }
    let letter = |at: usize| match at.checked_sub(1) {
        None => ' ',
        Some(at) => letters.get(at).copied().unwrap_or(' '),
    };
    for start in 0..=length {
        let mut hash = hashed(3, &[]);
        for size in 1..=*PIECES.end() {
            if start + size > length + 2 {
                break;
            }
            hash = mixed(hash, u64::from(u32::from(letter(start + size - 1))));
            if PIECES.contains(&size) {
                put(hash, size > 2);
            }
        }
    }
}

fn mark(kind: Kind, letters: &[char], put: &mut impl FnMut(u64, bool)) -> u64 {
    let hash = match kind {
        Kind::Link => hashed(8, &[]),
        Kind::Emoji | Kind::Face => {
            let hash = hashed(10, letters);
            // Twice, for what it weighs: a face outweighs the pieces of a word.
            put(hash, true);
            put(mixed(hash, 1), true);
            return hash;
        }
        Kind::Shout => hashed(11, letters.get(..3).unwrap_or(letters)),
        _ => hashed(12, letters),
    };
    put(hash, true);
    hash
}

/// A word without its Arabic front, at most six letters.
fn stem(letters: &[char]) -> &[char] {
    let mut rest = letters;
    for front in FRONTS {
        let length = front.chars().count();
        if letters.len() >= length + 3 && front.chars().eq(letters.iter().take(length).copied()) {
            rest = letters.get(length..).unwrap_or(letters);
            break;
        }
    }
    rest.get(..6).unwrap_or(rest)
}

/// Whether a word turns round what follows it.
pub(super) fn negates(letters: &[char]) -> bool {
    letters.ends_with(&['n', '\'', 't'])
        || letters.len() <= 7
            && NEGATORS
                .iter()
                .any(|word| word.chars().eq(letters.iter().copied()))
}
