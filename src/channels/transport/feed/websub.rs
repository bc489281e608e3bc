//! WebSub (W3C Recommendation, 2018), the subscriber's side: a hub tells us at
//! our door what is new, so that we need not ask.
//!
//! [`Subscriber`] is shared by the channel's task, which subscribes and renews,
//! and by the hub's route, which hands over what is sent to our door. It owns
//! the lease and its secret. What is pushed goes the way of what is polled, and
//! the hub is answered only after it is kept. Without a hub, without a public
//! address of ours, or when the lease lapses, the feed is polled as ever.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::http::HeaderMap;
use bytes::Bytes;
use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;
use sha2::{Sha256, Sha384, Sha512};
use tokio::sync::{mpsc, oneshot};

use crate::model::time::Timestamp;

/// Pushes that wait for the channel's task; beyond them the hub is told to try
/// again.
const WAITING: usize = 8;
/// How long a lease is asked for.
pub(super) const LEASE: Duration = Duration::from_hours(5 * 24);
/// How long a hub has to confirm what it was asked before it is asked again.
const AGAIN: Duration = Duration::from_hours(1);
/// How long a hub that refused is left alone.
const REFUSED: Duration = Duration::from_hours(24);
/// Longest lease that a hub may name.
const LONGEST: Duration = Duration::from_hours(30 * 24);

/// One channel's subscription. Cheap to clone; all clones are one.
#[derive(Clone, Debug)]
pub struct Subscriber(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    callback: String,
    lease: Mutex<Lease>,
    pushes: mpsc::Sender<Push>,
    /// For the task, which takes it once.
    receiver: Mutex<Option<mpsc::Receiver<Push>>>,
}

#[derive(Debug, Default)]
struct Lease {
    /// What we asked a hub for: the topic and the secret.
    asked: Option<(String, String)>,
    /// Until when the hub has confirmed it.
    until: Option<Timestamp>,
    /// Why a hub refused, in its words.
    denied: Option<String>,
    /// Before this no hub is asked again.
    next: Option<Timestamp>,
}

/// What a hub sent, and where the answer goes.
#[derive(Debug)]
pub(super) struct Push {
    pub(super) body: Bytes,
    pub(super) kept: oneshot::Sender<bool>,
}

/// What our door answers: a status, and words for a GET.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answered {
    /// The HTTP status.
    pub status: u16,
    /// The body: the challenge, or nothing.
    pub body: String,
}

fn answered(status: u16, body: &str) -> Answered {
    Answered {
        status,
        body: body.to_owned(),
    }
}

impl Subscriber {
    /// A subscription that is told at `callback`, our public address.
    pub(in crate::channels) fn new(callback: String) -> Self {
        let (pushes, receiver) = mpsc::channel(WAITING);
        Self(Arc::new(Inner {
            callback,
            lease: Mutex::default(),
            pushes,
            receiver: Mutex::new(Some(receiver)),
        }))
    }

    fn lease(&self) -> MutexGuard<'_, Lease> {
        // Whoever panicked while holding it left it whole.
        self.0.lease.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn pushes(&self) -> Option<mpsc::Receiver<Push>> {
        let mut receiver = self
            .0
            .receiver
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        receiver.take()
    }

    /// What is asked of the hub for `topic`, as a form; the secret is new.
    pub(super) fn ask(
        &self,
        (topic, secret): (&str, &str),
        now: Timestamp,
    ) -> Vec<(String, String)> {
        let mut lease = self.lease();
        lease.next = Some(now.plus(AGAIN));
        // While a lease is renewed, what the hub signs with the old secret is
        // good until it has confirmed the new one: so the secret stays.
        let secret = match &lease.asked {
            Some((same, old)) if same == topic => old.clone(),
            _ => secret.to_owned(),
        };
        lease.asked = Some((topic.to_owned(), secret.clone()));
        lease.denied = None;
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        vec![
            pair("hub.mode", "subscribe"),
            pair("hub.topic", topic),
            pair("hub.callback", &self.0.callback),
            pair("hub.secret", &secret),
            pair("hub.lease_seconds", &LEASE.as_secs().to_string()),
        ]
    }

    /// Whether a hub is to be asked: there is no lease, or it ends soon, and it
    /// was not asked a while ago.
    pub(super) fn may_ask(&self, now: Timestamp) -> bool {
        let lease = self.lease();
        let soon = now.plus(AGAIN * 2);
        lease.next.is_none_or(|next| next <= now) && lease.until.is_none_or(|until| until < soon)
    }

    /// Until when the hub tells us; none when it does not.
    pub(super) fn until(&self) -> Option<Timestamp> {
        self.lease().until
    }

    /// Why the hub refused, once.
    pub(super) fn denied(&self) -> Option<String> {
        self.lease().denied.take()
    }

    /// A GET at our door: the hub asks whether it was us who asked (5.3).
    #[must_use]
    pub fn verify(&self, query: &str, now: Timestamp) -> Answered {
        let pairs: Vec<_> = url::form_urlencoded::parse(query.as_bytes()).collect();
        let value = |name: &str| {
            pairs
                .iter()
                .find(|(n, _)| n == name)
                .map(|(_, v)| v.as_ref())
        };
        let mut lease = self.lease();
        let ours = lease
            .asked
            .as_ref()
            .is_some_and(|(topic, _)| value("hub.topic") == Some(topic));
        if !ours {
            return answered(404, "");
        }
        match (value("hub.mode"), value("hub.challenge")) {
            (Some("denied"), _) => {
                lease.until = None;
                lease.next = Some(now.plus(REFUSED));
                lease.denied = Some(value("hub.reason").unwrap_or_default().to_owned());
                answered(200, "")
            }
            (Some("subscribe"), Some(challenge)) if challenge.len() <= 4096 => {
                let seconds = value("hub.lease_seconds").and_then(|s| s.parse().ok());
                let lasts = seconds.map_or(LEASE, Duration::from_secs).min(LONGEST);
                lease.until = Some(now.plus(lasts));
                answered(200, challenge)
            }
            // We never unsubscribe: a lease lapses.
            _ => answered(404, ""),
        }
    }

