//! `watchfloor hub`: serves a floor until SIGINT or SIGTERM.
//!
//! Owns how the configuration becomes a [`Plan`]; what the hub does with it is
//! `hub::serve`'s. It logs to standard error (JSON lines into a pipe).

use std::net::Ipv4Addr;
use std::path::PathBuf;

use clap::Args;

use super::error::{CliError, Done};
use super::settings::{self, Globals};
use crate::config::Config;
use crate::config::hub::Keep;
use crate::config::words::Tls;
use crate::hub::serve::{self, Plan};
use crate::hub::{channel_settings, listen, lookout};
use crate::insight::burst;
use crate::shutdown;
use crate::telemetry::{self, Program};

/// What `hub` takes.
#[derive(Debug, Args)]
pub struct HubArgs {
    /// Where to listen; port 0 takes any that is free.
    #[arg(long, value_name = "ADDRESS:PORT")]
    pub listen: Option<String>,
    /// The folder of its data.
    #[arg(long, value_name = "FOLDER")]
    pub data_dir: Option<PathBuf>,
}

/// Serves until a signal.
pub fn run(globals: &Globals, args: &HubArgs) -> Result<Done, CliError> {
    let flags = [
        settings::given("--listen", "hub.listen", args.listen.as_ref()),
        settings::given("--data-dir", "hub.data_dir", args.data_dir.as_ref()),
    ];
    let config = globals.load_with(flags.into_iter().flatten().collect())?;
    let plan = plan(&config)?;
    let file = config.log.file.as_ref().map(|file| file.value.as_path());
    telemetry::start(Program::Serves, &config.log.level, file).map_err(CliError::failed)?;
    settings::runtime()?.block_on(async {
        let asked = shutdown::on_signals().map_err(CliError::failed)?;
        let running = serve::start(plan).await.map_err(CliError::failed)?;
        asked.cancelled().await;
        running.stop().await;
        Ok(Done::Whole)
    })
}

/// A hub as configured. In the clear on this machine it has a private door too,
/// so that its user's console joins without a token.
pub(super) fn plan(config: &Config) -> Result<Plan, CliError> {
    let mut plan = embedded(config)?;
    let listen = listen::Settings::of(&config.hub);
    // The door is a port of 127.0.0.1 in the clear.
    let reached = listen.address.ip() == Ipv4Addr::LOCALHOST && listen.tls == Tls::Off;
    plan.door = plan.door.filter(|_| reached);
    plan.proxies.clone_from(&listen.proxies);
    plan.listen = listen;
    Ok(plan)
}

/// What the lookout is held to, as configured.
pub(super) fn lookout(config: &Config) -> lookout::Settings {
    let insight = &config.insight;
    lookout::Settings {
        burst: burst::Settings {
            per_key_week: 1.0 / f64::from(insight.rare.value),
            per_week: f64::from(insight.false_alarms.value),
            warm_hours: insight.warm_up.value.as_secs_f32() / 3600.0,
            fewest_authors: insight.authors.value as usize,
            ..burst::Settings::default()
        },
        sources: lookout::Sources {
            topics: insight.topics.value.clone(),
            claims: insight.claims.value.clone(),
            encoder: insight.encoder.as_ref().map(|file| file.value.clone()),
            built_in: None,
        },
    }
}

/// A hub of this user alone, as far as the floor is configured.
pub(super) fn embedded(config: &Config) -> Result<Plan, CliError> {
    let folder = settings::data_dir(config)?;
    let floor = settings::floor(config)?;
    let page = config.page.clone();
    let mut plan = Plan::embedded(folder, floor, page, settings::own_name());
    plan.channels = channel_settings::channels(config)
        .map_err(|problems| CliError::Usage(settings::join(&problems)))?;
    plan.reload = channel_settings::reload(config);
    plan.lookout = lookout(config);
    plan.keep_content = match config.retention.items.value {
        Keep::For(span) => Some(span),
        Keep::Forever => None,
    };
    plan.head_export = config
        .hub
        .head_export
        .as_ref()
        .map(|file| file.value.clone());
    Ok(plan)
}
