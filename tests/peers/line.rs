//! A thin, long line between two TCP ports: so many bits a second and so much
//! delay each way, with the little buffer that a modem has, counted and cut.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use rustix::net::sockopt;

/// Bytes of one piece on the line.
const PIECE: usize = 256;
/// Pieces on the line and in the modem; more wait at the sender.
const BUFFERED: usize = 32;

/// How a line is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Shape {
    pub(crate) bytes_per_s: u64,
    pub(crate) one_way: Duration,
}

/// A line in use.
pub(crate) struct Line {
    pub(crate) port: u16,
    /// Bytes that came from the far end.
    down: Arc<AtomicU64>,
    ends: Arc<Mutex<Vec<TcpStream>>>,
    rate: Arc<AtomicU64>,
}

impl Line {
    /// From a free port to `far` on this machine.
    pub(crate) fn to(far: u16, shape: Shape) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let (down, ends) = (Arc::new(AtomicU64::new(0)), Arc::default());
        let rate = Arc::new(AtomicU64::new(shape.bytes_per_s));
        let line = Self {
            rate: Arc::clone(&rate),
            port,
            down: Arc::clone(&down),
            ends: Arc::clone(&ends),
        };
        std::thread::spawn(move || {
            for near in listener.incoming() {
                let near = near.unwrap();
                let far = TcpStream::connect(("127.0.0.1", far)).unwrap();
                for end in [&near, &far] {
                    end.set_nodelay(true).unwrap();
                    // What the system buffers is not on the line.
                    sockopt::set_socket_recv_buffer_size(end, 4096).unwrap();
                    ends.lock().unwrap().push(end.try_clone().unwrap());
                }
                let up = Arc::new(AtomicU64::new(0));
                carry(&near, &far, (shape, &rate), up);
                carry(&far, &near, (shape, &rate), Arc::clone(&down));
            }
        });
        line
    }

    pub(crate) fn bytes_down(&self) -> u64 {
        self.down.load(Ordering::SeqCst)
    }

    /// So many bytes a second from now on.
    pub(crate) fn runs_at(&self, bytes_per_s: u64) {
        self.rate.store(bytes_per_s, Ordering::SeqCst);
    }

    /// The line is down: both ends are hung up.
    pub(crate) fn cut(&self) {
        for end in self.ends.lock().unwrap().drain(..) {
            // It may be closed already.
            end.shutdown(Shutdown::Both).unwrap_or_default();
        }
    }
}

fn carry(from: &TcpStream, to: &TcpStream, how: (Shape, &Arc<AtomicU64>), count: Arc<AtomicU64>) {
    let (one_way, rate) = (how.0.one_way, Arc::clone(how.1));
    let (from, to) = (from.try_clone().unwrap(), to.try_clone().unwrap());
    let (put, take) = sync_channel(BUFFERED);
    std::thread::spawn(move || sends(from, one_way, &rate, &put));
    std::thread::spawn(move || arrives(to, &take, &count));
}

/// A piece leaves when those before it have left.
fn sends(
    mut from: TcpStream,
    one_way: Duration,
    rate: &AtomicU64,
    put: &SyncSender<(Instant, Vec<u8>)>,
) {
    let mut free = Instant::now();
    let mut piece = [0; PIECE];
    while let Ok(read @ 1..) = from.read(&mut piece) {
        let takes = Duration::from_micros(read as u64 * 1_000_000 / rate.load(Ordering::SeqCst));
        free = free.max(Instant::now()) + takes;
        let piece = piece[..read].to_vec();
        if put.send((free + one_way, piece)).is_err() {
            return;
        }
        // The sender can't send faster than the line takes.
        std::thread::sleep(free.saturating_duration_since(Instant::now()));
    }
}

fn arrives(mut to: TcpStream, take: &Receiver<(Instant, Vec<u8>)>, count: &AtomicU64) {
    while let Ok((at, piece)) = take.recv() {
        std::thread::sleep(at.saturating_duration_since(Instant::now()));
        if to.write_all(&piece).is_err() {
            return;
        }
        count.fetch_add(piece.len() as u64, Ordering::SeqCst);
    }
    // The other end has closed; so does this one.
    to.shutdown(Shutdown::Write).unwrap_or_default();
}
