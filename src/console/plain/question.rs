//! What lies on top, as a question in lines, and what a typed line answers.
//!
//! Lists are numbered, fields are asked one after the other, a question about
//! many items wants their count. `cancel` leaves whatever it is.

use crate::console::action::Action;
use crate::console::msg::Asked;
use crate::console::state::document::{claims, topic};
use crate::console::state::edit::TextEdit;
use crate::console::state::found::Phase;
use crate::console::state::overlay::claims::{Claims, Row};
use crate::console::state::overlay::picker::Picker;
use crate::console::state::overlay::{Ask, Confirm, Editor, Form, Prompt, Purpose, What, Writing};
use crate::console::state::work::capital;
use crate::console::state::{App, loss, words};
use crate::model::command::Verb;
use crate::model::triage::Wake;
use crate::text::SafeText;

/// Cells of a page's lines: wide, for a reader folds by itself.
const WIDTH: usize = 100;
/// Items that a question names.
const NAMED: usize = 5;

/// What a line does to what lies on top.
pub(super) enum Answer {
    /// These, in order.
    Does(Vec<Asked>),
    /// Nothing: a sentence.
    Says(String),
}

/// The question of what lies on top.
pub(super) fn lines(app: &App, what: &What) -> Vec<String> {
    match what {
        What::Page(page) => {
            let (_, document) = topic::whole(app, page.topic, WIDTH);
            let line = |spans: &Vec<crate::console::state::document::Span>| {
                let parts: Vec<&str> = spans.iter().map(|span| span.text.as_str()).collect();
                parts.concat().trim_end().to_owned()
            };
            document.lines.iter().map(line).collect()
        }
        What::Picker(picker) => picker_lines(picker),
        What::Palette(palette) => {
            let entries = palette.matching.iter().map(|found| found.entry);
            let mut lines: Vec<String> = entries
                .map(|entry| format!("{}, {}", entry.name, entry.help))
                .collect();
            lines.push("Type a name or cancel.".to_owned());
            lines
        }
        What::Found => found_lines(app),
        What::Claims(claims) => claims_lines(app, claims),
        What::Prompt(prompt) => vec![prompt_line(prompt)],
        What::Editor(editor) => editor_lines(editor),
        What::Form(form) => form_lines(form),
        What::Confirm(confirm) => confirm_lines(app, confirm),
    }
}

/// What `line` answers.
pub(super) fn answer(what: &What, line: &str) -> Answer {
    let word = line.trim().to_lowercase();
    if word == "cancel" {
        return Answer::Does(vec![Asked::Act(Action::Cancel)]);
    }
    match what {
        What::Page(_) => Answer::Does(vec![Asked::Act(Action::Cancel)]),
        What::Picker(picker) => chosen(picker, line.trim()),
        What::Palette(_) => Answer::Does(vec![
            Asked::Act(Action::Cancel),
            Asked::Line(line.trim().to_owned()),
        ]),
        What::Found => match line
            .trim()
            .parse::<usize>()
            .ok()
            .and_then(|n| n.checked_sub(1))
        {
            Some(at) => Answer::Does(vec![Asked::Choose(at)]),
            None => Answer::Says("Type a number of the list, or cancel.".to_owned()),
        },
        What::Claims(claims) => judged(claims, &word),
        What::Prompt(prompt) => prompted(prompt, line),
        What::Editor(editor) => edited(editor, line),
        What::Form(_) => Answer::Does(match line.trim() {
            "" => vec![Asked::Act(Action::Submit)],
            words => vec![
                Asked::Act(Action::DeleteLine),
                Asked::Write(words.to_owned()),
                Asked::Act(Action::Submit),
            ],
        }),
        What::Confirm(confirm) => confirmed(confirm, &word),
    }
}

/// What a search in the history found, or how it stands.
fn found_lines(app: &App) -> Vec<String> {
    let (now, offset) = (app.session.now, app.session.offset());
    match &app.found.phase {
        Phase::Idle | Phase::Asking => {
            return vec!["The hub is searching; an empty line looks again.".to_owned()];
        }
        Phase::Failed(says) => return vec![says.clone(), "Type cancel.".to_owned()],
        Phase::Done => {}
    }
    let mut lines = vec![format!("Found: {}.", words::items(app.found.hits.len()))];
    lines.extend((1..).zip(&app.found.hits).map(|(n, hit)| {
        let at = words::moment(hit.received_at, now, offset);
        let text = [&hit.content.title, &hit.content.text]
            .into_iter()
            .map(|words| SafeText::line_within(words, WIDTH))
            .find(|words| !words.is_blank());
        let text = text.unwrap_or_else(|| SafeText::own(""));
        format!("{n}. {}, {at}, {}, {}", hit.id, hit.severity, text.as_str())
    }));
    lines.push("Type a number or cancel.".to_owned());
    lines
}

