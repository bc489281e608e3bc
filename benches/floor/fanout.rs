//! Fan-out: how many deliveries a second at the most, and how long one takes
//! at a steady rate.

use std::cell::Cell;
use std::rc::Rc;
use std::time::{Duration, Instant};

use anyhow::Result;
use tokio::net::TcpStream;

use crate::Scale;
use crate::child::Other;
use crate::consoles::{self, Counts};
use crate::figures;
use crate::producers::Producer;

/// Bytes of an event's JSON.
const EVENT: usize = 512;
/// Events of a batch when saturated, and batches on their way.
const BATCH: u64 = 64;
const UNDER_WAY: u64 = 6;

/// Bytes of a frame around a single event, about.
const FRAME: usize = 46;

/// Saturated: by the desk's way, past the desk, and bare.
pub(crate) async fn saturated(scale: Scale) -> Result<()> {
    let limit = {
        let (mut bare, counts) = bare(scale).await?;
        let figures = ordered(&mut bare, &counts, scale).await?;
        bare.stop()?;
        figures
    };
    let bare = figures::median(limit.clone());
    figures::rate("bare TCP, deliveries", limit, None);
    {
        let folder = tempfile::tempdir()?;
        let mut hub = Other::start("hub", folder.path())?;
        let counts = consoles::connect(&hub.address, &hub.token, scale.consoles).await?;
        let figures = ordered(&mut hub, &counts, scale).await?;
        figures::rate(
            "fan-out of encoded events, deliveries",
            figures,
            Some(("bare TCP", bare)),
        );
        hub.kill()?;
    }
    let folder = tempfile::tempdir()?;
    let hub = Other::start("hub", folder.path())?;
    let counts = consoles::connect(&hub.address, &hub.token, scale.consoles).await?;
    let figures = posted(&hub, &counts, scale).await?;
    figures::rate(
        "posted, decided, stored and fanned out, deliveries",
        figures,
        Some(("bare TCP", bare)),
    );
    let (bytes, events) = counts.last.get();
    println!(
        "  an event of these: {} bytes",
        bytes as u64 / events.max(1)
    );
    hub.kill()
}

/// Lets the child publish, so that always a few batches are on their way.
async fn ordered(child: &mut Other, counts: &Counts, scale: Scale) -> Result<Vec<f64>> {
    let consoles = scale.consoles as u64;
    let start = counts.events.get() / consoles;
    let mut published = 0;
    let mut figures = Vec::new();
    for _ in 0..scale.runs {
        let before = counts.events.get();
        let began = Instant::now();
        while began.elapsed().as_secs_f64() < scale.seconds {
            let received = counts.events.get() / consoles - start;
            if published < received + BATCH * UNDER_WAY {
                child.order(&format!("publish {BATCH} {EVENT}"))?;
                published += BATCH;
            } else {
                tokio::task::yield_now().await;
            }
        }
        let received = counts.events.get() - before;
        figures.push(received as f64 / began.elapsed().as_secs_f64());
    }
    counts.whole()?;
    Ok(figures)
}

/// Posts batches, so that always a few are on their way.
async fn posted(hub: &Other, counts: &Counts, scale: Scale) -> Result<Vec<f64>> {
    let consoles = scale.consoles as u64;
    let next = Cell::new(0);
    // What an event has beside the item's own JSON is learnt from one.
    let mut probe = Producer::connect(&hub.address, 1, EVENT).await?;
    let size = learn(&mut probe, counts, &next).await?;
    let start = counts.events.get() / consoles;
    let posted = Cell::new(0);
    let stop = Cell::new(false);
    let batch = usize::try_from(BATCH)?;
    let send = || async {
        let mut producer = Producer::connect(&hub.address, batch, size).await?;
        while !stop.get() {
            let received = counts.events.get() / consoles - start;
            if posted.get() < received + BATCH * UNDER_WAY {
                posted.set(posted.get() + BATCH);
                producer.post(&next).await?;
            } else {
                tokio::task::yield_now().await;
            }
        }
        anyhow::Ok(())
    };
    let measure = async {
        let mut figures = Vec::new();
        for _ in 0..scale.runs {
            let (before, began) = (counts.events.get(), Instant::now());
            tokio::time::sleep(Duration::from_secs_f64(scale.seconds)).await;
            let received = counts.events.get() - before;
            figures.push(received as f64 / began.elapsed().as_secs_f64());
        }
        stop.set(true);
        counts.whole()?;
        anyhow::Ok(figures)
    };
    let (a, b, c, figures) = tokio::join!(send(), send(), send(), measure);
    a.and(b).and(c)?;
    figures
}

