//! Where in a sample the posts are.

use serde_json::Value;

use super::{DEEPEST, IDS, Leaf, find, step, text_keys, walk};

/// A list of objects: its fan-out, its first element, how many it has.
type List<'v> = (String, &'v Value, usize);

/// Where the posts are: the sample itself where it has an id and words of its own, or
/// else the elements of the list whose elements have, wherever it lies; and what to say
/// about that.
pub(super) fn entry(tree: &Value) -> (Option<String>, &Value, Vec<String>) {
    let mut lists = Vec::new();
    find_lists(tree, "", &mut lists);
    let worth = |value: &Value| {
        let mut leaves = Vec::new();
        own_leaves(value, "", "", &mut leaves);
        let id = find(&leaves, IDS).is_some() || leaves.iter().any(|l| l.1.ends_with("_id"));
        2 * u8::from(find(&leaves, text_keys()).is_some()) + u8::from(id)
    };
    let deep = |at: &str| std::cmp::Reverse(at.matches('/').count());
    let best = lists
        .iter()
        .max_by_key(|(at, first, many)| (worth(first), *many, deep(at)));
    let Some((at, first, many)) = best.filter(|(_, first, _)| worth(tree) < 3 && worth(first) > 0)
    else {
        return (None, tree, Vec::new());
    };
    let mut says = vec![format!(
        "Each element of {at} is taken for a post; the sample has {many}."
    )];
    let others = lists.iter().filter(|(other, ..)| other != at);
    let others: Vec<&str> = others.map(|(at, ..)| at.as_str()).collect();
    if !others.is_empty() {
        says.push(format!(
            "If that is wrong, foreach names another list: {}.",
            others.join(", ")
        ));
    }
    (Some(at.clone()), first, says)
}

/// The lists of objects below `value`, outermost first.
fn find_lists<'v>(value: &'v Value, at: &str, lists: &mut Vec<List<'v>>) {
    if at.matches('/').count() > DEEPEST {
        return;
    }
    match value {
        Value::Object(map) => {
            for (key, value) in map {
                find_lists(value, &step(at, key), lists);
            }
        }
        Value::Array(list) => {
            if let Some(first) = list.first().filter(|first| first.is_object()) {
                let at = format!("{at}/*");
                lists.push((at.clone(), first, list.len()));
                find_lists(first, &at, lists);
            }
        }
        _ => {}
    }
}

/// As [`walk`], but not into lists of objects: what they hold is theirs.
fn own_leaves(value: &Value, at: &str, key: &str, leaves: &mut Vec<Leaf>) {
    match value {
        Value::Object(map) => {
            for (key, value) in map {
                own_leaves(value, &step(at, key), key, leaves);
            }
        }
        Value::Array(list) if list.first().is_some_and(Value::is_object) => {}
        other => walk(other, at, key, leaves),
    }
}
