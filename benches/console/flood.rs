//! A thousand arrivals a second: followed, frozen, and with a terminal that does
//! not read.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use anyhow::Result;

use crate::hub::{Floor, Hub};
use crate::terminal::{Look, Terminal, cursor_row, newest};

const FLOOD: Floor = Floor {
    items: 1000,
    rate: 1000,
    mixed: false,
    apart: Duration::from_secs(1),
    read: false,
};
const SECONDS: u64 = 20;

fn ms(delays: &mut [f64], share: f64) -> f64 {
    delays.sort_by(f64::total_cmp);
    let at = ((delays.len().saturating_sub(1)) as f64 * share).round() as usize;
    delays.get(at).copied().unwrap_or(0.0)
}

/// Bytes, delay of what changes, processor time while following.
pub(crate) fn follow() -> Result<()> {
    let ascii = Look {
        ascii: true,
        ..Look::MONO
    };
    for (look, mixed, name) in [
        (ascii, false, "ASCII in mono"),
        (Look::COLOUR, true, "mixed scripts in colour"),
    ] {
        let floor = Floor { mixed, ..FLOOD };
        let hub = Arc::new(Hub::start(floor)?);
        let console = Terminal::open(hub.port, "wf_bench", look)?;
        console.until("flood", |screen| newest(screen) > Some(floor.items + 1000))?;
        let delays = Arc::new(Mutex::new((Vec::new(), 0)));
        let (theirs, asked) = (Arc::clone(&delays), Arc::clone(&hub));
        console.watch(Some(Box::new(move |screen, at| {
            let mut delays = theirs.lock().expect("no panic");
            let shown = newest(screen).unwrap_or(0);
            // The first that was not shown yet has waited longest.
            if shown > delays.1
                && delays.1 > 0
                && let Some(sent) = asked.sent(floor, delays.1 + 1)
            {
                delays.0.push((at - sent).as_secs_f64() * 1e3);
            }
            delays.1 = delays.1.max(shown);
        })));
        let (bytes, processor, start) = (console.bytes(), console.processor(), Instant::now());
        std::thread::sleep(Duration::from_secs(SECONDS));
        let passed = start.elapsed().as_secs_f64();
        let rate = (console.bytes() - bytes) as f64 / passed / 1024.0;
        let share = (console.processor() - processor) / passed * 100.0;
        console.watch(None);
        let delays = &mut delays.lock().expect("no panic").0;
        println!(
            "  {name}: {rate:.1} KB/s, changes on screen after p50 {:.0} ms, p99 {:.0} ms, most {:.0} ms ({} frames), {share:.1} % of a core",
            ms(delays, 0.5),
            ms(delays, 0.99),
            ms(delays, 1.0),
            delays.len()
        );
    }
    Ok(())
}

/// Bytes while frozen, and from a key to its frame during the flood.
pub(crate) fn frozen() -> Result<()> {
    for (look, mixed) in [(Look::MONO, false), (Look::COLOUR, true)] {
        let floor = Floor { mixed, ..FLOOD };
        let hub = Hub::start(floor)?;
        let mut console = Terminal::open(hub.port, "wf_bench", look)?;
        console.until("flood", |screen| newest(screen) > Some(floor.items + 1000))?;
        console.press("f")?;
        console.press("k")?;
        console.until("cursor", |screen| cursor_row(screen).is_some())?;
        std::thread::sleep(Duration::from_secs(1));
        let (bytes, processor, start) = (console.bytes(), console.processor(), Instant::now());
        std::thread::sleep(Duration::from_secs(SECONDS));
        let passed = start.elapsed().as_secs_f64();
        let rate = (console.bytes() - bytes) as f64 / passed / 1024.0;
        let share = (console.processor() - processor) / passed * 100.0;
        let mut delays = Vec::new();
        for n in 0..300 {
            let before = console.look(cursor_row);
            let pressed = Instant::now();
            console.press(if n % 2 == 0 { "k" } else { "j" })?;
            let at = console.until("moved cursor", |screen| {
                let now = cursor_row(screen);
                now.is_some() && now != before
            })?;
            delays.push(at.saturating_duration_since(pressed).as_secs_f64() * 1e3);
            std::thread::sleep(Duration::from_millis(37));
        }
        println!(
            "  {} {}: {rate:.2} KB/s, {share:.1} % of a core; key to frame p50 {:.2} ms, p99 {:.2} ms, most {:.2} ms ({})",
            look.colour,
            if mixed { "mixed scripts" } else { "ASCII" },
            ms(&mut delays, 0.5),
            ms(&mut delays, 0.99),
            ms(&mut delays, 1.0),
            delays.len()
        );
    }
    Ok(())
}

/// A terminal that reads nothing for a minute, after one in which it read: what
/// arrives takes its room in both.
pub(crate) fn stall() -> Result<()> {
    let floor = Floor { rate: 50, ..FLOOD };
    let hub = Hub::start(floor)?;
    let console = Terminal::open(hub.port, "wf_bench", Look::COLOUR)?;
    console.until("flood", |screen| newest(screen) > Some(floor.items + 100))?;
    let first = console.memory();
    std::thread::sleep(Duration::from_mins(1));
    let before = console.memory();
    console.stall(true);
    std::thread::sleep(Duration::from_mins(1));
    let after = console.memory();
    console.stall(false);
    let start = Instant::now();
    let last = floor.items + floor.rate * 120;
    console.until("newest frame", |screen| newest(screen) > Some(last))?;
    println!(
        "  {before:.1} MB before, {:+.1} MB in a minute with 3,000 arrivals ({:+.1} MB in the one before, in which it read); {} session; the newest frame {:.0} ms after it reads again",
        after - before,
        before - first,
        hub.sessions(),
        start.elapsed().as_secs_f64() * 1e3
    );
    Ok(())
}
