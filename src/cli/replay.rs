//! `replay`: the console on a recording, read-only.
//!
//! Owns how the player becomes what a console calls its hub: nothing can be
//! sent, only the pace changed.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use jiff::tz::TimeZone;

use super::error::{CliError, Done};
use super::settings::{self, Globals};
use super::{console, when};
use crate::console::effect::Playing;
use crate::console::perform::Hub;
use crate::console::{plain, run_on};
use crate::link::NotTaken;
use crate::model::command::Command;
use crate::model::ids::{ItemId, ItemKey};
use crate::model::outgoing::Typing;
use crate::replay::{Control, Player, Speed, Tape, start};
use crate::telemetry::{self, Program};

/// What `replay` takes.
#[derive(Debug, Args)]
pub struct ReplayArgs {
    /// The recording, as "watchfloor record" makes it.
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// How fast: 1 is as it was; 0.1 to 1000.
    #[arg(long, value_name = "N", default_value_t = 1.0)]
    pub speed: f64,
    /// Where it starts: "18:00" on the recorded floor, "1h" (after its begin) or
    /// RFC 3339. What came before is shown as it was then.
    #[arg(long, value_name = "TIME")]
    pub from: Option<String>,
    /// With the console as lines.
    #[arg(long)]
    pub plain: bool,
}

/// Plays.
pub fn run(globals: &Globals, args: &ReplayArgs) -> Result<Done, CliError> {
    let config = globals.load()?;
    console::ready(&config)?;
    let speed = Speed::new(args.speed)
        .ok_or_else(|| CliError::Usage("--speed takes a number from 0.1 to 1000.".into()))?;
    let (header, tape) = Tape::open(&args.file).map_err(CliError::failed)?;
    let zone = TimeZone::get(&header.hello.zone).unwrap_or(TimeZone::UTC);
    let from = args.from.as_deref().map(|text| {
        when::from(text, header.hello.now, &zone).ok_or_else(|| {
            CliError::Usage(
                "--from takes a time such as \"18:00\", \"1h\" or \"2026-11-23T18:00:00Z\".".into(),
            )
        })
    });
    let from = from.transpose()?;
    let file = config.log.file.as_ref().map(|file| file.value.as_path());
    telemetry::start(Program::Draws, &config.log.level, file).map_err(CliError::failed)?;
    let mut settings =
        console::console_settings(&config).map_err(|wrong| CliError::Usage(wrong.join("\n")))?;
    settings.core.lock.warns = false;
    // What is recorded needs nobody.
    settings.notify.wishes.method = Some(crate::notify::Method::Off);
    let lines = console::plain(args.plain);
    settings::runtime()?.block_on(async {
        let (player, news) = start(header, tape, speed, from);
        let ended = if lines {
            plain::run_on(settings, Seat(player), news).await
        } else {
            run_on(settings, Seat(player), news).await
        };
        let (exit, _) = ended.map_err(CliError::failed)?;
        Ok(console::done(exit))
    })
}

/// A player where a console has its hub.
struct Seat(Player);

impl Hub for Seat {
    fn send(&self, _command: Command) -> Result<(), NotTaken> {
        // The core sends nothing while it shows a recording.
        Err(NotTaken)
    }

    fn viewing(&self, _key: Option<ItemKey>) {}

    fn presence(&self, _idle: Duration, _typing: Option<Typing>) {}

    // A recording has no archive: the core refuses both before.
    fn search(&self, _asked: u64, _words: String) {}

    fn fetch(&self, _id: ItemId) {}

    fn resync(&self) -> Result<(), NotTaken> {
        Ok(())
    }

    fn play(&self, how: Playing) {
        let control = match how {
            Playing::Pause => Control::Pause,
            Playing::Step => Control::Step,
            Playing::Faster => Control::Faster,
            Playing::Slower => Control::Slower,
        };
        if !self.0.ask(control) {
            tracing::debug!("The player is overrun; a key was left out.");
        }
    }
}
