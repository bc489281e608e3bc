//! What a verb would do to which items, as far as this console can tell: for
//! the question that is asked before, and the command that is sent.
//!
//! Goes by the triage table; the hub decides.

use std::collections::BTreeMap;

use super::words;
use crate::model::board::Board;
use crate::model::command::{Target, Verb};
use crate::model::ids::{ItemKey, OfficerId};
use crate::model::officer::Role;
use crate::model::triage::{Cell, Standing, State, cell};
use crate::text::Untrusted;

/// A verb, its items and what is to be expected.
#[derive(Clone, Debug, PartialEq)]
pub struct Plan {
    /// What to do.
    pub verb: Verb,
    /// On what, with the versions seen.
    pub targets: Vec<Target>,
    /// The shared note.
    pub note: Untrusted,
    /// For how many it should go through.
    pub goes: usize,
    /// Why it should not for the others: words and how many.
    pub skipped: Vec<(String, usize)>,
}

/// Who acts.
#[derive(Clone, Copy, Debug)]
pub struct Actor<'a> {
    /// The officer.
    pub officer: &'a OfficerId,
    /// The role.
    pub role: Role,
}

impl Plan {
    /// From here on, the count is asked for.
    pub const COUNT_ASKED_ABOVE: usize = 25;

    /// What `verb` would do to the items of `keys`.
    #[must_use]
    pub fn of(verb: Verb, keys: &[ItemKey], board: &Board, actor: Actor<'_>) -> Self {
        let mut skipped: BTreeMap<String, usize> = BTreeMap::new();
        let mut goes = 0;
        let items = keys.iter().filter_map(|key| board.item(key));
        let targets = items
            .map(|item| {
                let standing = Standing::of(&item.triage.state, actor.officer);
                match cell(verb.name(), standing) {
                    Cell::Yes => goes += 1,
                    Cell::Held if actor.role >= Role::Supervisor => goes += 1,
                    no => *skipped.entry(why(no, &item.triage.state)).or_default() += 1,
                }
                Target {
                    key: item.key,
                    version: Some(item.triage.version),
                }
            })
            .collect();
        Self {
            verb,
            targets,
            note: Untrusted::default(),
            goes,
            skipped: skipped.into_iter().collect(),
        }
    }

    /// "15 items, 2 already held by officer2 (skipped)".
    #[must_use]
    pub fn preview(&self) -> String {
        let skipped = self
            .skipped
            .iter()
            .map(|(why, count)| format!("{count} {why} (skipped)"));
        let parts: Vec<String> = std::iter::once(words::items(self.targets.len()))
            .chain(skipped)
            .collect();
        parts.join(", ")
    }
}

fn why(no: Cell, state: &State) -> String {
    match (no, state) {
        (Cell::Held, State::Taken { by, .. }) => format!("already held by {by}"),
        (Cell::Held, State::Assigned { to, .. }) => format!("assigned to {to}"),
        (Cell::Already, _) => "already so".to_owned(),
        (_, State::Resolved { .. }) => "resolved".to_owned(),
        _ => "not in a state for it".to_owned(),
    }
}
