//! The top of an open item, in the order of an officer's questions: what is it,
//! who has it, when is it due, why is it here, what next.

use super::{Document, Ink, Span, own, read, why};
use crate::console::action::Action;
use crate::console::keymap::Context;
use crate::console::state::document::item::symbol;
use crate::console::state::document::talk;
use crate::console::state::{App, answer, words};
use crate::model::item::{Due, Item, Kind};
use crate::model::outgoing::Act;
use crate::model::severity::Severity;
use crate::model::triage::{Assignee, State, Wake};
use crate::text::SafeText;

/// Rules that had a say, shown before "and so many more".
const REASONS: usize = 2;

/// The answers.
pub(super) fn of(page: &mut Document, app: &App, item: &Item) {
    what(page, app, item);
    who(page, app, item);
    talk::acts(page, app, item);
    due(page, app, item);
    why(page, item, REASONS);
    read::answer(page, app, item);
    next(page, app, item);
}

/// "◆ critical  alert #1042  +water          alerts · 5m ago, 02:36 · desk water".
fn what(page: &mut Document, app: &App, item: &Item) {
    let (now, offset) = (app.session.now, app.session.offset());
    let severity = item.severity;
    let mut line = vec![
        own(
            Ink::Severity(severity),
            format!("{} {}", symbol(severity), severity.word()),
        ),
        own(
            Ink::Title,
            format!("  {} {}", item.content.kind.word(), item.id),
        ),
    ];
    if let Some(priority) = item.triage.priority {
        line.push(own(Ink::Warn, format!("  P{priority}")));
    }
    if item.triage.level > 0 {
        line.push(own(Ink::Warn, format!("  level {}", item.triage.level)));
    }
    for tag in item.tags() {
        line.push(own(Ink::Muted, format!("  +{tag}")));
    }
    let age = match words::age(now, item.received_at).as_str() {
        "now" => "now".to_owned(),
        age => format!("{age} ago"),
    };
    let origin = own(
        Ink::Muted,
        format!(
            "{} · {age}, {} · desk {}",
            item.content.channel,
            words::moment(item.received_at, now, offset),
            item.desk
        ),
    );
    let taken: usize = line.iter().map(|span| span.text.width()).sum();
    let room = page.width().saturating_sub(taken);
    if room < origin.text.width() + 2 {
        page.row(line);
        page.row(vec![origin]);
    } else {
        let gap = room - origin.text.width();
        line.push(own(Ink::Muted, " ".repeat(gap)));
        line.push(origin);
        page.row(line);
    }
}

/// Who has it, what is on its way, who else looks; then what stands beside it.
fn who(page: &mut Document, app: &App, item: &Item) {
    let (ink, says) = held(app, item);
    let mut parts = vec![own(ink, says)];
    if let Some(pending) = app.work.on(&item.key) {
        let state = if pending.queued {
            "waits for the link"
        } else {
            "is on its way"
        };
        let says = format!("… {} {state}", pending.verb.word());
        parts.push(own(Ink::Pending, says));
    }
    let writes = app.session.is_written_on(&item.key);
    let lookers: Vec<&str> = app
        .session
        .lookers(&item.key)
        .map(|w| w.officer.as_str())
        .collect();
    if !lookers.is_empty() {
        let (sign, does) = if writes {
            ("✎", "writing")
        } else {
            ("◦", "looking")
        };
        let says = format!("{sign} {} {does}", lookers.join(", "));
        parts.push(own(Ink::Theirs, says));
    }
    page.answer("Who", parts);
    for says in asides(app, item) {
        page.answer("", vec![own(Ink::Warn, says)]);
    }
}

