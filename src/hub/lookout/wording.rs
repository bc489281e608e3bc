//! How a burst is told: as an alert with a headline, a few sentences of figures
//! and its reasons as data.
//!
//! Pure. The figures are ours; names of topics and claims may be strangers', so
//! all of it is untrusted like any channel's words.

use std::sync::Arc;

use crate::insight::burst::{Change, Key, Mark, Named, Raised};
use crate::model::content::{Content, Kind};
use crate::model::ids::ChannelName;
use crate::model::reading::{Reading, Topic};
use crate::model::severity::Severity;
use crate::model::shared::Shared;
use crate::model::why::Why;
use crate::text::Untrusted;

/// Words of its posts that an alert names.
const WORDS: usize = 5;

/// The alert that tells of it, known by its burst. `claimed` gives the words of a
/// claim by its id.
#[must_use]
pub fn alert(
    channel: &ChannelName,
    raised: &Raised,
    claimed: impl Fn(&str) -> Option<String>,
) -> Content {
    let subject = subject(&raised.key, claimed);
    let id = format!("{:016x}", raised.alert);
    let text = says(raised).into();
    let mut content = Content::new(Kind::Alert, channel.clone(), id.into(), text);
    content.title = headline(raised, &subject).into();
    content.severity = severity(raised);
    content.source_time = Some(raised.since);
    if let Some(region) = &raised.key.region {
        content.region = Untrusted::from(&**region);
    }
    let mut label = |name: &str, value: String| {
        content.labels.insert(name.to_owned(), value.into());
    };
    label("rule", raised.why.rule.clone());
    label("about", subject);
    label("score", raised.why.score().to_string());
    if let Some(channel) = &raised.key.channel {
        label("channel", channel.to_string());
    }
    if !raised.with.is_empty() {
        let with: Vec<String> = raised.with.iter().map(Key::to_string).collect();
        label("with", with.join(", "));
    }
    if matches!(
        raised.change,
        Change::Ended | Change::Settled | Change::Heard
    ) {
        content.ended_at = Some(raised.at);
    }
    content.why = Some(Arc::new(raised.why.clone()));
    content
}

/// What an alert is about, so that filters and rules find it by its topic.
#[must_use]
pub fn reading(raised: &Raised, version: &str) -> Option<Reading> {
    let mut names: Vec<&str> = Vec::new();
    for key in std::iter::once(&raised.key).chain(&raised.with) {
        if let Named::Topic(name) | Named::Urgent(name) = &key.subject
            && !names.contains(&&**name)
        {
            names.push(name);
        }
    }
    let topic = |name: &&str| Topic {
        name: (*name).to_owned(),
        words: Untrusted::from(*name),
    };
    (!names.is_empty()).then(|| Reading {
        model: version.to_owned().into(),
        topics: names.iter().map(topic).map(Shared::from).collect(),
        ..Reading::default()
    })
}

/// A firestorm is never less than high: anger by people who were not here before
/// does not go away by being small.
fn severity(raised: &Raised) -> Severity {
    let own = raised.why.severity();
    if raised.marks.contains(&Mark::Firestorm) {
        own.max(Severity::High)
    } else {
        own
    }
}

fn subject(key: &Key, claimed: impl Fn(&str) -> Option<String>) -> String {
    let what = match &key.subject {
        Named::Topic(name) | Named::Urgent(name) => name.to_string(),
        Named::Claim(id) => claimed(id).unwrap_or_else(|| id.to_string()),
        Named::Cluster(_) => "one copied text".to_owned(),
        Named::Channel => "everything".to_owned(),
    };
    match &key.region {
        Some(region) => format!("{what} in {region}"),
        None => what,
    }
}

fn headline(raised: &Raised, subject: &str) -> String {
    let why = &raised.why;
    let on = raised
        .key
        .channel
        .as_ref()
        .map(|channel| format!(" on {channel}"))
        .unwrap_or_default();
    let noun = if raised.marks.contains(&Mark::Firestorm) {
        "Firestorm"
    } else if raised.marks.iter().any(|m| matches!(m, Mark::Campaign(_))) {
        "Copied text"
    } else {
        "Burst"
    };
    match raised.change {
        Change::Silent => {
            let channel = raised.key.channel.as_deref().unwrap_or("A channel");
            format!("Silent: {channel} has said nothing for {} min", why.minutes)
        }
        Change::Heard => {
            let channel = raised.key.channel.as_deref().unwrap_or("A channel");
            format!("Heard again: {channel}")
        }
        Change::Ended => format!("Over: {subject}{on}"),
        Change::Settled => format!("Usual now: {subject}{on}"),
        Change::Raised | Change::Step | Change::Again => format!(
            "{noun}: {subject}{on}, {} {} in {} min, {} usual",
            why.observed,
            if raised.key.is_urgent() {
                "urgent posts"
            } else {
                "posts"
            },
            why.minutes,
            usual(why.expected)
        ),
    }
}

/// The findings, then who said it and in which words.
fn says(raised: &Raised) -> String {
    let why = &raised.why;
    let mut says: Vec<String> = why.parts.iter().map(|part| part.says.clone()).collect();
    let languages: Vec<String> = why
        .languages
        .iter()
        .map(|one| format!("{} {}", one.what, one.times))
        .collect();
    if languages.len() > 1 {
        says.push(format!("languages {}", languages.join(", ")));
    }
    if let Some(words) = words(why) {
        says.push(words);
    }
    let mut says = says.join("; ");
    if !says.is_empty() {
        says.push('.');
    }
    says
}

fn words(why: &Why) -> Option<String> {
    let words: Vec<&str> = why
        .words
        .iter()
        .take(WORDS)
        .map(|said| said.word.as_evidence())
        .collect();
    (!words.is_empty()).then(|| format!("words {}", words.join(", ")))
}

/// A usual count as one reads it: whole from ten on, and never "0.0".
fn usual(count: f64) -> String {
    if count >= 10.0 {
        format!("{count:.0}")
    } else if count >= 0.05 {
        format!("{count:.1}")
    } else {
        "hardly any".to_owned()
    }
}
