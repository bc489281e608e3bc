//! The way to the hub through proxies and a program: the stream and single
//! questions alike, names looked up where they should be, each fault with its
//! own words, and nothing of an account in any of them.

use std::time::Duration;

use tokio::net::TcpListener;
use watchfloor::config::proxy::ProxyUrl;
use watchfloor::link::{By, LinkSettings, Once, Route, Step, Token, try_out};

use super::fake_hub::{Console, FakeHub, epoch};
use super::fake_proxy::{FakeProxy, Manner};

/// A hub under a name that nobody knows: only a proxy can lead there.
const HUB: &str = "http://floor.invalid:4780";
/// Of user "ana" with the password "hush".
const BASIC: &str = "Proxy-Authorization: Basic YW5hOmh1c2g=";

fn through(by: By) -> LinkSettings {
    let mut settings = LinkSettings::new(HUB, Some(Token::new("sesame")));
    // The token is the test's, and the proxy leads to this machine.
    settings.allow_plaintext = true;
    settings.timings.longest_wait = Duration::from_millis(20);
    settings.route = Route {
        by,
        because: "the test".into(),
    };
    settings
}

fn proxy(url: &str) -> LinkSettings {
    through(By::Proxy(ProxyUrl::parse(url).expect("a proxy's address")))
}

fn port_of(hub: &FakeHub) -> u16 {
    let url = hub.settings().hub;
    let (_, port) = url.rsplit_once(':').expect("it has a port");
    port.parse().expect("a number")
}

/// A session and a question go through, each on its own connection.
async fn both_go_through(settings: LinkSettings, hub: &FakeHub) {
    let mut console = Console::start(settings.clone());
    let mut peer = hub.accept().await;
    assert_eq!(peer.authorization.as_deref(), Some("Bearer sesame"));
    peer.begin(epoch(1), 0).await;
    console.wait_caught_up().await;
    console.link.close().await;
    let once = Once::new(&settings).expect("settings are right");
    let ask = tokio::spawn(async move { once.get_bytes("/healthz", &[]).await });
    hub.answer_http("200 OK").await;
    ask.await.expect("it ends").expect("an answer");
}

async fn why(settings: &LinkSettings) -> (Step, String) {
    let trial = try_out(settings).await;
    let last = trial.steps.last().expect("a step was taken");
    assert!(last.detail.is_none(), "the last step failed: {last:?}");
    let says = trial.met.expect_err("there is no hub").to_string();
    assert!(!says.contains("hush") && !says.contains("sesame"), "{says}");
    (last.step, says)
}

#[tokio::test]
async fn http_connect_leads_the_stream_and_questions_to_the_hub() {
    let hub = FakeHub::bind().await;
    let fake = FakeProxy::start(Manner::Connect(None), port_of(&hub)).await;
    both_go_through(proxy(&format!("http://127.0.0.1:{}", fake.port)), &hub).await;
    assert_eq!(fake.asked(), ["floor.invalid:4780", "floor.invalid:4780"]);
}

#[tokio::test]
async fn http_connect_with_an_account() {
    let hub = FakeHub::bind().await;
    let fake = FakeProxy::start(Manner::Connect(Some(BASIC)), port_of(&hub)).await;
    let at = |account: &str| proxy(&format!("http://{account}127.0.0.1:{}", fake.port));
    both_go_through(at("ana:hush@"), &hub).await;
    let (step, says) = why(&at("")).await;
    assert_eq!(step, Step::Proxy);
    assert!(says.contains("wants a user and password"), "{says}");
    let (_, says) = why(&at("ana:hushed@")).await;
    assert!(says.contains("does not accept the user"), "{says}");
}

#[tokio::test]
async fn socks_leads_there_and_looks_the_name_up_itself() {
    let hub = FakeHub::bind().await;
    let fake = FakeProxy::start(Manner::Socks(None), port_of(&hub)).await;
    both_go_through(proxy(&format!("socks5h://127.0.0.1:{}", fake.port)), &hub).await;
    assert_eq!(fake.asked(), ["floor.invalid:4780", "floor.invalid:4780"]);
    // With socks5:// the name is this machine's affair.
    let here = proxy(&format!("socks5://127.0.0.1:{}", fake.port));
    let (_, says) = why(&here).await;
    assert!(says.contains("floor.invalid was not found"), "{says}");
    let mut here = here;
    here.hub = "http://localhost:4780".into();
    let mut console = Console::start(here);
    hub.accept().await.begin(epoch(1), 0).await;
    console.wait_caught_up().await;
    assert_eq!(
        fake.asked().last().map(String::as_str),
        Some("127.0.0.1:4780")
    );
}

#[tokio::test]
async fn socks_with_an_account() {
    let hub = FakeHub::bind().await;
    let fake = FakeProxy::start(Manner::Socks(Some(("ana", "hush"))), port_of(&hub)).await;
    let at = |account: &str| proxy(&format!("socks5h://{account}127.0.0.1:{}", fake.port));
    both_go_through(at("ana:hush@"), &hub).await;
    let (_, says) = why(&at("")).await;
    assert!(says.contains("wants a user and password"), "{says}");
    let (_, says) = why(&at("ana:hushed@")).await;
    assert!(says.contains("does not accept the user"), "{says}");
}

