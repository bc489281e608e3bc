//! The one way to draw text: cleaned, cluster by cluster, never wider than its
//! room. Our own signs in a stranger's text get a style no author can imitate.

use std::borrow::Cow;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use crate::text::{Ambiguous, Drawn, Policy, SafeText, cell_width};
use crate::theme::{Role, Theme, glyphs};

/// Cells of the widest cluster, less the first.
const WIDEST: u16 = 3;

/// A buffer with the theme to draw with.
pub(super) struct Pen<'a> {
    pub(super) buffer: &'a mut Buffer,
    pub(super) theme: &'a Theme,
    /// How the terminal wants text laid out.
    pub(super) policy: Policy,
    /// What is drawn stands on the chosen row, whose ground has an ink for words.
    pub(super) chosen: bool,
}

impl Pen<'_> {
    /// Draws `text` from (x, y) in at most `room` cells; returns the column
    /// after it. What stands there keeps the background that it had unless the
    /// style brings one.
    pub(super) fn put(&mut self, at: (u16, u16), room: u16, text: &SafeText, style: Style) -> u16 {
        let (mut x, y) = at;
        let end = x.saturating_add(room).min(self.buffer.area.right());
        let sign = style.patch(self.theme.style(Role::Placeholder));
        let text = text.under(&self.policy);
        // What does not fit is cut where the words end, not where they are
        // drawn last.
        let text = match usize::from(end.saturating_sub(x)) {
            room if text.width() > room => Cow::Owned(text.truncate(room, "")),
            _ => text,
        };
        let drawn = text.drawn(&self.policy);
        let taken: u16 = drawn.iter().map(|one| u16::from(one.width)).sum();
        self.part(x, x.saturating_add(taken).min(end), y);
        for cluster in drawn {
            let width = u16::from(cluster.width);
            if width == 0 || x + width > end {
                break;
            }
            let style = if cluster.placeholder { sign } else { style };
            let plain = self.plain(&text, &cluster);
            let symbol = plain.as_deref().unwrap_or(&cluster.symbol);
            // An empty cell tells the writer of a width that is not the usual.
            let usual = cell_width(symbol, Ambiguous::One) == usize::from(width);
            let covered = if usual { " " } else { "" };
            for blank in x..x + width {
                if let Some(cell) = self.buffer.cell_mut((blank, y)) {
                    cell.set_symbol(if blank == x { symbol } else { covered });
                    cell.set_style(style);
                }
            }
            x += width;
        }
        x
    }

    /// Takes away what sticks into the columns from `from` to `to`, or out of
    /// them: half a wide cluster is none.
    fn part(&mut self, from: u16, to: u16, y: u16) {
        for back in 1..=WIDEST.min(from) {
            let x = from - back;
            let Some(cell) = self.buffer.cell_mut((x, y)) else {
                break;
            };
            if cell_width(cell.symbol(), self.policy.ambiguous) > usize::from(back) {
                cell.set_symbol(" ");
            }
        }
        for x in to..to.saturating_add(WIDEST) {
            match self.buffer.cell_mut((x, y)) {
                Some(cell) if cell.symbol().is_empty() => cell.set_symbol(" "),
                _ => break,
            };
        }
    }

    /// The form of ASCII of a sign of ours that the terminal would draw two
    /// cells wide.
    fn plain(&self, text: &SafeText, cluster: &Drawn<'_>) -> Option<String> {
        let wide = self.policy.ambiguous == Ambiguous::Two
            && text.is_ours()
            && cell_width(&cluster.symbol, Ambiguous::Two) > usize::from(cluster.width);
        wide.then(|| glyphs::ascii(&cluster.symbol).to_string())
    }

    /// Draws our own words in the style of a role.
    pub(super) fn own(&mut self, at: (u16, u16), room: u16, words: &str, role: Role) -> u16 {
        let style = self.theme.style(role);
        self.put(at, room, &SafeText::own(words.to_owned()), style)
    }

    /// Draws our own words so that they end before column `right`; returns
    /// where they begin.
    pub(super) fn own_right(&mut self, right: u16, y: u16, words: &str, role: Role) -> u16 {
        let text = SafeText::own(words.to_owned());
        let width = u16::try_from(text.width()).unwrap_or(u16::MAX);
        let x = right.saturating_sub(width);
        let style = self.theme.style(role);
        self.put((x, y), width, &text, style);
        x
    }

    /// The style of a role on whatever ground is there: only a ground that the
    /// role has for itself is its own. On the chosen row mere words are in the
    /// ink of its ground: calmer to read, and a step of the selection, which
    /// paints two rows whole, takes fewer changes of colour.
    pub(super) fn inked(&self, role: Role) -> Style {
        let style = self.theme.style(role);
        let ground = self.theme.style(Role::Text).bg;
        let is_word = matches!(role, Role::Text | Role::Muted | Role::Title);
        Style {
            fg: style.fg.filter(|_| !(self.chosen && is_word)),
            bg: style.bg.filter(|bg| Some(*bg) != ground),
            ..style
        }
    }

    /// Draws our own words on whatever ground is there.
    pub(super) fn over(&mut self, at: (u16, u16), room: u16, words: &str, role: Role) -> u16 {
        let style = self.inked(role);
        self.put(at, room, &SafeText::own(words.to_owned()), style)
    }

    /// Lays a style under an area without touching its text.
    pub(super) fn lay(&mut self, area: Rect, role: Role) {
        let style = self.theme.style(role);
        self.buffer.set_style(area, style);
    }

    /// Empties an area.
    pub(super) fn clear(&mut self, area: Rect) {
        let style = self.theme.style(Role::Text);
        for y in area.top()..area.bottom() {
            self.part(area.left(), area.right(), y);
            for x in area.left()..area.right() {
                if let Some(cell) = self.buffer.cell_mut((x, y)) {
                    cell.reset();
                    cell.set_style(style);
                }
            }
        }
    }
}
