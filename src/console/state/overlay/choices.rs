//! What the pickers offer, made from roster, table and board when one opens.

use std::collections::BTreeMap;
use std::time::Duration;

use super::judged;
use super::picker::{Choice, Purpose, Value};
use crate::console::state::conversation::{self, Said};
use crate::console::state::until::{self, BadMoment};
use crate::console::state::{App, answer, words};
use crate::model::ids::{ItemKey, Tag};
use crate::model::item::{Item, Kind};
use crate::model::time::Timestamp;
use crate::model::triage::{Assignee, Resolution, Wake};
use crate::text::SafeText;

/// A reply may never come: nothing sleeps longer than this for one.
const LONGEST_WAIT: Duration = Duration::from_hours(24);

pub(super) fn choice(label: impl Into<String>, hint: impl Into<String>, value: Value) -> Choice {
    Choice {
        hot: None,
        label: label.into(),
        hint: hint.into(),
        value,
    }
}

/// The choices of a picker.
#[must_use]
pub fn of(purpose: Purpose, items: &[ItemKey], app: &App) -> Vec<Choice> {
    match purpose {
        Purpose::Assign => roster(app),
        Purpose::Resolve | Purpose::ResolveAll => reasons(),
        Purpose::Snooze => sleeps(items, app),
        Purpose::View => views(app),
        Purpose::Tag => tags(items, app),
        Purpose::Asleep => asleep(app),
        Purpose::Suppressions => suppressions(app),
        Purpose::Theme => themes(app),
        Purpose::Canned => canned(items, app),
        Purpose::Conversations => conversations(app),
        Purpose::Feedback => judged::feedback(items, app),
    }
}

fn roster(app: &App) -> Vec<Choice> {
    let Some(info) = &app.session.info else {
        return Vec::new();
    };
    let teams = info.roster_teams.iter().map(|team| {
        let mine = if info.teams.contains(team) {
            "team, yours"
        } else {
            "team"
        };
        choice(team.as_str(), mine, Value::To(Assignee::Team(team.clone())))
    });
    let officers = info.officers.iter().map(|officer| {
        let watcher = app.session.watchers.iter().find(|w| w.officer == *officer);
        let hint = match watcher {
            _ if *officer == info.officer => "you".to_owned(),
            Some(w) if w.connected && w.idle_s < 120 => "on watch".to_owned(),
            Some(w) if w.connected => {
                format!(
                    "on watch, idle {}",
                    words::span(Duration::from_secs(w.idle_s))
                )
            }
            Some(_) => "link lost".to_owned(),
            None => "not on watch".to_owned(),
        };
        choice(
            officer.as_str(),
            hint,
            Value::To(Assignee::Officer(officer.clone())),
        )
    });
    officers.chain(teams).collect()
}

fn reasons() -> Vec<Choice> {
    ('1'..)
        .zip(Resolution::CHOICES)
        .map(|(hot, reason)| Choice {
            hot: Some(hot),
            ..choice(reason.word(), says(reason), Value::Reason(reason))
        })
        .collect()
}

/// What a reason means.
#[must_use]
pub fn says(reason: Resolution) -> &'static str {
    match reason {
        Resolution::Done => "it was dealt with",
        Resolution::Answered => "it was answered",
        Resolution::NoAction => "nothing to do, noted",
        Resolution::NotOurs => "it is somebody else's",
        Resolution::Duplicate => "it was already here",
        Resolution::FalseAlarm => "it was no real problem",
        Resolution::Spam => "junk",
        Resolution::AtSource => "the source says it is over",
    }
}

/// Whether a reply may ever come to an item: not to an alert, nor to what has no
/// thread.
fn may_be_answered(item: &Item) -> bool {
    let answers = item.content.kind != Kind::Alert && !item.content.thread.is_empty();
    answers || conversation::is_one(item)
}

