//! What stays whole inside right-to-left text.
//!
//! Owns the finding of addresses, handles and numbers in a paragraph, and the
//! marks around them that the bidi algorithm reads; the marks never reach a
//! reader. Called by `bidi`.

use std::ops::Range;

/// U+2066, U+2068, U+2069: three bytes each.
const LEFT_TO_RIGHT: char = '\u{2066}';
const FIRST_STRONG: char = '\u{2068}';
const POP: char = '\u{2069}';
const MARK: usize = POP.len_utf8();

/// A part of a paragraph that nothing around it may pull apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Isolate {
    range: Range<usize>,
    /// Reads as its first letter does; else from left to right.
    by_letter: bool,
}

/// The isolates of `paragraph`, ascending and apart; `signs` are ranges of our
/// own signs in it.
pub(super) fn find(paragraph: &str, signs: impl Iterator<Item = Range<usize>>) -> Vec<Isolate> {
    let signs: Vec<Isolate> = signs.map(left_to_right).collect();
    let mut found = Vec::new();
    let mut at = 0;
    for word in paragraph.split_inclusive(char::is_whitespace) {
        let start = at;
        at += word.len();
        if start < found.last().map_or(0, |last: &Isolate| last.range.end) {
            continue;
        }
        let bare = word.trim_end();
        if let Some(whole) = address_or_handle(bare, start) {
            found.push(whole);
        } else {
            numbers(paragraph, start..start + bare.len(), &mut found);
        }
    }
    let overlaps = |one: &Isolate| {
        let mut over = signs.iter();
        over.any(|sign| one.range.start < sign.range.end && sign.range.start < one.range.end)
    };
    found.retain(|one| !overlaps(one));
    found.extend(signs);
    found.sort_by_key(|one| one.range.start);
    found
}

fn left_to_right(range: Range<usize>) -> Isolate {
    Isolate {
        range,
        by_letter: false,
    }
}

/// A word that is an address, a handle, a tag or a mail address.
fn address_or_handle(word: &str, start: usize) -> Option<Isolate> {
    let begins = word.trim_start_matches(|c: char| "([{\"'«„“".contains(c));
    let start = start + word.len() - begins.len();
    let word = begins.trim_end_matches(|c: char| ")]}\"'»“”.,;:!?،؛؟".contains(c));
    let range = start..start + word.len();
    if word.contains("://") || word.starts_with("www.") {
        return Some(left_to_right(range));
    }
    let named = word.len() > 1 && word.starts_with(['@', '#']);
    let mail = word.contains('@') && word.contains('.');
    (named || mail).then_some(Isolate {
        range,
        by_letter: named,
    })
}

/// Numbers in the word at `word` with the signs that belong to them; a
/// telephone number goes on over spaces into the next words.
fn numbers(paragraph: &str, word: Range<usize>, found: &mut Vec<Isolate>) {
    let mut from = word.start;
    while let Some(start) = paragraph
        .get(from..word.end)
        .and_then(|rest| rest.find(is_digit))
        .map(|at| from + at)
    {
        let head = paragraph.get(from..start).unwrap_or_default();
        let sign = head
            .chars()
            .next_back()
            .filter(|c| matches!(c, '+' | '-' | '−'));
        let start = start - sign.map_or(0, char::len_utf8);
        let phone = paragraph
            .get(start..)
            .is_some_and(|rest| rest.starts_with(['+', '0', '٠', '۰']));
        let end = number_end(paragraph, start + sign.map_or(0, char::len_utf8), phone);
        found.push(left_to_right(start..end));
        from = end;
        if end >= word.end {
            return;
        }
    }
}

/// Where the number at `start` ends: behind its last digit.
fn number_end(paragraph: &str, start: usize, phone: bool) -> usize {
    let mut end = start;
    let rest = paragraph.get(start..).unwrap_or_default();
    let mut gap = 0;
    for (at, c) in rest.char_indices() {
        if is_digit(c) {
            end = start + at + c.len_utf8();
            gap = 0;
        } else if gap == 0 && (".,:/-–٫٬".contains(c) || (phone && c == ' ')) {
            gap += 1;
        } else {
            break;
        }
    }
    end
}

fn is_digit(c: char) -> bool {
    matches!(c, '0'..='9' | '\u{660}'..='\u{669}' | '\u{6f0}'..='\u{6f9}')
}

/// `paragraph` with the marks of `isolates` in it.
pub(super) fn marked(paragraph: &str, isolates: &[Isolate]) -> String {
    let mut out = String::with_capacity(paragraph.len() + 2 * MARK * isolates.len());
    let mut at = 0;
    for isolate in isolates {
        let Range { start, end } = isolate.range;
        out.push_str(paragraph.get(at..start).unwrap_or_default());
        out.push(if isolate.by_letter {
            FIRST_STRONG
        } else {
            LEFT_TO_RIGHT
        });
        out.push_str(paragraph.get(start..end).unwrap_or_default());
        out.push(POP);
        at = end;
    }
    out.push_str(paragraph.get(at..).unwrap_or_default());
    out
}

/// From places in the paragraph to places in the marked one; asked in order.
pub(super) struct Places<'a> {
    isolates: &'a [Isolate],
    marks: usize,
}

impl<'a> Places<'a> {
    pub(super) fn new(isolates: &'a [Isolate]) -> Self {
        Self { isolates, marks: 0 }
    }

    /// The byte of the marked paragraph that was at `at`.
    pub(super) fn of(&mut self, at: usize) -> usize {
        while let Some(isolate) = self.isolates.get(self.marks / 2) {
            let next = if self.marks.is_multiple_of(2) {
                isolate.range.start
            } else {
                isolate.range.end
            };
            if next > at {
                break;
            }
            self.marks += 1;
        }
        at + MARK * self.marks
    }
}
