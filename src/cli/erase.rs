//! `erase` and `hold`: content taken out of the log for good, and what protects
//! it from that.
//!
//! Both need the log for themselves: the hub has to be stopped. `erase --json`
//! prints `{"items", "events", "held", "overwritten"}`, `hold list --json` one
//! hold a line: `{"name", "at", "reason", "all"? | "item"? | "channel"?,
//! "author"?}`. The work and the order of it are `store`'s.

use std::path::{Path, PathBuf};

use clap::{ArgGroup, Args, Subcommand};
use serde_json::{Value, json};

use super::error::{CliError, Done};
use super::lines;
use super::print;
use super::settings::{self, Globals};
use super::upkeep::folder;
use crate::config;
use crate::model::event::Actor;
use crate::model::ids::{ChannelName, ItemId, ItemKey, RuleName};
use crate::store::{Erase, EventLog, Hold, HoldScope, LogError, Selector, SqliteLog};
use crate::text::{SafeText, Untrusted};

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
    /// Every item about which nothing happened for so long ("90d"); legal holds
    /// are passed over.
    #[arg(long, value_name = "TIME")]
    pub older_than: Option<String>,
    /// Why, for the log.
    #[arg(long, value_name = "TEXT")]
    pub reason: String,
    /// The folder of the hub's data.
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
    /// The folder of the hub's data.
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
    },
}

/// Erases content.
pub fn erase(globals: &Globals, args: &EraseArgs) -> Result<Done, CliError> {
    let reason = reason(&args.reason)?;
    let age = args.older_than.as_deref().map(|text| {
        config::duration(text)
            .ok_or_else(|| CliError::usage("--older-than takes a time such as 90d."))
    });
    let age = age.transpose()?;
    let folder = folder(globals, args.data_dir.as_ref())?;
    settings::runtime()?.block_on(async {
        let log = open(&folder)?;
        let at = settings::clock().now();
        let what = match (age, args.author.as_slice()) {
            (Some(age), _) => Selector::OlderThan(at.minus(age)),
            (None, [channel, author]) => Selector::Author {
                channel: ChannelName::new(channel).map_err(CliError::usage)?,
                author: Untrusted::new(author.as_str()),
            },
            _ => {
                let mut keys = Vec::new();
                for name in &args.item {
                    keys.push(key(&log, name).await?);
                }
                Selector::Items(keys)
            }
        };
        let by = Actor::Officer(settings::own_name());
        let erased = log
            .erase(Erase {
                except: std::collections::BTreeSet::new(),
                what,
                reason,
                by,
                at,
            })
            .await
            .map_err(CliError::failed)?;
        log.close();
        forget_archive(&folder)?;
        if args.json {
            return print::json(&json!({
                "items": erased.items,
                "events": erased.events,
                "held": erased.held,
                "overwritten": erased.overwritten,
            }));
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
    })
}

/// What legal holds there are, and to come.
pub fn hold(globals: &Globals, args: &HoldArgs) -> Result<Done, CliError> {
    let folder = folder(globals, args.data_dir.as_ref())?;
    settings::runtime()?.block_on(async {
        let log = open(&folder)?;
        let done = match &args.act {
            HoldAct::Add {
                name,
                item,
                author,
                reason,
                ..
            } => {
                let hold = Hold {
                    name: RuleName::new(name).map_err(CliError::usage)?,
                    at: settings::clock().now(),
                    scope: scope(&log, item.as_deref(), author).await?,
                    reason: self::reason(reason)?,
                };
                log.add_hold(hold).await.map_err(CliError::failed)?;
                print::line(&format!("The hold {name} is in force."))
            }
            HoldAct::List { json } => list(&log.holds().await.map_err(CliError::failed)?, *json),
            HoldAct::Lift { name } => {
                let rule = RuleName::new(name).map_err(CliError::usage)?;
                if log.lift_hold(rule).await.map_err(CliError::failed)? {
                    print::line(&format!("The hold {name} is lifted."))
                } else {
                    Err(CliError::Failed(format!("There is no hold {name}.")))
                }
            }
        };
        log.close();
        done
    })
}

fn list(holds: &[Hold], json: bool) -> Result<Done, CliError> {
    if json {
        return print::json_lines(&holds.iter().map(value).collect::<Vec<_>>());
    }
    let zone = jiff::tz::TimeZone::UTC;
    let row = |hold: &Hold| {
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

fn value(hold: &Hold) -> Value {
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

async fn scope(
    log: &SqliteLog,
    item: Option<&str>,
    author: &[String],
) -> Result<HoldScope, CliError> {
    Ok(match (item, author) {
        (Some(name), _) => HoldScope::Item(key(log, name).await?),
        (None, [channel, author]) => HoldScope::Author {
            channel: ChannelName::new(channel).map_err(CliError::usage)?,
            author: Untrusted::new(author.as_str()),
        },
        _ => HoldScope::All,
    })
}

fn reason(text: &str) -> Result<Untrusted, CliError> {
    if text.trim().is_empty() {
        return Err(CliError::usage("--reason has to say why."));
    }
    Ok(Untrusted::new(text))
}

/// Opens the log that is there; a hub that runs has it.
fn open(folder: &Path) -> Result<SqliteLog, CliError> {
    let path = folder.join("log.db");
    if !path.exists() {
        return Err(CliError::Failed(format!(
            "There is no log at {}.",
            path.display()
        )));
    }
    SqliteLog::open(&path).map_err(|error| match error {
        LogError::InUse { holder, .. } => CliError::Failed(format!(
            "The hub that runs here (process {holder}) has the log at {}; stop it first, this needs the log for itself.",
            path.display()
        )),
        error => CliError::failed(error),
    })
}

async fn key(log: &SqliteLog, name: &str) -> Result<ItemKey, CliError> {
    if let Ok(key) = name.parse() {
        return Ok(key);
    }
    let number = name.trim_start_matches('#').parse().map_err(|_| {
        CliError::usage("An item is named by its number (1042 or #1042) or its key of 32 digits.")
    })?;
    let found = log.key_of(ItemId(number)).await.map_err(CliError::failed)?;
    found.ok_or_else(|| CliError::Failed(format!("There is no item #{number} in the log.")))
}

/// The archive is made of the log; the hub makes it anew, without what is gone.
fn forget_archive(folder: &Path) -> Result<(), CliError> {
    for name in ["archive.db", "archive.db-wal", "archive.db-shm"] {
        let path = folder.join(name);
        match std::fs::remove_file(&path) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(CliError::Failed(format!(
                    "The log is erased, but the archive {} can't be removed: {error}. Remove it before the hub starts.",
                    path.display()
                )));
            }
            _ => {}
        }
    }
    Ok(())
}
