//! A text folded to a width: which part of which line stands in which row, and
//! where the cursor is in cells.
//!
//! Shared by `update` (moves up and down, pages) and `view` (what is drawn, the
//! terminal's cursor), so that both speak of the same rows.

use unicode_segmentation::UnicodeSegmentation;

use super::TextEdit;
use crate::text::display_width;

/// A row: a part of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// The line that it is of.
    pub line: usize,
    /// Characters of the line before it.
    pub from: usize,
    /// Its characters.
    pub text: String,
}

/// Folds a line behind spaces where that is possible; a space that does not fit
/// stays at the end of its row.
fn fold(line: &str, number: usize, width: usize) -> Vec<Row> {
    let width = width.max(2);
    let graphemes: Vec<&str> = line.graphemes(true).collect();
    let mut rows = Vec::new();
    let (mut from, mut cells, mut space) = (0, 0, None);
    let row = |from: usize, to: usize| Row {
        line: number,
        from,
        text: graphemes.get(from..to).unwrap_or_default().concat(),
    };
    for (at, grapheme) in graphemes.iter().enumerate() {
        let is_space = grapheme.chars().all(char::is_whitespace);
        let wide = display_width(grapheme);
        if cells + wide > width && !is_space {
            let cut = space.filter(|space| *space > from).unwrap_or(at);
            rows.push(row(from, cut));
            from = cut;
            space = None;
            let kept = graphemes.get(from..at).unwrap_or_default();
            cells = kept.iter().map(|kept| display_width(kept)).sum();
        }
        cells += wide;
        if is_space {
            space = Some(at + 1);
        }
    }
    rows.push(row(from, graphemes.len()));
    rows
}

impl TextEdit {
    /// The text in rows of at most `width` cells, spaces at their ends aside.
    #[must_use]
    pub fn rows(&self, width: usize) -> Vec<Row> {
        let numbered = self.lines.iter().enumerate();
        numbered
            .flat_map(|(number, line)| fold(line, number, width))
            .collect()
    }

    /// The row of the cursor among [`TextEdit::rows`], and cells before it there.
    #[must_use]
    pub fn cursor_in(&self, width: usize) -> (usize, usize) {
        self.find(&self.rows(width), width)
    }

    fn find(&self, rows: &[Row], width: usize) -> (usize, usize) {
        let mut of_line = rows
            .iter()
            .enumerate()
            .filter(|(_, row)| row.line == self.row);
        let (at, row) = of_line
            .rfind(|(_, row)| row.from <= self.col)
            .expect("every line has a row from its start");
        let before = row.text.graphemes(true).take(self.col - row.from);
        let cells: usize = before.map(display_width).sum();
        (at, cells.min(width.max(2)))
    }

    /// Moves the cursor by so many rows; the column is kept where it can be.
    pub fn step_rows(&mut self, width: usize, by: isize) {
        let rows = self.rows(width);
        let (at, cells) = self.find(&rows, width);
        let goal = self.goal.unwrap_or(cells);
        let to = at.saturating_add_signed(by).min(rows.len() - 1);
        self.moved();
        self.goal = Some(goal);
        let Some(row) = rows.get(to) else {
            return;
        };
        let (mut chars, mut used) = (0, 0);
        for grapheme in row.text.graphemes(true) {
            let wide = display_width(grapheme);
            if used + wide > goal {
                break;
            }
            used += wide;
            chars += 1;
        }
        // The end of a folded row is the start of the next one.
        let folded = rows.get(to + 1).is_some_and(|next| next.line == row.line);
        let length = row.text.graphemes(true).count();
        if folded && chars == length {
            chars = chars.saturating_sub(1);
        }
        (self.row, self.col) = (row.line, row.from + chars);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(edit: &TextEdit, width: usize) -> Vec<String> {
        let rows = edit.rows(width);
        rows.into_iter().map(|row| row.text).collect()
    }

    #[test]
    fn lines_fold_behind_words_and_long_words_anywhere() {
        let edit = TextEdit::block(1000).with("crew en route to Hill Street\nabcdefghijklmno");
        assert_eq!(
            texts(&edit, 10),
            [
                "crew en ",
                "route to ",
                "Hill ",
                "Street",
                "abcdefghij",
                "klmno"
            ]
        );
    }

    #[test]
    fn the_cursor_stands_behind_wide_signs() {
        let mut edit = TextEdit::block(1000).with("断水 café 👩\u{200d}👩\u{200d}👧");
        assert_eq!(edit.cursor_in(40), (0, 12));
        edit.home();
        edit.right();
        assert_eq!(edit.cursor_in(40), (0, 2));
    }

    #[test]
    fn up_and_down_keep_their_column_over_short_rows() {
        let mut edit = TextEdit::block(1000).with("a long first line\nno\nanother long line");
        edit.step_rows(40, -1);
        assert_eq!(edit.cursor(), (1, "no".to_owned()));
        edit.step_rows(40, -1);
        assert_eq!(edit.cursor().1.len(), 17);
        edit.step_rows(6, 1);
        assert_eq!(edit.place().0, 1);
    }
}
