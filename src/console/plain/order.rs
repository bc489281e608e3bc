//! What a typed line means: a command of plain mode, or a name of the `:` line
//! with the items that it is about.
//!
//! Pure; knows no item. `3` is the third line of the last list, `#1042` an
//! item's own number, `3,5` and `2-6` are several.

/// Which items are meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Which {
    /// A line of the last list, from 1.
    Line(usize),
    /// The item of a number.
    Number(u64),
}

/// What a line asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Order {
    /// Nothing.
    Nothing,
    /// The rows, so many at the most.
    List(usize),
    /// The next rows.
    More,
    /// How many are new since the last list.
    New,
    /// An item whole; the one that was last looked at when none is named.
    Open(Vec<Which>),
    /// How the floor stands.
    Status,
    /// The queues with their counts; or go to one.
    Queue(Option<String>),
    /// The saved views with their counts; or go to one.
    View(Option<u8>),
    /// Mark these.
    Mark(Vec<Which>),
    /// All items, no filter.
    All,
    /// What can be typed.
    Help,
    /// A `:` line about these items.
    Named {
        /// The items; none: the marked, or the one that was last looked at.
        items: Vec<Which>,
        /// The line.
        line: String,
    },
    /// It makes no sense: a sentence.
    Wrong(String),
}

/// Lines of a list.
pub(super) const LIST: usize = 20;

/// Names of the `:` line that are about items.
const ABOUT_ITEMS: [&str; 25] = [
    "take",
    "acknowledge",
    "release",
    "assign",
    "escalate",
    "snooze",
    "suppress",
    "resolve",
    "reopen",
    "note",
    "tags",
    "merge",
    "split",
    "history",
    "reply",
    "canned",
    "withdraw",
    "resend",
    "take-over",
    "hand-back",
    "source-acknowledge",
    "source-resolve",
    "feedback",
    "confirm-claim",
    "reject-claim",
];

/// Other words for names.
fn name_of(word: &str) -> &str {
    match word {
        "ack" => "acknowledge",
        "tag" => "tags",
        "why" => "history",
        "answer" => "reply",
        "exit" | "q" => "quit",
        other => other,
    }
}

/// Reads a line.
pub(super) fn read(line: &str) -> Order {
    let line = line.trim().trim_start_matches(':');
    let (word, rest) = split(line);
    let lower = word.to_lowercase();
    match lower.as_str() {
        "" => Order::Nothing,
        "list" | "l" => count(rest),
        "more" => Order::More,
        "new" => Order::New,
        "open" | "o" | "show" => match items(rest) {
            Some((items, "")) => Order::Open(items),
            _ => Order::Wrong("open takes one item, like open 3 or open #1042.".to_owned()),
        },
        "status" => Order::Status,
        "queue" | "queues" => Order::Queue((!rest.is_empty()).then(|| rest.to_lowercase())),
        "view" | "views" => view(rest),
        "mark" => match items(rest) {
            Some((items, "")) if !items.is_empty() => Order::Mark(items),
            _ => Order::Wrong("mark takes items, like mark 1-3,7 or mark #1042.".to_owned()),
        },
        "unmark" => named("clear-marks", ""),
        "all" => Order::All,
        "help" | "h" | "?" => Order::Help,
        "priority" => priority(rest),
        _ if items(line).is_some_and(|(_, rest)| rest.is_empty()) => {
            Order::Open(items(line).map(|(items, _)| items).unwrap_or_default())
        }
        _ => about(name_of(&lower), rest),
    }
}

fn split(line: &str) -> (&str, &str) {
    let (word, rest) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
    (word, rest.trim())
}

fn named(name: &str, words: &str) -> Order {
    Order::Named {
        items: Vec::new(),
        line: format!("{name} {words}").trim().to_owned(),
    }
}

fn count(rest: &str) -> Order {
    match rest.parse() {
        _ if rest.is_empty() => Order::List(LIST),
        Ok(count @ 1..=1000) => Order::List(count),
        _ => Order::Wrong("list takes how many lines, 1 to 1000, like list 50.".to_owned()),
    }
}

fn view(rest: &str) -> Order {
    match rest.parse() {
        _ if rest.is_empty() => Order::View(None),
        Ok(n @ 1..=9) => Order::View(Some(n)),
        _ => Order::Wrong("view takes the number of a saved view, 1 to 9.".to_owned()),
    }
}

