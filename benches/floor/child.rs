//! What runs on the other core, as a child: a hub, a bare TCP fan-out, a bare
//! SQLite log. Orders come by its standard input, a line each; it answers on
//! its standard output.

use std::io::{BufRead, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result, bail};
use bytes::Bytes;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use watchfloor::channels::Intake;
use watchfloor::channels::catalogue::Catalogue;
use watchfloor::channels::registry::Channels;
use watchfloor::channels::settings::{ChannelConfig, Secret};
use watchfloor::config;
use watchfloor::hub::fanout::Sent;
use watchfloor::hub::floor;
use watchfloor::hub::serve::{Plan, Running, start};
use watchfloor::model::ids::{ChannelName, DeskName, OfficerId};
use watchfloor::model::inbound::Inbound;
use watchfloor::model::item::{Content, Kind};
use watchfloor::model::time::Timestamp;

/// The channel that is posted to, and its token.
pub(crate) const CHANNEL: &str = "bench";
pub(crate) const SECRET: &str = "bench-token-of-the-measurement";

/// A child that is up. Its pipes are waited for: nothing else is to be done
/// then, and orders are short.
pub(crate) struct Other {
    process: Child,
    orders: ChildStdin,
    answers: std::io::BufReader<ChildStdout>,
    /// Where it listens.
    pub(crate) address: String,
    /// What lets an officer in.
    pub(crate) token: String,
}

impl Other {
    /// Starts a child of a kind on core 0 and waits until it is up.
    pub(crate) fn start(kind: &str, folder: &Path) -> Result<Self> {
        Self::on("0", kind, folder)
    }

    /// The same on the cores that are named as for `taskset`.
    pub(crate) fn on(cores: &str, kind: &str, folder: &Path) -> Result<Self> {
        let exe = std::env::current_exe()?;
        let pinned = std::env::args().any(|word| word == "--pinned");
        let mut command = if pinned {
            let mut command = Command::new("taskset");
            command.args(["-c", cores]).arg(exe);
            command
        } else {
            Command::new(exe)
        };
        let mut process = command
            .args(["--role", kind])
            .arg(folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let orders = process.stdin.take().context("its input")?;
        let answers = std::io::BufReader::new(process.stdout.take().context("its output")?);
        let mut other = Self {
            process,
            orders,
            answers,
            address: String::new(),
            token: String::new(),
        };
        let ready = other.answer()?;
        let mut words = ready.split(' ').skip(1).map(str::to_owned);
        other.address = words.next().unwrap_or_default();
        other.token = words.next().unwrap_or_default();
        Ok(other)
    }

    /// Gives an order.
    pub(crate) fn order(&mut self, line: &str) -> Result<()> {
        self.orders.write_all(format!("{line}\n").as_bytes())?;
        Ok(())
    }

    /// The next answer.
    pub(crate) fn answer(&mut self) -> Result<String> {
        let mut line = String::new();
        if self.answers.read_line(&mut line)? == 0 {
            bail!("the child ended; what it said is above");
        }
        Ok(line.trim().to_owned())
    }

    /// Memory that it has in use, in KiB.
    pub(crate) fn resident(&self) -> Result<u64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.process.id()))?;
        let line = status.lines().find(|line| line.starts_with("VmRSS:"));
        let kib = line.and_then(|line| line.split_whitespace().nth(1));
        Ok(kib.context("its memory")?.parse()?)
    }

    /// Seconds of processor time that it took so far: the archive's thread, and
    /// all others.
    pub(crate) fn busy(&self) -> Result<(f64, f64)> {
        let (mut archive, mut others) = (0.0, 0.0);
        for thread in std::fs::read_dir(format!("/proc/{}/task", self.process.id()))? {
            let folder = thread?.path();
            let name = std::fs::read_to_string(folder.join("comm")).unwrap_or_default();
            // Nanoseconds on a processor, then waiting for one.
            let times = std::fs::read_to_string(folder.join("schedstat")).unwrap_or_default();
            let nanos: f64 = times
                .split(' ')
                .next()
                .unwrap_or("0")
                .parse()
                .unwrap_or(0.0);
            if name.trim() == "archive" {
                archive += nanos / 1e9;
            } else {
                others += nanos / 1e9;
            }
        }
        Ok((archive, others))
    }

    /// Seconds of processor time that it took so far, threads that have ended
    /// and all.
    pub(crate) fn worked(&self) -> Result<f64> {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.process.id()))?;
        // The name, in brackets, may hold spaces; of user and system the 14th and 15th.
        let (_, rest) = stat.rsplit_once(')').context("its times")?;
        let ticks = rest.split_whitespace().skip(11).take(2);
        let ticks: f64 = ticks.map(|t| t.parse().unwrap_or(0.0)).sum();
        Ok(ticks / 100.0)
    }

    /// Ends it in order.
    pub(crate) fn stop(mut self) -> Result<()> {
        self.order("quit")?;
        self.process.wait()?;
        Ok(())
    }

    /// Ends it as a power cut would.
    pub(crate) fn kill(mut self) -> Result<()> {
        self.process.kill()?;
        self.process.wait()?;
        Ok(())
    }
}

