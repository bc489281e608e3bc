//! Questions: what will happen to which items, never "are you sure".

use std::cmp::Reverse;

use ratatui::layout::Rect;

use super::put::Pen;
use super::{boxes, hints, page};
use crate::console::state::document::item::symbol;
use crate::console::state::document::{Document, Ink, Span, own};
use crate::console::state::overlay::{Ask, Confirm, What};
use crate::console::state::plan::Plan;
use crate::console::state::work::capital;
use crate::console::state::{App, loss, words};
use crate::model::command::Verb;
use crate::model::item::Kind;
use crate::model::severity::Severity;
use crate::model::time::Timestamp;
use crate::model::triage::Wake;
use crate::text::SafeText;

/// Draws the question.
pub(super) fn render(pen: &mut Pen<'_>, area: Rect, app: &App, confirm: &Confirm) {
    let (cols, _) = app.layout().overlay(0);
    let mut document = Document::new(usize::from(cols));
    let title = match &confirm.ask {
        Ask::Do(plan) => plan_lines(&mut document, app, plan),
        Ask::Undo(_, says) => {
            document.fold(0, Ink::Title, &SafeText::own(capital(says)));
            document.say(Ink::Text, "It is put back as it was, for everybody.");
            "Undo your last act".to_owned()
        }
        Ask::Quit {
            held,
            queued,
            drafts,
        } => {
            quit_lines(&mut document, app, [*held, *queued, *drafts]);
            "Close the console".to_owned()
        }
    };
    if let Some(count) = confirm.count {
        document.blank();
        let typed = format!(
            "{:_<width$}",
            confirm.typed,
            width = count.to_string().len()
        );
        document.row(vec![
            own(Ink::Warn, format!("Type the count ({count}): ")),
            own(Ink::Title, typed),
        ]);
    }
    let hint = hints::line(app, &What::Confirm(confirm.clone()));
    let (cols, rows) = app.layout().overlay(document.lines.len());
    let inner = boxes::frame(pen, area, (cols, rows), (&title, &hint));
    page::lines(pen, inner, &document, 0);
}

fn plan_lines(document: &mut Document, app: &App, plan: &Plan) -> String {
    let (now, offset) = (app.session.now, app.session.offset());
    let board = &app.floor.board;
    let title = match &plan.verb {
        Verb::Suppress {
            filter,
            until,
            reason,
        } => {
            let until = words::moment(*until, now, offset);
            document.say(
                Ink::Title,
                format!(
                    "Matching now: {}. They go out of sight until {until},",
                    words::items(plan.goes)
                ),
            );
            document.say(Ink::Title, "and so does whatever comes that matches:");
            document.fold(2, Ink::Key, &SafeText::own(filter.clone()));
            document.words(2, Ink::Text, reason);
            return "Suppress".to_owned();
        }
        Verb::Unsuppress { rule } => {
            document.say(Ink::Text, format!("What {rule} hides comes back on top."));
            return "End a suppression".to_owned();
        }
        Verb::Merge => {
            let into = plan.targets.first().and_then(|t| board.item(&t.key));
            let into = into.map_or(String::new(), |item| format!(" into {}", item.id));
            format!("Merge{into}")
        }
        Verb::Resolve { reason } => format!("Resolve: {}", reason.word()),
        Verb::Assign { to, .. } => format!("Assign to {to}"),
        verb => said(verb, (now, offset)),
    };
    document.say(Ink::Title, format!("{}.", plan.preview()));
    if let Some(warning) = warning(app, plan) {
        document.say(Ink::Warn, warning);
    }
    for says in loss::of(app, plan) {
        document.say(Ink::Warn, says);
    }
    targets(document, app, plan);
    if !plan.note.is_empty() {
        document.blank();
        document.row(vec![own(Ink::Muted, "With this note on each:")]);
        document.words(2, Ink::Text, &plan.note);
    }
    title
}

