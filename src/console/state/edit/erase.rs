//! What is taken out of a text: by characters, words, lines.

use unicode_segmentation::UnicodeSegmentation;

use super::{Step, TextEdit};

impl TextEdit {
    /// Erases the character before the cursor; joins lines at a start.
    pub fn delete_back(&mut self) {
        if self.col == 0 && self.row == 0 {
            return;
        }
        let step = self.step;
        self.left();
        self.step = step;
        self.delete_forward();
    }

    /// Erases the character at the cursor; joins lines at an end.
    pub fn delete_forward(&mut self) {
        let (before, after) = self.halves();
        let mut rest = after.graphemes(true);
        if rest.next().is_some() {
            let rest = rest.as_str().to_owned();
            if self.step != Step::Erasing {
                self.remember();
            }
            self.step = Step::Erasing;
            self.set_line(format!("{before}{rest}"));
        } else if self.row + 1 < self.lines.len() {
            self.remember();
            let next = self.lines.remove(self.row + 1);
            self.set_line(format!("{before}{next}"));
        }
    }

    /// Erases back to the start of a word.
    pub fn delete_word(&mut self) {
        let (before, after) = self.halves();
        let kept = before.trim_end();
        let kept = kept
            .char_indices()
            .rev()
            .find(|(_, c)| c.is_whitespace())
            .map_or("", |(at, c)| kept.get(..at + c.len_utf8()).unwrap_or(""));
        self.remember();
        self.col = kept.graphemes(true).count();
        self.set_line(format!("{kept}{after}"));
    }

    /// Erases to the end of the line; at its end joins the next one.
    pub fn delete_to_end(&mut self) {
        let (before, after) = self.halves();
        if after.is_empty() {
            self.delete_forward();
        } else {
            self.remember();
            self.set_line(before);
        }
    }

    /// Erases back to the start of the line.
    pub fn delete_line(&mut self) {
        let (_, after) = self.halves();
        self.remember();
        self.col = 0;
        self.set_line(after);
    }
}
