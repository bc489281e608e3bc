//! `erase` and `hold`: content taken out of the log for good, and what protects
//! it from that.
//!
//! A hub that runs is asked to do it, which takes an administrator of all desks
//! (the private door's officer is one); without a hub it is done on the log
//! itself. `erase --json` prints `{"items", "events", "held", "overwritten"}`,
//! `hold list --json` one hold a line: `{"name", "at", "reason", "all"? |
//! "item"? | "channel"?, "author"?}`. The work and the order of it are `store`'s,
//! the way there `upkeep_way`'s.

use std::path::PathBuf;

use clap::{ArgGroup, Args, Subcommand};
use serde_json::{Value, json};

use super::error::{CliError, Done};
use super::lines;
use super::print;
use super::settings::{self, Globals};
use super::upkeep_way::Way;
use crate::config;
use crate::model::hold::HoldScope;
use crate::model::ids::{ChannelName, RuleName};
use crate::text::{SafeText, Untrusted};
use crate::wire::upkeep::{EraseRequest, EraseWhat, HoldAnswer, HoldRequest, HoldWhat};

/// What `erase` takes.
#[derive(Debug, Args)]
#[command(group = ArgGroup::new("what").required(true).args(["item", "author", "older_than"]))]
pub struct EraseArgs {
    /// These items, by number or key.
    #[arg(long, value_name = "ID", num_args = 1..)]
    pub item: Vec<String>,
    /// Every item in which this author of this channel speaks, by the channel's
    /// own id of the person.
    #[arg(long, value_names = ["CHANNEL", "ID"], num_args = 2)]
    pub author: Vec<String>,
    /// Every item about which nothing happened for so long ("90d"); what is open
    /// or under a legal hold is passed over.
    #[arg(long, value_name = "TIME")]
    pub older_than: Option<String>,
    /// Why, for the log.
    #[arg(long, value_name = "TEXT")]
    pub reason: String,
    /// The folder of the hub's data; the hub that runs on it is asked.
    #[arg(long, value_name = "FOLDER")]
    pub data_dir: Option<PathBuf>,
    /// As JSON.
    #[arg(long)]
    pub json: bool,
}

/// What `hold` takes.
#[derive(Debug, Args)]
pub struct HoldArgs {
    /// What to do.
    #[command(subcommand)]
    pub act: HoldAct,
    /// The folder of the hub's data; the hub that runs on it is asked.
    #[arg(long, value_name = "FOLDER", global = true)]
    pub data_dir: Option<PathBuf>,
}

/// What can be done with legal holds.
#[derive(Debug, Subcommand)]
pub enum HoldAct {
    /// Protect something from erasure.
    #[command(group = ArgGroup::new("scope").required(true).args(["all", "item", "author"]))]
    Add {
        /// The hold's name; one of the same name is replaced.
        name: String,
        /// Everything.
        #[arg(long)]
        all: bool,
        /// One item, by number or key.
        #[arg(long, value_name = "ID")]
        item: Option<String>,
        /// Every item in which this author of this channel speaks.
        #[arg(long, value_names = ["CHANNEL", "ID"], num_args = 2)]
        author: Vec<String>,
        /// Why.
        #[arg(long, value_name = "TEXT")]
        reason: String,
    },
    /// List the holds.
    List {
        /// One hold a line as JSON.
        #[arg(long)]
        json: bool,
    },
    /// End a hold.
    Lift {
        /// Its name.
        name: String,
        /// Why, for the log.
        #[arg(long, value_name = "TEXT")]
        reason: String,
    },
}

/// Erases content.
pub fn erase(globals: &Globals, args: &EraseArgs) -> Result<Done, CliError> {
    let reason = reason(&args.reason)?;
    let wish = EraseRequest {
        what: what(args)?,
        reason,
    };
    let runtime = settings::runtime()?;
    let way = Way::open(globals, args.data_dir.as_ref())?;
    let erased = runtime.block_on(way.erase(&wish))?;
    if args.json {
        return print::json(&erased);
    }
    let held = match erased.held {
        0 => String::new(),
        n => format!(" {n} are under a legal hold and were passed over."),
    };
    print::line(&format!(
        "Erased the content of {} items ({} events); the chain still holds.{held}",
        erased.items.len(),
        erased.events
    ))
}

