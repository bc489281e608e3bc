//! `tail`: the stream, a line an event, until it is ended.
//!
//! `--json` prints the events in the form of the wire, one a line, each once and
//! in order; what happened before the start is not printed. With a filter only
//! events of items that match before or after them. Sentences about the link
//! are on standard error.
//!
//! With `--alerts` it prints instead what needs the officer: a line when an item
//! begins to, and one when it does no more (see `notify::alerts`); `--json` is
//! what `notify-agent` reads.

use std::collections::BTreeSet;

use clap::Args;
use jiff::tz::TimeZone;

use super::error::{CliError, Done};
use super::items;
use super::lettering;
use super::lines;
use super::print;
use super::settings::{self, Globals};
use crate::console::notices;
use crate::link::{Link, LinkSettings, News};
use crate::model::board::Board;
use crate::model::event::Event;
use crate::model::filter::{Asker, Filter};
use crate::model::ids::{OfficerId, TeamName};
use crate::model::item::Item;
use crate::model::queue::Viewer;
use crate::model::time::Clock;
use crate::notify::Privacy;
use crate::notify::alerts::{Alert, Teller};
use crate::text::KnownNames;
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
    /// Only what needs me: criticals that nobody has, escalations that
    /// wait, what a rule calls for, mine.
    #[arg(long)]
    pub alerts: bool,
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
        known: lettering::known(&config),
        greeting: None,
        alerts: args.alerts.then(Alerts::default),
        caught_up: false,
    };
    settings::runtime()?.block_on(follower.follow(link))
}

struct Follower {
    filter: Option<Filter>,
    json: bool,
    zone: TimeZone,
    /// Filled only when there is a filter or alerts are wanted.
    board: Board,
    officer: Option<OfficerId>,
    teams: BTreeSet<TeamName>,
    /// What `is:lookalike` goes by.
    known: KnownNames,
    /// Said when all that the hub has is here, once a session.
    greeting: Option<String>,
    alerts: Option<Alerts>,
    caught_up: bool,
}

/// What alerts need beside the board.
#[derive(Default)]
struct Alerts {
    teller: Teller,
    zone: String,
    ceiling: Privacy,
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
            News::CaughtUp => {
                self.begin();
                self.caught_up = true;
                self.alert(clock, true)?;
            }
            News::Items(items) => {
                if matches!(items.part, Part::First | Part::Only) {
                    self.board = Board::default();
                }
                if self.keeps_a_board() {
                    items
                        .items
                        .into_iter()
                        .for_each(|item| self.board.insert(item));
                }
                self.alert(clock, false)?;
            }
            // Clocks run out without an event.
            News::HubTime(_) => self.alert(clock, false)?,
            News::Events(events) if self.alerts.is_some() => {
                for event in &events.events {
                    self.apply(event);
                }
                self.alert(clock, false)?;
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

    fn keeps_a_board(&self) -> bool {
        self.filter.is_some() || self.alerts.is_some()
    }

    fn apply(&mut self, event: &Event) {
        if let Err(error) = self.board.apply(event) {
            tracing::debug!(message = "An event was passed over.", %error);
        }
    }

    /// Says what began or ceased to need the officer. While a snapshot comes in
    /// the board is not whole.
    fn alert(&mut self, clock: &dyn Clock, begins: bool) -> Result<(), CliError> {
        if !self.caught_up {
            return Ok(());
        }
        let Some(mut alerts) = self.alerts.take() else {
            return Ok(());
        };
        let told = self.officer.as_ref().map(|officer| {
            let viewer = Viewer {
                officer,
                teams: &self.teams,
                now: clock.now(),
            };
            let wanted = |item: &Item| {
                let asker = self.asker(clock);
                let filter = self.filter.as_ref();
                filter.is_none_or(|filter| filter.matches(item, &asker))
            };
            if begins {
                let floor = (alerts.zone.as_str(), alerts.ceiling);
                alerts.teller.begin(&self.board, &viewer, wanted, floor)
            } else {
                alerts.teller.tell(&self.board, &viewer, wanted)
            }
        });
        self.alerts = Some(alerts);
        for alert in told.into_iter().flatten() {
            self.say_alert(&alert)?;
        }
        Ok(())
    }

    fn say_alert(&self, alert: &Alert) -> Result<Done, CliError> {
        if self.json {
            return print::json(alert);
        }
        match lines::alert(alert, &self.board, &self.zone) {
            Some(line) => print::line(&line),
            None => Ok(Done::Whole),
        }
    }

    fn meet(&mut self, hello: &Hello) {
        self.caught_up = false;
        if let Some(alerts) = &mut self.alerts {
            alerts.zone.clone_from(&hello.zone);
            alerts.ceiling = notices::ceiling(hello.limits.notices);
        }
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
        self.apply(event);
        before || self.matches(event, clock)
    }

    fn asker(&self, clock: &dyn Clock) -> Asker<'_> {
        let now = clock.now();
        Asker {
            now,
            officer: self.officer.as_ref(),
            teams: &self.teams,
            utc_offset_minutes: self.zone.to_offset(now.to_jiff()).seconds() / 60,
            known: Some(&self.known),
        }
    }

    fn matches(&self, event: &Event, clock: &dyn Clock) -> bool {
        let asker = self.asker(clock);
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
