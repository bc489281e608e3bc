//! What a page says.
//!
//! Owns the fixed template. Takes only numbers, names that are slugs and the
//! operator's name of the floor: no stranger's word can get in, by type.

use serde::Serialize;

use super::policy::{Due, Why};
use crate::model::ids::{ItemId, RuleName};
use crate::model::time::Timestamp;

/// Items named in one page; the rest are counted. A mail has to be read on a
/// telephone.
const NAMED: usize = 10;

/// A page, ready to leave.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Notice {
    /// Its own name, the same at each try: whoever gets it twice can tell.
    pub id: uuid::Uuid,
    /// The floor's name.
    pub floor: String,
    /// When it was decided.
    pub at: Timestamp,
    /// How many criticals wait.
    pub count: usize,
    /// The first of them.
    pub items: Vec<ItemId>,
    /// Since when the oldest of them waits.
    pub since: Timestamp,
    /// The operator's rules that made them critical.
    pub rules: Vec<RuleName>,
    /// Why it leaves, in our words.
    pub why: String,
    /// The whole in one sentence or three.
    pub text: String,
}

impl Notice {
    /// Of what is due; none when nothing is.
    #[must_use]
    pub fn of(id: uuid::Uuid, floor: &str, at: Timestamp, due: &[Due]) -> Option<Self> {
        let since = due.iter().map(|due| due.item.since).min()?;
        let items: Vec<ItemId> = due.iter().map(|due| due.item.id).take(NAMED).collect();
        let mut rules: Vec<RuleName> = due.iter().flat_map(|d| d.item.rules.clone()).collect();
        rules.sort();
        rules.dedup();
        let why = reasons(due);
        let floor = one_line(floor);
        let text = sentence(due.len(), &items, &rules, &why);
        Some(Self {
            id,
            floor,
            at,
            count: due.len(),
            items,
            since,
            rules,
            why,
            text,
        })
    }

    /// A mail's subject.
    #[must_use]
    pub fn subject(&self) -> String {
        let criticals = criticals(self.count);
        format!("{}: {criticals} unattended", self.floor)
    }
}

/// A configured name in a header or a body: visible, one line, not long.
fn one_line(name: &str) -> String {
    name.chars().filter(|c| !c.is_control()).take(80).collect()
}

fn reasons(due: &[Due]) -> String {
    let mut words: Vec<&str> = Vec::new();
    for why in [Why::NobodyThere, Why::NobodyAnswered, Why::Again] {
        if due.iter().any(|due| due.why == why) {
            words.push(why.words());
        }
    }
    words.join("; ")
}

fn criticals(count: usize) -> String {
    match count {
        1 => "1 critical".into(),
        n => format!("{n} criticals"),
    }
}

fn sentence(count: usize, items: &[ItemId], rules: &[RuleName], why: &str) -> String {
    let named: Vec<String> = items.iter().map(ToString::to_string).collect();
    let more = match count - items.len() {
        0 => String::new(),
        n => format!(" and {n} more"),
    };
    let verb = if count == 1 { "waits" } else { "wait" };
    let mut text = format!(
        "{} {verb}: {}{more}. Why: {why}.",
        criticals(count),
        named.join(", ")
    );
    if !rules.is_empty() {
        let rules: Vec<&str> = rules.iter().take(NAMED).map(RuleName::as_str).collect();
        text.push_str(" Rules: ");
        text.push_str(&rules.join(", "));
        text.push('.');
    }
    text
}
