//! The process as a whole: its log lines and its end. One test each, because
//! both belong to the whole process.

use std::os::unix::fs::PermissionsExt;
use std::process::Command;

use watchfloor::shutdown;
use watchfloor::telemetry::{self, Program, TelemetryError};

#[test]
fn the_log_is_lines_of_json_that_others_may_not_read() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("hub.log");
    telemetry::start(Program::Draws, "info", None).unwrap();
    let level = telemetry::start(Program::Serves, "loud=very", Some(&path));
    assert!(matches!(level, Err(TelemetryError::Level(_))));

    telemetry::start(Program::Serves, "info,quiet=off", Some(&path)).unwrap();
    tracing::info!(items = 3, "a batch\nwith a line end");
    tracing::debug!("not told");
    tracing::error!(target: "quiet", "not told");
    let twice = telemetry::start(Program::Serves, "info", Some(&path));
    assert!(matches!(twice, Err(TelemetryError::Twice(_))));

    let text = std::fs::read_to_string(&path).unwrap();
    assert_eq!(text.lines().count(), 1, "{text}");
    let line: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(line["message"], "a batch\nwith a line end");
    assert_eq!(line["items"], 3);
    assert_eq!(line["level"], "INFO");
    let mode = std::fs::metadata(&path).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[tokio::test]
async fn a_signal_asks_everything_to_finish() {
    let token = shutdown::on_signals().unwrap();
    assert!(!token.is_cancelled());
    let pid = std::process::id().to_string();
    assert!(
        Command::new("kill")
            .args(["-TERM", &pid])
            .status()
            .unwrap()
            .success()
    );
    token.cancelled().await;
}
