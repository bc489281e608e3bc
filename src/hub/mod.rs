//! The server: listens, authenticates, decides at one desk, keeps the log, fans
//! out.
//!
//! - [`desk`]: the one task that decides, appends and folds.
//! - [`fanout`], [`session`], [`items_frame`]: who gets what happened, and how.
//! - [`presence`], [`clockwork`]: who is on watch; what happens by itself.
//! - [`routing`], [`floor`]: where an item goes, as the operator wrote it;
//!   [`rehearsal`]: the same tried on what was.
//! - [`hearing`]: the channels at work; [`posting`]: what leaves by them,
//!   [`carrying`]: one try of it; [`signs`]: typing and reading, shown there.
//!   [`paging`]: the second way out.
//! - [`lookout`]: reads what is said, and raises alerts of its own.
//! - [`serve`], [`opening`]: a hub put together, from log to open doors;
//!   [`archiving`], [`heads`], [`retention`]: what is kept, and how long.
//! - [`listen`], [`auth`]: where connections come in, and who may.
//! - [`api`]: every route, the stream and the channels' doors among them.
//! - [`metrics`], [`trouble`]: how the hub is; `telling`: what every console is
//!   told of it.
//!
//! Never mentions the console: they meet in `wire` and `model`.

pub mod api;
pub mod archiving;
pub mod auth;
pub mod carrying;
pub mod channel_settings;
pub mod clockwork;
pub mod desk;
pub mod fanout;
pub mod floor;
pub mod heads;
pub mod hearing;
pub mod items_frame;
pub mod listen;
pub mod lookout;
pub mod metrics;
pub mod opening;
pub mod paging;
pub mod posting;
pub mod presence;
pub mod rehearsal;
pub mod reloading;
pub mod retention;
pub mod routing;
pub mod serve;
pub mod session;
pub mod settings;
pub mod signs;
mod telling;
pub mod trouble;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};

use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use self::auth::Access;
use self::desk::{Desk, DeskHandle, DeskParts};
use self::fanout::Fanout;
use self::floor::Floor;
use self::hearing::Hearing;
use self::lookout::Reader;
use self::metrics::Metrics;
use self::presence::Presence;
use self::routing::Routing;
pub use self::settings::Settings;
use self::signs::Signs;
use self::trouble::Trouble;
use crate::model::board::Board;
use crate::model::command::{Command, Verb};
use crate::model::ids::{OfficerId, TeamName};
use crate::model::officer::Officer;
use crate::model::outgoing::Reach;
use crate::model::time::{Clock, Timestamp};
use crate::model::triage::{Assignee, State};
use crate::store::EventLog;
use crate::store::archive::Archive;
use crate::wire::frames::{ChannelHealth, Roster};

/// What a hub is started with.
pub struct HubParts<L> {
    /// The log.
    pub log: Arc<L>,
    /// The board, as the log left it.
    pub board: Board,
    /// What the channels can do outward.
    pub reach: Reach,
    /// What the operator set.
    pub floor: Floor,
    /// Who may come in.
    pub access: Arc<Access>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// The channels' doors and health.
    pub hearing: Hearing,
    /// What is searched; none for a log that lives in memory.
    pub archive: Option<Arc<Archive>>,
    /// What reads the words of what comes in.
    pub reader: Arc<Reader>,
    /// Cancelled when the hub shuts down.
    pub closing: CancellationToken,
}

/// A running hub, as its sessions and routes see it.
pub struct Hub<L: EventLog> {
    /// The log, for reading.
    pub log: Arc<L>,
    /// The way to the desk, and the board for reading.
    pub desk: DeskHandle,
    /// The sessions.
    pub fanout: Arc<Fanout>,
    /// Who is on watch.
    pub presence: Arc<Presence>,
    /// What is shown to people at the channels meanwhile.
    pub signs: Signs,
    /// Counters.
    pub metrics: Arc<Metrics>,
    /// What is wrong.
    pub trouble: Arc<Trouble>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// What the operator set.
    pub settings: Settings,
    /// Where items go.
    pub routing: Arc<Routing>,
    /// Who may come in.
    pub access: Arc<Access>,
    /// The channels' doors and health.
    pub hearing: Hearing,
    /// What is searched; none for a log that lives in memory.
    pub archive: Option<Arc<Archive>>,
    /// What reads the words of what comes in.
    pub reader: Arc<Reader>,
    /// Cancelled when the hub shuts down.
    pub closing: CancellationToken,
    /// Who answers for which team, by the configuration.
    pub teams: BTreeMap<TeamName, BTreeSet<OfficerId>>,
    /// What the channels can do outward, for the desk and the consoles.
    reach: watch::Sender<Arc<Reach>>,
    /// The channels' health as last told.
    health: Mutex<Vec<ChannelHealth>>,
}

