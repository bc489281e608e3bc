//! The real binary on the command line: a hub as a child process, and the verbs
//! against it and against its log.

#![allow(
    unreachable_pub,
    clippy::unwrap_used,
    clippy::panic,
    clippy::similar_names,
    clippy::too_many_lines,
    clippy::duration_suboptimal_units,
    reason = "a test may stop where it stands"
)]

#[path = "cli/files.rs"]
mod files;
#[path = "cli/outward.rs"]
mod outward;
#[path = "cli/rig.rs"]
mod rig;

use rig::{Rig, said};

#[test]
fn a_broken_theme_is_told_with_its_place() {
    let home = tempfile::tempdir().unwrap();
    let themes = home.path().join("themes");
    std::fs::create_dir(&themes).unwrap();
    let config = home.path().join("config.toml");
    std::fs::write(&config, "[console]\n").unwrap();
    let check = || {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_watchfloor"));
        command.arg("--config").arg(&config).arg("check");
        command.env_clear().env("HOME", home.path());
        command.output().unwrap()
    };
    let dusk = themes.join("dusk.toml");
    std::fs::write(
        &dusk,
        "inherits = \"dark\"\n\n[roles]\ntext = { fg = \"#zz0000\" }\n",
    )
    .unwrap();
    let wrong = check();
    assert_eq!(wrong.status.code(), Some(2), "{}", said(&wrong));
    let place = format!("{}:4: ", dusk.display());
    assert!(said(&wrong).contains(&place), "{}", said(&wrong));
    std::fs::write(
        &dusk,
        "inherits = \"dark\"\n\n[roles]\ntext = { fg = \"#ee0000\" }\n",
    )
    .unwrap();
    let right = check();
    assert!(right.status.success(), "{}", said(&right));
}

