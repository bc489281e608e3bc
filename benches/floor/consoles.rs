//! Consoles that cost next to nothing: they shake hands in plain text, read
//! frames' headers and count, and look into a payload only where asked to.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::Duration;

use anyhow::{Result, bail};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::child::nanos;

thread_local! {
    static BUFFER: RefCell<Vec<u8>> = RefCell::new(vec![0; 256 * 1024]);
}

/// How much of a payload is kept to count its events.
const FRONT: usize = 96;
/// A pong with an empty payload, masked with zeros.
const PONG: [u8; 6] = [0x8a, 0x80, 0, 0, 0, 0];
/// How often a console shows that it lives; the hub ends it after 40 s.
const ALIVE: Duration = Duration::from_secs(10);

/// What all consoles count together.
#[derive(Default)]
pub(crate) struct Counts {
    /// Events received.
    pub(crate) events: Cell<u64>,
    /// Consoles that are through with their opening.
    pub(crate) open: Cell<usize>,
    /// Consoles whose link has ended.
    pub(crate) gone: Cell<usize>,
    /// Whether payloads are searched for the time that they were sent.
    pub(crate) timed: Cell<bool>,
    /// Nanoseconds from sending to receiving.
    pub(crate) delays: RefCell<Vec<Duration>>,
    /// Bytes of the last events frame, and how many events it had.
    pub(crate) last: Cell<(usize, u64)>,
}

/// A frame's header; `first` is its first byte.
pub(crate) fn header(first: u8, length: usize) -> Vec<u8> {
    let mut header = vec![first];
    match (u8::try_from(length), u16::try_from(length)) {
        (Ok(length @ ..126), _) => header.push(length),
        (_, Ok(length)) => {
            header.push(126);
            header.extend_from_slice(&length.to_be_bytes());
        }
        _ => {
            header.push(127);
            header.extend_from_slice(&(length as u64).to_be_bytes());
        }
    }
    header
}

/// A text frame of a client: masked, with a mask of zeros.
pub(crate) fn masked(text: &str) -> Vec<u8> {
    let mut frame = header(0x81, text.len());
    frame[1] |= 0x80;
    frame.extend_from_slice(&[0; 4]);
    frame.extend_from_slice(text.as_bytes());
    frame
}

/// Opens a WebSocket and sends `resume`.
pub(crate) async fn dial(address: &str, token: &str, resume: &str) -> Result<TcpStream> {
    let mut stream = TcpStream::connect(address).await?;
    stream.set_nodelay(true)?;
    let request = format!(
        "GET /v1/stream HTTP/1.1\r\nhost: {address}\r\nconnection: Upgrade\r\n\
         upgrade: websocket\r\nsec-websocket-version: 13\r\n\
         sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
         sec-websocket-protocol: watchfloor.v1\r\nauthorization: Bearer {token}\r\n\r\n"
    );
    stream.write_all(request.as_bytes()).await?;
    let mut answer = Vec::new();
    while !answer.ends_with(b"\r\n\r\n") {
        answer.push(stream.read_u8().await?);
    }
    if !answer.starts_with(b"HTTP/1.1 101") {
        bail!("{}", String::from_utf8_lossy(&answer));
    }
    stream.write_all(&masked(resume)).await?;
    Ok(stream)
}

/// Frames out of a stream of bytes: header by header, payloads passed over
/// apart from their front.
#[derive(Default)]
pub(crate) struct Frames {
    header: Vec<u8>,
    left: u64,
    front: Vec<u8>,
    length: usize,
}

impl Frames {
    /// Takes `data`; `keep` bytes of a payload are handed to `each` when it is
    /// complete, with its whole length.
    pub(crate) fn take(
        &mut self,
        mut data: &[u8],
        keep: usize,
        mut each: impl FnMut(&[u8], usize),
    ) {
        while !data.is_empty() {
            if self.left == 0 && !self.head(&mut data) {
                return;
            }
            let here = usize::try_from(self.left).unwrap_or(usize::MAX);
            let here = here.min(data.len());
            let (payload, rest) = data.split_at(here);
            let wanted = keep.saturating_sub(self.front.len()).min(here);
            self.front.extend_from_slice(&payload[..wanted]);
            self.left -= here as u64;
            data = rest;
            if self.left == 0 {
                each(&self.front, self.length);
                self.front.clear();
            }
        }
    }

