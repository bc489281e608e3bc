//! The whole hub under load, measured from outside: fan-out, delay, memory,
//! ingest, officers' commands in a flood, restart.
//!
//! `cargo bench --bench floor [-- [quick] [runs=N] [seconds=N] [items=N] [PART...]]`,
//! where PART is `fanout`,
//! `delay`, `memory`, `ingest`, `restart`, `visible` or `idle`; without one all are run. The hub is
//! a child of this process on core 0, the load runs on core 1 (`taskset`); in
//! `ingest` both have both cores, as on a machine that is in use. Each figure is the median of five runs and is printed beside a limit that was
//! measured in the same run: the same bytes over bare TCP, the same rows into
//! bare SQLite.
//!
//! - `child`: what runs on the other core; `consoles`: WebSocket readers;
//!   `producers`: HTTP senders; `figures`: medians and percentiles.
//! - `fanout`, `ingest`, `restart`, `channels`: the measurements.

#![allow(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "figures of a measurement, far below 2^52"
)]

mod channels;
mod child;
mod consoles;
mod fanout;
mod figures;
mod ingest;
mod officer;
mod producers;
mod restart;

use std::process::Command;

use anyhow::{Context, Result};

/// As the program itself has it.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// How much is measured.
#[derive(Clone, Copy)]
struct Scale {
    /// Runs of each figure; the median is told.
    runs: usize,
    /// Seconds of one run.
    seconds: f64,
    /// Consoles connected.
    consoles: usize,
    /// Items that are there before ingest is measured, and events at a restart.
    items: usize,
    /// Items open when memory is measured.
    open: usize,
}

const FULL: Scale = Scale {
    runs: 5,
    seconds: 3.0,
    consoles: 500,
    items: 1_000_000,
    open: 100_000,
};
const QUICK: Scale = Scale {
    runs: 2,
    seconds: 0.5,
    consoles: 50,
    items: 10_000,
    open: 2_000,
};

impl Scale {
    /// Takes `runs=N`, `seconds=N` and `items=N`; leaves other words alone.
    fn set(&mut self, word: &str) {
        let Some((name, number)) = word.split_once('=') else {
            return;
        };
        match (name, number.parse::<f64>()) {
            ("runs", Ok(runs)) => self.runs = runs as usize,
            ("seconds", Ok(seconds)) => self.seconds = seconds,
            ("items", Ok(items)) => self.items = items as usize,
            _ => {}
        }
    }
}

fn main() -> Result<()> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    if let [role, kind, rest @ ..] = words.as_slice()
        && role == "--role"
    {
        return child::run(kind, rest);
    }
    if !words.iter().any(|word| word == "--pinned") {
        let again = Command::new("taskset")
            .args(["-c", "1"])
            .arg(std::env::current_exe()?)
            .args(&words)
            .arg("--pinned")
            .status();
        match again {
            Ok(status) => std::process::exit(status.code().unwrap_or(1)),
            Err(error) => println!("No taskset ({error}): hub and load share the cores."),
        }
    }
    let quick = words.iter().any(|word| word == "quick");
    let mut scale = if quick { QUICK } else { FULL };
    for word in &words {
        scale.set(word);
    }
    let parts = [
        "fanout", "delay", "memory", "ingest", "restart", "visible", "idle",
    ];
    let chosen: Vec<&str> = parts
        .into_iter()
        .filter(|part| words.iter().any(|word| word == part))
        .collect();
    let chosen = if chosen.is_empty() {
        parts.to_vec()
    } else {
        chosen
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let local = tokio::task::LocalSet::new();
    local.block_on(&runtime, async {
        for part in chosen {
            println!("\n{part}");
            match part {
                "fanout" => fanout::saturated(scale).await,
                "delay" => fanout::delay(scale).await,
                "memory" => restart::memory(scale).await,
                "ingest" => ingest::flood(scale).await,
                "visible" => channels::visible(scale).await,
                "idle" => channels::idle(scale).await,
                _ => restart::restart(scale),
            }
            .with_context(|| format!("{part} could not be measured"))?;
        }
        Ok(())
    })
}
