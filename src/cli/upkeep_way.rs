//! The way to a log for erasures and holds: through the hub that runs on it, or
//! the log itself when none does.
//!
//! A hub that is named (`--hub`, `link.hub`) is asked with that credential; else
//! the private door of the folder's hub; else the log is opened. Called by
//! `erase`.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use reqwest::Method;

use super::error::CliError;
use super::items;
use super::settings::{self, Globals};
use crate::hub::auth::Door;
use crate::hub::opening;
use crate::link::Once;
use crate::model::event::Actor;
use crate::model::hold::HoldScope;
use crate::model::ids::{ItemId, ItemKey, RuleName};
use crate::store::{Erase, EventLog, Hold, Lift, LogError, Selector, SqliteLog};
use crate::text::Untrusted;
use crate::wire::upkeep::{
    EraseRequest, EraseWhat, ErasedAnswer, HoldAnswer, HoldRequest, HoldWhat,
};

/// A way to a log.
pub(super) enum Way {
    /// Through the hub that has it.
    Hub(Box<Once>),
    /// The log itself, and the folder it is in.
    Log(Box<SqliteLog>, PathBuf),
}

impl Way {
    /// Finds the way; a folder that is named is meant and no hub elsewhere.
    pub(super) fn open(globals: &Globals, named: Option<&PathBuf>) -> Result<Self, CliError> {
        let config = globals.load()?;
        if named.is_none() && config.link.hub.is_some() {
            let link = settings::reach_running(&config)?;
            return Ok(Self::Hub(Box::new(items::client(&link)?)));
        }
        let folder = match named {
            Some(folder) => folder.clone(),
            None => settings::data_dir(&config)?,
        };
        match Door::find(&folder).map_err(CliError::failed)? {
            Some(door) => {
                let once = items::client(&settings::through(&door))?;
                Ok(Self::Hub(Box::new(once)))
            }
            None => Ok(Self::Log(Box::new(open_log(&folder)?), folder)),
        }
    }

    /// Erases content.
    pub(super) async fn erase(&self, wish: &EraseRequest) -> Result<ErasedAnswer, CliError> {
        match self {
            Self::Hub(once) => ask(once, Method::POST, "/v1/erasures", Some(wish)).await,
            Self::Log(log, folder) => {
                let mut except = BTreeSet::new();
                let what = match &wish.what {
                    EraseWhat::Items(names) => {
                        let mut keys = Vec::new();
                        for name in names {
                            keys.push(key(log, name).await?);
                        }
                        Selector::Items(keys)
                    }
                    EraseWhat::Author { channel, author } => Selector::Author {
                        channel: channel.clone(),
                        author: author.clone(),
                    },
                    EraseWhat::OlderThan(then) => {
                        let board = opening::board(log).await.map_err(CliError::failed)?;
                        let open = board.items().filter(|item| item.is_open());
                        except = open.map(|item| item.key).collect();
                        Selector::OlderThan(*then)
                    }
                };
                let wish = Erase {
                    what,
                    except,
                    reason: wish.reason.clone(),
                    by: owner(),
                    at: settings::clock().now(),
                };
                let erased = log.erase(wish).await.map_err(CliError::failed)?;
                log.close();
                forget_archive(folder)?;
                Ok(ErasedAnswer {
                    items: erased.items,
                    events: erased.events,
                    held: erased.held,
                    overwritten: erased.overwritten,
                })
            }
        }
    }

    /// The holds in force.
    pub(super) async fn holds(&self) -> Result<Vec<HoldAnswer>, CliError> {
        match self {
            Self::Hub(once) => ask(once, Method::GET, "/v1/holds", None::<&()>).await,
            Self::Log(log, _) => {
                let holds = log.holds().await.map_err(CliError::failed)?;
                let told = |hold: Hold| HoldAnswer {
                    name: hold.name,
                    at: hold.at,
                    scope: hold.scope,
                    reason: hold.reason,
                };
                Ok(holds.into_iter().map(told).collect())
            }
        }
    }

    /// Adds a hold.
    pub(super) async fn add(&self, name: &RuleName, wish: &HoldRequest) -> Result<(), CliError> {
        match self {
            Self::Hub(once) => {
                let path = format!("/v1/holds/{name}");
                let _: HoldAnswer = ask(once, Method::PUT, &path, Some(wish)).await?;
                Ok(())
            }
            Self::Log(log, _) => {
                let scope = match &wish.scope {
                    HoldWhat::All => HoldScope::All,
                    HoldWhat::Item(item) => HoldScope::Item(key(log, item).await?),
                    HoldWhat::Author { channel, author } => HoldScope::Author {
                        channel: channel.clone(),
                        author: author.clone(),
                    },
                };
                let hold = Hold {
                    name: name.clone(),
                    at: settings::clock().now(),
                    scope,
                    reason: wish.reason.clone(),
                };
                log.add_hold(hold, owner()).await.map_err(CliError::failed)
            }
        }
    }

    /// Lifts a hold.
    pub(super) async fn lift(&self, name: &RuleName, reason: &Untrusted) -> Result<(), CliError> {
        match self {
            Self::Hub(once) => {
                let path = format!("/v1/holds/{name}");
                let query = [("reason", reason.as_evidence())];
                let sent = once.send(Method::DELETE, &path, &query, None).await;
                sent.map(drop).map_err(CliError::failed)
            }
            Self::Log(log, _) => {
                let lift = Lift {
                    name: name.clone(),
                    reason: reason.clone(),
                    by: owner(),
                    at: settings::clock().now(),
                };
                if log.lift_hold(lift).await.map_err(CliError::failed)? {
                    return Ok(());
                }
                Err(CliError::Failed(format!("There is no hold {name}.")))
            }
        }
    }
}

async fn ask<T: serde::de::DeserializeOwned>(
    once: &Once,
    method: Method,
    path: &str,
    body: Option<&impl serde::Serialize>,
) -> Result<T, CliError> {
    let body = body.map(crate::wire::codec::encode);
    let answer = once.send(method, path, &[], body).await;
    let answer = answer.map_err(CliError::failed)?;
    serde_json::from_slice(&answer).map_err(|_| CliError::failed(crate::link::OnceError::Strange))
}

fn owner() -> Actor {
    Actor::Officer(settings::own_name())
}

/// Opens the log that is there.
fn open_log(folder: &Path) -> Result<SqliteLog, CliError> {
    let path = folder.join("log.db");
    if !path.exists() {
        return Err(CliError::Failed(format!(
            "There is no log at {}; name the hub's folder with --data-dir.",
            path.display()
        )));
    }
    SqliteLog::open(&path).map_err(|error| match error {
        LogError::InUse { holder, .. } => CliError::Failed(format!(
            "The hub that runs here (process {holder}) has the log at {} and no private door: name it with --hub and an administrator's --token-file, or stop it first.",
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
