//! The `[reply]`, `[act.NAME]`, `[limits]` and `[login]` tables: what can be
//! done through a channel, compiled as it is read.
//!
//! - `address`: method, host and statuses; `body`: headers and bodies; `prefix`:
//!   what stands before the words; `limits`: what the vendor allows, and logins;
//!   `granted`: the token of `[auth]`, for answers too.

mod address;
pub(super) mod body;
mod granted;
mod limits;
mod prefix;

use self::address::{method, own_host, statuses};
use self::body::{body, headers, phrase};
use self::limits::{limits, login};
use self::prefix::prefix;
use super::expression::{named, optional};
use super::mapping::condition;
use super::read::{Node, Read, Table};
use crate::channels::reply::{Act, Count, Doing, Kind, Limits, Need, Rules, Visibility, Way};

/// The keys of an act.
const KEYS: [&str; 23] = [
    "for",
    "method",
    "url",
    "headers",
    "json",
    "form",
    "text",
    "mail",
    "note",
    "prefix",
    "ok",
    "ok_when",
    "later_when",
    "result_id",
    "result_url",
    "error_at",
    "max_text",
    "count",
    "window",
    "single_use",
    "visibility",
    "idempotent",
    "hosts",
];

/// Reads everything about acting outward from the whole file.
pub(super) fn doing(whole: &Table<'_>) -> Read<Doing> {
    let mut doing = Doing {
        limits: match whole.table("limits")? {
            Some(table) => limits(&table)?,
            None => Limits::default(),
        },
        ..Doing::default()
    };
    let names = Names::of(whole)?;
    if let Some(node) = whole.get("reply") {
        doing.ways.insert(Act::Reply, ways(&node, &names)?);
    }
    if let Some(acts) = whole.table("act")? {
        let known: Vec<&str> = Act::ALL.iter().skip(1).map(|act| act.word()).collect();
        acts.only(&known)?;
        for act in Act::ALL.iter().skip(1) {
            if let Some(node) = acts.get(act.word()) {
                doing.ways.insert(*act, ways(&node, &names)?);
            }
        }
    }
    let by = logs_in(whole, &mut doing)?;
    if let Some(node) = by {
        // Without its token nothing leaves, so what it needs they all need.
        let mut needs = Vec::new();
        names.needs(&node, &mut needs)?;
        for way in doing.ways.values_mut().flatten() {
            way.needs.extend(needs.iter().cloned());
        }
    }
    if doing.ways.is_empty() && (whole.get("limits").is_some() || doing.login.is_some()) {
        return Err(whole.wrong("[limits] and [login] are for a file with [reply] or [act]."));
    }
    Ok(doing)
}

/// Finds how a token is asked for, and the table that says so: `[login]`, or
/// the `[auth]` of a file whose answers name a token.
fn logs_in<'f>(whole: &Table<'f>, doing: &mut Doing) -> Read<Option<Node<'f>>> {
    if let Some(table) = whole.table("login")? {
        doing.login = Some(login(&table)?);
        return Ok(whole.get("login"));
    }
    let ways = ["reply", "act"].iter().filter_map(|key| whole.get(key));
    let asked = ways.into_iter().any(|node| names_a_token(&node));
    let Some(auth) = whole.table("auth")?.filter(|_| asked) else {
        return Ok(None);
    };
    doing.login = granted::login(&auth, whole.table("source")?.as_ref())?;
    Ok(whole.get("auth").filter(|_| doing.login.is_some()))
}

/// Whether a template below `node` needs what a login gives.
fn names_a_token(node: &Node<'_>) -> bool {
    if let Some(text) = node.as_str() {
        return !named_after(text, "auth.").is_empty();
    }
    if let Some(list) = node.as_list() {
        return list.iter().any(names_a_token);
    }
    let table = node.as_table();
    table.is_some_and(|table| table.all().iter().any(|(_, node)| names_a_token(node)))
}

/// One way, or a list of them for different items.
fn ways(node: &Node<'_>, names: &Names) -> Read<Vec<Way>> {
    match node.as_list() {
        Some(list) => list.iter().map(|n| way(&n.table()?, names)).collect(),
        None => Ok(vec![way(&node.table()?, names)?]),
    }
}

/// The secrets and variables that a file declares.
struct Names {
    secrets: Vec<String>,
    vars: Vec<String>,
}

