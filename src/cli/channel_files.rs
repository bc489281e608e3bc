//! `channels list`, `show` and `new`: the channel files that there are, what one
//! of them takes and can do, and a new one from a sample.
//!
//! `list --json` prints a file a line: `{"file", "name", "kind", "transport",
//! "acts", "tests", "verified": {"source", "date", "how"}}`.

use std::path::Path;

use serde_json::json;

use super::channel_trial::named;
use super::error::{CliError, Done};
use super::lines;
use super::print;
use super::settings::{self, Globals};
use crate::channels::catalogue::{Catalogue, Listed};
use crate::channels::reply::{Rules, Visibility};
use crate::channels::scaffold::{Scaffold, scaffold};
use crate::hub::channel_settings;
use crate::text::{SafeText, Untrusted};

/// The files that are built in, and the operator's own.
pub(super) fn all(globals: &Globals) -> Result<Catalogue, CliError> {
    let config = globals.load()?;
    channel_settings::catalogue(&config)
        .map_err(|problems| CliError::Usage(settings::join(&problems)))
}

/// `list`.
pub(super) fn list(globals: &Globals, json: bool) -> Result<Done, CliError> {
    let files = all(globals)?.list();
    let heads = ["FILE", "NAME", "KIND", "BY", "CAN", "VERIFIED"];
    let mut rows: Vec<Vec<SafeText>> = vec![heads.into_iter().map(SafeText::own).collect()];
    for file in &files {
        let acts: Vec<&str> = file.acts.iter().map(|(act, _)| act.word()).collect();
        let verified = file.verified.as_ref();
        if json {
            print::json(&json!({
                "file": file.id, "name": file.title, "kind": file.kind,
                "transport": file.transport, "acts": acts, "tests": file.tests,
                "verified": verified.map(|(source, date)| {
                    json!({ "source": source, "date": date, "how": file.proof() })
                }),
            }))?;
            continue;
        }
        let can = if acts.is_empty() {
            "hear".to_owned()
        } else {
            acts.join(", ")
        };
        let verified = file.verified.as_ref().map_or("-".to_owned(), |(_, date)| {
            format!("{}, {date}", file.proof().unwrap_or("documents"))
        });
        let cells = [
            &file.id,
            &file.title,
            &file.kind,
            file.transport,
            &can,
            &verified,
        ];
        rows.push(
            cells
                .into_iter()
                .map(|c: &str| SafeText::own(c.to_owned()))
                .collect(),
        );
    }
    if json {
        return Ok(Done::Whole);
    }
    print::text(&lines::columns(&rows))?;
    print::aside(&format!("{} channel files.", files.len()));
    Ok(Done::Whole)
}

/// `show FILE`.
pub(super) fn show(globals: &Globals, id: &str) -> Result<Done, CliError> {
    let (catalogue, id) = named(globals, id)?;
    let file = found(&catalogue, &id)?;
    print::line(&format!(
        "{} ({}), {} by {}",
        file.title, file.id, file.kind, file.transport
    ))?;
    if let Some((source, date)) = &file.verified {
        print::line(&format!("Verified {date}: {source}."))?;
    }
    for (name, default) in &file.defaults {
        let what = match (default.as_str(), file.optional.contains(name)) {
            ("", true) => "may stay empty".to_owned(),
            ("", false) => "has to be set".to_owned(),
            (default, _) => format!("\"{default}\" unless set"),
        };
        print::line(&format!("  vars.{name}: {what}"))?;
    }
    for name in &file.secrets {
        let what = if file.needed.contains(name) {
            "needed"
        } else {
            "needed to answer"
        };
        print::line(&format!("  secrets.{name}: {what}"))?;
    }
    if file.acts.is_empty() {
        print::line("It only hears.")?;
    }
    for (act, rules) in &file.acts {
        print::line(&format!("  {}{}", act.word(), told(rules)))?;
    }
    Ok(Done::Whole)
}

/// The file with this id.
pub(super) fn found(catalogue: &Catalogue, id: &str) -> Result<Listed, CliError> {
    let file = catalogue.list().into_iter().find(|file| file.id == id);
    file.ok_or_else(|| unknown(catalogue, id))
}

/// That there is no such file, and which are near to it.
pub(super) fn unknown(catalogue: &Catalogue, id: &str) -> CliError {
    let near: Vec<String> = catalogue
        .near(id)
        .into_iter()
        .map(|near| format!("\"{near}\""))
        .collect();
    let near = match near.as_slice() {
        [] => String::new(),
        near => format!(" Near is {}.", near.join(", ")),
    };
    CliError::Usage(format!(
        "There is no channel file \"{id}\".{near} `watchfloor channels list` shows those that there are."
    ))
}

/// The rules of an act, in words.
fn told(rules: &Rules) -> String {
    let mut told = Vec::new();
    if rules.visibility == Visibility::Public {
        told.push("public".to_owned());
    }
    if let Some(most) = rules.max_text {
        let how = serde_json::to_value(rules.count).unwrap_or_default();
        told.push(format!(
            "at most {most} {}",
            how.as_str().unwrap_or("chars")
        ));
    }
    if let Some(window) = rules.window {
        told.push(format!(
            "within {} h of the person's last word",
            window.as_secs() / 3600
        ));
    }
    if rules.single_use {
        told.push("once".to_owned());
    }
    if rules.idempotent {
        told.push("safe to try again".to_owned());
    }
    if told.is_empty() {
        String::new()
    } else {
        format!(": {}", told.join(", "))
    }
}

/// `new NAME SAMPLE`: prints the file, so that it can be looked at before it is
/// kept.
pub(super) fn new(globals: &Globals, name: &str, sample: &Path) -> Result<Done, CliError> {
    let text = std::fs::read_to_string(sample).map_err(|error| {
        CliError::Failed(format!(
            "The sample {} can't be read: {error}.",
            sample.display()
        ))
    })?;
    let Scaffold { file, says } = scaffold(name, &text).map_err(CliError::Failed)?;
    let mut catalogue = Catalogue::default();
    catalogue
        .add(&format!("{name}.toml"), &file)
        .map_err(CliError::usage)?;
    print::line(file.trim_end())?;
    for says in says {
        print::aside(SafeText::line(&Untrusted::new(says)).as_str());
    }
    if let Some(known) = all(globals)?
        .list()
        .into_iter()
        .find(|known| known.id == name)
    {
        print::aside(&format!(
            "There is a channel file \"{name}\" already ({}): this one would take its place.",
            known.title
        ));
    }
    print::aside(
        "Keep it as channels/NAME.toml beside the configuration, read it through, and run \
         `watchfloor channels test FILE`.",
    );
    Ok(Done::Whole)
}