fn sleeps(items: &[ItemKey], app: &App) -> Vec<Choice> {
    let mut board = items.iter().filter_map(|key| app.floor.board.item(key));
    let answered = board.any(may_be_answered);
    let (now, offset) = (app.session.now, app.session.offset());
    let zone = app.session.zone();
    // None chooses at once: "12:00" and "monday" begin like them.
    let until = |label: &str, words| {
        until::moment(words, now, &zone).ok().map(|at| {
            let hint = words::moment(at, now, offset);
            choice(label, hint, Value::Until(Wake::At(at)))
        })
    };
    let latest = now.plus(LONGEST_WAIT);
    let reply = choice(
        "next reply",
        "or a day, if none comes",
        Value::Until(Wake::NextReply { latest }),
    );
    [
        until("1 hour", "1h"),
        until("4 hours", "4h"),
        until("morning", "morning"),
        answered.then_some(reply),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// What is typed into a snooze's list as a choice of its own, as soon as it means
/// a moment: "until 06:30", and how long that is.
#[must_use]
pub fn read(typed: &str, app: &App) -> Option<Choice> {
    // The next reply is on the list where one may come.
    let wake = wake(typed, app)
        .ok()
        .filter(|wake| matches!(wake, Wake::At(_)))?;
    let (now, at) = (app.session.now, wake.latest());
    let moment = words::moment(at, now, app.session.offset());
    let label = format!("until {moment}");
    Some(choice(label, words::due(now, at), Value::Until(wake)))
}

/// What a typed time means for a snooze.
///
/// # Errors
/// [`BadMoment`] as a sentence with examples.
pub fn wake(text: &str, app: &App) -> Result<Wake, BadMoment> {
    let now = app.session.now;
    let text = text.trim();
    let text = text.strip_prefix("until ").unwrap_or(text).trim();
    if matches!(text, "next reply" | "the next reply" | "reply" | "n") {
        return Ok(Wake::NextReply {
            latest: now.plus(LONGEST_WAIT),
        });
    }
    until::moment(text, now, &app.session.zone()).map(Wake::At)
}

/// The saved views, and the queues that need no number.
fn views(app: &App) -> Vec<Choice> {
    let counts = app.settings.views.iter().zip(&app.floor.derived.saved);
    counts
        .map(|(view, count)| Choice {
            hot: char::from_digit(u32::from(view.number), 10),
            ..choice(
                view.name.clone(),
                format!("{} · {}", words::items(*count), view.filter.source()),
                Value::View(view.number),
            )
        })
        .collect()
}

/// Tags in use, those of the items first: these are taken off.
fn tags(items: &[ItemKey], app: &App) -> Vec<Choice> {
    let mut counts: BTreeMap<&Tag, (bool, usize)> = BTreeMap::new();
    for item in app.floor.board.items().filter(|item| item.is_open()) {
        for tag in item.tags() {
            let (on, count) = counts.entry(tag).or_default();
            *count += 1;
            *on |= items.contains(&item.key);
        }
    }
    let mut choices: Vec<Choice> = counts
        .into_iter()
        .map(|(tag, (off, count))| {
            let hint = if off {
                "on it: take off".to_owned()
            } else {
                format!("on {}", words::items(count))
            };
            let tag = tag.clone();
            choice(tag.as_str().to_owned(), hint, Value::Tag { tag, off })
        })
        .collect();
    choices.sort_by_key(|choice| !matches!(choice.value, Value::Tag { off: true, .. }));
    choices
}

fn asleep(app: &App) -> Vec<Choice> {
    let (now, offset) = (app.session.now, app.session.offset());
    let mut sleepers: Vec<(Timestamp, &Item, Wake)> = app
        .floor
        .board
        .by_number()
        .filter(|item| item.is_open())
        .filter_map(|item| {
            let wake = item.triage.snooze.as_ref()?.wake;
            Some((wake.latest(), item, wake))
        })
        .collect();
    sleepers.sort_by_key(|(at, item, _)| (*at, item.id));
    sleepers
        .into_iter()
        .map(|(at, item, wake)| {
            let at = words::moment(at, now, offset);
            let hint = match wake {
                Wake::At(_) => format!("until {at}"),
                Wake::NextReply { .. } => format!("until the next reply, at the latest {at}"),
            };
            choice(item.id.to_string(), hint, Value::Item(item.key))
        })
        .collect()
}

/// The kept replies with the beginning of their words.
fn canned(items: &[ItemKey], app: &App) -> Vec<Choice> {
    let item = items.first().and_then(|key| app.floor.board.item(key));
    let Some(item) = item else {
        return Vec::new();
    };
    let all = answer::canned(app, item).into_iter().enumerate();
    let kept = all.map(|(nth, canned)| {
        let lang = canned
            .lang
            .as_deref()
            .map_or(String::new(), |lang| format!("{lang} · "));
        let words = SafeText::line(&canned.text.as_str().into());
        choice(
            canned.name.clone(),
            format!("{lang}{words}"),
            Value::Canned(nth),
        )
    });
    judged::corrections(item).chain(kept).collect()
}

/// Who waits, since when, who has it, and the last words.
fn conversations(app: &App) -> Vec<Choice> {
    let now = app.session.now;
    conversation::open(app.floor.board.items())
        .into_iter()
        .map(|(item, since)| {
            let waits = since.map_or_else(
                || "answered".to_owned(),
                |since| format!("{} waiting", words::span(now.since(since))),
            );
            let holder = item.triage.holder();
            let holder = match (&holder, app.session.me()) {
                (Some(Assignee::Officer(by)), Some(me)) if by == me => "yours".to_owned(),
                (Some(holder), _) => holder.to_string(),
                (None, _) => "nobody's".to_owned(),
            };
            let said = conversation::said(item);
            let last = match said.last() {
                Some(Said::Told(turn)) => &turn.text,
                Some(Said::Ours(one)) => &one.text,
                None => &item.content.text,
            };
            let name = SafeText::line_within(&item.content.author.name, 18).truncate(18, "…");
            let last = SafeText::line_within(last, 120);
            choice(
                item.id.to_string(),
                format!("{waits} · {holder} · {name}: {last}"),
                Value::Item(item.key),
            )
        })
        .collect()
}

fn themes(app: &App) -> Vec<Choice> {
    let all = app.settings.themes.all.iter();
    all.map(|theme| {
        let name = theme.name.clone();
        choice(name.clone(), theme.says.clone(), Value::Theme(name))
    })
    .collect()
}

fn suppressions(app: &App) -> Vec<Choice> {
    let (now, offset) = (app.session.now, app.session.offset());
    app.floor
        .board
        .suppressions()
        .map(|rule| {
            let hint = format!(
                "{} hidden, by {} until {}: {}",
                rule.hidden,
                rule.by,
                words::moment(rule.until, now, offset),
                SafeText::line(&rule.reason)
            );
            // What it hides is how it is known; its name means nothing to anyone.
            choice(
                rule.filter.source().to_owned(),
                hint,
                Value::Rule(rule.rule.clone()),
            )
        })
        .collect()
}
