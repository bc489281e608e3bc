//! What a channel file would send, without sending it: for the file's own tests
//! and for `channels try`.
//!
//! Pure. Variables that an operator has to fill in are `NAME.test`, as a URL where
//! a request's URL begins with it; secrets are
//! `SECRET-NAME`, what a login gives is in capitals; our key, the time and the officer are fixed.

use std::sync::Arc;
use std::time::Duration;

use axum::http::HeaderMap;
use serde_json::Value;

use super::file::{Acting, ChannelFile, Meant};
use super::registry::Channel;
use super::reply::{Answered, Outcome, Outgoing, Tokens, Way, build, judge};
use super::settings::{ChannelConfig, Secret};
use crate::model::content::Content;
use crate::model::ids::ChannelName;
use crate::model::reach::before;
use crate::model::time::Timestamp;
use crate::text::Untrusted;

/// Our key in dry runs.
const ID: &str = "00000000-0000-7000-8000-000000000000";
/// The officer's name in dry runs.
const OFFICER: &str = "Officer Seven";
/// What an act ends in dry runs.
const ENDS: &str = "ENDS";
/// The time in dry runs: 2026-11-27T12:00:00Z.
const NOW_MS: i64 = 1_795_780_800_000;
/// The end of a silence in dry runs, two hours later.
const UNTIL_MS: i64 = 1_795_788_000_000;

fn now() -> Timestamp {
    Timestamp::from_millis(NOW_MS)
}

fn until() -> Timestamp {
    Timestamp::from_millis(UNTIL_MS)
}

/// What is not as `acting` expects it; empty means passed.
pub(super) fn failures(file: &Arc<ChannelFile>, acting: &Acting, item: &Content) -> Vec<Untrusted> {
    let Some(channel) = channel(file) else {
        return vec!["The file's id is no channel's name.".into()];
    };
    let word = acting.act.word();
    let Some(way) = file.doing.way(acting.act, item) else {
        return vec![format!("The file can't do this to the item: {word}.").into()];
    };
    let outgoing = Outgoing {
        id: ID,
        text: &acting.text,
        item,
        officer: OFFICER,
        until: Some(until()),
        ends: ENDS,
        now: now(),
    };
    let tokens = tokens(file);
    let call = match build(&channel, way, &outgoing, &tokens) {
        Ok(call) => call,
        Err(says) => return vec![format!("{word}: {says}").into()],
    };
    let mut failures = Vec::new();
    failures.extend(too_long(way, acting, item));
    for (part, wanted) in &acting.request {
        let found = match part.as_str() {
            "method" => call.method.to_string(),
            "url" => call.url.to_string(),
            _ => call.body.clone(),
        };
        if !same(&found, &filled(wanted)) {
            let says = format!(
                "{word}: the {part} is {found}; {} was expected.",
                filled(wanted)
            );
            failures.push(says.into());
        }
    }
    let headers = HeaderMap::new();
    for meant in &acting.answers {
        let answered = Answered {
            status: meant.status,
            headers: &headers,
            body: meant.body.as_bytes(),
        };
        let outcome = judge(way, &file.doing.limits, &answered, now());
        if !means(&outcome, meant) {
            let says = format!(
                "{word}: an answer {} is taken for {outcome:?}; \"{}\" was expected.",
                meant.status, meant.is
            );
            failures.push(says.into());
        }
    }
    failures
}

/// That an officer could not send the test's words, where they are more than the file's
/// own `max_text`.
fn too_long(way: &Way, acting: &Acting, item: &Content) -> Option<Untrusted> {
    let whole = format!("{}{}", before(&way.prefix, item), acting.text);
    let over = way.rules.over(&whole);
    let says = format!(
        "{}: the text is {over} {} longer than the file's max_text allows: an officer could not send it.",
        acting.act.word(),
        way.rules.count.unit()
    );
    (over > 0).then(|| says.into())
}

/// What a login would give: TOKEN, and the upper-cased name of what it keeps.
fn tokens(file: &ChannelFile) -> Tokens {
    let kept = file.doing.login.iter().flat_map(|login| &login.keep);
    kept.map(|(name, _)| name.clone())
        .chain(["token".to_owned()])
        .map(|name| (name.clone(), name.to_uppercase()))
        .collect()
}

/// Whether a URL of the file's begins with the variable: then it is one itself.
fn begins_a_url(file: &ChannelFile, name: &str) -> bool {
    let ways = file.doing.ways.values().flatten().map(|way| &way.url);
    let login = file.doing.login.iter().map(|login| &login.url);
    let start = format!("{{{{ vars.{name} }}}}");
    ways.chain(login)
        .any(|url| url.written().starts_with(&start))
}

/// A channel of the file with everything filled in.
fn channel(file: &Arc<ChannelFile>) -> Option<Channel> {
    let mut config = ChannelConfig::new(ChannelName::new(&file.id).ok()?, &file.id);
    for (name, value) in &file.vars {
        if value.is_empty() {
            let scheme = if begins_a_url(file, name) {
                "https://"
            } else {
                ""
            };
            let value = format!("{scheme}{name}.test");
            config.vars.insert(name.clone(), value);
        }
    }
    for name in &file.secrets {
        let value = Secret::new(format!("SECRET-{name}"));
        config.secrets.insert(name.clone(), value);
    }
    Some(Channel::dry(config, file))
}

/// The words of a test with the fixed values of dry runs in them.
fn filled(wanted: &str) -> String {
    wanted
        .replace("\"ID\"", &format!("\"{ID}\""))
        .replace("\"NOW\"", &format!("\"{}\"", now()))
        .replace("\"UNTIL\"", &format!("\"{}\"", until()))
        .replace("OFFICER", OFFICER)
}

/// Whether two texts are the same, as JSON or as forms where they are so.
fn same(found: &str, wanted: &str) -> bool {
    let json = |text: &str| serde_json::from_str::<Value>(text).ok();
    match (json(found), json(wanted)) {
        (Some(found), Some(wanted)) => found == wanted,
        _ => found == wanted,
    }
}

fn means(outcome: &Outcome, meant: &Meant) -> bool {
    let id = match (outcome, &meant.id) {
        (Outcome::Sent { id: Some(id), .. }, Some(wanted)) => id.as_evidence() == wanted,
        (_, wanted) => wanted.is_none(),
    };
    let after = match (outcome, meant.after) {
        (Outcome::Later { after, .. }, Some(wanted)) => {
            Duration::from_secs(after.as_secs()) == Duration::from_secs(wanted)
        }
        (_, wanted) => wanted.is_none(),
    };
    let told = outcome.says().unwrap_or("");
    let says = meant.says.as_ref().is_none_or(|words| told.contains(words));
    outcome.word() == meant.is && id && after && says
}