impl Drop for Other {
    fn drop(&mut self) {
        // It may have ended already.
        self.process.kill().ok();
        self.process.wait().ok();
    }
}

/// Runs as the child.
pub(crate) fn run(kind: &str, words: &[String]) -> Result<()> {
    let folder = PathBuf::from(words.first().context("a folder")?);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    match kind {
        "hub" => runtime.block_on(hub(&folder)),
        "bare" => runtime.block_on(bare()),
        "sqlite" => sqlite(&folder),
        _ => bail!("There is no role {kind}."),
    }
}

/// Nanoseconds since 1970, the same clock in both processes.
pub(crate) fn nanos() -> u128 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default()
        .as_nanos()
}

fn say(line: &str) {
    let mut out = std::io::stdout().lock();
    // The parent may be gone; then the input ends too.
    writeln!(out, "{line}").and_then(|()| out.flush()).ok();
}

async fn hub(folder: &Path) -> Result<()> {
    let config = config::resolve(None, &[]).map_err(|_| anyhow::anyhow!("the defaults"))?;
    let floor = floor::read(&config).map_err(|_| anyhow::anyhow!("the default floor"))?;
    let owner = OfficerId::new("owner")?;
    let mut plan = Plan::embedded(folder.to_owned(), floor, config.page, owner);
    let catalogue = Catalogue::built_in().map_err(|_| anyhow::anyhow!("the channel files"))?;
    let mut channel = ChannelConfig::new(ChannelName::new(CHANNEL)?, "generic");
    channel
        .secrets
        .insert("bearer".to_owned(), Secret::new(SECRET));
    let mut channels = super::channels::streams(folder)?;
    channels.push(channel);
    plan.channels = Channels::load(channels, &catalogue)
        .map_err(|_| anyhow::anyhow!("the channel's settings"))?;
    let running = start(plan).await?;
    let token = running.token.as_ref().context("a private door")?;
    say(&format!("ready {} {}", running.address, token.reveal()));
    let mut lines = BufReader::new(tokio::io::stdin()).lines();
    while let Some(line) = lines.next_line().await? {
        let words: Vec<&str> = line.split(' ').collect();
        match words.as_slice() {
            ["publish", count, bytes] => publish(&running, count.parse()?, bytes.parse()?),
            ["fill", open, closed] => {
                fill(&running, open.parse()?, closed.parse()?).await?;
                say("filled");
            }
            ["settle"] => {
                searchable(&running).await;
                say("settled");
            }
            ["searched"] => {
                let upto = running.hub.archive.as_ref().map(|a| a.indexed_upto().0);
                let behind = running.hub.fanout.head().0 - upto.unwrap_or(0);
                say(&format!("behind {behind}"));
            }
            ["quit"] => break,
            _ => bail!("There is no order {line}."),
        }
    }
    running.stop().await;
    Ok(())
}

/// Fans out events that were encoded before, past the desk and the log: what
/// the fan-out alone can do. The last one of a batch carries the time.
fn publish(running: &Running, count: u64, bytes: usize) {
    let fanout = &running.hub.fanout;
    let head = fanout.head();
    let event = padded(bytes);
    let stamped = stamped(bytes);
    let batch: Vec<Sent> = (1..=count)
        .map(|n| Sent {
            seq: watchfloor::model::ids::Seq(head.0 + n),
            desk: DeskName::new("floor").ok(),
            left: None,
            key: None,
            told: true,
            strangers: true,
            json: if n == count {
                stamped.clone()
            } else {
                event.clone()
            },
        })
        .collect();
    fanout.publish(&batch, |_| None);
}

