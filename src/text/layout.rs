//! The second half of the cleaner: clusters, lines and length.
//!
//! Owns capping of clusters, trimming and folding of white space, tab stops
//! and the limit on length. One pass over what `filter` kept. Called by `safe`.

use std::iter::Peekable;
use std::ops::Range;
use std::slice::Iter;

use unicode_segmentation::UnicodeSegmentation;

use super::MAX_BYTES;
use super::class;
use super::cluster::{Fit, display_width, fit, width_of};
use super::filter::{Filtered, UNREADABLE};
use super::flags::Flags;

/// Stands at the end of what was cut.
const CUT_SIGN: char = '…';
/// Line ends in a row: two blank lines.
const MOST_NEWLINES: usize = 3;
/// Cells from one tab stop to the next.
const TAB: usize = 4;

/// How white space is laid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    /// One line: line ends and tabs become one space, ends are trimmed.
    Line,
    /// Lines: tabs to stops, at most two blank lines in a row, ends trimmed.
    Block,
    /// The program's own words: as they stand.
    Own,
}

/// A laid out text: the parts of a `SafeText`.
pub(super) struct LaidOut {
    pub(super) text: String,
    pub(super) signs: Vec<Range<usize>>,
    pub(super) flags: Flags,
    pub(super) removed: usize,
    /// Cells of the widest line.
    pub(super) width: usize,
}

/// White space that is written once something follows it.
#[derive(Default)]
struct Gap {
    newlines: usize,
    /// Since the last line end.
    spaces: String,
}

struct Layout {
    out: LaidOut,
    shape: Shape,
    gap: Gap,
    column: usize,
    full: bool,
}

/// Lays out `kept`; stops before a line is wider than `limit` cells.
pub(super) fn lay_out(kept: &Filtered, shape: Shape, limit: usize) -> LaidOut {
    let mut layout = Layout {
        out: LaidOut {
            text: String::with_capacity(kept.text.len()),
            signs: Vec::new(),
            flags: kept.flags,
            removed: kept.removed,
            width: 0,
        },
        shape,
        gap: Gap::default(),
        column: 0,
        full: false,
    };
    let mut signs = kept.signs.iter().peekable();
    let mut clusters = kept.text.grapheme_indices(true).peekable();
    while let Some((at, cluster)) = clusters.next() {
        if layout.full || layout.column > limit {
            layout.out.flags.insert(Flags::CUT);
            break;
        }
        let last = clusters
            .peek()
            .is_none_or(|(_, next)| matches!(*next, "\n" | "\t"));
        let sign = is_sign(&mut signs, at..at + cluster.len());
        layout.push(cluster, sign, last);
    }
    layout.finish()
}

/// Whether a sign overlaps `cluster`; `signs` moves along with the clusters.
pub(super) fn is_sign(signs: &mut Peekable<Iter<'_, Range<usize>>>, cluster: Range<usize>) -> bool {
    while signs.next_if(|sign| sign.end <= cluster.start).is_some() {}
    signs.peek().is_some_and(|sign| sign.start < cluster.end)
}

impl Layout {
    fn push(&mut self, cluster: &str, sign: bool, last: bool) {
        match (cluster, self.shape) {
            ("\n", Shape::Own) => self.write("\n", false),
            ("\n", _) => {
                self.gap.newlines += 1;
                self.gap.spaces.clear();
            }
            ("\t", Shape::Line) => self.space(" "),
            ("\t", _) => self.tab(),
            (" " | "\u{3000}", _) => self.space(cluster),
            _ => self.word(cluster, sign, last),
        }
    }

    fn space(&mut self, space: &str) {
        match self.shape {
            Shape::Own => self.write(space, false),
            Shape::Line | Shape::Block => self.gap.spaces.push_str(space),
        }
    }

    fn tab(&mut self) {
        let before = if self.gap.newlines > 0 {
            0
        } else {
            self.column
        };
        let column = before + display_width(&self.gap.spaces);
        for _ in column % TAB..TAB {
            self.space(" ");
        }
    }

    fn word(&mut self, cluster: &str, sign: bool, last: bool) {
        self.close_gap();
        match fit(cluster, last) {
            Fit::Shown(shown) => {
                if shown.len() < cluster.len() {
                    self.capped(cluster.chars().count() - shown.chars().count());
                }
                self.write(&shown, sign);
            }
            Fit::Replaced => {
                self.capped(cluster.chars().count());
                self.drop_joiner();
                self.write(UNREADABLE.encode_utf8(&mut [0; 4]), true);
            }
        }
    }

    fn capped(&mut self, removed: usize) {
        self.out.flags.insert(Flags::CAPPED);
        self.out.removed += removed;
    }

    fn close_gap(&mut self) {
        let gap = std::mem::take(&mut self.gap);
        let at_start = self.out.text.is_empty();
        match self.shape {
            Shape::Own => {}
            Shape::Line if at_start => {}
            Shape::Line if gap.newlines > 0 => self.write(" ", false),
            Shape::Line => self.write(&gap.spaces, false),
            Shape::Block => {
                let newlines = if at_start {
                    0
                } else {
                    gap.newlines.min(MOST_NEWLINES)
                };
                for _ in 0..newlines {
                    self.write("\n", false);
                }
                self.write(&gap.spaces, false);
            }
        }
    }

    fn write(&mut self, text: &str, sign: bool) {
        let start = self.out.text.len();
        if self.full || start + text.len() > MAX_BYTES - CUT_SIGN.len_utf8() {
            self.full = true;
            self.out.flags.insert(Flags::CUT);
            return;
        }
        self.out.text.push_str(text);
        if sign {
            self.mark(start);
        }
        self.column = match text {
            "\n" => 0,
            _ => self.column + display_width(text),
        };
        self.out.width = self.out.width.max(self.column);
    }

    /// A joiner at the end has lost the letter that it was kept for.
    fn drop_joiner(&mut self) {
        if self.out.text.ends_with(['\u{200c}', class::ZWJ]) {
            self.out.text.pop();
        }
    }

    fn mark(&mut self, start: usize) {
        let end = self.out.text.len();
        match self.out.signs.last_mut() {
            Some(last) if last.end == start => last.end = end,
            _ => self.out.signs.push(start..end),
        }
    }

    fn finish(mut self) -> LaidOut {
        if self.out.flags.contains(Flags::CUT) {
            self.drop_joiner();
            let start = self.out.text.len();
            self.out.text.push(CUT_SIGN);
            self.mark(start);
            self.column += width_of(CUT_SIGN.encode_utf8(&mut [0; 4]));
            self.out.width = self.out.width.max(self.column);
        }
        self.out
    }
}
