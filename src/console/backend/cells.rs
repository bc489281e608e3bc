//! Cells: which look alike, how wide they are, and whether all terminals agree.

use ratatui::buffer::{Buffer, Cell};
use ratatui::style::{Color, Modifier};

use crate::text::display_width;

/// What is seen of a blank besides its background.
pub(super) const SEEN_ON_BLANKS: Modifier = Modifier::REVERSED
    .union(Modifier::UNDERLINED)
    .union(Modifier::CROSSED_OUT);

/// How far terminals agree on a symbol's width.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Class {
    /// One cell everywhere.
    #[default]
    Plain,
    /// Two cells everywhere.
    Wide,
    /// A letter of a script whose letters some terminals join: one cell each,
    /// but where a word ends is not certain everywhere.
    Joining,
    /// Anything.
    Odd,
}

/// Whether the two look the same here.
pub(super) fn same(last: &Buffer, next: &Buffer, x: u16, y: u16) -> bool {
    match (last.cell((x, y)), next.cell((x, y))) {
        (Some(last), Some(next)) => last == next || alike(last, next),
        _ => false,
    }
}

/// Two blanks of one background.
fn alike(one: &Cell, other: &Cell) -> bool {
    one.symbol() == " "
        && other.symbol() == " "
        && one.bg == other.bg
        && !(one.modifier | other.modifier).intersects(SEEN_ON_BLANKS)
}

/// Whether what the terminal shows here could be seen behind a cluster that
/// covers the cell, where it gives that cluster fewer cells than we do.
pub(super) fn shows_through(last: &Buffer, next: &Buffer, x: u16, y: u16) -> bool {
    match (last.cell((x, y)), next.cell((x, y))) {
        (Some(last), Some(next)) => !last.symbol().trim().is_empty() || last.bg != next.bg,
        _ => false,
    }
}

/// Cells that a symbol takes, by our measure. Where ambiguous characters take
/// two, the view says so by the empty cell behind them.
pub(super) fn cell_width(buffer: &Buffer, x: u16, y: u16) -> u16 {
    let symbol = buffer.cell((x, y)).map_or(" ", Cell::symbol);
    if symbol.is_ascii() {
        return 1;
    }
    let measured = match class(symbol) {
        Class::Plain | Class::Joining => 1,
        Class::Wide => 2,
        Class::Odd => u16::try_from(display_width(symbol)).unwrap_or(u16::MAX),
    };
    let covered = (x + 1..buffer.area.right()).take(3).take_while(|x| {
        buffer
            .cell((*x, y))
            .is_some_and(|cell| cell.symbol().is_empty())
    });
    let covered = u16::try_from(covered.count()).unwrap_or(0);
    measured.max(1 + covered)
}

/// The cell that a wide cluster over `x` begins in.
pub(super) fn cluster_start(buffer: &Buffer, x: u16, y: u16) -> u16 {
    let before = x.saturating_sub(1).max(buffer.area.left());
    if before < x && cell_width(buffer, before, y) > 1 {
        before
    } else {
        x
    }
}

/// The first cell of the blank, unstyled end of a row.
pub(super) fn blank_tail(buffer: &Buffer, y: u16) -> u16 {
    let blank = |x: &u16| {
        buffer.cell((*x, y)).is_some_and(|cell| {
            cell.symbol() == " "
                && cell.bg == Color::Reset
                && !cell.modifier.intersects(SEEN_ON_BLANKS)
        })
    };
    let (left, right) = (buffer.area.left(), buffer.area.right());
    let tail = (left..right).rev().take_while(blank).count();
    let mut from = right - u16::try_from(tail).unwrap_or(0);
    // The cell behind a wide cluster looks blank but is part of it.
    if from > left && cell_width(buffer, from - 1, y) > 1 {
        from += 1;
    }
    from
}

/// The class of the symbol here.
pub(super) fn class_at(buffer: &Buffer, x: u16, y: u16) -> Class {
    let symbol = buffer.cell((x, y)).map_or(" ", Cell::symbol);
    if matches!(symbol.as_bytes(), [b' '..=b'~']) {
        return Class::Plain;
    }
    let class = class(symbol);
    let agreed = match cell_width(buffer, x, y) {
        1 => matches!(class, Class::Plain | Class::Joining),
        2 => class == Class::Wide,
        _ => false,
    };
    if agreed { class } else { Class::Odd }
}

fn class(symbol: &str) -> Class {
    let mut chars = symbol.chars();
    let (Some(c), None) = (chars.next(), chars.next()) else {
        return Class::Odd;
    };
    match c {
        ' '..='~'
        | '\u{c0}'..='\u{17f}'
        | '\u{1c0}'
        | '\u{386}'..='\u{3ce}'
        | '\u{400}'..='\u{45f}'
        | '\u{2500}'..='\u{257f}' => Class::Plain,
        '\u{3001}'..='\u{3003}'
        | '\u{3008}'..='\u{3011}'
        | '\u{3041}'..='\u{3096}'
        | '\u{30a1}'..='\u{30fa}'
        | '\u{4e00}'..='\u{9fff}'
        | '\u{ac00}'..='\u{d7a3}'
        | '\u{ff01}'..='\u{ff60}' => Class::Wide,
        '\u{5d0}'..='\u{5ea}'
        | '\u{620}'..='\u{64a}'
        | '\u{660}'..='\u{669}'
        | '\u{671}'..='\u{6d3}'
        | '\u{6f0}'..='\u{6f9}'
        | '\u{fb50}'..='\u{fbb1}'
        | '\u{fe80}'..='\u{fefc}' => Class::Joining,
        _ => Class::Odd,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_of_a_class_are_as_wide_as_they_are_measured() {
        for c in ' '..='\u{ffff}' {
            let width = match class(c.encode_utf8(&mut [0; 4])) {
                Class::Plain | Class::Joining => 1,
                Class::Wide => 2,
                Class::Odd => continue,
            };
            assert_eq!(display_width(&c.to_string()), width, "{c:?}");
        }
    }
}
