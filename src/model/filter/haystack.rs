//! The words of an item, folded once for any number of searches.
//!
//! Owns which words bare words are looked for in, and the quick way for plain
//! ASCII, which most texts are. Called by evaluation, and by whoever keeps the
//! folded words beside an item.

use crate::model::item::{Item, OnRetract};
use crate::text::fold::search_key;

/// Parts two fields: no needle has it, so no match reaches across.
const BETWEEN: char = '\n';

/// Appends what bare words are looked for in: title, text, the author's name
/// and handle, the labels and the channel. Words that a retraction hides are
/// not among them, or a filter would tell what they were.
pub(super) fn write(item: &Item, into: &mut String) {
    let content = &item.content;
    let hidden = matches!(
        item.retracted,
        Some((_, OnRetract::Hide | OnRetract::Erase))
    );
    if !hidden {
        push(into, content.title.as_evidence());
        push(into, content.text.as_evidence());
    }
    push(into, content.author.name.as_evidence());
    let handle = content.author.handle.as_evidence();
    if !handle.is_empty() {
        if !handle.starts_with('@') {
            into.push('@');
        }
        push(into, handle);
    }
    push(into, content.channel.as_str());
    for (name, value) in &content.labels {
        push(into, name);
        // One field, so that "env=prod" is found.
        into.truncate(into.trim_end_matches(BETWEEN).len());
        into.push('=');
        push(into, value.as_evidence());
    }
}

fn push(into: &mut String, field: &str) {
    if field.is_empty() {
        return;
    }
    if is_plain(field) {
        let start = into.len();
        into.push_str(field);
        if let Some(new) = into.get_mut(start..) {
            new.make_ascii_lowercase();
        }
    } else {
        into.push_str(&search_key(field));
    }
    into.push(BETWEEN);
}

/// Whether folding `field` is lowering its letters: printable ASCII with no
/// space at an end or beside another.
fn is_plain(field: &str) -> bool {
    // Without a branch inside, so that it is done many bytes at a time.
    let printable = field
        .bytes()
        .fold(true, |all, b| all & (b' '..=b'~').contains(&b));
    let pairs = field.bytes().zip(field.bytes().skip(1));
    let gaps = pairs.fold(0, |any, (a, b)| {
        any | (u8::from(a == b' ') & u8::from(b == b' '))
    });
    printable && gaps == 0 && !field.starts_with(' ') && !field.ends_with(' ')
}

/// Whether the folded `needle` is somewhere in `field`, folded.
pub(super) fn holds(field: &str, needle: &str) -> bool {
    if !is_plain(field) {
        return search_key(field).contains(needle);
    }
    let (field, needle) = (field.as_bytes(), needle.as_bytes());
    !needle.is_empty()
        && field
            .windows(needle.len())
            .any(|window| window.eq_ignore_ascii_case(needle))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn the_quick_way_folds_like_the_slow_one(field in "[ -~\\t\\n]{0,12}|[ a-cé]{0,6}") {
            let mut quick = String::new();
            push(&mut quick, &field);
            prop_assert_eq!(quick.trim_end_matches(BETWEEN), search_key(&field));
        }

        #[test]
        fn one_field_is_searched_like_the_whole(field in "[ -~é]{0,12}", needle in "[a-cA-C]{1,2}") {
            let key = search_key(&needle);
            prop_assert_eq!(holds(&field, &key), search_key(&field).contains(&key));
        }
    }

    #[test]
    fn plain_is_what_folds_to_itself_but_for_case() {
        for plain in ["", "a", "Water Main", "~!"] {
            assert!(is_plain(plain), "{plain:?}");
        }
        for not in [" a", "a ", "a  b", "a\tb", "é", "a\u{7f}"] {
            assert!(!is_plain(not), "{not:?}");
        }
    }
}
