//! The demo's floor, told in plain words, as the hub's own settings.
//!
//! What is wrong would be a mistake of ours, and is said as a sentence. Called
//! by `demo`.

use std::collections::{BTreeMap, BTreeSet};
use std::str::FromStr;

use crate::channels::catalogue::Catalogue;
use crate::channels::registry::Channels;
use crate::channels::settings::{ChannelConfig, Secret};
use crate::config::Located;
use crate::config::sections::officer::View;
use crate::demo::{DemoChannel, DemoFloor, DemoRule};
use crate::hub::floor::Floor;
use crate::hub::lookout;
use crate::hub::routing::{Routing, Rule, Sla};
use crate::hub::settings::Settings;
use crate::insight::burst;
use crate::model::filter::Filter;
use crate::model::ids::{ChannelName, DeskName, NotAName, OfficerId, RuleName, Tag, TeamName};
use crate::model::item::Kind;
use crate::model::outgoing::Canned;
use crate::model::severity::Severity;

/// Desks, rules, clocks and teams.
pub fn floor(plain: &DemoFloor) -> Result<Floor, String> {
    let mut desks = BTreeMap::new();
    for channel in &plain.channels {
        desks.insert(name::<ChannelName>(channel.name)?, name(channel.desk)?);
    }
    let default_desk = plain.desks.first().map_or("floor", String::as_str);
    let routing = Routing {
        rules: plain.rules.iter().map(rule).collect::<Result<_, _>>()?,
        sla: plain
            .sla
            .iter()
            .map(|row| Sla {
                kind: row.kind.and_then(word::<Kind>),
                severity: row.severity.and_then(word::<Severity>),
                desk: None,
                first_response: Some(row.first_response),
                resolution: row.resolution,
            })
            .collect(),
        desks,
        default_desk: name(default_desk)?,
        zone: jiff::tz::TimeZone::get(&plain.zone).map_err(|error| error.to_string())?,
    };
    let mut teams: BTreeMap<TeamName, BTreeSet<OfficerId>> = BTreeMap::new();
    for team in &plain.teams {
        teams.insert(name(team)?, BTreeSet::new());
    }
    for officer in &plain.officers {
        for team in names::<TeamName, Vec<_>>(officer.teams)? {
            teams.entry(team).or_default().insert(name(officer.id)?);
        }
    }
    let settings = Settings {
        name: plain.name.clone(),
        zone: plain.zone.clone(),
        demo: true,
        canned: crate::demo::CANNED.iter().map(canned).collect(),
        ..Settings::default()
    };
    Ok(Floor {
        settings,
        routing,
        teams,
    })
}

fn canned((name, lang, text): &(&str, &str, &str)) -> Canned {
    Canned {
        name: (*name).to_owned(),
        lang: Some((*lang).to_owned()),
        text: (*text).to_owned(),
    }
}

/// The channels, tied to their files.
pub fn channels(plain: &DemoFloor) -> Result<Channels, String> {
    let joined = |errors: Vec<_>| super::settings::join(&errors);
    let catalogue = Catalogue::built_in().map_err(joined)?;
    let channels: Result<Vec<ChannelConfig>, String> = plain.channels.iter().map(channel).collect();
    Channels::load(channels?, &catalogue).map_err(joined)
}

fn channel(plain: &DemoChannel) -> Result<ChannelConfig, String> {
    let mut channel = ChannelConfig::new(name(plain.name)?, plain.file);
    channel.desk = Some(name(plain.desk)?);
    channel.vars.clone_from(&plain.vars);
    let secret = |(name, value): (&String, &String)| (name.clone(), Secret::new(value.as_str()));
    channel.secrets = plain.secrets.iter().map(secret).collect();
    channel.allow_private = plain.allow_private;
    channel.poll_every = plain.poll_every;
    channel.silent_after = plain.silent_after;
    Ok(channel)
}

fn rule(plain: &DemoRule) -> Result<Rule, String> {
    let when = Filter::parse(plain.when);
    Ok(Rule {
        name: name::<RuleName>(plain.name)?,
        when: when.map_err(|error| format!("The rule {} has an error at {error}", plain.name))?,
        desk: plain.desk.map(name::<DeskName>).transpose()?,
        severity: plain.severity.and_then(word::<Severity>),
        tags: names::<Tag, _>(plain.tags)?,
        first_response: None,
        resolution: None,
        notify: plain.notify,
        says: plain.says.to_owned(),
        stop: false,
    })
}

/// What its lookout goes by. The evening begins with its first post, so nothing
/// is warmed up first.
#[must_use]
pub fn lookout() -> lookout::Settings {
    lookout::Settings {
        burst: burst::Settings {
            warm_hours: 0.0,
            ..burst::Settings::default()
        },
        sources: lookout::Sources {
            built_in: Some((crate::demo::TOPICS, crate::demo::CLAIMS)),
            ..lookout::Sources::default()
        },
    }
}

/// Saved views, as if nobody had set them otherwise.
#[must_use]
pub fn views(plain: &[(&str, &str)]) -> Vec<View> {
    let view = |(name, filter): &(&str, &str)| View {
        name: Located::default_of((*name).to_owned()),
        filter: Located::default_of((*filter).to_owned()),
    };
    plain.iter().map(view).collect()
}

/// A name of its sort.
fn name<T: FromStr<Err = NotAName>>(text: &str) -> Result<T, String> {
    text.parse().map_err(|error: NotAName| error.to_string())
}

/// Names of their sort.
pub fn names<T, All>(texts: &[&str]) -> Result<All, String>
where
    T: FromStr<Err = NotAName>,
    All: FromIterator<T>,
{
    texts.iter().map(|text| name(text)).collect()
}

/// A kind or severity by its word on the wire.
fn word<T: serde::de::DeserializeOwned>(word: &str) -> Option<T> {
    serde_json::from_value(word.into()).ok()
}
