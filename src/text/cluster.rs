//! One cluster: what a reader takes for one character, and its cells.
//!
//! Owns the one width function, the caps on what a cell may hold, and
//! [`is_safe_symbol`]. Views measure, cut and draw by these and by nothing
//! else, so what is measured is what is drawn. Called by `layout`, by views
//! and by the terminal's writer.

use std::borrow::Cow;

use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

use super::class;
use super::layout::Shape;
use super::policy::Ambiguous;
use super::safe::SafeText;
use super::script;

/// Marks on one base; the rest is dropped.
const MOST_MARKS: usize = 6;
/// Code points in one cluster; more are replaced.
const MOST_CHARS: usize = 12;
/// Bytes in one cluster; more are replaced.
const MOST_BYTES: usize = 48;
/// Cells of one cluster.
const WIDEST: usize = 2;
/// Cells of one conjunct of a Brahmic script.
pub(super) const WIDEST_INDIC: usize = 4;

/// One cluster of a [`SafeText`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cluster<'a> {
    /// The text of it: what goes into one cell (and blanks the next `width - 1`).
    pub symbol: &'a str,
    /// Cells, 0 to 4; 0 only for a line end.
    pub width: u8,
    /// A sign of the cleaner's own, not the author's: draw it in the reserved style.
    pub placeholder: bool,
    /// Every terminal gives it this width; otherwise move the cursor after it.
    pub certain: bool,
}

impl<'a> Cluster<'a> {
    pub(super) fn new(symbol: &'a str, placeholder: bool, ambiguous: Ambiguous) -> Self {
        Self {
            symbol,
            width: u8::try_from(cell_width(symbol, ambiguous)).unwrap_or(u8::MAX),
            placeholder,
            certain: is_certain(symbol),
        }
    }

    /// Whether this ends a line instead of taking cells.
    #[must_use]
    pub fn is_newline(&self) -> bool {
        self.symbol == "\n"
    }

    pub(super) fn is_space(&self) -> bool {
        matches!(self.symbol, " " | "\u{3000}")
    }
}

/// Cells that `text` takes when drawn cluster by cluster, on one line.
///
/// The sum over clusters, never the width of the string: strings know of
/// ligatures (lam-alef) that cells cannot draw.
#[must_use]
pub fn display_width(text: &str) -> usize {
    text.graphemes(true).map(width_of).sum()
}

/// The same on a terminal that gives ambiguous characters that many cells.
#[must_use]
pub fn width_in(text: &str, ambiguous: Ambiguous) -> usize {
    let clusters = text.graphemes(true);
    clusters.map(|one| cell_width(one, ambiguous)).sum()
}

/// Cells of one cluster, for the views and for the terminal's writer alike.
#[must_use]
pub fn cell_width(cluster: &str, ambiguous: Ambiguous) -> usize {
    match (cluster.as_bytes(), ambiguous) {
        ([byte], _) => usize::from((0x20..0x7f).contains(byte)),
        (_, Ambiguous::One) => cluster.width(),
        // No conjunct that fits in one measure outgrows its cap in the other.
        (_, Ambiguous::Two) => cluster.width_cjk().min(cluster.width().max(WIDEST)),
    }
}

/// Cells of one cluster where ambiguous characters take one.
pub(super) fn width_of(cluster: &str) -> usize {
    cell_width(cluster, Ambiguous::One)
}

/// Whether terminals agree about the width: single code points of old and
/// well-known blocks.
fn is_certain(cluster: &str) -> bool {
    let mut chars = cluster.chars();
    let (Some(c), None) = (chars.next(), chars.next()) else {
        return false;
    };
    match u32::from(c) {
        0xc0..=0x24f => !matches!(c, '×' | '÷'),
        0x370..=0x481 | 0x48a..=0x52f => c.is_alphabetic(),
        // ASCII, box drawing, kana, ideographs, Hangul syllables, full width.
        0x20..=0x7e
        | 0x2500..=0x257f
        | 0x3000..=0x3002
        | 0x3041..=0x3096
        | 0x309b..=0x30ff
        | 0x3400..=0x4dbf
        | 0x4e00..=0x9fff
        | 0xac00..=0xd7a3
        | 0xff01..=0xff60 => true,
        _ => false,
    }
}

