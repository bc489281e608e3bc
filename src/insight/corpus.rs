//! Labelled sets as they are published, read into texts with labels.
//!
//! Owns the forms of the files (tab or comma separated, texts and labels apart).
//! Pure: text in, rows out; the command line reads the files. Nothing of the
//! texts is kept beyond training.

/// A text with its class.
#[derive(Clone, Debug)]
pub struct Labelled {
    /// The words.
    pub text: String,
    /// The class, as the set numbers it.
    pub label: u8,
}

/// Texts and labels in two files, line by line: 0 negative, 1 neutral, 2 positive.
#[must_use]
pub fn line_by_line(texts: &str, labels: &str) -> Vec<Labelled> {
    let labels = labels.lines().map(|label| label.trim().parse::<u8>());
    texts
        .lines()
        .zip(labels)
        .filter_map(|(text, label)| {
            let (text, label) = (unescaped(text), label.ok()?);
            Some(Labelled { text, label })
        })
        .collect()
}

/// Lines of id, feeling and text, separated by tabs.
#[must_use]
pub fn semeval(lines: &str) -> Vec<Labelled> {
    lines
        .lines()
        .filter_map(|line| {
            let mut fields = line.splitn(3, '\t');
            let (_, feeling, text) = (fields.next()?, fields.next()?, fields.next()?);
            let text = unescaped(text.trim().trim_matches('"'));
            let label = match feeling {
                "negative" => 0,
                "neutral" => 1,
                "positive" => 2,
                _ => return None,
            };
            Some(Labelled { text, label })
        })
        .collect()
}

/// `tweet,sarcasm,sentiment,dialect`.
#[must_use]
pub fn arsarcasm(file: &str) -> Vec<Labelled> {
    csv(file)
        .into_iter()
        .filter_map(|row| {
            let label = match row.get(2)?.as_str() {
                "NEG" => 0,
                "NEU" => 1,
                "POS" => 2,
                _ => return None,
            };
            let text = row.first()?.trim_matches('"').to_owned();
            Some(Labelled { text, label })
        })
        .collect()
}

/// Tweets on crises: the text, and what the last column calls it.
#[must_use]
pub fn crisis(file: &str) -> Vec<(String, String)> {
    csv(file)
        .into_iter()
        .skip(1)
        .filter_map(|row| {
            let text = row
                .get(1)?
                .replace("&amp;", "&")
                .replace("&gt;", ">")
                .replace("&lt;", "<");
            Some((text, row.last()?.trim().to_owned()))
        })
        .collect()
}

/// Rows of comma-separated values, quoted as RFC 4180 says.
#[must_use]
pub fn csv(file: &str) -> Vec<Vec<String>> {
    let (mut rows, mut row, mut field) = (Vec::new(), Vec::new(), String::new());
    let mut quoted = false;
    let mut chars = file.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '"' if quoted && chars.peek() == Some(&'"') => {
                chars.next();
                field.push('"');
            }
            '"' => quoted = !quoted,
            ',' if !quoted => row.push(std::mem::take(&mut field)),
            '\n' if !quoted => {
                row.push(std::mem::take(&mut field));
                rows.push(std::mem::take(&mut row));
            }
            '\r' if !quoted => {}
            _ => field.push(c),
        }
    }
    if !field.is_empty() || !row.is_empty() {
        row.push(field);
        rows.push(row);
    }
    rows
}

/// Writes out `\u2019` and doubled quotes, which some sets keep as they were fetched.
fn unescaped(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("\\u") {
        plain.push_str(rest.get(..at).unwrap_or_default());
        let code = rest
            .get(at + 2..at + 6)
            .and_then(|hex| u32::from_str_radix(hex, 16).ok());
        let (c, length) = match code.and_then(char::from_u32) {
            Some(c) => (c, 6),
            None => (' ', 2),
        };
        plain.push(c);
        rest = rest.get(at + length..).unwrap_or_default();
    }
    plain.push_str(rest);
    plain
        .replace("\"\"", "\"")
        .replace("&amp;", "&")
        .replace("&gt;", ">")
        .replace("&lt;", "<")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quoted_fields_keep_commas_lines_and_quotes() {
        let rows = csv("a,\"b, c\"\n\"d\"\"e\",\"f\ng\"\r\n");
        assert_eq!(rows, [vec!["a", "b, c"], vec!["d\"e", "f\ng"]]);
    }

    #[test]
    fn each_form_is_read() {
        let one = |list: Vec<Labelled>| {
            list.into_iter()
                .map(|l| (l.text, l.label))
                .collect::<Vec<_>>()
        };
        assert_eq!(
            one(line_by_line("good\nbad\n", "2\n0\n")),
            [("good".to_owned(), 2), ("bad".to_owned(), 0)]
        );
        assert_eq!(
            one(semeval("1\tpositive\tit\\u2019s fine\t\n2\tother\tno\n")),
            [("it\u{2019}s fine".to_owned(), 2)]
        );
        assert_eq!(
            one(arsarcasm(
                "tweet,sarcasm,sentiment,dialect\nجميل,FALSE,POS,msa\n"
            )),
            [("جميل".to_owned(), 2)]
        );
        assert_eq!(
            crisis("id, text, label\n'1',\"a &amp; b\",on-topic\n"),
            [("a & b".to_owned(), "on-topic".to_owned())]
        );
    }
}
