//! Channel files: one TOML file is one channel.
//!
//! - [`read`]: TOML with places; [`error`]: what is wrong and where.
//! - [`mod@reply`]: `[reply]`, `[act.NAME]`, `[limits]`, `[login]`.
//! - [`source`] and [`spec`]: `[source]`; [`mod@credentials`]: `[auth]`;
//!   [`mapping`] and [`expression`]: `[[map]]`; [`checks`]: `[[test]]`;
//!   [`agreement`]: what has to go together; [`guard`]: what lets senders in.
//!
//! Everything that can be wrong with a file is found here, when it is loaded:
//! pointers, templates and names are compiled, unknown keys refused.

mod agreement;
mod checks;
mod credentials;
mod error;
mod expression;
mod guard;
mod mapping;
pub(super) mod read;
mod reply;
mod source;
mod spec;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

pub(super) use checks::{Acting, Check, Input, Meant};
pub use error::ChannelFileError;
use expression::named;
use read::{Paper, Read, Table};
use sha2::{Digest, Sha256};
pub(super) use spec::{
    Algorithm, Auth, Body, Broker, BrokerSource, Credentials, Encoding, FeedSource, Framing,
    Handshake, ImapSource, Issuer, ItemAt, Items, Jwt, Login, Next, OwnToken, Pace, Place,
    PollSource, Request, Respond, Scheme, Signature, Signed, StreamSource, TalkKind, Transport,
    WebhookSource, WebsocketSource, Xml,
};
use toml::de::DeTable;

use super::map::plan::Plan;
use super::map::reader::{Form, Reader};
use super::reply::Doing;

/// The kinds of channel, for lists: each name and itself.
const KINDS: [(&str, &str); 12] = [
    ("social", "social"),
    ("messaging", "messaging"),
    ("forum", "forum"),
    ("review", "review"),
    ("news", "news"),
    ("email", "email"),
    ("SMS", "SMS"),
    ("official warnings", "official warnings"),
    ("alerting", "alerting"),
    ("chatbot platform", "chatbot platform"),
    ("transport", "transport"),
    ("any", "any"),
];

/// A channel file, compiled.
#[derive(Debug)]
pub(super) struct ChannelFile {
    /// Where it was read: a path, or the name of one that is built in.
    pub(super) origin: String,
    /// A digest of its text, to tell whether it was changed.
    pub(super) digest: [u8; 32],
    /// The name that operators call it by.
    pub(super) id: String,
    /// Its name for people.
    pub(super) title: String,
    /// Social, alerting, news, …: for lists.
    pub(super) kind: String,
    /// What operators fill in, and what it is when they do not; empty has to be
    /// filled in.
    pub(super) vars: BTreeMap<String, String>,
    /// The secrets that it knows, by name.
    pub(super) secrets: Vec<String>,
    /// Of both, those that hearing does not need: without them the channel is
    /// heard, and what needs them can't be done.
    pub(super) only_to_answer: ToAnswer,
    /// What the file was checked against, and when.
    pub(super) verified: Option<(String, String)>,
    /// How it is heard.
    pub(super) transport: Transport,
    /// How we prove who we are where we call.
    pub(super) credentials: Option<Credentials>,
    /// How its documents are read.
    pub(super) reader: Reader,
    /// Largest document.
    pub(super) max_body_bytes: usize,
    /// What can be done through it.
    pub(super) doing: Doing,
    /// Its tests.
    pub(super) tests: Vec<Check>,
}

/// Names of what only answering needs.
#[derive(Debug, Default)]
pub(super) struct ToAnswer {
    /// Variables.
    pub(super) vars: Vec<String>,
    /// Secrets.
    pub(super) secrets: Vec<String>,
}

