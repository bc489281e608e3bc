//! Right-to-left text in visual order (UAX #9).
//!
//! Owns which way a paragraph reads, the isolates around what must stay whole
//! in it (addresses, handles, numbers, our own signs), and the order of
//! clusters on a line. Levels are found for the whole paragraph and reordered
//! line by line, after folding. Called by `wrap` and `policy`.

use std::borrow::Cow;
use std::ops::Range;

use unicode_bidi::{BidiInfo, Level, ParagraphBidiInfo};
use unicode_bidi_mirroring::get_mirrored;

use super::cluster::Cluster;
use super::isolate::{self, Isolate};
use super::policy::Drawn;
use super::safe::SafeText;

/// The level of left-to-right text.
const LTR: u8 = 0;

/// Which way the pieces of one line read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Direction {
    /// The paragraph begins at the right.
    pub(super) rtl: bool,
    /// Byte ranges with their levels, ascending; what is in none has the
    /// paragraph's own level.
    runs: Vec<(Range<usize>, u8)>,
}

impl Direction {
    /// Nothing is reordered.
    pub(super) fn as_sent() -> Self {
        Self::default()
    }

    /// Of a paragraph: no line end in it. `isolates` stay whole.
    fn of(paragraph: &str, isolates: &[Isolate]) -> Self {
        let marked = isolate::marked(paragraph, isolates);
        let info = ParagraphBidiInfo::new(&marked, None);
        let mut runs: Vec<(Range<usize>, u8)> = Vec::new();
        let mut place = isolate::Places::new(isolates);
        for (at, c) in paragraph.char_indices() {
            let level = info.levels.get(place.of(at)).map_or(LTR, Level::number);
            let end = at + c.len_utf8();
            match runs.last_mut() {
                Some((run, same)) if *same == level => run.end = end,
                _ => runs.push((at..end, level)),
            }
        }
        Self {
            rtl: info.paragraph_level.is_rtl(),
            runs,
        }
    }

    /// Of the part of the line in `range`.
    pub(super) fn part(&self, range: &Range<usize>) -> Self {
        let first = self.runs.partition_point(|(run, _)| run.end <= range.start);
        let within = self.runs.iter().skip(first);
        let runs = within
            .take_while(|(run, _)| run.start < range.end)
            .map(|(run, level)| {
                let start = run.start.saturating_sub(range.start);
                (start..run.end.min(range.end) - range.start, *level)
            })
            .collect();
        Self {
            rtl: self.rtl,
            runs,
        }
    }

    fn base(&self) -> u8 {
        u8::from(self.rtl)
    }

    fn level(&self, at: usize) -> u8 {
        let place = self.runs.partition_point(|(run, _)| run.end <= at);
        let run = self.runs.get(place).filter(|(run, _)| run.start <= at);
        run.map_or(self.base(), |(_, level)| *level)
    }
}

/// Whether `text` holds a letter, mark or number of a right-to-left script.
pub(super) fn has_rtl(text: &str) -> bool {
    !text.is_ascii() && text.chars().any(is_rtl)
}

/// By blocks: those whose characters are right-to-left unless said otherwise
/// (UAX #9, the table of defaults).
fn is_rtl(c: char) -> bool {
    matches!(
        u32::from(c),
        0x590..=0x8ff
            | 0xfb1d..=0xfdff
            | 0xfe70..=0xfeff
            | 0x1_0800..=0x1_0fff
            | 0x1_e800..=0x1_efff
    )
}

/// Where each paragraph of `text` begins and which way it reads; nothing for a
/// text that has no right-to-left letters.
pub(super) fn paragraphs(text: &SafeText) -> Vec<(usize, Direction)> {
    if let Some(direction) = &text.direction {
        return vec![(0, direction.clone())];
    }
    if !has_rtl(&text.text) {
        return Vec::new();
    }
    let mut start = 0;
    let mut found = Vec::new();
    for paragraph in text.text.split('\n') {
        let range = start..start + paragraph.len();
        found.push((start, Direction::of(paragraph, &isolates(text, &range))));
        start = range.end + 1;
    }
    found
}

fn isolates(text: &SafeText, paragraph: &Range<usize>) -> Vec<Isolate> {
    let words = text.text.get(paragraph.clone()).unwrap_or_default();
    let signs = text.signs.iter().filter_map(|sign| {
        let start = sign.start.max(paragraph.start);
        let end = sign.end.min(paragraph.end);
        (start < end).then(|| start - paragraph.start..end - paragraph.start)
    });
    isolate::find(words, signs)
}

/// Which way the first line of `text` reads.
fn direction(text: &SafeText) -> Cow<'_, Direction> {
    if let Some(direction) = &text.direction {
        return Cow::Borrowed(direction);
    }
    let line = text.text.split('\n').next().unwrap_or_default();
    let isolates = isolates(text, &(0..line.len()));
    Cow::Owned(Direction::of(line, &isolates))
}

/// The clusters of the first line of `text` from left to right; what mirrors
/// is mirrored where it reads from the right.
pub(super) fn visual<'a>(text: &'a SafeText, line: &[Cluster<'a>]) -> Vec<Drawn<'a>> {
    let direction = direction(text);
    let mut at = 0;
    let mut levels: Vec<u8> = Vec::with_capacity(line.len());
    for cluster in line {
        levels.push(direction.level(at));
        at += cluster.symbol.len();
    }
    // Rule L1: spaces at the end of a line stand at its end.
    let spaces = line.iter().rev().take_while(|cluster| cluster.is_space());
    let tail = line.len() - spaces.count();
    for level in levels.iter_mut().skip(tail) {
        *level = direction.base();
    }
    let known: Vec<Level> = levels
        .iter()
        .map(|level| Level::new(*level).unwrap_or_else(|_| Level::ltr()))
        .collect();
    BidiInfo::reorder_visual(&known)
        .into_iter()
        .filter_map(|place| Some((line.get(place)?, known.get(place)?)))
        .map(|(cluster, level)| {
            let drawn = Drawn::from(*cluster);
            if level.is_rtl() {
                mirrored(drawn)
            } else {
                drawn
            }
        })
        .collect()
}

fn mirrored(mut drawn: Drawn<'_>) -> Drawn<'_> {
    let mut chars = drawn.symbol.chars();
    if let Some(other) = chars.next().and_then(get_mirrored) {
        let whole: String = std::iter::once(other).chain(chars).collect();
        drawn.symbol = Cow::Owned(whole);
    }
    drawn
}

impl SafeText {
    /// Whether the first line begins at the right: its first letter that has a
    /// direction reads from right to left.
    #[must_use]
    pub fn reads_from_right(&self) -> bool {
        match &self.direction {
            Some(direction) => direction.rtl,
            None => self.has_rtl() && direction(self).rtl,
        }
    }
}