/// The claims with their posts, numbered.
fn claims_lines(app: &App, claims: &Claims) -> Vec<String> {
    let mut nth = 0;
    let mut lines: Vec<String> = (0..claims.rows.len())
        .map(|row| {
            let spans = claims::line(app, claims, row);
            let words: String = spans.iter().map(|span| span.text.as_str()).collect();
            let words: Vec<&str> = words.split_whitespace().collect();
            if claims.post(row).is_none() {
                return words.join(" ");
            }
            nth += 1;
            format!("{nth}. {}", words.join(" "))
        })
        .collect();
    lines.push(if nth == 0 {
        "No post on this board is matched to a known claim. Type cancel.".to_owned()
    } else {
        "Type confirm 2, reject 2, the number alone to open it, or cancel.".to_owned()
    });
    lines
}

fn judged(claims: &Claims, line: &str) -> Answer {
    let (word, number) = line.split_once(char::is_whitespace).unwrap_or(("", line));
    let does = match word {
        "" => Some(Action::Choose),
        "confirm" | "y" => Some(Action::ConfirmClaim),
        "reject" | "x" => Some(Action::RejectClaim),
        _ => None,
    };
    let posts = claims
        .rows
        .iter()
        .filter(|row| matches!(row, Row::Post(..)))
        .count();
    let at = number.trim().parse::<usize>().ok();
    let at = at.and_then(|n| n.checked_sub(1)).filter(|at| *at < posts);
    match (does, at) {
        (Some(action), Some(at)) => Answer::Does(vec![Asked::Choose(at), Asked::Act(action)]),
        _ => Answer::Says("Type confirm 2, reject 2, a number, or cancel.".to_owned()),
    }
}

fn picker_lines(picker: &Picker) -> Vec<String> {
    let mut lines = vec![format!("{}:", picker.purpose.title())];
    lines.extend((1..).zip(&picker.choices).map(|(n, choice)| {
        let comma = if choice.hint.is_empty() { "" } else { ", " };
        format!("{n}. {}{comma}{}", choice.label, choice.hint)
    }));
    if picker.choices.is_empty() {
        lines.push(picker.purpose.nothing().to_owned());
    }
    lines.extend(picker.error.clone());
    lines.push(if picker.purpose.takes_words() {
        "Type a number, your own words, or cancel.".to_owned()
    } else {
        "Type a number or cancel.".to_owned()
    });
    lines
}

fn chosen(picker: &Picker, line: &str) -> Answer {
    if let Ok(number) = line.parse::<usize>() {
        let at = number
            .checked_sub(1)
            .filter(|at| *at < picker.choices.len());
        return match at {
            Some(at) => Answer::Does(vec![Asked::Choose(at)]),
            None => Answer::Says(format!("Type a number from 1 to {}.", picker.choices.len())),
        };
    }
    let named = picker
        .choices
        .iter()
        .position(|choice| choice.label == line);
    match named {
        Some(at) => Answer::Does(vec![Asked::Choose(at)]),
        None if picker.purpose.takes_words() && !line.is_empty() => Answer::Does(vec![
            Asked::Write(line.to_owned()),
            Asked::Act(Action::Choose),
        ]),
        None => Answer::Says("Type a number of the list, or cancel.".to_owned()),
    }
}

fn prompt_line(prompt: &Prompt) -> String {
    if let Some((_, says)) = &prompt.error {
        return says.clone();
    }
    match &prompt.purpose {
        Purpose::Filter(_) => "Filter; an empty line clears it:".to_owned(),
        Purpose::Command => "Command:".to_owned(),
        Purpose::Search => "Search the history for which words?".to_owned(),
        Purpose::Escalate(_) => "Why is it escalated? Type the reason or cancel.".to_owned(),
    }
}

fn prompted(prompt: &Prompt, line: &str) -> Answer {
    let mut does = Vec::new();
    if !prompt.text.is_blank() {
        does.push(Asked::Act(Action::DeleteLine));
    }
    does.push(Asked::Write(line.trim().to_owned()));
    does.push(Asked::Act(Action::Submit));
    Answer::Does(does)
}

fn editor_lines(editor: &Editor) -> Vec<String> {
    let mut lines = Vec::new();
    if !editor.text.is_blank() {
        lines.push("So far:".to_owned());
        let text = SafeText::own(editor.text.text());
        lines.extend(text.as_str().lines().map(str::to_owned));
    }
    let (what, ends) = match editor.writing {
        Writing::Note => ("note", "ends it"),
        Writing::Reply { .. } => ("answer, which leaves the floor", "sends it"),
    };
    lines.push(format!(
        "Type the {what}, line by line; a line with only a dot {ends}, cancel leaves it."
    ));
    lines
}