#[tokio::test]
async fn each_fault_of_a_proxy_has_its_own_words() {
    let cases: [(&str, Manner, &str); 10] = [
        (
            "http",
            Manner::Status(403),
            "does not allow connections to floor.invalid:4780 (HTTP 403)",
        ),
        (
            "http",
            Manner::Status(503),
            "can't reach floor.invalid:4780 (HTTP 503)",
        ),
        (
            "http",
            Manner::Close,
            "accepts the connection and closes it",
        ),
        (
            "http",
            Manner::Says(b"SSH-2.0-x\r\n"),
            "does not answer as an HTTP proxy",
        ),
        ("socks5h", Manner::Reply(2), "does not allow connections"),
        ("socks5h", Manner::Reply(4), "does not know the name"),
        ("socks5h", Manner::Reply(5), "refuses connections"),
        (
            "socks5h",
            Manner::Close,
            "accepts the connection and closes it",
        ),
        (
            "socks5h",
            Manner::Says(b"HTTP/1.1 400 No\r\n\r\n"),
            "does not answer as a SOCKS5 proxy",
        ),
        (
            "https",
            Manner::Says(b"HTTP/1.1 400 No\r\n\r\n"),
            "does not speak TLS",
        ),
    ];
    for (scheme, manner, words) in cases {
        let fake = FakeProxy::start(manner.clone(), 1).await;
        let settings = proxy(&format!("{scheme}://ana:hush@127.0.0.1:{}", fake.port));
        let (step, says) = why(&settings).await;
        assert_eq!(step, Step::Proxy, "{manner:?}: {says}");
        assert!(says.contains(words), "{manner:?}: {says}");
        let asked = Once::new(&settings).expect("settings are right");
        let once = asked.get_bytes("/healthz", &[]).await.expect_err("no hub");
        assert_eq!(once.to_string(), says, "the same words for a question");
    }
}

#[tokio::test]
async fn a_proxy_that_can_not_be_reached_or_is_slow_is_told() {
    let closed = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = closed.local_addr().expect("is bound").port();
    drop(closed);
    let (step, says) = why(&proxy(&format!("http://ana:hush@127.0.0.1:{port}"))).await;
    assert_eq!(step, Step::Tcp);
    assert!(
        says.starts_with(&format!(
            "The proxy http://127.0.0.1:{port} can't be reached"
        )),
        "{says}"
    );
    assert!(says.contains("refuses connections"), "{says}");
    let (step, says) = why(&proxy("http://proxy.invalid:3128")).await;
    assert_eq!(step, Step::Name);
    assert!(says.contains("proxy.invalid was not found"), "{says}");
    let fake = FakeProxy::start(Manner::Silent, 1).await;
    let mut settings = proxy(&format!("http://127.0.0.1:{}", fake.port));
    settings.timings.connect = Duration::from_millis(300);
    let (step, says) = why(&settings).await;
    assert_eq!(step, Step::Proxy);
    assert!(says.contains("slow or stuck"), "{says}");
}

/// What a port does that is no hub's, without a proxy.
#[tokio::test]
async fn a_port_that_closes_or_says_something_else_is_told_as_that() {
    for (manner, words) in [
        (Manner::Close, "accepts the connection and closes it"),
        (
            Manner::Says(b"SSH-2.0-OpenSSH_9.2\r\n"),
            "not as a web server",
        ),
        (Manner::Status(200), "no hub under this address"),
        (Manner::Status(302), "a token must not go"),
        (Manner::Status(502), "the proxy before the hub"),
    ] {
        let fake = FakeProxy::start(manner.clone(), 1).await;
        let settings = LinkSettings::new(format!("http://127.0.0.1:{}", fake.port), None);
        let (step, says) = why(&settings).await;
        assert_eq!(step, Step::WebSocket, "{manner:?}: {says}");
        assert!(says.contains(words), "{manner:?}: {says}");
    }
    let fake = FakeProxy::start(Manner::Status(401), 1).await;
    let settings = LinkSettings::new(format!("http://127.0.0.1:{}", fake.port), None);
    let (_, says) = why(&settings).await;
    assert!(says.contains("watchfloor token set"), "{says}");
}

fn program(script: &str) -> LinkSettings {
    let argv = ["bash", "-c", script, "relay", "%h", "%p"];
    through(By::Command(argv.map(ToOwned::to_owned).to_vec()))
}

#[tokio::test]
async fn a_program_leads_the_stream_and_questions_to_the_hub() {
    let hub = FakeHub::bind().await;
    // A relay as ssh -W is one; the name and port come to it as arguments.
    let relay = format!(
        "[ \"$1:$2\" = floor.invalid:4780 ] || exit 9; exec 3<>/dev/tcp/127.0.0.1/{}; cat <&3 & exec cat >&3",
        port_of(&hub)
    );
    both_go_through(program(&relay), &hub).await;
}

#[tokio::test]
async fn a_program_that_fails_is_told_with_its_last_words() {
    let failing = program("echo 'kex: \u{1b}[31mConnection closed' >&2; exit 255");
    let (_, says) = why(&failing).await;
    assert!(says.contains("exit code 255"), "{says}");
    assert!(
        says.contains("Connection closed") && !says.contains('\u{1b}'),
        "{says}"
    );
    let once = Once::new(&failing).expect("settings are right");
    let error = once.get_bytes("/healthz", &[]).await.expect_err("no hub");
    assert!(error.to_string().contains("exit code 255"), "{error}");
    let missing = through(By::Command(vec!["/nowhere/relay".into()]));
    let (step, says) = why(&missing).await;
    assert_eq!(step, Step::Proxy);
    assert!(says.contains("can't be started"), "{says}");
}
