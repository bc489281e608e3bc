//! Where things go on a terminal of a given size: numbers only.
//!
//! Shared by `update` (how far does a page go?) and `view` (where is it
//! drawn?), so that both speak of the same screen.

/// The terminal, divided.
///
/// ```text
/// header                                  1
/// queues                                  1
/// view and filter, while one is in force  1
/// banner, while the data is old           1
/// what needs me first                     1
/// stream           │ detail               the rest
///                  │ what needs me
/// footer                                  1
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Layout {
    /// Columns.
    pub cols: u16,
    /// Rows.
    pub rows: u16,
    /// Whether a line under the queues tells the view and filter in force.
    pub limited: bool,
    /// Whether a line says that the data is old.
    pub banner: bool,
}

impl Layout {
    /// Below this there is one line only.
    pub const LEAST: (u16, u16) = (60, 15);
    /// From here on the detail stands beside the stream.
    pub const SPLIT: u16 = 110;
    /// From here on the columns of the stream have headings.
    pub const HEADINGS: u16 = 30;
    /// From so many rows on a line under the queues names what needs me first.
    pub const NEEDS_LINE: u16 = 22;
    /// From here on what needs me has a panel under the detail instead.
    pub const NEEDS_PANEL: (u16, u16) = (150, 40);

    /// The layout of a terminal.
    #[must_use]
    pub fn of((cols, rows): (u16, u16), limited: bool, banner: bool) -> Self {
        Self {
            cols,
            rows,
            limited,
            banner,
        }
    }

    /// The row of the line that tells view and filter.
    pub const LIMITED_LINE: u16 = 2;

    /// The row of the line that says that the data is old.
    #[must_use]
    pub fn banner_line(&self) -> u16 {
        Self::LIMITED_LINE + u16::from(self.limited)
    }

    /// Whether there is too little room for anything but a line.
    #[must_use]
    pub fn is_too_small(&self) -> bool {
        self.cols < Self::LEAST.0 || self.rows < Self::LEAST.1
    }

    /// Whether stream and detail stand side by side.
    #[must_use]
    pub fn is_split(&self) -> bool {
        self.cols >= Self::SPLIT
    }

    /// Whether the stream's columns have headings.
    #[must_use]
    pub fn has_headings(&self) -> bool {
        self.rows >= Self::HEADINGS
    }

    /// Whether what needs me has a panel under the detail.
    #[must_use]
    pub fn has_needs_panel(&self) -> bool {
        self.cols >= Self::NEEDS_PANEL.0 && self.rows >= Self::NEEDS_PANEL.1
    }

    /// Whether a line names what needs me first. It is there all the time, so
    /// that nothing moves when something comes to need me.
    #[must_use]
    pub fn has_needs_line(&self) -> bool {
        self.rows >= Self::NEEDS_LINE && !self.has_needs_panel()
    }

    /// The row of that line.
    #[must_use]
    pub fn needs_line(&self) -> u16 {
        self.banner_line() + u16::from(self.banner)
    }

    /// Rows of the panel of what needs me, its title included; 0 without one.
    #[must_use]
    pub fn needs_rows(&self) -> u16 {
        if self.has_needs_panel() {
            (self.rows / 4).clamp(10, 14)
        } else {
            0
        }
    }

    /// First row of stream and detail.
    #[must_use]
    pub fn body_top(&self) -> u16 {
        self.needs_line() + u16::from(self.has_needs_line())
    }

    /// Rows of stream and detail.
    #[must_use]
    pub fn body_rows(&self) -> u16 {
        self.rows.saturating_sub(self.body_top() + 1)
    }

    /// Rows of the detail.
    #[must_use]
    pub fn detail_rows(&self) -> u16 {
        self.body_rows().saturating_sub(self.needs_rows())
    }

    /// Rows of the stream without its headings and its last line, which tells how
    /// it stands.
    #[must_use]
    pub fn stream_rows(&self) -> u16 {
        self.body_rows()
            .saturating_sub(1 + u16::from(self.has_headings()))
    }

    /// Columns of the stream.
    #[must_use]
    pub fn stream_cols(&self) -> u16 {
        if self.is_split() {
            self.cols - self.detail_cols() - 1
        } else {
            self.cols
        }
    }

    /// Columns of the detail.
    #[must_use]
    pub fn detail_cols(&self) -> u16 {
        if self.is_split() {
            (self.cols * 2 / 5).clamp(44, 84)
        } else {
            self.cols
        }
    }

    /// Cells of a row of the editor, and rows of it that are seen. A cell at
    /// the right is the cursor's, behind a full row.
    #[must_use]
    pub fn editor(&self) -> (usize, usize) {
        let (cols, rows) = self.overlay(usize::MAX);
        let rows = rows.saturating_sub(1).max(1);
        (
            usize::from(cols).saturating_sub(1).max(8),
            usize::from(rows),
        )
    }

    /// Columns and rows inside an overlay that wants so many rows.
    #[must_use]
    pub fn overlay(&self, rows: usize) -> (u16, u16) {
        let cols = self.cols.min(80);
        let most = self.rows.saturating_sub(5);
        let rows = u16::try_from(rows).unwrap_or(most).min(most);
        (cols.saturating_sub(4), rows.max(1))
    }
}
