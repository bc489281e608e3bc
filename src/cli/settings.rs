//! The configuration as a command needs it: which file, which hub, as whom.

use std::path::PathBuf;
use std::sync::Arc;

use jiff::tz::TimeZone;

use super::error::CliError;
use crate::config::{self, Config, Origin, Override};
use crate::hub::auth::Door;
use crate::hub::floor::{self, Floor};
use crate::link::{Address, By, LinkSettings, Route, TlsSettings, Token, Wanted};
use crate::model::ids::OfficerId;
use crate::model::time::{Clock, SystemClock};
use crate::tokens::Shelf;
use crate::wire::frames::Window;

/// The flags that every verb takes.
#[derive(Clone, Debug, Default)]
pub struct Globals {
    /// `--config`.
    pub config: Option<PathBuf>,
    /// `--hub`.
    pub hub: Option<String>,
    /// `--token-file`.
    pub token_file: Option<PathBuf>,
    /// `--color`.
    pub color: Option<String>,
    /// `--theme`.
    pub theme: Option<String>,
}

impl Globals {
    /// The configuration with its flags.
    pub fn load(&self) -> Result<Config, CliError> {
        self.load_with(Vec::new())
    }

    /// The configuration with its flags, and those of a verb.
    pub fn load_with(&self, mut flags: Vec<Override>) -> Result<Config, CliError> {
        if let Some(hub) = &self.hub {
            flags.push(flag("--hub", "link.hub", hub));
        }
        if let Some(file) = &self.token_file {
            flags.push(flag(
                "--token-file",
                "link.token_file",
                &file.to_string_lossy(),
            ));
        }
        flags.extend(given("--color", "console.color", self.color.as_ref()));
        if let Some(theme) = &self.theme {
            flags.push(flag("--theme", "console.theme", theme));
        }
        Ok(config::load(self.config.as_deref(), &flags)?)
    }
}

/// A flag that stands for a key of the configuration.
pub(super) fn flag(name: &str, key: &str, value: &str) -> Override {
    Override {
        key: key.to_owned(),
        value: value.to_owned(),
        origin: Origin::Flag(name.to_owned()),
    }
}

/// The flag of a verb, when it was given, as a flag of the configuration.
pub(super) fn given(
    name: &str,
    key: &str,
    value: Option<impl AsRef<std::ffi::OsStr>>,
) -> Option<Override> {
    value.map(|value| flag(name, key, &value.as_ref().to_string_lossy()))
}

/// The floor as configured.
pub(super) fn floor(config: &Config) -> Result<Floor, CliError> {
    floor::read(config).map_err(|problems| CliError::Usage(join(&problems)))
}

/// Problems, a line each.
pub(super) fn join<T: std::fmt::Display>(problems: &[T]) -> String {
    let lines: Vec<String> = problems.iter().map(ToString::to_string).collect();
    lines.join("\n")
}

/// The zone that times are shown in: the officer's own, else the floor's.
pub(super) fn zone(config: &Config) -> TimeZone {
    let name = config.console.zone.as_ref().unwrap_or(&config.hub.zone);
    TimeZone::get(name.value.name()).unwrap_or(TimeZone::UTC)
}

/// The folder of the hub's data.
pub(super) fn data_dir(config: &Config) -> Result<PathBuf, CliError> {
    config.data_dir().ok_or_else(|| {
        CliError::Usage(
            "There is no home folder; set hub.data_dir or WATCHFLOOR_HUB_DATA_DIR.".into(),
        )
    })
}

/// How to reach the configured hub, or the one that this user runs already;
/// none when there is neither.
pub(super) fn reach(config: &Config) -> Result<Option<LinkSettings>, CliError> {
    let mut settings = if let Some(hub) = &config.link.hub {
        configured(config, &hub.value)?
    } else {
        let door = Door::find(&data_dir(config)?).map_err(CliError::failed)?;
        let Some(door) = door else { return Ok(None) };
        through(&door)
    };
    settings.window = Window {
        closed_items: config.console.closed_items.value,
    };
    Ok(Some(settings))
}

