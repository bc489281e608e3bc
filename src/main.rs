//! The binary: parses the command line and hands over to the rooms.
//!
//! Owns nothing but the way an error is told: one sentence on standard error,
//! and an exit code of 0 (done), 1 (failed or refused) or 2 (wrong usage or
//! configuration).

use std::process::ExitCode;

use clap::Parser;
use watchfloor::cli::{Cli, print};

/// Ingest is a flood of small allocations: in a profile of the hub under load the
/// system's allocator was a sixth of what the desk and its doors did.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    watchfloor::hardening::harden();
    match Cli::parse().run() {
        Ok(done) => done.code(),
        Err(error) => {
            if error.is_told() {
                print::aside(&format!("{error:#}"));
            }
            error.code()
        }
    }
}
