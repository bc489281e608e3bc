//! Sends pages by every way there is, tries again, and reports.
//!
//! Owns the bounded queue, the tries and their waits. The hub logs each
//! [`Outcome`]; nothing is sent twice after it went out.

use std::time::Duration;

use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::notice::Notice;
use super::smtp::Mail;
use super::webhook::Hook;
use crate::config::page::Page;

/// Pages that wait for a way that does not work. Pages come at most once a
/// critical and repeat, and each names all that are due; when so many wait the
/// next is reported as failed at once.
const WAITING: usize = 64;
/// The longest wait between two tries.
const LONGEST: Duration = Duration::from_mins(2);

/// What became of a page, by one way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// "webhook" or "smtp".
    pub by: &'static str,
    /// The page.
    pub notice: Notice,
    /// What went wrong at the last try; none when it went out.
    pub failed: Option<String>,
    /// How often it was tried.
    pub tries: u32,
}

/// Why the ways out can't be set up.
#[derive(Debug, thiserror::Error)]
pub enum PageError {
    /// A secret.
    #[error("The page's {way} can't be set up: {source}")]
    Secret {
        /// Which way.
        way: &'static str,
        /// Why.
        source: crate::config::SecretError,
    },
    /// An address, a URL, a certificate store.
    #[error("The page's {way} can't be set up: {says}.")]
    Setup {
        /// Which way.
        way: &'static str,
        /// Why.
        says: String,
    },
}

/// A way out.
pub(super) enum Way {
    Hook(Hook),
    Mail(Mail),
}

/// Why a try failed.
#[derive(Debug)]
pub(super) struct Failure {
    pub(super) says: String,
    /// Trying again can't help: refused for good.
    pub(super) final_: bool,
}

impl Way {
    fn name(&self) -> &'static str {
        match self {
            Self::Hook(_) => "webhook",
            Self::Mail(_) => "smtp",
        }
    }

    async fn send(&self, notice: &Notice) -> Result<(), Failure> {
        match self {
            Self::Hook(hook) => hook.send(notice).await,
            Self::Mail(mail) => mail.send(notice).await,
        }
    }
}

/// The hand that the hub holds: gives pages to every way.
#[derive(Debug)]
pub struct Pager {
    ways: Vec<(&'static str, mpsc::Sender<Notice>)>,
    outcomes: mpsc::Sender<Outcome>,
}

impl Pager {
    /// Sets up the ways that are configured and starts a task for each, so that
    /// a slow one does not hold up the other. What becomes of pages comes by
    /// the receiver; it has to be read.
    pub fn start(
        page: &Page,
        shutdown: &CancellationToken,
    ) -> Result<(Self, mpsc::Receiver<Outcome>), PageError> {
        let mut set_up = Vec::new();
        if let Some(webhook) = &page.webhook {
            set_up.push(Way::Hook(Hook::new(webhook)?));
        }
        if let Some(smtp) = &page.smtp {
            set_up.push(Way::Mail(Mail::new(smtp)?));
        }
        let (outcomes, reports) = mpsc::channel(WAITING);
        let tries = Tries {
            most: page.attempts.value,
            first_wait: page.retry.value,
        };
        let ways = set_up.into_iter().map(|way| {
            let (tx, rx) = mpsc::channel(WAITING);
            let name = way.name();
            let task = run(way, tries, rx, outcomes.clone());
            let shutdown = shutdown.clone();
            tokio::spawn(async move { shutdown.run_until_cancelled(task).await });
            (name, tx)
        });
        let ways = ways.collect();
        Ok((Self { ways, outcomes }, reports))
    }

    /// Whether there is any way out.
    #[must_use]
    pub fn has_ways(&self) -> bool {
        !self.ways.is_empty()
    }

    /// Sends by every way. Returns at once; a way with too many waiting is
    /// reported as failed.
    pub fn send(&self, notice: &Notice) {
        for (by, way) in &self.ways {
            if way.try_send(notice.clone()).is_ok() {
                continue;
            }
            let failed = Some(format!("{WAITING} pages wait for it already"));
            let outcome = Outcome {
                by,
                notice: notice.clone(),
                failed,
                tries: 0,
            };
            if self.outcomes.try_send(outcome).is_err() {
                tracing::error!(by, "a page was not sent: too many wait");
            }
        }
    }
}

#[derive(Clone, Copy, Debug)]
struct Tries {
    most: u32,
    first_wait: Duration,
}

async fn run(
    way: Way,
    tries: Tries,
    mut notices: mpsc::Receiver<Notice>,
    outcomes: mpsc::Sender<Outcome>,
) {
    while let Some(notice) = notices.recv().await {
        let (count, failed) = attempt(&way, tries, &notice).await;
        let outcome = Outcome {
            by: way.name(),
            notice,
            failed,
            tries: count,
        };
        if outcomes.send(outcome).await.is_err() {
            return;
        }
    }
}

async fn attempt(way: &Way, tries: Tries, notice: &Notice) -> (u32, Option<String>) {
    let mut wait = tries.first_wait;
    let mut count = 0;
    loop {
        count += 1;
        let Err(failure) = way.send(notice).await else {
            return (count, None);
        };
        tracing::warn!(by = way.name(), tries = count, error = %failure.says, "a page did not go out");
        if failure.final_ || count >= tries.most {
            return (count, Some(failure.says));
        }
        tokio::time::sleep(wait).await;
        wait = (wait * 2).min(LONGEST);
    }
}