/// "priority 3 1": the third line becomes priority 1; "priority 1": the one
/// that was last looked at.
fn priority(rest: &str) -> Order {
    let (first, second) = split(rest);
    let (which, level) = if second.is_empty() {
        ("", first)
    } else {
        (first, second)
    };
    let level = match level {
        "0" | "none" => "none",
        "1" | "2" | "3" | "4" => level,
        _ => return Order::Wrong("A priority is 1, 2, 3, 4 or none.".to_owned()),
    };
    match items(which) {
        Some((items, "")) => Order::Named {
            items,
            line: format!("priority-{level}"),
        },
        _ => Order::Wrong("priority takes an item and a level, like priority 3 1.".to_owned()),
    }
}

fn about(name: &str, rest: &str) -> Order {
    if !ABOUT_ITEMS.contains(&name) {
        return named(name, rest);
    }
    let Some((mut which, mut rest)) = items(rest) else {
        return named(name, rest);
    };
    // Into the first, all that are named after it.
    if name == "merge"
        && let Some((others, left)) = items(rest)
    {
        which.extend(others);
        rest = left;
    }
    Order::Named {
        items: which,
        line: format!("{name} {rest}").trim().to_owned(),
    }
}

/// The items that a line begins with, and the rest. None when the first word
/// looks like items and is not; no items when it does not.
fn items(line: &str) -> Option<(Vec<Which>, &str)> {
    let (word, rest) = split(line);
    let starts = |c: char| c.is_ascii_digit() || c == '#';
    let whole = word.chars().all(|c| starts(c) || c == ',' || c == '-');
    if !word.starts_with(starts) || !whole {
        return Some((Vec::new(), line.trim()));
    }
    let mut which = Vec::new();
    for part in word.split(',').filter(|part| !part.is_empty()) {
        match part.split_once('-') {
            None => which.push(one(part)?),
            Some((from, to)) => {
                let (from, to) = (one(from)?, one(to)?);
                which.extend(range(&from, &to)?);
            }
        }
    }
    Some((which, rest))
}

fn one(part: &str) -> Option<Which> {
    match part.strip_prefix('#') {
        Some(number) => number.parse().ok().map(Which::Number),
        None => part.parse().ok().map(Which::Line),
    }
}

/// More lines than a list has are a slip.
const LONGEST_RANGE: u64 = 10_000;

fn range(from: &Which, to: &Which) -> Option<Vec<Which>> {
    match (from, to) {
        (Which::Line(from), Which::Line(to)) if to.checked_sub(*from)? < 10_000 => {
            Some((*from..=*to).map(Which::Line).collect())
        }
        (Which::Number(from), Which::Number(to)) if to.checked_sub(*from)? < LONGEST_RANGE => {
            Some((*from..=*to).map(Which::Number).collect())
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn about_items(items: &[Which], line: &str) -> Order {
        Order::Named {
            items: items.to_vec(),
            line: line.to_owned(),
        }
    }

    #[test]
    fn lines_are_read() {
        use Which::{Line, Number};
        for (typed, means) in [
            ("", Order::Nothing),
            ("list", Order::List(LIST)),
            ("LIST 50", Order::List(50)),
            ("3", Order::Open(vec![Line(3)])),
            ("#1042", Order::Open(vec![Number(1042)])),
            ("open", Order::Open(Vec::new())),
            ("take 3", about_items(&[Line(3)], "take")),
            (":ack #7", about_items(&[Number(7)], "acknowledge")),
            ("take", about_items(&[], "take")),
            (
                "resolve 2-4,#9 done",
                about_items(&[Line(2), Line(3), Line(4), Number(9)], "resolve done"),
            ),
            ("snooze 2h", about_items(&[], "snooze 2h")),
            ("snooze 1 2h", about_items(&[Line(1)], "snooze 2h")),
            (
                "note 1 24 calls since noon",
                about_items(&[Line(1)], "note 24 calls since noon"),
            ),
            (
                "merge 1 2,3",
                about_items(&[Line(1), Line(2), Line(3)], "merge"),
            ),
            ("priority 3 1", about_items(&[Line(3)], "priority-1")),
            ("priority none", about_items(&[], "priority-none")),
            ("mark 1-2", Order::Mark(vec![Line(1), Line(2)])),
            ("filter sev>=high", about_items(&[], "filter sev>=high")),
            ("view 2", Order::View(Some(2))),
            ("queue mine", Order::Queue(Some("mine".to_owned()))),
            ("q", about_items(&[], "quit")),
        ] {
            assert_eq!(read(typed), means, "{typed:?}");
        }
    }

    #[test]
    fn what_makes_no_sense_gets_a_sentence() {
        for typed in [
            "list many",
            "open 3 4",
            "mark",
            "priority 3 9",
            "view 12",
            "mark 9-2",
        ] {
            assert!(matches!(read(typed), Order::Wrong(_)), "{typed:?}");
        }
    }
}
