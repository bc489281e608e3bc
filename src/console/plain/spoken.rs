//! Items, counts and the link in words that can be read out: no symbols, no
//! columns, nothing that only makes sense beside something else.

use crate::console::keymap::table;
use crate::console::state::document::answers::likely;
use crate::console::state::link::Phase;
use crate::console::state::{App, words};
use crate::model::item::{Item, Speaker};
use crate::model::triage::{State, Wake};
use crate::text::SafeText;

/// Cells of a stranger's words on a line of a list.
const WORDS: usize = 160;

/// An item on one line.
pub(super) fn row(app: &App, item: &Item) -> String {
    let content = &item.content;
    let mut parts = vec![format!(
        "{} {} {}",
        item.id,
        item.urgency().word(),
        content.kind.word()
    )];
    parts.push(age(app, item));
    parts.extend(state(app, item));
    parts.extend(due(app, item));
    let copies = app.floor.copies(&item.key);
    if copies > 1 {
        parts.push(format!("{copies} copies"));
    }
    parts.push(content.channel.to_string());
    parts.extend(author(item));
    format!("{}: {}", parts.join(", "), text(item, WORDS))
}

fn text(item: &Item, room: usize) -> String {
    let title = SafeText::line_within(&item.content.title, room).truncate(room, "…");
    let left = room.saturating_sub(title.width());
    let text = SafeText::line_within(&item.content.text, left).truncate(left, "…");
    match (title.is_blank(), text.is_blank()) {
        (false, false) => format!("{}. {}", title.as_str(), text.as_str()),
        (false, true) => title.as_str().to_owned(),
        _ => text.as_str().to_owned(),
    }
}

fn age(app: &App, item: &Item) -> String {
    match words::age(app.session.now, item.received_at).as_str() {
        "now" => "just now".to_owned(),
        age => format!("{age} old"),
    }
}

fn author(item: &Item) -> Option<String> {
    let author = &item.content.author;
    let handle = SafeText::line(&author.handle);
    let name = SafeText::line(&author.name);
    let said = if handle.is_blank() { name } else { handle };
    (!said.is_blank()).then(|| format!("from {}", said.as_str()))
}

/// Whose it is; nothing to tell of what is new.
fn state(app: &App, item: &Item) -> Option<String> {
    let me = app.session.me();
    let by = |officer| {
        if Some(officer) == me {
            "you".to_owned()
        } else {
            officer.to_string()
        }
    };
    let said = match &item.triage.state {
        State::New => None,
        State::Acknowledged { by: who, .. } => Some(format!("acknowledged by {}", by(who))),
        State::Taken { by: who, .. } => Some(format!("taken by {}", by(who))),
        State::Assigned { to, .. } => Some(format!("assigned to {to}")),
        State::Resolved { reason, .. } => Some(format!("resolved, {}", reason.word())),
    };
    let at = |until| words::moment(until, app.session.now, app.session.offset());
    let sleeps = item.triage.snooze.as_ref().map(|snooze| match snooze.wake {
        Wake::At(until) => format!("asleep until {}", at(until)),
        Wake::NextReply { latest } => format!("asleep until a reply, or {}", at(latest)),
    });
    let pending = app
        .work
        .on(&item.key)
        .map(|pending| format!("{} asked for, no answer yet", pending.verb.word()));
    let parts: Vec<String> = [said, sleeps, pending].into_iter().flatten().collect();
    (!parts.is_empty()).then(|| parts.join(", "))
}

fn due(app: &App, item: &Item) -> Option<String> {
    let at = item.clocks.next_due()?;
    let now = app.session.now;
    Some(match words::due(now, at) {
        late if at <= now => format!("overdue by {}", late.trim_start_matches('+')),
        soon => format!("due {soon}"),
    })
}

