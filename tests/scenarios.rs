//! The scenario files: who does what when, and what comes of it, readable by
//! somebody who knows duty officers and no Rust.
//!
//! One reader for all of them; a key that it does not know is an error, so that
//! no expectation is silently skipped. `scenarios/README` is the format's word:
//! the fields of [`Step`], documented here.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may")]

#[path = "scenarios/delivery.rs"]
mod delivery;
mod floor;

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use delivery::Delivery;
use floor::{Floor, channel, officer};
use serde::Deserialize;
use watchfloor::model::command::{Outcome, RefusalCode, Target, Verb};
use watchfloor::model::event::{Actor, Cause, Event};
use watchfloor::model::ids::{DeskName, ItemId};
use watchfloor::model::inbound::Receipt;
use watchfloor::model::item::Item;
use watchfloor::model::officer::{Desks, Officer, Role};
use watchfloor::model::triage::State;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    case: Vec<Case>,
}

/// One evening: starts on an empty floor at 19:00 UTC on 2026-11-23.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    /// What it shows.
    name: String,
    /// What happens, in order.
    step: Vec<Step>,
}

/// One thing that happens, and what is expected of it. What is not given is not
/// looked at.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Step {
    /// How long after the step before: "0.4s", "3min", "2h". Clocks that run
    /// out meanwhile are part of this step.
    wait: Option<String>,
    /// What the channel delivers.
    channel: Option<Delivery>,
    /// Whose link is lost for good.
    lapse: Option<String>,
    /// Who commands: officer1, officer2, crew1 (of team water), manager,
    /// viewer1, press1 (on another desk).
    by: Option<String>,
    /// The verb, as on the wire.
    does: Option<Verb>,
    /// On which items, by number; the first that arrived is 1001.
    #[serde(default)]
    on: Vec<u64>,
    /// The triage version that was on screen.
    saw: Option<u32>,
    /// The shared note.
    #[serde(default)]
    note: String,
    /// The facts, in order: `item_taken 1001`; no number for the floor's.
    facts: Option<Vec<String>>,
    /// What became of the delivery.
    receipt: Option<String>,
    /// The first refusal's sentence.
    refused: Option<String>,
    /// The first refusal's code.
    code: Option<RefusalCode>,
    /// Who has it, as the first refusal says.
    holder: Option<String>,
    /// How many items it went through for.
    accepted: Option<usize>,
    /// Where items stand afterwards.
    #[serde(default)]
    state: BTreeMap<String, String>,
}

fn account(name: &str) -> Officer {
    let mut account = officer(
        name,
        match name {
            "manager" => Role::Supervisor,
            "viewer1" => Role::Viewer,
            _ => Role::Officer,
        },
    );
    if name == "press1" {
        account.desks = Desks::Only([DeskName::new("press").unwrap()].into());
    }
    if name == "crew1" {
        account.teams.insert("water".parse().unwrap());
    }
    account
}

fn span(text: &str) -> Duration {
    let unit = text.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.');
    let number: f64 = text.strip_suffix(unit).unwrap().parse().expect("a number");
    let seconds = match unit {
        "s" => 1.0,
        "min" => 60.0,
        "h" => 3600.0,
        "d" => 86_400.0,
        _ => panic!("'{text}' is no span: use s, min, h or d"),
    };
    Duration::from_secs_f64(number * seconds)
}

/// A fact in short: its type and number.
fn short(event: &Event) -> String {
    let body = serde_json::to_value(&event.body).unwrap();
    let name = body["type"].as_str().unwrap_or("?").to_owned();
    match event.id {
        Some(id) => format!("{name} {}", id.0),
        None => name,
    }
}

/// Where an item stands, in one line that leaves nothing of triage out.
#[allow(clippy::too_many_lines, reason = "one arm for each part of triage")]
fn standing(floor: &Floor, item: &Item) -> String {
    let triage = &item.triage;
    let mut line = match &triage.state {
        State::New => "new".to_owned(),
        State::Acknowledged { by, .. } => format!("acknowledged by {by}"),
        State::Taken { by, .. } => format!("taken by {by}"),
        State::Assigned { to, .. } => format!("assigned to {to}"),
        State::Resolved {
            by: Some(by),
            reason,
            ..
        } => {
            format!("resolved by {by}: {}", reason.word())
        }
        State::Resolved {
            by: None, reason, ..
        } => format!("resolved: {}", reason.word()),
    };
    let mut add = |text: String| line.extend([", ", text.as_str()]);
    if triage.snooze.is_some() {
        add("asleep".to_owned());
    }
    if triage.level > 0 {
        add(format!("level {}", triage.level));
    }
    if let Some(priority) = triage.priority {
        add(format!("priority {priority}"));
    }
    for tag in &triage.tags {
        add(format!("+{tag}"));
    }
    if let Some(head) = triage.merged_into.and_then(|head| floor.hub.item(&head)) {
        add(format!("in {}", head.id));
    }
    if !item.members.is_empty() {
        add(format!("{} members", item.members.len()));
    }
    if triage.suppressed_by.is_some() {
        add("hidden".to_owned());
    }
    if let Some(returned) = &triage.returned {
        add(format!("on top: {}", returned.why));
    }
    match item.notes.iter().filter(|note| note.struck).count() {
        0 if item.notes.is_empty() => {}
        0 => add(format!("{} notes", item.notes.len())),
        struck => add(format!("{} notes, {struck} struck", item.notes.len())),
    }
    if item.retracted.is_some() {
        add("taken back".to_owned());
    }
    if item.source_resolved_at.is_some() {
        add("over at the source".to_owned());
    }
    if item.content.text.is_empty() {
        add("no words".to_owned());
    }
    let breached = |due: Option<watchfloor::model::item::Due>| due.is_some_and(|d| d.breached);
    if breached(item.clocks.first_response) {
        add("first response overdue".to_owned());
    }
    if breached(item.clocks.resolution) {
        add("resolution overdue".to_owned());
    }
    line
}

