//! The configuration as an operator meets it: the example file, good files with
//! what they come to, bad files with the sentences that they get.
//!
//! `tests/config/valid/NAME.toml` stands beside `NAME.txt`, the keys that differ
//! from the defaults; `invalid/NAME.toml` beside `NAME.txt`, every sentence.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use watchfloor::config::{
    self, Config, ConfigError, Origin, Override, known_keys, overrides_from_env, resolve,
};

const EXAMPLE: &str = include_str!("../config.example.toml");

fn read(text: &str) -> Result<Config, ConfigError> {
    resolve(Some((Path::new("config.toml"), text)), &[])
}

/// The example with "#key = …" and "#[section]" switched on.
fn switched_on() -> String {
    let switch = |line: &str| {
        let body = line.strip_prefix('#').unwrap_or(line);
        let on = body.starts_with(|c: char| c.is_ascii_lowercase() || c == '[' || c == '"');
        if on { body.to_owned() } else { line.to_owned() }
    };
    EXAMPLE.lines().map(switch).collect::<Vec<_>>().join("\n")
}

#[test]
fn the_example_is_exactly_the_defaults() {
    let defaults = resolve(None, &[]).unwrap();
    let example = read(EXAMPLE).unwrap();
    let plain = |config: &Config| -> Vec<(String, Option<String>)> {
        let entries = config.entries.iter();
        entries.map(|e| (e.key.clone(), e.value.clone())).collect()
    };
    assert_eq!(plain(&example), plain(&defaults));
    let unset = defaults.entries.iter().filter(|e| e.value.is_some());
    for entry in unset {
        let written = example.entries.iter().find(|e| e.key == entry.key).unwrap();
        let in_file = matches!(written.origin, Origin::File { .. });
        assert!(
            in_file,
            "{} has a default that the example does not write",
            entry.key
        );
    }
}

#[test]
fn the_example_shows_every_key_and_all_its_examples_are_right() {
    let config = read(&switched_on()).map_err(|e| e.to_string()).unwrap();
    let shown: BTreeSet<String> = config
        .entries
        .iter()
        .filter(|entry| matches!(entry.origin, Origin::File { .. }))
        .map(|entry| {
            let key = entry.key.replace("channels.council", "channels.NAME");
            let free = [
                "channels.NAME.vars.",
                "channels.NAME.secrets.",
                "console.keys.",
            ];
            match free.iter().find(|prefix| key.starts_with(**prefix)) {
                Some(prefix) => format!("{prefix}NAME"),
                None => key,
            }
        })
        .collect();
    for entry in known_keys() {
        assert!(
            shown.contains(&entry.key),
            "config.example.toml does not show {}",
            entry.key
        );
    }
}

/// What stands before each key: the words that document it.
#[test]
fn the_example_says_something_of_every_section() {
    let lines: Vec<&str> = EXAMPLE.lines().collect();
    for (at, line) in lines.iter().enumerate() {
        if line.starts_with("#[") {
            let before = lines[..at]
                .iter()
                .rev()
                .find(|l| !l.starts_with("#["))
                .unwrap();
            assert!(
                before.starts_with("# "),
                "line {}: {line} has no words above it",
                at + 1
            );
        }
    }
}

fn fixtures(kind: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/config")
        .join(kind);
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder)
        .expect("the folder of fixtures is there")
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|e| e == "toml"))
        .collect();
    files.sort();
    assert!(!files.is_empty());
    files
}

fn beside(file: &Path) -> String {
    std::fs::read_to_string(file.with_extension("txt")).unwrap_or_default()
}

#[test]
fn bad_files_get_their_sentences() {
    for file in fixtures("invalid") {
        let text = std::fs::read_to_string(&file).unwrap();
        let said = match read(&text) {
            Ok(_) => panic!("{} was taken", file.display()),
            Err(error) => error.to_string(),
        };
        assert_eq!(
            said.trim_end(),
            beside(&file).trim_end(),
            "{}",
            file.display()
        );
    }
}

#[test]
fn good_files_come_to_what_they_say() {
    for file in fixtures("valid") {
        let text = std::fs::read_to_string(&file).unwrap();
        let config = read(&text).map_err(|e| e.to_string()).unwrap();
        let set: Vec<String> = config
            .entries
            .iter()
            .filter(|entry| entry.origin != Origin::Default)
            .map(|e| {
                format!(
                    "{} = {} ({})",
                    e.key,
                    e.value.clone().unwrap_or_default(),
                    e.origin
                )
            })
            .collect();
        assert_eq!(
            set.join("\n"),
            beside(&file).trim_end(),
            "{}",
            file.display()
        );
    }
}

#[test]
fn flags_win_over_the_environment_and_that_over_the_file() {
    let text = "[hub]\nname = \"file\"\nidle_limit = \"5m\"\nlink_lost = \"40s\"\n";
    let variables = [
        ("WATCHFLOOR_HUB_NAME", "environment"),
        ("WATCHFLOOR_HUB_IDLE_LIMIT", "6m"),
        ("WATCHFLOOR_HUB_TRUSTED_PROXIES", "10.0.0.1, 10.1.0.0/16"),
        ("WATCHFLOOR_PAGE_ATTEMPTS", "3"),
        ("WATCHFLOOR_TOKEN", "names no key"),
    ];
    let owned = variables.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let mut overrides = overrides_from_env(owned.into_iter());
    overrides.push(Override {
        key: "hub.name".into(),
        value: "flag".into(),
        origin: Origin::Flag("--name".into()),
    });
    let path = Path::new("config.toml");
    let config = resolve(Some((path, text)), &overrides).unwrap();
    let origins = [
        (
            config.hub.name.value.clone(),
            config.hub.name.origin.to_string(),
        ),
        (
            config::spell(*config.hub.idle_limit),
            config.hub.idle_limit.origin.to_string(),
        ),
        (
            config::spell(*config.hub.link_lost),
            config.hub.link_lost.origin.to_string(),
        ),
        (
            config::spell(*config.hub.ack_rest),
            config.hub.ack_rest.origin.to_string(),
        ),
        (
            config.page.attempts.to_string(),
            config.page.attempts.origin.to_string(),
        ),
    ];
    let expected = [
        ("flag", "flag --name"),
        ("6m", "environment WATCHFLOOR_HUB_IDLE_LIMIT"),
        ("40s", "config.toml:4"),
        ("15m", "default"),
        ("3", "environment WATCHFLOOR_PAGE_ATTEMPTS"),
    ];
    assert_eq!(
        origins,
        expected.map(|(value, origin)| (value.to_owned(), origin.to_owned()))
    );
    assert_eq!(config.hub.trusted_proxies.len(), 2);
}

#[test]
fn a_wrong_variable_is_named() {
    let overrides = [Override {
        key: "page.attempts".into(),
        value: "many".into(),
        origin: Origin::Env("WATCHFLOOR_PAGE_ATTEMPTS".into()),
    }];
    let said = resolve(None, &overrides).unwrap_err().to_string();
    let expected = "environment WATCHFLOOR_PAGE_ATTEMPTS: page.attempts has to be a whole number from 0 to 4294967295.";
    assert_eq!(said, expected);
}

#[test]
fn a_secret_in_the_wrong_place_is_not_repeated() {
    let text =
        "[page.webhook]\nurl = \"https://pager.example\"\nsecret = \"hunter2-in-the-clear\"\n";
    let error = read(text).unwrap_err();
    assert!(!error.to_string().contains("hunter2"), "{error}");
    assert!(!format!("{error:?}").contains("hunter2"), "{error:?}");
}