fn padded(bytes: usize) -> Bytes {
    let text = "x".repeat(bytes.saturating_sub(11));
    format!(r#"{{"text":"{text}"}}"#).into()
}

fn stamped(bytes: usize) -> Bytes {
    let stamp = format!("t={:020} ", nanos());
    let text = "x".repeat(bytes.saturating_sub(11 + stamp.len()));
    format!(r#"{{"text":"{stamp}{text}"}}"#).into()
}

/// Puts items in, past HTTP: `closed` ones are over at their source.
async fn fill(running: &Running, open: usize, closed: usize) -> Result<()> {
    let channel = ChannelName::new(CHANNEL)?;
    let text = "A water main has burst on Mill Road; the road is closed. ".repeat(12);
    let mut numbers = 0..open + closed;
    let step = 1000;
    while numbers.start < numbers.end {
        let inbound = numbers.by_ref().take(step).map(|n| {
            let id = format!("filled-{n}");
            let words = format!("{n} {text}");
            let raw = Bytes::from(format!("{id} {words}"));
            let mut content = Content::new(Kind::Mention, channel.clone(), id.into(), words.into());
            content.ended_at = (n >= open).then(|| Timestamp::from_millis(1_790_000_000_000));
            Inbound::item(Arc::new(content), raw)
        });
        let receipts = running.hub.desk.submit(&channel, inbound.collect()).await;
        receipts.map_err(|error| anyhow::anyhow!("{error}"))?;
    }
    searchable(running).await;
    Ok(())
}

/// Waits until the archive has followed: what is measured next is not to pay
/// for what came before.
async fn searchable(running: &Running) {
    loop {
        let upto = running.hub.archive.as_ref().map(|a| a.indexed_upto());
        if upto.is_none_or(|upto| upto >= running.hub.fanout.head()) {
            return;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

/// The same bytes over TCP and nothing else: the limit of the fan-out.
async fn bare() -> Result<()> {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let (frames, _) = tokio::sync::broadcast::channel::<Bytes>(64);
    say(&format!("ready {} -", listener.local_addr()?));
    let publish = frames.clone();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut mine = frames.subscribe();
            stream.set_nodelay(true).ok();
            tokio::spawn(async move {
                while let Ok(frame) = mine.recv().await {
                    if stream.write_all(&frame).await.is_err() {
                        return;
                    }
                }
            });
        }
    });
    let mut lines = BufReader::new(tokio::io::stdin()).lines();
    let mut from = 1;
    while let Some(line) = lines.next_line().await? {
        let words: Vec<&str> = line.split(' ').collect();
        let ["publish", count, bytes] = words.as_slice() else {
            break;
        };
        let (count, bytes): (u64, usize) = (count.parse()?, bytes.parse()?);
        let events: Vec<Bytes> = (1..=count)
            .map(|n| {
                if n == count {
                    stamped(bytes)
                } else {
                    padded(bytes)
                }
            })
            .collect();
        let to = from + count - 1;
        let seq = watchfloor::model::ids::Seq;
        let json = watchfloor::wire::codec::encode_events(seq(from), seq(to), &events);
        from = to + 1;
        let mut frame = super::consoles::header(0x81, json.len());
        frame.extend_from_slice(&json);
        publish.send(frame.into()).ok();
    }
    Ok(())
}

/// Rows of the same size in transactions of 100, nothing else: the limit of
/// ingest. Says rows a second.
fn sqlite(folder: &Path) -> Result<()> {
    let conn = rusqlite::Connection::open(folder.join("bare.db"))?;
    conn.pragma_update(None, "page_size", 8192)?;
    conn.pragma_update_and_check(None, "journal_mode", "wal", |_| Ok(()))?;
    conn.pragma_update(None, "synchronous", "full")?;
    conn.execute_batch(
        "CREATE TABLE events(seq INTEGER PRIMARY KEY, key BLOB, body BLOB, hash BLOB, content BLOB);
         CREATE TABLE raws(seq INTEGER PRIMARY KEY, bytes BLOB);",
    )?;
    say("ready - -");
    let mut line = String::new();
    while std::io::stdin().read_line(&mut line)? > 0 && line.trim() != "quit" {
        let (size, seconds) = line.trim().split_once(' ').context("size and seconds")?;
        let (size, seconds): (usize, f64) = (size.parse()?, seconds.parse()?);
        line.clear();
        let (body, raw) = (vec![b'x'; 1300], vec![b'x'; 1024]);
        let began = Instant::now();
        let mut rows = 0_u32;
        while began.elapsed().as_secs_f64() < seconds {
            conn.execute_batch("BEGIN IMMEDIATE")?;
            for _ in 0..size {
                conn.prepare_cached("INSERT INTO events VALUES (NULL, ?1, ?2, ?3, ?4)")?
                    .execute(rusqlite::params![[1_u8; 16], body, [2_u8; 32], [3_u8; 32]])?;
                conn.prepare_cached("INSERT INTO raws VALUES (NULL, ?1)")?
                    .execute(rusqlite::params![raw])?;
            }
            conn.execute_batch("COMMIT")?;
            rows += u32::try_from(size)?;
        }
        say(&format!(
            "{:.0}",
            f64::from(rows) / began.elapsed().as_secs_f64()
        ));
    }
    Ok(())
}
