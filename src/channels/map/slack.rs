//! Slack's mark-up to plain text: `<@U1>`, `<#C1|city>`, `<!here>`, links with
//! labels, and three escapes.
//!
//! Linear, and what is no mark-up stays as it is.

/// The plain text of `marked`.
pub(super) fn to_text(marked: &str) -> String {
    let mut out = String::with_capacity(marked.len());
    let mut rest = marked;
    while let Some((before, after)) = rest.split_once('<') {
        unescape(before, &mut out);
        match after.split_once('>') {
            Some((inner, next)) if !inner.contains('<') => {
                mark(inner, &mut out);
                rest = next;
            }
            _ => {
                out.push('<');
                rest = after;
            }
        }
    }
    unescape(rest, &mut out);
    out
}

fn mark(inner: &str, out: &mut String) {
    let (what, label) = match inner.split_once('|') {
        Some((what, label)) => (what, Some(label).filter(|l| !l.is_empty())),
        None => (inner, None),
    };
    if let Some(user) = what.strip_prefix('@') {
        out.push('@');
        unescape(label.unwrap_or(user), out);
    } else if let Some(channel) = what.strip_prefix('#') {
        out.push('#');
        unescape(label.unwrap_or(channel), out);
    } else if let Some(word) = what.strip_prefix('!') {
        let word = label.unwrap_or_else(|| word.split('^').next().unwrap_or(word));
        if !word.starts_with(['@', '#']) && label.is_none() {
            out.push('@');
        }
        unescape(word, out);
    } else {
        // A link: where it leads is always shown.
        match label.filter(|l| *l != what) {
            Some(label) => {
                unescape(label, out);
                out.push_str(" (");
                unescape(what, out);
                out.push(')');
            }
            None => unescape(what, out),
        }
    }
}

fn unescape(text: &str, out: &mut String) {
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('&') {
        out.push_str(before);
        let known = [("amp;", '&'), ("lt;", '<'), ("gt;", '>')];
        let found = known
            .iter()
            .find_map(|(name, c)| Some((after.strip_prefix(name)?, *c)));
        let (next, c) = found.unwrap_or((after, '&'));
        out.push(c);
        rest = next;
    }
    out.push_str(rest);
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::to_text;

    #[test]
    fn mark_up_becomes_what_people_read() {
        for (marked, wanted) in [
            ("<@U1> &amp; <#C1|city> &lt;now&gt;", "@U1 & #city <now>"),
            (
                "<!here> <!subteam^S1|@duty> <!date^1^{date}|today>",
                "@here @duty today",
            ),
            (
                "<https://a.example|map> <https://b.example>",
                "map (https://a.example) https://b.example",
            ),
            ("1 < 2 > 0 &nbsp;", "1  2  0 &nbsp;"),
            ("<a <b>", "<a b"),
        ] {
            assert_eq!(to_text(marked), wanted, "{marked}");
        }
    }

    proptest! {
        #[test]
        fn nothing_panics_and_plain_text_stays(text in "[^<>&]{0,40}", any in ".{0,60}") {
            prop_assert_eq!(to_text(&text), text);
            drop(to_text(&any));
        }
    }
}
