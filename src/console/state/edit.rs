//! Text under a cursor: moved and erased by what readers take for one
//! character, with undo. For editors of several lines and prompts of one.
//!
//! Holds the officer's words as they were typed; views clean them like any
//! other text.

use unicode_segmentation::UnicodeSegmentation;

/// Steps that undo remembers.
const REMEMBERED: usize = 200;

/// A text and a cursor in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TextEdit {
    lines: Vec<String>,
    row: usize,
    /// In characters as readers count them.
    col: usize,
    many: bool,
    limit: usize,
    undo: Vec<State>,
    redo: Vec<State>,
    /// Whether the next letter belongs to the step under way.
    typing: bool,
}

type State = (Vec<String>, usize, usize);

impl TextEdit {
    /// One line.
    #[must_use]
    pub fn line(limit: usize) -> Self {
        Self::new(false, limit)
    }

    /// Several lines.
    #[must_use]
    pub fn block(limit: usize) -> Self {
        Self::new(true, limit)
    }

    fn new(many: bool, limit: usize) -> Self {
        Self {
            lines: vec![String::new()],
            row: 0,
            col: 0,
            many,
            limit,
            undo: Vec::new(),
            redo: Vec::new(),
            typing: false,
        }
    }

    /// The same with `text` in it, cursor at the end.
    #[must_use]
    pub fn with(mut self, text: &str) -> Self {
        self.insert(text);
        self.undo.clear();
        self
    }

    /// All of it.
    #[must_use]
    pub fn text(&self) -> String {
        self.lines.join("\n")
    }

    /// Whether there is nothing but space in it.
    #[must_use]
    pub fn is_blank(&self) -> bool {
        self.lines.iter().all(|line| line.trim().is_empty())
    }

    /// The lines.
    #[must_use]
    pub fn lines(&self) -> &[String] {
        &self.lines
    }

    /// The line of the cursor, and what stands before it there.
    #[must_use]
    pub fn cursor(&self) -> (usize, String) {
        let line = self.current();
        (self.row, line.graphemes(true).take(self.col).collect())
    }

    /// Puts text in: typed or pasted. Line ends become spaces where there is
    /// one line only; what goes beyond the limit is left out.
    pub fn insert(&mut self, text: &str) {
        let text = text.replace("\r\n", "\n").replace('\r', "\n");
        let text = if self.many {
            text
        } else {
            text.replace('\n', " ")
        };
        let room = self.limit.saturating_sub(self.text().len());
        let text = text.get(..text.floor_char_boundary(room)).unwrap_or("");
        if text.is_empty() {
            return;
        }
        let ends_word = text.chars().any(char::is_whitespace);
        if !self.typing || ends_word || text.chars().count() > 1 {
            self.remember();
        }
        self.typing = !ends_word;
        let (before, after) = self.halves();
        let mut parts: Vec<String> = text.split('\n').map(str::to_owned).collect();
        if let Some(first) = parts.first_mut() {
            first.insert_str(0, &before);
        }
        let rows = parts.len() - 1;
        if let Some(last) = parts.last_mut() {
            self.col = last.graphemes(true).count();
            last.push_str(&after);
        }
        self.lines.splice(self.row..=self.row, parts);
        self.row += rows;
    }

    /// A new line at the cursor.
    pub fn new_line(&mut self) {
        if self.many {
            self.insert("\n");
        }
    }

    /// Erases the character before the cursor; joins lines at a start.
    pub fn delete_back(&mut self) {
        if self.col == 0 && self.row == 0 {
            return;
        }
        self.left();
        self.delete_forward();
    }

