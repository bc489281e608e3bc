//! Tokens to a tree.
//!
//! Owns the grammar (`or` binds least, then juxtaposition, then `-`), the limit
//! on brackets, and what each key makes of its values. Called by
//! `Filter::parse` alone.

use std::str::FromStr;

use super::ast::{Compare, Expr, Id, Needle, Term};
use super::error::{FilterError, nearest};
use super::key::{Is, KINDS, Key, SENTIMENTS};
use super::lexer::{Field, Op, Token, TokenKind, Value, lex};
use super::value::{Since, Span};
use crate::model::ids::{ItemId, ItemKey};
use crate::model::item::Kind;
use crate::model::severity::Severity;

/// Brackets within brackets. Everything that walks a tree recurses, so this
/// bounds the stack.
pub(super) const MAX_DEPTH: usize = 32;

/// Reads a filter.
pub(super) fn parse(source: &str) -> Result<Expr, FilterError> {
    let mut parser = Parser {
        tokens: lex(source)?,
        at: 0,
        depth: 0,
        end: source.chars().count() + 1,
    };
    if parser.tokens.is_empty() {
        return Ok(Expr::All(Vec::new()));
    }
    let expr = parser.alternatives()?;
    match parser.tokens.get(parser.at) {
        None => Ok(expr),
        Some(token) => Err(FilterError::new(
            token.column,
            "This \")\" closes nothing; delete it, or put it in quotes to look for it.",
        )),
    }
}

struct Parser {
    tokens: Vec<Token>,
    at: usize,
    depth: usize,
    /// The column behind the last character.
    end: usize,
}

impl Parser {
    fn peek(&self) -> Option<&TokenKind> {
        self.tokens.get(self.at).map(|token| &token.kind)
    }

    fn column(&self) -> usize {
        self.tokens
            .get(self.at)
            .map_or(self.end, |token| token.column)
    }

    fn next(&mut self) -> Option<Token> {
        let token = self.tokens.get(self.at).cloned();
        self.at += 1;
        token
    }

    fn alternatives(&mut self) -> Result<Expr, FilterError> {
        let mut parts = vec![self.conjunction()?];
        while self.peek() == Some(&TokenKind::Or) {
            self.at += 1;
            parts.push(self.conjunction()?);
        }
        Ok(Expr::any(parts))
    }

    fn conjunction(&mut self) -> Result<Expr, FilterError> {
        let mut parts = vec![self.negatable()?];
        while !matches!(self.peek(), None | Some(TokenKind::Or | TokenKind::Close)) {
            parts.push(self.negatable()?);
        }
        Ok(Expr::all(parts))
    }

    fn negatable(&mut self) -> Result<Expr, FilterError> {
        let mut negated = false;
        while self.peek() == Some(&TokenKind::Minus) {
            self.at += 1;
            negated = !negated;
        }
        let expr = self.primary()?;
        Ok(if negated { Expr::not(expr) } else { expr })
    }

    fn primary(&mut self) -> Result<Expr, FilterError> {
        let column = self.column();
        match self.next().map(|token| token.kind) {
            Some(TokenKind::Text(text)) => {
                let needle = Needle::new(&text).ok_or_else(|| nothing_to_find(column))?;
                Ok(Expr::Term(Term::Text(needle)))
            }
            Some(TokenKind::Field(field)) => term(&field).map(Expr::Term),
            Some(TokenKind::Open) => self.group(column),
            Some(TokenKind::Or) => Err(FilterError::new(
                column,
                "\"or\" stands between two filters and one is missing before it; \
                 to look for the word, write \"or\" in quotes.",
            )),
            Some(TokenKind::Close | TokenKind::Minus) => Err(FilterError::new(
                column,
                "A word, a key or \"(\" was expected before this \")\".",
            )),
            None => Err(FilterError::new(
                column,
                "The filter ends here, but a word, a key or \"(\" was expected.",
            )),
        }
    }

