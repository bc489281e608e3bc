//! The raw view: what a stranger sent, code point by code point.
//!
//! Owns [`SafeText::revealed`]: everything that is not plainly visible is
//! spelled out as `⟨U+202E⟩`. Called by the detail pane when the officer asks.

use super::MAX_BYTES;
use super::bidi::Direction;
use super::class::{self, Kind};
use super::filter::Filtered;
use super::flags::Flags;
use super::layout::Shape;
use super::safe::SafeText;
use super::untrusted::Untrusted;

impl SafeText {
    /// The text as it came, with all that is hidden, joined or stacked spelled
    /// out in signs of our own. Of several lines; for the officer who doubts.
    #[must_use]
    pub fn revealed(source: &Untrusted) -> Self {
        let mut shown = Filtered::default();
        for c in source.as_evidence().chars() {
            if shown.text.len() >= MAX_BYTES {
                shown.flags.insert(Flags::CUT);
                break;
            }
            match class::kind(c) {
                Kind::Plain => shown.text.push(c),
                Kind::Space if c == ' ' => shown.text.push(c),
                _ => spell_out(&mut shown, c),
            }
            if c == '\n' {
                shown.text.push('\n');
            }
        }
        Self {
            // In the order in which it was sent, whatever direction it has.
            direction: Some(Direction::as_sent()),
            ..Self::arrange(&shown, Shape::Own, usize::MAX)
        }
    }
}

fn spell_out(shown: &mut Filtered, c: char) {
    let start = shown.text.len();
    let code = format!("\u{27e8}U+{:04X}\u{27e9}", u32::from(c));
    shown.text.push_str(&code);
    match shown.signs.last_mut() {
        Some(last) if last.end == start => last.end = shown.text.len(),
        _ => shown.signs.push(start..shown.text.len()),
    }
}
