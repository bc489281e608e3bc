//! The `[[map]]` tables: rules, fields and conditions, compiled as they are
//! read, so that a wrong pointer or template is refused with its line.

use super::error::ChannelFileError;
use super::expression::{field, named, optional};
use super::read::{Node, Read, Table};
use crate::channels::map::expr::Field;
use crate::channels::map::fields::Slot;
use crate::channels::map::pointer::{Fan, Pointer};
use crate::channels::map::rule::{Each, Labels, Makes, Rule, Turns};
use crate::channels::map::when::When;
use crate::model::content::EXTRAS;
use crate::model::item::Kind;

/// What a rule may make, by the file's words.
const KINDS: [(&str, Makes); 10] = [
    ("mention", Makes::Item(Kind::Mention)),
    // An item of the same id that says something else is an edit.
    ("edit", Makes::Item(Kind::Mention)),
    ("delivery", Makes::Delivery),
    ("alert", Makes::Item(Kind::Alert)),
    ("escalation", Makes::Item(Kind::Escalation)),
    ("retract", Makes::Retract),
    // The words alone, of what is here.
    ("reword", Makes::Edit),
    ("continue", Makes::Continue),
    // `id` is the conversation, `source_time` up to when.
    ("read", Makes::ReadTo),
    ("ignore", Makes::Nothing),
];

/// The keys of a rule.
const KEYS: [&str; 29] = [
    "kind",
    "foreach",
    "when",
    "base",
    "skip_when",
    "warn_when",
    "warn",
    "id",
    "author",
    "title",
    "text",
    "lang",
    "url",
    "thread",
    "in_reply_to",
    "media",
    "engagement",
    "severity",
    "region",
    "labels",
    "extra",
    "source_time",
    "ended_at",
    "ended_when",
    "conversation",
    "turns",
    "status",
    "says",
    "handoff",
];

/// The tables of a rule whose keys are fields.
const TABLES: [(&str, &[&str]); 3] = [
    ("author", &["id", "name", "handle", "followers"]),
    ("engagement", &["replies", "reposts", "likes", "views"]),
    ("handoff", &["reason", "confidence"]),
];

/// Reads one `[[map]]`.
pub(super) fn rule(table: &Table<'_>) -> Read<Rule> {
    table.only(&KEYS)?;
    let makes = named(&table.need("kind")?, "kind of map", &KINDS)?;
    let id = optional(table, "id")?;
    if id.is_empty() && makes != Makes::Nothing {
        return Err(table.wrong(
            "The key \"id\" is missing here: without it the same thing could not be known again.",
        ));
    }
    for (name, keys) in TABLES {
        if let Some(inner) = table.table(name)? {
            inner.only(keys)?;
        }
    }
    let rule = Rule {
        place: table.place().into(),
        makes,
        foreach: fans(table, "foreach")?,
        when: condition(table, "when")?,
        base: pointer(table, "base")?,
        skip_when: condition(table, "skip_when")?,
        warn: warning(table)?,
        id,
        slots: slots(table)?,
        media: media(table)?,
        labels: labels(table)?,
        extra: extra(table)?,
        ended_when: condition(table, "ended_when")?,
        turns: turns(table)?,
        status: optional(table, "status")?,
        says: optional(table, "says")?,
    };
    check(table, &rule)?;
    Ok(rule)
}

/// What can't be left out of a rule of its kind.
fn check(table: &Table<'_>, rule: &Rule) -> Result<(), ChannelFileError> {
    let says = |slot: Slot| rule.slots.iter().any(|(s, _)| *s == slot);
    match rule.makes {
        Makes::Item(_) | Makes::Edit if !says(Slot::Text) && !says(Slot::Title) => {
            Err(table.wrong("An item needs \"text\" or \"title\" here, or nobody can read it."))
        }
        Makes::ReadTo if !says(Slot::SourceTime) => {
            Err(table.wrong("A read needs \"source_time\": up to when it was read."))
        }
        Makes::Delivery if rule.status.is_empty() => {
            Err(table.wrong("A delivery needs \"status\": sent, delivered, read or failed."))
        }
        Makes::Continue if rule.turns.is_none() => {
            Err(table.wrong("A continuation needs \"turns\": what was said."))
        }
        _ => Ok(()),
    }
}

