//! What every command is checked for, and the sheet that its facts and answers
//! are written on.
//!
//! Owns the order of the checks: role, arguments, then per item desk, table,
//! version. What a verb does is `verbs`', `group`'s, `hide`'s and `undo`'s.

use std::collections::HashSet;

use super::{Acting, Decision, arguments, group, hide, outgoing, sentences, undo, verbs};
use crate::model::board::Board;
use crate::model::command::{
    Command, ItemOutcome, Outcome, Refusal, RefusalCode, Target, Verb, VerbName,
};
use crate::model::event::{Body, Fact};
use crate::model::ids::{ItemId, ItemKey};
use crate::model::item::Item;
use crate::model::officer::Role;
use crate::model::triage::{self, Cell, Standing, State};

/// Decides a command.
pub(super) fn decide(board: &Board, command: &Command, acting: &Acting<'_>) -> Decision {
    let sheet = Sheet::new(board, command, acting);
    let verb = command.verb.name();
    if !acting.officer.role.may(verb) {
        return sheet.refused(sentences::role(acting.officer.role, verb));
    }
    if let Err(refusal) = arguments::check(command, acting) {
        return sheet.refused(refusal);
    }
    match &command.verb {
        Verb::Undo | Verb::Redo => undo::decide(sheet),
        Verb::Suppress {
            filter,
            until,
            reason,
        } => hide::suppress(sheet, filter, *until, reason),
        Verb::Unsuppress { rule } => hide::unsuppress(sheet, rule),
        Verb::Merge => group::merge(sheet),
        Verb::Split => group::split(sheet),
        Verb::Send { .. } => outgoing::send(sheet),
        Verb::Withdraw => outgoing::withdraw(sheet),
        Verb::Resend => outgoing::resend(sheet),
        _ => verbs::each(sheet),
    }
}

/// What is written down while a command is decided.
pub(super) struct Sheet<'a> {
    pub(super) board: &'a Board,
    pub(super) command: &'a Command,
    pub(super) acting: &'a Acting<'a>,
    facts: Vec<Fact>,
    items: Vec<ItemOutcome>,
    answered: HashSet<ItemKey>,
}

impl<'a> Sheet<'a> {
    fn new(board: &'a Board, command: &'a Command, acting: &'a Acting<'a>) -> Self {
        Self {
            board,
            command,
            acting,
            facts: Vec::new(),
            items: Vec::new(),
            answered: HashSet::new(),
        }
    }

    /// The targets, each once, as they were first named.
    pub(super) fn targets(&self) -> Vec<Target> {
        let mut seen = HashSet::new();
        let targets = self.command.targets.iter();
        targets.filter(|t| seen.insert(t.key)).copied().collect()
    }

