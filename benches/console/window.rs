//! A large window: memory, and from a key of the filter to its frame.

use std::time::{Duration, Instant};

use anyhow::Result;

use crate::hub::{Floor, Hub};
use crate::terminal::{Look, Terminal};

/// Opens a console on so many items and types filters; once on items as channels
/// send them, once on items that the hub has read and found copies among.
pub(crate) fn measure(items: u64) -> Result<()> {
    for read in [false, true] {
        one(Floor {
            items,
            rate: 0,
            mixed: true,
            apart: Duration::from_millis(100),
            read,
        })?;
    }
    Ok(())
}

fn one(floor: Floor) -> Result<()> {
    let items = floor.items;
    let hub = Hub::start(floor)?;
    let mut console = Terminal::open(hub.port, "wf_bench", Look::COLOUR)?;
    let newest = format!("#{items}");
    let loaded = console.until("floor", |screen| {
        let text = screen.contents();
        text.contains("live") && text.contains(&newest)
    })?;
    console.quiet(Duration::from_secs(1));
    let loaded_with = console.memory();
    let mut delays = Vec::new();
    for word in [
        "brown water mill",
        "agua azenha",
        "sev>=high water",
        "tram -harbour",
    ] {
        console.press("/")?;
        console.quiet(Duration::from_millis(300));
        let mut typed = String::new();
        for letter in word.chars() {
            typed.push(letter);
            let pressed = Instant::now();
            console.press(&letter.to_string())?;
            let wanted = typed.trim_end().to_owned();
            let before = console.bytes();
            let at = console.until("typed letter", |screen| {
                screen.contents().contains(&wanted) && console.bytes() > before
            })?;
            delays.push(at.saturating_duration_since(pressed).as_secs_f64() * 1e3);
            console.quiet(Duration::from_millis(60));
        }
        console.press("\u{1b}")?;
        console.quiet(Duration::from_millis(500));
    }
    let memory = console.memory();
    delays.sort_by(f64::total_cmp);
    let share = |part: f64| delays[((delays.len() - 1) as f64 * part).round() as usize];
    println!(
        "  {items} items{}: {memory:.0} MB ({:.0} bytes each), {loaded_with:.0} MB just after they came in, there after {:.1} s; key of a filter to frame p50 {:.1} ms, p99 {:.1} ms, most {:.1} ms ({})",
        if floor.read {
            ", read, a third of them copies"
        } else {
            ""
        },
        memory * 1024.0 * 1024.0 / items as f64,
        (loaded - console.started).as_secs_f64(),
        share(0.5),
        share(0.99),
        share(1.0),
        delays.len()
    );
    Ok(())
}
