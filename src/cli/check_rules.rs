//! `check rules`: what the rules as they are written now would have done with
//! what came in.
//!
//! Asks the hub for the items, tries the rules here, changes nothing. `--json`
//! prints one object: `{"items", "rules": [{"name", "matches", "changes"}],
//! "changes": [{"id", "desk"?: [is, would be], "severity"?: [is, would be],
//! "tags"?: [more], "first_response"?: [is, would be], "resolution"?: [is, would
//! be] in seconds after it came, "calls"?, "rules"}]}`.

use std::time::Duration;

use clap::Args;

use super::error::{CliError, Done};
use super::settings::{self, Globals};
use super::{items, print};
use crate::config::spell;
use crate::hub::rehearsal::{Changed, Rehearsal, rehearse};
use crate::model::ids::RuleName;

/// Items that are looked at, at most.
const MOST: usize = 100_000;
/// Items that are named.
const NAMED: usize = 20;

/// What `check rules` takes.
#[derive(Debug, Args)]
pub struct CheckRulesArgs {
    /// How far back ("24h", "30m").
    #[arg(long, value_name = "TIME", default_value = "24h")]
    pub since: String,
}

/// Tries the rules.
pub fn run(globals: &Globals, args: &CheckRulesArgs, json: bool) -> Result<Done, CliError> {
    let config = globals.load()?;
    let floor = settings::floor(&config)?;
    let filter = items::filter(&[format!("age<{}", args.since)])?;
    let once = items::client(&settings::reach_running(&config)?)?;
    let came = settings::runtime()?.block_on(items::all(&once, &filter, MOST))?;
    let told = rehearse(&floor.routing, &came);
    if json {
        return print::json(&told);
    }
    print::text(&shown(&told, &args.since))
}

fn shown(told: &Rehearsal, since: &str) -> String {
    let mut lines = vec![format!("{} items of the last {since}.", told.items)];
    if told.rules.is_empty() {
        lines.push("There are no rules: add a [[rule]] to the configuration.".to_owned());
    }
    let width = told.rules.iter().map(|rule| rule.name.as_str().len());
    let width = width.max().unwrap_or(0);
    for rule in &told.rules {
        let says = match (rule.matches, rule.changes) {
            (0, _) => "matches nothing".to_owned(),
            (matches, 0) => format!("matches {matches}, as they came in"),
            (matches, changes) => format!("matches {matches}, {changes} would come in otherwise"),
        };
        lines.push(format!("  {:width$}  {says}", rule.name.as_str()));
    }
    lines.extend(told.changes.iter().take(NAMED).map(line));
    if told.changes.len() > NAMED {
        let more = told.changes.len() - NAMED;
        lines.push(format!("  and {more} more; --json names them all."));
    }
    lines.join("\n") + "\n"
}

fn after(span: Option<u64>) -> String {
    span.map_or_else(
        || "never".to_owned(),
        |seconds| format!("after {}", spell(Duration::from_secs(seconds))),
    )
}

fn line(changed: &Changed) -> String {
    let mut says = Vec::new();
    if let Some((is, would)) = &changed.desk {
        says.push(format!("desk {is} would be {would}"));
    }
    if let Some((is, would)) = changed.severity {
        says.push(format!("severity {} would be {}", is.word(), would.word()));
    }
    says.extend(changed.tags.iter().map(|tag| format!("tag +{tag}")));
    for (what, spans) in [
        ("answer", changed.first_response),
        ("end", changed.resolution),
    ] {
        if let Some((is, would)) = spans {
            says.push(format!(
                "{what} due {} would be {}",
                after(is),
                after(would)
            ));
        }
    }
    if changed.calls {
        says.push("officers would be called".to_owned());
    }
    let rules: Vec<&str> = changed.rules.iter().map(RuleName::as_str).collect();
    let by = if rules.is_empty() {
        "no rule".to_owned()
    } else {
        rules.join(", ")
    };
    format!("{}  {} ({by})", changed.id, says.join(", "))
}
