//! The columns of the stream: how wide each is on a stream of a width, and
//! their headings. Numbers only; [`super::row`] fills them.

use ratatui::layout::Rect;

use super::put::Pen;
use crate::console::state::App;
use crate::theme::Role;

/// Cells of the columns; 0 leaves one out.
#[derive(Clone, Copy, Debug)]
pub(super) struct Columns {
    /// Sign and letter, or sign and word.
    pub(super) severity: u16,
    /// The number with its "#".
    pub(super) id: u16,
    /// Age; where there is no room for a column of clocks, the clock instead
    /// of the age while one runs.
    pub(super) age: u16,
    /// The clock that runs out next.
    pub(super) due: u16,
    /// The channel.
    pub(super) channel: u16,
    /// Who said it. Words begin here where nobody did.
    pub(super) author: u16,
    /// Who has it.
    pub(super) holder: u16,
    /// Whether the author's cells are kept free on rows that nobody wrote.
    pub(super) keeps_author: bool,
}

/// Bar and mark.
pub(super) const LEFT: u16 = 2;
/// Cells of a clock: "in 15m".
pub(super) const CLOCK: u16 = 6;
/// Cells of a clock that says what it is, in the place of the age: "late 15m".
const NAMED: u16 = 8;
/// Sign of who looks, with a space on either side.
pub(super) const LOOKS: u16 = 3;

impl Columns {
    /// The columns of a stream of a width.
    pub(super) fn of(width: u16, app: &App) -> Self {
        let digits = app.floor.derived.highest.0.max(1000).ilog10() + 1;
        let (age, due) = if width < 90 { (NAMED, 0) } else { (3, CLOCK) };
        let (channel, author, holder) = match width {
            0..64 => (0, 0, 8),
            64..71 => (0, 8, 8),
            71..90 => (0, 10, 9),
            90..112 => (0, 14, 10),
            112..140 => (10, 14, 12),
            _ => (13, 18, 14),
        };
        Self {
            severity: if width >= 112 { 10 } else { 2 },
            id: 1 + u16::try_from(digits).unwrap_or(9),
            age,
            due,
            channel,
            author,
            holder,
            keeps_author: width >= 112,
        }
    }

    /// Where the sign of the kind stands, from the left.
    pub(super) fn kind(&self) -> u16 {
        LEFT + self.severity + 1
    }

    /// Where the number stands.
    pub(super) fn number(&self) -> u16 {
        self.kind() + 2
    }

    /// Where the age stands.
    pub(super) fn aged(&self) -> u16 {
        self.number() + self.id + 1
    }

    /// Where the clock stands.
    pub(super) fn dued(&self) -> u16 {
        self.aged() + self.age + 1
    }

    /// Where the channel stands.
    pub(super) fn came_by(&self) -> u16 {
        self.dued() + gap(self.due)
    }

    /// Where the author stands.
    pub(super) fn said_by(&self) -> u16 {
        self.came_by() + gap(self.channel)
    }

    /// Draws the headings.
    pub(super) fn headings(&self, pen: &mut Pen<'_>, area: Rect) {
        let severity = if self.severity > 2 { "severity" } else { "" };
        let words = self.said_by() + gap(self.author);
        let holder = area.width.saturating_sub(self.holder + 1);
        let age = self.aged() + self.age.saturating_sub(3);
        for (x, cells, name) in [
            (LEFT, self.severity, severity),
            (self.number(), self.id, "item"),
            (age, 3, "age"),
            (self.dued() + 3, self.due.min(3), "due"),
            (self.came_by(), self.channel, "channel"),
            (self.said_by(), self.author, "from"),
            (words, area.width.saturating_sub(words), "words"),
            (holder, self.holder, "holder"),
        ] {
            if cells > 0 {
                pen.own((area.x + x, area.y), cells, name, Role::Muted);
            }
        }
    }
}

/// A column with the space after it.
fn gap(cells: u16) -> u16 {
    cells + u16::from(cells > 0)
}
