//! `channels test` and `channels try`: what channel files make of samples.
//!
//! `test --json` prints `{"file", "test", "failures": []}` a line and ends with 1 when
//! one failed. `try --json` prints one part a line: `{"wanted", "becomes", "rule"?,
//! "why"?, "missed"?, "fields": [{"field", "value", "from"}]}`, `wanted` telling whether
//! it became something, and then `{"untaken": [{"at", "value"}]}`; it ends with 1 when a
//! part could not be mapped.

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::json;

use super::channel_files;
use super::error::{CliError, Done};
use super::lines;
use super::print;
use super::settings::{self, Globals};
use crate::channels::catalogue::Catalogue;
use crate::channels::trial::{self, Tried, TriedPart};
use crate::text::{SafeText, Untrusted};

/// Longest value that is shown of a field, in columns.
const VALUE: usize = 100;

/// `test`.
pub(super) fn test(globals: &Globals, file: Option<&str>, json: bool) -> Result<Done, CliError> {
    let (catalogue, only) = match file {
        Some(file) => {
            let (catalogue, id) = named(globals, file)?;
            (catalogue, Some(id))
        }
        None => (channel_files::all(globals)?, None),
    };
    let tested: Vec<_> = trial::test(&catalogue, None)
        .into_iter()
        .filter(|t| only.as_ref().is_none_or(|only| t.file == *only))
        .collect();
    for tested in &tested {
        if json {
            let value =
                json!({ "file": tested.file, "test": tested.test, "failures": tested.failures });
            print::json(&value)?;
            continue;
        }
        let verdict = if tested.failures.is_empty() {
            "passed"
        } else {
            "FAILED"
        };
        let name = SafeText::own(format!("{} \"{}\"", tested.file, tested.test));
        print::line(&format!("{verdict}  {}", name.as_str()))?;
        for failure in &tested.failures {
            print::line(&format!("        {}", SafeText::line(failure).as_str()))?;
        }
    }
    if !json {
        print::aside(&counted(&tested));
    }
    for worry in only.iter().flat_map(|id| catalogue.worries(id)) {
        print::aside(&worry);
    }
    let failed = tested.iter().any(|t| !t.failures.is_empty());
    Ok(if failed { Done::Refused } else { Done::Whole })
}

/// How many tests of how many files passed, and how many did not.
fn counted(tested: &[trial::Tested]) -> String {
    let failed = tested.iter().filter(|t| !t.failures.is_empty()).count();
    let passed = tested.len() - failed;
    let files: BTreeSet<&str> = tested.iter().map(|t| t.file.as_str()).collect();
    let of = match files.len() {
        1 => "1 file".to_owned(),
        many => format!("{many} files"),
    };
    match failed {
        0 => format!("{passed} passed, of {of}."),
        failed => format!("{failed} FAILED, {passed} passed, of {of}."),
    }
}

/// `try`.
pub(super) fn attempt(
    globals: &Globals,
    (file, sample): (&str, &Path),
    json: bool,
) -> Result<Done, CliError> {
    let (catalogue, id) = named(globals, file)?;
    let document = std::fs::read(sample).map_err(|error| {
        CliError::Failed(format!(
            "The sample {} can't be read: {error}.",
            sample.display()
        ))
    })?;
    let tried = trial::try_sample(&catalogue, &id, &document).map_err(|says| {
        CliError::Failed(SafeText::line(&Untrusted::new(says)).as_str().to_owned())
    })?;
    if json {
        tell_json(&tried)?;
    } else {
        tell(&tried)?;
    }
    for warning in &tried.warnings {
        print::aside(SafeText::line(&Untrusted::new(warning.as_str())).as_str());
    }
    let unmapped = tried.parts.iter().any(|part| part.why().is_some());
    Ok(if unmapped { Done::Refused } else { Done::Whole })
}

