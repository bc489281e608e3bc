//! Text under a cursor: moved and erased by what readers take for one
//! character, with undo. For editors of several lines and prompts of one.
//!
//! - [`erase`]: what is taken out. [`moves`]: the cursor, by characters and words.
//! - [`rows`]: the text folded to a width, and the cursor in it.
//!
//! Holds the officer's words as they were typed; views clean them like any
//! other text. Pasted words are cleaned before they come in.

mod erase;
mod moves;
pub mod rows;
#[cfg(test)]
mod tests;

use unicode_segmentation::UnicodeSegmentation;

use crate::text::is_forbidden;

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
    /// What the next key may go on with, as one step of undo.
    step: Step,
    /// The column in cells that moves up and down aim at.
    goal: Option<usize>,
    /// Whether something was pasted into it.
    pasted: bool,
}

/// A step of undo under way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    /// None: the next change begins one.
    Over,
    /// A word is being typed.
    Typing,
    /// Characters are being erased, one by one.
    Erasing,
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
            step: Step::Over,
            goal: None,
            pasted: false,
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

    /// Bytes of it, and how many there may be.
    #[must_use]
    pub fn size(&self) -> (usize, usize) {
        let bytes: usize = self.lines.iter().map(String::len).sum();
        (bytes + self.lines.len() - 1, self.limit)
    }

    /// Whether something was pasted into it: then it may be a stranger's.
    #[must_use]
    pub fn has_pasted(&self) -> bool {
        self.pasted
    }

    /// Where the cursor is: the line, and characters before it there.
    #[must_use]
    pub fn place(&self) -> (usize, usize) {
        (self.row, self.col)
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
        let room = self.limit.saturating_sub(self.size().0);
        let text = text.get(..text.floor_char_boundary(room)).unwrap_or("");
        if text.is_empty() {
            return;
        }
        let is_key = text.graphemes(true).count() == 1;
        if self.step != Step::Typing || !is_key {
            self.remember();
        }
        // A step is a word with the space behind it.
        let goes_on = is_key && !text.chars().any(char::is_whitespace);
        self.step = if goes_on { Step::Typing } else { Step::Over };
        self.goal = None;
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

    /// Puts pasted text in, as one step: without controls, invisible
    /// characters and changes of direction; tabs become spaces. Returns how
    /// many characters were left out, for the limit or because they were such.
    pub fn paste(&mut self, text: &str) -> usize {
        let text = text.replace("\r\n", "\n").replace('\r', "\n");
        let clean: String = text
            .chars()
            .map(|c| if c == '\t' { ' ' } else { c })
            .filter(|c| *c == '\n' || !is_forbidden(*c))
            .collect();
        let before = self.text().chars().count();
        self.step = Step::Over;
        self.insert(&clean);
        self.step = Step::Over;
        self.pasted = true;
        let came = self.text().chars().count() - before;
        text.chars().count().saturating_sub(came)
    }

    /// Puts another text in its place, as one step; the cursor goes between
    /// the two parts.
    pub fn set(&mut self, head: &str, tail: &str) {
        self.remember();
        self.lines = vec![String::new()];
        (self.row, self.col) = (0, 0);
        let undo = std::mem::take(&mut self.undo);
        self.insert(head);
        let place = (self.row, self.col);
        self.insert(tail);
        (self.row, self.col) = place;
        self.undo = undo;
        self.step = Step::Over;
    }

    /// A new line at the cursor.
    pub fn new_line(&mut self) {
        if self.many {
            self.insert("\n");
        }
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
        self.moved();
    }

    /// The cursor went elsewhere: what comes is another step.
    fn moved(&mut self) {
        self.step = Step::Over;
        self.goal = None;
    }

    fn remember(&mut self) {
        self.moved();
        self.redo.clear();
        self.undo.push(self.state());
        if self.undo.len() > REMEMBERED {
            self.undo.remove(0);
        }
    }
}
