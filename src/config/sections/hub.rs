//! `[hub]`, `[retention]` and `[log]`: where the hub listens and keeps, how long
//! it waits for whom, how long it remembers.
//!
//! Owns the keys and their defaults; the rules across keys (TLS needs files,
//! other addresses need TLS) are checked here too.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use super::super::layers::Node;
use super::super::origin::Located;
use super::super::read::Section;
use super::super::value::{Kind, Net, Wrong, duration, expect, spell, text};
use super::super::words::{Privacy, Tls};
use super::lock::LockAfter;

/// `[hub]`.
#[derive(Clone, Debug)]
pub struct Hub {
    /// Where it listens.
    pub listen: Located<SocketAddr>,
    /// Its folder; none: the user's data folder.
    pub data_dir: Option<Located<PathBuf>>,
    /// The floor's name.
    pub name: Located<String>,
    /// The floor's zone.
    pub zone: Located<Zone>,
    /// Who encrypts.
    pub tls: Located<Tls>,
    /// The certificate chain, PEM.
    pub cert: Option<Located<PathBuf>>,
    /// Its private key, PEM.
    pub key: Option<Located<PathBuf>>,
    /// Who may have signed officers' certificates, PEM.
    pub client_ca: Option<Located<PathBuf>>,
    /// Officers' certificates that are revoked, PEM.
    pub crl: Option<Located<PathBuf>>,
    /// Whose word on the real client counts.
    pub trusted_proxies: Located<Vec<Net>>,
    /// The URL as others see it.
    pub public_url: Option<Located<String>>,
    /// Where heads of the log are exported to.
    pub head_export: Option<Located<PathBuf>>,
    /// How long closed items stay on the board.
    pub keep_closed: Located<Duration>,
    /// Without a key for so long an officer holds nothing any more.
    pub idle_limit: Located<Duration>,
    /// Without a link for so long an officer holds nothing any more.
    pub link_lost: Located<Duration>,
    /// Without a key for so long consoles lock at the latest.
    pub lock_ceiling: Located<LockAfter>,
    /// How long reminders rest after an acknowledgement.
    pub ack_rest: Located<Duration>,
    /// How long an answer can be taken back before it leaves.
    pub hold: Located<Duration>,
    /// How much officers' notices may tell at the most.
    pub notices_tell: Located<Privacy>,
}

impl Hub {
    pub(in super::super) fn read(s: &mut Section<'_>) -> Self {
        let hours = |n: u64| Duration::from_secs(n * 3600);
        let minutes = |n: u64| Duration::from_secs(n * 60);
        let seconds = Duration::from_secs;
        let hub = Self {
            listen: s.or("listen", SocketAddr::from(([127, 0, 0, 1], 4780))),
            data_dir: s.maybe("data_dir"),
            name: s.or("name", "Watch floor".to_owned()),
            zone: s.or("zone", Zone("UTC".to_owned())),
            tls: s.or("tls", Tls::Off),
            cert: s.maybe("cert"),
            key: s.maybe("key"),
            client_ca: s.maybe("client_ca"),
            crl: s.maybe("crl"),
            trusted_proxies: s.or("trusted_proxies", Vec::new()),
            public_url: s.maybe("public_url"),
            head_export: s.maybe("head_export"),
            keep_closed: s.within("keep_closed", hours(24), minutes(1)..=hours(24 * 90)),
            idle_limit: s.within("idle_limit", minutes(20), minutes(1)..=hours(24)),
            link_lost: s.within("link_lost", seconds(90), seconds(10)..=hours(1)),
            lock_ceiling: s.or("lock_ceiling", LockAfter::Span(minutes(15))),
            ack_rest: s.within("ack_rest", minutes(15), minutes(1)..=hours(24)),
            hold: s.within("hold", seconds(10), seconds(0)..=minutes(10)),
            notices_tell: s.or("notices_tell", Privacy::Rule),
        };
        hub.check(s);
        hub
    }

