//! `channels`: how the running hub's channels are, and what can be done with channel
//! files, which `channel_files`, `channel_trial` and `channel_add` do.
//!
//! `channels --json` prints one channel a line in the form of the wire (`channel,
//! file, transport, state, since, …`); where no hub runs, the configured ones as
//! `{"channel", "file", "enabled"}`.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use jiff::tz::TimeZone;
use serde_json::json;

use super::error::{CliError, Done};
use super::items;
use super::lines;
use super::print;
use super::settings::{self, Globals};
use super::{channel_add, channel_files, channel_trial};
use crate::config::Config;
use crate::text::{SafeText, Untrusted};
use crate::wire::frames::ChannelHealth;

/// What `channels` takes.
#[derive(Debug, Args)]
pub struct ChannelsArgs {
    /// What to do; without it, how the channels are.
    #[command(subcommand)]
    pub act: Option<Act>,
    /// As JSON.
    #[arg(long, global = true)]
    pub json: bool,
}

/// What can be done with channel files.
#[derive(Debug, Subcommand)]
pub enum Act {
    /// The channel files that there are: how each is heard and what it can do.
    List,
    /// What one channel file takes, and what can be done through it.
    Show {
        /// Its name.
        file: String,
    },
    /// Print a new channel file, made from a sample document.
    New {
        /// What it is to be called.
        name: String,
        /// A document as the vendor sends it: JSON, XML, a form, or JSON line by line.
        sample: PathBuf,
    },
    /// Ask for what a channel needs, check it, and write it to the configuration.
    Add {
        /// What the channel is to be called.
        name: String,
        /// Its channel file, when that has another name.
        #[arg(long)]
        file: Option<String>,
    },
    /// Run the tests that channel files carry: of one, or of all.
    Test {
        /// A channel file, or the name of one that is built in or yours, or of a channel.
        file: Option<String>,
    },
    /// Show what a channel file makes of a document, field by field, and which keys of
    /// it nothing took.
    Try {
        /// A channel file, or the name of one that is built in or yours, or of a channel.
        file: String,
        /// The document.
        sample: PathBuf,
    },
}

/// Does it.
pub fn run(globals: &Globals, args: &ChannelsArgs) -> Result<Done, CliError> {
    match &args.act {
        None => list(globals, args.json),
        Some(Act::List) => channel_files::list(globals, args.json),
        Some(Act::Show { file }) => channel_files::show(globals, file),
        Some(Act::New { name, sample }) => channel_files::new(globals, name, sample),
        Some(Act::Add { name, file }) => channel_add::add(globals, name, file.as_deref()),
        Some(Act::Test { file }) => channel_trial::test(globals, file.as_deref(), args.json),
        Some(Act::Try { file, sample }) => {
            channel_trial::attempt(globals, (file, sample), args.json)
        }
    }
}

fn list(globals: &Globals, json: bool) -> Result<Done, CliError> {
    let config = globals.load()?;
    let Some(link) = settings::reach(&config)? else {
        return configured(&config, json);
    };
    let once = items::client(&link)?;
    let asked = settings::runtime()?.block_on(once.get("/v1/channels", &[]));
    let health: Vec<ChannelHealth> = asked.map_err(CliError::failed)?;
    if json {
        return print::json_lines(&health);
    }
    if health.is_empty() {
        print::aside(
            "This hub hears no channel yet; add one as [channels.NAME] to its configuration.",
        );
        return Ok(Done::Whole);
    }
    let zone = settings::zone(&config);
    let heads = [
        "CHANNEL",
        "FILE",
        "BY",
        "STATE",
        "SINCE",
        "ITEMS",
        "UNMAPPED",
        "REFUSED",
        "LEFT",
        "LAST ERROR",
    ];
    let mut rows: Vec<Vec<SafeText>> = vec![heads.into_iter().map(SafeText::own).collect()];
    for one in &health {
        let cells = [
            one.channel.to_string(),
            one.file.clone(),
            one.transport.clone(),
            format!("{:?}", one.state).to_lowercase(),
            lines::moment(one.since, &zone),
            one.items.to_string(),
            one.unmapped.to_string(),
            one.refused.to_string(),
            budgets(one, &zone),
            one.error.clone().unwrap_or_default(),
        ];
        rows.push(
            cells
                .into_iter()
                .map(|cell| SafeText::line(&Untrusted::new(cell)))
                .collect(),
        );
    }
    print::text(&lines::columns(&rows))
}

/// What is left of a vendor's budgets, and until when.
fn budgets(health: &ChannelHealth, zone: &TimeZone) -> String {
    let budgets = [("answers", health.answers), ("calls", health.calls)];
    let told = budgets.into_iter().filter_map(|(what, left)| {
        let left = left?;
        let until = lines::moment(left.until, zone);
        Some(format!("{} {what} until {until}", left.words()))
    });
    told.collect::<Vec<_>>().join(", ")
}

fn configured(config: &Config, json: bool) -> Result<Done, CliError> {
    if !json {
        print::aside("No hub of yours runs here; these are configured.");
    }
    let mut rows = Vec::new();
    for (name, channel) in &config.channels {
        let (file, enabled) = (&channel.file.value, channel.enabled.value);
        if json {
            print::json(&json!({ "channel": name, "file": file, "enabled": enabled }))?;
        } else {
            let state = if enabled { "on" } else { "off" };
            let cells = [
                name.clone(),
                file.clone(),
                state.to_owned(),
                channel.origin.to_string(),
            ];
            rows.push(cells.into_iter().map(SafeText::own).collect());
        }
    }
    print::text(&lines::columns(&rows))
}
