//! The conversation of an escalation, with speakers and the bot's reason, and
//! the thread that an item belongs to.

use super::{Document, Ink, Span, attachments, own};
use crate::console::action::Action;
use crate::console::keymap::Context;
use crate::console::state::conversation::{self, Said};
use crate::console::state::{App, words, work};
use crate::model::item::{Item, Speaker};
use crate::model::outgoing::{Act, Outgoing, Stage};
use crate::text::SafeText;

/// Cells of the time and the speaker before a turn's words.
const COLUMN: usize = 15;

/// The conversation, oldest first: the last turns, or all of them where the officer
/// went up to the earlier ones. Nothing when there is no conversation.
pub(super) fn turns(page: &mut Document, app: &App, item: &Item) {
    let turns = conversation::said(item);
    if turns.is_empty() {
        return;
    }
    page.blank();
    let before = before(page, app, &turns);
    let title = if item.content.conversation.is_empty() {
        "Our answer"
    } else {
        "Conversation"
    };
    let mut heading = vec![own(Ink::Title, title)];
    if before > 0 {
        heading.push(own(Ink::Warn, earlier(app, before)));
    }
    for name in names(item) {
        heading.push(own(Ink::Muted, " · "));
        heading.push(Span {
            ink: Ink::Muted,
            text: name,
        });
    }
    page.row(heading);
    if before == 0 && item.earlier_turns > 0 {
        let says = format!(
            "{} turns before these are too many to carry; the hub's log has them.",
            item.earlier_turns
        );
        page.say(Ink::Muted, says);
    }
    said(page, app, turns.into_iter().skip(before));
}

/// Whether turns of a conversation are left out above the last ones.
#[must_use]
pub fn leaves_out(app: &App, item: &Item, width: usize) -> bool {
    let mut page = Document::new(width).under(app.settings.text);
    super::item::above_talk(&mut page, app, item);
    let turns = conversation::said(item);
    !turns.is_empty() && before(&page, app, &turns) > 0
}

/// How many turns are left out: as many are shown as can be seen without scrolling,
/// so that the newest is, under what stands above, between the heading and the line
/// that tells of more below. The last is shown whatever its length.
fn before(page: &Document, app: &App, turns: &[Said<'_>]) -> usize {
    if app.detail.whole {
        return 0;
    }
    let height = usize::from(app.layout().detail_rows());
    let mut room = height.saturating_sub(page.lines.len() + 2);
    let mut shown = 0;
    for turn in turns.iter().rev() {
        let mut one = Document::new(page.width()).under(app.settings.text);
        said(&mut one, app, std::iter::once(*turn));
        if one.lines.len() > room && shown > 0 {
            break;
        }
        room = room.saturating_sub(one.lines.len());
        shown += 1;
    }
    turns.len() - shown
}

/// "  4 earlier turns, k shows them".
fn earlier(app: &App, before: usize) -> String {
    let turns = match before {
        1 => "  ↑ 1 earlier turn".to_owned(),
        count => format!("  ↑ {count} earlier turns"),
    };
    let key = app.settings.keymap.first(Context::Floor, Action::Up);
    match key.filter(|_| app.detail.open) {
        Some(key) => format!("{turns}: {key}"),
        None => turns,
    }
}

fn said<'t>(page: &mut Document, app: &App, turns: impl Iterator<Item = Said<'t>>) {
    let (now, offset) = (app.session.now, app.session.offset());
    for turn in turns {
        let at = turn
            .at()
            .map_or(String::new(), |at| words::clock(at, offset));
        let before = turn.at().map(|at| words::moment(at, now, offset));
        // The date is told once, where it is not today's.
        if let Some(moment) = before.filter(|moment| *moment != at) {
            page.say(Ink::Muted, moment);
        }
        let name = Span {
            ink: Ink::Speaker(turn.speaker()),
            text: SafeText::own(format!("{at:<5} {}", speaker(turn.speaker()))),
        };
        match turn {
            Said::Told(turn) => {
                let words = SafeText::block(&turn.text);
                let mut name = Some(name);
                if !words.is_blank() || turn.media.is_empty() {
                    let name = name.take().unwrap_or_else(|| own(Ink::Muted, ""));
                    page.entry(COLUMN, name, Ink::Text, &words);
                }
                attachments::of_turn(page, COLUMN, (name, &turn.media));
            }
            Said::Ours(one) => {
                let (ink, state) = stage(app, one);
                let text = SafeText::block(&one.text);
                page.entry(COLUMN, name, ink_of_words(one), &text);
                let state = SafeText::own(state);
                page.entry(COLUMN, own(Ink::Muted, ""), ink, &state);
            }
        }
    }
}

/// Words that nobody has yet are not shown as if they had been said.
fn ink_of_words(one: &Outgoing) -> Ink {
    match one.stage {
        Stage::Sent { .. } if !one.never_arrived() => Ink::Text,
        _ => Ink::Pending,
    }
}

