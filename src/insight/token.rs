//! A post cut into what the models count: words, tags, names, links, numbers,
//! emoji, emoticons and marks.
//!
//! Owns [`Tokens`]: one pass over at most [`MOST_BYTES`] of a text, into buffers
//! that are used again. Knows no model. Called by `reading` once for each text.

use super::look::is_emoji;
use super::normal::{folded, is_unseen};

/// How much of a text is read, in bytes: what follows is passed over, and the
/// reading says so. A post is a hundredth of it; longer ones only repeat or pad.
pub const MOST_BYTES: usize = 8 * 1024;
/// How many tokens of a text are kept.
const MOST_TOKENS: usize = 1_200;
/// A word is compared by its first so many characters.
const MOST_LETTERS: usize = 40;

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A run of letters, with apostrophes inside.
    Word,
    /// A word after `#`.
    Tag,
    /// A name after `@`.
    Name,
    /// An address.
    Link,
    /// A run of digits.
    Number,
    /// A picture.
    Emoji,
    /// A face of punctuation.
    Face,
    /// A run of `!` and `?`.
    Shout,
    /// Any other mark that ends a clause.
    Stop,
}

/// One token.
#[derive(Clone, Copy, Debug)]
pub struct Token {
    /// What it is.
    pub kind: Kind,
    /// Where its folded characters begin.
    pub start: u32,
    /// Where they end.
    pub end: u32,
    /// Where it begins in the text, in bytes.
    pub from: u32,
    /// Where it ends there.
    pub to: u32,
    /// Written in capitals throughout, with more than one letter.
    pub loud: bool,
    /// A letter was drawn out three times or more.
    pub drawn: bool,
}

/// A text cut up. Kept and filled again, so that nothing is allocated for each text.
#[derive(Debug, Default)]
pub struct Tokens {
    /// The folded characters of all tokens.
    pub letters: Vec<char>,
    /// The tokens in their order.
    pub list: Vec<Token>,
    /// Whether some of the text was passed over.
    pub cut: bool,
}

impl Tokens {
    /// Cuts `text` up.
    pub fn fill(&mut self, text: &str) {
        self.letters.clear();
        self.list.clear();
        let most = text.floor_char_boundary(MOST_BYTES);
        self.cut = most < text.len();
        let text = text.get(..most).unwrap_or_default();
        let mut cutter = Cutter {
            text,
            at: 0,
            out: self,
        };
        while cutter.out.list.len() < MOST_TOKENS && cutter.step() {}
        self.cut |= self.list.len() >= MOST_TOKENS;
    }

    /// The folded characters of `token`.
    #[must_use]
    pub fn of(&self, token: &Token) -> &[char] {
        self.letters
            .get(token.start as usize..token.end as usize)
            .unwrap_or_default()
    }
}

struct Cutter<'a> {
    text: &'a str,
    at: usize,
    out: &'a mut Tokens,
}

impl<'a> Cutter<'a> {
    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    /// Takes one token, or passes over one character. False at the end.
    fn step(&mut self) -> bool {
        let rest = self.rest();
        let Some(c) = rest.chars().next() else {
            return false;
        };
        if c == ' ' || c.is_whitespace() {
            self.at += c.len_utf8();
        } else if let Some(length) = link(rest) {
            self.push(Kind::Link, length, |_| {});
        } else if let Some(length) = super::look::face(rest) {
            self.verbatim(Kind::Face, length);
        } else if c == '#' || c == '@' {
            self.marked(c);
        } else if c.is_alphabetic() {
            self.word(Kind::Word, 0);
        } else if c.is_numeric() {
            self.number();
        } else if is_emoji(c) {
            self.verbatim(Kind::Emoji, c.len_utf8());
        } else if is_shout(c) {
            let length = run(rest, is_shout);
            self.verbatim(Kind::Shout, length);
        } else if is_stop(c) {
            self.verbatim(Kind::Stop, c.len_utf8());
        } else {
            self.at += c.len_utf8();
        }
        true
    }

    fn push(&mut self, kind: Kind, length: usize, fill: impl FnOnce(&mut Vec<char>)) {
        let start = self.out.letters.len();
        fill(&mut self.out.letters);
        self.out.list.push(Token {
            kind,
            start: start as u32,
            end: self.out.letters.len() as u32,
            from: self.at as u32,
            to: (self.at + length) as u32,
            loud: false,
            drawn: false,
        });
        self.at += length;
    }