    /// Erases the character at the cursor; joins lines at an end.
    pub fn delete_forward(&mut self) {
        let (before, after) = self.halves();
        let mut rest = after.graphemes(true);
        if rest.next().is_some() {
            let rest = rest.as_str().to_owned();
            self.remember();
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

    /// Erases back to the start of the line.
    pub fn delete_line(&mut self) {
        let (_, after) = self.halves();
        self.remember();
        self.col = 0;
        self.set_line(after);
    }

    /// One to the left.
    pub fn left(&mut self) {
        self.typing = false;
        if self.col > 0 {
            self.col -= 1;
        } else if self.row > 0 {
            self.row -= 1;
            self.col = self.length();
        }
    }

    /// One to the right.
    pub fn right(&mut self) {
        self.typing = false;
        if self.col < self.length() {
            self.col += 1;
        } else if self.row + 1 < self.lines.len() {
            self.row += 1;
            self.col = 0;
        }
    }

    /// One line up.
    pub fn up(&mut self) {
        self.typing = false;
        self.row = self.row.saturating_sub(1);
        self.col = self.col.min(self.length());
    }

    /// One line down.
    pub fn down(&mut self) {
        self.typing = false;
        self.row = (self.row + 1).min(self.lines.len() - 1);
        self.col = self.col.min(self.length());
    }

    /// To the start of the line.
    pub fn home(&mut self) {
        self.typing = false;
        self.col = 0;
    }

    /// To the end of the line.
    pub fn end(&mut self) {
        self.typing = false;
        self.col = self.length();
    }

    /// Takes the last step back.
    pub fn undo(&mut self) {
        if let Some(state) = self.undo.pop() {
            self.redo.push(self.state());
            self.restore(state);
        }
    }

    /// Does it again.
    pub fn redo(&mut self) {
        if let Some(state) = self.redo.pop() {
            self.undo.push(self.state());
            self.restore(state);
        }
    }

    fn current(&self) -> &str {
        self.lines.get(self.row).map_or("", String::as_str)
    }

    fn length(&self) -> usize {
        self.current().graphemes(true).count()
    }

    fn halves(&self) -> (String, String) {
        let mut graphemes = self.current().graphemes(true);
        let before = graphemes.by_ref().take(self.col).collect();
        (before, graphemes.collect())
    }

    fn set_line(&mut self, text: String) {
        if let Some(line) = self.lines.get_mut(self.row) {
            *line = text;
        }
        self.col = self.col.min(self.length());
    }

    fn state(&self) -> State {
        (self.lines.clone(), self.row, self.col)
    }

    fn restore(&mut self, (lines, row, col): State) {
        (self.lines, self.row, self.col) = (lines, row, col);
        self.typing = false;
    }

    fn remember(&mut self) {
        self.typing = false;
        self.redo.clear();
        self.undo.push(self.state());
        if self.undo.len() > REMEMBERED {
            self.undo.remove(0);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(text: &str) -> TextEdit {
        let mut edit = TextEdit::block(1000);
        for c in text.chars() {
            edit.insert(c.encode_utf8(&mut [0; 4]));
        }
        edit
    }

    #[test]
    fn one_backspace_erases_what_looks_like_one_character() {
        let mut edit = typed("a👩‍👩‍👧‍👧e\u{301}");
        edit.delete_back();
        assert_eq!(edit.text(), "a👩‍👩‍👧‍👧");
        edit.delete_back();
        assert_eq!(edit.text(), "a");
    }

    #[test]
    fn lines_are_split_and_joined() {
        let mut edit = typed("one\ntwo");
        edit.home();
        edit.delete_back();
        assert_eq!(edit.text(), "onetwo");
        edit.new_line();
        assert_eq!(edit.lines(), ["one", "two"]);
        edit.up();
        edit.end();
        edit.delete_forward();
        assert_eq!(edit.text(), "onetwo");
    }

    #[test]
    fn undo_goes_back_by_words() {
        let mut edit = typed("crew en route");
        edit.undo();
        assert_eq!(edit.text(), "crew en ");
        edit.undo();
        edit.undo();
        edit.redo();
        assert!("crew en route".starts_with(&edit.text()));
        edit.delete_word();
        assert!(!edit.text().contains("en"));
    }

    #[test]
    fn a_paste_into_one_line_stays_one_line_and_within_the_limit() {
        let mut edit = TextEdit::line(5);
        edit.insert("ab\r\ncdefgh");
        assert_eq!(edit.text(), "ab cd");
    }

    proptest::proptest! {
        #[test]
        fn any_keys_keep_the_cursor_inside(keys in proptest::collection::vec((0..11_u8, ".{0,2}"), 0..60)) {
            let mut edit = TextEdit::block(64);
            for (key, text) in keys {
                match key {
                    0 => edit.delete_back(),
                    1 => edit.delete_forward(),
                    2 => edit.delete_word(),
                    3 => edit.left(),
                    4 => edit.right(),
                    5 => edit.up(),
                    6 => edit.down(),
                    7 => edit.undo(),
                    8 => edit.new_line(),
                    _ => edit.insert(&text),
                }
                let (row, before) = edit.cursor();
                proptest::prop_assert!(edit.lines()[row].starts_with(&before));
                proptest::prop_assert!(edit.text().len() <= 64);
            }
        }
    }
}
