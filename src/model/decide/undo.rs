//! Undo and redo: an earlier triage put back by new facts, never by erasing.
//!
//! Takes back the officer's last command of which anything can be taken back.
//! An item that somebody else changed meanwhile stays as it is and is named.

use super::Decision;
use super::command::Sheet;
use super::outgoing;
use super::sentences;
use crate::model::board::{Board, Shape, Stack, Touched, Unit};
use crate::model::command::{Refusal, RefusalCode, Verb, VerbName};
use crate::model::event::{Body, Suppression};
use crate::model::ids::ItemKey;
use crate::model::item::{Clocks, Due, Item};
use crate::model::triage::Triage;

/// Decides undo or redo.
pub(super) fn decide(mut sheet: Sheet<'_>) -> Decision {
    let undo = sheet.command.verb == Verb::Undo;
    let board = sheet.board;
    let stack = board.journal().of(&sheet.acting.officer.id);
    let units: Vec<&Unit> = match stack {
        None => Vec::new(),
        Some(stack) if undo => stack.done.iter().rev().collect(),
        Some(stack) => stack.undone.iter().rev().collect(),
    };
    for unit in units {
        if unit.verb == VerbName::Send {
            let keys: Vec<ItemKey> = unit.items.keys().copied().collect();
            match outgoing::undone(&mut sheet, &keys) {
                Ok(false) => continue,
                Ok(true) => return sheet.done(),
                Err(refusal) => return sheet.refused(refusal),
            }
        }
        let way = Way { unit, undo };
        way.write(&mut sheet);
        if sheet.has_facts() {
            return sheet.done();
        }
    }
    if sheet.has_items() {
        return sheet.done();
    }
    sheet.refused(nothing(stack, undo))
}

fn nothing(stack: Option<&Stack>, undo: bool) -> Refusal {
    let says = if !undo {
        "Nothing to redo: you took nothing back since your last act.".to_owned()
    } else if stack.is_some_and(|stack| stack.cut) {
        format!("Only the last {} acts can be undone.", Board::undo_limit())
    } else {
        "Nothing to undo: you did nothing that can be taken back.".to_owned()
    };
    Refusal::new(RefusalCode::Nothing, says)
}

/// A command and the direction: to before it, or to after it again.
struct Way<'a> {
    unit: &'a Unit,
    undo: bool,
}

impl<'a> Way<'a> {
    fn name(&self) -> VerbName {
        if self.undo {
            VerbName::Undo
        } else {
            VerbName::Redo
        }
    }

