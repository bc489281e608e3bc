//! Copies as one row, why an item is here, claims judged, feedback given.

use super::watch::{Hands, insight, now, officer};
use watchfloor::console::msg::LinkNews;
use watchfloor::console::state::overlay::What;
use watchfloor::model::claim::{Level, Stance};
use watchfloor::model::command::{ItemOutcome, Outcome, Verb, VerbName};
use watchfloor::model::event::{Actor, Body, Cause, Event};
use watchfloor::model::feedback::Feedback;
use watchfloor::model::ids::{CommandId, ItemId, Seq};
use watchfloor::model::item::Item;
use watchfloor::model::reading::{Feeling, Reading};
use watchfloor::model::triage::Resolution;

fn storm() -> Hands {
    Hands::with(80, 24, insight::storm())
}

fn go_to(hands: &mut Hands, id: &str) {
    hands.keys(":").text(id).keys("Enter");
}

fn numbers(hands: &Hands) -> Vec<u64> {
    let rows = hands.app.stream.rows.iter();
    rows.map(|key| hands.app.floor.board.item(key).unwrap().id.0)
        .collect()
}

fn answer(hands: &mut Hands) {
    let command = hands.command().clone();
    let items = command.targets.iter().map(|target| ItemOutcome {
        key: target.key,
        id: Some(hands.app.floor.board.item(&target.key).unwrap().id),
        refused: None,
    });
    let outcome = Outcome {
        command: command.id,
        verb: command.verb.name(),
        seq: None,
        items: items.collect(),
        refused: None,
    };
    hands.news(LinkNews::Outcome(outcome));
}

#[test]
fn copies_are_one_row_until_they_are_unfolded() {
    let mut hands = storm();
    let rows = numbers(&hands);
    assert!(rows.contains(&1050) && !rows.contains(&1051), "{rows:?}");
    go_to(&mut hands, "1050");
    hands.keys("Esc za");
    assert_eq!(hands.says(), "7 copies, each in a row of its own.");
    assert_eq!(numbers(&hands).len(), rows.len() + 6);
    hands.keys("j j za");
    assert_eq!(
        hands.selected(),
        Some(1050),
        "on the row that stands for it"
    );
    assert_eq!(numbers(&hands), rows);
    hands.keys("zR");
    assert_eq!(numbers(&hands).len(), rows.len() + 6);
    hands.keys("zM");
    assert_eq!(numbers(&hands), rows);
    go_to(&mut hands, "1057");
    hands.keys("Esc za");
    assert_eq!(hands.says(), "It has no copies on this board.");
}

#[test]
fn a_verb_on_a_folded_row_asks_with_the_count_and_means_all_copies() {
    let mut hands = storm();
    go_to(&mut hands, "1050");
    hands.keys("a");
    let Some(What::Confirm(_)) = hands.app.overlays.last().map(|top| &top.what) else {
        panic!("no question: {:?}", hands.effects);
    };
    hands.keys("y");
    let command = hands.command();
    assert_eq!(hands.targets(command), (1050..1057).collect::<Vec<_>>());
    // One of them that is gone to by its number is meant alone.
    go_to(&mut hands, "1053");
    assert_eq!(
        hands.says(),
        "#1053 is a copy: the row of #1050 stands for 7 of them."
    );
    hands.keys("d 1");
    assert_eq!(hands.targets(hands.command()), [1053]);
    assert_eq!(
        hands.command().verb,
        Verb::Resolve {
            reason: Resolution::Done
        }
    );
}

#[test]
fn marks_and_resolve_all_count_what_rows_stand_for() {
    let mut hands = storm();
    go_to(&mut hands, "1050");
    hands.keys("Esc Space");
    assert_eq!(hands.says(), "7 items marked.");
    hands.keys("k Space");
    assert!(hands.app.marks.is_empty());
    let items = hands.app.floor.board.len();
    hands.keys("*");
    assert_eq!(hands.app.marks.len(), items);
}

