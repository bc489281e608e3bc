//! An item as it came: what each field is made of, letter for letter.
//!
//! The page that takes the place of the detail while the officer looks behind
//! it. Fields stand in the order in which they were sent; what can't be seen is
//! spelled out, counted and named.

use super::{Document, Ink, Span, own};
use crate::console::action::Action;
use crate::console::keymap::Context;
use crate::console::state::{App, words};
use crate::model::item::{Item, OnRetract};
use crate::text::{Anatomy, SafeText, Untrusted};

/// Sorts of odd characters that are listed for one field.
const SORTS: usize = 12;

/// The page.
#[must_use]
pub fn of(app: &App, item: &Item, width: usize) -> Document {
    let mut page = Document::new(width).under(app.settings.text);
    let keys = &app.settings.keymap;
    let key = keys
        .first(Context::Floor, Action::Reveal)
        .unwrap_or_default();
    page.row(vec![
        own(Ink::Title, format!("{} as it came", item.id)),
        own(Ink::Muted, "  "),
        own(Ink::Key, key),
        own(Ink::Muted, " back to the cleaned text"),
    ]);
    let content = &item.content;
    let gone = matches!(
        item.retracted,
        Some((_, OnRetract::Hide | OnRetract::Erase))
    );
    let fields = [
        ("Name", &content.author.name),
        ("Handle", &content.author.handle),
        ("Title", &content.title),
        ("Words", &content.text),
        ("Link", &content.url),
    ];
    for (name, words) in fields {
        let taken_back = gone && matches!(name, "Title" | "Words");
        if !words.is_empty() && !taken_back {
            field(&mut page, name, words);
        }
    }
    if let Some(likeness) = app.likeness(item) {
        page.blank();
        page.say(Ink::Warn, format!("≈ The author {likeness}."));
    }
    if gone {
        page.blank();
        page.say(
            Ink::Muted,
            "The source took its words back; they are not shown.",
        );
    }
    page
}

fn field(page: &mut Document, name: &str, source: &Untrusted) {
    let anatomy = Anatomy::of(source);
    page.heading(name);
    page.fold(2, Ink::Text, &SafeText::revealed(source));
    let scripts: Vec<String> = anatomy
        .scripts
        .iter()
        .map(|(script, count)| format!("{script} {count}"))
        .collect();
    let letters = if scripts.is_empty() {
        "no letters".to_owned()
    } else {
        format!("letters: {}", scripts.join(", "))
    };
    let hidden = anatomy.odd_count();
    let nothing = if hidden == 0 { " Nothing hidden." } else { "" };
    let says = format!(
        "{}, {}; {letters}.{nothing}",
        words::plural(anatomy.characters, "character"),
        words::plural(anatomy.bytes, "byte"),
    );
    page.fold(2, Ink::Muted, &SafeText::own(says));
    if hidden > 0 {
        odd(page, &anatomy, hidden);
    }
}

fn odd(page: &mut Document, anatomy: &Anatomy, count: usize) {
    let says = match count {
        1 => "1 character is not shown as it came:".to_owned(),
        count => format!("{count} characters are not shown as they came:"),
    };
    page.fold(2, Ink::Warn, &SafeText::own(says));
    for one in anatomy.odd.iter().take(SORTS) {
        let code = format!("U+{:04X}", u32::from(one.code_point));
        let head = format!("    {:>3} × {code:<8} ", one.count);
        let column = SafeText::own(head.clone()).width();
        let says = format!("{} ({})", one.name, one.hex());
        page.entry(
            column,
            own(Ink::Warn, head),
            Ink::Text,
            &SafeText::own(says),
        );
    }
    let rest = anatomy.odd.len().saturating_sub(SORTS);
    if rest > 0 {
        page.row(vec![Span {
            ink: Ink::Muted,
            text: SafeText::own(format!("    and {rest} other sorts")),
        }]);
    }
}
