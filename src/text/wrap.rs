//! Cutting a [`SafeText`] to length and folding it into lines.
//!
//! Owns [`SafeText::truncate`] and [`SafeText::wrap`]. Both go by clusters and
//! by the one width function, so no cluster is split and no line is wider than
//! its cells. Called by views.

use std::borrow::Cow;

use super::bidi::{self, Direction};
use super::cluster::{Cluster, WIDEST_INDIC};
use super::safe::SafeText;

impl SafeText {
    /// The first line, cut to `cells`; where something is left out it ends in
    /// `ellipsis`, a sign of our own. Never wider than `cells`.
    #[must_use]
    pub fn truncate(&self, cells: usize, ellipsis: &str) -> Self {
        if self.width <= cells && !self.text.contains('\n') {
            return self.clone();
        }
        let sign = Self {
            ambiguous: self.ambiguous,
            ..Self::own(ellipsis.to_owned())
        };
        let sign = sign.part(0..sign.end_within(cells));
        let head = self.part(0..self.end_within(cells - sign.width));
        let mut text = head.text.into_owned();
        let mut signs = head.signs;
        let start = text.len();
        text.push_str(&sign.text);
        if start < text.len() {
            signs.push(start..text.len());
        }
        Self {
            width: head.width + sign.width,
            text: Cow::Owned(text),
            signs,
            direction: head.direction,
            ..*self
        }
    }

    /// The byte behind the last cluster of the first line that fits `cells`
    /// and is no space.
    fn end_within(&self, cells: usize) -> usize {
        let mut width = 0;
        self.placed_clusters()
            .take_while(|(_, cluster)| {
                width += usize::from(cluster.width);
                !cluster.is_newline() && width <= cells
            })
            .filter(|(_, cluster)| !cluster.is_space())
            .last()
            .map_or(0, |(at, cluster)| at + cluster.symbol.len())
    }

    /// Folds the text into lines of at most `cells` cells, between words where
    /// it can, between clusters where it must. Line ends are kept; spaces at a
    /// fold are left out. Fewer cells than the widest cluster (4) count as 4.
    /// An empty text is one empty line.
    #[must_use]
    pub fn wrap(&self, cells: usize) -> Vec<Self> {
        let mut fold = Fold::new(self, cells.max(WIDEST_INDIC));
        for (at, cluster) in self.placed_clusters() {
            fold.push(at, &cluster);
        }
        fold.finish()
    }
}

/// A place where the line may end.
#[derive(Clone, Copy)]
struct Break {
    /// Where the line would end, before its trailing spaces.
    end: usize,
    /// Where the next line would start.
    next: usize,
    /// Cells of the line up to `next`.
    width: usize,
}

struct Fold<'a> {
    source: &'a SafeText,
    room: usize,
    lines: Vec<SafeText>,
    start: usize,
    width: usize,
    best: Option<Break>,
    /// Where the run of spaces under way began.
    spaces: Option<usize>,
    /// The line began at a fold: its leading spaces are left out.
    folded: bool,
    previous: Option<Cluster<'a>>,
    /// Where each paragraph begins and which way it reads; empty for a text
    /// without right-to-left letters.
    paragraphs: Vec<(usize, Direction)>,
}

impl<'a> Fold<'a> {
    fn new(source: &'a SafeText, room: usize) -> Self {
        Self {
            source,
            room,
            lines: Vec::new(),
            start: 0,
            width: 0,
            best: None,
            spaces: None,
            folded: false,
            previous: None,
            paragraphs: bidi::paragraphs(source),
        }
    }

    fn push(&mut self, at: usize, cluster: &Cluster<'a>) {
        let next = at + cluster.symbol.len();
        if cluster.is_newline() {
            self.end_line(at, next, false);
            self.previous = None;
            return;
        }
        if cluster.is_space() {
            self.space(at, next, usize::from(cluster.width));
        } else {
            self.letter(at, cluster);
        }
        self.previous = Some(*cluster);
    }

    fn space(&mut self, at: usize, next: usize, width: usize) {
        if self.folded && self.width == 0 {
            self.start = next;
            return;
        }
        let began = *self.spaces.get_or_insert(at);
        if self.width + width > self.room {
            self.end_line(began, next, true);
            return;
        }
        self.width += width;
        if began > self.start {
            self.best = Some(Break {
                end: began,
                next,
                width: self.width,
            });
        }
    }

    fn letter(&mut self, at: usize, cluster: &Cluster<'a>) {
        let width = usize::from(cluster.width);
        if self.width > 0 && self.spaces.is_none() && parts(self.previous.as_ref(), cluster) {
            self.best = Some(Break {
                end: at,
                next: at,
                width: self.width,
            });
        }
        self.spaces = None;
        while self.width + width > self.room {
            match self.best.take() {
                Some(best) => {
                    let rest = self.width - best.width;
                    self.end_line(best.end, best.next, true);
                    self.width = rest;
                }
                None => self.end_line(at, at, true),
            }
        }
        self.width += width;
    }

    fn end_line(&mut self, end: usize, next: usize, folded: bool) {
        let range = self.start..end.max(self.start);
        let mut line = self.source.part(range.clone());
        let place = self.paragraphs.partition_point(|(at, _)| *at <= self.start);
        let paragraph = place.checked_sub(1).and_then(|at| self.paragraphs.get(at));
        if let Some((at, whole)) = paragraph {
            line.direction = Some(whole.part(&(range.start - at..range.end - at)));
        }
        self.lines.push(line);
        self.start = next;
        self.width = 0;
        self.best = None;
        self.spaces = None;
        self.folded = folded;
    }

    fn finish(mut self) -> Vec<SafeText> {
        let end = self.source.text.len();
        self.end_line(end, end, false);
        self.lines
    }
}

/// Whether a line may end between these two: beside wide characters, which
/// are written without spaces, unless punctuation would be torn off.
fn parts(left: Option<&Cluster<'_>>, right: &Cluster<'_>) -> bool {
    const CLOSING: &str = "、。，．：；？！）」』】〉》〕";
    const OPENING: &str = "（「『【〈《〔";
    left.is_some_and(|left| {
        (left.width == 2 || right.width == 2)
            && !CLOSING.contains(right.symbol)
            && !OPENING.contains(left.symbol)
    })
}
