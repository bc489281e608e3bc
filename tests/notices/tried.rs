//! `check notify`: what it tries, what it asks, what it remembers.

use std::os::unix::fs::PermissionsExt;

use portable_pty::CommandBuilder;
use serde_json::Value;

use crate::floor::BINARY;
use crate::outer::Outer;

struct Home(tempfile::TempDir);

impl Home {
    fn variables(&self) -> [(&'static str, String); 4] {
        let at = |name: &str| self.0.path().join(name).display().to_string();
        [
            ("HOME", at("")),
            ("XDG_STATE_HOME", at("state")),
            ("TERM", "xterm-256color".to_owned()),
            ("SSH_CONNECTION", "192.0.2.1 1 192.0.2.2 22".to_owned()),
        ]
    }

    fn would(&self) -> Value {
        let output = std::process::Command::new(BINARY)
            .args(["check", "notify", "--json"])
            .env_clear()
            .envs(self.variables())
            .output()
            .expect("it runs");
        assert!(output.status.success(), "{output:?}");
        serde_json::from_slice(&output.stdout).expect("JSON")
    }

    fn asks(&self) -> Outer {
        let mut command = CommandBuilder::new(BINARY);
        command.args(["check", "notify", "--delay", "0"]);
        command.env_clear();
        for (name, value) in self.variables() {
            command.env(name, value);
        }
        Outer::start(command)
    }
}

#[test]
fn what_was_seen_is_remembered_and_taken_from_then_on() {
    let home = Home(tempfile::tempdir().expect("a home"));
    let before = home.would();
    assert_eq!(before["seen"], Value::Null);
    assert_eq!(
        before["auto"]["notice"],
        Value::Null,
        "nothing is known of it"
    );
    let methods = |would: &Value| -> Vec<String> {
        let tries = would["tries"].as_array().expect("a list");
        let names = tries.iter().filter_map(|t| t["method"].as_str());
        names.map(ToOwned::to_owned).collect()
    };
    assert_eq!(
        methods(&before),
        ["osc99", "osc777", "osc9", "bell", "title"]
    );
    assert_eq!(
        before["tries"][1]["sends"],
        "\u{1b}]777;notify;watchfloor;watchfloor: this is a test\u{7}"
    );

    let mut asked = home.asks();
    for (at, seen) in ["n", "perhaps\ny", "y", "y", "n"].iter().enumerate() {
        asked.sees(&format!("{} of 5", at + 1));
        asked.press("\r");
        let questions = at + 1;
        asked.until("the question", |_, text| {
            text.matches("Did you notice it?").count() >= questions
        });
        for word in seen.split('\n') {
            asked.press(word);
            asked.press("\r");
        }
    }
    asked.sees("Remembered for this terminal: a notice of the terminal (OSC 777)");
    assert_eq!(asked.ends(), 0);
    let got = asked.got();
    assert_eq!(got.notices().len(), 3, "{got:?}");
    assert_eq!(got.titles, ["watchfloor: this is a test"]);

    let file = home.0.path().join("state/watchfloor/notices.json");
    let mode = std::fs::metadata(file).expect("is there").permissions();
    assert_eq!(mode.mode() & 0o777, 0o600);
    let after = home.would();
    assert_eq!(after["seen"], "osc777");
    assert_eq!(after["auto"]["notice"], "notices of the terminal (OSC 777)");
}

#[test]
fn who_stops_leaves_nothing_behind() {
    let home = Home(tempfile::tempdir().expect("a home"));
    let mut asked = home.asks();
    asked.sees("1 of 5");
    asked.press("q\r");
    asked.sees("nothing is remembered");
    assert_eq!(asked.ends(), 0);
    assert_eq!(home.would()["seen"], Value::Null);
}

#[test]
fn without_a_terminal_nobody_is_asked() {
    let home = Home(tempfile::tempdir().expect("a home"));
    let output = std::process::Command::new(BINARY)
        .args(["check", "notify"])
        .env_clear()
        .envs(home.variables())
        .stdin(std::process::Stdio::null())
        .output()
        .expect("it runs");
    assert_eq!(output.status.code(), Some(2));
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains("it needs a terminal"), "{said}");
}