/// An item whole.
pub(super) fn whole(app: &App, item: &Item) -> Vec<String> {
    let content = &item.content;
    let moment = |at| words::moment(at, app.session.now, app.session.offset());
    let mut lines = vec![format!(
        "{} {} {}, {}.",
        item.id,
        item.urgency().word(),
        content.kind.word(),
        age(app, item)
    )];
    let facts = state(app, item).into_iter().chain(due(app, item));
    lines.extend(facts.map(|fact| crate::console::state::work::capital(&fact) + "."));
    let from = author(item).map_or(String::new(), |from| format!(", {from}"));
    lines.push(format!(
        "By {}{from}, at {}.",
        content.channel,
        moment(item.received_at)
    ));
    if let Some((at, _)) = item.retracted {
        lines.push(format!("Its source took it back at {}.", moment(at)));
    }
    if !item.tags().is_empty() {
        let tags: Vec<String> = item.tags().iter().map(ToString::to_string).collect();
        lines.push(format!("Tags: {}.", tags.join(", ")));
    }
    for words in [&content.title, &content.text, &content.url] {
        lines.extend(SafeText::block(words).as_str().lines().map(str::to_owned));
    }
    for (name, value) in &content.labels {
        let value = SafeText::line(value);
        lines.push(format!(
            "{}: {}",
            SafeText::own(name.clone()).as_str(),
            value.as_str()
        ));
    }
    lines.extend(talk(item));
    for note in item.notes.iter().filter(|note| !note.struck) {
        let text = SafeText::line(&note.text);
        lines.push(format!(
            "Note by {} at {}: {}",
            note.by,
            moment(note.at),
            text.as_str()
        ));
    }
    let verbs: Vec<&str> = likely(app, item)
        .iter()
        .map(|(action, _)| table::name_of(*action))
        .collect();
    lines.push(format!("You can: {}.", verbs.join(", ")));
    lines
}

fn talk(item: &Item) -> Vec<String> {
    let turns = item.content.conversation.iter().map(|turn| {
        let who = match turn.speaker {
            Speaker::Bot => "Bot",
            Speaker::Citizen => "Citizen",
            Speaker::Officer => "Officer",
        };
        format!("{who} said: {}", SafeText::line(&turn.text).as_str())
    });
    let handoff = item.content.handoff.as_ref().map(|handoff| {
        let reason = SafeText::line(&handoff.reason);
        format!("The bot handed it over: {}", reason.as_str())
    });
    turns.chain(handoff).collect()
}

/// How the floor stands.
pub(super) fn counts(app: &App) -> String {
    let counts = &app.floor.derived.counts;
    let needs = &app.floor.derived.attention;
    format!(
        "{} wait; {} critical without an officer, {} waiting, {} mine.",
        words::items(counts.all),
        needs.criticals.len(),
        words::plural(needs.escalations.len(), "escalation"),
        needs.mine.len(),
    )
}

/// How fresh the data is, as it is told when it changes.
pub(super) fn link(app: &App, again: bool) -> Option<String> {
    if app.replay.is_some() {
        return None;
    }
    let at = |since| words::moment(since, app.session.now, app.session.offset());
    let why = app.link.why.as_deref().unwrap_or_default();
    match app.link.phase {
        Phase::Starting if why.is_empty() => Some("Connecting to the hub.".to_owned()),
        Phase::Starting => Some(format!("{why} The console goes on trying.")),
        Phase::Loading => None,
        Phase::Stale(since) => Some(format!(
            "STALE since {}: nothing is heard of the hub.",
            at(app.link.since.unwrap_or(since))
        )),
        Phase::Down(since) => Some(format!(
            "OFFLINE since {}. {why}",
            at(app.link.since.unwrap_or(since))
        )),
        Phase::Live if !app.link.is_live() => None,
        Phase::Live if again => Some("Live again.".to_owned()),
        Phase::Live => Some("Live.".to_owned()),
    }
}

/// How a recording stands.
pub(super) fn playing(app: &App) -> Option<String> {
    let playback = app.replay.as_ref()?;
    let at = words::dated(app.session.now, app.session.offset());
    Some(match &playback.over {
        Some(over) => format!("{over} It is {at} there."),
        None if playback.paused => format!("The recording stands still at {at}."),
        None => format!("A recording of {at} is played, {}.", playback.speed()),
    })
}
