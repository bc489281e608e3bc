//! The small kinds of values, and secrets that are read late.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::time::Duration;

use super::officer::Quiet;
use super::*;

#[test]
fn times_are_read_and_spelt() {
    let seconds = |text: &str| duration(text).map(|span| span.as_secs());
    for (text, expected) in [("90s", 90), ("15m", 900), ("1h30m", 5400), ("7d", 604_800)] {
        assert_eq!(seconds(text), Some(expected), "{text}");
        assert_eq!(
            duration(&spell(Duration::from_secs(expected))),
            duration(text)
        );
    }
    for text in [
        "",
        "90",
        "s",
        "1.5h",
        "-1s",
        "1h 30m",
        "1w",
        "99999999999999999999s",
        "9999999999d",
    ] {
        assert_eq!(seconds(text), None, "{text}");
    }
    assert_eq!(spell(Duration::ZERO), "0s");
}

fn nets(text: &str) -> Vec<Net> {
    let text = format!("[hub]\ntrusted_proxies = [\"{text}\"]");
    resolve(Some((Path::new("c.toml"), &text)), &[])
        .unwrap()
        .hub
        .trusted_proxies
        .value
}

#[test]
fn networks_hold_their_addresses() {
    let cases = [
        ("10.1.0.0/16", "10.1.255.255", true),
        ("10.1.0.0/16", "10.2.0.0", false),
        ("10.1.0.0/16", "::ffff:10.1.2.3", true),
        ("0.0.0.0/0", "203.0.113.1", true),
        ("0.0.0.0/0", "2001:db8::1", false),
        ("2001:db8::/32", "2001:db8:ffff::1", true),
        ("::1", "::1", true),
        ("::1", "::2", false),
        ("192.0.2.1", "192.0.2.1", true),
    ];
    for (net, address, expected) in cases {
        let inside = nets(net)[0].contains(address.parse().unwrap());
        assert_eq!(inside, expected, "{address} in {net}");
    }
}

#[test]
fn quiet_hours_may_pass_midnight() {
    let night = Quiet {
        from: 22 * 60,
        to: 6 * 60,
    };
    assert!(night.covers(23 * 60) && night.covers(0) && night.covers(359));
    assert!(!night.covers(360) && !night.covers(12 * 60));
    let noon = Quiet { from: 720, to: 780 };
    assert!(noon.covers(720) && !noon.covers(780) && !noon.covers(0));
}

fn secret_file(mode: u32, content: &[u8]) -> (tempfile::TempDir, SecretRef) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("secret");
    std::fs::write(&path, content).unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
    (folder, SecretRef::File(path))
}

#[test]
fn a_secret_is_read_without_its_line_end_and_shown_nowhere() {
    let (_folder, secret) = secret_file(0o600, b"hunter2\n");
    let value = secret.resolve().unwrap();
    assert_eq!(value.expose(), "hunter2");
    assert!(!format!("{value:?} {secret} {secret:?}").contains("hunter2"));
}

#[test]
fn a_secret_that_others_may_read_is_refused() {
    for mode in [0o644, 0o640, 0o604] {
        let (_folder, secret) = secret_file(mode, b"hunter2");
        let said = secret.resolve().unwrap_err().to_string();
        assert!(
            said.contains(&format!("mode {mode:04o}")) && !said.contains("hunter2"),
            "{said}"
        );
    }
}

#[test]
fn an_empty_or_huge_or_missing_secret_is_refused() {
    for content in [vec![], b"\n".to_vec(), vec![b'x'; 70_000], vec![0xff, 0xfe]] {
        let (_folder, secret) = secret_file(0o600, &content);
        assert!(secret.resolve().is_err(), "{} bytes", content.len());
    }
    let missing = SecretRef::Env("WATCHFLOOR_NO_SUCH_SECRET".into())
        .resolve()
        .unwrap_err();
    let expected = "The environment variable WATCHFLOOR_NO_SUCH_SECRET, which should hold a secret, is not set.";
    assert_eq!(missing.to_string(), expected);
    let outside = SecretRef::Credential("../etc/shadow".into())
        .resolve()
        .unwrap_err();
    assert!(matches!(outside, SecretError::NotACredential(_)));
}

#[test]
fn another_room_names_the_place_of_what_it_parses() {
    let text = "[[rule]]\nname = \"r\"\nwhen = \"kind:alarm\"\n";
    let config = resolve(Some((Path::new("config.toml"), text)), &[]).unwrap();
    let problem = config.rules[0].when.problem("There is no kind \"alarm\".");
    assert_eq!(
        problem.to_string(),
        "config.toml:3: There is no kind \"alarm\"."
    );
}

#[test]
fn variables_are_made_of_keys_and_secrets_may_be_named_in_them() {
    let variables = [
        ("WATCHFLOOR_PAGE_WEBHOOK_URL", "https://pager.example"),
        ("WATCHFLOOR_PAGE_WEBHOOK_SECRET", "file:/run/pager"),
    ];
    let owned = variables.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let config = resolve(None, &overrides_from_env(owned.into_iter())).unwrap();
    let webhook = config.page.webhook.unwrap();
    assert_eq!(
        webhook.secret.unwrap().value,
        SecretRef::File("/run/pager".into())
    );
}
