//! Memory, and how long a hub takes to serve again.

use std::time::{Duration, Instant};

use anyhow::Result;

use crate::Scale;
use crate::child::Other;
use crate::consoles;
use crate::figures;

/// What an idle console takes, and what open items take.
pub(crate) async fn memory(scale: Scale) -> Result<()> {
    let mut idle = Vec::new();
    for _ in 0..scale.runs {
        let folder = tempfile::tempdir()?;
        let hub = Other::start("hub", folder.path())?;
        // One before, so that what is made once is not counted.
        let first = consoles::connect(&hub.address, &hub.token, 1).await?;
        let before = hub.resident()?;
        let counts = consoles::connect(&hub.address, &hub.token, scale.consoles).await?;
        tokio::time::sleep(Duration::from_secs(1)).await;
        let grown = hub.resident()?.saturating_sub(before);
        idle.push(grown as f64 / scale.consoles as f64);
        drop((first, counts));
        hub.kill()?;
    }
    println!("  an idle console: {:.1} KiB", figures::median(idle));
    let folder = tempfile::tempdir()?;
    let mut hub = Other::start("hub", folder.path())?;
    hub.order(&format!("fill {} 0", scale.open))?;
    hub.answer()?;
    let mib = hub.resident()? / 1024;
    println!("  {} open items, just put in: {mib} MiB", scale.open);
    hub.stop()?;
    let hub = Other::start("hub", folder.path())?;
    tokio::time::sleep(Duration::from_secs(1)).await;
    let mib = hub.resident()? / 1024;
    println!("  {} open items, after a restart: {mib} MiB", scale.open);
    hub.kill()
}

/// From the start of the process to its first answer, with a tenth of the items
/// open: stopped in order, killed, and with nothing but the log.
pub(crate) fn restart(scale: Scale) -> Result<()> {
    let folder = tempfile::tempdir()?;
    let mut hub = Other::start("hub", folder.path())?;
    // A closed item is two events.
    let closed = scale.items * 9 / 20;
    let open = scale.items / 10;
    hub.order(&format!("fill {open} {closed}"))?;
    hub.answer()?;
    hub.stop()?;
    let events = closed * 2 + open;
    for what in ["after a stop", "after a kill", "without any checkpoint"] {
        if what == "without any checkpoint" {
            for end in ["", "-wal", "-shm"] {
                std::fs::remove_file(folder.path().join(format!("derived.db{end}"))).ok();
            }
        }
        let began = Instant::now();
        let hub = Other::start("hub", folder.path())?;
        println!(
            "  {events} events, {what}: serving in {:.2} s",
            began.elapsed().as_secs_f64()
        );
        hub.kill()?;
    }
    Ok(())
}
