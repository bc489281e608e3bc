//! A way out that may be slow or dead, on a thread of its own.
//!
//! Whoever calls waits for nothing. Each order gets a limit of time; a way that
//! is given up at its first failure stays so for this session. What was to be
//! shown and was not is handed back, for another way. Owns no text.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

/// A notice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// A line of the template.
    pub line: String,
    /// Whether a critical is the reason.
    pub critical: bool,
}

/// What a way is asked to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Order {
    /// See whether there is anybody at the other end.
    Probe,
    /// Show this in place of the one before.
    Show(Notice),
    /// Take it back.
    Close,
}

/// Carries an order out; false when it could not.
pub type Act = Arc<dyn Fn(&Order) -> bool + Send + Sync>;

/// How a way is treated.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// How long one order may take.
    pub limit: Duration,
    /// Whether the first failure is the last.
    pub gives_up: bool,
}

struct Shared {
    works: AtomicBool,
    missed: Mutex<Option<Notice>>,
}

/// The way.
pub struct Outlet {
    orders: SyncSender<Order>,
    shared: Arc<Shared>,
    /// Closed by the thread's end.
    ended: Receiver<()>,
}

impl Outlet {
    /// Starts the thread, which probes first. It ends with this value.
    #[must_use]
    pub fn start(act: Act, patience: Patience) -> Self {
        // A notice and its end wait at the most: a newer notice has newer
        // counts, and it comes when the officer is called again. What finds no
        // room is refused to the caller, who has the bell.
        let (orders, waiting) = sync_channel(2);
        let shared = Arc::new(Shared {
            works: AtomicBool::new(true),
            missed: Mutex::new(None),
        });
        let told = Arc::clone(&shared);
        let (end, ended) = sync_channel(1);
        let spawned = thread::Builder::new()
            .name("notices".to_owned())
            .spawn(move || {
                serve(&waiting, &act, patience, &told);
                drop(end);
            });
        if spawned.is_err() {
            shared.works.store(false, Ordering::SeqCst);
        }
        Self {
            orders,
            shared,
            ended,
        }
    }

    /// Waits until what was ordered is done, `limit` at the most; true when it
    /// is.
    #[must_use]
    pub fn finish(self, limit: Duration) -> bool {
        drop(self.orders);
        self.ended.recv_timeout(limit) == Err(RecvTimeoutError::Disconnected)
            && self.shared.works.load(Ordering::SeqCst)
    }

    /// Shows a notice. Returns at once; false when this way is given up or busy,
    /// so that the caller may take another.
    #[must_use]
    pub fn show(&self, notice: Notice) -> bool {
        self.works() && self.orders.try_send(Order::Show(notice)).is_ok()
    }

    /// Takes the notice back, if that is possible soon.
    pub fn close(&self) {
        if self.works() && self.orders.try_send(Order::Close).is_err() {
            tracing::debug!("The way of notices is busy; the last one stays.");
        }
    }

    /// Whether it was not given up.
    #[must_use]
    pub fn works(&self) -> bool {
        self.shared.works.load(Ordering::SeqCst)
    }

    /// The newest notice that was accepted and could not be shown.
    #[must_use]
    pub fn take_missed(&self) -> Option<Notice> {
        self.missed().take()
    }

