//! What stands behind a verb in the `:` line: read, or refused with what would
//! have been right.

use crate::console::keymap::table;
use crate::console::state::App;
use crate::console::state::overlay::choices;
use crate::model::command::Verb;
use crate::model::feedback::Feedback;
use crate::model::ids::{OfficerId, Tag, TeamName};
use crate::model::triage::{Assignee, Resolution};

/// A reason to resolve.
pub(super) fn resolution(words: &str) -> Result<Verb, String> {
    Resolution::CHOICES
        .into_iter()
        .find(|reason| reason.word() == words)
        .map(|reason| Verb::Resolve { reason })
        .ok_or_else(|| {
            let all: Vec<&str> = Resolution::CHOICES.iter().map(|r| r.word()).collect();
            format!("A reason is one of {}.", all.join(", "))
        })
}

/// What was read or raised wrongly.
pub(super) fn feedback(words: &str) -> Result<Verb, String> {
    Feedback::ALL
        .into_iter()
        .find(|feedback| feedback.word() == words)
        .map(|feedback| Verb::Feedback { feedback })
        .ok_or_else(|| {
            let all: Vec<&str> = Feedback::ALL.iter().map(|one| one.word()).collect();
            format!("Feedback is one of {}.", all.join(", "))
        })
}

/// A time to sleep until.
pub(super) fn snooze(app: &App, words: &str) -> Result<Verb, String> {
    choices::wake(words, app)
        .map(|wake| Verb::Snooze { wake })
        .map_err(|error| error.to_string())
}

/// An officer or a team of the roster.
pub(super) fn assignee(app: &App, words: &str) -> Result<Verb, String> {
    let Some(info) = app.session.info.as_ref() else {
        return Err("Not connected yet: nobody knows who is on the roster.".to_owned());
    };
    let words = words.trim_start_matches('@');
    let words = words.strip_prefix("team ").unwrap_or(words).trim();
    let officer = info.officers.iter().find(|o| o.as_str() == words);
    let team = info.roster_teams.iter().find(|t| t.as_str() == words);
    let to = officer
        .map(|officer| Assignee::Officer(officer.clone()))
        .or_else(|| team.map(|team| Assignee::Team(team.clone())));
    let Some(to) = to else {
        let officers = info.officers.iter().map(OfficerId::as_str);
        let names = officers.chain(info.roster_teams.iter().map(TeamName::as_str));
        return Err(match table::nearest(words, names) {
            Some(near) => {
                format!("Nobody by that name is on the roster; the nearest is {near}.")
            }
            None => "Nobody is on the roster.".to_owned(),
        });
    };
    Ok(Verb::Assign {
        to,
        answer_by: None,
    })
}

/// "+water -rumour": put on and take off; a bare word is put on.
pub(super) fn tags(words: &str) -> Result<Verb, String> {
    let (mut add, mut remove) = (Vec::new(), Vec::new());
    for word in words.split_whitespace() {
        let (list, name) = match word.strip_prefix('-') {
            Some(name) => (&mut remove, name),
            None => (&mut add, word.trim_start_matches('+')),
        };
        list.push(Tag::new(name).map_err(|error| error.to_string())?);
    }
    Ok(Verb::Tag { add, remove })
}
