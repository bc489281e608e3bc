//! Erasing by what looks like one character, undo by words, rows by cells.

use super::*;

fn typed(text: &str) -> TextEdit {
    let mut edit = TextEdit::block(1000);
    for c in text.chars() {
        edit.insert(c.encode_utf8(&mut [0; 4]));
    }
    edit
}

#[test]
fn one_backspace_erases_what_looks_like_one_character() {
    let mut edit = typed("a👩‍👩‍👧‍👧e\u{301}");
    edit.delete_back();
    assert_eq!(edit.text(), "a👩‍👩‍👧‍👧");
    edit.delete_back();
    assert_eq!(edit.text(), "a");
}

#[test]
fn lines_are_split_and_joined() {
    let mut edit = typed("one\ntwo");
    edit.home();
    edit.delete_back();
    assert_eq!(edit.text(), "onetwo");
    edit.new_line();
    assert_eq!(edit.lines(), ["one", "two"]);
    edit.step_rows(80, -1);
    edit.end();
    edit.delete_forward();
    assert_eq!(edit.text(), "onetwo");
}

#[test]
fn undo_goes_back_by_words() {
    let mut edit = typed("crew en route");
    edit.undo();
    assert_eq!(edit.text(), "crew en ");
    edit.undo();
    edit.undo();
    edit.redo();
    assert!("crew en route".starts_with(&edit.text()));
    edit.delete_word();
    assert!(!edit.text().contains("en"));
}

#[test]
fn a_paste_into_one_line_stays_one_line_and_within_the_limit() {
    let mut edit = TextEdit::line(5);
    edit.insert("ab\r\ncdefgh");
    assert_eq!(edit.text(), "ab cd");
}

proptest::proptest! {
    #[test]
    fn any_keys_keep_the_cursor_inside(keys in proptest::collection::vec((0..14_u8, ".{0,2}"), 0..60)) {
        let mut edit = TextEdit::block(64);
        for (key, text) in keys {
            match key {
                0 => edit.delete_back(),
                1 => edit.delete_forward(),
                2 => edit.delete_word(),
                3 => edit.left(),
                4 => edit.right(),
                5 => edit.step_rows(7, -1),
                6 => edit.step_rows(7, 1),
                7 => edit.undo(),
                9 => edit.word_left(),
                10 => edit.word_right(),
                11 => edit.delete_to_end(),
                12 => { edit.paste(&text); }
                8 => edit.new_line(),
                _ => edit.insert(&text),
            }
            let (row, before) = edit.cursor();
            proptest::prop_assert!(edit.lines()[row].starts_with(&before));
            proptest::prop_assert!(edit.text().len() <= 64);
        }
    }
}

#[test]
fn words_are_moved_over_with_their_marks_and_apostrophes() {
    let mut edit = typed("the mayor's caf\u{65}\u{301} – 7 km");
    let mut stops = Vec::new();
    for _ in 0..5 {
        edit.word_left();
        stops.push(edit.place().1);
    }
    assert_eq!(stops, [21, 19, 12, 4, 0]);
    edit.word_right();
    edit.word_right();
    assert_eq!(edit.cursor().1, "the mayor's");
}

#[test]
fn erasing_letter_by_letter_is_one_step() {
    let mut edit = typed("crew en route");
    for _ in 0..5 {
        edit.delete_back();
    }
    assert_eq!(edit.text(), "crew en ");
    edit.undo();
    assert_eq!(edit.text(), "crew en route");
}

#[test]
fn a_paste_is_cleaned_one_step_and_within_the_limit() {
    let mut edit = TextEdit::block(12);
    let left_out = edit.paste("a\u{1b}[31m\tb\u{202e}\r\nc");
    assert_eq!(edit.text(), "a[31m b\nc");
    assert_eq!(left_out, 2);
    assert!(edit.has_pasted());
    assert_eq!(edit.paste("123456"), 3);
    edit.undo();
    edit.undo();
    assert!(edit.is_blank());
}
