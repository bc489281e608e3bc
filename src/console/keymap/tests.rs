//! The table has no duplicates, every action has a name and help, and remaps
//! are refused by name.

use std::collections::BTreeSet;

use super::*;

#[test]
fn no_sequence_means_two_things_or_begins_another() {
    let keymap = Keymap::default();
    for (i, a) in keymap.bindings().iter().enumerate() {
        for b in &keymap.bindings()[i + 1..] {
            if a.context == b.context {
                assert!(
                    !a.keys.starts_with(&b.keys) && !b.keys.starts_with(&a.keys),
                    "{} is {:?} and {:?}",
                    shown(&a.keys),
                    a.action,
                    b.action
                );
            }
        }
    }
}

#[test]
fn names_are_unique_and_help_is_short() {
    let names: BTreeSet<_> = table::ENTRIES.iter().map(|e| e.name).collect();
    assert_eq!(names.len(), table::ENTRIES.len());
    for entry in table::ENTRIES {
        assert!(
            !entry.help.is_empty() && entry.help.len() <= 60,
            "{}",
            entry.name
        );
        assert!(!entry.help.contains('!'), "{}", entry.name);
    }
}

#[test]
fn reserved_keys_are_never_bound() {
    for binding in Keymap::default().bindings() {
        assert!(binding.keys.iter().all(|chord| !chord.is_reserved()));
    }
}

fn change(keys: &str, action: &str) -> Remap {
    Remap {
        keys: keys.to_owned(),
        action: action.to_owned(),
        origin: "config.toml:7".to_owned(),
    }
}

#[test]
fn an_officer_may_move_a_key() {
    let keymap = Keymap::with(&[change("a", "none"), change("F2", "take")]).expect("a keymap");
    let f2 = [Chord::key(Key::F(2))];
    assert_eq!(
        keymap.meaning(Context::Floor, &f2),
        Meaning::Is(Action::Take)
    );
    let a = [Chord::char('a')];
    assert_eq!(keymap.meaning(Context::Floor, &a), Meaning::Nothing);
}

#[test]
fn bad_changes_are_refused_by_place_and_name() {
    let errors = Keymap::with(&[
        change("Ctrl-S", "take"),
        change("X", "tkae"),
        change("X", "take"),
        change("X", "release"),
        change("g", "help"),
    ])
    .expect_err("four errors");
    let says: Vec<String> = errors.iter().map(ToString::to_string).collect();
    assert_eq!(
        says,
        [
            "config.toml:7: Ctrl-S is kept by terminals and can't be bound.",
            "config.toml:7: there is no action \"tkae\"; the nearest is \"take\".",
            "config.toml:7: X is \"release\" here and \"take\" already; free one of them.",
            "config.toml:7: g is \"help\" here and \"conversations\" already on gc; free one of them.",
        ]
    );
}

#[test]
fn a_begun_sequence_waits_for_more() {
    let keymap = Keymap::default();
    let g = [Chord::char('g')];
    assert_eq!(keymap.meaning(Context::Floor, &g), Meaning::Begun);
}

#[test]
fn every_context_can_be_changed_in_the_same_file() {
    let keymap = Keymap::with(&[
        change("editor: Ctrl-T", "edit-line-start"),
        change("list: Ctrl-N", "none"),
        change("question: j", "confirm"),
    ])
    .expect("a keymap");
    let ctrl_t = [Chord::ctrl('t')];
    assert_eq!(
        keymap.meaning(Context::Editor, &ctrl_t),
        Meaning::Is(Action::LineStart)
    );
    assert_eq!(keymap.meaning(Context::Floor, &ctrl_t), Meaning::Nothing);
    let ctrl_n = [Chord::ctrl('n')];
    assert_eq!(keymap.meaning(Context::List, &ctrl_n), Meaning::Nothing);
    assert!(keymap.is_own(Context::Confirm, Action::Confirm));
    assert!(!keymap.is_own(Context::Floor, Action::Take));
}

#[test]
fn what_is_freed_is_free_whatever_the_order() {
    let keymap = Keymap::with(&[change("g", "help"), change("g", "none")]).expect("a keymap");
    assert_eq!(
        keymap.meaning(Context::Floor, &[Chord::char('g')]),
        Meaning::Is(Action::Help)
    );
}

#[test]
fn changes_that_strand_an_officer_or_do_nothing_are_refused() {
    let says = |changes: &[Remap]| -> Vec<String> {
        let errors = Keymap::with(changes).expect_err("an error");
        errors.iter().map(ToString::to_string).collect()
    };
    assert_eq!(
        says(&[change("editor: Ctrl-X y", "none")]),
        [
            "config.toml:7: this takes the last key of \"edit-submit\", and without one nobody \
             gets a note submitted."
        ]
    );
    assert_eq!(
        says(&[change("question: Enter", "confirm")]),
        [
            "config.toml:7: Enter can't be \"confirm\": what is pressed by habit answers no \
             question."
        ]
    );
    assert_eq!(
        says(&[change("F12", "none")]),
        ["config.toml:7: nothing is on F12, so there is nothing to free."]
    );
    assert_eq!(
        says(&[change("editor: F2", "take")]),
        ["config.toml:7: there is no action \"take\" in editor; the nearest is \"edit-keep\"."]
    );
}

#[test]
fn a_prefix_tells_what_can_follow() {
    let keymap = Keymap::default();
    let next = keymap.continuations(Context::Editor, &[Chord::ctrl('x')]);
    let says: Vec<String> = next
        .iter()
        .map(|(key, action)| format!("{key} {action:?}"))
        .collect();
    assert_eq!(
        says,
        ["y Some(Submit)", "u Some(EditUndo)", "r Some(EditRedo)"]
    );
}

#[test]
fn the_printed_tables_have_every_action() {
    let keymap = Keymap::with(&[change("F2", "take")]).expect("a keymap");
    let (text, json) = (print::text(&keymap), print::json(&keymap));
    assert_eq!(json.as_array().map(Vec::len), Some(table::ENTRIES.len()));
    for entry in table::ENTRIES {
        assert!(text.contains(entry.name), "{}", entry.name);
    }
    assert!(text.lines().any(|line| line.starts_with("* a F2")));
}
