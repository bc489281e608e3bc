//! Debian's Icinga 2, by TLS with the authority that every Icinga makes itself: its
//! event stream line by line, and an acknowledgement that it shows as its own.

use std::sync::Arc;

use serde_json::{Value, json};
use watchfloor::channels::registry::Channel;
use watchfloor::channels::reply::{Act, Outcome};
use watchfloor::channels::settings::Authorities;
use watchfloor::channels::transport::cursors::InMemory;

use super::{Peer, act, folder, free_port, run, start, up, version, wanted};
use crate::authority::Authority;
use crate::support::{Recorder, Task, channel, config, content, with_secret};

const CONF: &str = r#"include <itl>
const NodeName = "localhost"
const ZoneName = "localhost"
object Endpoint NodeName { }
object Zone ZoneName { endpoints = [ NodeName ] }
object ApiListener "api" { bind_host = "127.0.0.1", bind_port = PORT }
object ApiUser "watchfloor" {
  password = "s3cret"
  permissions = [ "events/StateChange", "actions/acknowledge-problem" ]
}
object ApiUser "root" {
  password = "r00t"
  permissions = [ "*" ]
}
object CheckCommand "nothing" { command = [ "/bin/true" ] }
object Host "pump-7" {
  check_command = "nothing"
  enable_active_checks = false
  max_check_attempts = 1
}
object Service "pressure" {
  host_name = "pump-7"
  check_command = "nothing"
  enable_active_checks = false
  max_check_attempts = 1
}
"#;

struct Icinga {
    port: u16,
    folder: tempfile::TempDir,
    authority: Authority,
}

impl Icinga {
    fn set_up() -> Self {
        let folder = folder();
        let path = folder.path();
        let port = free_port();
        let authority = Authority::named("Icinga CA");
        let (cert, key) = authority.signs(&["localhost"], (2025, 2035), 1);
        for name in ["lib/certs", "log", "cache", "spool", "run"] {
            std::fs::create_dir_all(path.join(name)).unwrap();
        }
        let files = [
            ("icinga2.conf", CONF.replace("PORT", &port.to_string())),
            ("lib/certs/localhost.crt", cert),
            ("lib/certs/localhost.key", key),
            ("lib/certs/ca.crt", authority.pem()),
        ];
        for (name, text) in &files {
            std::fs::write(path.join(name), text).unwrap();
        }
        run("chown", &["-R", "nagios:nagios", path.to_str().unwrap()]);
        Self {
            port,
            folder,
            authority,
        }
    }

    async fn runs(&self) -> Peer {
        let here = self.folder.path().display();
        let paths = [
            ("DataDir", "lib"),
            ("LogDir", "log"),
            ("CacheDir", "cache"),
            ("SpoolDir", "spool"),
            ("InitRunDir", "run"),
            ("PidPath", "run/icinga2.pid"),
            ("VarsPath", "cache/vars"),
            ("StatePath", "lib/state"),
            ("ObjectsPath", "cache/objects"),
            ("ModAttrPath", "lib/modified"),
        ];
        let mut args = vec!["daemon".to_owned(), "-c".to_owned()];
        args.push(format!("{here}/icinga2.conf"));
        args.extend(paths.map(|(name, path)| format!("-D{name}={here}/{path}")));
        let args: Vec<&str> = args.iter().map(String::as_str).collect();
        start("icinga2", &args, self.port).await
    }

    fn channel(&self, trusts: &Authority) -> Arc<Channel> {
        let mut config = with_secret(config("icinga2"), "password", "s3cret");
        let base = format!("https://localhost:{}", self.port);
        config.vars.insert("base".to_owned(), base);
        config.allow_private = true;
        config.authorities = Authorities::from_pem(trusts.pem().as_bytes()).unwrap();
        channel(config, &[])
    }

    /// Asks Icinga with a program of its administrator's.
    fn asks(&self, path: &str, body: Option<&Value>) -> Value {
        let url = format!("https://localhost:{}/v1/{path}", self.port);
        let ca = self.folder.path().join("lib/certs/ca.crt");
        let ca = ca.to_str().unwrap();
        let mut args = vec!["-sS", "--cacert", ca, "-u", "root:r00t"];
        args.extend(["-H", "Accept: application/json", &url]);
        let body = body.map(Value::to_string);
        if let Some(body) = &body {
            args.extend(["-d", body]);
        }
        serde_json::from_str(&run("curl", &args)).unwrap()
    }

    /// A check of the service found it so.
    fn found(&self, state: u8, output: &str) {
        let check = json!({
            "type": "Service", "filter": "service.name==\"pressure\"",
            "exit_status": state, "plugin_output": output,
        });
        let said = self.asks("actions/process-check-result", Some(&check));
        assert_eq!(said["results"][0]["code"], 200, "{said}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn states_come_in_by_lines_and_an_acknowledgement_is_icingas_own() {
    if !wanted("Icinga 2") {
        return;
    }
    version("icinga2", &["--version"]);
    let icinga = Icinga::set_up();
    let peer = icinga.runs().await;
    let channel = icinga.channel(&icinga.authority);
    let task = Task::start(&channel, Recorder::default(), InMemory::default());
    up(&task).await;
    icinga.found(2, "no pressure");
    let kept = task.intake.first(1).await;
    let alert = content(&kept[0]);
    assert_eq!(alert.external_id.as_evidence(), "pump-7!pressure");
    assert_eq!(alert.severity.word(), "critical");
    assert_eq!(alert.text.as_evidence(), "no pressure");

    let words = ("0197-a", "On our way.");
    let done = act(&channel, Act::Acknowledge, words, alert).await;
    assert!(matches!(done, Outcome::Sent { .. }), "{done:?}");
    let service = icinga.asks("objects/services", None);
    assert_eq!(service["results"][0]["attrs"]["acknowledgement"], 1.0);
    let comments = icinga.asks("objects/comments", None);
    let comment = &comments["results"][0]["attrs"];
    assert_eq!(
        (&comment["author"], &comment["text"]),
        (&json!("Officer Seven"), &json!("On our way."))
    );
    let again = act(&channel, Act::Acknowledge, ("0197-b", "x"), alert).await;
    assert_eq!(again.word(), "refused", "{again:?}");
    let comments = icinga.asks("objects/comments", None);
    assert_eq!(comments["results"].as_array().map(Vec::len), Some(1));

    // It is started anew; what happens then is heard.
    drop(peer);
    task.error("server").await;
    let _peer = icinga.runs().await;
    up(&task).await;
    icinga.found(0, "pressure is back");
    let kept = task.intake.first(2).await;
    let over = content(&kept[1]);
    assert_eq!(over.external_id, alert.external_id);
    assert!(over.ended_at.is_some(), "{over:?}");
    assert_eq!(task.intake.kept.lock().unwrap().len(), 2);
    task.stop().await;

    // Somebody else's authority: no word of ours gets there.
    let other = icinga.channel(&Authority::named("Somebody else"));
    let task = Task::start(&other, Recorder::default(), InMemory::default());
    task.error("signed by an authority that this machine does not trust")
        .await;
    task.stop().await;
}