    fn check(&self, s: &mut Section<'_>) {
        let set_without = |s: &mut Section<'_>, key: &str, file: &Option<Located<PathBuf>>| {
            if file.is_none() {
                let says = format!("hub.tls is \"files\", which needs hub.{key} to be set too.");
                s.wrong(self.tls.origin.clone(), says);
            }
        };
        match *self.tls {
            Tls::Files => {
                set_without(s, "cert", &self.cert);
                set_without(s, "key", &self.key);
            }
            Tls::Proxy if self.trusted_proxies.is_empty() => s.wrong(
                self.tls.origin.clone(),
                "hub.tls is \"terminated-by-proxy\", which needs hub.trusted_proxies to name the proxy.".into(),
            ),
            Tls::Off if !self.listen.ip().is_loopback() => s.wrong(
                self.listen.origin.clone(),
                "hub.listen is not this machine alone (127.0.0.1 or ::1), which needs hub.tls to be \"files\" or \"terminated-by-proxy\".".into(),
            ),
            Tls::Off | Tls::Proxy => {}
        }
        if let (Some(crl), None) = (&self.crl, &self.client_ca) {
            let says =
                "hub.crl revokes officers' certificates, which needs hub.client_ca to be set too.";
            s.wrong(crl.origin.clone(), says.into());
        }
    }
}

/// An IANA zone that is known here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Zone(String);

impl Zone {
    /// Its name: "Europe/Lisbon".
    #[must_use]
    pub fn name(&self) -> &str {
        &self.0
    }
}

impl Kind for Zone {
    fn read(node: &Node) -> Result<Self, Vec<Wrong>> {
        let zone = text(node)
            .filter(|name| jiff::tz::TimeZone::get(name).is_ok())
            .map(|name| Self(name.to_owned()));
        expect(zone, node, "an IANA time zone such as \"Europe/Lisbon\"")
    }

    fn show(&self) -> String {
        format!("{:?}", self.0)
    }
}

/// How long something is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keep {
    /// So long.
    For(Duration),
    /// For ever.
    Forever,
}

impl Kind for Keep {
    fn read(node: &Node) -> Result<Self, Vec<Wrong>> {
        let day = Duration::from_hours(24);
        let keep = text(node).and_then(|word| match word {
            "forever" => Some(Self::Forever),
            word => duration(word).filter(|span| *span >= day).map(Self::For),
        });
        expect(
            keep,
            node,
            "\"forever\" or a time of at least a day such as \"90d\"",
        )
    }

    fn show(&self) -> String {
        match self {
            Self::For(span) => format!("\"{}\"", spell(*span)),
            Self::Forever => "\"forever\"".into(),
        }
    }
}

/// `[retention]`: after how long content is erased.
#[derive(Clone, Debug)]
pub struct Retention {
    /// Closed items' and notes' words and documents, from the last that happened.
    pub items: Located<Keep>,
}

impl Retention {
    pub(in super::super) fn read(s: &mut Section<'_>) -> Self {
        Self {
            items: s.or("items", Keep::Forever),
        }
    }
}

/// `[log]`: what the program says of itself.
#[derive(Clone, Debug)]
pub struct Log {
    /// How much, as `tracing` filters are written.
    pub level: Located<String>,
    /// Where to; none: standard error for a hub, nowhere for a console.
    pub file: Option<Located<PathBuf>>,
}

impl Log {
    pub(in super::super) fn read(s: &mut Section<'_>) -> Self {
        let log = Self {
            level: s.or("level", "info".to_owned()),
            file: s.maybe("file"),
        };
        if tracing_subscriber::EnvFilter::try_new(&log.level.value).is_err() {
            let says = "log.level has to be a level such as \"info\", or levels by room such as \"info,watchfloor::hub=debug\".";
            s.wrong(log.level.origin.clone(), says.into());
        }
        log
    }
}
