//! Where a vendor's cursor is in what it sends, and what we make of it. Numbers
//! stay text: some exceed 2^53.

use serde_json::Value;

use super::pointer::{Fan, Pointer};
use super::scope::{Message, Scope, scalar};

/// A cursor: found in documents, sent back in a URL, a frame or a body.
#[derive(Clone, Debug)]
pub(in crate::channels) struct CursorRule {
    /// Where it is.
    pub(in crate::channels) at: CursorAt,
    /// Which of several counts.
    pub(in crate::channels) take: Take,
    /// What is added to a number: 1 where the vendor wants what comes after,
    /// less than 0 to go back a little, so that nothing falls into a gap.
    pub(in crate::channels) add: i64,
}

/// Where a cursor is.
#[derive(Clone, Debug)]
pub(in crate::channels) enum CursorAt {
    /// In one place.
    One(Pointer),
    /// At the pointer in each element of a list.
    Each(Fan, Pointer),
}

/// Which of several cursors counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::channels) enum Take {
    /// The greatest, as a number.
    Greatest,
    /// The first.
    First,
    /// The last.
    Last,
}

/// The cursor of `document`; none when it has none.
pub(in crate::channels) fn find(rule: &CursorRule, document: &Value) -> Option<String> {
    let vars = std::collections::BTreeMap::new();
    let message = Message::new(document, &vars);
    let scope = Scope::top(&message);
    let mut found: Option<String> = None;
    match &rule.at {
        CursorAt::One(at) => found = at.find(&scope).and_then(scalar).map(Into::into),
        CursorAt::Each(list, at) => list.walk(&scope, &mut |element, _| {
            if let Some(next) = at.walk(element).and_then(scalar) {
                let better = match (&found, rule.take) {
                    (None, _) | (_, Take::Last) => true,
                    (_, Take::First) => false,
                    (Some(best), Take::Greatest) => greater(&next, best),
                };
                if better {
                    found = Some(next.into_owned());
                }
            }
            true
        }),
    }
    found.map(|text| shifted(text, rule.add))
}

/// Whether `a` is a greater number than `b`; by the alphabet where one is none.
fn greater(a: &str, b: &str) -> bool {
    match (a.parse::<i128>(), b.parse::<i128>()) {
        (Ok(a), Ok(b)) => a > b,
        _ => match (a.parse::<f64>(), b.parse::<f64>()) {
            (Ok(a), Ok(b)) => a > b,
            _ => a > b,
        },
    }
}

/// `text` and so much more, where it is a number.
fn shifted(text: String, add: i64) -> String {
    if add == 0 {
        return text;
    }
    match text.parse::<i128>() {
        Ok(number) => number.saturating_add(i128::from(add)).max(0).to_string(),
        Err(_) => text,
    }
}

/// Whether `next` is behind `before`, both numbers: a cursor never goes back.
pub(in crate::channels) fn is_behind(next: &str, before: &str) -> bool {
    match (next.parse::<i128>(), before.parse::<i128>()) {
        (Ok(next), Ok(before)) => next < before,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn each(list: &str, at: &str, take: Take, add: i64) -> CursorRule {
        CursorRule {
            at: CursorAt::Each(
                Fan::parse(list).expect("a fan"),
                Pointer::parse(at).expect("a pointer"),
            ),
            take,
            add,
        }
    }

    #[test]
    fn the_greatest_the_first_and_the_last() {
        let updates = json!({"result": [{"update_id": 9}, {"update_id": 10}, {"x": 1}]});
        let next = each("/result/*", "/update_id", Take::Greatest, 1);
        assert_eq!(find(&next, &updates).as_deref(), Some("11"));
        let things = json!({"c": ["t1_b", "t1_a"]});
        let of = |take| find(&each("/c/*", "", take, 0), &things);
        assert_eq!(of(Take::First).as_deref(), Some("t1_b"));
        assert_eq!(of(Take::Last).as_deref(), Some("t1_a"));
        assert_eq!(find(&next, &json!({"result": []})), None);
    }

    #[test]
    fn numbers_beyond_2_to_the_53_keep_their_digits() {
        let rule = CursorRule {
            at: CursorAt::One(Pointer::parse("/s").expect("a pointer")),
            take: Take::Last,
            add: -1,
        };
        let found = find(&rule, &json!({"s": 9_007_199_254_740_993_u64}));
        assert_eq!(found.as_deref(), Some("9007199254740992"));
        assert!(is_behind("9", "10") && !is_behind("b", "a"));
    }
}
