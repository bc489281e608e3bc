//! `tail`: the stream, a line an event, until it is ended.
//!
//! `--json` prints the events in the form of the wire, one a line, each once and
//! in order; what happened before the start is not printed. With a filter only
//! events of items that match before or after them. Sentences about the link
//! are on standard error.

use std::collections::BTreeSet;

use clap::Args;
use jiff::tz::TimeZone;

use super::error::{CliError, Done};
use super::items;
use super::lines;
use super::print;
use super::settings::{self, Globals};
use crate::link::{Link, LinkSettings, News};
use crate::model::board::Board;
use crate::model::event::Event;
use crate::model::filter::{Asker, Filter};
use crate::model::ids::{OfficerId, TeamName};
use crate::model::time::Clock;
use crate::wire::frames::{Hello, Part};

/// What `tail` takes.
#[derive(Debug, Args)]
pub struct TailArgs {
    /// Only of items that match; words are joined.
    #[arg(value_name = "FILTER")]
    pub filter: Vec<String>,
    /// One event a line as JSON.
    #[arg(long)]
    pub json: bool,
}

/// Follows the stream.
pub fn run(globals: &Globals, args: &TailArgs) -> Result<Done, CliError> {
    let source = items::filter(&args.filter)?;
    let filter = Filter::parse(&source).map_err(CliError::usage)?;
    let config = globals.load()?;
    let link = settings::reach_running(&config)?;
    let mut follower = Follower {
        filter: (!source.trim().is_empty()).then_some(filter),
        json: args.json,
        zone: settings::zone(&config),
        board: Board::default(),
        officer: None,
        teams: BTreeSet::new(),
        greeting: None,
    };
    settings::runtime()?.block_on(follower.follow(link))
}

struct Follower {
    filter: Option<Filter>,
    json: bool,
    zone: TimeZone,
    /// Filled only when there is a filter.
    board: Board,
    officer: Option<OfficerId>,
    teams: BTreeSet<TeamName>,
    /// Said when all that the hub has is here, once a session.
    greeting: Option<String>,
}

impl Follower {
    async fn follow(&mut self, settings: LinkSettings) -> Result<Done, CliError> {
        let clock = settings::clock();
        let (link, mut news) = Link::start(settings, std::sync::Arc::clone(&clock));
        while let Some(news) = news.recv().await {
            self.take(news, &*clock)?;
        }
        link.close().await;
        Err(CliError::Failed(
            "The link to the hub has ended.".to_owned(),
        ))
    }

    fn take(&mut self, news: News, clock: &dyn Clock) -> Result<(), CliError> {
        match news {
            News::Hello(hello) => self.meet(&hello),
            News::CaughtUp => self.begin(),
            News::Items(items) => {
                if matches!(items.part, Part::First | Part::Only) {
                    self.board = Board::default();
                }
                if self.filter.is_some() {
                    items
                        .items
                        .into_iter()
                        .for_each(|item| self.board.insert(item));
                }
            }
            News::Events(events) => {
                for event in &events.events {
                    if self.concerns(event, clock) {
                        self.say(event)?;
                    }
                }
            }
            News::Down {
                why,
                retry_in: None,
                ..
            } => return Err(CliError::Failed(why)),
            News::Down {
                why,
                retry_in: Some(wait),
                ..
            } => {
                print::aside(&format!("{why} Next try in {} s.", wait.as_secs().max(1)));
            }
            News::Stale { .. } => print::aside("The hub is silent; what comes may be late."),
            News::Notice(says) | News::Refused { says, .. } => print::aside(&says),
            _ => {}
        }
        Ok(())
    }

    fn meet(&mut self, hello: &Hello) {
        self.officer = Some(hello.officer.clone());
        self.teams = hello.teams.iter().cloned().collect();
        self.greeting = Some(format!(
            "Following as {} ({}).",
            hello.officer,
            hello.role.word()
        ));
    }

    /// From here on each event is printed: whoever starts a script on it knows.
    fn begin(&mut self) {
        if let Some(greeting) = self.greeting.take() {
            print::aside(&greeting);
        }
    }

    /// Whether the event's item matches before or after it.
    fn concerns(&mut self, event: &Event, clock: &dyn Clock) -> bool {
        if self.filter.is_none() {
            return true;
        }
        let before = self.matches(event, clock);
        if let Err(error) = self.board.apply(event) {
            tracing::debug!(message = "An event was passed over.", %error);
        }
        before || self.matches(event, clock)
    }

    fn matches(&self, event: &Event, clock: &dyn Clock) -> bool {
        let now = clock.now();
        let offset = self.zone.to_offset(now.to_jiff()).seconds() / 60;
        let asker = Asker {
            now,
            officer: self.officer.as_ref(),
            teams: &self.teams,
            utc_offset_minutes: offset,
        };
        let item = event.key.and_then(|key| self.board.item(&key));
        self.filter
            .as_ref()
            .zip(item)
            .is_some_and(|(filter, item)| filter.matches(item, &asker))
    }

    fn say(&self, event: &Event) -> Result<Done, CliError> {
        if self.json {
            return print::json(event);
        }
        print::line(&lines::event(event, &self.zone))
    }
}
