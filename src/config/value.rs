//! The kinds of values that keys take: how each is read from what was typed,
//! what is expected of it, and how `check` shows it.
//!
//! Knows no key. The file's types are strict; the environment and flags are
//! text, which reads as a number, a yes or no, or a list by commas.

use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::layers::{Node, Shape};
use super::origin::Origin;

/// What was expected, and where.
#[derive(Debug)]
pub(super) struct Wrong {
    pub(super) origin: Origin,
    pub(super) expects: String,
}

/// A kind of value.
pub(super) trait Kind: Sized {
    /// Reads it, or says what is expected. Never repeats what was typed, which
    /// may be a secret in the wrong place.
    fn read(node: &Node) -> Result<Self, Vec<Wrong>>;

    /// As `check` shows it.
    fn show(&self) -> String;
}

/// The value, or "has to be `expects`" at the node's place.
pub(super) fn expect<T>(value: Option<T>, node: &Node, expects: &str) -> Result<T, Vec<Wrong>> {
    value.ok_or_else(|| {
        vec![Wrong {
            origin: node.origin.clone(),
            expects: expects.to_owned(),
        }]
    })
}

/// The text, when it is one.
pub(super) fn text(node: &Node) -> Option<&str> {
    match &node.shape {
        Shape::Text(text) => Some(text),
        _ => None,
    }
}

/// The text, when it came from the environment or a flag and so has no type.
pub(super) fn untyped(node: &Node) -> Option<&str> {
    match node.origin {
        Origin::Env(_) | Origin::Flag(_) => text(node),
        Origin::Default | Origin::File { .. } => None,
    }
}

impl Kind for String {
    fn read(node: &Node) -> Result<Self, Vec<Wrong>> {
        expect(text(node).map(str::to_owned), node, "text in quotes")
    }

    fn show(&self) -> String {
        format!("{self:?}")
    }
}

impl Kind for bool {
    fn read(node: &Node) -> Result<Self, Vec<Wrong>> {
        let value = match &node.shape {
            Shape::Boolean(yes) => Some(*yes),
            _ => untyped(node).and_then(|word| word.parse().ok()),
        };
        expect(value, node, "true or false")
    }

    fn show(&self) -> String {
        self.to_string()
    }
}

macro_rules! whole_number {
    ($($number:ty),*) => {$(
        impl Kind for $number {
            fn read(node: &Node) -> Result<Self, Vec<Wrong>> {
                let value = match &node.shape {
                    Shape::Integer(number) => <$number>::try_from(*number).ok(),
                    _ => untyped(node).and_then(|digits| digits.parse().ok()),
                };
                let expects = format!("a whole number from 0 to {}", <$number>::MAX);
                expect(value, node, &expects)
            }

            fn show(&self) -> String {
                self.to_string()
            }
        }
    )*};
}
whole_number!(u16, u32);

impl Kind for Duration {
    fn read(node: &Node) -> Result<Self, Vec<Wrong>> {
        let value = text(node).and_then(duration);
        expect(
            value,
            node,
            "a time such as \"90s\", \"15m\", \"2h\" or \"7d\"",
        )
    }

    fn show(&self) -> String {
        format!("\"{}\"", spell(*self))
    }
}

/// Reads "90s", "15m", "2h", "7d" and their sums ("1h30m").
#[must_use]
pub fn duration(text: &str) -> Option<Duration> {
    let mut total = 0_u64;
    let mut number: Option<u64> = None;
    for c in text.chars() {
        if let Some(digit) = c.to_digit(10) {
            number = Some(
                number
                    .unwrap_or(0)
                    .checked_mul(10)?
                    .checked_add(digit.into())?,
            );
        } else {
            let seconds = match c {
                's' => 1,
                'm' => 60,
                'h' => 3600,
                'd' => 86_400,
                _ => return None,
            };
            total = total.checked_add(number.take()?.checked_mul(seconds)?)?;
        }
    }
    // Ten thousand years: what is longer would not fit the clock's arithmetic.
    let sane = !text.is_empty() && number.is_none() && total <= 315_576_000_000;
    sane.then(|| Duration::from_secs(total))
}

