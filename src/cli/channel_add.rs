//! `channels add NAME`: asks for what a channel's file takes, checks it, and writes
//! it: secrets into files of mode 0600 beside the configuration, the rest as a
//! section of it.
//!
//! Asks at a terminal, secrets without an echo; from a pipe it reads an answer a
//! line, in the same order. An empty answer takes what is proposed; for a secret
//! of a webhook's own it makes one and shows it once.

use std::io::{self, BufRead, IsTerminal, Write};
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use super::channel_files::found;
use super::error::{CliError, Done};
use super::print;
use super::settings::{self, Globals};
use crate::channels::catalogue::Listed;
use crate::config::{self, Config, paths, private};
use crate::console::lock::echo::Quiet;
use crate::hub::channel_settings;
use crate::model::ids::ChannelName;

/// What was answered.
struct Answers {
    vars: Vec<(String, String)>,
    allow_ips: Vec<String>,
    secrets: Vec<(String, Zeroizing<String>)>,
}

/// Does it.
pub(super) fn add(globals: &Globals, name: &str, file: Option<&str>) -> Result<Done, CliError> {
    let config = globals.load()?;
    ChannelName::new(name).map_err(CliError::usage)?;
    if let Some(known) = config.channels.get(name) {
        return Err(CliError::Usage(format!(
            "There is a channel \"{name}\" already ({}).",
            known.origin
        )));
    }
    let catalogue = channel_settings::catalogue(&config)
        .map_err(|problems| CliError::Usage(settings::join(&problems)))?;
    let listed = found(&catalogue, file.unwrap_or(name))?;
    let path = config
        .file
        .clone()
        .or_else(|| paths::config_file().map(|(path, _)| path));
    let path = path.ok_or_else(|| {
        CliError::Failed(
            "There is no home folder for a configuration; name one with --config.".to_owned(),
        )
    })?;
    print::aside(&format!("{} ({}).", listed.title, listed.id));
    let answers = ask_all(&listed)?;
    write(globals, (&path, name), &listed, &answers)?;
    print::line(&format!(
        "The channel {name} is in {}. The hub takes it up when it is started again.",
        path.display()
    ))?;
    if listed.transport == "webhook" {
        print::line(&format!(
            "Its address is /in/{name} of the hub's public URL."
        ))?;
    }
    Ok(Done::Whole)
}

fn ask_all(listed: &Listed) -> Result<Answers, CliError> {
    let mut answers = Answers {
        vars: Vec::new(),
        allow_ips: Vec::new(),
        secrets: Vec::new(),
    };
    for (name, default) in &listed.defaults {
        let optional = !default.is_empty() || listed.optional.contains(name);
        let hint = match (default.as_str(), optional) {
            ("", true) => " (may stay empty)".to_owned(),
            ("", false) => String::new(),
            (default, _) => format!(" [{default}]"),
        };
        let answer = ask(&format!("vars.{name}{hint}: "), false)?;
        if answer.is_empty() && !optional {
            return Err(CliError::Usage(format!("vars.{name} has to be filled in.")));
        }
        if !answer.is_empty() {
            answers.vars.push((name.clone(), answer.to_string()));
        }
    }
    for name in &listed.secrets {
        let needed = listed.needed.contains(name);
        let own = listed.own.contains(name);
        let hint = match (own, needed) {
            (true, _) => " (Enter makes one)",
            (false, true) => " (needed)",
            (false, false) => " (needed to answer; may stay empty)",
        };
        let mut answer = ask(&format!("secrets.{name}{hint}: "), true)?;
        if answer.is_empty() && own {
            answer = Zeroizing::new(uuid::Uuid::new_v4().simple().to_string());
            print::line(&format!(
                "{name}: {} (give it to the sender)",
                answer.as_str()
            ))?;
        }
        if answer.is_empty() && needed {
            return Err(CliError::Usage(format!("secrets.{name} has to be given.")));
        }
        if !answer.is_empty() {
            answers.secrets.push((name.clone(), answer));
        }
    }
    if listed.open {
        print::aside("It proves nothing about its sender: only addresses can guard it.");
        let typed = ask("allow_ips (addresses that may post, with commas): ", false)?;
        let ips = typed.split(',').map(str::trim).filter(|ip| !ip.is_empty());
        answers.allow_ips = ips.map(str::to_owned).collect();
        if answers.allow_ips.is_empty() {
            return Err(CliError::Usage(
                "allow_ips has to be given: without it anybody could post to this channel."
                    .to_owned(),
            ));
        }
    }
    Ok(answers)
}

