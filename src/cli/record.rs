//! `record`: a stretch of a floor's life into a file that `replay` plays.
//!
//! From a hub, as it happens, until it is ended; with `--since` what happened
//! since then; with `--log` out of a log's file. The file is new and its owner's
//! alone: it holds what strangers wrote.

use std::fs::{File, OpenOptions};
use std::io::{self, BufWriter};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use clap::Args;
use jiff::tz::TimeZone;
use serde::Deserialize;

use super::error::{CliError, Done};
use super::settings::{self, Globals};
use super::{print, when};
use crate::config::Config;
use crate::link::{Link, LinkSettings, News, Once};
use crate::model::event::Event;
use crate::model::ids::{Epoch, Seq};
use crate::model::officer::{Desks, Role};
use crate::model::time::Timestamp;
use crate::replay::Recorder;
use crate::shutdown;
use crate::store::LogFile;
use crate::wire::frames::{Hello, Roster};
use crate::wire::limits::Limits;

/// What `record` takes.
#[derive(Debug, Args)]
pub struct RecordArgs {
    /// The file to make; it must not be there.
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// What happened since then, instead of what happens from now on: "18:00",
    /// "2h" (ago) or RFC 3339.
    #[arg(long, value_name = "TIME")]
    pub since: Option<String>,
    /// Out of this log (a log.db or a backup), instead of from a hub.
    #[arg(long, value_name = "FILE")]
    pub log: Option<PathBuf>,
    /// Make everybody's words unreadable, letter by letter.
    #[arg(long)]
    pub redact: bool,
}

type Out = Recorder<BufWriter<File>>;

/// Records.
pub fn run(globals: &Globals, args: &RecordArgs) -> Result<Done, CliError> {
    let config = globals.load()?;
    let since = since(&config, args)?;
    let recorded = match (&args.log, since) {
        (Some(log), since) => from_log(&config, log, args, since),
        (None, Some(since)) => settings::runtime()?.block_on(history(&config, args, since)),
        (None, None) => settings::runtime()?.block_on(live(&config, args)),
    }?;
    print::line(&format!(
        "Recorded into {}: {}. \"watchfloor replay\" plays it.",
        args.file.display(),
        recorded
    ))
}

/// The moment of `--since`, on the floor's clock, today or the day before.
fn since(config: &Config, args: &RecordArgs) -> Result<Option<Timestamp>, CliError> {
    let Some(text) = &args.since else {
        return Ok(None);
    };
    let now = settings::clock().now();
    when::past(text, now, &settings::zone(config))
        .map(Some)
        .ok_or_else(|| {
            CliError::Usage(
                "--since takes a time such as \"18:00\", \"2h\" (ago) or \"2026-11-23T18:00:00Z\"."
                    .into(),
            )
        })
}

fn create(args: &RecordArgs) -> Result<BufWriter<File>, CliError> {
    let mut options = OpenOptions::new();
    let made = options
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&args.file);
    made.map(BufWriter::new)
        .map_err(|error| unwritten(&args.file, &error))
}

fn unwritten(file: &Path, error: &io::Error) -> CliError {
    let file = file.display();
    CliError::Failed(match error.kind() {
        io::ErrorKind::AlreadyExists => format!("{file} is there already; name a new file."),
        _ => format!("{file} can't be written: {error}."),
    })
}

fn events(count: u64) -> String {
    match count {
        1 => "1 event".to_owned(),
        n => format!("{n} events"),
    }
}

/// Follows the hub until it is ended.
async fn live(config: &Config, args: &RecordArgs) -> Result<String, CliError> {
    let link = settings::reach_running(config)?;
    let clock = settings::clock();
    let out = create(args)?;
    let mut signals = shutdown::Signals::listen().map_err(CliError::failed)?;
    let (link, mut news) = Link::start(link, std::sync::Arc::clone(&clock));
    let mut tape = Live {
        out: Some(out),
        recorder: None,
        redact: args.redact,
        ahead_ms: 0,
    };
    loop {
        let told = tokio::select! {
            () = signals.next() => break,
            told = news.recv() => told,
        };
        let Some(told) = told else { break };
        let written = tape.take(&told, clock.now())?;
        written.map_err(|error| unwritten(&args.file, &error))?;
    }
    link.close().await;
    if let Some(recorder) = tape.recorder {
        let written = recorder.finish().map(events);
        return written.map_err(|error| unwritten(&args.file, &error));
    }
    drop(std::fs::remove_file(&args.file));
    let says = "Nothing was recorded: the hub was not reached.";
    Err(CliError::Failed(says.into()))
}

/// A recording from a hub that lives.
struct Live {
    out: Option<BufWriter<File>>,
    recorder: Option<Out>,
    redact: bool,
    /// The hub's clock against ours.
    ahead_ms: i64,
}

