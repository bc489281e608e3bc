//! A hub put together: log opened, board folded, doors open, everything that
//! runs by itself started; and all of it ended in order.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tracing::{info, warn};

use super::auth::{Access, AccountsError, Door, DoorError, DoorGuard, Token, private};
use super::carrying::{self, ByChannel, Current};
use super::floor::Floor;
use super::hearing::{FileCursors, Hearing};
use super::listen::{self, ListenError, PeerInfo};
use super::lookout::{self, Reader, SourceError, kept::KeptFile};
use super::reloading::Reload;
use super::{
    Hub, HubParts, api, archiving, clockwork, heads, opening, paging, posting, reloading,
    retention, signs,
};
use crate::channels::registry::Channels;
use crate::config::{self, Net};
use crate::model::board::Board;
use crate::model::ids::{OfficerId, Seq};
use crate::model::officer::{Desks, Officer, Role};
use crate::model::time::{Clock, SystemClock};
use crate::page::send::PageError;
use crate::page::{Heartbeat, Pager, Pages};
use crate::store::archive::Archive;
use crate::store::{EventLog, LogError, SqliteLog};

/// How long sessions and requests have to end before the hub goes without them.
const GRACE: Duration = Duration::from_secs(5);
/// After a start, no console being connected is no reason to page for so long.
const SETTLING: Duration = Duration::from_secs(90);

