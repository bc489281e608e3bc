//! Channel files on the command line: tried, tested, made and added as a newcomer does.

use std::io::Write;
use std::process::{Output, Stdio};

use super::rig::{Rig, said};

/// A channel file of a made-up vendor, with `source` and what follows.
fn file(source: &str, rest: &str) -> String {
    format!(
        "schema = 1\n[channel]\nid = \"ripple\"\nname = \"Ripple\"\nkind = \"any\"\nsecrets = [\"bearer\"]\n\
         [source]\ntransport = \"webhook\"\n{source}\n{rest}"
    )
}

const AUTH: &str = "auth = { kind = \"bearer\", secret = \"bearer\" }";
const MAP: &str = "[[map]]\nkind = \"mention\"\nwhen = { at = \"/type\", eq = \"report\" }\nid = \"/id\"\ntext = \"/text\"\nlabels = { area = \"/area\" }\n";
const TEST: &str = "[[test]]\nname = \"one\"\ninput = '{\"type\":\"report\",\"id\":\"1\",\"text\":\"x\"}'\nexpect = { id = \"1\" }\n";

fn tried(rig: &Rig, file: &str, sample: &str) -> (Option<i32>, String) {
    let sample = rig.write("sample.json", sample);
    let output = rig.run(&["channels", "try", file, &sample]);
    (output.status.code(), said(&output))
}