/// The size of an item whose event has [`EVENT`] bytes.
async fn learn(probe: &mut Producer, counts: &Counts, next: &Cell<u64>) -> Result<usize> {
    let before = counts.events.get();
    probe.post(next).await?;
    while counts.events.get() == before {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    tokio::time::sleep(Duration::from_millis(50)).await;
    let event = counts.last.get().0.saturating_sub(FRAME);
    Ok((2 * EVENT).saturating_sub(event))
}

/// The same bytes over TCP and nothing else, to as many readers.
async fn bare(scale: Scale) -> Result<(Other, Rc<Counts>)> {
    let bare = Other::start("bare", &std::env::temp_dir())?;
    let counts = Rc::new(Counts::default());
    for _ in 0..scale.consoles {
        let stream = TcpStream::connect(&bare.address).await?;
        tokio::task::spawn_local(consoles::listen(stream, Rc::clone(&counts)));
    }
    // The accepting task takes the last ones.
    tokio::time::sleep(Duration::from_millis(300)).await;
    Ok((bare, counts))
}

/// 200 events a second: how long until every console has each.
pub(crate) async fn delay(scale: Scale) -> Result<()> {
    let seconds = scale.seconds * 2.0;
    for way in ["bare TCP, published", "published", "posted"] {
        let folder = tempfile::tempdir()?;
        let (mut hub, counts) = if way.starts_with("bare") {
            bare(scale).await?
        } else {
            let hub = Other::start("hub", folder.path())?;
            let counts = consoles::connect(&hub.address, &hub.token, scale.consoles).await?;
            (hub, counts)
        };
        counts.timed.set(true);
        let mut p99 = Vec::new();
        let mut all = Vec::new();
        for _ in 0..scale.runs {
            counts.delays.borrow_mut().clear();
            if way == "posted" {
                post_paced(&hub, seconds).await?;
            } else {
                paced(seconds, async || hub.order(&format!("publish 1 {EVENT}"))).await?;
            }
            tokio::time::sleep(Duration::from_millis(200)).await;
            counts.whole()?;
            let mut delays = counts.delays.take();
            p99.push(figures::percentile(&mut delays, 0.99).as_secs_f64() * 1e3);
            all.extend(delays);
        }
        let what = format!("{way} to received, 200 events/s");
        figures::delays(&what, &mut all);
        println!("  median p99 of the runs: {:.2} ms", figures::median(p99));
        hub.kill()?;
    }
    Ok(())
}

async fn paced(seconds: f64, mut each: impl AsyncFnMut() -> Result<()>) -> Result<()> {
    let mut tick = tokio::time::interval(Duration::from_millis(5));
    for _ in 0..(seconds * 200.0) as usize {
        tick.tick().await;
        each().await?;
    }
    Ok(())
}

/// Eight senders by turns, so that a slow write does not slow the rate.
async fn post_paced(hub: &Other, seconds: f64) -> Result<()> {
    let next = Rc::new(Cell::new(u64::try_from(crate::child::nanos() % (1 << 60))?));
    let mut lanes = Vec::new();
    for _ in 0..8 {
        let mut producer = Producer::connect(&hub.address, 1, 330).await?;
        let (order, mut orders) = tokio::sync::mpsc::channel::<()>(64);
        let next = Rc::clone(&next);
        tokio::task::spawn_local(async move {
            while orders.recv().await.is_some() {
                if let Err(error) = producer.post(&next).await {
                    println!("  a sender: {error}");
                    return;
                }
            }
        });
        lanes.push(order);
    }
    let mut turn = 0;
    paced(seconds, async || {
        turn += 1;
        Ok(lanes[turn % lanes.len()].send(()).await?)
    })
    .await
}