    /// A POST at our door: what is new, signed by the hub (7.1). Waits until it
    /// is kept. What is not signed as it should be is answered as if it were, as
    /// the specification asks, and counts for nothing; `refused` says so.
    pub async fn pushed(
        &self,
        headers: &HeaderMap,
        body: Bytes,
        refused: impl FnOnce(&str),
    ) -> Answered {
        let asked = self.lease().asked.clone();
        let Some((_, secret)) = asked.filter(|_| self.until().is_some()) else {
            // Nothing was asked for: 410 tells the hub to stop (7).
            return answered(410, "");
        };
        if !is_signed(headers, &secret, &body) {
            refused("What came by WebSub is not signed by the hub; it was left out.");
            return answered(202, "");
        }
        let (kept, waits) = oneshot::channel();
        if self.0.pushes.try_send(Push { body, kept }).is_err() {
            return answered(503, "");
        }
        match waits.await {
            Ok(true) => answered(200, ""),
            Ok(false) | Err(_) => answered(503, ""),
        }
    }
}

/// Whether `X-Hub-Signature: method=hex` is right for `body`.
fn is_signed(headers: &HeaderMap, secret: &str, body: &[u8]) -> bool {
    let signature = headers.get("x-hub-signature").and_then(|v| v.to_str().ok());
    let Some((method, hex)) = signature.and_then(|s| s.split_once('=')) else {
        return false;
    };
    let Some(given) = bytes_of(hex) else {
        return false;
    };
    match method {
        "sha1" => check::<Hmac<Sha1>>(secret, body, &given),
        "sha256" => check::<Hmac<Sha256>>(secret, body, &given),
        "sha384" => check::<Hmac<Sha384>>(secret, body, &given),
        "sha512" => check::<Hmac<Sha512>>(secret, body, &given),
        _ => false,
    }
}

/// In constant time.
fn check<M: Mac + KeyInit>(secret: &str, body: &[u8], given: &[u8]) -> bool {
    let Ok(mut mac) = <M as KeyInit>::new_from_slice(secret.as_bytes()) else {
        return false;
    };
    mac.update(body);
    mac.verify_slice(given).is_ok()
}

fn bytes_of(hex: &str) -> Option<Vec<u8>> {
    let digit = |b: &u8| char::from(*b).to_digit(16);
    let pairs = hex.as_bytes().chunks(2).map(|pair| match pair {
        [high, low] => u8::try_from(digit(high)? << 4 | digit(low)?).ok(),
        _ => None,
    });
    pairs.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(s: i64) -> Timestamp {
        Timestamp::from_millis(s * 1000)
    }

    #[test]
    fn only_what_we_asked_for_is_confirmed() {
        let subscriber = Subscriber::new("https://floor.example/in/news".to_owned());
        let query = |mode: &str, topic: &str| {
            format!("hub.mode={mode}&hub.topic={topic}&hub.challenge=a%20b&hub.lease_seconds=60")
        };
        assert_eq!(
            subscriber.verify(&query("subscribe", "t"), at(0)).status,
            404
        );
        let form = subscriber.ask(("t", "secret"), at(0));
        assert!(form.contains(&(
            "hub.callback".to_owned(),
            "https://floor.example/in/news".to_owned()
        )));
        assert_eq!(
            subscriber
                .verify(&query("subscribe", "other"), at(0))
                .status,
            404
        );
        assert_eq!(
            subscriber.verify(&query("unsubscribe", "t"), at(0)).status,
            404
        );
        assert_eq!(
            subscriber.verify(&query("subscribe", "t"), at(0)),
            answered(200, "a b")
        );
        assert_eq!(subscriber.until(), Some(at(60)));
        let renewed = subscriber.ask(("t", "another"), at(0));
        assert!(renewed.contains(&("hub.secret".to_owned(), "secret".to_owned())));
        let denied = subscriber.verify("hub.mode=denied&hub.topic=t&hub.reason=no", at(1));
        assert_eq!(denied.status, 200);
        assert_eq!(
            (subscriber.until(), subscriber.denied().as_deref()),
            (None, Some("no"))
        );
        assert!(!subscriber.may_ask(at(3600)) && subscriber.may_ask(at(90_000)));
    }

    #[test]
    fn a_signature_is_the_hubs_or_counts_for_nothing() {
        let with = |value: &str| {
            let mut headers = HeaderMap::new();
            headers.insert("x-hub-signature", value.parse().expect("a value"));
            headers
        };
        // RFC 4231, test case 2.
        let right = "sha256=5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";
        let body = b"what do ya want for nothing?";
        assert!(is_signed(&with(right), "Jefe", body));
        assert!(!is_signed(&with(right), "jefe", body));
        for wrong in [
            "sha256=",
            "sha256=zz",
            "md5=00",
            "5bdc",
            &right.replace("sha256", "sha512"),
        ] {
            assert!(!is_signed(&with(wrong), "Jefe", body), "{wrong}");
        }
        assert!(!is_signed(&HeaderMap::new(), "Jefe", body));
    }
}