#[test]
fn a_try_tells_what_nothing_took_and_why_a_document_maps_to_nothing() {
    let rig = Rig::new();
    let own = rig.write("ripple.toml", &file(AUTH, &format!("{MAP}{TEST}")));
    let sample = r#"{"type":"report","id":"7","text":"No water","area":"Mill","citizen":{"name":"Dana","phones":[{"n":"1"},{"n":"2"}]}}"#;
    let (code, says) = tried(&rig, &own, sample);
    assert_eq!(code, Some(0), "{says}");
    for words in ["part 1: mention", "map[0]", "labels.area", "nothing took"] {
        assert!(says.contains(words), "{words} is missing: {says}");
    }
    let (_, untaken) = says.split_once("nothing took").unwrap();
    assert!(untaken.contains("/citizen/name"), "{untaken}");
    assert!(untaken.contains("/citizen/phones/*/n"), "{untaken}");
    for taken in ["/id", "/text", "/area", "/type"] {
        assert!(!untaken.contains(taken), "{taken} was taken: {untaken}");
    }

    // No rule fits: each is told with what it missed.
    let (code, says) = tried(&rig, &own, r#"{"type":"alarm","id":"7"}"#);
    assert_eq!(code, Some(1), "{says}");
    for words in [
        "UNMAPPED",
        "map[0] does not fit",
        "/type is \"alarm\"; \"report\" was expected",
    ] {
        assert!(says.contains(words), "{words} is missing: {says}");
    }
    // It fits, and has no id: where that was looked for.
    let (code, says) = tried(&rig, &own, r#"{"type":"report","text":"x"}"#);
    assert_eq!(code, Some(1), "{says}");
    assert!(says.contains("It has no id (looked at /id;"), "{says}");

    // Our own shape too.
    let (code, says) = tried(
        &rig,
        "generic",
        r#"{"id":"7","text":"No water","author":{"name":"Dana"}}"#,
    );
    assert_eq!(code, Some(0), "{says}");
    assert!(
        says.contains("author.name") && says.contains("/author/name"),
        "{says}"
    );
    let (code, says) = tried(&rig, "generic", r#"{"text":"No water"}"#);
    assert_eq!(code, Some(1), "{says}");
    assert!(says.contains("missing field `id`"), "{says}");
    let (_, says) = tried(&rig, "generic", "[]");
    assert!(says.contains("an empty list"), "{says}");
}

#[test]
fn channel_files_are_meant_by_path_by_name_and_by_their_channel() {
    let rig = Rig::new();
    let folder = rig.path("config/watchfloor/channels");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(
        format!("{folder}/ripple.toml"),
        file(AUTH, &format!("{MAP}{TEST}")),
    )
    .unwrap();
    std::fs::write(
        rig.path("config/watchfloor/config.toml"),
        "[channels.town]\nfile = \"ripple\"\n[channels.town.secrets]\nbearer = { env = \"X\" }\n",
    )
    .unwrap();
    for name in ["ripple", "town", &format!("{folder}/ripple.toml")] {
        let tested = rig.run(&["channels", "test", name]);
        let says = said(&tested);
        assert!(says.contains("1 passed, of 1 file."), "{name}: {says}");
        let (code, says) = tried(&rig, name, r#"{"type":"report","id":"7","text":"x"}"#);
        assert_eq!(code, Some(0), "{name}: {says}");
    }
    let tested = rig.run(&["channels", "test", "mastodon"]);
    assert!(
        said(&tested).contains("passed, of 1 file."),
        "{}",
        said(&tested)
    );
    for (wrong, near) in [
        ("mastadon", "\"mastodon\""),
        ("pager", "\"pagerduty\""),
        ("telegram-bot", "\"telegram\""),
    ] {
        for verb in ["test", "show"] {
            let output = rig.run(&["channels", verb, wrong]);
            let says = said(&output);
            assert_eq!(output.status.code(), Some(2), "{says}");
            assert!(says.contains(near), "{verb} {wrong}: {says}");
        }
    }
}

#[test]
fn a_test_tells_what_fails_and_what_stands_open() {
    let rig = Rig::new();
    let second = TEST
        .replace("\"one\"", "\"two\"")
        .replace("id = \"1\" }", "id = \"2\" }");
    let own = rig.write("ripple.toml", &file(AUTH, &format!("{MAP}{TEST}{second}")));
    let output = rig.run(&["channels", "test", &own]);
    let says = said(&output);
    assert_eq!(output.status.code(), Some(1), "{says}");
    assert!(says.contains("1 FAILED, 1 passed, of 1 file."), "{says}");
    let only = TEST.replace("id = \"1\" }", "id = \"2\" }");
    let own = rig.write("ripple.toml", &file(AUTH, &format!("{MAP}{only}")));
    let says = said(&rig.run(&["channels", "test", &own]));
    assert!(says.contains("1 FAILED, 0 passed, of 1 file."), "{says}");

    let open = rig.write("open.toml", &file("", &format!("{MAP}{TEST}")));
    let output = rig.run(&["channels", "test", &open]);
    let says = said(&output);
    assert!(output.status.success(), "{says}");
    assert!(
        says.contains("neither [source.auth] nor [source.signature]"),
        "{says}"
    );
    let says = said(&rig.run(&["channels", "test", "alertmanager"]));
    assert!(!says.contains("neither"), "{says}");

    // What an officer could not send is no test that passes.
    let reply = "[reply]\nurl = \"https://ripple.example/x\"\njson = { text = \"{{ action.text }}\" }\nmax_text = 5\n";
    let acting = "act = \"reply\"\ntext = \"On our way\"\nrequest = { method = \"POST\" }\n";
    let long = rig.write(
        "long.toml",
        &file(AUTH, &format!("{reply}{MAP}{TEST}{acting}")),
    );
    let output = rig.run(&["channels", "test", &long]);
    let says = said(&output);
    assert_eq!(output.status.code(), Some(1), "{says}");
    assert!(
        says.contains("5 letters longer than the file's max_text"),
        "{says}"
    );

    let town = file(AUTH, &format!("{MAP}{TEST}")).replace("kind = \"any\"", "kind = \"town\"");
    let says = said(&rig.run(&["channels", "test", &rig.write("town.toml", &town)]));
    assert!(
        says.contains("town.toml:5: channel.kind: A kind of channel is one of social,"),
        "{says}"
    );
}

/// `channels add` with `answers` piped in.
fn added(rig: &Rig, args: &[&str], answers: &str) -> Output {
    let mut command = rig.command(&[&["channels", "add"], args].concat());
    command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    child
        .stdin
        .take()
        .unwrap()
        .write_all(answers.as_bytes())
        .unwrap();
    child.wait_with_output().unwrap()
}

#[test]
fn an_add_that_is_not_answered_writes_nothing() {
    let rig = Rig::new();
    let config = rig.path("config/watchfloor/config.toml");
    for (name, asked) in [("alertmanager", "vars."), ("generic", "secrets.bearer")] {
        let output = added(&rig, &[name], "");
        let says = said(&output);
        assert_eq!(output.status.code(), Some(2), "{says}");
        assert!(
            says.contains("The input ended before") && says.contains(asked),
            "{says}"
        );
        assert!(!std::path::Path::new(&config).exists(), "{says}");
    }
    let folder = rig.path("config/watchfloor/channels");
    std::fs::create_dir_all(&folder).unwrap();
    let text = file("", &format!("{MAP}{TEST}")).replace("secrets = [\"bearer\"]\n", "");
    std::fs::write(format!("{folder}/ripple.toml"), text).unwrap();
    let output = added(&rig, &["ripple"], "\n");
    assert!(
        said(&output).contains("allow_ips has to be given"),
        "{}",
        said(&output)
    );
    let output = added(&rig, &["ripple"], "198.51.100.7, 203.0.113.0/24\n");
    assert!(output.status.success(), "{}", said(&output));
    let written = std::fs::read_to_string(&config).unwrap();
    assert!(
        written.contains("allow_ips = [\"198.51.100.7\", \"203.0.113.0/24\"]"),
        "{written}"
    );

    // An open webhook's refusal names no line that is not there.
    std::fs::write(&config, "[channels.open]\nfile = \"ripple\"\n").unwrap();
    let output = rig.run(&["check"]);
    let says = said(&output);
    assert!(
        says.contains("channel open: allow_ips: Anybody could post"),
        "{says}"
    );
}

#[test]
fn a_new_file_tells_what_it_guessed_and_what_it_replaces() {
    let rig = Rig::new();
    let sample = rig.write(
        "s.json",
        r#"{"data":{"posts":[{"id":"1","text":"No water"}]}}"#,
    );
    let output = rig.run(&["channels", "new", "mastodon", &sample]);
    let says = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(
        says.contains("Each element of /data/posts/* is taken for a post"),
        "{says}"
    );
    assert!(
        says.contains("There is a channel file \"mastodon\" already (Mastodon)"),
        "{says}"
    );
}
