//! `demo`: an evening in a city on a floor of its own, with a console on it.
//!
//! Owns how the demo's plain settings become a hub's, and the temporary folder
//! that it plays in: always a new one, removed at the end. Nothing leaves the
//! machine: no page has a way out, and the demo only calls loopback. With
//! `--headless` there is no console: the hub's address is printed and the folder
//! in which its private door is.

use std::collections::{BTreeMap, BTreeSet};
use std::net::Ipv4Addr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Args;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use super::error::{CliError, Done};
use super::settings::{self, Globals};
use super::{console, demo_floor, print};
use crate::config;
use crate::demo::{self, DemoDoors, DemoFloor, Servers, Tempo};
use crate::hub::auth::{Accounts, NewOfficer, private};
use crate::hub::serve::{self, Plan, Running};
use crate::link::{LinkSettings, Token};
use crate::model::ids::{DeskName, OfficerId, TeamName};
use crate::model::officer::{Desks, Officer, Role};
use crate::shutdown;
use crate::telemetry::{self, Program};

/// How long the tokens of the demo's officers are good for.
const GOOD_FOR: Duration = Duration::from_hours(30 * 24);

/// What `demo` takes.
#[derive(Debug, Args)]
pub struct DemoArgs {
    /// How fast: 1 is as it would be.
    #[arg(long, value_name = "N", default_value_t = 1.0, value_parser = speed)]
    pub speed: f64,
    /// Which evening: the same number, the same evening.
    #[arg(long, value_name = "S", default_value_t = 7, value_parser = seed)]
    pub seed: u64,
    /// Without a console, until SIGINT or SIGTERM.
    #[arg(long)]
    pub headless: bool,
    /// With the console as lines.
    #[arg(long, conflicts_with = "headless")]
    pub plain: bool,
}

fn speed(text: &str) -> Result<f64, &'static str> {
    let speed = text.parse().ok();
    speed
        .filter(|speed| demo::SPEEDS.contains(speed))
        .ok_or("a speed is a number from 0.05 to 10000")
}

fn seed(text: &str) -> Result<u64, &'static str> {
    text.parse()
        .map_err(|_| "a seed is a whole number, 0 or more")
}

/// Plays.
pub fn run(globals: &Globals, args: &DemoArgs) -> Result<Done, CliError> {
    let mut config = globals.load()?;
    if !args.headless {
        console::ready(&config)?;
    }
    let plain = console::plain(args.plain);
    let (program, level) = if args.headless {
        (Program::Serves, "warn")
    } else {
        (Program::Draws, config.log.level.value.as_str())
    };
    let file = config.log.file.as_ref().map(|file| file.value.as_path());
    telemetry::start(program, level, file).map_err(CliError::failed)?;
    let folder = Folder::make()?;
    let behind = settings::runtime()?;
    let (running, doors) = behind.block_on(set_up(&folder.0))?;
    let stop = CancellationToken::new();
    let tempo = Tempo {
        seed: args.seed,
        speed: args.speed,
    };
    let played = behind.spawn(demo::play(doors, tempo, settings::clock(), stop.clone()));
    let done = if args.headless {
        behind.block_on(wait(&running, &folder.0, &played))
    } else {
        let token = running
            .token
            .as_ref()
            .map(|token| Token::new(token.reveal()));
        let mut link = LinkSettings::new(format!("http://{}", running.address), token);
        link.window.closed_items = config.console.closed_items.value;
        if config.views.is_empty() {
            config.views = demo_floor::views(demo::VIEWS);
        }
        console::open_for_now(&config, link, plain)
    };
    stop.cancel();
    let ended = behind.block_on(async {
        let ended = played.await;
        console::end(running).await;
        ended
    });
    match ended {
        Ok(Err(error)) => Err(CliError::failed(error)),
        _ => done,
    }
}

