//! The real console in a pseudo-terminal, measured from outside: bytes, delays,
//! processor time and memory.
//!
//! `cargo bench --bench console [-- [PART...]]`, where PART is `first`, `select`,
//! `quiet`, `hour`, `follow`, `frozen`, `stall`, `window` or `million`; without one all
//! but `hour` (a whole one) and `million` are run. The hub is this process: it accepts one console, gives
//! it a snapshot and then sends events at a steady rate. Nothing else may run on
//! the machine while delays are measured.
//!
//! - `hub`: the hub and its floor; `terminal`: the console's process and its
//!   terminal; `bytes`, `flood`, `window`: the measurements.

#![allow(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "figures of a measurement, far below 2^52"
)]

mod bytes;
mod flood;
mod hub;
#[allow(dead_code, reason = "the tests of the terminal use the rest")]
mod terminal;
mod window;

use anyhow::{Context, Result};

const PARTS: [&str; 9] = [
    "first", "select", "quiet", "hour", "follow", "frozen", "stall", "window", "million",
];

fn main() -> Result<()> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let wanted = |part: &&str| words.iter().any(|word| word == part);
    let mut chosen: Vec<&str> = PARTS.into_iter().filter(|part| wanted(part)).collect();
    if chosen.is_empty() {
        chosen = PARTS
            .into_iter()
            .filter(|part| !["hour", "million"].contains(part))
            .collect();
    }
    for part in chosen {
        println!("\n{part}");
        match part {
            "first" => bytes::first(),
            "select" => bytes::select(),
            "quiet" => bytes::quiet(3),
            "hour" => bytes::quiet(60),
            "follow" => flood::follow(),
            "frozen" => flood::frozen(),
            "stall" => flood::stall(),
            "window" => window::measure(100_000),
            _ => window::measure(1_000_000),
        }
        .with_context(|| format!("{part} could not be measured"))?;
    }
    Ok(())
}