#[test]
fn a_floor_is_worked_by_the_command_line_alone() {
    let mut rig = Rig::new();
    rig.seed(&["a burst main\u{1b}[31m", "no tram", "thanks"]);
    rig.start_hub();

    // Who may come in.
    let made = rig.run(&["officers", "add", "ana", "--role", "officer"]);
    assert!(made.status.success(), "{}", said(&made));
    let token = String::from_utf8(made.stdout).unwrap();
    assert_eq!(token.lines().count(), 1);
    let listed = rig.out(&["officers", "list", "--json"]);
    let account: serde_json::Value = serde_json::from_str(&listed).unwrap();
    assert_eq!(
        (account["id"].as_str(), account["role"].as_str()),
        (Some("ana"), Some("officer"))
    );
    assert!(!listed.contains(token.trim()) && account.get("token").is_none());

    // What is there.
    let items = rig.out(&["items", "--json"]);
    assert_eq!(items.lines().count(), 3);
    assert!(
        items.contains("\\u001b[31m"),
        "the wire's form keeps what came, escaped"
    );
    let table = rig.out(&["items", "chan:town"]);
    assert!(
        table.contains("burst main") && !table.contains('\u{1b}'),
        "{table}"
    );
    let shown = rig.out(&["show", "#1", "--history"]);
    assert!(
        shown.contains("item arrived") && !shown.contains('\u{1b}'),
        "{shown}"
    );
    let wrong = rig.run(&["items", "sev>>"]);
    assert_eq!(wrong.status.code(), Some(2), "{}", said(&wrong));

    // The stream, from before the verbs are given.
    let mut tail = rig.tail();

    // What is done.
    let done = rig.out(&["do", "resolve", "1", "2", "--note", "crew is there"]);
    assert_eq!(done, "#1 resolved\n#2 resolved\n");
    let again = rig.run(&["do", "resolve", "1"]);
    assert_eq!(again.status.code(), Some(1));
    assert!(said(&again).contains("#1 refused: "), "{}", said(&again));
    let given = rig.out(&["do", "feedback", "3", "--feedback", "not-relevant"]);
    assert!(given.contains('3'), "{given}");
    let unclaimed = rig.run(&["do", "confirm-claim", "3"]);
    assert_eq!(unclaimed.status.code(), Some(1));
    let wrong = rig.run(&["do", "feedback", "3", "--feedback", "odd"]);
    assert_eq!(wrong.status.code(), Some(2));
    let useless = rig.run(&["do", "take", "3", "--priority", "1"]);
    assert_eq!(useless.status.code(), Some(2));
    let outcome = rig.out(&["do", "--json", "snooze", "3", "--until", "30m"]);
    let outcome: serde_json::Value = serde_json::from_str(&outcome).unwrap();
    assert_eq!(outcome["verb"], "snooze");
    assert!(rig.out(&["items", "is:snoozed"]).contains("#3"));
    let event = tail.next_with("item_resolved");
    assert_eq!(
        (event["id"].as_u64(), event["key"].is_string()),
        (Some(1), true)
    );
    tail.end();

    let revoked = rig.run(&["officers", "revoke", "ana"]);
    assert!(revoked.status.success());
    assert!(rig.out(&["officers", "list"]).contains("revoked"));
    let checked = rig.out(&["check"]);
    assert!(
        checked.contains("hub.listen") && checked.contains("(admin)"),
        "{checked}"
    );

    // One hub a folder, and the log is its own.
    let second = rig.run(&["hub", "--listen", "127.0.0.1:0"]);
    assert_eq!(second.status.code(), Some(1));
    assert!(said(&second).contains("in use"), "{}", said(&second));
    // Content goes and is held through the hub that runs, by its private door.
    rig.out(&["hold", "add", "court", "--item", "#1", "--reason", "a case"]);
    assert!(rig.out(&["hold", "list", "--json"]).contains("\"court\""));
    let held = rig.run(&["erase", "--item", "1", "--reason", "asked for"]);
    assert_eq!(held.status.code(), Some(1));
    assert!(said(&held).contains("\"court\""), "{}", said(&held));
    rig.out(&["hold", "lift", "court", "--reason", "closed"]);
    let again = rig.run(&["hold", "lift", "court", "--reason", "closed"]);
    assert!(said(&again).contains("no hold court"), "{}", said(&again));
    let erased = rig.out(&["erase", "--item", "1", "--reason", "asked for", "--json"]);
    let erased: serde_json::Value = serde_json::from_str(&erased).unwrap();
    assert_eq!(
        (&erased["items"][0][0], &erased["held"]),
        (&1.into(), &0.into())
    );
    let shown = rig.out(&["show", "1", "--history"]);
    assert!(
        !shown.contains("burst main") && shown.contains("erased"),
        "{shown}"
    );
    // An officer who is no administrator is told so.
    let eva = rig.out(&["officers", "add", "eva", "--role", "supervisor"]);
    let token = rig.private("eva.token", &eva);
    let url = rig.address();
    let eva = ["--hub", &url, "--token-file", &token];
    for wish in [
        &["erase", "--item", "2", "--reason", "asked for"][..],
        &["hold", "list"],
    ] {
        // The hub looks at the officers' file every two seconds, and hears nobody
        // who failed ten times in a minute.
        let refused = rig.run_until(&[&eva[..], wish].concat(), |says| {
            let unknown = says.contains("401");
            if unknown {
                std::thread::sleep(std::time::Duration::from_millis(500));
            }
            !unknown
        });
        assert_eq!(refused.status.code(), Some(1));
        let says = said(&refused);
        assert!(
            says.contains("role admin on all desks; you came in as eva (supervisor)"),
            "{says}"
        );
    }

    assert!(
        rig.piped_to_one_line(&["items", "--json"]),
        "a closed pipe is no failure"
    );
    rig.stop_hub();
    let nobody = rig.run(&["items"]);
    assert_eq!(nobody.status.code(), Some(1));
    assert!(
        said(&nobody).contains("none of yours runs"),
        "{}",
        said(&nobody)
    );
}

