//! Cleaned text on its way into files that other programs read.
//!
//! Owns the escapes of CSV, HTML and Markdown. Takes [`SafeText`] only, so an
//! export can hold no control or invisible character. JSON needs nothing here:
//! `SafeText` serialises as a string. Called by exports and handovers.

use super::safe::SafeText;

/// One field of a CSV row, quoted where needed. What a spreadsheet would take
/// for a formula gets a quote mark in front.
#[must_use]
pub fn csv_field(text: &SafeText) -> String {
    let words = text.as_str();
    let guard = if is_formula(words) { "'" } else { "" };
    let quoted = words.contains(['"', ',', ';', '\n', '\'']) || words.trim() != words;
    if quoted || !guard.is_empty() {
        format!("\"{guard}{}\"", words.replace('"', "\"\""))
    } else {
        words.to_owned()
    }
}

/// Whether a spreadsheet would run it: by its first visible character, in
/// half or full width.
fn is_formula(words: &str) -> bool {
    words
        .trim_start()
        .starts_with(['=', '+', '-', '@', '|', '%', '＝', '＋', '－', '＠'])
}

/// For the text and the quoted attributes of HTML.
#[must_use]
pub fn html_escape(text: &SafeText) -> String {
    let mut out = String::with_capacity(text.as_str().len());
    for c in text.as_str().chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            other => out.push(other),
        }
    }
    out
}

/// For Markdown: no markup, link, mention, table cell or raw HTML gets through.
#[must_use]
pub fn markdown_escape(text: &SafeText) -> String {
    let mut out = String::with_capacity(text.as_str().len());
    for c in text.as_str().chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            // The entity also stops the links that readers make of bare addresses.
            ':' => out.push_str("&#58;"),
            '@' => out.push_str("&#64;"),
            '\n' => out.push_str("  \n"),
            other if other.is_ascii_punctuation() => out.extend(['\\', other]),
            other => out.push(other),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Untrusted;

    fn safe(text: &str) -> SafeText {
        SafeText::block(&Untrusted::from(text))
    }

    #[test]
    fn a_formula_is_disarmed_even_behind_white_space() {
        let cases = [
            "=1+1",
            "\t=1+1",
            " +1",
            "@SUM(A1)",
            "-2+3",
            "\u{200b}=1",
            "\u{a0}=1",
            "＝1",
        ];
        for formula in cases {
            assert!(csv_field(&safe(formula)).starts_with("\"'"), "{formula:?}");
        }
        assert_eq!(csv_field(&safe("Main St 12")), "Main St 12");
    }

    #[test]
    fn a_field_cannot_leave_its_column_or_row() {
        assert_eq!(csv_field(&safe("a,b")), "\"a,b\"");
        assert_eq!(csv_field(&safe("say \"x\"")), "\"say \"\"x\"\"\"");
        assert_eq!(csv_field(&safe("a\nb")), "\"a\nb\"");
    }

    #[test]
    fn markup_stays_text() {
        assert_eq!(
            html_escape(&safe("<a href='x'>&")),
            "&lt;a href=&#39;x&#39;&gt;&amp;"
        );
        assert_eq!(
            markdown_escape(&safe("[x](javascript:y)")),
            "\\[x\\]\\(javascript&#58;y\\)"
        );
    }
}
