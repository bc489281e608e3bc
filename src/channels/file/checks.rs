//! The `[[test]]` tables: a sample, and what it has to become.

use super::expression::named;
use super::read::{Read, Table};
use crate::channels::reply::Act;

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
    /// What is done about that first thing.
    pub(in crate::channels) acting: Option<Acting>,
}

/// An act, the request that it has to be, and what answers to it mean.
#[derive(Clone, Debug)]
pub(in crate::channels) struct Acting {
    /// The act.
    pub(in crate::channels) act: Act,
    /// The officer's words.
    pub(in crate::channels) text: String,
    /// Parts of the request: method, url, body.
    pub(in crate::channels) request: Vec<(String, String)>,
    /// Answers and what they mean.
    pub(in crate::channels) answers: Vec<Meant>,
}

/// An answer, and what it has to be taken for.
#[derive(Clone, Debug)]
pub(in crate::channels) struct Meant {
    /// Its status.
    pub(in crate::channels) status: u16,
    /// Its body.
    pub(in crate::channels) body: String,
    /// sent, refused, later, unknown.
    pub(in crate::channels) is: String,
    /// The vendor's id of what was sent.
    pub(in crate::channels) id: Option<String>,
    /// Words that the outcome has to have.
    pub(in crate::channels) says: Option<String>,
    /// Whole seconds to wait.
    pub(in crate::channels) after: Option<u64>,
}

/// Where a test's document is.
#[derive(Clone, Debug)]
pub(in crate::channels) enum Input {
    /// In the file itself.
    Inline(String),
    /// In a file of this name beside the channel file.
    Sample(String),
}

fn acting(table: &Table<'_>) -> Read<Option<Acting>> {
    let Some(node) = table.get("act") else {
        return Ok(None);
    };
    let mut acting = Acting {
        act: named(&node, "act", &Act::ALL.map(|act| (act.word(), act)))?,
        text: table.str("text")?.unwrap_or("").to_owned(),
        request: Vec::new(),
        answers: Vec::new(),
    };
    let request = table.need("request")?.table()?;
    request.only(&["method", "url", "body"])?;
    for (part, node) in request.all() {
        acting
            .request
            .push((part.to_owned(), node.str()?.to_owned()));
    }
    for answer in table.tables("answers")? {
        answer.only(&["status", "body", "is", "id", "says", "after"])?;
        acting.answers.push(Meant {
            status: u16::try_from(answer.need("status")?.count()?).unwrap_or(0),
            body: answer.str("body")?.unwrap_or("").to_owned(),
            is: answer.need("is")?.str()?.to_owned(),
            id: answer.str("id")?.map(str::to_owned),
            says: answer.str("says")?.map(str::to_owned),
            after: answer.get("after").map(|n| n.count()).transpose()?,
        });
    }
    Ok(Some(acting))
}

/// Reads one `[[test]]`.
pub(super) fn check(table: &Table<'_>) -> Read<Check> {
    table.only(&[
        "name",
        "input",
        "sample",
        "expect",
        "expect_count",
        "act",
        "text",
        "request",
        "answers",
    ])?;
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
        acting: acting(table)?,
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
