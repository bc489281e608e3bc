//! A hub on a log in memory that does as it is told: its readers wait for leave,
//! and it may be full.

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use watchfloor::channels::registry::Channels;
use watchfloor::channels::{Intake, IntakeError};
use watchfloor::config;
use watchfloor::hub::auth::{Access, Accounts};
use watchfloor::hub::hearing::Hearing;
use watchfloor::hub::listen::{self, PeerInfo};
use watchfloor::hub::lookout::{Reader, Sources};
use watchfloor::hub::{Hub, HubParts, api, floor};
use watchfloor::model::board::Board;
use watchfloor::model::command::Outcome;
use watchfloor::model::event::{Actor, Body, Cause, Event};
use watchfloor::model::ids::{CommandId, Epoch, ItemId, ItemKey, Seq};
use watchfloor::model::inbound::Receipt;
use watchfloor::model::officer::Role;
use watchfloor::model::outgoing::Reach;
use watchfloor::model::time::{Clock, SystemClock};
use watchfloor::store::{
    Appended, EventLog, Head, Known, LogError, MemoryLog, Record, Unit, encode_body,
};

use crate::rig::{Console, account, inbound, town};

/// A log whose readers wait for leave.
pub struct Slow {
    log: MemoryLog,
    pub leave: Semaphore,
    waiting: AtomicUsize,
    pub full: AtomicBool,
}

impl EventLog for Slow {
    fn epoch(&self) -> Epoch {
        self.log.epoch()
    }

    fn head(&self) -> impl Future<Output = Result<Head, LogError>> + Send {
        self.log.head()
    }

    async fn append(&self, units: Vec<Unit>) -> Result<Vec<Appended>, LogError> {
        if self.full.load(Ordering::SeqCst) {
            return Err(LogError::DiskFull {
                path: "floor/log.db".into(),
            });
        }
        self.log.append(units).await
    }

    async fn read(&self, after: Seq, limit: usize) -> Result<Vec<Event>, LogError> {
        self.waiting.fetch_add(1, Ordering::SeqCst);
        self.leave.acquire().await.unwrap().forget();
        self.waiting.fetch_sub(1, Ordering::SeqCst);
        self.log.read(after, limit).await
    }

    fn history(&self, key: ItemKey) -> impl Future<Output = Result<Vec<Event>, LogError>> + Send {
        self.log.history(key)
    }

    fn known(
        &self,
        keys: Vec<ItemKey>,
    ) -> impl Future<Output = Result<Vec<Option<Known>>, LogError>> + Send {
        self.log.known(keys)
    }

    fn key_of(&self, id: ItemId) -> impl Future<Output = Result<Option<ItemKey>, LogError>> + Send {
        self.log.key_of(id)
    }

    fn outcome(
        &self,
        command: CommandId,
    ) -> impl Future<Output = Result<Option<Outcome>, LogError>> + Send {
        self.log.outcome(command)
    }

    fn raw(
        &self,
        key: ItemKey,
    ) -> impl Future<Output = Result<Vec<(Seq, bytes::Bytes)>, LogError>> + Send {
        self.log.raw(key)
    }

    fn watch_head(&self) -> tokio::sync::watch::Receiver<Seq> {
        self.log.watch_head()
    }
}

/// A hub on the slow log, with one officer.
pub struct Floor {
    pub hub: Arc<Hub<Slow>>,
    pub address: std::net::SocketAddr,
    pub token: String,
    pub stop: CancellationToken,
    _folder: tempfile::TempDir,
}

impl Floor {
    pub async fn open() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let token = Accounts::change(folder.path(), |accounts| {
            accounts.add(account("ana", Role::Officer), SystemClock.now())
        });
        let config = config::resolve(None, &[]).unwrap();
        let stop = CancellationToken::new();
        let log = Slow {
            log: MemoryLog::new(),
            leave: Semaphore::new(0),
            waiting: AtomicUsize::new(0),
            full: AtomicBool::new(false),
        };
        let parts = HubParts {
            log: Arc::new(log),
            board: Board::default(),
            reach: Reach::default(),
            floor: floor::read(&config).unwrap(),
            access: Arc::new(Access::open(folder.path()).unwrap()),
            clock: Arc::new(SystemClock),
            hearing: Hearing::of(&Channels::default(), SystemClock.now()),
            archive: None,
            reader: Arc::new(Reader::new(
                Sources::default().load().unwrap(),
                Arc::new(SystemClock),
            )),
            closing: stop.clone(),
        };
        let hub = Hub::start(parts, &TaskTracker::new());
        let settings = listen::Settings::embedded();
        let (listener, _) = listen::listen(settings, stop.clone()).await.unwrap();
        let address = listener.address();
        let service =
            api::router(Arc::clone(&hub)).into_make_service_with_connect_info::<PeerInfo>();
        tokio::spawn(async move { axum::serve(listener, service).await });
        Self {
            hub,
            address,
            token: token.unwrap().reveal().to_owned(),
            stop,
            _folder: folder,
        }
    }

    pub async fn post(&self, text: &str) -> Result<Vec<Receipt>, IntakeError> {
        let (channel, posts) = (town(), vec![inbound(text, text)]);
        self.hub.desk.submit(&channel, posts).await
    }

    /// Another writer's fact, which nobody has been told of yet.
    pub async fn written_elsewhere(&self) -> Seq {
        let body = Body::PageSent {
            by: "webhook".to_owned(),
            why: "elsewhere".to_owned(),
            failed: None,
        };
        let unit = Unit {
            at: SystemClock.now(),
            actor: Actor::Hub,
            cause: Cause::Operator,
            records: vec![Record {
                key: None,
                desk: None,
                after: Seq(0),
                json: encode_body(&body),
                raw: None,
            }],
            outcome: None,
        };
        self.hub.log.append(vec![unit]).await.unwrap();
        self.hub.log.head().await.unwrap().seq
    }

    /// Until somebody waits for the log.
    pub async fn read_waits(&self) {
        while self.hub.log.waiting.load(Ordering::SeqCst) == 0 {
            tokio::task::yield_now().await;
        }
    }

    pub async fn resume(&self, seq: Seq) -> Console {
        let epoch = self.hub.log.epoch();
        Console::resume(self.address, &self.token, epoch, seq).await
    }
}