#[test]
fn the_log_is_proved_kept_and_erased_by_rule() {
    let rig = Rig::new();
    rig.seed(&["one", "two", "three"]);
    let proved = rig.out(&["verify", "--json"]);
    let proved: serde_json::Value = serde_json::from_str(&proved).unwrap();
    let head = proved["head"]["hash"].as_str().unwrap().to_owned();
    rig.out(&["verify", "--head", &head]);

    let backup = rig.path("backup.db");
    rig.out(&["backup", &backup]);
    assert_eq!(
        rig.run(&["backup", &backup]).status.code(),
        Some(1),
        "never over a file"
    );
    let fresh = rig.path("restored");
    rig.out(&["restore", &backup, "--data-dir", &fresh]);
    rig.out(&["verify", "--data-dir", &fresh, "--head", &head]);

    // A copy in which one word of one event is another.
    let forged = rig.forge(&backup, "two", "TWO");
    let bad = rig.run(&["verify", &forged]);
    assert_eq!(bad.status.code(), Some(1));
    assert!(
        said(&bad).contains("not sound from event 2 on"),
        "{}",
        said(&bad)
    );

    rig.out(&["hold", "add", "court", "--item", "1", "--reason", "a case"]);
    let held = rig.run(&["erase", "--item", "1", "--reason", "asked for"]);
    assert!(said(&held).contains("court"), "{}", said(&held));
    assert!(rig.out(&["hold", "list"]).contains("court"));
    rig.out(&["hold", "lift", "court", "--reason", "closed"]);
    rig.out(&["erase", "--item", "1", "--reason", "asked for"]);
    let after = rig.out(&["verify", "--json"]);
    assert!(after.contains("\"erased\":1"), "{after}");
}

#[test]
fn what_is_wrong_is_said_with_its_place() {
    let rig = Rig::new();
    let file = rig.write(
        "wrong.toml",
        "[hub]\nname = \"x\"\nlissten = \"127.0.0.1:1\"\n",
    );
    let wrong = rig.run(&["--config", &file, "check"]);
    assert_eq!(wrong.status.code(), Some(2));
    let says = said(&wrong);
    assert!(
        says.contains("wrong.toml:3") && says.contains("listen"),
        "{says}"
    );

    let file = rig.write("view.toml", "[[view]]\nname = \"x\"\nfilter = \"sev>>\"\n");
    let wrong = rig.run(&["--config", &file, "check"]);
    assert_eq!(wrong.status.code(), Some(2), "{}", said(&wrong));
    assert!(said(&wrong).contains("view.toml:3"), "{}", said(&wrong));

    assert_eq!(rig.run(&["fly"]).status.code(), Some(2));
    for (bad, code, words) in [
        (
            &["demo", "--headless", "--speed", "0"][..],
            2,
            "from 0.05 to 10000",
        ),
        (
            &["demo", "--headless", "--speed", "fast"],
            2,
            "from 0.05 to 10000",
        ),
        (&["demo", "--headless", "--seed", "x"], 2, "a whole number"),
        (
            &["restore", "/nowhere/x.db"],
            1,
            "There is no file /nowhere/x.db",
        ),
        (
            &["verify", "/nowhere/x.db"],
            1,
            "There is no file /nowhere/x.db",
        ),
        (&["officers", "add", "A B"], 2, "An officer's name is"),
        (&["hold", "list"], 1, "There is no log at"),
    ] {
        let output = rig.run(bad);
        let says = said(&output);
        assert_eq!(output.status.code(), Some(code), "{bad:?}: {says}");
        assert!(says.contains(words), "{bad:?}: {says}");
        assert!(output.stdout.is_empty(), "{bad:?} printed {says}");
    }
    assert!(rig.out(&["completions", "bash"]).contains("watchfloor"));
    assert!(rig.out(&["keys", "--markdown"]).contains('|'));
    assert!(rig.out(&["keys"]).contains("next-needs-me"));
    let mutt = rig.out(&["keys", "--preset", "mutt", "--json"]);
    let mutt: serde_json::Value = serde_json::from_str(&mutt).unwrap();
    let mut take = mutt.as_array().unwrap().iter();
    let take = take.find(|entry| entry["name"] == "take").unwrap();
    assert_eq!(take["keys"], serde_json::json!(["F"]));
    for (keys, says) in [
        (
            "[console]\nkeys_preset = \"emacs\"\n",
            "keys.toml:2: there is no preset of keys \"emacs\"; there are vim, plain, srepd, mutt.",
        ),
        (
            "[console.keys]\n\"g\" = \"help\"\n\"F2\" = \"tkae\"\n",
            "keys.toml:3: there is no action \"tkae\"; the nearest is \"take\".",
        ),
    ] {
        let file = rig.write("keys.toml", keys);
        let wrong = rig.run(&["--config", &file, "keys"]);
        assert_eq!(wrong.status.code(), Some(2), "{}", said(&wrong));
        assert!(said(&wrong).contains(says), "{}", said(&wrong));
    }
    assert!(rig.out(&["channels", "test"]).contains("passed"));
    // Without a terminal the console is lines, and closes at the end of input.
    let console = rig.run(&["console"]);
    assert_eq!(console.status.code(), Some(0), "{}", said(&console));
    assert!(said(&console).contains("as lines"), "{}", said(&console));
}

