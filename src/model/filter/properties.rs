//! Laws of the filter language, over filters and items made at random.

use proptest::prelude::*;

use super::ast::{Compare, Expr, Id, Needle, Term};
use super::fixture::{ask, item};
use super::key::{Is, KINDS, SENTIMENTS};
use super::parser::parse;
use super::value::{Since, Span};
use super::{Brief, Filter, FilterError};
use crate::model::ids::ItemId;
use crate::model::item::Item;
use crate::model::severity::Severity;

fn needle() -> impl Strategy<Value = Needle> {
    "(\\PC| ){1,6}|or|-a|#1|kind:x|água|[a-z ]{1,8}"
        .prop_filter_map("nothing to look for", |text| Needle::new(&text))
}

fn some<T: Clone + std::fmt::Debug + 'static>(all: &'static [T]) -> impl Strategy<Value = Vec<T>> {
    prop::collection::vec(prop::sample::select(all), 1..3)
}

fn names<T: std::str::FromStr + std::fmt::Debug>() -> impl Strategy<Value = Vec<T>> {
    let name = "[a-z0-9][a-z0-9._:-]{0,6}".prop_map(|name| name.parse().ok());
    prop::collection::vec(name.prop_filter_map("a name", |name| name), 1..3)
}

fn needles() -> impl Strategy<Value = Vec<Needle>> {
    prop::collection::vec(needle(), 1..3)
}

fn compare() -> impl Strategy<Value = Compare> {
    prop::sample::select(
        &[
            Compare::Less,
            Compare::AtMost,
            Compare::More,
            Compare::AtLeast,
        ][..],
    )
}

fn since() -> impl Strategy<Value = Since> {
    "[0-9]{1,3}[smhdw]|[01][0-9]:[0-5][0-9]|20[0-9]{2}-1[0-2]-[01][1-9](T12:30(:01)?Z?)?"
        .prop_filter_map("a time", |text| Since::parse(&text))
}

fn term() -> impl Strategy<Value = Term> {
    let id = prop_oneof![
        any::<u64>().prop_map(|number| Id::Number(ItemId(number))),
        Just(Id::Key(item().key)),
    ];
    let span = "[1-9][0-9]{0,3}[smhdw]".prop_filter_map("a span", |text| Span::parse(&text));
    prop_oneof![
        4 => needle().prop_map(Term::Text),
        1 => some(&KINDS).prop_map(Term::Kind),
        1 => names().prop_map(Term::Channel),
        1 => some(&Severity::ALL).prop_map(Term::Severity),
        1 => (compare(), prop::sample::select(&Severity::ALL[..]))
            .prop_map(|(compare, severity)| Term::SeverityBy(compare, severity)),
        2 => some(&Is::ALL).prop_map(Term::Is),
        1 => names().prop_map(Term::By),
        1 => names().prop_map(Term::To),
        1 => names().prop_map(Term::Tag),
        1 => needles().prop_map(Term::Lang),
        1 => needles().prop_map(Term::Region),
        1 => needles().prop_map(Term::Author),
        1 => names().prop_map(Term::Desk),
        1 => prop::collection::vec(id, 1..3).prop_map(Term::Id),
        1 => (compare(), span).prop_map(|(compare, span)| Term::Age(compare, span)),
        1 => since().prop_map(Term::Since),
        1 => some(&SENTIMENTS).prop_map(Term::Sentiment),
        1 => needles().prop_map(Term::Topic),
        1 => (compare(), 0..=100_u8).prop_map(|(compare, score)| Term::Urgency(compare, score)),
        1 => (compare(), any::<u64>()).prop_map(|(compare, people)| Term::Reach(compare, people)),
    ]
}

fn tree() -> impl Strategy<Value = Expr> {
    term()
        .prop_map(Expr::Term)
        .prop_recursive(5, 24, 3, |inner| {
            let many = prop::collection::vec(inner.clone(), 1..4);
            prop_oneof![
                inner.prop_map(Expr::not),
                many.clone().prop_map(Expr::all),
                many.prop_map(Expr::any),
            ]
        })
}

/// The item of the tables with other words and a few other traits.
fn some_item() -> impl Strategy<Value = Item> {
    let words = "[a-cA-C ]{0,6}|\\PC{0,6}|água ÁGUA";
    (words, 0_usize..5, any::<u8>(), any::<bool>()).prop_map(|(words, worst, level, edited)| {
        let mut item = item();
        let mut content = (*item.content).clone();
        content.text = words.into();
        item.content = content.into();
        item.severity = Severity::ALL[worst];
        item.triage.level = level % 2;
        item.edited_at = edited.then_some(item.received_at);
        item
    })
}

/// Keywords and stray marks, to reach deeper than random letters do.
const SOUP: &str = "(\\(|\\)|-|or|\"| |,|:|<|>=|#|\\\\|kind|sev|is|age|since|id|high|mine|2h|18:00|é|1|\\PC){0,24}";