fn held(app: &App, item: &Item) -> (Ink, String) {
    let (now, offset) = (app.session.now, app.session.offset());
    let at = |t| words::moment(t, now, offset);
    let me = app.session.me();
    match &item.triage.state {
        State::New if item.urgency() == Severity::Critical => {
            (Ink::Bad, "Nobody has it.".to_owned())
        }
        State::New => (Ink::Text, "Nobody has it.".to_owned()),
        State::Acknowledged { by, at: when, .. } => (
            Ink::Text,
            format!("Nobody has it; {by} acknowledged it at {}.", at(*when)),
        ),
        State::Taken { by, at: when } if Some(by) == me => {
            (Ink::Mine, format!("You have it since {}.", at(*when)))
        }
        State::Taken { by, at: when } => (Ink::Theirs, format!("{by} has it since {}.", at(*when))),
        State::Assigned {
            to, by, answer_by, ..
        } => {
            let mine = matches!(to, Assignee::Officer(to) if Some(to) == me);
            let answer = answer_by.map_or(String::new(), |t| format!(", answer due {}", at(t)));
            let to = if mine {
                "you".to_owned()
            } else {
                to.to_string()
            };
            let ink = if mine { Ink::Mine } else { Ink::Theirs };
            (ink, format!("Assigned to {to} by {by}{answer}."))
        }
        State::Resolved {
            by,
            at: when,
            reason,
        } => {
            let by = by.as_ref().map_or("the source", |by| by.as_str());
            (
                Ink::Good,
                format!("Resolved by {by} at {}: {}.", at(*when), reason.word()),
            )
        }
    }
}

/// What stands beside the state: asleep, merged, suppressed, back on top,
/// taken back, over at the source.
fn asides(app: &App, item: &Item) -> Vec<String> {
    let (now, offset) = (app.session.now, app.session.offset());
    let at = |t| words::moment(t, now, offset);
    let mut says = Vec::new();
    if let Some(snooze) = &item.triage.snooze {
        let until = at(snooze.wake.latest());
        says.push(match snooze.wake {
            Wake::At(_) => format!("Asleep until {until}, by {}.", snooze.by),
            Wake::NextReply { .. } => {
                format!("Asleep until the next reply or {until}, by {}.", snooze.by)
            }
        });
    }
    if let Some(returned) = &item.triage.returned {
        let why = SafeText::own(returned.why.clone());
        says.push(format!("Back on top since {}: {why}.", at(returned.at)));
    }
    if let Some(rule) = &item.triage.suppressed_by {
        says.push(format!("Hidden by suppression {rule}."));
    }
    if let Some(into) = item
        .triage
        .merged_into
        .and_then(|k| app.floor.board.item(&k))
    {
        says.push(format!("Merged into {}.", into.id));
    }
    if let Some((when, _)) = item.retracted {
        says.push(format!("Taken back by the source at {}.", at(when)));
    }
    if let Some(when) = item.edited_at {
        says.push(format!("Edited by the source at {}.", at(when)));
    }
    says
}

fn due(page: &mut Document, app: &App, item: &Item) {
    let now = app.session.now;
    let clocks = [
        ("first response", item.clocks.first_response),
        ("resolution", item.clocks.resolution),
    ];
    let mut parts = Vec::new();
    for (name, clock) in clocks {
        let Some(clock) = clock.filter(Due::runs) else {
            continue;
        };
        let left = words::due(now, clock.at);
        let at = words::moment(clock.at, now, app.session.offset());
        if clock.at <= now {
            let says = format!("{name} {} late", left.trim_start_matches('+'));
            parts.push(own(Ink::Bad, says));
        } else {
            let soon = clock.at.since(now).as_secs() < 600;
            let ink = if soon { Ink::Warn } else { Ink::Text };
            parts.push(own(ink, format!("{name} {left}, at {at}")));
        }
    }
    if !parts.is_empty() {
        page.answer("Due", parts);
    }
}

