//! The channels of this floor: each the operator's settings tied to a channel
//! file, checked before anything starts.
//!
//! Owns what can be wrong with the two together: a file that is not there,
//! variables and secrets that are missing, a webhook that would stand open.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::catalogue::Catalogue;
use super::file::read::nearest;
use super::file::{Auth, ChannelFile, ChannelFileError, Transport};
use super::health::{HealthBoard, HealthHandle};
use super::map::plan::For;
use super::reply::Outward;
use super::settings::{ChannelConfig, Secret};
use super::transport::webhook::KeyRing;
use super::transport::websub::Subscriber;
use crate::model::allowance::Allowance;
use crate::model::ids::{ChannelName, DeskName};
use crate::model::time::Timestamp;

/// One channel, ready to run.
#[derive(Debug)]
pub struct Channel {
    pub(super) config: ChannelConfig,
    pub(super) file: Arc<ChannelFile>,
    /// The file's variables with the operator's values.
    pub(super) vars: BTreeMap<String, String>,
    pub(super) whose: For,
    /// Its subscription at a hub, where it may have one.
    pub(super) subscriber: Option<Subscriber>,
    /// What it remembers of acting outward.
    pub(super) outward: Outward,
    /// Keys of the vendor's that deliveries are signed with.
    pub(super) keys: KeyRing,
}

impl Channel {
    /// The operator's name for it.
    #[must_use]
    pub fn name(&self) -> &ChannelName {
        &self.config.name
    }

    /// The desk that its items go to when no rule says otherwise.
    #[must_use]
    pub fn desk(&self) -> Option<&DeskName> {
        self.config.desk.as_ref()
    }

    /// Whether it runs.
    #[must_use]
    pub fn enabled(&self) -> bool {
        self.config.enabled
    }

    /// Its channel file.
    #[must_use]
    pub fn file(&self) -> &str {
        &self.file.id
    }

    /// Where its file was read.
    #[must_use]
    pub fn origin(&self) -> &str {
        &self.file.origin
    }

    /// Whether `other` reads and answers by the same file.
    #[must_use]
    pub fn same_file(&self, other: &Self) -> bool {
        self.file.id == other.file.id && self.file.digest == other.file.digest
    }

