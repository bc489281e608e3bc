//! The channel files that this program knows: those built in, and the
//! operator's own beside or instead of them.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use super::file::read::nearest;
use super::file::{self, ChannelFile, ChannelFileError};
use super::reply::{Act, Rules};
use super::shelf::CALLING;

/// Names of files with their texts.
macro_rules! files {
    ($($name:literal),* $(,)?) => {
        &[$(($name, include_str!(concat!("catalogue/", $name)))),*]
    };
}

/// The files that are built in.
const BUILT_IN: &[(&str, &str)] = files![
    // Our own shape, and what many speak.
    "generic.toml",
    "cloudevents.toml",
    "feed.toml",
    // Social networks and forums.
    "mastodon.toml",
    "x-activity.toml",
    "facebook-page.toml",
    "instagram.toml",
    "discourse-webhook.toml",
    "github.toml",
    "gitlab.toml",
    "trustpilot.toml",
    // Messaging.
    "messenger.toml",
    "whatsapp.toml",
    "telegram-webhook.toml",
    "discord-interactions.toml",
    "slack.toml",
    "teams.toml",
    "zulip-webhook.toml",
    "mattermost.toml",
    "rocketchat.toml",
    "line.toml",
    "viber.toml",
    "twilio.toml",
    "govuk-notify.toml",
    // Bots and help desks.
    "chatwoot.toml",
    "rasa.toml",
    "botpress.toml",
    "botpress-hitl.toml",
    "dialogflow-cx.toml",
    "amazon-lex.toml",
    "zendesk.toml",
    "intercom.toml",
    "freshdesk.toml",
    // Alerting.
    "alertmanager.toml",
    "grafana.toml",
    "pagerduty.toml",
    "opsgenie.toml",
    "zabbix.toml",
    "sentry.toml",
    "aws-sns.toml",
    "aws-events.toml",
    "graylog.toml",
    "pingdom.toml",
    "google-cloud-monitoring.toml",
    "newrelic.toml",
    "riemann.toml",
];

/// Largest channel file that is read.
const LARGEST: u64 = 1024 * 1024;

/// Channel files by their ids.
#[derive(Clone, Debug, Default)]
pub struct Catalogue {
    files: BTreeMap<String, Arc<ChannelFile>>,
}

/// A channel file in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// Its id.
    pub id: String,
    /// Its name for people.
    pub title: String,
    /// Social, alerting, news, …
    pub kind: String,
    /// How it is heard.
    pub transport: &'static str,
    /// What operators have to fill in: variables without a default.
    pub vars: Vec<String>,
    /// The secrets that it knows.
    pub secrets: Vec<String>,
    /// Every variable and what it is when it is not set.
    pub defaults: Vec<(String, String)>,
    /// Variables that may stay empty.
    pub optional: Vec<String>,
    /// The secrets without which it does not run.
    pub needed: Vec<String>,
    /// Of those, the ones that we make and give to the sender; the others are the
    /// vendor's.
    pub own: Vec<String>,
    /// Whether it is a webhook that only the settings' `allow_ips` can guard.
    pub open: bool,
    /// What can be done through it, with the rules of each.
    pub acts: Vec<(Act, Rules)>,
    /// How many tests it carries.
    pub tests: usize,
    /// What it was checked against, and when.
    pub verified: Option<(String, String)>,
}

impl Listed {
    /// How it was proved: "tested with X version Y" where a real peer was run, or else
    /// "contract-tested": the last words of what it was verified by.
    #[must_use]
    pub fn proof(&self) -> Option<&str> {
        let (source, _) = self.verified.as_ref()?;
        let last = source.rsplit(';').next()?.trim();
        let proves = ["tested with ", "contract-tested"];
        proves.iter().any(|p| last.starts_with(p)).then_some(last)
    }
}

impl Catalogue {
    /// The files that are built in.
    ///
    /// # Errors
    /// What is wrong with them; a test sees to it that nothing is.
    pub fn built_in() -> Result<Self, Vec<ChannelFileError>> {
        let mut catalogue = Self::default();
        let wrong = BUILT_IN
            .iter()
            .chain(CALLING)
            .filter_map(|(name, text)| catalogue.add(name, text).err())
            .collect::<Vec<_>>();
        if wrong.is_empty() {
            Ok(catalogue)
        } else {
            Err(wrong)
        }
    }