/// Like [`reach`], where there has to be one.
pub(super) fn reach_running(config: &Config) -> Result<LinkSettings, CliError> {
    reach(config)?.ok_or_else(|| {
        CliError::Failed(
            "No hub is configured and none of yours runs here. Start one with `watchfloor`, `watchfloor demo` or `watchfloor hub`, or name one with --hub.".into(),
        )
    })
}

/// The link through a private door.
pub(super) fn through(door: &Door) -> LinkSettings {
    LinkSettings::new(
        format!("http://{}", door.addr),
        Some(Token::new(door.token.reveal())),
    )
}

fn configured(config: &Config, hub: &str) -> Result<LinkSettings, CliError> {
    let link = &config.link;
    let mut settings = LinkSettings::new(hub, token(config, hub)?);
    let client = link.client_cert.as_ref().zip(link.client_key.as_ref());
    settings.tls = TlsSettings {
        roots: link.roots(),
        ca: link.ca_file.as_ref().map(|file| file.value.clone()),
        crl: link.crl_file.as_ref().map(|file| file.value.clone()),
        allow_env_roots: link.allow_env_roots.value,
        oldest: link.oldest_tls.value,
        client: client.map(|(cert, key)| (cert.value.clone(), key.value.clone())),
    };
    settings.allow_plaintext = link.allow_plaintext.value;
    let address = Address::of(&settings).map_err(CliError::usage)?;
    settings.route = route(config, &address)?;
    Ok(settings)
}

/// The token for a hub: of the file that is named, else where it was put.
fn token(config: &Config, hub: &str) -> Result<Option<Token>, CliError> {
    let unusable = |error: &dyn std::fmt::Display| {
        CliError::Usage(format!("The token for {hub} can't be used: {error}"))
    };
    let secret = if let Some(file) = &config.link.token_file {
        Some(config::secret::read_private(&file.value).map_err(|e| unusable(&e))?)
    } else {
        let found = shelf(config).find(hub).map_err(|e| unusable(&e))?;
        found.map(|(secret, _)| secret)
    };
    Ok(secret.map(|secret| Token::new(secret.expose())))
}

/// Where this user's tokens are kept.
pub(super) fn shelf(config: &Config) -> Shelf {
    Shelf::new(config.link.token_store.value, config::paths::tokens_dir())
}

/// The way to the hub, with the proxy's account.
fn route(config: &Config, to: &Address) -> Result<Route, CliError> {
    let link = &config.link;
    let command = link.proxy_command.as_ref();
    let wanted = Wanted {
        proxy: link.proxy.value.clone(),
        origin: link.proxy.origin.to_string(),
        command: command.map(|argv| (argv.value.clone(), argv.origin.to_string())),
    };
    let route = Route::choose(wanted, to, |name| std::env::var(name).ok());
    let mut route = route.map_err(CliError::usage)?;
    if let (By::Proxy(proxy), Some(user), Some(secret)) =
        (&route.by, &link.proxy_user, &link.proxy_secret)
    {
        let password = secret.value.resolve().map_err(|error| {
            CliError::Usage(format!("The proxy's password can't be used: {error}"))
        })?;
        route.by = By::Proxy(proxy.clone().with_account(&user.value, password));
    }
    Ok(route)
}

/// The machine's clock.
pub(super) fn clock() -> Arc<dyn Clock> {
    Arc::new(SystemClock)
}

/// The officer's name on a hub of one's own: the account's, as far as it is a
/// name here.
pub(super) fn own_name() -> OfficerId {
    let account = std::env::var("USER")
        .unwrap_or_default()
        .to_ascii_lowercase();
    let slug: String = account
        .chars()
        .filter(|c| c.is_ascii_alphanumeric() || "._-".contains(*c))
        .collect();
    OfficerId::new(&slug)
        .or_else(|_| OfficerId::new("officer"))
        .expect("the word officer is a name")
}

/// A runtime with as many threads as the machine has cores.
pub(super) fn runtime() -> Result<tokio::runtime::Runtime, CliError> {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| CliError::Failed(format!("The program can't start its threads: {error}.")))
}
