//! Whom the link trusts and how it proves itself: every reason for which there
//! is no TLS has its own words, and files are read anew at each connect.

use std::os::unix::fs::PermissionsExt;

use rustls::version::{TLS12, TLS13};
use watchfloor::config::words::{OldestTls, Roots};
use watchfloor::link::{LinkSettings, Once, Step, TlsSettings, try_out};

use super::authority::{Authority, Files, Pair, Server};
use super::fake_hub::{Console, FakeHub, epoch};
use super::fake_proxy::{FakeProxy, Manner};

const HOST: &str = "localhost";
const NOW: (i32, i32) = (2024, 2096);

struct Rig {
    files: Files,
    authority: Authority,
    hub: FakeHub,
}

impl Rig {
    async fn new() -> Self {
        let rig = Self {
            files: Files::new(),
            authority: Authority::named("Town CA"),
            hub: FakeHub::bind().await,
        };
        rig.files.write("ca.pem", &rig.authority.pem());
        rig
    }

    fn hub_port(&self) -> u16 {
        let url = self.hub.settings().hub;
        let (_, port) = url.rsplit_once(':').expect("it has a port");
        port.parse().expect("a number")
    }

    /// A server with that certificate before the hub.
    async fn serve(&self, pair: &Pair) -> u16 {
        let server = Server {
            pair,
            clients: None,
            version: &TLS13,
        };
        server.before(self.hub_port()).await
    }

    fn settings(&self, port: u16) -> LinkSettings {
        let mut settings = LinkSettings::new(format!("https://{HOST}:{port}"), None);
        settings.tls = TlsSettings {
            roots: Roots::File,
            ca: Some(self.files.path("ca.pem")),
            ..TlsSettings::default()
        };
        settings
    }

    fn client(&self, pair: &Pair) -> (std::path::PathBuf, std::path::PathBuf) {
        (
            self.files.write("me.pem", &pair.0),
            self.files.write("me.key", &pair.1),
        )
    }

    async fn goes_through(&self, settings: LinkSettings) {
        let mut console = Console::start(settings);
        self.hub.accept().await.begin(epoch(1), 0).await;
        console.wait_caught_up().await;
        console.link.close().await;
    }
}

/// The sentence for the step that fails, the same for a question.
async fn why(settings: &LinkSettings) -> (Step, String) {
    let trial = try_out(settings).await;
    let step = trial.steps.last().expect("a step was taken").step;
    let says = trial.met.expect_err("there is no session").to_string();
    let once = Once::new(settings).expect("settings are right");
    let asked = once.get_bytes("/healthz", &[]).await;
    assert_eq!(asked.expect_err("no answer").to_string(), says);
    (step, says)
}

async fn tls_says(settings: &LinkSettings) -> String {
    let (step, says) = why(settings).await;
    assert_eq!(step, Step::Tls, "{says}");
    says
}

#[tokio::test]
async fn a_private_authority_is_trusted_alone_and_beside_the_systems() {
    let rig = Rig::new().await;
    let port = rig.serve(&rig.authority.signs(&[HOST], NOW, 1)).await;
    rig.goes_through(rig.settings(port)).await;
    let mut both = rig.settings(port);
    both.tls.roots = Roots::Both;
    rig.goes_through(both).await;
}

#[tokio::test]
async fn an_authority_that_is_not_trusted_is_named_with_the_roots_that_were_used() {
    let rig = Rig::new().await;
    let other = Authority::named("Night \u{1b}[31mCA");
    let port = rig.serve(&other.signs(&[HOST], NOW, 1)).await;
    let says = tls_says(&rig.settings(port)).await;
    assert!(says.contains("an authority that is not trusted"), "{says}");
    assert!(says.contains("subject \"CN=localhost\""), "{says}");
    assert!(says.contains("Night") && !says.contains('\u{1b}'), "{says}");
    assert!(
        says.contains("valid 2024-01-01T00:00:00Z to 2096"),
        "{says}"
    );
    assert!(says.contains("ca.pem alone"), "{says}");
    assert!(says.contains("link.ca_file"), "{says}");
}

#[tokio::test]
async fn time_name_and_revocation_have_their_own_words() {
    let rig = Rig::new().await;
    let lists = [
        ("good.crl", &[][..], 2096),
        ("bad.crl", &[7][..], 2096),
        ("old.crl", &[][..], 2025),
    ];
    for (name, serials, until) in lists {
        rig.files
            .write(name, &rig.authority.took_back(serials, until));
    }
    let cases = [
        (HOST, (2023, 2024), None, "has expired"),
        (HOST, (2090, 2096), None, "not valid yet"),
        ("other.example", NOW, None, "for another name"),
        (HOST, NOW, Some("bad.crl"), "was revoked"),
        (HOST, NOW, Some("old.crl"), "out of date"),
    ];
    for (host, years, list, words) in cases {
        let port = rig.serve(&rig.authority.signs(&[host], years, 7)).await;
        let mut settings = rig.settings(port);
        settings.tls.crl = list.map(|name| rig.files.path(name));
        let says = tls_says(&settings).await;
        assert!(says.contains(words), "{words}: {says}");
    }
    let port = rig.serve(&rig.authority.signs(&[HOST], NOW, 7)).await;
    let mut settings = rig.settings(port);
    settings.tls.crl = Some(rig.files.path("good.crl"));
    rig.goes_through(settings).await;
}