    /// Its transport's name.
    #[must_use]
    pub fn transport(&self) -> &'static str {
        self.file.transport.name()
    }

    /// Whether others post to it, instead of us fetching.
    #[must_use]
    pub fn is_webhook(&self) -> bool {
        matches!(self.file.transport, Transport::Webhook(_))
    }

    /// Its subscription at a hub, for the route of its door.
    #[must_use]
    pub fn subscriber(&self) -> Option<&Subscriber> {
        self.subscriber.as_ref()
    }

    /// The largest document it takes, in bytes.
    #[must_use]
    pub fn max_body_bytes(&self) -> usize {
        self.file.max_body_bytes
    }

    /// A health handle for it, put on `board`.
    #[must_use]
    pub fn health(&self, board: &HealthBoard, now: Timestamp) -> HealthHandle {
        let about = (self.name().clone(), self.file(), self.transport());
        let handle = HealthHandle::new(about, self.config.silent_after, now);
        if !self.enabled() {
            handle.off(now);
        } else if self.is_webhook() {
            handle.up(now);
        }
        board.add(handle, self.name().clone())
    }

    /// A channel that is checked for nothing, for dry runs.
    pub(super) fn dry(config: ChannelConfig, file: &Arc<ChannelFile>) -> Self {
        let mut vars = file.vars.clone();
        vars.extend(config.vars.clone());
        let websub = matches!(&file.transport, Transport::Feed(feed) if feed.websub);
        let callback = config.callback.clone().filter(|_| websub && config.enabled);
        Self {
            subscriber: callback.map(Subscriber::new),
            whose: For {
                channel: config.name.clone(),
                on_retract: config.on_retract,
            },
            outward: Outward::default(),
            keys: KeyRing::default(),
            file: Arc::clone(file),
            vars,
            config,
        }
    }

    /// How much may still be answered, as far as that is known and nobody is just
    /// asking for it.
    pub(super) fn answers_left(&self, now: Timestamp) -> Option<Allowance> {
        self.outward.left(&self.file.doing.limits, now)
    }

    /// A secret's value; empty where the operator gave none.
    pub(super) fn secret(&self, name: &str) -> &str {
        self.config.secrets.get(name).map_or("", |s| s.reveal())
    }

    /// `words` of a stranger's in which none of the channel's secrets stands: some
    /// servers repeat in an error what they were sent.
    pub(super) fn without_secrets(&self, words: &str) -> String {
        let secrets = self.config.secrets.values().map(Secret::reveal);
        let telling = secrets.filter(|s| s.len() >= 4);
        telling.fold(words.to_owned(), |words, s| words.replace(s, "…"))
    }

    fn bind(config: ChannelConfig, catalogue: &Catalogue) -> Result<Self, ChannelFileError> {
        let wrong = |key: String, says: String| ChannelFileError {
            file: format!("channel {}", config.name),
            line: 0,
            key,
            says,
        };
        let Some(file) = catalogue.get(&config.file) else {
            let ids: Vec<&str> = catalogue.ids().collect();
            let near = nearest(&config.file, &ids)
                .map_or(String::new(), |n| format!(" The nearest is \"{n}\"."));
            let says = format!(
                "There is no such channel file; there are {}.{near}",
                ids.join(", ")
            );
            return Err(wrong("file".to_owned(), says));
        };
        let known: Vec<&str> = file.vars.keys().map(String::as_str).collect();
        for name in config.vars.keys() {
            if !file.vars.contains_key(name) {
                let says = unknown("variable", name, &known);
                return Err(wrong(format!("vars.{name}"), says));
            }
        }
        let mut vars = file.vars.clone();
        vars.extend(config.vars.clone());
        let needed = |name: &String| !file.only_to_answer.vars.contains(name);
        let mut empty = vars.iter().filter(|(_, value)| value.is_empty());
        if let Some((name, _)) = empty.find(|(name, _)| needed(name)) {
            let says = "This has to be filled in for this channel.".to_owned();
            return Err(wrong(format!("vars.{name}"), says));
        }
        let known: Vec<&str> = file.secrets.iter().map(String::as_str).collect();
        for name in config.secrets.keys() {
            if !known.contains(&name.as_str()) {
                let says = unknown("secret", name, &known);
                return Err(wrong(format!("secrets.{name}"), says));
            }
        }
        let channel = Self::dry(config, file);
        channel.guarded().map_err(|(key, says)| ChannelFileError {
            file: format!("channel {}", channel.name()),
            line: 0,
            key,
            says,
        })?;
        Ok(channel)
    }

    /// Refuses what would stand open or could not prove who it is.
    fn guarded(&self) -> Result<(), (String, String)> {
        let missing = |name: &str| {
            let says = format!("The secret \"{name}\" is missing for this channel.");
            (format!("secrets.{name}"), says)
        };
        let has = |name: &str| !self.secret(name).is_empty();
        let Transport::Webhook(hook) = &self.file.transport else {
            let aside = &self.file.only_to_answer.secrets;
            let mut needed = self
                .file
                .secrets
                .iter()
                .filter(|name| !aside.contains(name));
            return match needed.find(|name| !has(name)) {
                Some(name) => Err(missing(name)),
                None => Ok(()),
            };
        };
        if let Some(signature) = &hook.signature
            && !has(&signature.key)
        {
            return Err(missing(&signature.key));
        }
        if hook.signature.is_some() || hook.issuer.is_some() {
            return Ok(());
        }
        let auth = hook.auth.as_ref().map_or_else(Vec::new, Auth::secrets);
        let proves = !auth.is_empty() && auth.iter().all(|name| has(name));
        if proves || self.config.knows_its_senders() {
            return Ok(());
        }
        Err(match auth.iter().find(|name| !has(name)) {
            Some(name) => {
                let (key, says) = missing(name);
                (
                    key,
                    format!("{says} Without it anybody could post; or name allow_ips or allow_certificates."),
                )
            }
            None => (
                "allow_ips".to_owned(),
                "Anybody could post to this channel: name the addresses that may, or allow_certificates."
                    .to_owned(),
            ),
        })
    }
}

fn unknown(what: &str, name: &str, known: &[&str]) -> String {
    let near = nearest(name, known).map_or(String::new(), |n| format!(" The nearest is \"{n}\"."));
    let known = if known.is_empty() {
        "none".to_owned()
    } else {
        known.join(", ")
    };
    format!("The channel file has no such {what}; it has {known}.{near}")
}

/// All channels of this floor.
#[derive(Clone, Debug, Default)]
pub struct Channels(BTreeMap<ChannelName, Arc<Channel>>);

impl Channels {
    /// Ties every setting to its file and checks them.
    ///
    /// # Errors
    /// Everything that is wrong, at once; none is loaded then.
    pub fn load(
        configs: Vec<ChannelConfig>,
        catalogue: &Catalogue,
    ) -> Result<Self, Vec<ChannelFileError>> {
        let mut channels = BTreeMap::new();
        let mut wrong = Vec::new();
        for config in configs {
            match Channel::bind(config, catalogue) {
                Err(error) => wrong.push(error),
                Ok(channel) => {
                    let name = channel.name().clone();
                    if channels.insert(name.clone(), Arc::new(channel)).is_some() {
                        wrong.push(ChannelFileError {
                            file: format!("channel {name}"),
                            line: 0,
                            key: "name".to_owned(),
                            says: "Two channels have this name; each needs its own.".to_owned(),
                        });
                    }
                }
            }
        }
        if wrong.is_empty() {
            Ok(Self(channels))
        } else {
            Err(wrong)
        }
    }

    /// The channel of this name.
    #[must_use]
    pub fn get(&self, name: &ChannelName) -> Option<&Arc<Channel>> {
        self.0.get(name)
    }

    /// All channels, by name.
    pub fn iter(&self) -> impl Iterator<Item = &Arc<Channel>> {
        self.0.values()
    }

    /// Whether the operator has set up none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}