#[test]
fn the_demo_plays_without_a_console_and_leaves_nothing() {
    let rig = Rig::new();
    let folder = rig.demo_until_items(3);
    assert!(!std::path::Path::new(&folder).exists(), "{folder}");
}

/// What a command prints with `--json`, against the README's table of names.
fn as_the_readme_says(rig: &Rig, command: &str, args: &[&str]) {
    let readme = include_str!("../README.md");
    let start = format!("| `{command}` |");
    let row = readme.lines().find(|line| line.starts_with(&start));
    let row = row.unwrap_or_else(|| panic!("{command} is not in the README"));
    let names = row.rsplit('`').nth(1).unwrap();
    let names: Vec<&str> = names.split_whitespace().collect();
    let printed = rig.out(args);
    assert!(!printed.trim().is_empty(), "{args:?} printed nothing");
    for line in printed.lines() {
        let value: serde_json::Value = serde_json::from_str(line).unwrap();
        let value = value.as_object().unwrap();
        for name in value.keys() {
            let told = names.iter().any(|one| one.trim_end_matches('?') == name);
            assert!(
                told,
                "{command} prints {name}, of which the README says nothing"
            );
        }
        for name in names.iter().filter(|name| !name.ends_with('?')) {
            assert!(
                value.contains_key(*name),
                "{command} does not print {name}: {line}"
            );
        }
    }
}

#[test]
fn what_is_printed_as_json_is_what_the_readme_says() {
    let mut rig = Rig::new();
    rig.seed(&["one", "two", "three"]);
    rig.write("config.toml", "[channels.town]\nfile = \"generic\"\n[channels.town.secrets]\nbearer = { env = \"TOWN\" }\n");
    rig.also("TOWN", "open sesame");
    std::fs::create_dir_all(rig.path("config/watchfloor")).unwrap();
    std::fs::rename(
        rig.path("config.toml"),
        rig.path("config/watchfloor/config.toml"),
    )
    .unwrap();
    rig.start_hub();
    rig.out(&["officers", "add", "ana", "--role", "officer"]);
    rig.out(&["do", "note", "2", "--note", "a note"]);
    rig.out(&["hold", "add", "court", "--item", "1", "--reason", "a case"]);
    for (command, args) in [
        ("items", &["items", "--json"][..]),
        ("show", &["show", "1", "--history", "--json"]),
        ("do", &["do", "--json", "take", "1", "2"]),
        ("channels", &["channels", "--json"]),
        ("check", &["check", "--json"]),
        ("verify", &["verify", "--json"]),
        ("hold list", &["hold", "list", "--json"]),
        (
            "erase",
            &["erase", "--item", "3", "--reason", "asked for", "--json"],
        ),
        ("officers list", &["officers", "list", "--json"]),
    ] {
        as_the_readme_says(&rig, command, args);
    }
    rig.stop_hub();
}
