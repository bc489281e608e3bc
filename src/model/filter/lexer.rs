//! A filter cut into tokens, each with its column.
//!
//! Owns quoting, the places where a word ends and the length limit. What a key
//! makes of its values is the parser's.

use super::error::{FilterError, nearest};
use super::key::Key;

/// Bytes that a filter may have: far more than anybody types, little enough
/// that a hostile one costs nothing.
pub(super) const MAX_BYTES: usize = 4096;

#[derive(Clone, Debug, PartialEq)]
pub(super) struct Token {
    /// Counted in characters from 1.
    pub(super) column: usize,
    pub(super) kind: TokenKind,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum TokenKind {
    Open,
    Close,
    Minus,
    Or,
    /// A word or phrase, unescaped.
    Text(String),
    /// `key:value,value`.
    Field(Field),
}

#[derive(Clone, Debug, PartialEq)]
pub(super) struct Field {
    pub(super) key: Key,
    pub(super) op: Op,
    pub(super) op_column: usize,
    /// At least one, none of them empty.
    pub(super) values: Vec<Value>,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) struct Value {
    pub(super) column: usize,
    pub(super) text: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Op {
    /// `:` and `=`.
    Is,
    Less,
    AtMost,
    More,
    AtLeast,
}

/// Cuts `source` into tokens.
pub(super) fn lex(source: &str) -> Result<Vec<Token>, FilterError> {
    if source.len() > MAX_BYTES {
        let fits = source
            .char_indices()
            .take_while(|(at, c)| at + c.len_utf8() <= MAX_BYTES)
            .count();
        let says = format!("A filter has at most {MAX_BYTES} bytes; make it shorter.");
        return Err(FilterError::new(fits + 1, says));
    }
    let mut lexer = Lexer {
        chars: source.chars().collect(),
        at: 0,
    };
    let mut tokens = Vec::new();
    while let Some(token) = lexer.token()? {
        tokens.push(token);
    }
    Ok(tokens)
}

struct Lexer {
    chars: Vec<char>,
    at: usize,
}

/// Whether a word or an unquoted value ends before `c`.
pub(super) fn ends_word(c: char) -> bool {
    c.is_whitespace() || matches!(c, '(' | ')' | '"')
}

impl Lexer {
    fn peek(&self) -> Option<char> {
        self.chars.get(self.at).copied()
    }

    fn peek_after(&self, more: usize) -> Option<char> {
        self.chars.get(self.at + more).copied()
    }

    fn column(&self) -> usize {
        self.at + 1
    }

    fn eat(&mut self, wanted: char) -> bool {
        let there = self.peek() == Some(wanted);
        self.at += usize::from(there);
        there
    }

    fn token(&mut self) -> Result<Option<Token>, FilterError> {
        while self.peek().is_some_and(char::is_whitespace) {
            self.at += 1;
        }
        let column = self.column();
        let Some(c) = self.peek() else {
            return Ok(None);
        };
        let kind = match c {
            '(' => self.mark(TokenKind::Open),
            ')' => self.mark(TokenKind::Close),
            '-' => self.minus()?,
            '"' => TokenKind::Text(self.quoted()?),
            _ => self.word()?,
        };
        Ok(Some(Token { column, kind }))
    }

    fn mark(&mut self, kind: TokenKind) -> TokenKind {
        self.at += 1;
        kind
    }

    fn minus(&mut self) -> Result<TokenKind, FilterError> {
        if self.peek_after(1).is_none_or(char::is_whitespace) {
            return Err(FilterError::new(
                self.column(),
                "\"-\" leaves out what stands right behind it; write a word, a key or \"(\" there.",
            ));
        }
        Ok(self.mark(TokenKind::Minus))
    }

    /// A phrase; stands on the opening quote.
    fn quoted(&mut self) -> Result<String, FilterError> {
        let opened = self.column();
        self.at += 1;
        let mut text = String::new();
        while let Some(c) = self.peek() {
            self.at += 1;
            match c {
                '"' if text.trim().is_empty() => {
                    return Err(FilterError::new(
                        opened,
                        "There is nothing in these quotes.",
                    ));
                }
                '"' => return Ok(text),
                '\\' if matches!(self.peek(), Some('"' | '\\')) => {
                    text.extend(self.peek());
                    self.at += 1;
                }
                c => text.push(self.printable(c, self.at)?),
            }
        }
        Err(FilterError::new(
            opened,
            "This quote is not closed; write another \" at the end of the phrase.",
        ))
    }

    fn word(&mut self) -> Result<TokenKind, FilterError> {
        if let Some(field) = self.numbers() {
            return Ok(TokenKind::Field(field));
        }
        if let Some(field) = self.field()? {
            return Ok(TokenKind::Field(field));
        }
        let text = self.run(ends_word)?;
        if text.eq_ignore_ascii_case("or") {
            return Ok(TokenKind::Or);
        }
        Ok(TokenKind::Text(text))
    }

    /// The characters up to one that `ends`.
    fn run(&mut self, ends: impl Fn(char) -> bool) -> Result<String, FilterError> {
        let mut text = String::new();
        while let Some(c) = self.peek().filter(|c| !ends(*c)) {
            self.at += 1;
            text.push(self.printable(c, self.at)?);
        }
        Ok(text)
    }

    /// Filters are kept and shown to others: nothing in them may steer.
    fn printable(&self, c: char, column: usize) -> Result<char, FilterError> {
        if c.is_control() && !c.is_whitespace() {
            return Err(FilterError::new(
                column.min(self.chars.len()),
                "There is a control character here; delete it.",
            ));
        }
        Ok(c)
    }

    /// `#1042` or `#1042,#1043`. Anything else behind "#" is a hashtag.
    fn numbers(&mut self) -> Option<Field> {
        if self.peek() != Some('#') {
            return None;
        }
        let op_column = self.column();
        let rest = self.chars.get(self.at..)?;
        let word: Vec<char> = rest
            .iter()
            .copied()
            .take_while(|c| !ends_word(*c))
            .collect();
        let mut values = Vec::new();
        let mut column = op_column;
        for part in word.split(|c| *c == ',') {
            let digits = part.strip_prefix(&['#']).unwrap_or(part);
            if digits.is_empty() || !digits.iter().all(char::is_ascii_digit) {
                return None;
            }
            let text = digits.iter().collect();
            values.push(Value { column, text });
            column += part.len() + 1;
        }
        self.at += word.len();
        Some(Field {
            key: Key::Id,
            op: Op::Is,
            op_column,
            values,
        })
    }

    /// `key:value,value`, when letters and an operator stand here.
    fn field(&mut self) -> Result<Option<Field>, FilterError> {
        let rest = self.chars.get(self.at..).unwrap_or_default();
        let name: String = rest
            .iter()
            .take_while(|c| c.is_ascii_alphabetic())
            .collect();
        let operator = matches!(self.peek_after(name.len()), Some(':' | '=' | '<' | '>'));
        if name.is_empty() || !operator {
            return Ok(None);
        }
        let key = Key::find(&name).ok_or_else(|| unknown_key(self.column(), &name))?;
        self.at += name.len();
        let op_column = self.column();
        let op = self.op();
        let mut values = vec![self.value(key)?];
        while self.eat(',') {
            values.push(self.value(key)?);
        }
        Ok(Some(Field {
            key,
            op,
            op_column,
            values,
        }))
    }

    /// An operator; `:` may stand before a comparison.
    fn op(&mut self) -> Op {
        self.eat(':');
        let less = self.eat('<');
        let more = !less && self.eat('>');
        let equal = self.eat('=');
        match (less, more, equal) {
            (true, _, false) => Op::Less,
            (true, _, true) => Op::AtMost,
            (_, true, false) => Op::More,
            (_, true, true) => Op::AtLeast,
            _ => Op::Is,
        }
    }

    fn value(&mut self, key: Key) -> Result<Value, FilterError> {
        let column = self.column();
        let text = if self.peek() == Some('"') {
            self.quoted()?
        } else {
            self.run(|c| c == ',' || ends_word(c))?
        };
        if text.is_empty() {
            let says = format!("Here \"{}\" takes {}.", key.name(), key.takes());
            return Err(FilterError::new(column, says));
        }
        Ok(Value { column, text })
    }
}

fn unknown_key(column: usize, name: &str) -> FilterError {
    let names = Key::ALL.map(Key::name);
    let hint = nearest(name, &names).map_or_else(
        || format!("The keys are {}.", names.join(", ")),
        |near| format!("The nearest is \"{near}\"."),
    );
    // A word this long is no key that was mistyped, and no sentence to show.
    let known_as = if name.len() <= 24 {
        format!("There is no key \"{name}\".")
    } else {
        "There is no such key.".to_owned()
    };
    FilterError::new(
        column,
        format!("{known_as} {hint} To look for the words as they are, put them in quotes."),
    )
}