    /// The item, if it is on the officer's desks.
    pub(super) fn look(&self, key: &ItemKey) -> Result<&'a Item, Refusal> {
        self.board
            .item(key)
            .filter(|item| self.acting.officer.desks.include(&item.desk))
            .ok_or_else(sentences::unknown)
    }

    /// The item, if the table, its group and its version let the verb through.
    pub(super) fn admit(&self, target: &Target) -> Result<&'a Item, Refusal> {
        let item = self.look(&target.key)?;
        let verb = self.command.verb.name();
        self.stands(item, verb)?;
        if verb.checks_version()
            && target
                .version
                .is_some_and(|seen| seen != item.triage.version)
        {
            return Err(sentences::stale(item, self.acting));
        }
        Ok(item)
    }

    /// Whether the verb goes through for an item as it stands.
    pub(super) fn stands(&self, item: &Item, verb: VerbName) -> Result<(), Refusal> {
        let beside = matches!(
            verb,
            VerbName::Split
                | VerbName::Tag
                | VerbName::Note
                | VerbName::ConfirmClaim
                | VerbName::RejectClaim
                | VerbName::Feedback
        );
        if let Some(head) = item.triage.merged_into.filter(|_| !beside) {
            return Err(sentences::merged(self.board.item(&head), verb));
        }
        let officer = self.acting.officer;
        let standing = Standing::of(&item.triage.state, &officer.id);
        match triage::cell(verb, standing) {
            Cell::Yes if verb == VerbName::Take && self.took(item) => {
                Err(sentences::already(item, verb, self.acting))
            }
            Cell::Yes => Ok(()),
            Cell::Already => Err(sentences::already(item, verb, self.acting)),
            Cell::Held if officer.role >= Role::Supervisor || self.answers_for(item) => Ok(()),
            Cell::Held => Err(sentences::held(item, self.acting)),
            Cell::No => Err(sentences::senseless(item, verb)),
        }
    }

    fn took(&self, item: &Item) -> bool {
        matches!(&item.triage.state, State::Taken { by, .. } if *by == self.acting.officer.id)
    }

    /// Whether it is assigned to a team of the officer's.
    fn answers_for(&self, item: &Item) -> bool {
        matches!(&item.triage.state,
            State::Assigned { to: triage::Assignee::Team(team), .. }
                if self.acting.officer.teams.contains(team))
    }

    /// Writes a fact about an item.
    pub(super) fn fact(&mut self, item: &Item, body: Body) {
        self.facts.push(about(item, body));
    }

    /// Writes a fact about the floor.
    pub(super) fn floor(&mut self, body: Body) {
        self.facts.push(Fact {
            key: None,
            desk: None,
            after: crate::model::ids::Seq(0),
            body,
        });
    }

    /// Whether any fact was written.
    pub(super) fn has_facts(&self) -> bool {
        !self.facts.is_empty()
    }

    /// Whether any item was answered for.
    pub(super) fn has_items(&self) -> bool {
        !self.items.is_empty()
    }

    /// Answers that it went through, and leaves the command's note.
    pub(super) fn accept(&mut self, item: &Item) {
        if self.answer(item.key, Some(item.id), None) && !self.command.note.is_empty() {
            let text = self.command.note.clone();
            self.fact(item, Body::NoteAdded { text });
        }
    }

    /// Answers that it went through; no note. Counts before the refusal of a
    /// later act that could not be undone for the same item.
    pub(super) fn restored(&mut self, item: &Item) {
        if !self.answer(item.key, Some(item.id), None) {
            let mut answers = self.items.iter_mut();
            if let Some(answer) = answers.find(|answer| answer.key == item.key) {
                answer.refused = None;
            }
        }
    }

    /// Answers that it did not go through.
    pub(super) fn refuse(&mut self, key: ItemKey, refusal: Refusal) {
        let item = self.board.item(&key);
        let id = item
            .filter(|item| self.acting.officer.desks.include(&item.desk))
            .map(|item| item.id);
        self.answer(key, id, Some(refusal));
    }

    /// The first answer about an item counts.
    fn answer(&mut self, key: ItemKey, id: Option<ItemId>, refused: Option<Refusal>) -> bool {
        let first = self.answered.insert(key);
        if first {
            self.items.push(ItemOutcome { key, id, refused });
        }
        first
    }

    /// Refuses the whole of it.
    pub(super) fn refused(mut self, refusal: Refusal) -> Decision {
        self.facts.clear();
        self.items.clear();
        let mut decision = self.done();
        decision.outcome.refused = Some(refusal);
        decision
    }

    /// Refuses the whole of it for its arguments.
    pub(super) fn invalid(self, says: impl Into<String>) -> Decision {
        self.refused(Refusal::new(RefusalCode::Invalid, says))
    }

    /// The decision as it was written down.
    pub(super) fn done(self) -> Decision {
        Decision {
            facts: self.facts,
            outcome: Outcome {
                command: self.command.id,
                verb: self.command.verb.name(),
                seq: None,
                items: self.items,
                refused: None,
            },
        }
    }
}

/// A fact about an item that is on the board.
pub(super) fn about(item: &Item, body: Body) -> Fact {
    Fact {
        key: Some(item.key),
        desk: Some(item.desk.clone()),
        after: item.last_seq,
        body,
    }
}
