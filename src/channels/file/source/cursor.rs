//! `cursor = { at, take, add }`: where a vendor's cursor is.

use crate::channels::file::expression::named;
use crate::channels::file::mapping::parse_pointer;
use crate::channels::file::read::{Read, Table};
use crate::channels::map::cursor::{CursorAt, CursorRule, Take};
use crate::channels::map::pointer::{Fan, Pointer};

/// Reads it, where there is one.
pub(super) fn cursor(table: &Table<'_>) -> Read<Option<CursorRule>> {
    let Some(inner) = table.table("cursor")? else {
        return Ok(None);
    };
    inner.only(&["at", "take", "add", "rewind"])?;
    let node = inner.need("at")?;
    let written = node.str()?;
    let at = match written.rsplit_once("/*") {
        None => CursorAt::One(parse_pointer(&node)?),
        Some((list, rest)) => {
            let fan = Fan::parse(&format!("{list}/*")).map_err(|says| node.wrong(&says))?;
            CursorAt::Each(fan, Pointer::parse(rest).map_err(|says| node.wrong(&says))?)
        }
    };
    let takes = [
        ("greatest", Take::Greatest),
        ("first", Take::First),
        ("last", Take::Last),
    ];
    let take = match inner.get("take") {
        None => Take::Greatest,
        Some(node) => named(&node, "choice", &takes)?,
    };
    let count = |key: &str| -> Read<i64> {
        match inner.get(key) {
            None => Ok(0),
            Some(node) => {
                i64::try_from(node.count()?).map_err(|_| node.wrong("This number is too large."))
            }
        }
    };
    Ok(Some(CursorRule {
        at,
        take,
        add: count("add")? - count("rewind")?,
    }))
}