/// What one would not do to many at once without having seen it.
fn warning(app: &App, plan: &Plan) -> Option<String> {
    let items = plan
        .targets
        .iter()
        .filter_map(|t| app.floor.board.item(&t.key));
    let (mut critical, mut waiting, mut looked_at) = (0, 0, 0);
    for item in items {
        critical += usize::from(item.urgency() == Severity::Critical);
        waiting += usize::from(item.content.kind == Kind::Escalation && item.is_waiting());
        looked_at += usize::from(app.session.lookers(&item.key).next().is_some());
    }
    if plan.targets.len() < 2 {
        return None;
    }
    // Of those that sleep, `loss` tells.
    let ends = matches!(plan.verb, Verb::Resolve { .. });
    let parts: Vec<String> = [
        (critical > 0).then(|| format!("{critical} critical")),
        (ends && waiting > 0).then(|| format!("{waiting} with a citizen waiting for an answer")),
        (looked_at > 0).then(|| format!("{looked_at} that a colleague looks at now")),
    ]
    .into_iter()
    .flatten()
    .collect();
    (!parts.is_empty()).then(|| format!("Among them {}.", parts.join(", ")))
}

/// The most urgent of the items, each as on its row so that it is known again.
fn targets(document: &mut Document, app: &App, plan: &Plan) {
    let board = &app.floor.board;
    let mut items: Vec<_> = plan
        .targets
        .iter()
        .filter_map(|t| board.item(&t.key))
        .collect();
    items.sort_by_key(|item| Reverse(item.urgency()));
    let (_, rows) = app.layout().overlay(usize::MAX);
    let most = usize::from(rows).saturating_sub(8).clamp(3, 12);
    for item in items.into_iter().take(most) {
        let id = format!("{:<8}", item.id.to_string());
        let severity = item.urgency();
        let sign = format!("  {} ", symbol(severity));
        let room = document.width().saturating_sub(12);
        let title = SafeText::line_within(&item.content.title, room).truncate(room, "…");
        let left = room.saturating_sub(title.width() + usize::from(!title.is_blank()));
        let text = SafeText::line_within(&item.content.text, left).truncate(left, "…");
        let gap = if title.is_blank() { "" } else { " " };
        let span = |text| Span {
            ink: Ink::Text,
            text,
        };
        document.row(vec![
            own(Ink::Severity(severity), sign),
            own(Ink::Muted, id),
            span(title),
            own(Ink::Text, gap),
            span(text),
        ]);
    }
    if plan.targets.len() > most {
        let more = plan.targets.len() - most;
        document.say(Ink::Muted, format!("  and {more} more"));
    }
}

/// The verb with what goes with it: the question restates all that will happen.
fn said(verb: &Verb, (now, offset): (Timestamp, i32)) -> String {
    match verb {
        Verb::Snooze {
            wake: Wake::At(until),
        } => format!("Snooze until {}", words::moment(*until, now, offset)),
        Verb::Snooze {
            wake: Wake::NextReply { latest },
        } => {
            let latest = words::moment(*latest, now, offset);
            format!("Snooze until the next reply, at the latest {latest}")
        }
        Verb::Prioritise {
            priority: Some(priority),
        } => format!("Priority {priority}"),
        Verb::Prioritise { priority: None } => "Take the priority back".to_owned(),
        Verb::Tag { add, remove } => {
            let on = add.iter().map(|tag| format!(" +{tag}"));
            let off = remove.iter().map(|tag| format!(" -{tag}"));
            format!("Tag{}", on.chain(off).collect::<String>())
        }
        Verb::Send { act, .. } => capital(act.noun()),
        verb => capital(verb.name().word()),
    }
}

fn quit_lines(document: &mut Document, app: &App, counts: [usize; 3]) {
    let [held, queued, drafts] = counts;
    if held > 0 {
        document.say(Ink::Title, format!("You hold {}.", words::items(held)));
        document.say(
            Ink::Text,
            if held == 1 {
                "Without a console of yours it goes back to the queue after a while."
            } else {
                "Without a console of yours they go back to the queue after a while."
            },
        );
    }
    if queued > 0 {
        let (what, wait) = (words::plural(queued, "command"), "for the link:");
        document.say(Ink::Warn, format!("Still waiting {wait} {what}."));
    }
    if drafts > 0 {
        let what = words::plural(drafts, "draft");
        document.say(Ink::Warn, format!("{what} would be lost."));
    }
    if app.link.banner().is_some() {
        document.say(Ink::Muted, "There is no link now.");
    }
}
