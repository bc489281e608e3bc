//! News of the hub: events, items, answers, presence, and how fresh it all is.

use super::{lock, replay, replies, search};
use crate::console::effect::Effect;
use crate::console::msg::{LinkNews, SessionInfo};
use crate::console::state::App;
use crate::console::state::link::Phase;
use crate::console::state::{Notice, Tone, likeness, told};
use crate::model::board::ApplyError;
use crate::model::command::{Command, Outcome, VerbName};
use crate::model::event::{Body, Event};
use crate::model::ids::{CommandId, Seq};
use crate::model::outgoing::Stage;
use crate::model::time::Timestamp;

/// Takes news in.
pub(super) fn news(app: &mut App, news: LinkNews) -> Vec<Effect> {
    use LinkNews as N;
    match news {
        N::Connecting {
            attempt,
            why,
            retry_in,
        } => {
            app.link.attempt = attempt;
            app.link.why = why.or_else(|| app.link.why.take());
            app.link.retry_s = retry_in.map(|wait| wait.as_secs());
        }
        N::Hello(info) => hello(app, info),
        N::SnapshotStarted => {
            app.floor.clear();
            app.link.phase = Phase::Loading;
        }
        N::Items(items) => {
            for item in items {
                app.floor.touch_item(item.key);
                app.floor.board.insert(item);
            }
        }
        N::Suppressions(suppressions) => {
            for suppression in suppressions {
                app.floor.board.insert_suppression(suppression);
            }
        }
        N::SnapshotDone(at) => loaded(app, at),
        N::Events { events, to } => return happened(app, events, to),
        N::Outcome(outcome) => answered(app, &outcome),
        N::Refused { says, command } => refused(app, says, command),
        N::Presence(watchers) => app.session.watchers = watchers,
        N::Outward { reach, canned } => {
            app.session.reach = reach;
            app.session.canned = canned;
        }
        N::Health { channels, lag_ms } => {
            app.session.channels = channels;
            app.session.lag_ms = lag_ms;
        }
        N::Counts { closed_outside, .. } => app.session.closed_outside = closed_outside,
        N::Behind(count) => behind(app, count),
        N::CaughtUp => caught_up(app),
        N::Stale { since } => lost(app, Phase::Stale(since), since),
        N::Down { since, why } => {
            app.link.why = Some(why);
            app.work.link_lost();
            if app.link.has_begun() {
                lost(app, Phase::Down(since), since);
            }
        }
        N::Found { asked, outcome } => search::answered(app, asked, outcome),
        N::Fetched { id, outcome } => search::fetched(app, id, outcome),
        N::Outbox(commands) => app.work.waiting(&commands),
        N::NotSent { commands, why } => not_sent(app, &commands, &why),
        N::Playing(playback) => replay::stands(app, playback),
    }
    Vec::new()
}

fn hello(app: &mut App, info: Box<SessionInfo>) {
    app.session.now = info.now;
    app.session.known = likeness::known(&app.settings, &info);
    let first = app.session.info.replace(info).is_none();
    if first {
        lock::warn(app);
    }
    app.link.attempt = 0;
    app.link.why = None;
    app.link.retry_s = None;
    app.link.phase = if app.floor.board.head() == Seq(0) {
        Phase::Loading
    } else {
        Phase::Live
    };
    app.floor.touch_all();
}

fn loaded(app: &mut App, at: Seq) {
    app.floor.board.advance(at);
    app.work.reached(at);
    app.link.phase = Phase::Live;
    app.stream.restart();
    app.floor.touch_all();
}

fn caught_up(app: &mut App) {
    app.link.behind = 0;
    app.link.phase = Phase::Live;
    if app.link.since.take().is_some() {
        let conflicts = app.work.conflicts.len();
        if conflicts > 0 {
            app.refuse(format!(
                "Back, and caught up. {conflicts} of yours did not go through: :queued shows them."
            ));
        } else {
            app.say("Back, and caught up.");
        }
    }
}

/// Whoever tells how far behind we are is heard again.
fn behind(app: &mut App, count: u64) {
    app.link.behind = count;
    if matches!(app.link.phase, Phase::Stale(_)) {
        app.link.phase = Phase::Live;
    }
}

fn lost(app: &mut App, phase: Phase, since: Timestamp) {
    app.link.phase = phase;
    app.link.since.get_or_insert(since);
}

