//! Chance with a seed, so that a figure can be made again, and intervals.

/// `SplitMix64` (Steele, Lea and Flood, 2014).
#[derive(Clone, Debug)]
pub struct Draw(pub u64);

impl Draw {
    /// The next number.
    pub fn more(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// One of `of` places.
    pub fn place(&mut self, of: usize) -> usize {
        usize::try_from(self.more() % u64::try_from(of.max(1)).unwrap_or(1)).unwrap_or(0)
    }

    /// A share, 0 to 1.
    pub fn share(&mut self) -> f64 {
        f64::from(u32::try_from(self.more() >> 32).unwrap_or(0)) / f64::from(u32::MAX)
    }
}

/// A count as a number.
#[must_use]
pub fn number(n: usize) -> f64 {
    f64::from(u32::try_from(n).unwrap_or(u32::MAX))
}

/// "what: 97.1 % (95.2 to 98.3, of 300)": a share with its 95 % interval
/// (Wilson, 1927).
#[must_use]
pub fn told(what: &str, (hits, of): (usize, usize)) -> String {
    let (n, z) = (number(of.max(1)), 1.96_f64);
    let p = number(hits) / n;
    let middle = (p + z * z / (2.0 * n)) / (1.0 + z * z / n);
    let half = z / (1.0 + z * z / n) * (p * (1.0 - p) / n + z * z / (4.0 * n * n)).sqrt();
    format!(
        "{what}: {:.1} % ({:.1} to {:.1}, of {of})",
        100.0 * p,
        100.0 * (middle - half).max(0.0),
        100.0 * (middle + half).min(1.0)
    )
}
