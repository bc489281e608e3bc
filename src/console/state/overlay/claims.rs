//! The posts that known claims fit, by claim: what nobody judged first.
//!
//! Owns which rows there are and where one stands; made when the list opens, so
//! that no row moves while one judges. What each row says is read from the board
//! when it is drawn ([`crate::console::state::document::claims`]).

use std::collections::BTreeSet;

use crate::model::board::Board;
use crate::model::claim::ClaimMatch;
use crate::model::ids::ItemKey;
use crate::model::item::Item;
use crate::text::Untrusted;

/// The list on top.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Claims {
    /// The claims, those with posts that nobody judged first.
    pub groups: Vec<Group>,
    /// The rows.
    pub rows: Vec<Row>,
    /// The row that the cursor is on: a post, where there is one.
    pub at: usize,
    /// Rows that are marked.
    pub marked: BTreeSet<usize>,
}

/// A claim and its posts.
#[derive(Clone, Debug, PartialEq)]
pub struct Group {
    /// The claim, as one of its posts has it.
    pub claim: ClaimMatch,
    /// Its posts, those that nobody judged first, each oldest first.
    pub posts: Vec<ItemKey>,
}

/// A row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Row {
    /// What is claimed, by the group's place.
    Claim(usize),
    /// How it spreads.
    Spread(usize),
    /// A post of a group, by both places.
    Post(usize, usize),
}

/// The match of a claim with an item.
#[must_use]
pub fn matched<'i>(item: &'i Item, claim: &Untrusted) -> Option<&'i ClaimMatch> {
    let reading = item.reading.as_ref()?;
    reading.claims.iter().find(|one| one.id == *claim)
}

impl Claims {
    /// The list as the board has it now.
    #[must_use]
    pub fn of(board: &Board) -> Self {
        let mut groups: Vec<(bool, Group)> = Vec::new();
        for item in board.by_number().filter(|item| !item.is_silenced()) {
            let claims = item.reading.iter().flat_map(|reading| &reading.claims);
            for claim in claims {
                let known = groups.iter_mut().find(|(_, g)| g.claim.id == claim.id);
                match known {
                    Some((open, group)) => {
                        *open |= claim.is_open();
                        group.posts.push(item.key);
                    }
                    None => groups.push((
                        claim.is_open(),
                        Group {
                            claim: claim.clone(),
                            posts: vec![item.key],
                        },
                    )),
                }
            }
        }
        // By claims with work to do, then the widest first; equals as they came.
        groups.sort_by_key(|(open, group)| (!open, std::cmp::Reverse(group.posts.len())));
        let groups: Vec<Group> = groups
            .into_iter()
            .map(|(_, mut group)| {
                let id = group.claim.id.clone();
                group.posts.sort_by_key(|key| {
                    let item = board.item(key);
                    !item
                        .and_then(|i| matched(i, &id))
                        .is_some_and(ClaimMatch::is_open)
                });
                group
            })
            .collect();
        let rows = groups.iter().enumerate().flat_map(|(nth, group)| {
            let posts = (0..group.posts.len()).map(move |post| Row::Post(nth, post));
            [Row::Claim(nth), Row::Spread(nth)].into_iter().chain(posts)
        });
        Self {
            rows: rows.collect(),
            at: 2,
            groups,
            marked: BTreeSet::new(),
        }
    }

    /// The post of a row, with its claim.
    #[must_use]
    pub fn post(&self, row: usize) -> Option<(ItemKey, &Group)> {
        let Row::Post(group, post) = *self.rows.get(row)? else {
            return None;
        };
        let group = self.groups.get(group)?;
        Some((*group.posts.get(post)?, group))
    }

    /// The post under the cursor, with its claim.
    #[must_use]
    pub fn here(&self) -> Option<(ItemKey, &Group)> {
        self.post(self.at)
    }

    /// Moves by so many posts.
    pub fn step(&mut self, by: isize) {
        let posts: Vec<usize> = (0..self.rows.len())
            .filter(|row| self.post(*row).is_some())
            .collect();
        let now = posts.iter().position(|row| *row == self.at).unwrap_or(0);
        let last = posts.len().saturating_sub(1);
        let to = now.saturating_add_signed(by).min(last);
        self.at = posts.get(to).copied().unwrap_or(self.at);
    }

    /// Marks the row, or takes its mark off.
    pub fn mark(&mut self) {
        if self.here().is_some() && !self.marked.remove(&self.at) {
            self.marked.insert(self.at);
        }
    }

    /// The marked posts of the claim under the cursor.
    #[must_use]
    pub fn marked_here(&self) -> Vec<ItemKey> {
        let Some((_, here)) = self.here() else {
            return Vec::new();
        };
        self.marked
            .iter()
            .filter_map(|row| self.post(*row))
            .filter(|(_, group)| group.claim.id == here.claim.id)
            .map(|(key, _)| key)
            .collect()
    }

    /// How many matches nobody judged.
    #[must_use]
    pub fn open(&self, board: &Board) -> usize {
        let posts = (0..self.rows.len()).filter_map(|row| self.post(row));
        posts
            .filter(|(key, group)| {
                let item = board.item(key);
                item.and_then(|item| matched(item, &group.claim.id))
                    .is_some_and(ClaimMatch::is_open)
            })
            .count()
    }
}