/// Why it is here: the bot's reason, the rules that had a say (at most so
/// many), or that there were none.
pub(super) fn why(page: &mut Document, item: &Item, most: usize) {
    let mut label = "Why";
    if let Some(handoff) = &item.content.handoff {
        let sure = handoff.confidence.map_or(String::new(), |confidence| {
            format!(" ({:.0} % sure)", confidence.clamp(0.0, 1.0) * 100.0)
        });
        let reason = SafeText::line(&handoff.reason).or_empty("no reason given");
        let says = SafeText::own(format!("The bot handed it over: {reason}{sure}"));
        page.answer(
            label,
            vec![Span {
                ink: Ink::Text,
                text: says,
            }],
        );
        label = "";
    }
    for reason in item.reasons.iter().take(most) {
        let score = reason
            .score
            .map_or(String::new(), |score| format!(" {score}/100"));
        let words = SafeText::line(&reason.says);
        let calls = if reason.calls { " (calls)" } else { "" };
        let says = format!("{}{calls}{score}: {words}", reason.rule);
        page.answer(label, vec![own(Ink::Text, says)]);
        label = "";
    }
    // The page behind `i` tells all of it below.
    if let Some(why) = item.content.why.as_ref().filter(|_| most < usize::MAX) {
        page.answer(label, why::short(why));
        label = "";
    }
    if item.reasons.len() > most {
        let says = format!("and {} more rules", item.reasons.len() - most);
        page.answer("", vec![own(Ink::Muted, says)]);
    }
    if !label.is_empty() {
        let channel = &item.content.channel;
        let says = match item.content.kind {
            Kind::Alert => format!("{channel} raised it; no rule had a say."),
            _ => format!("It came by {channel}; no rule had a say."),
        };
        page.answer(label, vec![own(Ink::Text, says)]);
    }
    page.answer("", vec![own(Ink::Muted, severity(item))]);
}

/// Why it is as urgent as it is shown.
fn severity(item: &Item) -> String {
    let (said, made) = (item.content.severity, item.severity);
    let channel = &item.content.channel;
    let by = if said == made {
        format!("{made}, as {channel} says")
    } else {
        format!("{made} by a rule, {channel} says {said}")
    };
    match item.triage.priority {
        Some(priority) => format!("P{priority} by an officer; severity {by}."),
        None => format!("Severity {by}."),
    }
}

/// The verbs that make sense now, with their keys.
fn next(page: &mut Document, app: &App, item: &Item) {
    let mut line = vec![own(Ink::Muted, format!("{:<6}", "Next"))];
    for (action, word) in likely(app, item) {
        if let Some(key) = app.settings.keymap.first(Context::Floor, action) {
            let taken: usize = line.iter().map(|span| span.text.width()).sum();
            if taken + key.len() + word.len() + 1 > page.width() {
                break;
            }
            line.push(own(Ink::Key, key));
            line.push(own(Ink::Muted, format!(" {word}  ")));
        }
    }
    page.row(line);
}

/// The actions that come next for an item as it stands.
#[must_use]
pub fn likely(app: &App, item: &Item) -> Vec<(Action, &'static str)> {
    let mine = app
        .session
        .me()
        .is_some_and(|me| item.triage.is_held_by(me));
    let taken = matches!(item.triage.state, State::Taken { .. });
    let can = |act| answer::manner(app, item, act).is_ok();
    let takes_over = item.bot_silent.is_none() && can(Act::TakeOver);
    let mut outward = Vec::new();
    if item.content.kind == Kind::Escalation && takes_over {
        outward.push((Action::TakeOver, "take over"));
    }
    if can(Act::Reply) {
        outward.push((Action::Reply, "answer"));
    }
    match &item.triage.state {
        State::Resolved { .. } => vec![(Action::Reopen, "reopen"), (Action::Note, "note")],
        _ if mine && taken => {
            let mut likely = outward;
            likely.extend([
                (Action::Resolve, "resolve"),
                (Action::Note, "note"),
                (Action::Assign, "assign"),
                (Action::Snooze, "snooze"),
                (Action::Release, "release"),
            ]);
            likely
        }
        State::Taken { .. } => vec![
            (Action::Note, "note"),
            (Action::Escalate, "escalate"),
            (Action::Tags, "tag"),
        ],
        _ if !outward.is_empty() => {
            let mut likely = vec![(Action::Take, "take")];
            likely.extend(outward);
            likely.extend([
                (Action::Assign, "assign"),
                (Action::Resolve, "resolve"),
                (Action::Snooze, "snooze"),
            ]);
            likely
        }
        _ => vec![
            (Action::Take, "take"),
            (Action::Assign, "assign"),
            (Action::Resolve, "resolve"),
            (Action::Snooze, "snooze"),
            (Action::Note, "note"),
        ],
    }
}