/// Folds events in. What this console does not know is fetched, never guessed.
fn happened(app: &mut App, events: Vec<Event>, to: Seq) -> Vec<Effect> {
    let mut missing = false;
    for mut event in events {
        app.floor.board.share(&mut event);
        match (event.key, &event.body) {
            // What a suppression hid comes back with its end.
            (_, Body::SuppressionEnded { .. }) | (None, _) => app.floor.touch_all(),
            (Some(key), _) => app.floor.touch_item(key),
        }
        match app.floor.board.apply(&event) {
            Ok(()) => replies::happened(app, &event),
            Err(ApplyError::UnknownItem { .. }) => missing = true,
            Err(ApplyError::UnknownBody { .. }) => {
                missing = true;
                app.refuse("This console is older than the hub: fetching what it does not know.");
            }
        }
    }
    app.floor.board.advance(to);
    app.work.reached(app.floor.board.head());
    app.floor.touch();
    if matches!(app.link.phase, Phase::Stale(_)) {
        app.link.phase = Phase::Live;
    }
    if missing && app.replay.is_none() && app.link.phase != Phase::Loading {
        vec![Effect::Resync]
    } else if app.floor.has_piled_up() {
        app.settle()
    } else {
        Vec::new()
    }
}

/// Whether what went through is that a message of one item does not leave.
fn took_back(app: &App, outcome: &Outcome) -> bool {
    let verb = matches!(outcome.verb, VerbName::Undo | VerbName::Withdraw);
    let [item] = outcome.items.as_slice() else {
        return false;
    };
    let item = app.floor.board.item(&item.key);
    let last = item.and_then(|item| item.outgoing.iter().next_back());
    verb && last.is_some_and(|one| matches!(one.stage, Stage::Withdrawn { .. }))
}

fn answered(app: &mut App, outcome: &Outcome) {
    let Some(asked) = app.work.answered(outcome, app.floor.board.head()) else {
        return;
    };
    if let Some((key, words)) = app.work.answers.remove(&outcome.command)
        && outcome.accepted() == 0
    {
        app.drafts.keep_reply(key, words);
    }
    if outcome.first_refusal().is_some() && outcome.accepted() == 0 {
        app.stream.leaving = None;
    }
    if outcome.verb == VerbName::Undo && outcome.accepted() == 1 {
        let back = outcome.items.iter().find(|item| item.refused.is_none());
        app.stream.returning = back.map(|item| item.key);
    }
    let known = told::Known {
        asked: &asked,
        board: &app.floor.board,
        me: app.session.me(),
        clock: (app.session.now, app.session.offset()),
    };
    let (says, tone) = told::summary(outcome, &known);
    // Of what waited for the link the answers come all at once, refusals first:
    // what went well does not cover what did not.
    let bad = |notice: &Notice| notice.tone == Tone::Bad;
    match tone {
        Tone::Plain if asked.queued && app.notice.as_ref().is_some_and(bad) => {}
        // Of a message the fact told more: where its words are now.
        Tone::Plain if app.notice.is_some() && took_back(app, outcome) => {}
        Tone::Plain => app.say(says),
        Tone::Bad if asked.queued => {
            app.refuse(format!("{says} :queued shows what did not go through."));
        }
        Tone::Bad => app.refuse(says),
    }
    app.floor.touch();
}

fn refused(app: &mut App, says: String, command: Option<CommandId>) {
    let lost = command.and_then(|id| app.work.answers.remove(&id));
    if let Some((key, words)) = lost {
        app.drafts.keep_reply(key, words);
    }
    let pending = command.and_then(|id| app.work.dropped(id));
    if let Some(pending) = pending.filter(|pending| pending.queued) {
        app.work.conflict(pending.verb, None, says.clone());
    }
    app.stream.leaving = None;
    app.refuse(says);
}

fn not_sent(app: &mut App, commands: &[Command], why: &str) {
    for command in commands {
        app.work.dropped(command.id);
        if let Some((key, words)) = app.work.answers.remove(&command.id) {
            app.drafts.keep_reply(key, words);
        }
        let id = command
            .targets
            .first()
            .and_then(|target| app.floor.board.item(&target.key))
            .map(|item| item.id);
        app.work.conflict(command.verb.name(), id, why);
    }
    if !commands.is_empty() {
        app.refuse(format!(
            "{} of yours were not sent: :queued shows them.",
            commands.len()
        ));
    }
}