#[test]
fn a_copy_that_comes_moves_no_row_and_is_counted() {
    let mut hands = storm();
    go_to(&mut hands, "1050");
    hands.keys("Esc");
    let before = hands.app.stream.rows.clone();
    let mut posts = insight::rumour();
    let mut copy = posts.remove(3);
    let mut content = (*copy.content).clone();
    content.external_id = "post-1070".into();
    copy.key = content.key();
    copy.content = content.into();
    copy.id = ItemId(1070);
    hands.news(LinkNews::Items(vec![copy]));
    assert_eq!(hands.app.stream.rows, before);
    assert_eq!(hands.app.stream.waiting, 0);
    assert_eq!(hands.app.floor.copies(&hands.key_of(1050)), 8);
}

#[test]
fn a_digit_on_the_page_of_reasons_goes_to_the_post_that_it_names() {
    let mut hands = storm();
    go_to(&mut hands, "1060");
    hands.keys("i 3");
    assert!(hands.app.overlays.is_empty());
    assert_eq!(hands.selected(), Some(1056));
    go_to(&mut hands, "1060");
    hands.keys("i 2");
    assert_eq!(hands.says(), "That post is not on the board any more.");
    hands.keys("9");
    assert_eq!(hands.app.overlays.len(), 1, "a digit that names nothing");
    hands.keys("1");
    assert_eq!(hands.selected(), Some(1050));
    go_to(&mut hands, "1053");
    hands.keys("i 1");
    assert_eq!(hands.selected(), Some(1050), "the first of its copies");
}

#[test]
fn claims_are_confirmed_and_rejected_one_by_one() {
    let mut hands = storm();
    hands.keys("gm y");
    let id = insight::claim(Level::Confirmed, Stance::Spreads).id;
    let confirm = Verb::ConfirmClaim { claim: id.clone() };
    let reject = Verb::RejectClaim { claim: id };
    assert_eq!(hands.command().verb, confirm);
    assert_eq!(hands.targets(hands.command()), [1050]);
    answer(&mut hands);
    assert_eq!(
        hands.says(),
        "#1050: claim confirmed, its evidence is kept."
    );
    hands.keys("X");
    assert_eq!(hands.command().verb, reject);
    assert_eq!(hands.targets(hands.command()), [1051]);
    // Many are asked about, and the key that asks is not the one that answers.
    hands.keys("Space Space X");
    assert!(hands.sent().is_empty());
    hands.keys("y");
    assert_eq!(hands.targets(hands.command()), [1052, 1053]);
    hands.keys("Y");
    assert!(hands.sent().is_empty());
    hands.keys("y");
    let open: Vec<u64> = (1050..=1057).collect();
    assert_eq!(hands.targets(hands.command()), open);
    hands.keys("Enter");
    assert!(hands.app.overlays.is_empty() && hands.app.detail.open);
}

/// A fact of this officer's command, as the hub tells it.
fn commanded(hands: &mut Hands, (id, seq): (u64, u64), body: Body) {
    let key = hands.key_of(id);
    let item = hands.app.floor.board.item(&key).unwrap();
    let event = Event {
        seq: Seq(seq),
        at: now(),
        actor: Actor::Officer(officer("anna")),
        cause: Cause::Command(CommandId(uuid::Uuid::from_u128(seq.into()))),
        key: Some(key),
        id: Some(item.id),
        desk: Some(item.desk.clone()),
        body,
    };
    hands.news(LinkNews::Events {
        events: vec![event],
        to: Seq(seq),
    });
}

fn read_of(hands: &Hands, id: u64) -> Reading {
    let item = hands.app.floor.board.item(&hands.key_of(id)).unwrap();
    item.reading.as_deref().unwrap().clone()
}