impl Live {
    fn take(&mut self, news: &News, ours: Timestamp) -> Result<io::Result<()>, CliError> {
        let ahead = |hub: Timestamp| hub.as_millis() - ours.as_millis();
        match news {
            News::Hello(hello) => {
                self.ahead_ms = ahead(hello.now);
                if let Some(out) = self.out.take() {
                    self.recorder = Some(Recorder::new(out, (**hello).clone(), self.redact));
                }
            }
            News::HubTime(hub) => self.ahead_ms = ahead(*hub),
            News::CaughtUp => {
                print::aside("Recording; Ctrl-C ends it.");
                return Ok(self.recorder.as_mut().map_or(Ok(()), Recorder::flush));
            }
            News::Down {
                why,
                retry_in: None,
                ..
            } => return Err(CliError::Failed(why.clone())),
            News::Down { why, .. } => print::aside(&format!("{why} Trying again.")),
            News::Notice(says) | News::Refused { says, .. } => print::aside(says),
            _ => {}
        }
        let now = Timestamp::from_millis(ours.as_millis().saturating_add(self.ahead_ms));
        let written = match &mut self.recorder {
            Some(recorder) => recorder.news(news, now).and_then(|()| recorder.flush()),
            None => Ok(()),
        };
        Ok(written)
    }
}

/// A page of `GET /v1/events`.
#[derive(Deserialize)]
struct Page {
    events: Vec<Event>,
    to: Seq,
    head: Seq,
}

/// What the hub knows of the past, from a moment on.
async fn history(config: &Config, args: &RecordArgs, since: Timestamp) -> Result<String, CliError> {
    let link = settings::reach_running(config)?;
    let once = Once::new(&link).map_err(CliError::failed)?;
    let hello = greet(link).await?;
    let mut recorder = Recorder::new(create(args)?, hello, args.redact);
    let (mut after, mut left_out) = (Seq(0), 0);
    loop {
        let query = [("since", &*after.0.to_string())];
        let page: Page = once
            .get("/v1/events", &query)
            .await
            .map_err(CliError::failed)?;
        let done = page.to >= page.head || page.to == after;
        after = page.to;
        left_out += take(&mut recorder, page.events, since, &args.file)?;
        if done {
            return finish(recorder, left_out, &args.file);
        }
    }
}

/// Whom the hub says that we are.
async fn greet(link: LinkSettings) -> Result<Hello, CliError> {
    let (link, mut news) = Link::start(link, settings::clock());
    let mut said = Err(CliError::Failed("The hub was not reached.".into()));
    while let Some(news) = news.recv().await {
        match news {
            News::Hello(hello) => {
                said = Ok(*hello);
                break;
            }
            News::Down { why, .. } => {
                said = Err(CliError::Failed(why));
                break;
            }
            _ => {}
        }
    }
    drop(news);
    link.close().await;
    said
}

fn from_log(
    config: &Config,
    log: &Path,
    args: &RecordArgs,
    since: Option<Timestamp>,
) -> Result<String, CliError> {
    let log = LogFile::open(log).map_err(CliError::failed)?;
    let epoch = log.epoch().map_err(CliError::failed)?;
    let since = since.unwrap_or(Timestamp::from_millis(i64::MIN));
    let hello = nobody(epoch, &settings::zone(config));
    let mut recorder = Recorder::new(create(args)?, hello, args.redact);
    let (mut after, mut left_out) = (Seq(0), 0);
    loop {
        let page = log.page(after).map_err(CliError::failed)?;
        let Some(last) = page.last() else {
            return finish(recorder, left_out, &args.file);
        };
        after = last.seq;
        left_out += take(&mut recorder, page, since, &args.file)?;
    }
}

/// Gives events to the recorder; returns how many it had to leave out.
fn take(
    recorder: &mut Out,
    events: Vec<Event>,
    since: Timestamp,
    file: &Path,
) -> Result<u64, CliError> {
    let mut left_out = 0;
    for event in events {
        let taken = recorder.event(event, since);
        let taken = taken.map_err(|error| unwritten(file, &error))?;
        left_out += u64::from(!taken);
    }
    Ok(left_out)
}

fn finish(recorder: Out, left_out: u64, file: &Path) -> Result<String, CliError> {
    let written = recorder.finish().map_err(|error| unwritten(file, &error))?;
    Ok(match left_out {
        0 => events(written),
        n => format!(
            "{}; {} left out, for what they were about was erased",
            events(written),
            events(n)
        ),
    })
}

/// The session of a log that nobody serves: a viewer of all desks.
fn nobody(epoch: Epoch, zone: &TimeZone) -> Hello {
    Hello {
        epoch,
        head: Seq(0),
        officer: settings::own_name(),
        role: Role::Viewer,
        desks: Desks::All,
        teams: Vec::new(),
        roster: Roster::default(),
        zone: zone.iana_name().unwrap_or("UTC").to_owned(),
        now: settings::clock().now(),
        limits: Limits::default(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        demo: false,
    }
}