    /// Adds the file `name` and gives its id; one with the same id takes the place of
    /// an earlier one.
    ///
    /// # Errors
    /// What is wrong with it; the catalogue is then as it was.
    pub fn add(&mut self, name: &str, text: &str) -> Result<String, ChannelFileError> {
        let file = file::parse(name, text)?;
        let id = file.id.clone();
        self.files.insert(id.clone(), Arc::new(file));
        Ok(id)
    }

    /// Adds every `*.toml` of `directory`, in the order of their names.
    ///
    /// # Errors
    /// What is wrong with each; those that are right are added all the same.
    pub fn add_directory(&mut self, directory: &Path) -> Result<(), Vec<ChannelFileError>> {
        let unreadable = |path: &Path, e: &std::io::Error| ChannelFileError {
            file: path.display().to_string(),
            line: 0,
            key: "file".to_owned(),
            says: format!("It can't be read: {e}."),
        };
        let entries = std::fs::read_dir(directory).map_err(|e| vec![unreadable(directory, &e)])?;
        let mut paths: Vec<_> = entries
            .filter_map(|entry| entry.ok().map(|e| e.path()))
            .filter(|path| path.extension().is_some_and(|e| e == "toml"))
            .collect();
        paths.sort();
        let mut wrong = Vec::new();
        for path in paths {
            let size = std::fs::metadata(&path).map_or(0, |m| m.len());
            let text = if size > LARGEST {
                Err(std::io::Error::other("it is larger than 1 MiB"))
            } else {
                std::fs::read_to_string(&path)
            };
            match text {
                Err(e) => wrong.push(unreadable(&path, &e)),
                Ok(text) => wrong.extend(self.add(&path.display().to_string(), &text).err()),
            }
        }
        if wrong.is_empty() { Ok(()) } else { Err(wrong) }
    }

    /// The file with this id.
    pub(super) fn get(&self, id: &str) -> Option<&Arc<ChannelFile>> {
        self.files.get(id)
    }

    /// The ids, in order.
    pub fn ids(&self) -> impl Iterator<Item = &str> {
        self.files.keys().map(String::as_str)
    }

    /// The ids that are near to `name`: those that begin or end with it or it with them,
    /// or else the one that is the fewest letters away.
    #[must_use]
    pub fn near(&self, name: &str) -> Vec<&str> {
        let ids: Vec<&str> = self.ids().collect();
        let like = |id: &&&str| {
            let short = name.len().min(id.len());
            let (one, other) = (name.get(..short), id.get(..short));
            let end = name.ends_with(**id) || id.ends_with(name);
            short >= 3 && (one == other || end)
        };
        let like: Vec<&str> = ids.iter().filter(like).copied().take(5).collect();
        if like.is_empty() {
            return nearest(name, &ids).into_iter().collect();
        }
        like
    }

    /// What should worry who writes the file `id`: sentences.
    #[must_use]
    pub fn worries(&self, id: &str) -> Vec<String> {
        let open = self.files.get(id).is_some_and(|file| file.is_open());
        let says = "It is a webhook with neither [source.auth] nor [source.signature]: anybody who \
                    finds its address could post to it. A channel of it starts only with allow_ips \
                    or allow_certificates in its settings: who may.";
        open.then(|| says.to_owned()).into_iter().collect()
    }

    /// The files, for a list.
    #[must_use]
    pub fn list(&self) -> Vec<Listed> {
        let listed = |file: &Arc<ChannelFile>| Listed {
            id: file.id.clone(),
            title: file.title.clone(),
            kind: file.kind.clone(),
            transport: file.transport.name(),
            vars: file
                .vars
                .iter()
                .filter(|(name, default)| {
                    default.is_empty() && !file.only_to_answer.vars.contains(name)
                })
                .map(|(name, _)| name.clone())
                .collect(),
            secrets: file.secrets.clone(),
            defaults: file.vars.clone().into_iter().collect(),
            optional: file.only_to_answer.vars.clone(),
            needed: file.needed_secrets(),
            own: file.own_secrets(),
            open: file.is_open(),
            acts: file.doing.rules(),
            tests: file.tests.len(),
            verified: file.verified.clone(),
        };
        self.files.values().map(listed).collect()
    }

    /// The files themselves.
    pub(super) fn files(&self) -> impl Iterator<Item = &Arc<ChannelFile>> {
        self.files.values()
    }
}
