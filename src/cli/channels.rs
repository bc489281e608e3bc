//! `channels`: how the running hub's channels are; `channels test` and
//! `channels try`: what channel files make of samples.
//!
//! `channels --json` prints one channel a line in the form of the wire (`channel,
//! file, transport, state, since, …`); where no hub runs, the configured ones as
//! `{"channel", "file", "enabled"}`. `test --json` prints `{"file", "test",
//! "failures": []}` a line and ends with 1 when one failed; `try --json` one
//! part a line: `{"wanted", "fields": [{"field", "value", "from"}]}`, `wanted`
//! telling whether it became something.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use serde_json::json;

use super::error::{CliError, Done};
use super::items;
use super::lines;
use super::print;
use super::settings::{self, Globals};
use super::{channel_add, channel_files};
use crate::channels::catalogue::Catalogue;
use crate::channels::trial::{self, Tried};
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
        /// A JSON document as the vendor sends it.
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
    /// Run the tests that channel files carry: of one file, or of all built in.
    Test {
        /// A channel file.
        file: Option<PathBuf>,
    },
    /// Show what a channel file makes of a document, field by field.
    Try {
        /// A channel file, or the name of one that is built in.
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
        Some(Act::New { name, sample }) => channel_files::new(name, sample),
        Some(Act::Add { name, file }) => channel_add::add(globals, name, file.as_deref()),
        Some(Act::Test { file }) => test(file.as_deref(), args.json),
        Some(Act::Try { file, sample }) => attempt(file, sample, args.json),
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

fn test(file: Option<&Path>, json: bool) -> Result<Done, CliError> {
    let (catalogue, only) = match file {
        Some(file) => {
            let (catalogue, id) = with_file(file)?;
            (catalogue, Some(id))
        }
        None => (built_in()?, None),
    };
    let samples = file.and_then(Path::parent);
    let tested = trial::test(&catalogue, samples);
    let mut done = Done::Whole;
    let mut count = 0;
    for tested in tested
        .iter()
        .filter(|t| only.as_ref().is_none_or(|only| t.file == *only))
    {
        count += 1;
        if !tested.failures.is_empty() {
            done = Done::Refused;
        }
        if json {
            let value =
                json!({ "file": tested.file, "test": tested.test, "failures": tested.failures });
            print::json(&value)?;
            continue;
        }
        let verdict = if tested.failures.is_empty() {
            "passed"
        } else {
            "FAILED"
        };
        let name = SafeText::own(format!("{} \"{}\"", tested.file, tested.test));
        print::line(&format!("{verdict}  {}", name.as_str()))?;
        for failure in &tested.failures {
            print::line(&format!("        {}", SafeText::line(failure).as_str()))?;
        }
    }
    match count {
        0 => print::aside("The file carries no tests."),
        _ if json => {}
        _ => print::aside(&counted(&tested, only.as_deref())),
    }
    Ok(done)
}

/// How many tests of how many files passed, and how many did not.
fn counted(tested: &[trial::Tested], only: Option<&str>) -> String {
    let ours = |t: &&trial::Tested| only.is_none_or(|only| t.file == only);
    let (passed, failed): (Vec<_>, Vec<_>) = tested
        .iter()
        .filter(ours)
        .partition(|t| t.failures.is_empty());
    let files: BTreeSet<&str> = passed.iter().map(|t| t.file.as_str()).collect();
    let of = match files.len() {
        1 => "1 file".to_owned(),
        many => format!("{many} files"),
    };
    match failed.len() {
        0 => format!("{} passed, of {of}.", passed.len()),
        failed => format!("{} passed, of {of}; {failed} FAILED.", passed.len()),
    }
}

fn attempt(file: &str, sample: &Path, json: bool) -> Result<Done, CliError> {
    let is_file = Path::new(file).extension().is_some_and(|end| end == "toml");
    let (catalogue, id) = if is_file {
        with_file(Path::new(file))?
    } else {
        (built_in()?, file.to_owned())
    };
    let document = std::fs::read(sample).map_err(|error| {
        CliError::Failed(format!(
            "The sample {} can't be read: {error}.",
            sample.display()
        ))
    })?;
    let tried = trial::try_sample(&catalogue, &id, &document).map_err(|says| {
        CliError::Failed(SafeText::line(&Untrusted::new(says)).as_str().to_owned())
    })?;
    tell(&tried, json)?;
    for warning in &tried.warnings {
        print::aside(SafeText::line(&Untrusted::new(warning.as_str())).as_str());
    }
    Ok(Done::Whole)
}

fn tell(tried: &Tried, json: bool) -> Result<Done, CliError> {
    for (number, part) in tried.parts.iter().enumerate() {
        if json {
            let field = |(field, value, from): &(&str, Option<Untrusted>, String)| json!({ "field": field, "value": value, "from": from });
            let fields: Vec<_> = part.fields.iter().map(field).collect();
            print::json(&json!({ "wanted": part.inbound.is_some(), "fields": fields }))?;
            continue;
        }
        let became = if part.inbound.is_some() {
            ""
        } else {
            ", not wanted"
        };
        print::line(&format!("part {}{became}", number + 1))?;
        let row = |(field, value, from): &(&'static str, Option<Untrusted>, String)| {
            let value = value
                .as_ref()
                .map_or_else(|| SafeText::own("-"), SafeText::line);
            vec![
                SafeText::own(*field),
                SafeText::own(from.clone()),
                value.truncate(100, "…"),
            ]
        };
        print::text(&lines::columns(
            &part.fields.iter().map(row).collect::<Vec<_>>(),
        ))?;
    }
    Ok(Done::Whole)
}

/// The built-in files and the one at `path`, whose id is given too.
pub(super) fn with_file(path: &Path) -> Result<(Catalogue, String), CliError> {
    let text = std::fs::read_to_string(path).map_err(|error| {
        CliError::Failed(format!(
            "The channel file {} can't be read: {error}.",
            path.display()
        ))
    })?;
    let mut catalogue = built_in()?;
    catalogue
        .add(&path.display().to_string(), &text)
        .map_err(CliError::usage)?;
    // It was read a moment ago, so it is TOML and has an id.
    let id = toml::from_str::<toml::Table>(&text)
        .ok()
        .and_then(|table| find_id(&table))
        .ok_or_else(|| CliError::Usage(format!("{} has no id.", path.display())))?;
    Ok((catalogue, id))
}

fn find_id(table: &toml::Table) -> Option<String> {
    let id = table
        .get("id")
        .or_else(|| table.get("channel")?.get("id"))?;
    id.as_str().map(ToOwned::to_owned)
}

fn built_in() -> Result<Catalogue, CliError> {
    Catalogue::built_in().map_err(|wrong| CliError::Failed(settings::join(&wrong)))
}
