//! The rows of the stream: cursor, scroll offset, frozen or followed.
//!
//! Nothing moves under the cursor: while frozen no row is added, the selected
//! row stays even when it no longer belongs, and it stays on its line.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::floor::{Change, Floor};
use super::round::Round;
use crate::model::ids::ItemKey;
use crate::model::queue::Newest;

/// The rows and where one stands in them.
#[derive(Clone, Debug, Default)]
pub struct Stream {
    /// What is shown, in order.
    pub rows: Arc<Vec<ItemKey>>,
    /// The first row on screen.
    pub top: usize,
    /// The row that the cursor is on; none while following.
    pub cursor: Option<usize>,
    /// How many would be shown if the stream were not frozen.
    pub waiting: usize,
    /// The next settling builds the rows anew even though frozen.
    rebuild: bool,
    /// A row that the officer's own verb sent away: it need not stay.
    pub leaving: Option<ItemKey>,
    /// An item that undo brings back: once it is a row again it is shown, and the
    /// cursor goes there.
    pub returning: Option<ItemKey>,
    newest: Newest,
    /// The row that the officer was on before following, and goes on from.
    pub looked: Option<ItemKey>,
    /// The round through what needs me.
    pub round: Option<Round>,
    /// Rows of the window, as last fitted.
    height: usize,
    /// A row that stays only because the cursor is on it.
    kept: Option<ItemKey>,
    /// A row was put in that the view does not ask for.
    ragged: bool,
}

impl Stream {
    /// Whether new rows come in by themselves.
    #[must_use]
    pub fn follows(&self) -> bool {
        self.cursor.is_none()
    }

    /// The key under the cursor.
    #[must_use]
    pub fn selected(&self) -> Option<ItemKey> {
        self.rows.get(self.cursor?).copied()
    }

    /// Follows again: all that waited comes in.
    pub fn follow(&mut self) {
        self.looked = None;
        self.cursor = None;
        self.waiting = 0;
        self.rebuild = true;
    }

    /// Freezes on the newest row.
    pub fn freeze(&mut self) {
        if self.cursor.is_none() && !self.rows.is_empty() {
            self.cursor = Some(self.newest_row());
        }
    }

    /// The rows are of another view now.
    pub fn restart(&mut self) {
        self.rebuild = true;
    }

    /// Whether a row is shown only because the cursor was on it, and it no
    /// longer is: the rows have to be settled again.
    #[must_use]
    pub fn has_leftover(&self) -> bool {
        self.kept.is_some() && self.kept != self.selected()
    }

    /// Before a settling, whose rows are taken whole while following: so what
    /// comes is put behind them, and they are not copied for it.
    pub(super) fn let_go(&mut self) {
        if self.follows() {
            self.rows = Arc::default();
        }
    }

    /// Takes what one settling of the floor changed. While frozen only what left
    /// is looked at: what came waits.
    pub fn take(&mut self, change: &Change, floor: &Floor, newest: Newest) {
        if let Some(key) = self.returning.take_if(|key| floor.is_row(key))
            && !self.follows()
            && !self.rows.contains(&key)
        {
            self.visit(key, &floor.derived.rows);
        }
        if change.remade || self.follows() || self.rebuild || self.ragged {
            let stands = |key: &ItemKey| floor.stands_for(key);
            return self.settle_standing(&floor.derived.rows, newest, stands);
        }
        let selected = self.selected();
        let stays = selected.filter(|key| self.leaving != Some(*key));
        let leftover = self.kept.filter(|key| stays != Some(*key));
        let gone: HashSet<ItemKey> = change
            .left
            .iter()
            .copied()
            .chain(leftover)
            .filter(|key| !floor.is_row(key) && stays != Some(*key))
            .collect();
        let mut instead: HashMap<ItemKey, ItemKey> = change.instead.clone();
        if let Some(key) = leftover {
            instead.extend(floor.stands_for(&key).map(|now| (key, now)));
        }
        if let Some(key) = stays {
            instead.remove(&key);
        }
        let (old, line) = self.place_of_cursor();
        self.replace(&instead);
        if !gone.is_empty() {
            Arc::make_mut(&mut self.rows).retain(|key| !gone.contains(key));
        }
        self.kept = stays.filter(|key| !floor.is_row(key));
        let shown = self.rows.len() - usize::from(self.kept.is_some());
        self.waiting = floor.derived.rows.len().saturating_sub(shown);
        self.keep_cursor(selected, old, line);
    }

