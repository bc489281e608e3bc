//! A program of the officer's own that is run for each notice.
//!
//! A list of arguments, never a shell. An argument "{text}" becomes the line of
//! the template and "{urgency}" becomes "critical" or "normal"; without
//! "{text}" the line comes last. The program gets no input, its output is not
//! read, and it is ended after a second.

use std::process::{Command, Stdio};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use super::outlet::{Notice, Order, Outlet, Patience};

/// How long the program may run.
const LIMIT: Duration = Duration::from_secs(1);
/// The outlet's own limit: after ours, so that the program is ended and not
/// left behind.
const PATIENCE: Patience = Patience {
    limit: Duration::from_millis(1500),
    gives_up: false,
};
/// How often is looked whether it has ended.
const LOOK: Duration = Duration::from_millis(10);

/// Starts the way through `command`.
#[must_use]
pub fn start(command: Vec<String>) -> Outlet {
    let act = move |order: &Order| match order {
        Order::Show(notice) => run(&command, notice, LIMIT),
        Order::Probe | Order::Close => true,
    };
    Outlet::start(Arc::new(act), PATIENCE)
}

/// Program and arguments for a notice.
fn arguments(command: &[String], notice: &Notice) -> Vec<String> {
    let urgency = if notice.critical {
        "critical"
    } else {
        "normal"
    };
    let mut words: Vec<String> = command
        .iter()
        .map(|word| match word.as_str() {
            "{text}" => notice.line.clone(),
            "{urgency}" => urgency.to_owned(),
            word => word.to_owned(),
        })
        .collect();
    if !command.iter().any(|word| word == "{text}") {
        words.push(notice.line.clone());
    }
    words
}

fn run(command: &[String], notice: &Notice, limit: Duration) -> bool {
    let words = arguments(command, notice);
    let Some((program, rest)) = words.split_first() else {
        return false;
    };
    let spawned = Command::new(program)
        .args(rest)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn();
    let mut child = match spawned {
        Ok(child) => child,
        Err(error) => {
            tracing::warn!(%error, "The program of notify.command can't be started.");
            return false;
        }
    };
    let end = Instant::now() + limit;
    while Instant::now() < end {
        if let Ok(Some(status)) = child.try_wait() {
            return status.success();
        }
        thread::sleep(LOOK);
    }
    tracing::warn!("The program of notify.command took too long and was ended.");
    drop(child.kill());
    drop(child.wait());
    false
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    fn words(command: &[&str]) -> Vec<String> {
        command.iter().map(|word| (*word).to_owned()).collect()
    }

    fn notice() -> Notice {
        Notice {
            line: "watchfloor: 1 critical".to_owned(),
            critical: true,
        }
    }

    #[test]
    fn text_and_urgency_are_single_arguments() {
        let given = words(&["notify-send", "-u", "{urgency}", "{text}", "--x={text}"]);
        assert_eq!(
            arguments(&given, &notice()),
            words(&[
                "notify-send",
                "-u",
                "critical",
                "watchfloor: 1 critical",
                "--x={text}"
            ])
        );
        assert_eq!(
            arguments(&words(&["page"]), &notice()),
            words(&["page", "watchfloor: 1 critical"])
        );
    }

    #[test]
    fn it_is_run_without_a_shell_and_its_failure_is_told() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("$(told); #").display().to_string();
        let keep = words(&[
            "sh",
            "-c",
            "printf %s \"$2\" > \"$1\"",
            "sh",
            &file,
            "{text}",
        ]);
        assert!(run(&keep, &notice(), LIMIT));
        let kept = std::fs::read_to_string(&file).expect("was written");
        assert_eq!(kept, notice().line);
        assert!(!run(&words(&["false"]), &notice(), LIMIT));
        assert!(!run(&words(&["/nowhere/at-all"]), &notice(), LIMIT));
        assert!(!run(&[], &notice(), LIMIT));
    }

    #[test]
    fn one_that_never_ends_is_ended() {
        let short = Duration::from_millis(30);
        let sleeper = words(&["sh", "-c", "exec sleep 3600"]);
        assert!(!run(&sleeper, &notice(), short));
    }
}
