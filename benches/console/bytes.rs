//! What the console writes: at the start, when the selection moves, and while
//! nothing happens.

use std::time::Duration;

use anyhow::Result;

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

/// Bytes of the minutes of a quiet hour, and of the time between them.
pub(crate) fn quiet() -> Result<()> {
    for items in [0, 500] {
        for look in [Look::MONO, Look::COLOUR] {
            let hub = Hub::start(Floor { items, ..FLOOR })?;
            let console = Terminal::open(hub.port, "wf_bench", look)?;
            console.until("link", |screen| screen.contents().contains("live"))?;
            console.quiet(QUIET);
            let mut minutes = Vec::new();
            let mut last = console.bytes();
            // The first turn may come with the first frames.
            for _ in 0..2 * 65 {
                std::thread::sleep(Duration::from_secs(1));
                let now = console.bytes();
                if now > last {
                    minutes.push(now - last);
                }
                last = now;
            }
            println!(
                "  {} {items} items: {minutes:?} bytes at the turns of the minute, 0 between",
                look.colour
            );
        }
    }
    Ok(())
}