fn what(args: &EraseArgs) -> Result<EraseWhat, CliError> {
    let age = args.older_than.as_deref().map(|text| {
        config::duration(text)
            .ok_or_else(|| CliError::usage("--older-than takes a time such as 90d."))
    });
    Ok(match (age.transpose()?, args.author.as_slice()) {
        (Some(age), _) => EraseWhat::OlderThan(settings::clock().now().minus(age)),
        (None, [channel, author]) => EraseWhat::Author {
            channel: ChannelName::new(channel).map_err(CliError::usage)?,
            author: Untrusted::new(author.as_str()),
        },
        _ => EraseWhat::Items(args.item.clone()),
    })
}

/// What legal holds there are, and to come.
pub fn hold(globals: &Globals, args: &HoldArgs) -> Result<Done, CliError> {
    let runtime = settings::runtime()?;
    let way = || Way::open(globals, args.data_dir.as_ref());
    let name = |name: &str| RuleName::new(name).map_err(CliError::usage);
    match &args.act {
        HoldAct::Add {
            name: called,
            item,
            author,
            reason,
            ..
        } => {
            let (called, reason) = (name(called)?, self::reason(reason)?);
            let scope = match (item, author.as_slice()) {
                (Some(item), _) => HoldWhat::Item(item.clone()),
                (None, [channel, author]) => HoldWhat::Author {
                    channel: ChannelName::new(channel).map_err(CliError::usage)?,
                    author: Untrusted::new(author.as_str()),
                },
                _ => HoldWhat::All,
            };
            let wish = HoldRequest { scope, reason };
            runtime.block_on(way()?.add(&called, &wish))?;
            print::line(&format!("The hold {called} is in force."))
        }
        HoldAct::List { json } => list(&runtime.block_on(way()?.holds())?, *json),
        HoldAct::Lift {
            name: called,
            reason,
        } => {
            let (called, reason) = (name(called)?, self::reason(reason)?);
            runtime.block_on(way()?.lift(&called, &reason))?;
            print::line(&format!("The hold {called} is lifted."))
        }
    }
}

fn list(holds: &[HoldAnswer], json: bool) -> Result<Done, CliError> {
    if json {
        return print::json_lines(&holds.iter().map(value).collect::<Vec<_>>());
    }
    let zone = jiff::tz::TimeZone::UTC;
    let row = |hold: &HoldAnswer| {
        let scope = match &hold.scope {
            HoldScope::All => SafeText::own("everything"),
            HoldScope::Item(key) => SafeText::own(format!("item {key}")),
            HoldScope::Author { channel, author } => SafeText::own(format!(
                "author {} of {channel}",
                SafeText::line(author).as_str()
            )),
        };
        vec![
            SafeText::own(hold.name.to_string()),
            SafeText::own(lines::moment(hold.at, &zone)),
            scope,
            SafeText::line(&hold.reason),
        ]
    };
    print::text(&lines::columns(&holds.iter().map(row).collect::<Vec<_>>()))
}

fn value(hold: &HoldAnswer) -> Value {
    let mut value = json!({ "name": hold.name, "at": hold.at, "reason": hold.reason });
    match &hold.scope {
        HoldScope::All => value["all"] = true.into(),
        HoldScope::Item(key) => value["item"] = json!(key),
        HoldScope::Author { channel, author } => {
            value["channel"] = json!(channel);
            value["author"] = json!(author);
        }
    }
    value
}

fn reason(text: &str) -> Result<Untrusted, CliError> {
    if text.trim().is_empty() {
        return Err(CliError::usage("--reason has to say why."));
    }
    Ok(Untrusted::new(text))
}
