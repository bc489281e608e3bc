//! Senders over HTTP that keep their connection: bodies are copied from a
//! template, only the ids in them change.

use std::cell::Cell;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::child::{CHANNEL, SECRET, nanos};

/// Digits of an id.
const DIGITS: usize = 20;

/// One sender.
pub(crate) struct Producer {
    stream: TcpStream,
    request: Vec<u8>,
    /// Where in the request the ids are, and the times that are sent along.
    ids: Vec<usize>,
    stamps: Vec<usize>,
    answer: Vec<u8>,
}

/// The JSON of an item of `bytes` bytes, with room for an id and a time.
fn item(bytes: usize) -> String {
    let zeros = "0".repeat(DIGITS);
    let start = format!(
        r#"{{"id":"i={zeros}","author":{{"name":"Dana Reyes","handle":"dana"}},"severity":"low","lang":"en","at":"2026-11-23T18:50:00Z","text":"t={zeros} "#
    );
    let words = "A water main has burst on Mill Road; the road is closed. ";
    let room = bytes.saturating_sub(start.len() + 2);
    let text: String = words.chars().cycle().take(room).collect();
    format!(r#"{start}{text}"}}"#)
}

fn places(request: &[u8], mark: &[u8]) -> Vec<usize> {
    let found = request.windows(mark.len()).enumerate();
    found
        .filter(|(_, window)| *window == mark)
        .map(|(at, _)| at + mark.len())
        .collect()
}

impl Producer {
    /// Connects; each request has `count` items of `bytes` bytes.
    pub(crate) async fn connect(address: &str, count: usize, bytes: usize) -> Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        let items = vec![item(bytes); count].join(",");
        let body = if count == 1 {
            items
        } else {
            format!("[{items}]")
        };
        let mut request = format!(
            "POST /in/{CHANNEL} HTTP/1.1\r\nhost: {address}\r\nauthorization: Bearer {SECRET}\r\n\
             content-type: application/json\r\ncontent-length: {}\r\n\r\n",
            body.len()
        )
        .into_bytes();
        request.extend_from_slice(body.as_bytes());
        Ok(Self {
            ids: places(&request, b"\"i="),
            stamps: places(&request, b"\"t="),
            stream,
            request,
            answer: Vec::new(),
        })
    }

    /// Posts; the ids are drawn from `next`. Returns when it is durable.
    pub(crate) async fn post(&mut self, next: &Cell<u64>) -> Result<()> {
        let now = format!("{:0DIGITS$}", nanos());
        for at in &self.stamps {
            self.request[*at..at + DIGITS].copy_from_slice(now.as_bytes());
        }
        for at in &self.ids {
            let id = format!("{:0DIGITS$}", next.get());
            next.set(next.get() + 1);
            self.request[*at..at + DIGITS].copy_from_slice(id.as_bytes());
        }
        self.stream.write_all(&self.request).await?;
        self.answered().await
    }

    async fn answered(&mut self) -> Result<()> {
        self.answer.clear();
        loop {
            if self.stream.read_buf(&mut self.answer).await? == 0 {
                bail!("The hub closed a connection.");
            }
            let Some(end) = self.answer.windows(4).position(|w| w == b"\r\n\r\n") else {
                continue;
            };
            let head = std::str::from_utf8(&self.answer[..end])?;
            let length = head.lines().find_map(|line| {
                let (name, value) = line.split_once(':')?;
                let is_length = name.eq_ignore_ascii_case("content-length");
                is_length.then(|| value.trim().parse::<usize>().ok())?
            });
            if self.answer.len() < end + 4 + length.context("a length")? {
                continue;
            }
            let (head, body) = self.answer.split_at(end);
            let accepted = format!(r#""accepted":{}"#, self.ids.len());
            let counted = body
                .windows(accepted.len())
                .any(|w| w == accepted.as_bytes());
            if !head.starts_with(b"HTTP/1.1 200") || !counted {
                bail!("{}", String::from_utf8_lossy(&self.answer));
            }
            return Ok(());
        }
    }
}

/// `many` senders for so many seconds; items a second that were answered.
pub(crate) async fn flood(
    address: &str,
    (many, batch): (usize, usize),
    seconds: f64,
    next: &Cell<u64>,
) -> Result<f64> {
    let mut senders = Vec::new();
    for _ in 0..many {
        senders.push(Producer::connect(address, batch, 1024).await?);
    }
    let began = Instant::now();
    let until = began + Duration::from_secs_f64(seconds);
    let answered = Cell::new(0_usize);
    let runs = senders.into_iter().map(|mut sender| {
        let answered = &answered;
        async move {
            while Instant::now() < until {
                sender.post(next).await?;
                answered.set(answered.get() + batch);
            }
            anyhow::Ok(())
        }
    });
    let mut all: futures_util::stream::FuturesUnordered<_> = runs.collect();
    while let Some(done) = futures_util::StreamExt::next(&mut all).await {
        done?;
    }
    Ok(answered.get() as f64 / began.elapsed().as_secs_f64())
}
