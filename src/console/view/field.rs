//! A stranger's words among other columns.
//!
//! Owns how a field is cut to its room under the terminal's text policy, and
//! the fence behind right-to-left text on terminals that order it themselves:
//! they work on whole rows, and without a letter between two such fields they
//! would swap them. Called by rows.

use ratatui::style::Style;

use super::put::Pen;
use crate::text::{Bidi, SafeText};
use crate::theme::Role;

/// U+01C0, a letter of Latin that looks like a line: terminals take it for
/// left-to-right text, which no line of a frame is.
pub(super) const FENCE: &str = "ǀ";

impl Pen<'_> {
    /// Draws `text` in at most `room` cells, with "…" where it is cut; returns
    /// the column after it.
    pub(super) fn field(
        &mut self,
        at: (u16, u16),
        room: u16,
        text: &SafeText,
        style: Style,
    ) -> u16 {
        let fenced = self.policy.bidi == Bidi::Terminal && text.has_rtl() && room > 1;
        let words = if fenced { room - 1 } else { room };
        let shown = text.under(&self.policy);
        let shown = shown.truncate(usize::from(words), "…");
        let end = self.put(at, words, &shown, style);
        if fenced {
            let role = Style {
                bg: None,
                ..self.theme.style(Role::Placeholder)
            };
            let fence = SafeText::own(FENCE);
            return self.put((end, at.1), 1, &fence, role);
        }
        end
    }
}
