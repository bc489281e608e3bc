//! Notices on a local desktop, from a thread of their own.
//!
//! A notification service may be missing, slow or never answer: whoever calls
//! waits for nothing, and after the first failure the way is given up for this
//! session. Owns no text; what to show comes from the policy's template.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;
use std::time::Duration;

/// How long a notification service may take for one notice.
const LIMIT: Duration = Duration::from_secs(1);

/// A notice.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Notice {
    body: String,
    critical: bool,
}

/// What shows a notice; false when it could not.
type Show = Arc<dyn Fn(&str, bool) -> bool + Send + Sync>;

/// The way to the desktop.
#[derive(Debug)]
pub struct Desktop {
    notices: SyncSender<Notice>,
    works: Arc<AtomicBool>,
}

impl Desktop {
    /// Starts the thread. It ends with this value.
    #[must_use]
    pub fn start() -> Self {
        Self::start_with(Arc::new(show), LIMIT)
    }

    fn start_with(show: Show, limit: Duration) -> Self {
        // One waits at the most: a newer notice has newer counts, and it comes
        // when the officer is called again. What finds no room is not shown.
        let (notices, waiting) = sync_channel(1);
        let works = Arc::new(AtomicBool::new(true));
        let told = Arc::clone(&works);
        let name = "notices".to_owned();
        let spawned = thread::Builder::new()
            .name(name)
            .spawn(move || serve(&waiting, &show, limit, &told));
        if spawned.is_err() {
            works.store(false, Ordering::SeqCst);
        }
        Self { notices, works }
    }

    /// Shows a line of the policy's template. Returns at once; false when this
    /// way is given up or busy, so that the caller may take another.
    #[must_use]
    pub fn show(&self, line: String, critical: bool) -> bool {
        let notice = Notice {
            body: line,
            critical,
        };
        self.works() && self.notices.try_send(notice).is_ok()
    }

    /// Whether no notice failed yet.
    #[must_use]
    pub fn works(&self) -> bool {
        self.works.load(Ordering::SeqCst)
    }
}

/// Shows notices until one fails or nobody sends any.
fn serve(waiting: &Receiver<Notice>, show: &Show, limit: Duration, works: &AtomicBool) {
    while let Ok(notice) = waiting.recv() {
        if !within(limit, Arc::clone(show), notice) {
            works.store(false, Ordering::SeqCst);
            tracing::warn!("Desktop notices don't work here; only the bell is used from now on.");
            return;
        }
    }
}

/// Shows one on a thread that is left behind when it takes too long: a service
/// that never answers can't be interrupted.
fn within(limit: Duration, show: Show, notice: Notice) -> bool {
    let (done, shown) = sync_channel(1);
    let spawned = thread::Builder::new()
        .name("notice".to_owned())
        .spawn(move || {
            let worked = show(&notice.body, notice.critical);
            // Nobody waits any more when it took too long.
            done.send(worked).unwrap_or_default();
        });
    if spawned.is_err() {
        return false;
    }
    shown.recv_timeout(limit).unwrap_or_default()
}

fn show(body: &str, critical: bool) -> bool {
    let mut notification = notify_rust::Notification::new();
    notification.appname("watchfloor").summary(body);
    #[cfg(all(unix, not(target_os = "macos")))]
    notification.urgency(if critical {
        notify_rust::Urgency::Critical
    } else {
        notify_rust::Urgency::Normal
    });
    #[cfg(not(all(unix, not(target_os = "macos"))))]
    tracing::trace!(critical, "This desktop knows no urgency.");
    notification.show().is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A show that reports each call and then does as told.
    fn reporting(result: impl Fn() -> bool + Send + Sync + 'static) -> (Show, Receiver<String>) {
        let (tell, told) = sync_channel(8);
        let show: Show = Arc::new(move |body, _| {
            tell.send(body.to_owned()).expect("the test listens");
            result()
        });
        (show, told)
    }

    fn wait_until_given_up(desktop: &Desktop) {
        while desktop.works() {
            thread::yield_now();
        }
    }

    #[test]
    fn notices_are_shown_while_they_work() {
        let (show, told) = reporting(|| true);
        let desktop = Desktop::start_with(show, LIMIT);
        for line in ["watchfloor: 1 critical", "watchfloor: 2 critical"] {
            assert!(desktop.show(line.to_owned(), true));
            assert_eq!(told.recv().expect("is shown"), line);
        }
        assert!(desktop.works());
    }

    #[test]
    fn a_failure_ends_it_for_the_session() {
        let (show, told) = reporting(|| false);
        let desktop = Desktop::start_with(show, LIMIT);
        assert!(desktop.show("watchfloor: 1 critical".to_owned(), true));
        told.recv().expect("was tried");
        wait_until_given_up(&desktop);
        assert!(!desktop.show("watchfloor: 2 critical".to_owned(), true));
    }

    #[test]
    fn a_service_that_never_answers_is_given_up() {
        let (show, told) = reporting(|| {
            loop {
                thread::park();
            }
        });
        let desktop = Desktop::start_with(show, Duration::from_millis(10));
        assert!(desktop.show("watchfloor: 1 critical".to_owned(), true));
        told.recv().expect("was tried");
        wait_until_given_up(&desktop);
    }
}