#[test]
fn u_takes_back_a_verdict_on_a_claim_and_a_corrected_feeling() {
    let mut hands = storm();
    let plain = |hands: &Hands, id| {
        let item = hands.app.floor.board.item(&hands.key_of(id));
        item.unwrap().clone()
    };
    let back = |item: &Item, command: u64| Body::TriageRestored {
        triage: Box::new((*item.triage).clone()),
        members: Vec::new(),
        clocks: *item.clocks,
        judged: Some(Box::default()),
        command: CommandId(uuid::Uuid::from_u128(command.into())),
        by: VerbName::Undo,
    };
    let (first, before) = (plain(&hands, 1050), read_of(&hands, 1050));
    hands.keys("gm X");
    assert!(matches!(hands.command().verb, Verb::RejectClaim { .. }));
    answer(&mut hands);
    let claim = before.claims[0].id.clone();
    commanded(&mut hands, (1050, 3000), Body::ClaimRejected { claim });
    assert!(read_of(&hands, 1050).claims[0].is_rejected());
    hands.keys("Esc u");
    assert_eq!(hands.command().verb, Verb::Undo);
    answer(&mut hands);
    commanded(&mut hands, (1050, 3001), back(&first, 3000));
    assert_eq!(read_of(&hands, 1050), before);

    let (second, before) = (plain(&hands, 1053), read_of(&hands, 1053));
    go_to(&mut hands, "1053");
    hands.keys("F +");
    assert!(matches!(hands.command().verb, Verb::Feedback { .. }));
    answer(&mut hands);
    let feedback = Feedback::Sentiment(Feeling::Positive);
    commanded(&mut hands, (1053, 3002), Body::FeedbackGiven { feedback });
    let felt = read_of(&hands, 1053).sentiment.unwrap();
    let corrected = (felt.feeling, felt.corrected_by.is_some());
    assert_eq!(corrected, (Feeling::Positive, true));
    hands.keys("u");
    assert_eq!(hands.command().verb, Verb::Undo);
    answer(&mut hands);
    commanded(&mut hands, (1053, 3003), back(&second, 3002));
    assert_eq!(read_of(&hands, 1053), before);
}

#[test]
fn what_is_judged_comes_after_what_nobody_judged() {
    let mut hands = storm();
    let key = hands.key_of(1050);
    let item = hands.app.floor.board.item(&key).unwrap();
    let event = Event {
        seq: Seq(3000),
        at: now(),
        actor: Actor::Officer(officer("maria")),
        cause: Cause::Operator,
        key: Some(key),
        id: Some(item.id),
        desk: Some(item.desk.clone()),
        body: Body::ClaimRejected {
            claim: insight::claim(Level::Confirmed, Stance::Spreads).id,
        },
    };
    hands.news(LinkNews::Events {
        events: vec![event],
        to: Seq(3000),
    });
    hands.keys("gm");
    let Some(What::Claims(claims)) = hands.app.overlays.last().map(|top| &top.what) else {
        panic!("no list");
    };
    assert_eq!(claims.groups[0].posts.last(), Some(&key));
    assert_eq!(claims.open(&hands.app.floor.board), 7);
}

#[test]
fn feedback_is_one_key_and_a_letter_and_says_that_it_was_logged() {
    let mut hands = storm();
    go_to(&mut hands, "1060");
    hands.keys("F f");
    let feedback = Feedback::FalseAlarm;
    assert_eq!(hands.command().verb, Verb::Feedback { feedback });
    answer(&mut hands);
    assert_eq!(
        hands.says(),
        "#1060: logged; it changes no threshold by itself."
    );
    go_to(&mut hands, "1053");
    hands.keys("F +");
    let feedback = Feedback::Sentiment(Feeling::Positive);
    assert_eq!(hands.command().verb, Verb::Feedback { feedback });
    hands.keys("F x");
    assert!(matches!(hands.command().verb, Verb::RejectClaim { .. }));
    hands.keys(":").text("feedback not-relevant").keys("Enter");
    let feedback = Feedback::NotRelevant;
    assert_eq!(hands.command().verb, Verb::Feedback { feedback });
    hands.keys(":").text("feedback wrong").keys("Enter");
    assert!(hands.says().contains("false-alarm"), "{}", hands.says());
}
