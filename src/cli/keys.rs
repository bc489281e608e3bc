//! `keys`: the table of keys in force, or of a preset.
//!
//! Prints what the console would use: the preset and the changes of the
//! configuration. Wrong keys are said here as they are at the console's start.

use clap::Args;

use super::console;
use super::error::{CliError, Done};
use super::print;
use super::settings::Globals;
use crate::console::keymap::{Preset, print as paper};

/// Which table, and how.
#[derive(Debug, Args)]
pub struct KeysArgs {
    /// This preset as it is built in, instead of the keys in force.
    #[arg(long, value_name = "NAME", value_parser = preset)]
    preset: Option<Preset>,
    /// Print Markdown.
    #[arg(long, conflicts_with = "json")]
    markdown: bool,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

fn preset(name: &str) -> Result<Preset, String> {
    Preset::named(name).ok_or_else(|| {
        let names: Vec<&str> = Preset::ALL.iter().map(|preset| preset.name()).collect();
        format!("the presets are {}", names.join(", "))
    })
}

/// Prints the table.
pub fn run(globals: &Globals, args: &KeysArgs) -> Result<Done, CliError> {
    let keymap = match args.preset {
        Some(preset) => console::preset(preset),
        None => console::keymap(&globals.load()?.console),
    };
    let keymap = keymap.map_err(|wrong| CliError::Usage(wrong.join("\n")))?;
    if args.markdown {
        print::text(&paper::markdown(&keymap))
    } else if args.json {
        print::text(&format!("{:#}\n", paper::json(&keymap)))
    } else {
        print::text(&paper::text(&keymap))
    }
}