impl<L: EventLog> Hub<L> {
    /// Starts the desk on what the log left and returns the hub; `tracker`
    /// ends when the desk has finished what waited.
    #[must_use]
    pub fn start(parts: HubParts<L>, tracker: &TaskTracker) -> Arc<Self> {
        let HubParts {
            log,
            board,
            reach,
            floor,
            access,
            clock,
            hearing,
            archive,
            reader,
            closing,
        } = parts;
        let Floor {
            settings,
            routing,
            teams,
        } = floor;
        let routing = Arc::new(routing);
        let presence = Arc::new(Presence::new(settings.idle_limit, settings.link_lost));
        presence.expect(holders(&board), clock.now());
        let fanout = Arc::new(Fanout::starting_at(board.head()));
        let metrics = Arc::new(Metrics::default());
        let trouble = Arc::new(Trouble::default());
        let hold = settings.hold;
        let (reach, reached) = watch::channel(Arc::new(Reach { hold, ..reach }));
        let (desk, handle) = Desk::new(DeskParts {
            log: Arc::clone(&log),
            board,
            fanout: Arc::clone(&fanout),
            presence: Arc::clone(&presence),
            routing: Arc::clone(&routing),
            reader: Arc::clone(&reader),
            metrics: Arc::clone(&metrics),
            trouble: Arc::clone(&trouble),
            clock: Arc::clone(&clock),
            ack_rest: settings.ack_rest,
            reach: reached,
            keep_closed: (settings.keep_closed, settings.closed_items),
        });
        tracker.spawn(desk.run(closing.clone()));
        Arc::new(Self {
            log,
            desk: handle,
            fanout,
            presence,
            signs: Signs::default(),
            metrics,
            trouble,
            clock,
            settings,
            routing,
            access,
            hearing,
            archive,
            reader,
            closing,
            teams,
            reach,
            health: Mutex::default(),
        })
    }

    /// Minutes east of UTC on the floor at `now`.
    #[must_use]
    pub fn utc_offset_minutes(&self, now: Timestamp) -> i32 {
        self.routing.utc_offset_minutes(now)
    }

    /// Whom items can be assigned to: the accounts, who is on watch, the teams.
    #[must_use]
    pub fn roster(&self) -> Roster {
        let accounts = self.access.officers().into_iter().map(|officer| officer.id);
        let present = self.presence.list(self.clock.now());
        let officers: BTreeSet<OfficerId> = accounts
            .chain(present.into_iter().map(|one| one.officer))
            .collect();
        Roster {
            officers: officers.into_iter().collect(),
            teams: self.teams.keys().cloned().collect(),
        }
    }

    /// The officer with the teams that the configuration adds.
    #[must_use]
    pub fn with_teams(&self, mut officer: Officer) -> Officer {
        let own = self
            .teams
            .iter()
            .filter(|(_, members)| members.contains(&officer.id));
        officer
            .teams
            .extend(own.map(|(team, _)| team.clone()).collect::<Vec<_>>());
        officer
    }

    /// Why a command is not even given to the desk: it is too large, or assigns
    /// to somebody that there is not. A sentence.
    #[must_use]
    pub fn objection(&self, command: &Command) -> Option<String> {
        if let Verb::Assign { to, .. } = &command.verb {
            let roster = self.roster();
            let there = match to {
                Assignee::Officer(officer) => roster.officers.contains(officer),
                Assignee::Team(team) => roster.teams.contains(team),
            };
            if !there {
                return Some(format!("There is no {to} here to assign it to."));
            }
        }
        session::oversized(command)
    }
}

/// Who held something when the hub stopped.
fn holders(board: &Board) -> BTreeSet<OfficerId> {
    let taken = board.items().filter_map(|item| match &item.triage.state {
        State::Taken { by, .. } => Some(by.clone()),
        _ => None,
    });
    taken.collect()
}
