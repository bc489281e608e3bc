//! What undo would take back now, and how long ago it was done: what is minutes
//! old is asked about, by its name.
//!
//! Goes by the acts that this console's board has seen, decided as the hub decides;
//! the hub has the last word. Asked by `update::verbs`, for the question.

use std::time::Duration;

use uuid::Uuid;

use super::{App, words};
use crate::model::board::Unit;
use crate::model::command::{Command, Verb, VerbName};
use crate::model::decide::{self, Acting};
use crate::model::event::Body;
use crate::model::ids::CommandId;
use crate::model::officer::Officer;
use crate::model::time::Timestamp;
use crate::text::Untrusted;

/// So long after an act whoever presses undo surely means it.
const FRESH: Duration = Duration::from_mins(1);

/// What undo would take back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Last {
    /// What was done just now, or has not left yet; or it is the hub's to say.
    Fresh,
    /// An act that is older: which, and what it was and when.
    Older(CommandId, String),
    /// Nothing that this console saw: it was before it began.
    Before,
}

/// What undo would take back now.
#[must_use]
pub fn of(app: &App) -> Last {
    let stack = app
        .session
        .me()
        .and_then(|me| app.floor.board.journal().of(me));
    // The latest may be on its way still.
    if !app.work.is_idle() {
        return Last::Fresh;
    }
    let Some(stack) = stack.filter(|stack| !stack.done.is_empty()) else {
        return Last::Before;
    };
    let Some(command) = taken_back(app) else {
        return Last::Fresh;
    };
    match stack.done.iter().rev().find(|unit| unit.command == command) {
        Some(unit) if app.session.now.since(unit.at) >= FRESH => {
            Last::Older(command, said(app, unit))
        }
        _ => Last::Fresh,
    }
}

/// The command that the hub would take back if it knew what the board does; none
/// where it would refuse, or only stop a message.
fn taken_back(app: &App) -> Option<CommandId> {
    let info = app.session.info.as_ref()?;
    let officer = Officer {
        id: info.officer.clone(),
        role: info.role,
        desks: info.desks.clone(),
        teams: info.teams.clone(),
    };
    let acting = Acting {
        officer: &officer,
        now: app.session.now,
        ack_rest: Duration::ZERO,
        reach: &app.session.reach,
        utc_offset_minutes: app.session.offset(),
    };
    let undo = Command {
        id: CommandId(Uuid::nil()),
        verb: Verb::Undo,
        targets: Vec::new(),
        note: Untrusted::default(),
    };
    let decided = decide::command(&app.floor.board, &undo, &acting);
    decided.facts.iter().find_map(|fact| match &fact.body {
        Body::TriageRestored { command, .. } | Body::NotesStruck { command, .. } => Some(*command),
        _ => None,
    })
}

/// Items of an act that are named.
const NAMED: usize = 3;

/// "#1042 taken, 12 minutes ago (02:29)."
fn said(app: &App, unit: &Unit) -> String {
    let board = &app.floor.board;
    let mut ids: Vec<_> = unit
        .items
        .keys()
        .filter_map(|key| Some(board.item(key)?.id))
        .collect();
    ids.sort_unstable();
    let named: Vec<String> = ids.iter().take(NAMED).map(ToString::to_string).collect();
    let more = if ids.len() > NAMED { ", …" } else { "" };
    let what = match (ids.as_slice(), unit.verb) {
        (_, VerbName::Suppress) => "what you suppressed".to_owned(),
        (_, VerbName::Unsuppress) => "the suppression that you ended".to_owned(),
        ([_], verb) => format!("{} {}", named.join(""), verb.done()),
        (ids, verb) => format!(
            "{} {} ({}{more})",
            words::items(ids.len()),
            verb.done(),
            named.join(", ")
        ),
    };
    let (now, offset) = (app.session.now, app.session.offset());
    if unit.at == Timestamp::default() {
        return format!("{what}, long ago.");
    }
    let at = words::moment(unit.at, now, offset);
    format!("{what}, {} ({at}).", words::ago(now, unit.at))
}
