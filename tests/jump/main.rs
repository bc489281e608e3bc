//! On a jump host: the real binary reaches a real hub with TLS through proxies
//! that the environment or the configuration names, keeps its token where
//! nobody else finds it, and gives nothing secret away.

#![allow(clippy::panic, reason = "a test that can't go on has failed")]

#[path = "../link/authority.rs"]
#[allow(dead_code, reason = "tests/link uses the rest")]
mod authority;
#[path = "../link/fake_proxy.rs"]
#[allow(dead_code, reason = "tests/link uses the rest")]
mod fake_proxy;
#[allow(dead_code, reason = "tests/peers uses the rest")]
mod rig;

use std::io::Write;
use std::process::Stdio;

use fake_proxy::{FakeProxy, Manner};
use rig::{HUB, Rig, said};

/// Of user "ana" with the password "hush".
const BASIC: &str = "Proxy-Authorization: Basic YW5hOmh1c2g=";
const TRUST: &str = "ca_file = \"ca.pem\"";
const CERTIFICATE: &str = "ca_file = \"ca.pem\"\nclient_cert = \"me.pem\"\nclient_key = \"me.key\"";

fn steps(report: &serde_json::Value) -> Vec<(&str, bool)> {
    let steps = report["steps"].as_array().expect("a list").iter();
    steps
        .map(|step| {
            let word = step["step"].as_str().expect("a word");
            (word, step["passed"] == true)
        })
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_environments_proxy_leads_to_the_hub_with_a_certificate() {
    let rig = Rig::new();
    let fake = FakeProxy::start(Manner::Connect(Some(BASIC)), rig.port).await;
    let url = format!("http://ana:hush@127.0.0.1:{}", fake.port);
    let report = rig.walk(CERTIFICATE, &[("HTTPS_PROXY", &url)]);
    assert_eq!(report["officer"], "ana", "{report}");
    let all = [
        "settings",
        "name",
        "TCP",
        "proxy",
        "TLS",
        "WebSocket",
        "hello",
    ];
    assert_eq!(steps(&report), all.map(|word| (word, true)));
    let route = report["route"].as_str().expect("a route");
    assert!(route.contains("environment HTTPS_PROXY"), "{route}");
    assert!(!report.to_string().contains("hush"), "{report}");
    assert_eq!(fake.asked(), ["floor.test:4780"]);

    // Single questions go the same way, and check shows it.
    let items = rig.ana(CERTIFICATE, &["items", "--json"]);
    let items = with(items, &url);
    assert!(items.status.success(), "{}", said(&items));
    let check = with(rig.ana(CERTIFICATE, &["check"]), &url);
    assert!(
        said(&check).contains("through the proxy http://127.0.0.1"),
        "{}",
        said(&check)
    );
    assert!(!said(&check).contains("hush"), "{}", said(&check));

    // NO_PROXY, and a walk that stops at the first step that fails.
    let report = rig.walk(CERTIFICATE, &[("HTTPS_PROXY", &url), ("NO_PROXY", ".test")]);
    assert_eq!(steps(&report), [("settings", true), ("name", false)]);
    let says = report["says"].as_str().expect("a sentence");
    assert!(says.contains("floor.test was not found"), "{says}");
}

fn with(mut command: std::process::Command, proxy: &str) -> std::process::Output {
    command.env("HTTPS_PROXY", proxy).output().expect("it runs")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_configured_proxy_has_its_password_from_a_secret() {
    let rig = Rig::new();
    let fake = FakeProxy::start(Manner::Socks(Some(("ana", "hush"))), rig.port).await;
    rig.files.write("proxy.secret", "hush\n");
    let more = format!(
        "proxy = \"socks5h://127.0.0.1:{}\"\nproxy_user = \"ana\"\nproxy_secret = {{ file = \"proxy.secret\" }}\n{CERTIFICATE}",
        fake.port
    );
    let report = rig.walk(&more, &[("HTTPS_PROXY", "http://127.0.0.1:1")]);
    assert_eq!(report["officer"], "ana", "{report}");
    let check = rig.ana(&more, &["check"]).output().expect("it runs");
    let check = said(&check);
    assert!(
        check.contains("{ file = ") && !check.contains("hush"),
        "{check}"
    );
    rig.files.write("proxy.secret", "wrong\n");
    let report = rig.walk(&more, &[]);
    let says = report["says"].as_str().expect("a sentence");
    assert!(says.contains("does not accept the user"), "{says}");
}

#[tokio::test(flavor = "multi_thread")]
async fn neither_keys_nor_roots_follow_the_environment() {
    let rig = Rig::new();
    let fake = FakeProxy::start(Manner::Connect(None), rig.port).await;
    let proxy = format!("proxy = \"http://127.0.0.1:{}\"", fake.port);
    let keys = rig.files.path("keys.log");
    let (keys, ca) = (keys.to_str().expect("a path"), rig.files.path("ca.pem"));
    let ca = ca.to_str().expect("a path");
    let own = "client_cert = \"me.pem\"\nclient_key = \"me.key\"";
    let environment = [("SSLKEYLOGFILE", keys), ("SSL_CERT_FILE", ca)];
    let report = rig.walk(&format!("{proxy}\n{CERTIFICATE}"), &environment);
    assert_eq!(report["officer"], "ana", "{report}");
    assert!(!std::path::Path::new(keys).exists(), "no key is logged");

    let report = rig.walk(&format!("{proxy}\n{own}"), &environment);
    let says = report["says"].as_str().expect("a sentence");
    assert!(
        says.contains("authority"),
        "the variable counts for nothing: {says}"
    );
    let report = rig.walk(
        &format!("{proxy}\nallow_env_roots = true\n{own}"),
        &environment,
    );
    assert_eq!(report["officer"], "ana", "{report}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_is_kept_used_told_and_forgotten() {
    let rig = Rig::new();
    let fake = FakeProxy::start(Manner::Connect(None), rig.port).await;
    let more = format!("proxy = \"http://127.0.0.1:{}\"\n{TRUST}", fake.port);
    let report = rig.walk(&more, &[]);
    let says = report["says"].as_str().expect("a sentence");
    assert!(says.contains("watchfloor token set"), "{says}");

    let mut set = rig
        .ana(&more, &["token", "set"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("it runs");
    let mut input = set.stdin.take().expect("a pipe");
    writeln!(input, "{}", rig.token).expect("it reads");
    drop(input);
    let set = set.wait_with_output().expect("it ends");
    assert!(set.status.success(), "{}", said(&set));
    let at = rig
        .ana(&more, &["token", "show-where"])
        .output()
        .expect("it runs");
    let at = said(&at);
    assert!(at.contains("tokens/floor.test%3A4780"), "{at}");
    let report = rig.walk(&more, &[]);
    assert_eq!(report["officer"], "ana", "{report}");
    let words = format!("{}{at}{report}", said(&set));
    assert!(!words.contains(&rig.token), "{words}");

    let gone = rig
        .ana(&more, &["token", "forget"])
        .output()
        .expect("it runs");
    assert!(said(&gone).contains("is gone from"), "{}", said(&gone));
    let at = rig
        .ana(&more, &["token", "show-where"])
        .output()
        .expect("it runs");
    assert_eq!(at.status.code(), Some(1));
    assert!(said(&at).contains(HUB), "{}", said(&at));
    // A certificate that the hub revoked is another matter: a wrong token.
    rig.files.write("token", "nonsense");
    let report = rig.walk(&format!("{more}\ntoken_file = \"token\""), &[]);
    let says = report["says"].as_str().expect("a sentence");
    assert!(says.contains("does not accept this credential"), "{says}");
}

/// The kernel's keyring, where there is one for us: containers may have none.
#[cfg(target_os = "linux")]
#[test]
fn the_keyring_keeps_a_token_for_a_time() {
    use std::time::Duration;
    use watchfloor::config::Secret;
    use watchfloor::config::words::TokenStore;
    use watchfloor::tokens::{Place, Shelf, TokenError};
    let hub = format!("https://floor.test/{}", uuid::Uuid::new_v4());
    let shelf = Shelf::new(TokenStore::Keyring, None);
    let hush = Secret::new("hush".into());
    match shelf.put(&hub, &hush, Some(Duration::from_mins(10))) {
        Err(TokenError::Keyring(why)) => {
            eprintln!("skipped, because this machine has no keyring for us: {why}");
            return;
        }
        put => assert_eq!(put.expect("is put there"), Place::Keyring),
    }
    let (found, place) = shelf.find(&hub).expect("can be read").expect("is there");
    assert_eq!((found.expose(), place), ("hush", Place::Keyring));
    // Another of the same name takes its place.
    shelf
        .put(&hub, &Secret::new("new".into()), None)
        .expect("is put there");
    let (found, _) = shelf.find(&hub).expect("can be read").expect("is there");
    assert_eq!(found.expose(), "new");
    assert_eq!(shelf.forget(&hub).expect("is gone"), [Place::Keyring]);
    assert!(shelf.find(&hub).expect("can be asked").is_none());
}

#[cfg(target_os = "linux")]
#[test]
fn a_process_leaves_no_core() {
    let rig = Rig::new();
    let limits = std::fs::read_to_string(format!("/proc/{}/limits", rig.hub_pid()));
    let limits = limits.expect("the hub runs");
    let core = limits
        .lines()
        .find(|line| line.starts_with("Max core file size"));
    let words: Vec<&str> = core.expect("a line").split_whitespace().collect();
    assert_eq!(words[4..6], ["0", "0"], "{limits}");
}