fn tell_json(tried: &Tried) -> Result<(), CliError> {
    for part in &tried.parts {
        let fields = part.fields.iter();
        let fields: Vec<_> = fields
            .map(|(field, value, from)| json!({ "field": field, "value": value, "from": from }))
            .collect();
        let mut value = json!({
            "wanted": part.inbound.is_some(), "becomes": part.word(), "fields": fields,
        });
        if let Some(rule) = &part.rule {
            value["rule"] = json!(rule);
        }
        if let Some(why) = part.why() {
            value["why"] = json!(why);
            value["missed"] = json!(part.missed);
        }
        print::json(&value)?;
    }
    let key = |(at, value): &(String, Untrusted)| json!({ "at": at, "value": value });
    let keys: Vec<_> = tried.untaken.iter().map(key).collect();
    print::json(&json!({ "untaken": keys }))?;
    Ok(())
}

fn tell(tried: &Tried) -> Result<(), CliError> {
    if tried.parts.is_empty() {
        print::aside("The document is an empty list: there is nothing in it to map.");
    }
    for (number, part) in tried.parts.iter().enumerate() {
        print::line(became(number + 1, part).as_str())?;
        for missed in &part.missed {
            print::line(&format!("  {}", SafeText::line(missed).as_str()))?;
        }
        let row = |(field, value, from): &(_, Option<Untrusted>, String)| {
            let field = SafeText::line(&Untrusted::new(format!("  {field}")));
            let value = value
                .as_ref()
                .map_or_else(|| SafeText::own("-"), SafeText::line);
            vec![
                field,
                SafeText::own(from.clone()),
                value.truncate(VALUE, "…"),
            ]
        };
        let rows: Vec<_> = part.fields.iter().map(row).collect();
        print::text(&lines::columns(&rows))?;
    }
    if tried.untaken.is_empty() {
        return Ok(());
    }
    print::line("nothing took")?;
    let row = |(at, value): &(String, Untrusted)| {
        let at = SafeText::line(&Untrusted::new(format!("  {at}")));
        vec![at, SafeText::line(value).truncate(VALUE, "…")]
    };
    let rows: Vec<_> = tried.untaken.iter().map(row).collect();
    print::text(&lines::columns(&rows))?;
    Ok(())
}

/// What the part became and by which rule, or why it became nothing.
fn became(number: usize, part: &TriedPart) -> SafeText {
    let rule = part.rule.as_ref();
    let by = rule.map_or(String::new(), |rule| format!(" ({rule})"));
    let says = match (part.why(), part.inbound.is_some()) {
        (Some(why), _) => format!("part {number}: UNMAPPED, kept raw. {why}"),
        (None, true) => format!("part {number}: {}{by}", part.word()),
        (None, false) => format!("part {number}: known and not wanted{by}"),
    };
    SafeText::line(&Untrusted::new(says))
}

/// The files that there are and the id of the one that is meant: by its path, by its
/// name, or by that of a channel that is read by it.
pub(super) fn named(globals: &Globals, name: &str) -> Result<(Catalogue, String), CliError> {
    let path = Path::new(name);
    if path.extension().is_some_and(|end| end == "toml") || name.contains('/') {
        return with_file(path);
    }
    let catalogue = channel_files::all(globals)?;
    if catalogue.ids().any(|id| id == name) {
        return Ok((catalogue, name.to_owned()));
    }
    let config = globals.load()?;
    if let Some(channel) = config.channels.get(name) {
        return Ok((catalogue, channel.file.value.clone()));
    }
    Err(channel_files::unknown(&catalogue, name))
}

/// The built-in files and the one at `path`, whose id is given too.
fn with_file(path: &Path) -> Result<(Catalogue, String), CliError> {
    let text = std::fs::read_to_string(path).map_err(|error| {
        CliError::Failed(format!(
            "The channel file {} can't be read: {error}.",
            path.display()
        ))
    })?;
    let mut catalogue =
        Catalogue::built_in().map_err(|wrong| CliError::Failed(settings::join(&wrong)))?;
    let id = catalogue
        .add(&path.display().to_string(), &text)
        .map_err(CliError::usage)?;
    Ok((catalogue, id))
}
