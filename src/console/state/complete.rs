//! What may be typed next in the command line and the filter: names with their
//! help, and what a command takes: filters, officers and teams, reasons, times,
//! tags, views.
//!
//! Only our own words and names of the floor are offered, never a stranger's.
//! Pure; asked by `update` after each key, drawn by `view`.

use std::collections::BTreeSet;
use std::ops::Range;

use super::overlay::choices;
use super::{App, until, words};
use crate::console::action::Action;
use crate::console::keymap::{Context, table};
use crate::model::filter::Filter;
use crate::model::triage::Resolution;

/// One thing that may be typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// What it replaces, in characters of the line.
    pub replaces: Range<usize>,
    /// The words to put there.
    pub text: String,
    /// What they stand for.
    pub says: String,
    /// The keys that do the same, for the names of commands.
    pub keys: String,
}

/// What may stand at `cursor` (characters from 0) of a `:` line.
#[must_use]
pub fn command(app: &App, line: &str, cursor: usize) -> Vec<Candidate> {
    let before: String = line.chars().take(cursor).collect();
    let Some((name, _)) = before.split_once(' ') else {
        return names(app, &before);
    };
    let Some(entry) = table::by_name(name) else {
        return Vec::new();
    };
    let start = name.chars().count() + 1;
    if matches!(entry.action, Action::Filter | Action::ResolveAll) {
        let rest: String = line.chars().skip(start).collect();
        if entry.action == Action::Filter {
            return shifted(filter(app, &rest, cursor - start), start);
        }
    }
    let typed: String = before.chars().skip(start).collect();
    let (offered, start) = match entry.action {
        Action::Tags => {
            let word = typed.rfind(' ').map_or(0, |at| at + 1);
            let word = typed.get(..word).map_or(0, |head| head.chars().count());
            (tags(app), start + word)
        }
        action => (arguments(app, action, &typed), start),
    };
    let typed: String = before.chars().skip(start).collect();
    let typed = typed.to_lowercase();
    let plain = typed.trim_start_matches(['+', '-']);
    offered
        .into_iter()
        .filter(|(text, _)| text.to_lowercase().starts_with(plain) && *text != typed)
        .map(|(text, says)| Candidate {
            replaces: start + (typed.chars().count() - plain.chars().count())..cursor,
            text,
            says,
            keys: String::new(),
        })
        .collect()
}

/// The names that begin so; when none does, those that hold it.
fn names(app: &App, typed: &str) -> Vec<Candidate> {
    let keymap = &app.settings.keymap;
    let candidate = |entry: &table::Entry| Candidate {
        replaces: 0..typed.chars().count(),
        text: entry.name.to_owned(),
        says: entry.help.to_owned(),
        keys: keymap
            .first(Context::Floor, entry.action)
            .unwrap_or_default(),
    };
    let of = |holds: &dyn Fn(&str) -> bool| -> Vec<Candidate> {
        let entries = table::floor().filter(|entry| holds(entry.name) && entry.name != typed);
        entries.map(candidate).collect()
    };
    let begins = of(&|name| name.starts_with(typed));
    if begins.is_empty() && table::by_name(typed).is_none() {
        return of(&|name| name.contains(typed));
    }
    begins
}

/// What may stand at `cursor` of a filter.
#[must_use]
pub fn filter(app: &App, source: &str, cursor: usize) -> Vec<Candidate> {
    let fixed = Filter::complete(source, cursor);
    let key = Filter::key_at(source, cursor);
    // Rows are what one wants to see there, until a word begins.
    if key.is_none() && fixed.iter().all(|one| one.replaces.is_empty()) {
        return Vec::new();
    }
    let mut found: Vec<Candidate> = fixed
        .into_iter()
        .map(|one| Candidate {
            replaces: one.replaces,
            text: one.text.to_owned(),
            says: one.says.to_owned(),
            keys: String::new(),
        })
        .collect();
    if let Some((key, replaces)) = key {
        let typed: String = source
            .chars()
            .take(cursor)
            .skip(replaces.start)
            .collect::<String>()
            .to_lowercase();
        let named = of_the_floor(app, key).into_iter();
        found.extend(
            named
                .filter(|(text, _)| text.starts_with(&typed))
                .map(|(text, says)| Candidate {
                    replaces: replaces.clone(),
                    text,
                    says,
                    keys: String::new(),
                }),
        );
    }
    let typed = |range: &Range<usize>| -> String {
        let part = source.chars().skip(range.start).take(range.len());
        part.collect()
    };
    found.retain(|one| one.text != typed(&one.replaces));
    found
}