fn edited(editor: &Editor, line: &str) -> Answer {
    if line.trim() == "." {
        return Answer::Does(vec![Asked::Act(Action::Submit)]);
    }
    let mut does = Vec::new();
    if !editor.text.text().is_empty() {
        does.push(Asked::Act(Action::NewLine));
    }
    does.push(Asked::Write(line.to_owned()));
    Answer::Does(does)
}

fn form_lines(form: &Form) -> Vec<String> {
    let mut lines: Vec<String> = form.error.iter().cloned().collect();
    let now = form.fields.get(form.at).map(TextEdit::text);
    let now = SafeText::own(now.unwrap_or_default());
    lines.push(match form.at {
        0 => {
            let matches = form.matches.map_or(String::new(), |count| {
                format!(", which matches {} now", words::items(count))
            });
            format!(
                "Suppress what? A filter; an empty line keeps {}{matches}.",
                now.as_str()
            )
        }
        1 => format!(
            "Until when? 30m, 6h, 1d or 06:30; an empty line keeps {}.",
            now.as_str()
        ),
        _ => "Why? Colleagues will ask.".to_owned(),
    });
    lines
}

fn confirm_lines(app: &App, confirm: &Confirm) -> Vec<String> {
    let plan = match &confirm.ask {
        Ask::Do(plan) => plan,
        Ask::Undo(_, says) => {
            return vec![format!("Undo takes back {says} Type yes to do it, or no.")];
        }
        Ask::Quit {
            held,
            queued,
            drafts,
        } => {
            return vec![format!(
                "You hold {}; {} wait and {} would be lost. Type yes to close, or no.",
                words::items(*held),
                words::plural(*queued, "command"),
                words::plural(*drafts, "draft")
            )];
        }
    };
    let mut lines = vec![said(app, &plan.verb, plan.goes)];
    if !plan.targets.is_empty() {
        lines.push(format!("{}.", plan.preview()));
        let board = &app.floor.board;
        let items = plan.targets.iter().filter_map(|t| board.item(&t.key));
        let named: Vec<String> = items.take(NAMED).map(|item| item.id.to_string()).collect();
        let more = plan.targets.len().saturating_sub(named.len());
        let more = if more > 0 {
            format!(" and {more} more")
        } else {
            String::new()
        };
        lines.push(format!("{}{more}.", named.join(", ")));
        lines.extend(loss::of(app, plan));
    }
    if !plan.note.is_empty() {
        let note = SafeText::line(&plan.note);
        lines.push(format!("With this note on each: {}", note.as_str()));
    }
    let note = if plan.targets.is_empty() {
        ""
    } else {
        "note to write one for all, "
    };
    lines.push(match confirm.count {
        Some(count) => format!("Type the count, {count}, to do it, {note}or no."),
        None => format!("Type yes to do it, {note}or no."),
    });
    lines
}

fn said(app: &App, verb: &Verb, goes: usize) -> String {
    let at = |moment| words::moment(moment, app.session.now, app.session.offset());
    match verb {
        Verb::Suppress { filter, until, .. } => format!(
            "Suppress {} until {}: {} match now.",
            SafeText::own(filter.clone()).as_str(),
            at(*until),
            words::items(goes)
        ),
        Verb::Unsuppress { rule } => format!("End {rule}: what it hides comes back on top."),
        Verb::Resolve { reason } => format!("Resolve, {}:", reason.word()),
        Verb::Assign { to, .. } => format!("Assign to {to}:"),
        Verb::Snooze {
            wake: Wake::At(until),
        } => format!("Snooze until {}:", at(*until)),
        Verb::Snooze {
            wake: Wake::NextReply { latest },
        } => format!("Snooze until a reply, or {}:", at(*latest)),
        Verb::Prioritise {
            priority: Some(priority),
        } => format!("Priority {priority}:"),
        Verb::Prioritise { priority: None } => "Take the priority back:".to_owned(),
        verb => format!("{}:", capital(verb.name().word())),
    }
}

fn confirmed(confirm: &Confirm, word: &str) -> Answer {
    let about_items = matches!(&confirm.ask, Ask::Do(plan) if !plan.targets.is_empty());
    match (word, confirm.count) {
        ("no" | "n" | "", _) => Answer::Does(vec![Asked::Act(Action::Cancel)]),
        ("note", _) if about_items => Answer::Does(vec![Asked::Act(Action::Note)]),
        ("yes" | "y", None) => Answer::Does(vec![Asked::Act(Action::Confirm)]),
        (digits, Some(count)) if digits.parse() == Ok(count) => Answer::Does(vec![
            Asked::Write(digits.to_owned()),
            Asked::Act(Action::Confirm),
        ]),
        (_, Some(count)) => Answer::Says(format!("Type the count, {count}, to do it, or no.")),
        _ => Answer::Says("Type yes or no.".to_owned()),
    }
}
