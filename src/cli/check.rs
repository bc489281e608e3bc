//! `check`: what is configured and from where, what is wrong with it, and
//! whether the hub answers, as whom.
//!
//! Secrets appear as where they are kept. `--json` prints one object:
//! `{"file"?, "entries": [{"key", "value"?, "origin"}], "problems": [says],
//! "hub"?: {"address", "route", "answers", "officer"?, "role"?, "version"?, "says"?}}`;
//! `hub` is absent when none is configured and none of this user runs. Exit code
//! 2 when the configuration is wrong, 1 when the hub does not let us in.

use clap::{Args, Subcommand};
use serde::Serialize;

use super::check_connection;
use super::check_notify;
use super::check_rules;
use super::console;
use super::error::{CliError, Done};
use super::lines;
use super::print;
use super::settings::{self, Globals};
use crate::config::Config;
use crate::hub::{channel_settings, floor};
use crate::link::LinkSettings;
use crate::text::SafeText;

/// What `check` takes.
#[derive(Debug, Args)]
pub struct CheckArgs {
    /// As JSON.
    #[arg(long, global = true)]
    pub json: bool,
    /// One thing, more closely.
    #[command(subcommand)]
    pub what: Option<What>,
}

/// What can be looked at more closely.
#[derive(Debug, Subcommand)]
pub enum What {
    /// The way to the hub, step by step: name, TCP, proxy, TLS, WebSocket.
    Connection,
    /// What terminal this is, how the console uses it, and what to set.
    #[cfg(unix)]
    Terminal,
    /// What the rules as they are written would have done with what came in.
    Rules(check_rules::CheckRulesArgs),
    /// Each way of calling you: tried, and what you saw remembered.
    Notify(check_notify::CheckNotifyArgs),
}

#[derive(Debug, Default, Serialize)]
struct Report {
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<String>,
    entries: Vec<Entry>,
    problems: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    hub: Option<Answer>,
}

#[derive(Debug, Serialize)]
struct Entry {
    key: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    value: Option<String>,
    origin: String,
}

#[derive(Debug, Default, Serialize)]
struct Answer {
    address: String,
    route: String,
    answers: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    officer: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    role: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    version: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    says: Option<String>,
}

/// Checks.
pub fn run(globals: &Globals, args: &CheckArgs) -> Result<Done, CliError> {
    match &args.what {
        None => {}
        Some(What::Connection) => return check_connection::run(globals, args.json),
        #[cfg(unix)]
        Some(What::Terminal) => return super::check_terminal::run(globals),
        Some(What::Rules(what)) => return check_rules::run(globals, what, args.json),
        Some(What::Notify(what)) => return check_notify::run(globals, what, args.json),
    }
    let report = match globals.load() {
        Ok(config) => look(&config)?,
        // With --json the reader of the output wants the problems there.
        Err(CliError::Usage(says)) if args.json => Report {
            problems: says.lines().map(ToOwned::to_owned).collect(),
            ..Report::default()
        },
        Err(error) => return Err(error),
    };
    if args.json {
        print::json(&report)?;
    } else {
        print::text(&shown(&report))?;
    }
    if !report.problems.is_empty() {
        let n = report.problems.len();
        let says = if args.json {
            format!("The configuration has {n} problems.")
        } else {
            report.problems.join("\n")
        };
        return Err(CliError::Usage(says));
    }
    Ok(match report.hub {
        Some(Answer { answers: false, .. }) => Done::Refused,
        _ => Done::Whole,
    })
}

fn look(config: &Config) -> Result<Report, CliError> {
    let mut report = Report {
        file: config.file.as_ref().map(|file| file.display().to_string()),
        ..Report::default()
    };
    for entry in &config.entries {
        report.entries.push(Entry {
            key: entry.key.clone(),
            value: entry.value.clone(),
            origin: entry.origin.to_string(),
        });
    }
    if let Err(problems) = floor::read(config) {
        report
            .problems
            .extend(problems.iter().map(ToString::to_string));
    }
    if let Err(problems) = channel_settings::channels(config) {
        report
            .problems
            .extend(problems.iter().map(ToString::to_string));
    }
    report.problems.extend(console::problems(config));
    if report.problems.is_empty()
        && let Some(link) = settings::reach(config)?
    {
        report.hub = Some(settings::runtime()?.block_on(ask(link)));
    }
    Ok(report)
}

/// Opens a session like a console's and ends it when the hub has said who we are.
async fn ask(settings: LinkSettings) -> Answer {
    let met = check_connection::ask(&settings).await;
    Answer {
        address: settings.hub,
        route: settings.route.to_string(),
        answers: met.says.is_none(),
        officer: met.officer,
        role: met.role,
        version: met.version,
        says: met.says,
    }
}

fn shown(report: &Report) -> String {
    let own = |text: &str| SafeText::own(text.to_owned());
    let rows: Vec<Vec<SafeText>> = report
        .entries
        .iter()
        .map(|entry| {
            vec![
                own(&entry.key),
                own(entry.value.as_deref().unwrap_or("(not set)")),
                own(&entry.origin),
            ]
        })
        .collect();
    let mut text = match &report.file {
        Some(file) => format!("Configuration {}\n\n", own(file).as_str()),
        None => "No configuration file; everything is as it usually is.\n\n".to_owned(),
    };
    text.push_str(&lines::columns(&rows));
    text.push('\n');
    let hub = match &report.hub {
        None if !report.problems.is_empty() => "The hub was not asked.\n".to_owned(),
        None => "No hub is configured and none of yours runs here; the console starts its own.\n"
            .to_owned(),
        Some(hub) if hub.answers => format!(
            "The hub at {} answers (version {}), {}: you are {} ({}).\n",
            hub.address,
            hub.version.as_deref().unwrap_or("unknown"),
            hub.route,
            hub.officer.as_deref().unwrap_or("unknown"),
            hub.role.unwrap_or("unknown"),
        ),
        Some(hub) => format!(
            "The hub at {} does not let you in. {}\nThe way there: {}; \"watchfloor check connection\" walks it step by step.\n",
            hub.address,
            hub.says.as_deref().unwrap_or_default(),
            hub.route,
        ),
    };
    text + &hub
}