#[tokio::test]
async fn tls_1_2_is_spoken_only_where_it_is_allowed() {
    let rig = Rig::new().await;
    let pair = rig.authority.signs(&[HOST], NOW, 1);
    let server = Server {
        pair: &pair,
        clients: None,
        version: &TLS12,
    };
    let port = server.before(rig.hub_port()).await;
    let says = tls_says(&rig.settings(port)).await;
    assert!(says.contains("no version of TLS"), "{says}");
    assert!(says.contains("link.oldest_tls = \"1.2\""), "{says}");
    let mut allowed = rig.settings(port);
    allowed.tls.oldest = OldestTls::V12;
    rig.goes_through(allowed).await;
}

/// With both versions, because TLS 1.3 refuses a client only after its
/// handshake and 1.2 has no alert of its own for it.
#[tokio::test]
async fn a_client_certificate_is_shown_renewed_and_refused() {
    let rig = Rig::new().await;
    let pair = rig.authority.signs(&[HOST], NOW, 1);
    let (officers, others) = (Authority::named("Officers"), Authority::named("Others"));
    for version in [&TLS13, &TLS12] {
        let server = Server {
            pair: &pair,
            clients: Some(&officers),
            version,
        };
        let mut settings = rig.settings(server.before(rig.hub_port()).await);
        settings.tls.oldest = OldestTls::V12;
        let (_, says) = why(&settings).await;
        assert!(says.contains("client certificate"), "{says}");
        assert!(says.contains("link.client_cert"), "{says}");
        // Files of the right names with the wrong certificate, then renewed:
        // the same settings read them again.
        settings.tls.client = Some(rig.client(&others.signs(&["ana.example"], NOW, 2)));
        let (_, says) = why(&settings).await;
        assert!(
            says.contains("does not accept this client certificate"),
            "{says}"
        );
        rig.client(&officers.signs(&["ana.example"], NOW, 3));
        rig.goes_through(settings).await;
    }
}

#[tokio::test]
async fn a_renewed_certificate_is_shown_at_the_next_connect_of_the_same_link() {
    let rig = Rig::new().await;
    let pair = rig.authority.signs(&[HOST], NOW, 1);
    let (officers, others) = (Authority::named("Officers"), Authority::named("Others"));
    let server = Server {
        pair: &pair,
        clients: Some(&officers),
        version: &TLS13,
    };
    let mut settings = rig.settings(server.before(rig.hub_port()).await);
    settings.timings.longest_wait = std::time::Duration::from_millis(20);
    settings.tls.client = Some(rig.client(&others.signs(&["ana.example"], NOW, 2)));
    let mut console = Console::start(settings);
    let (why, retry_in) = console.wait_down().await;
    assert!(why.contains("client certificate"), "{why}");
    assert!(retry_in.is_some(), "a renewal helps without a key pressed");
    rig.client(&officers.signs(&["ana.example"], NOW, 3));
    let mut peer = rig.hub.accept().await;
    peer.begin(epoch(1), 0).await;
    console.wait_caught_up().await;
}

#[tokio::test]
async fn keys_that_others_may_read_and_files_that_are_none_are_refused() {
    let rig = Rig::new().await;
    let pair = rig.authority.signs(&[HOST], NOW, 1);
    let mut settings = rig.settings(rig.serve(&pair).await);
    settings.tls.client = Some(rig.client(&rig.authority.signs(&["ana.example"], NOW, 2)));
    let key = rig.files.path("me.key");
    let open = std::fs::Permissions::from_mode(0o640);
    std::fs::set_permissions(&key, open).expect("is ours");
    let says = tls_says(&settings).await;
    assert!(says.contains("me.key") && says.contains("0600"), "{says}");

    settings.tls.client = None;
    settings.tls.crl = Some(rig.files.path("ca.pem"));
    let says = tls_says(&settings).await;
    assert!(says.contains("no revocation list in it"), "{says}");
    settings.tls.crl = None;
    settings.tls.ca = Some(rig.files.path("nowhere.pem"));
    let says = tls_says(&settings).await;
    assert!(says.contains("nowhere.pem"), "{says}");
    settings.tls.ca = Some(key);
    let says = tls_says(&settings).await;
    assert!(says.contains("no certificate in it"), "{says}");
}

#[tokio::test]
async fn what_does_not_speak_tls_or_closes_is_told_as_that() {
    let rig = Rig::new().await;
    for (manner, words) in [
        (
            Manner::Says(b"HTTP/1.1 400 Bad Request\r\n\r\n"),
            "does not speak TLS",
        ),
        (Manner::Close, "accepts the connection and closes it"),
    ] {
        let fake = FakeProxy::start(manner, 1).await;
        let says = tls_says(&rig.settings(fake.port)).await;
        assert!(says.contains(words), "{says}");
    }
    // The other way round: http:// where TLS is spoken.
    let port = rig.serve(&rig.authority.signs(&[HOST], NOW, 1)).await;
    let mut plain = rig.settings(port);
    plain.hub = plain.hub.replace("https", "http");
    let (step, says) = why(&plain).await;
    assert_eq!(step, Step::WebSocket);
    assert!(says.contains("http and https"), "{says}");
}
