//! A connection that takes no more than was asked for: the library makes room
//! for half a gigabyte as soon as a server announces so much (RFC 3501 4.3:
//! `{12}`, and twelve bytes behind the line's end).

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use crate::channels::egress::Wire;

/// How many bytes may still come. Shared between who asks and who reads.
#[derive(Clone, Debug, Default)]
pub(super) struct Allowance(Arc<AtomicUsize>);

impl Allowance {
    /// From now on so many.
    pub(super) fn set(&self, bytes: usize) {
        self.0.store(bytes, Ordering::Relaxed);
    }
}

/// A connection with an allowance.
#[derive(Debug)]
pub(super) struct Metered {
    wire: Wire,
    left: Allowance,
    at: At,
}

/// Where in what the server says we are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum At {
    Text,
    /// Behind `{` and some digits.
    Number(usize),
    /// Behind `}`.
    Announced(usize),
    /// So many bytes before the end of a literal.
    Literal(usize),
}

impl Metered {
    pub(super) fn new(wire: Wire, left: Allowance) -> Self {
        let at = At::Text;
        Self { wire, left, at }
    }

    /// Counts `bytes`; false when they are more than may come, or announce so.
    fn counts(&mut self, mut bytes: &[u8]) -> bool {
        let left = self.left.0.load(Ordering::Relaxed);
        let Some(left) = left.checked_sub(bytes.len()) else {
            return false;
        };
        self.left.set(left);
        while let Some((first, rest)) = bytes.split_first() {
            bytes = rest;
            self.at = match (self.at, first) {
                (At::Literal(n), _) => {
                    let skipped = rest.len().min(n.saturating_sub(1));
                    bytes = rest.get(skipped..).unwrap_or_default();
                    match n.saturating_sub(1 + skipped) {
                        0 => At::Text,
                        n => At::Literal(n),
                    }
                }
                (At::Announced(n), b'\n') if n > left => return false,
                (At::Announced(0), b'\n') => At::Text,
                (At::Announced(n), b'\n') => At::Literal(n),
                (At::Number(n), b'0'..=b'9') => {
                    let digit = usize::from(first - b'0');
                    At::Number(n.saturating_mul(10).saturating_add(digit))
                }
                (At::Number(n), b'}') | (At::Announced(n), b'\r') => At::Announced(n),
                (_, b'{') => At::Number(0),
                _ => At::Text,
            };
        }
        true
    }
}

impl AsyncRead for Metered {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let read = Pin::new(&mut self.wire).poll_read(cx, buffer);
        let came = buffer.filled().get(before..).unwrap_or_default();
        if !self.counts(came) {
            let says = "it sent more than was asked for";
            return Poll::Ready(Err(io::Error::other(says)));
        }
        read
    }
}

impl AsyncWrite for Metered {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.wire).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.wire).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.wire).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counts(most: usize, pieces: &[&[u8]]) -> bool {
        let left = Allowance::default();
        left.set(most);
        let (wire, _) = tokio::io::duplex(1);
        let mut metered = Metered::new(Box::new(wire), left);
        pieces.iter().all(|piece| metered.counts(piece))
    }

    #[test]
    fn what_is_announced_counts_before_it_comes() {
        let (head, tail) = (b"* 1 FETCH (BODY[] {90".as_slice(), b"0}\r\n".as_slice());
        assert!(counts(1000, &[head, tail]));
        assert!(!counts(500, &[head, tail]));
        assert!(!counts(500, &[b"{99999999999999999999999}\r\n"]));
        // Within a literal nothing is announced, wherever it is cut.
        let literal = b"{9}\r\n{9999}\r\n)\r\n".as_slice();
        for cut in 0..literal.len() {
            let (head, tail) = literal.split_at(cut);
            assert!(counts(500, &[head, tail]), "{cut}");
        }
        assert!(!counts(500, &[b"{2}\r\nab{9999}\r\n"]));
        assert!(counts(500, &[b"{0}\r\n \"{9999}\"\r\n"]));
        assert!(!counts(10, &[b"12345678901"]));
    }
}