fn run(floor: &mut Floor, step: &Step, place: &str) {
    let mut events = Vec::new();
    if let Some(wait) = &step.wait {
        events.extend(floor.pass(span(wait)));
    }
    if let Some(delivery) = &step.channel {
        let inbound = delivery.inbound(floor);
        let (receipt, new) = floor.deliver(&inbound);
        events.extend(new);
        if let Some(expected) = &step.receipt {
            assert_eq!(word(receipt), *expected, "{place}: receipt");
        }
    }
    if let Some(name) = &step.lapse {
        events.extend(floor.lapse(&account(name).id));
    }
    if let Some(verb) = &step.does {
        let me = account(
            step.by
                .as_ref()
                .unwrap_or_else(|| panic!("{place}: by whom?")),
        );
        let targets = step.on.iter().map(|number| Target {
            key: floor.hub.by_id(ItemId(*number)).map_or_else(
                || watchfloor::model::ids::ItemKey::of(&channel(), "never came"),
                |item| item.key,
            ),
            version: step.saw,
        });
        let (outcome, new) = floor.command(&me, verb.clone(), targets.collect(), &step.note);
        events.extend(new);
        answered(step, &outcome, place);
    }
    if let Some(expected) = &step.facts {
        let facts: Vec<String> = events.iter().map(short).collect();
        assert_eq!(facts, *expected, "{place}: facts");
    }
    for (number, expected) in &step.state {
        let id = ItemId(number.parse().expect("an item's number"));
        let item = floor
            .hub
            .by_id(id)
            .unwrap_or_else(|| panic!("{place}: no {id}"));
        assert_eq!(standing(floor, item), *expected, "{place}: {id}");
    }
    assert!(floor.hub == floor.console, "{place}: the console's board");
}

fn word(receipt: Receipt) -> String {
    let value = serde_json::to_value(receipt).unwrap();
    value.as_str().unwrap_or_default().to_owned()
}

fn answered(step: &Step, outcome: &Outcome, place: &str) {
    let refusal = outcome.first_refusal();
    let says = refusal.map(|refusal| refusal.says.as_str());
    assert_eq!(says, step.refused.as_deref(), "{place}: refused");
    if let Some(code) = step.code {
        assert_eq!(refusal.map(|r| r.code), Some(code), "{place}: code");
    }
    if let Some(holder) = &step.holder {
        let told = refusal
            .and_then(|r| r.holder.as_ref())
            .map(watchfloor::model::ids::OfficerId::as_str);
        assert_eq!(told, Some(holder.as_str()), "{place}: holder");
    }
    if let Some(accepted) = step.accepted {
        assert_eq!(outcome.accepted(), accepted, "{place}: accepted");
    }
}

#[test]
fn every_scenario_comes_out_as_written() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/scenarios");
    let mut cases = 0;
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|f| f.unwrap().path())
        .collect();
    files.retain(|path: &std::path::PathBuf| path.extension().is_some_and(|e| e == "toml"));
    files.sort();
    for path in files {
        let text = std::fs::read_to_string(&path).unwrap();
        let file: File =
            toml::from_str(&text).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        for case in file.case {
            let mut floor = Floor::new();
            for (number, step) in case.step.iter().enumerate() {
                let file = path.file_name().unwrap_or_default().to_string_lossy();
                let place = format!("{file}, \"{}\", step {}", case.name, number + 1);
                run(&mut floor, step, &place);
            }
            cases += 1;
        }
    }
    assert!(cases >= 25, "only {cases} cases were found");
}

#[test]
fn a_word_that_the_reader_does_not_know_is_an_error() {
    let text = "[[case]]\nname = \"x\"\n[[case.step]]\nwaits = \"3min\"\n";
    assert!(toml::from_str::<File>(text).is_err());
}

/// Facts of later versions and about unknown items change nothing but the head.
#[test]
fn what_the_board_does_not_know_it_says() {
    use watchfloor::model::board::{ApplyError, Board};
    use watchfloor::model::event::Body;
    use watchfloor::model::ids::Seq;
    let mut board = Board::default();
    let mut event = Event {
        seq: Seq(3),
        at: Floor::new().now,
        actor: Actor::Hub,
        cause: Cause::Clock,
        key: Some(watchfloor::model::ids::ItemKey::of(&channel(), "post-1")),
        id: Some(ItemId(1001)),
        desk: None,
        body: Body::ItemReleased,
    };
    let key = event.key.unwrap();
    let unknown = Err(ApplyError::UnknownItem { seq: Seq(3), key });
    assert_eq!(board.apply(&event), unknown);
    event.seq = Seq(4);
    event.body = serde_json::from_str(r#"{"type":"item_teleported","to":"mars"}"#).unwrap();
    let later = Err(ApplyError::UnknownBody {
        seq: Seq(4),
        key: Some(key),
    });
    assert_eq!(board.apply(&event), later);
    assert_eq!(board.head(), Seq(4));
    assert!(board == Board::default());
}