fn shifted(mut candidates: Vec<Candidate>, by: usize) -> Vec<Candidate> {
    for candidate in &mut candidates {
        candidate.replaces = candidate.replaces.start + by..candidate.replaces.end + by;
    }
    candidates
}

/// Names of the floor that a filter's key takes.
fn of_the_floor(app: &App, key: &str) -> Vec<(String, String)> {
    match key {
        "chan" => app
            .session
            .channels
            .iter()
            .map(|line| (line.channel.to_string(), line.state.word().to_owned()))
            .collect(),
        "by" => people(app, false),
        "to" => people(app, true),
        "tag" => tags(app),
        "desk" => {
            let desks: BTreeSet<String> = app
                .floor
                .board
                .items()
                .map(|item| item.desk.to_string())
                .collect();
            desks
                .into_iter()
                .map(|desk| (desk, String::new()))
                .collect()
        }
        _ => Vec::new(),
    }
}

fn people(app: &App, teams: bool) -> Vec<(String, String)> {
    let Some(info) = &app.session.info else {
        return Vec::new();
    };
    let on_watch = |name: &str| {
        let there = app
            .session
            .watchers
            .iter()
            .any(|w| w.officer.as_str() == name);
        let says = if there { "on watch" } else { "" };
        (name.to_owned(), says.to_owned())
    };
    let mut people: Vec<_> = info.officers.iter().map(|o| on_watch(o.as_str())).collect();
    if teams {
        let teams = info.roster_teams.iter();
        people.extend(teams.map(|team| (team.to_string(), "team".to_owned())));
    }
    people
}

fn tags(app: &App) -> Vec<(String, String)> {
    let mut names = BTreeSet::new();
    for item in app.floor.board.items().filter(|item| item.is_open()) {
        names.extend(item.tags().iter().map(ToString::to_string));
    }
    names.into_iter().map(|tag| (tag, String::new())).collect()
}

/// What an action takes behind its name.
fn arguments(app: &App, action: Action, typed: &str) -> Vec<(String, String)> {
    match action {
        Action::Assign => people(app, true),
        Action::Resolve | Action::ResolveAll => Resolution::CHOICES
            .into_iter()
            .map(|reason| (reason.word().to_owned(), choices::says(reason).to_owned()))
            .collect(),
        Action::Snooze => times(app),
        Action::Views => views(app, typed),
        _ => Vec::new(),
    }
}

fn times(app: &App) -> Vec<(String, String)> {
    let (now, offset) = (app.session.now, app.session.offset());
    let examples = [
        "30m",
        "1h",
        "4h",
        "morning",
        "tonight",
        "tomorrow 9:00",
        "monday 9:00",
        "until 07:00",
    ];
    let zone = app.session.zone();
    let mut times: Vec<(String, String)> = examples
        .into_iter()
        .filter_map(|text| {
            let at = until::moment(text, now, &zone).ok()?;
            Some((text.to_owned(), words::moment(at, now, offset)))
        })
        .collect();
    times.push((
        "next reply".to_owned(),
        "or a day, if none comes".to_owned(),
    ));
    times
}

fn views(app: &App, typed: &str) -> Vec<(String, String)> {
    let numbered = |verb: &str| -> Vec<(String, String)> {
        let views = app.settings.views.iter();
        views
            .map(|view| (format!("{verb}{}", view.number), view.name.clone()))
            .collect()
    };
    if typed.starts_with("save ") {
        let free = (1..=9).filter(|n| app.settings.view(*n).is_none());
        let free = free.map(|n| (format!("save {n} "), "free".to_owned()));
        return free.chain(numbered("save ")).collect();
    }
    if typed.starts_with("delete ") {
        return numbered("delete ");
    }
    let mut views = numbered("");
    views.push((
        "save ".to_owned(),
        "save what is shown: a number and a name".to_owned(),
    ));
    views.push(("delete ".to_owned(), "delete one of your own".to_owned()));
    views
}
