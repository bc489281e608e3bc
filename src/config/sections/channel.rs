//! `[channels.NAME]`: what comes in, and by which file of the catalogue.
//!
//! Owns the keys; which vars and secrets a channel's file wants is checked by
//! `channels`, which names the line from here.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use super::super::origin::{Located, Origin};
use super::super::read::Section;
use super::super::secret::SecretRef;
use super::super::value::Net;
use super::super::words::OnRetract;

/// A channel as the operator set it up.
#[derive(Clone, Debug)]
pub struct Channel {
    /// Where its section begins.
    pub origin: Origin,
    /// Its file: a name in the built-in catalogue, or a path that ends in
    /// ".toml". Its own name when it is not set.
    pub file: Located<String>,
    /// Whether it runs.
    pub enabled: Located<bool>,
    /// The desk for what no rule places.
    pub desk: Option<Located<String>>,
    /// What the file calls `vars.*`.
    pub vars: BTreeMap<String, Located<String>>,
    /// What the file calls `secret.*`.
    pub secrets: BTreeMap<String, Located<SecretRef>>,
    /// What is read, for channels that fetch.
    pub urls: Located<Vec<String>>,
    /// How often, for channels that fetch.
    pub interval: Option<Located<Duration>>,
    /// Whether it may call private addresses.
    pub allow_private: Located<bool>,
    /// Who may have signed the certificates of what it calls, PEM; none: whom the
    /// system trusts.
    pub ca_file: Option<Located<PathBuf>>,
    /// Who may post to it; empty: anybody with its signature or token.
    pub allow_ips: Located<Vec<Net>>,
    /// Names of clients' certificates, one of which who posts to it has to show;
    /// empty: none.
    pub allow_certificates: Located<Vec<String>>,
    /// Nothing for so long is an alert.
    pub silent_after: Option<Located<Duration>>,
    /// What becomes of words that are taken back.
    pub on_retract: Located<OnRetract>,
    /// Whether people there are shown that an officer answers and has read.
    pub signs: Located<bool>,
}

impl Channel {
    pub(in super::super) fn read(name: &str, s: &mut Section<'_>) -> Self {
        let channel = Self {
            origin: s.origin.clone(),
            file: s.or("file", name.to_owned()),
            enabled: s.or("enabled", true),
            desk: s.maybe("desk"),
            vars: s.free("vars"),
            secrets: s.free("secrets"),
            urls: s.or("urls", Vec::new()),
            interval: s.maybe("interval"),
            allow_private: s.or("allow_private", false),
            ca_file: s.maybe("ca_file"),
            allow_ips: s.or("allow_ips", Vec::new()),
            allow_certificates: s.or("allow_certificates", Vec::new()),
            silent_after: s.maybe("silent_after"),
            on_retract: s.or("on_retract", OnRetract::Keep),
            signs: s.or("signs", true),
        };
        if let Some(interval) = &channel.interval
            && interval.value < Duration::from_secs(10)
        {
            let says = format!("channels.{name}.interval has to be at least \"10s\".");
            s.wrong(interval.origin.clone(), says);
        }
        channel
    }
}