impl Names {
    fn of(whole: &Table<'_>) -> Read<Self> {
        let channel = whole.need("channel")?.table()?;
        let mut secrets = channel.strs("secrets")?;
        secrets.extend(channel.strs("answer_secrets")?);
        let mut vars = Vec::new();
        for key in ["vars", "answer_vars"] {
            if let Some(table) = channel.table(key)? {
                vars.extend(table.all().into_iter().map(|(name, _)| name.to_owned()));
            }
        }
        Ok(Self { secrets, vars })
    }

    /// What the templates below `node` need; a name that is not declared is
    /// refused where it stands.
    fn needs(&self, node: &Node<'_>, needs: &mut Vec<Need>) -> Read<()> {
        if let Some(text) = node.as_str() {
            for (before, known) in [("secret.", &self.secrets), ("vars.", &self.vars)] {
                for name in named_after(text, before) {
                    if !known.contains(&name) {
                        let says = format!("[channel] declares no \"{name}\" for this.");
                        return Err(node.wrong(&says));
                    }
                    let need = match before {
                        "vars." => Need::Var(name),
                        _ => Need::Secret(name),
                    };
                    if !needs.contains(&need) {
                        needs.push(need);
                    }
                }
            }
        } else if let Some(list) = node.as_list() {
            for node in &list {
                self.needs(node, needs)?;
            }
        } else if let Some(table) = node.as_table() {
            for (key, node) in table.all() {
                // What may be left out needs nothing.
                if !key.ends_with('?') {
                    self.needs(&node, needs)?;
                }
            }
        }
        Ok(())
    }
}

/// The names that follow `before` inside a text's templates.
fn named_after(text: &str, before: &str) -> Vec<String> {
    let inside = text
        .split("{{")
        .skip(1)
        .filter_map(|t| t.split("}}").next());
    let tags = text
        .split("{%")
        .skip(1)
        .filter_map(|t| t.split("%}").next());
    let names = inside
        .chain(tags)
        .flat_map(|code| code.split(before).skip(1));
    names
        .map(|rest| {
            let name_like = |c: &char| c.is_ascii_alphanumeric() || *c == '_';
            rest.chars().take_while(name_like).collect()
        })
        .collect()
}

fn way(table: &Table<'_>, names: &Names) -> Read<Way> {
    table.only(&KEYS)?;
    let mut needs = Vec::new();
    for key in ["url", "headers", "json", "form", "text", "mail", "note"] {
        if let Some(node) = table.get(key) {
            names.needs(&node, &mut needs)?;
        }
    }
    let mut only = Vec::new();
    if let Some(inner) = table.table("for")? {
        for (name, node) in inner.all() {
            only.push((name.to_owned(), node.str()?.to_owned()));
        }
    }
    let url = table.need("url")?;
    let own_host = own_host(url.str()?);
    let hosts = table.strs("hosts")?;
    if hosts.iter().any(|host| host == "*") {
        return Err(table
            .need("hosts")?
            .wrong("Name the hosts: what goes out may not go anywhere."));
    }
    if !own_host && hosts.is_empty() {
        return Err(
            url.wrong("The item names this host: list in \"hosts\" which ones may be called.")
        );
    }
    let single_use = table.str("single_use")?.map(str::to_owned);
    Ok(Way {
        only,
        needs,
        method: method(table)?,
        url: phrase(&url, Kind::Url)?,
        headers: headers(table)?,
        body: body(table)?,
        prefix: table.get("prefix").map_or(Ok(Vec::new()), |n| prefix(&n))?,
        ok: statuses(table)?,
        ok_when: condition(table, "ok_when")?,
        later_when: condition(table, "later_when")?,
        result_id: optional(table, "result_id")?,
        result_url: optional(table, "result_url")?,
        error_at: optional(table, "error_at")?,
        rules: rules(table, single_use.is_some())?,
        single_use,
        hosts,
        own_host,
    })
}

fn rules(table: &Table<'_>, single_use: bool) -> Read<Rules> {
    let sight = [
        ("public", Visibility::Public),
        ("private", Visibility::Private),
    ];
    Ok(Rules {
        max_text: match table.get("max_text") {
            Some(node) => Some(usize::try_from(node.count()?).unwrap_or(usize::MAX)),
            None => None,
        },
        count: match table.get("count") {
            Some(node) => named(&node, "way to count", &Count::NAMES)?,
            None => Count::default(),
        },
        window: table.get("window").map(|n| n.duration()).transpose()?,
        single_use,
        visibility: match table.get("visibility") {
            Some(node) => named(&node, "visibility", &sight)?,
            None => Visibility::default(),
        },
        idempotent: match table.get("idempotent") {
            Some(node) => node.bool()?,
            None => false,
        },
    })
}