/// Reads and compiles the file `name` with the text `text`.
///
/// # Errors
/// The first thing that is wrong, with its place.
pub(super) fn parse(name: &str, text: &str) -> Result<ChannelFile, ChannelFileError> {
    let paper = Paper { name, text };
    let document = DeTable::parse(text).map_err(|e| {
        let span = e.span().unwrap_or(0..0);
        let says = super::map::words::plain(e.message());
        paper.wrong(&span, "file", &format!("This is not TOML: {says}."))
    })?;
    let whole = Table::whole(paper, &document);
    whole.only(&[
        "schema", "channel", "source", "auth", "map", "reply", "act", "limits", "login", "test",
    ])?;
    let schema = whole.need("schema")?;
    if schema.count()? != 1 {
        return Err(schema.wrong("This program reads channel files of schema 1."));
    }
    let source = source::source(&whole.need("source")?.table()?)?;
    let maps = whole.tables("map")?;
    if source.form == Form::Watchfloor && !maps.is_empty() {
        return Err(whole.wrong("A file with the decoder \"watchfloor\" has no [[map]]."));
    }
    if source.form != Form::Watchfloor && maps.is_empty() {
        return Err(whole.wrong("A file has at least one [[map]]."));
    }
    let tests = whole.tables("test")?;
    if tests.is_empty() {
        return Err(whole.wrong("A file has at least one [[test]] with a sample."));
    }
    let rules = maps.iter().map(mapping::rule).collect::<Read<Vec<_>>>()?;
    let tests = tests.iter().map(checks::check).collect::<Read<Vec<_>>>()?;
    let reader = Reader {
        form: source.form,
        split: source.split,
        nested: source.nested,
        error_when: source.error_when,
        cursor: source.transport.cursor().cloned(),
        plan: Plan::new(rules),
    };
    let file = head(&whole, source.transport, reader)?;
    let doing = reply::doing(&whole)?;
    agreement::named_secrets(&whole, &file)?;
    agreement::named_vars(&whole, &file)?;
    agreement::silent_when_taken_over(&whole, &file, &doing)?;
    let credentials = whole.table("auth")?;
    Ok(ChannelFile {
        credentials: credentials
            .map(|t| credentials::credentials(&t))
            .transpose()?,
        origin: name.to_owned(),
        digest: Sha256::digest(text.as_bytes()).into(),
        max_body_bytes: source.max_body_bytes,
        tests,
        doing,
        ..file
    })
}

/// `[channel]`, with what is read already.
fn head(whole: &Table<'_>, transport: Transport, reader: Reader) -> Read<ChannelFile> {
    let table = whole.need("channel")?.table()?;
    table.only(&[
        "id",
        "name",
        "kind",
        "realtime",
        "vars",
        "optional",
        "secrets",
        "answer_vars",
        "answer_secrets",
        "verified",
    ])?;
    if let Some(realtime) = table.get("realtime") {
        realtime.bool()?;
    }
    let id = table.need("id")?;
    if crate::model::ids::ChannelName::new(id.str()?).is_err() {
        return Err(id.wrong("An id is 1 to 40 of a-z, 0-9, '.', '_', ':' and '-'."));
    }
    let (vars, secrets, only_to_answer) = taken(&table)?;
    let verified = match table.table("verified")? {
        None => None,
        Some(inner) => {
            inner.only(&["source", "date"])?;
            let source = inner.need("source")?.str()?.to_owned();
            Some((source, inner.need("date")?.str()?.to_owned()))
        }
    };
    Ok(ChannelFile {
        origin: String::new(),
        digest: [0; 32],
        id: id.str()?.to_owned(),
        title: table.need("name")?.str()?.to_owned(),
        kind: named(&table.need("kind")?, "kind of channel", &KINDS)?.to_owned(),
        vars,
        secrets,
        only_to_answer,
        verified,
        transport,
        credentials: None,
        reader,
        max_body_bytes: 0,
        doing: Doing::default(),
        tests: Vec::new(),
    })
}

/// What an operator gives: variables with what they are when not set, secrets,
/// and which of both may stay away.
fn taken(table: &Table<'_>) -> Read<(BTreeMap<String, String>, Vec<String>, ToAnswer)> {
    let mut vars = BTreeMap::new();
    let mut only_to_answer = ToAnswer::default();
    for key in ["vars", "answer_vars"] {
        let Some(inner) = table.table(key)? else {
            continue;
        };
        for (name, node) in inner.all() {
            vars.insert(name.to_owned(), node.str()?.to_owned());
            if key == "answer_vars" {
                only_to_answer.vars.push(name.to_owned());
            }
        }
    }
    only_to_answer.secrets = table.strs("answer_secrets")?;
    let mut secrets = table.strs("secrets")?;
    secrets.extend(only_to_answer.secrets.iter().cloned());
    for name in optional(table, &vars, &secrets)? {
        if vars.contains_key(&name) {
            only_to_answer.vars.push(name);
        } else {
            only_to_answer.secrets.push(name);
        }
    }
    Ok((vars, secrets, only_to_answer))
}

/// The names of `optional`, each of them a variable's or a secret's.
fn optional(
    table: &Table<'_>,
    vars: &BTreeMap<String, String>,
    secrets: &[String],
) -> Read<Vec<String>> {
    let names = table.strs("optional")?;
    let known = |name: &&String| !vars.contains_key(*name) && !secrets.contains(name);
    match (names.iter().find(known), table.get("optional")) {
        (Some(name), Some(node)) => {
            let says = format!("There is no \"{name}\" in \"vars\" or \"secrets\".");
            Err(node.wrong(&says))
        }
        _ => Ok(names),
    }
}