    /// What stands in brackets; the opening one is read.
    fn group(&mut self, opened: usize) -> Result<Expr, FilterError> {
        if self.depth == MAX_DEPTH {
            let says = format!("Brackets go at most {MAX_DEPTH} deep; use fewer.");
            return Err(FilterError::new(opened, says));
        }
        self.depth += 1;
        let expr = self.alternatives()?;
        self.depth -= 1;
        if self.next().map(|token| token.kind) == Some(TokenKind::Close) {
            return Ok(expr);
        }
        Err(FilterError::new(
            opened,
            "This \"(\" is not closed; write \")\" where the group ends.",
        ))
    }
}

fn nothing_to_find(column: usize) -> FilterError {
    FilterError::new(
        column,
        "There is no letter, digit or sign here that could be looked for.",
    )
}

fn term(field: &Field) -> Result<Term, FilterError> {
    let compare = match field.op {
        Op::Is => None,
        Op::Less => Some(Compare::Less),
        Op::AtMost => Some(Compare::AtMost),
        Op::More => Some(Compare::More),
        Op::AtLeast => Some(Compare::AtLeast),
    };
    match (field.key, compare) {
        (Key::Sev, Some(compare)) => {
            let value = only(field)?;
            Ok(Term::SeverityBy(compare, severity(value)?))
        }
        (Key::Age, Some(compare)) => {
            let value = only(field)?;
            let span = Span::parse(&value.text).ok_or_else(|| expected(Key::Age, value))?;
            Ok(Term::Age(compare, span))
        }
        (Key::Age, None) => Err(FilterError::new(
            field.op_column,
            "An age is compared: write age<2h or age>2h.",
        )),
        (Key::Urgency, Some(compare)) => {
            let value = only(field)?;
            let score = value.text.parse().ok().filter(|score| *score <= 100);
            let score = score.ok_or_else(|| expected(Key::Urgency, value))?;
            Ok(Term::Urgency(compare, score))
        }
        (Key::Urgency, None) => Err(FilterError::new(
            field.op_column,
            "An urgency is compared: write urgency>=60 or urgency<20.",
        )),
        (Key::Reach, Some(compare)) => {
            let value = only(field)?;
            let people = people(&value.text).ok_or_else(|| expected(Key::Reach, value))?;
            Ok(Term::Reach(compare, people))
        }
        (Key::Reach, None) => Err(FilterError::new(
            field.op_column,
            "A reach is compared: write reach>=1000 or reach<20k.",
        )),
        (key, Some(_)) => Err(FilterError::new(
            field.op_column,
            format!(
                "\"{}\" cannot be compared; write \"{}:\" instead.",
                key.name(),
                key.name()
            ),
        )),
        (_, None) => listed(field),
    }
}

/// The keys that take a list of which any may be so.
fn listed(field: &Field) -> Result<Term, FilterError> {
    Ok(match field.key {
        Key::Kind => Term::Kind(each(field, |value| {
            fixed(Key::Kind, value, KINDS, Kind::word)
        })?),
        Key::Sev => Term::Severity(each(field, severity)?),
        Key::Is => Term::Is(each(field, |value| {
            fixed(Key::Is, value, Is::ALL, Is::word)
        })?),
        Key::Sent => Term::Sentiment(each(field, |value| {
            fixed(Key::Sent, value, SENTIMENTS, |word| word)
        })?),
        Key::Chan => Term::Channel(each(field, |value| name(Key::Chan, value))?),
        Key::By => Term::By(each(field, |value| name(Key::By, value))?),
        Key::To => Term::To(each(field, |value| name(Key::To, value))?),
        Key::Tag => Term::Tag(each(field, |value| name(Key::Tag, value))?),
        Key::Desk => Term::Desk(each(field, |value| name(Key::Desk, value))?),
        Key::Lang => Term::Lang(each(field, needle)?),
        Key::Region => Term::Region(each(field, needle)?),
        Key::Author => Term::Author(each(field, needle)?),
        Key::Topic => Term::Topic(each(field, needle)?),
        Key::Claim => Term::Claim(each(field, needle)?),
        Key::Id => Term::Id(each(field, id)?),
        Key::Since | Key::Age | Key::Urgency | Key::Reach => {
            let value = only(field)?;
            Term::Since(Since::parse(&value.text).ok_or_else(|| expected(field.key, value))?)
        }
    })
}