/// Spells a time as [`duration`] reads it.
#[must_use]
pub fn spell(span: Duration) -> String {
    let mut rest = span.as_secs();
    let mut parts = Vec::new();
    for (seconds, unit) in [(86_400, 'd'), (3600, 'h'), (60, 'm'), (1, 's')] {
        if rest >= seconds {
            parts.push(format!("{}{unit}", rest / seconds));
            rest %= seconds;
        }
    }
    if parts.is_empty() {
        parts.push("0s".into());
    }
    parts.concat()
}

impl Kind for PathBuf {
    /// A path in the file counts from the file's folder.
    fn read(node: &Node) -> Result<Self, Vec<Wrong>> {
        let typed = expect(
            text(node).filter(|t| !t.is_empty()),
            node,
            "a path in quotes",
        )?;
        Ok(match &node.origin {
            Origin::File { path, .. } => path.parent().unwrap_or(Path::new("")).join(typed),
            _ => typed.into(),
        })
    }

    fn show(&self) -> String {
        format!("{:?}", self.display().to_string())
    }
}

impl Kind for SocketAddr {
    fn read(node: &Node) -> Result<Self, Vec<Wrong>> {
        let value = text(node).and_then(|t| t.parse().ok());
        expect(
            value,
            node,
            "an address and port such as \"127.0.0.1:4780\" or \"[::1]:4780\"",
        )
    }

    fn show(&self) -> String {
        format!("\"{self}\"")
    }
}

impl<T: Kind> Kind for Vec<T> {
    fn read(node: &Node) -> Result<Self, Vec<Wrong>> {
        let nodes = match (&node.shape, untyped(node)) {
            (Shape::List(nodes), _) => nodes.clone(),
            (_, Some(words)) => words
                .split(',')
                .map(str::trim)
                .filter(|word| !word.is_empty())
                .map(|word| Node {
                    shape: Shape::Text(word.to_owned()),
                    origin: node.origin.clone(),
                })
                .collect(),
            _ => return expect(None, node, "a list in square brackets"),
        };
        let mut values = Self::new();
        let mut wrongs = Vec::new();
        for node in &nodes {
            match T::read(node) {
                Ok(value) => values.push(value),
                Err(wrong) => wrongs.extend(wrong.into_iter().map(|wrong| Wrong {
                    expects: format!("a list, each of which is {}", wrong.expects),
                    ..wrong
                })),
            }
        }
        if wrongs.is_empty() {
            Ok(values)
        } else {
            Err(wrongs)
        }
    }

    fn show(&self) -> String {
        let shown: Vec<String> = self.iter().map(Kind::show).collect();
        format!("[{}]", shown.join(", "))
    }
}

/// A network: an address and how many of its first bits count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Net {
    address: IpAddr,
    bits: u8,
}

impl Net {
    /// Whether `address` lies in it. An IPv4 address inside IPv6 counts as IPv4.
    #[must_use]
    pub fn contains(&self, address: IpAddr) -> bool {
        match (self.address, address.to_canonical()) {
            (IpAddr::V4(net), IpAddr::V4(other)) => {
                let drop = 32 - u32::from(self.bits);
                net.to_bits().checked_shr(drop) == other.to_bits().checked_shr(drop)
            }
            (IpAddr::V6(net), IpAddr::V6(other)) => {
                let drop = 128 - u32::from(self.bits);
                net.to_bits().checked_shr(drop) == other.to_bits().checked_shr(drop)
            }
            _ => false,
        }
    }

    fn parse(text: &str) -> Option<Self> {
        let (address, bits) = match text.split_once('/') {
            Some((address, bits)) => (address, Some(bits.parse::<u8>().ok()?)),
            None => (text, None),
        };
        let address: IpAddr = address.parse().ok()?;
        let width = if address.is_ipv4() { 32 } else { 128 };
        let bits = bits.unwrap_or(width);
        (bits <= width).then_some(Self { address, bits })
    }
}

impl std::fmt::Display for Net {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{}", self.address, self.bits)
    }
}

impl Kind for Net {
    fn read(node: &Node) -> Result<Self, Vec<Wrong>> {
        let value = text(node).and_then(Self::parse);
        expect(value, node, "an address or network such as \"10.1.0.0/16\"")
    }

    fn show(&self) -> String {
        format!("\"{self}\"")
    }
}