/// Why a hub did not start. Nothing was changed then.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The data folder.
    #[error("The data folder {} can't be used: {source}.", path.display())]
    Folder {
        /// Which.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The log.
    #[error(transparent)]
    Log(#[from] LogError),
    /// The officers' accounts.
    #[error(transparent)]
    Accounts(#[from] AccountsError),
    /// The address or its certificates.
    #[error(transparent)]
    Listen(#[from] ListenError),
    /// The private door.
    #[error(transparent)]
    Door(#[from] DoorError),
    /// The second way out.
    #[error(transparent)]
    Page(#[from] PageError),
    /// The models that read words, the operator's topics and claims.
    #[error(transparent)]
    Insight(#[from] SourceError),
    /// The system's random numbers.
    #[error("The system gives no random numbers: {0}.")]
    Random(std::io::Error),
}

/// What a hub is put together from.
pub struct Plan {
    /// Its folder.
    pub data_dir: PathBuf,
    /// Where it listens.
    pub listen: listen::Settings,
    /// Desks, rules, clocks, teams.
    pub floor: Floor,
    /// The second way out.
    pub page: config::page::Page,
    /// Whose word on the real client counts.
    pub proxies: Vec<Net>,
    /// The officer that the private door lets in; none: there is no such door.
    pub door: Option<Officer>,
    /// What is heard.
    pub channels: Channels,
    /// How it is heard anew when the operator's own files change; none: not.
    pub reload: Option<Reload>,
    /// Where heads of the log are exported to.
    pub head_export: Option<PathBuf>,
    /// What the lookout is held to.
    pub lookout: lookout::Settings,
    /// After how long closed items' content is erased; none: never.
    pub keep_content: Option<Duration>,
    /// The time; tests turn it.
    pub clock: Arc<dyn Clock>,
    /// Whether a jump of the clock is a fault. Not where it is turned by hand.
    pub watch_jumps: bool,
}

impl Plan {
    /// A hub of that folder on loopback, with a private door for `officer`.
    #[must_use]
    pub fn embedded(
        data_dir: PathBuf,
        floor: Floor,
        page: config::page::Page,
        officer: OfficerId,
    ) -> Self {
        let door = Officer {
            id: officer,
            role: Role::Admin,
            desks: Desks::All,
            teams: floor.teams.keys().cloned().collect(),
        };
        Self {
            data_dir,
            listen: listen::Settings::embedded(),
            floor,
            page,
            proxies: Vec::new(),
            door: Some(door),
            channels: Channels::default(),
            reload: None,
            head_export: None,
            lookout: lookout::Settings::default(),
            keep_content: None,
            clock: Arc::new(SystemClock),
            watch_jumps: true,
        }
    }
}

/// A hub that runs.
pub struct Running {
    /// Where it listens.
    pub address: SocketAddr,
    /// What the private door asks for.
    pub token: Option<Token>,
    /// The hub.
    pub hub: Arc<Hub<SqliteLog>>,
    closing: CancellationToken,
    tracker: TaskTracker,
    keeper: TaskTracker,
    keeping: CancellationToken,
    head_export: Option<PathBuf>,
    _door: Option<DoorGuard>,
}

/// Starts a hub.
///
/// # Errors
/// [`StartError`], a sentence for the operator.
pub async fn start(plan: Plan) -> Result<Running, StartError> {
    let folder = |source| StartError::Folder {
        path: plan.data_dir.clone(),
        source,
    };
    private::make_folder(&plan.data_dir).map_err(folder)?;
    let models = plan.lookout.sources.load()?;
    let (log, board, archive) = open_store(&plan.data_dir).await?;
    let closing = CancellationToken::new();
    let (access, token) = open_access(&plan)?;
    let (listener, trust) = listen::listen(plan.listen, closing.clone()).await?;
    let tracker = TaskTracker::new();
    let access = trusting(access, trust, (&tracker, &closing));
    let address = listener.address();
    let hub = Hub::start(
        HubParts {
            log,
            reader: Reader::recalling(models, Arc::clone(&plan.clock), &board),
            board,
            reach: carrying::reach(&plan.channels),
            floor: plan.floor,
            access: Arc::clone(&access),
            hearing: Hearing::of(&plan.channels, plan.clock.now()),
            clock: plan.clock,
            archive: Some(archive),
            closing: closing.clone(),
        },
        &tracker,
    );
    let door = token
        .as_ref()
        .map(|token| Door::open(&plan.data_dir, address.port(), token));
    let running = Running {
        _door: door.transpose()?,
        address,
        token,
        hub,
        closing,
        tracker,
        keeper: TaskTracker::new(),
        keeping: CancellationToken::new(),
        head_export: plan.head_export,
    };
    running.attend(access, &plan.page, plan.watch_jumps)?;
    let (hub, stop) = (Arc::clone(&running.hub), running.closing.clone());
    running.tracker.spawn(retention::run_retractions(hub, stop));
    if let Some(keep) = plan.keep_content {
        let (hub, stop) = (Arc::clone(&running.hub), running.closing.clone());
        running.tracker.spawn(retention::run(hub, keep, stop));
    }
    let cursors = FileCursors::in_folder(plan.data_dir.join("cursors"));
    let current = Current::of(plan.channels.clone());
    running.hear((&plan.channels, current.clone()), plan.reload, cursors);
    running.carry(current);
    let kept = KeptFile::in_folder(&plan.data_dir);
    lookout::start(&running.hub, &running.tracker, (plan.lookout, kept));
    running.serve(listener, plan.proxies.into());
    info!(message = "The hub is up.", %address);
    Ok(running)
}

/// The log, the board as it left it, and the archive beside it.
async fn open_store(folder: &Path) -> Result<(Arc<SqliteLog>, Board, Arc<Archive>), LogError> {
    let path = folder.join("log.db");
    let opened = tokio::task::spawn_blocking(move || SqliteLog::open(&path)).await;
    let log = Arc::new(opened.map_err(|_| LogError::Closed)??);
    let board = opening::board(&log).await?;
    let archive = open_archive(&log, folder, board.head()).await?;
    Ok((log, board, archive))
}

/// Who may come in, by the private door too.
fn open_access(plan: &Plan) -> Result<(Access, Option<Token>), StartError> {
    let access = Access::open(&plan.data_dir)?;
    let Some(officer) = &plan.door else {
        return Ok((access, None));
    };
    let token = Token::generate().map_err(StartError::Random)?;
    Ok((access.with_door(&token, officer.clone()), Some(token)))
}

/// The gate that asks `trust` whether certificates still hold, and tells the
/// sessions when what it says may have changed.
fn trusting(
    access: Access,
    trust: Option<Arc<listen::Trust>>,
    (tracker, stop): (&TaskTracker, &CancellationToken),
) -> Arc<Access> {
    let Some(trust) = trust else {
        return Arc::new(access);
    };
    let asked = Arc::clone(&trust);
    let access = access.with_certificates(Arc::new(move |cert| asked.still_good(cert)));
    let access = Arc::new(access);
    let (told, stop) = (Arc::clone(&access), stop.clone());
    tracker.spawn(async move {
        while stop.run_until_cancelled(trust.changed()).await.is_some() {
            told.certificates_changed();
        }
    });
    access
}

async fn open_archive(log: &SqliteLog, folder: &Path, head: Seq) -> Result<Arc<Archive>, LogError> {
    let (path, epoch) = (folder.join("archive.db"), log.epoch());
    let opened = tokio::task::spawn_blocking(move || Archive::open(&path, epoch, head)).await;
    Ok(Arc::new(opened.map_err(|_| LogError::Closed)??))
}

impl Running {
    /// Starts the channels, and the look at the files that they are read from.
    fn hear(
        &self,
        (channels, current): (&Channels, Current),
        reload: Option<Reload>,
        cursors: FileCursors,
    ) {
        let (hub, tracker) = (&self.hub, &self.tracker);
        let with = (cursors.clone(), tracker);
        hub.hearing.start(channels, hub, with);
        if let Some(reload) = reload {
            let (hub, channels) = (Arc::clone(hub), channels.clone());
            let with = (cursors, tracker.clone());
            let now = (channels, current);
            tracker.spawn(reloading::run(hub, reload, now, with));
        }
    }

    /// Lets what is held leave by its channels, and signs beside it.
    fn carry(&self, channels: Current) {
        let hub = Arc::clone(&self.hub);
        let clock = Arc::clone(&hub.clock);
        let carrier = Arc::new(ByChannel { channels, clock });
        let (tracker, stop) = (self.tracker.clone(), self.closing.clone());
        let with = (Arc::clone(&hub), Arc::clone(&carrier));
        self.tracker
            .spawn(signs::run(with.0, with.1, tracker.clone(), stop.clone()));
        self.tracker
            .spawn(posting::run(hub, carrier, tracker, stop));
    }

    /// Starts what runs by itself.
    fn attend(
        &self,
        access: Arc<Access>,
        page: &config::page::Page,
        watch_jumps: bool,
    ) -> Result<(), StartError> {
        let (hub, stop) = (&self.hub, &self.closing);
        self.tracker
            .spawn(clockwork::run(Arc::clone(hub), watch_jumps, stop.clone()));
        self.tracker.spawn(access.watch(stop.clone()));
        let (out, reports) = Pager::start(page, stop)?;
        let settled = hub.clock.now().plus(SETTLING);
        let left = Pages::new(page.after.value, page.repeat.value, settled);
        self.tracker.spawn(paging::run(
            Arc::clone(hub),
            (out, left),
            reports,
            stop.clone(),
        ));
        if let Some(heartbeat) = &page.heartbeat {
            let beats = Heartbeat::new(heartbeat)?.start(stop.clone());
            self.tracker
                .spawn(watch_heartbeat(Arc::clone(hub), beats, stop.clone()));
        }
        self.keeper.spawn(opening::keep_checkpoints(
            Arc::clone(hub),
            self.keeping.clone(),
        ));
        if let Some(archive) = &hub.archive {
            let feeding = archiving::run(Arc::clone(hub), Arc::clone(archive), stop.clone());
            self.tracker.spawn(feeding);
        }
        if let Some(path) = &self.head_export {
            let exporting = heads::run(Arc::clone(hub), path.clone(), self.keeping.clone());
            self.keeper.spawn(exporting);
        }
        Ok(())
    }

    /// Opens the routes.
    fn serve(&self, listener: listen::Listen, proxies: Arc<[Net]>) {
        let router = api::router(Arc::clone(&self.hub))
            .merge(api::upkeep::router(Arc::clone(&self.hub)))
            .layer(axum::middleware::from_fn_with_state(
                proxies,
                listen::trust_proxy,
            ))
            .into_make_service_with_connect_info::<PeerInfo>();
        let closed = self.closing.clone().cancelled_owned();
        let served = axum::serve(listener, router).with_graceful_shutdown(closed);
        self.tracker.spawn(async move {
            if let Err(error) = served.await {
                warn!(message = "The hub stopped listening.", %error);
            }
        });
    }

    /// Ends the hub: sessions are told, what waits at the desk is finished, a
    /// checkpoint is saved, the log is closed.
    pub async fn stop(self) {
        self.closing.cancel();
        self.tracker.close();
        if tokio::time::timeout(GRACE, self.tracker.wait())
            .await
            .is_err()
        {
            warn!(message = "Some requests did not end in time; the hub goes without them.");
        }
        self.keeping.cancel();
        self.keeper.close();
        self.keeper.wait().await;
        let (log, archive) = (Arc::clone(&self.hub.log), self.hub.archive.clone());
        let closed = tokio::task::spawn_blocking(move || {
            if let Some(archive) = archive {
                archive.close();
            }
            log.close();
        });
        if closed.await.is_err() {
            warn!(message = "The log was not closed in order; what was answered is safe.");
        }
        info!(message = "The hub is down.");
    }
}

/// Shows a heartbeat that fails among the hub's troubles.
async fn watch_heartbeat(
    hub: Arc<Hub<SqliteLog>>,
    mut beats: tokio::sync::watch::Receiver<crate::page::Beat>,
    stop: CancellationToken,
) {
    while let Some(Ok(())) = stop.run_until_cancelled(beats.changed()).await {
        match &beats.borrow_and_update().error {
            Some(why) => hub
                .trouble
                .set("heartbeat", format!("The heartbeat fails: {why}.")),
            None => hub.trouble.clear("heartbeat"),
        }
    }
}
