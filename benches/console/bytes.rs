//! What the console writes: at the start, when the selection moves, and while
//! nothing happens.

use std::time::Duration;

use anyhow::{Result, anyhow};

use crate::hub::{Floor, Hub};
use crate::terminal::{Look, Terminal};

const QUIET: Duration = Duration::from_millis(400);

const FLOOR: Floor = Floor {
    items: 500,
    rate: 0,
    mixed: true,
    apart: Duration::from_mins(1),
    read: false,
};

/// Bytes and time of the first complete frame.
pub(crate) fn first() -> Result<()> {
    for (cols, rows) in [(80, 24), (200, 50)] {
        for colour in ["none", "256", "true"] {
            let look = Look {
                cols,
                rows,
                colour,
                ascii: false,
            };
            let mut delays = Vec::new();
            let mut bytes = 0;
            for _ in 0..7 {
                let hub = Hub::start(FLOOR)?;
                let console = Terminal::open(hub.port, "wf_bench", look)?;
                let at = console.until("floor", |screen| {
                    let text = screen.contents();
                    text.contains("live") && text.contains("#500")
                })?;
                delays.push((at - console.started).as_secs_f64() * 1e3);
                console.quiet(QUIET);
                bytes = console.bytes();
            }
            delays.sort_by(f64::total_cmp);
            println!(
                "  {cols}x{rows} {colour}: {bytes} bytes with all before it, {:.1} ms after exec (median of {})",
                delays[delays.len() / 2],
                delays.len()
            );
        }
    }
    Ok(())
}

/// Bytes of one step of the selection.
pub(crate) fn select() -> Result<()> {
    for look in [Look::MONO, Look::COLOUR] {
        for mixed in [false, true] {
            let hub = Hub::start(Floor { mixed, ..FLOOR })?;
            let mut console = Terminal::open(hub.port, "wf_bench", look)?;
            console.until("floor", |screen| screen.contents().contains("#500"))?;
            console.quiet(QUIET);
            console.press("k")?;
            console.quiet(QUIET);
            let mut most = 0;
            for _ in 0..12 {
                let before = console.bytes();
                console.record();
                console.press("k")?;
                console.quiet(QUIET);
                if std::env::var_os("TAPE").is_some() {
                    println!("{:?}", String::from_utf8_lossy(&console.recorded()));
                }
                most = most.max(console.bytes() - before);
            }
            let scripts = if mixed { "mixed scripts" } else { "ASCII" };
            println!("  {} {scripts}: {most} bytes at the most", look.colour);
        }
    }
    Ok(())
}

/// Bytes of the minutes of a quiet time, at every kind of terminal at once.
pub(crate) fn quiet(minutes: u32) -> Result<()> {
    std::thread::scope(|scope| {
        let kinds = [0, 500_u64].map(|items| [Look::MONO, Look::COLOUR].map(|look| (items, look)));
        let watched: Vec<_> = kinds
            .into_iter()
            .flatten()
            .map(|(items, look)| {
                (
                    items,
                    look,
                    scope.spawn(move || turns(items, look, minutes)),
                )
            })
            .collect();
        for (items, look, turns) in watched {
            let turns = turns.join().map_err(|_| anyhow!("the watch broke off"))??;
            let sum: u64 = turns.iter().sum();
            let most = turns.iter().max().unwrap_or(&0);
            println!(
                "  {} {items} items: {:.0} bytes a minute over {minutes}, {most} at the most",
                look.colour,
                sum as f64 / f64::from(minutes)
            );
        }
        Ok(())
    })
}

/// What was written in each of the seconds in which anything was.
fn turns(items: u64, look: Look, minutes: u32) -> Result<Vec<u64>> {
    let hub = Hub::start(Floor { items, ..FLOOR })?;
    let console = Terminal::open(hub.port, "wf_bench", look)?;
    let newest = format!("#{items}");
    console.until("floor", |screen| {
        let text = screen.contents();
        text.contains("live") && (items == 0 || text.contains(&newest))
    })?;
    // What the console still asks of the terminal at its start is no part of it.
    std::thread::sleep(Duration::from_secs(5));
    let mut turns = Vec::new();
    let mut last = console.bytes();
    for _ in 0..60 * minutes {
        std::thread::sleep(Duration::from_secs(1));
        let now = console.bytes();
        if now > last {
            turns.push(now - last);
        }
        last = now;
    }
    Ok(turns)
}
