//! Defaults < file < environment < flags, into one [`Config`].
//!
//! Owns the order of the layers and the whole; the keys are `sections`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::error::{ConfigError, Problem};
use super::layers::{self, Override, Table};
use super::origin::{Located, Origin};
use super::paths;
use super::read::{Entry, Reader, Section};
use super::sections::channel::Channel;
use super::sections::floor::{Canned, Desk, Known, Rule, Sla, Team, distinct};
use super::sections::hub::{Hub, Log, Retention};
use super::sections::insight::Insight;
use super::sections::link::Link;
use super::sections::officer::{Console, Notify, View};
use super::sections::page::Page;

/// Everything that an operator and an officer may set.
#[derive(Clone, Debug)]
pub struct Config {
    /// The file that was read.
    pub file: Option<PathBuf>,
    /// The hub.
    pub hub: Hub,
    /// How long content is kept.
    pub retention: Retention,
    /// What the program says of itself.
    pub log: Log,
    /// Names that are known.
    pub floor: Known,
    /// Desks; empty: the hub makes one.
    pub desks: Vec<Desk>,
    /// Teams.
    pub teams: Vec<Team>,
    /// Routing rules, in order.
    pub rules: Vec<Rule>,
    /// SLA clocks, in order.
    pub slas: Vec<Sla>,
    /// Replies that are kept ready.
    pub canned: Vec<Canned>,
    /// Channels by name.
    pub channels: BTreeMap<String, Channel>,
    /// The second way out.
    pub page: Page,
    /// `[insight]`.
    pub insight: Insight,
    /// Which hub a console joins.
    pub link: Link,
    /// The console.
    pub console: Console,
    /// Saved views.
    pub views: Vec<View>,
    /// Notices.
    pub notify: Notify,
    /// Every key with its value and origin, for `check`.
    pub entries: Vec<Entry>,
}

impl Config {
    /// The folder of the hub's data; none without a home folder.
    #[must_use]
    pub fn data_dir(&self) -> Option<PathBuf> {
        let set = self.hub.data_dir.as_ref();
        set.map(|dir| dir.value.clone()).or_else(paths::data_dir)
    }

    /// The folder of what a console keeps; none without a home folder.
    #[must_use]
    pub fn state_dir(&self) -> Option<PathBuf> {
        let set = self.console.state_dir.as_ref();
        set.map(|dir| dir.value.clone()).or_else(paths::state_dir)
    }

    fn read(s: &mut Section<'_>) -> Self {
        let config = Self {
            file: None,
            hub: s.section("hub", Hub::read),
            retention: s.section("retention", Retention::read),
            log: s.section("log", Log::read),
            floor: s.section("floor", Known::read),
            desks: s.rows("desk", Desk::read),
            teams: s.rows("team", Team::read),
            rules: s.rows("rule", Rule::read),
            slas: s.rows("sla", Sla::read),
            canned: s.rows("canned", Canned::read),
            channels: s.named("channels", Channel::read),
            page: s.section("page", Page::read),
            insight: s.section("insight", Insight::read),
            link: s.section("link", Link::read),
            console: s.section("console", Console::read),
            views: s.rows("view", View::read),
            notify: s.section("notify", Notify::read),
            entries: Vec::new(),
        };
        distinct(s, "desk", config.desks.iter().map(|row| &row.name));
        distinct(s, "team", config.teams.iter().map(|row| &row.name));
        distinct(s, "rule", config.rules.iter().map(|row| &row.name));
        distinct(s, "view", config.views.iter().map(|row| &row.name));
        s.finish();
        config
    }
}

/// Reads the configuration: `named` (a flag), else the variable, else the user's
/// own file, which need not be there; then the environment, then `flags`.
///
/// # Errors
/// Everything that is wrong, each with its place.
pub fn load(named: Option<&Path>, flags: &[Override]) -> Result<Config, ConfigError> {
    let file = match named {
        Some(path) => Some((path.to_owned(), true)),
        None => paths::config_file(),
    };
    let mut overrides = overrides_from_env(std::env::vars());
    overrides.extend_from_slice(flags);
    let Some((path, named)) = file else {
        return resolve(None, &overrides);
    };
    match std::fs::read_to_string(&path) {
        Ok(text) => resolve(Some((&path, &text)), &overrides),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound && !named => {
            resolve(None, &overrides)
        }
        Err(source) => Err(ConfigError::Unreadable { path, source }),
    }
}

/// Lays the layers over each other and reads them. Pure but for the zone's table.
///
/// # Errors
/// Everything that is wrong, each with its place.
pub fn resolve(file: Option<(&Path, &str)>, overrides: &[Override]) -> Result<Config, ConfigError> {
    let (mut tree, mut problems) = match file {
        Some((path, text)) => layers::from_toml(path, text),
        None => (Table::new(), Vec::new()),
    };
    if problems.is_empty() {
        for over in overrides {
            layers::put(&mut tree, over);
        }
        let mut reader = Reader::default();
        let mut config = Config::read(&mut reader.root(tree));
        problems = reader.problems;
        config.entries = reader.entries;
        config.file = file.map(|(path, _)| path.to_owned());
        if problems.is_empty() {
            return Ok(config);
        }
    }
    problems.sort_by_key(|problem| match problem.origin {
        Origin::File { line, .. } => line,
        Origin::Default | Origin::Env(_) | Origin::Flag(_) => usize::MAX,
    });
    Err(ConfigError::Wrong(problems))
}

/// Every key that there is, with its default: rows as `[[rule]].when`, names
/// that the operator chooses as `NAME`.
#[must_use]
pub fn known_keys() -> Vec<Entry> {
    let mut reader = Reader {
        probe: true,
        ..Reader::default()
    };
    Config::read(&mut reader.root(Table::new()));
    reader.entries
}

/// The variables `WATCHFLOOR_HUB_LISTEN` and so on, one for each key that is not
/// in a row or under a name.
///
/// Variables that name no key are left alone: they may be a channel's secret or
/// belong to another program of the same name.
pub fn overrides_from_env(variables: impl Iterator<Item = (String, String)>) -> Vec<Override> {
    let names: BTreeMap<String, String> = known_keys()
        .into_iter()
        .filter(|entry| !entry.key.contains("[[") && !entry.key.contains("NAME"))
        .map(|entry| {
            let name = entry.key.replace('.', "_").to_ascii_uppercase();
            (format!("WATCHFLOOR_{name}"), entry.key)
        })
        .collect();
    let mut overrides: Vec<Override> = variables
        .filter_map(|(name, value)| {
            let key = names.get(&name)?.clone();
            Some(Override {
                key,
                value,
                origin: Origin::Env(name),
            })
        })
        .collect();
    overrides.sort_by(|a, b| a.key.cmp(&b.key));
    overrides
}

impl<T> Located<T> {
    /// What the room that parses this value says is wrong with it, here.
    pub fn problem(&self, says: impl Into<String>) -> Problem {
        Problem {
            origin: self.origin.clone(),
            says: says.into(),
        }
    }
}
