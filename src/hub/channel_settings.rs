//! From the configuration to the channels of the floor: names, secrets and
//! address ranges, each mistake with its place.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::auth::CertName;
use super::reloading::Reload;
use crate::channels::catalogue::Catalogue;
use crate::channels::registry::Channels;
use crate::channels::settings::{Authorities, ChannelConfig, Network, Secret};
use crate::config::words::OnRetract as OnRetractWord;
use crate::config::{Config, Origin, Problem, channel::Channel as Text, paths};
use crate::model::ids::{ChannelName, DeskName};
use crate::model::item::OnRetract;

/// Channel files of the operator's own, beside the configuration file.
const OWN_FILES: &str = "channels";

/// The channel files that are known: built in, and the operator's own.
///
/// # Errors
/// Every file that is wrong, with line and key.
pub fn catalogue(config: &Config) -> Result<Catalogue, Vec<Problem>> {
    let problems = |errors: Vec<crate::channels::ChannelFileError>| {
        errors
            .into_iter()
            .map(|error| anywhere(error.to_string()))
            .collect::<Vec<_>>()
    };
    let mut catalogue = Catalogue::built_in().map_err(problems)?;
    let beside = own_folder(config);
    if let Some(folder) = beside.filter(|folder| folder.is_dir()) {
        catalogue.add_directory(&folder).map_err(problems)?;
    }
    Ok(catalogue)
}

/// The channels as configured.
///
/// # Errors
/// Everything that is wrong, each with its place.
pub fn channels(config: &Config) -> Result<Channels, Vec<Problem>> {
    let catalogue = catalogue(config)?;
    let mut problems = Vec::new();
    let mut settings = Vec::new();
    for (name, text) in &config.channels {
        match read(name, text) {
            Ok(channels) => settings.extend(channels.into_iter().map(|c| reached(c, config))),
            Err(wrong) => problems.extend(wrong),
        }
    }
    if !problems.is_empty() {
        return Err(problems);
    }
    Channels::load(settings, &catalogue).map_err(|errors| {
        errors
            .into_iter()
            .map(|error| anywhere(error.to_string()))
            .collect()
    })
}

/// The folder of the operator's own channel files: beside the configuration, also
/// where there is no configuration yet.
fn own_folder(config: &Config) -> Option<PathBuf> {
    let file = match &config.file {
        Some(file) => file.clone(),
        None => paths::config_file()?.0,
    };
    Some(file.parent()?.join(OWN_FILES))
}

/// How the channels are loaded anew when a file in the operator's own folder
/// changes; none where the configuration has no file.
#[must_use]
pub fn reload(config: &Config) -> Option<Reload> {
    let folder = own_folder(config)?;
    let config = config.clone();
    let load = move || {
        let said = |problems: Vec<Problem>| problems.into_iter().map(|p| p.says).collect();
        channels(&config).map_err(said)
    };
    Some(Reload {
        folder,
        load: Arc::new(load),
    })
}

/// `channel`, with where the internet reaches its door.
fn reached(mut channel: ChannelConfig, config: &Config) -> ChannelConfig {
    let public = config.hub.public_url.as_ref();
    channel.callback = public.map(|url| {
        let url = url.value.trim_end_matches('/');
        format!("{url}/in/{}", channel.name)
    });
    channel
}

/// One section. With several `urls` it is several channels: "news", "news-2", …
fn read(name: &str, text: &Text) -> Result<Vec<ChannelConfig>, Vec<Problem>> {
    let mut problems = Vec::new();
    let mut wrong = |origin: &Origin, says: String| {
        problems.push(Problem {
            origin: origin.clone(),
            says,
        });
    };
    let channel = ChannelName::new(name).map_err(|error| wrong(&text.origin, error.to_string()));
    let mut secrets = BTreeMap::new();
    // A channel that is off needs no secret.
    for (key, reference) in text.secrets.iter().filter(|_| text.enabled.value) {
        match reference.value.resolve() {
            Ok(secret) => drop(secrets.insert(key.clone(), Secret::new(secret.expose()))),
            Err(error) => wrong(
                &reference.origin,
                format!("channels.{name}.secrets.{key}: {error}"),
            ),
        }
    }
    let (allow_ips, allow_certificates) = senders(name, text, &mut wrong);
    let mut authorities = Authorities::default();
    if let Some(path) = &text.ca_file {
        match certificates(&path.value) {
            Ok(read) => authorities = read,
            Err(says) => wrong(&path.origin, format!("channels.{name}.ca_file: {says}")),
        }
    }
    let Ok(channel) = channel else {
        return Err(problems);
    };
    if !problems.is_empty() {
        return Err(problems);
    }
    let mut first = ChannelConfig::new(channel, &text.file.value);
    first.enabled = text.enabled.value;
    first.desk = text
        .desk
        .as_ref()
        .and_then(|desk| DeskName::new(&desk.value).ok());
    let vars = text.vars.iter();
    first.vars = vars.map(|(k, v)| (k.clone(), v.value.clone())).collect();
    first.secrets = secrets;
    first.allow_private = text.allow_private.value;
    first.authorities = authorities;
    first.allow_ips = allow_ips;
    first.allow_certificates = allow_certificates;
    first.silent_after = text.silent_after.as_ref().map(|span| span.value);
    first.on_retract = on_retract(text.on_retract.value);
    first.signs = text.signs.value;
    first.poll_every = text.interval.as_ref().map(|span| span.value);
    Ok(one_for_each_url(&first, &text.urls.value))
}

/// Who may post: addresses, and names of certificates.
fn senders(
    name: &str,
    text: &Text,
    wrong: &mut impl FnMut(&Origin, String),
) -> (Vec<Network>, Vec<String>) {
    let mut networks = Vec::new();
    for net in &text.allow_ips.value {
        match net.to_string().parse() {
            Ok(net) => networks.push(net),
            Err(error) => wrong(
                &text.allow_ips.origin,
                format!("channels.{name}.allow_ips: {error}"),
            ),
        }
    }
    let mut names = Vec::new();
    for written in &text.allow_certificates.value {
        match written.parse::<CertName>() {
            Ok(cert) => names.push(cert.to_string()),
            Err(error) => wrong(
                &text.allow_certificates.origin,
                format!("channels.{name}.allow_certificates: {error}"),
            ),
        }
    }
    (networks, names)
}

/// The certificates in a file of the operator's.
fn certificates(path: &Path) -> Result<Authorities, String> {
    let shown = path.display();
    let pem = std::fs::read(path).map_err(|e| format!("{shown} can't be read: {e}."))?;
    Authorities::from_pem(&pem).map_err(|e| format!("{shown}: {e}"))
}

fn one_for_each_url(first: &ChannelConfig, urls: &[String]) -> Vec<ChannelConfig> {
    if urls.is_empty() {
        return vec![first.clone()];
    }
    let several = urls.iter().enumerate().filter_map(|(n, url)| {
        let mut channel = first.clone();
        if n > 0 {
            channel.name = ChannelName::new(&format!("{}-{}", first.name, n + 1)).ok()?;
        }
        channel.vars.insert("url".to_owned(), url.clone());
        Some(channel)
    });
    several.collect()
}

fn on_retract(word: OnRetractWord) -> OnRetract {
    match word {
        OnRetractWord::Keep => OnRetract::Keep,
        OnRetractWord::Hide => OnRetract::Hide,
        OnRetractWord::Erase => OnRetract::Erase,
    }
}

fn anywhere(says: String) -> Problem {
    Problem {
        origin: Origin::Default,
        says,
    }
}