    /// Puts the rows that stand for copies now in the place of those that did;
    /// where they are rows already, those that did go.
    fn replace(&mut self, instead: &HashMap<ItemKey, ItemKey>) {
        if instead.is_empty() {
            return;
        }
        let mut shown: HashSet<ItemKey> = self.rows.iter().copied().collect();
        let rows = self.rows.iter().filter_map(|row| match instead.get(row) {
            Some(now) => shown.insert(*now).then_some(*now),
            None => Some(*row),
        });
        self.rows = Arc::new(rows.collect());
    }

    /// The row of the cursor, and its line on the screen.
    fn place_of_cursor(&self) -> (usize, usize) {
        let old = self.cursor.unwrap_or(0);
        (old, old.saturating_sub(self.top))
    }

    /// The cursor stays on its item and its line; where the item is gone, on its
    /// row.
    fn keep_cursor(&mut self, selected: Option<ItemKey>, old: usize, line: usize) {
        if self.leaving.is_some_and(|key| !self.rows.contains(&key)) {
            self.leaving = None;
        }
        if selected.is_none() || (self.selected() == selected) {
            return;
        }
        let last = self.rows.len().saturating_sub(1);
        let at = self.rows.iter().position(|row| selected == Some(*row));
        let at = at.unwrap_or(old.min(last));
        self.cursor = (!self.rows.is_empty()).then_some(at);
        self.top = at.saturating_sub(line);
    }

    /// Takes the order and membership that the board now asks for.
    pub fn settle(&mut self, wanted: &Arc<Vec<ItemKey>>, newest: Newest) {
        self.settle_standing(wanted, newest, |_| None);
    }

    /// The same where rows stand for copies: a row that folded under another one
    /// is shown as that one, in its place.
    fn settle_standing(
        &mut self,
        wanted: &Arc<Vec<ItemKey>>,
        newest: Newest,
        stands: impl Fn(&ItemKey) -> Option<ItemKey>,
    ) {
        self.newest = newest;
        let selected = self.selected();
        let (old, line) = self.place_of_cursor();
        self.kept = None;
        self.ragged = false;
        if self.follows() || self.rebuild {
            self.rebuild = false;
            self.rows = Arc::clone(wanted);
            self.waiting = 0;
        } else {
            let stays = selected.filter(|key| self.leaving != Some(*key));
            let wanted: HashSet<&ItemKey> = wanted.iter().collect();
            let folded = self.rows.iter().filter(|key| !wanted.contains(key));
            let folded = folded.filter(|key| stays != Some(**key));
            let instead: HashMap<ItemKey, ItemKey> = folded
                .filter_map(|key| Some((*key, stands(key)?)))
                .collect();
            self.replace(&instead);
            let keep = |key: &ItemKey| wanted.contains(key) || stays == Some(*key);
            if !self.rows.iter().all(keep) {
                Arc::make_mut(&mut self.rows).retain(keep);
            }
            self.kept = stays.filter(|key| !wanted.contains(key));
            let shown = self.rows.iter().filter(|key| wanted.contains(key)).count();
            self.waiting = wanted.len() - shown;
        }
        self.keep_cursor(selected, old, line);
    }

    /// Brings the cursor, or the newest row while following, into a window of
    /// `height` rows.
    pub fn fit(&mut self, height: usize) {
        let height = height.max(1);
        self.height = height;
        let at = match self.cursor {
            Some(at) => at,
            None if self.rows.is_empty() => 0,
            None => self.newest_row(),
        };
        let most = self.rows.len().saturating_sub(height);
        self.top = self
            .top
            .clamp((at + 1).saturating_sub(height), at)
            .min(most);
    }

    /// Moves the cursor by so many rows. The first move freezes: it goes on from
    /// the row that was looked at before, while that is in sight, or stands on
    /// the newest. Either way nothing on the screen moves.
    pub fn step(&mut self, by: isize) {
        if self.rows.is_empty() {
            return;
        }
        let last = self.rows.len() - 1;
        let to = match self.cursor.or_else(|| self.looked_at()) {
            None => self.newest_row(),
            Some(at) => at.saturating_add_signed(by).min(last),
        };
        self.cursor = Some(to);
    }

    /// The row that was looked at before following, while it is in sight.
    fn looked_at(&self) -> Option<usize> {
        let at = self.shown().position(|row| self.looked == Some(*row));
        at.map(|at| self.top + at)
    }