    fn missed(&self) -> std::sync::MutexGuard<'_, Option<Notice>> {
        self.shared
            .missed
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

/// Carries orders out until one fails for good or nobody has any.
fn serve(waiting: &Receiver<Order>, act: &Act, patience: Patience, shared: &Shared) {
    let probed = within(patience.limit, Arc::clone(act), Order::Probe);
    let mut failed = (!probed).then_some(Order::Probe);
    loop {
        if let Some(order) = failed.take() {
            if patience.gives_up {
                shared.works.store(false, Ordering::SeqCst);
            }
            tracing::warn!(
                gives_up = patience.gives_up,
                "A notice could not be shown this way."
            );
            // The newest of what waited; the counts of the others are older.
            let rest = patience.gives_up.then(|| waiting.try_iter()).into_iter();
            let orders = std::iter::once(order).chain(rest.flatten());
            let missed = orders.filter_map(|order| match order {
                Order::Show(notice) => Some(notice),
                Order::Probe | Order::Close => None,
            });
            if let Some(notice) = missed.last() {
                let mut slot = shared.missed.lock().unwrap_or_else(PoisonError::into_inner);
                *slot = Some(notice);
            }
            if patience.gives_up {
                return;
            }
        }
        let Ok(order) = waiting.recv() else { return };
        if !within(patience.limit, Arc::clone(act), order.clone()) {
            failed = Some(order);
        }
    }
}

/// Carries one out on a thread that is left behind when it takes too long: a
/// service that never answers can't be interrupted.
fn within(limit: Duration, act: Act, order: Order) -> bool {
    let (done, result) = sync_channel(1);
    let spawned = thread::Builder::new()
        .name("notice".to_owned())
        .spawn(move || {
            let worked = act(&order);
            // Nobody waits any more when it took too long.
            done.send(worked).unwrap_or_default();
        });
    spawned.is_ok() && result.recv_timeout(limit).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    const STRICT: Patience = Patience {
        limit: Duration::from_secs(30),
        gives_up: true,
    };

    fn notice(n: usize) -> Notice {
        Notice {
            line: format!("watchfloor: {n} critical"),
            critical: true,
        }
    }

    /// An act that reports each order and then does as told.
    fn reporting(
        result: impl Fn(&Order) -> bool + Send + Sync + 'static,
    ) -> (Act, Receiver<Order>) {
        let (tell, told) = sync_channel(8);
        let act: Act = Arc::new(move |order| {
            tell.send(order.clone()).expect("the test listens");
            result(order)
        });
        (act, told)
    }

    fn wait_until_given_up(outlet: &Outlet) {
        while outlet.works() {
            thread::yield_now();
        }
    }

    fn wait_for_missed(outlet: &Outlet) -> Notice {
        loop {
            if let Some(notice) = outlet.take_missed() {
                return notice;
            }
            thread::yield_now();
        }
    }

    #[test]
    fn notices_are_shown_while_they_work() {
        let (act, told) = reporting(|_| true);
        let outlet = Outlet::start(act, STRICT);
        assert_eq!(told.recv().expect("is probed"), Order::Probe);
        for n in 1..3 {
            assert!(outlet.show(notice(n)));
            assert_eq!(told.recv().expect("is shown"), Order::Show(notice(n)));
        }
        outlet.close();
        assert_eq!(told.recv().expect("is closed"), Order::Close);
        assert!(outlet.works());
    }

    #[test]
    fn a_failure_ends_it_and_hands_the_notice_back() {
        let (act, told) = reporting(|order| *order == Order::Probe);
        let outlet = Outlet::start(act, STRICT);
        assert!(outlet.show(notice(1)));
        told.recv().expect("was probed");
        told.recv().expect("was tried");
        wait_until_given_up(&outlet);
        assert_eq!(wait_for_missed(&outlet), notice(1));
        assert!(!outlet.show(notice(2)));
        assert_eq!(told.try_recv().ok(), None, "it is not tried again");
    }

    #[test]
    fn a_service_that_never_answers_is_given_up() {
        let (act, told) = reporting(|_| {
            loop {
                thread::park();
            }
        });
        let quick = Patience {
            limit: Duration::from_millis(10),
            ..STRICT
        };
        let outlet = Outlet::start(act, quick);
        told.recv().expect("was probed");
        wait_until_given_up(&outlet);
    }

    #[test]
    fn one_that_does_not_give_up_goes_on() {
        let (act, told) = reporting(|order| *order != Order::Show(notice(1)));
        let patience = Patience {
            gives_up: false,
            ..STRICT
        };
        let outlet = Outlet::start(act, patience);
        assert!(outlet.show(notice(1)));
        assert_eq!(wait_for_missed(&outlet), notice(1));
        assert!(outlet.show(notice(2)));
        let orders: Vec<Order> = told.iter().take(3).collect();
        assert_eq!(orders.last(), Some(&Order::Show(notice(2))));
    }
}
