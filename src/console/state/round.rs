//! The round through what needs me: where the next step leads.
//!
//! Owns what begins a round anew: a step from anywhere else, and something more
//! pressing than when the round began. Moves nothing. Asked by `update::moves`
//! for the step and by `view::needs` for what it tells of it.

use super::App;
use crate::model::ids::ItemKey;

/// Where a round began and where it led last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Round {
    top: ItemKey,
    at: ItemKey,
}

/// What the next step opens, and the round that it is part of: the most pressing,
/// or the one after the item under the cursor when a step led there or it is the
/// most pressing itself. None when nothing needs me.
#[must_use]
pub fn next(app: &App) -> Option<(ItemKey, Round)> {
    let all = || app.floor.derived.all_needs();
    let top = all().next()?;
    let on = app.stream.selected();
    let goes_on = on == Some(top)
        || app
            .stream
            .round
            .is_some_and(|round| round.top == top && on == Some(round.at));
    let after = all().skip_while(|key| on != Some(*key)).nth(1);
    let at = after.filter(|_| goes_on).unwrap_or(top);
    Some((at, Round { top, at }))
}

/// What a step back opens: the one before the item under the cursor, or the least
/// pressing.
#[must_use]
pub fn previous(app: &App) -> Option<(ItemKey, Round)> {
    let all = || app.floor.derived.all_needs();
    let top = all().next()?;
    let on = app.stream.selected();
    let before = all().take_while(|key| on != Some(*key)).last();
    let here = on.is_some_and(|on| all().any(|key| key == on));
    let at = before.filter(|_| here).or_else(|| all().last())?;
    Some((at, Round { top, at }))
}