    /// Puts the cursor on a row.
    pub fn go(&mut self, at: usize) {
        if !self.rows.is_empty() {
            self.cursor = Some(at.min(self.rows.len() - 1));
        }
    }

    /// Puts the cursor on an item, adding a row for it when it has none.
    pub fn go_to(&mut self, key: ItemKey) {
        let at = self.rows.iter().position(|row| *row == key);
        self.cursor = Some(at.unwrap_or_else(|| {
            Arc::make_mut(&mut self.rows).push(key);
            self.ragged = true;
            self.rows.len() - 1
        }));
    }

    /// Puts the cursor on an item; where it waits to come in, all that waits does.
    /// Rows around it are seen too: what is worse lies above it.
    pub fn visit(&mut self, key: ItemKey, wanted: &Arc<Vec<ItemKey>>) {
        if !self.rows.contains(&key) && wanted.contains(&key) {
            self.rows = Arc::clone(wanted);
            self.waiting = 0;
        }
        self.go_to(key);
        let at = self.cursor.unwrap_or(0);
        let around = (self.height / 4).min(3);
        if at < self.top + around || at + around >= self.top + self.height {
            self.top = at.saturating_sub(self.height / 3);
        }
    }

    /// The keys of the rows on the screen.
    pub(super) fn shown(&self) -> impl Iterator<Item = &ItemKey> {
        self.rows.iter().skip(self.top).take(self.height)
    }

    fn newest_row(&self) -> usize {
        if self.newest == Newest::First {
            0
        } else {
            self.rows.len().saturating_sub(1)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(range: std::ops::Range<u8>) -> Arc<Vec<ItemKey>> {
        Arc::new(range.map(|n| ItemKey::from_bytes([n; 16])).collect())
    }

    #[test]
    fn new_rows_wait_while_frozen() {
        let mut stream = Stream::default();
        stream.settle(&keys(0..5), Newest::Last);
        stream.step(-1);
        let selected = stream.selected();
        stream.settle(&keys(0..9), Newest::Last);
        assert_eq!((stream.rows.len(), stream.waiting), (5, 4));
        assert_eq!(stream.selected(), selected);
        stream.follow();
        stream.settle(&keys(0..9), Newest::Last);
        assert_eq!((stream.rows.len(), stream.waiting), (9, 0));
    }

    #[test]
    fn the_selected_row_stays_on_its_line_when_rows_above_leave() {
        let mut stream = Stream::default();
        stream.settle(&keys(0..20), Newest::Last);
        stream.go(12);
        stream.fit(8);
        let line = stream.cursor.expect("a cursor") - stream.top;
        stream.settle(&keys(5..20), Newest::Last);
        stream.fit(8);
        assert_eq!(stream.selected(), Some(ItemKey::from_bytes([12; 16])));
        assert_eq!(stream.cursor.expect("a cursor") - stream.top, line);
    }

    #[test]
    fn the_first_step_goes_on_from_the_row_that_was_looked_at_while_it_is_in_sight() {
        let mut stream = Stream::default();
        stream.settle(&keys(0..20), Newest::Last);
        stream.fit(8);
        stream.step(1);
        assert_eq!(stream.selected(), Some(ItemKey::from_bytes([19; 16])));
        for (looked, then) in [(15, 16), (3, 19)] {
            stream.go(looked);
            stream.follow();
            stream.looked = stream.rows.get(looked).copied();
            stream.settle(&keys(0..20), Newest::Last);
            stream.fit(8);
            let top = stream.top;
            stream.step(1);
            stream.fit(8);
            assert_eq!(stream.selected(), Some(ItemKey::from_bytes([then; 16])));
            assert_eq!(stream.top, top, "nothing moves on the screen");
        }
    }

    #[test]
    fn the_selected_row_stays_though_it_left_the_queue_unless_i_sent_it_away() {
        let mut stream = Stream::default();
        stream.settle(&keys(0..5), Newest::Last);
        stream.go(2);
        let mut rest = keys(0..5);
        Arc::make_mut(&mut rest).retain(|k| k.as_bytes()[0] != 2);
        stream.settle(&rest, Newest::Last);
        assert_eq!(stream.rows.len(), 5);
        stream.leaving = stream.selected();
        stream.settle(&rest, Newest::Last);
        assert_eq!(stream.rows.len(), 4);
        assert_eq!(stream.selected(), Some(ItemKey::from_bytes([3; 16])));
    }
}