/// One answer: a line, without its end.
fn ask(question: &str, secret: bool) -> Result<Zeroizing<String>, CliError> {
    let failed = |error: io::Error| CliError::Failed(format!("The answer can't be read: {error}."));
    let terminal = io::stdin().is_terminal();
    if terminal {
        let mut out = io::stderr();
        write!(out, "{question}")
            .and_then(|()| out.flush())
            .map_err(failed)?;
    }
    let quiet = (terminal && secret)
        .then(Quiet::start)
        .transpose()
        .map_err(failed)?;
    let mut typed = Zeroizing::new(String::new());
    let read = io::stdin().lock().read_line(&mut typed).map_err(failed)?;
    if quiet.is_some() {
        print::aside("");
    }
    drop(quiet);
    if read == 0 {
        let name = question.split([' ', ':']).next().unwrap_or_default();
        return Err(CliError::Usage(format!(
            "The input ended before {name} was answered, so nothing was written. Answer at a \
             terminal, or a line each from a pipe: an empty line takes what is proposed."
        )));
    }
    Ok(Zeroizing::new(typed.trim().to_owned()))
}

/// Writes the secrets, then the configuration, and takes both back when the
/// whole does not load.
fn write(
    globals: &Globals,
    (path, name): (&Path, &str),
    listed: &Listed,
    answers: &Answers,
) -> Result<(), CliError> {
    let failed = |what: &Path, error: &io::Error| {
        CliError::Failed(format!("{} can't be written: {error}.", what.display()))
    };
    let before = match std::fs::read_to_string(path) {
        Ok(text) => Some(text),
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(error) => return Err(failed(path, &error)),
    };
    let folder = path.parent().unwrap_or(Path::new(".")).join("secrets");
    let mut written = Vec::new();
    for (secret, value) in &answers.secrets {
        let file = folder.join(format!("{name}.{secret}"));
        private::replace(&file, value.as_bytes()).map_err(|e| failed(&file, &e))?;
        written.push((secret.clone(), file));
    }
    let section = section(name, listed, (answers, &written));
    let text = format!("{}{section}", before.as_deref().unwrap_or_default());
    private::replace(path, text.as_bytes()).map_err(|e| failed(path, &e))?;
    let checked = config::load(Some(path), &[])
        .map_err(CliError::from)
        .and_then(|config: Config| {
            channel_settings::channels(&config)
                .map_err(|problems| CliError::Usage(settings::join(&problems)))
        });
    let _ = globals;
    let Err(error) = checked else {
        return Ok(());
    };
    for (_, file) in &written {
        drop(std::fs::remove_file(file));
    }
    let back = match before {
        Some(text) => private::replace(path, text.as_bytes()),
        None => std::fs::remove_file(path),
    };
    back.map_err(|e| failed(path, &e))?;
    Err(error)
}

/// The section as it stands in the configuration.
fn section(
    name: &str,
    listed: &Listed,
    (answers, written): (&Answers, &[(String, PathBuf)]),
) -> String {
    let quoted = |text: &str| toml::Value::from(text).to_string();
    let mut lines = vec![String::new(), format!("[channels.{}]", quoted(name))];
    if listed.id != name {
        lines.push(format!("file = {}", quoted(&listed.id)));
    }
    if !answers.allow_ips.is_empty() {
        let ips: Vec<String> = answers.allow_ips.iter().map(|ip| quoted(ip)).collect();
        lines.push(format!("allow_ips = [{}]", ips.join(", ")));
    }
    if !answers.vars.is_empty() {
        lines.push(format!("[channels.{}.vars]", quoted(name)));
        let var =
            |(name, value): &(String, String)| format!("{} = {}", quoted(name), quoted(value));
        lines.extend(answers.vars.iter().map(var));
    }
    if !written.is_empty() {
        lines.push(format!("[channels.{}.secrets]", quoted(name)));
        let secret = |(name, file): &(String, PathBuf)| {
            format!(
                "{} = {{ file = {} }}",
                quoted(name),
                quoted(&file.to_string_lossy())
            )
        };
        lines.extend(written.iter().map(secret));
    }
    lines.push(String::new());
    lines.join("\n")
}