/// A number of people: as it is, in thousands or in millions.
fn people(text: &str) -> Option<u64> {
    let (digits, times) = match text.strip_suffix(['k', 'K']) {
        Some(digits) => (digits, 1000),
        None => match text.strip_suffix(['m', 'M']) {
            Some(digits) => (digits, 1_000_000),
            None => (text, 1),
        },
    };
    digits.parse::<u64>().ok()?.checked_mul(times)
}

fn each<T>(
    field: &Field,
    read: impl Fn(&Value) -> Result<T, FilterError>,
) -> Result<Vec<T>, FilterError> {
    field.values.iter().map(read).collect()
}

/// The one value of a key that takes no list.
fn only(field: &Field) -> Result<&Value, FilterError> {
    match field.values.as_slice() {
        [value] => Ok(value),
        [_, second, ..] => Err(FilterError::new(
            second.column,
            format!("\"{}\" takes one value here, not a list.", field.key.name()),
        )),
        [] => Err(FilterError::new(
            field.op_column,
            format!("\"{}\" takes {}.", field.key.name(), field.key.takes()),
        )),
    }
}

fn expected(key: Key, value: &Value) -> FilterError {
    FilterError::new(
        value.column,
        format!("Here \"{}\" takes {}.", key.name(), key.takes()),
    )
}

fn severity(value: &Value) -> Result<Severity, FilterError> {
    fixed(Key::Sev, value, Severity::ALL, Severity::word)
}

/// A word of a closed list, in any case.
fn fixed<T: Copy, const N: usize>(
    key: Key,
    value: &Value,
    all: [T; N],
    word: impl Fn(T) -> &'static str,
) -> Result<T, FilterError> {
    all.into_iter()
        .find(|one| word(*one).eq_ignore_ascii_case(&value.text))
        .ok_or_else(|| {
            let words = key.words();
            let near = nearest(&value.text, &words)
                .map(|near| format!(" The nearest is \"{near}\"."))
                .unwrap_or_default();
            let says = format!("\"{}\" takes {}.{near}", key.name(), one_of(&words));
            FilterError::new(value.column, says)
        })
}

/// "a, b or c".
fn one_of(words: &[&str]) -> String {
    match words.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} or {last}", rest.join(", ")),
        _ => words.concat(),
    }
}

/// A name of ours. They are lower case; officers need not type them so.
fn name<T: FromStr>(key: Key, value: &Value) -> Result<T, FilterError> {
    let text = value.text.strip_prefix('@').unwrap_or(&value.text);
    text.to_ascii_lowercase().parse().map_err(|_| {
        let says = format!(
            "\"{}\" takes {}: a-z, 0-9, \".\", \"_\", \":\" and \"-\".",
            key.name(),
            key.takes()
        );
        FilterError::new(value.column, says)
    })
}

fn needle(value: &Value) -> Result<Needle, FilterError> {
    Needle::new(&value.text).ok_or_else(|| nothing_to_find(value.column))
}

fn id(value: &Value) -> Result<Id, FilterError> {
    if let Ok(key) = value.text.parse::<ItemKey>() {
        return Ok(Id::Key(key));
    }
    let digits = value.text.strip_prefix('#').unwrap_or(&value.text);
    let number = digits
        .bytes()
        .all(|b| b.is_ascii_digit())
        .then(|| digits.parse().ok())
        .flatten();
    number
        .map(|number| Id::Number(ItemId(number)))
        .ok_or_else(|| expected(Key::Id, value))
}