proptest! {
    #[test]
    fn what_is_written_is_read_back(tree in tree()) {
        let written = tree.to_string();
        prop_assert_eq!(parse(&written), Ok(tree), "{}", written);
    }

    #[test]
    fn no_string_upsets_the_reader(source in ".{0,80}", cursor in 0_usize..90) {
        survives(&source, cursor)?;
    }

    #[test]
    fn no_mixture_upsets_the_reader(source in SOUP, cursor in 0_usize..40) {
        survives(&source, cursor)?;
    }

    #[test]
    fn negation_is_the_complement(tree in tree(), item in some_item()) {
        prop_assert_ne!(ask(&tree.to_string(), &item), ask(&format!("-({tree})"), &item));
    }

    #[test]
    fn or_is_the_union(a in tree(), b in tree(), item in some_item()) {
        let either = ask(&a.to_string(), &item) || ask(&b.to_string(), &item);
        prop_assert_eq!(ask(&format!("{a} or {b}"), &item), either);
    }

    #[test]
    fn side_by_side_is_the_intersection(a in tree(), b in tree(), item in some_item()) {
        let both = ask(&a.to_string(), &item) && ask(&b.to_string(), &item);
        prop_assert_eq!(ask(&format!("({a}) ({b})"), &item), both);
    }

    #[test]
    fn case_and_accents_make_no_difference(
        letters in prop::collection::vec(("[a-z]", any::<bool>(), 0_usize..4), 1..8),
    ) {
        let plain: String = letters.iter().map(|(letter, ..)| letter.as_str()).collect();
        let mut dressed = String::new();
        for (letter, upper, mark) in &letters {
            dressed += &if *upper { letter.to_uppercase() } else { letter.clone() };
            dressed += ["", "\u{301}", "\u{308}", "\u{327}"][*mark];
        }
        for (said, asked) in [(&plain, &dressed), (&dressed, &plain)] {
            let mut item = item();
            let mut content = (*item.content).clone();
            content.text = format!("~{said}~").into();
            item.content = content.into();
            prop_assert!(ask(&phrase(asked), &item));
            prop_assert!(!ask(&phrase(&(asked.clone() + "x")), &item));
        }
    }

    #[test]
    fn what_narrows_holds_only_where_the_wider_one_held(
        new in "(a|b|ab|ba|-a|-b|\\(a or b\\)|kind:alert|sev>=high) (a|b|ab|-ab|kind:mention)",
        old in "(a|b|ab|-a|\\(a or b\\)|kind:alert|sev>=high)?( a| b| -b| -ab)?",
        words in "[abc]{1,5}",
    ) {
        let mut item = item();
        let mut content = (*item.content).clone();
        content.text = words.as_str().into();
        item.content = content.into();
        let read = |source: &str| Filter::parse(source).expect("a filter");
        if read(&new).narrows(&read(&old)) && ask(&new, &item) {
            prop_assert!(ask(&old, &item), "{} and {}", new, old);
        }
        let brief = read(&new).matches_words(&Filter::haystack(&item), Brief::of(&item));
        prop_assert!(brief.is_none_or(|holds| holds == ask(&new, &item)), "{}", new);
    }

    #[test]
    fn any_part_of_the_words_is_found(
        words in "[a-cA-C éÁ]{1,8}|água ÁGUA|مدرسة أحمد", from in 0_usize..6, len in 1_usize..5,
    ) {
        let mut item = item();
        let mut content = (*item.content).clone();
        content.text = words.as_str().into();
        item.content = content.into();
        let part: String = words.chars().skip(from).take(len).collect();
        // Space alone is nothing to look for.
        let Some(needle) = Needle::new(&part) else { return Ok(()) };
        for asked in [part.to_uppercase(), part.to_lowercase(), needle.key] {
            let filter = format!("\"{asked}\"");
            prop_assert!(ask(&filter, &item), "{}", filter);
        }
    }
}

fn phrase(words: &str) -> String {
    format!("\"~{words}~\"")
}

fn survives(source: &str, cursor: usize) -> Result<(), TestCaseError> {
    let length = source.chars().count();
    for completion in Filter::complete(source, cursor) {
        prop_assert!(completion.replaces.start <= completion.replaces.end);
        prop_assert!(completion.replaces.end <= length.min(cursor));
    }
    match Filter::parse(source) {
        Ok(filter) => {
            ask(source, &item());
            prop_assert_eq!(filter.source(), source);
        }
        Err(error) => {
            let FilterError { column, says } = &error;
            prop_assert!(
                (1..=length + 1).contains(column),
                "{} of {}",
                column,
                length
            );
            prop_assert!(!says.is_empty());
            prop_assert!(error.caret(source).ends_with('^'));
        }
    }
    Ok(())
}
