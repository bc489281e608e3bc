//! `check connection`: the way to the hub, step by step, each with its outcome
//! and time, up to the first that fails.
//!
//! `--json` prints one object: `{"hub", "route", "steps": [{"step", "passed",
//! "ms", "says"}], "officer"?, "role"?, "version"?, "says"?}`; `says` of the
//! whole is the sentence for the step that failed. Exit code 1 when one did.

use serde::Serialize;

use super::error::{CliError, Done};
use super::lines;
use super::print;
use super::settings::{self, Globals};
use crate::link::{LinkSettings, Met, Trial, try_out};
use crate::text::SafeText;

/// What came of it.
#[derive(Debug, Serialize)]
pub(super) struct Report {
    hub: String,
    route: String,
    steps: Vec<Line>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) officer: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) role: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) version: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) says: Option<String>,
}

#[derive(Debug, Serialize)]
struct Line {
    step: &'static str,
    passed: bool,
    ms: u64,
    says: String,
}

/// Tries the way to the configured hub and prints it.
pub(super) fn run(globals: &Globals, json: bool) -> Result<Done, CliError> {
    let config = globals.load()?;
    let report = settings::runtime()?.block_on(ask(&settings::reach_running(&config)?));
    if json {
        print::json(&report)?;
    } else {
        print::text(&shown(&report))?;
    }
    Ok(match report.says {
        Some(_) => Done::Refused,
        None => Done::Whole,
    })
}

/// Tries the way once.
pub(super) async fn ask(link: &LinkSettings) -> Report {
    let Trial { steps, met } = try_out(link).await;
    let printable =
        |text: &str| -> String { text.chars().filter(char::is_ascii_graphic).collect() };
    let says = met.as_ref().err().map(ToString::to_string);
    let steps = steps.into_iter().map(|taken| Line {
        step: taken.step.word(),
        passed: taken.detail.is_some(),
        ms: u64::try_from(taken.took.as_millis()).unwrap_or(u64::MAX),
        says: taken.detail.unwrap_or_else(|| "failed".to_owned()),
    });
    let mut report = Report {
        hub: link.hub.clone(),
        route: link.route.to_string(),
        steps: steps.collect(),
        officer: None,
        role: None,
        version: None,
        says,
    };
    if let Ok(Met(hello)) = met {
        report.officer = Some(hello.officer.to_string());
        report.role = Some(hello.role.word());
        report.version = Some(printable(&hello.version));
    }
    report
}

fn shown(report: &Report) -> String {
    let own = |text: String| SafeText::own(text);
    let rows: Vec<Vec<SafeText>> = report
        .steps
        .iter()
        .map(|line| {
            vec![
                own(if line.passed { "ok" } else { "no" }.to_owned()),
                own(line.step.to_owned()),
                own(format!("{} ms", line.ms)),
                own(line.says.clone()),
            ]
        })
        .collect();
    let mut text = format!("The hub {}, {}\n\n", report.hub, report.route);
    text.push_str(&lines::columns(&rows));
    text.push('\n');
    text.push_str(
        report
            .says
            .as_deref()
            .unwrap_or("The way to the hub is open."),
    );
    text.push('\n');
    text
}