    fn verbatim(&mut self, kind: Kind, length: usize) {
        let piece = self.rest().get(..length).unwrap_or_default();
        self.push(kind, length, |letters| {
            letters.extend(piece.chars().take(8));
        });
    }

    fn number(&mut self) {
        let length = run(self.rest(), |c| c.is_numeric() || c == '.' || c == ',');
        let piece = self.rest().get(..length).unwrap_or_default();
        self.push(Kind::Number, length, |letters| {
            for c in piece.chars().take(12) {
                folded(c, &mut |plain| letters.push(plain));
            }
        });
    }

    fn marked(&mut self, mark: char) {
        let after = self.rest().chars().nth(1);
        if !after.is_some_and(|c| c.is_alphanumeric() || c == '_') {
            self.at += 1;
            return;
        }
        let kind = if mark == '#' { Kind::Tag } else { Kind::Name };
        self.word(kind, 1);
    }

    /// A run of letters; tags and names also take digits and underlines.
    fn word(&mut self, kind: Kind, skip: usize) {
        let rest = self.rest().get(skip..).unwrap_or_default();
        let open = kind != Kind::Word;
        let start = self.out.letters.len();
        let (mut length, mut upper, mut lower) = (skip, 0_u32, 0_u32);
        let (mut last, mut repeats, mut drawn) = (' ', 0_u32, false);
        let mut chars = rest.chars().peekable();
        while let Some(c) = chars.next() {
            let inside = c.is_alphabetic()
                || is_unseen(c)
                || open && (c.is_numeric() || c == '_')
                || matches!(c, '\'' | '\u{2019}')
                    && chars.peek().is_some_and(|n| n.is_alphabetic());
            if !inside {
                break;
            }
            length += c.len_utf8();
            upper += u32::from(c.is_uppercase());
            lower += u32::from(c.is_lowercase());
            let letters = &mut self.out.letters;
            folded(c, &mut |plain| {
                repeats = if plain == last { repeats + 1 } else { 0 };
                last = plain;
                drawn |= repeats >= 2;
                if repeats < 2 && letters.len() - start < MOST_LETTERS {
                    letters.push(plain);
                }
            });
        }
        unmask(self.out.letters.get_mut(start..).unwrap_or_default());
        self.out.list.push(Token {
            kind,
            start: start as u32,
            end: self.out.letters.len() as u32,
            from: self.at as u32,
            to: (self.at + length) as u32,
            loud: upper > 1 && lower == 0,
            drawn,
        });
        self.at += length;
    }
}

/// Writes letters of other alphabets that look like Latin ones as these, in a
/// word that has both: nobody spells so who does not mean to hide.
fn unmask(word: &mut [char]) {
    let mixed = word.iter().any(char::is_ascii_alphabetic) && !word.iter().all(char::is_ascii);
    if mixed {
        for c in word {
            *c = super::look::latin_twin(*c).unwrap_or(*c);
        }
    }
}

fn run(text: &str, is: impl Fn(char) -> bool) -> usize {
    text.char_indices()
        .find(|(_, c)| !is(*c))
        .map_or(text.len(), |(at, _)| at)
}

fn is_shout(c: char) -> bool {
    matches!(
        c,
        '!' | '?' | '\u{61f}' | '\u{a1}' | '\u{bf}' | '\u{203c}' | '\u{2049}'
    )
}

fn is_stop(c: char) -> bool {
    matches!(
        c,
        '.' | ',' | ';' | ':' | '\u{60c}' | '\u{61b}' | '\u{2026}' | '(' | ')' | '"' | '-' | '|'
    )
}

fn link(text: &str) -> Option<usize> {
    let starts = ["http://", "https://", "www.", "http"];
    let lead = text.get(..4)?;
    if !lead.eq_ignore_ascii_case("http") && !lead.eq_ignore_ascii_case("www.") {
        return None;
    }
    let length = run(text, |c| !c.is_whitespace());
    let whole = text.get(..length)?.to_ascii_lowercase();
    // "http" alone is what corpora leave of an address.
    (whole == "http" || starts.iter().take(3).any(|start| whole.starts_with(start)))
        .then_some(length)
}