    /// Reads a header; false when it is not complete yet.
    fn head(&mut self, data: &mut &[u8]) -> bool {
        loop {
            let need = match self.header.get(1).map(|byte| byte & 0x7f) {
                Some(126) => 4,
                Some(127) => 10,
                Some(_) | None => 2,
            };
            if self.header.len() >= need {
                let small = u64::from(self.header[1] & 0x7f);
                let bytes = self.header[2..].iter();
                let large = bytes.fold(0_u64, |n, byte| n << 8 | u64::from(*byte));
                self.left = if need == 2 { small } else { large };
                self.length = usize::try_from(self.left).unwrap_or(usize::MAX);
                self.header.clear();
                return true;
            }
            let Some((byte, rest)) = data.split_first() else {
                return false;
            };
            self.header.push(*byte);
            *data = rest;
        }
    }
}

/// Reads what a socket has, piece by piece.
pub(crate) async fn read(stream: &TcpStream, mut each: impl FnMut(&[u8])) -> Result<()> {
    stream.readable().await?;
    BUFFER.with_borrow_mut(|buffer| {
        match stream.try_read(buffer) {
            Ok(0) => bail!("The hub closed a session."),
            Ok(count) => each(&buffer[..count]),
            Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => {}
            Err(error) => return Err(error.into()),
        }
        Ok(())
    })
}

/// One console until its link ends.
pub(crate) async fn listen(stream: TcpStream, counts: Rc<Counts>) {
    let mut frames = Frames::default();
    let mut alive = tokio::time::interval(ALIVE);
    loop {
        let keep = if counts.timed.get() { 1 << 20 } else { FRONT };
        tokio::select! {
            biased;
            read = read(&stream, |data| {
                frames.take(data, keep, |front, length| frame(front, length, &counts));
            }) => if read.is_err() {
                counts.gone.set(counts.gone.get() + 1);
                return;
            },
            _ = alive.tick() => drop(stream.try_write(&PONG)),
        }
    }
}

fn frame(front: &[u8], length: usize, counts: &Counts) {
    if let Some(events) = events_in(front) {
        counts.events.set(counts.events.get() + events);
        counts.last.set((length, events));
        if counts.timed.get() {
            timed(front, counts);
        }
    } else if front.starts_with(br#"{"type":"health""#) {
        counts.open.set(counts.open.get() + 1);
    }
}

impl Counts {
    /// Fails when a console was lost: the figures would not be of all.
    pub(crate) fn whole(&self) -> Result<()> {
        match self.gone.get() {
            0 => Ok(()),
            gone => bail!("The hub closed {gone} sessions."),
        }
    }
}

/// How many events an `events` frame has, told by its range: every console here
/// sees every desk.
pub(crate) fn events_in(front: &[u8]) -> Option<u64> {
    let rest = front.strip_prefix(br#"{"type":"events","from":"#)?;
    let (from, rest) = number(rest);
    let rest = rest.strip_prefix(br#","to":"#)?;
    Some(number(rest).0 + 1 - from)
}

fn number(digits: &[u8]) -> (u64, &[u8]) {
    let count = digits.iter().take_while(|b| b.is_ascii_digit()).count();
    let (digits, rest) = digits.split_at(count);
    let value = digits.iter().fold(0, |n, b| n * 10 + u64::from(b - b'0'));
    (value, rest)
}

fn timed(payload: &[u8], counts: &Counts) {
    let now = nanos();
    let mut rest = payload;
    while let Some(at) = rest.windows(2).position(|pair| pair == b"t=") {
        rest = &rest[at + 2..];
        let digits = rest.get(..20).filter(|d| d.iter().all(u8::is_ascii_digit));
        let sent = digits.map(|d| d.iter().fold(0_u128, |n, b| n * 10 + u128::from(b - b'0')));
        if let Some(sent) = sent {
            let delay = u64::try_from(now.saturating_sub(sent)).unwrap_or(u64::MAX);
            counts.delays.borrow_mut().push(Duration::from_nanos(delay));
        }
    }
}

/// `count` consoles at `address`, through with their opening.
pub(crate) async fn connect(address: &str, token: &str, count: usize) -> Result<Rc<Counts>> {
    let counts = Rc::new(Counts::default());
    for _ in 0..count {
        let stream = dial(address, token, r#"{"type":"resume"}"#).await?;
        tokio::task::spawn_local(listen(stream, Rc::clone(&counts)));
    }
    while counts.open.get() < count {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    Ok(counts)
}