    fn wanted(&self, touched: &'a Touched) -> &'a Shape {
        if self.undo {
            &touched.before
        } else {
            &touched.after
        }
    }

    fn expected(&self, touched: &'a Touched) -> &'a Shape {
        if self.undo {
            &touched.after
        } else {
            &touched.before
        }
    }

    /// Writes what can be taken back, and who is in the way of the rest.
    fn write(&self, sheet: &mut Sheet<'_>) {
        let begins = self.begins(sheet);
        let ends = self.ends(sheet);
        let command = self.unit.command;
        if begins.is_some() || ends.is_some() {
            let struck = self.undo;
            sheet.floor(Body::NotesStruck { command, struck });
        }
        if let Some(suppression) = &begins {
            let suppression = Box::new(suppression.clone());
            sheet.floor(Body::SuppressionBegan { suppression });
        }
        let torn = self.torn(sheet.board);
        let mut items: Vec<_> = self.unit.items.iter().collect();
        items.sort_by_key(|(key, _)| sheet.board.item(key).map(|item| item.id));
        for (key, touched) in items {
            if let Err(refusal) = self.put_back(sheet, key, touched, torn) {
                sheet.refuse(*key, refusal);
            }
        }
        if let Some(suppression) = ends {
            let officer = &sheet.acting.officer.id;
            let why = format!("{officer} took it back");
            let rule = suppression.rule.clone();
            sheet.floor(Body::SuppressionEnded { rule, why });
        }
    }

    /// The suppression that this way would put in force again.
    fn begun_here(&self) -> Option<&'a Suppression> {
        let unit = self.unit;
        let suppression = if self.undo { &unit.ended } else { &unit.began };
        suppression.as_ref()
    }

    /// The same, if its time is not over and it is not in force.
    fn begins(&self, sheet: &Sheet<'_>) -> Option<Suppression> {
        self.begun_here()
            .cloned()
            .filter(|s| s.until > sheet.acting.now && sheet.board.suppression(&s.rule).is_none())
    }

    /// The suppression that ends.
    fn ends<'b>(&self, sheet: &Sheet<'b>) -> Option<&'b Suppression> {
        let unit = self.unit;
        let suppression = if self.undo { &unit.began } else { &unit.ended };
        let rule = &suppression.as_ref()?.rule;
        sheet.board.suppression(rule)
    }

    /// Whether a group that the command made or took apart is no longer as the
    /// command left it: then all of the group stays, so that members and heads
    /// agree.
    fn torn(&self, board: &Board) -> bool {
        self.unit.items.iter().any(|(key, touched)| {
            !touched.before.grouped_alike(&touched.after)
                && board
                    .item(key)
                    .is_none_or(|item| !self.expected(touched).same(&Shape::of(item)))
        })
    }

    fn put_back(
        &self,
        sheet: &mut Sheet<'_>,
        key: &ItemKey,
        touched: &'a Touched,
        torn: bool,
    ) -> Result<(), Refusal> {
        let item = sheet.look(key)?;
        let command = self.unit.command;
        let noted = item
            .notes
            .iter()
            .any(|note| note.command == command && note.struck != self.undo);
        let changed = !touched.before.same(&touched.after);
        if changed {
            if !self.expected(touched).same(&Shape::of(item)) {
                return Err(sentences::moved_on(item, sheet.acting));
            }
            if torn && !touched.before.grouped_alike(&touched.after) {
                return Err(Refusal::new(
                    RefusalCode::Stale,
                    "An item of the same group changed since, so the group stays as it is.",
                ));
            }
            let own = self.begun_here().filter(|s| s.until <= sheet.acting.now);
            if own.is_some() && self.wanted(touched).triage.suppressed_by.is_some() {
                return Err(Refusal::new(
                    RefusalCode::State,
                    "The suppression would be over by now, so it stays in sight.",
                ));
            }
            let body = self.restored(sheet.board, item, touched);
            sheet.fact(item, body);
        }
        if noted {
            let struck = self.undo;
            sheet.fact(item, Body::NotesStruck { command, struck });
        }
        if changed || noted {
            sheet.restored(item);
        }
        Ok(())
    }

    fn restored(&self, board: &Board, item: &Item, touched: &'a Touched) -> Body {
        let wanted = self.wanted(touched);
        // A suppression that ended meanwhile hides nothing any more; one that
        // this very way begins again does.
        let own = self.begun_here();
        let suppressed_by = wanted.triage.suppressed_by.clone().filter(|rule| {
            board.suppression(rule).is_some() || own.is_some_and(|s| s.rule == *rule)
        });
        Body::TriageRestored {
            triage: Box::new(Triage {
                version: item.triage.version.saturating_add(1),
                suppressed_by,
                ..wanted.triage.clone()
            }),
            members: wanted.members.clone(),
            clocks: Clocks {
                first_response: breach_kept(
                    wanted.clocks.first_response,
                    item.clocks.first_response,
                ),
                resolution: breach_kept(wanted.clocks.resolution, item.clocks.resolution),
            },
            judged: (touched.before.judged != touched.after.judged)
                .then(|| Box::new(wanted.judged.clone())),
            command: self.unit.command,
            by: self.name(),
        }
    }
}

/// A breach that was recorded stays recorded, whatever is taken back.
fn breach_kept(wanted: Option<Due>, now: Option<Due>) -> Option<Due> {
    wanted.map(|due| Due {
        breached: due.breached || now.is_some_and(|now| now.breached),
        ..due
    })
}
