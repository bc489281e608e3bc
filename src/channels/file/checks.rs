//! The `[[test]]` tables: a sample, and what it has to become.

use super::read::{Read, Table};

/// One test of a channel file.
#[derive(Clone, Debug)]
pub(in crate::channels) struct Check {
    /// What it shows.
    pub(in crate::channels) name: String,
    /// The document.
    pub(in crate::channels) input: Input,
    /// Fields of the first thing that it becomes, as text; "" means none.
    pub(in crate::channels) expect: Vec<(String, String)>,
    /// How many of each kind it becomes.
    pub(in crate::channels) expect_count: Vec<(String, u64)>,
}

/// Where a test's document is.
#[derive(Clone, Debug)]
pub(in crate::channels) enum Input {
    /// In the file itself.
    Inline(String),
    /// In a file of this name beside the channel file.
    Sample(String),
}

/// Reads one `[[test]]`.
pub(super) fn check(table: &Table<'_>) -> Read<Check> {
    table.only(&["name", "input", "sample", "expect", "expect_count"])?;
    let input = match (table.str("input")?, table.str("sample")?) {
        (Some(text), None) => Input::Inline(text.to_owned()),
        (None, Some(file)) => Input::Sample(file.to_owned()),
        _ => return Err(table.wrong("A test has either \"input\" (text) or \"sample\" (a file).")),
    };
    let mut check = Check {
        name: table.need("name")?.str()?.to_owned(),
        input,
        expect: Vec::new(),
        expect_count: Vec::new(),
    };
    if let Some(expect) = table.table("expect")? {
        for (field, node) in expect.all() {
            check.expect.push((field.to_owned(), node.word()?.into()));
        }
    }
    if let Some(counts) = table.table("expect_count")? {
        for (kind, node) in counts.all() {
            check.expect_count.push((kind.to_owned(), node.count()?));
        }
    }
    if check.expect.is_empty() && check.expect_count.is_empty() {
        return Err(table.wrong("A test expects something: \"expect\" or \"expect_count\"."));
    }
    Ok(check)
}