/// Waits for a signal, or for the demo to fail.
async fn wait(
    running: &Running,
    folder: &Path,
    played: &tokio::task::JoinHandle<Result<(), demo::DemoError>>,
) -> Result<Done, CliError> {
    let asked = shutdown::on_signals().map_err(CliError::failed)?;
    print::line(&format!("http://{} {}", running.address, folder.display()))?;
    let look = async {
        while !played.is_finished() {
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    };
    asked.run_until_cancelled(look).await;
    Ok(Done::Whole)
}

/// Starts the hub that the demo is played to, and makes the doors for it.
async fn set_up(folder: &Path) -> Result<(Running, DemoDoors), CliError> {
    let bind = || TcpListener::bind((Ipv4Addr::LOCALHOST, 0));
    let (mastodon, feed, platform) = (
        bind().await.map_err(CliError::failed)?,
        bind().await.map_err(CliError::failed)?,
        bind().await.map_err(CliError::failed)?,
    );
    let servers = Servers {
        mastodon: mastodon.local_addr().map_err(CliError::failed)?,
        feed: feed.local_addr().map_err(CliError::failed)?,
        platform: platform.local_addr().map_err(CliError::failed)?,
    };
    let random = || uuid::Uuid::new_v4().simple().to_string();
    let plain = demo::settings(servers, || random() + &random());
    let officers = accounts(folder, &plain)?;
    let page = config::resolve(None, &[])?.page;
    let you = OfficerId::new("you").map_err(CliError::failed)?;
    let floor = demo_floor::floor(&plain).map_err(CliError::Failed)?;
    let mut hub = Plan::embedded(folder.to_owned(), floor, page, you);
    // Whoever plays is told what a supervisor is told.
    hub.door = hub.door.map(|door| Officer {
        role: Role::Supervisor,
        ..door
    });
    hub.channels = demo_floor::channels(&plain).map_err(CliError::Failed)?;
    hub.lookout = demo_floor::lookout();
    let running = serve::start(hub).await.map_err(CliError::failed)?;
    let secrets: BTreeMap<String, String> = plain
        .channels
        .iter()
        .filter_map(|channel| {
            let secret = channel.secrets.values().next()?;
            Some((channel.name.to_owned(), secret.clone()))
        })
        .collect();
    let doors = DemoDoors {
        base_url: format!("http://{}", running.address),
        channels: secrets,
        officers,
        mastodon,
        feed,
        platform,
    };
    Ok((running, doors))
}

/// Makes the simulated officers' accounts; gives their tokens.
fn accounts(folder: &Path, plain: &DemoFloor) -> Result<Vec<(OfficerId, String)>, CliError> {
    let now = settings::clock().now();
    let mut new = Vec::new();
    for officer in plain.officers.iter().filter(|officer| officer.simulated) {
        let desks = match officer.desks {
            [] => Desks::All,
            desks => {
                Desks::Only(demo_floor::names::<DeskName, _>(desks).map_err(CliError::Failed)?)
            }
        };
        new.push(NewOfficer {
            id: OfficerId::new(officer.id).map_err(CliError::failed)?,
            role: officer.role.parse::<Role>().map_err(CliError::failed)?,
            desks,
            teams: demo_floor::names::<TeamName, _>(officer.teams).map_err(CliError::Failed)?,
            certificates: BTreeSet::new(),
            good_for: GOOD_FOR,
        });
    }
    let made = Accounts::change(folder, |accounts| {
        let add = |new: NewOfficer| {
            let id = new.id.clone();
            accounts
                .add(new, now)
                .map(|token| (id, token.reveal().to_owned()))
        };
        new.into_iter().map(add).collect()
    });
    made.map_err(CliError::failed)
}

/// A new folder, gone with all that is in it when it is dropped.
struct Folder(PathBuf);

impl Folder {
    fn make() -> Result<Self, CliError> {
        let name = format!("watchfloor-demo-{}", uuid::Uuid::new_v4().simple());
        let path = std::env::temp_dir().join(name);
        private::make_folder(&path).map_err(|error| {
            CliError::Failed(format!(
                "The folder {} can't be made: {error}.",
                path.display()
            ))
        })?;
        Ok(Self(path))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if let Err(error) = std::fs::remove_dir_all(&self.0) {
            tracing::warn!(message = "The demo's folder could not be removed.", %error);
        }
    }
}