fn slots(table: &Table<'_>) -> Read<Vec<(Slot, Field)>> {
    let mut slots = Vec::new();
    for (name, slot) in Slot::NAMES {
        let node = match name.split_once('.') {
            None => table.get(name),
            Some((outer, inner)) => table.table(outer)?.and_then(|t| t.get(inner)),
        };
        if let Some(node) = node {
            slots.push((slot, field(&node)?));
        }
    }
    Ok(slots)
}

fn warning(table: &Table<'_>) -> Read<Option<(When, Box<str>)>> {
    let Some(when) = condition(table, "warn_when")? else {
        return Ok(None);
    };
    let says = table.need("warn")?.str()?;
    Ok(Some((when, says.into())))
}

fn media(table: &Table<'_>) -> Read<Vec<Each>> {
    let one = |node: &Node<'_>| -> Read<Each> {
        let whole = ["each", "name", "kind", "size"];
        let told = |t: &Table<'_>| whole.iter().any(|key| t.get(key).is_some());
        let Some(inner) = node.as_table().filter(told) else {
            return Ok(Each {
                list: None,
                at: field(node)?,
                kind: Field::default(),
                name: Field::default(),
                size: Field::default(),
            });
        };
        inner.only(&["each", "at", "kind", "name", "size"])?;
        let each = Each {
            list: fan(&inner, "each")?,
            at: optional(&inner, "at")?,
            kind: optional(&inner, "kind")?,
            name: optional(&inner, "name")?,
            size: optional(&inner, "size")?,
        };
        if each.at.is_empty() && each.name.is_empty() {
            return Err(inner.wrong("A medium has \"at\", its address, or \"name\"."));
        }
        Ok(each)
    };
    match table.get("media") {
        None => Ok(Vec::new()),
        Some(node) => match node.as_list() {
            Some(list) => list.iter().map(one).collect(),
            None => Ok(vec![one(&node)?]),
        },
    }
}

fn labels(table: &Table<'_>) -> Read<Labels> {
    let mut labels = Labels::default();
    let Some(node) = table.get("labels") else {
        return Ok(labels);
    };
    if let Some(named) = node.as_table() {
        for (name, value) in named.all() {
            labels.named.push((name.to_owned(), field(&value)?));
        }
        return Ok(labels);
    }
    let list = node.as_list().unwrap_or_else(|| vec![node.clone()]);
    for node in list {
        match node.as_table() {
            None => labels.whole.push(parse_pointer(&node)?),
            Some(named) => {
                for (name, value) in named.all() {
                    labels.named.push((name.to_owned(), field(&value)?));
                }
            }
        }
    }
    Ok(labels)
}

/// What answers need: named fields, as many as an item may carry.
fn extra(table: &Table<'_>) -> Read<Vec<(String, Field)>> {
    let Some(named) = table.table("extra")? else {
        return Ok(Vec::new());
    };
    let mut extra = Vec::new();
    for (name, value) in named.all() {
        if name.len() > 64 || extra.len() == EXTRAS {
            let says =
                format!("There are at most {EXTRAS} of these, with names of up to 64 bytes.");
            return Err(value.wrong(&says));
        }
        extra.push((name.to_owned(), field(&value)?));
    }
    Ok(extra)
}

