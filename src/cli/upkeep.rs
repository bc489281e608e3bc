//! `verify`, `backup`, `restore`: the log proved and kept elsewhere.
//!
//! All but `restore` may run beside a hub. `verify --json` prints `{"events",
//! "erased", "head": {"seq", "hash"}}`; what is not sound is a sentence with the
//! first bad event on standard error, and exit code 1. The work is `store`'s.

use std::path::PathBuf;

use clap::Args;
use serde_json::json;

use super::error::{CliError, Done};
use super::print;
use super::settings::{self, Globals};
use crate::hub::auth::private;
use crate::store::{self, Verified};

/// What `verify` takes.
#[derive(Debug, Args)]
pub struct VerifyArgs {
    /// The log: a file such as a backup. The hub's own when none is named.
    #[arg(value_name = "FILE", conflicts_with = "data_dir")]
    pub file: Option<PathBuf>,
    /// A head that was kept elsewhere (64 hexadecimal digits): it has to be in
    /// the log, so that a log whose end was cut off is noticed.
    #[arg(long, value_name = "HASH")]
    pub head: Option<String>,
    /// The folder of the hub's data.
    #[arg(long, value_name = "FOLDER")]
    pub data_dir: Option<PathBuf>,
    /// As JSON.
    #[arg(long)]
    pub json: bool,
}

/// What `backup` takes.
#[derive(Debug, Args)]
pub struct BackupArgs {
    /// The file to make; it must not be there.
    #[arg(value_name = "FILE")]
    pub dest: PathBuf,
    /// The folder of the hub's data.
    #[arg(long, value_name = "FOLDER")]
    pub data_dir: Option<PathBuf>,
}

/// What `restore` takes.
#[derive(Debug, Args)]
pub struct RestoreArgs {
    /// The backup.
    #[arg(value_name = "FILE")]
    pub src: PathBuf,
    /// The folder to put it into, in which there must be no log.
    #[arg(long, value_name = "FOLDER")]
    pub data_dir: Option<PathBuf>,
}

/// Proves that nothing in the log was changed.
pub fn verify(globals: &Globals, args: &VerifyArgs) -> Result<Done, CliError> {
    let head = args.head.as_deref().map(|text| {
        store::unhex(text.trim())
            .ok_or_else(|| CliError::usage("A head is a hash of 64 hexadecimal digits."))
    });
    let file = match &args.file {
        Some(file) => there(file)?.clone(),
        None => folder(globals, args.data_dir.as_ref())?.join("log.db"),
    };
    let proved = store::verify(&file, head.transpose()?).map_err(CliError::failed)?;
    if args.json {
        let head = json!({ "seq": proved.head.seq, "hash": store::hex(&proved.head.hash) });
        return print::json(
            &json!({ "events": proved.events, "erased": proved.erased, "head": head }),
        );
    }
    print::text(&sound("The log is sound", &proved))
}

/// Copies the log.
pub fn backup(globals: &Globals, args: &BackupArgs) -> Result<Done, CliError> {
    let log = folder(globals, args.data_dir.as_ref())?.join("log.db");
    let proved = store::backup(&log, &args.dest).map_err(CliError::failed)?;
    print::text(&sound("The backup is made and sound", &proved))
}

/// Puts a backup into a folder.
pub fn restore(globals: &Globals, args: &RestoreArgs) -> Result<Done, CliError> {
    there(&args.src)?;
    let folder = folder(globals, args.data_dir.as_ref())?;
    private::make_folder(&folder).map_err(|error| {
        CliError::Failed(format!(
            "The folder {} can't be made: {error}.",
            folder.display()
        ))
    })?;
    store::restore(&args.src, &folder).map_err(CliError::failed)?;
    print::line(&format!(
        "The log is restored into {}. Consoles that knew it will load it anew.",
        folder.display()
    ))
}

/// A file that was named, when it is there.
fn there(file: &PathBuf) -> Result<&PathBuf, CliError> {
    if file.exists() {
        return Ok(file);
    }
    let says = format!("There is no file {}.", file.display());
    Err(CliError::Failed(says))
}

fn sound(what: &str, proved: &Verified) -> String {
    let erased = match proved.erased {
        0 => String::new(),
        n => format!(", {n} of them with their content erased by rule"),
    };
    format!(
        "{what}: {} events{erased}.\nhead {} {}\n",
        proved.events,
        proved.head.seq,
        store::hex(&proved.head.hash)
    )
}

/// The folder of the hub's data: the flag's, or the configured one.
pub(super) fn folder(globals: &Globals, flag: Option<&PathBuf>) -> Result<PathBuf, CliError> {
    match flag {
        Some(folder) => Ok(folder.clone()),
        None => settings::data_dir(&globals.load()?),
    }
}