/// What became of a message of ours, in one line.
pub(super) fn stage(app: &App, one: &Outgoing) -> (Ink, String) {
    let offset = app.session.offset();
    let at = |when| words::second(when, offset);
    let mine = app.session.me() == Some(&one.by);
    let undo = app.settings.keymap.first(Context::Floor, Action::Undo);
    match &one.stage {
        Stage::Held { until } if mine => {
            let undo = undo.unwrap_or_else(|| ":withdraw".to_owned());
            let says = format!("leaves at {}; {undo} takes it back", at(*until));
            (Ink::Warn, says)
        }
        Stage::Held { until } => (
            Ink::Warn,
            format!("leaves at {}, by {}", at(*until), one.by),
        ),
        Stage::Cut => (
            Ink::Bad,
            "held by a restart of the hub: :resend sends it, :withdraw takes it back".to_owned(),
        ),
        Stage::Leaving { .. } => (Ink::Pending, "leaving now".to_owned()),
        Stage::Delayed { until, why, .. } => {
            let why = SafeText::line(why);
            (
                Ink::Warn,
                format!("not sent yet: {why} Tried again at {}.", at(*until)),
            )
        }
        Stage::Sent { at: when, url, .. } => {
            let link = SafeText::line(url);
            let link = if link.is_blank() {
                String::new()
            } else {
                format!(" · {link}")
            };
            let (tone, then) = marked(app, one);
            (tone, format!("sent at {}{then}{link}", at(*when)))
        }
        Stage::Withdrawn { by, at: when } => (
            Ink::Muted,
            format!("taken back by {by} at {}; nothing left", at(*when)),
        ),
        Stage::Failed { why, .. } => {
            let why = SafeText::line(why);
            (
                Ink::Bad,
                format!("not sent: {why} :resend tries once more."),
            )
        }
        Stage::Unsure { why, .. } => {
            let why = SafeText::line(why);
            (
                Ink::Bad,
                format!("may have been sent: {why} Look before you :resend."),
            )
        }
    }
}

/// What the channel told of a message after it was sent: " · read 12:04".
fn marked(app: &App, one: &Outgoing) -> (Ink, String) {
    let Some(mark) = &one.mark else {
        return (Ink::Good, String::new());
    };
    let at = words::moment(mark.at, app.session.now, app.session.offset());
    if !one.never_arrived() {
        return (Ink::Good, format!(" · {} {at}", mark.status.word()));
    }
    let says = SafeText::line(&mark.says);
    let why = if says.is_blank() {
        String::new()
    } else {
        format!(": {says}")
    };
    let next = ":resend tries once more.";
    (
        Ink::Bad,
        format!(" · did not arrive, told {at}{why} {next}"),
    )
}

/// The names of those who speak and are not the author.
fn names(item: &Item) -> Vec<SafeText> {
    let mut names: Vec<SafeText> = Vec::new();
    for turn in &item.content.conversation {
        let name = SafeText::line_within(&turn.name, 20).truncate(20, "…");
        let known = turn.name == item.content.author.name || name.is_blank();
        if !known && turn.speaker != Speaker::Citizen {
            let says = SafeText::own(format!("{} {name}", speaker(turn.speaker)));
            if !names.contains(&says) {
                names.push(says);
            }
        }
    }
    names
}

fn speaker(speaker: Speaker) -> &'static str {
    match speaker {
        Speaker::Bot => "bot",
        Speaker::Citizen => "citizen",
        Speaker::Officer => "officer",
    }
}

/// What was done where the item came from: silences and the like, and the
/// bot's silence.
pub(super) fn acts(page: &mut Document, app: &App, item: &Item) {
    let acts = item.outgoing.iter().filter(|one| one.act != Act::Reply);
    for one in acts.rev().take(2) {
        let (ink, state) = stage(app, one);
        let says = format!("{}: {state}", work::capital(one.act.noun()));
        page.answer("", vec![own(ink, says)]);
    }
    if let Some((since, by)) = &item.bot_silent {
        let at = words::moment(*since, app.session.now, app.session.offset());
        let says = format!("The bot is silent since {at}, by {by}.");
        page.answer("Bot", vec![own(Ink::Good, says)]);
    }
}

/// Other items of the same thread that are on the board.
pub(super) fn thread(page: &mut Document, app: &App, item: &Item) {
    const SHOWN: usize = 5;
    let thread = &item.content.thread;
    if thread.is_empty() {
        return;
    }
    let mut others: Vec<&Item> = app
        .floor
        .board
        .items()
        .filter(|other| {
            other.key != item.key
                && other.content.channel == item.content.channel
                && other.content.thread == *thread
        })
        .collect();
    if others.is_empty() {
        return;
    }
    others.sort_by_key(|other| other.id);
    page.heading(format!("Thread, {} more", others.len()));
    for other in others.iter().rev().take(SHOWN).rev() {
        let text = SafeText::line_within(&other.content.text, page.width());
        let room = page.width().saturating_sub(8);
        page.row(vec![
            own(Ink::Muted, format!("{:<8}", other.id.to_string())),
            Span {
                ink: Ink::Text,
                text: text.truncate(room, "…"),
            },
        ]);
    }
}
