//! How the state looks.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::state::App;
use crate::theme::Theme;

/// Draws the whole console into `area` of `buffer`; returns where the terminal's
/// cursor is to be shown, if anywhere.
pub fn view(_app: &App, _theme: &Theme, _area: Rect, _buffer: &mut Buffer) -> Option<Position> {
    None
}
