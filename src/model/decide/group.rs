//! Merge and split: items that are one matter lie under one head.
//!
//! Groups are one level deep: who joins brings its members along. Owns the
//! facts on both sides, so that members and `merged_into` always agree.

use std::collections::HashSet;

use super::command::Sheet;
use super::{Decision, sentences};
use crate::model::command::{Refusal, RefusalCode, VerbName};
use crate::model::event::Body;
use crate::model::ids::ItemKey;
use crate::model::item::Item;

fn state(says: impl Into<String>) -> Refusal {
    Refusal::new(RefusalCode::State, says)
}

/// The first target is the head; the others and their members join it.
pub(super) fn merge(mut sheet: Sheet<'_>) -> Decision {
    let targets = sheet.targets();
    let Some((first, others)) = targets.split_first().filter(|(_, o)| !o.is_empty()) else {
        return sheet.invalid("Merging needs two items or more: mark them first.");
    };
    let head = match sheet.admit(first) {
        Ok(head) => head,
        Err(refusal) => return sheet.refused(refusal),
    };
    let mut joined = Vec::new();
    let mut answers = Vec::new();
    for target in others {
        let answer = match sheet.look(&target.key) {
            Ok(item) if item.triage.merged_into == Some(head.key) => Err(Refusal::new(
                RefusalCode::Already,
                format!("It is merged into {} already.", head.id),
            )),
            _ => sheet.admit(target),
        };
        if let Ok(item) = answer {
            join(&mut sheet, item, head, &mut joined);
        }
        answers.push((target.key, answer));
    }
    let alone = joined.is_empty();
    if !alone {
        sheet.fact(head, Body::MembersJoined { members: joined });
        sheet.accept(head);
    }
    for (key, answer) in answers {
        match answer {
            Ok(item) => sheet.accept(item),
            Err(refusal) => sheet.refuse(key, refusal),
        }
    }
    // Last, so that the first refusal is the one that says why.
    if alone {
        sheet.refuse(head.key, state("Nothing was merged into it."));
    }
    sheet.done()
}

fn join(sheet: &mut Sheet<'_>, item: &Item, head: &Item, joined: &mut Vec<ItemKey>) {
    let into = head.key;
    sheet.fact(item, Body::ItemMerged { into });
    joined.push(item.key);
    if item.members.is_empty() {
        return;
    }
    let members = item.members.to_vec();
    let board = sheet.board;
    for member in members.iter().filter_map(|key| board.item(key)) {
        sheet.fact(member, Body::ItemMerged { into });
    }
    joined.extend(members.iter().copied());
    sheet.fact(item, Body::MembersLeft { members });
}

/// A member leaves its head; a head lets all its members go.
pub(super) fn split(mut sheet: Sheet<'_>) -> Decision {
    let mut gone: HashSet<ItemKey> = HashSet::new();
    for target in sheet.targets() {
        match apart(&mut sheet, target.key, &mut gone) {
            Ok(item) => sheet.accept(item),
            Err(refusal) => sheet.refuse(target.key, refusal),
        }
    }
    sheet.done()
}

fn apart<'a>(
    sheet: &mut Sheet<'a>,
    key: ItemKey,
    gone: &mut HashSet<ItemKey>,
) -> Result<&'a Item, Refusal> {
    let item = sheet.look(&key)?;
    let board = sheet.board;
    sheet.stands(item, VerbName::Split)?;
    if let Some(from) = item.triage.merged_into {
        let head = board.item(&from).ok_or_else(sentences::unknown)?;
        sheet.stands(head, VerbName::Split)?;
        if gone.insert(item.key) {
            sheet.fact(item, Body::ItemSplit { from });
            let members = vec![item.key];
            sheet.fact(head, Body::MembersLeft { members });
        }
        return Ok(item);
    }
    if item.members.is_empty() {
        return Err(state("It is not merged with anything."));
    }
    let members: Vec<ItemKey> = item
        .members
        .iter()
        .copied()
        .filter(|key| gone.insert(*key))
        .collect();
    for member in members.iter().filter_map(|key| board.item(key)) {
        sheet.fact(member, Body::ItemSplit { from: item.key });
    }
    if !members.is_empty() {
        sheet.fact(item, Body::MembersLeft { members });
    }
    Ok(item)
}
