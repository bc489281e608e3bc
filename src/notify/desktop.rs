//! Notices on the desktop that this program runs on: D-Bus on Linux, the
//! system's own elsewhere.
//!
//! A service may be missing, slow or never answer, and neither the library nor
//! the bus below it has a limit of time: see [`super::outlet`]. Only a summary
//! is given, never a body, which many services read as markup.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use notify_rust::{Notification, NotificationHandle};

use super::outlet::{Notice, Order, Outlet, Patience};

/// How long a service may take for one notice.
const PATIENCE: Patience = Patience {
    limit: Duration::from_secs(1),
    gives_up: true,
};

/// Starts the way to the desktop.
#[must_use]
pub fn start() -> Outlet {
    let last: Mutex<Option<NotificationHandle>> = Mutex::new(None);
    let act = move |order: &Order| match order {
        Order::Probe => probe(),
        Order::Show(notice) => show(notice, &last),
        Order::Close => {
            if let Some(shown) = last.lock().unwrap_or_else(PoisonError::into_inner).take() {
                close(shown);
            }
            true
        }
    };
    Outlet::start(Arc::new(act), PATIENCE)
}

#[cfg(all(unix, not(target_os = "macos")))]
fn probe() -> bool {
    notify_rust::get_server_information().is_ok()
}

#[cfg(not(all(unix, not(target_os = "macos"))))]
fn probe() -> bool {
    true
}

fn show(notice: &Notice, last: &Mutex<Option<NotificationHandle>>) -> bool {
    let mut notification = Notification::new();
    notification.appname("watchfloor").summary(&notice.line);
    let mut last = last.lock().unwrap_or_else(PoisonError::into_inner);
    #[cfg(all(unix, not(target_os = "macos")))]
    {
        if let Some(before) = last.as_ref() {
            notification.id(before.id());
        }
        notification.urgency(if notice.critical {
            notify_rust::Urgency::Critical
        } else {
            notify_rust::Urgency::Normal
        });
    }
    let shown = notification.show().ok();
    let worked = shown.is_some();
    *last = shown;
    worked
}

#[cfg(all(unix, not(target_os = "macos")))]
fn close(shown: NotificationHandle) {
    shown.close();
}

/// These desktops put a notice away by themselves.
#[cfg(not(all(unix, not(target_os = "macos"))))]
fn close(shown: NotificationHandle) {
    drop(shown);
}
