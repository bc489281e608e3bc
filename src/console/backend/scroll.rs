//! Rows that only moved: the terminal moves them itself (DECSTBM with line feed
//! or reverse index, which every terminal since the VT100 knows).

use ratatui::buffer::Buffer;

use super::cells;

/// Rows that have to be saved for a shift to be worth its bytes.
const WORTH: usize = 3;
/// How far rows are looked for.
const FARTHEST: u16 = 12;

/// A region whose rows move.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Shift {
    /// The first row.
    pub(super) top: u16,
    /// The row after the last.
    pub(super) bottom: u16,
    /// By how many rows.
    pub(super) by: u16,
    /// Up, otherwise down.
    pub(super) up: bool,
}

impl Shift {
    /// The shift after which most rows stand where they should.
    pub(super) fn find(last: &Buffer, next: &Buffer) -> Option<Self> {
        let area = next.area;
        let rows = area.top()..area.bottom();
        let changed: Vec<u16> = rows.filter(|y| !alike(last, *y, next, *y)).collect();
        if changed.len() < WORTH {
            return None;
        }
        let farthest = FARTHEST.min(area.height / 2);
        let shifts = (1..=farthest).flat_map(|by| [(by, true), (by, false)]);
        let mut best: Option<(usize, Self)> = None;
        for (by, up) in shifts {
            let from = |y: u16| {
                if up {
                    y.checked_add(by)
                } else {
                    y.checked_sub(by)
                }
            };
            let fits = |y: &&u16| {
                from(**y).is_some_and(|from| {
                    (area.top()..area.bottom()).contains(&from) && alike(last, from, next, **y)
                })
            };
            let found: Vec<u16> = changed.iter().filter(fits).copied().collect();
            let (Some(first), Some(end)) = (found.first(), found.last()) else {
                continue;
            };
            if found.len() >= WORTH && best.is_none_or(|(most, _)| found.len() > most) {
                let (top, bottom) = if up {
                    (*first, end + by + 1)
                } else {
                    (first - by, end + 1)
                };
                let shift = Self {
                    top,
                    bottom,
                    by,
                    up,
                };
                best = Some((found.len(), shift));
            }
        }
        best.map(|(_, shift)| shift)
    }

    /// What the terminal shows after the shift.
    pub(super) fn moved(self, last: &Buffer) -> Buffer {
        let mut moved = last.clone();
        for y in self.top..self.bottom {
            let from = if self.up {
                y.checked_add(self.by)
            } else {
                y.checked_sub(self.by)
            };
            let from = from.filter(|from| (self.top..self.bottom).contains(from));
            for x in last.area.left()..last.area.right() {
                let cell = from.and_then(|from| last.cell((x, from))).cloned();
                if let Some(place) = moved.cell_mut((x, y)) {
                    *place = cell.unwrap_or_default();
                }
            }
        }
        moved
    }
}

fn alike(last: &Buffer, from: u16, next: &Buffer, y: u16) -> bool {
    let columns = next.area.left()..next.area.right();
    if from == y {
        return columns.into_iter().all(|x| cells::same(last, next, x, y));
    }
    columns
        .into_iter()
        .all(|x| last.cell((x, from)) == next.cell((x, y)))
}