fn turns(table: &Table<'_>) -> Read<Option<Turns>> {
    let node = table.get("turns").or_else(|| table.get("conversation"));
    let Some(node) = node else {
        return Ok(None);
    };
    let inner = node.table()?;
    let known = [
        "each",
        "skip_when",
        "id",
        "speaker",
        "name",
        "text",
        "at",
        "media",
    ];
    inner.only(&known)?;
    Ok(Some(Turns {
        list: fan(&inner, "each")?,
        skip_when: condition(&inner, "skip_when")?,
        id: optional(&inner, "id")?,
        speaker: field(&inner.need("speaker")?)?,
        name: optional(&inner, "name")?,
        text: field(&inner.need("text")?)?,
        at: optional(&inner, "at")?,
        media: media(&inner)?,
    }))
}

/// The pointer at `key`, where there is one.
pub(super) fn pointer(table: &Table<'_>, key: &str) -> Read<Option<Pointer>> {
    table.get(key).map(|node| parse_pointer(&node)).transpose()
}

/// The pointer that `node` is.
pub(super) fn parse_pointer(node: &Node<'_>) -> Read<Pointer> {
    Pointer::parse(node.str()?).map_err(|says| node.wrong(&says))
}

fn parse_fan(node: &Node<'_>) -> Read<Fan> {
    Fan::parse(node.str()?).map_err(|says| node.wrong(&says))
}

/// The list at `key`: `/a` and `/a/*` mean the same there.
fn fan(table: &Table<'_>, key: &str) -> Read<Option<Fan>> {
    let Some(node) = table.get(key) else {
        return Ok(None);
    };
    let written = node.str()?;
    let fan = if written.ends_with("/*") {
        Fan::parse(written)
    } else {
        Fan::parse(&format!("{written}/*"))
    };
    fan.map(Some).map_err(|says| node.wrong(&says))
}

fn fans(table: &Table<'_>, key: &str) -> Read<Vec<Fan>> {
    match table.get(key) {
        None => Ok(Vec::new()),
        Some(node) => match node.as_list() {
            Some(list) => list.iter().map(parse_fan).collect(),
            None => Ok(vec![parse_fan(&node)?]),
        },
    }
}

/// The condition at `key`, where there is one.
pub(super) fn condition(table: &Table<'_>, key: &str) -> Read<Option<When>> {
    table.table(key)?.map(|t| when(&t)).transpose()
}

fn when(table: &Table<'_>) -> Read<When> {
    const WAYS: [&str; 10] = [
        "eq",
        "eq_at",
        "eq_var",
        "in",
        "exists",
        "absent_or_in",
        "gt",
        "all",
        "any",
        "not",
    ];
    table.only(&[
        "at",
        "eq",
        "eq_at",
        "eq_var",
        "in",
        "exists",
        "absent_or_in",
        "gt",
        "all",
        "any",
        "not",
    ])?;
    let mut ways = WAYS.iter().filter_map(|way| Some((*way, table.get(way)?)));
    let (Some((way, node)), None) = (ways.next(), ways.next()) else {
        let says = format!("A condition has exactly one of {}.", WAYS.join(", "));
        return Err(table.wrong(&says));
    };
    let inner = |nodes: Vec<Node<'_>>| -> Read<Box<[When]>> {
        nodes.iter().map(|n| when(&n.table()?)).collect()
    };
    let words =
        |nodes: Vec<Node<'_>>| -> Read<Box<[Box<str>]>> { nodes.iter().map(Node::word).collect() };
    match way {
        "all" => return Ok(When::All(inner(node.list()?)?)),
        "any" => return Ok(When::Any(inner(node.list()?)?)),
        "not" => return Ok(When::Not(Box::new(when(&node.table()?)?))),
        _ => {}
    }
    let at = parse_pointer(&table.need("at")?)?;
    Ok(match way {
        "eq" => When::Eq(at, node.word()?),
        "eq_at" => When::EqAt(at, parse_pointer(&node)?),
        "eq_var" => When::EqVar(at, node.str()?.into()),
        "in" => When::In(at, words(node.list()?)?),
        "exists" => When::Exists(at, node.bool()?),
        "absent_or_in" => When::AbsentOrIn(at, words(node.list()?)?),
        _ => When::Gt(at, node.number()?),
    })
}
