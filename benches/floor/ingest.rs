//! Ingest over HTTP with the log already long, and an officer at work in it.

use std::cell::Cell;
use std::time::{Duration, Instant};

use anyhow::Result;

use crate::Scale;
use crate::child::Other;
use crate::figures;
use crate::officer::OfficerConsole;
use crate::producers;

/// Producers at a time.
const PRODUCERS: usize = 64;

/// Batches of 100 and single items, each with an officer's commands between.
pub(crate) async fn flood(scale: Scale) -> Result<()> {
    let folder = tempfile::tempdir()?;
    let mut hub = Other::on("0,1", "hub", folder.path())?;
    let open = scale.items / 10;
    let began = Instant::now();
    hub.order(&format!("fill {open} {}", scale.items - open))?;
    hub.answer()?;
    println!(
        "  {} items put in, searchable, in {:.0} s",
        scale.items,
        began.elapsed().as_secs_f64()
    );
    let mut officer = OfficerConsole::connect(&hub).await?;
    let next = Cell::new(0);
    for (what, batch, limit) in [("batches of 100", 100, 100), ("single items", 1, PRODUCERS)] {
        hub.order("settle")?;
        hub.answer()?;
        let mut rates = Vec::new();
        let mut delays = Vec::new();
        let mut p99 = Vec::new();
        let mut behind = String::new();
        let mut items = 0.0;
        let before = hub.busy()?;
        for _ in 0..scale.runs {
            let until = Instant::now() + Duration::from_secs_f64(scale.seconds);
            let (rate, mut took) = tokio::try_join!(
                producers::flood(&hub.address, (PRODUCERS, batch), scale.seconds, &next),
                officer.work(until)
            )?;
            rates.push(rate);
            items += rate * scale.seconds;
            p99.push(figures::percentile(&mut took, 0.99).as_secs_f64() * 1e3);
            delays.extend(took);
            hub.order("searched")?;
            behind = hub.answer()?;
        }
        let after = hub.busy()?;
        let bare = bare(folder.path(), limit, scale)?;
        let name = format!("bare SQLite, {limit} rows a commit");
        figures::rate(&format!("{what}, items"), rates, Some((&name, bare)));
        figures::delays("an officer's command meanwhile", &mut delays);
        println!("  median p99 of the runs: {:.2} ms", figures::median(p99));
        println!(
            "  the hub's processor time: {:.1} us an item, {:.1} us of the archive's beside; the archive is {behind} events",
            (after.1 - before.1) * 1e6 / items,
            (after.0 - before.0) * 1e6 / items,
        );
    }
    println!("  hub memory at the end: {} MiB", hub.resident()? / 1024);
    hub.kill()
}

/// Rows of the same size into SQLite alone, on the same core and disk.
fn bare(folder: &std::path::Path, rows: usize, scale: Scale) -> Result<f64> {
    let mut child = Other::start("sqlite", folder)?;
    let mut figures = Vec::new();
    for _ in 0..scale.runs {
        child.order(&format!("{rows} {}", scale.seconds / 3.0))?;
        figures.push(child.answer()?.parse()?);
    }
    child.stop()?;
    std::fs::remove_file(folder.join("bare.db")).ok();
    Ok(figures::median(figures))
}