/// What becomes of a cluster.
pub(super) enum Fit<'a> {
    /// Shown, perhaps without some of its marks.
    Shown(Cow<'a, str>),
    /// Nothing of it can be shown.
    Replaced,
}

/// Cuts `cluster` to what a cell may hold. `last` tells that nothing stands
/// behind it on its line.
pub(super) fn fit(cluster: &str, last: bool) -> Fit<'_> {
    let capped = cap_marks(cluster);
    let widest = match cluster.chars().next() {
        Some(first) if script::is_indic(first) => WIDEST_INDIC,
        _ => WIDEST,
    };
    let fits = capped.len() <= MOST_BYTES
        && capped.chars().count() <= MOST_CHARS
        && (1..=widest).contains(&display_width(&capped))
        && !(last && joins_forward(&capped));
    if fits {
        Fit::Shown(capped)
    } else {
        Fit::Replaced
    }
}

fn cap_marks(cluster: &str) -> Cow<'_, str> {
    let marks = cluster.chars().filter(|c| class::is_stacking_mark(*c));
    let dangling = dangling_joiner(cluster);
    if !dangling && marks.count() <= MOST_MARKS {
        return Cow::Borrowed(cluster);
    }
    let mut seen = 0;
    let mut capped: String = cluster
        .chars()
        .filter(|c| {
            let mark = class::is_stacking_mark(*c);
            seen += usize::from(mark);
            // A joiner behind what was cut has lost what it joined.
            seen <= MOST_MARKS || !(mark || matches!(class::kind(*c), class::Kind::Joiner))
        })
        .collect();
    if dangling {
        capped.pop();
    }
    Cow::Owned(capped)
}

/// Whether `cluster` ends in a ZWJ that joined emoji newer than the
/// segmentation knows. Between letters, a cluster may end so.
fn dangling_joiner(cluster: &str) -> bool {
    let mut back = cluster.chars().rev();
    back.next() == Some(class::ZWJ) && back.next().is_some_and(|c| script::joining(c).is_none())
}

/// Whether `cluster` would swallow whatever is written behind it.
pub(super) fn joins_forward(cluster: &str) -> bool {
    !cluster.is_ascii()
        && format!("{cluster}a").graphemes(true).count() == cluster.graphemes(true).count()
}

/// Whether `symbol` may be written into one terminal cell: one cluster, within
/// the caps, that cleaning would leave as it is.
#[must_use]
pub fn is_safe_symbol(symbol: &str) -> bool {
    let mut chars = symbol.chars();
    match (chars.next(), chars.next()) {
        (None, _) => false,
        (Some(' '..='~'), None) => true,
        (Some(only), None) => is_safe_alone(only),
        _ => is_safe_sequence(symbol),
    }
}

fn is_safe_alone(only: char) -> bool {
    use class::Kind;
    let apart = match class::kind(only) {
        Kind::Plain | Kind::Space => true,
        Kind::Mark => !class::clings(only),
        _ => false,
    };
    apart && (1..=WIDEST_INDIC).contains(&width_of(only.encode_utf8(&mut [0; 4])))
}

fn is_safe_sequence(symbol: &str) -> bool {
    // A joiner between letters belongs to the cluster on its left, and loses
    // its right neighbour when the cluster is drawn alone.
    let body = symbol
        .strip_suffix(['\u{200c}', class::ZWJ])
        .filter(|body| {
            body.chars()
                .next_back()
                .is_some_and(|c| script::joining(c).is_some())
        })
        .unwrap_or(symbol);
    body.len() <= MOST_BYTES
        && symbol.graphemes(true).count() == 1
        && SafeText::clean(body, Shape::Own, usize::MAX).as_str() == body
}
