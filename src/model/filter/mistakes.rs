//! Every mistake in a filter by a table: its column, and what is said.

use super::Filter;
use super::lexer::MAX_BYTES;
use super::parser::MAX_DEPTH;

/// The filter, the column, and a part of the sentence.
const MISTAKES: &[(&str, usize, &str)] = &[
    ("(water", 1, "not closed"),
    ("a (b (c)", 3, "not closed"),
    ("water)", 6, "closes nothing"),
    ("a) b", 2, "closes nothing"),
    ("()", 2, "expected before this \")\""),
    ("a (b or )", 9, "expected before this \")\""),
    ("-)", 2, "expected before this \")\""),
    ("or water", 1, "missing before it"),
    ("(or b)", 2, "missing before it"),
    ("a or or b", 6, "missing before it"),
    ("water or", 9, "ends here"),
    ("água or ", 9, "ends here"),
    ("-", 1, "right behind it"),
    ("água - b", 6, "right behind it"),
    ("(a -", 4, "right behind it"),
    ("(", 2, "ends here"),
    ("a \"b c", 3, "not closed"),
    ("\"a\\\"", 1, "not closed"),
    ("a \"\"", 3, "nothing in these quotes"),
    ("region:\" \"", 8, "nothing in these quotes"),
    ("a\u{1b}[2J", 2, "control character"),
    ("\"a\u{7}\"", 3, "control character"),
    ("chan:a\u{0}", 7, "control character"),
    (
        "água chann:web",
        6,
        "no key \"chann\". The nearest is \"chan\"",
    ),
    ("severity:high", 1, "The nearest is \"sev\""),
    ("-knd:alert", 2, "The nearest is \"kind\""),
    ("zzzzz:1", 1, "The keys are is, kind"),
    ("http://example.test", 1, "put them in quotes"),
    ("foo>=1", 1, "no key \"foo\""),
    ("kind:", 6, "takes mention, alert or escalation"),
    ("kind:alert,", 12, "takes mention"),
    ("kind:,alert", 6, "takes mention"),
    ("kind: alert", 6, "takes mention"),
    ("kind:alrt", 6, "The nearest is \"alert\""),
    ("kind:alert,mentoin", 12, "The nearest is \"mention\""),
    ("kind>alert", 5, "cannot be compared"),
    (
        "sev>=hgih",
        6,
        "critical, high, medium, low or info. The nearest is \"high\"",
    ),
    ("sev>=", 6, "takes critical"),
    ("sev>high,low", 10, "one value"),
    ("is:unasigned", 4, "The nearest is \"unassigned\""),
    ("is:xyz", 4, "merged, open or closed."),
    ("sent:angry", 6, "negative, neutral or positive"),
    ("age:2h", 4, "age<2h or age>2h"),
    ("age<2", 5, "2h"),
    ("age<2h,3h", 8, "one value"),
    ("since:noon", 7, "18:00, 24h or 2026"),
    ("since:18:00,19:00", 13, "one value"),
    ("since>18:00", 6, "cannot be compared"),
    ("id:abc", 4, "a number such as 1042"),
    ("#99999999999999999999999", 1, "a number such as 1042"),
    ("chan:a,\"b c\"", 8, "a-z, 0-9"),
    ("by:Zoë", 4, "a-z, 0-9"),
    ("tag:-x", 5, "a-z, 0-9"),
    ("a \u{301}", 3, "no letter, digit or sign"),
    ("lang:\u{301}", 6, "no letter, digit or sign"),
];

#[test]
fn each_is_told_where_and_what_was_expected() {
    for (source, column, says) in MISTAKES {
        let error = Filter::parse(source).expect_err(source);
        assert_eq!(error.column, *column, "{source:?}: {error}");
        assert!(error.says.contains(says), "{source:?}: {error}");
        assert!(
            error.says.ends_with('.') && !error.says.contains('!'),
            "{error}"
        );
    }
}

#[test]
fn brackets_have_a_depth_and_filters_a_length() {
    let nested = |depth| format!("{}a{}", "(".repeat(depth), ")".repeat(depth));
    assert!(Filter::parse(&nested(MAX_DEPTH)).is_ok());
    let error = Filter::parse(&nested(MAX_DEPTH + 1)).expect_err("too deep");
    assert_eq!(error.column, MAX_DEPTH + 1);

    assert!(Filter::parse(&"é".repeat(MAX_BYTES / 2)).is_ok());
    let error = Filter::parse(&"é".repeat(MAX_BYTES / 2 + 1)).expect_err("too long");
    assert_eq!(error.column, MAX_BYTES / 2 + 1);
}

#[test]
fn hostile_filters_are_answered() {
    let long = MAX_BYTES;
    for hostile in [
        "(".repeat(long),
        "-".repeat(long - 1),
        format!("{}a", "-".repeat(long - 1)),
        "-(".repeat(long / 2),
        "a or ".repeat(long / 5),
        "\"".repeat(long),
        "k".repeat(long - 1) + ":",
        "#1,".repeat(long / 3),
        "kind:".to_owned() + &"alert,".repeat(long / 6),
    ] {
        if let Err(error) = Filter::parse(&hostile) {
            assert!(error.says.len() < 400, "{}", error.says.len());
        }
    }
    // An even number of "-" is none.
    assert!(Filter::parse("----a").is_ok());
}

#[test]
fn what_was_typed_is_not_repeated() {
    for source in [
        "kind:\u{202e}x",
        "sev>=\u{200b}",
        "by:\u{e9}\u{2066}",
        "since:\u{202e}",
    ] {
        let error = Filter::parse(source).expect_err(source);
        assert!(error.says.is_ascii(), "{error}");
    }
}
