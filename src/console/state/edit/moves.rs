//! The cursor moved within a text: by characters, words, to the ends.

use unicode_segmentation::UnicodeSegmentation;

use super::TextEdit;

impl TextEdit {
    /// One to the left.
    pub fn left(&mut self) {
        self.moved();
        if self.col > 0 {
            self.col -= 1;
        } else if self.row > 0 {
            self.row -= 1;
            self.col = self.length();
        }
    }

    /// One to the right.
    pub fn right(&mut self) {
        self.moved();
        if self.col < self.length() {
            self.col += 1;
        } else if self.row + 1 < self.lines.len() {
            self.row += 1;
            self.col = 0;
        }
    }

    /// To the start of this word or the one before.
    pub fn word_left(&mut self) {
        self.moved();
        if self.col == 0 {
            self.left();
            return;
        }
        let (before, _) = self.halves();
        let kept = before.trim_end_matches(|c| !is_word(c));
        let kept = kept.trim_end_matches(is_word);
        self.col = kept.graphemes(true).count();
    }

    /// To the end of this word or the next one.
    pub fn word_right(&mut self) {
        self.moved();
        if self.col == self.length() {
            self.right();
            return;
        }
        let (_, after) = self.halves();
        let rest = after.trim_start_matches(|c| !is_word(c));
        let rest = rest.trim_start_matches(is_word);
        self.col = self.length() - rest.graphemes(true).count();
    }

    /// To the start of the text.
    pub fn to_start(&mut self) {
        self.moved();
        (self.row, self.col) = (0, 0);
    }

    /// To the end of the text.
    pub fn to_end(&mut self) {
        self.moved();
        self.row = self.lines.len() - 1;
        self.col = self.length();
    }

    /// To the start of the line.
    pub fn home(&mut self) {
        self.moved();
        self.col = 0;
    }

    /// To the end of the line.
    pub fn end(&mut self) {
        self.moved();
        self.col = self.length();
    }
}

/// Whether a move by words goes on over it. Marks belong to their letters, and
/// an apostrophe to its word.
fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_' || c == '\'' || c == '\u{2019}' || is_mark(c)
}

fn is_mark(c: char) -> bool {
    unicode_normalization::char::is_combining_mark(c) || c == '\u{200d}'
}
