//! `check`: what is configured and from where, what is wrong with it, and
//! whether the hub answers, as whom.
//!
//! Secrets appear as where they are kept. `--json` prints one object:
//! `{"file"?, "entries": [{"key", "value"?, "origin"}], "problems": [says],
//! "hub"?: {"address", "answers", "officer"?, "role"?, "version"?, "says"?}}`;
//! `hub` is absent when none is configured and none of this user runs. Exit code
//! 2 when the configuration is wrong, 1 when the hub does not let us in.

use std::time::Duration;

use clap::{Args, Subcommand};
use serde::Serialize;

use super::check_notify;
use super::console;
use super::error::{CliError, Done};
use super::lines;
use super::print;
use super::settings::{self, Globals};
use crate::config::Config;
use crate::hub::{channel_settings, floor};
use crate::link::{Link, LinkSettings, News};
use crate::text::SafeText;

/// How long the hub has to let us in: a slow line and TLS included.
const PATIENCE: Duration = Duration::from_secs(15);

/// What `check` takes.
#[derive(Debug, Args)]
pub struct CheckArgs {
    /// As JSON.
    #[arg(long, global = true)]
    pub json: bool,
    /// Look at one thing closely instead.
    #[command(subcommand)]
    pub what: Option<What>,
}

/// What can be looked at closely.
#[derive(Debug, Subcommand)]
pub enum What {
    /// Try each way of calling you, ask what you saw, and remember it.
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
    if let Some(What::Notify(what)) = &args.what {
        return check_notify::run(globals, what, args.json);
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
    let mut answer = Answer {
        address: settings.hub.clone(),
        ..Answer::default()
    };
    let (link, mut news) = Link::start(settings, settings::clock());
    let told = tokio::time::timeout(PATIENCE, async {
        while let Some(news) = news.recv().await {
            match news {
                News::Hello(hello) => {
                    answer.answers = true;
                    answer.officer = Some(hello.officer.to_string());
                    answer.role = Some(hello.role.word());
                    let printable = |c: &char| c.is_ascii_graphic();
                    answer.version = Some(hello.version.chars().filter(printable).collect());
                    return;
                }
                News::Down { why, .. } => {
                    answer.says = Some(why);
                    return;
                }
                _ => {}
            }
        }
    });
    if told.await.is_err() {
        answer.says = Some("The hub did not answer in time.".to_owned());
    }
    drop(news);
    link.close().await;
    answer
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
            "The hub at {} answers (version {}): you are {} ({}).\n",
            hub.address,
            hub.version.as_deref().unwrap_or("unknown"),
            hub.officer.as_deref().unwrap_or("unknown"),
            hub.role.unwrap_or("unknown"),
        ),
        Some(hub) => format!(
            "The hub at {} does not let you in. {}\n",
            hub.address,
            hub.says.as_deref().unwrap_or_default()
        ),
    };
    text + &hub
}
